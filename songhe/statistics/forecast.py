"""How much of a month's money will have been used at its end. 预测

Pure arithmetic; the page says which of the three methods was taken.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import Literal

from songhe.kernel.integer import share
from songhe.kernel.month import Month

Method = Literal["final", "pattern", "rate", "straight"]

#: With less than this share of earlier months used by the same day of the month the pattern says nothing yet.
LEAST_PATTERN = Fraction(1, 20)


@dataclass(frozen=True)
class Forecast:
    """``fen``: what vouchers will have paid for services of the whole month, never more than was issued."""

    method: Method
    fen: int
    months: int


def forecast(
    *,
    month: Month,
    on: date,
    used_by_day: Mapping[date, int],
    issued_fen: int,
    earlier: Mapping[Month, Mapping[date, int]],
    earlier_issued_fen: Mapping[Month, int],
) -> Forecast:
    """What the month will have used.

    ``final``: the month is over, and what was used is the answer. ``pattern``: what was used so far, divided by the
    share of the whole that the earlier months together had used by the same day. ``rate``: too early for that, so the
    share of the issued value that earlier months used in the end. ``straight``: no earlier month is known; used so
    far × days of the month ÷ days gone by. Each is cut at what was issued.
    """
    so_far = sum(fen for day, fen in used_by_day.items() if day <= on)
    if on >= month.last:
        return Forecast("final", sum(used_by_day.values()), 0)
    known = {each: days for each, days in earlier.items() if sum(days.values()) > 0}
    whole = sum(sum(days.values()) for days in known.values())
    if whole:
        by_now = sum(fen for days in known.values() for day, fen in days.items() if day.day <= on.day)
        if Fraction(by_now, whole) >= LEAST_PATTERN:
            return Forecast("pattern", min(issued_fen, share(so_far, Fraction(whole, by_now))), len(known))
        issued = sum(earlier_issued_fen.get(each, 0) for each in known)
        if issued:
            used = min(Fraction(1), Fraction(whole, issued))
            return Forecast("rate", max(so_far, share(issued_fen, used)), len(known))
    gone = (on - month.first).days + 1
    if gone < 1:
        return Forecast("straight", 0, 0)
    return Forecast("straight", min(issued_fen, share(so_far, Fraction(month.days, gone))), 0)
