"""What a county may issue by the month 预算: finance proposes, another approves, and who still waits for money."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
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
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from songhe.doors.may import may, require
from songhe.doors.provider.fields import YuanField
from songhe.doors.shell.amount import figures
from songhe.doors.shell.pieces import Fact
from songhe.doors.shell.request import DoorRequest
from songhe.doors.shell.spoken import month as spoken_month
from songhe.doors.staff import naming, proposals, words
from songhe.doors.staff.acting import ActForm, act_once, fresh, in_words, problems
from songhe.doors.staff.reach import account_of, counties
from songhe.doors.staff.verbs import Wrong
from songhe.grant import budget
from songhe.kernel.month import Month
from songhe.kernel.refusal import Refusal
from songhe.policy.terms import terms
from songhe.proposal.models import Proposal

#: Months ahead for which an amount can be proposed.
AHEAD = 12
#: A hundred million yuan; no county issues more in a month.
MOST_FEN = 10_000_000_000
#: Proposals that are shown, the newest.
SHOWN = 50
ADD, TAKE = "add", "take"


class ProposeForm(ActForm):
    county = forms.CharField(widget=forms.HiddenInput, max_length=6)
    month = forms.ChoiceField(label=gettext_lazy("月份"))
    programme = forms.ChoiceField(label=gettext_lazy("补贴项目"))
    way = forms.ChoiceField(
        label=gettext_lazy("增减"), choices=[(ADD, gettext_lazy("增加")), (TAKE, gettext_lazy("调减"))]
    )
    amount = YuanField(label=gettext_lazy("金额（元）"), most_fen=MOST_FEN)
    document_no = forms.CharField(
        label=gettext_lazy("文号"), max_length=80, help_text=gettext_lazy("下达或调整预算的文件。")
    )

    def __init__(self, *told: Any, months: list[tuple[str, str]], **more: Any) -> None:
        super().__init__(*told, **more)
        fields: dict[str, Any] = self.fields
        fields["month"].choices = months
        fields["programme"].choices = [(code, word.said) for code, word in words.PROGRAMMES.items()]

    @property
    def amount_fen(self) -> int:
        fen: int = self.cleaned_data["amount"]
        return fen if self.cleaned_data["way"] == ADD else -fen


@dataclass(frozen=True)
class Row:
    """A month of a programme as the table shows it; ``wanted_fen`` is the most that those who wait could get."""

    stand: budget.Stand
    programme: Any
    parts: list[tuple[int, str, str, str]]
    wanted_fen: int | None


def county_of(request: DoorRequest) -> tuple[str, list[str]]:
    """The county that the page is about, and those that could be chosen instead; another's is not there."""
    known = counties(request, "budget.read")
    wanted = request.GET.get("county") or (known[0] if known else "")
    if not wanted or wanted not in known:
        raise Http404
    return wanted, known


def address(county: str, known: list[str], **more: Any) -> str:
    told = {**({"county": county} if len(known) > 1 else {}), **more}
    return reverse("staff:budgets") + (f"?{urlencode(told)}" if told else "")


@require_safe
@require("budget.read")
def budgets(request: DoorRequest) -> HttpResponse:
    """A year's months with their budgets, what waits to be decided, and the form of who may propose."""
    return page(request, *county_of(request))


def page(
    request: DoorRequest,
    county: str,
    known: list[str],
    *,
    form: ActForm | None = None,
    wrong: Wrong | None = None,
    status: int = 200,
) -> HttpResponse:
    asked = request.GET.get("year", "")
    year = int(asked) if asked.isascii() and asked.isdigit() and 2020 <= int(asked) <= 2099 else request.on.year
    names = naming.places(known, request.on)
    may_set = county in counties(request, "budget.set") and may(request.user, "budget.set", request.on)
    said = {
        "county_name": names.get(county, county),
        "chips": [
            {"address": address(code, known, year=year), "word": names[code], "current": code == county}
            for code in known
        ]
        if len(known) > 1
        else [],
        "year": year,
        "before": address(county, known, year=year - 1),
        "after": address(county, known, year=year + 1),
        "rows": rows_of(request, county, year),
        "proposals": proposals.shown(request, BUDGETS, county, budget.BUDGETS.newest(county, SHOWN), wrong),
        "form": (form or fresh_form(request, county)) if may_set else None,
        **(wrong.said() if wrong else problems(form)),
    }
    return render(request, "staff/budgets.html", said, status=status)


