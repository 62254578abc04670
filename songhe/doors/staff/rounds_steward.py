"""One steward's rounds 走访安排: handed over to another, ended, and the steward's last day."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any
from uuid import UUID

from django import forms
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from songhe.doors.may import may, require
from songhe.doors.provider.fields import DayField
from songhe.doors.shell.pieces import Crumb
from songhe.doors.shell.request import DoorRequest
from songhe.doors.staff import naming
from songhe.doors.staff import rounds_words as words
from songhe.doors.staff.cursor import address
from songhe.doors.staff.reach import noted_read
from songhe.doors.staff.verbs import NOTHING_WRONG, ThingForm, Verb, Wrong, by_whom, find, offers, perform
from songhe.outreach import queries, rounds, team
from songhe.outreach.models import Round, Steward

Told = Mapping[str, Any]
#: Elders on a page.
PAGE = 50


class HandOverForm(ThingForm):
    """Of one round, or of all of a steward's."""

    to = forms.ChoiceField(label=gettext_lazy("转交给谁"))
    since = DayField(label=gettext_lazy("从哪天起由新管家走访"))

    def about(self, thing: Any, request: DoorRequest) -> None:
        mine = thing.id if isinstance(thing, Steward) else thing.steward_id
        self.choose("to", [(str(one.id), one.name) for one in queries.stewards_of(thing.county) if one.id != mine])
        self.initial.setdefault("since", max(request.on, thing.since + timedelta(days=1)))


class LastDayForm(ThingForm):
    last_day = DayField(label=gettext_lazy("最后一天"))

    def about(self, thing: Any, request: DoorRequest) -> None:
        self.initial.setdefault("last_day", max(request.on, thing.since))


def another(steward: Steward) -> bool:
    """Whether there is anybody to hand over to."""
    return any(one.id != steward.id for one in queries.stewards_of(steward.county))


def to_whom(county: str, key: str) -> Steward:
    return next(one for one in queries.stewards_of(county) if str(one.id) == key)


def _hand_over(row: Round, told: Told, request: DoorRequest) -> None:
    to = to_whom(row.county, told["to"])
    rounds.hand_over(round=row, steward=to, since=told["since"], **by_whom(request))


def _end(row: Round, told: Told, request: DoorRequest) -> None:
    rounds.end_round(round=row, last_day=told["last_day"], **by_whom(request))


def _hand_over_all(row: Steward, told: Told, request: DoorRequest) -> None:
    to = to_whom(row.county, told["to"])
    rounds.hand_over_all(steward=row, to=to, since=told["since"], **by_whom(request))


def _dismiss(row: Steward, told: Told, request: DoorRequest) -> None:
    team.dismiss_steward(steward=row, last_day=told["last_day"], **by_whom(request))


_OPEN: dict[str, Any] = {"open_to": lambda row: row.last_day is None}
HAND_OVER = Verb(
    "hand-over",
    "round.plan",
    gettext_lazy("转交给别的管家"),
    gettext_lazy("前一天是原管家的最后一天；每周哪天去不变。"),
    gettext_lazy("转交好了。"),
    HandOverForm,
    _hand_over,
    **_OPEN,
)
END = Verb(
    "end",
    "round.plan",
    gettext_lazy("结束走访"),
    gettext_lazy("以后没有人每周去看这位老人；以前的走访记录还在。"),
    gettext_lazy("记下了最后一天。"),
    LastDayForm,
    _end,
    tone="grave",
    **_OPEN,
)
HAND_OVER_ALL = Verb(
    "hand-over-all",
    "round.plan",
    gettext_lazy("全部转交"),
    gettext_lazy("这位管家走访的老人一起转给另一位；有一位不能转的，就一位都不转，并说明是谁。"),
    gettext_lazy("转交好了。"),
    HandOverForm,
    _hand_over_all,
    **_OPEN,
)
DISMISS = Verb(
    "dismiss",
    "round.plan",
    gettext_lazy("管家离任"),
    gettext_lazy("没有老人由他走访了才能离任。"),
    gettext_lazy("记下了最后一天。"),
    LastDayForm,
    _dismiss,
    tone="grave",
    **_OPEN,
)


