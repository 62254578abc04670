"""From counts to values, from values to points, from points to one number: whole numbers only. 考核计分

The value of a figure is ``num`` of ``den``, in ten-thousandths for shares, in hundredths for stars, else ``num``
itself. A band holds from its value on. The score is the mean of the points that were judged, by weight, half up.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

FULL = 100


@dataclass(frozen=True)
class Indicator:
    """What is counted: ``scale`` nought says that ``num`` is the value; ``lower`` that less is better."""

    zh: str
    en: str
    of_zh: str
    of_en: str
    scale: int
    lower: bool


INDICATORS: dict[str, Indicator] = {
    "complaints": Indicator("投诉率", "complaints", "笔服务明细", "lines of bills", 10_000, True),
    "price": Indicator("价格与当地中位数之比", "price against the county's median", "个可比服务项目", "items", 0, True),
    "evidence": Indicator("服务核验通过率", "services whose evidence passed", "次服务", "services", 10_000, False),
    "refused": Indicator("退单和冲正率", "bills refused or reversed", "张账单", "bills", 10_000, True),
    "rating": Indicator("服务评价", "ratings", "个评价", "ratings", 100, False),
    "food": Indicator("食品安全检查不合格率", "food inspections not passed", "次检查", "inspections", 10_000, True),
    "suspended": Indicator("被暂停次数", "suspensions", "份签约", "listings", 0, True),
}


@dataclass(frozen=True)
class Rule:
    """How one indicator is judged: over how many months, from how many counted, by which bands (from, points)."""

    weight: int
    least: int
    months: int
    bands: tuple[tuple[int, int], ...]

    def points(self, value: int) -> int:
        """The points of the last band that begins at the value or below it."""
        return next(points for start, points in reversed(self.bands) if start <= value)


@dataclass(frozen=True)
class Counted:
    """``num`` of ``den``: what was found, of how many."""

    num: int
    den: int


@dataclass(frozen=True)
class Judged:
    """One indicator of one provider; no ``points`` where too few were counted."""

    value: int
    points: int | None


@dataclass(frozen=True)
class Total:
    """The score, none where too little could be judged; and how much of the weight was."""

    score: int | None
    weight: int


def half_up(num: int, den: int) -> int:
    return (2 * num + den) // (2 * den)


def value_of(counted: Counted, scale: int) -> int:
    """Nought where nothing was counted."""
    if scale == 0:
        return counted.num
    return half_up(counted.num * scale, counted.den) if counted.den else 0


def judge(counted: Counted, scale: int, rule: Rule) -> Judged:
    """The value, and its points where at least ``least`` were counted."""
    value = value_of(counted, scale)
    return Judged(value, rule.points(value) if counted.den >= rule.least else None)


def total(points: Iterable[tuple[int, int | None]], *, least_weight: int) -> Total:
    """The mean by weight of the points that are there; none while they carry less than ``least_weight``, which is
    in hundredths of all the weight."""
    told = list(points)
    judged = [(weight, each) for weight, each in told if each is not None]
    weight = sum(weight for weight, _points in judged)
    if not weight or weight * 100 < least_weight * sum(weight for weight, _points in told):
        return Total(None, weight)
    return Total(half_up(sum(weight * each for weight, each in judged), weight), weight)


def cost(rules: Mapping[str, Rule], points: Mapping[str, int | None]) -> dict[str, int]:
    """What each judged indicator took off the full score, in tenths of a point: why the score is no higher."""
    judged = {code: each for code, each in points.items() if each is not None}
    weight = sum(rules[code].weight for code in judged)
    return {code: half_up(rules[code].weight * (FULL - each) * 10, weight) for code, each in judged.items()}


def median(values: Iterable[int]) -> int:
    """The middle one; of two in the middle their mean, half up."""
    told = sorted(values)
    middle = len(told) // 2
    return told[middle] if len(told) % 2 else half_up(told[middle - 1] + told[middle], 2)
