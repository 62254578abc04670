"""The county's own scheme of examination 考核办法: proposed, tried on a month that is over, decided by another."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from songhe.doors.may import require
from songhe.doors.shell.pieces import Crumb
from songhe.doors.shell.request import DoorRequest
from songhe.doors.staff import naming
from songhe.doors.staff.examination_acts import SCHEME, SCHEME_VERBS
from songhe.doors.staff.examination_shown import EDITIONS, rules_said
from songhe.doors.staff.examination_sides import Side, back_to, tabs
from songhe.doors.staff.reach import county_of
from songhe.doors.staff.verbs import NOTHING_WRONG, Here, Wrong, find, offers
from songhe.doors.staff.words import said as in_language
from songhe.examine.draw import try_out
from songhe.examine.models import Edition
from songhe.examine.scheme import Scheme, editions, scheme_for, scheme_of
from songhe.kernel.month import Month

#: Editions on the page.
SHOWN = 24


def scheme_said(scheme: Scheme) -> dict[str, Any]:
    """A scheme as pages show it: its title, its line and days, and every indicator with its bands."""
    return {
        "scheme": scheme,
        "title": in_language(scheme.title_zh, scheme.title_en),
        "rules": rules_said(scheme),
    }


@require_safe
@require("examination.read")
def schemes(request: DoorRequest) -> HttpResponse:
    return page(request, county_of(request, "examination.read"))


def page(request: DoorRequest, county: str, wrong: Wrong | None = None, status: int = 200) -> HttpResponse:
    """What holds this month, what was proposed, and the form to propose another."""
    rows = list(editions(county)[:SHOWN])
    names = naming.accounts([row.proposed_by for row in rows])
    said = {
        **tabs(request, county, "staff:schemes"),
        **(wrong.said() if wrong else NOTHING_WRONG),
        **scheme_said(scheme_for(county=county, month=Month.of(request.on))),
        "editions": [(row, EDITIONS[row.state], names[row.proposed_by]) for row in rows],
        "offered": offers(request, Here(county), [SCHEME], page="staff:scheme-new", wrong=wrong),
    }
    return render(request, "staff/examination_schemes.html", said, status=status)


@require_safe
@require("examination.read")
def scheme(request: DoorRequest, key: UUID) -> HttpResponse:
    return one_page(request, edition_of(request, key))


def edition_of(request: DoorRequest, key: UUID) -> Edition:
    row: Edition = find(request, Edition.objects, "examination.read", "examine_edition", key)
    return row


def one_page(request: DoorRequest, row: Edition, wrong: Wrong | None = None, status: int = 200) -> HttpResponse:
    """A scheme with what it would give on the last month that is over, beside the one in force then."""
    read = scheme_of(row)
    tried = Month.of(request.on).previous
    trials = try_out(county=row.county, month=tried, scheme=read)
    names = naming.accounts([row.proposed_by, row.decided_by])
    line_now = scheme_for(county=row.county, month=tried).line
    said = {
        **(wrong.said() if wrong else NOTHING_WRONG),
        **scheme_said(read),
        "crumbs": [Crumb(_("考核办法"), back_to("staff:schemes", row.county)), Crumb(row.document_no or row.version)],
        "row": row,
        "month": Month.parse(row.valid_from) if row.valid_from else None,
        "state": EDITIONS[row.state],
        "proposed_by": names[row.proposed_by],
        "decided_by": names[row.decided_by] if row.decided_by else "",
        "tried": tried,
        "trials": [
            {
                "row": one,
                "change": None if one.now is None or one.then is None else one.then - one.now,
                "low_now": one.now is not None and one.now < line_now,
                "low_then": one.then is not None and one.then < read.line,
            }
            for one in trials
        ],
        "low_now": sum(one.now is not None and one.now < line_now for one in trials),
        "low_then": sum(one.then is not None and one.then < read.line for one in trials),
        "offered": offers(request, row, SCHEME_VERBS, page="staff:scheme-act", wrong=wrong),
    }
    return render(request, "staff/examination_scheme.html", said, status=status)


SCHEMES = Side(
    begin=SCHEME,
    verbs=SCHEME_VERBS,
    listed="staff:schemes",
    page=page,
    find=edition_of,
    shown=one_page,
    after=lambda row: reverse("staff:scheme", args=[row.id]),
)
