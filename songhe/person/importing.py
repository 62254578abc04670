"""Register people from a table: checked row by row, loaded chunk by chunk, and harmless to load again."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import partial
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction

from songhe.kernel.id_number import IdNumber, Kind
from songhe.kernel.refusal import Refusal, reason
from songhe.person import search
from songhe.person.details import FIELDS, Details, Findings, Places, check
from songhe.person.duplicate import Known, note_pairs
from songhe.person.models import Person, Provenance
from songhe.person.opening import open_files, provenance_of
from songhe.trail.note import note

CHUNK = 500

#: Field, its heading in Chinese and in English, and further headings that bureaus use.
COLUMNS: dict[str, tuple[str, ...]] = {
    "id_kind": ("证件种类", "kind of document", "证件类型"),
    "id_number": ("证件号码", "ID number", "身份证号", "身份证号码", "公民身份号码"),
    "name": ("姓名", "name"),
    "sex": ("性别", "sex"),
    "birth_date": ("出生日期", "birth date"),
    "ethnic": ("民族", "ethnic group"),
    "place": ("居住地代码", "place of residence", "居住地", "村（社区）", "村(社区)"),
    "registered_place": ("户籍地代码", "place of registration", "户籍地"),
    "address": ("详细地址", "address", "地址", "住址"),
    "phone": ("联系电话", "telephone", "电话", "手机号码"),
    "longitude": ("经度", "longitude"),
    "latitude": ("纬度", "latitude"),
    "resident_from": ("居住起始日期", "resident from"),
}
_FIELD_OF = {heading: name for name, headings in COLUMNS.items() for heading in (name, *headings)}

#: Without these columns a table cannot be loaded.
NEEDED = ("name", "place", "id_number")

#: Where a row stands: ``waiting`` is loaded once somebody has looked at its warnings.
STATES = ("new", "changed", "same", "duplicate", "waiting", "error")

COLUMN_MISSING = reason(
    "person.import_column_missing", zh="缺少列“{column}”。", en="The column {column_en} is missing."
)
UNKNOWN_COLUMN = reason(
    "person.import_unknown_column",
    zh="不认识的列“{column}”，没有读取。",
    en="The column {column} is not known and was not read.",
)
COLUMN_TWICE = reason(
    "person.import_column_twice", zh="列“{column}”出现了两次。", en="The column {column} appears twice."
)
TWICE_IN_FILE = reason(
    "person.import_row_twice", zh="与第{row}行是同一个人。", en="This is the same person as in row {row}."
)
WOULD_CHANGE = reason(
    "person.import_changes_file",
    zh="将改动已有档案的：{fields}。",
    en="This would change in the file: {fields_en}.",
)


@dataclass(frozen=True)
class Finding:
    """An ``error`` stops the row, a ``warning`` waits for somebody, a ``hint`` only says."""

    kind: str
    code: str
    field: str | None
    zh: str
    en: str

    @classmethod
    def of(cls, kind: str, refusal: Refusal) -> Finding:
        return cls(kind, refusal.code, refusal.field, refusal.message("zh"), refusal.message("en"))


@dataclass
class Row:
    """One row of the table, counted from 1 below the headings, and what became of it."""

    number: int
    told: dict[str, Any]
    state: str = "error"
    findings: list[Finding] = field(default_factory=list)
    details: Details | None = None
    person_id: UUID | None = None

    def has(self, kind: str) -> bool:
        return any(finding.kind == kind for finding in self.findings)


@dataclass
class Report:
    """Row by row what was found, and done if it was to be done."""

    rows: list[Row] = field(default_factory=list)
    hints: list[Finding] = field(default_factory=list)

    @property
    def counts(self) -> dict[str, int]:
        counted = Counter(row.state for row in self.rows)
        return {state: counted[state] for state in STATES}


def preview(*, county: str, table: Sequence[Mapping[str, Any]], on: date) -> Report:
    """What loading the table would do, with nothing written; rows with warnings are ``waiting``.

    Each row is a mapping from heading or field name to raw text. Refuses with ``person.import_column_missing`` or
    ``person.import_column_twice``.
    """
    report, rows = _start(table)
    places, seen = Places.on(county, on), dict[Hashable, int]()
    for chunk in _chunks(rows, CHUNK):
        _examine(county, chunk, places, seen, on, accept_warnings=False)
    return report


def load(
    *,
    county: str,
    table: Sequence[Mapping[str, Any]],
    on: date,
    at: datetime,
    by: str,
    source: str,
    document: str,
    accept_warnings: bool = False,
    chunk: int = CHUNK,
    progress: Callable[[int, int], None] | None = None,
) -> Report:
    """Load the rows that can be loaded: new people, and with ``accept_warnings`` also odd ones and changes of files.

    A chunk is loaded whole or not at all, in a bounded number of statements; the same table again finds everything
    ``same``. Empty cells erase nothing. ``document`` names the table in the provenance and in the trail. Refuses as
    ``preview`` does.
    """
    report, rows = _start(table)
    places, seen = Places.on(county, on), dict[Hashable, int]()
    told: dict[str, Any] = {"source": source, "document": document, "by": by, "at": at}
    for part in _chunks(rows, chunk):
        examine = partial(_examine, county, part, places, seen, on, accept_warnings=accept_warnings)
        _write_once(county, part, examine, on, told)
        if progress is not None:
            progress(part[-1].number, len(rows))
    return report


def register_many(
    *,
    county: str,
    people: Iterable[Mapping[str, Any]],
    on: date,
    at: datetime,
    by: str,
    source: str,
    document: str = "",
    synthetic: bool = False,
) -> list[Person]:
    """Open files for many people whose details are known to be clean, in the caller's transaction if there is one.

    Each mapping has the fields of ``Details``; ``id_number`` is the canonical text under ``id_kind`` ("" with
    ``none``). One provenance row says where the whole file came from. Meant for up to 50,000 people a call.
    """
    details = [_clean(person) for person in people]
    with transaction.atomic():
        opened = open_files(
            county=county,
            details=details,
            on=on,
            at=at,
            by=by,
            source=source,
            document=document,
            synthetic=synthetic,
            field_by_field=False,
        )
        note(
            county=county,
            at=at,
            actor=by,
            act="person.register_many",
            subject="import",
            subject_id=document[:64],
            count=len(opened),
        )
    return opened


def _write_once(county: str, part: list[Row], examine: Callable[[], _Files], on: date, told: dict[str, Any]) -> None:
    """Another table or counter may register one of the same people meanwhile: look again, and find that file."""
    for tries_left in (2, 1, 0):
        try:
            with transaction.atomic():
                files = examine()
                _open(county, part, files, on=on, **told)
                _change(county, part, files, **told)
                _note(county, part, told["document"], at=told["at"], by=told["by"])
            return
        except IntegrityError:
            if not tries_left:
                raise


def _note(county: str, part: list[Row], document: str, *, at: datetime, by: str) -> None:
    counted: dict[str, Any] = Counter(row.state for row in part)
    note(
        county=county,
        at=at,
        actor=by,
        act="person.import",
        subject="import",
        subject_id=document[:64],
        first_row=part[0].number,
        **{state: counted[state] for state in STATES if counted[state]},
    )


def _clean(person: Mapping[str, Any]) -> Details:
    told = dict(person)
    kind = Kind(told.pop("id_kind", Kind.RESIDENT))
    number = IdNumber(kind, told.pop("id_number", ""), told["birth_date"])
    return Details(id_number=number, **told)


def _start(table: Sequence[Mapping[str, Any]]) -> tuple[Report, list[Row]]:
    """The rows under their field names; the table's own faults stop everything before a row is read."""
    report = Report()
    headings = list(dict.fromkeys(heading for raw in table for heading in raw))
    fields = {heading: _FIELD_OF.get(str(heading).strip()) for heading in headings}
    known = [name for name in fields.values() if name is not None]
    for heading, name in fields.items():
        if name is None:
            report.hints.append(Finding.of("hint", UNKNOWN_COLUMN(str(heading), column=heading)))
        elif known.count(name) > 1:
            raise COLUMN_TWICE(name, column=COLUMNS[name][0])
    if table:
        for name in NEEDED:
            if name not in known:
                raise COLUMN_MISSING(name, column=COLUMNS[name][0], column_en=COLUMNS[name][1])
    for number, raw in enumerate(table, 1):
        told = {name: raw.get(heading) for heading, name in fields.items() if name is not None}
        if any(value not in (None, "") for value in told.values()):
            report.rows.append(Row(number, told))
    return report, report.rows


