"""One visit 一次评估: who, where and when, how far the form is, and the copy that the device keeps."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import uuid4

from django.contrib import messages
from django.db.models import Q
from django.http import HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from songhe.assessment import draft
from songhe.doors.assessor import asked
from songhe.doors.assessor.acting import by_script, do_once, in_words, told_to_scripts
from songhe.doors.assessor.schedule import about, occasion_words, whole_address
from songhe.doors.assessor.state import State
from songhe.doors.assessor.visits import Visit, find
from songhe.doors.assessor.wishes import wish_facts
from songhe.doors.may import require
from songhe.doors.shell.pieces import Crumb, Fact
from songhe.doors.shell.request import DoorRequest
from songhe.doors.shell.spoken import moment
from songhe.doors.staff import words
from songhe.doors.staff.reach import account_of, noted_read
from songhe.kernel.refusal import Refusal
from songhe.person.models import Mandate


def crumbs(visit: Visit, *more: str) -> list[Crumb]:
    here = Crumb(visit.row.person.name, reverse("assessor:visit", args=[visit.row.no]) if more else "")
    return [Crumb(_("评估日程"), reverse("assessor:schedule")), here, *(Crumb(one) for one in more)]


@require_safe
@require("assessment.submit")
def visit(request: DoorRequest, no: str) -> HttpResponse:
    """Who is visited, and the steps with how much of each is filled in."""
    found = find(request, no)
    noted_read(
        request,
        county=found.row.county,
        act="assessment.read",
        subject="assessment.Assessment",
        subject_id=found.row.id,
    )
    if not found.is_open:
        return HttpResponseRedirect(reverse("assessor:report", args=[no]))
    state = State(found) if found.held is not None else None
    steps = state.steps() if state else []
    said = {
        "visit": found,
        "facts": facts(found, request),
        "crumbs": crumbs(found),
        "state": state,
        "steps": steps,
        "next": next((one for one in steps if not one.complete), None),
        "remarks": remarks(found, state) if state else [],
        "key": uuid4(),
    }
    return render(request, "assessor/visit.html", said)


def facts(found: Visit, request: DoorRequest) -> list[Fact]:
    row, person = found.row, found.row.person
    shown = [
        Fact(_("时间"), moment(row.scheduled_at, _language()) if row.scheduled_at else _("还没有约定")),
        Fact(_("老人"), person.name, note=about(person, request.on)),
        Fact(_("地点"), _place(found, request)),
        *wish_facts(row),
    ]
    if person.phone:
        shown.append(Fact(_("电话"), person.phone, f"tel:{person.phone}"))
    for mandate in proxies(found, request):
        relation = words.RELATIONS.get(mandate.relation, mandate.relation)
        to_call = f"tel:{mandate.proxy_phone}" if mandate.proxy_phone else ""
        shown.append(Fact(_("代办人"), mandate.proxy_phone or mandate.proxy_name, to_call, _proxy(mandate, relation)))
    shown += [
        Fact(_("评估原因"), occasion_words(row.occasion)),
        Fact(_("同行评估员"), found.other.name),
        Fact(_("评估编号"), row.no),
    ]
    return shown


def _proxy(mandate: Mandate, relation: Any) -> str:
    return f"{mandate.proxy_name} · {relation}" if mandate.proxy_phone else str(relation)


def _language() -> str:
    return "zh" if words.in_chinese() else "en"


def _place(found: Visit, request: DoorRequest) -> str:
    row = found.row
    if row.where == row.Where.ON_SITE:
        return f"{_('到机构评估')} · {row.body_name}"
    return whole_address(row.person, request.on)


def proxies(found: Visit, request: DoorRequest) -> list[Mandate]:
    rows = Mandate.objects.filter(
        Q(ended_on__isnull=True), county=found.row.county, person=found.row.person_id, valid_from__lte=request.on
    )
    return list(rows.filter(valid_to__gte=request.on).order_by("id")[:3])


def remarks(found: Visit, state: State) -> list[dict[str, Any]]:
    """What one of the two sees differently, and what stands in the form for it now."""
    names = {found.me.pk: _("您"), found.other.pk: found.other.name}
    return [
        {
            "code": each["code"],
            "title": asked.name_of(state.scale, each["code"]),
            "now": asked.spoken(state.scale, each["code"], state.values.get(each["code"])),
            "wished": "" if each["score"] is None else asked.spoken(state.scale, each["code"], each["score"]),
            "because": each["because"],
            "who": names.get(each["worker"], ""),
            "address": address_of(found, state, each["code"]),
        }
        for each in found.held.remarks
    ] if found.held else []  # fmt: skip


def address_of(found: Visit, state: State, code: str) -> str:
    """Where on the form a field is asked."""
    return reverse("assessor:form", args=[found.row.no, asked.step_of(state.scale, code)]) + f"#f-{code}"


@require_POST
@require("assessment.submit")
@told_to_scripts
def begin(request: DoorRequest, no: str) -> HttpResponse:
    """The visit begins: the server's time counts, what an offline device says stands beside it."""
    found = find(request, no)
    given = request.POST.get("began", "")
    said = parse_datetime(given) if given else None
    by_device = said if isinstance(said, datetime) and said.tzinfo is not None else None

    def do() -> dict[str, Any]:
        held = draft.begin(
            assessment=found.row,
            at=request.at,
            on=request.on,
            by=account_of(request).username,
            began_by_device=by_device,
        )
        return {"version": held.version}

    try:
        do_once(request, found, name="begin", told={"began": given}, do=do)
    except Refusal as refusal:
        if by_script(request):
            raise
        messages.error(request, in_words(refusal))
        return HttpResponseRedirect(reverse("assessor:visit", args=[no]))
    if by_script(request):
        return JsonResponse(State(find(request, no)).for_device())
    return HttpResponseRedirect(reverse("assessor:form", args=[no, asked.INFORMATION]))


@require_safe
@require("assessment.submit")
@told_to_scripts
def kept(request: DoorRequest, no: str) -> JsonResponse:
    """What the device keeps of a visit, so that it can be done where there is no network."""
    found = find(request, no)
    noted_read(
        request,
        county=found.row.county,
        act="assessment.keep",
        subject="assessment.Assessment",
        subject_id=found.row.id,
    )
    shown = facts(found, request)
    state = State(found).for_device() if found.held is not None else None
    return JsonResponse(
        {
            "no": no,
            "name": found.row.person.name,
            "about": about(found.row.person, request.on),
            "at": found.row.scheduled_at.isoformat() if found.row.scheduled_at else "",
            "facts": [
                {"name": str(one.name), "value": str(one.value), "note": str(one.note), "address": one.address}
                for one in shown
            ],
            "me": found.me.name,
            "state": state,
            "open": found.is_open,
        }
    )
