"""A natural month in Beijing time, written ``2026-03``: what a voucher, a statement and a period run by."""

from __future__ import annotations

import calendar
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, timezone
from zoneinfo import ZoneInfo

from songhe.kernel.refusal import reason

BEIJING = ZoneInfo("Asia/Shanghai")
UTC = timezone.utc

NOT_A_MONTH = reason(
    "input.not_a_month", zh="“{text}”不是月份，应写成 2026-03。", en="“{text}” is not a month; write 2026-03."
)
NOT_A_DATE = reason(
    "input.not_a_date", zh="“{text}”不是日期，应写成 2026-03-08。", en="“{text}” is not a date; write 2026-03-08."
)

_WRITTEN = re.compile(r"([0-9]{4})-([0-9]{2})")
_WRITTEN_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


@dataclass(frozen=True, order=True)
class Month:
    year: int
    number: int

    def __post_init__(self) -> None:
        if not (1 <= self.number <= 12 and 1900 <= self.year <= 2999):
            raise NOT_A_MONTH("month", text=f"{self.year}-{self.number}")

    @classmethod
    def parse(cls, text: str) -> Month:
        """Refuses with ``input.not_a_month``."""
        found = _WRITTEN.fullmatch(text)
        if not found:
            raise NOT_A_MONTH("month", text=text)
        return cls(int(found[1]), int(found[2]))

    @classmethod
    def of(cls, day: date) -> Month:
        return cls(day.year, day.month)

    @classmethod
    def at(cls, instant: datetime) -> Month:
        return cls.of(beijing_date(instant))

    def __str__(self) -> str:
        return f"{self.year:04d}-{self.number:02d}"

    @property
    def compact(self) -> str:
        """``202603``, as numbers of cases and bills write it."""
        return f"{self.year:04d}{self.number:02d}"

    @property
    def first(self) -> date:
        return date(self.year, self.number, 1)

    @property
    def last(self) -> date:
        return date(self.year, self.number, self.days)

    @property
    def days(self) -> int:
        return calendar.monthrange(self.year, self.number)[1]

    @property
    def ordinal(self) -> int:
        """Months since January 2000, for keys and arithmetic."""
        return (self.year - 2000) * 12 + self.number - 1

    def plus(self, months: int) -> Month:
        years, number = divmod(self.ordinal + months, 12)
        return Month(2000 + years, number + 1)

    @property
    def next(self) -> Month:
        return self.plus(1)

    @property
    def previous(self) -> Month:
        return self.plus(-1)

    def __contains__(self, day: date) -> bool:
        return self.first <= day <= self.last

    @property
    def begins_at(self) -> datetime:
        return midnight(self.first)

    @property
    def ends_at(self) -> datetime:
        """The first instant that is no longer in the month."""
        return midnight(self.next.first)

    def until(self, last: Month) -> Iterator[Month]:
        month = self
        while month <= last:
            yield month
            month = month.next


def beijing_date(instant: datetime) -> date:
    """The date in Beijing at an aware instant."""
    if instant.tzinfo is None:
        raise ValueError("an instant without a time zone has no Beijing date")
    return instant.astimezone(BEIJING).date()


def midnight(day: date) -> datetime:
    """The instant at which ``day`` begins in Beijing, as stored: UTC."""
    return datetime.combine(day, time(), BEIJING).astimezone(UTC)


def parse_date(text: str, field: str = "on") -> date:
    """The date written ``2026-03-08``. Refuses with ``input.not_a_date``."""
    try:
        if not _WRITTEN_DAY.fullmatch(text):
            raise ValueError
        return date.fromisoformat(text)
    except (TypeError, ValueError):
        raise NOT_A_DATE(field, text=text) from None


def age_on(born: date, day: date) -> int:
    """Completed calendar years; the birthday counts, 29 February from 1 March in other years."""
    return day.year - born.year - ((day.month, day.day) < (born.month, born.day))


def days_between(first: date, last: date) -> int:
    """Nights from ``first`` to ``last``: the length of a stay."""
    return (last - first) // timedelta(days=1)
