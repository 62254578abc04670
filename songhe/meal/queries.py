"""Reads for the kitchen, the one who brings meals, the elder and the till; each in a bounded number of statements."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date
from uuid import UUID

from django.db.models import Count, F, Q, QuerySet

from songhe.meal.models import Booking, Dish, Inspection, Line, Menu, Point, Sample
from songhe.meal.serve import Priced


@dataclass
class Kitchen:
    """One menu as the kitchen needs it: portions to cook at the table and for delivery, and wishes by how often."""

    menu: Menu
    table: int = 0
    delivery: int = 0
    served: int = 0
    not_collected: int = 0
    wishes: dict[str, int] = field(default_factory=dict)

    @property
    def to_cook(self) -> int:
        return self.table + self.delivery

    @property
    def left(self) -> int:
        return self.menu.portions - self.menu.taken


def kitchen(point: Point, day: date) -> list[Kitchen]:
    """The menus of a day with their counts, in the order of the meals; two statements."""
    order = {meal: place for place, meal in enumerate(Menu.Meal.values)}
    menus = Menu.objects.filter(county=point.county, point=point, on=day).exclude(state=Menu.State.CANCELLED)
    found = {menu.id: Kitchen(menu) for menu in menus.select_related("item", "delivery")}
    rows = Booking.objects.filter(county=point.county, menu__in=list(found)).exclude(state=Booking.State.CANCELLED)
    for menu_id, way, state, wish, count in rows.values_list("menu_id", "way", "state", "wish").annotate(Count("id")):
        one = found[menu_id]
        if way == Booking.Way.DELIVERY:
            one.delivery += count
        else:
            one.table += count
        if state == Booking.State.SERVED:
            one.served += count
        elif state == Booking.State.NOT_COLLECTED:
            one.not_collected += count
        if wish:
            one.wishes[wish] = one.wishes.get(wish, 0) + count
    return sorted(found.values(), key=lambda one: order[one.menu.meal])


def bookings_of_menu(menu: Menu, *, way: str | None = None, most: int | None = 1000) -> QuerySet[Booking]:
    """Who eats, or with ``way`` delivery the round of whoever brings meals, by address; one statement."""
    rows = Booking.objects.filter(county=menu.county, menu=menu).exclude(state=Booking.State.CANCELLED)
    if way is not None:
        rows = rows.filter(way=way)
    return rows.select_related("person").order_by("address", "person__name", "id")[:most]


def bookings_of(*, county: str, person_id: UUID, first: date, most: int = 200) -> QuerySet[Booking]:
    """A person's bookings from a day on, with menu and point, and the closure that touched them; one statement."""
    rows = Booking.objects.filter(county=county, person_id=person_id, day__gte=first)
    return rows.select_related("menu__point", "closure__point").order_by("day", "meal", "id")[:most]


def bookings_before(*, county: str, person_id: UUID, day: date, most: int = 50) -> QuerySet[Booking]:
    """A person's bookings of the days before a day, the latest first; one statement."""
    rows = Booking.objects.filter(county=county, person_id=person_id, day__lt=day)
    return rows.select_related("menu__point", "closure__point").order_by("-day", "meal", "-id")[:most]


def lines_of(county: str, booking_ids: list[UUID]) -> dict[UUID, list[Line]]:
    """What the bookings cost, line by line; one statement."""
    found: dict[UUID, list[Line]] = defaultdict(list)
    rows = Line.objects.filter(county=county, booking__in=booking_ids).select_related("item")
    for line in rows.order_by("booking_id", "number"):
        found[line.booking_id].append(line)
    return found


def points_of(county: str, on: date) -> list[Point]:
    """The points of a county that are not given up on the day, closed ones among them; one statement."""
    held = Point.objects.filter(Q(last_day__isnull=True) | Q(last_day__gte=on), place__startswith=county)
    return list(held.select_related("provider", "food_licence").order_by("name", "id"))


def menus(point: Point, first: date, last: date) -> QuerySet[Menu]:
    """What a point cooks in a span of days; one statement, and ``dishes_of`` another."""
    return (
        Menu.objects.filter(county=point.county, point=point, on__range=(first, last))
        .exclude(state=Menu.State.CANCELLED)
        .select_related("item", "delivery")
        .order_by("on", "book_until", "id")
    )


def dishes_of(county: str, menu_ids: list[UUID]) -> dict[UUID, list[Dish]]:
    """The dishes of several menus; one statement."""
    found: dict[UUID, list[Dish]] = defaultdict(list)
    for dish in Dish.objects.filter(county=county, menu__in=menu_ids).order_by("menu_id", "number"):
        found[dish.menu_id].append(dish)
    return found


def to_charge(
    *, county: str, first: date, last: date, provider_id: int | None = None, most: int = 5000
) -> list[Priced]:
    """What was served in a span of days and is on no bill yet, the oldest first; one statement."""
    rows = Line.objects.filter(
        county=county, service_on__range=(first, last), billed_line=None, booking__state=Booking.State.SERVED
    )
    if provider_id is not None:
        rows = rows.filter(booking__menu__point__provider_id=provider_id)
    return [
        Priced(
            row.id,
            row.booking.menu.point.provider,
            row.item,
            row.service_on,
            row.price_fen,
            row.own_fen,
            row.parts,
        )
        for row in rows.select_related("item", "booking__menu__point__provider").order_by("service_on", "id")[:most]
    ]


def samples_due(*, county: str, most: int = 500) -> QuerySet[Sample]:
    """Samples that are still kept, the one that may go first first; one statement."""
    rows = Sample.objects.filter(county=county, discarded_at=None)
    return rows.select_related("dish__menu__point").order_by("keep_until", "id")[:most]


def inspections_of(point: Point, *, most: int = 50) -> QuerySet[Inspection]:
    """The inspections of a point, the newest first; one statement."""
    return Inspection.objects.filter(county=point.county, point=point).order_by("-on", "-id")[:most]


def samples_of(county: str, menu_ids: list[UUID]) -> dict[UUID, Sample]:
    """The samples kept of the dishes of several menus, by dish; one statement."""
    rows = Sample.objects.filter(county=county, dish__menu__in=menu_ids)
    return {sample.dish_id: sample for sample in rows}


def samples_of_point(point: Point, *, most: int = 100) -> QuerySet[Sample]:
    """The samples of a point, those that are still kept first, then the latest; one statement."""
    rows = Sample.objects.filter(county=point.county, dish__menu__point=point)
    return rows.select_related("dish__menu").order_by(F("discarded_at").asc(nulls_first=True), "-taken_at", "id")[:most]
