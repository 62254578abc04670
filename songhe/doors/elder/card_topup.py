"""The family tops a card up: the amount and what charity adds, the payment, the receipt. 充值"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from songhe.card import foreseen, topup
from songhe.card.models import Card, Match, Refund, TopUp
from songhe.card.ports import NotReached, Order, PayPage, payments
from songhe.doors.elder import card_words, money, paper
from songhe.doors.elder.card import own_card
from songhe.doors.elder.money_words import Word
from songhe.doors.elder.showing import show as page
from songhe.doors.elder.whom import Whom, everybody, noted_read, out_of_reach, whom
from songhe.doors.may import require
from songhe.doors.shell.pieces import ReceiptLine
from songhe.doors.shell.request import DoorRequest
from songhe.doors.staff.acting import ActForm
from songhe.kernel.capitals import in_capitals
from songhe.kernel.refusal import Refusal

#: What is offered on big buttons, in yuan.
OFFERED = (10, 30, 50, 100)
ON_A_PAGE = 20


class YuanField(forms.DecimalField):
    """An amount in yuan as people type it; ``clean`` gives fen."""

    def __init__(self, **more: Any) -> None:
        super().__init__(
            min_value=Decimal("0.01"),
            max_value=Decimal(100_000),
            decimal_places=2,
            error_messages={
                "required": gettext_lazy("请填写金额。"),
                "invalid": gettext_lazy("请用数字填写金额，例如 80 或 80.5。"),
                "min_value": gettext_lazy("金额要大于零。"),
                "max_value": gettext_lazy("金额太大了。"),
                "max_decimal_places": gettext_lazy("金额最多到分。"),
            },
            widget=forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"}),
            **more,
        )

    def to_python(self, value: Any) -> Any:
        typed = str(value or "").strip().removeprefix("¥").removesuffix("元").replace(",", "").replace("，", "")
        return super().to_python(typed)

    def clean(self, value: Any) -> int:
        return int(super().clean(value) * 100)


class AmountForm(ActForm):
    yuan = YuanField(label=gettext_lazy("自己填金额（元）"))


@dataclass(frozen=True)
class Offer:
    yuan: int
    match_fen: int


@dataclass(frozen=True)
class Row:
    topup: TopUp
    word: Word
    who: str


# --- choosing -------------------------------------------------------------------------------------------------------


@require_http_methods(["GET", "HEAD", "POST"])
@require("card.top_up")
def choose(request: DoorRequest) -> HttpResponse:
    """An amount, by one press on a big button or typed; beside each what charity adds to it now.

    Giving needs no power over anybody: every one whose pages these are may do it, under any mandate.
    """
    elder = whom(request)
    card = own_card(elder)
    form = (
        AmountForm(request.POST, auto_id="id_topup_%s")
        if request.method == "POST"
        else money.fresh(AmountForm, "topup")
    )
    status, refusal = 200, None
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                return HttpResponseRedirect(reverse("elder:card-topup-one", args=[_ask(request, elder, card, form)]))
            except Refusal as refused:
                refusal, status = refused, refused.status
    match = foreseen.match_now(card, request.on)
    told = {
        "form": form,
        "offers": [Offer(yuan, match.of(yuan * 100)) for yuan in OFFERED],
        "match": match,
        "percent": _percent(match),
        "most_now_fen": _most_now(match),
        "open": card.state != Card.State.CLOSED,
        "state_word": card_words.STATES[card.state].said if card.state != Card.State.ACTIVE else "",
        "most_yuan": topup.MOST_FEN // 100,
    }
    back = reverse("elder:card")
    return page(request, "elder/card_topup.html", told, whom=elder, back=back, refusal=refusal, status=status)


def _ask(request: DoorRequest, elder: Whom, card: Card, form: ActForm) -> str:
    """Ask for the top-up once, however often it is clicked, and open the order at the payment service."""

    def do() -> dict[str, Any]:
        row = topup.ask(
            card=card, amount_fen=form.cleaned_data["yuan"], at=request.at, on=request.on, by=money.by(request)
        )
        return {"no": row.no}

    return str(money.do_once(request, elder, name="elder.card.topup", form=form, do=do)["no"])


def _percent(match: foreseen.MatchNow) -> str:
    """50, or 33.33: how much is added to a hundred yuan."""
    value = match.ratio * 100
    return str(value.numerator) if value.denominator == 1 else f"{float(value):.2f}".rstrip("0").rstrip(".")


def _most_now(match: foreseen.MatchNow) -> int:
    """The most that could still be matched this month: of the cap, and of what charity has."""
    return match.there_fen if match.left_fen is None else min(match.left_fen, match.there_fen)


# --- one top-up -----------------------------------------------------------------------------------------------------


def topup_of(request: DoorRequest, no: str) -> tuple[Whom, TopUp]:
    """A top-up by its number; one on somebody else's card is not there (404), and the asking is noted."""
    found = TopUp.objects.select_related("card__person", "card__medium").filter(county=no[:6], no=no).first()
    if found is None:
        raise Http404
    mine = (each for each in (whom(request), *everybody(request)) if each.person.id == found.card.person_id)
    elder = next(mine, None)
    if elder is None:
        out_of_reach(request, county=found.county, subject=TopUp._meta.label, subject_id=found.id)
    return elder, found


@require_safe
@require("card.read")
def one(request: DoorRequest, no: str) -> HttpResponse:
    """To be paid: where, and what charity will add. Paid: the receipt. Given up: that nothing was taken."""
    elder, row = topup_of(request, no)
    noted_read(request, elder, "card.read")
    return one_page(request, elder, row)


