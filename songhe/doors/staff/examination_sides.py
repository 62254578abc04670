"""The sides of examination: its pages beside one another, what begins something on each, what is done to its rows."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from songhe.doors.may import require
from songhe.doors.shell.request import DoorRequest
from songhe.doors.staff import naming
from songhe.doors.staff.examination_acts import Here
from songhe.doors.staff.reach import counties
from songhe.doors.staff.verbs import Verb, Wrong, perform, within


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


@dataclass(frozen=True, kw_only=True)
class Side:
    """``page`` shows a county's rows, under the address ``listed``; ``shown`` shows one of them, and ``after`` names
    the address of it."""

    begin: Verb
    verbs: Sequence[Verb]
    listed: str
    page: Callable[[DoorRequest, str, Wrong, int], HttpResponse]
    find: Callable[[DoorRequest, UUID], Any]
    shown: Callable[[DoorRequest, Any, Wrong, int], HttpResponse]
    after: Callable[[Any], str]


@require_POST
@require("examination.read")
def new(request: DoorRequest, key: str, verb: str, side: Side) -> HttpResponse:
    """Warn a provider of something serious, or propose an exit or a scheme."""
    within(request, "examination.read", key)
    return perform(
        request,
        Here(key),
        [side.begin],
        verb,
        key=key,
        county=key,
        shown=lambda wrong, status: side.page(request, key, wrong, status),
        after=back_to(side.listed, key),
    )


@require_POST
@require("examination.read")
def act(request: DoorRequest, key: UUID, verb: str, side: Side) -> HttpResponse:
    """Lift a warning, agree to an exit, put a scheme in force, or do whatever else is done to one of them."""
    row = side.find(request, key)
    return perform(
        request,
        row,
        side.verbs,
        verb,
        key=key,
        county=row.county,
        shown=lambda wrong, status: side.shown(request, side.find(request, key), wrong, status),
        after=side.after(row),
    )
