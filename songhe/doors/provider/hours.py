"""When the place is open 营业时间: set by the provider, shown to everybody on the list and the map of merchants."""

from __future__ import annotations

from functools import partial
from typing import Any

from django import forms
from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from songhe.doors.may import check, require
from songhe.doors.provider.desk import Desk, by, open_desk, shown
from songhe.doors.provider.own import tabs
from songhe.doors.provider.posting import post, troubles
from songhe.doors.public.opening import now_said, week_said
from songhe.doors.shell.request import DoorRequest
from songhe.doors.staff.acting import ActForm, fresh, in_words, sent
from songhe.doors.staff.meals_shown import WEEKDAYS
from songhe.kernel.refusal import Refusal
from songhe.provider.hours import parse, set_hours, weeks, written
from songhe.provider.models import Provider


class HoursForm(ActForm):
    """One line a day, the same way of writing as on the door of a shop."""

    def __init__(self, *told: Any, **more: Any) -> None:
        super().__init__(*told, **more)
        for number, word in enumerate(WEEKDAYS, start=1):
            self.fields[f"day{number}"] = forms.CharField(label=word, required=False, max_length=60)

    def clean(self) -> dict[str, Any]:
        told = super().clean() or {}
        for number in range(1, 8):
            try:
                parse(told.get(f"day{number}", ""))
            except Refusal as refusal:
                self.add_error(f"day{number}", in_words(refusal))
        return told


@require_http_methods(["GET", "HEAD", "POST"])
@require("desk.own")
def hours(request: DoorRequest) -> HttpResponse:
    """The week as it stands, and the form that sets it."""
    desk = open_desk(request, "desk.own")
    row = desk.provider
    page = partial(hours_page, request, desk)
    if request.method != "POST":
        week = weeks([row.pk])[row.pk]
        stands: dict[str, Any] = {f"day{day}": written(spans) for day, spans in week.items()}
        return page(fresh(HoursForm, "hours", **stands))
    check(request, "provider.write")

    def do(told: dict[str, Any]) -> Provider:
        week = {number: told[f"day{number}"] for number in range(1, 8)}
        return set_hours(provider=row, week=week, at=request.at, by=by(request))

    return post(
        request,
        sent(HoursForm, "hours", request),
        county=row.place,
        name=f"provider.hours:{row.id}",
        do=do,
        page=page,
        done=_("营业时间记下了，大家马上能看到。"),
        on_to=reverse("provider:hours"),
    )


def hours_page(
    request: DoorRequest, desk: Desk, form: ActForm, refusal: Refusal | None = None, status: int = 200
) -> HttpResponse:
    week = weeks([desk.provider.pk])[desk.provider.pk]
    said = {
        "tabs": tabs("hours"),
        "form": form,
        "week": week_said(week),
        "now": now_said(week, request.at),
        **troubles(form, refusal),
    }
    return shown(request, desk, "provider/hours.html", said, status=status)
