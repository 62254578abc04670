"""The month 月度运行: its steps with their progress, what waits for people, and the button that starts it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django import forms
from django.contrib import messages
from django.db import transaction
from django.db.models import Count, Sum
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_POST, require_safe

from songhe.doors.may import may, require
from songhe.doors.shell.pieces import Crumb
from songhe.doors.shell.request import DoorRequest
from songhe.doors.staff import naming, words
from songhe.doors.staff.acting import ActForm, act_once, fresh
from songhe.doors.staff.reach import account_of, counties
from songhe.entitlement.models import Application
from songhe.grant.models import Budget, Grant, Waiting
from songhe.jobs.models import Outgoing, Run, RunState
from songhe.jobs.outbox import MOST_TRIES, put
from songhe.jobs.run import STUCK_AFTER
from songhe.kernel.month import Month
from songhe.kernel.refusal import reason
from songhe.ledger.models import Period
from songhe.month.audit.run import JOB as AUDIT
from songhe.month.steps import PROGRAMME, STEPS, Step
from songhe.month.summary import figures as figures_of
from songhe.redemption.models import Bill, Verdict
from songhe.service.models import Override
from songhe.settlement.models import Statement
from songhe.settlement.states import WAITING as STATEMENT_WAITS
from songhe.trail.note import note

TOPIC = "month.run"
#: Months before this one that the list shows, and after it.
BEFORE, AFTER = 11, 1

ALREADY_QUEUED = reason(
    "staff.month_queued",
    zh="{month}已经在等待运行或正在运行，不必再点。",
    en="{month} is waiting to run, or running, already.",
    status=409,
)

#: The run that a step leaves behind; a step without one is told by what it moves.
JOBS = {
    "determine": f"determine:{PROGRAMME}",
    "issue": f"issue:{PROGRAMME}",
    "redeem": "redeem",
    "expire": f"expire:{PROGRAMME}",
    "gather": f"gather:{PROGRAMME}",
}

MEANS: dict[str, Any] = {
    "determine": gettext_lazy("按当月政策重新核对每个人的资格"),
    "issue": gettext_lazy("给符合条件的人发当月消费券"),
    "redeem": gettext_lazy("把机构交来的账单入账"),
    "judge": gettext_lazy("核验服务凭据，通过的才结算"),
    "expire": gettext_lazy("没用完的券过期，余额退回"),
    "gather": gettext_lazy("按机构归集结算单"),
    "settle": gettext_lazy("机构确认、审批、付款，由人来办"),
    "close": gettext_lazy("账目冻结，以后的更正记入下月"),
}


@dataclass(frozen=True)
class Shown:
    """One step as the page shows it."""

    name: str
    word: str
    means: Any
    state: words.Word
    done: int
    total: int | None
    note: str
    problem: str
    running: bool
    stuck: bool
    finished: datetime | None


@dataclass(frozen=True)
class Wait:
    """Something that waits for people, and where they find it."""

    word: Any
    count: int
    address: str
    fen: int | None = None


@dataclass(frozen=True)
class Queued:
    """What was asked of the worker and is not done yet."""

    at: datetime
    tries: int
    problem: str
    given_up: bool


def step_word(step: Step) -> str:
    return words.titled(step.zh, step.en)


class RunForm(ActForm):
    until = forms.ChoiceField(label=gettext_lazy("运行到"), choices=[])

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["until"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [(step.name, step_word(step)) for step in STEPS]


def county_of(request: DoorRequest) -> tuple[str, list[str]]:
    """The county that the page is about, and those that could be chosen instead; another's is not there."""
    known = counties(request, "month.read")
    wanted = request.GET.get("county") or request.POST.get("county") or (known[0] if known else "")
    if wanted and wanted not in known:
        raise Http404
    return wanted, known


def with_county(address: str, county: str, known: Iterable[str]) -> str:
    return f"{address}?{urlencode({'county': county})}" if len(list(known)) > 1 else address


def step_states(county: str, which: Month, at: datetime) -> list[Shown]:
    """Every step of the month in a few queries: by its run, or by what it moves."""
    runs = {run.job: run for run in Run.objects.filter(county=county, period=str(which), job__in=list(JOBS.values()))}
    by_hand = {"judge": _judged(county, which), "settle": _settled(county, which), "close": _closed(county, which)}
    shown = []
    for step in STEPS:
        if step.name in JOBS:
            shown.append(_by_run(step.name, step_word(step), runs.get(JOBS[step.name]), at))
        else:
            done, total, finished = by_hand[step.name]
            shown.append(_by_count(step.name, step_word(step), done, total, finished))
    return shown


