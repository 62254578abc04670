"""Ordering from home 在家下单: what one needs, of whom, for which day; what the card pays, seen before it is sent."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from songhe.card.hold_order_models import ItemOrder
from songhe.card.models import Card
from songhe.card.open import MANDATE_ACT
from songhe.doors.elder import card_words, money
from songhe.doors.elder.card import card_here
from songhe.doors.elder.card_held import open_orders
from songhe.doors.elder.money_words import said
from songhe.doors.elder.showing import show as page
from songhe.doors.elder.whom import Whom, noted_read, require_act, require_confirmed, whom
from songhe.doors.may import require
from songhe.doors.public.finder import how_far
from songhe.doors.shell.pieces import ReceiptLine
from songhe.doors.shell.request import DoorRequest
from songhe.doors.staff.acting import ActForm, sent
from songhe.examine.steer import Offer, ask_the_first, propose, sold_on_card, suggest
from songhe.kernel.month import beijing_date
from songhe.kernel.refusal import Refusal
from songhe.provider.catalogue import UNITS, UNKNOWN_ITEM, helps_on, item_on
from songhe.provider.models import Item, Provider
from songhe.redemption.asked import CHANGED, COMES, MOST_AHEAD, NOT_FROM_HOME, Quote, Wish, ask, is_from_home, quote

#: What stands for "let the county's order of merit choose".
COUNTY = "county"


@dataclass(frozen=True)
class Sold:
    item: Item
    name: str
    price_fen: int
    unit: Any


@dataclass(frozen=True)
class Choice:
    """A provider that may be chosen, the nearest first: who chooses is steered by no score."""

    offer: Offer

    @property
    def distance(self) -> str:
        return how_far(self.offer.metres)


class WishForm(ActForm):
    provider = forms.CharField(max_length=20, error_messages={"required": gettext_lazy("请选一家，或请县里选。")})
    wanted_on = forms.DateField(
        label=gettext_lazy("哪天要"),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages={
            "required": gettext_lazy("请选日子。"),
            "invalid": gettext_lazy("请填写日期，如 2026-04-08。"),
        },
    )
    quantity = forms.IntegerField(
        label=gettext_lazy("数量"),
        min_value=1,
        max_value=99,
        widget=forms.NumberInput(attrs={"inputmode": "numeric", "min": 1, "max": 99}),
    )
    address = forms.CharField(
        label=gettext_lazy("到哪里服务"),
        max_length=200,
        required=False,
        error_messages={"required": gettext_lazy("请写明到哪里服务。")},
        widget=forms.TextInput(attrs={"autocomplete": "street-address"}),
    )
    words = forms.CharField(
        label=gettext_lazy("有什么要求"),
        help_text=gettext_lazy("例如几点来、家里有什么要注意的。"),
        max_length=200,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    fee_fen = forms.IntegerField(required=False, widget=forms.HiddenInput)
    held_fen = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def wish(self, item: Item) -> Wish:
        told = self.cleaned_data
        return Wish(item.code, told["wanted_on"], told["quantity"], told["words"], told["address"])


@require_safe
@require("card.order")
def choose(request: DoorRequest) -> HttpResponse:
    """What can be ordered here, by the six helps and what stands beside them, each from its lowest price."""
    elder = whom(request)
    noted_read(request, elder, "card.read")
    county = elder.person.county
    prices = sold_on_card(county=county, on=request.on)
    helps = []
    for help, items in helps_on(county, request.on).items():
        sold = [Sold(one, name_of(one), prices[one.code], unit_of(one)) for one in items if one.code in prices]
        if sold := [one for one in sold if is_from_home(one.item)]:
            helps.append((help, card_words.help_name(help), sold))
    card = card_here(elder)
    told = {
        "helps": helps,
        "why_not": why_not(elder, card),
        "has_card": card is not None,
        "orders": open_orders(card) if card else [],
    }
    return page(request, "elder/order.html", told, whom=elder)


@require_http_methods(["GET", "HEAD", "POST"])
@require("card.order")
def item(request: DoorRequest, code: str) -> HttpResponse:
    """Of whom, when and how; then what the card pays of it; then it is sent."""
    elder = whom(request)
    row = item_of(elder, code, request.on)
    if request.method != "POST":
        noted_read(request, elder, "card.read")
        return wish_page(request, elder, row)
    require_act(elder, MANDATE_ACT)
    form = sent(WishForm, "order", request)
    assert isinstance(form, WishForm)
    form.fields["address"].required = row.evidence in COMES
    if not form.is_valid() or request.POST.get("do") == "change":
        return wish_page(request, elder, row, form=form, status=422 if form.errors else 200)
    try:
        if request.POST.get("do") != "confirm":
            return check_page(request, elder, row, form)
        require_confirmed(elder)
        money.do_once(request, elder, name="elder.order", form=form, do=lambda: send(request, elder, row, form))
    except Refusal as refusal:
        if refusal.reason is CHANGED:
            return check_page(request, elder, row, form, refusal)
        return wish_page(request, elder, row, form=form, refusal=refusal, status=refusal.status)
    messages.success(request, _("发给机构了，钱先留着。接了或者谢绝都会通知您。"))
    return HttpResponseRedirect(reverse("elder:card-held"))


def why_not(elder: Whom, card: Card | None) -> str:
    """Why nothing can be ordered now; "" where it can."""
    if card is None:
        return _("有了爱心卡才能在这里预订。")
    if card.state != Card.State.ACTIVE:
        return _("卡现在不能付账，暂时不能预订。")
    if not elder.may(MANDATE_ACT):
        return _("您的代办事项里没有办理爱心卡这一项，只能看，不能预订。")
    return ""


def item_of(elder: Whom, code: str, on: date) -> Item:
    try:
        row = item_on(elder.person.county, code, on)
    except Refusal as refusal:
        if refusal.reason is not UNKNOWN_ITEM:
            raise
        raise Http404 from None
    if not is_from_home(row):
        raise NOT_FROM_HOME("item", item=row.name, item_en=row.name_en)
    return row


def name_of(row: Item) -> str:
    return said(row.name, row.name_en)


def unit_of(row: Item) -> str:
    return said(*UNITS.get(row.unit, (row.unit, row.unit)))


def choices_of(elder: Whom, row: Item, on: date) -> list[Choice]:
    """Who may give it and takes the card, the nearest first, then the cheaper."""
    offers = suggest(county=elder.person.county, item=row, person_id=elder.person.id, on=on)
    far = 10**9
    found = [Choice(one) for one in offers if one.contracted]
    return sorted(
        found,
        key=lambda one: (
            far if one.offer.metres is None else one.offer.metres,
            one.offer.price_fen,
            one.offer.provider.name,
        ),
    )


def wish_page(
    request: DoorRequest,
    elder: Whom,
    row: Item,
    *,
    form: WishForm | None = None,
    refusal: Refusal | None = None,
    status: int = 200,
) -> HttpResponse:
    card = card_here(elder)
    kept = {name: form[name].value() for name in form.fields if name not in ("key", "version")} if form else {}
    start = {"wanted_on": request.on + timedelta(days=1), "quantity": 1, "address": elder.person.address}
    wrong = form if form is not None and form.errors else None
    shown = wrong or money.fresh(WishForm, "order", **(kept or start))
    shown.fields["address"].required = row.evidence in COMES
    told = {
        "item": row,
        "name": name_of(row),
        "unit": unit_of(row),
        "comes": row.evidence in COMES,
        "choices": choices_of(elder, row, request.on),
        "form": shown,
        "chosen": kept.get("provider", ""),
        "wrong": wrong,
        "why_not": why_not(elder, card),
        "has_card": card is not None,
        "most_ahead": MOST_AHEAD,
    }
    back = reverse("elder:order")
    return page(request, "elder/order_item.html", told, whom=elder, back=back, refusal=refusal, status=status)


def check_page(
    request: DoorRequest, elder: Whom, row: Item, form: WishForm, refusal: Refusal | None = None
) -> HttpResponse:
    """What the order would be, of whom, and who pays which part: nothing is held yet."""
    provider, because = provider_of(request, elder, row, form)
    found = quote(
        county=elder.person.county,
        person_id=elder.person.id,
        provider=provider,
        wish=form.wish(row),
        at=request.at,
        on=request.on,
        by=money.by(request),
    )
    kept = {name: form.cleaned_data[name] for name in ("provider", "wanted_on", "quantity", "address", "words")}
    told = {
        "item": row,
        "name": name_of(row),
        "unit": unit_of(row),
        "provider": provider,
        "by_county": form.cleaned_data["provider"] == COUNTY,
        "because": because,
        "wish": form.wish(row),
        "quote": found,
        "answer_by": beijing_date(found.answer_by),
        "lines": lines_of(found),
        "you_pay": _("您自己付") if elder.own else _("%(name)s自己付") % {"name": elder.person.name},
        "form": money.fresh(WishForm, "order", **kept, fee_fen=found.fee_fen, held_fen=found.held_fen),
    }
    back = reverse("elder:order-item", args=[row.code])
    return page(request, "elder/order_check.html", told, whom=elder, back=back, refusal=refusal)


def lines_of(found: Quote) -> list[ReceiptLine]:
    lines = [ReceiptLine(_("价钱"), found.price_fen)]
    if found.off_fen:
        lines.append(ReceiptLine(_("商家优惠"), -found.off_fen))
    return lines + [ReceiptLine(fund, -fen, _("卡里先留着，办好才付")) for fund, fen in found.parts]


def provider_of(request: DoorRequest, elder: Whom, row: Item, form: WishForm) -> tuple[Provider, str]:
    """Whom the elder chose; or the first in the county's order of merit, and who was passed over."""
    county, wanted = elder.person.county, form.cleaned_data["provider"]
    if wanted == COUNTY:
        found = propose(county=county, item=row, person_id=elder.person.id, on=request.on)
        return found.chosen.provider, found.because
    for one in choices_of(elder, row, request.on):
        if str(one.offer.provider.pk) == wanted:
            return one.offer.provider, ""
    raise Http404


def send(request: DoorRequest, elder: Whom, row: Item, form: WishForm) -> dict[str, Any]:
    told: dict[str, Any] = {
        "county": elder.person.county,
        "person_id": elder.person.id,
        "wish": form.wish(row),
        "at": request.at,
        "on": request.on,
        "by": money.by(request),
        "seen": (form.cleaned_data["fee_fen"] or 0, form.cleaned_data["held_fen"] or 0),
    }
    if form.cleaned_data["provider"] == COUNTY:
        return {"no": ask_the_first(**told).no}
    provider, _because = provider_of(request, elder, row, form)
    return {"no": ask(**told, provider=provider, made_by=ItemOrder.Made.ELDER).no}
