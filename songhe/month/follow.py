"""What a verified event of a person sets going in the packages above the registry."""

from __future__ import annotations

from datetime import date, datetime

from django.db import transaction
from django.db.models import Q

from songhe.entitlement import follow
from songhe.entitlement.models import Ending
from songhe.person.models import Event
from songhe.service.models import Stay
from songhe.service.stay import end_by_death
from songhe.service.visit import fail_after_death


def verify(*, event: Event, on: date, at: datetime, by: str) -> list[Ending]:
    """Verify a report about a person and carry it on: rights end, and a death ends stays and fails later visits.

    By another person than its reporter. Bills already paid for days after a death are undone by reversing them.
    Refuses as ``songhe.person.event.verify`` does.
    """
    with transaction.atomic():
        endings = follow.verify(event=event, on=on, at=at, by=by)
        if event.kind == Event.Kind.DEATH:
            end_by_death(county=event.county, person_id=event.person_id, at=at, by=by)
            fail_after_death(county=event.county, person_id=event.person_id, at=at, by=by)
    return endings


def end_stays(*, county: str, at: datetime, by: str) -> int:
    """End the stays that outlive their resident; before a month's vouchers are issued."""
    outlived = Stay.objects.filter(Q(discharged_on=None), county=county, person__died_on__isnull=False).values_list(
        "person_id", flat=True
    )
    people = sorted(set(outlived))
    for person_id in people:
        end_by_death(county=county, person_id=person_id, at=at, by=by)
        fail_after_death(county=county, person_id=person_id, at=at, by=by)
    return len(people)
