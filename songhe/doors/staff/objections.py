"""What a provider holds against its statement 异议: line by line, with what it claims, its paper and the answer."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.urls import reverse

from songhe.doors.provider.words import OBJECTIONS
from songhe.settlement.lines_file import objections_of
from songhe.settlement.models import Objection, Statement, StatementLine


@dataclass(frozen=True)
class Held:
    """``booked_fen``: what the line says; without a line the provider misses a bill."""

    row: Objection
    kind: Any
    booked_fen: int | None
    paper: str


def held_against(statement: Statement) -> list[Held]:
    """Every objection with what its line says, in two statements."""
    rows = objections_of(statement)
    numbers = {row.number for row in rows if row.number is not None}
    booked = dict(
        StatementLine.objects.filter(
            county=statement.county, statement_id=statement.id, number__in=numbers
        ).values_list("number", "amount_fen")
    )
    return [
        Held(
            row=row,
            kind=OBJECTIONS.get(row.kind, row.kind),
            booked_fen=booked.get(row.number) if row.number is not None else None,
            paper=reverse("staff:objection-paper", args=[statement.no, row.id]) if row.file else "",
        )
        for row in rows
    ]
