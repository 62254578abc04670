"""The lists behind a figure: who is counted, each with their part, and workbooks of places and of people."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from songhe.document.sheet import Column
from songhe.doors.may import check, may, require
from songhe.doors.shell.pieces import Crumb
from songhe.doors.shell.request import DoorRequest
from songhe.doors.staff import naming
from songhe.doors.staff.cursor import PAGE
from songhe.doors.staff.dashboard import crumbs_of, indicator_or_404, part_top, parts_raw, plain
from songhe.doors.staff.export import hand_over, more_than_most, titles, workbook
from songhe.doors.staff.figures import ACT, Asked, Shown, asked, drills, filters, name_of, shown, written
from songhe.doors.staff.reach import noted_read
from songhe.person.models import Person
from songhe.statistics.definition import Indicator
from songhe.statistics.figure import Figure, value_of
from songhe.statistics.measure import Frame, amounts, person_ids


@dataclass(frozen=True)
class Row:
    address: str
    name: str
    number: str
    town: str
    amount: str


@require_safe
@require("report.read")
def people(request: DoorRequest, code: str) -> HttpResponse:
    """Whom the figure counts, each with their part of it; who looked is noted in the trail."""
    found = asked(request)
    check(request, "person.search")
    means = indicator_or_404(code, found)
    if not drills(means) or not found.frame.counties:
        raise Http404
    rows = list(listed(found, means, request.GET.get("after", ""), PAGE + 1))
    more = len(rows) > PAGE
    for county in found.frame.counties[:1]:
        noted_read(
            request, county=county, act="report.people", subject="report", subject_id=f"{code}:{found.frame.month}"
        )
    said = {
        **filters(request, found),
        "month": found.frame.month,
        "figure": shown_of(means),
        "rows": table_of(request, found, means, rows[:PAGE]),
        "amount_word": name_of(means),
        "in_fen": means.numerator.endswith("_fen"),
        "total": person_count(found, means) if "after" not in request.GET else None,
        "first": found.address("staff:figure-people", code) if request.GET.get("after") else "",
        "following": found.address("staff:figure-people", code, after=rows[PAGE - 1].id.hex) if more else "",
        "may_export": may(request.user, "person.export", request.on),
        "export": reverse("staff:figure-export", args=[code]),
        "asked": found,
        "crumbs": crumbs_of(found, means, Crumb(name_of(means), found.address("staff:figure", code)), Crumb(_("名单"))),
    }
    return render(request, "staff/dashboard_people.html", said)


def shown_of(means: Indicator) -> Shown:
    return shown(Figure(means, None))


def counted(found: Asked, means: Indicator) -> Any:
    """The people whom the figure counts, inside the reach."""
    rows = Person.objects.within(found.scope).filter(county__in=found.frame.counties)
    return rows.filter(id__in=person_ids(found.frame, means.numerator))


def person_count(found: Asked, means: Indicator) -> int:
    return int(counted(found, means).count())


def listed(found: Asked, means: Indicator, after: str, most: int) -> Iterable[Person]:
    rows = counted(found, means)
    with suppress(ValueError):
        rows = rows.filter(id__gt=UUID(after)) if after else rows
    return rows.order_by("id")[:most]


def table_of(request: DoorRequest, found: Asked, means: Indicator, people: list[Person]) -> list[Row]:
    towns = naming.places((naming.town(person) for person in people), request.on)
    told = amounts(found.frame, means.numerator, [person.id for person in people])
    return [
        Row(
            address=reverse("staff:person", args=[person.id]),
            name=person.name,
            number=naming.hidden_number(person),
            town=towns.get(naming.town(person), ""),
            amount=plain(means.numerator, {means.numerator: told.get(person.id, 0)}),
        )
        for person in people
    ]


@require_POST
@require("report.read")
def export(request: DoorRequest, code: str) -> HttpResponse:
    """The list as a workbook with the filters in force, masked: by place, or the people behind the figure."""
    given = {name: str(request.POST.get(name, "")) for name in ("month", "place", "group")}
    found = asked(request, given)
    means = indicator_or_404(code, found)
    if not found.frame.counties:
        raise Http404
    if request.POST.get("list") == "people":
        return export_people(request, found, means)
    raw = parts_raw(request, found, means)
    kind = "money" if means.numerator.endswith("_fen") else "whole"
    columns = [(part_top(found) or _("地区"), "text", 24), (_("代码"), "text", 16), (name_of(means), kind, 18)]
    rows: list[list[Any]] = [[name, place, row.get(means.numerator, 0)] for place, name, row in raw]
    if means.denominator:
        below = "money" if means.denominator.endswith("_fen") else "whole"
        columns = [*columns[:2], (_("分子"), kind, 18), (_("分母"), below, 18), (name_of(means), "text", 14)]
        rows = [
            [*line, row.get(means.denominator), written(means, value_of(means, {means.numerator: 0, **row}))]
            for line, (_place, _name, row) in zip(rows, raw, strict=True)
        ]
    return workbook(
        request,
        name=f"{code.replace('_', '-')}-{found.frame.month}",
        title=name_of(means),
        columns=titles(columns),
        rows=rows,
        counties=found.frame.counties,
    )


def export_people(request: DoorRequest, found: Asked, means: Indicator) -> HttpResponse:
    check(request, "person.export")
    if not drills(means):
        raise Http404
    rows = counted(found, means)
    if more_than_most(rows):
        frame = found.frame
        asked = {"code": means.code, "month": str(frame.month), "place": frame.place, "group": frame.group}
        return hand_over(request, "figure-people", asked, act=ACT)
    people = list(rows.order_by("id"))
    return workbook(
        request,
        name=f"{means.code.replace('_', '-')}-people-{found.frame.month}",
        title=name_of(means),
        columns=sheet_columns(means),
        rows=sheet_cells(found.frame, means, people),
        counties=found.frame.counties,
    )


def sheet_columns(means: Indicator) -> list[Column]:
    kind = "money" if means.numerator.endswith("_fen") else "whole"
    return titles(
        [(_("姓名"), "text", 14), (_("证件号码"), "text", 22), (_("居住地"), "text", 24), (name_of(means), kind, 18)]
    )


def sheet_cells(frame: Frame, means: Indicator, people: Sequence[Person]) -> Iterable[list[Any]]:
    """Read in parts: SQLite takes a limited number of values at once."""
    for start in range(0, len(people), 500):
        part = people[start : start + 500]
        towns = naming.places((naming.town(person) for person in part), frame.on)
        told = amounts(frame, means.numerator, [person.id for person in part])
        for person in part:
            town = towns.get(naming.town(person), "")
            yield [person.name, naming.hidden_number(person), town, told.get(person.id, 0)]
