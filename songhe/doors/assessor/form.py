"""The form in steps: each is saved as it is filled in, by the device's script or by a plain form. 评估表"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any
from uuid import uuid4

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from songhe.assessment import draft
from songhe.doors.assessor import asked
from songhe.doors.assessor.acting import NOT_UNDERSTOOD, by_script, do_once, in_words, told_to_scripts
from songhe.doors.assessor.state import State
from songhe.doors.assessor.visit import crumbs
from songhe.doors.assessor.visits import Visit, find
from songhe.doors.may import require
from songhe.doors.shell.request import DoorRequest
from songhe.doors.staff.reach import account_of
from songhe.kernel.refusal import Refusal


@require_http_methods(["GET", "HEAD", "POST"])
@require("assessment.submit")
@told_to_scripts
def step(request: DoorRequest, no: str, step: str) -> HttpResponse:
    """One step: its questions, or what was filled in of it."""
    if step not in asked.STEPS:
        raise Http404
    found = find(request, no)
    if not found.is_open and request.method != "POST":
        return HttpResponseRedirect(reverse("assessor:report", args=[no]))
    if found.held is None:
        if by_script(request):
            raise draft.NOT_BEGUN("assessment")
        return HttpResponseRedirect(reverse("assessor:visit", args=[no]))
    if request.method == "POST":
        return keep(request, found, step)
    return show(request, found, step)


def show(
    request: DoorRequest,
    found: Visit,
    step: str,
    *,
    typed: Mapping[str, Any] | None = None,
    base: int | None = None,
    conflicts: Mapping[str, Any] | None = None,
    refused: Refusal | None = None,
) -> HttpResponse:
    state = State(found)
    place = asked.STEPS.index(step)
    values = {**state.values, **(typed or {})}
    stands = {**state.values, **(conflicts or {})}
    said = {
        "visit": found,
        "state": state,
        "crumbs": crumbs(found, asked.title_of(state.scale, step)),
        "step": step,
        "title": asked.title_of(state.scale, step),
        "steps": state.steps(step),
        "sections": asked.sections(
            state.scale, step, values, warnings=state.warnings, conflicts=conflicts if conflicts else None
        ),
        "was": asked.shown_before(state.scale, step, stands if base is None else state.values),
        "base": state.held.version if base is None else base,
        "key": uuid4(),
        "previous": asked.STEPS[place - 1] if place else "",
        "following": asked.STEPS[place + 1] if place + 1 < len(asked.STEPS) else "",
        "following_title": asked.title_of(state.scale, asked.STEPS[place + 1]) if place + 1 < len(asked.STEPS) else "",
        "conflicts": conflicts or {},
        "refused": in_words(refused) if refused else "",
        "refused_code": refused.code if refused else "",
        "device": state.for_device(),
    }
    status = refused.status if refused else 409 if conflicts else 200
    return render(request, "assessor/form.html", said, status=status)


def keep(request: DoorRequest, found: Visit, step: str) -> HttpResponse:
    """Save the changes: those that the script names, or those that a plain form shows."""
    assert found.held is not None
    state = State(found)
    scripted = "changes" in request.POST
    try:
        base = int(request.POST.get("base", ""))
        changes = json.loads(request.POST["changes"]) if scripted else asked.changed(state.scale, step, request.POST)
        if not isinstance(changes, dict):
            raise ValueError
    except ValueError:
        raise NOT_UNDERSTOOD("changes") from None
    finished = bool(request.POST.get("finished")) or not scripted

    def do() -> dict[str, Any]:
        _held, clashing = draft.save(
            assessment=found.row,
            changes=changes,
            base=base,
            at=request.at,
            by=account_of(request).username,
            finished=finished,
        )
        return {"conflicts": [{"code": one.code, "stands": one.stands, "given": one.given} for one in clashing]}

    told = {"step": step, "base": base, "changes": changes, "finished": finished}
    try:
        clashing = do_once(request, found, name="fill", told=told, do=do)["conflicts"]
    except Refusal as refusal:
        if by_script(request) or refusal.status < 409:
            raise
        typed = None if scripted else asked.read(state.scale, step, request.POST)
        return show(request, find(request, found.row.no), step, typed=typed, base=base, refused=refusal)
    now = find(request, found.row.no)
    if by_script(request):
        for one in clashing:
            one["title"] = asked.name_of(state.scale, one["code"])
            one["stands_said"] = asked.spoken(state.scale, one["code"], one["stands"])
            one["given_said"] = asked.spoken(state.scale, one["code"], one["given"])
        return JsonResponse({**State(now).for_device(), "conflicts": clashing})
    if clashing:
        return show(
            request,
            now,
            step,
            typed={one["code"]: one["given"] for one in clashing},
            conflicts={one["code"]: one["stands"] for one in clashing},
        )
    messages.success(request, _("“%(title)s”已保存。") % {"title": asked.title_of(state.scale, step)})
    return HttpResponseRedirect(next_address(request, found, step))


def next_address(request: DoorRequest, found: Visit, step: str) -> str:
    """Where the pressed button leads: the step before, the next one, or the last look."""
    wanted = request.POST.get("go", "")
    if wanted in asked.STEPS:
        return reverse("assessor:form", args=[found.row.no, wanted])
    if wanted == "visit":
        return reverse("assessor:visit", args=[found.row.no])
    return reverse("assessor:check", args=[found.row.no])
