"""Aids at home 辅具: what one has, what it costs so far, the deposit, asking for a fitting and for fetching."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from songhe.aid.fit import accept, ask, decline
from songhe.aid.lend import ask_back
from songhe.aid.models import Fitting, Loan
from songhe.aid.queries import fittings_of, lenders, loans_of
from songhe.doors.elder import money
from songhe.doors.elder.showing import show as page
from songhe.doors.elder.whom import Whom, noted_read, out_of_reach, require_act, require_confirmed, whom
from songhe.doors.may import require
from songhe.doors.shell.request import DoorRequest
from songhe.doors.staff.acting import ActForm, because, fresh, sent
from songhe.doors.staff.aids_shown import CONDITIONS, DEPOSITS, FITTINGS, means_said, name_of
from songhe.doors.staff.words import Word
from songhe.kernel.refusal import Refusal
from songhe.provider.models import Provider

YOURS = Word(gettext_lazy("等您决定"), "warn")


class AskForm(ActForm):
    provider = forms.ChoiceField(label=gettext_lazy("请哪一家来看"))
    wish = forms.CharField(
        label=gettext_lazy("需要什么，为什么"),
        help_text=gettext_lazy("写几个字就行，例如“腿脚不便，想要轮椅”。"),
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": gettext_lazy("请写一写需要什么。")},
    )

    def __init__(self, *told: Any, providers: list[Provider], **more: Any) -> None:
        super().__init__(*told, **more)
        fields: dict[str, Any] = self.fields
        fields["provider"].choices = [(str(one.pk), one.name) for one in providers]


class DeclineForm(ActForm):
    because = because(gettext_lazy("为什么不要了"), rows=2, longest=200)


@dataclass(frozen=True)
class Wished:
    """A fitting as the list shows it, with what may be done now."""

    row: Fitting
    aid: str
    state: Any
    accept: ActForm | None
    decline: ActForm | None


@require_safe
@require("aid.ask")
def aids(request: DoorRequest) -> HttpResponse:
    elder = whom(request)
    noted_read(request, elder, "aid.read")
    return aids_page(request, elder)


def aids_page(
    request: DoorRequest, elder: Whom, *, wrong: ActForm | None = None, refusal: Refusal | None = None
) -> HttpResponse:
    """What is at home, what is under way, and how to ask for more."""
    person = elder.person
    may = elder.may("choose") and person.died_on is None
    providers = lenders(person.county, request.on)
    had = loans_of(county=person.county, person_id=person.id, on=request.on)
    under_way = fittings_of(county=person.county, person_id=person.id)
    form: Any = wrong if isinstance(wrong, AskForm) else ask_form(providers)
    said = {
        "loans": [
            {
                "one": one,
                "aid": name_of(one.loan.piece.aid),
                "deposit": DEPOSITS[one.deposit.state] if one.deposit else None,
                "means": means_said(one.deposit.means) if one.deposit else "",
                "condition": CONDITIONS[one.inspection.condition] if one.inspection else "",
                "back": fresh(ActForm, f"back_{one.loan.id.hex}")
                if one.is_out and not one.loan.back_asked_on
                else None,
            }
            for one in had
        ],
        "wishes": [wished(one, may) for one in under_way if one.state != Fitting.State.FITTED],
        "form": form if may and providers else None,
        "wrong": wrong,
        "providers": providers,
    }
    return page(request, "elder/aids.html", said, whom=elder, refusal=refusal, status=422 if wrong else 200)


def ask_form(providers: list[Provider], data: Any = None) -> AskForm:
    if data is not None:
        return AskForm(data, providers=providers, auto_id="id_ask_%s")
    made: Any = lambda **more: AskForm(providers=providers, **more)  # noqa: E731
    found = fresh(made, "ask")
    assert isinstance(found, AskForm)
    return found


def wished(row: Fitting, may: bool) -> Wished:
    name = row.id.hex
    decides = may and row.state == Fitting.State.TRIED
    open_still = may and row.state not in (Fitting.State.DECLINED, Fitting.State.FITTED)
    return Wished(
        row,
        name_of(row.aid) if row.aid else "",
        YOURS if row.state == Fitting.State.TRIED else FITTINGS[row.state],
        fresh(ActForm, f"accept_{name}") if decides else None,
        fresh(DeclineForm, f"decline_{name}") if open_still else None,
    )


@require_POST
@require("aid.ask")
def ask_for(request: DoorRequest) -> HttpResponse:
    """Ask a provider to come and see what would help."""
    elder = require_confirmed(require_act(whom(request), "choose"))
    providers = lenders(elder.person.county, request.on)
    form = ask_form(providers, request.POST)
    if not form.is_valid():
        return aids_page(request, elder, wrong=form)
    provider = next(one for one in providers if str(one.pk) == form.cleaned_data["provider"])

    def do() -> dict[str, Any]:
        made = ask(
            county=elder.person.county,
            person_id=elder.person.id,
            provider=provider,
            wish=form.cleaned_data["wish"],
            at=request.at,
            on=request.on,
            by=money.by(request),
        )
        return {"id": str(made.id)}

    return done(request, elder, "aid.ask", form, do, _("说好了，机构会和您约时间上门。"))


def done(
    request: DoorRequest, elder: Whom, name: str, form: ActForm, do: Callable[[], dict[str, Any]], word: str
) -> HttpResponse:
    try:
        money.do_once(request, elder, name=name, do=do, form=form)
    except Refusal as refusal:
        return aids_page(request, elder, refusal=refusal)
    messages.success(request, word)
    return HttpResponseRedirect(reverse("elder:aids"))


def fitting_of(request: DoorRequest, elder: Whom, fitting_id: UUID) -> Fitting:
    """A fitting of this elder; another's is not there, and the asking is noted."""
    row = Fitting.objects.filter(id=fitting_id).first()
    if row is None:
        raise Http404
    if (row.county, row.person_id) != (elder.person.county, elder.person.id):
        out_of_reach(request, county=row.county, subject="fitting", subject_id=row.id)
    return row


