"""How days, months and instants are said on a page, in Beijing time and in the language of the page."""

from __future__ import annotations

from datetime import date, datetime

from songhe.kernel.month import BEIJING, Month

MONTHS = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip


def is_chinese(language: str | None) -> bool:
    return not language or language.startswith("zh")


def day(on: date, language: str = "zh") -> str:
    """2026年4月8日, or 8 April 2026."""
    if is_chinese(language):
        return f"{on.year}年{on.month}月{on.day}日"
    return f"{on.day} {MONTHS[on.month - 1]} {on.year}"


def day_of_month(on: date, language: str = "zh") -> str:
    """4月8日, or 8 April: where the year is plain."""
    return f"{on.month}月{on.day}日" if is_chinese(language) else f"{on.day} {MONTHS[on.month - 1]}"


def month(which: Month, language: str = "zh") -> str:
    """2026年4月, or April 2026."""
    return f"{which.year}年{which.number}月" if is_chinese(language) else f"{MONTHS[which.number - 1]} {which.year}"


def moment(at: datetime, language: str = "zh") -> str:
    """2026年4月8日 09:30, or 8 April 2026, 09:30."""
    there = at.astimezone(BEIJING)
    joint = " " if is_chinese(language) else ", "
    return f"{day(there.date(), language)}{joint}{there:%H:%M}"
