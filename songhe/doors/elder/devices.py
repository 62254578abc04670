"""My devices 我的登录设备: where one is signed in, for how long, and how to sign a telephone out from afar."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.contrib import messages
from django.contrib.auth import logout
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from songhe.doors.elder.showing import show
from songhe.doors.elder.whom import account_of, out_of_reach
from songhe.doors.may import require
from songhe.doors.shell.models import SignIn
from songhe.doors.shell.request import DoorRequest
from songhe.doors.shell.sessions import Shown, county_of, end_one, end_others, sessions


@dataclass(frozen=True)
class Device:
    """A sign-in that is open; its times by the clock of the door, like everything else that people read."""

    shown: Shown
    used_at: datetime
    until: datetime | None


def _device(one: Shown) -> Device:
    row = one.row
    began = row.began_at or row.at
    return Device(
        one,
        row.at + ((row.seen_at or began) - began),
        row.at + (row.stays_until - began) if row.stays_until else None,
    )


@require_safe
@require("device.own")
def devices(request: DoorRequest) -> HttpResponse:
    """The sign-ins that are open, this one first."""
    found = [_device(one) for one in sessions(request, account_of(request)) if one.open]
    said = {"devices": found, "others": sum(not one.shown.here for one in found)}
    return show(request, "elder/devices.html", said)


@require_POST
@require("device.own")
def end(request: DoorRequest, sign_in_id: int) -> HttpResponse:
    """Sign a device out. Somebody else's is not there (404), and the asking is noted."""
    account = account_of(request)
    row = SignIn.objects.filter(pk=sign_in_id).select_related("account").first()
    if row is None:
        raise Http404
    if row.account_id != account.pk:
        out_of_reach(
            request, county=county_of(request, row.account), subject=SignIn._meta.label, subject_id=str(sign_in_id)
        )
    here = row.session == request.session.session_key
    end_one(request, account, row)
    if here:
        logout(request)
    messages.success(request, _("这台设备已经退出登录。"))
    return HttpResponseRedirect("/" if here else reverse("elder:devices"))


@require_POST
@require("device.own")
def end_all_others(request: DoorRequest) -> HttpResponse:
    """Stay signed in here alone."""
    end_others(request, account_of(request))
    messages.success(request, _("其他设备都已经退出登录。"))
    return HttpResponseRedirect(reverse("elder:devices"))
