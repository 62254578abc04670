"""Whole numbers 查看完整号码: a reason from a list, half a minute on the page, and a line in the trail."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_POST

from songhe.doors.may import require
from songhe.doors.shell.errors import is_htmx
from songhe.doors.shell.request import DoorRequest
from songhe.doors.staff import file, words
from songhe.doors.staff.hidden import masked
from songhe.doors.staff.reach import account_of, counties, reach
from songhe.person.reveal import FIELDS, SHOWN, reveal
from songhe.settings import INSTALLATION


@require_POST
@require("person.reveal")
def show(request: DoorRequest, person_id: UUID, field: str) -> HttpResponse:
    """The number for thirty seconds: in its place where scripts run, else on a page that goes back by itself."""
    if field not in FIELDS:
        raise Http404
    row = file.find(request, reach(request, "person.reveal"), person_id)
    asked = request.POST.get("reason", "")
    number = reveal(
        person=row,
        field=field,
        because=asked if asked in words.REVEALS else "",
        page=request.POST.get("page", "")[:40] or "staff:person",
        viewer=account_of(request),
        counties=counties(request, "person.reveal"),
        most=INSTALLATION.reveals_per_hour,
        at=request.at,
        request=request.request_id,
    )
    said: dict[str, Any] = {
        "number": number,
        "masked": masked(request, row, field),
        "seconds": SHOWN,
        "row": row,
        "back": reverse("staff:person", args=[row.id]),
    }
    if is_htmx(request):
        return render(request, "staff/revealed.html", said)
    response = render(request, "staff/revealed_page.html", said)
    response.headers["Refresh"] = f"{SHOWN}; url={said['back']}"
    return response
