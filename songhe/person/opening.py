"""Open files in bulk: identities, rows and where every field came from, in a handful of statements."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from typing import Any

from songhe.county.key import new_id
from songhe.kernel.id_number import IdNumber
from songhe.person import search
from songhe.person.details import FIELDS, Details
from songhe.person.identity import identify_all, sealed
from songhe.person.models import Person, Provenance
from songhe.person.table import write, write_values

#: Provenance of a whole file in one row: all its fields came from there. A later correction writes out the field.
WHOLE_FILE = "*"


def open_files(
    *,
    county: str,
    details: Sequence[Details],
    on: date,
    at: datetime,
    by: str,
    source: str,
    document: str = "",
    synthetic: bool = False,
    field_by_field: bool = True,
) -> list[Person]:
    """Open a file for each in the caller's transaction, with its provenance; what they say is already checked.

    ``IntegrityError``: one of them has an open file in the county.
    """
    identities = identify_all([each.id_number for each in details])
    people = []
    for each, identity in zip(details, identities, strict=True):
        person = Person(county=county, identity=identity, opened_on=on, synthetic=synthetic, **each.columns())
        person.id_cipher = sealed(each.id_number, person.id)
        people.append(person)
    write(Person, people)
    search.lay(people)
    told: dict[str, Any] = {"source": source, "document": document, "by": by, "known_at": at}
    if field_by_field:
        rows = [
            row
            for person, each in zip(people, details, strict=True)
            for row in provenance_of(person, FIELDS, number=each.id_number, **told)
        ]
        write(Provenance, rows)
    else:
        told |= {"county": county, "field": WHOLE_FILE, "value": "", "valid_from": on}
        values = tuple(told.values())
        write_values(Provenance, ("id", "person", *told), ((new_id(), person.id, *values) for person in people))
    return people


def provenance_of(
    person: Person, fields: Iterable[str], *, number: IdNumber | None = None, empty: bool = False, **told: Any
) -> Iterator[Provenance]:
    """A row for each field of the person that says something (with ``empty``, for each), an ID number masked."""
    for field in fields:
        value = _masked(person, number) if field == "id_number" else getattr(person, field)
        if empty or value not in (None, ""):
            yield Provenance(
                county=person.county,
                person_id=person.id,
                field=field,
                value="" if value is None else str(value)[:200],
                **told,
            )


def _masked(person: Person, number: IdNumber | None) -> str:
    if number is not None:
        return number.masked()
    return f"****{person.id_last4}" if person.id_last4 else ""
