"""Services of the month with their evidence 服务记录: what was done, whether it counts, and one more to record."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.db.models import Q, QuerySet
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from songhe.doors.may import require
from songhe.doors.provider import words
from songhe.doors.provider.desk import Desk, by, open_desk, own_row, person_of, shown
from songhe.doors.provider.fields import ClockField, DayField, text_field
from songhe.doors.provider.finding import find_person
from songhe.doors.shell.pieces import Crumb, Fact
from songhe.doors.shell.request import DoorRequest
from songhe.doors.staff.acting import ActForm, act_once, because, fresh, in_words, sent
from songhe.doors.staff.cursor import PAGE, address, read_text, written
from songhe.kernel.geo import Point
from songhe.kernel.month import BEIJING, Month
from songhe.kernel.refusal import Refusal
from songhe.person.models import Person
from songhe.provider.models import Item, Price, Worker
from songhe.provider.price import prices_on
from songhe.provider.worker import working
from songhe.service import visit as visits_of_service
from songhe.service.models import Override, Visit
from songhe.service.visit import KINDS
from songhe.settlement.served import lately_served

MOST_AGO = timedelta(days=92)
#: People who are offered to be tapped instead of typed.
LATELY = 12


@dataclass(frozen=True)
class Row:
    """A record as lists show it."""

    address: str
    row: Visit
    name: str
    item: str
    worker: str
    span: str
    verdict: words.Word
    billed: bool


def visit_row(row: Visit) -> Row:
    return Row(
        address=reverse("provider:service", args=[row.id]),
        row=row,
        name=row.person.name,
        item=words.item(row.item),
        worker=row.worker.name if row.worker else "",
        span=span_of(row),
        verdict=words.evidence_of(row.verdict, row.verdict_reasons),
        billed=row.billed_line is not None,
    )


def span_of(row: Visit) -> str:
    """09:00–10:00"""
    if row.started_at is None or row.ended_at is None:
        return ""
    return f"{row.started_at.astimezone(BEIJING):%H:%M}–{row.ended_at.astimezone(BEIJING):%H:%M}"


def own(desk: Desk, username: str) -> QuerySet[Visit]:
    """The provider's records; a carer sees those of their own hands."""
    rows = Visit.objects.filter(county__in=desk.counties, provider=desk.provider)
    if not desk.is_manager:
        mine = Worker.objects.filter(provider=desk.provider, account=username).values("id")
        rows = rows.filter(Q(worker_id__in=mine) | Q(recorded_by=username))
    return rows


SHOW: dict[str, tuple[Any, Q]] = {
    "unbilled": (gettext_lazy("还没开账单"), Q(billed_line=None, item__in_scope=True) & ~Q(verdict="fail")),
    "fail": (gettext_lazy("凭据不通过"), Q(verdict="fail")),
    "pending": (gettext_lazy("凭据待核"), Q(verdict="pending")),
}


@require_safe
@require("desk.open")
def services(request: DoorRequest) -> HttpResponse:
    """The records of a month, the newest first."""
    desk = open_desk(request, "desk.open")
    try:
        month = Month.parse(request.GET["month"]) if request.GET.get("month") else Month.of(request.on)
    except Refusal:
        month = Month.of(request.on)
    every = own(desk, by(request)).filter(service_on__range=(month.first, month.last))
    show = request.GET.get("show", "")
    rows = every.filter(SHOW[show][1]) if show in SHOW else every
    if key := read_text(request.GET.get("after", "")):
        day, row_id = key
        rows = rows.filter(Q(service_on__lt=day) | Q(service_on=day, id__lt=row_id))
    found = list(rows.select_related("person", "item", "worker").order_by("-service_on", "-id")[: PAGE + 1])
    more, found = len(found) > PAGE, found[:PAGE]
    after = written(found[-1].service_on.isoformat(), found[-1].id) if more else ""
    said = {
        "month": month,
        "previous": address(request, month=month.previous, after="", show=show),
        "next": address(request, month=month.next, after="", show=show) if month < Month.of(request.on) else "",
        "rows": [visit_row(one) for one in found],
        "chips": [
            {"address": address(request, show="", after=""), "word": _("全部"), "count": every.count()}
            | {"current": show not in SHOW},
            *(
                {"address": address(request, show=name, after=""), "word": word, "count": every.filter(which).count()}
                | {"current": show == name}
                for name, (word, which) in SHOW.items()
            ),
        ],
        "first": address(request, after="") if request.GET.get("after") else "",
        "following": address(request, after=after) if after else "",
    }
    return shown(request, desk, "provider/services.html", said)


