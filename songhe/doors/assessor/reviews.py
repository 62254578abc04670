"""The county's look at results 评估复核: what waits, and each act on it."""

from __future__ import annotations

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from songhe.assessment import queries
from songhe.doors.assessor import report
from songhe.doors.assessor.review_acts import VERBS
from songhe.doors.assessor.schedule import about
from songhe.doors.may import check as check_may
from songhe.doors.may import require
from songhe.doors.shell.request import DoorRequest
from songhe.doors.staff import naming, words
from songhe.doors.staff.reach import counties, reach
from songhe.doors.staff.verbs import Wrong, carried_out, named

MOST = 100


@require_safe
@require("assessment.review")
def reviews(request: DoorRequest) -> HttpResponse:
    """What waits for the county: results that were handed in, and disputes; the oldest first."""
    scope = reach(request, "assessment.review")
    rows = [
        row for county in counties(request, "assessment.review") for row in queries.to_review(scope, county)[: MOST + 1]
    ]
    more, rows = len(rows) > MOST, rows[:MOST]
    towns = naming.places((row.person.place[:9] for row in rows), request.on)
    lines = [
        {
            "address": reverse("assessor:report", args=[row.no]),
            "name": row.person.name,
            "about": about(row.person, request.on),
            "town": towns.get(row.person.place[:9], ""),
            "state": words.word(words.ASSESSMENT, row.state),
            "level": words.LEVELS.get(row.final_level, "") if row.final_level is not None else "",
            "body": row.body_name,
            "submitted_at": row.submitted_at,
            "odd": len(row.warnings),
        }
        for row in rows
    ]
    return render(request, "assessor/reviews.html", {"lines": lines, "more": more})


@require_POST
@require("assessment.review")
def act(request: DoorRequest, no: str, verb: str) -> HttpResponse:
    """Do one of the verbs, once; whoever comes second is told how it stands."""
    chosen = named(VERBS, verb)
    check_may(request, chosen.act)
    row, _short = report.reachable(request, no)
    if not reach(request, "assessment.review").covers_county(row.county):
        raise Http404

    def shown(wrong: Wrong, status: int) -> HttpResponse:
        now, _short = report.reachable(request, no)
        if wrong.refusal and now.state in report.NOT_YET:
            raise wrong.refusal
        return report.show(request, now, short=False, wrong=wrong, status=status)

    return carried_out(
        request,
        row,
        chosen,
        key=no,
        county=row.county,
        shown=shown,
        after=reverse("assessor:report", args=[no]),
        said=words.of_person(row.person.name, chosen.done),
    )