def rows_of(request: DoorRequest, county: str, year: int) -> list[Row]:
    stands = budget.year_of_budgets(county=county, year=year, programmes=list(words.PROGRAMMES))
    names = naming.accounts(name for one in stands for part in one.parts for name in (part.set_by, part.approved_by))
    return [
        Row(
            stand=one,
            programme=words.word(words.PROGRAMMES, one.programme).said,
            parts=[
                (part.amount_fen, part.document_no, names.get(part.set_by, ""), names.get(part.approved_by, ""))
                for part in one.parts
            ],
            wanted_fen=wanted(county, one) if one.waiting else None,
        )
        for one in stands
    ]


def wanted(county: str, stand: budget.Stand) -> int | None:
    """The most that those who wait could get: the highest cap for each; unknown where no rule is in force."""
    try:
        return stand.waiting * terms(policy=stand.programme, place=county, on=stand.month.first).face_fen
    except Refusal:
        return None


def months_open(request: DoorRequest) -> list[tuple[str, str]]:
    now = Month.of(request.on)
    return [(str(now.plus(n)), month_said(now.plus(n))) for n in range(AHEAD + 1)]


def month_said(which: Month) -> str:
    return spoken_month(which, "zh" if words.in_chinese() else "en")


def fresh_form(request: DoorRequest, county: str) -> ActForm:
    months = months_open(request)
    making: Any = lambda **more: ProposeForm(months=months, **more)  # noqa: E731
    return fresh(making, "propose", county=county, month=months[0][0])


@require_POST
@require("budget.set")
def propose(request: DoorRequest) -> HttpResponse:
    """Put an amount before somebody else."""
    form = ProposeForm(request.POST, months=months_open(request), auto_id="id_propose_%s")
    known = counties(request, "budget.set")
    county = request.POST.get("county", "")
    if county not in known:
        raise Http404
    if not form.is_valid():
        return page(request, county, counties(request, "budget.read"), form=form, status=422)
    told = form.cleaned_data

    def do() -> dict[str, Any]:
        made = budget.propose_budget(
            county=county,
            programme=told["programme"],
            month=Month.parse(told["month"]),
            amount_fen=form.amount_fen,
            document_no=told["document_no"],
            at=request.at,
            on=request.on,
            by=account_of(request).username,
        )
        return {"proposal": str(made.id)}

    try:
        act_once(request, county=county, name="staff.budget.propose", form=form, do=do)
    except Refusal as refusal:
        field = {"amount_fen": "amount"}.get(refusal.field or "", refusal.field)
        form.add_error(field if field in form.fields else None, in_words(refusal))
        return page(request, county, counties(request, "budget.read"), form=form, status=refusal.status)
    messages.success(request, _("已提出，请另一人批准。"))
    return HttpResponseRedirect(address(county, known, year=told["month"][:4]))


def said(rows: Sequence[Proposal], request: DoorRequest) -> Mapping[UUID, proposals.Said]:
    found = {}
    for row in rows:
        programme = words.word(words.PROGRAMMES, row.told["programme"]).said
        which, amount = month_said(Month.parse(row.told["month"])), figures(row.told["amount_fen"])
        found[row.id] = proposals.Said(f"{which} · {programme} · {amount}", [Fact(_("文号"), row.told["document_no"])])
    return found


BUDGETS = proposals.Desk(
    matter=budget.BUDGETS,
    act="budget.approve",
    address="staff:budget-decide",
    hint=gettext_lazy("批准后就可以发券。"),
    done=gettext_lazy("预算已批准，可以发券了。"),
    say=said,
)


@require_POST
@require("budget.approve")
def decide(request: DoorRequest, proposal_id: UUID, answer: str) -> HttpResponse:
    known = counties(request, "budget.read")
    return proposals.answered(
        request,
        BUDGETS,
        proposal_id,
        answer,
        page=lambda row, wrong, status: page(request, row.county, known, wrong=wrong, status=status),
        after=lambda row: address(row.county, known, year=row.told["month"][:4]),
    )
