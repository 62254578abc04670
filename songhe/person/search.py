"""One box to find people in: name, pinyin, initials, the end of an ID number or of a telephone, a whole ID number.

The keys are rows of their own, read in their order, so that what is typed is found as fast among a million people as
among a hundred: nothing is searched that the scope does not reach, and nothing is counted that is not shown.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet

from songhe.access.scope import Scope
from songhe.county.key import new_id
from songhe.kernel.id_number import parse
from songhe.kernel.refusal import Refusal
from songhe.kernel.typed import fold
from songhe.person.identity import find, number_of
from songhe.person.models import Person, SearchKey
from songhe.person.reading import bare, readings, spelled
from songhe.person.table import write_values
from songhe.place.models import Division

#: People of one answer.
FOUND = 50
#: So far an answer can be leafed through; whoever wants more types more.
FARTHEST = 500
#: Before a telephone read backwards, which no name begins with.
PHONE = "#"
#: Files whose numbers are opened to compare more than four characters of them.
OPENED = 300
REBUILT_AT_ONCE = 10_000
_LAST = "\U0010ffff"
_LONGEST = 80


@dataclass(frozen=True)
class Asked:
    """What was typed, and what it may be. A whole ID number is never kept in an address, a log line or the trail."""

    text: str
    digits: str = ""
    name: str = ""
    letters: str = ""
    is_id_number: bool = False

    @property
    def says_nothing(self) -> bool:
        return not (self.digits or self.name or self.letters)

    @property
    def names_somebody(self) -> bool:
        """Whether it is an ID number, the end of one or of a telephone: what does not belong into an address."""
        return bool(self.digits)


@dataclass(frozen=True)
class Found:
    """A page of people, the closest first. ``more``: there are others beyond it."""

    people: list[Person]
    more: bool = False


def asked(text: str) -> Asked:
    """Read what was typed: full-width and small letters are equal, blanks in numbers are dropped."""
    plain = " ".join(text.split())[:60]
    folded = fold(plain)[:60].replace("-", "")
    if folded[:-1].isdigit() and (folded[-1:].isdigit() or folded[-1:] == "X"):
        return Asked(plain, digits=folded, is_id_number=len(folded) in (15, 18))
    letters = spelled(folded)
    name = bare(folded)
    if name and name.isascii():
        return Asked(plain, name=name, letters=letters)
    if letters and len(letters) == len(name):
        # Only ü or tones stand between it and pinyin.
        return Asked(plain, letters=letters, name=name)
    return Asked(plain, name=name)


def search(
    scope: Scope, text: str, limit: int = FOUND, *, skip: int = 0, among: QuerySet[Person] | None = None
) -> Found:
    """People of the scope whom the text fits, the closest first; nobody for an empty text or for one that says nothing.

    Digits are a whole ID number, the end of one or the end of a telephone (four and more); letters are pinyin, first
    letters or a name in letters; anything else is the beginning of a name. ``among`` stands for the scope where the
    caller knows whom it may show.
    """
    typed = asked(text)
    limit, skip = max(1, min(limit, FARTHEST)), max(0, min(skip, FARTHEST - 1))
    people = Person.objects.within(scope) if among is None else among
    if typed.says_nothing:
        return Found([])
    if typed.is_id_number:
        return Found(_of_id_number(people, typed.digits)[:limit])
    if typed.digits:
        found = _of_digits(scope, people, typed.digits, among is not None)
        return Found(found[skip : skip + limit], len(found) > skip + limit)
    beginnings = [each for each in dict.fromkeys((typed.letters, typed.name)) if each]
    ids = _in_order(scope, people, beginnings, skip + limit + 1, among is not None)
    page = ids[skip : skip + limit]
    return Found(_fetched(people, page), len(ids) > skip + limit)


def fitting(people: QuerySet[Person], text: str) -> QuerySet[Person]:
    """Those of ``people`` whom the text fits, read as ``search`` reads it, for a list in an order of its own.

    Of an ID number four last characters or all are understood; nobody fits a text that says nothing.
    """
    typed = asked(text)
    if typed.says_nothing:
        return people.none()
    if typed.is_id_number:
        return people.filter(id__in=[person.id for person in _of_id_number(people, typed.digits)])
    if typed.digits:
        if len(typed.digits) < 4:
            return people.none()
        fits = Q(_known_by(PHONE + typed.digits[::-1]))
        return people.filter(fits | Q(id_last4=typed.digits) if len(typed.digits) == 4 else fits)
    fits = Q()
    for beginning in filter(None, (typed.letters, typed.name)):
        fits |= Q(_known_by(beginning))
    return people.filter(fits)


def keys_of(name: str, phone: str) -> set[str]:
    """Everything that a person can be found by: the name, each of its readings, their first letters, the telephone."""
    kept = {bare(name)[:_LONGEST]}
    for reading in readings(name):
        kept.add("".join(reading)[:_LONGEST])
        kept.add("".join(syllable[:1] for syllable in reading))
    digits = "".join(each for each in phone if each.isascii() and each.isdigit())
    if len(digits) >= 4:
        kept.add(PHONE + digits[::-1])
    return kept - {""}


def lay(people: Iterable[Person]) -> None:
    """The keys of new files, in the caller's transaction."""
    _write((person.county, person.id, person.name, person.phone) for person in people)


def index(people: Collection[Person]) -> None:
    """The keys of files of one county whose name or telephone may have changed, in the caller's transaction."""
    by_county: dict[str, list[UUID]] = {}
    for person in people:
        by_county.setdefault(person.county, []).append(person.id)
    for county, ids in by_county.items():
        SearchKey.objects.filter(county=county, person__in=ids).delete()
    lay(people)


