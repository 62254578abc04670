"""Meals 助餐: the points near, their menus of a week at one's own price, and booking in a few taps."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpResponse, HttpResponseRedirect, QueryDict
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from songhe.doors.elder import money
from songhe.doors.elder.showing import show as page
from songhe.doors.elder.whom import Whom, noted_read, out_of_reach, require_act, require_confirmed, whom
from songhe.doors.may import require
from songhe.doors.public.finder import how_far
from songhe.doors.shell.request import DoorRequest
from songhe.doors.shell.spoken import day as day_said
from songhe.doors.staff.acting import ActForm, fresh, sent
from songhe.doors.staff.meals_shown import (
    MEALS,
    WEEKDAYS,
    Cutoff,
    class_of,
    closure_said,
    lacking_said,
    language,
    parts_said,
    receipt_of,
)
from songhe.kernel.geo import Point as Position
from songhe.kernel.geo import distance_metres
from songhe.kernel.month import parse_date
from songhe.kernel.refusal import Refusal
from songhe.meal.book import UNKNOWN_WAY, book, require_way
from songhe.meal.models import Booking, Menu, Point
from songhe.meal.offer import Offer, Standing, offers, standings
from songhe.meal.queries import bookings_of, menus, points_of
from songhe.meal.week import week_of
from songhe.person.models import Person

#: One has few meals ahead; more than so many bookings of a week are a mistake of a script.
MOST_AT_ONCE = 21


@dataclass(frozen=True)
class Near:
    """A point as an elder sees it in the list."""

    point: Point
    standing: Standing
    metres: int | None

    @property
    def distance(self) -> str:
        return how_far(self.metres)

    @property
    def why_closed(self) -> str:
        if self.standing.closure is not None:
            return closure_said(self.standing.closure)
        return lacking_said(self.standing)


@dataclass(frozen=True)
class Choice:
    """One meal of the week for this elder: what it costs, whether it can be booked now, and if not, why."""

    offer: Offer
    meal: Any
    cutoff: Cutoff
    booking: Booking | None
    can_book: bool
    why_not: Any

    @property
    def parts(self) -> str:
        return parts_said(self.offer.table.parts) if self.offer.table else ""


@dataclass(frozen=True)
class Day:
    on: date
    name: Any
    choices: list[Choice]


def near(person: Person, on: date) -> list[Near]:
    """The points of the county, the nearest first; without a position those of one's own village and town."""
    points = points_of(person.county, on)
    standing = standings(points, on)
    found = [Near(point, standing[point.pk], metres_to(person, point)) for point in points]
    return sorted(found, key=lambda one: (_far(person, one), one.point.name))


def metres_to(person: Person, point: Point) -> int | None:
    if person.longitude is None or person.latitude is None:
        return None
    here = Position(person.latitude, person.longitude)
    return round(distance_metres(here, Position(point.latitude, point.longitude)))


def _far(person: Person, one: Near) -> int:
    if one.metres is not None:
        return one.metres
    return 0 if one.point.place == person.place else 1 if one.point.place[:9] == person.place[:9] else 2


@require_safe
@require("meal.book")
def meals(request: DoorRequest) -> HttpResponse:
    """What is booked ahead, and where one can eat."""
    elder = whom(request)
    noted_read(request, elder, "meal.read")
    person = elder.person
    ahead = bookings_of(county=person.county, person_id=person.id, first=request.on, most=MOST_AT_ONCE)
    said = {
        "ahead": [(one, MEALS[one.meal]) for one in ahead if one.state == Booking.State.BOOKED],
        "points": near(person, request.on),
    }
    return page(request, "elder/meals.html", said, whom=elder)


@dataclass(frozen=True)
class AtHome:
    """The one line about meals on the first page: what is booked next, or that one can book."""

    said: str
    address: str


