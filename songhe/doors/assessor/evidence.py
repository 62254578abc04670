"""What shows that the visit took place: a photograph, and where it was, if the family consents. 现场凭据"""

from __future__ import annotations

import hashlib
from base64 import b64encode
from typing import Any

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect, JsonResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from songhe.assessment import draft
from songhe.assessment.picture import MOST_BYTES_IN
from songhe.document.file import read_file
from songhe.document.models import StoredFile
from songhe.document.upload import UPLOAD_MISSING
from songhe.doors.assessor.acting import NOT_UNDERSTOOD, by_script, do_once, in_words, told_to_scripts
from songhe.doors.assessor.state import State
from songhe.doors.assessor.visits import Visit, find
from songhe.doors.may import require
from songhe.doors.shell.request import DoorRequest
from songhe.doors.staff.reach import account_of
from songhe.kernel.refusal import Refusal

KINDS = {"png": "image/png", "jpg": "image/jpeg"}


def as_data(stored: StoredFile) -> str:
    """A kept picture as an address that needs no further request; empty where the file is lost."""
    try:
        content = read_file(stored)
    except Refusal:
        return ""
    return f"data:{KINDS[stored.kind]};base64,{b64encode(content).decode()}"


@require_POST
@require("assessment.submit")
@told_to_scripts
def photo(request: DoorRequest, no: str) -> HttpResponse:
    """Keep a photograph of the elder with the assessor, or of the place."""
    found = find(request, no)
    handed_in = request.FILES.get("photo")
    content = handed_in.read(MOST_BYTES_IN + 1) if handed_in else b""

    def do() -> dict[str, Any]:
        if handed_in is None:
            raise UPLOAD_MISSING("photo")
        draft.attach_photo(assessment=found.row, content=content, at=request.at, by=account_of(request))
        return {}

    told = {"photo": hashlib.sha256(content).hexdigest()}
    return answered(request, found, "photo", told, do, _("照片已保存。"))


@require_POST
@require("assessment.submit")
@told_to_scripts
def place(request: DoorRequest, no: str) -> HttpResponse:
    """Record where the visit is, with the consent of the elder or the family."""
    found = find(request, no)
    try:
        longitude, latitude, accuracy = (float(request.POST.get(name, "")) for name in ("lon", "lat", "accuracy"))
    except ValueError:
        raise NOT_UNDERSTOOD("lon") from None
    consent = request.POST.get("consent", "")

    def do() -> dict[str, Any]:
        draft.locate(
            assessment=found.row,
            longitude=longitude,
            latitude=latitude,
            accuracy=accuracy,
            with_consent_of=consent,
            at=request.at,
            by=account_of(request).username,
        )
        return {}

    told = {"lon": longitude, "lat": latitude, "consent": consent}
    return answered(request, found, "place", told, do, _("位置已记录。"))


def answered(request: DoorRequest, found: Visit, name: str, told: dict[str, Any], do: Any, words: str) -> HttpResponse:
    """Back to the last look with what was done or why it was not; the device gets JSON."""
    back = HttpResponseRedirect(reverse("assessor:check", args=[found.row.no]))
    try:
        do_once(request, found, name=name, told=told, do=do)
    except Refusal as refusal:
        if by_script(request):
            raise
        messages.error(request, in_words(refusal))
        return back
    if by_script(request):
        return JsonResponse({**State(find(request, found.row.no)).for_device(), "said": words})
    messages.success(request, words)
    return back
