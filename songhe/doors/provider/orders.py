"""Orders 预订: what somebody has ordered here and has money set aside for, handed over and paid, or given up."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from typing import Any, cast
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from songhe.card.hold_models import Hold
from songhe.card.hold_order_models import ItemOrder
from songhe.card.hold_queries import LATEST, item_names
from songhe.card.hold_queries import orders as orders_of
from songhe.doors.may import require
from songhe.doors.provider import words
from songhe.doors.provider.asked import read_given
from songhe.doors.provider.desk import Desk, by, open_desk, shown, somebody_elses
from songhe.doors.provider.fields import DayField, YuanField, text_field
from songhe.doors.provider.posting import troubles
from songhe.doors.provider.presented import ask_pin, asks_pin, opened, pin_field
from songhe.doors.provider.redeem import Offered, item_words, price_list
from songhe.doors.provider.till_canteen import SwipeForm
from songhe.doors.provider.visits import span_of
from songhe.doors.shell.request import DoorRequest
from songhe.doors.staff.acting import ActForm, act_once, because, fresh, sent
from songhe.kernel.month import beijing_date
from songhe.kernel.refusal import Refusal
from songhe.person.masks import mask_name
from songhe.provider.catalogue import item_on
from songhe.redemption.asked import accept, decline, records_of
from songhe.redemption.bill import Charge
from songhe.redemption.ordered import MOST_DAYS, give_up, hand_over, order
from songhe.redemption.verdict import is_proved_by_showing

#: Open orders on the page; a shop has a few dozen.
MOST = 200
#: How long an order stands if nothing else is said.
USUAL = timedelta(days=14)


class OrderForm(ActForm):
    item = forms.ChoiceField(
        label=gettext_lazy("预订什么"), error_messages={"required": gettext_lazy("请选择卖的是什么。")}
    )
    quantity = forms.IntegerField(
        label=gettext_lazy("数量"),
        min_value=1,
        max_value=999,
        initial=1,
        widget=forms.NumberInput(attrs={"inputmode": "numeric", "min": 1, "max": 999}),
    )
    fee = YuanField(label=gettext_lazy("价钱（元）"), required=False, help_text=gettext_lazy("不填按价目算。"))
    words = text_field(
        gettext_lazy("说明"), longest=200, required=False, help_text=gettext_lazy("例如“双光老花镜，左 150 右 200”。")
    )
    last_day = DayField(label=gettext_lazy("最晚哪天来取"), help_text=gettext_lazy("到这一天还没取，钱自动回到卡里。"))
    given = forms.CharField(
        label=gettext_lazy("刷卡、扫码，或输入卡号"),
        max_length=120,
        error_messages={"required": gettext_lazy("请刷卡、扫码，或输入卡号。")},
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "off", "spellcheck": "false"}),
    )
    pin = pin_field(gettext_lazy("老人的六位密码"), gettext_lazy("请老人自己按。"), required=False)

    def __init__(self, *told: Any, offered: Offered, **more: Any) -> None:
        super().__init__(*told, **more)
        self.fields["item"].choices = offered  # type: ignore[attr-defined]


class GiveUpForm(ActForm):
    because = because(gettext_lazy("为什么不要了"), rows=2, longest=200)


class DeclineForm(ActForm):
    because = because(
        gettext_lazy("为什么接不了"), gettext_lazy("老人和家人会看到，例如“那天没有人手”。"), rows=2, longest=200
    )


@dataclass(frozen=True)
class Row:
    """An order in the words of the page."""

    order: ItemOrder
    name: str
    item: str
    state: words.Word

    @property
    def cash_fen(self) -> int:
        return self.order.fee_fen - self.order.hold.amount_fen


def state_of(row: ItemOrder) -> words.Word:
    if row.hold.state == Hold.State.HELD:
        return words.Word(_("待交付") if row.is_accepted else _("等您答复"), "warn")
    if row.hold.state == Hold.State.CAPTURED:
        return words.Word(_("已交付"), "ok")
    if row.declined:
        return words.Word(_("没有接"))
    return words.Word(_("已放弃") if row.because else _("到期放回"))


def name_of(row: ItemOrder) -> str:
    """Whoever is to be served at home is named to the provider that has accepted it, as long as it is open."""
    name = row.hold.card.person.name
    return name if is_named(row) else mask_name(name)


def is_named(row: ItemOrder) -> bool:
    return row.from_home and row.is_accepted and row.hold.state == Hold.State.HELD


def rows_of(found: list[ItemOrder]) -> list[Row]:
    names = item_names([row.item for row in found])
    return [
        Row(
            row,
            name_of(row),
            words.said(*names.get(row.item, (row.item, row.item))),
            state_of(row),
        )
        for row in found
    ]


def form_of(offered: Offered) -> type[ActForm]:
    return cast(type[ActForm], partial(OrderForm, offered=offered))


def offered_here(desk: Desk, request: DoorRequest) -> Offered:
    return [(price.item.code, item_words(price)) for price in price_list(desk, request.on)]


def page(
    request: DoorRequest, desk: Desk, form: ActForm | None = None, refusal: Refusal | None = None, status: int = 200
) -> HttpResponse:
    """The queue, what is to be handed over first first; below it what is over; and the form for a new one."""
    every = orders_of(counties=(*desk.counties, *desk.homes), provider_id=desk.provider.id)
    open_ = list(every.filter(hold__state=Hold.State.HELD).order_by("hold__until", "id")[:MOST])
    over = list(every.exclude(hold__state=Hold.State.HELD).order_by("-hold__ended_at", "-id")[:LATEST])
    new, offered = form, offered_here(desk, request)
    if form is not None and refusal is not None:
        kept = {name: form[name].value() for name in form.fields if name not in ("key", "version", "pin")}
        new = fresh(form_of(offered), "order", **kept)
        if asks_pin(refusal):
            ask_pin(new, kept["given"])
    said = {
        "asked": rows_of([row for row in open_ if not row.is_accepted]),
        "open": rows_of([row for row in open_ if row.is_accepted]),
        "over": rows_of(over),
        "held_fen": sum(row.hold.amount_fen for row in open_ if row.is_accepted),
        "priced": bool(offered),
        "new": new or fresh(form_of(offered), "order", last_day=request.on + USUAL, quantity=1),
        "new_open": form is not None,
        "ask_pin": asks_pin(refusal),
        "days": MOST_DAYS,
        **troubles(form, refusal),
    }
    return shown(request, desk, "provider/orders.html", said, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
@require("desk.order")
def orders(request: DoorRequest) -> HttpResponse:
    """The queue of orders; a new one is made by whoever shows a medium."""
    desk = open_desk(request, "desk.order")
    if request.method != "POST":
        return page(request, desk)
    form = sent(form_of(offered_here(desk, request)), "order", request)
    if not form.is_valid():
        return page(request, desk, form, status=422)
    told = form.cleaned_data
    try:
        given = read_given(opened(request, desk, form), desk)
        charge = Charge(item=told["item"], service_on=request.on, quantity=told["quantity"], fee_fen=told["fee"])

        def do() -> dict[str, Any]:
            made = order(
                county=given.county,
                provider=desk.provider,
                charge=charge,
                shown=given.medium or "",
                confirmed_by="staff",
                words=told["words"],
                last_day=told["last_day"],
                at=request.at,
                on=request.on,
                by=by(request),
            )
            return {"no": made.no}

        answer = act_once(request, county=given.county, name=f"provider.order:{desk.provider.id}", form=form, do=do)
    except Refusal as refusal:
        return page(request, desk, form, refusal, refusal.status)
    messages.success(request, _("预订好了，钱留在卡里等交付。"))
    return HttpResponseRedirect(reverse("provider:order", args=[answer["no"]]))


@require_safe
@require("desk.order")
def one(request: DoorRequest, no: str) -> HttpResponse:
    desk = open_desk(request, "desk.order")
    return one_page(request, desk, own(request, desk, no))


def own(request: DoorRequest, desk: Desk, no: str) -> ItemOrder:
    """An order of this provider; another's is not there, and the asking is noted."""
    row = ItemOrder.objects.select_related("hold__card__person").filter(county=no[:6], no=no).first()
    if row is None or row.hold.provider_id != desk.provider.id:
        somebody_elses(request, row, "order")
    return row


