"""Redeem a voucher 核销: scan or type, see who pays what, press one button. Nothing happens twice.

What is shown beforehand is the bill itself, booked and undone at once (``asked.try_out``). The key of the form is the
bill's: a double click, a reload or a lost answer finds the bill that was booked, and never books another.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import partial
from typing import Any, cast
from uuid import UUID

from django import forms
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from songhe.doors.may import require
from songhe.doors.provider import words
from songhe.doors.provider.asked import NEEDS_CONFIRMATION, Given, Trial, read_given, try_out
from songhe.doors.provider.desk import Desk, by, open_desk, own_row, shown
from songhe.doors.provider.fields import DayField, YuanField, yuan_of
from songhe.doors.provider.presented import ask_pin, asks_pin, opened, pin_field
from songhe.doors.provider.receipt import left_on_card, left_on_voucher, purses_that_paid, receipt_of
from songhe.doors.shell.pieces import ReceiptLine
from songhe.doors.shell.request import DoorRequest
from songhe.doors.staff.acting import ActForm, act_once, fresh, in_words, sent
from songhe.jobs.once import OTHER_BODY
from songhe.kernel.refusal import Refusal, reason
from songhe.person.masks import mask_name
from songhe.provider.models import Category, Price, Upgrade
from songhe.provider.price import prices_on
from songhe.provider.upgrade import upgrades_on
from songhe.redemption.bill import Charge
from songhe.redemption.find import Request
from songhe.redemption.models import Bill
from songhe.redemption.redeem import redeem
from songhe.settlement.served import bills_of, lines_of

#: Lines of one bill on this page; a month's bill of many lines comes as a spreadsheet.
LINES = 6
LAST_ITEM = "desk_last_item"

BOOKED_ALREADY = reason(
    "desk.booked_already",
    zh="刚才那一笔已经入账，改动没有入账。要再核销一笔，请核对后重新试算。",
    en="The bill before is booked, and this change is not. To redeem another, check it and ask again.",
    status=409,
)

CONFIRMATIONS = (
    ("elder", gettext_lazy("老人本人")),
    ("proxy", gettext_lazy("代办人")),
    ("staff", gettext_lazy("工作人员（核对过证件）")),
)


#: What may be put on a bill: code, and words with the price.
Offered = list[tuple[str, str]]


class RedeemForm(ActForm):
    """What a bill needs; the lines are ``item_1``, ``quantity_1``, ``fee_1`` and so on."""

    given = forms.CharField(
        label=gettext_lazy("消费码、卡号或券号"),
        max_length=120,
        error_messages={"required": gettext_lazy("请扫码，或输入号码。")},
        widget=forms.TextInput(
            attrs={
                "autocomplete": "off",
                "autocapitalize": "off",
                "spellcheck": "false",
                "enterkeyhint": "go",
                "data-scan": "",
            }
        ),
    )
    pin = pin_field(gettext_lazy("老人的六位密码"), gettext_lazy("请老人自己按。"), required=False)
    confirmed_by = forms.ChoiceField(
        label=gettext_lazy("由谁当面确认"),
        help_text=gettext_lazy("出示手机码不用选；出示卡片或只报券号时要选。"),
        choices=CONFIRMATIONS,
        required=False,
        widget=forms.RadioSelect,
    )
    service_on = DayField(label=gettext_lazy("服务日期"))
    ltci = YuanField(label=gettext_lazy("长护险已付（元）"), required=False, least_fen=0)
    ltci_later = forms.BooleanField(label=gettext_lazy("长护险还没有结算，先暂记"), required=False)
    with_credits = forms.BooleanField(label=gettext_lazy("老人要用积分抵"), required=False)
    card_only = forms.BooleanField(label=gettext_lazy("只用爱心卡，不用消费券"), required=False)
    county = forms.CharField(max_length=6, required=False, widget=forms.HiddenInput)

    def __init__(self, *told: Any, offered: Offered, **more: Any) -> None:
        super().__init__(*told, **more)
        for number in range(1, LINES + 1):
            self.fields[f"item_{number}"] = forms.ChoiceField(
                label=_("服务项目"), choices=[("", _("请选择")), *offered], required=False
            )
            self.fields[f"quantity_{number}"] = forms.IntegerField(
                label=_("数量"),
                min_value=1,
                max_value=999,
                required=False,
                initial=1,
                widget=forms.NumberInput(attrs={"inputmode": "numeric", "min": 1, "max": 999}),
            )
            self.fields[f"fee_{number}"] = YuanField(label=_("实收（元）"), required=False)
            self.fields[f"visit_{number}"] = forms.UUIDField(required=False, widget=forms.HiddenInput)

    def clean(self) -> dict[str, Any]:
        told = super().clean() or {}
        if not any(told.get(f"item_{number}") for number in range(1, LINES + 1)):
            self.add_error("item_1", _("请至少选择一个服务项目。"))
        return told

    @property
    def rows(self) -> list[tuple[int, Any, Any, Any]]:
        return [
            (number, self[f"item_{number}"], self[f"quantity_{number}"], self[f"fee_{number}"])
            for number in range(1, LINES + 1)
        ]

    @property
    def more_lines(self) -> bool:
        """Whether a line beyond the first is filled in, so that they stand open."""
        return any(self[f"item_{number}"].value() for number in range(2, LINES + 1))

    def charges(self) -> tuple[Charge, ...]:
        told = self.cleaned_data
        return tuple(
            Charge(
                item=told[f"item_{number}"],
                service_on=told["service_on"],
                quantity=told.get(f"quantity_{number}") or 1,
                fee_fen=told.get(f"fee_{number}"),
                visit=told.get(f"visit_{number}"),
            )
            for number in range(1, LINES + 1)
            if told.get(f"item_{number}")
        )


def item_words(price: Price) -> str:
    """上门助浴 · ¥90.00 / 次"""
    return f"{words.item(price.item)} · ¥{yuan_of(price.price_fen)} / {words.unit(price.item.unit)}"


def upgrade_words(one: Upgrade) -> str:
    """药浴（升级） · ¥50.00 / 次"""
    named = _("%(name)s（升级）") % {"name": words.said(one.name, one.name_en)}
    return f"{named} · ¥{yuan_of(one.price_fen)} / {words.unit(one.base.unit)}"


@dataclass(frozen=True)
class QuotedLine:
    item: str
    quantity: int
    fee_fen: int
    voucher_fen: int
    self_fen: int
    in_scope: bool
    evidence: words.Word


@dataclass(frozen=True)
class Quote:
    """The bill as it would be, in the words of the page."""

    name: str
    county: str
    month: str
    group: Any
    lines: list[QuotedLine]
    receipt: list[ReceiptLine]
    voucher_fen: int
    card_fen: int
    self_fen: int
    left_fen: int | None
    card_left_fen: int | None
    no: str


def quoted(trial: Trial) -> Quote:
    bill = trial.bill
    return Quote(
        name=mask_name(bill.person.name),
        county=bill.county,
        month=bill.month,
        group=words.word(words.CATEGORIES, bill.category).said,
        lines=[
            QuotedLine(
                words.line_item(line),
                line.quantity,
                line.fee_fen,
                line.voucher_fen,
                line.self_fen,
                line.in_scope,
                words.evidence_of(verdict.outcome, verdict.reasons),
            )
            for line, verdict in trial.lines
        ],
        receipt=receipt_of(bill, [line for line, _verdict in trial.lines], trial.paid),
        voucher_fen=bill.voucher_fen,
        card_fen=bill.purse_fen + bill.credit_fen,
        self_fen=bill.self_fen,
        left_fen=trial.left_fen,
        card_left_fen=trial.card_left_fen,
        no=bill.grant.no if bill.grant else "",
    )


def with_prices(offered: Offered) -> type[ActForm]:
    """The form, offering this price list."""
    return cast(type[ActForm], partial(RedeemForm, offered=offered))


def empty(request: DoorRequest, prices: Offered) -> ActForm:
    """A form ready for the next person, with the item that was redeemed last."""
    last = request.session.get(LAST_ITEM, "")
    known = {code for code, _words in prices}
    only = prices[0][0] if len(prices) == 1 else ""
    initial: dict[str, Any] = {"service_on": request.on, "item_1": last if last in known else only, "quantity_1": 1}
    return fresh(with_prices(prices), "redeem", **initial)


def page(request: DoorRequest, desk: Desk, *, status: int = 200, **said: Any) -> HttpResponse:
    outcome = "refused" if said.get("refused") or said.get("wrong") else "asked" if said.get("quote") else ""
    said = {
        "quote": None,
        "refused": "",
        "refused_code": "",
        "ask_pin": False,
        "wrong": None,
        "outcome": outcome,
        **said,
    }
    return shown(request, desk, "provider/redeem.html", said, status=status)


def refused(request: DoorRequest, desk: Desk, form: RedeemForm, prices: Offered, refusal: Refusal) -> HttpResponse:
    """What the verb said, with everything that was typed; a key that has done its work begins anew."""
    if refusal.reason is OTHER_BODY:
        refusal = BOOKED_ALREADY("key")
    kept = again(form, prices)
    wants = asks_pin(refusal)
    if wants:
        ask_pin(kept, form["given"].value() or "")
    said = {"form": kept, "ask_pin": wants, "refused": in_words(refusal), "refused_code": refusal.code}
    return page(request, desk, prices=prices, status=refusal.status, **said)


@require_http_methods(["GET", "HEAD", "POST"])
@require("redemption.make")
def redeem_page(request: DoorRequest) -> HttpResponse:
    """Ask, see, confirm: ``step`` is ``quote``, ``book`` or ``edit``."""
    desk = open_desk(request, "redemption.make")
    prices = offered_on(desk, request.on)
    if request.method != "POST" or not prices:
        return page(request, desk, form=empty(request, prices), prices=prices)
    form = cast(RedeemForm, sent(with_prices(prices), "redeem", request))
    step = request.POST.get("step", "quote")
    if step == "edit":
        return page(request, desk, form=again(form, prices), prices=prices)
    if not form.is_valid():
        return page(request, desk, form=form, wrong=form, prices=prices, status=422)
    try:
        presented = opened(request, desk, form)
        given = read_given(presented, desk, form.cleaned_data["county"])
        if not given.changes and not form.cleaned_data["confirmed_by"]:
            raise NEEDS_CONFIRMATION("confirmed_by")
        asked = request_of(desk, given, form)
        if step == "book":
            return booked(request, desk, form, given, asked)
        trial = try_out(county=given.county, request=asked, at=request.at, on=request.on, by=by(request))
    except Refusal as refusal:
        return refused(request, desk, form, prices, refusal)
    hidden = hidden_fields(form, trial.visits, presented)
    return page(request, desk, form=form, quote=quoted(trial), hidden=hidden, prices=prices)


def offered_on(desk: Desk, on: date) -> Offered:
    """The price list, and what the provider gives in a better form."""
    offered = [(price.item.code, item_words(price)) for price in price_list(desk, on)]
    return offered + [(one.code, upgrade_words(one)) for one in upgrades_on(desk.provider, on)]


def price_list(desk: Desk, on: date) -> list[Price]:
    """What may be put on a bill of the four groups."""
    return [price for price in prices_on(desk.provider, on) if price.item.category in Category.values]


def request_of(desk: Desk, given: Given, form: RedeemForm) -> Request:
    told = form.cleaned_data
    return Request(
        provider_id=desk.provider.id,
        charges=form.charges(),
        grant_no=given.grant_no,
        medium=given.medium,
        ltci_fen=None if told["ltci_later"] else told["ltci"] or 0,
        confirmed_by=told["confirmed_by"],
        with_credits=told["with_credits"],
        card_only=told["card_only"] and given.grant_no is None,
    )


def again(form: RedeemForm, prices: Offered) -> ActForm:
    """What was typed, to be changed, under a key of its own."""
    kept = {name: form[name].value() for name in form.fields if name not in ("key", "version")}
    return fresh(with_prices(prices), "redeem", **kept)


def hidden_fields(form: RedeemForm, visits: tuple[UUID | None, ...], presented: str) -> list[tuple[str, str]]:
    """The form as it was checked, to be sent again by the button that books it; never the PIN."""
    values = {name: form[name].value() for name in form.fields if name not in ("version", "pin")}
    values["given"] = presented
    filled = [number for number in range(1, LINES + 1) if values.get(f"item_{number}")]
    for number, visit in zip(filled, visits, strict=True):
        values[f"visit_{number}"] = str(visit) if visit else ""
    return [
        (name, "on" if value is True else str(value))
        for name, value in values.items()
        if value not in (None, "", False)
    ]


def booked(request: DoorRequest, desk: Desk, form: RedeemForm, given: Given, asked: Request) -> HttpResponse:
    """Book it once; where the key has done its work already, show what it did."""

    def do() -> dict[str, Any]:
        bill = redeem(county=given.county, request=asked, at=request.at, on=request.on, by=by(request))
        return {"no": bill.no}

    name = f"provider.redeem:{desk.provider.id}"
    answer = act_once(request, county=given.county, name=name, form=form, do=do)
    request.session[LAST_ITEM] = asked.charges[0].item
    return HttpResponseRedirect(reverse("provider:redeemed", args=[answer["no"]]))


@require_safe
@require("redemption.make")
def redeemed(request: DoorRequest, no: str) -> HttpResponse:
    """What was booked: reading it again books nothing."""
    desk = open_desk(request, "redemption.make")
    bill = own_row(request, desk, Bill.objects.filter(county=no[:6], no=no).first(), "bill")
    found = bills_of(counties=(bill.county,), provider_id=desk.provider.id).filter(id=bill.id).first()
    if found is None:
        raise Http404
    told = lines_of(found)
    lines = [line for line, _verdict, _undone in told]
    said = {
        "bill": found,
        "card_fen": found.purse_fen + found.credit_fen,
        "name": mask_name(found.person.name),
        "group": words.word(words.CATEGORIES, found.category).said,
        "state": words.word(words.BILL, found.state),
        "receipt": receipt_of(found, lines, purses_that_paid(found, lines)),
        "lines": [
            (line, words.line_item(line), words.evidence_of(verdict.outcome, verdict.reasons) if verdict else None)
            for line, verdict, _undone in told
        ],
        "left_fen": left_on_voucher(found.grant),
        "card_left_fen": left_on_card(found.card),
        "outcome": "booked" if found.state in (Bill.State.BOOKED, Bill.State.PROVISIONAL) else "",
    }
    return shown(request, desk, "provider/redeemed.html", said)
