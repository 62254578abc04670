"""The accounts of a programme's fund, and the budget that a county may issue in a month."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction

from songhe.grant.models import Budget
from songhe.kernel.month import Month
from songhe.kernel.refusal import reason, whole
from songhe.ledger.fund import UNKNOWN_FUND, find_fund, open_account, open_fund
from songhe.ledger.models import Account, Fund
from songhe.ledger.post import Move, post
from songhe.policy.resolve import library
from songhe.trail.note import note

SAME_PERSON = reason(
    "grant.same_person",
    zh="经办人不能审批自己提出的预算。",
    en="A budget is approved by another person than its proposer.",
)
NO_BUDGET = reason(
    "grant.budget_not_set",
    zh="{county} {month} 的预算还没有下达，不能发券。",
    en="No budget is set for {county} in {month}; nothing can be issued.",
    status=409,
)
BUDGET_ZERO = reason("grant.budget_zero", zh="预算金额不能为零。", en="A budget cannot be zero.")


@dataclass(frozen=True)
class ProgrammeAccounts:
    """Where the money of a programme stands in one county and year.

    ``source`` is what was appropriated, ``budget`` what may still be issued this month, ``lapsed`` what came back.
    """

    fund: Fund
    source: Account
    budget: Account
    lapsed: Account


def fund_of(*, county: str, programme: str, year: int) -> Fund:
    return open_fund(county=county, code=f"{programme}-{year}", name=f"{programme} {year}")


def known_fund(*, county: str, programme: str, year: int, field: str) -> Fund:
    """The fund of a programme's year, which must be there already. Refuses with ``ledger.unknown_fund``."""
    return find_fund(county=county, code=f"{programme}-{year}", field=field)


def accounts(*, county: str, programme: str, month: Month) -> ProgrammeAccounts:
    """The accounts for a month, opened if they were not yet; a fund belongs to one year."""
    fund = fund_of(county=county, programme=programme, year=month.year)
    return ProgrammeAccounts(
        fund=fund,
        source=open_account(fund=fund, code="source", kind="source"),
        budget=open_account(fund=fund, code=f"budget:{month}", kind="budget", floor=0),
        lapsed=open_account(fund=fund, code="lapsed", kind="lapsed"),
    )


def payable(*, county: str, programme: str, year: int, provider_id: int) -> Account:
    """What the county owes a provider out of the year's fund: an open account, so that no redemption waits for it."""
    code = f"payable:{provider_id}"
    opened = Account.objects.select_related("fund").filter(
        county=county, fund__county=county, fund__code=f"{programme}-{year}", code=code
    )
    return opened.first() or open_account(
        fund=fund_of(county=county, programme=programme, year=year), code=code, kind="payable"
    )


def set_budget(
    *,
    county: str,
    programme: str,
    month: Month,
    amount_fen: int,
    by: str,
    approved_by: str,
    at: datetime,
    on: date,
    document_no: str = "",
) -> Budget:
    """Add to (or, below zero, take from) what may be issued in a month; approved by another person.

    Refuses with ``input.not_an_integer``, ``grant.same_person``, ``grant.budget_zero``, ``ledger.unknown_fund`` for a
    programme that no pack knows, or ``ledger.insufficient`` when more would be taken back than is still unissued.
    """
    whole(amount_fen, "amount_fen")
    if by == approved_by:
        raise SAME_PERSON("approved_by")
    if amount_fen == 0:
        raise BUDGET_ZERO("amount_fen")
    if programme not in {pack.programme for pack in library().packs.values()}:
        raise UNKNOWN_FUND("programme", fund=programme)
    with transaction.atomic():
        stands = accounts(county=county, programme=programme, month=month)
        row = Budget.objects.create(
            county=county,
            programme=programme,
            month=str(month),
            amount_fen=amount_fen,
            account=stands.budget,
            set_by=by,
            approved_by=approved_by,
            document_no=document_no,
            at=at,
        )
        debit, credit = (stands.source, stands.budget) if amount_fen > 0 else (stands.budget, stands.source)
        post(
            county=county,
            moves=[Move(debit, credit, abs(amount_fen), "budget", about=row.id)],
            at=at,
            on=on,
        )
        note(
            county=county,
            at=at,
            actor=by,
            act="grant.set_budget",
            subject="budget",
            subject_id=row.id,
            month=str(month),
            amount_fen=amount_fen,
            approved_by=approved_by,
        )
    return row
