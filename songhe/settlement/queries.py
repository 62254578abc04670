"""Reads for the provider's statement page and for the county's list; a fixed number of queries each."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from django.db.models import Count, Sum

from songhe.kernel.month import Month
from songhe.redemption.models import Bill, Reversal, Verdict
from songhe.settlement.borne import lines_on
from songhe.settlement.models import BorneLine, Payment, Statement, StatementLine
from songhe.settlement.share import GUARANTEE, drawn_on, is_card, is_credit, paid_of_line, spent_on


@dataclass(frozen=True)
class StatementPage:
    """A statement with a part of its lines, what was carried into it, and its payments, the newest first."""

    statement: Statement
    lines: list[StatementLine] | list[BorneLine]
    more: bool
    carried: list[Statement]
    payments: list[Payment]


def statement_page(
    *, county: str, no: str, after: int = 0, most: int = 100, provider_id: int | None = None
) -> StatementPage | None:
    """The statement of that number, with up to ``most`` lines after the line number ``after``; five queries.

    ``provider_id`` limits it to that provider's own; ``None`` when there is none.
    """
    found = Statement.objects.filter(county=county, no=no).select_related("provider")
    if provider_id is not None:
        found = found.filter(provider_id=provider_id)
    statement = found.first()
    if statement is None:
        return None
    lines: list[StatementLine] | list[BorneLine]
    if statement.programme == GUARANTEE:
        lines = list(lines_on(statement).filter(number__gt=after)[: most + 1])
    else:
        lines = list(
            StatementLine.objects.filter(county=county, statement_id=statement.id, number__gt=after)
            .select_related("line", "line__item", "line__bill", "line__bill__person", "reversal")
            .order_by("number")[: most + 1]
        )
    carried = Statement.objects.filter(county=county, carried_into_id=statement.id).order_by("month")
    payments = (
        Payment.objects.filter(county=county, statement_id=statement.id)
        .select_related("batch", "account")
        .order_by("-batch__made_at", "-id")
    )
    return StatementPage(statement, lines[:most], len(lines) > most, list(carried), list(payments))


def line_numbers(statement: Statement) -> set[int]:
    """The numbers of a statement's lines."""
    found: set[int] = set()
    for model in (StatementLine, BorneLine):
        rows = model.objects.filter(county=statement.county, statement_id=statement.id)
        found |= set(rows.values_list("number", flat=True))
    return found


def statements_of(*, county: str, provider_id: int, most: int = 24) -> list[Statement]:
    """A provider's statements in a county, the newest first."""
    rows = Statement.objects.filter(county=county, provider_id=provider_id).order_by("-month", "programme")
    return list(rows[:most])


def county_list(
    *, county: str, month: Month, programme: str | None = None, state: str | None = None
) -> list[Statement]:
    """The statements of a month, in the order of their numbers; one query."""
    rows = Statement.objects.filter(county=county, month=str(month)).select_related("provider").order_by("no")
    if programme is not None:
        rows = rows.filter(programme=programme)
    if state is not None:
        rows = rows.filter(state=state)
    return list(rows)


def county_totals(*, county: str, month: Month) -> dict[str, dict[str, int]]:
    """How many statements and how much money stand in each state of a month; one query."""
    rows = Statement.objects.filter(county=county, month=str(month)).values("state").order_by("state")
    return {
        row["state"]: {"statements": row["count"], "net_fen": row["fen"]}
        for row in rows.annotate(count=Count("id"), fen=Sum("net_fen"))
    }


def settled_fen(*, county: str, month: Month) -> int:
    """What has been paid on the statements of a month."""
    rows = Statement.objects.filter(county=county, month=str(month), state=Statement.State.PAID)
    return int(rows.aggregate(fen=Sum("net_fen", default=0))["fen"])


def not_gathered(*, county: str, programme: str, month: Month) -> dict[str, dict[str, int]]:
    """The month's booked lines that a programme paid a part of and no statement of it holds, by what they wait for:
    the verdict (``pending``, ``fail``), LTCI (``provisional``), or the next gathering (``pass``)."""
    charged = StatementLine.objects.filter(county=county, programme=programme).exclude(kind=StatementLine.Kind.REFUND)
    rows = Verdict.objects.filter(
        county=county,
        line__bill__month=str(month),
        line__bill__served_in="",
        line__bill__state__in=[Bill.State.BOOKED, Bill.State.PROVISIONAL],
    )
    if is_card(programme):
        rows = rows.filter(line_id__in=drawn_on(county=county, programme=programme).values("about"))
    elif is_credit(programme):
        rows = rows.filter(line_id__in=spent_on(county=county, programme=programme).values("about"))
    else:
        rows = rows.filter(line__bill__grant__programme=programme, line__voucher_fen__gt=0)
    rows = rows.exclude(line_id__in=charged.values("line_id"))
    rows = rows.exclude(line_id__in=Reversal.objects.filter(county=county).values("line_id"))
    found: dict[str, dict[str, int]] = {}
    for state, outcome, count, fen in (
        rows.annotate(amount=paid_of_line(county=county, programme=programme))
        .order_by("line__bill__state", "outcome")
        .values_list("line__bill__state", "outcome")
        .annotate(count=Count("id"), fen=Sum("amount"))
    ):
        name = "provisional" if state == Bill.State.PROVISIONAL else outcome
        figures = found.setdefault(name, {"lines": 0, "fen": 0})
        figures["lines"] += count
        figures["fen"] += fen
    return found


def find(*, county: str, no: str) -> UUID | None:
    """The id of the statement of that number."""
    return Statement.objects.filter(county=county, no=no).values_list("id", flat=True).first()
