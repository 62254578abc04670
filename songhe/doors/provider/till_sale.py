"""The terminal at a merchant's 收银: the amount, what is taken off, the card, done; nothing else on the screen."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import Any, cast

from django import forms
from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from songhe.doors.may import require
from songhe.doors.provider.asked import read_given
from songhe.doors.provider.desk import Desk, by, open_desk, own_row, shown
from songhe.doors.provider.fields import YuanField, yuan_of
from songhe.doors.provider.presented import ask_pin, asks_pin, opened, pin_field
from songhe.doors.provider.receipt import left_on_card, purses_that_paid, receipt_of
from songhe.doors.provider.redeem import LAST_ITEM, Offered, offered_on, price_list
from songhe.doors.provider.till_canteen import DONE_ALREADY
from songhe.doors.shell.request import DoorRequest
from songhe.doors.staff.acting import ActForm, act_once, fresh, in_words, sent
from songhe.doors.staff.words import said as in_language
from songhe.jobs.once import OTHER_BODY
from songhe.kernel.refusal import Refusal
from songhe.person.masks import mask_name
from songhe.provider.discount import Reduced, reduce, terms_on
from songhe.provider.upgrade import upgrades_on
from songhe.redemption.accept import partner_of
from songhe.redemption.bill import Charge
from songhe.redemption.find import Request
from songhe.redemption.models import Bill
from songhe.redemption.redeem import redeem
from songhe.settlement.served import bills_of, lines_of

KEYS = ("7", "8", "9", "4", "5", "6", "1", "2", "3", ".", "0", "back")


class SaleForm(ActForm):
    item = forms.ChoiceField(
        label=gettext_lazy("买什么"), error_messages={"required": gettext_lazy("请选择卖的是什么。")}
    )
    amount = YuanField(
        label=gettext_lazy("金额（元）"), error_messages={"required": gettext_lazy("请填写金额，如 120 或 120.50。")}
    )
    given = forms.CharField(
        label=gettext_lazy("刷卡、扫码，或输入卡号"),
        max_length=120,
        required=False,
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

    def __init__(self, *told: Any, offered: Offered, **more: Any) -> None:
        super().__init__(*told, **more)
        self.fields["item"].choices = offered  # type: ignore[attr-defined]
        self.fields["amount"].widget.attrs |= {"data-amount": "", "enterkeyhint": "go"}


@dataclass(frozen=True)
class Sold:
    """The sale that was paid last, in the words of the page."""

    bill: Bill
    name: str
    receipt: Any
    card_fen: int
    left_fen: int | None


def form_of(offered: Offered) -> type[ActForm]:
    return cast(type[ActForm], partial(SaleForm, offered=offered))


@require_http_methods(["GET", "HEAD", "POST"])
@require("redemption.make")
def sale(request: DoorRequest) -> HttpResponse:
    """``step`` is ``amount`` (what is taken off is shown) or ``pay`` (the card was shown)."""
    desk = open_desk(request, "redemption.make")
    offered = offered_on(desk, request.on)
    if request.method != "POST" or not offered:
        return amount_page(request, desk, offered, done=request.GET.get("done", ""))
    form = cast(SaleForm, sent(form_of(offered), "sale", request))
    if not form.is_valid():
        return amount_page(request, desk, offered, wrong=form, status=422)
    if request.POST.get("step") != "pay":
        return card_page(request, desk, offered, form)
    told = form.cleaned_data
    try:
        given = read_given(opened(request, desk, form), desk)
        asked = Request(
            provider_id=desk.provider.id,
            charges=(Charge(item=told["item"], service_on=request.on, fee_fen=told["amount"]),),
            grant_no=given.grant_no,
            medium=given.medium,
            confirmed_by="staff",
        )

        def do() -> dict[str, Any]:
            return {"no": redeem(county=given.county, request=asked, at=request.at, on=request.on, by=by(request)).no}

        name = f"till.sale:{desk.provider.id}"
        answer = act_once(request, county=given.county, name=name, form=form, do=do)
    except Refusal as refusal:
        if refusal.reason is OTHER_BODY:
            refusal = DONE_ALREADY("key")
        return card_page(request, desk, offered, form, refusal=refusal, status=refusal.status)
    request.session[LAST_ITEM] = told["item"]
    return HttpResponseRedirect(f"{reverse('provider:sale')}?done={answer['no']}")


def amount_page(
    request: DoorRequest,
    desk: Desk,
    offered: Offered,
    *,
    wrong: ActForm | None = None,
    done: str = "",
    status: int = 200,
) -> HttpResponse:
    """The first half: what is sold, and for how much; above it what the last one paid."""
    codes = [code for code, _words in offered]
    last = request.session.get(LAST_ITEM, "")
    item = last if last in codes else codes[0] if codes else ""
    answer = sold(request, desk, done) if done else None
    said = {
        "offered": offered,
        "form": wrong or fresh(form_of(offered), "sale", item=item),
        "wrong": wrong,
        "keys": KEYS,
        "answer": answer,
        "outcome": "booked" if answer else "refused" if wrong else "",
    }
    return shown(request, desk, "provider/sale.html", said, status=status)


def card_page(
    request: DoorRequest,
    desk: Desk,
    offered: Offered,
    form: SaleForm,
    *,
    refusal: Refusal | None = None,
    status: int = 200,
) -> HttpResponse:
    """The second half: what is taken off, and the field of the card."""
    told = form.cleaned_data
    off = taken_off(request, desk, told["item"], told["amount"])
    again = fresh(form_of(offered), "sale", item=told["item"], amount=yuan_of(told["amount"]))
    if asks_pin(refusal):
        ask_pin(again, told["given"])
    said = {
        "offered": offered,
        "ask_pin": asks_pin(refusal),
        "card": again if refusal else fresh_with_key(form_of(offered), told),
        "item": dict(offered)[told["item"]],
        "off": off,
        "off_said": in_language(off.zh, off.en),
        "refused": in_words(refusal) if refusal else "",
        "refused_code": refusal.code if refusal else "",
        "outcome": "refused" if refusal else "asked",
    }
    return shown(request, desk, "provider/sale.html", said, status=status)


def fresh_with_key(form: type[ActForm], told: dict[str, Any]) -> ActForm:
    """The second half goes on under the key of the first: one sale, one key."""
    initial = {"key": told["key"], "item": told["item"], "amount": yuan_of(told["amount"])}
    return form(initial=initial, auto_id="id_sale_%s")


def taken_off(request: DoorRequest, desk: Desk, code: str, fen: int) -> Reduced:
    """What a merchant takes off for holders of a card; others than merchants take nothing off."""
    partner = partner_of(desk.provider, desk.counties[0])
    helps = {price.item.code: price.item.help for price in price_list(desk, request.on)}
    helps |= {one.code: one.base.help for one in upgrades_on(desk.provider, request.on)}
    return reduce(fen, terms_on(partner, request.on).get(helps.get(code, ""), ()) if partner else ())


def sold(request: DoorRequest, desk: Desk, no: str) -> Sold | None:
    row = Bill.objects.filter(county=no[:6], no=no).first()
    if row is None:
        return None
    own_row(request, desk, row, "bill")
    bill = bills_of(counties=(row.county,), provider_id=desk.provider.id).get(id=row.id)
    lines = [line for line, _verdict, _undone in lines_of(bill)]
    paid_fen = bill.purse_fen + bill.credit_fen + bill.voucher_fen
    receipt = receipt_of(bill, lines, purses_that_paid(bill, lines))
    return Sold(bill, mask_name(bill.person.name), receipt, paid_fen, left_on_card(bill.card))