class ServiceForm(ActForm):
    """Who, what, by whom, when, where: the six elements of a record."""

    person = forms.UUIDField(required=False, widget=forms.HiddenInput)
    number = text_field(
        gettext_lazy("老人的证件号码、券号或卡号"),
        longest=40,
        required=False,
        help_text=gettext_lazy("第一次服务的老人，号码和姓名都要填。"),
    )
    name = text_field(gettext_lazy("老人姓名"), longest=60, required=False)
    item = forms.ChoiceField(label=gettext_lazy("服务项目"))
    worker = forms.ChoiceField(label=gettext_lazy("服务人员"), required=False)
    service_on = DayField(label=gettext_lazy("服务日期"))
    started = ClockField(label=gettext_lazy("开始时间"), required=False)
    ended = ClockField(label=gettext_lazy("结束时间"), required=False)
    quantity = forms.IntegerField(label=gettext_lazy("数量"), min_value=1, max_value=99, initial=1)
    confirmed = forms.BooleanField(label=gettext_lazy("老人当面确认了这次服务"), required=False)
    latitude = forms.FloatField(required=False, min_value=-90, max_value=90, widget=forms.HiddenInput)
    longitude = forms.FloatField(required=False, min_value=-180, max_value=180, widget=forms.HiddenInput)
    accuracy = forms.FloatField(required=False, min_value=0, max_value=100_000, widget=forms.HiddenInput)

    def __init__(self, *told: Any, prices: list[Price], workers: list[Worker], **more: Any) -> None:
        super().__init__(*told, **more)
        self.fields["item"].choices = [  # type: ignore[attr-defined]
            ("", _("请选择")),
            *((price.item.code, words.item(price.item)) for price in prices),
        ]
        self.fields["worker"].choices = [  # type: ignore[attr-defined]
            ("", _("没有指定")),
            *((str(worker.pk), worker.name) for worker in workers),
        ]

    def clean(self) -> dict[str, Any]:
        told = super().clean() or {}
        if not told.get("person") and not (told.get("number") and told.get("name")):
            self.add_error("number", _("请填写号码和姓名。"))
        return told

    def instant(self, name: str) -> datetime | None:
        told: time | None = self.cleaned_data[name]
        day: date = self.cleaned_data["service_on"]
        return None if told is None else datetime.combine(day, told, tzinfo=BEIJING)

    def position(self) -> Point | None:
        latitude, longitude = self.cleaned_data["latitude"], self.cleaned_data["longitude"]
        return None if latitude is None or longitude is None else Point(latitude, longitude)


def offered(desk: Desk, on: date) -> tuple[list[Price], list[Worker]]:
    """What may be recorded here and who may have done it."""
    prices = [price for price in prices_on(desk.provider, on) if price.item.evidence in KINDS]
    return prices, list(working(on).filter(provider=desk.provider).exclude(job="assessor").order_by("name", "id"))


@require_http_methods(["GET", "HEAD", "POST"])
@require("service.record")
def record(request: DoorRequest) -> HttpResponse:
    """Record one service; told twice it is kept once."""
    desk = open_desk(request, "service.record")
    prices, workers = offered(desk, request.on)
    form_of: Any = lambda *told, **more: ServiceForm(*told, prices=prices, workers=workers, **more)  # noqa: E731
    if request.method != "POST":
        person = whose(request, desk, request.GET.get("person", ""))
        mine = next((worker for worker in workers if worker.account == by(request)), None)
        initial: dict[str, Any] = {
            "service_on": request.on,
            "person": person.id if person else None,
            "worker": str(mine.pk) if mine else "",
        }
        return record_page(request, desk, fresh(form_of, "service", **initial), person=person)
    form = sent(form_of, "service", request)
    person = whose(request, desk, request.POST.get("person", ""))
    if not form.is_valid():
        return record_page(request, desk, form, person=person, wrong=form, status=422)
    try:
        told = form.cleaned_data
        known = person or find_person(desk, told["number"], told["name"])
        answer = kept(request, desk, form, known, prices, workers)  # type: ignore[arg-type]
    except Refusal as refusal:
        return record_page(request, desk, form, person=person, refusal=refusal, status=refusal.status)
    messages.success(request, _("已登记，凭据在月末统一核验。"))
    return HttpResponseRedirect(reverse("provider:service", args=[answer["id"]]))


def kept(
    request: DoorRequest, desk: Desk, form: ServiceForm, person: Person, prices: list[Price], workers: list[Worker]
) -> dict[str, Any]:
    told = form.cleaned_data
    item: Item = next(price.item for price in prices if price.item.code == told["item"])
    worker = next((one for one in workers if str(one.pk) == told["worker"]), None)

    def do() -> dict[str, Any]:
        visit = visits_of_service.record(
            county=person.county,
            person_id=person.id,
            provider=desk.provider,
            item=item,
            service_on=told["service_on"],
            at=request.at,
            on=request.on,
            by=by(request),
            worker=worker,
            started_at=form.instant("started"),
            ended_at=form.instant("ended"),
            quantity=told["quantity"],
            position=form.position(),
            accuracy=told["accuracy"],
            confirmed_by="elder" if told["confirmed"] else "",
            client_id=str(told["key"]),
        )
        return {"id": str(visit.id)}

    return act_once(request, county=person.county, name=f"provider.record:{desk.provider.id}", form=form, do=do)


