"""Faults of examinations: each draws up a sound one of its own and spoils one thing of it."""

from __future__ import annotations

from django.db.models import F

from songhe.assessment.tests.world import COUNTY, at, elder
from songhe.examine import leave
from songhe.examine.models import Examination, Exit, Figure, Offered, Score, Steering
from songhe.examine.scheme import approve, propose
from songhe.examine.steer import direct, suggest
from songhe.examine.tests import world as examinations
from songhe.kernel.month import Month
from songhe.month.audit.tests.plants import change, plant
from songhe.outreach.tests import world as outreach
from songhe.provider.models import Item
from songhe.redemption.tests.world import item
from songhe.service.models import Stay

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


def left() -> Exit:
    """A provider that has left, with nobody who needed a new place."""
    day, who = FEBRUARY.last, examinations.provider()
    when = {"at": at(day), "on": day}
    made = leave.propose(
        county=COUNTY, provider=who, because="自愿退出", since=day, residents_until=day, by="clerk", **when
    )
    leave.approve(leaving=made, by="head", **when)
    return leave.finish(leaving=made, by="head", **when)


def steered() -> Steering:
    """An order of somebody who named nobody, between a good provider and a bad one."""
    bath = item("bath")
    need = outreach.heard(elder(), at=at(FEBRUARY.last), on=FEBRUARY.last)
    Item.objects.filter(pk=bath.pk).update(help=need.help)
    bath.refresh_from_db()
    examined()
    for _ in range(2):
        examinations.provider()
    first = suggest(county=COUNTY, item=bath, person_id=need.person_id, on=FEBRUARY.last)[0].provider
    when = {"at": at(FEBRUARY.last), "on": FEBRUARY.last, "by": "clerk"}
    return direct(need=need, provider=first, item=bath, by_elder=False, because="", **when)


@plant("examine.no_warning", held=True)
def below_the_line_and_nobody_said_so():
    made = examined()
    change(made.edition, line=100)


@plant("examine.stranded")
def somebody_lives_where_nobody_serves_any_more():
    gone = left()
    Stay.objects.create(
        county=COUNTY,
        person=elder(),
        provider=gone.provider,
        admitted_on=FEBRUARY.first,
        recorded_by="m",
        recorded_at=at(FEBRUARY.first),
    )


@plant("examine.exit_one_person", held=True)
def whoever_proposed_the_exit_approved_it():
    gone = left()
    change(gone, decided_by=gone.begun_by)


@plant("examine.steered_amiss", held=True)
def the_first_was_passed_over():
    made = steered()
    change(Offered.objects.get(steering=made, provider=made.provider), contracted=False)


@plant("examine.steered_by_other_scores", held=True)
def a_score_invented_for_an_order():
    row = Offered.objects.filter(steering=steered(), score__isnull=False).order_by("place")[0]
    change(row, score=F("score") + 1)
