"""The funds of the card 资金池: what came in, stands in purses, was paid and is still there; and new funds."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any
from uuid import UUID

from django.db.models import Q, Sum
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from songhe.card import change, queries
from songhe.card.fund import account_of
from songhe.card.models import Allotment, Allowed, Charge, Decision, Donation, Fund
from songhe.card.standard import rules_at
from songhe.doors.may import require
from songhe.doors.shell.amount import figures
from songhe.doors.shell.pieces import Crumb, Fact
from songhe.doors.shell.request import DoorRequest
from songhe.doors.staff import card_words, naming, proposals, words
from songhe.doors.staff.card_fund_acts import FUNDS, MONEY, NEW
from songhe.doors.staff.card_tabs import tabs
from songhe.doors.staff.reach import account_of as signed_in
from songhe.doors.staff.reach import county_of
from songhe.doors.staff.verbs import NOTHING_WRONG, Here, Wrong, find, offers, perform
from songhe.kernel.month import Month
from songhe.kernel.refusal import Refusal
from songhe.ledger.models import Account, Transfer
from songhe.policy.monthly import lines_of
from songhe.proposal.models import Proposal

#: Rows of each list of a fund's page, the newest.
SHOWN = 30


@dataclass(frozen=True)
class FundRow:
    stand: queries.FundStand
    source: Any
    level: Any
    place: str
    ceiling_fen: int | None
    low: bool


@require_safe
@require("fund.read")
def funds(request: DoorRequest) -> HttpResponse:
    """Every fund of the county but the families', with what is low and what waits."""
    return funds_shown(request, county_of(request, "fund.read"))


def funds_shown(request: DoorRequest, county: str, wrong: Wrong | None = None, status: int = 200) -> HttpResponse:
    stands = queries.stands(county)
    spent = last_month(county, request)
    floors = dict(
        Account.objects.filter(county=county, id__in=[each.fund.inflow_id for each in stands]).values_list(
            "id", "floor"
        )
    )
    places = naming.places((each.fund.place for each in stands), request.on)
    rows = [
        FundRow(
            each,
            words.word(card_words.SOURCES, each.fund.source).said,
            words.word(card_words.LEVELS, each.fund.level).said,
            places[each.fund.place],
            -floor if (floor := floors[each.fund.inflow_id]) is not None else None,
            each.fund.closed_on is None and each.there_fen < spent.get(each.fund.id, 0),
        )
        for each in stands
    ]
    total = {
        name: sum(getattr(each, name) for each in stands)
        for name in ("put_in_fen", "in_purses_fen", "paid_fen", "there_fen")
    }
    said = {
        **tabs(request, county, "staff:card-funds"),
        **(wrong.said() if wrong else NOTHING_WRONG),
        "rows": rows,
        "total": total,
        "low": [row for row in rows if row.low],
        "proposals": waiting_changes(request, county, None, wrong),
        "new": offers(request, Here(county), [NEW], page="staff:card-new-act", wrong=wrong),
    }
    return render(request, "staff/card_funds.html", said, status=status)


def last_month(county: str, request: DoorRequest) -> dict[UUID, int]:
    """What each fund gave in the newest month in which it gave: less than that is low."""
    months = [str(Month.of(request.on)), str(Month.of(request.on).previous)]
    found: dict[UUID, int] = {}
    rows = Charge.objects.filter(county=county, month__in=months).values_list("fund_id", "month")
    for fund_id, _month, fen in rows.annotate(fen=Sum("amount_fen")).order_by("month"):
        found[fund_id] = fen
    return found


@require_POST
@require("fund.propose")
def new(request: DoorRequest, key: str, verb: str) -> HttpResponse:
    """Put a new fund before somebody else."""
    return perform(
        request,
        Here(key),
        [NEW],
        verb,
        shown=lambda wrong, status: funds_shown(request, key, wrong, status),
        after=reverse("staff:card-funds"),
    )


def waiting_changes(request: DoorRequest, county: str, of: Fund | None, wrong: Wrong | None) -> list[proposals.Shown]:
    """What waits about one fund, or about those that are still to be opened."""
    about = str(of.id) if of else None
    rows = [row for row in change.CHANGES.waiting(county) if row.told.get("fund") == about]
    return proposals.shown(request, CHANGES, county, rows, wrong)


