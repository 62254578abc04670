"""Spans of days with both ends inside; an open end is ``None``."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise

from songhe.kernel.refusal import reason

ENDS_BEFORE_IT_BEGINS = reason(
    "period.ends_before_it_begins",
    zh="结束日期{last}早于开始日期{first}。",
    en="It ends on {last}, before it begins on {first}.",
)


@dataclass(frozen=True, order=True)
class Period:
    first: date
    last: date | None = None

    def __post_init__(self) -> None:
        if self.last is not None and self.last < self.first:
            raise ENDS_BEFORE_IT_BEGINS("last", first=self.first, last=self.last)

    def __contains__(self, day: date) -> bool:
        return self.first <= day and (self.last is None or day <= self.last)

    def overlaps(self, other: Period) -> bool:
        return (other.last is None or self.first <= other.last) and (self.last is None or other.first <= self.last)

    def meets(self, following: Period) -> bool:
        """Whether ``following`` begins on the day after this one ends."""
        return self.last is not None and self.last + timedelta(days=1) == following.first


def first_overlap(periods: Sequence[Period]) -> tuple[Period, Period] | None:
    """Two of the periods that share a day, or ``None``."""
    for before, after in pairwise(sorted(periods, key=lambda period: period.first)):
        if before.overlaps(after):
            return before, after
    return None


def first_gap(periods: Sequence[Period]) -> tuple[Period, Period] | None:
    """Two neighbours between which a day belongs to none, or ``None``."""
    in_order = sorted(periods, key=lambda period: period.first)
    longest = in_order[0] if in_order else None
    for after in in_order[1:]:
        if longest is not None and not longest.overlaps(after) and not longest.meets(after):
            return longest, after
        if longest is not None and longest.last is not None and (after.last is None or after.last > longest.last):
            longest = after
    return None
