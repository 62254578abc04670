"""A steward's weekly round, on a telephone 每周走访: whom this week, what was seen in a tap or two, needs heard."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from songhe.doors.may import may, require
from songhe.doors.provider.fields import DayField
from songhe.doors.shell.pieces import Crumb
from songhe.doors.shell.request import DoorRequest
from songhe.doors.staff import rounds_words as words
from songhe.doors.staff.acting import ActForm, act_once, fresh, problems
from songhe.doors.staff.credits_station import who
from songhe.doors.staff.credits_words import help_said
from songhe.doors.staff.reach import counties, out_of_reach
from songhe.kernel.refusal import Refusal
from songhe.outreach import need as needs
from songhe.outreach import queries, rounds
from songhe.outreach.models import Round, Visit


class VisitForm(ActForm):
    means = forms.ChoiceField(
        label=gettext_lazy("怎么看的"), choices=list(words.MEANS.items()), widget=forms.RadioSelect, initial="door"
    )
    outcome = forms.ChoiceField(
        label=gettext_lazy("怎么样"),
        choices=[(code, word.said) for code, word in words.OUTCOMES.items()],
        widget=forms.RadioSelect,
    )
    words = forms.CharField(
        label=gettext_lazy("情况"),
        help_text=gettext_lazy("都好可以不写；别的写一句。"),
        required=False,
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    done = forms.MultipleChoiceField(
        label=gettext_lazy("顺手帮了什么"), required=False, widget=forms.CheckboxSelectMultiple
    )
    help = forms.ChoiceField(label=gettext_lazy("需要哪一类帮助"), required=False)
    need = forms.CharField(
        label=gettext_lazy("老人怎么说的"), required=False, max_length=500, widget=forms.Textarea(attrs={"rows": 2})
    )
    day = DayField(label=gettext_lazy("哪天"))

    def __init__(self, *told: Any, **more: Any) -> None:
        super().__init__(*told, **more)
        fields: dict[str, Any] = self.fields
        fields["done"].choices = words.help_choices()
        fields["help"].choices = [("", _("没有")), *words.help_choices()]

    def clean(self) -> dict[str, Any]:
        told = super().clean() or {}
        wants = told.get("outcome") == Visit.Outcome.NEED or told.get("help") or told.get("need")
        if wants and not told.get("help"):
            self.add_error("help", _("请选择需要哪一类帮助。"))
        if wants and not told.get("need"):
            self.add_error("need", _("请写一写老人怎么说的。"))
        if wants and "outcome" in told:
            told["outcome"] = Visit.Outcome.NEED
            told["words"] = told.get("words") or told.get("need", "")
        return told


class QuickForm(ActForm):
    """All is well, said in one tap."""

    means = forms.ChoiceField(choices=list(words.MEANS.items()), widget=forms.HiddenInput)


@require_safe
@require("round.visit")
def mine(request: DoorRequest) -> HttpResponse:
    """My list of this week: who is due first, then the days to come, then who was seen; below, needs that wait."""
    steward = queries.steward_of(who(request))
    if steward is None or steward.county not in counties(request, "round.visit"):
        return render(request, "staff/rounds_none.html", {"looks": may(request.user, "round.read", request.on)})
    stops = queries.week_of(steward, request.on)
    people = [one.round.person_id for one in stops]
    waiting = queries.open_needs(steward.county, person_ids=people)

    def shown(one: queries.Stop, quick: bool) -> dict[str, Any]:
        name = one.round.id.hex
        return {
            "stop": one,
            "weekday": words.weekday(one.round.weekday),
            "outcome": words.OUTCOMES[one.visit.outcome] if one.visit else None,
            "late": one.visit is None and one.round.weekday < request.on.isoweekday(),
            "quick": [
                (word, fresh(QuickForm, f"{means}_{name}", means=means), means == "door")
                for means, word in (("door", _("上门看了，都好")), ("phone", _("打了电话，都好")))
            ]
            if quick
            else [],
        }

    said = {
        "steward": steward,
        "due": [shown(one, True) for one in stops if one.is_due(request.on)],
        "later": [shown(one, True) for one in stops if one.visit is None and not one.is_due(request.on)],
        "seen": [shown(one, False) for one in stops if one.visit is not None],
        "planned": len(stops),
        "done": sum(1 for one in stops if one.visit is not None),
        "needs": [words.need_row(one, request.on) for one in waiting],
        "looks": may(request.user, "round.read", request.on),
    }
    return render(request, "staff/rounds.html", said)


def round_of(request: DoorRequest, round_id: UUID) -> Round:
    """One of my own rounds; another steward's is not there, and the asking is noted."""
    found = Round.objects.select_related("person", "steward").filter(id=round_id).first()
    if found is None:
        raise Http404
    if found.county not in counties(request, "round.visit") or found.steward.account != who(request):
        out_of_reach(request, county=found.county, subject="round", subject_id=found.id)
    return found


