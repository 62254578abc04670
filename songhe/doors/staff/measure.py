"""An assessment in a few lines: the level, what it rests on, and what looks odd about it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.urls import reverse

from songhe.assessment.models import Assessment
from songhe.assessment.scale import find
from songhe.doors.shell.pieces import Fact
from songhe.doors.staff import words
from songhe.kernel.refusal import Refusal


@dataclass(frozen=True)
class Measured:
    """One assessment as the case and the file show it."""

    no: str
    state: words.Word
    level: Any
    total: int | None
    maximum: int | None
    assessed_on: date | None
    valid_until: date | None
    over: bool
    body: str
    assessors: str
    origin: Any
    standard: str
    subtotals: list[Fact]
    reasons: list[Any]
    warnings: list[str]
    report: str = ""


def measured(row: Assessment | None, on: date, *, may_report: bool = False) -> Measured | None:
    """The summary; whoever asks has fetched body and assessors with the row. ``may_report``: may read the report."""
    if row is None:
        return None
    level = row.final_level
    try:
        scale = find(row.standard)
    except Refusal:
        scale = None
    groups = scale.groups if scale else ()
    assessors = [worker.name for worker in (row.first_assessor, row.second_assessor) if worker]
    return Measured(
        no=row.no,
        state=words.word(words.ASSESSMENT, row.state),
        level=words.LEVELS.get(level, "") if level is not None else "",
        total=row.total,
        maximum=scale.maximum if scale else None,
        assessed_on=row.assessed_on,
        valid_until=row.valid_until,
        over=row.valid_until is not None and row.valid_until < on,
        body=row.body.name if row.body else row.body_name,
        assessors=words.listed(assessors),
        origin=words.ORIGINS.get(row.origin, row.origin),
        standard=words.said(scale.title.zh, scale.title.en) if scale else row.standard,
        subtotals=[
            Fact(words.said(group.title.zh, group.title.en), f"{value} / {group.maximum}")
            for group, value in zip(groups, row.subtotals or (), strict=False)
        ],
        reasons=[words.LEVEL_REASONS.get(each, each) for each in row.reasons],
        warnings=[words.said(each["zh"], each["en"]) for each in row.warnings],
        report=reverse("assessor:report", args=[row.no]) if may_report and has_report(row) else "",
    )


def has_report(row: Assessment) -> bool:
    """Whether it was made here and handed in; a result recognised from elsewhere has its paper there."""
    return row.origin == Assessment.Origin.ASSESSED and row.final_level is not None
