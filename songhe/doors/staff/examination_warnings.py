"""Warnings of providers 限期整改: what must be mended by when, what the provider says, and what was decided."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from songhe.doors.may import require
from songhe.doors.shell.request import DoorRequest
from songhe.doors.staff import naming
from songhe.doors.staff.examination_acts import CAUTION_VERBS, WARN
from songhe.doors.staff.examination_shown import CAUTIONS, caution_said, lost_points
from songhe.doors.staff.examination_sides import Side, back_to, tabs
from songhe.doors.staff.reach import county_of
from songhe.doors.staff.verbs import NOTHING_WRONG, Here, Verb, Wrong, find, offers
from songhe.examine.models import Caution
from songhe.examine.warn import OPEN, cautions, overdue

#: Warnings on the page; what is open comes first.
SHOWN = 40


@require_safe
@require("examination.read")
def warnings(request: DoorRequest) -> HttpResponse:
    return page(request, county_of(request, "examination.read"))


def page(request: DoorRequest, county: str, wrong: Wrong | None = None, status: int = 200) -> HttpResponse:
    """What is open by its day, what is overdue said so, and what was decided."""
    rows = list(cautions(county)[:SHOWN])
    names = naming.accounts([name for row in rows for name in (row.given_by, row.mended_by, row.decided_by)])
    late, parts = overdue([county], request.on).count(), lost_points(rows)
    said = {
        **tabs(request, county, "staff:warnings"),
        **(wrong.said() if wrong else NOTHING_WRONG),
        "late": late,
        "rows": [
            {
                "row": row,
                "state": CAUTIONS[row.state],
                "why": caution_said(row),
                "parts": parts[row.id],
                "late": row.state in OPEN and row.due_on < request.on,
                "given_by": names[row.given_by],
                "decided_by": names[row.decided_by] if row.decided_by else "",
                "offered": offers(request, row, verbs(row, request), page="staff:warning-act", wrong=wrong),
            }
            for row in rows
        ],
        "offered": offers(request, Here(county), [WARN], page="staff:warning-new", wrong=wrong),
    }
    return render(request, "staff/examination_warnings.html", said, status=status)


def verbs(row: Caution, request: DoorRequest) -> list[Verb]:
    """Nobody can fail before the day is over."""
    return [verb for verb in CAUTION_VERBS if verb.name != "fail" or row.due_on < request.on]


def find_caution(request: DoorRequest, key: UUID) -> Caution:
    row: Caution = find(request, Caution.objects, "examination.read", "examine_caution", key)
    return row


WARNINGS = Side(
    begin=WARN,
    verbs=CAUTION_VERBS,
    listed="staff:warnings",
    page=page,
    find=find_caution,
    shown=lambda request, row, wrong, status: page(request, row.county, wrong, status),
    after=lambda row: back_to("staff:warnings", row.county),
)
