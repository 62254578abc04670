"""The body's own desk 评估机构: who chose it, which two will go and when, and what its assessors are qualified by."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django import forms
from django.contrib import messages
from django.db.models import Count, Q
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from songhe.assessment import request as requesting
from songhe.assessment.models import Assessment
from songhe.doors.assessor.schedule import about, occasion_words, where_words, whole_address
from songhe.doors.assessor.visits import NAMED, leave_trace
from songhe.doors.assessor.wishes import Wish, wish_facts, wish_of, wishes
from songhe.doors.may import require
from songhe.doors.shell.pieces import Crumb, Fact, Tone
from songhe.doors.shell.request import DoorRequest
from songhe.doors.staff import naming, words
from songhe.doors.staff.acting import ActForm, act_once, fresh, in_words, sent
from songhe.doors.staff.reach import account_of, noted_read, reach
from songhe.entitlement.queries import serving
from songhe.kernel.month import BEIJING
from songhe.kernel.refusal import Refusal
from songhe.provider.models import Certificate, Kind, Provider, Worker
from songhe.provider.worker import lacking, working

State = Assessment.State

MOST = 100
#: A certificate that ends within so many days is said to end soon.
SOON = timedelta(days=60)

PARTS: dict[str, tuple[Any, tuple[str, ...]]] = {
    "new": (gettext_lazy("待派"), (State.REQUESTED,)),
    "assigned": (gettext_lazy("已派"), (State.ASSIGNED,)),
    "handed-in": (gettext_lazy("已提交"), (State.SUBMITTED,)),
}

LACKING = {
    "practice": gettext_lazy("从业不满5年"),
    "education": gettext_lazy("学历不足"),
    "training": gettext_lazy("未培训"),
    "examination": gettext_lazy("未考核"),
}


class AssignForm(ActForm):
    """Two assessors, and a time that may be left open."""

    first = forms.TypedChoiceField(label=gettext_lazy("评估员"), coerce=int)
    second = forms.TypedChoiceField(label=gettext_lazy("另一名评估员"), coerce=int)
    day = forms.DateField(
        label=gettext_lazy("上门日期"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}),
        error_messages={"invalid": gettext_lazy("日期请写成 2026-04-08 的样子。")},
    )
    time = forms.TimeField(
        label=gettext_lazy("时间"),
        required=False,
        widget=forms.TimeInput(attrs={"type": "time", "step": "900"}),
        error_messages={"invalid": gettext_lazy("时间请写成 09:30 的样子。")},
    )

    def clean(self) -> dict[str, Any]:
        told = super().clean() or {}
        if told.get("time") and not told.get("day"):
            self.add_error("day", _("写了时间，也要写日期。"))
        return told

    def offer(self, choices: list[tuple[str, str]]) -> AssignForm:
        for name in ("first", "second"):
            field = self.fields[name]
            assert isinstance(field, forms.TypedChoiceField)
            field.choices = [("", _("请选择")), *choices]
            field.error_messages["required"] = str(_("请选择一名评估员。"))
        return self


@dataclass(frozen=True)
class Line:
    no: str
    address: str
    name: str
    about: str
    place: str
    occasion: Any
    where: str
    requested_at: datetime
    waits: int
    scheduled_at: datetime | None
    pair: str
    wish: str
    state: Any
    tone: Tone


@dataclass(frozen=True)
class Colleague:
    name: str
    number: str
    trained_on: date | None
    examined_on: date | None
    lacks: list[Any]
    papers: list[dict[str, Any]]
    open_count: int


def bodies(request: DoorRequest) -> list[Provider]:
    """The assessment bodies that the signed-in manager answers for."""
    scope = reach(request, "assessment.assign")
    return list(Provider.objects.filter(pk__in=scope.provider_ids, kind=Kind.ASSESSMENT_BODY).order_by("id"))


@require_safe
@require("assessment.assign")
def body(request: DoorRequest) -> HttpResponse:
    """Requests that chose this body, the oldest first, and its assessors."""
    mine = bodies(request)
    part = request.GET.get("part", "new")
    if part not in PARTS:
        raise Http404
    rows = Assessment.objects.within(reach(request, "assessment.assign")).filter(body__in=mine)
    counted = dict(
        rows.filter(state__in=[state for _word, states in PARTS.values() for state in states])
        .values_list("state")
        .annotate(count=Count("id"))
    )
    order = "scheduled_at" if part == "assigned" else "requested_at"
    shown = list(rows.filter(state__in=PARTS[part][1]).select_related(*NAMED).order_by(order, "id")[:MOST])
    towns = naming.places((row.person.place[:9] for row in shown), request.on)
    wished = wishes(shown) if part != "handed-in" else {}
    said = {
        "bodies": mine,
        "part": part,
        "chips": [
            {"name": name, "word": word, "count": sum(counted.get(state, 0) for state in states)}
            for name, (word, states) in PARTS.items()
        ],
        "lines": [line(row, request, towns, wished.get(row.id)) for row in shown],
        "more": sum(counted.get(state, 0) for state in PARTS[part][1]) > len(shown),
        "colleagues": colleagues(mine, request.on),
        "soon": request.on + SOON,
        "on": request.on,
    }
    return render(request, "assessor/body.html", said)


def line(row: Assessment, request: DoorRequest, towns: dict[str, str], wish: Wish | None) -> Line:
    state = words.word(words.ASSESSMENT, row.state)
    is_open = row.state in (State.REQUESTED, State.ASSIGNED)
    return Line(
        no=row.no,
        address=reverse("assessor:asked" if is_open else "assessor:report", args=[row.no]),
        name=row.person.name,
        about=about(row.person, request.on),
        place=where_words(row, towns),
        occasion=occasion_words(row.occasion),
        where=row.where,
        requested_at=row.requested_at,
        waits=(request.at - row.requested_at).days,
        scheduled_at=row.scheduled_at,
        pair=words.listed(worker.name for worker in (row.first_assessor, row.second_assessor) if worker),
        wish=wish.beside(row.scheduled_at) if wish else "",
        state=state.said,
        tone=state.tone,
    )


def colleagues(mine: list[Provider], on: date) -> list[Colleague]:
    """The assessors in office, what each lacks, and the papers that run out, in a few statements for all."""
    workers = list(working(on).filter(provider__in=mine, job=Worker.Job.ASSESSOR).order_by("number"))
    papers: dict[int, list[dict[str, Any]]] = {worker.pk: [] for worker in workers}
    for held in Certificate.objects.filter(worker__in=workers, valid_from__lte=on).order_by("valid_to", "id"):
        papers[held.worker_id].append({"kind": held.kind, "until": held.valid_to})
    busy = open_counts(workers)
    return [
        Colleague(
            name=worker.name,
            number=worker.number,
            trained_on=worker.trained_on,
            examined_on=worker.examined_on,
            lacks=[LACKING[each] for each in lacking(worker, on)],
            papers=papers[worker.pk],
            open_count=busy.get(worker.pk, 0),
        )
        for worker in workers
    ]


def open_counts(workers: list[Worker]) -> dict[int, int]:
    """How many visits each still has before them."""
    found: dict[int, int] = {}
    ids = [worker.pk for worker in workers]
    for field in ("first_assessor", "second_assessor"):
        rows = Assessment.rows.filter(Q(**{f"{field}__in": ids}), state=State.ASSIGNED)
        for pk, count in rows.values_list(field).annotate(count=Count("id")):
            found[pk] = found.get(pk, 0) + count
    return found


@require_http_methods(["GET", "HEAD", "POST"])
@require("assessment.assign")
def asked(request: DoorRequest, no: str) -> HttpResponse:
    """Name the two and a time; the verb says who must stand aside, and why."""
    rows = Assessment.objects.within(reach(request, "assessment.assign")).filter(body__in=bodies(request))
    row = rows.filter(county=no[:6], no=no).select_related(*NAMED).first()
    if row is None:
        leave_trace(request, no)
        raise Http404
    assert row.body is not None
    workers = list(working(request.on).filter(provider=row.body, job=Worker.Job.ASSESSOR).order_by("number"))
    choices = offered(workers, request.on)
    if request.method == "POST":
        form = sent(AssignForm, "assign", request)
        assert isinstance(form, AssignForm)
        form.offer(choices)
        return assign(request, row, form, {worker.pk: worker for worker in workers})
    noted_read(request, county=row.county, act="assessment.read", subject="assessment.Assessment", subject_id=row.id)
    there = row.scheduled_at.astimezone(BEIJING) if row.scheduled_at else None
    wish = wish_of(row) if there is None else None
    form = fresh(
        AssignForm,
        "assign",
        first=row.first_assessor_id or "",
        second=row.second_assessor_id or "",
        day=there.date() if there else wish and wish.first_day(request.on),
        time=there.strftime("%H:%M") if there else "",
    )
    assert isinstance(form, AssignForm)
    return show(request, row, form.offer(choices))


def offered(workers: list[Worker], on: date) -> list[tuple[str, str]]:
    busy = open_counts(workers)
    return [
        (str(worker.pk), f"{worker.name} · {_('未完成 %(count)s 件') % {'count': busy.get(worker.pk, 0)}}")
        for worker in workers
        if not lacking(worker, on)
    ]


def show(request: HttpRequest, row: Assessment, form: AssignForm, *, refused: Refusal | None = None) -> HttpResponse:
    assert isinstance(request, HttpRequest)
    on: date = request.on  # type: ignore[attr-defined]
    person = row.person
    where = _("到机构评估") if row.where == Assessment.Where.ON_SITE else whole_address(person, on)
    facts = [
        Fact(_("老人"), person.name, note=about(person, on)),
        Fact(_("地点"), where),
        *wish_facts(row),
        Fact(_("电话"), person.phone, f"tel:{person.phone}" if person.phone else ""),
        Fact(_("评估原因"), occasion_words(row.occasion)),
        Fact(_("评估编号"), row.no),
    ]
    if row.disputes is not None:
        facts.append(Fact(_("有异议的评估"), row.disputes.no, note=row.disputes.dispute_grounds))
    said = {
        "row": row,
        "facts": facts,
        "form": form,
        "crumbs": [Crumb(_("评估派单"), reverse("assessor:body")), Crumb(person.name)],
        "can_assign": row.state in (State.REQUESTED, State.ASSIGNED),
        "wrong": form if form.errors else None,
        "refused": in_words(refused) if refused else "",
        "refused_code": refused.code if refused else "",
        "state": words.word(words.ASSESSMENT, row.state),
    }
    status = refused.status if refused else 422 if form.errors else 200
    return render(request, "assessor/asked.html", said, status=status)


def assign(request: DoorRequest, row: Assessment, form: AssignForm, workers: dict[int, Worker]) -> HttpResponse:
    if not form.is_valid():
        return show(request, row, form)
    told = form.cleaned_data
    when = None
    if told["day"]:
        clock = told["time"] or datetime.min.replace(hour=9).time()
        when = datetime.combine(told["day"], clock, tzinfo=BEIJING)

    def do() -> dict[str, Any]:
        found = requesting.assign(
            assessment=row,
            first=workers[told["first"]],
            second=workers[told["second"]],
            serving=serving(row.person),
            scheduled_at=when,
            at=request.at,
            on=request.on,
            by=account_of(request).username,
        )
        return {"state": str(found.state)}

    try:
        act_once(request, county=row.county, name=f"assessment.assign:{row.no}", form=form, do=do)
    except Refusal as refusal:
        return show(request, row, form, refused=refusal)
    pair = words.listed(workers[told[name]].name for name in ("first", "second"))
    messages.success(request, _("已派给%(pair)s。") % {"pair": pair})
    return HttpResponseRedirect(reverse("assessor:body"))
