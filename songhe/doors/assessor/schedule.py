"""The schedule of the signed-in assessor 评估日程: today, coming, to be signed, sent back, handed in."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from songhe.assessment.draft import content
from songhe.assessment.models import Assessment, Draft, Signature
from songhe.doors.assessor.visits import Visit, as_visit, employments, named_for
from songhe.doors.assessor.wishes import Wish, wishes
from songhe.doors.may import require
from songhe.doors.shell.pieces import Tone
from songhe.doors.shell.request import DoorRequest
from songhe.doors.staff import naming, words
from songhe.doors.staff.reach import reach
from songhe.kernel.month import BEIJING, age_on, beijing_date
from songhe.person.models import Person, Sex

State = Assessment.State

#: As many open visits are shown; nobody has more before them.
MOST_OPEN = 100
MOST_DONE = 20
DONE_DAYS = 30


@dataclass(frozen=True)
class Card:
    """One visit on the schedule."""

    no: str
    address: str
    name: str
    about: str
    place: str
    at: datetime | None
    time: str
    is_home: bool
    with_whom: str
    occasion: Any
    state: str
    tone: Tone
    done_on: date | None = None
    note: str = ""
    wish: str = ""


@dataclass(frozen=True)
class Part:
    """A part of the schedule: ``empty`` is said when there is nothing in it; without it an empty part is left out."""

    name: str
    title: Any
    cards: list[Card]
    empty: Any = ""


@require_safe
@require("assessment.submit")
def schedule(request: DoorRequest) -> HttpResponse:
    """What is to do today comes first after what waits for a signature or came back."""
    workers = employments(request)
    rows = named_for(reach(request, "assessment.submit"), workers)
    open_rows = list(rows.filter(state=State.ASSIGNED).order_by("scheduled_at", "requested_at", "id")[:MOST_OPEN])
    since = request.at - timedelta(days=DONE_DAYS)
    handed_in = (State.SUBMITTED, State.EFFECTIVE, State.DISPUTED, State.REPLACED)
    done = list(rows.filter(state__in=handed_in, submitted_at__gte=since).order_by("-submitted_at")[:MOST_DONE])
    visits = with_drafts(open_rows, workers)
    signed = signed_by(visits)
    wished = wishes(open_rows)
    towns = naming.places((row.person.place[:9] for row in [*open_rows, *done]), request.on)

    parts: dict[str, list[Card]] = {"returned": [], "to_sign": [], "today": [], "coming": []}
    for visit in visits:
        name, state, tone = part_of(visit, signed, request.on)
        parts[name].append(card(visit, request.on, towns, state, tone, wished.get(visit.row.id)))
    handed = [
        card(
            as_visit(row, workers, None),
            request.on,
            towns,
            str(words.word(words.ASSESSMENT, row.state).said),
            words.word(words.ASSESSMENT, row.state).tone,
        )
        for row in done
    ]
    shown = [
        Part("returned", _("退回修改"), parts["returned"]),
        Part("to_sign", _("等您签名"), parts["to_sign"]),
        Part("today", _("今天"), parts["today"], _("今天没有约定的评估。")),
        Part("coming", _("接下来"), parts["coming"], _("没有其他已派给您的评估。")),
        Part("done", _("近30天已提交"), handed),
    ]
    body = workers[0].provider.name if workers else ""
    said = {"parts": [part for part in shown if part.cards or part.empty], "body": body}
    return render(request, "assessor/schedule.html", said)


def with_drafts(rows: Iterable[Assessment], workers: list[Any]) -> list[Visit]:
    """The visits with their forms, fetched at once."""
    found = list(rows)
    drafts: dict[Any, Draft] = {}
    for county in sorted({row.county for row in found}):
        ids = [row.id for row in found if row.county == county]
        drafts |= {held.assessment_id: held for held in Draft.rows.filter(county=county, assessment__in=ids)}
    return [as_visit(row, workers, drafts.get(row.id)) for row in found]


def signed_by(visits: Iterable[Visit]) -> dict[Any, set[int]]:
    """Who has signed the form of each visit as it is now."""
    begun = [visit for visit in visits if visit.held is not None]
    wanted = {visit.row.id: content(visit.row, visit.held) for visit in begun if visit.held}
    found: dict[Any, set[int]] = {}
    for county in sorted({visit.row.county for visit in begun}):
        ids = [visit.row.id for visit in begun if visit.row.county == county]
        for one in Signature.rows.filter(county=county, assessment__in=ids):
            if wanted.get(one.assessment_id) == one.content:
                found.setdefault(one.assessment_id, set()).add(one.worker_id)
    return found


def part_of(visit: Visit, signed: dict[Any, set[int]], on: date) -> tuple[str, str, Tone]:
    """The part of the schedule, and the state in a word."""
    row, held = visit.row, visit.held
    by = signed.get(row.id, set())
    if visit.other.pk in by and visit.me.pk not in by:
        return "to_sign", _("等您确认"), "warn"
    if row.note and held is not None and not by:
        return "returned", _("县区退回"), "bad"
    if held is not None and held.remarks:
        return "to_sign", _("有不同意见"), "warn"
    when = beijing_date(row.scheduled_at) if row.scheduled_at else None
    part = "today" if when is not None and when <= on else "coming"
    if visit.me.pk in by:
        return part, _("等另一位签名"), "info"
    if held is not None:
        return "today" if held.visited_on == on else part, _("填写中"), "info"
    return part, _("未开始"), ""


def card(visit: Visit, on: date, towns: dict[str, str], state: str, tone: Tone, wish: Wish | None = None) -> Card:
    row = visit.row
    is_open = row.state == State.ASSIGNED
    address = reverse("assessor:visit" if is_open else "assessor:report", args=[row.no])
    at = row.scheduled_at if is_open else None
    return Card(
        no=row.no,
        address=address,
        name=row.person.name,
        about=about(row.person, on),
        place=where_words(row, towns),
        at=at,
        time=f"{at.astimezone(BEIJING):%H:%M}" if at else "",
        is_home=row.where == Assessment.Where.HOME,
        with_whom=_("与%(name)s") % {"name": visit.other.name},
        occasion=occasion_words(row.occasion),
        state=state,
        tone=tone,
        done_on=None if is_open else row.assessed_on,
        note=row.note if is_open else "",
        wish=wish.beside(at) if wish else "",
    )


def about(person: Person, on: date) -> str:
    """女 · 82 岁"""
    age = _("%(age)s 岁") % {"age": age_on(person.birth_date, on)}
    return f"{words.SEXES[person.sex]} · {age}" if person.sex in (Sex.MALE, Sex.FEMALE) else age


def where_words(row: Assessment, towns: dict[str, str]) -> str:
    if row.where == Assessment.Where.ON_SITE:
        return _("到机构评估")
    town, address = towns.get(row.person.place[:9], ""), row.person.address
    return (address if town in address else f"{town} {address}".strip()) or _("上门")


def whole_address(person: Person, on: date) -> str:
    """The place from the province down, and on to the door; what both say is said once."""
    place, address = naming.whole_place(person.place, on), person.address
    said_twice = max((n for n in range(1, len(address) + 1) if place.endswith(address[:n])), default=0)
    return f"{place}{'' if said_twice else ' '}{address[said_twice:]}".strip()


def occasion_words(occasion: str) -> str:
    return {
        Assessment.Occasion.FIRST: _("首次评估"),
        Assessment.Occasion.REGULAR: _("常规评估"),
        Assessment.Occasion.IMMEDIATE: _("情况变化后的评估"),
        Assessment.Occasion.REVIEW: _("复评"),
    }.get(Assessment.Occasion(occasion), "") if occasion else ""  # fmt: skip
