"""Applications of the month itself: asked for, assessed where needed, disputed where wrong, decided within days."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from songhe.assessment import review
from songhe.assessment.models import Assessment
from songhe.entitlement import assess, determine
from songhe.entitlement.models import Application
from songhe.month.sample import assessing, rights
from songhe.month.sample.cast import CLERK, manager_of
from songhe.month.sample.people import Elder
from songhe.month.sample.plan import Body, Plan, moment, workday
from songhe.month.sample.providers import known
from songhe.month.sample.rights import Applicant
from songhe.month.sample.shape import COUNTY
from songhe.policy.resolve import library
from songhe.provider.models import Kind, Provider
from songhe.redemption.assessment_fee import pay_assessment


def issue_on(plan: Plan) -> date:
    """The working day on which vouchers are issued to those who were approved in the month."""
    return workday(plan.approved_on, 9)


def apply(plan: Plan, chunk: Sequence[Elder]) -> None:
    """Everybody of the chunk applies and is decided on; the fee of a new assessment is booked afterwards."""
    providers = known(plan)
    bodies = [body for body in plan.bodies() if body.kind == Kind.ASSESSMENT_BODY]
    for applicant in rights.applicants(chunk, providers):
        _one(plan, applicant, bodies, providers)


def _one(plan: Plan, applicant: Applicant, bodies: Sequence[Body], providers: dict[str, Provider]) -> None:
    number = applicant.elder.number
    asked_on = workday(plan.approved_on, 1 + number % 3)
    seen_on, accepted_on, disputed_on = (workday(asked_on, days) for days in (1, 2, 3))
    reviewed_on, approved_on = (workday(plan.approved_on, days) for days in (7, 8))
    application = rights.hand_in(applicant, at=moment(asked_on, 9, number % 60), on=asked_on)
    fee: tuple[Assessment, Body] | None = None
    if applicant.assessment is not None:
        at = moment(asked_on, 14, number % 60)
        application = assess.attach(
            application=application, assessment=applicant.assessment, at=at, on=asked_on, by=CLERK
        )
    else:
        application = assess.await_assessment(application=application, at=moment(asked_on, 10), by=CLERK)
        body = bodies[number % len(bodies)]
        assert applicant.elder.level is not None
        first_level: int = applicant.elder.told.get("first_level", applicant.elder.level)
        result = _assess(applicant, body, providers[body.code], first_level, asked_on, seen_on, accepted_on, None)
        if first_level != applicant.elder.level:
            other = bodies[(number + 1) % len(bodies)]
            result = _dispute(applicant, other, providers, result, accepted_on, disputed_on)
        fee = (result, body)
    _decide(application, disputed_on, reviewed_on, approved_on)
    if fee is not None:
        _book_fee(*fee, plan, approved_on)


def _decide(application: Application, determined_on: date, reviewed_on: date, approved_on: date) -> None:
    determined = determine.determine(application=application, at=moment(determined_on, 16), on=determined_on, by=CLERK)
    rights.decide(determined, reviewed_on=reviewed_on, approved_on=approved_on)


def _assess(
    applicant: Applicant,
    body: Body,
    provider: Provider,
    level: int,
    asked_on: date,
    seen_on: date,
    accepted_on: date,
    disputed: Assessment | None,
) -> Assessment:
    asked = assessing.ask(applicant, provider, on=asked_on, disputed=disputed)
    assigned = assessing.assign(asked, applicant, body, provider, on=asked_on, visit_on=seen_on)
    submitted = assessing.hand_in(assigned, applicant, body, level, on=seen_on)
    return assessing.accept(submitted, on=accepted_on)


def _dispute(
    applicant: Applicant,
    other: Body,
    providers: dict[str, Provider],
    result: Assessment,
    on: date,
    again_on: date,
) -> Assessment:
    """The family disputes the level; another body looks again, and its result takes the place of the first."""
    policy = library().resolve(policy=rights.POLICY, place=COUNTY, on=on)
    disputed = review.dispute(
        assessment=result,
        grounds="平时吃饭、穿衣、走路都要人帮，与评定的轻度不符。",
        policy=policy,
        at=moment(on, 14),
        on=on,
        by=applicant.by,
    )
    level = applicant.elder.level
    assert level is not None
    return _assess(applicant, other, providers[other.code], level, on, again_on, again_on, disputed)


def _book_fee(result: Assessment, body: Body, plan: Plan, approved_on: date) -> None:
    """The body books its fee; the assessment voucher pays where the elder turned out to be entitled."""
    on = approved_on
    pay_assessment(
        county=COUNTY,
        assessment_id=result.id,
        fee_fen=body.prices["assessment"],
        at=moment(on, 15),
        on=on,
        by=manager_of(body.code),
    )
