"""Volunteers 志愿者: who they are, what they did, who confirmed it, and the credits it earned."""

from __future__ import annotations

from functools import partial
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

from songhe.credit.models import Rate
from songhe.credit.queries import earning_on, schemes_of
from songhe.doors.may import may, require
from songhe.doors.provider.fields import DayField, text_field
from songhe.doors.shell.request import DoorRequest
from songhe.doors.staff import naming
from songhe.doors.staff import rounds_words as words
from songhe.doors.staff.acting import ActForm, act_once, fresh, problems
from songhe.doors.staff.credits_station import who
from songhe.doors.staff.credits_words import help_said, in_measure, rate_said
from songhe.doors.staff.reach import counties, county_of, out_of_reach, reach
from songhe.doors.staff.rounds_county import WHO_IS_MEANT
from songhe.kernel.month import Month
from songhe.kernel.refusal import Refusal
from songhe.outreach import queries, volunteer
from songhe.outreach.models import Stint, Volunteer
from songhe.person.models import Person
from songhe.person.search import search

#: Volunteers on a page.
MOST = 200


class EnlistForm(ActForm):
    name = text_field(gettext_lazy("姓名"), longest=60)
    phone = text_field(gettext_lazy("电话"), longest=20, inputmode="tel")
    helps = forms.MultipleChoiceField(
        label=gettext_lazy("愿意帮什么"), required=False, widget=forms.CheckboxSelectMultiple
    )
    is_elder = forms.BooleanField(
        label=gettext_lazy("本人也是在册老人，服务可以换积分"),
        help_text=gettext_lazy("按姓名或身份证号找档案。"),
        required=False,
    )
    typed = text_field(gettext_lazy("档案：姓名或身份证号"), longest=60, required=False)

    def __init__(self, *told: Any, **more: Any) -> None:
        super().__init__(*told, **more)
        fields: dict[str, Any] = self.fields
        fields["helps"].choices = words.help_choices()


class TellForm(ActForm):
    volunteer = forms.ChoiceField(label=gettext_lazy("哪位志愿者"))
    help = forms.ChoiceField(label=gettext_lazy("帮了什么"))
    minutes = forms.IntegerField(label=gettext_lazy("多少分钟"), min_value=1, max_value=1440)
    done_on = DayField(label=gettext_lazy("哪天"))
    words = text_field(gettext_lazy("情况"), longest=300, required=False)

    def __init__(self, *told: Any, volunteers: list[Volunteer], **more: Any) -> None:
        super().__init__(*told, **more)
        fields: dict[str, Any] = self.fields
        fields["volunteer"].choices = [(str(one.id), f"{one.name} · {one.phone[-4:]}") for one in volunteers]
        fields["help"].choices = words.help_choices()


class ConfirmForm(ActForm):
    rate = forms.ChoiceField(label=gettext_lazy("换哪种积分"), required=False)

    def __init__(self, *told: Any, rates: list[Rate], **more: Any) -> None:
        super().__init__(*told, **more)
        fields: dict[str, Any] = self.fields
        fields["rate"].choices = [("", _("不换积分")), *((str(one.id), rate_said(one)) for one in rates)]


def timed(where: str, on: Any) -> list[Rate]:
    """What minutes earn on the day."""
    found = earning_on(schemes_of(where, on), on)
    return [one for one in found if one.measure == Rate.Measure.MINUTE]


@require_safe
@require("volunteer.read")
def volunteers(request: DoorRequest) -> HttpResponse:
    return page(request, county_of(request, "volunteer.read"))


def page(
    request: DoorRequest,
    where: str,
    *,
    wrong: tuple[str, ActForm] | None = None,
    refusal: Refusal | None = None,
    status: int = 200,
) -> HttpResponse:
    reach(request, "volunteer.read")
    keeps = may(request.user, "volunteer.keep", request.on) and where in counties(request, "volunteer.keep")
    rows = list(volunteer.volunteers_on(where, request.on)[:MOST])
    month = Month.of(request.on)
    minutes = volunteer.minutes_given(county=where, first=month.first, last=month.last)
    rates = timed(where, request.on)
    waiting = queries.stints_waiting(where)
    names = naming.accounts([one.told_by for one in waiting])
    given = dict([wrong]) if wrong else {}
    tell_form: Any = partial(TellForm, volunteers=rows)
    confirm_form: Any = partial(ConfirmForm, rates=rates)
    said = {
        "county": where,
        "place": naming.whole_place(where, request.on),
        "month": month,
        "rows": [
            (one, [help_said(each) for each in one.helps], in_measure("minute", minutes.get(one.id, 0))) for one in rows
        ],
        "waiting": [
            {
                "row": one,
                "help": help_said(one.help),
                "minutes": in_measure("minute", one.minutes),
                "by": names[one.told_by],
                "own": one.told_by == who(request),
                "elder": one.volunteer.person_id is not None,
                "confirm": fresh(confirm_form, f"confirm_{one.id.hex}")
                if keeps and one.told_by != who(request)
                else None,
                "disown": fresh(ActForm, f"disown_{one.id.hex}") if keeps and one.told_by != who(request) else None,
            }
            for one in waiting
        ],
        "enlist": (given.get("enlist") or fresh(EnlistForm, "enlist")) if keeps else None,
        "tell": (given.get("tell") or fresh(tell_form, "tell", done_on=request.on)) if keeps and rows else None,
        "open": wrong[0] if wrong else "",
        **problems(wrong[1] if wrong else None, refusal),
    }
    return render(request, "staff/volunteers.html", said, status=status)


