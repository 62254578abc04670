"""A meal is served to whoever booked it, or to somebody who walks in; what is served is what may be charged. 供餐"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db import transaction
from django.db.models import Exists, F, OuterRef

from songhe.kernel.refusal import reason
from songhe.meal.book import eater, locked, note_booking, refuse_charged, take_place
from songhe.meal.menu import NOT_THAT_DAY, lock
from songhe.meal.models import Booking, Line, Menu
from songhe.meal.states import BOOKING
from songhe.provider.models import Item, Provider

UNKNOWN_MEANS = reason(
    "meal.unknown_means", zh="没有“{means}”这种身份核对方式。", en="There is no means of knowing people called {means}."
)
NOT_SERVING = reason("meal.not_serving", zh="还没有开餐，或已结束。", en="It is not being served now.", status=409)
SAY_WHY = reason("meal.say_why", zh="请写明原因。", en="Say why.")
NOT_SERVED = reason(
    "meal.not_served", zh="没有用餐，不能入账。", en="It was not served and is not charged.", status=409
)

#: How whoever serves knew the person.
MEANS = frozenset({"card", "code", "printed", "face", "known", "at_the_door"})


@dataclass(frozen=True)
class Priced:
    """A line for the till: what was served, when, what it costs, and who beside the elder pays which part (fen)."""

    line_id: UUID
    provider: Provider
    item: Item
    service_on: date
    price_fen: int
    own_fen: int
    parts: dict[str, int]


def serve(*, booking: Booking, means: str, at: datetime, on: date, by: str) -> list[Priced]:
    """The person came, or the meal was handed over at the door; answers with the lines that the till may charge.

    Who was noted as not having come and comes after all is served too, while serving goes on.

    Refuses with ``meal.unknown_means``, ``meal.unknown_booking``, ``meal.wrong_state``, ``meal.not_serving`` or
    ``meal.not_that_day``.
    """
    _require_means(means)
    with transaction.atomic():
        booking = locked(booking)
        BOOKING.move(booking, "serve")
        _require_serving(booking.menu, on)
        booking.ended_by, booking.ended_at = by, at
        booking.save(update_fields=["state", "ended_by", "ended_at"])
        note_booking("meal.serve", booking, at=at, by=by, means=means)
        return priced(booking)


def walk_in(
    *,
    menu: Menu,
    person_id: UUID,
    means: str,
    at: datetime,
    on: date,
    by: str,
    card_class: int | None = None,
) -> tuple[Booking, list[Priced]]:
    """Somebody who did not book eats at the table while there are portions left.

    Refuses with ``meal.unknown_means``, ``meal.unknown_person``, ``meal.file_closed``, ``person.after_death``,
    ``meal.not_serving``, ``meal.not_that_day``, ``meal.already_booked``, ``meal.no_tariff`` or ``meal.full``.
    """
    _require_means(means)
    with transaction.atomic():
        person = eater(county=menu.county, person_id=person_id, day=menu.on)
        found = (
            Menu.objects.select_related("point__provider", "item", "delivery")
            .filter(county=menu.county, id=menu.id)
            .first()
        )
        if found is None:
            raise NOT_SERVING("menu")
        _require_serving(found, on)
        booking = take_place(found, person, Booking.Way.TABLE, at=at, by=by, card_class=card_class, walked_in=True)
        BOOKING.move(booking, "serve")
        booking.ended_by, booking.ended_at = by, at
        booking.save(update_fields=["state", "ended_by", "ended_at"])
        note_booking("meal.walk_in", booking, at=at, by=by, means=means)
        return booking, priced(booking)


def unserve(*, booking: Booking, because: str, at: datetime, on: date, by: str) -> Booking:
    """It was the wrong person: while serving goes on, and before it is charged.

    Who booked is waited for again; who walked in never was, and their portion is free. Refuses with ``meal.say_why``,
    ``meal.unknown_booking``, ``meal.wrong_state``, ``meal.not_serving``, ``meal.not_that_day`` or ``meal.charged``.
    """
    if not because.strip():
        raise SAY_WHY("because")
    with transaction.atomic():
        if booking.walked_in:
            lock(county=booking.county, menu_id=booking.menu_id)
        booking = locked(booking)
        BOOKING.move(booking, "leave" if booking.walked_in else "unserve")
        _require_serving(booking.menu, on)
        refuse_charged(booking)
        booking.ended_by, booking.ended_at, booking.because = "", None, because.strip()[:300]
        if booking.walked_in:
            booking.ended_by, booking.ended_at = by, at
            Menu.objects.filter(county=booking.county, id=booking.menu_id).update(taken=F("taken") - 1)
        booking.save(update_fields=["state", "ended_by", "ended_at", "because"])
        note_booking("meal.unserve", booking, at=at, by=by, reason=because)
    return booking


def miss(*, booking: Booking, at: datetime, on: date, by: str) -> Booking:
    """Whoever booked did not come, or nobody opened the door: the meal is cooked, and nothing is charged.

    Refuses with ``meal.unknown_booking``, ``meal.wrong_state``, ``meal.not_serving`` or ``meal.not_that_day``.
    """
    with transaction.atomic():
        booking = locked(booking)
        BOOKING.move(booking, "miss")
        _require_serving(booking.menu, on)
        booking.ended_by, booking.ended_at = by, at
        booking.save(update_fields=["state", "ended_by", "ended_at"])
        note_booking("meal.miss", booking, at=at, by=by)
    return booking


def priced(booking: Booking) -> list[Priced]:
    """The lines of a served booking. Refuses with ``meal.not_served``."""
    if booking.state != Booking.State.SERVED:
        raise NOT_SERVED("booking")
    rows = Line.objects.filter(county=booking.county, booking=booking)
    provider = booking.menu.point.provider
    return [
        Priced(row.id, provider, row.item, row.service_on, row.price_fen, row.own_fen, row.parts)
        for row in rows.select_related("item").order_by("number")
    ]


def mark_charged(*, county: str, line_id: UUID, billed_line: UUID) -> bool:
    """Say which bill line charges it, in the till's transaction; only once, and only what was served. False: no."""
    served = Booking.objects.filter(county=county, id=OuterRef("booking_id"), state=Booking.State.SERVED)
    rows = Line.objects.filter(Exists(served), county=county, id=line_id, billed_line=None)
    return bool(rows.update(billed_line=billed_line))


def mark_reversed(*, county: str, line_id: UUID, billed_line: UUID) -> bool:
    """The bill line that charged it was reversed: it may be charged again, and its funds pay again if it is."""
    rows = Line.objects.filter(county=county, id=line_id, billed_line=billed_line)
    rows.exclude(funds={}).update(funds_due=True)
    return bool(rows.update(billed_line=None))


def _require_serving(menu: Menu, on: date) -> None:
    if menu.state != Menu.State.SERVING:
        raise NOT_SERVING("menu")
    if menu.on != on:
        raise NOT_THAT_DAY("on", on=menu.on)


def _require_means(means: str) -> None:
    if means not in MEANS:
        raise UNKNOWN_MEANS("means", means=means)