def at_home(elder: Whom, on: date) -> AtHome | None:
    """Nothing where the county has no meal point; two statements."""
    person = elder.person
    ahead = bookings_of(county=person.county, person_id=person.id, first=on, most=MOST_AT_ONCE)
    booked = next((one for one in ahead if one.state == Booking.State.BOOKED), None)
    if booked is not None:
        told = {"day": day_said(booked.day, language()), "meal": MEALS[booked.meal], "point": booked.menu.point.name}
        return AtHome(_("%(day)s%(meal)s在%(point)s，已经订好") % told, reverse("elder:meal-booking", args=[booked.id]))
    if person.died_on is None and Point.objects.filter(place__startswith=person.county).exists():
        return AtHome(_("看附近食堂的菜单，订餐"), reverse("elder:meals"))
    return None


def point_of(request: DoorRequest, elder: Whom, point_id: int) -> Point:
    """A point of the elder's own county; one elsewhere is not there, and the asking is noted."""
    rows = Point.objects.select_related("provider", "food_licence")
    point = rows.filter(pk=point_id).first()
    if point is None:
        raise Http404
    if point.county != elder.person.county:
        out_of_reach(request, county=point.county, subject="meal_point", subject_id=str(point.pk))
    return point


def asked_week(request: DoorRequest) -> date:
    """The Monday of the week that is asked for, else of the one that today is in; on Sunday the next one."""
    given = request.GET.get("week", "")
    try:
        return week_of(parse_date(given, "week")) if given else week_of(request.on + timedelta(days=1))
    except Refusal:
        return week_of(request.on)


@require_safe
@require("meal.book")
def point(request: DoorRequest, point_id: int) -> HttpResponse:
    elder = whom(request)
    noted_read(request, elder, "meal.read")
    return point_page(request, elder, point_of(request, elder, point_id))


def point_page(
    request: DoorRequest, elder: Whom, row: Point, *, refusal: Refusal | None = None, told: QueryDict | None = None
) -> HttpResponse:
    """The menus of one week with what each costs this elder, to be ticked and booked together."""
    first = asked_week(request)
    standing = standings([row], request.on)[row.pk]
    days = days_of(row, elder.person, first, request.at)
    choices = [choice for one in days for choice in one.choices if choice.can_book]
    by_meal = {meal: [one for one in choices if one.offer.menu.meal == meal] for meal in Menu.Meal.values}
    here = reverse("elder:meal-point", args=[row.pk])
    said = {
        "near": Near(row, standing, metres_to(elder.person, row)),
        "days": days,
        "first": first,
        "last": first + timedelta(days=6),
        "before": f"{here}?week={first - timedelta(days=7)}" if first > week_of(request.on) else "",
        "after": f"{here}?week={first + timedelta(days=7)}",
        "whole_weeks": [(meal, MEALS[meal], len(rows)) for meal, rows in by_meal.items() if len(rows) > 1],
        "can_book": bool(choices) and elder.may("choose"),
        "delivers": any(one.offer.delivery is not None for one in choices),
        "form": fresh(ActForm, "meals"),
        "address": (told.get("address", "") if told else "") or address_of(elder.person),
        "way": (told.get("way", "") if told else "") or Booking.Way.TABLE,
        "ticked": set(told.getlist("menu")) if told else set(),
    }
    back = reverse("elder:meals")
    return page(request, "elder/meal_point.html", said, whom=elder, back=back, refusal=refusal)


def days_of(row: Point, person: Person, first: date, at: datetime) -> list[Day]:
    """The week day by day, as far as there are menus; a bounded number of statements."""
    found = list(menus(row, first, first + timedelta(days=6)))
    made = choices_of(found, person, at)
    days: dict[date, list[Choice]] = {}
    for menu in found:
        days.setdefault(menu.on, []).append(made[menu.id])
    return [Day(on, WEEKDAYS[on.weekday()], rows) for on, rows in sorted(days.items())]


def choices_of(found: Sequence[Menu], person: Person, at: datetime) -> dict[UUID, Choice]:
    """The menus as this elder may choose them: the price by their age and class, and what they have booked."""
    if not found:
        return {}
    priced = offers(found, born=person.birth_date, card_class=class_of(person.county, person.id))
    rows = bookings_of(county=person.county, person_id=person.id, first=min(menu.on for menu in found))
    booked = {(one.day, one.meal): one for one in rows if one.state != Booking.State.CANCELLED}
    return {menu.id: choice_of(priced[menu.id], booked.get((menu.on, menu.meal)), at) for menu in found}


