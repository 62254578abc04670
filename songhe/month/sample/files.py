"""Find the files of the sample's people again: by the keyed index of their number, else by name and birth date."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from songhe.kernel import id_number
from songhe.month.sample.people import Elder
from songhe.month.sample.shape import COUNTY
from songhe.person.identity import find_all, index_of
from songhe.person.models import Mandate, Person


def files_of(chunk: Sequence[Elder]) -> dict[int, Person]:
    """The county's file of each elder of the chunk by the elder's number, the open one if there are two."""
    index = {elder.number: index_of(id_number.parse(elder.id_number, elder.id_kind)) for elder in chunk}
    identities = find_all([each for each in index.values() if each is not None])
    rows = Person.rows.filter(county=COUNTY, identity__in=identities.values()).order_by("opened_on", "id")
    by_identity = {row.identity: row for row in sorted(rows, key=lambda row: row.closed_on is None)}
    found: dict[int, Person] = {}
    for elder in chunk:
        if (of := index[elder.number]) is not None:
            found[elder.number] = by_identity[identities[of]]
        else:
            same = Person.rows.filter(county=COUNTY, identity=None, name=elder.name, birth_date=elder.birth_date)
            found[elder.number] = same.order_by("id")[:1].get()
    return found


def mandates_of(people: Sequence[Person]) -> dict[UUID, Mandate]:
    """The mandate that the sample gave for each of them, by person."""
    rows = Mandate.objects.filter(county=COUNTY, person__in=[person.id for person in people]).order_by("-id")
    return {row.person_id: row for row in rows.select_related("provider")}
