"""The canteen's day 助餐: what to cook, how many at the table and to bring, samples kept, and when serving begins."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_POST, require_safe

from songhe.doors.may import check, require
from songhe.doors.provider.desk import Desk, by, open_desk, shown
from songhe.doors.shell.request import DoorRequest
from songhe.doors.staff.acting import ActForm, act_once, fresh, in_words, sent
from songhe.doors.staff.meals_shown import MEALS, MENU, WEEKDAYS, closure_said, lacking_said
from songhe.doors.staff.reach import out_of_reach
from songhe.doors.staff.words import Word
from songhe.kernel.month import parse_date
from songhe.kernel.refusal import Refusal
from songhe.meal.menu import begin, finish, keep_sample, limits, set_booking
from songhe.meal.models import Dish, Menu, Point, Sample
from songhe.meal.offer import Standing, standings
from songhe.meal.queries import Kitchen, dishes_of, kitchen, samples_of


class SamplesForm(ActForm):
    """Grams of every dish of which a sample is kept now; a field for each dish that has none yet."""

    def __init__(self, *told: Any, menu: Menu, dishes: list[Dish], **more: Any) -> None:
        super().__init__(*told, **more)
        self.menu = menu
        for dish in dishes:
            self.fields[f"grams_{dish.id.hex}"] = forms.IntegerField(
                label=dish.name,
                required=False,
                min_value=1,
                max_value=100_000,
                widget=forms.NumberInput(attrs={"inputmode": "numeric"}),
                error_messages={"invalid": gettext_lazy("请填写克数，如 150。")},
            )

    def rows(self) -> list[forms.BoundField]:
        return [self[name] for name in self.fields if name.startswith("grams_")]


@dataclass(frozen=True)
class Cooking:
    """One menu of the day as the kitchen's page shows it."""

    kitchen: Kitchen
    meal: Any
    state: Word
    dishes: list[tuple[Dish, Sample | None]]
    samples: SamplesForm | None
    acts: list[tuple[str, Any, ActForm]]

    @property
    def missing(self) -> int:
        return sum(sample is None for _dish, sample in self.dishes)


def points_here(desk: Desk, on: date) -> list[Point]:
    """The points of the provider that are not given up, by name."""
    rows = (
        Point.objects.filter(provider=desk.provider).select_related("provider", "food_licence").order_by("name", "id")
    )
    return [one for one in rows.order_by("name", "id") if one.last_day is None or one.last_day >= on]


def own_point(request: DoorRequest, desk: Desk, point_id: int) -> Point:
    """A point of this provider; another's is not there, and the asking is noted."""
    point = Point.objects.select_related("provider", "food_licence").filter(pk=point_id).first()
    if point is None:
        raise Http404
    if point.provider_id != desk.provider.id:
        out_of_reach(request, county=point.county, subject="meal_point", subject_id=str(point.pk))
    return point


def own_menu(request: DoorRequest, desk: Desk, menu_id: UUID) -> Menu:
    rows = Menu.objects.select_related("point__provider", "point__food_licence", "item", "delivery")
    menu = rows.filter(id=menu_id).first()
    if menu is None:
        raise Http404
    if menu.point.provider_id != desk.provider.id:
        out_of_reach(request, county=menu.county, subject="menu", subject_id=menu.id)
    return menu


def tabs(point: Point, current: str) -> list[tuple[str, Any, bool]]:
    named = (
        ("meals-today", _("今天的餐")),
        ("meals-week", _("一周菜单")),
        ("meals-safety", _("食品安全")),
    )
    return [(reverse(f"provider:{name}", args=[point.pk]), word, name == current) for name, word in named]


def of_point(desk: Desk, point: Point, on: date, current: str) -> dict[str, Any]:
    """What the head of every page of a point says."""
    standing = standings([point], on)[point.pk]
    return {
        "point": point,
        "points": [
            (reverse(f"provider:{current}", args=[one.pk]), one.name, one.pk == point.pk)
            for one in points_here(desk, on)
        ],
        "meal_tabs": tabs(point, current),
        "standing": standing,
        "why_closed": why_closed(standing),
    }


