"""Faults of examinations: each draws up a sound one of its own and spoils one thing of it."""

from __future__ import annotations

from songhe.assessment.tests.world import COUNTY, at
from songhe.examine.models import Examination, Figure, Score
from songhe.examine.scheme import approve, propose
from songhe.examine.tests import world as examinations
from songhe.kernel.month import Month
from songhe.month.audit.tests.plants import change, plant

FEBRUARY = Month(2026, 2)
EVIDENCE = """
title: {zh: 核验考核, en: By evidence}
source: "002"
confidence: D
least_weight: 50
objection_days: 15
line: 60
mend_days: 30
indicators:
  evidence: {weight: 3, least: 20, months: 1, bands: [[0, 0], [9000, 61], [9800, 100]]}
  suspended: {weight: 1, least: 1, months: 12, bands: [[0, 100], [1, 0]]}
"""


def examined() -> Examination:
    who = examinations.provider()
    examinations.visits(who, passed=30, failed=3, month=FEBRUARY)
    day = at(FEBRUARY.first)
    own = propose(county=COUNTY, text=EVIDENCE, valid_from=FEBRUARY, document_no="1", at=day, by="clerk")
    approve(edition=own, at=day, by="head")
    return examinations.published(month=FEBRUARY)


def judged(code: str) -> Figure:
    made = examined()
    return Figure.objects.filter(examination=made, indicator=code, points__isnull=False).order_by("-den")[0]


@plant("examine.value_differs", held=True)
def a_count_changed_after_the_event():
    row = judged("evidence")
    change(row, num=row.num + 1)


@plant("examine.points_differ", "examine.score_differs", held=True)
def points_given_as_a_favour():
    change(judged("evidence"), points=100)


@plant("examine.score_differs", held=True)
def a_score_lifted():
    row = Score.objects.filter(examination=examined(), total__isnull=False).order_by("total")[0]
    change(row, total=row.total - 1)


@plant("examine.one_person", held=True)
def published_by_whoever_drew_it_up():
    made = examined()
    change(made, decided_by=made.drawn_by)
