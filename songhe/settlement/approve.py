"""Another person looks at a statement and lets it be paid."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import BigIntegerField, Case, Count, F, Q, QuerySet, Sum, When

from songhe.kernel.refusal import reason
from songhe.settlement.models import BorneLine, ReceivedLine, Statement, StatementLine
from songhe.settlement.share import GUARANTEE, is_clearing, paid_of_line
from songhe.settlement.statement import SAME_PERSON, lock, move, require_not_held

AMOUNTS_DIFFER = reason(
    "settlement.amounts_differ",
    zh="结算单{no}的“{what}”与明细不符：{written}分，明细为{found}分。",
    en="Statement {no}: {what} is {written} fen, and its lines give {found} fen.",
    status=409,
)


def approve(*, county: str, statement_id: UUID, at: datetime, by: str, version: int | None = None) -> Statement:
    """Approve a confirmed statement for payment; one with nothing to pay, or less, is carried into the next.

    Who approves neither gathered nor confirmed it. The sums are counted again from the lines, and each line against
    the line of the bill. Refuses with ``settlement.same_person``, ``settlement.held``,
    ``settlement.amounts_differ``, ``settlement.wrong_state`` or ``settlement.changed``.
    """
    with transaction.atomic():
        statement = lock(county=county, statement_id=statement_id, version=version)
        if by in {statement.gathered_by, statement.confirmed_by}:
            raise SAME_PERSON("by")
        require_not_held(statement)
        require_sums(statement)
        statement.approved_by, statement.approved_at = by, at
        return move(
            statement,
            "approve" if statement.net_fen > 0 else "carry",
            fields=["approved_by", "approved_at"],
            at=at,
            by=by,
            net_fen=statement.net_fen,
            central_fen=statement.central_fen,
            local_fen=statement.local_fen,
        )


def require_sums(statement: Statement) -> None:
    """What stands on the statement is what its lines say, to the fen. Refuses with ``settlement.amounts_differ``."""
    sums = _sums_of(statement)
    carried = Statement.objects.filter(county=statement.county, carried_into_id=statement.id).aggregate(
        net=Sum("net_fen", default=0)
    )
    is_split = sums["split"] == sums["count"]
    wanted: dict[str, tuple[int | None, int | None]] = {
        "lines": (statement.lines, sums["count"]),
        "charge_fen": (statement.charge_fen, sums["charge"]),
        "refund_fen": (statement.refund_fen, sums["refund"]),
        "carried_fen": (statement.carried_fen, carried["net"]),
        "central_fen": (statement.central_fen, sums["central"] if is_split else None),
        "local_fen": (statement.local_fen, sums["local"] if is_split else None),
        "billed_fen": (statement.charge_fen - statement.refund_fen, sums["billed"]),
    }
    for what, (written, found) in wanted.items():
        if written != found:
            raise AMOUNTS_DIFFER("statement", no=statement.no, what=what, written=written, found=found)


def _sums_of(statement: Statement) -> dict[str, int]:
    if is_clearing(statement.programme):
        lines = ReceivedLine.objects.filter(county=statement.county, statement_id=statement.id)
        return _unsplit(lines, F("amount_fen"))
    if statement.programme == GUARANTEE:
        borne = BorneLine.objects.filter(county=statement.county, statement_id=statement.id)
        back = When(kind="REFUND", then=-F("trouble__back_fen"))
        return _unsplit(borne, Case(back, default=F("trouble__borne_fen"), output_field=BigIntegerField()))
    return _sums(statement)


def _sums(statement: Statement) -> dict[str, int]:
    lines = StatementLine.objects.filter(county=statement.county, statement_id=statement.id)
    lines = lines.annotate(paid=paid_of_line(county=statement.county, programme=statement.programme))
    found: dict[str, int] = lines.aggregate(
        count=Count("id"),
        charge=Sum("amount_fen", filter=Q(amount_fen__gt=0), default=0),
        refund=-Sum("amount_fen", filter=Q(amount_fen__lt=0), default=0),
        split=Count("central_fen"),
        central=Sum("central_fen", default=0),
        local=Sum("local_fen", default=0),
        billed=Sum(
            Case(
                When(kind=StatementLine.Kind.REFUND, then=-F("paid")),
                default=F("paid"),
                output_field=BigIntegerField(),
            ),
            default=0,
        ),
    )
    return found


def _unsplit(lines: QuerySet[ReceivedLine] | QuerySet[BorneLine], billed: F | Case) -> dict[str, int]:
    """The same of lines that are not split: of other counties' claims, or of what the guarantee bears."""
    found: dict[str, int] = lines.aggregate(
        count=Count("id"),
        charge=Sum("amount_fen", filter=Q(amount_fen__gt=0), default=0),
        refund=-Sum("amount_fen", filter=Q(amount_fen__lt=0), default=0),
        billed=Sum(billed, default=0),
    )
    return found | {"split": -1, "central": 0, "local": 0}
