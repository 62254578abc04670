"""Whose pages are open, and whom one acts for 换一位."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from songhe.doors.elder.showing import show
from songhe.doors.elder.whom import account_of, choose, everybody, whom
from songhe.doors.may import require
from songhe.doors.shell.request import DoorRequest
from songhe.person.mandate_ask import asked_by


@require_safe
@require("application.read")
def people(request: DoorRequest) -> HttpResponse:
    """Everybody whose pages this account may open, and whom it has asked to act for."""
    found = whom(request)
    said = {"people": everybody(request), "asked": asked_by(account_of(request).username)}
    return show(request, "elder/people.html", said, whom=found)


@require_POST
@require("application.read")
def open_pages(request: DoorRequest, person_id: UUID) -> HttpResponse:
    """Open somebody's pages, from now on."""
    choose(request, person_id)
    return HttpResponseRedirect(reverse("elder:home"))
