"""Tills without a network, of a county 离线收款: devices and their limits by two people, the guarantee, exceptions."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from songhe.doors.may import may, require
from songhe.doors.provider.fields import YuanField, text_field
from songhe.doors.shell.request import DoorRequest
from songhe.doors.staff import naming
from songhe.doors.staff.acting import ActForm, BecauseForm, act_once, because, fresh, in_words, sent
from songhe.doors.staff.offline_shown import DEVICES
from songhe.doors.staff.reach import account_of, counties, out_of_reach
from songhe.kernel.refusal import Refusal
from songhe.offline import decide as decisions
from songhe.offline import device as devices
from songhe.offline import guarantee, queries
from songhe.offline.models import Device, Endowment, Trouble

BEARERS = (
    ("merchant", gettext_lazy("商家承担")),
    ("county", gettext_lazy("县担保资金承担")),
    ("book", gettext_lazy("再入账一次，由卡支付")),
)


class LimitsForm(ActForm):
    card = YuanField(label=gettext_lazy("每卡每天担保（元）"))
    day = YuanField(label=gettext_lazy("每台设备每天担保（元）"))
    hours = forms.IntegerField(
        label=gettext_lazy("多少小时内上传"), min_value=1, max_value=devices.MOST_HOURS, localize=False
    )


class EndowForm(ActForm):
    county = forms.CharField(widget=forms.HiddenInput, max_length=6)
    amount = YuanField(label=gettext_lazy("转入担保资金（元）"))
    document_no = text_field(gettext_lazy("文号"), longest=80)


class DecideForm(ActForm):
    bearer = forms.ChoiceField(label=gettext_lazy("由谁承担"), choices=BEARERS)
    because = because(gettext_lazy("依据"), rows=2, longest=300)


def county_of(request: DoorRequest, wanted: str = "") -> tuple[str, list[str]]:
    """The county that the page is about, and those that could be chosen instead; another's is not there."""
    known = counties(request, "offline.read")
    found = wanted or request.GET.get("county") or (known[0] if known else "")
    if not found or found not in known:
        raise Http404
    return found, known


@require_safe
@require("offline.read")
def offline(request: DoorRequest) -> HttpResponse:
    return page(request, *county_of(request))


def page(
    request: DoorRequest, county: str, known: list[str], form: ActForm | None = None, refusal: Refusal | None = None
) -> HttpResponse:
    """Figures of the guarantee, devices with their forms, and what waits for a decision."""
    names = naming.places(known, request.on)
    proposes, approves, decides = (may(request.user, f"offline.{act}", request.on) for act in ACTS)
    found = queries.guarantee(county)
    chinese = (get_language() or "zh").startswith("zh")
    said = {
        "county_name": names[county],
        "chips": [{"word": names[one], "address": address(one, known), "current": one == county} for one in known]
        if len(known) > 1
        else [],
        "guarantee": found,
        "waiting": [
            (row, fresh(ActForm, f"endow_{row.id.hex}") if approves and by(request) != row.proposed_by else None)
            for row in found.waiting
        ],
        "endow": fresh(EndowForm, "endow", county=county) if proposes else None,
        "devices": [
            (
                one,
                DEVICES[one.device.state],
                *device_forms(one.device, by(request), proposes=proposes, approves=approves),
            )
            for one in queries.devices(counties=[county], on=request.on)
        ],
        "troubles": [
            (
                row,
                row.said.get("zh" if chinese else "en", ""),
                fresh(DecideForm, f"decide_{row.id.hex}") if decides else None,
            )
            for row in queries.troubles(counties=[county])[: queries.SHOWN]
        ],
        "wrong": form if form is not None and form.errors else None,
        "refused": in_words(refusal) if refusal else "",
        "refused_code": refusal.code if refusal else "",
    }
    status = refusal.status if refusal else 422 if said["wrong"] else 200
    return render(request, "staff/offline.html", said, status=status)


ACTS = ("propose", "approve", "decide")


def device_forms(row: Device, me: str, *, proposes: bool, approves: bool) -> tuple[ActForm | None, ...]:
    """The forms of a device in its state: its limits, whether it is admitted, its end."""
    name = row.id.hex
    usual: dict[str, Any] = {"card": "30", "day": "600", "hours": devices.USUAL_HOURS}
    limits = fresh(LimitsForm, f"limits_{name}", **usual) if proposes and row.state == "asked" else None
    other = approves and row.state == "proposed" and row.proposed_by != me
    answer = fresh(ActForm, f"admit_{name}") if other else None
    refuse = fresh(BecauseForm, f"decline_{name}") if other or (approves and row.state == "asked") else None
    end = fresh(BecauseForm, f"end_{name}") if (proposes or approves) and row.state == "admitted" else None
    return limits, answer, refuse, end


def address(county: str, known: list[str]) -> str:
    return reverse("staff:offline") + (f"?{urlencode({'county': county})}" if len(known) > 1 else "")


def by(request: DoorRequest) -> str:
    return account_of(request).username


def act(
    request: DoorRequest,
    county: str,
    known: list[str],
    form: ActForm,
    *,
    name: str,
    do: Callable[[dict[str, Any]], object],
    done: str,
) -> HttpResponse:
    """Do what a form asks for, once, and show the page again."""
    if not form.is_valid():
        return page(request, county, known, form)

    def once() -> dict[str, Any]:
        do(form.cleaned_data)
        return {}

    try:
        act_once(request, county=county, name=name, form=form, do=once)
    except Refusal as refusal:
        return page(request, county, known, form, refusal)
    messages.success(request, done)
    return HttpResponseRedirect(address(county, known))


