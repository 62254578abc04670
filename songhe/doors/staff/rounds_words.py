"""How rounds, needs and what volunteers did are called at every door."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.utils.translation import gettext_lazy

from songhe.doors.staff.credits_words import help_said
from songhe.doors.staff.meals_shown import WEEKDAYS
from songhe.doors.staff.words import Word, said
from songhe.outreach.models import Need, Stint, Team, Visit
from songhe.outreach.need import WAITING
from songhe.provider.help import HELPS

NEEDS: dict[str, Word] = {
    Need.State.HEARD: Word(gettext_lazy("等人办"), "warn"),
    Need.State.ORDERED: Word(gettext_lazy("已派给机构"), "info"),
    Need.State.REFERRED: Word(gettext_lazy("已转给别人"), "info"),
    Need.State.ACCEPTED: Word(gettext_lazy("答应了"), "ok"),
    Need.State.DECLINED: Word(gettext_lazy("办不了，另想办法"), "warn"),
    Need.State.MET: Word(gettext_lazy("办好了"), "ok"),
    Need.State.UNMET: Word(gettext_lazy("没能办成"), "bad"),
}
OUTCOMES: dict[str, Word] = {
    Visit.Outcome.WELL: Word(gettext_lazy("都好"), "ok"),
    Visit.Outcome.NEED: Word(gettext_lazy("有需要"), "warn"),
    Visit.Outcome.ABSENT: Word(gettext_lazy("没见到人"), "warn"),
    Visit.Outcome.REFUSED: Word(gettext_lazy("不让探访"), "info"),
}
TEAMS: dict[str, Any] = {
    Team.Kind.SERVICE: gettext_lazy("机构服务队"),
    Team.Kind.MUTUAL: gettext_lazy("邻里互助队"),
    Team.Kind.VOLUNTEER: gettext_lazy("志愿服务队"),
}
MEANS: dict[str, Any] = {
    Visit.Means.DOOR: gettext_lazy("上门看的"),
    Visit.Means.PHONE: gettext_lazy("打的电话"),
}
STINTS: dict[str, Word] = {
    Stint.State.TOLD: Word(gettext_lazy("等人确认"), "warn"),
    Stint.State.CONFIRMED: Word(gettext_lazy("已确认"), "ok"),
    Stint.State.DECLINED: Word(gettext_lazy("没有确认"), "bad"),
}


def weekday(number: int) -> Any:
    """1 Monday … 7 Sunday."""
    return WEEKDAYS[number - 1]


def help_choices() -> list[tuple[str, str]]:
    return [(code, said(*pair)) for code, pair in HELPS.items()]


def need_row(need: Need, on: date) -> dict[str, Any]:
    """A need as lists show it: for how many days it waits, and whether it is beyond its limit."""
    return {
        "need": need,
        "help": help_said(need.help),
        "state": NEEDS[need.state],
        "days": (on - need.heard_on).days,
        "late": need.state in WAITING and need.due_on < on,
        "to": need.provider.name if need.provider else need.referred_to,
    }
