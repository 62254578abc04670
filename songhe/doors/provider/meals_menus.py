"""The menus of a week 一周菜单: made one by one, or copied from another week; stopped and taken up again."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import partial
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods, require_POST

from songhe.doors.may import require
from songhe.doors.provider import words
from songhe.doors.provider.desk import Desk, by, open_desk, shown
from songhe.doors.provider.fields import ClockField, DayField
from songhe.doors.provider.meals import acts_on, of_point, own_point
from songhe.doors.provider.posting import post, troubles
from songhe.doors.shell.request import DoorRequest
from songhe.doors.shell.spoken import day as day_said
from songhe.doors.staff.acting import ActForm, act_once, fresh, in_words, sent
from songhe.doors.staff.meals_shown import MEALS, MENU, WEEKDAYS, language
from songhe.doors.staff.words import Word
from songhe.kernel.month import BEIJING, parse_date
from songhe.kernel.refusal import Refusal
from songhe.meal.menu import publish_menu
from songhe.meal.models import Menu, Point
from songhe.meal.offer import Offer, offers
from songhe.meal.queries import menus
from songhe.meal.week import copy_week, week_of
from songhe.provider.catalogue import items_on
from songhe.provider.models import Item

MOST_DISHES = 12


class MenuForm(ActForm):
    day = DayField(label=gettext_lazy("哪一天"))
    meal = forms.ChoiceField(label=gettext_lazy("哪一餐"), choices=list(MEALS.items()))
    dishes = forms.CharField(
        label=gettext_lazy("菜品"),
        help_text=gettext_lazy("一行一道菜；要提醒老人的写在后面，用空格隔开，如：红烧肉 含糖。"),
        max_length=1500,
        widget=forms.Textarea(attrs={"rows": 5}),
        error_messages={"required": gettext_lazy("请写明菜品。")},
    )
    item = forms.ChoiceField(label=gettext_lazy("按哪个项目收费"))
    delivery = forms.ChoiceField(label=gettext_lazy("送餐费项目"), required=False)
    portions = forms.IntegerField(
        label=gettext_lazy("一共几份"),
        min_value=1,
        max_value=5000,
        widget=forms.NumberInput(attrs={"inputmode": "numeric"}),
        error_messages={"invalid": gettext_lazy("请填写份数。"), "required": gettext_lazy("请填写份数。")},
    )
    until_day = DayField(label=gettext_lazy("订餐截止日期"))
    until_time = ClockField(label=gettext_lazy("截止时间"))

    def __init__(self, *told: Any, items: list[Item], delivers: bool, **more: Any) -> None:
        super().__init__(*told, **more)
        choices = [(one.code, words.item(one)) for one in items]
        self.fields["item"].choices = choices  # type: ignore[attr-defined]
        self.fields["delivery"].choices = [("", _("这一餐不送"))] + (choices if delivers else [])  # type: ignore[attr-defined]

    def told_dishes(self) -> list[tuple[str, str]]:
        lines = [line.strip() for line in self.cleaned_data["dishes"].splitlines() if line.strip()]
        split = [line.replace("　", " ").partition(" ") for line in lines[:MOST_DISHES]]
        return [(name, about.strip()) for name, _blank, about in split]

    def book_until(self) -> datetime:
        told = self.cleaned_data
        return datetime.combine(told["until_day"], told["until_time"], tzinfo=BEIJING)


@dataclass(frozen=True)
class MenuRow:
    offer: Offer
    meal: Any
    state: Word
    acts: list[tuple[str, Any, ActForm]]


@dataclass(frozen=True)
class DayRow:
    on: date
    name: Any
    rows: list[MenuRow]


def meal_items(point: Point, on: date) -> list[Item]:
    """What a meal of this point may be charged as: the items of meals in the catalogue of its place."""
    return [one for one in items_on(point.place, on) if one.help == "meals"]


def asked_week(request: DoorRequest) -> date:
    try:
        given = request.GET.get("week", "")
        return week_of(parse_date(given, "week")) if given else week_of(request.on)
    except Refusal:
        return week_of(request.on)


@require_http_methods(["GET", "HEAD", "POST"])
@require("desk.menus")
def week(request: DoorRequest, point_id: int) -> HttpResponse:
    desk = open_desk(request, "desk.menus")
    point = own_point(request, desk, point_id)
    page = partial(week_page, request, desk, point)
    if request.method != "POST":
        return page(None)
    items = meal_items(point, request.on)
    form_of: Any = lambda *told, **more: MenuForm(*told, items=items, delivers=point.delivers, **more)  # noqa: E731
    form = sent(form_of, "menu", request)
    assert isinstance(form, MenuForm)

    def do(told: dict[str, Any]) -> Point:
        by_code = {one.code: one for one in items}
        publish_menu(
            point=point,
            day=told["day"],
            meal=told["meal"],
            item=by_code[told["item"]],
            delivery=by_code.get(told["delivery"]),
            dishes=form.told_dishes(),
            portions=told["portions"],
            book_until=form.book_until(),
            at=request.at,
            by=by(request),
        )
        return point

    day = form.cleaned_data.get("day") if form.is_valid() else None
    return post(
        request,
        form,
        county=point.county,
        name=f"meal.menu:{point.pk}",
        do=do,
        page=page,
        done=_("菜单已公布，可以预订了。"),
        on_to=f"{reverse('provider:meals-week', args=[point.pk])}?week={day or request.on}",
    )


def week_page(
    request: DoorRequest,
    desk: Desk,
    point: Point,
    form: ActForm | None,
    refusal: Refusal | None = None,
    status: int = 200,
) -> HttpResponse:
    """The week day by day with dishes, portions and whole prices; and a form for one more menu."""
    first = asked_week(request)
    items = meal_items(point, request.on)
    here = reverse("provider:meals-week", args=[point.pk])
    said = {
        **of_point(desk, point, request.on, "meals-week"),
        "first": first,
        "last": first + timedelta(days=6),
        "before": f"{here}?week={first - timedelta(days=7)}",
        "after": f"{here}?week={first + timedelta(days=7)}",
        "days": days_of(point, first, request.on),
        "form": form or fresh_form(point, items, first, request.on),
        "open": form is not None,
        "copy": fresh(ActForm, "copy"),
        "has_items": bool(items),
        **troubles(form, refusal),
    }
    return shown(request, desk, "provider/meals_week.html", said, status=status)


def fresh_form(point: Point, items: list[Item], first: date, on: date) -> ActForm:
    """A form that begins where the last menu of the point left off."""
    day = max(first, on + timedelta(days=1))
    last = Menu.objects.filter(county=point.county, point=point).select_related("item", "delivery").order_by("-id")
    before = last.first()
    told: dict[str, Any] = {"day": day, "until_day": day - timedelta(days=1), "until_time": "18:00", "meal": "lunch"}
    if before is not None:
        until = before.book_until.astimezone(BEIJING)
        told |= {
            "meal": before.meal,
            "item": before.item.code,
            "delivery": before.delivery.code if before.delivery else "",
            "portions": before.portions,
            "until_day": day - (before.on - until.date()),
            "until_time": until.strftime("%H:%M"),
        }
    form_of: Any = lambda **more: MenuForm(items=items, delivers=point.delivers, **more)  # noqa: E731
    return fresh(form_of, "menu", **told)


def days_of(point: Point, first: date, on: date) -> list[DayRow]:
    found = list(menus(point, first, first + timedelta(days=6)).select_related("point", "item", "delivery"))
    priced = offers(found, born=None, card_class=None)
    days: dict[date, list[MenuRow]] = {first + timedelta(days=number): [] for number in range(7)}
    for menu in found:
        acts = [one for one in acts_on(menu, on, True) if one[0] in ("stop", "open")]
        days[menu.on].append(MenuRow(priced[menu.id], MEALS[menu.meal], MENU[menu.state], acts))
    return [DayRow(day, WEEKDAYS[day.weekday()], rows) for day, rows in days.items()]


@require_POST
@require("desk.menus")
def copy(request: DoorRequest, point_id: int) -> HttpResponse:
    """The menus of the week before the one shown are made again for it."""
    desk = open_desk(request, "desk.menus")
    point = own_point(request, desk, point_id)
    target = asked_week(request)
    form = sent(ActForm, "copy", request)

    def do() -> dict[str, Any]:
        done = copy_week(point=point, source=target - timedelta(days=7), target=target, at=request.at, by=by(request))
        left = [[day.isoformat(), str(meal), why.message("zh"), why.message("en")] for day, meal, why in done.left]
        return {"made": len(done.made), "left": left}

    if not form.is_valid():
        return week_page(request, desk, point, None, status=422)
    try:
        answer = act_once(request, county=point.county, name=f"meal.copy:{point.pk}:{target}", form=form, do=do)
    except Refusal as refusal:
        messages.warning(request, in_words(refusal))
        answer = {"made": 0, "left": []}
    say_copied(request, answer)
    return HttpResponseRedirect(f"{reverse('provider:meals-week', args=[point.pk])}?week={target}")


def say_copied(request: DoorRequest, answer: dict[str, Any]) -> None:
    if made := answer["made"]:
        said = ngettext("抄好了 %(count)s 份菜单。", "抄好了 %(count)s 份菜单。", made) % {"count": made}
        messages.success(request, said)
    for on, meal, zh, en in answer["left"]:
        when = day_said(date.fromisoformat(on), language())
        why = zh if language() == "zh" else en
        told = {"day": when, "meal": MEALS[meal], "why": why}
        messages.warning(request, _("%(day)s%(meal)s没有抄：%(why)s") % told)
