"""Work without a network 离线收款: devices with what they may lose, slips, exceptions, the till itself."""

from __future__ import annotations

import json
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseRedirect, JsonResponse
from django.middleware.csrf import get_token
from django.urls import reverse
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from songhe.doors.may import may, require
from songhe.doors.provider.desk import Desk, by, open_desk, own_row, shown
from songhe.doors.provider.fields import text_field
from songhe.doors.provider.posting import post, troubles
from songhe.doors.shell.request import DoorRequest
from songhe.doors.shell.worker import worker_script
from songhe.doors.staff.acting import ActForm, fresh, in_words, sent
from songhe.doors.staff.offline_shown import BEARERS, DEVICES, SLIPS, Shown
from songhe.kernel.refusal import Refusal
from songhe.offline import device as verbs
from songhe.offline import queries
from songhe.offline.models import Device, Slip
from songhe.offline.signed import Sent
from songhe.offline.sync import take_in
from songhe.provider.models import Price

#: What the till is made of, kept on the device with its page.
ASSETS = (
    "css/tokens.css",
    "css/base.css",
    "css/pieces.css",
    "css/print.css",
    "css/staff.css",
    "css/provider.css",
    "img/mark.svg",
    "js/shell.js",
    "js/leave.js",
    "js/staff.js",
    "vendor/idb.js",
    "js/offline/store.js",
    "js/offline/till.js",
)


class DeviceForm(ActForm):
    name = text_field(gettext_lazy("设备名称"), longest=40)
    public_key = text_field(
        gettext_lazy("设备公钥"),
        longest=64,
        help_text=gettext_lazy("在这台设备上按“登记本机”会自动填好；别的收款机填 64 位十六进制公钥。"),
    )


class StopForm(ActForm):
    because = text_field(gettext_lazy("为什么停用"), longest=200)


class UploadForm(ActForm):
    slips = forms.CharField(
        label=gettext_lazy("单据文件的内容"),
        help_text=gettext_lazy("一行一笔：单据、空格、签名。"),
        max_length=120_000,
        widget=forms.Textarea(attrs={"rows": 4}),
    )


@require_safe
@require("desk.offline")
def offline(request: DoorRequest) -> HttpResponse:
    return page(request, open_desk(request, "desk.offline"))


def page(
    request: DoorRequest,
    desk: Desk,
    form: ActForm | None = None,
    refusal: Refusal | None = None,
    status: int = 200,
) -> HttpResponse:
    """The devices, what each may cost, what was handed in lately, and what waits for the county."""
    told: dict[str, Any] = {"counties": desk.counties, "provider_id": desk.provider.id}
    manages = may(request.user, "desk.offline_device", request.on)
    stands = queries.devices(**told, on=request.on)
    said = {
        "devices": [
            (
                one,
                DEVICES[one.device.state],
                fresh(StopForm, f"stop_{one.device.id.hex}") if manages and one.device.state == "admitted" else None,
                fresh(UploadForm, f"upload_{one.device.id.hex}") if one.device.admitted_at else None,
            )
            for one in stands
        ],
        "slips": slips_shown(list(queries.slips(**told)[: queries.SHOWN])),
        "troubles": [(row, words(row.said)) for row in queries.troubles(**told)[: queries.SHOWN]],
        "register": (form if isinstance(form, DeviceForm) else fresh(DeviceForm, "device")) if manages else None,
        **troubles(form, refusal),
    }
    return shown(request, desk, "provider/offline.html", said, status=status)


def slips_shown(slips: list[Slip]) -> list[tuple[Slip, Shown, Shown | None]]:
    """Each slip with its state and, once the county has decided, who bears what it was short of."""
    decided = queries.bearers(slips)
    found = []
    for row in slips:
        bearer = BEARERS.get(decided.get(row.id, ""))
        is_booked = row.state == Slip.State.BOOKED
        found.append((row, SLIPS[row.state] if is_booked or bearer is None else bearer, bearer if is_booked else None))
    return found


def words(said: dict[str, Any]) -> str:
    """Why, in the language of the page."""
    return str(said.get("zh" if (get_language() or "zh").startswith("zh") else "en", ""))


@require_POST
@require("desk.offline_device")
def register(request: DoorRequest) -> HttpResponse:
    """Ask the provider's own county for a device to be admitted."""
    desk = open_desk(request, "desk.offline_device")
    county = desk.provider.place

    def do(told: dict[str, Any]) -> Device:
        key = told["public_key"].strip().lower()
        return verbs.ask(
            provider=desk.provider, county=county, name=told["name"], public_key=key, at=request.at, by=by(request)
        )

    return post(
        request,
        sent(DeviceForm, "device", request),
        county=county,
        name="offline.ask",
        do=do,
        page=lambda form, refusal=None, status=200: page(request, desk, form, refusal, status),
        done=_("已提交登记，等县里两个人批准。"),
        on_to=reverse("provider:offline"),
    )