def choice_of(offer: Offer, booking: Booking | None, at: datetime) -> Choice:
    menu = offer.menu
    why_not: Any = ""
    if booking is not None:
        why_not = _("已经订了") if booking.menu_id == menu.id else _("这一餐在“%s”订了") % booking.menu.point.name
    elif menu.state != Menu.State.OPEN or at >= menu.book_until:
        why_not = _("截止了")
    elif not menu.bookable:
        why_not = _("暂停预订")
    elif offer.left <= 0:
        why_not = _("订满了")
    elif offer.table is None:
        why_not = _("还没有定价")
    cutoff = Cutoff(menu.book_until, at >= menu.book_until)
    return Choice(offer, MEALS[menu.meal], cutoff, booking, not why_not, why_not)


def address_of(person: Person) -> str:
    """Where meals were brought last, else where the person lives."""
    brought = Booking.objects.filter(county=person.county, person=person, way=Booking.Way.DELIVERY)
    last: str | None = brought.order_by("-booked_at").values_list("address", flat=True).first()
    return last or person.address


@require_POST
@require("meal.book")
def book_week(request: DoorRequest, point_id: int) -> HttpResponse:
    """Book what was ticked, or one meal of every day; what cannot be booked is said, the rest is booked."""
    elder = require_confirmed(require_act(whom(request), "choose"))
    row = point_of(request, elder, point_id)
    told = request.POST
    way, address = told.get("way", ""), told.get("address", "").strip()[:200]
    form = sent(ActForm, "meals", request)
    if not form.is_valid():
        raise Http404
    wanted = wanted_menus(request, row, elder)
    try:
        require_way(way, address)
    except Refusal as refusal:
        return point_page(request, elder, row, refusal=refusal, told=told)
    if not wanted:
        messages.warning(request, _("还没有选哪一餐。"))
        return point_page(request, elder, row, told=told)

    def do() -> dict[str, Any]:
        return book_each(request, elder, wanted, way, address)

    form.cleaned_data["menus"] = sorted(str(menu.id) for menu in wanted)
    form.cleaned_data["way"] = way
    answer = money.do_once(request, elder, name="meal.book", do=do, form=form)
    say_booked(request, answer)
    return HttpResponseRedirect(
        reverse("elder:meals" if answer["booked"] else "elder:meal-point", args=() if answer["booked"] else (row.pk,))
    )


def wanted_menus(request: DoorRequest, row: Point, elder: Whom) -> list[Menu]:
    """The menus that are meant: those ticked, or all that can be booked of one meal in the week of the page."""
    meal = request.POST.get("all", "")
    if meal in Menu.Meal.values:
        days = days_of(row, elder.person, asked_week(request), request.at)
        choices = [choice for one in days for choice in one.choices if choice.can_book]
        return [one.offer.menu for one in choices if one.offer.menu.meal == meal][:MOST_AT_ONCE]
    ids = [one for one in request.POST.getlist("menu") if is_id(one)][:MOST_AT_ONCE]
    return list(Menu.objects.filter(county=row.county, point=row, id__in=ids).order_by("on", "book_until", "id"))


def book_each(request: DoorRequest, elder: Whom, wanted: Sequence[Menu], way: str, address: str) -> dict[str, Any]:
    """Each by itself: one that is full does not keep the others from being booked."""
    card_class = class_of(elder.person.county, elder.person.id)
    booked, left = 0, []
    for menu in wanted:
        try:
            with transaction.atomic():
                book(
                    menu=menu,
                    person_id=elder.person.id,
                    way=way,
                    address=address,
                    card_class=card_class,
                    at=request.at,
                    on=request.on,
                    by=money.by(request),
                )
            booked += 1
        except Refusal as refusal:
            left.append([menu.on.isoformat(), str(menu.meal), refusal.message("zh"), refusal.message("en")])
    return {"booked": booked, "left": left}


