"""What a person does in one go: hand the application in, and ask for the assessment that it needs. 提交并约评估"""

from __future__ import annotations

from datetime import date, datetime

from django.db import transaction

from songhe.assessment.models import Assessment
from songhe.assessment.queries import effective_level
from songhe.assessment.request import request as request_assessment
from songhe.assessment.states import OPEN as ASSESSMENT_OPEN
from songhe.entitlement.apply import submit
from songhe.entitlement.assess import attach, await_assessment, is_accepted
from songhe.entitlement.models import Application
from songhe.kernel.refusal import reason
from songhe.person.models import Person
from songhe.policy.resolve import library
from songhe.provider.models import Provider

BODY_MISSING = reason(
    "entitlement.assessment_body_missing",
    zh="还没有可用的评估结果，请先选评估机构。",
    en="There is no assessment to rest on yet; choose an assessment body first.",
)


def result_at_hand(person: Person, policy: str, on: date) -> Assessment | None:
    """The assessment that an application of this day may rest on, so that nobody is assessed twice (source 000).

    Refuses with ``policy.not_in_force``.
    """
    counts = effective_level(person, on)
    if counts is None:
        return None
    rules = library().resolve(policy=policy, place=person.county, on=on)
    return counts if is_accepted(counts, policy=rules, asked_on=on) else None


def under_way(person: Person) -> Assessment | None:
    """The assessment that somebody has asked for and that has no result yet."""
    return Assessment.rows.filter(county=person.county, person=person, state__in=ASSESSMENT_OPEN).first()


def hand_in(*, application: Application, pledge_signed_on: date | None, at: datetime, on: date, by: str) -> Application:
    """Submit, then rest on the assessment at hand, or wait for the one under way, or ask for the one wished.

    Refuses as ``submit`` and ``songhe.assessment.request.request`` do, and with
    ``entitlement.assessment_body_missing``.
    """
    with transaction.atomic():
        found = submit(application=application, pledge_signed_on=pledge_signed_on, at=at, on=on, by=by)
        counts = result_at_hand(found.person, found.policy, on)
        if counts is not None:
            return attach(application=found, assessment=counts, at=at, on=on, by=by)
        if under_way(found.person) is None:
            wish = found.assessment_wish
            if not wish:
                raise BODY_MISSING("body")
            request_assessment(
                person=found.person,
                body=Provider.objects.get(pk=wish["body"]),
                where=wish["where"],
                occasion=_occasion(found.person),
                at=at,
                on=on,
                by=by,
            )
        return await_assessment(application=found, at=at, by=by)


def _occasion(person: Person) -> str:
    before = Assessment.rows.filter(county=person.county, person=person, final_level__isnull=False)
    return Assessment.Occasion.REGULAR if before.exists() else Assessment.Occasion.FIRST
