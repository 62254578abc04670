"""Examination of providers 机构考核: drawn up by one, published by another, explained down to what was counted."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from songhe.doors.may import may, require
from songhe.doors.shell.pieces import Crumb
from songhe.doors.shell.request import DoorRequest
from songhe.doors.staff.acting import ActForm, BecauseForm, act_once, because, fresh, problems, sent
from songhe.doors.staff.examination_shown import OBJECTIONS, STATES, entry, name_of, rules_said
from songhe.doors.staff.examination_sides import back_to, tabs
from songhe.doors.staff.reach import county_of
from songhe.doors.staff.verbs import NOTHING_WRONG, Verb, Wrong, by_whom, find, in_state, offers, perform
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


Told = Mapping[str, Any]


def _publish(row: Examination, told: Told, request: DoorRequest) -> None:
    verbs.publish(examination=row, on=request.on, **by_whom(request))


def _drop(row: Examination, told: Told, request: DoorRequest) -> None:
    verbs.drop(examination=row, because=told["because"], **by_whom(request))


def _answer(row: Objection, told: Told, request: DoorRequest) -> None:
    answer(objection=row, upheld=told["upheld"] == "yes", words=told["words"], **by_whom(request))


VERBS = (
    Verb(
        "publish",
        "examination.publish",
        gettext_lazy("公布得分"),
        "",
        gettext_lazy("公布了，谁都能看到。"),
        ActForm,
        _publish,
        open_to=in_state(Examination.State.DRAWN),
        tone="main",
    ),
    Verb(
        "drop",
        "examination.publish",
        gettext_lazy("不公布"),
        "",
        gettext_lazy("这一次不公布。"),
        BecauseForm,
        _drop,
        open_to=in_state(Examination.State.DRAWN),
    ),
)
ANSWER = Verb(
    "answer",
    "examination.answer",
    gettext_lazy("答复"),
    "",
    gettext_lazy("答复好了，机构能看到。"),
    AnswerForm,
    _answer,
    open_to=in_state(Objection.State.MADE),
    tone="main",
)


@require_safe
@require("examination.read")
def examinations(request: DoorRequest) -> HttpResponse:
    return page(request, county_of(request, "examination.read"))


def page(
    request: DoorRequest,
    county: str,
    wrong: Wrong | None = None,
    status: int = 200,
    *,
    form: ActForm | None = None,
    refusal: Refusal | None = None,
) -> HttpResponse:
    """What was examined, and objections with the form of who may answer them."""
    last = Month.of(request.on).previous
    said = {
        **tabs(request, county, "staff:examination"),
        "rows": [(row, Month.parse(row.month), STATES[row.state]) for row in all_of(county)[:SHOWN]],
        "drawing": (form or fresh(DrawForm, "draw", county=county, month=str(last)))
        if may(request.user, "examination.draw", request.on)
        else None,
        "drawing_open": form is not None,
        "objections": [
            (
                row,
                name_of(row.indicator),
                OBJECTIONS[row.state],
                offers(request, row, [ANSWER], page="staff:examination-answer", wrong=wrong),
            )
            for row in objections(county)[:SHOWN]
        ],
        **(wrong.said() if wrong else problems(form, refusal)),
    }
    return render(request, "staff/examination.html", said, status=status)


@require_POST
@require("examination.draw")
def draw_up(request: DoorRequest) -> HttpResponse:
    """Examine a month that is over; a second time only with a reason."""
    county = county_of(request, "examination.read")
    form = sent(DrawForm, "draw", request)
    if not form.is_valid():
        return page(request, county, status=422, form=form)
    told = form.cleaned_data

    def do() -> dict[str, Any]:
        month = Month.parse(told["month"])
        made = verbs.draw(county=county, month=month, because=told["because"], on=request.on, **by_whom(request))
        return {"id": str(made.id)}

    try:
        done = act_once(request, county=county, name="examine.draw", form=form, do=do)
    except Refusal as refusal:
        return page(request, county, status=refusal.status, form=form, refusal=refusal)
    messages.success(request, _("考核作出来了，请另一人看过再公布。"))
    return HttpResponseRedirect(reverse("staff:examination-one", args=[done["id"]]))


def own(request: DoorRequest, examination_id: UUID) -> Examination:
    rows = Examination.objects.select_related("edition")
    row: Examination = find(request, rows, "examination.read", "examination", examination_id)
    return row


@require_safe
@require("examination.read")
def one(request: DoorRequest, examination_id: UUID) -> HttpResponse:
    return one_page(request, own(request, examination_id))


def one_page(request: DoorRequest, row: Examination, wrong: Wrong | None = None, status: int = 200) -> HttpResponse:
    """Every provider with every indicator, the scheme, and where counting anew gives something else."""
    scheme = scheme_of(row.edition)
    entries = [entry(each) for each in explained(row)]
    names = {each.id: each.name for each in entries}
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
        "offered": offers(request, row, VERBS, page="staff:examination-act", wrong=wrong),
        **(wrong.said() if wrong else NOTHING_WRONG),
    }
    return render(request, "staff/examination_one.html", said, status=status)


@require_POST
@require("examination.publish")
def act(request: DoorRequest, examination_id: UUID, verb: str) -> HttpResponse:
    """Publish what another person drew up, or drop it with a reason."""
    row = own(request, examination_id)
    return perform(
        request,
        row,
        VERBS,
        verb,
        shown=lambda wrong, status: one_page(request, own(request, examination_id), wrong, status),
        after=reverse("staff:examination-one", args=[row.id]),
    )


@require_POST
@require("examination.answer")
def answered(request: DoorRequest, objection_id: UUID, verb: str) -> HttpResponse:
    """Answer a provider's objection; whoever drew up or published the examination does not."""
    row: Objection = find(request, Objection.objects, "examination.read", "examine_objection", objection_id)
    return perform(
        request,
        row,
        [ANSWER],
        verb,
        shown=lambda wrong, status: page(request, row.county, wrong, status),
        after=back_to("staff:examination", row.county),
    )
