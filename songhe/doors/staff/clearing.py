"""One card everywhere: what our cards owe other counties, what theirs owe us, and the monthly net. 异地清算"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import Count, Sum
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from songhe.doors.may import require
from songhe.doors.shell.pieces import Crumb
from songhe.doors.shell.request import DoorRequest
from songhe.doors.staff import card_words, naming, words
from songhe.doors.staff.card_tabs import tabs
from songhe.doors.staff.clearing_acts import AGREEMENT_VERBS, CLAIM_VERBS, DIFFERENCE_VERBS, NET_VERBS, NEW
from songhe.doors.staff.reach import county_of
from songhe.doors.staff.verbs import NOTHING_WRONG, Here, Verb, Wrong, find, offers, perform
from songhe.provider.models import Agreement
from songhe.settlement.clear import by_level
from songhe.settlement.differ import compare
from songhe.settlement.models import Claim, ClaimLine, Difference, Net, Received, ReceivedLine

#: The newest claims, nets and lines that a page shows; the sums are of all.
SHOWN, LINES = 24, 200

AGREEMENTS: dict[str, words.Word] = {
    Agreement.State.PROPOSED: words.Word(gettext_lazy("待审批"), "warn"),
    Agreement.State.AGREED: words.Word(gettext_lazy("已生效"), "ok"),
    Agreement.State.DECLINED: words.Word(gettext_lazy("未批准"), "bad"),
    Agreement.State.ENDED: words.Word(gettext_lazy("已终止"), ""),
}
NETS: dict[str, words.Word] = {
    Net.State.DRAWN: words.Word(gettext_lazy("待本方确认"), "warn"),
    Net.State.PROPOSED: words.Word(gettext_lazy("待对方确认"), "warn"),
    Net.State.ASKED: words.Word(gettext_lazy("对方已确认，待本方确认"), "warn"),
    Net.State.DIFFERS: words.Word(gettext_lazy("双方不一致"), "bad"),
    Net.State.AGREED: words.Word(gettext_lazy("双方一致，待清算"), "info"),
    Net.State.SETTLED: words.Word(gettext_lazy("已清算"), "ok"),
}
DIFFERENCES: dict[str, words.Word] = {
    Difference.Code.MISSING_THERE: words.Word(gettext_lazy("对方没有"), "bad"),
    Difference.Code.MISSING_HERE: words.Word(gettext_lazy("本方没有"), "bad"),
    Difference.Code.AMOUNT_DIFFERS: words.Word(gettext_lazy("金额不符"), "bad"),
    Difference.Code.REVERSED_SINCE: words.Word(gettext_lazy("报送后已冲正"), "warn"),
}
HOWS: dict[str, Any] = {
    Difference.How.RESEND: gettext_lazy("重新报送"),
    Difference.How.ACCEPT: gettext_lazy("认可"),
    Difference.How.REVERSE: gettext_lazy("请对方冲回"),
}


@dataclass(frozen=True)
class Neighbours(Here):
    """With those that the county has claims with, for a choice."""

    others: Sequence[tuple[str, str]]


@require_safe
@require("clearing.read")
def clearing(request: DoorRequest) -> HttpResponse:
    """What waits first: nets to confirm or pay; then claims out and in, and the agreements behind them."""
    return page(request, county_of(request, "clearing.read"))


def neighbours(request: DoorRequest, county: str) -> Neighbours:
    others = {
        *Claim.objects.filter(county=county).values_list("serving", flat=True).distinct(),
        *Received.objects.filter(county=county).values_list("home", flat=True).distinct(),
    }
    return Neighbours(county, sorted(naming.places(others, request.on).items()))


def page(request: DoorRequest, county: str, wrong: Wrong | None = None, status: int = 200) -> HttpResponse:
    rows: dict[str, list[Any]] = {
        "nets": list(Net.objects.filter(county=county).order_by("-month", "other")[:SHOWN]),
        "agreements": list(Agreement.objects.filter(home=county).order_by("-id")[:SHOWN]),
        "taken": list(Agreement.objects.filter(serving=county, state=Agreement.State.AGREED).order_by("home")),
        "out": list(Claim.objects.filter(county=county).order_by("-month", "serving")[:SHOWN]),
        "into": list(Received.objects.filter(county=county).order_by("-month", "home")[:SHOWN]),
    }
    codes = {
        *(row.other for row in rows["nets"]),
        *(row.serving for row in rows["agreements"]),
        *(row.home for row in rows["taken"]),
        *(row.serving for row in rows["out"]),
        *(row.home for row in rows["into"]),
    }
    names = naming.places(codes, request.on)
    said = {
        **tabs(request, county, "staff:clearing"),
        **(wrong.said() if wrong else NOTHING_WRONG),
        "nets": [
            {
                "row": row,
                "other": names[row.other],
                "state": words.word(NETS, row.state),
                "left_fen": abs(row.net_fen),
                "offered": offers(request, row, NET_VERBS, page="staff:clearing-net", wrong=wrong),
            }
            for row in rows["nets"]
        ],
        "agreements": [
            {
                "row": row,
                "other": names[row.serving],
                "state": words.word(AGREEMENTS, row.state),
                "offered": offers(request, row, AGREEMENT_VERBS, page="staff:clearing-agreement", wrong=wrong),
            }
            for row in rows["agreements"]
        ],
        "taken": [{"row": row, "other": names[row.home]} for row in rows["taken"]],
        "out": [{"row": row, "other": names[row.serving]} for row in rows["out"]],
        "into": [{"row": row, "other": names[row.home]} for row in received_sums(county, rows["into"])],
        "levels": levels(county),
        "waiting": Difference.objects.filter(county=county, how="").count(),
        "offered": offers(request, neighbours(request, county), NEW, page="staff:clearing-new", wrong=wrong),
    }
    return render(request, "staff/clearing.html", said, status=status)


def received_sums(county: str, rows: list[Received]) -> list[Received]:
    """Each claim with what stands in our books now, corrections included, as ``booked_fen``."""
    sums = dict(
        ReceivedLine.objects.filter(county=county, received_id__in=[row.id for row in rows])
        .order_by("received_id")
        .values_list("received_id")
        .annotate(fen=Sum("amount_fen"))
    )
    for row in rows:
        row.booked_fen = sums.get(row.id, 0)  # type: ignore[attr-defined]
    return rows


def levels(county: str) -> list[dict[str, Any]]:
    """What we owe by the level of the funds, and what we are owed, of all claims that are not cleared yet."""
    ours = by_level(
        county=county, claim_ids=Claim.objects.filter(county=county, settled_month="").values_list("id", flat=True)
    )
    rows = ReceivedLine.objects.filter(county=county, received__settled_month="").order_by("level")
    theirs = {
        level: (lines, fen)
        for level, lines, fen in rows.values_list("level").annotate(lines=Count("id"), fen=Sum("amount_fen"))
    }
    return [
        {"said": word.said, "out": ours.get(level, (0, 0)), "into": theirs.get(level, (0, 0))}
        for level, word in card_words.LEVELS.items()
        if level in ours or level in theirs
    ]


@require_safe
@require("clearing.read")
def claim(request: DoorRequest, claim_id: UUID) -> HttpResponse:
    """A claim of ours with its lines, and whether the other side sees the same."""
    return claim_page(request, find_claim(request, claim_id))


def find_claim(request: DoorRequest, claim_id: Any) -> Claim:
    row: Claim = find(request, Claim.objects, "clearing.read", "claim", claim_id)
    return row


def claim_page(request: DoorRequest, row: Claim, wrong: Wrong | None = None, status: int = 200) -> HttpResponse:
    compared = compare(row)
    lines = ClaimLine.objects.filter(county=row.county, claim=row).select_related("fund", "provider", "line__bill")
    differences = Difference.objects.filter(county=row.county, claim=row).order_by("how", "-found_at", "id")[:LINES]
    name = naming.places([row.serving], request.on)[row.serving]
    said = {
        **(wrong.said() if wrong else NOTHING_WRONG),
        "crumbs": [Crumb(_("异地清算"), reverse("staff:clearing")), Crumb(row.no)],
        "row": row,
        "other": name,
        "compared": compared,
        "differing": len(compared.found),
        "levels": [
            {"said": words.word(card_words.LEVELS, level).said, "lines": lines_, "fen": fen}
            for level, (lines_, fen) in by_level(county=row.county, claim_ids=[row.id]).items()
        ],
        "lines": list(lines.order_by("number")[:LINES]),
        "more": max(0, row.lines - LINES),
        "differences": [
            {
                "row": each,
                "code": words.word(DIFFERENCES, each.code),
                "how": HOWS.get(each.how, ""),
                "offered": offers(request, each, DIFFERENCE_VERBS, page="staff:clearing-difference", wrong=wrong),
            }
            for each in differences
        ],
        "offered": offers(request, row, CLAIM_VERBS, page="staff:clearing-claim-act", wrong=wrong),
    }
    return render(request, "staff/clearing_claim.html", said, status=status)


@require_safe
@require("clearing.read")
def received(request: DoorRequest, received_id: UUID) -> HttpResponse:
    """A claim of another county as it stands in our books, with every correction."""
    row: Received = find(request, Received.objects, "clearing.read", "received", received_id)
    lines = ReceivedLine.objects.filter(county=row.county, received=row).select_related("provider", "statement")
    said = {
        "crumbs": [Crumb(_("异地清算"), reverse("staff:clearing")), Crumb(row.no)],
        "row": row,
        "other": naming.places([row.home], request.on)[row.home],
        "booked_fen": lines.aggregate(fen=Sum("amount_fen", default=0))["fen"],
        "lines": list(lines.order_by("number", "place")[:LINES]),
        "more": max(0, lines.count() - LINES),
    }
    return render(request, "staff/clearing_received.html", said)


@require_POST
@require("clearing.read")
def new(request: DoorRequest, key: str, verb: str) -> HttpResponse:
    return perform(
        request,
        neighbours(request, key),
        NEW,
        verb,
        shown=lambda wrong, status: page(request, key, wrong, status),
        after=reverse("staff:clearing") + f"?county={key}",
    )


@require_POST
@require("clearing.read")
def net(request: DoorRequest, key: UUID, verb: str) -> HttpResponse:
    row: Net = find(request, Net.objects, "clearing.read", "net", key)
    return _act(request, row, NET_VERBS, verb)


@require_POST
@require("clearing.read")
def agreement(request: DoorRequest, key: int, verb: str) -> HttpResponse:
    row: Agreement = find(request, Agreement.objects, "clearing.read", "agreement", key)
    return _act(request, row, AGREEMENT_VERBS, verb)


def _act(request: DoorRequest, row: Any, verbs: Sequence[Verb], verb: str) -> HttpResponse:
    return perform(
        request,
        row,
        verbs,
        verb,
        shown=lambda wrong, status: page(request, row.county, wrong, status),
        after=reverse("staff:clearing") + f"?county={row.county}",
    )


@require_POST
@require("clearing.read")
def claim_act(request: DoorRequest, key: UUID, verb: str) -> HttpResponse:
    row = find_claim(request, key)
    return _claim_act(request, row, row, CLAIM_VERBS, verb)


@require_POST
@require("clearing.read")
def difference(request: DoorRequest, key: UUID, verb: str) -> HttpResponse:
    row: Difference = find(request, Difference.objects, "clearing.read", "difference", key)
    return _claim_act(request, row, find_claim(request, row.claim_id), DIFFERENCE_VERBS, verb)


def _claim_act(request: DoorRequest, thing: Any, row: Claim, verbs: Sequence[Verb], verb: str) -> HttpResponse:
    return perform(
        request,
        thing,
        verbs,
        verb,
        shown=lambda wrong, status: claim_page(request, row, wrong, status),
        after=reverse("staff:clearing-claim", args=[row.id]),
    )