def _by_run(name: str, word: str, run: Run | None, at: datetime) -> Shown:
    if run is None:
        return Shown(name, word, MEANS[name], words.RUNS[RunState.WAITING], 0, None, "", "", False, False, None)
    stuck = run.state == RunState.RUNNING and run.beat_at is not None and run.beat_at < at - STUCK_AFTER
    running = run.state == RunState.RUNNING
    state = words.RUNS["stuck"] if stuck else words.word(words.RUNS, run.state)
    return Shown(
        name,
        word,
        MEANS[name],
        state,
        run.done,
        run.total or None,
        pace(run) if running and not stuck else "",
        run.problem if run.state == RunState.FAILED else "",
        running,
        stuck,
        run.finished_at,
    )


def _by_count(name: str, word: str, done: int, total: int, finished: datetime | None) -> Shown:
    if finished is not None or (total and done == total):
        state = words.RUNS[RunState.DONE]
    elif total:
        state = words.VERDICTS["pending"] if name == "judge" else words.RUNS[RunState.PARTLY]
    else:
        state = words.RUNS[RunState.WAITING]
    return Shown(name, word, MEANS[name], state, done, total or None, "", "", False, False, finished)


def _judged(county: str, which: Month) -> tuple[int, int, None]:
    rows = Verdict.objects.filter(county=county, line__bill__month=str(which)).order_by("outcome")
    counts = dict(rows.values_list("outcome").annotate(Count("id")))
    total = sum(counts.values())
    return total - counts.get("pending", 0), total, None


def _settled(county: str, which: Month) -> tuple[int, int, None]:
    rows = Statement.objects.filter(county=county, month=str(which)).order_by("state")
    counts = dict(rows.values_list("state").annotate(Count("id")))
    total = sum(counts.values())
    return total - sum(counts.get(state, 0) for state in STATEMENT_WAITS), total, None


def _closed(county: str, which: Month) -> tuple[int, int, datetime | None]:
    closed = Period.objects.filter(county=county, month=str(which)).values_list("closed_at", flat=True).first()
    return int(closed is not None), 1 if closed else 0, closed


def pace(run: Run) -> str:
    """How fast it goes and how long it will still take, once that can be told."""
    if not (run.started_at and run.beat_at and run.done):
        return str(_("刚刚开始"))
    seconds = max((run.beat_at - run.started_at).total_seconds(), 0.001)
    rate = run.done / seconds
    said = _("每秒约 %(rate)s 项") % {"rate": f"{rate:,.0f}"}
    if not run.total or run.done >= run.total:
        return str(said)
    left = timedelta(seconds=(run.total - run.done) / rate)
    minutes = max(1, round(left.total_seconds() / 60))
    still = ngettext("还需约 %(minutes)s 分钟", "还需约 %(minutes)s 分钟", minutes) % {"minutes": minutes}
    return f"{said} · {still if left.total_seconds() > 45 else _('马上就好')}"


def queued(county: str, which: Month) -> Queued | None:
    """The oldest wish for this month that the worker has not fulfilled."""
    rows = Outgoing.objects.filter(county=county, topic=TOPIC, done_at=None).order_by("at", "id")
    for row in rows:
        if row.payload.get("month") == str(which):
            return Queued(row.at, row.tries, row.problem, row.tries >= MOST_TRIES)
    return None


