"""One assessment from being asked for to being taken over, each step under the login that may."""

from __future__ import annotations

from datetime import date

from songhe.access.role import Role
from songhe.assessment import request, review, submit
from songhe.assessment.models import Assessment
from songhe.month.sample.cast import CLERK, manager_of, worker_of
from songhe.month.sample.plan import Body, moment
from songhe.month.sample.providers import assessors_of
from songhe.month.sample.rights import POLICY, Applicant
from songhe.month.sample.shape import COUNTY
from songhe.policy.resolve import library
from songhe.provider.models import Provider

#: Answers of the 26 items that give each level (GB/T 42195-2022).
ANSWERS = {
    0: "44444444 4443 444444112 22434",
    1: "33232333 3232 334333112 21323",
    2: "22112221 2222 323222112 11212",
    3: "11111111 1110 222222112 11102",
    4: "11111111 1110 111111112 11101",
}


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
    asked: Assessment, applicant: Applicant, body: Body, provider: Provider, *, on: date, place: int | None = None
) -> Assessment:
    """The body names two of its assessors, one elder this pair and the next elder that, or those at ``place``."""
    assessors = assessors_of(provider)
    place = applicant.elder.number % len(assessors) if place is None else place
    return request.assign(
        assessment=asked,
        first=assessors[place],
        second=assessors[(place + 1) % len(assessors)],
        serving=[applicant.provider.pk] if applicant.provider else [],
        at=moment(on, 15, applicant.elder.number % 60),
        on=on,
        by=manager_of(body.code),
    )


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