def _chunks(rows: list[Row], size: int) -> Iterator[list[Row]]:
    for start in range(0, len(rows), size):
        yield rows[start : start + size]


@dataclass
class _Files:
    """What the registry holds about a chunk: the standing file of a row, and what its row says differently."""

    known: Known
    standing: dict[int, Person] = field(default_factory=dict)
    changes: dict[int, list[str]] = field(default_factory=dict)


def _examine(
    county: str, rows: list[Row], places: Places, seen: dict[Hashable, int], on: date, *, accept_warnings: bool
) -> _Files:
    for row in rows:
        row.state, row.findings, row.person_id = "error", [], None
        row.details, found = check(_told(row), places=places, on=on)
        _say(row, found)
    good = [row for row in rows if row.details is not None]
    known = Known(county, [row.details for row in good if row.details is not None])
    files = _Files(known)
    for row in good:
        assert row.details is not None
        first = seen.setdefault(_key(known, row.details), row.number)
        if first != row.number:
            row.state = "duplicate"
            row.findings.append(Finding.of("error", TWICE_IN_FILE("id_number", row=first)))
            continue
        _compare(row, row.details, files)
        if row.has("warning") and not accept_warnings and row.state != "same":
            row.state = "waiting"
    return files


def _told(row: Row) -> dict[str, Any]:
    """A row without a number and without a kind of document has no number yet; a code may be followed by its name."""
    told = {name: value for name, value in row.told.items() if value not in (None, "")}
    if "id_number" not in told and "id_kind" not in told:
        told["id_kind"] = "none"
    for name in ("place", "registered_place", "ethnic"):
        words = str(told.get(name, "")).split()
        if len(words) > 1 and words[0].isascii() and words[0].isdigit():
            told[name] = words[0]
    return told


