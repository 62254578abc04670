"""Until which day an application still brings the first voucher this month, if everybody takes all their time."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from songhe.entitlement.approve import first_month
from songhe.kernel.month import Month, days_between
from songhe.place.calendar import WorkCalendar, add_workdays, is_workday, workdays_left_in_month
from songhe.policy.terms import Terms


@dataclass(frozen=True)
class LastDay:
    """``safe``: until then the first voucher comes this month whatever the bureau takes of its time.

    ``latest``: until then it can still come this month, if the bureau is quick; nobody promises it, because the
    place has set no time for the review. One of the two, or neither when the month is lost.
    """

    month: Month
    safe: date | None
    latest: date | None
    left: int
    within: int | None
    least: int | None
    last_month: bool

    @property
    def lost(self) -> bool:
        return self.safe is None and self.latest is None

    @property
    def next_month(self) -> Month:
        return self.month.next


def last_day(*, on: date, rules: Terms, calendar: WorkCalendar) -> LastDay:
    """The last safe day from the terms of the place.

    The review takes its working days from the application, publication its days after that, and an approval falls
    on a working day. Where too few working days are left in the month of the application, the first voucher comes
    the month after (Jiangxi 2026: fewer than five).
    """
    month = Month.of(on)
    days = [on + timedelta(days=step) for step in range(days_between(on, month.last) + 1)]
    in_time = [day for day in days if _first_month(day, rules, calendar) == month]
    left = workdays_left_in_month(on, calendar)
    latest = max(in_time, default=None)
    return LastDay(
        month=month,
        safe=latest if rules.review_days is not None else None,
        latest=latest if rules.review_days is None else None,
        left=left,
        within=rules.first_issue_within_working_days,
        least=rules.first_issue_least_working_days,
        last_month=rules.window.last is not None and month.last >= rules.window.last,
    )


def _first_month(submitted_on: date, rules: Terms, calendar: WorkCalendar) -> Month:
    approved_on = add_workdays(submitted_on, rules.review_days or 0, calendar)
    if rules.publication_days:
        # Still published on the last day; the approval is the day after at the earliest.
        approved_on += timedelta(days=rules.publication_days + 1)
    while not is_workday(approved_on, calendar):
        approved_on += timedelta(days=1)
    return first_month(submitted_on=submitted_on, approved_on=approved_on, rules=rules, calendar=calendar)
