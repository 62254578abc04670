"""The queue at lunch 刷卡供餐: swipe, scan or type; the meal is served and charged in one post, and the next one comes.

Whoever is refused is not served, and the answer says why; the field is ready again at once.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.db.models import Count, Sum
from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from songhe.doors.may import require
from songhe.doors.provider.desk import Desk, by, open_desk, shown
from songhe.doors.provider.meals import own_menu, points_here
from songhe.doors.provider.meals_serving import own_booking
from songhe.doors.provider.presented import ask_pin, asks_pin, opened, pin_field
from songhe.doors.provider.receipt import left_on_card, purses_that_paid, receipt_of
from songhe.doors.shell.pieces import ReceiptLine
from songhe.doors.shell.request import DoorRequest
from songhe.doors.staff.acting import ActForm, act_once, fresh, in_words, sent
from songhe.doors.staff.meals_shown import MEALS
from songhe.jobs.once import OTHER_BODY
from songhe.kernel.month import BEIJING
from songhe.kernel.refusal import Refusal, reason
from songhe.meal.models import Booking, Menu
from songhe.meal.models import Line as MealLine
from songhe.person.masks import mask_name
from songhe.redemption.lunch import bills_of_meals, serve_and_charge, take_back
from songhe.redemption.models import Bill, Line

#: So many of the queue stand on the page, each with its undoing.
LATEST = 10

DONE_ALREADY = reason(
    "desk.done_already",
    zh="刚才那一位已经供餐扣款，没有再扣。请为下一位刷卡。",
    en="The one before is served and charged, and nothing was charged again. Swipe for the next.",
    status=409,
)

WHY_UNDONE = (
    ("刷错了卡", gettext_lazy("刷错了卡")),
    ("没有取餐", gettext_lazy("没有取餐")),
    ("改付现金", gettext_lazy("改付现金")),
)


class SwipeForm(ActForm):
    given = forms.CharField(
        label=gettext_lazy("刷卡、扫码，或输入卡号"),
        max_length=120,
        error_messages={"required": gettext_lazy("请刷卡、扫码，或输入卡号。")},
        widget=forms.TextInput(
            attrs={
                "autocomplete": "off",
                "autocapitalize": "off",
                "spellcheck": "false",
                "enterkeyhint": "go",
                "data-scan": "",
                "data-focus": "",
                "autofocus": True,
            }
        ),
    )
    pin = pin_field(gettext_lazy("老人的六位密码"), gettext_lazy("请老人自己按。"), required=False)


class UndoForm(ActForm):
    because = forms.ChoiceField(label=gettext_lazy("为什么撤回"), choices=WHY_UNDONE)


@dataclass(frozen=True)
class Answer:
    """Who was served, in the words of the page."""

    name: str
    walked_in: bool
    time: str
    bill: Bill
    receipt: list[ReceiptLine]
    card_fen: int
    left_fen: int | None


@dataclass(frozen=True)
class Row:
    booking: Booking
    name: str
    time: str
    bill: Bill | None
    card_fen: int
    undo: ActForm


@require_safe
@require("desk.till")
def first(request: DoorRequest) -> HttpResponse:
    """The meal that is being served now; where several are, or none, the menus of the day to choose from."""
    desk = open_desk(request, "desk.till")
    points = points_here(desk, request.on)
    rows = Menu.objects.filter(county__in={one.county for one in points}, point__in=points, on=request.on)
    menus = list(rows.exclude(state=Menu.State.CANCELLED).select_related("point").order_by("point__name", "book_until"))
    serving = [one for one in menus if one.state == Menu.State.SERVING]
    if len(serving) == 1:
        return HttpResponseRedirect(reverse("provider:canteen", args=[serving[0].id]))
    said = {"serving": [(one, MEALS[one.meal]) for one in serving], "waiting": len(menus) - len(serving)}
    return shown(request, desk, "provider/canteen_menus.html", said)


@require_http_methods(["GET", "HEAD", "POST"])
@require("desk.till")
def canteen(request: DoorRequest, menu_id: UUID) -> HttpResponse:
    """One screen for the whole queue; a card that is posted is served and charged, once for each key."""
    desk = open_desk(request, "desk.till")
    row = own_menu(request, desk, menu_id)
    if request.method != "POST":
        return canteen_page(request, desk, row)
    form = sent(SwipeForm, "swipe", request)
    if not form.is_valid():
        return canteen_page(request, desk, row, wrong=form, status=422)
    try:
        card = opened(request, desk, form)
    except Refusal as refusal:
        return canteen_page(
            request, desk, row, refusal=refusal, given=form.cleaned_data["given"], status=refusal.status
        )

    def do() -> dict[str, Any]:
        eaten = serve_and_charge(
            menu=row, shown=card, confirmed_by="staff", at=request.at, on=request.on, by=by(request)
        )
        return {"booking": str(eaten.booking.id)}

    try:
        answer = act_once(request, county=row.county, name=f"till.canteen:{row.id}", form=form, do=do)
    except Refusal as refusal:
        if refusal.reason is OTHER_BODY:
            refusal = DONE_ALREADY("key")
        return canteen_page(request, desk, row, refusal=refusal, given=card, status=refusal.status)
    where = reverse("provider:canteen", args=[row.id])
    return HttpResponseRedirect(f"{where}?{kept(request)}done={answer['booking']}")


def kept(request: DoorRequest) -> str:
    """Whether the page fills the screen, kept from one swipe to the next."""
    return "full=1&" if request.GET.get("full") else ""


def canteen_page(
    request: DoorRequest,
    desk: Desk,
    row: Menu,
    *,
    wrong: ActForm | None = None,
    refusal: Refusal | None = None,
    given: str = "",
    status: int = 200,
) -> HttpResponse:
    answer = None if refusal or wrong else answer_of(row, request.GET.get("done", ""))
    serving = row.state == Menu.State.SERVING and row.on == request.on
    form = fresh(SwipeForm, "swipe")
    if asks_pin(refusal):
        ask_pin(form, given)
    said = {
        "row": row,
        "ask_pin": asks_pin(refusal),
        "meal": MEALS[row.meal],
        "serving": serving,
        "form": form if serving else None,
        "wrong": wrong,
        "refused": in_words(refusal) if refusal else "",
        "refused_code": refusal.code if refusal else "",
        "answer": answer,
        "outcome": "refused" if refusal or wrong else "booked" if answer else "",
        "counts": counts_of(row),
        "latest": latest(row) if serving else [],
        "full": bool(request.GET.get("full")),
        "here": f"{reverse('provider:canteen', args=[row.id])}{'?full=1' if request.GET.get('full') else ''}",
        "undo_tail": "?full=1" if request.GET.get("full") else "",
    }
    return shown(request, desk, "provider/canteen.html", said, status=status)


def counts_of(row: Menu) -> dict[str, int]:
    """Portions left, who ate, and what the queue paid in cash and by card; two statements."""
    states = Booking.objects.filter(county=row.county, menu=row).order_by()
    found = dict(states.values_list("state").annotate(Count("id")))
    charged = MealLine.objects.filter(county=row.county, booking__menu=row).exclude(billed_line=None)
    lines = Line.objects.filter(county=row.county, id__in=charged.values("billed_line"))
    sums = lines.aggregate(cash=Sum("self_fen", default=0), card=Sum("purse_fen", default=0))
    return {
        "served": found.get(Booking.State.SERVED, 0),
        "coming": found.get(Booking.State.BOOKED, 0),
        "left": row.portions - row.taken,
        "cash_fen": sums["cash"],
        "card_fen": sums["card"],
    }


def answer_of(row: Menu, done: str) -> Answer | None:
    """The one who was served last, by what the address says; of this menu alone."""
    try:
        booking_id = UUID(done)
    except ValueError:
        return None
    rows = Booking.objects.filter(county=row.county, menu=row, state=Booking.State.SERVED)
    booking = rows.select_related("person").filter(id=booking_id).first()
    if booking is None:
        return None
    bill = bills_of_meals(county=row.county, bookings=[booking]).get(booking.id)
    if bill is None:
        return None
    lines = list(Line.objects.filter(county=row.county, bill=bill))
    return Answer(
        name=mask_name(booking.person.name),
        walked_in=booking.walked_in,
        time=time_of(booking),
        bill=bill,
        receipt=receipt_of(bill, lines, purses_that_paid(bill, lines)),
        card_fen=bill.purse_fen + bill.credit_fen + bill.voucher_fen,
        left_fen=left_on_card(bill.card),
    )


def time_of(booking: Booking) -> str:
    """When the meal was eaten: 11:42"""
    return f"{booking.ended_at.astimezone(BEIJING):%H:%M}" if booking.ended_at else ""


def latest(row: Menu) -> list[Row]:
    """The last of the queue, the newest first; three statements."""
    rows = Booking.objects.filter(county=row.county, menu=row, state=Booking.State.SERVED).select_related("person")
    found = list(rows.order_by("-ended_at", "-id")[:LATEST])
    bills = bills_of_meals(county=row.county, bookings=found)
    return [
        Row(
            one,
            mask_name(one.person.name),
            time_of(one),
            bill := bills.get(one.id),
            bill.purse_fen + bill.credit_fen + bill.voucher_fen if bill else 0,
            fresh(UndoForm, f"undo_{one.id.hex}"),
        )
        for one in found
    ]


@require_POST
@require("desk.till")
def undo(request: DoorRequest, booking_id: UUID) -> HttpResponse:
    """It was the wrong card: the money goes back to where it came from, and the meal was not eaten."""
    desk = open_desk(request, "desk.till")
    row = own_booking(request, desk, booking_id)
    menu = row.menu
    form = sent(UndoForm, "undo", request)
    if not form.is_valid():
        return canteen_page(request, desk, menu, wrong=form, status=422)

    def do() -> dict[str, Any]:
        because = form.cleaned_data["because"]
        undone = take_back(booking=row, because=because, at=request.at, on=request.on, by=by(request))
        return {"name": mask_name(undone.person.name)}

    try:
        answer = act_once(request, county=row.county, name=f"till.undo:{row.id}", form=form, do=do)
    except Refusal as refusal:
        return canteen_page(request, desk, menu, refusal=refusal, status=refusal.status)
    messages.success(request, _("已撤回%(name)s的这一餐，钱已退回。") % answer)
    where = reverse("provider:canteen", args=[menu.id])
    return HttpResponseRedirect(f"{where}{'?full=1' if request.GET.get('full') else ''}")
