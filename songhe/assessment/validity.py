"""How long a result is good for, and until when it may be disputed: settings of the place, which may be unset."""

from __future__ import annotations

import calendar
from collections.abc import Mapping
from datetime import date

from songhe.kernel.month import Month
from songhe.policy.resolve import Policy

VALID_MONTHS = "assessment_valid_months"
DISPUTE_DAYS = "assessment_dispute_days"
LOOKBACK_MONTHS = "assessment_lookback_months"
ACCEPTED_SINCE = "assessment_accepted_since"


def months_after(day: date, months: int) -> date:
    """The same day of the month so many months later (earlier if negative), or that month's last day."""
    month = Month.of(day).plus(months)
    return date(month.year, month.number, min(day.day, calendar.monthrange(month.year, month.number)[1]))


def valid_until(*, policy: Policy | None, assessed_on: date, level: int, on: date) -> date | None:
    """The last day on which a result of that level counts; ``None`` where the place sets no validity.

    The setting is a number of months, or a table of them by level; a level that the table leaves out has no end.
    """
    setting = policy.value(VALID_MONTHS, on) if policy else None
    months = setting.get(str(level)) if isinstance(setting, Mapping) else setting
    return months_after(assessed_on, int(months)) if isinstance(months, int) else None


def dispute_days(*, policy: Policy | None, on: date) -> int | None:
    """Days after a result became effective in which it may be disputed; ``None``: always."""
    days = policy.value(DISPUTE_DAYS, on) if policy else None
    return days if isinstance(days, int) else None


def within_look_back(*, policy: Policy | None, assessed_on: date, on: date) -> bool:
    """Whether an earlier result is recent enough for the place: by months before ``on``, or by a first day.

    Either is enough; where neither is set no result is accepted for its age alone (source 000: twelve months in
    the pilots).
    """
    if policy is None or assessed_on > on:
        return False
    months, since = policy.value(LOOKBACK_MONTHS, on), policy.value(ACCEPTED_SINCE, on)
    recent = isinstance(months, int) and assessed_on >= months_after(on, -months)
    return recent or (isinstance(since, date) and assessed_on >= since)
