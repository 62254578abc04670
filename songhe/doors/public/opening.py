"""Opening hours in words: the week in as few lines as it takes, and whether it is open now."""

from __future__ import annotations

from datetime import datetime
from itertools import groupby

from django.utils.translation import gettext as _

from songhe.doors.staff.meals_shown import WEEKDAYS
from songhe.doors.staff.words import Word
from songhe.kernel.month import BEIJING
from songhe.provider.hours import Week, clock, standing


def now_said(week: Week, at: datetime) -> Word | None:
    """营业中，到 17:30; 休息中，明天 8:00 开门; nothing where no hours were told."""
    told = standing(week, at)
    if told is None:
        return None
    minute = {"time": clock(told.minute)}
    if told.is_open:
        return Word(_("营业中，到 %(time)s") % minute, "ok")
    if told.days == 0:
        return Word(_("休息中，%(time)s 开门") % minute, "warn")
    if told.days == 1:
        return Word(_("休息中，明天 %(time)s 开门") % minute, "")
    day = WEEKDAYS[(at.astimezone(BEIJING).isoweekday() + told.days - 1) % 7]
    return Word(_("休息中，%(day)s %(time)s 开门") % {"day": day, **minute}, "")


def week_said(week: Week) -> list[tuple[str, str]]:
    """(周一至周五, 8:00–17:30): days in a row with the same hours on one line; nothing where no hours were told."""
    if not week:
        return []
    days = [(number, week.get(number, ())) for number in range(1, 8)]
    found = []
    for spans, group in groupby(days, key=lambda one: one[1]):
        numbers = [number for number, _spans in group]
        first, last = WEEKDAYS[numbers[0] - 1], WEEKDAYS[numbers[-1] - 1]
        word = str(first) if len(numbers) == 1 else _("%(first)s至%(last)s") % {"first": first, "last": last}
        said = "　".join(f"{clock(one.opens)}–{clock(one.closes)}" for one in spans) if spans else _("休息")
        found.append((word, said))
    return found
