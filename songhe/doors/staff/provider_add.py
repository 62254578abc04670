"""A provider is taken onto the list of those known 登记机构; an assessment body with its assessors."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from songhe.doors.may import require
from songhe.doors.shell.pieces import Crumb
from songhe.doors.shell.request import DoorRequest
from songhe.doors.staff import naming, words
from songhe.doors.staff.acting import ActForm, act_once, fresh, in_words
from songhe.doors.staff.provider_acts import day_said
from songhe.doors.staff.providers import provider_address
from songhe.doors.staff.reach import counties, reach
from songhe.doors.staff.verbs import by_whom
from songhe.kernel.refusal import Refusal, reason
from songhe.provider.admit import admit
from songhe.provider.models import Kind, Worker
from songhe.provider.worker import NewWorker

ASSESSORS_UNREADABLE = reason(
    "staff.assessors_unreadable",
    zh="第{row}行看不懂，每行应为：姓名，编号，从业起始日期，学历，培训日期，考核日期。",
    en="Line {row} cannot be read; each line is: name, number, practising since, education, trained on, examined on.",
)


class AdmitForm(ActForm):
    kind = forms.ChoiceField(label=gettext_lazy("机构类型"))
    name = forms.CharField(label=gettext_lazy("机构名称"), max_length=120)
    credit_code = forms.CharField(
        label=gettext_lazy("统一社会信用代码"), max_length=24, help_text=gettext_lazy("18 位，末位是校验位。")
    )
    credit_code_override = forms.CharField(
        label=gettext_lazy("校验位不符的说明"),
        max_length=200,
        required=False,
        help_text=gettext_lazy("证照上确实如此时才填。"),
    )
    place = forms.ChoiceField(label=gettext_lazy("所在区县"))
    address = forms.CharField(label=gettext_lazy("地址"), max_length=200, required=False)
    phone = forms.CharField(label=gettext_lazy("联系电话"), max_length=20, required=False)
    beds = forms.IntegerField(label=gettext_lazy("床位数"), min_value=0, required=False)
    filed_on = forms.CharField(
        label=gettext_lazy("备案日期"), max_length=20, required=False, help_text=gettext_lazy("例如 2026-03-08")
    )
    assessors = forms.CharField(
        label=gettext_lazy("评估师"),
        required=False,
        help_text=gettext_lazy(
            "只有评估机构要填，至少 5 名。每行一名：姓名，编号，从业起始日期，学历，培训日期，考核日期。"
        ),
        widget=forms.Textarea(attrs={"rows": 5}),
    )

    def __init__(self, *args: Any, places: list[tuple[str, str]] | None = None, **more: Any) -> None:
        super().__init__(*args, **more)
        fields: dict[str, Any] = self.fields
        fields["kind"].choices = [(kind, words.PROVIDER_KINDS[kind].said) for kind in Kind.values]
        fields["place"].choices = places or []


@require_http_methods(["GET", "HEAD", "POST"])
@require("provider.write")
def add(request: DoorRequest) -> HttpResponse:
    """Take in a body; whether vouchers may be used there is another person's decision."""
    reach(request, "provider.write")
    known = counties(request, "provider.write")
    if not known:
        raise Http404
    places = [(code, naming.whole_place(code, request.on)) for code in known]
    crumbs = [Crumb(_("机构"), reverse("staff:providers")), Crumb(_("登记机构"))]
    if request.method != "POST":
        form: ActForm = AdmitForm(initial={"key": fresh(ActForm, "x").initial["key"]}, places=places)
        return render(request, "staff/provider_add.html", {"crumbs": crumbs, "form": form})
    form = AdmitForm(request.POST, places=places)
    if not form.is_valid():
        return render(request, "staff/provider_add.html", {"crumbs": crumbs, "form": form, "wrong": form}, status=422)
    told = form.cleaned_data

    def do() -> dict[str, Any]:
        filed = told["filed_on"].strip()
        made = admit(
            kind=told["kind"],
            name=told["name"],
            credit_code=told["credit_code"],
            credit_code_override=told["credit_code_override"],
            place=told["place"],
            address=told["address"],
            phone=told["phone"],
            beds=told["beds"] or 0,
            filed_on=day_said(filed, "filed_on") if filed else None,
            assessors=read_assessors(told["assessors"]),
            **by_whom(request),
        )
        return {"provider": made.pk}

    try:
        answer = act_once(request, county=told["place"], name="staff.provider.admit", form=form, do=do)
    except Refusal as refusal:
        form.add_error(refusal.field if refusal.field in form.fields else None, in_words(refusal))
        said = {"crumbs": crumbs, "form": form, "wrong": form}
        return render(request, "staff/provider_add.html", said, status=refusal.status)
    messages.success(request, _("已登记。核对清单后申请准入，由另一人审批。"))
    return HttpResponseRedirect(provider_address(answer["provider"], told["place"]))


def read_assessors(text: str) -> list[NewWorker]:
    """One assessor a line. Refuses with ``staff.assessors_unreadable``."""
    found = []
    for number, line in enumerate((each for each in text.splitlines() if each.strip()), 1):
        parts = [part.strip() for part in line.replace("，", ",").replace("\t", ",").split(",")]
        if len(parts) < 4:
            raise ASSESSORS_UNREADABLE("assessors", row=number)
        parts += [""] * (6 - len(parts))
        try:
            since, trained, examined = (
                day_said(part, "assessors") if part else None for part in (parts[2], *parts[4:6])
            )
        except Refusal:
            raise ASSESSORS_UNREADABLE("assessors", row=number) from None
        education = words.EDUCATION_OF.get(parts[3], parts[3])
        found.append(
            NewWorker(
                job=Worker.Job.ASSESSOR,
                name=parts[0],
                number=parts[1],
                practising_since=since,
                education=education,
                trained_on=trained,
                examined_on=examined,
            )
        )
    return found
