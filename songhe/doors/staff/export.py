"""Lists as workbooks 导出: with the filters in force, masked; unmasked only with a permission, a reason and a trace."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from songhe.access.models import Account
from songhe.access.scope import Scope
from songhe.document.download import ask
from songhe.document.sheet import Column, Page, write_workbook
from songhe.doors.may import check, require
from songhe.doors.shell.request import DoorRequest
from songhe.doors.shell.spoken import moment
from songhe.doors.staff import naming, words
from songhe.doors.staff.cursor import PAGE
from songhe.doors.staff.people import case_number, found, newest, within
from songhe.doors.staff.reach import account_of, counties, reach
from songhe.entitlement.models import Entitlement
from songhe.kernel.month import age_on
from songhe.kernel.refusal import reason
from songhe.person.identity import number_of
from songhe.person.masks import mask_phone
from songhe.person.models import Person
from songhe.person.search import FARTHEST
from songhe.trail.note import note

#: Rows that are answered at once; longer lists are made by the worker.
MOST = 10_000
KIND = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

TOO_MANY = reason(
    "staff.export_too_large",
    zh="符合条件的有{most}行以上，请先缩小筛选范围（例如按乡镇或月份）再导出。",
    en="More than {most} rows fit; narrow the list down, by town or by month for instance, and export again.",
    status=413,
)
NO_PURPOSE = reason("staff.export_without_purpose", zh="请写明导出用途。", en="Say what the export is for.")


def workbook(
    request: DoorRequest,
    *,
    name: str,
    title: str,
    columns: Sequence[Column],
    rows: Iterable[Sequence[Any]],
    counties: Iterable[str],
    purpose: str = "",
    whole: bool = False,
) -> HttpResponse:
    """The workbook of a list, its last row saying who took it, when and what for; noted in every county it names.

    Refuses with ``staff.export_too_large``.
    """
    kept = [list(row) for row in rows]
    if len(kept) > MOST:
        raise TOO_MANY("rows", most=MOST)
    account = account_of(request)
    mark = mark_of(account, request.at, len(kept), purpose=purpose, whole=whole, practice=request.practice)
    # The mark stands in the first column, which is text in every list.
    content = write_workbook([Page(title[:31], columns, [*kept, [mark, *[None] * (len(columns) - 1)]])])
    for county in sorted(set(counties)):
        note(
            county=county,
            at=request.at,
            actor=account.username,
            act="staff.export_whole" if whole else "staff.export",
            subject="list",
            subject_id=name,
            reason=purpose,
            rows=len(kept),
            request=request.request_id,
        )
    response = HttpResponse(content, content_type=KIND)
    response.headers["Content-Disposition"] = f'attachment; filename="songhe-{name}-{request.on}.xlsx"'
    return response


def mark_of(account: Account, at: datetime, count: int, *, purpose: str, whole: bool, practice: bool) -> str:
    """Who took a list, when, how many rows, and whether numbers stand in it whole, for what."""
    said = ngettext("%(count)s 行", "%(count)s 行", count) % {"count": count}
    mark = _("%(name)s（%(username)s）于 %(at)s 导出，%(count)s") % {
        "name": account.display_name,
        "username": account.username,
        "at": moment(at, "zh" if words.in_chinese() else "en"),
        "count": said,
    }
    hidden = (
        _("号码未脱敏，用途：%(purpose)s，请妥善保管，用后销毁") % {"purpose": purpose} if whole else _("号码已脱敏")
    )
    return " · ".join([mark, hidden, *([_("练习数据，均为虚构")] if practice else [])])


def titles(columns: Sequence[tuple[Any, str, int]]) -> list[Column]:
    """Columns whose titles are in the language of the page."""
    return [Column(str(title), kind, width) for title, kind, width in columns]  # type: ignore[arg-type]


def hand_over(
    request: DoorRequest, listing: str, asked: dict[str, Any], *, act: str, purpose: str = "", whole: bool = False
) -> HttpResponse:
    """A list of more than ``MOST`` rows is made by the worker, one file for each county, and fetched from one's
    downloads. Refuses with ``document.downloads_waiting``."""
    scope = reach(request, act)
    for county in counties(request, act):
        ask(
            county=county,
            account=account_of(request),
            listing=listing,
            asked={**asked, "divisions": divisions_in(scope, county)},
            language="zh" if words.in_chinese() else "en",
            at=request.at,
            whole=whole,
            purpose=purpose,
        )
    messages.info(request, _("名单较长，已交给后台制作。做完后在这里下载，可以先离开这一页。"))
    return HttpResponseRedirect(reverse("staff:downloads"))


def divisions_in(scope: Scope, county: str) -> list[str]:
    """What the scope reaches of a county: the whole of it, or towns."""
    inside = {max(prefix, county, key=len) for prefix in scope.divisions if prefix.startswith(county[: len(prefix)])}
    return [county] if county in inside else sorted(inside)


def more_than_most(rows: QuerySet[Any]) -> bool:
    return rows.order_by()[: MOST + 1].count() > MOST


@require_POST
@require("person.export")
def people(request: DoorRequest) -> HttpResponse:
    """Whom the search found, or everybody of the reach. With ``whole`` the numbers stand in full."""
    whole = request.POST.get("whole") == "1"
    purpose = " ".join(request.POST.get("purpose", "").split())[:100]
    act = "person.export_whole" if whole else "person.export"
    if whole:
        check(request, act)
        if not purpose:
            raise NO_PURPOSE("purpose")
    scope = reach(request, act)
    text = " ".join(request.POST.get("q", "").split())[:60]
    if not text and more_than_most(within(scope)):
        return hand_over(request, "people", {}, act=act, purpose=purpose, whole=whole)
    if text and not case_number(text):
        chosen: list[Person] = []
        for skip in range(0, FARTHEST, PAGE):
            answer = found(scope, text, skip=skip)
            chosen += answer.people
            if not answer.more:
                break
    else:
        chosen = found(scope, text).people if text else newest(within(scope), "", MOST)
    return workbook(
        request,
        name="people",
        title=_("人员"),
        columns=people_columns(),
        rows=people_cells(chosen, request.on, whole=whole),
        counties={person.county for person in chosen},
        purpose=purpose,
        whole=whole,
    )


def people_columns() -> list[Column]:
    return titles(
        [
            (_("姓名"), "text", 14),
            (_("证件号码"), "text", 22),
            (_("性别"), "text", 8),
            (_("年龄"), "whole", 8),
            (_("居住地"), "text", 24),
            (_("联系电话"), "text", 16),
            (_("待遇"), "text", 14),
        ]
    )


def people_cells(chosen: Sequence[Person], on: date, *, whole: bool) -> Iterable[list[Any]]:
    towns = naming.places((naming.town(person) for person in chosen), on)
    rights = states_of(chosen)
    return (
        [
            person.name,
            number_of(person) if whole else naming.hidden_number(person),
            str(words.SEXES.get(person.sex, "")),
            age_on(person.birth_date, person.died_on or on),
            towns.get(naming.town(person), ""),
            person.phone if whole else (mask_phone(person.phone) if person.phone else ""),
            str(words.word(words.ENTITLEMENT, rights[person.id]).said) if person.id in rights else "",
        ]
        for person in chosen
    )


def states_of(people: Sequence[Person]) -> dict[Any, str]:
    """The state of each one's latest right, asked for in parts: SQLite takes a limited number of values at once."""
    found: dict[Any, str] = {}
    counties = {person.county for person in people}
    for start in range(0, len(people), 500):
        ids = [person.id for person in people[start : start + 500]]
        rows = Entitlement.objects.filter(county__in=counties, person_id__in=ids).order_by("approved_on", "no")
        found |= dict(rows.values_list("person_id", "state"))
    return found