def _say(row: Row, found: Findings) -> None:
    for kind, refusals in (("error", found.errors), ("warning", found.warnings), ("hint", found.hints)):
        row.findings += [Finding.of(kind, refusal) for refusal in refusals]


def _key(known: Known, details: Details) -> Hashable:
    return known.index[id(details)] or (details.name, details.birth_date, details.place)


def _compare(row: Row, details: Details, files: _Files) -> None:
    standing = files.known.file_of(details)
    if standing is None and details.id_number.index_text is None:
        same_place = (person for person in files.known.similar_to(details) if person.place == details.place)
        standing = next(same_place, None)
    if standing is None:
        row.state = "new"
        row.findings += [Finding.of("warning", refusal) for refusal in files.known.warnings(details)]
        return
    row.person_id = standing.id
    files.standing[row.number] = standing
    after = details.columns()
    told = set(_told(row))
    changes = [name for name in FIELDS if name in told & set(after) and after[name] != getattr(standing, name)]
    if details.id_number.index_text is None:
        changes = [name for name in changes if name != "id_kind"]
    row.state = "changed" if changes else "same"
    if changes:
        files.changes[row.number] = changes
        zh = "、".join(COLUMNS[name][0] for name in changes)
        en = ", ".join(COLUMNS[name][1] for name in changes)
        row.findings.append(Finding.of("warning", WOULD_CHANGE(changes[0], fields=zh, fields_en=en)))


def _open(county: str, rows: list[Row], files: _Files, *, on: date, at: datetime, **told: Any) -> None:
    new = [row for row in rows if row.state == "new" and row.details is not None]
    details = [row.details for row in new if row.details is not None]
    opened = open_files(county=county, details=details, on=on, at=at, **told)
    pairs = []
    for row, person, each in zip(new, opened, details, strict=True):
        row.person_id = person.id
        pairs += [(person, other) for other in files.known.similar_to(each)]
    note_pairs(county, pairs, at=at)


def _change(county: str, rows: list[Row], files: _Files, *, at: datetime, **told: Any) -> None:
    """Write what rows say differently, on the rows as they stand now, locked."""
    changing = [row for row in rows if row.state == "changed" and row.details is not None]
    ids = {row.person_id for row in changing if row.person_id is not None}
    in_county = Person.rows.filter(county=county)
    locked = {person.id: person for person in in_county.select_for_update().filter(id__in=ids).order_by("id")}
    rows_of_provenance: list[Provenance] = []
    for row in changing:
        assert row.details is not None
        assert row.person_id is not None
        person, after = locked[row.person_id], row.details.columns()
        for name in files.changes[row.number]:
            setattr(person, name, after[name])
        person.version += 1
        rows_of_provenance += provenance_of(person, files.changes[row.number], known_at=at, **told)
    if changing:
        names = sorted({name for row in changing for name in files.changes[row.number]})
        in_county.bulk_update(locked.values(), [*names, "version"], batch_size=CHUNK)
        Provenance.objects.bulk_create(rows_of_provenance)
        if {"name", "phone"} & set(names):
            search.index(locked.values())
