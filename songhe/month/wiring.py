"""Which verb answers which entry of the outbox."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime

from songhe.jobs.models import Outgoing
from songhe.jobs.outbox import Handler
from songhe.kernel.month import Month, beijing_date
from songhe.month.steps import Calendar, People, run_month

#: Runs with transactions of their own.
LONG_RUNNING = frozenset({"month.run"})


def handlers(*, calendar: Calendar, people: People | None) -> dict[str, Handler]:
    """The handlers of this installation: real ones, or those of a practice county whose people act."""

    def month_run(entry: Outgoing, at: datetime) -> None:
        """A person asked on a page for a month to be run up to a step."""
        run_month(
            county=entry.county,
            month=Month.parse(entry.payload["month"]),
            until=entry.payload.get("until", "close"),
            calendar=calendar,
            people=people,
        )

    return {"month.run": month_run}


def today_calendar(clock: Callable[[], datetime]) -> Calendar:
    """A real county does each step on the day on which it is asked to."""

    def calendar(_natural: date) -> tuple[date, Callable[[], datetime]]:
        return beijing_date(clock()), clock

    return calendar
