"""What pages ask of the registry: find people in one box, and a person's file on one page. Always within a scope."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.db import connection
from django.db.models import Q, QuerySet

from songhe.access.scope import Scope
from songhe.kernel.refusal import Refusal
from songhe.kernel.typed import fold
from songhe.person.details import read_name, read_number
from songhe.person.identity import find
from songhe.person.mandate import mandates_on
from songhe.person.medium import media_of
from songhe.person.models import Duplicate, Event, Mandate, Medium, Person, Provenance, Status
from songhe.person.status import statuses_on

MOST_FOUND = 50


@dataclass(frozen=True)
class File:
    """A person's file as a page shows it."""

    person: Person
    statuses: list[Status]
    mandates: list[Mandate]
    media: list[Medium]
    events: list[Event]
    provenance: list[Provenance]
    duplicates: list[Duplicate]


def search(*, scope: Scope, text: str, on: date, closed: bool = False, most: int = MOST_FOUND) -> list[Person]:
    """People in the scope whom the text fits: a whole ID number, the last four of one, a name or its beginning.

    Open files only, unless ``closed``; by name. Nothing is looked up for an empty text.
    """
    condition = _fits(text, on)
    if condition is None:
        return []
    people = Person.objects.within(scope).filter(condition)
    if not closed:
        people = people.filter(closed_on=None)
    return list(people.order_by("name", "id")[:most])


def people_in(*, scope: Scope, place: str = "", closed: bool = False) -> QuerySet[Person]:
    """The people of a place (the beginning of a code) in the scope, for lists and their pages, by name."""
    people = Person.objects.within(scope).filter(place__startswith=place)
    return (people if closed else people.filter(closed_on=None)).order_by("name", "id")


def file_of(*, scope: Scope, person_id: UUID, on: date) -> File | None:
    """Everything of one person on one page; ``None`` outside the scope, as if there were no such file."""
    person = Person.objects.within(scope).filter(id=person_id).first()
    if person is None:
        return None
    of_person = {"county": person.county, "person": person}
    pairs = Duplicate.objects.filter(Q(first=person) | Q(second=person), county=person.county)
    return File(
        person=person,
        statuses=statuses_on(person, on),
        mandates=mandates_on(person, on),
        media=media_of(person),
        events=list(Event.objects.filter(**of_person).order_by("-happened_on", "-id")),
        provenance=list(Provenance.objects.filter(**of_person).order_by("field", "-known_at", "-id")),
        duplicates=list(pairs.select_related("first", "second").order_by("found_at", "id")),
    )


def files_of(person: Person) -> list[Person]:
    """All files of one human in the country, the latest first: what was before a move, and what came after."""
    if person.identity is None:
        return [person]
    return list(Person.rows.filter(identity=person.identity).order_by("-opened_on", "-id"))


def _fits(text: str, on: date) -> Q | None:
    typed = fold(text)
    if not typed:
        return None
    if len(typed) == 4 and typed[:3].isdigit():
        return Q(id_last4=typed)
    if len(typed) in (15, 18) and typed[:15].isdigit():
        try:
            identity = find(read_number(typed, "resident", on))
        except Refusal:
            return Q(pk__in=())
        return Q(identity=identity) if identity else Q(pk__in=())
    try:
        return _begins(read_name(text))
    except Refusal:
        return Q(pk__in=())


def _begins(name: str) -> Q:
    """Names that begin so, in the form that the index serves: SQLite has it for a range, PostgreSQL for LIKE."""
    if connection.vendor == "sqlite":
        return Q(name__gte=name, name__lt=name + "\U0010ffff")
    return Q(name__startswith=name)
