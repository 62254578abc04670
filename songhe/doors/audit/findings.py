"""Findings 审计发现: questions in plain SQL to which a sound database answers with nothing; each leads on."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db.models import Model
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from songhe.document.models import StoredFile
from songhe.doors.audit.desk import Desk, look, open_desk, said
from songhe.doors.audit.trail import as_uuid
from songhe.doors.may import require
from songhe.doors.shell.pieces import Crumb
from songhe.doors.shell.request import DoorRequest
from songhe.doors.staff import words
from songhe.entitlement.models import Application, Entitlement
from songhe.grant.models import Grant
from songhe.jobs.models import Run, RunState
from songhe.jobs.outbox import put
from songhe.month.audit import questions
from songhe.month.audit.run import AT_ONCE, JOB, TOPIC, ask
from songhe.month.audit.store import SENTENCES
from songhe.person.models import Person
from songhe.redemption.models import Bill, Line
from songhe.settlement.models import Statement

#: What a finding's id may be the id of, with the number by which its way back is traced.
NUMBERED: tuple[tuple[type[Model], str], ...] = (
    (Bill, "no"),
    (Line, "bill__no"),
    (Grant, "no"),
    (Statement, "no"),
    (Entitlement, "no"),
    (Application, "no"),
)


@require_safe
@require("audit.findings")
def findings(request: DoorRequest) -> HttpResponse:
    """What the last run found, question by question; with ``code`` the rows of one of them."""
    desk = open_desk(request, "audit.findings")
    code = request.GET.get("code", "")[:60]
    look(request, desk, "audit.read", "page", f"findings:{code}"[:64] if code else "findings")
    run_row = Run.objects.filter(county=desk.county, job=JOB).order_by("-period").first()
    result = run_row.result if run_row and run_row.state == RunState.DONE else None
    counts: dict[str, int] = result["counts"] if result else {}
    known = {one.code: one for one in questions()}
    asked = {one.code: (one.zh, one.en) for one in questions()} | SENTENCES
    rows = [one for one in (result or {}).get("kept", []) if one["code"] == code] if code else []
    table = {
        **said(
            request,
            desk,
            *([Crumb(_("审计发现"), desk.address("audit:findings")), Crumb(code)] if code else [Crumb(_("审计发现"))]),
        ),
        "run": run_row,
        "result": result,
        "code": code,
        "sentence": words.titled(*asked[code]) if code in asked else "",
        "sql": known[code].sql if code in known else "",
        "total": sum(counts.values()),
        "moving": run_row is not None and run_row.state in (RunState.WAITING, RunState.RUNNING),
        "groups": sorted(
            (
                {
                    "code": name,
                    "sentence": words.titled(zh, en),
                    "count": counts.get(name, 0),
                    "address": desk.address("audit:findings", code=name),
                }
                for name, (zh, en) in asked.items()
            ),
            key=lambda one: one["count"] == 0,
        ),
        "others": [(name, count) for name, count in sorted(counts.items()) if name not in asked],
        "rows": [{"id": one["id"], **way_on(desk, one["id"])} for one in rows],
        "more": counts.get(code, 0) - len(rows) if code else 0,
    }
    return render(request, "audit/findings.html", table)


def way_on(desk: Desk, row_id: str) -> dict[str, Any]:
    """Where the row of a finding can be looked at: traced by its number, or the person's file."""
    found = as_uuid(row_id)
    if found is None:
        return {"no": "", "address": ""}
    for model, column in NUMBERED:
        no = model._default_manager.filter(county=desk.county, id=found).values_list(column, flat=True).first()
        if no:
            return {"no": no, "address": desk.address("audit:trace", no=no)}
    handed_in = StoredFile.objects.everywhere("the auditor names a faulty file").filter(county=desk.county, id=found)
    if name := handed_in.values_list("name", flat=True).first():
        return {"no": name, "address": ""}
    return person_way(desk, found)


def person_way(desk: Desk, row_id: UUID) -> dict[str, Any]:
    if Person.rows.filter(county=desk.county, id=row_id).exists():
        return {"no": "", "address": desk.address("audit:trail", person=row_id)}
    return {"no": "", "address": ""}


@require_POST
@require("audit.findings")
def run(request: DoorRequest) -> HttpResponse:
    """Ask everything now; a large county is asked by the worker."""
    desk = open_desk(request, "audit.findings")
    look(request, desk, "audit.findings", "page", "findings")
    if Line.objects.filter(county=desk.county)[AT_ONCE : AT_ONCE + 1].exists():
        row, _new = Run.objects.get_or_create(county=desk.county, job=JOB, period=request.on.isoformat())
        put(county=desk.county, topic=TOPIC, about=row.id, payload={"on": request.on.isoformat()}, at=request.at)
    else:
        ask(county=desk.county, on=request.on, clock=lambda: request.at)
    return HttpResponseRedirect(desk.address("audit:findings"))
