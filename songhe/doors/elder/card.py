"""The love card as its holder and the family see it: what is on it and why, what happened, opened, lost. 爱心卡"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from songhe.card import foreseen
from songhe.card.hold_queries import held_fen
from songhe.card.models import Card, Standing
from songhe.card.movements import of_month
from songhe.card.open import MANDATE_ACT, UNKNOWN_CARD, Attributes, card_of, open_card, report_lost
from songhe.card.standard import classify, rules_at
from songhe.doors.elder import card_words, money
from songhe.doors.elder.again import require_proved
from songhe.doors.elder.money_words import said
from songhe.doors.elder.showing import show as page
from songhe.doors.elder.whom import Whom, noted_read, require_act, require_confirmed, whom
from songhe.doors.may import require
from songhe.doors.shell.pieces import Tone
from songhe.doors.shell.request import DoorRequest
from songhe.doors.staff.acting import ActForm, because
from songhe.kernel.month import Month, age_on
from songhe.kernel.refusal import Refusal
from songhe.person.masks import mask_tail
from songhe.policy.resolve import Policy
from songhe.redemption.models import Line as BillLine

#: From this age on a card stands for the elders' discount card, too.
ELDER_FROM = 60


class OpenForm(ActForm):
    number = forms.CharField(
        label=gettext_lazy("社会保障卡卡号"),
        help_text=gettext_lazy("爱心卡可以用社保卡当卡面。不填就另制一张。"),
        max_length=40,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )


class LostForm(ActForm):
    because = because(gettext_lazy("怎么丢的？"), gettext_lazy("写几个字就行，例如“买菜时丢了”。"), rows=2, longest=200)


@dataclass(frozen=True)
class PurseShown:
    held: foreseen.Held
    source: str
    buys: str
    until: str
    because: str


@dataclass(frozen=True)
class Note:
    text: str
    tone: Tone | str
    sign: str


def card_here(elder: Whom) -> Card | None:
    return card_of(county=elder.person.county, person_id=elder.person.id)


def tail_of(card: Card) -> str:
    """The last four characters of the number that the card shows; the stars before them say nothing of its length."""
    return f"**** {mask_tail(card.medium.number)[-4:]}"


def own_card(elder: Whom) -> Card:
    """The elder's card. Refuses with ``card.unknown`` where there is none."""
    found = card_here(elder)
    if found is None:
        raise UNKNOWN_CARD("card")
    return found


def rules(county: str, on: date) -> Policy | None:
    """The love card's rules where the elder lives; none where the place has no love card."""
    try:
        return rules_at(county, on)
    except Refusal:
        return None


def offers_card(elder: Whom, on: date) -> bool:
    """Whether there is a card to look at, or one that could be opened."""
    if card_here(elder) is not None:
        return True
    person = elder.person
    old_enough = person.died_on is None and age_on(person.birth_date, on) >= ELDER_FROM
    return old_enough and rules(person.county, on) is not None


@require_safe
@require("card.read")
def card(request: DoorRequest) -> HttpResponse:
    """What stands on the card, purse by purse, in the order in which they pay; whoever has none is told how to."""
    elder = whom(request)
    noted_read(request, elder, "card.read")
    found = card_here(elder)
    if found is None:
        told = {"card": None, "offered": offers_card(elder, request.on), "may_open": elder.may(MANDATE_ACT)}
        return page(request, "elder/card.html", told, whom=elder)
    return page(request, "elder/card.html", _shown(request, elder, found), whom=elder)


def _shown(request: DoorRequest, elder: Whom, found: Card) -> dict[str, Any]:
    held = foreseen.in_paying_order(found, request.on)
    standing = Standing.objects.filter(county=found.county, card=found, first_month__lte=str(Month.of(request.on)))
    names = list(standing.filter(last_month="").order_by("standard").values_list("standard", flat=True))
    live = found.state != Card.State.CLOSED
    return {
        "card": found,
        "number": tail_of(found),
        "state": card_words.STATES[found.state],
        "note": _note(found, elder),
        "card_class": card_words.class_word(found),
        "standards": card_words.standards_said(rules(found.county, request.on), names),
        "merged": card_words.merged(found),
        "total_fen": sum(one.balance_fen for one in held),
        "held_fen": held_fen(found),
        "purses": [shown(one, request.on, live=live) for one in held if one.balance_fen],
        "empty": [one.fund.name for one in held if not one.balance_fen],
        "may_show": elder.may("show_code") and found.state == Card.State.ACTIVE,
        "may_print": elder.may(MANDATE_ACT) and found.state == Card.State.ACTIVE,
        "may_face": elder.may(MANDATE_ACT) and found.state != Card.State.CLOSED,
        "may_order": elder.may(MANDATE_ACT) and found.state == Card.State.ACTIVE and elder.person.died_on is None,
        "may_top_up": live and elder.person.died_on is None,
        "may_lose": elder.may(MANDATE_ACT) and found.state in {Card.State.ACTIVE, Card.State.FROZEN},
        "may_inherit": not live and elder.person.died_on is not None and elder.may("settle"),
        "open_anew": not live and elder.person.died_on is None and elder.may(MANDATE_ACT),
    }


def shown(held: foreseen.Held, on: date, *, live: bool) -> PurseShown:
    """A purse in words; on a closed card it waits for late bills, or for the heirs, and nothing is its turn."""
    source = str(card_words.SOURCES.get(held.fund.source, held.fund.source))
    if not live:
        return PurseShown(held, source, "", card_words.waits(held), "")
    return PurseShown(
        held,
        source,
        card_words.buys(held.allowed),
        card_words.until(held, on),
        str(card_words.BECAUSE.get(held.because, "")),
    )