def own(request: DoorRequest, row: Device | Trouble | Endowment | None, subject: str) -> list[str]:
    """The counties within reach, if the row is of one; elsewhere it is not there, and the asking is noted."""
    if row is None:
        raise Http404
    known = counties(request, "offline.read")
    if row.county not in known:
        out_of_reach(request, county=row.county, subject=subject, subject_id=row.id)
    return known


def own_device(request: DoorRequest, device_id: UUID) -> tuple[Device, list[str]]:
    row = Device.objects.filter(id=device_id).first()
    known = own(request, row, "offline_device")
    assert row is not None
    return row, known


@require_POST
@require("offline.propose")
def limits(request: DoorRequest, device_id: UUID) -> HttpResponse:
    """One person says what is guaranteed for a device."""
    row, known = own_device(request, device_id)

    def do(told: dict[str, Any]) -> object:
        asked = devices.Limits(told["card"], told["day"], told["hours"])
        return devices.propose(county=row.county, device_id=row.id, limits=asked, at=request.at, by=by(request))

    form = sent(LimitsForm, f"limits_{row.id.hex}", request)
    done = _("额度提出了，等另一个人批准。")
    return act(request, row.county, known, form, name=f"offline.propose:{row.id}", do=do, done=done)


@require_POST
@require("offline.approve")
def admit(request: DoorRequest, device_id: UUID) -> HttpResponse:
    """Another person admits it."""
    row, known = own_device(request, device_id)

    def do(_told: dict[str, Any]) -> object:
        return devices.admit(county=row.county, device_id=row.id, at=request.at, by=by(request))

    form = sent(ActForm, f"admit_{row.id.hex}", request)
    name = f"offline.admit:{row.id}"
    return act(request, row.county, known, form, name=name, do=do, done=_("设备可以离线收款了。"))


@require_POST
@require("offline.approve")
def decline(request: DoorRequest, device_id: UUID) -> HttpResponse:
    row, known = own_device(request, device_id)

    def do(told: dict[str, Any]) -> object:
        why = told["because"]
        return devices.decline(county=row.county, device_id=row.id, because=why, at=request.at, by=by(request))

    form = sent(BecauseForm, f"decline_{row.id.hex}", request)
    return act(request, row.county, known, form, name=f"offline.decline:{row.id}", do=do, done=_("设备没有准入。"))


@require_POST
@require("offline.decide")
def end(request: DoorRequest, device_id: UUID) -> HttpResponse:
    """The county stops a device at once."""
    row, known = own_device(request, device_id)

    def do(told: dict[str, Any]) -> object:
        return devices.end(county=row.county, device_id=row.id, because=told["because"], at=request.at, by=by(request))

    form = sent(BecauseForm, f"end_{row.id.hex}", request)
    return act(request, row.county, known, form, name=f"offline.end:{row.id}", do=do, done=_("设备停用了。"))


@require_POST
@require("offline.propose")
def endow(request: DoorRequest) -> HttpResponse:
    """One person puts money forward for the guarantee."""
    county, known = county_of(request, request.POST.get("county", ""))

    def do(told: dict[str, Any]) -> object:
        return guarantee.propose_endowment(
            county=county,
            amount_fen=told["amount"],
            document_no=told["document_no"],
            at=request.at,
            by=by(request),
        )

    form = sent(EndowForm, "endow", request)
    done = _("注资提出了，等另一个人批准。")
    return act(request, county, known, form, name="offline.endow", do=do, done=done)


@require_POST
@require("offline.approve")
def endowment(request: DoorRequest, endowment_id: UUID, answer: str) -> HttpResponse:
    """Another person approves it or not."""
    row = Endowment.objects.filter(id=endowment_id).first()
    known = own(request, row, "offline_endowment")
    if row is None or answer not in ("approve", "decline"):
        raise Http404
    told: dict[str, Any] = {"county": row.county, "endowment_id": row.id, "at": request.at, "by": by(request)}

    def do(_told: dict[str, Any]) -> object:
        if answer == "approve":
            return guarantee.approve_endowment(**told, on=request.on)
        return guarantee.decline_endowment(**told)

    form = sent(ActForm, f"endow_{row.id.hex}", request)
    name = f"offline.endowment:{answer}:{row.id}"
    return act(request, row.county, known, form, name=name, do=do, done=_("办好了。"))


@require_POST
@require("offline.decide")
def decide(request: DoorRequest, trouble_id: UUID) -> HttpResponse:
    """Who bears an exception; or its slip is booked after all."""
    row = Trouble.objects.filter(id=trouble_id).first()
    known = own(request, row, "offline_trouble")
    assert row is not None
    county = row.county
    told: dict[str, Any] = {"county": county, "trouble_id": row.id, "at": request.at, "on": request.on}

    def do(given: dict[str, Any]) -> object:
        if given["bearer"] == "book":
            return decisions.book_after_all(**told, because=given["because"], by=by(request))
        return decisions.decide(**told, bearer=given["bearer"], because=given["because"], by=by(request))

    form = sent(DecideForm, f"decide_{row.id.hex}", request)
    return act(request, county, known, form, name=f"offline.decide:{row.id}", do=do, done=_("办好了。"))
