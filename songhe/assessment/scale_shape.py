"""What a scale is made of: groups of items with options, levels, circumstances and information. 量表结构"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from types import MappingProxyType


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
        return next(each for each in self.levels if bound(each.least) <= total <= bound(each.most))


def bound(of: int | None) -> int:
    """The bound of a level of a scale that is scored by its total."""
    assert of is not None  # insisted on when the scale was read
    return of
