"""Prices of meals 助餐价格: by age and class, who pays which part; one proposes, another approves."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.db.models import Q
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from songhe.card.models import Fund
from songhe.card.part import funds_for_parts
from songhe.doors.may import check, may, require
from songhe.doors.provider.fields import DayField, YuanField, text_field
from songhe.doors.shell.request import DoorRequest
from songhe.doors.staff import naming
from songhe.doors.staff.acting import ActForm, act_once, fresh, problems
from songhe.doors.staff.meals import meals_page, tabs, who
from songhe.doors.staff.meals_asked import MEALS, fund_names, funds_said
from songhe.doors.staff.meals_shown import BandShown, band_shown, payer
from songhe.doors.staff.proposals import answered, shown
from songhe.doors.staff.reach import counties, county_of, reach
from songhe.doors.staff.verbs import Wrong
from songhe.doors.staff.words import said
from songhe.kernel import place_code
from songhe.kernel.refusal import Refusal
from songhe.meal.models import Point, Tariff
from songhe.meal.price import PAYERS, Band, read
from songhe.meal.propose import PROPOSALS, TARIFF, propose_tariff
from songhe.meal.queries import points_of
from songhe.proposal.models import Proposal
from songhe.provider.catalogue import items_on
from songhe.provider.models import Item

#: A place has few bands; a page has room for so many.
BANDS = 6
#: Tariffs shown, those in force and the last ones before.
MOST = 200


class TariffForm(ActForm):
    item = forms.ChoiceField(label=gettext_lazy("助餐项目"))
    point = forms.ChoiceField(label=gettext_lazy("用在哪里"), required=False)
    price = YuanField(label=gettext_lazy("价格（元）"))
    valid_from = DayField(label=gettext_lazy("从哪天起"))
    source = text_field(gettext_lazy("依据的文件"), longest=120, required=False)

    def __init__(self, *told: Any, items: list[Item], points: list[Point], funds: list[Fund], **more: Any) -> None:
        super().__init__(*told, **more)
        self.from_funds = [code for code in PAYERS if any(fund.source == code for fund in funds)]
        for code in self.from_funds:
            self.fields[f"fund_{code}"] = forms.ChoiceField(
                label=_("%(payer)s从哪里付") % {"payer": payer(code)},
                required=False,
                choices=[("", _("在本系统外结算"))] + [(fund.code, fund.name) for fund in funds if fund.source == code],
            )
        self.fields["item"].choices = [(one.code, said(one.name, one.name_en)) for one in items]  # type: ignore[attr-defined]
        everywhere = [("", _("全县所有助餐点"))]
        self.fields["point"].choices = everywhere + [(str(one.pk), one.name) for one in points]  # type: ignore[attr-defined]
        whole: Any = {"min_value": 0, "max_value": 130, "required": False}
        for number in range(1, BANDS + 1):
            named = {"number": number}
            self.fields[f"from_{number}"] = forms.IntegerField(label=_("第 %(number)s 档从几岁") % named, **whole)
            self.fields[f"to_{number}"] = forms.IntegerField(label=_("第 %(number)s 档到几岁") % named, **whole)
            self.fields[f"classes_{number}"] = forms.MultipleChoiceField(
                label=_("第 %(number)s 档哪几类卡") % named,
                required=False,
                choices=[(str(one), str(one)) for one in range(1, 5)],
                widget=forms.CheckboxSelectMultiple,
            )
            for code in PAYERS:
                label = _("第 %(number)s 档%(payer)s（元）") % {**named, "payer": payer(code)}
                self.fields[f"{code}_{number}"] = YuanField(label=label, required=False, least_fen=0)

    def rows(self) -> list[list[forms.BoundField]]:
        return [
            [self[f"{name}_{number}"] for name in ("from", "to", "classes", *PAYERS)] for number in range(1, BANDS + 1)
        ]

    def fund_fields(self) -> list[forms.BoundField]:
        return [self[f"fund_{code}"] for code in self.from_funds]

    def funds(self) -> dict[str, str]:
        """Out of which fund a payer's part is paid; the parts of others are settled outside."""
        told = {code: self.cleaned_data[f"fund_{code}"] for code in self.from_funds}
        return {code: fund for code, fund in told.items() if fund}

    def bands(self) -> list[Band]:
        """The bands that are filled in; what others pay of the price leaves the elder's own part."""
        told, found = self.cleaned_data, []
        for number in range(1, BANDS + 1):
            if told[f"from_{number}"] is None:
                continue
            parts = {code: told[f"{code}_{number}"] for code in PAYERS if told[f"{code}_{number}"]}
            classes = frozenset(int(one) for one in told[f"classes_{number}"])
            own = told["price"] - sum(parts.values())
            found.append(Band(told[f"from_{number}"], told[f"to_{number}"], classes, own, parts))
        return found


