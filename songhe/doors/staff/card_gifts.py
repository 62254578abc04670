"""Gifts 捐赠: where each went, a certificate for its giver, and the paper of a village's vote."""

from __future__ import annotations

from uuid import UUID

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from songhe.card.models import Allotment, Decision, Donation
from songhe.card.queries import GiftStory, gift_stories
from songhe.document.check_code import check_code
from songhe.doors.may import require
from songhe.doors.shell.pieces import Crumb
from songhe.doors.shell.request import DoorRequest
from songhe.doors.staff import card_words, naming, words
from songhe.doors.staff.card_funds import find_fund, giver_name
from songhe.doors.staff.card_tabs import tabs
from songhe.doors.staff.handed_in import as_handed_in
from songhe.doors.staff.papers import paper
from songhe.doors.staff.reach import noted_read
from songhe.doors.staff.verbs import find
from songhe.kernel.capitals import in_capitals

#: Services of one gift that a page lists, the newest; the sums are of all.
MOST = 50


@require_safe
@require("fund.read")
def stories(request: DoorRequest, fund_id: UUID) -> HttpResponse:
    """Every gift of a fund followed to the services that it paid, exact to the fen, and never for whom."""
    fund = find_fund(request, fund_id)
    found = gift_stories(fund)
    said = {
        **tabs(request, fund.county, "staff:card-funds"),
        "crumbs": [
            Crumb(_("资金池"), reverse("staff:card-funds")),
            Crumb(fund.name, reverse("staff:card-fund", args=[fund.id])),
            Crumb(_("善款去向")),
        ],
        "fund": fund,
        "stories": [story_said(each) for each in found],
        "given_fen": sum(each.donation.amount_fen for each in found),
        "left_fen": sum(each.left_fen for each in found),
    }
    return render(request, "staff/card_gifts.html", said)


def story_said(story: GiftStory) -> dict[str, object]:
    gift = story.donation
    pieces = sorted(story.spent, key=lambda each: each.service_on, reverse=True)
    return {
        "row": gift,
        "name": giver_name(gift),
        "giver": words.word(card_words.GIVERS, gift.giver).said,
        "spent_fen": gift.amount_fen - story.left_fen,
        "left_fen": story.left_fen,
        "number": len(pieces),
        "more": max(0, len(pieces) - MOST),
        "pieces": [
            {
                "fen": each.amount_fen,
                "help": card_words.help_name(each.category),
                "on": each.service_on,
                "provider": each.provider,
            }
            for each in pieces[:MOST]
        ],
    }


@require_safe
@require("fund.read")
def certificate(request: DoorRequest, gift_id: UUID) -> HttpResponse:
    """The certificate of a gift that has come in, its amount in capitals, as PDF."""
    gift: Donation = find(request, Donation.objects, "fund.read", "donation", gift_id)
    approved = Allotment.objects.filter(
        county=gift.county, donation_id=gift.id, state=Allotment.State.APPROVED
    ).exists()
    if not approved:
        raise Http404
    noted_read(request, county=gift.county, act="card.print_certificate", subject="donation", subject_id=gift.id)
    said = {
        "row": gift,
        "name": gift.name or _("匿名"),
        "place": naming.whole_place(gift.county, request.on),
        "capitals": in_capitals(gift.amount_fen),
        "code": check_code(gift.receipt_no, [gift.amount_fen, gift.given_on.isoformat(), gift.name]),
    }
    return paper(request, "staff/paper/gift.html", f"gift-{gift.id}", said)


@require_safe
@require("fund.read")
def vote_paper(request: DoorRequest, decision_id: UUID) -> HttpResponse:
    """The record of a vote as it was handed in."""
    row: Decision = find(request, Decision.objects.select_related("paper"), "fund.read", "decision", decision_id)
    if row.paper is None:
        raise Http404
    return as_handed_in(row.paper)
