"""Scales: what an assessment asks, how it is counted and what its levels are called. 评估量表

A scale is a YAML file in ``scales/``; reading it checks that every total has exactly one level and every
combination a result, so that a scale that can be read can be scored. No Django here.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any

import yaml

from songhe.assessment.scale_shape import (
    Choice,
    Circumstance,
    EventKind,
    Field,
    Group,
    Item,
    Level,
    Option,
    Scale,
    SelfRating,
    SelfRatingGrade,
    Words,
    bound,
)
from songhe.kernel.refusal import MISSING, WRONG_TYPE, reason

FOLDER = Path(__file__).parent / "scales"

UNKNOWN_STANDARD = reason(
    "assessment.unknown_standard",
    zh="没有“{standard}”这个评估标准；现有：{known}。",
    en="There is no standard “{standard}”; there are {known}.",
)

TOTAL, COMBINATION, RECORDED_ONLY = "total", "combination", "recorded_only"


class ScaleError(ValueError):
    """A scale file is wrong; the message names the file and the place in it."""


@cache
def standards() -> tuple[str, ...]:
    """The ids of the standards that are shipped."""
    return tuple(sorted(path.stem for path in FOLDER.glob("*.yaml") if "." not in path.stem))


def find(standard: object) -> Scale:
    """The scale of a standard. Refuses with ``input.missing``, ``input.wrong_type`` or
    ``assessment.unknown_standard``."""
    if standard is None:
        raise MISSING("standard", field_name="standard")
    if not isinstance(standard, str):
        raise WRONG_TYPE("standard", field_name="standard", expected="text")
    if standard not in standards():
        raise UNKNOWN_STANDARD("standard", standard=standard, known="、".join(standards()))
    return _shipped(standard)


def cases(standard: str) -> list[dict[str, Any]]:
    """The worked cases of a standard: ``name``, ``in`` and ``out`` or ``error``."""
    path = FOLDER / f"{standard}.cases.yaml"
    return list(_load(path.read_bytes(), path.name)["cases"]) if path.exists() else []


@cache
def _shipped(standard: str) -> Scale:
    return read(FOLDER / f"{standard}.yaml")


def read(path: Path) -> Scale:
    """Read a scale and, beside it, its ``.information.yaml``. The version is the first 12 hex digits of the SHA-256 of
    both files. Raises ``ScaleError``."""
    beside = path.with_suffix(".information.yaml")
    texts = [path.read_bytes(), beside.read_bytes() if beside.exists() else b""]
    version = hashlib.sha256(b"\0".join(texts)).hexdigest()[:12]
    information = _information(_Part(_load(texts[1], beside.name), beside.name)) if beside.exists() else {}
    scale = _scale(_Part(_load(texts[0], path.name), path.name), information, version)
    _check(scale, path.name)
    return scale


def _load(text: bytes, name: str) -> Any:
    try:
        return yaml.load(text, Loader=yaml.CSafeLoader)
    except yaml.YAMLError as error:
        raise ScaleError(f"{name}: {error}") from error


class _Part:
    """A mapping of the file that knows where it stands and notices keys that nobody asked for."""

    def __init__(self, value: Any, where: str) -> None:
        if not isinstance(value, dict):
            raise ScaleError(f"{where}: expected a mapping, found {value!r}")
        self._value = dict(value)
        self.where = where

    def __enter__(self) -> _Part:
        return self

    def __exit__(self, kind: object, *_: object) -> None:
        if self._value and kind is None:
            raise ScaleError(f"{self.where}: unknown key {next(iter(self._value))!r}")

    def take(self, key: str, kind: type | tuple[type, ...], *default: Any) -> Any:
        if key not in self._value and default:
            return default[0]
        value = self._value.pop(key, None)
        flag_for_number = isinstance(value, bool) and kind is int
        if not isinstance(value, kind) or flag_for_number:
            raise ScaleError(f"{self.where}: {key} is missing or of the wrong type: {value!r}")
        return value

    def text(self, key: str, *default: Any) -> Any:
        return self.take(key, str, *default)

    def words(self, key: str) -> Words:
        with self.part(key) as part:
            return part.own_words()

    def has(self, key: str) -> bool:
        return key in self._value

    def names(self) -> list[str]:
        return list(self._value)

    def optional_words(self, key: str) -> Words | None:
        return self.words(key) if self.has(key) else None

    def own_words(self) -> Words:
        return Words(self.text("zh"), self.text("en"))

    def part(self, key: str) -> _Part:
        return _Part(self.take(key, dict), f"{self.where}: {key}")

    def parts(self, key: str) -> Iterator[_Part]:
        for index, value in enumerate(self.take(key, list, []), start=1):
            name = value.get("code", index) if isinstance(value, dict) else index
            yield _Part(value, f"{self.where}: {key} {name}")

    def named_parts(self, key: str) -> Iterator[tuple[str, _Part]]:
        for name, value in self.take(key, dict, {}).items():
            yield name, _Part(value, f"{self.where}: {key} {name}")


def _scale(whole: _Part, information: Mapping[str, Field], version: str) -> Scale:
    with whole:
        ladders = {
            name: tuple(_option(_Part(each, f"{whole.where}: ladder {name}")) for each in rungs)
            for name, rungs in whole.take("ladders", dict, {}).items()
        }
        return Scale(
            standard=whole.text("standard"),
            title=whole.words("title"),
            number=whole.text("number"),
            method=whole.text("method"),
            verified=whole.take("verified", bool),
            confidence=whole.text("confidence"),
            digits=whole.take("digits", bool, False),
            maximum=whole.take("maximum", int, None),
            groups=tuple(_group(part, ladders) for part in whole.parts("groups")),
            levels=tuple(_level(part) for part in whole.parts("levels")),
            worse_at_most=whole.take("worse_at_most", int, 0),
            circumstances=tuple(_circumstance(part) for part in whole.parts("circumstances")),
            combination=tuple(tuple(row) for row in whole.take("combination", list, [])),
            self_rating=_self_rating(whole),
            information=MappingProxyType(dict(information)),
            version=version,
        )


def _group(part: _Part, ladders: Mapping[str, tuple[Option, ...]]) -> Group:
    with part:
        return Group(
            code=part.text("code"),
            title=part.words("title"),
            answer=part.text("answer"),
            maximum=part.take("maximum", int),
            items=tuple(_item(each, ladders) for each in part.parts("items")),
            grades=tuple((least, most) for least, most in part.take("grades", list, [])),
        )


def _item(part: _Part, ladders: Mapping[str, tuple[Option, ...]]) -> Item:
    with part:
        ladder = part.text("ladder", None)
        if ladder is not None and ladder not in ladders:
            raise ScaleError(f"{part.where}: there is no ladder {ladder!r}")
        return Item(
            code=part.text("code"),
            title=part.words("title"),
            options=ladders[ladder] if ladder else tuple(_option(each) for each in part.parts("options")),
            note=part.optional_words("note"),
            confidence=part.text("confidence", "high"),
        )


def _option(part: _Part) -> Option:
    with part:
        return Option(score=part.take("score", int), words=part.own_words())


def _level(part: _Part) -> Level:
    with part:
        return Level(
            level=part.take("level", int),
            name=part.words("name"),
            short=part.words("short"),
            least=part.take("from", int, None),
            most=part.take("to", int, None),
        )


def _circumstance(part: _Part) -> Circumstance:
    with part:
        kinds = []
        for code, each in part.named_parts("kinds"):
            with each:
                kinds.append(EventKind(code=code, words=each.own_words(), field=each.text("field")))
        field = option = None
        if not kinds:
            with part.part("evidence") as evidence:
                field, option = evidence.text("field"), evidence.text("option")
        return Circumstance(
            reason=part.text("reason"),
            title=part.words("title"),
            answer=part.text("answer"),
            final_level=part.take("final_level", int, None),
            worse_by=part.take("worse_by", int, 0),
            at_least=part.take("at_least", int, None),
            kinds=tuple(kinds),
            field=field,
            option=option,
        )


def _self_rating(whole: _Part) -> SelfRating | None:
    if not whole.has("self_rating"):
        return None
    with whole.part("self_rating") as part:
        classes = []
        for key in ("a", "b"):
            named: dict[str, Words] = {}
            for each in part.parts(key):
                with each:
                    named[each.text("code")] = each.own_words()
            classes.append(MappingProxyType(named))
        grades = []
        for each in part.parts("grades"):
            with each:
                pairs = frozenset((a, b) for a, b in each.take("when", list))
                grades.append(SelfRatingGrade(each.text("grade"), each.take("may_apply", bool), pairs))
        return SelfRating(classes[0], classes[1], tuple(grades))


def _information(whole: _Part) -> dict[str, Field]:
    with whole:
        whole.text("standard")
        shared: dict[str, Mapping[str, Choice]] = {}
        choices = whole.part("choices")
        with choices:
            for name in choices.names():
                shared[name] = _choices(choices.parts(name))
        fields: dict[str, Field] = {}
        for part in whole.parts("fields"):
            with part:
                name = part.text("choice", None)
                columns: dict[str, Words] = {}
                for column in part.parts("columns"):
                    with column:
                        columns[column.text("code")] = column.own_words()
                field = Field(
                    code=part.text("code"),
                    title=part.words("title"),
                    type=part.text("type"),
                    choices=shared[name] if name else _choices(part.parts("options")),
                    columns=MappingProxyType(columns),
                    unit=part.text("unit", None),
                )
            if field.type not in ("text", "date", "number", "one", "many", "rows"):
                raise ScaleError(f"{part.where}: there is no type of field {field.type!r}")
            if bool(field.choices) != (field.type in ("one", "many")):
                raise ScaleError(f"{part.where}: options belong to fields of type one and many, and only there")
            if field.code in fields:
                raise ScaleError(f"{part.where}: the field comes twice")
            fields[field.code] = field
        return fields


def _choices(parts: Iterator[_Part]) -> Mapping[str, Choice]:
    found: dict[str, Choice] = {}
    for part in parts:
        with part:
            choice = Choice(
                code=part.text("code"),
                words=part.own_words(),
                count=part.take("count", int, None),
                alone=part.take("alone", bool, False),
                icd10=part.text("icd10", None),
            )
        if choice.code in found:
            raise ScaleError(f"{part.where}: the option comes twice")
        found[choice.code] = choice
    return MappingProxyType(found)


def _check(scale: Scale, name: str) -> None:
    """Nothing may be left open: one level for every total, one result for every combination, one text per score."""

    def insist(holds: bool, what: str) -> None:
        if not holds:
            raise ScaleError(f"{name}: {what}")

    insist(scale.standard == name.removesuffix(".yaml"), f"the standard is called {scale.standard!r}")
    insist(scale.method in (TOTAL, COMBINATION, RECORDED_ONLY), f"there is no method {scale.method!r}")
    insist(bool(scale.levels), "a scale has levels")
    insist([each.level for each in scale.levels] == list(range(len(scale.levels))), "levels are numbered from 0")
    codes = [item.code for item in scale.items]
    insist(len(codes) == len(set(codes)), "an item comes twice")
    for item in scale.items:
        insist(len(item.options) == len(item.scores) >= 2, f"{item.code}: every option has a score of its own")
        insist(min(item.scores) == 0, f"{item.code}: the worst option scores 0")
    for group in scale.groups:
        reachable = sum(item.maximum for item in group.items)
        insist(reachable == group.maximum, f"{group.code}: the items reach {reachable}, not {group.maximum}")
    for each in scale.circumstances:
        _check_circumstance(scale, each, insist)
    if scale.method == TOTAL:
        reachable = sum(group.maximum for group in scale.groups)
        insist(reachable == scale.maximum, f"the items reach {reachable}, not {scale.maximum}")
        insist(
            all(None not in (level.least, level.most) for level in scale.levels), "each level has bounds: from and to"
        )
        bands = [(bound(level.least), bound(level.most)) for level in scale.levels]
        insist(_cover(bands, reachable), f"the levels do not hold each total from 0 to {reachable} once")
    if scale.method == COMBINATION:
        _check_combination(scale, insist)
    if scale.method == RECORDED_ONLY:
        insist(not scale.groups, "a standard that is only recorded has no items")
    if scale.self_rating is not None:
        rated = [pair for grade in scale.self_rating.grades for pair in grade.when]
        every = {(a, b) for a in range(len(scale.self_rating.a) + 1) for b in range(len(scale.self_rating.b) + 1)}
        insist(len(rated) == len(set(rated)) and set(rated) == every, "self-rating: each pair has one grade")


def _check_circumstance(scale: Scale, each: Circumstance, insist: Callable[[bool, str], None]) -> None:
    where = f"circumstance {each.reason}"
    insist((each.final_level is None) == (each.worse_by > 0), f"{where}: either settles the level or worsens it")
    insist(each.final_level in (None, *range(len(scale.levels))), f"{where}: there is no level {each.final_level}")
    insist(bool(each.kinds) == (each.at_least is not None), f"{where}: kinds are counted to at_least")
    for kind in each.kinds:
        insist(kind.field in scale.information, f"{where}: there is no field {kind.field}")
        counts = [choice.count for choice in scale.information[kind.field].choices.values()]
        insist(bool(counts) and None not in counts, f"{where}: {kind.field} is not counted")
    if not each.kinds:
        field = scale.information.get(each.field or "")
        insist(field is not None and each.option in field.choices, f"{where}: no {each.option} in {each.field}")


def _check_combination(scale: Scale, insist: Callable[[bool, str], None]) -> None:
    grades = {len(group.grades) for group in scale.groups}
    insist(len(scale.groups) >= 2 and len(grades) == 1, "all groups have the same number of grades")
    size = grades.pop()
    for group in scale.groups:
        insist(_cover(group.grades, group.maximum, _sums(group)), f"{group.code}: the grades leave a subtotal open")
    square = len(scale.combination) == size and all(len(row) == size for row in scale.combination)
    insist(square, f"the combination has {size} rows of {size}")
    insist({cell for row in scale.combination for cell in row} <= set(range(len(scale.levels))), "unknown level")


def _sums(group: Group) -> set[int]:
    """The subtotals that the items can reach."""
    sums = {0}
    for item in group.items:
        sums = {total + score for total in sums for score in item.scores}
    return sums


def _cover(bands: Sequence[tuple[int, int]], maximum: int, totals: set[int] | None = None) -> bool:
    wanted = totals if totals is not None else set(range(maximum + 1))
    return all(sum(least <= total <= most for least, most in bands) == 1 for total in wanted)
