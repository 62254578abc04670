"""Find files that may be one human's: the same number blocks, the same name and birth date asks somebody to look."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from itertools import combinations

from django.db.models import Count

from songhe.kernel.refusal import Refusal, reason
from songhe.person.details import Details
from songhe.person.identity import find_all, index_of
from songhe.person.models import Duplicate, Person

ALREADY_REGISTERED = reason(
    "person.already_registered",
    zh="这个证件号码在本县已有档案。",
    en="There is an open file with this number in the county.",
    status=409,
)
OPEN_ELSEWHERE = reason(
    "person.open_elsewhere",
    zh="这个证件号码在{county}还有未关闭的档案；如已迁来，请办理迁居。",
    en="Another county, {county}, has an open file with this number; if the person moved, register the move.",
)
SAME_NAME_AND_BIRTH = reason(
    "person.same_name_and_birth_date",
    zh="本县已有同名且同日出生的人，请核对是否同一人。",
    en="Somebody of the same name and birth date is registered in the county; see whether it is the same person.",
)

#: The outbox's topic of a county that is to be looked through.
TOPIC = "person.find_duplicates"

_KEYS_AT_ONCE = 500

WHY = "same_name_and_birth_date"


class Known:
    """What the registry already holds about many people to be registered in a county, read in four statements."""

    def __init__(self, county: str, details: Sequence[Details]) -> None:
        self.county = county
        self.index = {id(each): index_of(each.id_number) for each in details}
        self.identities = find_all(sorted({index for index in self.index.values() if index is not None}))
        ids = list(self.identities.values())
        open_files = Person.rows.filter(closed_on=None)
        self.here = {person.identity: person for person in open_files.filter(county=county, identity__in=ids)}
        elsewhere = open_files.filter(identity__in=ids).exclude(county=county).values_list("identity", "county")
        self.elsewhere = dict(elsewhere)
        self.lookalikes: dict[tuple[str, object], list[Person]] = {}
        births, names = {each.birth_date for each in details}, {each.name for each in details}
        for person in open_files.filter(county=county, birth_date__in=births, name__in=names).order_by("id"):
            self.lookalikes.setdefault((person.name, person.birth_date), []).append(person)

    def file_of(self, details: Details) -> Person | None:
        """The open file of this county with the same number."""
        index = self.index[id(details)]
        return self.here.get(self.identities.get(index)) if index is not None else None

    def similar_to(self, details: Details) -> list[Person]:
        """Open files that may be the same human's though the number does not say so."""
        same = self.file_of(details)
        found = self.lookalikes.get((details.name, details.birth_date), [])
        return [person for person in found if person is not same and _may_be_one(person, details)]

    def warnings(self, details: Details) -> list[Refusal]:
        found: list[Refusal] = []
        index = self.index[id(details)]
        identity = self.identities.get(index) if index is not None else None
        if identity in self.elsewhere:
            found.append(OPEN_ELSEWHERE("id_number", county=self.elsewhere[identity]))
        if self.similar_to(details):
            found.append(SAME_NAME_AND_BIRTH("name"))
        return found


def note_pairs(county: str, pairs: Iterable[tuple[Person, Person]], *, at: datetime) -> int:
    """Put pairs before somebody, the older file first; a pair is put once, also after it was decided.

    Says how many are new.
    """
    wanted = {}
    for one, other in pairs:
        first, second = sorted((one.id, other.id))
        wanted[first, second] = Duplicate(county=county, first_id=first, second_id=second, why=WHY, found_at=at)
    if not wanted:
        return 0
    known = Duplicate.objects.filter(county=county, first__in={first for first, _ in wanted})
    for pair in known.values_list("first_id", "second_id"):
        wanted.pop(pair, None)
    Duplicate.objects.bulk_create(wanted.values(), ignore_conflicts=True)
    return len(wanted)


def find_duplicates(*, county: str, at: datetime) -> int:
    """Look through the whole county for pairs of open files of one name and birth date, and put them before somebody.

    Two different ID numbers speak for two humans: such a pair is put only when they live in one village. Says how
    many pairs are new.
    """
    in_county = Person.rows.filter(county=county, closed_on=None)
    shared = in_county.values("name", "birth_date").annotate(files=Count("id")).filter(files__gt=1)
    keys = sorted(shared.values_list("birth_date", "name"))
    new = 0
    for start in range(0, len(keys), _KEYS_AT_ONCE):
        some = keys[start : start + _KEYS_AT_ONCE]
        births, names = {born for born, _ in some}, {name for _, name in some}
        groups: dict[tuple[date, str], list[Person]] = {key: [] for key in some}
        for person in in_county.filter(birth_date__in=births, name__in=names).order_by("id"):
            if (person.birth_date, person.name) in groups:
                groups[person.birth_date, person.name].append(person)
        pairs = [pair for group in groups.values() for pair in combinations(group, 2) if _two_files_may_be_one(*pair)]
        new += note_pairs(county, pairs, at=at)
    return new


def undecided(county: str) -> list[Duplicate]:
    """The pairs that wait for somebody, oldest first."""
    waiting = Duplicate.objects.filter(county=county, outcome="").select_related("first", "second")
    return list(waiting.order_by("found_at", "id"))


def _may_be_one(person: Person, details: Details) -> bool:
    """Two different numbers speak for two humans, unless they live in one village."""
    numbered = person.identity is not None and details.id_number.index_text is not None
    return not numbered or person.place == details.place


def _two_files_may_be_one(one: Person, other: Person) -> bool:
    return one.identity is None or other.identity is None or one.place == other.place