def do_it(request: DoorRequest, where: str, name: str, form: ActForm, do: Any, word: str) -> HttpResponse:
    if not form.is_valid():
        return page(request, where, wrong=(name.partition(":")[0], form), status=422)
    try:
        act_once(request, county=where, name=f"outreach.{name}", form=form, do=do)
    except Refusal as refusal:
        return page(request, where, wrong=(name.partition(":")[0], form), refusal=refusal, status=refusal.status)
    messages.success(request, word)
    return HttpResponseRedirect(f"{reverse('staff:volunteers')}?{urlencode({'county': where})}")


def person_meant(request: DoorRequest, where: str, typed: str) -> Person:
    people = search(reach(request, "volunteer.keep"), typed, 2).people
    if len(people) != 1 or people[0].county != where:
        raise WHO_IS_MEANT("typed")
    return people[0]


@require_POST
@require("volunteer.keep")
def enlist(request: DoorRequest) -> HttpResponse:
    """Register a volunteer, by their file if they are an elder on file."""
    where = county_of(request, "volunteer.keep")
    form = EnlistForm(request.POST, auto_id="id_enlist_%s")

    def do() -> dict[str, Any]:
        told = form.cleaned_data
        person = person_meant(request, where, told["typed"] or told["name"]) if told["is_elder"] else None
        made = volunteer.enlist(
            county=where,
            name=told["name"],
            phone=told["phone"],
            helps=told["helps"],
            since=request.on,
            person_id=person.id if person else None,
            at=request.at,
            by=who(request),
        )
        return {"id": str(made.id)}

    return do_it(request, where, "enlist", form, do, _("志愿者已登记。"))


@require_POST
@require("volunteer.keep")
def tell(request: DoorRequest) -> HttpResponse:
    """Write down what a volunteer did; another person confirms it."""
    where = county_of(request, "volunteer.keep")
    rows = list(volunteer.volunteers_on(where, request.on)[:MOST])
    form = TellForm(request.POST, volunteers=rows, auto_id="id_tell_%s")

    def do() -> dict[str, Any]:
        told = form.cleaned_data
        made = volunteer.tell(
            volunteer=next(one for one in rows if str(one.id) == told["volunteer"]),
            help=told["help"],
            minutes=told["minutes"],
            done_on=told["done_on"],
            words=told["words"],
            at=request.at,
            on=request.on,
            by=who(request),
        )
        return {"id": str(made.id)}

    return do_it(request, where, "tell", form, do, _("记下了，等另一人确认。"))


@require_POST
@require("volunteer.keep")
def decide(request: DoorRequest, stint_id: UUID, verb: str) -> HttpResponse:
    """Another person confirms it, with or without credits, or says that it was not so."""
    row = Stint.objects.select_related("volunteer").filter(id=stint_id).first()
    if row is None or verb not in ("confirm", "disown"):
        raise Http404
    if row.county not in counties(request, "volunteer.keep"):
        out_of_reach(request, county=row.county, subject="stint", subject_id=row.id)
    rates = timed(row.county, request.on)
    name = f"{verb}_{row.id.hex}"
    confirms = verb == "confirm"
    form: Any = ConfirmForm(request.POST, rates=rates, auto_id=f"id_{name}_%s") if confirms else ActForm(request.POST)
    when: dict[str, Any] = {"stint": row, "at": request.at, "by": who(request)}

    def do() -> dict[str, Any]:
        if not confirms:
            volunteer.disown(**when)
            return {}
        rate = next((one for one in rates if str(one.id) == form.cleaned_data["rate"]), None)
        volunteer.confirm(scheme=rate.scheme if rate else None, rate=rate.code if rate else "", on=request.on, **when)
        return {}

    word = _("确认好了。") if confirms else _("记下了，这一条不算。")
    return do_it(request, row.county, f"{verb}:{row.id}", form, do, word)