def waits_for_people(county: str, which: Month, request: DoorRequest) -> list[Wait]:
    """What the machine cannot do by itself, with the way there; one query each."""
    found: list[Wait] = []
    account = account_of(request)
    open_states = {
        Application.State.DETERMINED: _("申请待初审"),
        Application.State.REVIEWED: _("申请待审批"),
    }
    counts = dict(
        Application.objects.everywhere("the county's own month")
        .filter(county=county, state__in=list(open_states))
        .order_by("state")
        .values_list("state")
        .annotate(Count("id"))
    )
    inbox = reverse("staff:inbox") if may(account, "application.read", request.on) else ""
    for state, word in open_states.items():
        if counts.get(state):
            found.append(Wait(word, counts[state], f"{inbox}?state={state}" if inbox else ""))
    for because, count in (
        Waiting.objects.filter(county=county, month=str(which))
        .order_by("because")
        .values_list("because")
        .annotate(Count("id"))
    ):
        found.append(Wait(_("未发券：%(why)s") % {"why": words.WAITING.get(because, because)}, count, ""))
    refused = Bill.objects.filter(county=county, month=str(which), state=Bill.State.REFUSED).count()
    if refused:
        found.append(Wait(_("账单被退回，等机构更正"), refused, ""))
    overrides = Override.objects.filter(county=county, state=Override.State.ASKED).count()
    if overrides:
        to_decide = reverse("staff:overrides") if may(account, "service.override", request.on) else ""
        found.append(Wait(_("凭据异议，等第二人决定"), overrides, to_decide))
    statements = (
        Statement.objects.filter(county=county, month=str(which), state__in=STATEMENT_WAITS)
        .order_by("state")
        .values_list("state")
        .annotate(Count("id"), Sum("net_fen"))
    )
    here = reverse("staff:statements")
    for state, count, fen in statements:
        said = _("结算单：%(state)s") % {"state": words.STATEMENT[state].said}
        found.append(Wait(said, count, f"{here}?{urlencode({'month': str(which), 'state': state})}", fen))
    return found


def progress_of(request: DoorRequest, county: str, known: list[str], which: Month) -> dict[str, Any]:
    """What the part that renews itself shows; it stops asking when nothing moves any more."""
    steps = step_states(county, which, request.at)
    wish = queued(county, which)
    running = any(step.running and not step.stuck for step in steps)
    moving = running or (wish is not None and not wish.given_up)
    begun = wish is not None and any(step.finished is not None and step.finished >= wish.at for step in steps)
    done = sum(step.state is words.RUNS[RunState.DONE] for step in steps)
    return {
        "steps": steps,
        "queued": wish,
        "moving": moving,
        "at_work": running or begun,
        "done": done,
        "total": len(steps),
        "which": which,
        "poll": with_county(reverse("staff:month-progress", args=[which]), county, known),
        "waits": waits_for_people(county, which, request),
        "closed": steps[-1].finished,
    }


@require_safe
@require("month.read")
def months(request: DoorRequest) -> HttpResponse:
    """The months of a county, the newest first, each with how far it is."""
    county, known = county_of(request)
    if not county:
        return render(request, "staff/months.html", {"rows": [], "counties": [], "county": "", "county_name": ""})
    now = Month.of(request.on)
    shown = [now.plus(offset) for offset in range(AFTER, -BEFORE - 1, -1)]
    names = [str(which) for which in shown]
    budgets = _by_month(Budget.objects.filter(county=county, programme=PROGRAMME, month__in=names), "amount_fen")
    issued = _by_month(Grant.objects.filter(county=county, programme=PROGRAMME, month__in=names), "face_fen")
    settled = _by_month(Statement.objects.filter(county=county, month__in=names, state=Statement.State.PAID), "net_fen")
    closed = set(
        Period.objects.filter(county=county, month__in=names, closed_at__isnull=False)
        .order_by("month")
        .values_list("month", flat=True)
    )
    moving = set(
        Run.objects.filter(county=county, period__in=names, state=RunState.RUNNING)
        .order_by("period")
        .values_list("period", flat=True)
    )
    rows = [
        {
            "which": which,
            "address": with_county(reverse("staff:month-of", args=[which]), county, known),
            "budget_fen": budgets.get(str(which), (0, None))[1],
            "grants": issued.get(str(which), (0, None))[0],
            "issued_fen": issued.get(str(which), (0, None))[1],
            "settled_fen": settled.get(str(which), (0, None))[1],
            "state": _month_state(str(which), closed, moving, issued),
            "current": which == now,
        }
        for which in shown
        if which >= now or str(which) in {*budgets, *issued, *closed}
    ]
    return render(request, "staff/months.html", {"rows": rows, **_counties(request, county, known)})


def _by_month(rows: Any, what: str) -> dict[str, tuple[int, int]]:
    found = rows.order_by("month").values_list("month").annotate(Count("id"), Sum(what))
    return {month: (count, fen) for month, count, fen in found}


def _month_state(which: str, closed: set[str], moving: set[str], issued: dict[str, Any]) -> words.Word:
    if which in closed:
        return words.Word(_("已结账"), "ok")
    if which in moving:
        return words.Word(_("进行中"), "info")
    if which in issued:
        return words.Word(_("已发券"), "pine")
    return words.Word(_("未开始"))


