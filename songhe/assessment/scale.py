"""Scales: what an assessment asks, how it is counted and what its levels are called. 评估量表

A scale is a YAML file in ``scales/``; reading it checks that every total has exactly one level and every
combination a result, so that a scale that can be read can be scored. No Django here.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path
from types import MappingProxyType
from typing import Any

import yaml

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


@dataclass(frozen=True)
class Words:
    zh: str
    en: str

    def in_language(self, language: str) -> str:
        return self.zh if language.startswith("zh") else self.en


@dataclass(frozen=True)
class Option:
    score: int
    words: Words


@dataclass(frozen=True)
class Item:
    code: str
    title: Words
    options: tuple[Option, ...]
    note: Words | None
    confidence: str

    @cached_property
    def scores(self) -> frozenset[int]:
        return frozenset(option.score for option in self.options)

    @property
    def maximum(self) -> int:
        return max(self.scores)


@dataclass(frozen=True)
class Group:
    """Items with a subtotal; ``answer`` is the field in which their scores come in. ``grades`` are inclusive bands of
    the subtotal, grade 0 first, and empty where only the grand total counts."""

    code: str
    title: Words
    answer: str
    maximum: int
    items: tuple[Item, ...]
    grades: tuple[tuple[int, int], ...]

    def grade(self, subtotal: int) -> int:
        return next(grade for grade, (least, most) in enumerate(self.grades) if least <= subtotal <= most)


@dataclass(frozen=True)
class Level:
    """Level 0 is full ability; ``least`` and ``most`` bound the total where the scale is scored by its total."""

    level: int
    name: Words
    short: Words
    least: int | None
    most: int | None


@dataclass(frozen=True)
class EventKind:
    code: str
    words: Words
    field: str


@dataclass(frozen=True)
class Circumstance:
    """Something besides the score that settles the level (``final_level``) or worsens it (``worse_by``).

    It holds when ``option`` was chosen in ``field`` of the information, or, where it has ``kinds``, when their
    counts sum to ``at_least``.
    """

    reason: str
    title: Words
    answer: str
    final_level: int | None
    worse_by: int
    at_least: int | None
    kinds: tuple[EventKind, ...]
    field: str | None
    option: str | None


@dataclass(frozen=True)
class SelfRatingGrade:
    grade: str
    may_apply: bool
    when: frozenset[tuple[int, int]]


@dataclass(frozen=True)
class SelfRating:
    """The family's first look: which everyday things of class ``a`` and ``b`` depend on others."""

    a: Mapping[str, Words]
    b: Mapping[str, Words]
    grades: tuple[SelfRatingGrade, ...]


@dataclass(frozen=True)
class Choice:
    code: str
    words: Words
    count: int | None
    alone: bool
    icd10: str | None


@dataclass(frozen=True)
class Field:
    """One field of the information: ``type`` is text, date, number, one, many or rows."""

    code: str
    title: Words
    type: str
    choices: Mapping[str, Choice]
    columns: Mapping[str, Words]
    unit: str | None


@dataclass(frozen=True)
class Scale:
    standard: str
    title: Words
    number: str
    method: str
    verified: bool
    confidence: str
    digits: bool
    maximum: int | None
    groups: tuple[Group, ...]
    levels: tuple[Level, ...]
    worse_at_most: int
    circumstances: tuple[Circumstance, ...]
    combination: tuple[tuple[int, ...], ...]
    self_rating: SelfRating | None
    information: Mapping[str, Field]
    version: str

    @cached_property
    def items(self) -> tuple[Item, ...]:
        return tuple(item for group in self.groups for item in group.items)

    @cached_property
    def answers(self) -> Mapping[str, tuple[Item, ...]]:
        """The items of each field in which scores come in, in the order of the scale."""
        found: dict[str, list[Item]] = {}
        for group in self.groups:
            found.setdefault(group.answer, []).extend(group.items)
        return MappingProxyType({answer: tuple(items) for answer, items in found.items()})

    def level(self, number: int) -> Level:
        return self.levels[number]

    def level_of_total(self, total: int) -> Level:
        return next(each for each in self.levels if _bound(each.least) <= total <= _bound(each.most))


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
            note=part.words("note") if part.take("note", dict, None) and _put_back(part) else None,
            confidence=part.text("confidence", "high"),
        )
