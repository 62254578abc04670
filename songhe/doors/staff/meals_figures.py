"""Meals in figures 助餐统计: a month of a county by point, day, way and age, who did not come, samples missing."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from songhe.doors.may import require
from songhe.doors.shell.request import DoorRequest
from songhe.doors.staff import naming
from songhe.doors.staff.cursor import address
from songhe.doors.staff.meals import tabs
from songhe.doors.staff.reach import county_of, reach
from songhe.kernel.month import Month
from songhe.kernel.refusal import Refusal
from songhe.meal.figures import AGES, figures
from songhe.meal.models import Point


def asked_month(request: DoorRequest) -> Month:
    try:
        return Month.parse(request.GET["month"]) if request.GET.get("month") else Month.of(request.on)
    except Refusal:
        return Month.of(request.on)


@require_safe
@require("meal.read")
def meal_figures(request: DoorRequest) -> HttpResponse:
    reach(request, "meal.read")
    county, month = county_of(request, "meal.read"), asked_month(request)
    last = min(month.last, request.on) if month.first <= request.on else month.last
    found = figures(county=county, first=month.first, last=last)
    names = dict(Point.objects.filter(pk__in=list(found.by_point)).values_list("pk", "name"))
    said: dict[str, Any] = {
        "county": county,
        "place": naming.whole_place(county, request.on),
        "meal_tabs": tabs(county, "meals-figures"),
        "month": month,
        "before": address(request, month=month.previous),
        "after": address(request, month=month.next) if month < Month.of(request.on) else "",
        "total": found.total,
        "price_fen": found.price_fen,
        "own_fen": found.own_fen,
        "others_fen": found.price_fen - found.own_fen,
        "points": sorted(
            ((names.get(pk, str(pk)), sums) for pk, sums in found.by_point.items()), key=lambda one: one[0]
        ),
        "days": sorted(found.by_day.items()),
        "ages": [(age_said(first), found.by_age[first]) for first in (0, *AGES) if found.by_age.get(first)],
    }
    return render(request, "staff/meals_figures.html", said)


def age_said(first: int) -> str:
    if first == 0:
        return _("不满 %(age)s 岁") % {"age": AGES[0]}
    if first == AGES[-1]:
        return _("%(first)s 岁及以上") % {"first": first}
    return _("%(first)s–%(last)s 岁") % {"first": first, "last": first + 9}
