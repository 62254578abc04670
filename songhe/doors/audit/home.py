"""The auditor's first page: until when, what can be done, and how the chain stands."""

from __future__ import annotations

from typing import Any, NamedTuple

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from songhe.doors.audit.desk import look, open_desk, said
from songhe.doors.may import may, require
from songhe.doors.shell.request import DoorRequest
from songhe.jobs.models import Run
from songhe.month.audit.run import CHAIN_JOB, JOB
from songhe.trail.models import Entry, Seal
from songhe.trail.verify import head


class Way(NamedTuple):
    page: str
    act: str
    sign: str
    word: Any
    text: Any


WAYS = (
    Way(
        "audit:samples",
        "audit.trace",
        "document",
        _("抽样"),
        _("按种子抽取账单、消费券、申请和结算单，同一个种子抽出同一批。"),
    ),
    Way(
        "audit:trace", "audit.trace", "money", _("一元钱的来路"), _("从付款一直追到服务凭据、资格条件和每一步经办人。")
    ),
    Way(
        "audit:trail",
        "audit.read",
        "clock",
        _("查留痕"),
        _("谁在什么时候做了什么：按人员、账号、行为和时间查。"),
    ),
    Way(
        "audit:reads",
        "audit.read",
        "eye",
        _("谁看过谁"),
        _("查看档案、完整号码和导出名单的记录。"),
    ),
    Way(
        "audit:chain",
        "audit.verify",
        "shield",
        _("校验留痕链"),
        _("改过、删过或插过一条，链就断在那里。"),
    ),
    Way(
        "audit:findings",
        "audit.findings",
        "search",
        _("审计发现"),
        _("用独立的问题查全部账目，问出的每一处都能往下看。"),
    ),
)


@require_safe
@require("audit.read")
def home(request: DoorRequest) -> HttpResponse:
    """What the auditor may do here, and until when."""
    desk = open_desk(request, "audit.read")
    look(request, desk, "audit.read", "page", "home")
    ways = [
        {"address": desk.address(way.page), "sign": way.sign, "word": way.word, "text": way.text}
        for way in WAYS
        if may(request.user, way.act, request.on)
    ]
    last = Seal.objects.filter(county=desk.county).order_by("-number").select_related("entry").first()
    runs = {
        run.job: run
        for run in Run.objects.filter(county=desk.county, job__in=[JOB, CHAIN_JOB]).order_by("period", "finished_at")
    }
    return render(
        request,
        "audit/home.html",
        {
            **said(request, desk),
            "ways": ways,
            "head": head(county=desk.county),
            "last": last,
            "entries": Entry.objects.filter(county=desk.county).count(),
            "asked": runs.get(JOB),
            "found": sum((runs[JOB].result or {}).get("counts", {}).values()) if JOB in runs else None,
            "verified": runs.get(CHAIN_JOB),
        },
    )
