"""What a meal costs from a day on, and who pays which part of it: data that two people set."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db import transaction
from django.db.models import Q

from songhe.card.part import require_pays_part
from songhe.kernel import place_code
from songhe.kernel.month import beijing_date
from songhe.kernel.period import Period
from songhe.kernel.refusal import reason, whole
from songhe.meal.models import Point, Tariff
from songhe.meal.point import SAME_PERSON
from songhe.meal.price import Band, Quote, faults, quote, read
from songhe.provider.models import Item
from songhe.trail.note import note

FAULTY = reason(
    "meal.tariff_faulty",
    zh="价格表有误：{what_zh}。",
    en="The tariff is faulty: {what_en}.",
)
TARIFF_OVERLAPS = reason(
    "meal.tariff_overlaps",
    zh="从{first}起已有价格，时间重叠。",
    en="There is a tariff from {first}; the times overlap.",
    status=409,
)
TARIFF_IN_THE_PAST = reason(
    "meal.tariff_in_the_past",
    zh="价格调整最早从{on}起。",
    en="A tariff changes from {on} at the earliest; days gone by keep theirs.",
)
NO_TARIFF = reason(
    "meal.no_tariff", zh="{on}没有“{item}”的价格。", en="There is no price for {item_en} on {on}.", status=409
)
NOT_OF_A_MEAL = reason("meal.item_not_a_meal", zh="“{item}”不是助餐项目。", en="{item_en} is not an item of meals.")

FAULTS: dict[str, tuple[str, str]] = {
    "age": ("年龄段不成立", "an age band ends before it begins"),
    "negative": ("金额应大于零", "an amount is not more than nought"),
    "overlap": ("有人会同时属于两档", "somebody could be in two bands"),
    "payer": ("有不认识的出资方", "a payer is unknown"),
    "sum": ("各方承担之和不等于价格", "the parts do not sum to the price"),
}


def set_tariff(
    *,
    place: str,
    item: Item,
    price_fen: int,
    bands: Sequence[Band],
    valid_from: date,
    set_by: str,
    approved_by: str,
    at: datetime,
    point: Point | None = None,
    valid_to: date | None = None,
    source: str = "",
    funds: Mapping[str, str] | None = None,
) -> Tariff:
    """The price of a portion (fen) of a place, or of one of its points, from a day on, in bands of age and class.

    The parts of every band sum to the price; nobody is in two bands, and whoever is in none pays the whole. An open
    tariff before it ends on the day before. ``funds``: out of which fund of the county a payer's part is paid; where
    none is named, it is settled outside. Refuses with ``meal.same_person``, ``meal.item_not_a_meal``,
    ``meal.tariff_faulty``, ``meal.tariff_in_the_past``, ``meal.tariff_overlaps``, ``card.not_for_parts``,
    ``input.too_small`` or ``period.ends_before_it_begins``.
    """
    if set_by == approved_by:
        raise SAME_PERSON("approved_by")
    if item.help != "meals":
        raise NOT_OF_A_MEAL("item", item=item.name, item_en=item.name_en)
    whole(price_fen, "price_fen", least=1)
    if found := faults(price_fen, bands):
        zh, en = faults_said(found)
        raise FAULTY("bands", what_zh=zh, what_en=en)
    place = point.place if point else place_code.parse(place)
    funds = require_funds(place[:6], bands, funds or {}, valid_from)
    period = Period(valid_from, valid_to)
    with transaction.atomic():
        Item.objects.select_for_update().get(pk=item.pk)
        _make_room(place, point, item, period, on=beijing_date(at))
        made = Tariff.objects.create(
            place=place,
            point=point,
            item=item,
            price_fen=price_fen,
            bands=[band.as_dict() for band in bands],
            funds=funds,
            valid_from=valid_from,
            valid_to=valid_to,
            source=source.strip()[:120],
            set_by=set_by,
            approved_by=approved_by,
        )
        note(
            county=place[:6],
            at=at,
            actor=approved_by,
            act="meal.set_tariff",
            subject="tariff",
            subject_id=str(made.pk),
            set_by=set_by,
            item=item.code,
            price_fen=price_fen,
            bands=len(bands),
            funds=funds,
        )
    return made


def require_funds(county: str, bands: Sequence[Band], funds: Mapping[str, str], on: date) -> dict[str, str]:
    """The funds of those payers that pay a part at all. Refuses with ``card.not_for_parts``."""
    paying = {payer for band in bands for payer in band.parts}
    found = {payer: code for payer, code in sorted(funds.items()) if payer in paying and code}
    for payer, code in found.items():
        require_pays_part(county=county, code=code, source=payer, category="meals", on=on)
    return found


def faults_said(found: Iterable[str]) -> tuple[str, str]:
    """The faults of a tariff as words, in Chinese and English."""
    found = list(found)
    return "；".join(FAULTS[one][0] for one in found), "; ".join(FAULTS[one][1] for one in found)


@dataclass(frozen=True)
class Tariffs:
    """Tariffs that were fetched at once, for several points, items and days."""

    rows: tuple[Tariff, ...]

    def of(self, point: Point, item: Item, on: date) -> Tariff | None:
        """The point's own tariff, else that of the narrowest place around it."""
        layers = place_code.layers(point.place)

        def rank(row: Tariff) -> int:
            return -1 if row.point_id else layers.index(row.place)

        holding = [
            row
            for row in self.rows
            if row.item.code == item.code
            and on in Period(row.valid_from, row.valid_to)
            and (row.point_id == point.pk if row.point_id else row.place in layers)
        ]
        return min(holding, key=rank, default=None)


def tariffs_between(points: Iterable[Point], items: Iterable[Item], first: date, last: date) -> Tariffs:
    """What holds at these points in a span of days. One statement."""
    points = list(points)
    layers = {layer for point in points for layer in place_code.layers(point.place)}
    in_force = Tariff.objects.filter(Q(valid_to__isnull=True) | Q(valid_to__gte=first), valid_from__lte=last)
    rows = in_force.filter(
        Q(point__in=[point.pk for point in points]) | Q(point__isnull=True, place__in=sorted(layers))
    )
    codes = {item.code for item in items}
    return Tariffs(tuple(rows.filter(item__code__in=sorted(codes)).select_related("item").order_by("id")))


def tariffs_on(point: Point, items: Iterable[Item], on: date) -> dict[str, Tariff]:
    """What holds at a point on the day, by item code: its own tariff, else that of the narrowest place around it.

    One statement.
    """
    items = list(items)
    known = tariffs_between([point], items, on, on)
    found = {item.code: known.of(point, item, on) for item in items}
    return {code: row for code, row in found.items() if row is not None}


def quoted(tariff: Tariff, *, age: int, card_class: int | None) -> Quote:
    """What one portion costs somebody of an age and class."""
    return quote(tariff.price_fen, read(tariff.bands), age=age, card_class=card_class)


def _make_room(place: str, point: Point | None, item: Item, period: Period, *, on: date) -> None:
    rows = Tariff.objects.filter(point=point) if point else Tariff.objects.filter(point=None, place=place)
    known = list(rows.filter(item__code=item.code).order_by("valid_from"))
    if known and period.first < on:
        raise TARIFF_IN_THE_PAST("valid_from", on=on)
    for before in known:
        if before.valid_to is None and before.valid_from < period.first:
            before.valid_to = period.first - timedelta(days=1)
            before.save(update_fields=["valid_to"])
        elif period.overlaps(Period(before.valid_from, before.valid_to)):
            raise TARIFF_OVERLAPS("valid_from", first=before.valid_from)