def why_closed(standing: Standing) -> str:
    if standing.cooks:
        return ""
    return closure_said(standing.closure) if standing.closure else lacking_said(standing)


@require_safe
@require("desk.meals")
def first(request: DoorRequest) -> HttpResponse:
    """The day of the provider's first point; who has none is told how one comes about."""
    desk = open_desk(request, "desk.meals")
    points = points_here(desk, request.on)
    if points:
        return HttpResponseRedirect(reverse("provider:meals-today", args=[points[0].pk]))
    return shown(request, desk, "provider/meals_none.html", {})


@require_safe
@require("desk.meals")
def today(request: DoorRequest, point_id: int) -> HttpResponse:
    desk = open_desk(request, "desk.meals")
    return today_page(request, desk, own_point(request, desk, point_id), asked_day(request))


def asked_day(request: DoorRequest) -> date:
    try:
        return parse_date(request.GET["day"], "day") if request.GET.get("day") else request.on
    except Refusal:
        return request.on


def today_page(
    request: DoorRequest,
    desk: Desk,
    point: Point,
    day: date,
    *,
    wrong: SamplesForm | None = None,
    refusal: Refusal | None = None,
    status: int = 200,
) -> HttpResponse:
    """What the kitchen cooks on a day: portions by way, wishes, samples; and what is the next thing to do."""
    here = reverse("provider:meals-today", args=[point.pk])
    said = {
        **of_point(desk, point, request.on, "meals-today"),
        "day": day,
        "weekday": WEEKDAYS[day.weekday()],
        "is_today": day == request.on,
        "before": f"{here}?day={day - timedelta(days=1)}",
        "after": f"{here}?day={day + timedelta(days=1)}",
        "cooking": cooking_of(point, day, request.on, desk.is_manager, wrong),
        "least_grams": limits()[0],
        "hours": limits()[1],
        "wrong": wrong,
        "refused": in_words(refusal) if refusal else "",
        "refused_code": refusal.code if refusal else "",
    }
    return shown(request, desk, "provider/meals_today.html", said, status=status)


def cooking_of(point: Point, day: date, on: date, is_manager: bool, wrong: SamplesForm | None = None) -> list[Cooking]:
    """The menus of the day with dishes and samples: four statements, however many menus and bookings."""
    found = kitchen(point, day)
    ids = [one.menu.id for one in found]
    dishes, kept = dishes_of(point.county, ids), samples_of(point.county, ids)
    made = []
    for one in found:
        state = one.menu.state
        told = [(dish, kept.get(dish.id)) for dish in dishes.get(one.menu.id, [])]
        without = [dish for dish, sample in told if sample is None]
        open_now = state in (Menu.State.OPEN, Menu.State.SERVING) and day == on
        mine = wrong if wrong is not None and wrong.menu == one.menu else None
        samples = mine or samples_form(one.menu, without) if without and open_now else None
        made.append(Cooking(one, MEALS[one.menu.meal], MENU[state], told, samples, acts_on(one.menu, on, is_manager)))
    return made


def samples_form(menu: Menu, dishes: list[Dish], data: Any = None) -> SamplesForm:
    if data is not None:
        return SamplesForm(data, menu=menu, dishes=dishes, auto_id=f"id_{menu.id.hex}_%s")
    made: Any = lambda **more: SamplesForm(menu=menu, dishes=dishes, **more)  # noqa: E731
    found = fresh(made, menu.id.hex)
    assert isinstance(found, SamplesForm)
    return found


def acts_on(menu: Menu, on: date, is_manager: bool) -> list[tuple[str, Any, ActForm]]:
    """What may be done to a menu now, by its state."""
    named: list[tuple[str, Any]] = []
    if menu.state == Menu.State.OPEN and menu.on == on:
        named.append(("begin", _("开始供餐")))
    if menu.state == Menu.State.SERVING:
        named.append(("finish", _("供餐结束")))
    if menu.state == Menu.State.OPEN and is_manager:
        named.append(("stop", _("暂停预订")) if menu.bookable else ("open", _("恢复预订")))
    return [(name, word, fresh(ActForm, f"{name}_{menu.id.hex}")) for name, word in named]


