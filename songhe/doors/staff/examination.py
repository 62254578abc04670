"""Examination of providers 机构考核: drawn up by one, published by another, explained down to what was counted."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from songhe.doors.may import may, require
from songhe.doors.shell.pieces import Crumb
from songhe.doors.shell.request import DoorRequest
from songhe.doors.staff.acting import ActForm, BecauseForm, act_once, because, fresh, in_words, sent
from songhe.doors.staff.examination_shown import OBJECTIONS, STATES, entry, name_of, rules_said
from songhe.doors.staff.examination_sides import tabs
from songhe.doors.staff.reach import account_of, counties, out_of_reach
from songhe.examine import draw as verbs
from songhe.examine.models import Examination, Objection
from songhe.examine.object import answer
from songhe.examine.queries import all_of, explained, objections
from songhe.examine.scheme import scheme_of
from songhe.kernel.month import Month
from songhe.kernel.refusal import Refusal

#: As many examinations and objections stand on the page.
SHOWN = 40


class DrawForm(ActForm):
    county = forms.CharField(widget=forms.HiddenInput, max_length=6)
    month = forms.CharField(label=gettext_lazy("考核哪个月"), help_text=gettext_lazy("写成 2026-03。"), max_length=7)
    because = because(gettext_lazy("更正原因"), gettext_lazy("第一次考核不填。"), rows=2, longest=300)

    def __init__(self, *told: Any, **more: Any) -> None:
        super().__init__(*told, **more)
        self.fields["because"].required = False


class AnswerForm(ActForm):
    upheld = forms.ChoiceField(
        label=gettext_lazy("异议是否成立"),
        choices=[("yes", gettext_lazy("异议成立")), ("no", gettext_lazy("异议不成立"))],
    )
    words = because(gettext_lazy("答复"), rows=2)


def county_of(request: DoorRequest, wanted: str = "") -> tuple[str, list[str]]:
    """The county that the page is about, and those that could be chosen instead; another's is not there."""
    known = counties(request, "examination.read")
    found = wanted or request.GET.get("county") or (known[0] if known else "")
    if not found or found not in known:
        raise Http404
    return found, known


@require_safe
@require("examination.read")
def examinations(request: DoorRequest) -> HttpResponse:
    return page(request, *county_of(request))


def page(
    request: DoorRequest,
    county: str,
    known: list[str],
    *,
    form: ActForm | None = None,
    about: UUID | None = None,
    refusal: Refusal | None = None,
) -> HttpResponse:
    """What was examined, and objections with the form of who may answer them."""
    answers = may(request.user, "examination.answer", request.on)
    last = Month.of(request.on).previous
    drawing = form if isinstance(form, DrawForm) else fresh(DrawForm, "draw", county=county, month=str(last))
    said = {
        **tabs(request, county, "staff:examination"),
        "rows": [(row, Month.parse(row.month), STATES[row.state]) for row in all_of(county)[:SHOWN]],
        "drawing": drawing if may(request.user, "examination.draw", request.on) else None,
        "drawing_open": isinstance(form, DrawForm),
        "objections": [
            (row, name_of(row.indicator), OBJECTIONS[row.state], answer_form(row, form if about == row.id else None))
            if answers and row.state == Objection.State.MADE
            else (row, name_of(row.indicator), OBJECTIONS[row.state], None)
            for row in objections(county)[:SHOWN]
        ],
        **trouble(form, refusal),
    }
    status = refusal.status if refusal else 422 if said["wrong"] else 200
    return render(request, "staff/examination.html", said, status=status)


def trouble(form: ActForm | None, refusal: Refusal | None) -> dict[str, Any]:
    return {
        "wrong": form if form is not None and form.errors else None,
        "refused": in_words(refusal) if refusal else "",
        "refused_code": refusal.code if refusal else "",
    }


def address(county: str, known: list[str]) -> str:
    return reverse("staff:examination") + (f"?{urlencode({'county': county})}" if len(known) > 1 else "")


def answer_form(row: Objection, given: ActForm | None) -> ActForm:
    return given if given is not None else fresh(AnswerForm, f"answer_{row.id.hex}")


