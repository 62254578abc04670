"""What stands in an address: a month, and a number of ours of 21 or 24 digits."""

from __future__ import annotations

from songhe.kernel.month import Month
from songhe.kernel.refusal import Refusal


class MonthConverter:
    regex = r"[0-9]{4}-[0-9]{2}"

    def to_python(self, value: str) -> Month:
        try:
            return Month.parse(value)
        except Refusal:
            raise ValueError(value) from None

    def to_url(self, value: Month | str) -> str:
        return str(value)


class NumberConverter:
    regex = r"[0-9]{20,24}"

    def to_python(self, value: str) -> str:
        return value

    def to_url(self, value: str) -> str:
        return value