def _begin(request: DoorRequest, menu: Menu) -> str:
    begin(menu=menu, at=request.at, on=request.on, by=by(request))
    return _("开始供餐了。")


def _finish(request: DoorRequest, menu: Menu) -> str:
    missed = finish(menu=menu, at=request.at, by=by(request))
    if not missed:
        return _("供餐结束，订的人都来了。")
    return ngettext("供餐结束，%(count)s 人没有来。", "供餐结束，%(count)s 人没有来。", missed) % {"count": missed}


def _stop(request: DoorRequest, menu: Menu) -> str:
    set_booking(menu=menu, bookable=False, at=request.at, by=by(request))
    return _("这一餐暂停预订，已经订的不变。")


def _open(request: DoorRequest, menu: Menu) -> str:
    set_booking(menu=menu, bookable=True, at=request.at, by=by(request))
    return _("这一餐又可以预订了。")


#: The acts on a menu, each with what it asks of whoever does it.
VERBS: dict[str, tuple[str, Callable[[DoorRequest, Menu], str]]] = {
    "begin": ("desk.meals", _begin),
    "finish": ("desk.meals", _finish),
    "stop": ("desk.menus", _stop),
    "open": ("desk.menus", _open),
}


@require_POST
@require("desk.meals")
def act(request: DoorRequest, menu_id: UUID, verb: str) -> HttpResponse:
    if verb not in VERBS:
        raise Http404
    wanted, do_it = VERBS[verb]
    check(request, wanted)
    desk = open_desk(request, wanted)
    menu = own_menu(request, desk, menu_id)
    form = sent(ActForm, verb, request)
    if not form.is_valid():
        raise Http404

    def do() -> dict[str, Any]:
        return {"said": do_it(request, menu)}

    try:
        answer = act_once(request, county=menu.county, name=f"meal.{verb}:{menu.id}", form=form, do=do)
    except Refusal as refusal:
        return today_page(request, desk, menu.point, menu.on, refusal=refusal, status=refusal.status)
    messages.success(request, answer["said"])
    return HttpResponseRedirect(after_act(request, menu, verb))


def after_act(request: DoorRequest, menu: Menu, verb: str) -> str:
    if verb == "begin":
        return reverse("provider:meals-menu", args=[menu.id])
    if request.POST.get("from") == "week":
        return f"{reverse('provider:meals-week', args=[menu.point_id])}?week={menu.on}"
    return f"{reverse('provider:meals-today', args=[menu.point_id])}?day={menu.on}"


@require_POST
@require("desk.meals")
def samples(request: DoorRequest, menu_id: UUID) -> HttpResponse:
    """Write down the samples that are kept now; a dish that is left empty is kept later."""
    desk = open_desk(request, "desk.meals")
    menu = own_menu(request, desk, menu_id)
    dishes = dishes_of(menu.county, [menu.id]).get(menu.id, [])
    form = samples_form(menu, dishes, request.POST)
    if not form.is_valid():
        return today_page(request, desk, menu.point, menu.on, wrong=form, status=422)
    told = {dish: form.cleaned_data[f"grams_{dish.id.hex}"] for dish in dishes}

    def do() -> dict[str, Any]:
        given = [(dish, grams) for dish, grams in told.items() if grams]
        for dish, grams in given:
            keep_sample(dish=dish, grams=grams, at=request.at, by=by(request))
        return {"kept": len(given)}

    try:
        answer = act_once(request, county=menu.county, name=f"meal.samples:{menu.id}", form=form, do=do)
    except Refusal as refusal:
        return today_page(request, desk, menu.point, menu.on, refusal=refusal, status=refusal.status)
    kept = answer["kept"]
    said = ngettext("记下了 %(count)s 份留样。", "记下了 %(count)s 份留样。", kept) % {"count": kept}
    messages.success(request, said)
    return HttpResponseRedirect(f"{reverse('provider:meals-today', args=[menu.point_id])}?day={menu.on}")
