"""One human, one identity in the country: found by a keyed index of the ID number, which itself stands encrypted."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from django.conf import settings

from songhe.county.key import new_id
from songhe.kernel.cipher import keyed_hash, seal, unseal
from songhe.kernel.id_number import IdNumber
from songhe.person.models import Identity, Person
from songhe.person.table import write_new

_INDEX = "id-number-index"
_NUMBER = "id-number"


def index_of(number: IdNumber) -> str | None:
    """The keyed index of a number; the 15- and the 18-digit form of one number have the same. ``None``: no number."""
    text = number.index_text
    return None if text is None else keyed_hash(text, key=settings.ID_NUMBER_KEY, purpose=_INDEX)


def identify(number: IdNumber) -> UUID | None:
    """The identity of the human with this number, made if there was none; two callers at once get the same.

    ``None`` for "no number yet". A row made for a call that is refused later does no harm: it says nothing of anybody.
    """
    return identify_all([number])[0]


def identify_all(numbers: Sequence[IdNumber]) -> list[UUID | None]:
    """The identities of many numbers, in their order, in three statements at most."""
    indexes = [index_of(number) for number in numbers]
    # In one order for everybody: two imports that make the same rows wait for each other instead of locking up.
    wanted = sorted({index for index in indexes if index is not None})
    known = find_all(wanted)
    missing = [index for index in wanted if index not in known]
    if missing:
        made = {index: new_id() for index in missing}
        all_new = write_new(Identity, ["id", "index"], [(id, index) for index, id in made.items()])
        known |= made if all_new else find_all(missing)
    return [None if index is None else known[index] for index in indexes]


def find(number: IdNumber) -> UUID | None:
    """The identity with this number, if the country knows one."""
    index = index_of(number)
    return None if index is None else find_all([index]).get(index)


def find_all(indexes: Sequence[str]) -> dict[str, UUID]:
    """Index to identity, for those that the country knows."""
    return dict(Identity.objects.filter(index__in=indexes).values_list("index", "id"))


def sealed(number: IdNumber, person_id: UUID) -> bytes | None:
    """The number encrypted for one person's file; in another file it does not open."""
    if number.index_text is None:
        return None
    return seal(number.canonical, key=settings.ID_NUMBER_KEY, purpose=_NUMBER, about=person_id.bytes)


def number_of(person: Person) -> str:
    """The whole number, "" while there is none. Whoever shows it asks first and notes it in the trail."""
    if person.id_cipher is None:
        return ""
    return unseal(person.id_cipher, key=settings.ID_NUMBER_KEY, purpose=_NUMBER, about=person.id.bytes)
