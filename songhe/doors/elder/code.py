"""The code on the telephone: a square and a number that change every half minute, for the one who pays. 消费码"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from songhe.card.foreseen import in_paying_order
from songhe.card.models import Card
from songhe.card.open import card_of
from songhe.doors.elder import money
from songhe.doors.elder.again import require_proved
from songhe.doors.elder.money_words import group_name
from songhe.doors.elder.showing import show as page
from songhe.doors.elder.whom import Whom, require_act, whom
from songhe.doors.may import require
from songhe.doors.shell.request import DoorRequest
from songhe.grant.queries import of_month
from songhe.kernel.month import Month
from songhe.kernel.refusal import Refusal
from songhe.person.code import show
from songhe.person.medium import issue, replace
from songhe.person.models import Medium
from songhe.redemption.models import Bill

#: A bill booked so lately is what the code was just shown for.
JUST_PAID = timedelta(minutes=2)


@require_safe
@require("medium.show")
def code(request: DoorRequest) -> HttpResponse:
    """The code of now; whoever has none on a telephone yet opens it with one button."""
    elder = require_act(whom(request), "show_code")
    return _page(request, elder)


@require_safe
@require("medium.show")
def now(request: DoorRequest) -> HttpResponse:
    """The part of the page that renews itself. Without htmx it is the whole page."""
    elder = require_act(whom(request), "show_code")
    medium = telephone(elder)
    if medium is None or not request.headers.get("HX-Request"):
        return HttpResponseRedirect(reverse("elder:code"))
    return render(request, "elder/code_now.html", _now(request, elder, medium))


@require_POST
@require("medium.show")
def open_code(request: DoorRequest) -> HttpResponse:
    """Give the elder a code on the telephone; a second press finds the first one's."""
    return _do(request, "open", _open, _("消费码开通了。"))


@require_POST
@require("medium.show")
def replace_code(request: DoorRequest) -> HttpResponse:
    """The old telephone's code is dead from this instant, and a new one takes its place."""
    return _do(request, "replace", _replace, _("旧码已停用，这是新的码。"))


def telephone(elder: Whom) -> Medium | None:
    """The live code of the elder on a telephone."""
    person = elder.person
    found = Medium.objects.filter(county=person.county, person=person, kind=Medium.Kind.PHONE, ended_at=None)
    return found.order_by("-valid_from", "-id").first()


def _open(request: DoorRequest, elder: Whom) -> Medium:
    return telephone(elder) or issue(
        person=elder.person,
        kind=Medium.Kind.PHONE,
        on=request.on,
        at=request.at,
        by=money.by(request),
    )


def _replace(request: DoorRequest, elder: Whom) -> Medium:
    medium = telephone(elder)
    if medium is None:
        return _open(request, elder)
    return replace(medium=medium, because="手机遗失", on=request.on, at=request.at, by=money.by(request))


def _do(request: DoorRequest, name: str, verb: Callable[[DoorRequest, Whom], Medium], done: str) -> HttpResponse:
    elder = require_act(whom(request), "show_code")
    require_proved(request)
    try:
        money.do_once(request, elder, name=f"elder.code.{name}", do=lambda: {"medium": str(verb(request, elder).id)})
    except Refusal as refusal:
        return _page(request, elder, refusal)
    messages.success(request, done)
    return HttpResponseRedirect(f"{reverse('elder:code')}#code")


def _page(request: DoorRequest, elder: Whom, refusal: Refusal | None = None) -> HttpResponse:
    medium = telephone(elder)
    said: dict[str, Any] = {
        "form": money.fresh(),
        "shown": None,
    }
    if medium is not None:
        said |= _now(request, elder, medium)
    back = reverse("elder:vouchers" if said.get("held") or said.get("on_card_fen") is None else "elder:card")
    return page(request, "elder/code.html", said, whom=elder, back=back, refusal=refusal)


def _now(request: DoorRequest, elder: Whom, medium: Medium) -> dict[str, Any]:
    shown = show(medium=medium, at=request.at)
    person = elder.person
    held = of_month(county=person.county, person_ids=[person.id], month=Month.of(request.on)).get(person.id)
    return {
        "shown": shown,
        "groups": [shown.number[start : start + 4] for start in range(0, len(shown.number), 4)],
        "used": medium.last_step >= shown.step,
        "held": held,
        "group_name": group_name(held.grant.category) if held else "",
        "on_card_fen": _on_card(request, elder),
        "paid": _just_paid(request, elder),
    }


def _on_card(request: DoorRequest, elder: Whom) -> int | None:
    """What stands on the love card that the code pays with, too; nothing said while it cannot pay."""
    card = card_of(county=elder.person.county, person_id=elder.person.id)
    if card is None or card.state != Card.State.ACTIVE:
        return None
    return sum(one.balance_fen for one in in_paying_order(card, request.on) if not one.is_over(request.on))


def _just_paid(request: DoorRequest, elder: Whom) -> Bill | None:
    """What was paid in these minutes with the code, so that the elder sees it on the same page."""
    rows = Bill.objects.filter(
        county=elder.person.county,
        person_id=elder.person.id,
        state__in=[Bill.State.BOOKED, Bill.State.PROVISIONAL],
        identified_by="medium",
        booked_at__gt=request.at - JUST_PAID,
        booked_at__lte=request.at,
    )
    return rows.select_related("provider").order_by("-booked_at").first()
