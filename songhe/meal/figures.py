"""Meals of a span of days added up: by point, day, way and age; who did not come; dishes without a sample. 统计"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date

from django.db.models import Case, Count, Exists, IntegerField, OuterRef, Sum, Value, When

from songhe.meal.models import Booking, Dish, Inspection, Line, Menu, Sample

#: The first age of each band; whoever is younger than the first is in none of them.
AGES = (60, 70, 80, 90)


@dataclass
class Sums:
    """What became of bookings. ``served`` are meals that were eaten or handed over."""

    table: int = 0
    delivery: int = 0
    not_collected: int = 0
    walked_in: int = 0
    samples_missing: int = 0

    @property
    def served(self) -> int:
        return self.table + self.delivery


@dataclass
class Figures:
    """A span of days. ``by_age`` is by the first age of the band, 0 for who is younger than all."""

    total: Sums = field(default_factory=Sums)
    by_point: dict[int, Sums] = field(default_factory=lambda: defaultdict(Sums))
    by_day: dict[date, Sums] = field(default_factory=lambda: defaultdict(Sums))
    by_age: dict[int, int] = field(default_factory=lambda: defaultdict(int))
    price_fen: int = 0
    own_fen: int = 0


def figures(*, county: str, first: date, last: date) -> Figures:
    """Meals of a county, ages as on the last day; four statements, however many meals."""
    found = Figures()
    rows = Booking.objects.filter(county=county, day__range=(first, last)).order_by()
    told = rows.filter(state__in=[Booking.State.SERVED, Booking.State.NOT_COLLECTED])
    grouped = told.values_list("menu__point", "day", "way", "state", "walked_in").annotate(Count("id"))
    for point, day, way, state, walked_in, count in grouped:
        for sums in (found.total, found.by_point[point], found.by_day[day]):
            _add(sums, way, state, walked_in, count)
    kept = Sample.objects.filter(county=county, dish=OuterRef("id"))
    dishes = Dish.objects.filter(~Exists(kept), county=county, menu__on__range=(first, last)).order_by()
    cooked = dishes.filter(menu__state__in=[Menu.State.SERVING, Menu.State.DONE, Menu.State.OPEN])
    for point, day, count in cooked.values_list("menu__point", "menu__on").annotate(Count("id")):
        for sums in (found.total, found.by_point[point], found.by_day[day]):
            sums.samples_missing += count
    served = rows.filter(state=Booking.State.SERVED)
    found.by_age.update(dict(served.annotate(band=_band(last)).values_list("band").annotate(Count("id"))))
    sums_fen = Line.objects.filter(
        county=county, service_on__range=(first, last), booking__state=Booking.State.SERVED
    ).aggregate(price=Sum("price_fen", default=0), own=Sum("own_fen", default=0))
    found.price_fen, found.own_fen = sums_fen["price"], sums_fen["own"]
    return found


def portions_of_day(county: str, on: date) -> dict[int, tuple[int, int]]:
    """Portions taken and offered on a day, by point; one statement."""
    rows = Menu.objects.filter(county=county, on=on).exclude(state=Menu.State.CANCELLED).order_by()
    sums = rows.values_list("point").annotate(Sum("taken"), Sum("portions"))
    return {point: (taken, portions) for point, taken, portions in sums}


def last_inspections(county: str) -> dict[int, Inspection]:
    """The newest inspection of each point of a county; one statement."""
    newer = Inspection.objects.filter(county=county, point=OuterRef("point"), on__gt=OuterRef("on"))
    found: dict[int, Inspection] = {}
    for row in Inspection.objects.filter(~Exists(newer), county=county).order_by("id"):
        found[row.point_id] = row
    return found


def _add(sums: Sums, way: str, state: str, walked_in: bool, count: int) -> None:
    if state == Booking.State.NOT_COLLECTED:
        sums.not_collected += count
    elif way == Booking.Way.DELIVERY:
        sums.delivery += count
    else:
        sums.table += count
    if walked_in and state == Booking.State.SERVED:
        sums.walked_in += count


def _band(on: date) -> Case:
    """The band of the person's age on a day; on 29 February a year back is the 28th."""
    day = min(on.day, 28) if on.month == 2 else on.day
    whens = [When(person__birth_date__lte=date(on.year - age, on.month, day), then=Value(age)) for age in AGES[::-1]]
    return Case(*whens, default=Value(0), output_field=IntegerField())
