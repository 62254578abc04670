"""Meals over HTTP: points, menus with prices, bookings. 助餐"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Annotated, Any, Literal
from uuid import UUID

from django.http import HttpResponse
from ninja import Query, Router
from pydantic import Field

from songhe.doors.api.caller import ApiRequest, require_mandate
from songhe.doors.api.found import by_id
from songhe.doors.api.operation import serve
from songhe.doors.api.page import Paging, page, paged
from songhe.doors.api.person import person_of
from songhe.doors.api.types import Body, County, Day, PositiveFen, Shown, SignedFen, Yes
from songhe.doors.api.write import perform, reply
from songhe.doors.staff.meals_shown import class_of
from songhe.meal.book import UNKNOWN_BOOKING, book, cancel, change
from songhe.meal.menu import UNKNOWN_MENU
from songhe.meal.models import Booking, Menu
from songhe.meal.offer import offers, standings
from songhe.meal.price import Quote
from songhe.meal.queries import lines_of, points_of

router = Router(tags=["助餐"])

#: As many days of menus are told at once.
DAYS = 14
Way = Literal["table", "delivery"]


class PointShown(Shown):
    id: Annotated[int, Field(title="助餐点")]
    county: Annotated[str, Field(title="区县")]
    name: Annotated[str, Field(title="名称")]
    provider: Annotated[int, Field(title="机构")]
    place: Annotated[str, Field(title="所在村（社区）")]
    address: Annotated[str, Field(title="地址")]
    phone: str
    longitude: float
    latitude: float
    seats: int
    delivers: Annotated[bool, Field(title="是否送餐")]
    food_licence: Annotated[str, Field(title="食品经营许可编号")]
    lacking: Annotated[list[str], Field(title="当天不能供餐的原因；空为可以")]
    moves_to: Annotated[int | None, Field(title="关停时订餐转到的助餐点")]


class Points(Shown):
    items: list[PointShown]


class DishShown(Shown):
    name: str
    about: str


class QuoteShown(Shown):
    price_fen: PositiveFen
    own_fen: Annotated[SignedFen, Field(title="本人付（分）")]
    parts: Annotated[dict[str, int], Field(title="各方承担（分）")]


class MenuShown(Shown):
    id: Annotated[str, Field(title="菜单")]
    county: str
    point: int
    on: Annotated[str, Field(title="日期", json_schema_extra={"format": "date"})]
    meal: Annotated[str, Field(title="餐次")]
    state: Annotated[str, Field(title="状态")]
    bookable: bool
    book_until: Annotated[str, Field(title="订餐截止")]
    portions: int
    left: Annotated[int, Field(title="还可订份数")]
    dishes: list[DishShown]
    table: Annotated[QuoteShown | None, Field(title="堂食价格；写明人员时按其年龄和卡类")]
    delivery: Annotated[QuoteShown | None, Field(title="送餐价格（含送餐费）")]


class Menus(Shown):
    items: list[MenuShown]


class BookingShown(Shown):
    id: Annotated[str, Field(title="订餐")]
    county: str
    person: Annotated[str, Field(title="人员档案")]
    menu: Annotated[str, Field(title="菜单")]
    point: int
    day: Annotated[str, Field(title="日期", json_schema_extra={"format": "date"})]
    meal: str
    way: Annotated[str, Field(title="堂食或送餐")]
    address: str
    wish: str
    state: Annotated[str, Field(title="状态")]
    because: str
    moved_from: Annotated[str | None, Field(title="关停前所在的菜单")]


class BookingInFull(BookingShown):
    price_fen: PositiveFen
    own_fen: SignedFen
    parts: dict[str, int]


class PointsAsked(Body):
    county: County
    on: Day | None = None


class MenusAsked(Body):
    county: County
    point: Annotated[int | None, Field(strict=False, ge=1)] = None
    first: Day | None = None
    last: Day | None = None
    person: UUID | None = None


class BookIn(Body):
    menu: Annotated[UUID, Field(title="菜单")]
    person: Annotated[UUID, Field(title="人员档案")]
    way: Annotated[Way, Field(title="堂食或送餐")]
    address: Annotated[str, Field(max_length=200, title="送到哪里")] = ""
    wish: Annotated[str, Field(max_length=120, title="要求")] = ""


class ChangeIn(Body):
    way: Annotated[Way, Field(title="堂食或送餐")]
    address: Annotated[str, Field(max_length=200, title="送到哪里")] = ""
    wish: Annotated[str | None, Field(max_length=120, title="要求")] = None


class CancelIn(Body):
    because: Annotated[str, Field(max_length=300, title="原因")] = ""
    sure: Yes = True


class BookingFilters(Paging):
    county: County | None = None
    person: UUID | None = None
    menu: UUID | None = None
    day: Day | None = None


@serve(
    router,
    "GET",
    "/meal-points",
    act="meal.menu.read",
    gives=Points,
    title="查助餐点",
    about="一个区县的助餐点，及某一天能否供餐、为什么不能。",
)
def list_meal_points(request: ApiRequest, asked: Query[PointsAsked]) -> HttpResponse:
    on = asked.on or request.on
    points = points_of(asked.county, on)
    standing = standings(points, on)
    items = []
    for one in points:
        closure = standing[one.pk].closure
        items.append(
            {
                "id": one.pk,
                "county": one.county,
                "name": one.name,
                "provider": one.provider_id,
                "place": one.place,
                "address": one.address,
                "phone": one.phone,
                "longitude": one.longitude,
                "latitude": one.latitude,
                "seats": one.seats,
                "delivers": one.delivers,
                "food_licence": one.food_licence.number,
                "lacking": list(standing[one.pk].lacking),
                "moves_to": closure.move_to_id if closure else None,
            }
        )
    return reply({"items": items})


@serve(
    router,
    "GET",
    "/meal-menus",
    act="meal.menu.read",
    gives=Menus,
    title="查菜单",
    about="一个区县或一个助餐点几天内的菜单；写明人员时，价格按其年龄和卡类，分出谁付哪一部分。最多十四天。",
)
def list_menus(request: ApiRequest, asked: Query[MenusAsked]) -> HttpResponse:
    first = asked.first or request.on
    last = min(asked.last or first, first + timedelta(days=DAYS - 1))
    rows = Menu.objects.filter(county=asked.county, on__range=(first, last)).exclude(state=Menu.State.CANCELLED)
    if asked.point is not None:
        rows = rows.filter(point=asked.point)
    born, card_class = None, None
    if asked.person is not None:
        person = person_of(request, asked.person, field="person")
        born, card_class = person.birth_date, class_of(person.county, person.id)
    found = list(rows.select_related("point", "item", "delivery").order_by("on", "book_until", "id")[:500])
    priced = offers(found, born=born, card_class=card_class)
    items = [
        {
            "id": str(menu.id),
            "county": menu.county,
            "point": menu.point_id,
            "on": menu.on.isoformat(),
            "meal": str(menu.meal),
            "state": str(menu.state),
            "bookable": priced[menu.id].is_open(request.at),
            "book_until": menu.book_until.isoformat(),
            "portions": menu.portions,
            "left": priced[menu.id].left,
            "dishes": [{"name": dish.name, "about": dish.about} for dish in priced[menu.id].dishes],
            "table": show_quote(priced[menu.id].table),
            "delivery": show_quote(priced[menu.id].delivery),
        }
        for menu in found
    ]
    return reply({"items": items})


@serve(
    router,
    "GET",
    "/meal-bookings",
    act="meal.menu.read",
    gives=paged("MealBooking", BookingShown),
    title="查订餐",
    about="按人员、菜单、日期筛选；机构只看到在自己助餐点订的，居民只看到自己和所代办老人的。",
)
def list_bookings(request: ApiRequest, asked: Query[BookingFilters]) -> HttpResponse:
    rows = Booking.objects.filter(request.auth.condition(provider="menu__point__provider_id", person="person_id"))
    rows = rows.filter(**asked.model_dump(exclude_none=True, include={"county", "person", "menu", "day"}))
    return page(
        request,
        asked,
        rows.select_related("menu"),
        sorts={"created_at": "id", "day": "day"},
        show=show_booking,
        shown=BookingShown,
    )


@serve(
    router,
    "POST",
    "/meal-bookings",
    act="meal.book",
    gives=BookingInFull,
    status=201,
    title="订餐",
    about="截止时间前订一份，堂食或送餐；现在不收钱，用餐后才入账。",
)
def book_meal(request: ApiRequest, body: BookIn) -> HttpResponse:
    person = person_of(request, body.person, field="person")
    require_mandate(request.auth, person, "choose", request.on)
    menu = Menu.objects.filter(county=person.county, id=body.menu).select_related("point").first()
    if menu is None:
        raise UNKNOWN_MENU("menu")

    def do() -> dict[str, Any]:
        made = book(
            menu=menu,
            person_id=person.id,
            way=body.way,
            address=body.address,
            wish=body.wish,
            card_class=class_of(person.county, person.id),
            at=request.at,
            on=request.on,
            by=request.auth.username,
        )
        return show_in_full(made)

    return perform(request, county=person.county, body=body, do=do, status=201)


@serve(router, "GET", "/meal-bookings/{booking}", act="meal.menu.read", gives=BookingInFull, title="读一份订餐")
def read_booking(request: ApiRequest, booking: UUID) -> HttpResponse:
    return reply(show_in_full(booking_of(request, booking)))


@serve(
    router,
    "POST",
    "/meal-bookings/{booking}/cancel",
    act="meal.book",
    gives=BookingInFull,
    title="退订",
    about="截止时间前可以退订，没有花钱。",
)
def cancel_booking(request: ApiRequest, booking: UUID, body: CancelIn | None = None) -> HttpResponse:
    row = booking_of(request, booking)
    require_mandate(request.auth, row.person, "choose", request.on)

    def do() -> dict[str, Any]:
        because = body.because if body else ""
        return show_in_full(cancel(booking=row, because=because, at=request.at, by=request.auth.username))

    return perform(request, county=row.county, body=body, do=do)


@serve(
    router,
    "POST",
    "/meal-bookings/{booking}/change",
    act="meal.book",
    gives=BookingInFull,
    title="更改订餐",
    about="堂食改送餐或送餐改堂食、改地址、改要求，到截止时间为止。",
)
def change_booking(request: ApiRequest, booking: UUID, body: ChangeIn) -> HttpResponse:
    row = booking_of(request, booking)
    require_mandate(request.auth, row.person, "choose", request.on)

    def do() -> dict[str, Any]:
        made = change(
            booking=row,
            way=body.way,
            address=body.address,
            wish=body.wish,
            at=request.at,
            by=request.auth.username,
        )
        return show_in_full(made)

    return perform(request, county=row.county, body=body, do=do)


def booking_of(request: ApiRequest, booking: UUID) -> Booking:
    """A booking of somebody or of a canteen that the caller sees."""
    rows = Booking.objects.select_related("menu__point", "person")
    row = rows.filter(id=booking).first()
    if row is not None and request.auth.sees(
        row.county, provider_id=row.menu.point.provider_id, person_id=row.person_id
    ):
        return row
    return by_id(request, rows, booking, unknown=UNKNOWN_BOOKING, person="person_id")


def show_quote(quote: Quote | None) -> dict[str, Any] | None:
    if quote is None:
        return None
    return {"price_fen": quote.price_fen, "own_fen": quote.own_fen, "parts": dict(quote.parts)}


def show_booking(row: Booking) -> dict[str, Any]:
    return {
        "id": str(row.id),
        "county": row.county,
        "person": str(row.person_id),
        "menu": str(row.menu_id),
        "point": row.menu.point_id,
        "day": row.day.isoformat(),
        "meal": str(row.meal),
        "way": str(row.way),
        "address": row.address,
        "wish": row.wish,
        "state": str(row.state),
        "because": row.because,
        "moved_from": str(row.moved_from) if row.moved_from else None,
    }


def show_in_full(row: Booking) -> dict[str, Any]:
    lines = lines_of(row.county, [row.id]).get(row.id, [])
    parts: dict[str, int] = {}
    for line in lines:
        add(parts, line.parts)
    return show_booking(row) | {
        "price_fen": sum(line.price_fen for line in lines),
        "own_fen": sum(line.own_fen for line in lines),
        "parts": parts,
    }


def add(parts: dict[str, int], more: Mapping[str, int]) -> None:
    for payer, fen in more.items():
        parts[payer] = parts.get(payer, 0) + fen
