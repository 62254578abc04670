"""Items that a provider gives in a better form: purses pay the base price, the elder the difference (004). 升级项目"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db import transaction
from django.db.models import Q, QuerySet

from songhe.kernel.month import beijing_date
from songhe.kernel.period import Period
from songhe.kernel.refusal import reason, whole
from songhe.provider.catalogue import CODE_INVALID, is_code
from songhe.provider.models import Item, Provider, Upgrade
from songhe.provider.price import PRICE_IN_THE_PAST, price_on
from songhe.provider.worker import NAME_MISSING
from songhe.trail.note import note

SAYS_NO_MORE = reason(
    "provider.upgrade_says_no_more",
    zh="请写明升级项目比基础项目多什么。",
    en="Say what the upgraded item gives beyond the base item.",
)
NOT_DEARER = reason(
    "provider.upgrade_not_dearer",
    zh="升级项目的价格应高于基础项目的{base_fen:yuan}。",
    en="An upgraded item costs more than the {base_fen:yuan} of its base item.",
)
UPGRADE_OVERLAPS = reason(
    "provider.upgrade_overlaps",
    zh="“{code}”从{first}起已有价格，时间重叠。",
    en="{code} has a price from {first}; the times overlap.",
    status=409,
)
OTHER_BASE = reason(
    "provider.upgrade_other_base",
    zh="“{code}”已用于另一个基础项目。",
    en="{code} already names another base item.",
    status=409,
)
UPGRADE_ENDED = reason(
    "provider.upgrade_ended",
    zh="这个升级项目到{last}为止，不能再往后。",
    en="The upgraded item ends on {last} already.",
    status=409,
)
ENDS_IN_THE_PAST = reason(
    "provider.upgrade_ends_in_the_past",
    zh="最后一天最早是{on}，过去的日子不改。",
    en="The last day is {on} at the earliest; days gone by keep what they had.",
)


@dataclass(frozen=True)
class Split:
    """An upgraded price: what purses may pay, and what is the elder's own; together they are the price."""

    price_fen: int
    base_fen: int
    purse_fen: int
    elder_fen: int


def split(*, price_fen: int, base_fen: int) -> Split:
    """Purses may pay up to the base price, however much dearer the upgraded item is; the difference is own pay."""
    purse = min(price_fen, base_fen)
    return Split(price_fen, base_fen, purse, price_fen - purse)


def define_upgrade(
    *,
    provider: Provider,
    base: Item,
    code: str,
    name: str,
    name_en: str,
    more: str,
    price_fen: int,
    valid_from: date,
    at: datetime,
    by: str,
    valid_to: date | None = None,
) -> Upgrade:
    """The provider's upgraded form of an item that it sells, from a day on; the price before it ends the day before.

    Refuses with ``provider.item_code_invalid``, ``provider.name_missing``, ``provider.upgrade_says_no_more``,
    ``input.too_small``, ``provider.no_price`` (of the base item), ``provider.upgrade_not_dearer``,
    ``provider.upgrade_other_base``, ``provider.price_in_the_past``, ``provider.upgrade_overlaps`` or
    ``period.ends_before_it_begins``.
    """
    if not is_code(code):
        raise CODE_INVALID("code")
    if not name.strip() or not name_en.strip():
        raise NAME_MISSING("name")
    if not more.strip():
        raise SAYS_NO_MORE("more")
    whole(price_fen, "price_fen", least=1)
    period = Period(valid_from, valid_to)
    base_fen = price_on(provider, base, valid_from)
    if price_fen <= base_fen:
        raise NOT_DEARER("price_fen", base_fen=base_fen)
    with transaction.atomic():
        Provider.objects.select_for_update().get(pk=provider.pk)
        _make_room(provider, base, code, period, on=beijing_date(at))
        made = Upgrade.objects.create(
            provider=provider,
            base=base,
            code=code,
            name=name.strip(),
            name_en=name_en.strip(),
            more=more.strip()[:300],
            price_fen=price_fen,
            valid_from=valid_from,
            valid_to=valid_to,
        )
        note(
            county=provider.place,
            at=at,
            actor=by,
            act="provider.define_upgrade",
            subject="provider",
            subject_id=str(provider.pk),
            code=code,
            base=base.code,
            price_fen=price_fen,
            valid_from=str(valid_from),
        )
    return made


def end_upgrade(*, upgrade: Upgrade, last_day: date, at: datetime, by: str) -> Upgrade:
    """The last day on which it is given; days gone by keep it. Refuses with ``provider.upgrade_ended``,
    ``provider.upgrade_ends_in_the_past`` or ``period.ends_before_it_begins``."""
    on = beijing_date(at)
    if last_day < on:
        raise ENDS_IN_THE_PAST("last_day", on=on)
    with transaction.atomic():
        Provider.objects.select_for_update().get(pk=upgrade.provider_id)
        upgrade = Upgrade.objects.select_related("provider", "base").get(pk=upgrade.pk)
        if upgrade.valid_to is not None and upgrade.valid_to <= last_day:
            raise UPGRADE_ENDED("last_day", last=upgrade.valid_to)
        Period(upgrade.valid_from, last_day)
        upgrade.valid_to = last_day
        upgrade.save(update_fields=["valid_to"])
        note(
            county=upgrade.provider.place,
            at=at,
            actor=by,
            act="provider.end_upgrade",
            subject="provider",
            subject_id=str(upgrade.provider_id),
            code=upgrade.code,
            last_day=str(last_day),
        )
    return upgrade


def upgrades_on(provider: Provider, on: date) -> QuerySet[Upgrade]:
    """The provider's upgraded items on the day, by code."""
    in_force = Upgrade.objects.filter(Q(valid_to__isnull=True) | Q(valid_to__gte=on), valid_from__lte=on)
    return in_force.filter(provider=provider).select_related("base").order_by("code")


def split_on(upgrade: Upgrade, on: date) -> Split:
    """The upgraded price shared at the base price of the day. Refuses with ``provider.no_price``."""
    return split(price_fen=upgrade.price_fen, base_fen=price_on(upgrade.provider, upgrade.base, on))


def _make_room(provider: Provider, base: Item, code: str, period: Period, *, on: date) -> None:
    known = list(Upgrade.objects.filter(provider=provider, code=code).select_related("base").order_by("valid_from"))
    if known and known[0].base.code != base.code:
        raise OTHER_BASE("base", code=code)
    if known and period.first < on:
        raise PRICE_IN_THE_PAST("valid_from", on=on)
    for before in known:
        if before.valid_to is None and before.valid_from < period.first:
            before.valid_to = period.first - timedelta(days=1)
            before.save(update_fields=["valid_to"])
        elif period.overlaps(Period(before.valid_from, before.valid_to)):
            raise UPGRADE_OVERLAPS("valid_from", code=code, first=before.valid_from)
