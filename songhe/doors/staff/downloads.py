"""My downloads 下载中心: lists being made and lists that are ready, and asking for another."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any, BinaryIO
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import FileResponse, Http404, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from songhe.access.scope import Scope
from songhe.document.download import GONE, ask, runs_of, take
from songhe.document.models import Download
from songhe.doors.may import RULES, check, may, require
from songhe.doors.shell.request import DoorRequest
from songhe.doors.shell.spoken import month as spoken_month
from songhe.doors.staff import naming, words
from songhe.doors.staff.acting import ActForm, act_once, fresh, in_words, problems, sent
from songhe.doors.staff.export import KIND
from songhe.doors.staff.lists import LISTS, Listing, title_of
from songhe.doors.staff.reach import account_of, counties, out_of_reach, reach
from songhe.jobs.models import Run, RunState
from songhe.kernel.month import Month
from songhe.kernel.refusal import Refusal

#: Lists shown, and for how long a list is remembered on the page.
SHOWN = 50
REMEMBERED = timedelta(days=90)
#: Months before the present one that may be asked for.
BEFORE = 17
KINDS = {"xlsx": KIND, "csv": "text/csv; charset=utf-8"}


class AskForm(ActForm):
    listing = forms.ChoiceField(label=gettext_lazy("名单"))
    month = forms.ChoiceField(
        label=gettext_lazy("月份"),
        help_text=gettext_lazy("人员、申请和留痕不分月份，取到今天为止的全部。"),
    )
    county = forms.ChoiceField(label=gettext_lazy("区县"))


def allowed(request: DoorRequest) -> list[Listing]:
    """The lists that this person may ask for by name."""
    return [each for each in LISTS.values() if each.by_name and may(request.user, each.act, request.on)]


def ask_form(request: DoorRequest, *, given: bool = False) -> ActForm:
    form = sent(AskForm, "ask", request) if given else fresh(AskForm, "ask", month=str(Month.of(request.on)))
    now = Month.of(request.on)
    months = [now.plus(-back) for back in range(BEFORE + 1)]
    language = "zh" if words.in_chinese() else "en"
    choices = {
        "listing": [(each.code, each.word) for each in allowed(request)],
        "month": [(str(month), spoken_month(month, language)) for month in months],
        "county": [(code, naming.whole_place(code, request.on)) for code in counties(request, "person.export")],
    }
    for name, offered in choices.items():
        form.fields[name].choices = offered  # type: ignore[attr-defined]
    return form


@require_safe
@require("download.read")
def downloads(request: DoorRequest) -> HttpResponse:
    return shown(request)


def shown(
    request: DoorRequest, form: ActForm | None = None, refusal: Refusal | None = None, status: int = 200
) -> HttpResponse:
    offered = form or (ask_form(request) if may(request.user, "person.export", request.on) else None)
    said = {
        **mine(request),
        "form": offered,
        "several": offered is not None and len(offered.fields["county"].choices) > 1,  # type: ignore[attr-defined]
        **problems(form, refusal),
    }
    return render(request, "staff/downloads.html", said, status=status)


@require_safe
@require("download.read")
def progress(request: DoorRequest) -> HttpResponse:
    """The part that renews itself while lists are being made."""
    return render(request, "staff/downloads_mine.html", mine(request))


def mine(request: DoorRequest) -> dict[str, Any]:
    """What this person asked for lately in the counties that they still reach, the newest first."""
    found = Download.objects.everywhere("one's own lists").filter(
        county__in=counties(request, "download.read"),
        account=account_of(request),
        asked_at__gt=request.at - REMEMBERED,
    )
    rows = list(found.order_by("-asked_at", "-id")[:SHOWN])
    runs = runs_of(rows)
    places = naming.places({row.county for row in rows}, request.on)
    shown = [row_of(request, row, runs.get(row.job), places[row.county]) for row in rows]
    return {
        "rows": shown,
        "moving": any(row["moving"] for row in shown),
        "poll": reverse("staff:downloads-progress"),
        "several_places": len(places) > 1,
    }


def row_of(request: DoorRequest, row: Download, run: Run | None, place: str) -> dict[str, Any]:
    gone = row.removed_at is not None or (row.expires_at is not None and row.expires_at <= request.at)
    waiting = row.finished_at is None
    state = words.word(words.RUNS, run.state) if waiting and run else words.word(words.RUNS, RunState.DONE)
    if gone:
        state = words.Word(_("已过期"))
    return {
        "row": row,
        "title": title_of(row.listing, row.asked),
        "place": place,
        "state": state,
        "moving": waiting,
        "done": run.done if run else 0,
        "total": run.total if run else 0,
        "failed": bool(waiting and run and run.state == RunState.FAILED),
        "ready": not waiting and not gone,
        "address": reverse("staff:download", args=[row.id]),
    }


@require_POST
@require("person.export")
def wish(request: DoorRequest) -> HttpResponse:
    """Ask for a list by name. Refuses with ``document.downloads_waiting``."""
    form = ask_form(request, given=True)
    if not form.is_valid():
        return shown(request, form, status=422)
    told = form.cleaned_data
    try:
        act_once(
            request,
            county=told["county"],
            name="staff.download.ask",
            form=form,
            do=lambda: {"download": str(asked_for(request, **plain(told)).id)},
        )
    except Refusal as refusal:
        return shown(request, form, refusal, status=refusal.status)
    messages.success(request, _("已交给后台制作，做完后在这里下载。"))
    return HttpResponseRedirect(reverse("staff:downloads"))


def plain(told: Mapping[str, Any]) -> dict[str, str]:
    return {"listing": told["listing"], "month": told["month"], "county": told["county"]}


def asked_for(request: DoorRequest, *, listing: str, month: str, county: str) -> Download:
    """Whole counties only: what is kept by county alone cannot be divided by town."""
    check(request, LISTS[listing].act)
    if not reach(request, LISTS[listing].act).covers_county(county):
        out_of_reach(request, county=county, subject="list", subject_id=listing)
    return ask(
        county=county,
        account=account_of(request),
        listing=listing,
        asked={"divisions": [county], **({"month": month} if LISTS[listing].monthly else {})},
        language="zh" if words.in_chinese() else "en",
        at=request.at,
    )


def found_or_404(request: DoorRequest, download_id: UUID) -> Download:
    """One's own list, of rows that one still reaches. Refuses with ``door.not_allowed`` when the role is gone."""
    row = Download.objects.everywhere("one's own list").filter(id=download_id).first()
    if row is None:
        raise Http404
    if row.account_id != account_of(request).pk:
        out_of_reach(request, county=row.county, subject="document.Download", subject_id=row.id)
    for act in {"person.export_whole" if row.whole else "person.export", LISTS[row.listing].act}:
        check(request, act)
        scope = Scope.of(account_of(request), request.on, roles=RULES[act])
        if not all(scope.covers_county(division) for division in row.asked["divisions"]):
            out_of_reach(request, county=row.county, subject="document.Download", subject_id=row.id)
    return row


@require_http_methods(["GET", "POST"])
@require("download.read")
def fetch(request: DoorRequest, download_id: UUID) -> HttpResponseBase:
    """The finished file. One with whole numbers is sent for by POST, which asks for the second factor anew."""
    row = found_or_404(request, download_id)
    if row.whole and request.method != "POST":
        return HttpResponseRedirect(reverse("staff:downloads"))
    try:
        file = take(download=row, account=account_of(request), at=request.at, request=request.request_id)
    except Refusal as refusal:
        if refusal.reason is not GONE:
            raise
        messages.warning(request, in_words(refusal))
        return HttpResponseRedirect(reverse("staff:downloads"))
    return answer_with(row, file)


def answer_with(row: Download, file: BinaryIO) -> HttpResponseBase:
    name = f"songhe-{row.listing}-{row.asked_at.date().isoformat()}.{row.kind}"
    response = FileResponse(file, as_attachment=True, filename=name, content_type=KINDS[row.kind])
    response.headers["Cache-Control"] = "no-store"
    return response
