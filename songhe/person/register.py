"""Open a person's file by hand, and set right what stands in it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import IntegrityError, transaction

from songhe.kernel.refusal import UNKNOWN_FIELD, Refusal, reason
from songhe.person import search
from songhe.person.details import FIELDS, Details, Places, check, read_number
from songhe.person.duplicate import ALREADY_REGISTERED, Known, note_pairs
from songhe.person.identity import identify, number_of, sealed
from songhe.person.models import Person, Provenance
from songhe.person.opening import WHOLE_FILE, open_files, provenance_of
from songhe.trail.note import note

FILE_CLOSED = reason(
    "person.file_closed",
    zh="档案已于{closed_on}关闭。",
    en="The file was closed on {closed_on}.",
    status=409,
)
CHANGED_MEANWHILE = reason(
    "person.changed_meanwhile",
    zh="档案在您打开之后被别人改过（现为第{version}版），请重新打开再改。",
    en="Somebody changed the file after you opened it (now version {version}); open it again.",
    status=409,
)
NOTHING_CHANGES = reason("person.nothing_changes", zh="没有任何改动。", en="Nothing would change.")
REASON_MISSING = reason("person.reason_missing", zh="请写明原因。", en="Say why.")


@dataclass(frozen=True)
class Registered:
    """The new file, and what somebody should look at: the same name and birth date, an open file elsewhere, …"""

    person: Person
    warnings: tuple[Refusal, ...] = ()


def register(
    *,
    county: str,
    name: str,
    place: str,
    on: date,
    at: datetime,
    by: str,
    id_number: str = "",
    id_kind: str = "resident",
    birth_date: date | str | None = None,
    sex: str = "",
    ethnic: str = "",
    registered_place: str = "",
    address: str = "",
    phone: str = "",
    longitude: float | None = None,
    latitude: float | None = None,
    resident_from: date | None = None,
    source: str = "counter",
    document: str = "",
    synthetic: bool = False,
) -> Registered:
    """Open the county's file on a human of any age; once per ID number and county while it is open.

    ``id_kind="none"`` says that there is no number yet. Birth date and sex come from the number where it holds them.
    Refuses with the codes of ``songhe.person.details.check`` or ``person.already_registered``.
    """
    told = {
        "name": name,
        "place": place,
        "id_number": id_number,
        "id_kind": id_kind,
        "birth_date": birth_date,
        "sex": sex,
        "ethnic": ethnic,
        "registered_place": registered_place,
        "address": address,
        "phone": phone,
        "longitude": longitude,
        "latitude": latitude,
        "resident_from": resident_from,
    }
    details, found = check(told, places=Places.on(county, on), on=on)
    if details is None:
        raise found.errors[0]
    with transaction.atomic():
        known = Known(county, [details])
        if known.file_of(details) is not None:
            raise ALREADY_REGISTERED("id_number")
        told = {"source": source, "document": document, "synthetic": synthetic}
        person = _open(county, details, on=on, at=at, by=by, **told)
        note_pairs(county, [(person, other) for other in known.similar_to(details)], at=at)
        note(
            county=county,
            at=at,
            actor=by,
            act="person.register",
            subject="person",
            subject_id=person.id,
            source=source,
            id_kind=person.id_kind,
        )
    return Registered(person, (*found.warnings, *known.warnings(details)))


def _open(county: str, details: Details, **told: Any) -> Person:
    try:
        with transaction.atomic():
            (person,) = open_files(county=county, details=[details], **told)
    except IntegrityError:
        raise ALREADY_REGISTERED("id_number") from None
    return person


def warnings_before(*, county: str, told: Mapping[str, Any], on: date) -> tuple[list[Refusal], list[Refusal]]:
    """What a form says while somebody types: the errors, and then the warnings, of the person as told so far."""
    details, found = check(told, places=Places.on(county, on), on=on)
    if details is None:
        return found.errors, found.warnings
    known = Known(county, [details])
    errors = [ALREADY_REGISTERED("id_number")] if known.file_of(details) is not None else []
    return errors, [*found.warnings, *known.warnings(details)]


def correct(
    *,
    person: Person,
    changes: Mapping[str, Any],
    version: int,
    because: str,
    on: date,
    at: datetime,
    by: str,
    source: str = "counter",
    document: str = "",
    valid_from: date | None = None,
) -> Person:
    """Set fields of a file right, each with its source; ``version`` is the one that the caller had open.

    What stood before stays in the provenance. A place in another county is a move, not a correction. Refuses with
    the codes of ``songhe.person.details.check``, ``person.reason_missing``, ``person.file_closed``,
    ``person.changed_meanwhile``, ``person.nothing_changes`` or ``person.already_registered``.
    """
    if not because.strip():
        raise REASON_MISSING("because")
    for field in changes:
        if field not in FIELDS:
            raise UNKNOWN_FIELD(field, field_name=field)
    with transaction.atomic():
        person = locked(person)
        if person.version != version:
            raise CHANGED_MEANWHILE("version", version=person.version)
        details = _changed(person, changes, on)
        number_before = number_of(person)
        after = details.columns()
        changed = [name for name in FIELDS if name != "id_number" and after[name] != getattr(person, name)]
        if details.id_number.canonical != number_before or details.id_number.kind != person.id_kind:
            changed = [name for name in FIELDS if name == "id_number" or name in changed]
        if not changed:
            raise NOTHING_CHANGES()
        told = {"source": source, "document": document, "by": by, "known_at": at, "valid_from": valid_from}
        rows = list(_written_out(person, changed))
        _take(person, details)
        try:
            with transaction.atomic():
                person.save()
        except IntegrityError:
            raise ALREADY_REGISTERED("id_number") from None
        if {"name", "phone"} & set(changed):
            search.index([person])
        rows += provenance_of(person, changed, number=details.id_number, empty=True, **told)
        Provenance.objects.bulk_create(rows)
        note(
            county=person.county,
            at=at,
            actor=by,
            act="person.correct",
            subject="person",
            subject_id=person.id,
            reason=because.strip()[:300],
            fields=changed,
            version=person.version,
        )
    return person


def locked(person: Person) -> Person:
    """The person's row, fresh and locked until the transaction ends. Refuses with ``person.file_closed``."""
    fresh = Person.rows.select_for_update().get(county=person.county, id=person.id)
    if fresh.closed_on is not None:
        raise FILE_CLOSED("person", closed_on=fresh.closed_on)
    return fresh


