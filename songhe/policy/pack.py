"""A policy pack as it lies on disk: ``policies/<place>/<programme>/<edition>/`` as frozen data. 政策包"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import Any, Literal

from songhe.kernel.period import Period

NATION = "000000"
_PLACE = re.compile(r"[0-9]{6}")
_NAME = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")

FILES = ("pack.yaml", "values.yaml", "conditions.yaml", "benefit.yaml", "cases.yaml")

Value = Fraction | int | bool | str | date | Mapping[str, Fraction] | Mapping[str, int] | None
SHAPES = ("ratio_day_cap", "ratio_month_ceiling", "fixed_sum", "count_price", "month_amount")


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
class When:
    """What must be so of a person for one line of a benefit: a fact, an operator, the name of a value."""

    fact: str
    operator: str
    value: str | None


@dataclass(frozen=True)
class BenefitLine:
    """One way of drawing on the benefit: a category with ratio and cap, one of the four LTCI shapes, or an amount that
    comes every month (``price``) to those of whom every ``when`` is so, and the class that they are in by it."""

    id: str
    title: Sentence
    shape: str
    ratio: str | None = None
    cap: str | None = None
    ceiling: str | None = None
    price: str | None = None
    table: str | None = None
    limit: str | None = None
    in_class: int | None = None
    when: tuple[When, ...] = ()


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
