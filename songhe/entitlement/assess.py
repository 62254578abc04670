"""An application rests on an assessment: a new one, or an earlier one that the place accepts. 评估衔接"""

from __future__ import annotations

from datetime import date, datetime

from django.db import transaction

from songhe.assessment.models import Assessment
from songhe.assessment.queries import counting, effective_level
from songhe.assessment.validity import within_look_back
from songhe.entitlement.models import Application
from songhe.entitlement.record import keep, lock_application
from songhe.kernel.refusal import reason
from songhe.policy.resolve import Policy, library

NOT_COUNTING = reason(
    "entitlement.assessment_does_not_count",
    zh="评估 {no} 在{on}不是此人的有效结果。",
    en="Assessment {no} is not the result that counts for this person on {on}.",
    status=409,
)
TOO_OLD = reason(
    "entitlement.assessment_too_old",
    zh="{assessed_on}作出的评估不在本地认可的既往评估之列，需要重新评估。",
    en="The assessment of {assessed_on} is not one that the place accepts; a new one is needed.",
    status=409,
)


def await_assessment(*, application: Application, at: datetime, by: str) -> Application:
    """The application waits until the elder has been assessed. Refuses with ``entitlement.wrong_state``."""
    with transaction.atomic():
        found = lock_application(application)
        keep(found, "assess", at, by)
    return found


def attach(*, application: Application, assessment: Assessment, at: datetime, on: date, by: str) -> Application:
    """Rest the application on the assessment that counts for the person on the day.

    Accepted is what was assessed since the application, what was recognised by a mapping, what is still within its
    validity, and an earlier result within the place's look-back (source 000). Refuses with
    ``entitlement.wrong_state``, ``.assessment_does_not_count`` or ``.assessment_too_old``.
    """
    with transaction.atomic():
        found = lock_application(application)
        counts = counting(found.county, on).filter(person=found.person_id, id=assessment.id).first()
        if counts is None:
            raise NOT_COUNTING("assessment", no=assessment.no, on=on)
        check_accepted(found, counts, on)
        found.assessment = counts
        keep(found, "assess", at, by, assessment=str(counts.id), level=counts.final_level)
    return found


def check_accepted(application: Application, counts: Assessment, on: date) -> None:
    """Refuses with ``entitlement.assessment_too_old``."""
    policy = library().resolve(policy=application.policy, place=application.county, on=on)
    if not is_accepted(counts, policy=policy, asked_on=application.submitted_on or on):
        raise TOO_OLD("assessment", assessed_on=counts.assessed_on)


def is_accepted(counts: Assessment, *, policy: Policy, asked_on: date) -> bool:
    """Whether a result that counts is good enough for an application of that day."""
    assert counts.assessed_on is not None
    return (
        counts.origin == Assessment.Origin.RECOGNISED
        or counts.assessed_on >= asked_on
        or (counts.valid_until is not None and counts.valid_until >= asked_on)
        or within_look_back(policy=policy, assessed_on=counts.assessed_on, on=asked_on)
    )


def rest_on_what_counts(application: Application, on: date) -> Assessment | None:
    """Put the assessment that counts today under the application, if there is one; refuses as ``check_accepted``."""
    counts = effective_level(application.person, on)
    if counts is not None:
        check_accepted(application, counts, on)
    application.assessment = counts
    return counts