@require_http_methods(["GET", "HEAD", "POST"])
@require("round.visit")
def visit(request: DoorRequest, round_id: UUID) -> HttpResponse:
    """Write this week's visit down; a need that was heard is a row of its own at once."""
    row = round_of(request, round_id)
    if request.method != "POST":
        return visit_page(request, row)
    quick = "outcome" not in request.POST
    form: ActForm = QuickForm(request.POST) if quick else VisitForm(request.POST, auto_id="id_visit_%s")
    if not form.is_valid():
        return visit_page(request, row, form=None if quick else form, status=422)
    told = form.cleaned_data
    when: dict[str, Any] = {"at": request.at, "on": request.on, "by": who(request)}

    def do() -> dict[str, Any]:
        made = rounds.visit(
            round=row,
            means=told["means"],
            outcome=Visit.Outcome.WELL if quick else told["outcome"],
            day=request.on if quick else told["day"],
            done=[] if quick else told["done"],
            words="" if quick else told["words"],
            **when,
        )
        if quick or not told["help"]:
            return {}
        heard = needs.hear(
            county=row.county, person_id=row.person_id, help=told["help"], words=told["need"], visit=made, **when
        )
        return {"need": str(heard.id)}

    try:
        answer = act_once(request, county=row.county, name=f"outreach.visit:{row.id}", form=form, do=do)
    except Refusal as refusal:
        return visit_page(request, row, form=None if quick else form, refusal=refusal, status=refusal.status)
    if "need" in answer:
        messages.success(request, _("记下了。现在就给这项需要找个办法。"))
        return HttpResponseRedirect(reverse("staff:rounds-need", args=[answer["need"]]))
    messages.success(request, _("记下了。"))
    return HttpResponseRedirect(reverse("staff:rounds"))


def visit_page(
    request: DoorRequest,
    row: Round,
    *,
    form: ActForm | None = None,
    refusal: Refusal | None = None,
    status: int = 200,
) -> HttpResponse:
    earlier = queries.visits_of(row.county, row.person_id)
    seen = any(one.week == rounds.monday(request.on) and one.round_id == row.id for one in earlier)
    asked = needs.needs_of(county=row.county, person_id=row.person_id, most=10)
    said = {
        "row": row,
        "person": row.person,
        "weekday": words.weekday(row.weekday),
        "seen": seen,
        "form": None if seen else form or fresh(VisitForm, "visit", day=request.on, means="door", outcome="well"),
        "earlier": [
            (one, words.OUTCOMES[one.outcome], words.MEANS[one.means], [help_said(each) for each in one.done])
            for one in earlier
        ],
        "needs": [words.need_row(one, request.on) for one in asked],
        "crumbs": [Crumb(_("每周走访"), reverse("staff:rounds")), Crumb(row.person.name)],
        **problems(form, refusal),
    }
    return render(request, "staff/rounds_visit.html", said, status=status)
