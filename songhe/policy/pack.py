"""A policy pack as it lies on disk: ``policies/<place>/<programme>/<edition>/``, read into frozen data. 政策包

Reading never raises for what stands in a file: every mistake becomes a ``Problem`` with file, line and what
to do, and the reader goes on, so that an author sees all of them at once.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction
from pathlib import Path
from typing import Any, Literal

from songhe.kernel.month import Month
from songhe.kernel.period import Period
from songhe.kernel.refusal import Refusal
from songhe.policy.facts import FACTS, OPERATORS
from songhe.policy.problem import BAD_FILE, BOUNDS, GAP, OVERLAP, UNKNOWN_NAME, Problem
from songhe.policy.reading import Node, Reading, is_null, line_of
from songhe.policy.values import CATEGORIES, VALUES

NATION = "000000"
_PLACE = re.compile(r"[0-9]{6}")
_NAME = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_CONFIDENCE = ("H", "M", "L", "D")

FILES = ("pack.yaml", "values.yaml", "conditions.yaml", "benefit.yaml", "cases.yaml")

Value = Fraction | int | bool | str | date | Mapping[str, Fraction] | Mapping[str, int] | None
SHAPES = ("ratio_day_cap", "ratio_month_ceiling", "fixed_sum", "count_price")


@dataclass(frozen=True)
class Source:
    """A document that packs cite. Confidence: H official, M one reprint, L weak copy, D inferred or a default."""

    id: str
    title: str
    number: str | None
    publisher: str
    date: str | None
    confidence: str


@dataclass(frozen=True)
class Cited:
    article: str
    source: str
    confidence: str


@dataclass(frozen=True)
class DatedValue:
    """What a name is worth from ``first`` to ``last`` (both inside; ``None``: to the end of the pack's window)."""

    name: str
    first: date
    last: date | None
    value: Value
    cited: Cited
    file: str
    line: int

    @property
    def period(self) -> Period:
        return Period(self.first, self.last)


@dataclass(frozen=True)
class Sentence:
    zh: str
    en: str

    def in_language(self, language: str) -> str:
        return self.zh if language.startswith("zh") else self.en


@dataclass(frozen=True)
class Condition:
    """A fact, an operator, the name of the value it is compared with, and the sentence that a clerk reads."""

    id: str
    fact: str
    operator: str
    value: str | None
    sentence: Sentence
    cited: Cited
    file: str
    line: int


@dataclass(frozen=True)
class BenefitLine:
    """One way of drawing on the benefit: a category with ratio and cap, or one of the four LTCI shapes."""

    id: str
    title: Sentence
    shape: str
    ratio: str | None = None
    cap: str | None = None
    ceiling: str | None = None
    price: str | None = None
    table: str | None = None
    limit: str | None = None


@dataclass(frozen=True)
class Input:
    """A key of a quote that stands for a fact; without a default it is required."""

    name: str
    fact: str
    default: int | bool | None


@dataclass(frozen=True)
class Benefit:
    unit: str
    cadence: str
    order: tuple[str, ...]
    rounding: str
    exclusive: str | None
    most_fees: int | None
    inputs: tuple[Input, ...]
    lines: tuple[BenefitLine, ...]
    file: str


@dataclass(frozen=True)
class Bound:
    """What a lower place may do with one value: anything of its kind, or anything from ``least`` to ``most``."""

    least: Fraction | int | None = None
    most: Fraction | int | None = None


@dataclass(frozen=True)
class Area:
    place: str
    first: date | None
    line: int


@dataclass(frozen=True)
class Note:
    sentence: Sentence
    cited: Cited


@dataclass(frozen=True)
class Case:
    """One of the authority's own examples: a question to ``quote`` or ``explain`` and what must come out."""

    name: str
    command: Literal["quote", "explain"]
    given: dict[str, Any]
    expected: dict[str, Any]
    cited: Cited | None
    file: str
    line: int


@dataclass(frozen=True, eq=False)
class Pack:
    place: str
    programme: str
    edition: str
    title: Sentence
    authority: str
    window: Period
    areas: tuple[Area, ...]
    extends: str | None
    extends_line: int
    continues: str | None
    allows: Mapping[str, Bound]
    allows_conditions: bool
    notes: tuple[Note, ...]
    values: Mapping[str, tuple[DatedValue, ...]]
    conditions: tuple[Condition, ...]
    benefit: Benefit | None
    cases: tuple[Case, ...]
    file: str
    window_line: int = 1

    @property
    def id(self) -> str:
        return f"{self.place}/{self.programme}/{self.edition}"

    def period_at(self, place: str) -> Period | None:
        """When this edition is in force at a place: the window, from the first month of the closest area."""
        for layer in layers(place):
            for area in self.areas:
                if area.place == layer:
                    first = max(self.window.first, area.first or self.window.first)
                    last = self.window.last
                    return Period(first, last) if last is None or first <= last else None
        return None


def is_place(text: object) -> bool:
    """Six digits, of a province, city or county, or ``000000`` for the nation; whether it exists is not asked."""
    return isinstance(text, str) and bool(_PLACE.fullmatch(text)) and (text[:2] != "00" or text == NATION)


def is_pack_id(text: str) -> bool:
    """Whether it is written ``<place>/<programme>/<edition>``."""
    parts = text.split("/")
    return len(parts) == 3 and is_place(parts[0]) and all(_NAME.fullmatch(part) for part in parts[1:])


def layers(place: str) -> tuple[str, ...]:
    """The place and what lies above it, the closest first, from the digits alone: 653127, 653100, 650000, 000000."""
    found: list[str] = []
    for layer in (place, place[:4] + "00", place[:2] + "0000", NATION):
        if layer not in found:
            found.append(layer)
    return tuple(found)


def lies_in(place: str, area: str) -> bool:
    return area in layers(place)


def read_sources(root: Path, problems: list[Problem]) -> dict[str, Source]:
    reading = Reading(root, root / "sources.yaml", problems)
    sources: dict[str, Source] = {}
    for name, _, node in reading.mapping(reading.document(), "sources"):
        fields = reading.fields(
            node, f"sources.{name}", required=("title", "publisher", "confidence"), optional=("number", "date")
        )
        title = reading.text(fields.get("title"), "title")
        publisher = reading.text(fields.get("publisher"), "publisher")
        confidence = _confidence(reading, fields.get("confidence"))
        number, day = (_optional_text(reading, fields.get(key), key) for key in ("number", "date"))
        if title and publisher and confidence:
            sources[name] = Source(name, title, number, publisher, day, confidence)
    return sources


def read_pack(root: Path, folder: Path, sources: Mapping[str, Source], problems: list[Problem]) -> Pack | None:
    """The pack in one folder, or ``None`` when its ``pack.yaml`` says too little to place it."""
    return _PackReader(root, folder, sources, problems).pack()


class _PackReader:
    def __init__(self, root: Path, folder: Path, sources: Mapping[str, Source], problems: list[Problem]) -> None:
        self.root = root
        self.folder = folder
        self.sources = sources
        self.problems = problems
        self.place, self.programme, self.edition = folder.relative_to(root).parts

    def pack(self) -> Pack | None:
        head = self._reading("pack.yaml")
        if not is_place(self.place) or not (_NAME.fullmatch(self.programme) and _NAME.fullmatch(self.edition)):
            head.at(
                1,
                BAD_FILE,
                "文件夹应为“六位区划代码/项目/版本”，项目和版本用小写字母、数字和连字符。",
                "The folder is <six-digit place>/<programme>/<edition>, in small letters, digits and hyphens.",
            )
            return None
        for stray in sorted(self.folder.iterdir()):
            if stray.name not in FILES and not stray.name.startswith("."):
                self._reading(stray.name).at(
                    1,
                    BAD_FILE,
                    f"包里不应有此文件，可用的文件名：{'、'.join(FILES)}。",
                    f"A pack has no such file; its files are {', '.join(FILES)}.",
                )
        document = head.document()
        if document is None:
            if not any(problem.file == head.file for problem in self.problems):
                head.at(1, BAD_FILE, "文件是空的。", "The file is empty.")
            return None
        fields = head.fields(
            document,
            "pack",
            required=("title", "authority", "window"),
            optional=("areas", "extends", "continues", "allows", "notes"),
        )
        title = self._sentence(head, fields.get("title"), "title")
        authority = head.text(fields.get("authority"), "authority")
        window = self._window(head, fields.get("window"))
        areas = self._areas(head, fields.get("areas"))
        allows, allows_conditions = self._allows(head, fields.get("allows"))
        notes = self._notes(head, fields.get("notes"))
        extends = head.text(fields.get("extends"), "extends")
        continues = head.text(fields.get("continues"), "continues")
        if not (title and authority and window):
            return None
        extends_node = fields.get("extends")
        return Pack(
            place=self.place,
            programme=self.programme,
            edition=self.edition,
            title=title,
            authority=authority,
            window=window,
            areas=areas,
            extends=extends,
            extends_line=line_of(extends_node) if extends_node else 1,
            continues=continues,
            allows=allows,
            allows_conditions=allows_conditions,
            notes=notes,
            values=self._values(window),
            conditions=self._conditions(),
            benefit=self._benefit(),
            cases=self._cases(),
            file=head.file,
            window_line=line_of(fields["window"]),
        )

    def _reading(self, name: str) -> Reading:
        return Reading(self.root, self.folder / name, self.problems)

    # pack.yaml

    def _window(self, reading: Reading, node: Node | None) -> Period | None:
        fields = reading.fields(node, "window", required=("first", "last"))
        first = reading.day(fields.get("first"), "window.first")
        last_node = fields.get("last")
        if first is None or last_node is None:
            return None
        last = None if is_null(last_node) else reading.day(last_node, "window.last")
        if last is None and not is_null(last_node):
            return None
        try:
            return Period(first, last)
        except Refusal:
            reading.wrong(
                last_node, f"结束日早于开始日{first}，请改正。", f"It ends before it begins on {first}; correct it."
            )
            return None

    def _areas(self, reading: Reading, node: Node | None) -> tuple[Area, ...]:
        if node is None:
            return (Area(self.place, None, 1),)
        areas: list[Area] = []
        for item in reading.items(node, "areas"):
            fields = reading.fields(item, "areas", required=("place",), optional=("first_month",))
            place = reading.text(fields.get("place"), "areas.place")
            month_node = fields.get("first_month")
            first = None
            if month_node is not None:
                try:
                    first = Month.parse(reading.text(month_node, "first_month") or "").first
                except Refusal:
                    reading.wrong(month_node, "首月应写成 2025-08。", "The first month is written 2025-08.")
            if place is None:
                continue
            if not is_place(place) or not lies_in(place, self.place):
                reading.wrong(
                    fields["place"],
                    f"“{place}”不是{self.place}之内的六位区划代码。",
                    f"{place} is not a six-digit place inside {self.place}.",
                )
                continue
            if any(area.place == place for area in areas):
                reading.wrong(fields["place"], f"“{place}”重复。", f"{place} is listed twice; remove one.", OVERLAP)
                continue
            areas.append(Area(place, first, line_of(item)))
        return tuple(areas)

    def _allows(self, reading: Reading, node: Node | None) -> tuple[dict[str, Bound], bool]:
        fields = reading.fields(node, "allows", optional=("values", "conditions"))
        bounds: dict[str, Bound] = {}
        for name, key, item in reading.mapping(fields.get("values"), "allows.values"):
            if name not in VALUES:
                self._unknown(reading, key, name, VALUES)
                continue
            kind = VALUES[name].kind
            if reading.plain(item) == "any":
                bounds[name] = Bound()
                continue
            ends = reading.fields(item, f"allows.values.{name}", required=("least", "most"))
            read = reading.ratio if kind == "ratio" else reading.whole
            least, most = read(ends.get("least"), "least"), read(ends.get("most"), "most")
            if kind not in {"ratio", "fen", "whole"}:
                reading.wrong(item, f"“{name}”不是数值，只能写 any。", f"{name} is no number; write any.")
            elif least is not None and most is not None:
                if least > most:
                    reading.wrong(item, "下限大于上限。", "The lower bound is above the upper one.", BOUNDS)
                else:
                    bounds[name] = Bound(least, most)
        conditions = fields.get("conditions")
        add = conditions is not None and reading.text(conditions, "allows.conditions") == "add"
        if conditions is not None and not add:
            reading.wrong(conditions, "只能写 add（下级可增加条件）。", "Write add: a lower place may add conditions.")
        return bounds, add

    def _notes(self, reading: Reading, node: Node | None) -> tuple[Note, ...]:
        notes: list[Note] = []
        for item in reading.items(node, "notes"):
            fields = reading.fields(item, "notes", required=("zh", "en", "article", "source"), optional=("confidence",))
            zh, en = reading.text(fields.get("zh"), "zh"), reading.text(fields.get("en"), "en")
            cited = self._cited(reading, fields)
            if zh and en and cited:
                notes.append(Note(Sentence(zh, en), cited))
        return tuple(notes)

    # values.yaml

    def _values(self, window: Period) -> dict[str, tuple[DatedValue, ...]]:
        reading = self._reading("values.yaml")
        values: dict[str, tuple[DatedValue, ...]] = {}
        for name, key, node in reading.mapping(reading.document(), "values"):
            if name not in VALUES:
                self._unknown(reading, key, name, VALUES)
                continue
            written = reading.mapping(node, name)
            entries = [
                entry
                for text, day_node, item in written
                if (entry := self._entry(reading, name, text, day_node, item)) is not None
            ]
            if len(entries) == len(written):
                values[name] = self._in_order(reading, name, key, entries, window)
        return values

    def _entry(self, reading: Reading, name: str, text: str, key: Node, node: Node) -> DatedValue | None:
        first = reading.day(key, f"{name}: {text}")
        fields = reading.fields(node, name, required=("value", "article", "source"), optional=("until", "confidence"))
        value_node = fields.get("value")
        cited = self._cited(reading, fields)
        last = reading.day(fields.get("until"), "until")
        if first is None or value_node is None or cited is None or (last is None and "until" in fields):
            return None
        before = len(self.problems)
        value = self._value(reading, name, value_node)
        if len(self.problems) > before:
            return None
        if last is not None and last < first:
            reading.wrong(fields["until"], f"until 早于开始日{first}。", f"It ends before it begins on {first}.")
            return None
        return DatedValue(name, first, last, value, cited, reading.file, line_of(key))

    def _value(self, reading: Reading, name: str, node: Node) -> Value:
        known = VALUES[name]
        if is_null(node):
            return None
        if known.kind == "ratio":
            ratio = reading.ratio(node, name)
            if ratio is not None and ratio > 1:
                reading.wrong(node, "比例不能大于1。", "A ratio is at most 1.", BOUNDS)
            return ratio
        if known.kind == "ratio_by_place":
            return self._ratios_by_place(reading, node)
        if known.kind == "table":
            table: dict[str, int] = {}
            for key, _, item in reading.mapping(node, name):
                cell = reading.whole(item, f"{name}.{key}")
                if cell is not None:
                    table[key] = cell
            return table
        if known.kind == "choice":
            choice = reading.text(node, name)
            if choice is not None and choice not in known.choices:
                options = ", ".join(known.choices)
                reading.wrong(node, f"“{name}”只能取：{options}，或 null。", f"{name} is one of {options}, or null.")
            return choice
        if known.kind == "truth":
            return reading.truth(node, name)
        if known.kind == "day":
            return reading.day(node, name)
        return reading.whole(node, name)

    def _ratios_by_place(self, reading: Reading, node: Node) -> dict[str, Fraction]:
        ratios: dict[str, Fraction] = {}
        for place, key, item in reading.mapping(node, "ratio_by_place"):
            ratio = reading.ratio(item, place)
            if not is_place(place):
                reading.wrong(key, f"“{place}”不是六位区划代码。", f"{place} is not a six-digit place.")
            elif ratio is not None:
                ratios[place] = ratio
        return ratios

    def _in_order(
        self, reading: Reading, name: str, key: Node, entries: list[DatedValue], window: Period
    ) -> tuple[DatedValue, ...]:
        """The entries with their last days filled in; gaps and overlaps within the window are noted."""
        entries = sorted(entries, key=lambda entry: entry.first)
        series: list[DatedValue] = []
        for position, entry in enumerate(entries):
            following = entries[position + 1] if position + 1 < len(entries) else None
            last = entry.last
            if following is not None:
                eve = following.first - timedelta(days=1)
                if last is None:
                    last = eve
                elif last > eve:
                    reading.at(
                        entry.line,
                        OVERLAP,
                        f"“{name}”的这一取值到{last}为止，与{following.first}起的下一取值重叠，请改 until。",
                        f"This entry of {name} runs to {last}, into the next one from {following.first}; change until.",
                    )
                elif last < eve:
                    self._gap(reading, entry.line, name, last + timedelta(days=1), eve)
            series.append(DatedValue(name, entry.first, last, entry.value, entry.cited, entry.file, entry.line))
        if not series:
            self._gap(reading, line_of(key), name, window.first, window.last)
            return ()
        if series[0].first > window.first:
            self._gap(reading, series[0].line, name, window.first, series[0].first - timedelta(days=1))
        end = series[-1].last
        if end is not None and (window.last is None or end < window.last):
            self._gap(reading, series[-1].line, name, end + timedelta(days=1), window.last)
        return tuple(series)

    def _gap(self, reading: Reading, line: int, name: str, first: date, last: date | None) -> None:
        until_zh = f"至{last}" if last else "以后"
        until_en = f"to {last}" if last else "on"
        reading.at(
            line,
            GAP,
            f"“{name}”在{first}{until_zh}没有取值；请补上一条，不再适用的写 null。",
            f"{name} has no entry from {first} {until_en}; add one, with null where it no longer applies.",
        )

    # conditions.yaml

    def _conditions(self) -> tuple[Condition, ...]:
        if not (self.folder / "conditions.yaml").exists():
            return ()
        reading = self._reading("conditions.yaml")
        conditions: list[Condition] = []
        for item in reading.items(reading.document(), "conditions"):
            fields = reading.fields(
                item,
                "condition",
                required=("id", "fact", "operator", "zh", "en", "article", "source"),
                optional=("value", "confidence"),
            )
            name, fact, operator = (reading.text(fields.get(key), key) for key in ("id", "fact", "operator"))
            zh, en = reading.text(fields.get("zh"), "zh"), reading.text(fields.get("en"), "en")
            value = reading.text(fields.get("value"), "value")
            cited = self._cited(reading, fields)
            if not (name and fact and operator and zh and en and cited):
                continue
            if fact not in FACTS:
                self._unknown(reading, fields["fact"], fact, FACTS)
                continue
            if operator not in OPERATORS:
                self._unknown(reading, fields["operator"], operator, OPERATORS)
                continue
            if value is not None and value not in VALUES:
                self._unknown(reading, fields["value"], value, VALUES)
                continue
            if any(condition.id == name for condition in conditions):
                reading.wrong(
                    fields["id"], f"条件“{name}”写了两次。", f"Condition {name} is written twice; rename one."
                )
                continue
            known = OPERATORS[operator]
            if FACTS[fact].type != known.fact_type:
                reading.wrong(
                    fields["operator"],
                    f"“{operator}”不能用于事实“{fact}”，请换一个算子。",
                    f"{operator} does not fit the fact {fact}; take another operator.",
                )
                continue
            if (known.takes == "nothing") != (value is None):
                reading.wrong(
                    fields["operator"],
                    f"“{operator}”{'不带取值，请删去 value' if value else '要与一个取值比较，请写 value'}。",
                    f"{operator} {'takes no value; remove it' if value else 'compares with a value; name it'}.",
                )
                continue
            if value is not None and VALUES[value].kind not in {"whole", "fen"} and known.takes == "whole":
                reading.wrong(fields["value"], f"“{value}”不是整数取值。", f"{value} is not a whole-number value.")
                continue
            if value is not None and known.takes == "wholes" and VALUES[value].kind != "table":
                reading.wrong(fields["value"], f"“{value}”不是列表取值。", f"{value} is not a table.")
                continue
            conditions.append(
                Condition(name, fact, operator, value, Sentence(zh, en), cited, reading.file, line_of(item))
            )
        return tuple(conditions)

    # benefit.yaml

    def _benefit(self) -> Benefit | None:
        reading = self._reading("benefit.yaml")
        if not reading.path.exists():
            return None
        document = reading.document()
        if document is None:
            return None
        fields = reading.fields(
            document,
            "benefit",
            required=("unit", "cadence", "order", "rounding", "lines"),
            optional=("exclusive", "most_fees", "inputs"),
        )
        unit = self._one_of(reading, fields.get("unit"), "unit", ("fen",))
        cadence = self._one_of(reading, fields.get("cadence"), "cadence", ("month", "once"))
        rounding = self._one_of(reading, fields.get("rounding"), "rounding", ("half_up",))
        order = tuple(
            payer
            for item in reading.items(fields.get("order"), "order")
            if (payer := self._one_of(reading, item, "order", ("ltci", "voucher", "self"))) is not None
        )
        exclusive = (
            self._one_of(reading, fields["exclusive"], "exclusive", ("one_category_a_month",))
            if "exclusive" in fields
            else None
        )
        inputs = tuple(
            found
            for name, key, item in reading.mapping(fields.get("inputs"), "inputs")
            if (found := self._input(reading, name, key, item)) is not None
        )
        lines = tuple(
            line
            for item in reading.items(fields.get("lines"), "lines")
            if (line := self._benefit_line(reading, item)) is not None
        )
        if not (unit and cadence and rounding and order):
            return None
        most_fees = reading.whole(fields.get("most_fees"), "most_fees")
        return Benefit(unit, cadence, order, rounding, exclusive, most_fees, inputs, lines, reading.file)

    def _input(self, reading: Reading, name: str, key: Node, node: Node) -> Input | None:
        fields = reading.fields(node, f"inputs.{name}", required=("fact",), optional=("default",))
        fact = reading.text(fields.get("fact"), "fact")
        if fact is None:
            return None
        if fact not in FACTS:
            self._unknown(reading, fields["fact"], fact, FACTS)
            return None
        default = reading.plain(fields["default"]) if "default" in fields else None
        if not FACTS[fact].holds(default):
            zh, en = FACTS[fact].expected
            reading.wrong(fields["default"], f"缺省值应为{zh}。", f"The default is {en}.")
            return None
        return Input(name, fact, default)

    def _benefit_line(self, reading: Reading, node: Node) -> BenefitLine | None:
        fields = reading.fields(
            node,
            "line",
            required=("id", "zh", "en"),
            optional=("shape", "ratio", "cap", "ceiling", "price", "table", "limit"),
        )
        name, zh, en = (reading.text(fields.get(key), key) for key in ("id", "zh", "en"))
        shape = self._one_of(reading, fields["shape"], "shape", SHAPES) if "shape" in fields else "category"
        if not (name and zh and en and shape):
            return None
        if shape == "category" and name not in CATEGORIES:
            self._unknown(reading, fields["id"], name, CATEGORIES)
            return None
        needed = {
            "category": (("ratio", "ratio"), ("cap", "fen")),
            "ratio_day_cap": (("ratio", "ratio"), ("cap", "fen")),
            "ratio_month_ceiling": (("ratio", "ratio"), ("ceiling", "table")),
            "fixed_sum": (),
            "count_price": (("ratio", "ratio"), ("price", "fen")),
        }[shape]
        names: dict[str, str] = {}
        for key, kinds in (
            ("ratio", {"ratio"}),
            ("cap", {"fen"}),
            ("ceiling", {"table"}),
            ("price", {"fen"}),
            ("table", {"table"}),
            ("limit", {"table"}),
        ):
            if key not in fields:
                continue
            value = reading.text(fields[key], key)
            if value is None:
                return None
            if value not in VALUES or VALUES[value].kind not in kinds:
                self._unknown(reading, fields[key], value, {n: v for n, v in VALUES.items() if v.kind in kinds})
                return None
            names[key] = value
        lacking = [key for key, _ in needed if key not in names]
        if shape == "fixed_sum" and not ({"table", "price"} & names.keys()):
            lacking = ["table"]
        if lacking:
            reading.wrong(node, f"“{name}”缺少：{'、'.join(lacking)}。", f"{name} lacks {', '.join(lacking)}; add it.")
            return None
        return BenefitLine(name, Sentence(zh, en), shape, **names)

    # cases.yaml

    def _cases(self) -> tuple[Case, ...]:
        reading = self._reading("cases.yaml")
        cases: list[Case] = []
        document = reading.document()
        for item in reading.items(document, "cases"):
            fields = reading.fields(
                item,
                "case",
                required=("name", "expect"),
                optional=("quote", "explain", "article", "source", "confidence"),
            )
            name = reading.text(fields.get("name"), "name")
            commands = [command for command in ("quote", "explain") if command in fields]
            if name is None or "expect" not in fields:
                continue
            if len(commands) != 1:
                reading.wrong(item, "算例应写 quote 或 explain 之一。", "A case asks either quote or explain.")
                continue
            given, expected = reading.plain(fields[commands[0]]), reading.plain(fields["expect"])
            if not isinstance(given, dict) or not isinstance(expected, dict):
                reading.wrong(item, "算例的输入和结果应为“键: 值”。", "Question and answer are “key: value” lines.")
                continue
            cited = self._cited(reading, fields) if "source" in fields else None
            command: Literal["quote", "explain"] = "quote" if commands[0] == "quote" else "explain"
            cases.append(Case(name, command, given, expected, cited, reading.file, line_of(item)))
        if document is not None and not cases:
            reading.at(
                1,
                BAD_FILE,
                "至少要有一个算例，没有算例的包不能启用。",
                "Give at least one case; a pack without is never activated.",
            )
        return tuple(cases)

    # pieces

    def _sentence(self, reading: Reading, node: Node | None, what: str) -> Sentence | None:
        fields = reading.fields(node, what, required=("zh", "en"))
        zh, en = reading.text(fields.get("zh"), "zh"), reading.text(fields.get("en"), "en")
        return Sentence(zh, en) if zh and en else None

    def _cited(self, reading: Reading, fields: Mapping[str, Node]) -> Cited | None:
        article = reading.text(fields.get("article"), "article")
        source = reading.text(fields.get("source"), "source")
        if article is None or source is None:
            return None
        known = self.sources.get(source)
        if known is None:
            self._unknown(reading, fields["source"], source, self.sources)
            return None
        confidence = _confidence(reading, fields["confidence"]) if "confidence" in fields else known.confidence
        return Cited(article, source, confidence) if confidence else None

    def _one_of(self, reading: Reading, node: Node | None, what: str, options: tuple[str, ...]) -> str | None:
        text = reading.text(node, what)
        if text is not None and text not in options and node is not None:
            reading.wrong(node, f"“{what}”只能取：{'、'.join(options)}。", f"{what} is one of {', '.join(options)}.")
            return None
        return text

    def _unknown(self, reading: Reading, node: Node, name: str, known: Mapping[str, object]) -> None:
        close = closest(name, known)
        hint_zh, hint_en = (
            (f"是否想写“{close}”?", f"Did you mean {close}?") if close else ("请看词汇表。", "See the vocabulary.")
        )
        reading.wrong(node, f"没有“{name}”这个名称。{hint_zh}", f"There is no {name}. {hint_en}", UNKNOWN_NAME)


def closest(name: str, known: Mapping[str, object]) -> str | None:
    found = difflib.get_close_matches(name, list(known), n=1)
    return found[0] if found else None


def _confidence(reading: Reading, node: Node | None) -> str | None:
    text = reading.text(node, "confidence")
    if text is not None and text not in _CONFIDENCE and node is not None:
        reading.wrong(node, "可信度只能取 H、M、L、D。", "Confidence is H, M, L or D.")
        return None
    return text


def _optional_text(reading: Reading, node: Node | None, what: str) -> str | None:
    return None if node is None or is_null(node) else reading.text(node, what)