def one_page(
    request: DoorRequest,
    desk: Desk,
    row: ItemOrder,
    *,
    form: ActForm | None = None,
    refusal: Refusal | None = None,
    given: str = "",
    status: int = 200,
) -> HttpResponse:
    hand = fresh(SwipeForm, "swipe")
    if asks_pin(refusal):
        ask_pin(hand, given)
    drop_of = DeclineForm if row.from_home else GiveUpForm
    records = records_of(row) if row.from_home and row.is_accepted else []
    said = {
        "row": rows_of([row])[0],
        "open": row.hold.state == Hold.State.HELD,
        "named": is_named(row),
        "answer_by": beijing_date(row.hold.until),
        "accept": fresh(ActForm, "accept"),
        "records": [(one, span_of(one), fresh(ActForm, f"record_{one.id.hex}")) for one in records],
        "shows": shows(row),
        "ended_on": beijing_date(row.hold.ended_at) if row.hold.ended_at else None,
        "hand": hand,
        "ask_pin": asks_pin(refusal),
        "drop": form if isinstance(form, drop_of) else fresh(drop_of, "drop"),
        "drop_open": isinstance(form, drop_of),
        **troubles(form, refusal),
    }
    return shown(request, desk, "provider/order.html", said, status=status)


def shows(row: ItemOrder) -> bool:
    """Whether whoever ordered shows a card when they get it; what is given at home is charged by its record."""
    return not row.from_home or is_proved_by_showing(item_on(row.county, row.item, beijing_date(row.hold.at)))