def _changed(person: Person, changes: Mapping[str, Any], on: date) -> Details:
    told = {name: getattr(person, name) for name in FIELDS if name != "id_number"}
    told["id_number"] = number_of(person)
    if "id_number" in changes:
        # A new number brings its own birth date and sex with it, unless they are told as well.
        number = read_number(changes["id_number"], changes.get("id_kind", person.id_kind), on)
        told |= {"birth_date": None if number.birth_date else person.birth_date}
        told |= {"sex": "" if number.sex else person.sex}
    places = Places.on(person.county, on)
    if "place" not in changes:
        places = Places(person.county, places.codes | {person.place})
    details, found = check(told | dict(changes), places=places, on=on)
    if details is None:
        raise found.errors[0]
    return details


def _take(person: Person, details: Details) -> None:
    for name, value in details.columns().items():
        setattr(person, name, value)
    person.identity = identify(details.id_number)
    person.id_cipher = sealed(details.id_number, person.id)
    person.version += 1


def _written_out(person: Person, fields: list[str]) -> list[Provenance]:
    """What stood in the fields before, where only the whole file's source is on record."""
    rows = Provenance.objects.filter(county=person.county, person=person, field__in=[*fields, WHOLE_FILE])
    known = {row.field: row for row in rows.order_by("known_at")}
    whole = known.get(WHOLE_FILE)
    if whole is None:
        return []
    told = {name: getattr(whole, name) for name in ("source", "document", "by", "known_at", "valid_from")}
    return list(provenance_of(person, [name for name in fields if name not in known], **told))
