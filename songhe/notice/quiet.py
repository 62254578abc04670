"""Quiet hours: nobody's telephone rings for us at night."""

from __future__ import annotations

from datetime import datetime, time, timedelta, timezone

from songhe.kernel.month import BEIJING

FROM = time(21)
UNTIL = time(8)


def due_at(at: datetime) -> datetime:
    """When what happened at ``at`` may be told by telephone: at once, or at eight the next morning, Beijing time."""
    local = at.astimezone(BEIJING)
    if UNTIL <= local.time() < FROM:
        return at
    morning = local.replace(hour=UNTIL.hour, minute=0, second=0, microsecond=0)
    if local.time() >= FROM:
        morning += timedelta(days=1)
    return morning.astimezone(timezone.utc)
