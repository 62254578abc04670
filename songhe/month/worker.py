"""When the worker turns: at once where something waits or has happened, else from time to time. 值守

A turn reads the trail, the day's jobs, the notices and the seals of every county. One statement that touches a few
index pages says beforehand whether any of it has changed since the last turn.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import connection

from songhe.county.key import plain_instant
from songhe.jobs.outbox import MOST_TRIES

#: Seconds between two looks; a person who asked for a job waits so long at most before it begins.
PAUSE = 1.0

#: Seconds after which a turn is made although nothing seems to be new: what came late, or failed, is found then.
LONGEST = 60.0

#: Seconds after which what is due and could not be done is tried again.
TRY_AGAIN = 10.0

#: Turns after which the seals look for entries that came late, however long ago they say they were made.
FAR_BACK_EVERY = 60

NEWS = f"""
SELECT (SELECT id FROM trail_entry ORDER BY id DESC LIMIT 1),
       EXISTS (SELECT 1 FROM jobs_outgoing WHERE done_at IS NULL AND not_before <= %s AND tries < {MOST_TRIES}),
       EXISTS (SELECT 1 FROM notice_notice WHERE spread_at IS NULL AND channel = 'inbox'),
       EXISTS (SELECT 1 FROM notice_notice WHERE state IN ('queued', 'held') AND due_at <= %s)
"""


@dataclass
class Turns:
    """What the last turn had seen. ``now`` is a clock that only goes forward, in seconds."""

    seen: Any = None
    on: date | None = None
    at: float = 0.0
    busy: bool = True
    in_vain: bool = False
    count: int = 0

    def is_wanted(self, *, at: datetime, on: date, now: float) -> bool:
        """Whether to make a turn now: the last one did something, a day began, the trail grew, something is due, or
        the last turn was long ago. What was due and could not be done is tried again after a while."""
        latest, due = news(at)
        since = now - self.at
        due = due and (not self.in_vain or since >= TRY_AGAIN)
        wanted = self.busy or due or on != self.on or latest != self.seen or since >= LONGEST
        if wanted:
            self.seen, self.on, self.at, self.in_vain = latest, on, now, due
        return wanted

    def is_far_back(self) -> bool:
        """Whether the turn that begins is one that looks far back; counts it."""
        self.count += 1
        return self.count % FAR_BACK_EVERY == 1

    def over(self, done: int) -> None:
        """A turn that did something may have left more to do."""
        self.busy = done > 0
        self.in_vain = self.in_vain and not done


def news(at: datetime) -> tuple[Any, bool]:
    """The last entry of the trail, and whether an entry of the outbox or a notice is due."""
    instant = plain_instant(at)
    with connection.cursor() as cursor:
        cursor.execute(NEWS, [instant, instant])
        latest, *due = cursor.fetchone()
    return latest, any(due)
