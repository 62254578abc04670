"""Earlier results, our own and other agencies', taken into the register in bulk. 历史评估结果入库

Each row is answered on its own, in order. What the place's look-back accepts counts; everything else is kept and
shown, and counts for nothing. MZ/T 039-2013 is kept as recorded and never converted.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from itertools import islice
from typing import Any
from uuid import UUID

from django.db import transaction

from songhe.assessment import recognise
from songhe.assessment.models import Assessment
from songhe.assessment.models import Mapping as Taken
from songhe.assessment.request import STANDARD
from songhe.assessment.scale import RECORDED_ONLY, find
from songhe.assessment.sequence import in_sequence
from songhe.assessment.states import COUNTING
from songhe.assessment.submit import AFTER_DEATH
from songhe.assessment.validity import valid_until, within_look_back
from songhe.document import number
from songhe.kernel.id_number import parse
from songhe.kernel.month import Month, parse_date
from songhe.kernel.refusal import MISSING, UNKNOWN_FIELD, Refusal, reason, whole
from songhe.person.identity import find_all, index_of
from songhe.person.models import Person
from songhe.policy.resolve import Policy
from songhe.trail.note import note

CHUNK = 500
FIELDS = ("id_number", "person", "standard", "level", "body", "certificate_no", "assessed_on", "valid_until")

UNKNOWN_PERSON = reason(
    "assessment.unknown_person", zh="本县没有此人的在册档案。", en="The county has no open file of this person."
)
KEPT_AS_RECORDED = reason(
    "assessment.kept_as_recorded",
    zh="按原样登记，不折算，不作为享受待遇的依据。",
    en="Kept as recorded; it is not converted and counts for nothing.",
)
TOO_OLD = reason(
    "assessment.too_old",
    zh="{assessed_on}作出，超出本地认可的期限，仅留存。",
    en="Made on {assessed_on}, longer ago than the place accepts; kept only.",
)


@dataclass
class Loaded:
    """What became of one row: ``state`` of the result with its number and why, or ``refused``."""

    row: int
    state: str
    no: str = ""
    because: Refusal | None = None

    @property
    def code(self) -> str:
        return self.because.code if self.because else ""


@dataclass
class _Read:
    """A row as read. ``person`` and ``result`` come later, unless it was refused."""

    row: int
    id_index: str | None = None
    person_id: UUID | None = None
    standard: str = ""
    level: int | None = None
    level_text: str = ""
    body: str = ""
    certificate_no: str = ""
    assessed_on: date = date.min
    valid_until: date | None = None
    refused: Refusal | None = None
    because: Refusal | None = None
    result: Assessment | None = field(default=None)


@dataclass
class _Load:
    """What holds for every row of one load; decisions on levels are looked up once."""

    county: str
    policy: Policy | None
    at: datetime
    on: date
    by: str
    mappings: dict[tuple[str, int], Taken | None] = field(default_factory=dict)

    def mapping(self, standard: str, level: int) -> Taken | None:
        if (standard, level) not in self.mappings:
            self.mappings[standard, level] = recognise.mapping_for(
                county=self.county, standard=standard, level=level, on=self.on
            )
        return self.mappings[standard, level]


def load(
    *, county: str, rows: Iterable[Mapping[str, Any]], policy: Policy | None, at: datetime, on: date, by: str
) -> Iterator[Loaded]:
    """Load rows in chunks of 500, each in a transaction; a certificate that is there already is not loaded twice.

    A row has ``id_number`` (or ``person``, the id of the file), ``standard``, ``level``, ``body``,
    ``certificate_no``, ``assessed_on`` and perhaps ``valid_until``. GB/T 42195-2022 counts within the place's
    look-back or its own validity; another standard counts by an approved mapping; MZ/T 039-2013 never. The answers
    come in the order of the rows; a row refused leaves the others as they are.
    """
    load_of = _Load(county, policy, at, on, by)
    numbered = enumerate(rows, start=1)
    while chunk := list(islice(numbered, CHUNK)):
        yield from _chunk(load_of, [_read(place, row, on) for place, row in chunk])


def _chunk(load_of: _Load, read: Sequence[_Read]) -> list[Loaded]:
    county = load_of.county
    with transaction.atomic():
        people = _people(county, read)
        known = _known(county, people)
        for each in read:
            if each.refused is None:
                _take(load_of, each, people, known)
        fresh = [each for each in read if each.result is not None]
        _number(county, fresh, load_of.on)
        _save(county, fresh)
        note(
            county=county,
            at=load_of.at,
            actor=load_of.by,
            act="assessment.load",
            subject="assessment.Assessment",
            subject_id=str(fresh[0].result.id) if fresh and fresh[0].result else "",
            rows=len(read),
            counting=sum(each.because is None for each in fresh),
            kept=sum(each.because is not None for each in fresh),
            refused=sum(each.refused is not None for each in read),
        )
    return [_answer(each) for each in read]


def _read(place: int, row: Mapping[str, Any], on: date) -> _Read:
    read = _Read(place)
    try:
        for name in row:
            if name not in FIELDS:
                raise UNKNOWN_FIELD(name, field_name=name)
        if row.get("person"):
            read.person_id = UUID(str(row["person"]))
        else:
            read.id_index = index_of(parse(_text(row, "id_number"), on=on))
        read.standard = _text(row, "standard")
        read.body, read.certificate_no = _text(row, "body"), _text(row, "certificate_no")
        read.assessed_on = parse_date(_text(row, "assessed_on"), "assessed_on")
        if row.get("valid_until"):
            read.valid_until = parse_date(_text(row, "valid_until"), "valid_until")
        if read.assessed_on > on:
            raise recognise.IN_THE_FUTURE("assessed_on", assessed_on=read.assessed_on)
        _read_level(read, row.get("level"))
    except Refusal as refused:
        read.refused = refused
    except ValueError:
        read.refused = UNKNOWN_PERSON("person")
    return read


def _read_level(read: _Read, level: Any) -> None:
    """Of a standard that is only recorded the level may be any text; of the others it is a number."""
    scale = find(read.standard)
    if level is None or level == "":
        raise MISSING("level", field_name="level")
    if scale.method == RECORDED_ONLY and isinstance(level, str):
        read.level_text = level
        return
    if whole(level, "level", least=0) >= len(scale.levels):
        raise recognise.UNKNOWN_LEVEL("level", standard=read.standard, level=level)
    read.level, read.level_text = level, scale.level(level).name.zh


def _text(row: Mapping[str, Any], name: str) -> str:
    value = row.get(name)
    if value is None or not str(value).strip():
        raise MISSING(name, field_name=name)
    return str(value).strip()


def _people(county: str, read: Sequence[_Read]) -> dict[UUID, Person]:
    """The open files that the rows name, locked in the order of their ids."""
    identities = find_all(sorted({each.id_index for each in read if each.id_index}))
    open_files = Person.rows.filter(county=county, closed_on=None)
    of_identity = dict(open_files.filter(identity__in=identities.values()).values_list("identity", "id"))
    for each in read:
        if each.id_index is not None:
            each.person_id = of_identity.get(identities.get(each.id_index, UUID(int=0)))
    wanted = {each.person_id for each in read if each.person_id}
    locked = open_files.filter(id__in=wanted).order_by("id").select_for_update()
    return {person.id: person for person in locked}


def _known(county: str, people: Mapping[UUID, Person]) -> dict[tuple[UUID, str, str], str]:
    rows = Assessment.rows.filter(county=county, person__in=list(people)).exclude(certificate_no="")
    return {
        (person, standard, certificate): no
        for person, standard, certificate, no in rows.values_list("person", "standard", "certificate_no", "no")
    }


def _take(load_of: _Load, each: _Read, people: Mapping[UUID, Person], known: dict[tuple[UUID, str, str], str]) -> None:
    person = people.get(each.person_id) if each.person_id else None
    if person is None:
        each.refused = UNKNOWN_PERSON("id_number" if each.id_index else "person")
        return
    if person.died_on is not None and each.assessed_on > person.died_on:
        each.refused = AFTER_DEATH("assessed_on", assessed_on=each.assessed_on, died_on=person.died_on)
        return
    key = (person.id, each.standard, each.certificate_no)
    if key in known:
        each.refused = recognise.ALREADY_LOADED("certificate_no", certificate=each.certificate_no, no=known[key])
        return
    known[key] = f"#{each.row}"
    result = _result(load_of, each, person)
    result.body_name, result.certificate_no = each.body[:120], each.certificate_no[:60]
    result.requested_at, result.requested_by = load_of.at, load_of.by
    result.effective_at = load_of.at if each.because is None else None
    each.result = result


def _result(load_of: _Load, each: _Read, person: Person) -> Assessment:
    """A result that counts, or one that is kept, with the reason in ``each.because``."""
    if each.standard != STANDARD:
        return _of_another_standard(load_of, each, person)
    made = _kept(each, person)
    assert each.level is not None
    made.final_level = each.level
    on, policy = load_of.on, load_of.policy
    valid = each.valid_until is not None and each.valid_until >= on
    if not (valid or within_look_back(policy=policy, assessed_on=each.assessed_on, on=on)):
        each.because = TOO_OLD("assessed_on", assessed_on=each.assessed_on)
        return made
    ours = valid_until(policy=policy, assessed_on=each.assessed_on, level=each.level, on=on)
    made.valid_until = min((day for day in (each.valid_until, ours) if day is not None), default=None)
    made.state = Assessment.State.EFFECTIVE
    return made


def _of_another_standard(load_of: _Load, each: _Read, person: Person) -> Assessment:
    if find(each.standard).method == RECORDED_ONLY or each.level is None:
        each.because = KEPT_AS_RECORDED("standard")
        return _kept(each, person)
    mapping = load_of.mapping(each.standard, each.level)
    if mapping is None:
        each.because = recognise.NO_MAPPING("level", standard=each.standard, level=each.level)
        return _kept(each, person)
    last = recognise.recognised_until(mapping, each.assessed_on, each.valid_until)
    if last < load_of.on:
        each.because = recognise.EXPIRED("valid_until", last=last)
        return _kept(each, person)
    return recognise.recognised(person, mapping, each.assessed_on, each.valid_until)


def _kept(each: _Read, person: Person) -> Assessment:
    return Assessment(
        county=person.county,
        person=person,
        origin=Assessment.Origin.LOADED,
        state=Assessment.State.KEPT,
        standard=each.standard,
        recorded_level=each.level_text[:40],
        assessed_on=each.assessed_on,
        valid_until=each.valid_until,
    )


def _number(county: str, fresh: Sequence[_Read], on: date) -> None:
    if not fresh:
        return
    month = Month.of(on)
    first = number.take(county, "assessment", month, len(fresh))
    for place, each in enumerate(fresh):
        assert each.result is not None
        each.result.no = number.number(county, month, first + place)


def _save(county: str, fresh: Sequence[_Read]) -> None:
    """Put the new results among those that count, what was there first, and save both in two statements."""
    new = [each.result for each in fresh if each.result is not None]
    counting = [result for result in new if result.state == Assessment.State.EFFECTIVE]
    mine = Assessment.rows.filter(county=county)
    there = mine.filter(person__in={result.person_id for result in counting}, state__in=COUNTING)
    of_person: dict[UUID, list[Assessment]] = {}
    for result in [*there.order_by("assessed_on", "id"), *counting]:
        of_person.setdefault(result.person_id, []).append(result)
    changed = {result.id for results in of_person.values() for result in in_sequence(results)}
    fresh_ids = {result.id for result in new}
    older = [result for results in of_person.values() for result in results if result.id in changed - fresh_ids]
    mine.bulk_update(older, ["state", "replaced_by", "counts_until"])
    Assessment.rows.bulk_create(new)


def _answer(each: _Read) -> Loaded:
    if each.refused is not None:
        return Loaded(each.row, "refused", because=each.refused)
    assert each.result is not None
    return Loaded(each.row, each.result.state, each.result.no, each.because)
