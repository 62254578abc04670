"""What the worker could not do 后台任务: entries tried often enough, runs that failed or stopped, and "try again"."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.db.models import Q
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from songhe.doors.may import may, require
from songhe.doors.shell.request import DoorRequest
from songhe.doors.staff import naming, words
from songhe.doors.staff.accounts import prefixes
from songhe.doors.staff.acting import ActForm, act_once, fresh, in_words
from songhe.doors.staff.reach import account_of, out_of_reach
from songhe.jobs.again import try_again
from songhe.jobs.models import Outgoing, Run, RunState
from songhe.jobs.outbox import MOST_TRIES
from songhe.jobs.run import STUCK_AFTER
from songhe.kernel.refusal import Refusal

#: Entries and runs that are listed, the newest.
MOST = 100

TOPICS: dict[str, Any] = {
    "month.run": gettext_lazy("月度运行"),
    "entitlement.begun": gettext_lazy("发第一张券"),
    "settlement.bank_file": gettext_lazy("付款文件送银行"),
    "person.import": gettext_lazy("批量导入"),
    "person.find_duplicates": gettext_lazy("全县查找重复档案"),
    "document.download": gettext_lazy("制作名单"),
    "statistics.simulate": gettext_lazy("政策测算"),
    "audit.findings": gettext_lazy("运行审计"),
    "audit.verify": gettext_lazy("校验留痕链"),
}

GIVEN_UP = words.Word(gettext_lazy("已停下，等人处理"), "bad")
TRYING = words.Word(gettext_lazy("会自动再试"), "warn")


@dataclass(frozen=True)
class Entry:
    row: Outgoing
    what: Any
    place: str
    state: words.Word
    again: ActForm | None


@dataclass(frozen=True)
class Failed:
    row: Run
    place: str
    state: words.Word
    at: datetime | None


def reached(request: DoorRequest, act: str) -> Q:
    """The counties of the roles that allow the act, as a condition."""
    beginnings = prefixes(request, act)
    if "" in beginnings:
        return Q()
    found = Q(pk__in=())
    for one in beginnings:
        found |= Q(county__startswith=one[:6])
    return found


@require_safe
@require("job.read")
def jobs(request: DoorRequest) -> HttpResponse:
    return page(request)


def page(request: DoorRequest, refusal: Refusal | None = None, status: int = 200) -> HttpResponse:
    entries = Outgoing.objects.filter(reached(request, "job.read"), done_at=None, tries__gt=0)
    found = list(entries.order_by("-tries", "-at", "-id")[:MOST])
    unwell = Q(state=RunState.FAILED) | Q(state=RunState.RUNNING, beat_at__lt=request.at - STUCK_AFTER)
    runs = list(Run.objects.filter(reached(request, "job.read"), unwell).order_by("-started_at", "-id")[:MOST])
    places = naming.places({row.county for row in [*found, *runs]}, request.on)
    may_retry = may(request.user, "job.retry", request.on)
    said = {
        "entries": [
            Entry(
                row=row,
                what=TOPICS.get(row.topic, row.topic),
                place=places.get(row.county, row.county),
                state=GIVEN_UP if row.tries >= MOST_TRIES else TRYING,
                again=fresh(ActForm, f"again_{row.id}") if may_retry else None,
            )
            for row in found
        ],
        "runs": [
            Failed(
                row=row,
                place=places.get(row.county, row.county),
                state=words.RUNS[RunState.FAILED if row.state == RunState.FAILED else "stuck"],
                at=row.finished_at or row.beat_at,
            )
            for row in runs
        ],
        "may_retry": may_retry,
        "refused": in_words(refusal) if refusal else "",
        "refused_code": refusal.code if refusal else "",
    }
    return render(request, "staff/jobs.html", said, status=status)


@require_POST
@require("job.retry")
def again(request: DoorRequest, entry_id: UUID) -> HttpResponse:
    """Have one entry tried again at the worker's next turn."""
    row = Outgoing.objects.filter(id=entry_id).first()
    if row is None:
        raise Http404
    if not Outgoing.objects.filter(reached(request, "job.retry"), county=row.county, id=row.id).exists():
        out_of_reach(request, county=row.county, subject="job", subject_id=row.id)
    form = ActForm(request.POST)
    if not form.is_valid():
        return page(request, status=422)

    def do() -> dict[str, Any]:
        try_again(county=row.county, entry_id=row.id, at=request.at, by=account_of(request).username)
        return {"entry": str(row.id)}

    try:
        act_once(request, county=row.county, name=f"staff.job.again:{row.id}", form=form, do=do)
    except Refusal as refusal:
        return page(request, refusal, refusal.status)
    messages.success(request, _("已交给后台再试。"))
    return HttpResponseRedirect(reverse("staff:jobs"))
