"""What a provider asks for an item, from when to when."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from django.db import transaction
from django.db.models import Q, QuerySet

from songhe.kernel.month import beijing_date
from songhe.kernel.period import Period
from songhe.kernel.refusal import reason, whole
from songhe.provider.admit import refuse_group_of_other_kind
from songhe.provider.models import Category, Item, Kind, Price, Provider
from songhe.trail.note import note

PRICE_OVERLAPS = reason(
    "provider.price_overlaps",
    zh="“{item}”从{first}起已有价格，时间重叠。",
    en="{item_en} already has a price from {first}; the times overlap.",
    status=409,
)
PRICE_IN_THE_PAST = reason(
    "provider.price_in_the_past",
    zh="价格调整最早从{on}起，不能改动已经过去的日子。",
    en="A price changes from {on} at the earliest; days gone by keep theirs.",
)
NO_PRICE = reason(
    "provider.no_price",
    zh="“{name}”在{on}没有“{item}”的价格。",
    en="{name} has no price for {item_en} on {on}.",
    status=409,
)
ITEM_ENDED = reason(
    "provider.item_not_in_force", zh="“{item}”在{on}不在目录中。", en="{item_en} is not in the catalogue on {on}."
)
NOT_SERVING = reason(
    "provider.item_not_of_kind",
    zh="“{kind}”不提供“{item}”。",
    en="A body of kind {kind_en} does not give {item_en}.",
)


def set_price(
    *,
    provider: Provider,
    item: Item,
    price_fen: int,
    valid_from: date,
    at: datetime,
    by: str,
    valid_to: date | None = None,
) -> Price:
    """The price of an item in fen a unit, from a day on; an open price before it ends on the day before.

    Days gone by keep their price: once there is one, the next begins no earlier than today. Refuses with
    ``input.not_an_integer``, ``input.too_small``, ``period.ends_before_it_begins``,
    ``provider.item_not_in_force``, ``provider.item_not_of_kind``, ``provider.price_in_the_past`` or
    ``provider.price_overlaps``.
    """
    whole(price_fen, "price_fen", least=1)
    period = Period(valid_from, valid_to)
    if valid_from not in Period(item.valid_from, item.valid_to):
        raise ITEM_ENDED("item", item=item.name, item_en=item.name_en, on=valid_from)
    _refuse_other_kind(provider, item)
    on = beijing_date(at)
    with transaction.atomic():
        Provider.objects.select_for_update().get(pk=provider.pk)
        known = list(Price.objects.filter(provider=provider, item__code=item.code).order_by("valid_from"))
        if known and valid_from < on:
            raise PRICE_IN_THE_PAST("valid_from", on=on)
        for before in known:
            if before.valid_to is None and before.valid_from < valid_from:
                before.valid_to = valid_from - timedelta(days=1)
                before.save(update_fields=["valid_to"])
            elif period.overlaps(Period(before.valid_from, before.valid_to)):
                raise PRICE_OVERLAPS("valid_from", item=item.name, item_en=item.name_en, first=before.valid_from)
        made = Price.objects.create(
            provider=provider, item=item, price_fen=price_fen, valid_from=valid_from, valid_to=valid_to
        )
        note(
            county=provider.place,
            at=at,
            actor=by,
            act="provider.set_price",
            subject="provider",
            subject_id=str(provider.pk),
            item=item.code,
            price_fen=price_fen,
            valid_from=str(valid_from),
        )
    return made


def prices_on(provider: Provider, on: date) -> QuerySet[Price]:
    """The provider's price list on the day, by item code."""
    in_force = Price.objects.filter(Q(valid_to__isnull=True) | Q(valid_to__gte=on), valid_from__lte=on)
    return in_force.filter(provider=provider).select_related("item").order_by("item__code")


def price_on(provider: Provider, item: Item, on: date) -> int:
    """Fen a unit on the day, whichever edition of the catalogue the price was set for.

    Refuses with ``provider.no_price``.
    """
    price = prices_on(provider, on).filter(item__code=item.code).values_list("price_fen", flat=True).first()
    if price is None:
        raise NO_PRICE("item", name=provider.name, on=on, item=item.name, item_en=item.name_en)
    return price


def _refuse_other_kind(provider: Provider, item: Item) -> None:
    """What is own pay may be sold by any body that serves, what a card's funds buy by merchants too; an assessment is
    sold by assessment bodies alone."""
    if provider.kind == Kind.MERCHANT and item.help:
        return
    assesses = provider.kind == Kind.ASSESSMENT_BODY
    if item.category in Category.values and (item.in_scope or assesses):
        refuse_group_of_other_kind(provider, item.category)
    elif assesses != (item.category not in Category.values):
        raise NOT_SERVING(
            "item", kind=Kind(provider.kind).label, kind_en=provider.kind, item=item.name, item_en=item.name_en
        )
