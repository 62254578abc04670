"""Determine an application under the rules of the day. 资格认定"""

from __future__ import annotations

from datetime import date, datetime

from django.db import transaction

from songhe.eligibility import determine as eligibility
from songhe.eligibility.models import Determination
from songhe.entitlement.assess import rest_on_what_counts
from songhe.entitlement.models import Application
from songhe.entitlement.record import keep, lock_application
from songhe.entitlement.states import APPLICATION
from songhe.policy.facts import FACTS
from songhe.policy.resolve import library

LEVEL = "disability_level"


def determine(*, application: Application, at: datetime, on: date, by: str) -> Application:
    """Ask the pack in force whether the person is entitled, and hand the answer on to the review.

    Missing data is asked for, never a silent no: without a level the application waits for the assessment, without
    another fact it goes back to the applicant with the question. Refuses with ``entitlement.wrong_state``,
    ``.assessment_too_old``, ``eligibility.not_on_file`` or ``policy.not_in_force``.
    """
    with transaction.atomic():
        found = lock_application(application)
        APPLICATION.check(found.state, "determine")
        policy = library().resolve(policy=found.policy, place=found.county, on=on)
        rest_on_what_counts(found, on)
        made = eligibility.determine(person=found.person, policy=policy, on=on, at=at, by=by)
        found.determination = made
        missing = [fact for fact, value in made.facts.items() if value is None]
        if made.outcome != Determination.Outcome.UNKNOWN:
            keep(found, "determine", at, by, outcome=made.outcome)
        elif LEVEL in missing and APPLICATION.allows(found.state, "assess"):
            keep(found, "assess", at, by, missing=missing)
        else:
            found.question = "请补充：" + "、".join(FACTS[fact].zh for fact in missing)
            found.answer = ""
            keep(found, "ask", at, by, missing=missing)
    return found
