"""Which days of a month are paid for a piece; pure. 租用天数"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from songhe.kernel.month import Month


@dataclass(frozen=True)
class Days:
    """The days from the first to the last, both paid; none: ``count`` is nought and both are the same day."""

    first: date
    last: date
    count: int


def days_in(
    month: Month, *, out_on: date, returned_on: date | None, died_on: date | None, until: date | None = None
) -> Days:
    """The paid days of a month.

    The day of handing over is paid and the day of return is not, so that a piece that goes on to somebody else on the
    same day is paid once. Nothing is paid after the day of death. ``until``: no day after this one has come yet.
    """
    first, last = max(month.first, out_on), month.last
    if returned_on is not None:
        last = min(last, returned_on - timedelta(days=1))
    for edge in (died_on, until):
        if edge is not None:
            last = min(last, edge)
    if last < first:
        return Days(max(month.first, min(first, month.last)), max(month.first, min(first, month.last)), 0)
    return Days(first, last, (last - first).days + 1)
