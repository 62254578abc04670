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
from songhe.doors.staff.tabs import tabs_of
from songhe.doors.staff.verbs import Here, Verb, Wrong, perform, within


def tabs(request: DoorRequest, county: str, current: str) -> dict[str, Any]:
    pages = {
        "staff:examination": _("各月考核"),
        "staff:warnings": _("限期整改"),
        "staff:exits": _("机构退出"),
        "staff:schemes": _("考核办法"),
    }
    return tabs_of(request, county, current, act="examination.read", pages=pages)


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
        shown=lambda wrong, status: side.shown(request, side.find(request, key), wrong, status),
        after=side.after(row),
    )
