"""Warnings of providers 限期整改: what must be mended by when, what the provider says, and what was decided."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from songhe.doors.may import require
from songhe.doors.shell.request import DoorRequest
from songhe.doors.staff import naming
from songhe.doors.staff.examination_acts import CAUTION_VERBS, WARN, Here
from songhe.doors.staff.examination_shown import CAUTIONS, caution_said, lost_points
from songhe.doors.staff.reach import counties, county_of
from songhe.doors.staff.verbs import NOTHING_WRONG, Verb, Wrong, find, offers, perform, within
from songhe.examine.models import Caution
from songhe.examine.warn import OPEN, cautions, overdue

#: Warnings on the page; what is open comes first.
SHOWN = 40


def tabs(request: DoorRequest, county: str, current: str) -> dict[str, Any]:
    """The pages of examination, and the counties that could be chosen, for the head of a page."""
    known = counties(request, "examination.read")
    names = naming.places({*known, county}, request.on)
    many = len(known) > 1

    def address(page: str, code: str) -> str:
        return reverse(page) + (f"?{urlencode({'county': code})}" if many else "")

    pages = {
        "staff:examination": _("各月考核"),
        "staff:warnings": _("限期整改"),
        "staff:exits": _("机构退出"),
        "staff:schemes": _("考核办法"),
    }
    return {
        "tabs": [
            {"address": address(page, county), "word": word, "current": page == current} for page, word in pages.items()
        ],
        "places": [{"address": address(current, one), "word": names[one], "current": one == county} for one in known]
        if many
        else [],
        "county": county,
        "county_name": names[county],
    }


def back_to(page: str, county: str) -> str:
    return f"{reverse(page)}?{urlencode({'county': county})}"


@require_safe
@require("examination.read")
def warnings(request: DoorRequest) -> HttpResponse:
    return page(request, county_of(request, "examination.read"))


def page(request: DoorRequest, county: str, wrong: Wrong | None = None, status: int = 200) -> HttpResponse:
    """What is open by its day, what is overdue said so, and what was decided."""
    rows = list(cautions(county)[:SHOWN])
    names = naming.accounts([name for row in rows for name in (row.given_by, row.mended_by, row.decided_by)])
    told: dict[str, Any] = {"county": county, "wrong": wrong}
    late = overdue([county], request.on).count()
    said = {
        **tabs(request, county, "staff:warnings"),
        **(wrong.said() if wrong else NOTHING_WRONG),
        "late": late,
        "rows": [
            {
                "row": row,
                "state": CAUTIONS[row.state],
                "why": caution_said(row),
                "parts": lost_points(row),
                "late": row.state in OPEN and row.due_on < request.on,
                "given_by": names[row.given_by],
                "decided_by": names[row.decided_by] if row.decided_by else "",
                "offered": offers(request, row, verbs(row, request), page="staff:warning-act", key=row.id, **told),
            }
            for row in rows
        ],
        "offered": offers(request, Here(county), [WARN], page="staff:warning-new", key=county, **told),
    }
    return render(request, "staff/examination_warnings.html", said, status=status)


def verbs(row: Caution, request: DoorRequest) -> list[Verb]:
    """Nobody can fail before the day is over."""
    return [verb for verb in CAUTION_VERBS if verb.name != "fail" or row.due_on < request.on]


@require_POST
@require("examination.read")
def new(request: DoorRequest, key: str, verb: str) -> HttpResponse:
    """Warn a provider of something serious."""
    within(request, "examination.read", key)
    return perform(
        request,
        Here(key),
        WARN if verb == WARN.name else None,
        key=key,
        county=key,
        shown=lambda wrong, status: page(request, key, wrong, status),
        after=back_to("staff:warnings", key),
    )


@require_POST
@require("examination.read")
def act(request: DoorRequest, key: UUID, verb: str) -> HttpResponse:
    """Lift a warning, send it back, or find it failed."""
    row: Caution = find(request, Caution.objects, "examination.read", "examine_caution", key)
    return perform(
        request,
        row,
        next((one for one in CAUTION_VERBS if one.name == verb), None),
        key=key,
        county=row.county,
        shown=lambda wrong, status: page(request, row.county, wrong, status),
        after=back_to("staff:warnings", row.county),
    )