@dataclass(frozen=True)
class Shown:
    tariff: Tariff
    item: str
    where: str
    bands: list[BandShown]
    funds: str
    is_over: bool
    people: tuple[str, str]


def tariffs_shown(county: str, on: Any) -> list[Shown]:
    """What holds, is to come or was in force in the county."""
    rows = Tariff.objects.filter(Q(place__in=place_code.layers(county)) | Q(place__startswith=county))
    found = list(rows.select_related("item", "point").order_by("item__code", "-valid_from", "id")[:MOST])
    names = naming.accounts([name for row in found for name in (row.set_by, row.approved_by)])
    places = naming.places([row.place for row in found], on)
    funds = fund_names(county)
    return [
        Shown(
            row,
            said(row.item.name, row.item.name_en),
            row.point.name if row.point else places.get(row.place, row.place),
            [band_shown(band) for band in read(row.bands)],
            funds_said(row.funds, funds),
            row.valid_to is not None and row.valid_to < on,
            (names.get(row.set_by, row.set_by), names.get(row.approved_by, row.approved_by)),
        )
        for row in found
    ]


@require_http_methods(["GET", "HEAD", "POST"])
@require("meal.read")
def tariffs(request: DoorRequest) -> HttpResponse:
    """What meals cost whom in the county; a new price is asked for here."""
    reach(request, "meal.read")
    if request.method != "POST":
        return tariffs_page(request, county_of(request, "meal.read"))
    check(request, "meal.propose")
    county = county_of(request, "meal.propose")
    items, points = choices_of(county, request.on)
    funds = funds_for_parts(county=county, category="meals", on=request.on)
    form = TariffForm(request.POST, items=items, points=points, funds=funds, auto_id="id_tariff_%s")
    if not form.is_valid():
        return tariffs_page(request, county, form=form, status=422)
    told = form.cleaned_data
    by_point = {str(one.pk): one for one in points}

    def do() -> Mapping[str, Any]:
        made = propose_tariff(
            county=county,
            item=next(one for one in items if one.code == told["item"]),
            price_fen=told["price"],
            bands=form.bands(),
            valid_from=told["valid_from"],
            point=by_point.get(told["point"]),
            source=told["source"],
            funds=form.funds(),
            at=request.at,
            by=who(request),
        )
        return {"id": str(made.id)}

    try:
        act_once(request, county=county, name="meal.propose_tariff", form=form, do=do)
    except Refusal as refusal:
        return tariffs_page(request, county, form=form, refusal=refusal, status=refusal.status)
    messages.success(request, _("已提交，等另一人审批。"))
    return HttpResponseRedirect(f"{reverse('staff:meals-tariffs')}?{urlencode({'county': county})}")


def choices_of(county: str, on: Any) -> tuple[list[Item], list[Point]]:
    return [one for one in items_on(county, on) if one.help == "meals"], points_of(county, on)


def tariffs_page(
    request: DoorRequest,
    county: str,
    *,
    form: TariffForm | None = None,
    refusal: Refusal | None = None,
    wrong: Wrong | None = None,
    status: int = 200,
) -> HttpResponse:
    items, points = choices_of(county, request.on)
    proposes = may(request.user, "meal.propose", request.on) and county in counties(request, "meal.propose")
    funds = funds_for_parts(county=county, category="meals", on=request.on) if proposes and form is None else []
    empty: Any = partial(TariffForm, items=items, points=points, funds=funds)
    tariffs = tariffs_shown(county, request.on)
    told = {
        "county": county,
        "place": naming.whole_place(county, request.on),
        "meal_tabs": tabs(county, "meals-tariffs"),
        "rows": [one for one in tariffs if not one.is_over],
        "over": [one for one in tariffs if one.is_over],
        "proposals": shown(request, MEALS, county, PROPOSALS.waiting(county, TARIFF), wrong),
        "form": (form or fresh(empty, "tariff", valid_from=request.on)) if proposes and items else None,
        "form_open": form is not None,
        "payers": [payer(code) for code in PAYERS],
        **(wrong.said() if wrong else problems(form, refusal)),
    }
    return render(request, "staff/meals_tariffs.html", told, status=status)


@require_POST
@require("meal.approve")
def decide(request: DoorRequest, proposal_id: UUID, answer: str) -> HttpResponse:
    """Another person than the one who asked opens the point or sets the price, or says why not."""

    def page(row: Proposal, wrong: Wrong, status: int) -> HttpResponse:
        of_kind = tariffs_page if row.kind == TARIFF else meals_page
        return of_kind(request, row.county, wrong=wrong, status=status)

    def after(row: Proposal) -> str:
        name = "staff:meals-tariffs" if row.kind == TARIFF else "staff:meals"
        return f"{reverse(name)}?{urlencode({'county': row.county})}"

    return answered(request, MEALS, proposal_id, answer, page=page, after=after)
