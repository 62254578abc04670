"""Book a meal, change it, cancel it: until the cut-off. 订餐"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import F

from songhe.kernel.month import age_on
from songhe.kernel.refusal import reason
from songhe.meal.menu import NO_DELIVERY, lock
from songhe.meal.models import Booking, Line, Menu
from songhe.meal.point import ADDRESS_MISSING, require_fit
from songhe.meal.states import BOOKING, MENU
from songhe.meal.tariff import NO_TARIFF, quoted, tariffs_on
from songhe.person.deceased import refuse_after_death
from songhe.person.models import Person
from songhe.trail.note import note

UNKNOWN_PERSON = reason("meal.unknown_person", zh="没有这个人的档案。", en="There is no such person.", status=404)
FILE_CLOSED = reason(
    "meal.file_closed",
    zh="此人的档案已于{closed_on}关闭。",
    en="The person's file was closed on {closed_on}.",
    status=409,
)
UNKNOWN_WAY = reason("meal.unknown_way", zh="只有堂食和送餐，没有“{way}”。", en="Table or delivery, not {way}.")
AFTER_CUT_OFF = reason(
    "meal.after_cut_off",
    zh="已过订餐截止时间，不能预订、更改或取消。",
    en="The time for booking, changing and cancelling is over.",
    status=409,
)
NOT_BOOKABLE = reason(
    "meal.not_bookable", zh="这一餐暂停预订。", en="Booking of this meal is stopped for now.", status=409
)
FULL = reason("meal.full", zh="这一餐已订满。", en="All portions of this meal are taken.", status=409)
ALREADY_BOOKED = reason(
    "meal.already_booked",
    zh="这一餐已经订过：每人每餐一份。",
    en="This meal is booked already: one portion for each person.",
    status=409,
)
UNKNOWN_BOOKING = reason("meal.unknown_booking", zh="没有这份预订。", en="There is no such booking.", status=404)
CHARGED = reason(
    "meal.charged", zh="这份餐已入账，请先冲正。", en="This meal is charged; reverse the bill first.", status=409
)


def book(
    *,
    menu: Menu,
    person_id: UUID,
    way: str,
    at: datetime,
    on: date,
    by: str,
    address: str = "",
    wish: str = "",
    card_class: int | None = None,
) -> Booking:
    """Book a portion for a person before the cut-off, at the table or brought home; its price is that of the day of
    the meal, by their age on it and the class of their card.

    No money moves: what is charged is what is served. Refuses with ``meal.unknown_way``, ``meal.address_missing``,
    ``meal.unknown_person``, ``meal.file_closed``, ``person.after_death``, ``meal.unknown_menu``,
    ``meal.after_cut_off``, ``meal.not_bookable``, ``meal.wrong_state``, ``meal.point_not_fit``,
    ``meal.no_delivery_here``, ``meal.no_tariff``, ``meal.already_booked`` or ``meal.full``.
    """
    require_way(way, address)
    with transaction.atomic():
        person = eater(county=menu.county, person_id=person_id, day=menu.on)
        menu = _menu(menu)
        MENU.check(menu.state, "begin")
        if at >= menu.book_until:
            raise AFTER_CUT_OFF("at")
        if not menu.bookable:
            raise NOT_BOOKABLE("menu")
        require_fit(menu.point, menu.on)
        booking = take_place(menu, person, way, at=at, by=by, address=address, wish=wish, card_class=card_class)
        note_booking("meal.book", booking, at=at, by=by, way=way)
    return booking


def change(*, booking: Booking, way: str, at: datetime, by: str, address: str = "", wish: str | None = None) -> Booking:
    """At the table or brought home, another address, another wish: until the cut-off. The price follows.

    Refuses with ``meal.unknown_way``, ``meal.address_missing``, ``meal.unknown_booking``, ``meal.wrong_state``,
    ``meal.after_cut_off``, ``meal.no_delivery_here``, ``meal.no_tariff`` or ``meal.charged``.
    """
    require_way(way, address)
    with transaction.atomic():
        booking = _before_cut_off(booking, at)
        refuse_charged(booking)
        booking.way, booking.address = way, address.strip() if way == Booking.Way.DELIVERY else ""
        if wish is not None:
            booking.wish = wish.strip()[:120]
        booking.save(update_fields=["way", "address", "wish"])
        lines = Line.objects.filter(county=booking.county, booking=booking)
        lines._raw_delete(lines.db)
        _price(booking, booking.menu, booking.person)
        note_booking("meal.change", booking, at=at, by=by, way=way)
    return booking


def cancel(*, booking: Booking, at: datetime, by: str, because: str = "") -> Booking:
    """The portion is free again: until the cut-off. Refuses with ``meal.unknown_booking``, ``meal.wrong_state``,
    ``meal.after_cut_off`` or ``meal.charged``."""
    with transaction.atomic():
        booking = _before_cut_off(booking, at)
        refuse_charged(booking)
        BOOKING.move(booking, "cancel")
        booking.ended_by, booking.ended_at, booking.because = by, at, because.strip()[:300]
        booking.save(update_fields=["state", "ended_by", "ended_at", "because"])
        Menu.objects.filter(county=booking.county, id=booking.menu_id).update(taken=F("taken") - 1)
        note_booking("meal.cancel", booking, at=at, by=by, reason=because)
    return booking


def take_place(
    menu: Menu,
    person: Person,
    way: str,
    *,
    at: datetime,
    by: str,
    address: str = "",
    wish: str = "",
    card_class: int | None = None,
    walked_in: bool = False,
) -> Booking:
    """One portion of the menu, by one conditional update; the caller holds the person and has looked at the menu.

    Refuses with ``meal.no_delivery_here``, ``meal.already_booked``, ``meal.wrong_state`` (closed in the meantime),
    ``meal.full`` or ``meal.no_tariff``.
    """
    if way == Booking.Way.DELIVERY and menu.delivery_id is None:
        raise NO_DELIVERY("way")
    booking = Booking(
        county=menu.county,
        menu=menu,
        person=person,
        day=menu.on,
        meal=menu.meal,
        way=way,
        address=address.strip() if way == Booking.Way.DELIVERY else "",
        wish=wish.strip()[:120],
        card_class=card_class,
        walked_in=walked_in,
        booked_by=by,
        booked_at=at,
    )
    held = Booking.objects.filter(county=menu.county, person=person, day=menu.on, meal=menu.meal)
    if held.exclude(state=Booking.State.CANCELLED).exists():
        raise ALREADY_BOOKED("person")
    free = Menu.objects.filter(county=menu.county, id=menu.id, state=menu.state, taken__lt=F("portions"))
    if not free.update(taken=F("taken") + 1):
        state = Menu.objects.values_list("state", flat=True).get(county=menu.county, id=menu.id)
        MENU.check(state, "finish" if walked_in else "begin")
        raise FULL("menu")
    try:
        with transaction.atomic():
            booking.save(force_insert=True)
    except IntegrityError:
        raise ALREADY_BOOKED("person") from None
    _price(booking, menu, person)
    return booking


def eater(*, county: str, person_id: UUID, day: date) -> Person:
    """The person's file, locked, who lives and is on file on the day. Refuses with ``meal.unknown_person``,
    ``meal.file_closed`` or ``person.after_death``."""
    person = Person.rows.select_for_update().filter(county=county, id=person_id).first()
    if person is None:
        raise UNKNOWN_PERSON("person")
    refuse_after_death(person, day, "on")
    if person.closed_on is not None and day > person.closed_on:
        raise FILE_CLOSED("person", closed_on=person.closed_on)
    return person


def require_way(way: str, address: str) -> None:
    """Refuses with ``meal.unknown_way`` or ``meal.address_missing``."""
    if way not in Booking.Way.values:
        raise UNKNOWN_WAY("way", way=way)
    if way == Booking.Way.DELIVERY and not address.strip():
        raise ADDRESS_MISSING("address")


def locked(booking: Booking) -> Booking:
    """The booking, locked, with its menu. Refuses with ``meal.unknown_booking``."""
    rows = Booking.objects.select_for_update(of=("self",)).select_related(
        "menu__point__provider", "menu__point__food_licence", "menu__item", "menu__delivery", "person"
    )
    found = rows.filter(county=booking.county, id=booking.id).first()
    if found is None:
        raise UNKNOWN_BOOKING("booking")
    return found


def refuse_charged(booking: Booking) -> None:
    """Refuses with ``meal.charged``."""
    if Line.objects.filter(county=booking.county, booking=booking, billed_line__isnull=False).exists():
        raise CHARGED("booking")


def note_booking(act: str, booking: Booking, *, at: datetime, by: str, reason: str = "", **detail: Any) -> None:
    note(
        county=booking.county,
        at=at,
        actor=by,
        act=act,
        subject="booking",
        subject_id=booking.id,
        reason=reason,
        behalf_of=booking.person_id,
        menu=str(booking.menu_id),
        **detail,
    )


def _before_cut_off(booking: Booking, at: datetime) -> Booking:
    """Menu before booking, the order in which a closure takes them."""
    menu_id = Booking.objects.filter(county=booking.county, id=booking.id).values_list("menu_id", flat=True).first()
    if menu_id is None:
        raise UNKNOWN_BOOKING("booking")
    menu = lock(county=booking.county, menu_id=menu_id)
    found = locked(booking)
    BOOKING.check(found.state, "cancel")
    if found.menu_id != menu.id or at >= menu.book_until:
        raise AFTER_CUT_OFF("at")
    return found


def _menu(menu: Menu) -> Menu:
    rows = Menu.objects.select_related("point__provider", "point__food_licence", "item", "delivery")
    return rows.get(county=menu.county, id=menu.id)


def _price(booking: Booking, menu: Menu, person: Person) -> None:
    items = [menu.item]
    if booking.way == Booking.Way.DELIVERY:
        if menu.delivery is None:
            raise NO_DELIVERY("way")
        items.append(menu.delivery)
    priced = tariffs_on(menu.point, items, menu.on)
    age = age_on(person.birth_date, menu.on)
    lines = []
    for number, item in enumerate(items, 1):
        tariff = priced.get(item.code)
        if tariff is None:
            raise NO_TARIFF("item", on=menu.on, item=item.name, item_en=item.name_en)
        found = quoted(tariff, age=age, card_class=booking.card_class)
        lines.append(
            Line(
                county=booking.county,
                booking=booking,
                number=number,
                item=item,
                tariff=tariff,
                service_on=menu.on,
                price_fen=found.price_fen,
                own_fen=found.own_fen,
                parts=dict(found.parts),
                funds=(funds := {payer: code for payer, code in tariff.funds.items() if payer in found.parts}),
                funds_due=bool(funds),
            )
        )
    Line.objects.bulk_create(lines)
