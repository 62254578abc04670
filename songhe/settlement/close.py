"""Freeze a month: the report of what happened, over which its books are closed for good. 月结"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Count, Sum

from songhe.grant.models import Grant
from songhe.kernel.month import Month
from songhe.kernel.refusal import reason
from songhe.ledger.models import Fund, Period, Transfer
from songhe.ledger.period import close as close_books
from songhe.ledger.period import open_period
from songhe.settlement.gather import due
from songhe.settlement.models import Statement, StatementLine
from songhe.settlement.share import card_programmes, credit_programmes, guarantee_programmes
from songhe.settlement.states import WAITING
from songhe.trail.note import note

NOT_ALL_PAID = reason(
    "settlement.not_all_paid",
    zh="还有{count}张结算单没有付清，不能月结：{waiting}",
    en="{count} statements still wait, and the month cannot be closed: {waiting}",
    status=409,
)
NOT_GATHERED = reason(
    "settlement.not_gathered",
    zh="{month}还有{lines}行账单没有汇总，不能月结。",
    en="{lines} lines up to {month} are not gathered yet, and the month cannot be closed.",
    status=409,
)

#: As many waiting statements are named in a refusal.
NAMED = 10


@dataclass(frozen=True)
class Waits:
    """A statement that keeps its month open, and what it waits for."""

    no: str
    provider_id: int
    state: str
    held_because: str


def waiting(*, county: str, month: Month) -> list[Waits]:
    """The statements of a month that are not settled, in the order of their numbers."""
    rows = Statement.objects.filter(county=county, month=str(month), state__in=WAITING).order_by("no")
    return [Waits(*row) for row in rows.values_list("no", "provider_id", "state", "held_because")]


def close(*, county: str, month: Month, at: datetime, by: str) -> Period:
    """Close the month's books over its report. What becomes known later is booked in the open month.

    Nothing may wait: no line that is due is left ungathered for a provider without a statement, and every statement
    is paid or carried. Closing again finds the same report to the byte and answers with the closed period. Refuses
    with ``settlement.not_all_paid``, ``settlement.not_gathered``, ``ledger.earlier_period_open`` or
    ``ledger.period_closed``.
    """
    open_period(county=county, month=month)
    with transaction.atomic():
        # Bookings of the month hold its row in share: after this line there is none under way.
        period = Period.objects.select_for_update().get(county=county, month=str(month))
        was_open = period.closed_at is None
        if was_open:
            _require_settled(county, month)
        closed = close_books(county=county, month=month, report=report(county=county, month=month), by=by, at=at)
        if was_open:
            note(
                county=county,
                at=at,
                actor=by,
                act="settlement.close",
                subject="month",
                subject_id=str(month),
                digest=closed.digest,
            )
    return closed


def report(*, county: str, month: Month) -> dict[str, Any]:
    """The figures of a month in a fixed order, without times: the same whenever they are asked for once it is closed,
    and on either database."""
    statements = Statement.objects.filter(county=county, month=str(month))
    lines = StatementLine.objects.filter(county=county, statement__month=str(month))
    kinds = {
        (row["statement__programme"], row["kind"]): {"lines": row["count"], "fen": row["fen"]}
        for row in lines.values("statement__programme", "kind")
        .annotate(count=Count("id"), fen=Sum("amount_fen"))
        .order_by("statement__programme", "kind")
    }
    funds = dict(Fund.objects.filter(county=county).order_by("code").values_list("id", "code"))
    moved: dict[str, dict[str, dict[str, int]]] = defaultdict(dict)
    transfers = Transfer.objects.filter(county=county, month=str(month)).values_list("fund_id", "kind")
    for fund_id, kind, count, units in transfers.annotate(count=Count("id"), units=Sum("amount")).order_by(
        "fund_id", "kind"
    ):
        moved[funds[fund_id]][kind] = {"transfers": count, "units": units}
    shares = (
        statements.values("programme")
        .annotate(
            statements=Count("id"),
            charge=Sum("charge_fen"),
            refund=Sum("refund_fen"),
            central=Sum("central_fen"),
            local=Sum("local_fen"),
            split=Count("central_fen"),
        )
        .order_by("programme")
    )
    return {
        "county": county,
        "month": str(month),
        "programmes": [
            {
                "programme": row["programme"],
                "statements": row["statements"],
                "charge_fen": row["charge"],
                "refund_fen": row["refund"],
                "central_fen": row["central"],
                "local_fen": row["local"],
                "unsplit_statements": row["statements"] - row["split"],
                "lines": {kind: figures for (of, kind), figures in kinds.items() if of == row["programme"]},
            }
            for row in shares
        ],
        "providers": [
            {
                "no": row.no,
                "provider": row.provider.credit_code,
                "programme": row.programme,
                "lines": row.lines,
                "charge_fen": row.charge_fen,
                "refund_fen": row.refund_fen,
                "carried_fen": row.carried_fen,
                "net_fen": row.net_fen,
                "central_fen": row.central_fen,
                "local_fen": row.local_fen,
                "invoice_no": row.invoice_no,
                "budget_line": row.budget_line,
                "fund_year": row.fund_year,
            }
            for row in statements.select_related("provider").order_by("programme", "provider__credit_code", "no")
        ],
        "funds": [{"fund": fund, "moved": dict(sorted(moved[fund].items()))} for fund in sorted(moved)],
    }


def _require_settled(county: str, month: Month) -> None:
    programmes = (
        set(card_programmes(county))
        | set(credit_programmes(county))
        | set(guarantee_programmes(county))
        | set(
            Grant.objects.filter(county=county, month=str(month))
            .order_by("programme")
            .values_list("programme", flat=True)
            .distinct()
        )
        | set(
            Statement.objects.filter(county=county, month=str(month))
            .order_by("programme")
            .values_list("programme", flat=True)
        )
    )
    for programme in sorted(programmes):
        have = set(
            Statement.objects.filter(county=county, programme=programme, month=str(month)).values_list(
                "provider_id", flat=True
            )
        )
        lines = sum(
            count
            for provider, _, count, _ in due(county=county, programme=programme, month=month)
            if provider not in have
        )
        if lines:
            raise NOT_GATHERED("month", month=month, lines=lines)
    waits = waiting(county=county, month=month)
    if waits:
        named = "、".join(f"{row.no}({Statement.State(row.state).label})" for row in waits[:NAMED])
        raise NOT_ALL_PAID("month", count=len(waits), waiting=named + ("……" if len(waits) > NAMED else ""))
