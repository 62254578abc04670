"""What the tablet needs to work without a network: its worker, a page without anybody's data, and the key of its store.

What the device keeps is encrypted with a key that the server gives to the signed-in assessor and works out anew each
time, so that it stands in no table; another account gets another key. The tab keeps it while it is open. So a tablet
that is lost with its browser closed holds nothing that can be read; it does not protect against who holds the unlocked
tablet with the page open.
"""

from __future__ import annotations

from base64 import b64encode

from django.http import HttpResponse, JsonResponse
from django.middleware.csrf import get_token
from django.shortcuts import render
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from songhe.assessment.request import STANDARD
from songhe.assessment.scale import find as find_scale
from songhe.doors.assessor import asked
from songhe.doors.may import require
from songhe.doors.shell.request import DoorRequest
from songhe.doors.shell.worker import worker_script
from songhe.doors.staff.reach import account_of

#: What the pages are made of, kept on the device with the page itself.
ASSETS = (
    "css/tokens.css",
    "css/base.css",
    "css/pieces.css",
    "css/print.css",
    "css/assessor.css",
    "img/mark.svg",
    "js/shell.js",
    "js/leave.js",
    "vendor/idb.js",
    "js/assessor/visit.js",
    "js/assessor/store.js",
    "js/assessor/sync.js",
    "js/assessor/form.js",
    "js/assessor/evidence.js",
    "js/assessor/offline.js",
)


def key_of(account_id: int) -> bytes:
    """The key of an account's store on any device."""
    return salted_hmac("songhe.assessor.device", str(account_id), algorithm="sha256").digest()


@require_safe
@require("assessment.submit")
def device(request: DoorRequest) -> JsonResponse:
    """Who is signed in, the key of their store, and a fresh token for what waits to be sent."""
    account = account_of(request)
    return JsonResponse(
        {
            "account": account.pk,
            "key": b64encode(key_of(account.pk)).decode(),
            "csrf": get_token(request),
            "at": request.at.isoformat(),
        }
    )


@require_safe
@require("assessment.submit")
def offline(request: DoorRequest) -> HttpResponse:
    """The page that the worker shows where there is no network: all steps, empty; the device's script fills them."""
    scale = find_scale(STANDARD)
    steps = [
        {"slug": slug, "title": asked.title_of(scale, slug), "sections": asked.sections(scale, slug, {})}
        for slug in asked.STEPS
    ]
    needed = sorted(asked.needed_codes(scale)) + [item.code for item in scale.items]
    settles = [[one.field, one.option] for one in scale.circumstances if one.final_level is not None]
    said = {"steps": steps, "needed": {"codes": needed, "settles": settles}, "title": _("没有网络")}
    return render(request, "assessor/offline.html", said)


@require_safe
def worker(request: DoorRequest) -> HttpResponse:
    return worker_script(name="assessor", assets=ASSETS, page="/assessor/offline/", scope="/assessor/")