def _counties(request: DoorRequest, county: str, known: list[str]) -> dict[str, Any]:
    names = naming.places(known, request.on)
    chips = [
        {"address": f"{request.path}?{urlencode({'county': code})}", "word": names[code], "current": code == county}
        for code in known
    ]
    return {"county": county, "county_name": names.get(county, county), "counties": chips if len(chips) > 1 else []}


@require_safe
@require("month.read")
def month(request: DoorRequest, which: Month) -> HttpResponse:
    county, known = county_of(request)
    if not county:
        raise Http404
    return render(request, "staff/month.html", month_said(request, county, known, which))


def month_said(
    request: DoorRequest, county: str, known: list[str], which: Month, form: ActForm | None = None
) -> dict[str, Any]:
    said = progress_of(request, county, known, which)
    may_run = may(request.user, "month.run", request.on) and not said["closed"]
    budgets = Budget.objects.filter(county=county, programme=PROGRAMME, month=str(which))
    budget = budgets.aggregate(fen=Sum("amount_fen"))
    return {
        **said,
        **_counties(request, county, known),
        "crumbs": [Crumb(_("月度运行"), with_county(reverse("staff:month"), county, known)), Crumb(which)],
        "form": (form or fresh(RunForm, "run", until=STEPS[-1].name)) if may_run else None,
        "run_address": reverse("staff:month-run", args=[which]),
        "figures_address": with_county(reverse("staff:month-figures", args=[which]), county, known),
        "budget_fen": budget["fen"],
        "previous": with_county(reverse("staff:month-of", args=[which.previous]), county, known),
        "next": with_county(reverse("staff:month-of", args=[which.next]), county, known),
    }


@require_safe
@require("month.read")
def progress(request: DoorRequest, which: Month) -> HttpResponse:
    """The part of the month's page that renews itself every two seconds while something moves."""
    county, known = county_of(request)
    if not county:
        raise Http404
    return render(request, "staff/month_progress.html", progress_of(request, county, known, which))


@require_safe
@require("month.read")
def figures(request: DoorRequest, which: Month) -> HttpResponse:
    """What happened in the month, in a few large figures; a page of its own, or a part of the month's."""
    county, known = county_of(request)
    if not county:
        raise Http404
    said = {
        "which": which,
        "figures": figures_of(county=county, month=which, programme=PROGRAMME),
        "audit": Run.objects.filter(county=county, job=AUDIT, state=RunState.DONE).order_by("-period").first(),
        "crumbs": [
            Crumb(_("月度运行"), with_county(reverse("staff:month"), county, known)),
            Crumb(which, with_county(reverse("staff:month-of", args=[which]), county, known)),
            Crumb(_("当月数字")),
        ],
    }
    return render(request, "staff/month_figures.html" if is_part(request) else "staff/month_figures_page.html", said)


def is_part(request: HttpRequest) -> bool:
    return request.headers.get("HX-Request") == "true"


@require_POST
@require("month.run")
def run(request: DoorRequest, which: Month) -> HttpResponse:
    """Ask the worker to run the month. Refuses with ``staff.month_queued`` while an earlier wish is not fulfilled."""
    county, known = county_of(request)
    if not county or county not in counties(request, "month.run"):
        raise Http404
    form = RunForm(request.POST, auto_id="id_run_%s")
    if not form.is_valid():
        return render(request, "staff/month.html", month_said(request, county, known, which, form), status=422)

    def do() -> dict[str, Any]:
        if queued(county, which) is not None:
            raise ALREADY_QUEUED("month", month=which)
        payload = {"month": str(which), "until": form.cleaned_data["until"]}
        about = form.cleaned_data["key"]
        with transaction.atomic():
            put(county=county, topic=TOPIC, about=about, payload=payload, at=request.at)
            note(
                county=county,
                at=request.at,
                actor=account_of(request).username,
                act="month.run",
                subject="month",
                subject_id=str(which),
                until=payload["until"],
            )
        return payload

    act_once(request, county=county, name=f"staff.month.run:{which}", form=form, do=do)
    messages.success(request, _("已交给后台运行。可以离开这一页，进度会一直保留。"))
    return HttpResponseRedirect(with_county(reverse("staff:month-of", args=[which]), county, known))
