"""What each figure is: name and definition in two languages, unit, source and measures, by version. 指标定义

The definitions are data (``data/indicators.yaml``); a figure of a month is told by the version that held in it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Literal

import yaml

from songhe.kernel.month import Month
from songhe.kernel.refusal import reason

FILE = Path(__file__).resolve().parent / "data" / "indicators.yaml"

Unit = Literal["people", "vouchers", "bills", "lines", "cases", "days", "fen", "share", "times"]
UNITS: frozenset[str] = frozenset(("people", "vouchers", "bills", "lines", "cases", "days", "fen", "share", "times"))
#: Units whose figure is numerator ÷ denominator.
QUOTIENTS: frozenset[str] = frozenset(("share", "times", "days"))

UNKNOWN_FIGURE = reason(
    "statistics.unknown_figure", zh="没有“{code}”这一指标。", en="There is no figure {code}.", status=404
)


@dataclass(frozen=True)
class Indicator:
    """One version of one figure. ``source`` is an id of ``policies/sources.yaml``."""

    code: str
    version: int
    first: Month
    zh: str
    en: str
    means_zh: str
    means_en: str
    unit: Unit
    numerator: str
    denominator: str | None
    source: str
    article: str


@cache
def indicators() -> Mapping[str, tuple[Indicator, ...]]:
    """Every figure with its versions, the earliest first, in the order of the file."""
    read = yaml.safe_load(FILE.read_text(encoding="utf-8"))
    return {code: tuple(_one(code, number, row) for number, row in enumerate(rows, 1)) for code, rows in read.items()}


def indicator(code: str, month: Month) -> Indicator:
    """The version that holds in the month. Refuses with ``statistics.unknown_figure``."""
    versions = indicators().get(code, ())
    held = [each for each in versions if each.first <= month]
    if not held:
        raise UNKNOWN_FIGURE("figure", code=code)
    return held[-1]


def _one(code: str, number: int, row: Mapping[str, Any]) -> Indicator:
    known = {"first", "name", "means", "unit", "numerator", "denominator", "source", "article"}
    if unknown := set(row) - known:
        raise ValueError(f"{code}: {sorted(unknown)} mean nothing in a definition")
    if row["unit"] not in UNITS or (row["unit"] in QUOTIENTS) != ("denominator" in row):
        raise ValueError(f"{code}: {row['unit']} is no unit, or does not fit its denominator")
    return Indicator(
        code=code,
        version=number,
        first=Month.parse(str(row["first"])),
        zh=row["name"]["zh"],
        en=row["name"]["en"],
        means_zh=row["means"]["zh"],
        means_en=row["means"]["en"],
        unit=row["unit"],
        numerator=row["numerator"],
        denominator=row.get("denominator"),
        source=str(row["source"]),
        article=row.get("article", ""),
    )
