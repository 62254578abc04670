"""Take this month's vouchers where the place asks for it month by month: one press for everybody one acts for. 领券"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date
from functools import partial
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from songhe.doors.elder import money
from songhe.doors.elder.showing import show as page
from songhe.doors.elder.whom import Whom, everybody, noted, require_confirmed, whom
from songhe.doors.may import require
from songhe.doors.shell.request import DoorRequest
from songhe.doors.staff.acting import ActForm, act_once, sent
from songhe.grant.choose import claim as take
from songhe.grant.models import Grant
from songhe.grant.queries import Held, of_month
from songhe.kernel.month import Month
from songhe.kernel.refusal import Refusal
from songhe.policy.terms import terms


@dataclass(frozen=True)
class Row:
    elder: Whom
    held: Held

    @property
    def name(self) -> str:
        return self.elder.person.name


@require_http_methods(["GET", "HEAD", "POST"])
@require("grant.choose")
def claim(request: DoorRequest) -> HttpResponse:
    """The month's vouchers of everybody one acts for; those that wait are taken together."""
    if request.method != "POST":
        return _page(request)
    form = sent(ActForm, "money", request)
    if not form.is_valid():
        raise Http404
    rows, _barred = _rows(request)
    waiting: dict[str, list[Row]] = defaultdict(list)
    for row in rows:
        if not row.held.grant.claimed:
            require_confirmed(row.elder)
            waiting[row.elder.person.county].append(row)
    taken = 0
    try:
        for county, mine in sorted(waiting.items()):
            answer = act_once(request, county=county, name="elder.claim", form=form, do=partial(_take, request, mine))
            taken += answer["taken"]
    except Refusal as refusal:
        return _page(request, refusal)
    if taken:
        messages.success(
            request,
            ngettext("领到了 %(taken)s 张，可以用了。", "领到了 %(taken)s 张，可以用了。", taken) % {"taken": taken},
        )
    return HttpResponseRedirect(reverse("elder:claim"))


def _take(request: DoorRequest, rows: list[Row]) -> dict[str, Any]:
    for row in sorted(rows, key=lambda row: row.held.grant.id):
        take(
            county=row.elder.person.county,
            grant_id=row.held.grant.id,
            behalf_of=money.behalf(row.elder),
            at=request.at,
            on=request.on,
            by=money.by(request),
        )
        noted(request, row.elder, "claim", subject="grant", subject_id=row.held.grant.id)
    return {"taken": len(rows)}


def _rows(request: DoorRequest) -> tuple[list[Row], list[str]]:
    """The vouchers that may be claimed or are, in one query a county, and the names of those one may not claim for."""
    open_now = whom(request)
    people = [open_now] if open_now.assistance is not None else everybody(request)
    by_county: dict[str, list[UUID]] = defaultdict(list)
    for one in people:
        by_county[one.person.county].append(one.person.id)
    found: dict[UUID, Held] = {}
    for county, ids in by_county.items():
        found |= of_month(county=county, person_ids=ids, month=Month.of(request.on))
    rows, barred = [], []
    for one in people:
        held = found.get(one.person.id)
        if held is None or held.grant.state != Grant.State.ACTIVE:
            continue
        if one.may("claim"):
            rows.append(Row(one, held))
        elif not held.grant.claimed:
            barred.append(one.person.name)
    return rows, barred


def _asks(row: Row, on: date) -> bool:
    """Whether the place wants its vouchers claimed month by month; elsewhere they come by themselves."""
    grant = row.held.grant
    try:
        return terms(policy=grant.programme, place=grant.county, on=on).issue_mode == "claim"
    except Refusal:
        return False


def _page(request: DoorRequest, refusal: Refusal | None = None) -> HttpResponse:
    rows, barred = _rows(request)
    said = {
        "month": Month.of(request.on),
        "waiting": [row for row in rows if not row.held.grant.claimed],
        "claimed": [row for row in rows if row.held.grant.claimed],
        "barred": barred,
        "form": money.fresh(),
        "by_itself": not any(row.held.grant.claimed is False or _asks(row, request.on) for row in rows),
        "done_word": _("已领取"),
        "none_title": _("这个月没有要领的券"),
        "none_text": _("券发下来以后，这里会显示。"),
    }
    return page(request, "elder/claim.html", said, whom=whom(request), back=reverse("elder:vouchers"), refusal=refusal)
