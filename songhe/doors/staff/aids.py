"""Aids of a county 辅具: what is in stock and out, the days and the deposits, damages to decide, recalls."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_POST, require_safe

from songhe.aid.catalogue import aids_on
from songhe.aid.lend import decide_damage
from songhe.aid.models import Aid, Inspection
from songhe.aid.queries import by_aid, by_lender, claims, recalls, stand
from songhe.aid.stock import recall
from songhe.document.file import read_file
from songhe.document.models import StoredFile
from songhe.doors.may import may, require
from songhe.doors.provider.fields import YuanField
from songhe.doors.shell.request import DoorRequest
from songhe.doors.staff import naming
from songhe.doors.staff.acting import ActForm, act_once, because, fresh, problems, sent
from songhe.doors.staff.aids_shown import CONDITIONS, PIECES, name_of
from songhe.doors.staff.reach import counties, county_of
from songhe.doors.staff.verbs import by_whom, find
from songhe.kernel.month import Month
from songhe.kernel.refusal import Refusal


class DecideForm(ActForm):
    amount = YuanField(label=gettext_lazy("认定家里赔多少（元）"), least_fen=0)
    because = because(gettext_lazy("依据"), rows=2, longest=300)


class RecallForm(ActForm):
    county = forms.CharField(widget=forms.HiddenInput, max_length=6)
    aid = forms.ChoiceField(label=gettext_lazy("哪一种辅具"))
    notice_no = forms.CharField(label=gettext_lazy("召回通知的文号"), max_length=80)
    serials = forms.CharField(
        label=gettext_lazy("序列号"),
        help_text=gettext_lazy("一行一个；不填就是全部。"),
        required=False,
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    because = because(gettext_lazy("为什么召回"), rows=2, longest=300)

    def __init__(self, *told: Any, aids: list[Aid], **more: Any) -> None:
        super().__init__(*told, **more)
        fields: dict[str, Any] = self.fields
        fields["aid"].choices = [(str(one.pk), name_of(one)) for one in aids]


@dataclass(frozen=True)
class Claim:
    """A damage that waits for a decision, with the form of who may decide it."""

    row: Inspection
    aid: str
    condition: Any
    form: ActForm | None


@require_safe
@require("aid.read")
def aids(request: DoorRequest) -> HttpResponse:
    return page(request, county_of(request, "aid.read"))


def page(
    request: DoorRequest,
    county: str,
    *,
    form: ActForm | None = None,
    about: UUID | None = None,
    refusal: Refusal | None = None,
) -> HttpResponse:
    """Figures, who lends what, damages to decide, recalls."""
    month = Month.of(request.on)
    decides = may(request.user, "aid.decide", request.on)
    calls_back = may(request.user, "aid.recall", request.on)
    known = counties(request, "aid.read")
    names = naming.places(known, request.on)
    said = {
        "county": county,
        "county_name": names[county],
        "chips": [{"word": names[one], "address": address(one), "current": one == county} for one in known]
        if len(known) > 1
        else [],
        "month": month,
        "stand": stand(county, month, request.on),
        "states": list(PIECES.values()),
        "by_aid": [(name_of(aid), list(states.values())) for aid, states in by_aid(county)],
        "lenders": by_lender(county),
        "claims": [
            Claim(
                row,
                name_of(row.loan.piece.aid),
                CONDITIONS[row.condition],
                decide_form(row, form if about == row.id else None) if decides else None,
            )
            for row in claims(county)
        ],
        "recalls": [(row, name_of(row.aid), out) for row, out in recalls(county)],
        "recall": recall_form(request, county, form) if calls_back else None,
        **problems(form, refusal),
    }
    status = refusal.status if refusal else 422 if said["wrong"] else 200
    return render(request, "staff/aids.html", said, status=status)


def address(county: str) -> str:
    return f"{reverse('staff:aids')}?{urlencode({'county': county})}"


def decide_form(row: Inspection, given: ActForm | None) -> ActForm:
    return given if given is not None else fresh(DecideForm, f"decide_{row.id.hex}")


def recall_form(request: DoorRequest, county: str, given: ActForm | None) -> ActForm:
    if isinstance(given, RecallForm):
        return given
    catalogue = aids_on(county, request.on)
    made: Any = lambda **more: RecallForm(aids=catalogue, **more)  # noqa: E731
    return fresh(made, "recall", county=county)


def own_claim(request: DoorRequest, inspection_id: UUID) -> Inspection:
    rows = Inspection.objects.select_related("loan__piece")
    row: Inspection = find(request, rows, "aid.read", "aid_inspection", inspection_id)
    return row


@require_POST
@require("aid.decide")
def decide(request: DoorRequest, inspection_id: UUID) -> HttpResponse:
    """How much the family owes for a damage, by the evidence; neither the provider nor who claims it decides."""
    row = own_claim(request, inspection_id)
    form = sent(DecideForm, f"decide_{row.id.hex}", request)
    if not form.is_valid():
        return page(request, row.county, form=form, about=row.id)
    told = form.cleaned_data

    def do() -> dict[str, Any]:
        decide_damage(inspection=row, decided_fen=told["amount"], because=told["because"], **by_whom(request))
        return {}

    try:
        act_once(request, county=row.county, name=f"aid.decide:{row.id}", form=form, do=do)
    except Refusal as refusal:
        return page(request, row.county, form=form, about=row.id, refusal=refusal)
    messages.success(request, _("认定好了，机构可以退押金了。"))
    return HttpResponseRedirect(address(row.county))


@require_safe
@require("aid.read")
def evidence(request: DoorRequest, inspection_id: UUID) -> HttpResponse:
    """The picture of a damage, to keep; a browser never opens it as a page."""
    row = own_claim(request, inspection_id)
    if row.evidence_id is None:
        raise Http404
    stored = StoredFile.objects.everywhere("evidence of a damage").get(county=row.county, id=row.evidence_id)
    answer = HttpResponse(read_file(stored), content_type="application/octet-stream")
    answer.headers["Content-Disposition"] = f'attachment; filename="{stored.name}"'
    return answer


@require_POST
@require("aid.recall")
def call_back(request: DoorRequest) -> HttpResponse:
    """Call a model, or some of its pieces, back in the whole county."""
    county = county_of(request, "aid.read")
    catalogue = aids_on(county, request.on)
    form = RecallForm(request.POST, aids=catalogue, auto_id="id_recall_%s")
    if not form.is_valid():
        return page(request, county, form=form)
    told = form.cleaned_data
    aid = next(one for one in catalogue if str(one.pk) == told["aid"])

    def do() -> dict[str, Any]:
        _made, loans = recall(
            county=county,
            aid=aid,
            because=told["because"],
            notice_no=told["notice_no"],
            serials=told["serials"].split(),
            on=request.on,
            **by_whom(request),
        )
        return {"out": len(loans)}

    try:
        answer = act_once(request, county=county, name="aid.recall", form=form, do=do)
    except Refusal as refusal:
        return page(request, county, form=form, refusal=refusal)
    out = answer["out"]
    said = ngettext(
        "召回登记好了，还有 %(count)s 件在老人家里，机构会去取。",
        "召回登记好了，还有 %(count)s 件在老人家里，机构会去取。",
        out,
    )
    messages.success(request, said % {"count": out})
    return HttpResponseRedirect(address(county))
