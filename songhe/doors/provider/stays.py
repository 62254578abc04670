"""Residents of an institution 入住: admit, agree on another end, call the roll, discharge."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from songhe.doors.may import require
from songhe.doors.provider import words
from songhe.doors.provider.desk import Desk, by, open_desk, own_row, shown
from songhe.doors.provider.fields import DayField, text_field
from songhe.doors.provider.finding import find_person
from songhe.doors.shell.pieces import Crumb
from songhe.doors.shell.request import DoorRequest
from songhe.doors.staff.acting import ActForm, act_once, fresh, in_words, sent
from songhe.kernel.refusal import Refusal
from songhe.policy.terms import terms
from songhe.service import stay as verbs
from songhe.service.models import Presence, Stay
from songhe.service.queries import residents
from songhe.settlement.served import PROGRAMME


class AdmitForm(ActForm):
    number = text_field(gettext_lazy("证件号码、券号或卡号"), longest=40)
    name = text_field(gettext_lazy("老人姓名"), longest=60)
    admitted_on = DayField(label=gettext_lazy("入住日期"))
    agreed_until = DayField(
        label=gettext_lazy("约定住到"), required=False, help_text=gettext_lazy("不填为长期；决定按长期还是短期抵扣。")
    )
    bed = text_field(gettext_lazy("床位"), longest=20, required=False)
    contract_no = text_field(gettext_lazy("合同编号"), longest=60, required=False)


class DischargeForm(ActForm):
    discharged_on = DayField(label=gettext_lazy("退住日期"))
    because = forms.ChoiceField(
        label=gettext_lazy("原因"), choices=[(code, word) for code, word in words.DISCHARGED.items()]
    )


class ExtendForm(ActForm):
    agreed_until = DayField(label=gettext_lazy("改约住到"))


class RollForm(ActForm):
    day = DayField(label=gettext_lazy("日期"))
    there = forms.MultipleChoiceField(required=False)


@dataclass(frozen=True)
class Resident:
    stay: Stay
    name: str
    address: str
    group: Any
    there: bool


def long_days(county: str, on: Any) -> int:
    try:
        return terms(policy=PROGRAMME, place=county, on=on).long_stay_days
    except Refusal:
        return verbs.LONG_DAYS


@require_safe
@require("desk.stays")
def stays(request: DoorRequest) -> HttpResponse:
    return stays_page(request)


def stays_page(
    request: DoorRequest, *, wrong: ActForm | None = None, refusal: Refusal | None = None, status: int = 200
) -> HttpResponse:
    """Who lives here today, by bed, and who answered the roll."""
    desk = open_desk(request, "desk.stays")
    if not desk.houses:
        raise Http404
    county = desk.counties[0]
    rows = [
        one for each in desk.counties for one in residents(county=each, provider_id=desk.provider.id, day=request.on)
    ]
    answered = set(
        Presence.objects.filter(
            county__in=desk.counties, stay_id__in=[one.id for one in rows], on=request.on
        ).values_list("stay_id", flat=True)
    )
    most = long_days(county, request.on)
    said = {
        "rows": [
            Resident(
                one,
                one.person.name,
                reverse("provider:person", args=[one.person_id]),
                words.word(words.CATEGORIES, verbs.category_of(one, on=request.on, long_days=most)).said,
                one.id in answered,
            )
            for one in rows
        ],
        "answered": len(answered),
        "admit": wrong if isinstance(wrong, AdmitForm) else fresh(AdmitForm, "admit", admitted_on=request.on),
        "admit_open": isinstance(wrong, AdmitForm) or request.GET.get("admit") == "1",
        "roll": fresh(RollForm, "roll", day=request.on),
        "wrong": wrong,
        "refused": in_words(refusal) if refusal else "",
        "refused_code": refusal.code if refusal else "",
    }
    return shown(request, desk, "provider/stays.html", said, status=status)


@require_POST
@require("desk.stays")
def admit(request: DoorRequest) -> HttpResponse:
    desk = open_desk(request, "desk.stays")
    form = sent(AdmitForm, "admit", request)
    if not form.is_valid():
        return stays_page(request, wrong=form, status=422)
    told = form.cleaned_data
    try:
        person = find_person(desk, told["number"], told["name"])

        def do() -> dict[str, Any]:
            stay = verbs.admit(
                county=person.county,
                person_id=person.id,
                provider=desk.provider,
                admitted_on=told["admitted_on"],
                agreed_until=told["agreed_until"],
                bed=told["bed"],
                contract_no=told["contract_no"],
                at=request.at,
                on=request.on,
                by=by(request),
            )
            return {"id": str(stay.id)}

        answer = act_once(request, county=person.county, name=f"provider.admit:{desk.provider.id}", form=form, do=do)
    except Refusal as refusal:
        return stays_page(request, wrong=form, refusal=refusal, status=refusal.status)
    messages.success(request, _("%(name)s已登记入住。") % {"name": person.name})
    return HttpResponseRedirect(reverse("provider:stay", args=[answer["id"]]))


def stay_of(request: DoorRequest, desk: Desk, stay_id: UUID) -> Stay:
    row = Stay.objects.filter(id=stay_id).select_related("person", "provider").first()
    found: Stay = own_row(request, desk, row, "stay")
    return found


@require_http_methods(["GET", "HEAD", "POST"])
@require("desk.stays")
def stay(request: DoorRequest, stay_id: UUID) -> HttpResponse:
    """One stay, and how it goes on: another agreed end, or the last day."""
    desk = open_desk(request, "desk.stays")
    row = stay_of(request, desk, stay_id)
    if request.method != "POST":
        return stay_page(request, desk, row)
    verb = VERBS.get(request.POST.get("verb", ""))
    if verb is None:
        raise Http404
    name, form_of, do_it, done = verb
    form = sent(form_of, name, request)
    if not form.is_valid():
        return stay_page(request, desk, row, wrong=form, status=422)

    def do() -> dict[str, Any]:
        do_it(
            {"county": row.county, "stay_id": row.id, "at": request.at, "by": by(request)}, form.cleaned_data, request
        )
        return {"id": str(row.id)}

    try:
        act_once(request, county=row.county, name=f"provider.{name}:{row.id}", form=form, do=do)
    except Refusal as refusal:
        return stay_page(request, desk, row, refusal=refusal, status=refusal.status)
    messages.success(request, str(done))
    return HttpResponseRedirect(reverse("provider:stay", args=[row.id]))


def _extend(row: Mapping[str, Any], told: Mapping[str, Any], request: DoorRequest) -> object:
    return verbs.extend(**row, agreed_until=told["agreed_until"])


def _discharge(row: Mapping[str, Any], told: Mapping[str, Any], request: DoorRequest) -> object:
    return verbs.discharge(**row, discharged_on=told["discharged_on"], because=told["because"], on=request.on)


Do = Callable[[Mapping[str, Any], Mapping[str, Any], DoorRequest], object]
VERBS: dict[str, tuple[str, type[ActForm], Do, Any]] = {
    "extend": ("extend", ExtendForm, _extend, gettext_lazy("已改约定。")),
    "discharge": ("discharge", DischargeForm, _discharge, gettext_lazy("已登记退住。")),
}


def stay_page(
    request: DoorRequest,
    desk: Desk,
    row: Stay,
    *,
    wrong: ActForm | None = None,
    refusal: Refusal | None = None,
    status: int = 200,
) -> HttpResponse:
    most = long_days(row.county, request.on)
    signs = Presence.objects.filter(county=row.county, stay_id=row.id).order_by("-on", "means")[:31]
    is_open = row.discharged_on is None
    discharge: ActForm = fresh(DischargeForm, "discharge", discharged_on=request.on)
    extend: ActForm = fresh(ExtendForm, "extend", agreed_until=row.agreed_until)
    said = {
        "crumbs": [Crumb(_("入住与点名"), reverse("provider:stays")), Crumb(row.person.name)],
        "row": row,
        "nights": verbs.nights(row, on=request.on, died_on=row.person.died_on),
        "group": words.word(words.CATEGORIES, verbs.category_of(row, on=request.on, long_days=most)).said,
        "why_left": words.DISCHARGED.get(row.discharged_because, row.discharged_because),
        "days": [one.on for one in signs],
        "discharge": (wrong if isinstance(wrong, DischargeForm) else discharge) if is_open else None,
        "extend": (wrong if isinstance(wrong, ExtendForm) else extend) if is_open else None,
        "wrong": wrong,
        "refused": in_words(refusal) if refusal else "",
        "refused_code": refusal.code if refusal else "",
    }
    return shown(request, desk, "provider/stay.html", said, status=status)


@require_POST
@require("desk.stays")
def roll(request: DoorRequest) -> HttpResponse:
    """Everybody who is in the house today, ticked on one sheet."""
    desk = open_desk(request, "desk.stays")
    form = RollForm(request.POST, auto_id="id_roll_%s")
    ids = [one for one in request.POST.getlist("there") if _is_id(one)]
    form.fields["there"].choices = [(one, one) for one in ids]  # type: ignore[attr-defined]
    if not form.is_valid():
        return stays_page(request, wrong=form, status=422)
    taken = 0
    try:
        for county in desk.counties:

            def do(county: str = county) -> dict[str, Any]:
                return {
                    "taken": verbs.call_roll(
                        county=county,
                        provider=desk.provider,
                        day=form.cleaned_data["day"],
                        stay_ids=[UUID(one) for one in ids],
                        at=request.at,
                        on=request.on,
                        by=by(request),
                    )
                }

            taken += act_once(request, county=county, name="provider.roll", form=form, do=do)["taken"]
    except Refusal as refusal:
        return stays_page(request, refusal=refusal, status=refusal.status)
    messages.success(request, ngettext("已点到 %(count)s 人。", "已点到 %(count)s 人。", taken) % {"count": taken})
    return HttpResponseRedirect(reverse("provider:stays"))


def _is_id(text: str) -> bool:
    try:
        return bool(UUID(text))
    except ValueError:
        return False
