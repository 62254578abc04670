"""What a verified event of a person sets going in the packages above the registry."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from django.db import transaction
from django.db.models import F

from songhe.assessment.models import Assessment
from songhe.assessment.review import accept
from songhe.card.close import close_after_death
from songhe.card.hold import release_after_death as release_of_card
from songhe.card.models import Card
from songhe.entitlement import follow
from songhe.entitlement.assess import TOO_OLD
from songhe.entitlement.determine import determine
from songhe.entitlement.models import Application, Ending
from songhe.grant.hold import release_after_death
from songhe.grant.models import Hold
from songhe.kernel.refusal import Refusal
from songhe.person.models import Event
from songhe.policy.resolve import NOT_IN_FORCE, Policy
from songhe.redemption import verdict
from songhe.redemption.models import Verdict
from songhe.service.models import Stay
from songhe.service.stay import end_by_death
from songhe.service.visit import fail_after_death


def verify(*, event: Event, on: date, at: datetime, by: str) -> list[Ending]:
    """Verify a report about a person and carry it on: rights end, and a death does what ``after_death`` says.

    By another person than its reporter. Refuses as ``songhe.person.event.verify`` does.
    """
    with transaction.atomic():
        endings = follow.verify(event=event, on=on, at=at, by=by)
        if event.kind == Event.Kind.DEATH:
            after_death(county=event.county, person_id=event.person_id, on=on, at=at, by=by)
    return endings


def after_death(*, county: str, person_id: UUID, on: date, at: datetime, by: str) -> None:
    """Stays end on the day of a verified death, visits and bill lines after it fail, holds are let go, a card closes.

    What was served before it stays as it is and is paid; bills already paid for later days are undone by reversing
    them, which a person does. A second time it changes nothing.
    """
    with transaction.atomic():
        end_by_death(county=county, person_id=person_id, at=at, by=by)
        fail_after_death(county=county, person_id=person_id, at=at, by=by)
        verdict.fail_after_death(county=county, person_id=person_id, at=at, by=by)
        release_after_death(county=county, person_id=person_id, at=at, on=on, by=by)
        release_of_card(county=county, person_id=person_id, at=at, on=on, by=by)
        close_after_death(county=county, person_id=person_id, at=at, on=on, by=by)


def follow_deaths(*, county: str, on: date, at: datetime, by: str) -> int:
    """Do for every death what somebody verified and nobody carried on; before a month's vouchers are issued."""
    open_stays = Stay.objects.filter(county=county, discharged_on=None, person__died_on__isnull=False)
    holds = Hold.objects.filter(county=county, state=Hold.State.HELD, grant__person__died_on__isnull=False)
    lines = Verdict.objects.filter(
        county=county, settled=False, line__service_on__gt=F("line__bill__person__died_on")
    ).exclude(outcome=verdict.FAIL)
    cards = Card.objects.filter(county=county, person__died_on__isnull=False).exclude(state=Card.State.CLOSED)
    people = {
        *cards.values_list("person_id", flat=True),
        *open_stays.values_list("person_id", flat=True),
        *holds.values_list("grant__person_id", flat=True),
        *lines.values_list("line__bill__person_id", flat=True),
    }
    for person_id in sorted(people):
        after_death(county=county, person_id=person_id, on=on, at=at, by=by)
    return len(people)


def take_over(*, assessment: Assessment, policy: Policy | None, at: datetime, on: date, by: str) -> Assessment:
    """The county takes a result over, and whatever application of the person waited for it is determined at once.

    An application for which no edition is in force, or for which the place wants a newer result, goes on waiting.
    Refuses as ``songhe.assessment.review.accept`` does.
    """
    with transaction.atomic():
        found = accept(assessment=assessment, policy=policy, at=at, on=on, by=by)
        waiting = Application.rows.filter(
            county=found.county, person=found.person_id, state=Application.State.ASSESSING
        ).order_by("id")
        for application in waiting:
            try:
                with transaction.atomic():
                    determine(application=application, at=at, on=on, by=by)
            except Refusal as refusal:
                if refusal.reason not in (NOT_IN_FORCE, TOO_OLD):
                    raise
    return found