def one_page(request: DoorRequest, elder: Whom, row: TopUp, refusal: Refusal | None = None) -> HttpResponse:
    told = said_of(request, elder, row)
    told["form"] = money.fresh()
    told["failed"] = "failed" in request.GET and row.state == TopUp.State.WAITING
    told["unsure"] = "unsure" in request.GET and row.state == TopUp.State.WAITING
    if row.state == TopUp.State.WAITING:
        told["pay"] = _pay_page(row)
        told["match_fen"] = foreseen.match_now(row.card, request.on).of(row.amount_fen)
    back = reverse("elder:card")
    return page(request, "elder/card_topup_one.html", told, whom=elder, back=back, refusal=refusal)


def _pay_page(row: TopUp) -> PayPage | None:
    """Where to pay; None while the service does not answer."""
    try:
        return payments().order(Order(row.no, row.amount_fen, _("爱心卡充值")))
    except NotReached:
        return None


def said_of(request: DoorRequest, elder: Whom, row: TopUp) -> dict[str, Any]:
    """What the page and the paper say alike."""
    matches = list(Match.objects.filter(county=row.county, topup_id=row.id).select_related("fund").order_by("fund_id"))
    refunds = list(Refund.objects.filter(county=row.county, topup=row).order_by("at", "id"))
    matched = sum(each.amount_fen for each in matches)
    lines = [ReceiptLine(_("家里充值"), row.amount_fen)]
    lines += [
        ReceiptLine(_("慈善配捐"), each.amount_fen, _("%(fund)s跟着家里充的钱配") % {"fund": each.fund.name})
        for each in matches
    ]
    for each in refunds:
        because = _("退回付款的账户") if each.sent_at else _("正在退回付款的账户")
        lines.append(ReceiptLine(_("充值退款"), -each.amount_fen, because))
        if each.back_fen:
            lines.append(ReceiptLine(_("配捐退回"), -each.back_fen, _("回到慈善资金")))
    total = sum(line.fen for line in lines)
    return {
        "topup": row,
        "person": elder.person,
        "word": card_words.TOP_UPS[row.state],
        "who": who(request, row),
        "lines": lines,
        "total_fen": total,
        "matched_fen": matched,
        "refunded": bool(refunds),
        "may_refund": row.state == TopUp.State.PAID
        and row.refunded_fen < row.amount_fen
        and may_refund(elder, row, request),
    }


def may_refund(elder: Whom, row: TopUp, request: DoorRequest) -> bool:
    """Who paid it, the elder, or who holds a mandate for the card; after a death only the heirs are paid."""
    return elder.person.died_on is None and (elder.may("card") or row.asked_by == money.by(request))


def who(request: DoorRequest, row: TopUp) -> str:
    """Who paid, as far as it concerns who reads."""
    return _("您") if row.asked_by == money.by(request) else _("家里人")


@require_POST
@require("card.top_up")
def check(request: DoorRequest, no: str) -> HttpResponse:
    """Ask the service whether it was paid, for a call-back that never came."""
    elder, row = topup_of(request, no)
    address = reverse("elder:card-topup-one", args=[no])
    try:
        paid = payments().ask(row.no)
        if paid is None:
            return HttpResponseRedirect(f"{address}?unsure=1")
        topup.take(paid=paid, at=request.at, on=request.on)
    except NotReached:
        return HttpResponseRedirect(f"{address}?unsure=1")
    except Refusal as refusal:
        return one_page(request, elder, row, refusal)
    return HttpResponseRedirect(address)


@require_POST
@require("card.top_up")
def cancel(request: DoorRequest, no: str) -> HttpResponse:
    """It will not be paid. Nothing was taken; a payment that comes after all is taken all the same."""
    elder, row = topup_of(request, no)

    def do() -> dict[str, Any]:
        topup.cancel(county=row.county, no=row.no, at=request.at, by=money.by(request))
        return {"no": row.no}

    try:
        money.do_once(request, elder, name=f"elder.card.topup.cancel:{row.no}", do=do)
    except Refusal as refusal:
        return one_page(request, elder, topup_of(request, no)[1], refusal)
    messages.info(request, _("取消了，没有付钱。"))
    return HttpResponseRedirect(reverse("elder:card-topup-one", args=[no]))


@require_safe
@require("card.read")
def receipt_pdf(request: DoorRequest, no: str) -> HttpResponse:
    """The receipt on paper, amounts also in capital numerals; there is none before it was paid."""
    elder, row = topup_of(request, no)
    if row.state != TopUp.State.PAID:
        raise Http404
    noted_read(request, elder, "card.read")
    told = said_of(request, elder, row) | {
        "capitals": in_capitals(row.amount_fen),
        "total_capitals": in_capitals(sum(line.fen for line in said_of(request, elder, row)["lines"])),
        "at": request.at,
    }
    return paper.pdf(request, "elder/card_receipt_pdf.html", f"top-up-{row.no}", told)


# --- all of them ----------------------------------------------------------------------------------------------------


@require_safe
@require("card.read")
def every(request: DoorRequest) -> HttpResponse:
    """All top-ups of the card, the latest first."""
    elder = whom(request)
    card = own_card(elder)
    noted_read(request, elder, "card.read")
    rows = TopUp.objects.filter(county=card.county, card=card).order_by("-id")
    try:
        rows = rows.filter(id__lt=UUID(request.GET["before"])) if "before" in request.GET else rows
    except ValueError:
        raise Http404 from None
    found = list(rows[: ON_A_PAGE + 1])
    told = {
        "rows": [Row(row, card_words.TOP_UPS[row.state], who(request, row)) for row in found[:ON_A_PAGE]],
        "older": found[ON_A_PAGE - 1].id if len(found) > ON_A_PAGE else "",
        "may_top_up": card.state != Card.State.CLOSED,
    }
    return page(request, "elder/card_topups.html", told, whom=elder, back=reverse("elder:card"))
