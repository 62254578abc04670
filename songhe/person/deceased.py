"""What a death does to days after it: verified or only reported, it already holds services dated after it."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime
from uuid import UUID

from songhe.kernel.refusal import reason
from songhe.person.models import Event, Mandate, Medium, Person, Provenance

#: Why mandates and media ended: what a death undone gives back.
DEATH = "death"

AFTER_DEATH = reason(
    "person.after_death",
    zh="{on}在去世日期{died_on}之后。",
    en="{on} lies after the death on {died_on}.",
    status=409,
)


def day_of_death(person: Person) -> date | None:
    """The day of death that is verified, else the one that is reported and not refuted."""
    return days_of_death(person.county, [person.id]).get(person.id)


def days_of_death(county: str, person_ids: Collection[UUID]) -> dict[UUID, date]:
    """The day of death of each of these people who died or is reported dead, in two statements."""
    reported = Event.objects.filter(county=county, person__in=person_ids, kind=DEATH, state=Event.State.REPORTED)
    verified = Person.rows.filter(county=county, id__in=person_ids, died_on__isnull=False)
    days = dict(reported.values_list("person_id", "happened_on"))
    for person_id, died_on in verified.values_list("id", "died_on"):
        if died_on is not None:
            days[person_id] = died_on
    return days


def refuse_after_death(person: Person, on: date, field: str = "service_on") -> None:
    """A service on the day of death is still one; after it, refuses with ``person.after_death`` (001, step 3)."""
    died_on = day_of_death(person)
    if died_on is not None and on > died_on:
        raise AFTER_DEATH(field, on=on, died_on=died_on)


def let_die(person: Person, event: Event, at: datetime, by: str) -> None:
    """A verified death: the day stands in the file, cards and codes are dead at once, mandates end with the day.

    Only what was served before is still settled, see ``songhe.person.mandate``.
    """
    person.died_on = event.happened_on
    _save(person, event, at, by)
    of_person = {"county": person.county, "person": person}
    Medium.objects.filter(**of_person, ended_at=None).update(ended_at=at, ended_because=DEATH)
    Mandate.objects.filter(**of_person, ended_on=None).update(ended_on=event.happened_on, ended_because=DEATH)


def let_live(person: Person, event: Event, at: datetime, by: str) -> None:
    """A death that was none: what ended with it holds again."""
    person.died_on = None
    _save(person, event, at, by)
    of_person = {"county": person.county, "person": person, "ended_because": DEATH}
    Medium.objects.filter(**of_person).update(ended_at=None, ended_because="")
    Mandate.objects.filter(**of_person).update(ended_on=None, ended_because="")


def _save(person: Person, event: Event, at: datetime, by: str) -> None:
    person.version += 1
    person.save(update_fields=["died_on", "version"])
    Provenance.objects.create(
        county=person.county,
        person=person,
        field="died_on",
        value=str(person.died_on or ""),
        source=event.source,
        document=str(event.id),
        by=by,
        known_at=at,
    )