def whose(request: DoorRequest, desk: Desk, person_id: str) -> Person | None:
    """The person named in the address or the form, if one is and they are served here."""
    if not person_id:
        return None
    try:
        wanted = UUID(person_id)
    except ValueError:
        raise Http404 from None
    return person_of(request, desk, wanted)


def record_page(
    request: DoorRequest,
    desk: Desk,
    form: ActForm,
    *,
    person: Person | None,
    wrong: ActForm | None = None,
    refusal: Refusal | None = None,
    status: int = 200,
) -> HttpResponse:
    lately: list[Person] = []
    if person is None:
        # Without a person both are needed, and said to be.
        form.fields["number"].required = form.fields["name"].required = True
        lately = lately_served(counties=desk.counties, provider_id=desk.provider.id, by=by(request), most=LATELY)
    said = {
        "form": form,
        "person": person,
        "lately": lately,
        "wrong": wrong,
        "refused": in_words(refusal) if refusal else "",
        "refused_code": refusal.code if refusal else "",
        "crumbs": [Crumb(pgettext("page", "服务记录"), reverse("provider:services")), Crumb(_("记一次服务"))],
    }
    return shown(request, desk, "provider/service_new.html", said, status=status)


class OverrideForm(ActForm):
    because = because(
        gettext_lazy("为什么应当通过"), gettext_lazy("写明当时的情况和可以核对的材料，县区会看到。"), longest=300
    )


@require_safe
@require("desk.open")
def service(request: DoorRequest, visit_id: UUID) -> HttpResponse:
    return service_page(request, visit_id)


def service_page(
    request: DoorRequest,
    visit_id: UUID,
    *,
    wrong: ActForm | None = None,
    refusal: Refusal | None = None,
    status: int = 200,
) -> HttpResponse:
    desk = open_desk(request, "desk.open")
    row = own_row(request, desk, known_visit(visit_id), "visit")
    overrides = list(Override.objects.filter(county=row.county, visit=row).order_by("asked_at"))
    may_ask = desk.is_manager and row.verdict == "fail" and not any(one.state == "asked" for one in overrides)
    said = {
        "crumbs": [Crumb(pgettext("page", "服务记录"), reverse("provider:services")), Crumb(words.item(row.item))],
        "visit": visit_row(row),
        "facts": [
            Fact(_("老人"), row.person.name, reverse("provider:person", args=[row.person_id])),
            Fact(_("服务日期"), row.service_on.isoformat()),
            Fact(_("起止时间"), span_of(row)),
            Fact(_("数量"), row.quantity),
            Fact(_("服务人员"), row.worker.name if row.worker else ""),
            Fact(_("定位"), _("有") if row.latitude is not None else _("没有")),
            Fact(_("谁确认"), words.CONFIRMED.get(row.confirmed_by, row.confirmed_by)),
            Fact(_("登记"), row.recorded_at.astimezone(BEIJING).strftime("%Y-%m-%d %H:%M")),
        ],
        "overrides": overrides,
        "ask": (wrong or fresh(OverrideForm, "override")) if may_ask else None,
        "wrong": wrong,
        "refused": in_words(refusal) if refusal else "",
        "refused_code": refusal.code if refusal else "",
    }
    return shown(request, desk, "provider/service.html", said, status=status)


def known_visit(visit_id: UUID) -> Visit | None:
    return Visit.objects.filter(id=visit_id).select_related("person", "item", "worker", "provider").first()


@require_POST
@require("service.record")
def ask_again(request: DoorRequest, visit_id: UUID) -> HttpResponse:
    """Ask the county to look again at a verdict; another person decides."""
    desk = open_desk(request, "service.record")
    row = own_row(request, desk, known_visit(visit_id), "visit")
    form = sent(OverrideForm, "override", request)
    if not form.is_valid():
        return service_page(request, visit_id, wrong=form, status=422)

    def do() -> dict[str, Any]:
        because_of = form.cleaned_data["because"]
        visits_of_service.ask_override(
            county=row.county, visit_id=row.id, verdict="pass", because=because_of, at=request.at, by=by(request)
        )
        return {"id": str(row.id)}

    try:
        act_once(request, county=row.county, name=f"provider.ask_override:{row.id}", form=form, do=do)
    except Refusal as refusal:
        return service_page(request, visit_id, refusal=refusal, status=refusal.status)
    messages.success(request, _("已申请复核，由县区另一人决定。"))
    return HttpResponseRedirect(reverse("provider:service", args=[row.id]))
