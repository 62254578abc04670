"""The clock at the door: the one place where a request learns what day it is.

A real database goes by the server's clock. A practice database has a day of its own and takes the server's time of
day. The running of months moves the day on, and whoever is there at Beijing's midnight goes on into the next practice
day, so that time never goes back. While nobody is there no day goes by.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta, timezone
from typing import NamedTuple

from django.db import IntegrityError, transaction

from songhe.county.ready import Ready
from songhe.doors.shell.models import Practice
from songhe.kernel.month import BEIJING, beijing_date
from songhe.kernel.refusal import reason

REAL_DATABASE = reason(
    "clock.real_database",
    zh="这是正式数据库，不能设练习日期。",
    en="This is a real database; it cannot be given a practice date.",
    status=409,
)
PRACTICE_DATABASE = reason(
    "clock.practice_database",
    zh="这是练习数据库，不能改为正式数据库。",
    en="This is a practice database; it cannot be made a real one.",
    status=409,
)


class Clock(NamedTuple):
    """``at`` is aware and UTC, ``on`` is the Beijing date, ``practice`` says whether the day is invented."""

    at: datetime
    on: date
    practice: bool


_DAY = Ready(lambda: Practice.objects.values_list("day", "lived_on"))


def server_now() -> datetime:
    """The server's own time, for what practice must not bend: sessions, lock-outs, measured durations."""
    return datetime.now(timezone.utc)


def read_clock() -> Clock:
    """What time it is for the verbs: the practice day at the server's time of day, or simply now."""
    now = server_now()
    day, lived_on = _DAY.first() or (None, None)
    if day is None:
        return Clock(now, beijing_date(now), False)
    if lived_on is None or lived_on < beijing_date(now):
        day = _go_on(day, lived_on, beijing_date(now))
    at = datetime.combine(day, now.astimezone(BEIJING).timetz()).astimezone(timezone.utc)
    return Clock(at, day, True)


def _go_on(day: date, lived_on: date | None, today: date) -> date:
    """The practice day of a day that begins: the next one, whoever of several readers comes first."""
    following = day if lived_on is None else day + timedelta(days=1)
    before = Practice.objects.filter(day=day, lived_on=lived_on)
    if before.update(day=following, lived_on=today):
        return following
    return Practice.objects.values_list("day", flat=True).get() or following


def is_practice() -> bool:
    return Practice.objects.filter(day__isnull=False).exists()


def set_practice_day(day: date, *, note: str = "") -> None:
    """Make an empty database a practice one, or move its day. Refuses with ``clock.real_database``."""
    today = beijing_date(server_now())
    with transaction.atomic():
        kept = Practice.objects.filter(day__isnull=False)
        if kept.update(day=day, lived_on=today, **({"note": note} if note else {})):
            return
        try:
            with transaction.atomic():
                Practice.objects.create(day=day, lived_on=today, note=note)
        except IntegrityError:
            raise REAL_DATABASE("day") from None


def declare_real(*, note: str = "") -> None:
    """Say once that real people live in this database. Refuses with ``clock.practice_database``; twice is once."""
    with transaction.atomic():
        found, _ = Practice.objects.get_or_create(singleton=True, defaults={"day": None, "note": note})
    if found.day is not None:
        raise PRACTICE_DATABASE("day")