def answered(
    request: DoorRequest,
    desk: Desk,
    row: ItemOrder,
    form: ActForm,
    do: Callable[..., Any],
    *,
    name: str,
    said: str,
    after: str,
) -> HttpResponse:
    """Do it once, and say so; a refusal shows the order as it stands now, and says why."""
    told = {"county": row.county, "no": row.no, "provider_id": desk.provider.id}
    told |= {"at": request.at, "on": request.on, "by": by(request)}
    try:
        act_once(
            request,
            county=row.county,
            name=f"provider.{name}:{row.no}",
            form=form,
            do=lambda: {"no": do(**told).no},
        )
    except Refusal as refusal:
        return one_page(request, desk, own(request, desk, row.no), refusal=refusal, status=refusal.status)
    messages.success(request, said)
    return HttpResponseRedirect(after)


@require_POST
@require("desk.order")
def accepted(request: DoorRequest, no: str) -> HttpResponse:
    """The provider will do it; whoever ordered is told."""
    desk = open_desk(request, "desk.order")
    row = own(request, desk, no)
    form = sent(ActForm, "accept", request)
    if not form.is_valid():
        raise Http404
    after = reverse("provider:order", args=[no])
    return answered(request, desk, row, form, accept, name="accept", said=_("接了，已通知老人。"), after=after)


@require_POST
@require("desk.order")
def charged(request: DoorRequest, no: str, visit: UUID) -> HttpResponse:
    """What was given at home is charged by its record of service: it says whom it was for."""
    desk = open_desk(request, "desk.order")
    row = own(request, desk, no)
    form = sent(ActForm, f"record_{visit.hex}", request)
    if not form.is_valid():
        raise Http404
    do, after = partial(hand_over, visit=visit), reverse("provider:order", args=[no])
    return answered(request, desk, row, form, do, name="charge", said=_("交付好了，已扣款。"), after=after)


@require_POST
@require("desk.order")
def handed_over(request: DoorRequest, no: str) -> HttpResponse:
    """Whoever ordered shows a medium: the item is theirs, and the bill is booked."""
    desk = open_desk(request, "desk.order")
    row = own(request, desk, no)
    form = sent(SwipeForm, "swipe", request)
    if not form.is_valid():
        return one_page(request, desk, row, form=form, status=422)
    try:
        given = read_given(opened(request, desk, form), desk, row.county)

        def do() -> dict[str, Any]:
            bill = hand_over(
                county=row.county,
                no=row.no,
                provider_id=desk.provider.id,
                shown=given.medium or "",
                confirmed_by="staff",
                at=request.at,
                on=request.on,
                by=by(request),
            )
            return {"no": bill.no}

        act_once(request, county=row.county, name=f"provider.hand_over:{row.no}", form=form, do=do)
    except Refusal as refusal:
        return one_page(
            request, desk, own(request, desk, no), refusal=refusal, given=form["given"].value(), status=refusal.status
        )
    messages.success(request, _("交付好了，已扣款。"))
    return HttpResponseRedirect(reverse("provider:order", args=[row.no]))


@require_POST
@require("desk.order")
def given_up(request: DoorRequest, no: str) -> HttpResponse:
    """The order comes to nothing, and the money is on the card again."""
    desk = open_desk(request, "desk.order")
    row = own(request, desk, no)
    form = sent(DeclineForm if row.from_home else GiveUpForm, "drop", request)
    if not form.is_valid():
        return one_page(request, desk, row, form=form, status=422)
    do = partial(decline if row.from_home else give_up, because=form.cleaned_data["because"])
    done = _("回了老人，留着的钱回到卡里。") if row.from_home else _("预订取消了，留着的钱回到卡里。")
    return answered(request, desk, row, form, do, name="give_up", said=done, after=reverse("provider:orders"))
