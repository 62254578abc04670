"""What both a plain form and the device's script send: once by its key, answered by a page or as JSON."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import wraps
from typing import Any
from uuid import UUID

from django.http import HttpRequest, JsonResponse
from django.http.response import HttpResponseBase
from django.utils.translation import get_language

from songhe.doors.assessor.visits import Visit
from songhe.doors.shell.request import DoorRequest
from songhe.doors.staff.reach import account_of
from songhe.jobs.once import once
from songhe.kernel.refusal import Refusal, reason

KEY_MISSING = reason(
    "assessor.key_missing",
    zh="这次提交没有编号，请刷新页面后再试。",
    en="This form carries no key; load the page again.",
    status=400,
)
NOT_UNDERSTOOD = reason(
    "assessor.not_understood",
    zh="提交的内容读不懂，请刷新页面后再试。",
    en="What was sent cannot be read; load the page again.",
    status=400,
)


def by_script(request: HttpRequest) -> bool:
    """The device's script asks for JSON; a plain form takes a page."""
    return request.headers.get("Accept", "").startswith("application/json")


def do_once(
    request: DoorRequest, visit: Visit, *, name: str, told: Mapping[str, Any], do: Callable[[], Mapping[str, Any]]
) -> dict[str, Any]:
    """Do it once for the key that came with it, however often it is sent. Refuses with ``assessor.key_missing``."""
    try:
        key = str(UUID(request.POST.get("key", "")))
    except ValueError:
        raise KEY_MISSING("key") from None
    return once(
        county=visit.row.county,
        client=account_of(request).username,
        key=key,
        body={"act": name, "no": visit.row.no, **told},
        at=request.at,
        do=lambda: dict(do()),
    )


View = Callable[..., HttpResponseBase]


def told_to_scripts(view: View) -> View:
    """A refusal is JSON where JSON was asked for."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        try:
            return view(request, *args, **kwargs)
        except Refusal as refusal:
            if not by_script(request):
                raise
            said = {"refused": in_words(refusal), "code": refusal.code, "field": refusal.field}
            return JsonResponse(said, status=refusal.status)

    return guarded


def in_words(refusal: Refusal) -> str:
    return refusal.message(get_language() or "zh")
