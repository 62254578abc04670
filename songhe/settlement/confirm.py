"""The provider agrees with its statement or says what is wrong with it."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction

from songhe.grant.fund import known_fund
from songhe.kernel.refusal import MISSING, reason, whole
from songhe.settlement.models import Objection, Statement
from songhe.settlement.share import goes_on, is_card, is_credit
from songhe.settlement.statement import NEEDS_REASON, lock, move

INVOICE_USED = reason(
    "settlement.invoice_used",
    zh="发票{invoice_no}已用于结算单{no}。",
    en="Invoice {invoice_no} was used for statement {no}.",
    status=409,
)


def confirm(
    *,
    county: str,
    statement_id: UUID,
    invoice_no: str,
    budget_line: str,
    fund_year: int,
    at: datetime,
    by: str,
    version: int | None = None,
) -> Statement:
    """The provider agrees; invoice, budget line and fund year are written on the statement, and its lines are fixed.

    One invoice may stand on the statements of several funds of the card and credits of a month; else each has its own.
    Refuses with ``input.missing``, ``settlement.invoice_used``, ``ledger.unknown_fund`` (no money of that year),
    ``settlement.wrong_state`` or ``settlement.changed``.
    """
    for name, text in (("invoice_no", invoice_no), ("budget_line", budget_line)):
        if not text.strip():
            raise MISSING(name, field_name=name)
    whole(fund_year, "fund_year", least=2000)
    with transaction.atomic():
        statement = lock(county=county, statement_id=statement_id, version=version)
        if not goes_on(statement.programme):
            known_fund(county=county, programme=statement.programme, year=fund_year, field="fund_year")
        used = Statement.objects.filter(
            county=county, provider_id=statement.provider_id, invoice_no=invoice_no.strip()
        ).exclude(id=statement.id)
        for other in used.order_by("no"):
            if other.month != statement.month or not (shares_invoice(other) and shares_invoice(statement)):
                raise INVOICE_USED("invoice_no", invoice_no=invoice_no.strip(), no=other.no)
        statement.invoice_no, statement.budget_line = invoice_no.strip(), budget_line.strip()
        statement.fund_year = fund_year
        statement.confirmed_by, statement.confirmed_at, statement.dispute = by, at, ""
        return move(
            statement,
            "confirm",
            fields=["invoice_no", "budget_line", "fund_year", "confirmed_by", "confirmed_at", "dispute"],
            at=at,
            by=by,
            invoice_no=statement.invoice_no,
            net_fen=statement.net_fen,
        )


def shares_invoice(statement: Statement) -> bool:
    """Whether its invoice may be that of the month's other funds, too: what card and credits paid at one counter."""
    return is_card(statement.programme) or is_credit(statement.programme)


def dispute(
    *, county: str, statement_id: UUID, because: str, at: datetime, by: str, version: int | None = None
) -> Statement:
    """The provider does not agree, and says why. Refuses with ``settlement.needs_reason``."""
    if not because.strip():
        raise NEEDS_REASON("because")
    with transaction.atomic():
        statement = lock(county=county, statement_id=statement_id, version=version)
        statement.dispute = because.strip()[:500]
        return move(statement, "dispute", fields=["dispute"], at=at, by=by, reason=because.strip()[:300])


def resolve(
    *, county: str, statement_id: UUID, because: str, at: datetime, by: str, version: int | None = None
) -> Statement:
    """The county answers a dispute: the statement is open again for the next gathering and for the provider.

    What was wrong was put right where it is wrong, by reversing a line or deciding on its evidence; gathering again
    brings it into this statement. Every open objection gets the answer. Refuses with ``settlement.needs_reason``.
    """
    if not because.strip():
        raise NEEDS_REASON("because")
    with transaction.atomic():
        statement = lock(county=county, statement_id=statement_id, version=version)
        Objection.objects.filter(county=county, statement_id=statement.id, answered_at=None).update(
            answer=because.strip()[:300], answered_by=by, answered_at=at
        )
        return move(statement, "resolve", fields=[], at=at, by=by, reason=because.strip()[:300])


def send_back(
    *, county: str, statement_id: UUID, because: str, at: datetime, by: str, version: int | None = None
) -> Statement:
    """The approver does not approve, and sends the statement back to be gathered and confirmed again.

    Refuses with ``settlement.needs_reason``.
    """
    if not because.strip():
        raise NEEDS_REASON("because")
    with transaction.atomic():
        statement = lock(county=county, statement_id=statement_id, version=version)
        statement.confirmed_by, statement.confirmed_at = "", None
        return move(
            statement,
            "send_back",
            fields=["confirmed_by", "confirmed_at"],
            at=at,
            by=by,
            reason=because.strip()[:300],
        )
