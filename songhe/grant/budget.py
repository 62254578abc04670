"""One person proposes a month's budget, another decides; and how far the budgets of a year have gone. 预算"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import date, datetime

from django.db.models import Count

from songhe.grant.fund import BUDGET_ZERO, SAME_PERSON, set_budget
from songhe.grant.issue import WAITS_FOR_BUDGET
from songhe.grant.models import Budget, Waiting
from songhe.grant.states import WRONG_STATE
from songhe.kernel.month import Month
from songhe.kernel.refusal import reason, whole
from songhe.ledger.fund import UNKNOWN_FUND
from songhe.policy.resolve import library
from songhe.proposal.matter import Acts, Decider, Matter
from songhe.proposal.models import Proposal

BUDGET = "grant.budget"

UNKNOWN_PROPOSAL = reason(
    "grant.unknown_proposal", zh="没有这份预算申请。", en="There is no such budget proposal.", status=404
)
NEEDS_DOCUMENT = reason("grant.needs_document", zh="请填写文号。", en="Give the number of the document.")
NEEDS_REASON = reason("grant.needs_reason", zh="请写明理由。", en="Give the reason.")
MONTH_PAST = reason(
    "grant.month_past",
    zh="{month}已经过去，不能再定预算。",
    en="{month} is over; no budget can be set for it.",
    status=409,
)


def propose_budget(
    *,
    county: str,
    programme: str,
    month: Month,
    amount_fen: int,
    document_no: str,
    at: datetime,
    on: date,
    by: str,
) -> Proposal:
    """Put an amount before somebody else: fen to add to a month's budget or, below zero, to take from it.

    Refuses with ``input.not_an_integer``, ``grant.budget_zero``, ``grant.needs_document``, ``grant.month_past`` or
    ``ledger.unknown_fund`` for a programme that no pack knows.
    """
    whole(amount_fen, "amount_fen")
    if amount_fen == 0:
        raise BUDGET_ZERO("amount_fen")
    if not document_no.strip():
        raise NEEDS_DOCUMENT("document_no")
    if on > month.last:
        raise MONTH_PAST("month", month=month)
    if programme not in {pack.programme for pack in library().packs.values()}:
        raise UNKNOWN_FUND("programme", fund=programme)
    told = {
        "programme": programme,
        "month": str(month),
        "amount_fen": amount_fen,
        "document_no": document_no.strip()[:80],
    }
    return BUDGETS.propose(county=county, kind=BUDGET, told=told, at=at, by=by)


def _set(row: Proposal, decider: Decider) -> Budget:
    """Refuses with ``grant.month_past`` or as ``set_budget`` does."""
    month = Month.parse(row.told["month"])
    if decider.on > month.last:
        raise MONTH_PAST("month", month=month)
    return set_budget(
        county=row.county,
        programme=row.told["programme"],
        month=month,
        amount_fen=row.told["amount_fen"],
        by=row.proposed_by,
        approved_by=decider.by,
        at=decider.at,
        on=decider.on,
        document_no=row.told["document_no"],
    )


#: Budgets that wait for somebody else.
BUDGETS = Matter(
    subject="budget_proposal",
    acts=Acts("grant.propose_budget", "grant.approve_budget", "grant.decline_budget"),
    kinds={BUDGET: _set},
    unknown=UNKNOWN_PROPOSAL,
    decided=WRONG_STATE,
    own=SAME_PERSON,
    why=NEEDS_REASON,
    noted=("month", "programme", "amount_fen"),
)


# --- how far it has gone ---------------------------------------------------------------------------------------------


@dataclass
class Stand:
    """A month of a programme: what was set, what is left to issue, and how many wait for more."""

    month: Month
    programme: str
    set_fen: int = 0
    left_fen: int = 0
    parts: list[Budget] = field(default_factory=list)
    waiting: int = 0

    @property
    def issued_fen(self) -> int:
        return self.set_fen - self.left_fen


def year_of_budgets(*, county: str, year: int, programmes: Collection[str]) -> list[Stand]:
    """Every month of the year with a budget or with people who wait for one, in order; two queries.

    What is left stands in the month's account; what was issued is the rest, so that no voucher is counted.
    """
    months = [str(Month(year, number)) for number in range(1, 13)]
    found: dict[tuple[str, str], Stand] = {}

    def stand(month: str, programme: str) -> Stand:
        return found.setdefault((month, programme), Stand(Month.parse(month), programme))

    rows = Budget.objects.filter(county=county, month__in=months, programme__in=programmes)
    for row in rows.select_related("account").order_by("at", "id"):
        one = stand(row.month, row.programme)
        one.set_fen += row.amount_fen
        one.left_fen = row.account.balance or 0
        one.parts.append(row)
    waits = Waiting.objects.filter(county=county, month__in=months, because=WAITS_FOR_BUDGET)
    counted = waits.order_by("month").values_list("month", "entitlement__policy").annotate(Count("id"))
    for month, programme, people in counted:
        if programme in programmes:
            stand(month, programme).waiting = people
    return [found[key] for key in sorted(found)]
