"""The county's rounds 走访和需求: made against planned, needs by kind and age, stewards, whom they look in on."""

from __future__ import annotations

from functools import partial
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from songhe.access.models import Account, Appointment
from songhe.doors.may import RULES, may, require
from songhe.doors.provider.fields import text_field
from songhe.doors.shell.request import DoorRequest
from songhe.doors.staff import naming
from songhe.doors.staff import rounds_words as words
from songhe.doors.staff.acting import ActForm, act_once, fresh, problems
from songhe.doors.staff.credits_station import who
from songhe.doors.staff.credits_words import help_said
from songhe.doors.staff.reach import counties, county_of, reach
from songhe.kernel.refusal import Refusal, reason
from songhe.outreach import queries, rounds, team
from songhe.outreach.models import Steward
from songhe.person.search import search
from songhe.place.division import in_force

WHO_IS_MEANT = reason(
    "outreach.who_is_meant",
    zh="没有找到，或不止一位：请写全名，或写身份证号。",
    en="Nobody or more than one found: give the whole name or the ID number.",
)
#: Logins offered for a steward.
LOGINS = 300


class StewardForm(ActForm):
    account = forms.ChoiceField(label=gettext_lazy("管家的账号"))
    place = forms.ChoiceField(label=gettext_lazy("负责哪里"))

    def __init__(self, *told: Any, county: str, on: Any, **more: Any) -> None:
        super().__init__(*told, **more)
        fields: dict[str, Any] = self.fields
        fields["account"].choices = logins(county, on)
        fields["place"].choices = (
            in_force(on).filter(code__startswith=county).order_by("code").values_list("code", "name")
        )


class RoundForm(ActForm):
    typed = text_field(gettext_lazy("哪位老人"), longest=60, help_text=gettext_lazy("姓名或身份证号。"))
    steward = forms.ChoiceField(label=gettext_lazy("由谁走访"))
    weekday = forms.TypedChoiceField(label=gettext_lazy("每周哪天"), coerce=int)
    why = text_field(gettext_lazy("为什么去"), longest=120, required=False, help_text=gettext_lazy("例如独居、高龄。"))

    def __init__(self, *told: Any, stewards: list[Steward], **more: Any) -> None:
        super().__init__(*told, **more)
        fields: dict[str, Any] = self.fields
        fields["steward"].choices = [(str(one.id), one.name) for one in stewards]
        fields["weekday"].choices = [(number, words.weekday(number)) for number in range(1, 8)]


def logins(county: str, on: Any) -> list[tuple[str, str]]:
    """Who may be a steward: logins of the county that may write visits down."""
    held = Appointment.objects.filter(role__in=[one.value for one in RULES["round.visit"]], place__startswith=county)
    held = held.filter(valid_from__lte=on).exclude(valid_to__lt=on)
    found = Account.objects.filter(id__in=held.values("account_id"), is_active=True).order_by("display_name")
    return [(one.username, one.display_name) for one in found[:LOGINS]]


@require_safe
@require("round.read")
def county(request: DoorRequest) -> HttpResponse:
    return page(request, county_of(request, "round.read"))


def page(
    request: DoorRequest,
    where: str,
    *,
    wrong: tuple[str, ActForm] | None = None,
    refusal: Refusal | None = None,
    status: int = 200,
) -> HttpResponse:
    reach(request, "round.read")
    plans = may(request.user, "round.plan", request.on) and where in counties(request, "round.plan")
    acts = may(request.user, "round.visit", request.on)
    made = queries.made_of_week(where, request.on)
    stewards = [one.steward for one in made]
    places = naming.places([one.place for one in stewards], request.on)
    given = dict([wrong]) if wrong else {}
    steward_form: Any = partial(StewardForm, county=where, on=request.on)
    round_form: Any = partial(RoundForm, stewards=stewards)
    kind = request.GET.get("help", "")
    said = {
        "county": where,
        "place": naming.whole_place(where, request.on),
        "monday": rounds.monday(request.on),
        "made": [(one, places.get(one.steward.place, one.steward.place)) for one in made],
        "totals": (sum(one.made for one in made), sum(one.planned for one in made), sum(one.late for one in made)),
        "kinds": [
            (help_said(one.help), one, (request.on - one.oldest).days)
            for one in queries.needs_by_kind(where, request.on)
        ],
        "needs": [words.need_row(one, request.on) for one in queries.open_needs(where, help=kind)],
        "acts": acts,
        "missed": [(one, words.weekday(one.weekday)) for one in rounds.due_late(county=where, on=request.on, most=50)],
        "steward_form": (given.get("steward") or fresh(steward_form, "steward")) if plans else None,
        "round_form": (given.get("round") or fresh(round_form, "round")) if plans and stewards else None,
        "open": wrong[0] if wrong else "",
        **problems(wrong[1] if wrong else None, refusal),
    }
    return render(request, "staff/rounds_county.html", said, status=status)


def do_it(request: DoorRequest, where: str, name: str, form: ActForm, do: Any, word: str) -> HttpResponse:
    if not form.is_valid():
        return page(request, where, wrong=(name, form), status=422)
    try:
        act_once(request, county=where, name=f"outreach.{name}", form=form, do=do)
    except Refusal as refusal:
        return page(request, where, wrong=(name, form), refusal=refusal, status=refusal.status)
    messages.success(request, word)
    return HttpResponseRedirect(f"{reverse('staff:rounds-county')}?{urlencode({'county': where})}")


@require_POST
@require("round.plan")
def appoint(request: DoorRequest) -> HttpResponse:
    """Somebody with a login becomes a steward of a place."""
    where = county_of(request, "round.plan")
    form = StewardForm(request.POST, county=where, on=request.on, auto_id="id_steward_%s")

    def do() -> dict[str, Any]:
        told = form.cleaned_data
        name = dict(logins(where, request.on))[told["account"]]
        made = team.appoint_steward(
            county=where,
            account=told["account"],
            name=name,
            place=told["place"],
            since=request.on,
            at=request.at,
            by=who(request),
        )
        return {"id": str(made.id)}

    return do_it(request, where, "steward", form, do, _("管家已任命。"))


@require_POST
@require("round.plan")
def plan(request: DoorRequest) -> HttpResponse:
    """A steward looks in on a person every week on a weekday."""
    where = county_of(request, "round.plan")
    stewards = queries.stewards_of(where)
    form = RoundForm(request.POST, stewards=stewards, auto_id="id_round_%s")

    def do() -> dict[str, Any]:
        told = form.cleaned_data
        people = search(reach(request, "round.plan"), told["typed"], 2).people
        if len(people) != 1 or people[0].county != where:
            raise WHO_IS_MEANT("typed")
        made = rounds.plan_round(
            steward=next(one for one in stewards if str(one.id) == told["steward"]),
            person_id=people[0].id,
            weekday=told["weekday"],
            since=request.on,
            why=told["why"],
            at=request.at,
            by=who(request),
        )
        return {"id": str(made.id)}

    return do_it(request, where, "round", form, do, _("走访已安排。"))
