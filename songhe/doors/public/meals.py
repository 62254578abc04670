"""Meal points for everybody 助餐点: what they cook today and at what price, their licence and the last inspection."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_safe

from songhe.doors.provider.workers import state_of
from songhe.doors.public.finder import Asked, asked_of, found_page, how_far, on_map
from songhe.doors.public.map import Ground, ground
from songhe.doors.public.place import County, counties, of_address
from songhe.doors.shell.pieces import Crumb
from songhe.doors.shell.request import DoorRequest
from songhe.doors.staff.meals_shown import (
    MEALS,
    MENU,
    RESULTS,
    WEEKDAYS,
    BandShown,
    Cutoff,
    band_shown,
    closure_said,
    lacking_said,
)
from songhe.doors.staff.words import Word, said
from songhe.kernel.geo import Point as Position
from songhe.kernel.geo import distance_metres
from songhe.meal.figures import last_inspections
from songhe.meal.models import Inspection, Menu, Point, Tariff
from songhe.meal.offer import Offer, Standing, offers, offers_of_day, standings
from songhe.meal.price import read
from songhe.meal.queries import menus, points_of
from songhe.meal.tariff import tariffs_on
from songhe.provider.models import Item


@dataclass(frozen=True)
class MealShown:
    """A meal of a day at its whole price."""

    offer: Offer
    meal: Any
    state: Word
    cutoff: Cutoff


@dataclass(frozen=True)
class Entry:
    """A point as the list, the map and its own page show it."""

    point: Point
    standing: Standing
    town: str
    town_code: str
    metres: int | None
    inspection: Inspection | None
    meals: tuple[MealShown, ...] = ()

    @property
    def address(self) -> str:
        return reverse("public:meal-point", args=[self.point.pk])

    @property
    def distance(self) -> str:
        return how_far(self.metres)

    @property
    def why_closed(self) -> str:
        if self.standing.closure is not None:
            return closure_said(self.standing.closure)
        return lacking_said(self.standing)

    @property
    def result(self) -> Word | None:
        return RESULTS[self.inspection.result] if self.inspection else None


@dataclass(frozen=True)
class PriceShown:
    item: str
    price_fen: int
    bands: list[BandShown]


def county_of(request: DoorRequest) -> tuple[County | None, list[County]]:
    """The county of the address, else the first that has a meal point; and all that have one."""
    places = Point.objects.exclude(last_day__lt=request.on).values_list("place", flat=True).distinct()
    return of_address(request, counties(sorted({place[:6] for place in places}), request.on))


def entries(asked: Asked, drawn: Ground | None, on: date) -> list[Entry]:
    """The points that the filters leave, without menus: six statements, however many they are."""
    points = points_of(asked.county.code, on)
    if asked.text:
        points = [one for one in points if asked.text in one.name or asked.text in one.address]
    standing, inspected = standings(points, on), last_inspections(asked.county.code)
    found = [entry_of(one, standing[one.pk], inspected.get(one.pk), asked, drawn) for one in points]
    if asked.town:
        found = [one for one in found if one.town_code == asked.town]
    if asked.origin:
        found.sort(key=lambda one: (one.metres or 0, one.point.name))
    return found


def entry_of(
    point: Point, standing: Standing, inspection: Inspection | None, asked: Asked, drawn: Ground | None
) -> Entry:
    town = drawn.town_of(point.longitude, point.latitude) if drawn else None
    metres = None
    if asked.origin:
        metres = round(distance_metres(asked.origin, Position(point.latitude, point.longitude)))
    return Entry(point, standing, town.name if town else "", town.code if town else "", metres, inspection)


def meal_shown(offer: Offer, at: datetime) -> MealShown:
    menu = offer.menu
    return MealShown(offer, MEALS[menu.meal], MENU[menu.state], Cutoff(menu.book_until, at >= menu.book_until))


def with_meals(shown: list[Entry], request: DoorRequest) -> list[Entry]:
    """The same with what is cooked today: three statements for the whole page."""
    by_point = offers_of_day([one.point for one in shown], request.on)
    return [
        Entry(
            **{
                **one.__dict__,
                "meals": tuple(meal_shown(offer, request.at) for offer in by_point.get(one.point.pk, [])),
            }
        )
        for one in shown
    ]


@require_safe
def meals(request: DoorRequest) -> HttpResponse:
    """The list of a county, the nearest first where it is known from where, else by name."""
    county, known = county_of(request)
    if county is None:
        return render(request, "public/meals_none.html", {"place": "meals"})
    drawn = ground(county.code)
    asked = asked_of(request, county, drawn)
    found = entries(asked, drawn, request.on)
    said = {
        **found_page(
            request,
            asked,
            known,
            found,
            shown=lambda page: with_meals(page, request),
            places_at=reverse("public:meal-places"),
        ),
        "place": "meals",
    }
    return render(request, "public/meals.html", said)


@require_safe
def places(request: DoorRequest) -> HttpResponse:
    """The map of every meal point that the filters leave."""
    county, _known = county_of(request)
    return on_map(request, county, lambda asked, drawn: map(placed, entries(asked, drawn, request.on)))


def placed(one: Entry) -> tuple[float | None, float | None, dict[str, str]]:
    told = {
        "name": one.point.name,
        "kind": "community",
        "word": str(_("助餐点")),
        "letter": pgettext("map", "餐"),
        "address": one.address,
        "distance": one.distance,
        "suspended": "" if one.standing.cooks else str(_("今天不供餐")),
    }
    return one.point.longitude, one.point.latitude, told


@require_safe
def meal_point(request: DoorRequest, point_id: int) -> HttpResponse:
    """One point: menus of today and the next days, prices by age, licence, and the last inspection."""
    rows = Point.objects.select_related("provider", "food_licence").exclude(last_day__lt=request.on)
    point = rows.filter(pk=point_id).first()
    if point is None:
        raise Http404
    county = counties([point.county], request.on)[0]
    drawn = ground(county.code)
    asked = asked_of(request, county, drawn)
    standing = standings([point], request.on)[point.pk]
    inspection = last_inspections(point.county).get(point.pk)
    found = list(menus(point, request.on, request.on + timedelta(days=6)).select_related("point", "item", "delivery"))
    priced = offers(found, born=None, card_class=None)
    days: dict[date, list[MealShown]] = {}
    for menu in found:
        days.setdefault(menu.on, []).append(meal_shown(priced[menu.id], request.at))
    return render(
        request,
        "public/meal_point.html",
        {
            "place": "meals",
            "crumbs": [Crumb(_("助餐点"), reverse("public:meals")), Crumb(point.name)],
            "entry": entry_of(point, standing, inspection, asked, drawn),
            "county": county,
            "licence_state": state_of(point.food_licence.valid_to, request.on),
            "days": [(day, WEEKDAYS[day.weekday()], rows) for day, rows in days.items()],
            "prices": prices_of(point, found, request.on),
        },
    )


def prices_of(point: Point, found: list[Menu], on: date) -> list[PriceShown]:
    """What the items of the menus cost people of each age and class today."""
    items: dict[str, Item] = {}
    for menu in found:
        items |= {item.code: item for item in (menu.item, menu.delivery) if item is not None}
    known: dict[str, Tariff] = tariffs_on(point, items.values(), on)
    return [
        PriceShown(
            said(row.item.name, row.item.name_en),
            row.price_fen,
            [band_shown(band) for band in read(row.bands)],
        )
        for _code, row in sorted(known.items())
    ]
