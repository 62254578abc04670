"""A person moves: the file closes from the day, and the county they live in now opens one for the same identity."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from django.db import IntegrityError, transaction

from songhe.kernel.id_number import IdNumber, Kind
from songhe.kernel.refusal import reason
from songhe.person import search
from songhe.person.details import FIELDS, Findings, Places
from songhe.person.duplicate import ALREADY_REGISTERED
from songhe.person.identity import number_of, sealed
from songhe.person.models import Mandate, Medium, Person, Provenance, Status
from songhe.person.opening import provenance_of
from songhe.person.register import locked
from songhe.person.status import statuses_in_force
from songhe.trail.note import note

MOVED = "moved"

MOVED_BEFORE_OPENED = reason(
    "person.moved_before_opened",
    zh="迁居日期{moved_on}早于建档日期{opened_on}。",
    en="The move on {moved_on} is before the file was opened on {opened_on}.",
)


def move(
    *, person: Person, to_place: str, moved_on: date, on: date, at: datetime, by: str, source: str
) -> Person | None:
    """From ``moved_on`` on the person lives elsewhere; the answer is the file that stands from then on.

    Inside the county the place changes. To another county the file closes, its media and mandates end, and a file
    opens there with what is known, its open statuses (the new county looks at them again) and its mandates, those of
    a provider's staff excepted; if that county has an open file for the identity already, that one stands. Without a
    place (unknown, abroad) the file just closes. Refuses with ``person.file_closed``, ``person.moved_before_opened``
    and the codes for places of ``songhe.person.details.check``.
    """
    with transaction.atomic():
        person = locked(person)
        if moved_on < person.opened_on:
            raise MOVED_BEFORE_OPENED("moved_on", moved_on=moved_on, opened_on=person.opened_on)
        to_county = to_place[:6]
        place = Places.on(to_county, on).read(to_place, Findings()) if to_place else ""
        if to_county == person.county:
            return _stay_in_county(person, place, moved_on, at, by, source)
        statuses = list(statuses_in_force(moved_on).filter(county=person.county, person=person))
        mandates = list(Mandate.objects.filter(county=person.county, person=person, ended_on=None))
        _close(person, moved_on, at, statuses)
        there = _open(person, place, moved_on, at, by, source) if to_place else None
        if there is not None:
            _bring(there, statuses, mandates, moved_on, at)
        for file in (person, there):
            if file is not None:
                note(
                    county=file.county,
                    at=at,
                    actor=by,
                    act="person.move",
                    subject="person",
                    subject_id=file.id,
                    moved_on=str(moved_on),
                    from_county=person.county,
                    to_county=to_county,
                    other=str(there.id if file is person and there else person.id),
                )
    return there


def close_file(person: Person, closed_on: date, because: str, at: datetime) -> None:
    """``closed_on`` is the first day on which the file stands no longer; media and mandates end with it."""
    person.closed_on, person.closed_because = closed_on, because
    person.version += 1
    person.save(update_fields=["closed_on", "closed_because", "version"])
    of_person = {"county": person.county, "person": person}
    Medium.objects.filter(**of_person, ended_at=None).update(ended_at=at, ended_because=because)
    Mandate.objects.filter(**of_person, ended_on=None).update(ended_on=closed_on, ended_because=because)


def _stay_in_county(person: Person, place: str, moved_on: date, at: datetime, by: str, source: str) -> Person:
    person.place = place
    person.version += 1
    person.save(update_fields=["place", "version"])
    told: dict[str, Any] = {"source": source, "by": by, "known_at": at, "valid_from": moved_on}
    Provenance.objects.bulk_create(provenance_of(person, ["place"], **told))
    note(
        county=person.county,
        at=at,
        actor=by,
        act="person.move",
        subject="person",
        subject_id=person.id,
        moved_on=str(moved_on),
        to_place=place,
    )
    return person


def _close(person: Person, moved_on: date, at: datetime, statuses: list[Status]) -> None:
    close_file(person, moved_on, MOVED, at)
    last_day = moved_on - timedelta(days=1)
    for status in statuses:
        # What began on the day of the move begins in the new county alone, and ends here on its one day.
        Status.objects.filter(county=status.county, id=status.id).update(valid_to=max(last_day, status.valid_from))


def _open(person: Person, place: str, moved_on: date, at: datetime, by: str, source: str) -> Person:
    county = place[:6]
    here = Person.rows.filter(county=county, identity=person.identity, closed_on=None)
    standing = here.select_for_update().first() if person.identity else None
    if standing is not None:
        return standing
    copied = {
        name: getattr(person, name)
        for name in ("identity", "id_kind", "id_last4", "name", "sex", "birth_date", "ethnic", "registered_place")
    }
    there = Person(
        county=county,
        place=place,
        phone=person.phone,
        resident_from=moved_on,
        opened_on=moved_on,
        synthetic=person.synthetic,
        **copied,
    )
    number = number_of(person)
    if number:
        there.id_cipher = sealed(IdNumber(Kind(person.id_kind), number), there.id)
    try:
        with transaction.atomic():
            there.save(force_insert=True)
    except IntegrityError:
        raise ALREADY_REGISTERED("id_number") from None
    search.lay([there])
    told: dict[str, Any] = {
        "source": f"{source} ({person.county})"[:80],
        "document": str(person.id),
        "by": by,
        "known_at": at,
    }
    Provenance.objects.bulk_create(provenance_of(there, FIELDS, **told))
    return there


def _bring(there: Person, statuses: list[Status], mandates: list[Mandate], moved_on: date, at: datetime) -> None:
    """What holds goes along; the file that stood there already keeps its own of each kind."""
    known = set(Status.objects.filter(county=there.county, person=there).values_list("kind", flat=True))
    Status.objects.bulk_create(
        Status(
            county=there.county,
            person_id=there.id,
            kind=status.kind,
            valid_from=moved_on,
            valid_to=status.valid_to,
            detail=status.detail,
            source=f"{status.source} ({status.county})"[:80],
            known_at=at,
        )
        for status in statuses
        if status.kind not in known
    )
    Mandate.objects.bulk_create(
        Mandate(
            county=there.county,
            person_id=there.id,
            valid_from=max(moved_on, mandate.valid_from),
            at=at,
            **{
                name: getattr(mandate, name)
                for name in (
                    "proxy_identity",
                    "proxy_name",
                    "proxy_phone",
                    "account",
                    "relation",
                    "acts",
                    "evidence",
                    "valid_to",
                    "given_by",
                )
            },
        )
        for mandate in mandates
        if mandate.relation != Mandate.Relation.PROVIDER_STAFF and mandate.valid_to >= moved_on
    )