def _note(found: Card, elder: Whom) -> Note | None:
    if found.state == Card.State.LOST:
        text = _("旧卡和打印的码已经作废，卡里的钱一分不少。新卡由县里补办，办好会通知您；补好之前卡不能付账。")
        return Note(text, "warning", "alert")
    if found.state == Card.State.FROZEN:
        return Note(_("卡冻结了，暂时不能付账；每月的钱照样进来。想知道原因，请打 12345。"), "warning", "lock")
    if found.state == Card.State.CLOSED and elder.person.died_on is not None:
        text = _("卡随去世注销了。家里充的钱退给继承人；财政、集体和慈善的钱回到各自的资金里，再帮别的老人。")
        return Note(text, "info", "info")
    if found.state == Card.State.CLOSED:
        return Note(_("这张卡已经注销。"), "info", "info")
    if found.medium.valid_from > found.opened_on:
        text = _("这是补办的新卡，旧卡不能再用。卡里的钱和以前一样。")
        return Note(text, "info", "check")
    return None


@require_safe
@require("card.read")
def moves(request: DoorRequest) -> HttpResponse:
    """Every yuan of a month with its reason, from what stood there before to what stands there after."""
    elder = whom(request)
    found = own_card(elder)
    noted_read(request, elder, "card.read")
    try:
        which = Month.parse(request.GET.get("month") or str(Month.of(request.on)))
    except Refusal:
        which = Month.of(request.on)
    told = of_month(found, which)
    ids = [move.line for move in told.movements if move.line is not None]
    lines = BillLine.objects.filter(county=found.county, id__in=ids).select_related("bill", "item")
    names = {line.id: (line.bill.no, said(line.item.name, line.item.name_en)) for line in lines}
    rows = []
    for move in told.movements:
        bill, item = names.get(move.line, ("", "")) if move.line else ("", "")
        rows.append(card_words.in_words(move, bill=bill, item=item))
    return page(request, "elder/card_moves.html", {"told": told, "rows": rows}, whom=elder, back=reverse("elder:card"))


@require_http_methods(["GET", "HEAD", "POST"])
@require("card.open")
def open_it(request: DoorRequest) -> HttpResponse:
    """Authorise the card: there is nothing to apply for. Opened by the elder, or by an agent with that mandate."""
    elder = require_act(whom(request), MANDATE_ACT)
    before = card_here(elder)
    if before is not None and before.state != Card.State.CLOSED:
        return HttpResponseRedirect(reverse("elder:card"))
    form = OpenForm(request.POST, auto_id="id_open_%s") if request.method == "POST" else money.fresh(OpenForm, "open")
    status, refusal = 200, None
    if request.method == "POST":
        status = 422
        if form.is_valid():
            require_proved(request)
            try:
                require_confirmed(elder)
                number = form.cleaned_data["number"]
                money.do_once(
                    request, elder, name="elder.card.open", form=form, do=lambda: _open(request, elder, number)
                )
                messages.success(request, _("爱心卡开通了。各方的补贴会直接进卡，不用再申请。"))
                return HttpResponseRedirect(reverse("elder:card"))
            except Refusal as refused:
                refusal, status = refused, refused.status
    told = {"form": form, "offered": rules(elder.person.county, request.on) is not None}
    back = reverse("elder:card")
    return page(request, "elder/card_open.html", told, whom=elder, back=back, refusal=refusal, status=status)


def _open(request: DoorRequest, elder: Whom, number: str) -> dict[str, Any]:
    """The card, put under the standards that its holder meets at once, so that its money comes with the next month's.

    The discount card of elders goes by age; whether somebody is a veteran or rides buses, the county enters.
    """
    person, by = elder.person, money.by(request)
    made = open_card(
        person=person,
        attributes=Attributes(elder=age_on(person.birth_date, request.on) >= ELDER_FROM),
        number=number,
        mandate=elder.mandate,
        at=request.at,
        on=request.on,
        by=by,
    )
    if rules(person.county, request.on) is not None:
        classify(card=made, on=request.on, at=request.at, by=by)
    return {"card": made.no}


@require_http_methods(["GET", "HEAD", "POST"])
@require("card.lose")
def lost(request: DoorRequest) -> HttpResponse:
    """Say that the card is lost: old media are dead at once, the money stays. It protects: no yes is waited for."""
    elder = require_act(whom(request), MANDATE_ACT)
    found = own_card(elder)
    form = LostForm(request.POST, auto_id="id_lost_%s") if request.method == "POST" else money.fresh(LostForm, "lost")
    status, refusal = 200, None
    if request.method == "POST":
        status = 422
        if form.is_valid():

            def do() -> dict[str, Any]:
                report_lost(card=found, because=form.cleaned_data["because"], at=request.at, by=money.by(request))
                return {"card": found.no}

            try:
                money.do_once(request, elder, name="elder.card.lost", form=form, do=do)
                messages.success(request, _("挂失好了。旧卡和打印的码从现在起都不能用，卡里的钱都在。"))
                return HttpResponseRedirect(reverse("elder:card"))
            except Refusal as refused:
                refusal, status = refused, refused.status
    told = {"form": form, "card": found, "number": tail_of(found)}
    back = reverse("elder:card")
    return page(request, "elder/card_lost.html", told, whom=elder, back=back, refusal=refusal, status=status)
