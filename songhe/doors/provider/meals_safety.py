"""Food safety 食品安全: licence, cooks and health certificates with expiry, kept samples, inspections; and closing."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import partial
from types import MappingProxyType
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from songhe.doors.may import require
from songhe.doors.provider.desk import Desk, by, open_desk, shown
from songhe.doors.provider.fields import DayField, text_field
from songhe.doors.provider.meals import of_point, own_point
from songhe.doors.provider.posting import Row, post, troubles
from songhe.doors.provider.workers import state_of
from songhe.doors.shell.request import DoorRequest
from songhe.doors.staff import naming
from songhe.doors.staff.acting import ActForm, act_once, because, fresh, sent
from songhe.doors.staff.meals_shown import RESULTS
from songhe.doors.staff.reach import out_of_reach
from songhe.doors.staff.words import Word
from songhe.kernel.refusal import Refusal
from songhe.meal.close import close_point
from songhe.meal.menu import discard_sample
from songhe.meal.models import Closure, Cook, Inspection, Point, Sample
from songhe.meal.point import HEALTH_CERTIFICATE, cooks_on, engage_cook, release_cook, renew_licence
from songhe.meal.queries import inspections_of, points_of, samples_of_point
from songhe.provider.models import Certificate, Licence, Worker
from songhe.provider.worker import NewWorker, certify, engage


class CookForm(ActForm):
    """A new cook with the health certificate, without which nobody cooks."""

    name = text_field(gettext_lazy("姓名"), longest=60)
    number = text_field(gettext_lazy("工号"), longest=30)
    certificate = text_field(gettext_lazy("健康证编号"), longest=60)
    valid_from = DayField(label=gettext_lazy("健康证有效期从"))
    valid_to = DayField(label=gettext_lazy("健康证有效期到"))


class RenewForm(ActForm):
    worker = forms.IntegerField(widget=forms.HiddenInput)
    certificate = text_field(gettext_lazy("健康证编号"), longest=60)
    valid_from = DayField(label=gettext_lazy("有效期从"))
    valid_to = DayField(label=gettext_lazy("有效期到"))


class LeaveForm(ActForm):
    cook = forms.IntegerField(widget=forms.HiddenInput)
    last_day = DayField(label=gettext_lazy("最后一天"))


class LicenceForm(ActForm):
    licence = forms.ChoiceField(label=gettext_lazy("食品经营许可"))

    def __init__(self, *told: Any, licences: list[Licence], **more: Any) -> None:
        super().__init__(*told, **more)
        self.fields["licence"].choices = [(str(one.pk), one.number) for one in licences]  # type: ignore[attr-defined]


class CloseForm(ActForm):
    since = DayField(label=gettext_lazy("从哪天起关停"))
    until = DayField(
        label=gettext_lazy("到哪天为止"), required=False, help_text=gettext_lazy("还不知道的不填，以后由县区恢复。")
    )
    move_to = forms.ChoiceField(
        label=gettext_lazy("已经订的餐转到哪里"),
        required=False,
        help_text=gettext_lazy("有同一餐、有空位的转过去，其余取消，没有花钱。"),
    )
    because = because(gettext_lazy("为什么关停"), gettext_lazy("订了餐的老人会看到。"), longest=200, rows=2)

    def __init__(
        self, *told: Any, points: list[Point], called: Mapping[int, str] = MappingProxyType({}), **more: Any
    ) -> None:
        super().__init__(*told, **more)
        choices = [("", _("不转，都取消")), *((str(one.pk), called.get(one.pk, one.name)) for one in points)]
        self.fields["move_to"].choices = choices  # type: ignore[attr-defined]


@dataclass(frozen=True)
class CookRow:
    cook: Cook
    certificate: Certificate | None
    state: Word
    renew: ActForm
    leave: ActForm


@dataclass(frozen=True)
class SampleRow:
    sample: Sample
    taken_by: str
    may_go: bool
    discard: ActForm | None


@dataclass(frozen=True)
class InspectionRow:
    row: Inspection
    result: Word
    late: bool


def inspection_rows(point: Point, on: date) -> list[InspectionRow]:
    return [
        InspectionRow(
            one,
            RESULTS[one.result],
            one.remedied_on is None and one.remedy_by is not None and one.remedy_by < on,
        )
        for one in inspections_of(point)
    ]


def cook_rows(point: Point, on: date) -> list[CookRow]:
    """Whoever cooks here, with the newest health certificate: two statements."""
    cooks = list(cooks_on(point, on))
    newest: dict[int, Certificate] = {}
    rows = Certificate.objects.filter(kind=HEALTH_CERTIFICATE, worker__in=[one.worker_id for one in cooks])
    for row in rows.order_by("valid_from", "id"):
        newest[row.worker_id] = row
    return [
        CookRow(
            cook,
            held := newest.get(cook.worker_id),
            state_of(held.valid_to, on) if held else Word(_("没有健康证"), "bad"),
            fresh(RenewForm, f"renew_{cook.pk}", worker=cook.worker_id, valid_from=on),
            fresh(LeaveForm, f"leave_{cook.pk}", cook=cook.pk, last_day=on),
        )
        for cook in cooks
    ]


def sample_rows(point: Point, at: datetime) -> list[SampleRow]:
    found = list(samples_of_point(point))
    names = naming.accounts([one.taken_by for one in found])
    return [
        SampleRow(
            one,
            names.get(one.taken_by, one.taken_by),
            at >= one.keep_until,
            fresh(ActForm, f"discard_{one.id.hex}") if one.discarded_at is None and at >= one.keep_until else None,
        )
        for one in found
    ]


@require_http_methods(["GET", "HEAD", "POST"])
@require("desk.menus")
def safety(request: DoorRequest, point_id: int) -> HttpResponse:
    """What the point must show whoever inspects it; a new cook, a new certificate, another licence."""
    desk = open_desk(request, "desk.menus")
    point = own_point(request, desk, point_id)
    page = partial(safety_page, request, desk, point)
    if request.method != "POST":
        return page(None)
    verb = VERBS.get(request.POST.get("what", ""))
    if verb is None:
        raise Http404
    form_of, do_it, done = verb
    if form_of is LicenceForm:
        licences = licences_of(point)
        form: ActForm = sent(partial(LicenceForm, licences=licences), "licence", request)  # type: ignore[arg-type]
    else:
        form = sent(form_of, request.POST["what"], request)
    return post(
        request,
        form,
        county=point.county,
        name=f"meal.{request.POST['what']}:{point.pk}",
        do=lambda told: do_it(request, point, told),
        page=page,
        done=str(done),
        on_to=reverse("provider:meals-safety", args=[point.pk]),
    )


def _engage(request: DoorRequest, point: Point, told: dict[str, Any]) -> Row:
    who, when = by(request), request.at
    new = NewWorker(name=told["name"], number=told["number"], job=Worker.Job.COOK)
    worker = engage(provider=point.provider, new=new, valid_from=request.on, at=when, by=who)
    _certify(request, worker, told)
    return engage_cook(point=point, worker=worker, valid_from=request.on, at=when, by=who)


def _certify(request: DoorRequest, worker: Worker, told: dict[str, Any]) -> Certificate:
    return certify(
        worker=worker,
        kind=HEALTH_CERTIFICATE,
        number=told["certificate"],
        valid_from=told["valid_from"],
        valid_to=told["valid_to"],
        at=request.at,
        by=by(request),
    )


def _renew(request: DoorRequest, point: Point, told: dict[str, Any]) -> Row:
    worker = Worker.objects.filter(pk=told["worker"], provider=point.provider).select_related("provider").first()
    if worker is None:
        raise Http404
    return _certify(request, worker, told)


def _leave(request: DoorRequest, point: Point, told: dict[str, Any]) -> Row:
    cook = Cook.objects.filter(pk=told["cook"], point=point).first()
    if cook is None:
        raise Http404
    return release_cook(cook=cook, last_day=told["last_day"], at=request.at, by=by(request))


def _licence(request: DoorRequest, point: Point, told: dict[str, Any]) -> Row:
    licence = next(one for one in licences_of(point) if str(one.pk) == told["licence"])
    return renew_licence(point=point, food_licence=licence, at=request.at, by=by(request))


Do = Callable[[DoorRequest, Point, dict[str, Any]], Row]
VERBS: dict[str, tuple[type[ActForm], Do, Any]] = {
    "cook": (CookForm, _engage, gettext_lazy("厨师已登记。")),
    "renew": (RenewForm, _renew, gettext_lazy("健康证已登记。")),
    "leave": (LeaveForm, _leave, gettext_lazy("已记下最后一天。")),
    "licence": (LicenceForm, _licence, gettext_lazy("食品经营许可已更换。")),
}


def licences_of(point: Point) -> list[Licence]:
    """The food licences of the provider, the one that holds longest first."""
    rows = Licence.objects.filter(provider=point.provider, kind=Licence.Kind.FOOD)
    return list(rows.order_by("-valid_from", "-id"))


def safety_page(
    request: DoorRequest,
    desk: Desk,
    point: Point,
    form: ActForm | None,
    refusal: Refusal | None = None,
    status: int = 200,
    *,
    closing: CloseForm | None = None,
) -> HttpResponse:
    others = [one for one in points_of(point.county, request.on) if one.pk != point.pk]
    close_of: Any = lambda **more: CloseForm(points=others, **more)  # noqa: E731
    licence_of: Any = lambda **more: LicenceForm(licences=licences_of(point), **more)  # noqa: E731
    renewing = form if isinstance(form, RenewForm) else None
    said = {
        **of_point(desk, point, request.on, "meals-safety"),
        "licence": point.food_licence,
        "licence_state": state_of(point.food_licence.valid_to, request.on),
        "licence_form": form
        if isinstance(form, LicenceForm)
        else fresh(licence_of, "licence", licence=point.food_licence_id),
        "cooks": cook_rows(point, request.on),
        "cook_form": form if isinstance(form, CookForm) else fresh(CookForm, "cook", valid_from=request.on),
        "cook_open": isinstance(form, CookForm),
        "renewing": renewing,
        "samples": sample_rows(point, request.at),
        "inspections": inspection_rows(point, request.on),
        "closures": list(
            Closure.objects.filter(county=point.county, point=point).select_related("move_to").order_by("-since")[:10]
        ),
        "close_form": closing or fresh(close_of, "close", since=request.on),
        "close_open": closing is not None,
        **troubles(form or closing, refusal),
    }
    return shown(request, desk, "provider/meals_safety.html", said, status=status)


@require_POST
@require("desk.menus")
def discard(request: DoorRequest, sample_id: UUID) -> HttpResponse:
    """A sample is thrown away after its time."""
    desk = open_desk(request, "desk.menus")
    sample = Sample.objects.select_related("dish__menu__point__provider").filter(id=sample_id).first()
    if sample is None:
        raise Http404
    point = sample.dish.menu.point
    if point.provider_id != desk.provider.id:
        out_of_reach(request, county=sample.county, subject="meal_sample", subject_id=sample.id)
    form = sent(ActForm, "discard", request)
    if not form.is_valid():
        raise Http404

    def do() -> dict[str, Any]:
        discard_sample(sample=sample, at=request.at, by=by(request))
        return {"id": str(sample.id)}

    try:
        act_once(request, county=sample.county, name=f"meal.discard:{sample.id}", form=form, do=do)
    except Refusal as refusal:
        return safety_page(request, desk, own_point(request, desk, point.pk), None, refusal, refusal.status)
    messages.success(request, _("已记下留样的处理。"))
    return HttpResponseRedirect(reverse("provider:meals-safety", args=[point.pk]))


@require_POST
@require("desk.menus")
def close(request: DoorRequest, point_id: int) -> HttpResponse:
    """Close the point at once; whoever booked goes where there is room, and is told where."""
    desk = open_desk(request, "desk.menus")
    point = own_point(request, desk, point_id)
    others = [one for one in points_of(point.county, request.on) if one.pk != point.pk]
    form = CloseForm(request.POST, points=others, auto_id="id_close_%s")
    if not form.is_valid():
        return safety_page(request, desk, point, None, status=422, closing=form)
    told = form.cleaned_data

    def do() -> dict[str, Any]:
        done = close_point(
            point=point,
            since=told["since"],
            until=told["until"],
            because=told["because"],
            move_to=next((one for one in others if str(one.pk) == told["move_to"]), None),
            at=request.at,
            by=by(request),
        )
        return {"moved": len(done.moved), "cancelled": len(done.cancelled)}

    try:
        answer = act_once(request, county=point.county, name=f"meal.close:{point.pk}", form=form, do=do)
    except Refusal as refusal:
        return safety_page(request, desk, point, None, refusal, refusal.status, closing=form)
    messages.success(request, closed_said(answer))
    return HttpResponseRedirect(reverse("provider:meals-safety", args=[point.pk]))


def closed_said(answer: dict[str, Any]) -> str:
    return _("已关停：%(moved)s 份订餐转走，%(cancelled)s 份取消。") % answer
