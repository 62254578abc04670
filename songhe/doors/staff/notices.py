"""Notices that went to telephones 通知发送: queued, held, sent or failed, and another try; never whose number."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from songhe.doors.may import may, require
from songhe.doors.shell.request import DoorRequest
from songhe.doors.staff.cursor import PAGE, address, read_moment, written
from songhe.doors.staff.reach import account_of, out_of_reach, reach
from songhe.month.telephone import try_again
from songhe.notice import queries
from songhe.notice.models import Notice, SandboxMessage
from songhe.notice.template import say
from songhe.person.masks import mask_name, mask_phone
from songhe.person.models import Person

State = Notice.State
TONES = {State.QUEUED: "info", State.HELD: "warn", State.SENT: "ok", State.FAILED: "bad", State.DROPPED: ""}
COUNTED = timedelta(days=30)
MESSAGES_SHOWN = 100


@require_safe
@require("notice.outbox")
def notices(request: DoorRequest) -> HttpResponse:
    """The outbox of the county's telephones, by state; a failed one may be tried again."""
    scope = reach(request, "notice.outbox")
    asked = request.GET.get("state", "")
    state = asked if asked in State.values else ""
    before = read_moment(request.GET.get("before", ""))
    found = list(queries.outbox(scope=scope, states=[state] if state else [], before=before)[: PAGE + 1])
    shown, more = found[:PAGE], len(found) > PAGE
    counts = queries.counted(scope=scope, since=request.at - COUNTED)
    names = dict(
        Person.objects.within(scope)
        .filter(id__in={one.person for one in shown if one.person})
        .values_list("id", "name")
    )
    may_retry = may(account_of(request), "notice.send", request.on)
    language = get_language() or "zh"
    said: dict[str, Any] = {
        "chips": _chips(request, state, counts),
        "rows": [
            {
                "row": one,
                "name": mask_name(names[one.person]) if one.person in names else "",
                "person": reverse("staff:person", args=[one.person]) if one.person in names else "",
                "what": say(one.template, one.values, language=language).title,
                "tone": TONES[State(one.state)],
                "retry": may_retry and one.state == State.FAILED,
            }
            for one in shown
        ],
        "first": address(request, before="") if before else "",
        "following": address(request, before=written(shown[-1].at, shown[-1].id)) if more else "",
        "may_retry": may_retry,
        "sandbox": request.practice and settings.MESSENGER.endswith("SandboxMessenger"),
    }
    return render(request, "staff/notices.html", said)


def _chips(request: DoorRequest, state: str, counts: dict[str, int]) -> list[dict[str, Any]]:
    everything = {"address": address(request, state="", before=""), "word": _("全部"), "count": None}
    chips: list[dict[str, Any]] = [everything | {"current": not state}]
    for one in State:
        chips.append(
            {
                "address": address(request, state=one.value, before=""),
                "word": str(one.label),
                "count": counts.get(one.value, 0),
                "current": one == state,
            }
        )
    return chips


@require_POST
@require("notice.send")
def again(request: DoorRequest, notice_id: UUID) -> HttpResponse:
    """Try a failed notice again; one of another county is not there."""
    scope = reach(request, "notice.send")
    row = Notice.objects.within(scope).filter(id=notice_id).first()
    if row is None:
        elsewhere = Notice.rows.filter(id=notice_id).first()
        if elsewhere is not None:
            out_of_reach(request, county=elsewhere.county, subject="notice", subject_id=notice_id)
        raise Http404
    count = try_again(county=row.county, notice_ids=[row.id], at=request.at)
    if count:
        messages.success(
            request, ngettext("已重新排队 %(count)s 条。", "已重新排队 %(count)s 条。", count) % {"count": count}
        )
    else:
        messages.info(request, _("这一条没有失败，不用重发。"))
    return HttpResponseRedirect(reverse("staff:notices") + "?state=failed")


@require_safe
@require("notice.outbox")
def sandbox(request: DoorRequest) -> HttpResponse:
    """What the sandbox was given to send, as a telephone would show it; only in a practice database."""
    if not request.practice or not settings.MESSENGER.endswith("SandboxMessenger"):
        raise Http404
    rows = SandboxMessage.objects.order_by("-at", "-pk")[:MESSAGES_SHOWN]
    said = {"rows": [{"row": one, "phone": mask_phone(one.phone)} for one in rows]}
    return render(request, "staff/sandbox.html", said)
