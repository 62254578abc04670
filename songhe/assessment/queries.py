"""Reads: the level that counts on a day, for one person and for a county. 查询"""

from __future__ import annotations

from datetime import date

from django.db.models import Q, QuerySet

from songhe.access.scope import Scope
from songhe.assessment.models import Assessment
from songhe.assessment.states import COUNTING, OPEN
from songhe.person.models import Person


def effective_level(person: Person, on: date) -> Assessment | None:
    """The assessment whose ``final_level`` counts for the person on the day; a disputed one stands."""
    return counting(person.county, on).filter(person=person).order_by("-assessed_on", "-id").first()


def counting(county: str, on: date) -> QuerySet[Assessment]:
    """The assessments of a county that count on the day: at most one of each person."""
    return Assessment.rows.filter(
        Q(valid_until__isnull=True) | Q(valid_until__gte=on),
        Q(counts_until__isnull=True) | Q(counts_until__gte=on),
        county=county,
        state__in=COUNTING,
        assessed_on__lte=on,
    )


def level_sql(county: str = "%(county)s", on: str = "%(on)s") -> str:
    """``counting`` as SQL: ``person_id``, ``final_level``, ``assessment_id``, one row at most of each person.

    The same text on SQLite and PostgreSQL; ``county`` and ``on`` are SQL expressions, parameters by default.
    """
    states = ", ".join(f"'{state.value}'" for state in COUNTING)
    return (
        "SELECT person_id, final_level, id AS assessment_id FROM assessment_assessment"
        f" WHERE county = {county} AND state IN ({states}) AND assessed_on <= {on}"
        f" AND (valid_until IS NULL OR valid_until >= {on})"
        f" AND (counts_until IS NULL OR counts_until >= {on})"
    )


def of_person(scope: Scope, person: Person) -> QuerySet[Assessment]:
    """All of a person's assessments, the newest first, with the names that a page shows."""
    return (
        Assessment.objects.within(scope)
        .filter(county=person.county, person=person)
        .select_related("body", "first_assessor", "second_assessor")
        .order_by("-requested_at", "-id")
    )


def open_for_body(county: str, body_id: int) -> QuerySet[Assessment]:
    """What a body still has to do, the oldest first."""
    return (
        Assessment.objects.within(Scope(provider_ids=(body_id,)))
        .filter(county=county, state__in=OPEN)
        .select_related("person")
        .order_by("requested_at", "id")
    )


def to_review(scope: Scope, county: str) -> QuerySet[Assessment]:
    """What waits for the bureau: submitted results and disputes without a review, the oldest first."""
    waiting = [Assessment.State.SUBMITTED, Assessment.State.DISPUTED]
    return (
        Assessment.objects.within(scope)
        .filter(county=county, state__in=waiting)
        .select_related("person", "body")
        .order_by("submitted_at", "id")
    )


def due_again(scope: Scope, county: str, *, until: date) -> QuerySet[Assessment]:
    """Results that stand and run out by the day: who must be assessed again, the earliest first."""
    return (
        Assessment.objects.within(scope)
        .filter(county=county, state=Assessment.State.EFFECTIVE, valid_until__lte=until)
        .select_related("person")
        .order_by("valid_until", "id")
    )