def drop(county: str, people: Collection[UUID]) -> None:
    """The keys of files that are removed."""
    SearchKey.objects.filter(county=county, person__in=people).delete()


def without_keys(county: str) -> bool:
    """Whether somebody in the county cannot be found; files that were loaded past the verbs have no keys."""
    keys = SearchKey.objects.filter(county=OuterRef("county"), person=OuterRef("id"))
    return Person.rows.filter(county=county).filter(~Exists(keys)).exists()


def rebuild(*, county: str, progress: Callable[[int], None] | None = None) -> int:
    """Make the keys of a whole county again, part by part, each in its own transaction; says for how many people.

    Harmless at any time: whoever is looked for in a part that is being made is found before and after.
    """
    done = 0
    for part in _parts(county):
        first, last = part[0][0], part[-1][0]
        with transaction.atomic():
            standing = SearchKey.objects.filter(county=county, person__gte=first, person__lte=last)
            standing._raw_delete(standing.db)
            fresh = Person.rows.filter(county=county, id__gte=first, id__lte=last).values_list("id", "name", "phone")
            _write((county, *row) for row in fresh)
        done += len(part)
        if progress is not None:
            progress(done)
    return done


def _parts(county: str) -> Iterator[Sequence[tuple[UUID]]]:
    after: UUID | None = None
    while True:
        rows = Person.rows.filter(county=county).order_by("id").values_list("id")
        part = list((rows.filter(id__gt=after) if after else rows)[:REBUILT_AT_ONCE])
        if not part:
            return
        yield part
        after = part[-1][0]


def _write(people: Iterable[tuple[str, UUID, str, str]]) -> None:
    # Namesakes are many: a name is read once.
    read: dict[str, set[str]] = {}

    def rows() -> Iterator[Sequence[Any]]:
        for county, person, name, phone in people:
            of_name = read.get(name)
            if of_name is None:
                of_name = read[name] = keys_of(name, "")
            for key in of_name | keys_of("", phone):
                yield county, new_id(), person, key

    write_values(SearchKey, ("county", "id", "person", "key"), rows())


def _of_id_number(people: QuerySet[Person], digits: str) -> list[Person]:
    try:
        identity = find(parse(digits))
    except Refusal:
        return []
    return list(people.filter(identity=identity).order_by("-opened_on", "-id")) if identity else []


def _of_digits(scope: Scope, people: QuerySet[Person], digits: str, narrowed: bool) -> list[Person]:
    """Whose ID number ends so, and whose telephone does; fewer than four digits are nobody's."""
    if len(digits) < 4:
        return []
    candidates = list(people.filter(id_last4=digits[-4:]).order_by("id")[: OPENED if len(digits) > 4 else FARTHEST])
    if len(digits) > 4:
        candidates = [person for person in candidates if number_of(person).endswith(digits)]
    if digits.isdigit():
        known = {person.id for person in candidates}
        ids = _in_order(scope, people, [PHONE + digits[::-1]], FARTHEST, narrowed)
        candidates += _fetched(people, [each for each in ids if each not in known])
    return candidates


def _known_by(beginning: str) -> Exists:
    """Whether one of a person's keys begins so."""
    keys = SearchKey.objects.filter(county=OuterRef("county"), person=OuterRef("id"), **_from(beginning))
    return Exists(keys)


def _from(beginning: str) -> dict[str, str]:
    return {"key__gte": beginning, "key__lt": beginning + _LAST}


def _in_order(
    scope: Scope, people: QuerySet[Person], beginnings: Sequence[str], wanted: int, narrowed: bool
) -> list[UUID]:
    """The first people by the order of their keys, each once; who is found by two keys stands at the first.

    The counties are named before a key is looked at. One county's keys come in their order from the index. Of several
    counties as many as are wanted are taken as they come, for to sort them all would be to read them all.
    """
    counties = None if narrowed or scope.person_ids or scope.provider_ids else _counties(scope)
    found: dict[UUID, None] = {}
    for beginning in beginnings:
        if counties is None:
            some = people.filter(_known_by(beginning)).order_by("name", "id").values_list("id", flat=True)
            found |= dict.fromkeys(some[:wanted])
            continue
        keys = SearchKey.objects.filter(county__in=counties, **_from(beginning)).order_by()
        if len(counties) == 1:
            keys = SearchKey.objects.filter(county=counties[0], **_from(beginning)).order_by("key", "person_id")
        window = 4 * wanted
        while True:
            ids = list(keys.values_list("person_id", flat=True)[:window])
            found |= dict.fromkeys(ids)
            if len(found) >= wanted or len(ids) < window:
                break
            window *= 4
    return list(found)[:wanted]


def _counties(scope: Scope) -> list[str] | None:
    """The counties of the scope's divisions; ``None`` where they are not known by name."""
    found: set[str] = set()
    for prefix in scope.divisions:
        if len(prefix) == 6:
            found.add(prefix)
        elif len(prefix) > 6:
            return None
        else:
            # Also those whose codes hold no longer: what they paid for stays under them.
            below = Division.objects.filter(pays=True, code__startswith=prefix)
            found |= set(below.values_list("code", flat=True))
    return sorted(found)


def _fetched(people: QuerySet[Person], ids: Sequence[UUID]) -> list[Person]:
    rows = {person.id: person for person in people.filter(id__in=ids)}
    return [rows[each] for each in ids if each in rows]