@require_safe
@require("round.read")
def steward(request: DoorRequest, steward_id: UUID) -> HttpResponse:
    row = steward_of(request, steward_id)
    noted_read(request, county=row.county, act="outreach.read_rounds", subject="steward", subject_id=row.id)
    return steward_page(request, row)


def steward_of(request: DoorRequest, steward_id: UUID) -> Steward:
    row: Steward = find(request, Steward.objects.select_related("team"), "round.read", "steward", steward_id)
    return row


def steward_page(request: DoorRequest, row: Steward, wrong: Wrong | None = None, status: int = 200) -> HttpResponse:
    """Everybody whom the steward looks in on, by weekday."""
    shown = Paginator(rounds.rounds_of(row), PAGE).get_page(request.GET.get("page"))
    many = shown.paginator.count
    verbs = [DISMISS] if not many else [HAND_OVER_ALL] if another(row) else []
    said = {
        **(wrong.said() if wrong else NOTHING_WRONG),
        "row": row,
        "where": naming.whole_place(row.place, request.on),
        "rows": [(one, words.weekday(one.weekday)) for one in shown.object_list],
        "many": many,
        "plans": may(request.user, "round.plan", request.on),
        "first": address(request, page="") if shown.number > 1 else "",
        "following": address(request, page=shown.next_page_number()) if shown.has_next() else "",
        "crumbs": [Crumb(_("走访和需求"), back(row.county)), Crumb(row.name)],
        "offered": offers(request, row, verbs, page="staff:rounds-steward-act", wrong=wrong),
    }
    return render(request, "staff/rounds_steward.html", said, status=status)


@require_POST
@require("round.plan")
def steward_act(request: DoorRequest, steward_id: UUID, verb: str) -> HttpResponse:
    """Hand everybody over, or note the steward's last day."""
    row = steward_of(request, steward_id)
    return perform(
        request,
        row,
        (HAND_OVER_ALL, DISMISS),
        verb,
        shown=lambda wrong, status: steward_page(request, steward_of(request, steward_id), wrong, status),
        after=reverse("staff:rounds-steward", args=[row.id]),
    )


@require_safe
@require("round.read")
def one(request: DoorRequest, round_id: UUID) -> HttpResponse:
    row = round_of(request, round_id)
    noted_read(request, county=row.county, act="outreach.read_round", subject="round", subject_id=row.id)
    return one_page(request, row)


def round_of(request: DoorRequest, round_id: UUID) -> Round:
    rows = Round.objects.select_related("person", "steward")
    row: Round = find(request, rows, "round.read", "round", round_id)
    return row


def one_page(request: DoorRequest, row: Round, wrong: Wrong | None = None, status: int = 200) -> HttpResponse:
    """Who goes, on which day, since when, what was seen; and what may be arranged."""
    names = naming.accounts([row.planned_by])
    steward = row.steward
    said = {
        **(wrong.said() if wrong else NOTHING_WRONG),
        "row": row,
        "over": row.last_day is not None and row.last_day < request.on,
        "weekday": words.weekday(row.weekday),
        "planned_by": names[row.planned_by],
        "earlier": [
            (one, words.OUTCOMES[one.outcome], words.MEANS[one.means])
            for one in queries.visits_of(row.county, row.person_id)
        ],
        "crumbs": [
            Crumb(_("走访和需求"), back(row.county)),
            Crumb(steward.name, reverse("staff:rounds-steward", args=[steward.id])),
            Crumb(row.person.name),
        ],
        "offered": offers(
            request, row, [HAND_OVER, END] if another(steward) else [END], page="staff:rounds-one-act", wrong=wrong
        ),
    }
    return render(request, "staff/rounds_one.html", said, status=status)


@require_POST
@require("round.plan")
def act(request: DoorRequest, round_id: UUID, verb: str) -> HttpResponse:
    """Hand a round over, or end it."""
    row = round_of(request, round_id)
    return perform(
        request,
        row,
        (HAND_OVER, END),
        verb,
        shown=lambda wrong, status: one_page(request, round_of(request, round_id), wrong, status),
        after=reverse("staff:rounds-steward", args=[row.steward_id]),
    )


def back(county: str) -> str:
    return f"{reverse('staff:rounds-county')}?{urlencode({'county': county})}"
