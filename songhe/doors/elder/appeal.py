"""Appealing 申诉: against a decision, until the day that the letter names; answered by somebody who took no part."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from songhe.doors.elder.apply import find
from songhe.doors.elder.case import appeal_days
from songhe.doors.elder.showing import show
from songhe.doors.elder.whom import account_of, noted, require_act, require_confirmed, whom
from songhe.doors.may import require
from songhe.doors.shell.request import DoorRequest
from songhe.doors.staff.acting import ActForm, act_once, fresh, sent
from songhe.entitlement import appeal as verb
from songhe.kernel.refusal import Refusal


class AppealForm(ActForm):
    grounds = forms.CharField(
        label=gettext_lazy("您为什么不同意？"),
        help_text=gettext_lazy("写明哪里不对、有什么证明。由没有参与原决定的人来办。"),
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 6}),
        error_messages={"required": gettext_lazy("请写明理由。")},
    )


@require_http_methods(["GET", "HEAD", "POST"])
@require("entitlement.appeal")
def appeal(request: DoorRequest, no: str) -> HttpResponse:
    found = require_act(whom(request), "complain")
    row = find(request, found, no)
    form = sent(AppealForm, "appeal", request) if request.method == "POST" else fresh(AppealForm, "appeal")
    status, refusal = 200, None
    if request.method == "POST":
        status = 422
        if form.is_valid():

            def do() -> dict[str, Any]:
                verb.appeal(
                    application=row,
                    grounds=form.cleaned_data["grounds"],
                    at=request.at,
                    on=request.on,
                    by=account_of(request).username,
                )
                noted(request, found, "entitlement.appeal", subject=row._meta.label, subject_id=row.id)
                return {"no": row.no}

            try:
                require_confirmed(found)
                act_once(request, county=row.county, name=f"elder.appeal:{row.no}", form=form, do=do)
                messages.success(request, _("申诉已经收到，由没有参与原决定的人办理。"))
                return HttpResponseRedirect(reverse("elder:case", args=[no]))
            except Refusal as refused:
                refusal, status = refused, refused.status
    decided, until = appeal_days(row)
    said = {
        "form": form,
        "row": row,
        "decided": decided,
        "until": until,
        "late": until is not None and request.on > until,
    }
    back = reverse("elder:case", args=[no])
    return show(request, "elder/appeal.html", said, whom=found, back=back, refusal=refusal, status=status)