@require_POST
@require("aid.ask")
def decide(request: DoorRequest, fitting_id: UUID, verb: str) -> HttpResponse:
    """Take what was tried, or not."""
    elder = require_confirmed(require_act(whom(request), "choose"))
    row = fitting_of(request, elder, fitting_id)
    if verb not in ("accept", "decline"):
        raise Http404
    when: dict[str, Any] = {"at": request.at, "on": request.on, "by": money.by(request)}
    form = sent(DeclineForm if verb == "decline" else ActForm, f"{verb}_{row.id.hex}", request)
    if not form.is_valid():
        return aids_page(request, elder, wrong=form)
    form.cleaned_data["fitting"] = str(row.id)

    def do() -> dict[str, Any]:
        if verb == "accept":
            accept(fitting=row, **when)
        else:
            decline(fitting=row, because=form.cleaned_data["because"], **when)
        return {}

    word = _("选定了，机构会送来。") if verb == "accept" else _("记下了，这一件不要了。")
    return done(request, elder, f"aid.{verb}", form, do, word)


@require_POST
@require("aid.ask")
def fetch(request: DoorRequest, loan_id: UUID) -> HttpResponse:
    """Say that it is needed no more, so that the provider comes and fetches it."""
    elder = require_confirmed(require_act(whom(request), "choose"))
    row = Loan.objects.filter(id=loan_id).first()
    if row is None:
        raise Http404
    if (row.county, row.person_id) != (elder.person.county, elder.person.id):
        out_of_reach(request, county=row.county, subject="aid_loan", subject_id=row.id)
    form = sent(ActForm, f"back_{row.id.hex}", request)
    if not form.is_valid():
        raise Http404
    form.cleaned_data["loan"] = str(row.id)

    def do() -> dict[str, Any]:
        ask_back(loan=row, at=request.at, on=request.on, by=money.by(request))
        return {}

    return done(request, elder, "aid.ask_back", form, do, _("记下了，机构会来取。取走那天起不再算租金。"))
