"""One person proposes a month's budget, another decides; and how far the budgets of a year have gone. 预算"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import date, datetime
from uuid import UUID

from django.db import transaction
from django.db.models import Count

from songhe.county.key import new_id
from songhe.grant.fund import BUDGET_ZERO, SAME_PERSON, set_budget
from songhe.grant.issue import WAITS_FOR_BUDGET
from songhe.grant.models import Budget, Proposal, Waiting
from songhe.grant.states import PROPOSAL
from songhe.kernel.month import Month
from songhe.kernel.refusal import reason, whole
from songhe.ledger.fund import UNKNOWN_FUND
from songhe.policy.resolve import library
from songhe.trail.note import note

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
    with transaction.atomic():
        row = Proposal.objects.create(
            county=county,
            id=new_id(),
            programme=programme,
            month=str(month),
            amount_fen=amount_fen,
            document_no=document_no.strip()[:80],
            proposed_by=by,
            proposed_at=at,
        )
        _note("grant.propose_budget", row, at=at, by=by)
    return row


def approve_budget(*, county: str, proposal_id: UUID, at: datetime, on: date, by: str) -> Proposal:
    """Set the budget that somebody else proposed.

    Refuses with ``grant.unknown_proposal``, ``grant.wrong_state``, ``grant.same_person``, ``grant.month_past`` or as
    ``set_budget`` does.
    """
    with transaction.atomic():
        row = _lock(county, proposal_id)
        PROPOSAL.move(row, "approve")
        if by == row.proposed_by:
            raise SAME_PERSON("approved_by")
        month = Month.parse(row.month)
        if on > month.last:
            raise MONTH_PAST("month", month=month)
        row.budget = set_budget(
            county=county,
            programme=row.programme,
            month=month,
            amount_fen=row.amount_fen,
            by=row.proposed_by,
            approved_by=by,
            at=at,
            on=on,
            document_no=row.document_no,
        )
        _decided(row, at=at, by=by)
        _note("grant.approve_budget", row, at=at, by=by)
    return row


def decline_budget(*, county: str, proposal_id: UUID, because: str, at: datetime, by: str) -> Proposal:
    """Say no to somebody else's proposal, and why.

    Refuses with ``grant.unknown_proposal``, ``grant.needs_reason``, ``grant.same_person`` or ``grant.wrong_state``.
    """
    if not because.strip():
        raise NEEDS_REASON("because")
    with transaction.atomic():
        row = _lock(county, proposal_id)
        PROPOSAL.move(row, "decline")
        if by == row.proposed_by:
            raise SAME_PERSON("by")
        row.because = because.strip()[:300]
        _decided(row, at=at, by=by)
        _note("grant.decline_budget", row, at=at, by=by, reason=row.because)
    return row


def _lock(county: str, proposal_id: UUID) -> Proposal:
    row = Proposal.objects.select_for_update().filter(county=county, id=proposal_id).first()
    if row is None:
        raise UNKNOWN_PROPOSAL("proposal")
    return row


def _decided(row: Proposal, *, at: datetime, by: str) -> None:
    row.decided_by, row.decided_at = by, at
    row.save(update_fields=["state", "decided_by", "decided_at", "because", "budget"])


def _note(act: str, row: Proposal, *, at: datetime, by: str, reason: str = "") -> None:
    note(
        county=row.county,
        at=at,
        actor=by,
        act=act,
        subject="budget_proposal",
        subject_id=row.id,
        reason=reason,
        month=row.month,
        programme=row.programme,
        amount_fen=row.amount_fen,
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
