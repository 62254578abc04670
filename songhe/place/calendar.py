"""Working days by the State Council's yearly list of holidays and make-up days, not by the weekday alone."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml
from django.db import transaction

from songhe.kernel.month import Month
from songhe.kernel.refusal import reason
from songhe.place.models import CalendarDay, DayKind

SHIPPED = Path(__file__).resolve().parent / "data"

CALENDAR_FAULTY = reason(
    "place.calendar_faulty",
    zh="{file} 的放假调休安排有误：{what}",
    en="The list of holidays in {file} is faulty: {what}",
)

ONE_DAY = timedelta(days=1)

#: The holidays on fixed days (State Council order 795, since 2025): month, first and last day.
FIXED_HOLIDAYS = ((1, 1, 1), (5, 1, 2), (10, 1, 3))


@dataclass(frozen=True)
class Listed:
    """A day as a yearly list has it; a list may reach into the December before its year."""

    year: int
    day: date
    kind: str
    name: str
    source: str


@dataclass(frozen=True)
class WorkCalendar:
    """The days off and the make-up workdays of the years that are loaded; days of other years are provisional."""

    years: frozenset[int]
    holidays: frozenset[date]
    make_up_workdays: frozenset[date]

    @classmethod
    def of(cls, days: Iterable[Listed | CalendarDay]) -> WorkCalendar:
        by_kind: dict[str, set[date]] = {DayKind.HOLIDAY: set(), DayKind.MAKE_UP_WORKDAY: set()}
        years: set[int] = set()
        for listed in days:
            by_kind[listed.kind].add(listed.day)
            years.add(listed.year)
        return cls(frozenset(years), frozenset(by_kind[DayKind.HOLIDAY]), frozenset(by_kind[DayKind.MAKE_UP_WORKDAY]))

    def is_provisional(self, first: date, last: date) -> bool:
        """Whether days from ``first`` to ``last`` belong to a year whose list is not loaded."""
        return not self.years.issuperset(range(first.year, last.year + 1))


def is_workday(day: date, calendar: WorkCalendar) -> bool:
    """As the year's list says; until it is loaded Monday to Friday without the fixed holidays.

    Holidays by the moon and make-up days are known from the list alone.
    """
    if day in calendar.make_up_workdays:
        return True
    off = day in calendar.holidays or (day.year not in calendar.years and day in fixed_holidays(day.year))
    return day.weekday() < 5 and not off


@lru_cache(maxsize=8)
def fixed_holidays(year: int) -> frozenset[date]:
    """The holidays on fixed days, and for each of them on a weekend the next weekday that is free."""
    off: set[date] = set()
    for month, first, last in FIXED_HOLIDAYS:
        days = [date(year, month, day) for day in range(first, last + 1)]
        off.update(days)
        given, day = sum(each.weekday() >= 5 for each in days), days[-1]
        while given:
            day += ONE_DAY
            if day.weekday() < 5:
                off.add(day)
                given -= 1
    return frozenset(off)


def add_workdays(day: date, count: int, calendar: WorkCalendar) -> date:
    """The ``count``-th working day after ``day``; ``day`` itself is not counted, and 0 gives it back.

    A list published on Friday 2026-02-13 for one working day is published through Saturday 2026-02-14, a make-up
    day.
    """
    if count < 0:
        raise ValueError("working days are counted forward")
    while count:
        day += ONE_DAY
        count -= is_workday(day, calendar)
    return day


def workdays_between(first: date, last: date, calendar: WorkCalendar) -> int:
    """Working days from ``first`` to ``last``, both counted."""
    days = (first + timedelta(days=step) for step in range((last - first).days + 1))
    return sum(is_workday(day, calendar) for day in days)


def workdays_left_in_month(day: date, calendar: WorkCalendar) -> int:
    """Working days of the month after ``day``, which is not counted."""
    return workdays_between(day + ONE_DAY, Month.of(day).last, calendar)


def read_list(path: Path) -> list[Listed]:
    """A yearly list: ``year``, ``source`` and ``holidays`` with name, first, last and make-up workdays.

    Refuses with ``place.calendar_faulty`` when a day stands twice, lies outside its year, or when a make-up day is
    a Monday to Friday, which would be a working day anyhow.
    """

    def faulty(what: str) -> Any:
        return CALENDAR_FAULTY("calendar", file=path.name, what=what)

    text = yaml.safe_load(path.read_text(encoding="utf-8"))
    listed: dict[date, Listed] = {}
    try:
        year, source = int(text["year"]), str(text["source"])
        for holiday in text["holidays"]:
            name, first, last = str(holiday["name"]), holiday["first"], holiday["last"]
            off = [first + timedelta(days=step) for step in range((last - first).days + 1)]
            if not off:
                raise faulty(f"{name}: {last} < {first}")
            days = [(day, DayKind.HOLIDAY) for day in off]
            days += [(day, DayKind.MAKE_UP_WORKDAY) for day in holiday.get("make_up_workdays", [])]
            for day, kind in days:
                if day in listed:
                    raise faulty(f"{day} twice")
                if day.year != year and (day.year, day.month) != (year - 1, 12):
                    raise faulty(f"{day} is not in {year}")
                if kind == DayKind.MAKE_UP_WORKDAY and day.weekday() < 5:
                    raise faulty(f"{day} is no weekend day")
                listed[day] = Listed(year, day, kind, name, source)
    except (KeyError, TypeError, ValueError, AttributeError) as why:
        raise faulty(f"{type(why).__name__}: {why}") from None
    if date(year, 1, 1) not in listed:
        raise faulty(f"{year}-01-01 is missing")
    return list(listed.values())


def load_calendar(path: Path) -> int:
    """Put a yearly list into the database in place of the one that stood there; the number of days.

    Refuses as ``read_list`` does.
    """
    listed = read_list(path)
    with transaction.atomic():
        CalendarDay.objects.filter(year=listed[0].year).delete()
        CalendarDay.objects.filter(day__in=[each.day for each in listed]).delete()
        CalendarDay.objects.bulk_create(
            CalendarDay(year=each.year, day=each.day, kind=each.kind, name=each.name, source=each.source)
            for each in listed
        )
    return len(listed)


def load_shipped_calendars() -> int:
    """Load every list that comes with the product; the number of days."""
    return sum(load_calendar(path) for path in sorted(SHIPPED.glob("calendar-*.yaml")))


def loaded_calendar() -> WorkCalendar:
    """The working calendar as it stands in the database, in one query."""
    return WorkCalendar.of(CalendarDay.objects.order_by("day"))


def shipped_calendar() -> WorkCalendar:
    """The working calendar of the lists that come with the product, without a database."""
    return WorkCalendar.of(each for path in sorted(SHIPPED.glob("calendar-*.yaml")) for each in read_list(path))
