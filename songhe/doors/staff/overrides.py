"""Providers who say that a failed check of evidence is wrong 改判: somebody of the county looks, and decides."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from songhe.doors.may import require
from songhe.doors.provider.words import reasons
from songhe.doors.shell.pieces import Fact
from songhe.doors.shell.request import DoorRequest
from songhe.doors.staff import naming, words
from songhe.doors.staff.acting import ActForm, act_once, fresh, in_words
from songhe.doors.staff.reach import account_of, counties, out_of_reach
from songhe.kernel.month import BEIJING
from songhe.kernel.refusal import Refusal
from songhe.service.models import Override, Visit
from songhe.service.visit import decide_override

#: Wishes that are shown: those that wait, the oldest first, and the last that were decided.
MOST, DECIDED = 50, 20

STATES: dict[str, words.Word] = {
    Override.State.ASKED: words.Word(gettext_lazy("待决定"), "warn"),
    Override.State.GRANTED: words.Word(gettext_lazy("已同意"), "ok"),
    Override.State.DECLINED: words.Word(gettext_lazy("未同意"), "bad"),
}


@dataclass(frozen=True)
class Asked:
    row: Override
    title: str
    person: str
    facts: list[Fact]
    state: words.Word
    decided_by: str
    grant: ActForm | None = None
    decline: ActForm | None = None
    own: bool = False


@require_safe
@require("service.override")
def overrides(request: DoorRequest) -> HttpResponse:
    return page(request)


def page(request: DoorRequest, refusal: Refusal | None = None, status: int = 200) -> HttpResponse:
    """What waits for a second person, and what was decided lately."""
    rows = Override.objects.filter(county__in=counties(request, "service.override"))
    rows = rows.select_related("visit", "visit__provider", "visit__item", "visit__person", "visit__worker")
    waiting = list(rows.filter(state=Override.State.ASKED).order_by("asked_at", "id")[: MOST + 1])
    decided = list(rows.exclude(state=Override.State.ASKED).order_by("-decided_at", "-id")[:DECIDED])
    shown = waiting[:MOST]
    names = naming.accounts(name for row in [*shown, *decided] for name in (row.asked_by, row.decided_by))
    said = {
        "waiting": [asked(row, request, names) for row in shown],
        "more": len(waiting) > MOST,
        "decided": [asked(row, request, names) for row in decided],
        "refused": in_words(refusal) if refusal else "",
        "refused_code": refusal.code if refusal else "",
    }
    return render(request, "staff/overrides.html", said, status=status)


def asked(row: Override, request: DoorRequest, names: dict[str, str]) -> Asked:
    visit: Visit = row.visit
    waits = row.state == Override.State.ASKED
    own = account_of(request).username in {row.asked_by, visit.recorded_by}
    why = reasons(visit.verdict_reasons)
    return Asked(
        row=row,
        title=words.said(visit.item.name, visit.item.name_en),
        person=reverse("staff:person", args=[visit.person_id]),
        facts=[
            Fact(_("老人"), visit.person.name, reverse("staff:person", args=[visit.person_id])),
            Fact(_("机构"), visit.provider.name, reverse("staff:provider", args=[visit.provider_id])),
            Fact(_("服务日期"), visit.service_on.isoformat()),
            Fact(_("起止时间"), span(visit)),
            Fact(_("服务人员"), visit.worker.name if visit.worker else ""),
            Fact(_("核验没有通过，因为") if visit.verdict == "fail" else _("核验"), why),
            Fact(_("想改为"), words.VERDICTS[row.verdict].said),
            Fact(_("提出的人"), names.get(row.asked_by, "")),
        ],
        state=words.word(STATES, row.state),
        decided_by=names.get(row.decided_by, ""),
        grant=fresh(ActForm, f"grant_{row.id}") if waits and not own else None,
        decline=fresh(ActForm, f"decline_{row.id}") if waits and not own else None,
        own=waits and own,
    )


def span(visit: Visit) -> str:
    """09:00–10:00, by Beijing's clock; a time that is not known is a dash."""
    times = [at.astimezone(BEIJING).strftime("%H:%M") if at else "—" for at in (visit.started_at, visit.ended_at)]
    return "–".join(times)


@require_POST
@require("service.override")
def decide(request: DoorRequest, override_id: UUID, answer: str) -> HttpResponse:
    """Agree or not, once; a refusal shows the list as it stands now, and says why."""
    row = Override.objects.filter(id=override_id).first()
    if row is None:
        raise Http404
    if row.county not in counties(request, "service.override"):
        out_of_reach(request, county=row.county, subject="override", subject_id=row.id)
    if answer not in {"grant", "decline"}:
        raise Http404
    form = ActForm(request.POST)
    if not form.is_valid():
        return page(request, status=422)

    def do() -> dict[str, Any]:
        by = account_of(request).username
        done = decide_override(county=row.county, override_id=row.id, granted=answer == "grant", at=request.at, by=by)
        return {"state": done.state}

    try:
        act_once(request, county=row.county, name=f"staff.override.{answer}:{row.id}", form=form, do=do)
    except Refusal as refusal:
        return page(request, refusal, refusal.status)
    messages.success(request, _("已同意改判。") if answer == "grant" else _("没有同意，核验结论不变。"))
    return HttpResponseRedirect(reverse("staff:overrides"))
