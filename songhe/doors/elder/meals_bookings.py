"""What is booked 我的订餐: what it costs, until when it may be cancelled or changed, and what a closure moved."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from songhe.doors.elder import money
from songhe.doors.elder.meals import address_of
from songhe.doors.elder.showing import show as page
from songhe.doors.elder.whom import Whom, everybody, noted_read, out_of_reach, require_act, require_confirmed, whom
from songhe.doors.may import require
from songhe.doors.shell.request import DoorRequest
from songhe.doors.staff.acting import ActForm, fresh, sent
from songhe.doors.staff.meals_shown import BOOKING, MEALS, WAYS, WEEKDAYS, Cutoff, receipt_of
from songhe.doors.staff.words import Word
from songhe.kernel.month import parse_date
from songhe.kernel.refusal import Refusal
from songhe.meal.book import cancel, change
from songhe.meal.models import Booking, Line
from songhe.meal.price import Quote
from songhe.meal.queries import bookings_before, bookings_of, dishes_of, lines_of

MOST = 50


@dataclass(frozen=True)
class Row:
    """A booking in the list; ``own_fen`` is what the elder pays of it."""

    booking: Booking
    meal: Any
    way: Any
    weekday: Any
    state: Word
    own_fen: int
    cutoff: Cutoff

    @property
    def moved(self) -> bool:
        return self.booking.moved_from is not None and not self.closed

    @property
    def closed(self) -> bool:
        """Whether a closure ended it; it may have been moved by another one before."""
        return self.booking.closure_id is not None and self.booking.state == Booking.State.CANCELLED


def row_of(booking: Booking, lines: list[Line], at: datetime) -> Row:
    return Row(
        booking,
        MEALS[booking.meal],
        WAYS[booking.way],
        WEEKDAYS[booking.day.weekday()],
        BOOKING[booking.state],
        sum(line.own_fen for line in lines),
        Cutoff(booking.menu.book_until, at >= booking.menu.book_until),
    )


@require_safe
@require("meal.book")
def bookings(request: DoorRequest) -> HttpResponse:
    """What is ahead, the next first; and what was, the latest first."""
    elder = whom(request)
    noted_read(request, elder, "meal.read")
    told: dict[str, Any] = {"county": elder.person.county, "person_id": elder.person.id}
    before = asked_day(request) or request.on
    ahead = [] if request.GET.get("before") else list(bookings_of(**told, first=request.on, most=2 * MOST))
    past = list(bookings_before(**told, day=before, most=MOST + 1))
    more, past = len(past) > MOST, past[:MOST]
    lines = lines_of(elder.person.county, [one.id for one in [*ahead, *past]])
    said = {
        "ahead": [row_of(one, lines.get(one.id, []), request.at) for one in ahead],
        "past": [row_of(one, lines.get(one.id, []), request.at) for one in past],
        "older": past[-1].day if more else None,
    }
    return page(request, "elder/meal_bookings.html", said, whom=elder, back=reverse("elder:meals"))


def asked_day(request: DoorRequest) -> date | None:
    try:
        return parse_date(request.GET["before"], "before") if request.GET.get("before") else None
    except Refusal:
        return None


def booking_of(request: DoorRequest, booking_id: UUID) -> tuple[Whom, Booking]:
    """A booking of somebody whose pages this account may open; another is not there, and the asking is noted."""
    rows = Booking.objects.select_related("menu__point", "closure__point")
    row = rows.filter(id=booking_id).first()
    if row is None:
        raise Http404
    mine = (one for one in (whom(request), *everybody(request)) if one.person.id == row.person_id)
    elder = next(mine, None)
    if elder is None or elder.person.county != row.county:
        out_of_reach(request, county=row.county, subject=Booking._meta.label, subject_id=row.id)
    return elder, row


@require_safe
@require("meal.book")
def booking(request: DoorRequest, booking_id: UUID) -> HttpResponse:
    elder, row = booking_of(request, booking_id)
    noted_read(request, elder, "meal.read")
    return booking_page(request, elder, row)


def booking_page(request: DoorRequest, elder: Whom, row: Booking, *, refusal: Refusal | None = None) -> HttpResponse:
    """One booking: where, when, what it costs and who pays; cancelled or changed until the cut-off."""
    lines = lines_of(row.county, [row.id]).get(row.id, [])
    shown = row_of(row, lines, request.at)
    parts: dict[str, int] = {}
    for line in lines:
        for payer, fen in line.parts.items():
            parts[payer] = parts.get(payer, 0) + fen
    quote = Quote(sum(line.price_fen for line in lines), shown.own_fen, parts)
    is_open = row.state == Booking.State.BOOKED and not shown.cutoff.is_over and elder.may("choose")
    said = {
        "shown": shown,
        "row": row,
        "dishes": dishes_of(row.county, [row.menu_id]).get(row.menu_id, []),
        "receipt": receipt_of(quote),
        "you_pay": _("您自己付") if elder.own else _("%(name)s自己付") % {"name": elder.person.name},
        "can_change": is_open,
        "can_deliver": is_open and row.menu.delivery_id is not None,
        "cancel": fresh(ActForm, "cancel"),
        "change": fresh(ActForm, "change"),
        "address": row.address or (address_of(elder.person) if is_open else ""),
    }
    back = reverse("elder:meal-bookings")
    return page(request, "elder/meal_booking.html", said, whom=elder, back=back, refusal=refusal)


@require_POST
@require("meal.book")
def cancel_it(request: DoorRequest, booking_id: UUID) -> HttpResponse:
    """The portion is free again; nothing was paid for it."""
    elder, row = booking_of(request, booking_id)
    require_confirmed(require_act(elder, "choose"))
    form = sent(ActForm, "cancel", request)

    def do() -> dict[str, Any]:
        return {"id": str(cancel(booking=row, at=request.at, by=money.by(request)).id)}

    try:
        money.do_once(request, elder, name=f"meal.cancel:{row.id}", do=do, form=form)
    except Refusal as refusal:
        return booking_page(request, elder, row, refusal=refusal)
    messages.success(request, _("已经退订，没有花钱。"))
    return HttpResponseRedirect(reverse("elder:meal-bookings"))


@require_POST
@require("meal.book")
def change_it(request: DoorRequest, booking_id: UUID) -> HttpResponse:
    """At the table instead of brought home, or the other way round, or to another address."""
    elder, row = booking_of(request, booking_id)
    require_confirmed(require_act(elder, "choose"))
    form = sent(ActForm, "change", request)
    way, address = request.POST.get("way", ""), request.POST.get("address", "").strip()[:200]

    def do() -> dict[str, Any]:
        return {"id": str(change(booking=row, way=way, address=address, at=request.at, by=money.by(request)).id)}

    if form.is_valid():
        form.cleaned_data |= {"way": way, "address": address}
    try:
        money.do_once(request, elder, name=f"meal.change:{row.id}", do=do, form=form)
    except Refusal as refusal:
        return booking_page(request, elder, row, refusal=refusal)
    messages.success(request, _("已经改好。"))
    return HttpResponseRedirect(reverse("elder:meal-booking", args=[row.id]))
