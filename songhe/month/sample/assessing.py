"""One assessment from being asked for to being taken over, each step under the login that may."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from itertools import count

from django.db.models import Q

from songhe.access.role import Role
from songhe.assessment import request, review, submit
from songhe.assessment.models import Assessment
from songhe.month.sample.cast import CLERK, manager_of, worker_of
from songhe.month.sample.plan import Body, moment, workday
from songhe.month.sample.providers import assessors_of
from songhe.month.sample.rights import POLICY, Applicant
from songhe.month.sample.shape import COUNTY
from songhe.policy.resolve import library
from songhe.provider.models import Provider, Worker

#: Answers of the 26 items that give each level (GB/T 42195-2022).
ANSWERS = {
    0: "44444444 4443 444444112 22434",
    1: "33232333 3232 334333112 21323",
    2: "22112221 2222 323222112 11212",
    3: "11111111 1110 222222112 11102",
    4: "11111111 1110 111111112 11101",
}

#: When assessors come: hours and minutes of a working day, before the result is handed in at four.
VISITS = ((8, 30), (9, 40), (10, 50), (13, 30), (14, 40))

#: Of what is not to be done by a certain day a pair has so many a day.
MOST_A_DAY = 2


def ask(applicant: Applicant, provider: Provider, *, on: date, disputed: Assessment | None = None) -> Assessment:
    """Asked for by the elder's side, which picks the body."""
    return request.request(
        person=applicant.person,
        body=provider,
        where=Assessment.Where.HOME if applicant.elder.care == "home" else Assessment.Where.ON_SITE,
        occasion=Assessment.Occasion.REVIEW if disputed else Assessment.Occasion.FIRST,
        at=moment(on, 10, applicant.elder.number % 60),
        on=on,
        by=applicant.by,
        disputed=disputed,
    )


def assign(
    asked: Assessment,
    applicant: Applicant,
    body: Body,
    provider: Provider,
    *,
    on: date,
    visit_on: date | None = None,
    place: int | None = None,
) -> Assessment:
    """The body names two of its assessors, one elder this pair and the next elder that, or those at ``place``, and
    says when they come: on ``visit_on``, or when they have time from the day after the next on."""
    assessors = assessors_of(provider)
    place = applicant.elder.number % len(assessors) if place is None else place
    pair = (assessors[place], assessors[(place + 1) % len(assessors)])
    return request.assign(
        assessment=asked,
        first=pair[0],
        second=pair[1],
        scheduled_at=_free(pair, on, visit_on),
        serving=[applicant.provider.pk] if applicant.provider else [],
        at=moment(on, 15, applicant.elder.number % 60),
        on=on,
        by=manager_of(body.code),
    )


def _free(pair: Sequence[Worker], on: date, visit_on: date | None) -> datetime:
    """The first time at which neither of the two is elsewhere; on a full day they come after the last."""
    theirs = Assessment.rows.filter(
        Q(first_assessor__in=pair) | Q(second_assessor__in=pair), county=COUNTY, scheduled_at__gte=moment(on, 0)
    )
    taken = set(theirs.values_list("scheduled_at", flat=True))
    if visit_on is not None:
        free = (at for hour, minute in VISITS if (at := moment(visit_on, hour, minute)) not in taken)
        return next(free, moment(visit_on, 15, 40))
    days = ([moment(workday(on, later), *time) for time in VISITS] for later in count(2))
    return next(at for times in days if len(taken.intersection(times)) < MOST_A_DAY for at in times if at not in taken)


def hand_in(assigned: Assessment, applicant: Applicant, body: Body, level: int, *, on: date) -> Assessment:
    """Seen on the day and handed in by the first of the two assessors."""
    first, second = assigned.first_assessor, assigned.second_assessor
    assert first is not None
    assert second is not None
    answers = {"scores": ANSWERS[level], "coma": False, "dementia": False, "mental_disorder": False, "events": {}}
    return submit.submit(
        assessment=assigned,
        answers=answers,
        signatures=[first.pk, second.pk],
        assessed_on=on,
        at=moment(on, 16, applicant.elder.number % 60),
        on=on,
        by=worker_of(body.code, int(first.number[1:]), Role.ASSESSOR),
        certificate_no=f"样例评{on:%Y%m%d}-{applicant.elder.key}",
        fee_fen=body.prices["assessment"],
    )


def accept(submitted: Assessment, *, on: date) -> Assessment:
    """The county takes the result over."""
    policy = library().resolve(policy=POLICY, place=COUNTY, on=on)
    return review.accept(assessment=submitted, policy=policy, at=moment(on, 11), on=on, by=CLERK)
