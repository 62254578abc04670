"""A figure: an indicator with its value. 指标数值"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction

from songhe.statistics.definition import Indicator, indicator, indicators
from songhe.statistics.measure import Frame, measures

Value = int | Fraction | None


@dataclass(frozen=True)
class Figure:
    """``value`` is fen, a count or a fraction; ``None`` where it cannot be told: nothing to divide by, or filtered."""

    indicator: Indicator
    value: Value

    @property
    def code(self) -> str:
        return self.indicator.code


def figures(frame: Frame, measured: Mapping[str, int] | None = None) -> dict[str, Figure]:
    """Every figure of the frame by its code, in the order of the definitions; a fixed number of queries."""
    found = measures(frame) if measured is None else measured
    return {code: figure(code, frame, found) for code in indicators() if indicators()[code][0].first <= frame.month}


def figure(code: str, frame: Frame, measured: Mapping[str, int]) -> Figure:
    """One figure from measures that are known already. Refuses with ``statistics.unknown_figure``."""
    means = indicator(code, frame.month)
    return Figure(means, value_of(means, measured))


def value_of(means: Indicator, measured: Mapping[str, int]) -> Value:
    above = measured.get(means.numerator)
    if means.denominator is None or above is None:
        return above
    below = measured.get(means.denominator)
    return Fraction(above, below) if below else None
