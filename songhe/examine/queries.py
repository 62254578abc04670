"""Reads of examinations for the doors."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import F, QuerySet

from songhe.examine.models import Examination, Figure, Objection, Score
from songhe.examine.scheme import Scheme, scheme_of
from songhe.examine.score import cost
from songhe.provider.models import Provider


@dataclass(frozen=True)
class Explained:
    """One provider of an examination: its score, its figures in the order of the scheme, and what each cost it, in
    tenths of a point."""

    provider: Provider
    score: Score
    figures: tuple[tuple[Figure, int | None], ...]


def counties_published() -> list[str]:
    rows = Examination.objects.filter(state=Examination.State.PUBLISHED)
    return list(rows.order_by("county").values_list("county", flat=True).distinct())


def published(county: str) -> QuerySet[Examination]:
    """What is public of a county, the newest month first."""
    rows = Examination.objects.filter(county=county, state=Examination.State.PUBLISHED)
    return rows.select_related("edition").order_by("-month")


def all_of(county: str) -> QuerySet[Examination]:
    """Every examination of a county with its corrections, the newest first."""
    return Examination.objects.filter(county=county).select_related("edition").order_by("-month", "-number")


def explained(examination: Examination, *, providers: Iterable[int] | None = None) -> list[Explained]:
    """The best first, then by name; who has no score comes last. Two statements, however many providers."""
    scheme = scheme_of(examination.edition)
    scores = Score.objects.filter(county=examination.county, examination=examination)
    figures = Figure.objects.filter(county=examination.county, examination=examination)
    if providers is not None:
        wanted = list(providers)
        scores, figures = scores.filter(provider__in=wanted), figures.filter(provider__in=wanted)
    by_provider: dict[int, list[Figure]] = defaultdict(list)
    for row in figures.order_by("id"):
        by_provider[row.provider_id].append(row)
    ordered = scores.select_related("provider").order_by(
        F("total").desc(nulls_last=True), "provider__name", "provider_id"
    )
    return [explained_rows(row, by_provider[row.provider_id], scheme) for row in ordered]


def as_data(one: Explained) -> dict[str, Any]:
    """The score and each figure behind it; of an indicator of which too little was counted only its weight.

    ``lost_tenths``: what it took off the full score, in tenths of a point.
    """
    return {
        "credit_code": one.provider.credit_code,
        "name": one.provider.name,
        "score": one.score.total,
        "indicators": {row.indicator: _figure(row, lost) for row, lost in one.figures},
    }


def _figure(row: Figure, lost: int | None) -> dict[str, Any]:
    judged = row.points is not None
    return {
        "num": row.num if judged else None,
        "den": row.den if judged else None,
        "value": row.value if judged else None,
        "weight": row.weight,
        "points": row.points,
        "lost_tenths": lost,
    }


def objections(county: str) -> QuerySet[Objection]:
    rows = Objection.objects.filter(county=county).select_related("provider", "examination")
    return rows.order_by("-made_at", "-id")


def explained_rows(score: Score, rows: list[Figure], scheme: Scheme) -> Explained:
    """One provider of an examination, of its score and its figures."""
    cost_of = cost(scheme.rules, {row.indicator: row.points for row in rows})
    place = {code: number for number, code in enumerate(scheme.rules)}
    ordered = sorted(rows, key=lambda row: place[row.indicator])
    return Explained(score.provider, score, tuple((row, cost_of.get(row.indicator)) for row in ordered))
