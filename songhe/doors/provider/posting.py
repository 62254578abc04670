"""A form of the provider's own file is sent: looked at, done once, and shown again with what is wrong with it."""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import Any, Protocol

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect

from songhe.doors.shell.request import DoorRequest
from songhe.doors.staff.acting import ActForm, act_once, in_words
from songhe.kernel.refusal import Refusal


class Row(Protocol):
    pk: Any


class Page(Protocol):
    """The page of a form; with the form as it was sent, and what refused it, where it was not taken."""

    def __call__(self, form: ActForm, refusal: Refusal | None = None, status: int = 200) -> HttpResponse: ...


def post(
    request: DoorRequest,
    form: ActForm,
    *,
    county: str,
    name: str,
    do: Callable[[dict[str, Any]], Row],
    page: Page,
    done: str,
    on_to: str,
    not_kept: Collection[str] = (),
) -> HttpResponse:
    """Do what a form asks for, once, and go on; else its page again.

    ``not_kept``: fields that only the verb sees; what is kept of the call to know it by has none of them.
    """
    if not form.is_valid():
        return page(form, status=422)
    told = form.cleaned_data
    form.cleaned_data = {field: value for field, value in told.items() if field not in not_kept}
    try:
        act_once(request, county=county, name=name, form=form, do=lambda: {"id": str(do(told).pk)})
    except Refusal as refusal:
        return page(form, refusal, refusal.status)
    messages.success(request, done)
    return HttpResponseRedirect(on_to)


def troubles(form: ActForm | None, refusal: Refusal | None) -> dict[str, Any]:
    """What a page says at its head of a form that was not taken."""
    return {
        "wrong": form if form is not None and form.errors else None,
        "refused": in_words(refusal) if refusal else "",
        "refused_code": refusal.code if refusal else "",
    }
