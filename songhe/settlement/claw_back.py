"""What providers owe: lines settled and reversed later, more than they have earned since. 追回

A settled line is never unsettled. Its reversal is a negative line in the next statement; a negative statement is
carried into the one after; and what nothing takes up is a debt, until the provider pays it back.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db import transaction

from songhe.kernel.month import Month
from songhe.kernel.refusal import MISSING, reason
from songhe.provider.admit import is_listed
from songhe.provider.models import Provider
from songhe.settlement.models import Statement
from songhe.settlement.share import Due, parts_of, pay
from songhe.settlement.statement import SAME_PERSON, lock, move

TAKEN_UP = reason(
    "settlement.debt_taken_up",
    zh="结算单{no}的差额已结转到后一期，不能再单独收回。",
    en="What statement {no} is short of was carried into a later one.",
    status=409,
)
NO_DEBT = reason("settlement.no_debt", zh="结算单{no}没有欠款。", en="Nothing is owed on statement {no}.", status=409)
OTHER_AMOUNT = reason(
    "settlement.debt_other_amount",
    zh="应收回{owed_fen:yuan}，收到{amount_fen:yuan}；请按整笔收回。",
    en="{owed_fen:yuan} are owed and {amount_fen:yuan} came in; a debt is repaid whole.",
)


@dataclass(frozen=True)
class Debt:
    """A negative statement that nothing has taken up. ``listed``: whether the provider may still earn it back."""

    statement: Statement
    provider: Provider
    owed_fen: int
    months: int
    listed: bool


def debts(*, county: str, programme: str, on: date) -> list[Debt]:
    """What providers owe on a day, the oldest first. One that is no longer on the county's list has to pay back."""
    rows = (
        Statement.objects.filter(
            county=county, programme=programme, state=Statement.State.CARRIED, carried_into=None, net_fen__lt=0
        )
        .select_related("provider")
        .order_by("month", "no")
    )
    return [
        Debt(
            statement=row,
            provider=row.provider,
            owed_fen=-row.net_fen,
            months=Month.of(on).ordinal - Month.parse(row.month).ordinal,
            listed=is_listed(row.provider, county, None, on),
        )
        for row in rows
    ]


def recover(
    *,
    county: str,
    statement_id: UUID,
    amount_fen: int,
    reference: str,
    received_on: date,
    at: datetime,
    on: date,
    by: str,
) -> Statement:
    """The provider paid a debt back: the money returns to the fund and part that had paid it.

    Booked by another person than the one who approved the statement, with the bank's reference. Refuses with
    ``settlement.same_person``, ``settlement.debt_taken_up``, ``settlement.no_debt``,
    ``settlement.debt_other_amount``, ``input.missing`` or ``settlement.wrong_state``.
    """
    if not reference.strip():
        raise MISSING("reference", field_name="reference")
    with transaction.atomic():
        statement = lock(county=county, statement_id=statement_id)
        if by == statement.approved_by:
            raise SAME_PERSON("by")
        if statement.carried_into_id is not None:
            raise TAKEN_UP("statement", no=statement.no)
        if statement.net_fen >= 0:
            raise NO_DEBT("statement", no=statement.no)
        if amount_fen != -statement.net_fen:
            raise OTHER_AMOUNT("amount_fen", owed_fen=-statement.net_fen, amount_fen=amount_fen)
        parts = parts_of(county=county, statement_ids=[statement.id])
        move(
            statement,
            "recover",
            fields=[],
            at=at,
            by=by,
            amount_fen=amount_fen,
            reference=reference.strip(),
            received_on=str(received_on),
        )
        pay(
            county=county,
            programme=statement.programme,
            dues=[Due(statement.provider_id, statement.id, parts[statement.id])],
            at=at,
            on=on,
        )
    return statement