def said(rows: Sequence[Proposal], request: DoorRequest) -> dict[UUID, proposals.Said]:
    return {row.id: proposals.Said(str(card_words.CHANGES[row.kind]), facts_of(row.told)) for row in rows}


def facts_of(told: Mapping[str, Any]) -> list[Fact]:
    facts = [Fact(_("文号"), told["document_no"])]
    if "terms" in told:
        terms = told["terms"]
        facts = [
            Fact(_("名称"), told["name"], note=told["code"]),
            Fact(_("资金来源"), words.word(card_words.SOURCES, terms["source"]).said),
            Fact(_("层级"), words.word(card_words.LEVELS, terms["level"]).said, note=terms["place"]),
            Fact(_("有效期"), words.word(card_words.EXPIRY, terms["expiry"]).said),
            Fact(_("可用于"), card_words.helps(terms["allowed"])),
            Fact(_("每月标准"), words.listed(f"{name} {rate}" for name, rate in terms["rates"].items()) or "—"),
            *facts,
        ]
    if "category" in told:
        facts.append(Fact(_("服务项目"), card_words.help_name(told["category"]), note=told.get("until", "")))
    if "ceiling_fen" in told:
        fen = told["ceiling_fen"]
        facts.append(Fact(_("上限"), _("不设上限") if fen is None else figures(fen)))
    return facts


@require_safe
@require("fund.read")
def fund(request: DoorRequest, fund_id: UUID) -> HttpResponse:
    """One fund: its terms, what it may buy, what waits, its gifts and votes, its movements."""
    return fund_shown(request, find_fund(request, fund_id))


def find_fund(request: DoorRequest, fund_id: UUID) -> Fund:
    found: Fund = find(request, Fund.objects, "fund.read", "card_fund", fund_id)
    return found


def fund_shown(request: DoorRequest, row: Fund, wrong: Wrong | None = None, status: int = 200) -> HttpResponse:
    county = row.county
    stand = next((each for each in queries.stands(county) if each.fund.id == row.id), None)
    money = list(Allotment.objects.filter(county=county, fund_id=row.id).order_by("-proposed_at", "-id")[:SHOWN])
    decisions = list(Decision.objects.filter(county=county, fund=row).order_by("-held_on", "-id")[:SHOWN])
    gifts = list(Donation.objects.filter(county=county, fund=row).order_by("-given_on", "-id")[:SHOWN])
    names = naming.accounts(
        [row.opened_by, row.approved_by, *(each.proposed_by for each in money), *(each.decided_by for each in money)]
    )
    username = signed_in(request).username
    said = {
        **tabs(request, county, "staff:card-funds"),
        **(wrong.said() if wrong else NOTHING_WRONG),
        "crumbs": [Crumb(_("资金池"), reverse("staff:card-funds")), Crumb(row.name)],
        "row": row,
        "stand": stand,
        "there_fen": account_of(row).balance,
        "facts": terms_of(request, row, names),
        "allowed": [
            {"name": card_words.help_name(each.category), "until": each.until}
            for each in Allowed.objects.filter(county=county, fund=row).order_by("category")
        ],
        "rates": rates_of(row, request),
        "proposals": waiting_changes(request, county, row, wrong),
        "money": [
            {
                "row": each,
                "state": words.word(card_words.DECIDED, each.state),
                "proposed_by": names.get(each.proposed_by, ""),
                "decided_by": names.get(each.decided_by, ""),
                "own": each.state == "open" and each.proposed_by == username,
                "offered": offers(request, each, MONEY, page="staff:card-money", wrong=wrong),
            }
            for each in money
        ],
        "decisions": decisions,
        "gifts": [
            {"row": each, "giver": words.word(card_words.GIVERS, each.giver).said, "name": giver_name(each)}
            for each in gifts
        ],
        "movements": movements(row),
        "offered": offers(request, row, FUNDS, page="staff:card-fund-act", wrong=wrong),
    }
    return render(request, "staff/card_fund.html", said, status=status)


def giver_name(gift: Donation) -> str:
    """Who wants to stay unnamed stays so on pages; the receipt says who it was."""
    return gift.name if gift.named and gift.name else str(_("不愿署名"))


