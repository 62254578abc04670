"""What a verified event about a person does to applications and rights. 事件后续"""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from django.db import transaction
from django.db.models import Exists, OuterRef

from songhe.assessment.review import follow_death
from songhe.entitlement.end import end_by_event
from songhe.entitlement.models import Application, Ending, Entitlement
from songhe.entitlement.record import lock_person
from songhe.entitlement.states import OPEN
from songhe.entitlement.withdraw import lapse
from songhe.kernel.month import beijing_date
from songhe.kernel.refusal import reason
from songhe.person import event as person_event
from songhe.person.models import Event

NOT_VERIFIED = reason(
    "entitlement.event_not_verified",
    zh="这一事件还没有核实，不改变任何申请和待遇。",
    en="This event has not been verified; it changes no application and no right.",
    status=409,
)

#: Events after which an application has lost its object.
_ENDS_APPLICATIONS = (Event.Kind.DEATH, Event.Kind.MOVE)
#: Events that are known to all and end no right: a person comes back from hospital.
_ENDS_NOTHING = (Event.Kind.HOSPITAL, Event.Kind.OTHER)


def verify(*, event: Event, on: date, at: datetime, by: str) -> list[Ending]:
    """Verify a report about a person, by another than its reporter, and carry it on in the same transaction.

    Refuses as ``songhe.person.event.verify`` does.
    """
    with transaction.atomic():
        return follow(event=person_event.verify(event=event, on=on, at=at, by=by), at=at, by=by)


def catch_up(*, county: str, at: datetime, by: str) -> list[Ending]:
    """Carry on every verified event of the county that has not been: before a month's vouchers are issued."""
    rights = Entitlement.objects.exclude(state=Entitlement.State.STOPPED)
    under_way = Application.rows.filter(state__in=OPEN)
    mine = {"county": OuterRef("county"), "person": OuterRef("person")}
    events = Event.objects.filter(
        Exists(rights.filter(**mine)) | Exists(under_way.filter(**mine)), county=county, state=Event.State.VERIFIED
    )
    made: list[Ending] = []
    for event in events.select_related("person").order_by("verified_at", "id"):
        made += follow(event=event, at=at, by=by)
    return made


def follow(*, event: Event, at: datetime, by: str) -> list[Ending]:
    """Carry a verified event on: rights end with the month of its verification, open applications lapse.

    A death or a move out of the county closes every application that is not decided; a death also closes
    assessments that nobody has begun. A move inside the county, a stay in hospital and what is only told in words end
    nothing. Recovery, another programme and the person's own wish end rights only. Whenever the event becomes known
    the same is done; a second time nothing is. Refuses with ``entitlement.event_not_verified``.
    """
    with transaction.atomic():
        person = lock_person(event.person)
        found = Event.objects.get(county=event.county, id=event.id)
        if found.state != Event.State.VERIFIED or found.verified_at is None:
            raise NOT_VERIFIED("event")
        kind = Event.Kind(found.kind)
        if kind in _ENDS_NOTHING or (kind == Event.Kind.MOVE and person.closed_on is None):
            return []
        if kind in _ENDS_APPLICATIONS:
            under_way = Application.rows.filter(county=found.county, person=found.person_id, state__in=OPEN)
            for application in under_way.order_by("id"):
                lapse(application=application, because=str(kind.label), at=at, by=by)
        if kind == Event.Kind.DEATH:
            follow_death(county=found.county, person_id=found.person_id, at=at, by=by)
        rights = Entitlement.objects.filter(county=found.county, person=found.person_id)
        if kind not in _ENDS_APPLICATIONS:
            # Who was granted the right after it was known is entitled in spite of it: assessed anew, applied again.
            rights = rights.filter(application__decided_at__lte=found.verified_at)
            rights = rights.exclude(id__in=_ended_once(found))
        return [
            end_by_event(
                entitlement=right,
                event=found,
                because=kind.value,
                at=at,
                on=beijing_date(found.verified_at),
                by=by,
            )
            for right in rights.exclude(state=Entitlement.State.STOPPED).order_by("id")
        ]


def _ended_once(event: Event) -> list[UUID]:
    """The rights that this event has ended before: one that was reinstated is not ended by it again."""
    endings = Ending.objects.filter(county=event.county, event=event)
    return list(endings.order_by("id").values_list("entitlement_id", flat=True))