@require_POST
@require("desk.offline_device")
def stop(request: DoorRequest, device_id: UUID) -> HttpResponse:
    """Stop a device at once: it was lost, or is not used any more."""
    desk = open_desk(request, "desk.offline_device")
    row = own_device(request, desk, device_id)

    def do(told: dict[str, Any]) -> Device:
        return verbs.end(county=row.county, device_id=row.id, because=told["because"], at=request.at, by=by(request))

    return post(
        request,
        sent(StopForm, f"stop_{row.id.hex}", request),
        county=row.county,
        name=f"offline.end:{row.id}",
        do=do,
        page=lambda form, refusal=None, status=200: page(request, desk, form, refusal, status),
        done=_("设备停用了。"),
        on_to=reverse("provider:offline"),
    )


@require_POST
@require("desk.offline")
def upload(request: DoorRequest, device_id: UUID) -> HttpResponse:
    """Hand slips in out of a file, by hand; what was handed in before is answered as before."""
    desk = open_desk(request, "desk.offline")
    row = own_device(request, desk, device_id)
    form = sent(UploadForm, f"upload_{row.id.hex}", request)
    if not form.is_valid():
        return page(request, desk, form, status=422)
    lines = [line.split() for line in form.cleaned_data["slips"].splitlines() if line.strip()]
    slips = [Sent(line[0][:400], line[1][:128] if len(line) > 1 else "") for line in lines]
    try:
        answers = take_in(county=row.county, device_id=row.id, sent=slips, at=request.at, by=by(request))
    except Refusal as refusal:
        return page(request, desk, form, refusal, refusal.status)
    booked = sum(each.state == "booked" for each in answers)
    said = _("上传 %(all)s 笔，入账 %(booked)s 笔。") % {"all": len(answers), "booked": booked}
    messages.success(request, said)
    return HttpResponseRedirect(reverse("provider:offline"))


def own_device(request: DoorRequest, desk: Desk, device_id: UUID) -> Device:
    row: Device = own_row(request, desk, Device.objects.filter(id=device_id).first(), "offline_device")
    return row


# --- the till itself --------------------------------------------------------------------------------------------------


@require_safe
@require("desk.offline")
def till(request: DoorRequest) -> HttpResponse:
    """The page that the device keeps: nobody's data stand on it, the device's own store fills it."""
    return shown(request, open_desk(request, "desk.offline"), "provider/offline_till.html", {})


@require_safe
@require("desk.offline")
def hello(request: DoorRequest) -> JsonResponse:
    """What the till has to know while there is a network: its devices with their limits, the prices, a fresh token."""
    desk = open_desk(request, "desk.offline")
    rows = Device.objects.filter(county__in=desk.counties, provider=desk.provider).order_by("id")
    prices = Price.objects.filter(provider=desk.provider, valid_from__lte=request.on).exclude(valid_to__lt=request.on)
    english = (get_language() or "zh") == "en"
    return JsonResponse(
        {
            "csrf": get_token(request),
            "now": request.at.isoformat(),
            "devices": [
                {
                    "id": row.id.hex,
                    "key": row.public_key,
                    "state": row.state,
                    "card_fen": row.card_fen,
                    "day_fen": row.day_fen,
                    "helps": row.helps,
                }
                for row in rows
            ],
            "items": [
                {
                    "code": each.item.code,
                    "name": each.item.name_en if english else each.item.name,
                    "help": each.item.help,
                    "fen": each.price_fen,
                }
                for each in prices.select_related("item").order_by("item__code")
            ],
        }
    )


@require_POST
@require("desk.offline")
def hand_in(request: DoorRequest, device_id: UUID) -> JsonResponse:
    """The till's own upload: what became of each slip, by its digest."""
    desk = open_desk(request, "desk.offline")
    row = own_device(request, desk, device_id)
    try:
        told = json.loads(request.body)
        slips = [Sent(str(each["text"])[:400], str(each["signature"])[:128]) for each in told["slips"]]
    except (ValueError, KeyError, TypeError):
        raise Http404 from None
    try:
        answers = take_in(county=row.county, device_id=row.id, sent=slips, at=request.at, by=by(request))
    except Refusal as refusal:
        return JsonResponse({"refused": in_words(refusal), "code": refusal.code}, status=refusal.status)
    return JsonResponse({"items": [{"digest": one.digest, "state": one.state, "code": one.code} for one in answers]})


@require_safe
def worker(request: DoorRequest) -> HttpResponse:
    page = reverse("provider:offline-till")
    return worker_script(name="till", assets=ASSETS, page=page, scope="/provider/offline/")
