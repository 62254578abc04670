"""Credits of a county 积分: schemes and their books, what earns them by date, what lapses; changed by two people."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
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

from songhe.credit import queries
from songhe.credit.models import Holder, Scheme
from songhe.credit.propose import PROPOSALS, RATE, propose_rate, propose_scheme
from songhe.credit.spend import lapse
from songhe.doors.may import may, require
from songhe.doors.provider.fields import DayField, YuanField, text_field
from songhe.doors.shell.pieces import Fact
from songhe.doors.shell.request import DoorRequest
from songhe.doors.staff import credits_words as words
from songhe.doors.staff import naming
from songhe.doors.staff.acting import ActForm, act_once, because, fresh, problems, sent
from songhe.doors.staff.credits_station import who
from songhe.doors.staff.proposals import Desk, Said, answered, shown
from songhe.doors.staff.reach import counties, county_of, out_of_reach, reach
from songhe.doors.staff.verbs import Wrong
from songhe.doors.staff.words import listed, said
from songhe.kernel.refusal import Refusal
from songhe.ledger.models import Unit
from songhe.place.division import in_force
from songhe.proposal.models import Proposal
from songhe.provider.help import HELPS

UNITS = {Unit.FEN: gettext_lazy("按钱算"), Unit.TICKET: gettext_lazy("按餐票算")}


class SchemeForm(ActForm):
    name = text_field(gettext_lazy("名称"), longest=80)
    code = text_field(gettext_lazy("代码"), longest=30, help_text=gettext_lazy("小写字母、数字和连字符。"))
    place = forms.ChoiceField(label=gettext_lazy("用在哪里"))
    unit = forms.ChoiceField(label=gettext_lazy("怎么算"), choices=list(UNITS.items()))
    ticket = YuanField(label=gettext_lazy("一张票最多抵多少（元）"), required=False)
    helps = forms.MultipleChoiceField(label=gettext_lazy("可以用在"), widget=forms.CheckboxSelectMultiple)
    ceiling = forms.DecimalField(
        label=gettext_lazy("一共最多发多少"),
        help_text=gettext_lazy("元或张；不填就是不设上限。"),
        min_value=1,
        max_value=100_000_000,
        decimal_places=2,
        required=False,
    )

    def __init__(self, *told: Any, county: str, on: Any, **more: Any) -> None:
        super().__init__(*told, **more)
        fields: dict[str, Any] = self.fields
        fields["helps"].choices = [(code, said(*pair)) for code, pair in HELPS.items()]
        fields["place"].choices = (
            in_force(on).filter(code__startswith=county).order_by("code").values_list("code", "name")
        )

    def most(self) -> int | None:
        told = self.cleaned_data
        if told["ceiling"] is None:
            return None
        return int(told["ceiling"] * 100) if told["unit"] == Unit.FEN else int(told["ceiling"])


class RateForm(ActForm):
    scheme = forms.ChoiceField(label=gettext_lazy("哪一种积分"))
    name = text_field(gettext_lazy("换什么（中文）"), longest=60)
    name_en = text_field(gettext_lazy("换什么（英文）"), longest=80)
    code = text_field(gettext_lazy("代码"), longest=30, help_text=gettext_lazy("同一代码的新标准接替旧标准。"))
    measure = forms.ChoiceField(label=gettext_lazy("怎么量"), choices=list(words.MEASURES.items()))
    gives = forms.DecimalField(
        label=gettext_lazy("给多少（元或张）"), min_value=0, max_value=1_000_000, decimal_places=2
    )
    per = forms.IntegerField(
        label=gettext_lazy("每多少克、分钟或次"),
        min_value=1,
        max_value=10_000_000,
        help_text=gettext_lazy("一斤填 500。"),
    )
    helpers_only = forms.BooleanField(label=gettext_lazy("只给为老志愿服务者"), required=False)
    valid_from = DayField(label=gettext_lazy("从哪天起"))
    source = text_field(gettext_lazy("依据的文件"), longest=80, required=False)

    def __init__(self, *told: Any, schemes: list[Scheme], **more: Any) -> None:
        super().__init__(*told, **more)
        fields: dict[str, Any] = self.fields
        fields["scheme"].choices = [(one.code, one.name) for one in schemes]


class LapseForm(ActForm):
    because = because(gettext_lazy("原因"), rows=2, longest=300)


def rates_shown(county: str, on: Any) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """What holds or is to come, and what is over."""
    now: list[dict[str, Any]] = []
    over: list[dict[str, Any]] = []
    for row in queries.rates_of(county):
        ended = row.valid_to is not None and row.valid_to < on
        (over if ended else now).append(
            {
                "row": row,
                "name": words.rate_name(row),
                "price": words.price_said(row.scheme.unit, row.units, row.measure, row.per),
                "future": row.valid_from > on,
            }
        )
    return now, over


def say(rows: Sequence[Proposal], request: DoorRequest) -> dict[UUID, Said]:
    schemes = {one.code: one for county in {row.county for row in rows} for one in queries.schemes_of(county)}
    places = naming.places([row.told.get("place", "") for row in rows], request.on)
    return {
        row.id: _rate_said(row.told, schemes[row.told["scheme"]])
        if row.kind == RATE
        else _scheme_said(row.told, places)
        for row in rows
    }


def _rate_said(told: Mapping[str, Any], scheme: Scheme) -> Said:
    facts = [
        Fact(_("给多少"), words.price_said(scheme.unit, told["units"], told["measure"], told["per"])),
        Fact(_("从哪天起"), told["valid_from"]),
    ]
    if told["helpers_only"]:
        facts.append(Fact(_("给谁"), _("只给为老志愿服务者")))
    if told["source"]:
        facts.append(Fact(_("依据的文件"), told["source"]))
    return Said(f"{scheme.name} · {said(told['name'], told['name_en'])}", facts)


def _scheme_said(told: Mapping[str, Any], places: Mapping[str, str]) -> Said:
    facts = [
        Fact(_("怎么算"), UNITS[told["unit"]]),
        Fact(_("可以用在"), listed(words.help_said(one) for one in told["helps"])),
    ]
    if told["ticket_fen"]:
        facts.append(Fact(_("一张票最多抵"), words.in_units(Unit.FEN, told["ticket_fen"])))
    if told["ceiling"]:
        facts.append(Fact(_("一共最多发多少"), words.in_units(told["unit"], told["ceiling"])))
    return Said(f"{told['name']} · {places.get(told['place'], told['place'])}", facts)


CREDITS = Desk(
    matter=PROPOSALS,
    act="credit.decide",
    address="staff:credits-decide",
    hint=gettext_lazy("批准后马上生效。"),
    done=gettext_lazy("已批准。"),
    say=say,
)


def books(county: str, on: Any) -> list[dict[str, Any]]:
    """Each scheme with its figures, in its own unit."""
    found = queries.sums(county)
    places = naming.places([one.scheme.place for one in found], on)
    return [
        {
            "scheme": one.scheme,
            "place": places.get(one.scheme.place, one.scheme.place),
            "helps": words.helps_said(one.scheme),
            "holders": one.holders,
            "agrees": one.agrees,
            "left": None if one.left is None else words.in_units(one.scheme.unit, one.left),
            "figures": [words.in_units(one.scheme.unit, each) for each in (one.given, one.held, one.spent, one.lapsed)],
        }
        for one in found
    ]


@require_safe
@require("credit.read")
def credits(request: DoorRequest) -> HttpResponse:
    return page(request, county_of(request, "credit.read"))


def page(
    request: DoorRequest,
    county: str,
    *,
    form: tuple[str, ActForm] | None = None,
    refusal: Refusal | None = None,
    wrong: Wrong | None = None,
    status: int = 200,
) -> HttpResponse:
    reach(request, "credit.read")
    proposes = may(request.user, "credit.propose", request.on) and county in counties(request, "credit.propose")
    decides = may(request.user, "credit.decide", request.on) and county in counties(request, "credit.decide")
    schemes = queries.schemes_of(county, request.on)
    scheme_form: Any = partial(SchemeForm, county=county, on=request.on)
    rate_form: Any = partial(RateForm, schemes=schemes)
    open_, mended = form or ("", None)
    now, over = rates_shown(county, request.on)
    said = {
        "county": county,
        "place": naming.whole_place(county, request.on),
        "books": books(county, request.on),
        "rates": now,
        "over": over,
        "proposals": shown(request, CREDITS, county, PROPOSALS.waiting(county), wrong),
        "idle": [
            {
                "row": one,
                "left": words.in_units(one.scheme.unit, one.account.balance or 0),
                "form": fresh(LapseForm, f"lapse_{one.id.hex}") if decides else None,
            }
            for one in queries.idle(county, request.on)
        ],
        "scheme_form": ((open_ == "scheme" and mended) or fresh(scheme_form, "scheme")) if proposes else None,
        "rate_form": ((open_ == "rate" and mended) or fresh(rate_form, "rate", valid_from=request.on))
        if proposes and schemes
        else None,
        "open": open_,
        "weighs": may(request.user, "credit.weigh", request.on),
        **(wrong.said() if wrong else problems(mended, refusal)),
    }
    return render(request, "staff/credits.html", said, status=status)


def address_of(county: str) -> str:
    return f"{reverse('staff:credits')}?{urlencode({'county': county})}"


def back(county: str) -> HttpResponseRedirect:
    return HttpResponseRedirect(address_of(county))


def ask(request: DoorRequest, county: str, name: str, form: ActForm, do: Any) -> HttpResponse:
    if not form.is_valid():
        return page(request, county, form=(name, form), status=422)
    try:
        act_once(request, county=county, name=f"credit.propose_{name}", form=form, do=do)
    except Refusal as refusal:
        return page(request, county, form=(name, form), refusal=refusal, status=refusal.status)
    messages.success(request, _("已提交，等另一人审批。"))
    return back(county)


@require_POST
@require("credit.propose")
def new_scheme(request: DoorRequest) -> HttpResponse:
    """Ask for credits of a place; another person opens them."""
    county = county_of(request, "credit.propose")
    form = SchemeForm(request.POST, county=county, on=request.on, auto_id="id_scheme_%s")

    def do() -> Mapping[str, Any]:
        told = form.cleaned_data
        made = propose_scheme(
            county=county,
            code=told["code"],
            name=told["name"],
            place=told["place"],
            unit=told["unit"],
            helps=told["helps"],
            ticket_fen=told["ticket"] if told["unit"] == Unit.TICKET else None,
            ceiling=form.most(),
            at=request.at,
            by=who(request),
        )
        return {"id": str(made.id)}

    return ask(request, county, "scheme", form, do)


@require_POST
@require("credit.propose")
def new_rate(request: DoorRequest) -> HttpResponse:
    """Ask for what a thing or a work earns from a day on; days gone by keep theirs."""
    county = county_of(request, "credit.propose")
    schemes = queries.schemes_of(county, request.on)
    form = RateForm(request.POST, schemes=schemes, auto_id="id_rate_%s")

    def do() -> Mapping[str, Any]:
        told = form.cleaned_data
        scheme = next(one for one in schemes if one.code == told["scheme"])
        made = propose_rate(
            scheme=scheme,
            code=told["code"],
            name=told["name"],
            name_en=told["name_en"],
            measure=told["measure"],
            units=int(told["gives"] * 100) if scheme.unit == Unit.FEN else int(told["gives"]),
            per=told["per"],
            helpers_only=told["helpers_only"],
            valid_from=told["valid_from"],
            source=told["source"],
            at=request.at,
            by=who(request),
        )
        return {"id": str(made.id)}

    return ask(request, county, "rate", form, do)


@require_POST
@require("credit.decide")
def decide(request: DoorRequest, proposal_id: UUID, answer: str) -> HttpResponse:
    """Another person than the one who asked makes it so, or says why not."""
    return answered(
        request,
        CREDITS,
        proposal_id,
        answer,
        page=lambda row, wrong, status: page(request, row.county, wrong=wrong, status=status),
        after=lambda row: address_of(row.county),
    )


@require_POST
@require("credit.decide")
def let_lapse(request: DoorRequest, holder_id: UUID) -> HttpResponse:
    """What can be spent no more goes to the scheme's lapsed account; nobody is paid."""
    row = Holder.objects.select_related("scheme").filter(id=holder_id).first()
    if row is None:
        raise Http404
    if row.county not in counties(request, "credit.decide"):
        out_of_reach(request, county=row.county, subject="credit_holder", subject_id=row.id)
    form = sent(LapseForm, f"lapse_{row.id.hex}", request)
    if not form.is_valid():
        messages.warning(request, _("请写明原因。"))
        return back(row.county)
    if row not in queries.idle(row.county, request.on):
        raise Http404

    def do() -> dict[str, Any]:
        left = lapse(
            scheme=row.scheme,
            person_id=row.person_id,
            because=form.cleaned_data["because"],
            at=request.at,
            on=request.on,
            by=who(request),
        )
        return {"left": left}

    try:
        act_once(request, county=row.county, name=f"credit.lapse:{row.id}", form=form, do=do)
    except Refusal as refusal:
        return page(request, row.county, refusal=refusal, status=refusal.status)
    messages.success(request, _("已失效，没有付给任何人。"))
    return back(row.county)