def say_booked(request: DoorRequest, answer: dict[str, Any]) -> None:
    if booked := answer["booked"]:
        done = ngettext("订好了 %(count)s 餐。", "订好了 %(count)s 餐。", booked) % {"count": booked}
        messages.success(request, done)
    for on, meal, zh, en in answer["left"]:
        when = day_said(date.fromisoformat(on), language())
        why = zh if language() == "zh" else en
        messages.warning(
            request, _("%(day)s%(meal)s没有订上：%(why)s") % {"day": when, "meal": MEALS[meal], "why": why}
        )


def is_id(text: str) -> bool:
    try:
        return bool(UUID(text))
    except ValueError:
        return False


def menu_of(request: DoorRequest, elder: Whom, menu_id: UUID) -> Menu:
    rows = Menu.objects.select_related("point__provider", "point__food_licence", "item", "delivery")
    menu = rows.filter(county=elder.person.county, id=menu_id).exclude(state=Menu.State.CANCELLED).first()
    if menu is None:
        elsewhere = Menu.objects.filter(id=menu_id).first()
        if elsewhere is not None and elsewhere.county != elder.person.county:
            out_of_reach(request, county=elsewhere.county, subject="menu", subject_id=elsewhere.id)
        raise Http404
    return menu


@require_http_methods(["GET", "HEAD", "POST"])
@require("meal.book")
def menu(request: DoorRequest, menu_id: UUID) -> HttpResponse:
    """One meal: its dishes, who pays which part of it, and two buttons, at the table or brought home."""
    elder = whom(request)
    row = menu_of(request, elder, menu_id)
    if request.method != "POST":
        noted_read(request, elder, "meal.read")
        return menu_page(request, elder, row)
    require_confirmed(require_act(elder, "choose"))
    form = sent(ActForm, "meals", request)
    if not form.is_valid():
        raise Http404
    way, address = request.POST.get("way", ""), request.POST.get("address", "").strip()[:200]
    wish = request.POST.get("wish", "").strip()[:120]

    def do() -> dict[str, Any]:
        if way not in Booking.Way.values:
            raise UNKNOWN_WAY("way", way=way)
        made = book(
            menu=row,
            person_id=elder.person.id,
            way=way,
            address=address,
            wish=wish,
            card_class=class_of(elder.person.county, elder.person.id),
            at=request.at,
            on=request.on,
            by=money.by(request),
        )
        return {"id": str(made.id)}

    form.cleaned_data |= {"menu": str(row.id), "way": way, "address": address, "wish": wish}
    try:
        answer = money.do_once(request, elder, name="meal.book", do=do, form=form)
    except Refusal as refusal:
        return menu_page(request, elder, row, refusal=refusal, address=address, wish=wish)
    messages.success(request, _("订好了。"))
    return HttpResponseRedirect(reverse("elder:meal-booking", args=[answer["id"]]))


def menu_page(
    request: DoorRequest, elder: Whom, row: Menu, *, refusal: Refusal | None = None, address: str = "", wish: str = ""
) -> HttpResponse:
    choice = choices_of([row], elder.person, request.at)[row.id]
    standing = standings([row.point], row.on)[row.point.pk]
    table = choice.offer.table
    said = {
        "row": row,
        "choice": choice,
        "near": Near(row.point, standing, metres_to(elder.person, row.point)),
        "receipt": receipt_of(table) if table else [],
        "own_fen": table.own_fen if table else 0,
        "you_pay": _("您自己付") if elder.own else _("%(name)s自己付") % {"name": elder.person.name},
        "can_book": choice.can_book and standing.cooks and elder.may("choose"),
        "form": fresh(ActForm, "meals"),
        "address": address or address_of(elder.person),
        "wish": wish,
        "weekday": WEEKDAYS[row.on.weekday()],
    }
    back = f"{reverse('elder:meal-point', args=[row.point_id])}?week={week_of(row.on)}"
    return page(request, "elder/meal_menu.html", said, whom=elder, back=back, refusal=refusal)
