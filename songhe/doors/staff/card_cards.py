"""The cards 爱心卡: found, opened at the counter, lost, replaced, frozen, closed; heirs; the purses of one card."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from typing import Any
from uuid import UUID

from django.db.models import Q
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from songhe.card.models import Card, HeirPayment, Purse, Standing
from songhe.card.movements import of_month
from songhe.card.open import card_of
from songhe.card.purse import NEVER, balances
from songhe.doors.may import may, require
from songhe.doors.shell.pieces import Crumb, Fact
from songhe.doors.shell.request import DoorRequest
from songhe.doors.staff import card_words, history, naming, words
from songhe.doors.staff.card_card_acts import CARDS, HEIRS, OPEN, CardDesk
from songhe.doors.staff.card_fund_acts import titles
from songhe.doors.staff.card_tabs import tabs
from songhe.doors.staff.cursor import PAGE, address
from songhe.doors.staff.reach import account_of as signed_in
from songhe.doors.staff.reach import counties, county_of, noted_read, out_of_reach, reach
from songhe.doors.staff.verbs import NOTHING_WRONG, Wrong, find, offers, perform
from songhe.kernel.month import Month
from songhe.kernel.refusal import Refusal
from songhe.person.masks import mask_tail
from songhe.person.models import Person
from songhe.person.search import search

#: Payments to heirs that are shown, the newest.
HEIRS_SHOWN = 30
#: People without a card that a search shows.
SHOWN_WITHOUT = 10


@require_safe
@require("card.read")
def cards(request: DoorRequest) -> HttpResponse:
    """The cards of a county: searched by name, ID number or card number, or the newest, by state and class."""
    scope = reach(request, "card.read")
    county = county_of(request, "card.read")
    rows = Card.objects.filter(county=county).select_related("person", "medium")
    typed = request.GET.get("q", "").strip()
    state, in_class = request.GET.get("state", ""), request.GET.get("class", "")
    if state in Card.State.values:
        rows = rows.filter(state=state)
    if in_class in {"1", "2", "3", "4"}:
        rows = rows.filter(card_class=int(in_class))
    people = search(scope, typed, PAGE).people if typed else []
    if typed:
        no = typed.replace(" ", "")
        rows = rows.filter(Q(no=no) | Q(person_id__in=[each.id for each in people]))
    with suppress(ValueError):
        after = request.GET.get("after", "")
        rows = rows.filter(id__lt=UUID(after)) if after else rows
    found = list(rows.order_by("-id")[: PAGE + 1])
    towns = naming.places((naming.town(each.person) for each in found), request.on)
    said = {
        **tabs(request, county, "staff:card-cards"),
        "typed": typed,
        "rows": [
            {
                "row": each,
                "name": each.person.name,
                "town": towns.get(naming.town(each.person), ""),
                "number": mask_tail(each.medium.number),
                "class": card_words.class_said(each.card_class),
                "state": words.word(card_words.CARDS, each.state),
            }
            for each in found[:PAGE]
        ],
        "first": address(request, after="") if request.GET.get("after") else "",
        "following": address(request, after=found[PAGE - 1].id.hex) if len(found) > PAGE else "",
        "state_chips": [
            {"address": address(request, state=code, after=""), "word": word, "current": state == code}
            for code, word in [("", _("全部")), *((code, each.said) for code, each in card_words.CARDS.items())]
        ],
        "class_chips": [
            {"address": address(request, **{"class": code, "after": ""}), "word": word, "current": in_class == code}
            for code, word in [("", _("各类")), *((str(code), each) for code, each in card_words.CLASSES.items())]
        ],
        "heirs": waiting_heirs(request, county),
        "without": without_card(request, county, people),
    }
    return render(request, "staff/card_cards.html", said)


def without_card(request: DoorRequest, county: str, people: Sequence[Person]) -> list[dict[str, Any]]:
    """Of those whom the search found, the ones for whom a card could be opened here."""
    if not people or county not in counties(request, "card.keep"):
        return []
    here = [each for each in people if each.county == county and each.died_on is None and each.closed_on is None]
    held = Card.objects.filter(county=county, person__in=[each.id for each in here]).exclude(state=Card.State.CLOSED)
    have = set(held.values_list("person_id", flat=True))
    return [
        {
            "name": each.name,
            "number": naming.hidden_number(each),
            "address": reverse("staff:card-opening", args=[each.id]),
        }
        for each in here
        if each.id not in have
    ][:SHOWN_WITHOUT]


def waiting_heirs(request: DoorRequest, county: str) -> list[dict[str, Any]]:
    rows = HeirPayment.objects.filter(county=county, state=HeirPayment.State.OPEN).select_related("purse__card__person")
    return [
        {
            "row": each,
            "who": each.purse.card.person.name,
            "address": reverse("staff:card-card", args=[each.purse.card_id]),
        }
        for each in rows.order_by("proposed_at", "id")[:HEIRS_SHOWN]
    ]


@require_safe
@require("card.read")
def card(request: DoorRequest, card_id: UUID) -> HttpResponse:
    """One card: whose, how it stands, its standards, its purses with what happened in a month, heirs."""
    row = find_card(request, card_id)
    noted_read(request, county=row.county, act="card.read", subject="card", subject_id=row.id)
    return card_shown(request, row)


def find_card(request: DoorRequest, card_id: UUID) -> Card:
    found: Card = find(request, Card.objects.select_related("person", "medium"), "card.read", "card", card_id)
    return found


def desk_of(row: Card) -> CardDesk:
    purses = list(Purse.objects.filter(county=row.county, card=row).select_related("fund").order_by("-valid_to", "id"))
    return CardDesk(row, purses, balances(purses))


def card_shown(request: DoorRequest, row: Card, wrong: Wrong | None = None, status: int = 200) -> HttpResponse:
    county, desk = row.county, desk_of(row)
    month = Month.of(request.on)
    with suppress(Refusal):
        month = Month.parse(request.GET["month"]) if request.GET.get("month") else month
    told = of_month(row, month)
    here = reverse("staff:card-card", args=[row.id])
    payments = HeirPayment.objects.filter(county=county, purse__in=[each.id for each in desk.purses])
    standing = Standing.objects.filter(county=county, card=row).order_by("-first_month", "standard")
    username, named = signed_in(request).username, titles(county, request)
    said = {
        **tabs(request, county, "staff:card-cards"),
        **(wrong.said() if wrong else NOTHING_WRONG),
        "crumbs": [Crumb(_("爱心卡"), reverse("staff:card-cards")), Crumb(row.person.name)],
        "row": row,
        "state": words.word(card_words.CARDS, row.state),
        "facts": facts_of(request, row),
        "standards": [{"row": each, "name": named.get(each.standard, each.standard)} for each in standing],
        "purses": [
            {
                "row": each,
                "fen": desk.stands[each.id],
                "source": words.word(card_words.SOURCES, each.fund.source).said,
                "state": words.word(card_words.PURSES, each.state),
                "until": None if each.valid_to == NEVER else each.valid_to,
            }
            for each in desk.purses
        ],
        "total_fen": sum(desk.stands[each.id] for each in desk.purses if each.state == Purse.State.ACTIVE),
        "month": told,
        "movements": [
            {
                "row": each,
                "what": card_words.MOVEMENTS.get(each.kind, each.kind),
                "help": card_words.help_name(each.category) if each.category else "",
            }
            for each in told.movements
        ],
        "earlier": f"{here}?month={told.earlier}" if told.earlier else "",
        "later": f"{here}?month={told.later}" if told.later else "",
        "heirs": [
            {
                "row": each,
                "state": words.word(card_words.DECIDED, each.state),
                "own": each.state == HeirPayment.State.OPEN and each.proposed_by == username,
                "offered": offers(request, each, HEIRS, page="staff:card-heir", wrong=wrong),
            }
            for each in payments.order_by("-proposed_at", "-id")[:HEIRS_SHOWN]
        ],
        "offered": offers(request, desk, CARDS, page="staff:card-act", wrong=wrong),
        "events": history.events(
            history.entries(county, [("card", row.id)], acts=card_words.ACTS), acts=card_words.ACTS
        ),
    }
    return render(request, "staff/card_card.html", said, status=status)


def facts_of(request: DoorRequest, row: Card) -> list[Fact]:
    reads = may(request.user, "person.read", request.on)
    merged = [
        word for holds, word in ((row.elder, _("老年卡")), (row.veteran, _("优抚卡")), (row.bus, _("公交卡"))) if holds
    ]
    return [
        Fact(
            _("姓名"),
            row.person.name,
            address=reverse("staff:person", args=[row.person_id]) if reads else "",
            note=naming.hidden_number(row.person),
        ),
        Fact(_("卡号"), row.no, note=mask_tail(row.medium.number)),
        Fact(_("类别"), card_words.class_said(row.card_class)),
        Fact(_("并入的卡"), words.listed(merged) or "—"),
        Fact(_("谁授权"), _("本人") if row.authorised == Card.Authorised.ELDER else _("代办人")),
    ]


@require_POST
@require("card.read")
def act(request: DoorRequest, key: UUID, verb: str) -> HttpResponse:
    row = find_card(request, key)
    return perform(
        request,
        desk_of(row),
        CARDS,
        verb,
        shown=lambda wrong, status: card_shown(request, find_card(request, key), wrong, status),
        after=reverse("staff:card-card", args=[row.id]),
    )


@require_POST
@require("card.heirs")
def heir(request: DoorRequest, key: UUID, verb: str) -> HttpResponse:
    """Say yes or no to family money that somebody wants to inherit."""
    row: HeirPayment = find(request, HeirPayment.objects.select_related("purse"), "card.heirs", "heir_payment", key)
    card_id = row.purse.card_id
    return perform(
        request,
        row,
        HEIRS,
        verb,
        shown=lambda wrong, status: card_shown(request, find_card(request, card_id), wrong, status),
        after=reverse("staff:card-card", args=[card_id]),
    )


@require_http_methods(["GET", "HEAD", "POST"])
@require("card.open")
def opening(request: DoorRequest, person_id: UUID) -> HttpResponse:
    """Open a card for somebody at the counter; who has one is shown it."""
    return open_for(request, person_id)


def open_for(request: DoorRequest, person_id: UUID) -> HttpResponse:
    reach(request, "card.open")
    person = Person.rows.filter(id=person_id).first()
    if person is None:
        raise Http404
    if person.county not in counties(request, "card.keep"):
        out_of_reach(request, county=person.county, subject="person", subject_id=person_id)
    held = card_of(county=person.county, person_id=person.id)
    if held is not None and held.state != Card.State.CLOSED:
        return HttpResponseRedirect(reverse("staff:card-card", args=[held.id]))
    if request.method == "POST":
        return perform(
            request,
            person,
            [OPEN],
            OPEN.name,
            shown=lambda wrong, status: opening_shown(request, person, wrong, status),
            after=reverse("staff:card-opening", args=[person.id]),
        )
    return opening_shown(request, person)


def opening_shown(request: DoorRequest, person: Person, wrong: Wrong | None = None, status: int = 200) -> HttpResponse:
    said = {
        **(wrong.said() if wrong else NOTHING_WRONG),
        "crumbs": [Crumb(_("爱心卡"), reverse("staff:card-cards")), Crumb(_("开卡"))],
        "person": person,
        "number": naming.hidden_number(person),
        "offered": offers(request, person, [OPEN], page="staff:card-open-act", wrong=wrong),
    }
    return render(request, "staff/card_open.html", said, status=status)


@require_POST
@require("card.open")
def opened(request: DoorRequest, key: UUID, verb: str) -> HttpResponse:
    if verb != OPEN.name:
        raise Http404
    return open_for(request, key)
