"""Meal points 助餐点: which there are, how each stands, opened by two people, inspected, closed and reopened."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from songhe.doors.may import may, require
from songhe.doors.provider.fields import DayField, text_field
from songhe.doors.provider.meals import why_closed
from songhe.doors.provider.meals_safety import CloseForm, closed_said, cook_rows, inspection_rows
from songhe.doors.provider.workers import state_of
from songhe.doors.shell.pieces import Crumb, Fact
from songhe.doors.shell.request import DoorRequest
from songhe.doors.staff import naming
from songhe.doors.staff.acting import ActForm, act_once, because, fresh, problems
from songhe.doors.staff.examination_exits import offer_said
from songhe.doors.staff.meals_asked import MEALS
from songhe.doors.staff.meals_shown import RESULTS
from songhe.doors.staff.proposals import shown
from songhe.doors.staff.reach import account_of, counties, county_of, reach
from songhe.doors.staff.verbs import NOTHING_WRONG, ThingForm, Verb, Wrong, find, offers, perform
from songhe.examine.steer import canteens
from songhe.kernel.geo import Point as Position
from songhe.kernel.refusal import Refusal
from songhe.meal.close import close_point, inspect, remedy, reopen
from songhe.meal.figures import last_inspections, portions_of_day
from songhe.meal.models import Closure, Inspection, Point
from songhe.meal.offer import standings
from songhe.meal.propose import POINT, PROPOSALS, propose_point
from songhe.meal.queries import points_of
from songhe.place.division import in_force
from songhe.provider.models import Licence


class PointForm(ActForm):
    licence = forms.ChoiceField(label=gettext_lazy("食品经营许可"))
    name = text_field(gettext_lazy("名称"), longest=80)
    code = text_field(gettext_lazy("代码"), longest=30, help_text=gettext_lazy("小写字母、数字和连字符。"))
    place = forms.ChoiceField(label=gettext_lazy("在哪个村（社区）"))
    address = text_field(gettext_lazy("地址"), longest=200)
    phone = text_field(gettext_lazy("电话"), longest=20, required=False, inputmode="tel")
    latitude = forms.FloatField(label=gettext_lazy("纬度"), min_value=-90, max_value=90)
    longitude = forms.FloatField(label=gettext_lazy("经度"), min_value=-180, max_value=180)
    seats = forms.IntegerField(label=gettext_lazy("座位"), min_value=0, max_value=5000)
    delivers = forms.BooleanField(label=gettext_lazy("可以送餐到家"), required=False)

    def __init__(self, *told: Any, county: str, on: Any, **more: Any) -> None:
        super().__init__(*told, **more)
        held = Licence.objects.filter(kind=Licence.Kind.FOOD, provider__place=county, valid_from__lte=on)
        licences = held.exclude(valid_to__lt=on).select_related("provider").order_by("provider__name", "id")
        self.fields["licence"].choices = [  # type: ignore[attr-defined]
            (str(one.pk), f"{one.provider.name} · {one.number}") for one in licences
        ]
        places = in_force(on).filter(code__startswith=county).order_by("code").values_list("code", "name")
        self.fields["place"].choices = [one for one in places if len(one[0]) > 6]  # type: ignore[attr-defined]


class InspectForm(ThingForm):
    day = DayField(label=gettext_lazy("检查日期"))
    result = forms.ChoiceField(
        label=gettext_lazy("结果"), choices=[(code, word.said) for code, word in RESULTS.items()]
    )
    findings = forms.CharField(
        label=gettext_lazy("发现的问题"),
        required=False,
        max_length=2000,
        help_text=gettext_lazy("一行一条；合格的可以不填。"),
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    remedy_by = DayField(label=gettext_lazy("整改期限"), required=False, help_text=gettext_lazy("只有限期整改的要填。"))

    def about(self, thing: Any, request: DoorRequest) -> None:
        self.initial["day"] = request.on


class RemedyForm(ActForm):
    inspection = forms.UUIDField(widget=forms.HiddenInput)
    how = because(gettext_lazy("怎么整改的"), longest=300, rows=2)


class CloseHereForm(ThingForm, CloseForm):
    """Where meals could go, the nearest and best first."""

    def __init__(self, *told: Any, **more: Any) -> None:
        super().__init__(*told, points=[], **more)

    def about(self, thing: Any, request: DoorRequest) -> None:
        others = [one for one in points_of(thing.county, request.on) if one.pk != thing.pk]
        ordered = enumerate(canteens(closing=thing, others=others, on=request.on))
        said = [(str(one.pk), offer_said(offer, first=at == 0, name=one.name)) for at, (one, offer) in ordered]
        fields: dict[str, Any] = self.fields
        self.choose("move_to", [*fields["move_to"].choices, *said])
        self.initial["since"] = request.on


class ReopenForm(ThingForm):
    last_day = DayField(label=gettext_lazy("关停的最后一天"))
    because = because(gettext_lazy("恢复理由"), longest=300)

    def about(self, thing: Any, request: DoorRequest) -> None:
        self.initial["last_day"] = request.on


def who(request: DoorRequest) -> str:
    return account_of(request).username


def _inspect(point: Point, told: Mapping[str, Any], request: DoorRequest) -> None:
    inspect(
        point=point,
        day=told["day"],
        result=told["result"],
        findings=told["findings"].splitlines(),
        remedy_by=told["remedy_by"],
        at=request.at,
        by=who(request),
    )


def _remedy(point: Point, told: Mapping[str, Any], request: DoorRequest) -> None:
    row = Inspection.objects.filter(county=point.county, point=point, id=told["inspection"]).first()
    if row is None:
        raise Http404
    remedy(inspection=row, how=told["how"], at=request.at, on=request.on, by=who(request))


def _close(point: Point, told: Mapping[str, Any], request: DoorRequest) -> str:
    others = points_of(point.county, request.on)
    done = close_point(
        point=point,
        since=told["since"],
        until=told["until"],
        because=told["because"],
        move_to=next((one for one in others if str(one.pk) == told["move_to"]), None),
        at=request.at,
        by=who(request),
    )
    return closed_said({"moved": len(done.moved), "cancelled": len(done.cancelled)})


def _reopen(point: Point, told: Mapping[str, Any], request: DoorRequest) -> None:
    closure = closure_of(point, request)
    if closure is None:
        raise Http404
    reopen(closure=closure, last_day=told["last_day"], because=told["because"], at=request.at, by=who(request))


def closure_of(point: Point, request: DoorRequest) -> Closure | None:
    """The closure that holds, or begins later."""
    rows = Closure.objects.filter(county=point.county, point=point).exclude(until__lt=request.on)
    return rows.order_by("since", "id").first()


INSPECT = Verb(
    "inspect", "meal.inspect", gettext_lazy("登记检查"), "", gettext_lazy("检查结果已登记。"), InspectForm, _inspect
)
REMEDY = Verb("remedy", "meal.inspect", gettext_lazy("登记整改"), "", gettext_lazy("整改已登记。"), RemedyForm, _remedy)
CLOSE = Verb(
    "close",
    "meal.close",
    gettext_lazy("关停助餐点"),
    gettext_lazy("菜单取消；已经订的餐转到别处，转不了的取消。"),
    "",
    CloseHereForm,
    _close,
    tone="grave",
)
REOPEN = Verb(
    "reopen",
    "meal.close",
    gettext_lazy("恢复供餐"),
    "",
    gettext_lazy("已写明关停的最后一天。"),
    ReopenForm,
    _reopen,
)


def tabs(county: str, current: str) -> list[tuple[str, Any, bool]]:
    named = (
        ("meals", _("助餐点")),
        ("meals-tariffs", _("助餐价格")),
        ("meals-figures", _("助餐统计")),
    )
    query = urlencode({"county": county})
    return [(f"{reverse(f'staff:{name}')}?{query}", word, name == current) for name, word in named]


@require_safe
@require("meal.read")
def meals(request: DoorRequest) -> HttpResponse:
    return meals_page(request, county_of(request, "meal.read"))


def meals_page(
    request: DoorRequest,
    county: str,
    *,
    form: ActForm | None = None,
    refusal: Refusal | None = None,
    wrong: Wrong | None = None,
    status: int = 200,
) -> HttpResponse:
    """The points of a county as they stand today; what waits for a second person stands first."""
    reach(request, "meal.read")
    points = points_of(county, request.on)
    standing, inspected = standings(points, request.on), last_inspections(county)
    portions = portions_of_day(county, request.on)
    names = naming.places([one.place for one in points], request.on)
    proposes = may(request.user, "meal.propose", request.on) and county in counties(request, "meal.propose")
    point_form: Any = partial(PointForm, county=county, on=request.on)
    said = {
        "county": county,
        "place": naming.whole_place(county, request.on),
        "meal_tabs": tabs(county, "meals"),
        "rows": [
            {
                "point": one,
                "address": f"{reverse('staff:meals-point', args=[one.pk])}?{urlencode({'county': county})}",
                "place": names.get(one.place, one.place),
                "standing": standing[one.pk],
                "why": why_closed(standing[one.pk]),
                "taken": portions.get(one.pk, (0, 0))[0],
                "portions": portions.get(one.pk, (0, 0))[1],
                "licence": state_of(one.food_licence.valid_to, request.on),
                "inspection": inspected.get(one.pk),
                "result": RESULTS[inspected[one.pk].result] if one.pk in inspected else None,
            }
            for one in points
        ],
        "proposals": shown(request, MEALS, county, PROPOSALS.waiting(county, POINT), wrong),
        "form": (form or fresh(point_form, "point")) if proposes else None,
        "form_open": form is not None,
        **(wrong.said() if wrong else problems(form, refusal)),
    }
    return render(request, "staff/meals.html", said, status=status)


@require_POST
@require("meal.propose")
def propose(request: DoorRequest) -> HttpResponse:
    """Ask for a new point; another person opens it."""
    county = county_of(request, "meal.propose")
    form = PointForm(request.POST, county=county, on=request.on, auto_id="id_point_%s")
    if not form.is_valid():
        return meals_page(request, county, form=form, status=422)
    told = form.cleaned_data

    def do() -> dict[str, Any]:
        made = propose_point(
            county=county,
            food_licence=Licence.objects.get(pk=told["licence"]),
            code=told["code"],
            name=told["name"],
            place=told["place"],
            address=told["address"],
            position=Position(told["latitude"], told["longitude"]),
            phone=told["phone"],
            seats=told["seats"],
            delivers=told["delivers"],
            at=request.at,
            by=who(request),
        )
        return {"id": str(made.id)}

    try:
        act_once(request, county=county, name="meal.propose_point", form=form, do=do)
    except Refusal as refusal:
        return meals_page(request, county, form=form, refusal=refusal, status=refusal.status)
    messages.success(request, _("已提交，等另一人审批。"))
    return HttpResponseRedirect(f"{reverse('staff:meals')}?{urlencode({'county': county})}")


def point_in_reach(request: DoorRequest, pk: int) -> Point:
    rows = Point.objects.select_related("provider", "food_licence")
    row: Point = find(request, rows, "meal.read", "meal_point", pk)
    return row


@require_http_methods(["GET", "HEAD"])
@require("meal.read")
def point(request: DoorRequest, pk: int) -> HttpResponse:
    reach(request, "meal.read")
    return point_page(request, point_in_reach(request, pk))


def point_page(request: DoorRequest, row: Point, wrong: Wrong | None = None, status: int = 200) -> HttpResponse:
    """One point: papers, cooks, inspections, closures, and what may be done now."""
    standing = standings([row], request.on)[row.pk]
    closure = closure_of(row, request)
    verbs = (INSPECT, REOPEN if closure is not None and closure.until is None else CLOSE)
    offered = offers(request, row, verbs, page="staff:meals-act", wrong=wrong)
    inspections = inspection_rows(row, request.on)
    inspectors = naming.accounts([one.row.inspector for one in inspections])
    mends = may(request.user, "meal.inspect", request.on)
    said = {
        "crumbs": [
            Crumb(_("助餐点"), f"{reverse('staff:meals')}?{urlencode({'county': row.county})}"),
            Crumb(row.name),
        ],
        "row": row,
        "standing": standing,
        "why_closed": why_closed(standing),
        "facts": [
            Fact(_("机构"), row.provider.name),
            Fact(_("所在地"), naming.whole_place(row.place, request.on)),
            Fact(_("地址"), row.address),
            Fact(_("电话"), row.phone),
            Fact(_("座位"), row.seats),
            Fact(_("送餐"), _("可以送餐到家") if row.delivers else _("不送餐")),
            Fact(_("开办日期"), row.opened_on.isoformat()),
        ],
        "licence_state": state_of(row.food_licence.valid_to, request.on),
        "cooks": cook_rows(row, request.on),
        "inspections": [
            (
                one,
                inspectors.get(one.row.inspector, one.row.inspector),
                fresh(RemedyForm, f"remedy_{one.row.id.hex}", inspection=one.row.id)
                if mends and one.row.remedied_on is None and one.row.result != Inspection.Result.PASS
                else None,
            )
            for one in inspections
        ],
        "closures": list(
            Closure.objects.filter(county=row.county, point=row).select_related("move_to").order_by("-since")[:20]
        ),
        "offered": offered,
        **(wrong.said() if wrong else NOTHING_WRONG),
    }
    return render(request, "staff/meals_point.html", said, status=status)


@require_POST
@require("meal.read")
def act(request: DoorRequest, pk: int, verb: str) -> HttpResponse:
    """Inspect a point, write down what was mended, close it or reopen it."""
    row = point_in_reach(request, pk)
    return perform(
        request,
        row,
        (INSPECT, REMEDY, CLOSE, REOPEN),
        verb,
        shown=lambda wrong, status: point_page(request, row, wrong, status),
        after=reverse("staff:meals-point", args=[pk]),
    )