def terms_of(request: DoorRequest, row: Fund, names: dict[str, str]) -> list[Fact]:
    floor = Account.objects.values_list("floor", flat=True).get(county=row.county, id=row.inflow_id)
    expiry = words.word(card_words.EXPIRY, row.expiry).said
    period = _("%(count)s 个月一期") % {"count": row.period_months} if row.period_months else ""
    return [
        Fact(_("代码"), row.code),
        Fact(_("资金来源"), words.word(card_words.SOURCES, row.source).said),
        Fact(
            _("层级"),
            words.word(card_words.LEVELS, row.level).said,
            note=naming.places([row.place], request.on)[row.place],
        ),
        Fact(_("发给哪几类"), words.listed(card_words.class_said(each) for each in row.classes) or _("所有持卡人")),
        Fact(_("有效期"), expiry, note=period),
        Fact(_("到期后可补记天数"), row.late_days),
        Fact(_("支付次序"), row.rank),
        Fact(_("没用完的钱"), words.word(card_words.REFUNDS, row.refund).said),
        Fact(_("入池上限"), _("不设上限") if floor is None else f"¥{-floor / 100:,.2f}"),
        Fact(_("配捐"), _("用于给家庭充值配捐") if row.matches else _("不配捐")),
        Fact(_("经办和批准"), f"{names.get(row.opened_by, '')} · {names.get(row.approved_by, '')}"),
    ]


def rates_of(row: Fund, request: DoorRequest) -> list[dict[str, Any]]:
    """What it gives a month, each standard in the words of the pack."""
    try:
        titles = {line.id: line.title for line in lines_of(rules_at(row.county, request.on))}
    except Refusal:
        titles = {}
    return [
        {
            "name": words.titled(**asdict(titles[standard])) if standard in titles else standard,
            "share": rate if isinstance(rate, str) else "",
            "fen": rate if isinstance(rate, int) else None,
        }
        for standard, rate in sorted(row.rates.items())
    ]


def movements(row: Fund) -> list[dict[str, Any]]:
    """The newest transfers into and out of what the fund may still give."""
    here = Q(debit_id=row.account_id) | Q(credit_id=row.account_id)
    rows = Transfer.objects.filter(here, county=row.county).order_by("-at", "-id")[:SHOWN]
    return [
        {
            "at": each.at,
            "what": card_words.MOVEMENTS.get(each.kind, each.kind),
            "fen": each.amount if each.credit_id == row.account_id else -each.amount,
        }
        for each in rows
    ]


@require_POST
@require("fund.read")
def act(request: DoorRequest, key: UUID, verb: str) -> HttpResponse:
    """Propose something about a fund, or record a vote."""
    row = find_fund(request, key)
    return perform(
        request,
        row,
        FUNDS,
        verb,
        shown=lambda wrong, status: fund_shown(request, row, wrong, status),
        after=reverse("staff:card-fund", args=[row.id]),
    )


@require_POST
@require("fund.decide")
def money(request: DoorRequest, key: UUID, verb: str) -> HttpResponse:
    """Say yes or no to money that somebody wants to put in or take out."""
    row: Allotment = find(request, Allotment.objects, "fund.decide", "card_allotment", key)
    of = Fund.objects.get(county=row.county, id=row.fund_id)
    return perform(
        request,
        row,
        MONEY,
        verb,
        shown=lambda wrong, status: fund_shown(request, of, wrong, status),
        after=reverse("staff:card-fund", args=[of.id]),
    )


CHANGES = proposals.Desk(
    matter=change.CHANGES,
    act="fund.decide",
    address="staff:card-change",
    hint=gettext_lazy("批准后马上生效。"),
    done=gettext_lazy("已批准，已经生效。"),
    say=said,
)


@require_POST
@require("fund.decide")
def decide(request: DoorRequest, proposal_id: UUID, answer: str) -> HttpResponse:
    """Say yes or no to a new fund or to other terms."""

    def page(row: Proposal, wrong: Wrong, status: int) -> HttpResponse:
        of = change.fund_of(row)
        return fund_shown(request, of, wrong, status) if of else funds_shown(request, row.county, wrong, status)

    def after(row: Proposal) -> str:
        about = row.told.get("fund")
        return reverse("staff:card-fund", args=[about]) if about else reverse("staff:card-funds")

    return proposals.answered(request, CHANGES, proposal_id, answer, page=page, after=after)
