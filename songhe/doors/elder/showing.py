"""How a page of this door is shown: whose pages they are, and the way back."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language

from songhe.doors.elder.whom import Whom, everybody
from songhe.doors.shell.request import DoorRequest
from songhe.kernel.refusal import Refusal


def show(
    request: DoorRequest,
    template: str,
    said: Mapping[str, Any] | None = None,
    *,
    whom: Whom | None = None,
    back: str = "",
    back_word: Any = "",
    refusal: Refusal | None = None,
    status: int = 200,
) -> HttpResponse:
    """The page, with the person whose it is; ``refusal`` is what a verb said, in the words of the page."""
    told: dict[str, Any] = {
        "whom": whom,
        "several": whom is not None and whom.assistance is None and len(everybody(request)) > 1,
        "back": back,
        "back_word": back_word,
        "refused": refusal.message(get_language() or "zh") if refusal else "",
        "refused_code": refusal.code if refusal else "",
    }
    if refusal is not None and status == 200:
        status = refusal.status
    return render(request, template, told | dict(said or {}), status=status)
