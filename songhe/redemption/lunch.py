"""A meal is served and paid in one go at the canteen's till, and undone in one go. 刷卡供餐"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db import transaction

from songhe.card.models import Card
from songhe.kernel.month import BEIJING
from songhe.kernel.refusal import reason
from songhe.meal.models import Booking, Menu
from songhe.meal.models import Line as MealLine
from songhe.meal.serve import Priced, priced, serve, unserve, walk_in
from songhe.person.code import who
from songhe.redemption.bill import Charge
from songhe.redemption.find import Request, lock_person
from songhe.redemption.models import Bill, Line
from songhe.redemption.redeem import redeem
from songhe.redemption.reverse import reverse

ALREADY_EATEN = reason(
    "redemption.already_eaten",
    zh="{time}已经用过餐、付过钱，没有再扣。",
    en="Has eaten and paid at {time} already; nothing was charged again.",
    status=409,
)


@dataclass(frozen=True)
class Eaten:
    """A meal that was served and charged."""

    booking: Booking
    bill: Bill


def serve_and_charge(*, menu: Menu, shown: str, confirmed_by: str, at: datetime, on: date, by: str) -> Eaten:
    """Whoever shows a card or a code gets the meal that they booked, or one that is left, and pays it, once.

    All of it or nothing: who cannot be charged is not served. A meal that was served from the list and is on no bill
    yet is charged. Refuses with ``redemption.already_eaten``, and as ``meal.serve.serve``, ``meal.serve.walk_in`` and
    ``redemption.redeem.redeem`` do.
    """
    county, provider_id = menu.county, menu.point.provider_id
    with transaction.atomic():
        known = who(county=county, given=shown, confirmed_by=confirmed_by, at=at, reader=f"provider:{provider_id}")
        person = lock_person(county, known.medium.person_id)
        card = Card.objects.filter(county=county, person=person).exclude(state=Card.State.CLOSED).first()
        held = Booking.objects.filter(county=county, person=person, menu=menu)
        booking = held.exclude(state=Booking.State.CANCELLED).first()
        means = "card" if known.step is None else "code"
        if booking is None:
            booking, lines = walk_in(
                menu=menu,
                person_id=person.id,
                means=means,
                card_class=card.card_class if card else None,
                at=at,
                on=on,
                by=by,
            )
        elif booking.state == Booking.State.SERVED:
            booking.menu = menu
            lines = _not_charged(booking)
        else:
            lines = serve(booking=booking, means=means, at=at, on=on, by=by)
        charges = tuple(Charge(item=one.item.code, service_on=one.service_on, meal=one.line_id) for one in lines)
        request = Request(provider_id=provider_id, charges=charges, medium=shown, confirmed_by=confirmed_by)
        bill = redeem(county=county, request=request, at=at, on=on, by=by)
        booking.person = person
        return Eaten(booking, bill)


def _not_charged(booking: Booking) -> list[Priced]:
    charged = MealLine.objects.filter(county=booking.county, booking=booking).exclude(billed_line=None)
    if charged.exists():
        assert booking.ended_at is not None
        raise ALREADY_EATEN("shown", time=f"{booking.ended_at.astimezone(BEIJING):%H:%M}")
    return priced(booking)


def bills_of_meals(*, county: str, bookings: list[Booking]) -> dict[UUID, Bill]:
    """The bill that charges each of these bookings, by the booking's id; two statements."""
    of_line = dict(
        MealLine.objects.filter(county=county, booking__in=bookings)
        .exclude(billed_line=None)
        .values_list("billed_line", "booking_id")
    )
    rows = Line.objects.filter(county=county, id__in=list(of_line)).select_related("bill__card", "bill__grant")
    return {of_line[row.id]: row.bill for row in rows}


def take_back(*, booking: Booking, because: str, at: datetime, on: date, by: str) -> Booking:
    """It was the wrong person: the bill is reversed, every payer has its money again, and the meal was not served.

    Refuses as ``redemption.reverse.reverse`` and ``meal.serve.unserve`` do.
    """
    with transaction.atomic():
        lock_person(booking.county, booking.person_id)
        bill = bills_of_meals(county=booking.county, bookings=[booking]).get(booking.id)
        if bill is not None:
            reverse(county=booking.county, bill_no=bill.no, because=because, at=at, on=on, by=by)
        return unserve(booking=booking, because=because, at=at, on=on, by=by)