@require_POST
@require("examination.draw")
def draw_up(request: DoorRequest) -> HttpResponse:
    """Examine a month that is over; a second time only with a reason."""
    county, known = county_of(request, request.POST.get("county", ""))
    form = sent(DrawForm, "draw", request)
    if not form.is_valid():
        return page(request, county, known, form=form)
    told = form.cleaned_data

    def do() -> dict[str, Any]:
        made = verbs.draw(
            county=county,
            month=Month.parse(told["month"]),
            because=told["because"],
            at=request.at,
            on=request.on,
            by=account_of(request).username,
        )
        return {"id": str(made.id)}

    try:
        done = act_once(request, county=county, name="examine.draw", form=form, do=do)
    except Refusal as refusal:
        return page(request, county, known, form=form, refusal=refusal)
    messages.success(request, _("考核作出来了，请另一人看过再公布。"))
    return HttpResponseRedirect(reverse("staff:examination-one", args=[done["id"]]))


def own(request: DoorRequest, examination_id: UUID) -> Examination:
    """An examination within reach; elsewhere it is not there, and the asking is noted."""
    row = Examination.objects.filter(id=examination_id).select_related("edition").first()
    if row is None:
        raise Http404
    if row.county not in counties(request, "examination.read"):
        out_of_reach(request, county=row.county, subject="examination", subject_id=row.id)
    return row


@require_safe
@require("examination.read")
def one(request: DoorRequest, examination_id: UUID) -> HttpResponse:
    return one_page(request, own(request, examination_id))


def one_page(
    request: DoorRequest, row: Examination, form: ActForm | None = None, refusal: Refusal | None = None
) -> HttpResponse:
    """Every provider with every indicator, the scheme, and where counting anew gives something else."""
    scheme = scheme_of(row.edition)
    entries = [entry(each) for each in explained(row)]
    names = {each.id: each.name for each in entries}
    decides = row.state == Examination.State.DRAWN and may(request.user, "examination.publish", request.on)
    said = {
        "crumbs": [Crumb(_("机构考核"), reverse("staff:examination")), Crumb(row.month)],
        "row": row,
        "month": Month.parse(row.month),
        "state": STATES[row.state],
        "entries": entries,
        "scheme": scheme,
        "rules": rules_said(scheme),
        "differs": [
            (names.get(provider, provider), name_of(code), f"{old.num}/{old.den}", f"{new.num}/{new.den}")
            for provider, code, old, new in verbs.differences(row)
        ],
        "publish": fresh(ActForm, "publish") if decides else None,
        "drop": (form if isinstance(form, BecauseForm) else fresh(BecauseForm, "drop")) if decides else None,
        **trouble(form, refusal),
    }
    status = refusal.status if refusal else 422 if said["wrong"] else 200
    return render(request, "staff/examination_one.html", said, status=status)


@require_POST
@require("examination.publish")
def act(request: DoorRequest, examination_id: UUID, verb: str) -> HttpResponse:
    """Publish what another person drew up, or drop it with a reason."""
    if verb not in ("publish", "drop"):
        raise Http404
    row = own(request, examination_id)
    form = sent(ActForm if verb == "publish" else BecauseForm, verb, request)
    if not form.is_valid():
        return one_page(request, row, form)
    by = account_of(request).username

    def do() -> dict[str, Any]:
        if verb == "publish":
            verbs.publish(examination=row, at=request.at, on=request.on, by=by)
        else:
            verbs.drop(examination=row, because=form.cleaned_data["because"], at=request.at, by=by)
        return {}

    try:
        act_once(request, county=row.county, name=f"examine.{verb}:{row.id}", form=form, do=do)
    except Refusal as refusal:
        return one_page(request, row, form, refusal)
    messages.success(request, _("公布了，谁都能看到。") if verb == "publish" else _("这一次不公布。"))
    return HttpResponseRedirect(reverse("staff:examination-one", args=[row.id]))


@require_POST
@require("examination.answer")
def answered(request: DoorRequest, objection_id: UUID) -> HttpResponse:
    """Answer a provider's objection; whoever drew up or published the examination does not."""
    row = Objection.objects.filter(id=objection_id).first()
    if row is None:
        raise Http404
    known = counties(request, "examination.read")
    if row.county not in known:
        out_of_reach(request, county=row.county, subject="examine_objection", subject_id=row.id)
    form = sent(AnswerForm, f"answer_{row.id.hex}", request)
    if not form.is_valid():
        return page(request, row.county, known, form=form, about=row.id)
    told = form.cleaned_data

    def do() -> dict[str, Any]:
        upheld = told["upheld"] == "yes"
        answer(objection=row, upheld=upheld, words=told["words"], at=request.at, by=account_of(request).username)
        return {}

    try:
        act_once(request, county=row.county, name=f"examine.answer:{row.id}", form=form, do=do)
    except Refusal as refusal:
        return page(request, row.county, known, form=form, about=row.id, refusal=refusal)
    messages.success(request, _("答复好了，机构能看到。"))
    return HttpResponseRedirect(address(row.county, known))
