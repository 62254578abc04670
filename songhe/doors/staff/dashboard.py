"""Figures for leaders 统计看板: few and large, each with its definition and a way down to the people."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from itertools import accumulate
from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from songhe.doors.may import may, require
from songhe.doors.shell.amount import figures as in_figures
from songhe.doors.shell.pieces import Crumb
from songhe.doors.shell.request import DoorRequest
from songhe.doors.staff import naming, words
from songhe.doors.staff.figures import (
    Asked,
    Series,
    asked,
    chart,
    days_of,
    drills,
    filters,
    name_of,
    percent,
    shown,
    written,
    yuan,
)
from songhe.statistics.definition import Indicator, indicator
from songhe.statistics.figure import figures, value_of
from songhe.statistics.forecast import Forecast, forecast
from songhe.statistics.measure import (
    OF_MEASURE,
    by_day,
    by_group,
    by_level,
    by_place,
    institutions,
    issued_by_month,
    limit_of,
    measures,
)

#: The large figures of the page, in their order; the others stand in a table below.
LARGE = ("issued_fen", "redeemed_fen", "redeemed_share", "take_up", "driven_fen", "occupancy")
#: From the right to its use.
WAY = ("entitled", "reached", "granted", "users")
#: Earlier months that the forecast learns from.
EARLIER = 3

METHODS: dict[str, Any] = {
    "final": gettext_lazy("本月已结束，数字就是实际使用额。"),
    "pattern": gettext_lazy("方法：到今天的核销额 ÷ 前几个月到同一天的核销额占全月的比例，最多不超过已发放金额。"),
    "rate": gettext_lazy("方法：月初数据太少，按前几个月最终的核销率估计：已发放金额 × 前几个月的核销率。"),
    "straight": gettext_lazy("方法：没有以前月份可比，按到今天的平均每日核销额推算全月，最多不超过已发放金额。"),
}


@dataclass(frozen=True)
class Part:
    """A row of a figure's list: a place with its value, and the ways further down."""

    name: str
    value: str
    share: str
    above: str
    below: str
    deeper: str
    people: str


@require_safe
@require("report.read")
def dashboard(request: DoorRequest) -> HttpResponse:
    """The month in a few figures and five pictures, each with its table."""
    found = asked(request)
    if not found.frame.counties:
        return render(request, "staff/dashboard.html", {"empty": True, "where": ""})
    frame = found.frame
    measured = measures(frame)
    every = figures(frame, measured)
    large = [shown(every[code], found.address("staff:figure", code)) for code in LARGE if code in every]
    rest = [shown(one, found.address("staff:figure", code)) for code, one in every.items() if code not in LARGE]
    said = {
        **filters(request, found),
        "month": frame.month,
        "day": frame.day,
        "large": large,
        "rest": rest,
        "way": way(found, measured),
        "use": use_of_month(found, measured),
        "groups_chart": groups_of(found),
        "towns": towns_of(request, found),
        "levels": levels_of(found),
        "institutions": institutions(frame) if frame.is_whole else [],
        "longest": measured["decision_longest"],
        "limit": limit_of(frame) if len(frame.counties) == 1 else None,
        "decided": measured["decided"],
        "decision": written(indicator("decision_days", frame.month), every["decision_days"].value),
        "late": measured["decided_late"],
        "screen": reverse("staff:screen"),
    }
    return render(request, "staff/dashboard.html", said)


def way(found: Asked, measured: dict[str, int]) -> dict[str, Any]:
    """From a right to its use: how many people each step lost, and who they are."""
    rows: list[dict[str, Any]] = []
    before: int | None = None
    for code in WAY:
        means = indicator(code, found.frame.month)
        count = measured[means.numerator]
        rows.append(
            {
                "name": name_of(means),
                "means": words.said(means.means_zh, means.means_en),
                "count": count,
                "of_before": percent_of(count, before),
                "of_all": percent_of(count, measured["entitled"]),
                "people": found.address("staff:figure-people", code),
            }
        )
        before = count
    return {
        "rows": rows,
        "unreached": measured["unreached"],
        "unreached_people": found.address("staff:figure-people", "unreached"),
        "chart": chart(
            "rows",
            "people",
            [row["name"] for row in rows],
            [Series(str(_("人数")), [row["count"] for row in rows])],
        ),
    }


def percent_of(part: int, whole: int | None) -> str:
    return percent(Fraction(part, whole)) if whole else "—"


def use_of_month(found: Asked, measured: dict[str, int]) -> dict[str, Any]:
    """How the month's money is being used by the day of the service, and where that leads."""
    frame = found.frame
    earlier = [frame.month.plus(-back) for back in range(1, EARLIER + 1)]
    told = by_day(frame, months=[frame.month, *earlier])
    used = told.pop(frame.month)
    expected = forecast(
        month=frame.month,
        on=frame.day,
        used_by_day=used,
        issued_fen=measured["issued_fen"],
        earlier=told,
        earlier_issued_fen=issued_by_month(frame, earlier),
    )
    days = days_of(frame.month)
    sums = list(accumulate(used.get(day, 0) for day in days))
    so_far = [fen if day <= frame.day else None for day, fen in zip(days, sums, strict=True)]
    series = [Series(str(_("累计核销")), [yuan(fen) for fen in so_far])]
    if expected.method != "final":
        series.append(Series(str(_("预计")), line_to_end(days, frame.day, so_far, expected), "dashed"))
    series.append(Series(str(_("已发放")), [yuan(measured["issued_fen"])] * len(days), "grey"))
    budget = measured.get("budget_fen")
    if budget:
        series.append(Series(str(_("预算")), [yuan(budget)] * len(days), "pale"))
    return {
        "expected_fen": expected.fen,
        "method": METHODS[expected.method],
        "months": expected.months,
        "final": expected.method == "final",
        "budget_fen": budget,
        "issued_fen": measured["issued_fen"],
        "used_fen": measured["redeemed_fen"],
        "left_fen": budget - measured["issued_fen"] if budget is not None else None,
        "unused_fen": measured["issued_fen"] - expected.fen,
        "days": [
            {"day": day, "fen": used.get(day, 0), "sum_fen": total}
            for day, total in zip(days, so_far, strict=True)
            if total is not None and used.get(day, 0)
        ],
        "chart": chart("lines", "yuan", [str(day.day) for day in days], series),
    }


def line_to_end(
    days: list[date], today: date, so_far: list[int | None], expected: Forecast
) -> list[int | float | None]:
    """A straight line from what was used so far to the forecast; nothing before today."""
    start = next((fen for day, fen in zip(days, so_far, strict=True) if day == today), None) or 0
    ahead = max(1, (days[-1] - today).days)
    return [None if day < today else yuan(start + (expected.fen - start) * (day - today).days // ahead) for day in days]


def groups_of(found: Asked) -> dict[str, Any]:
    """Issued and used by group of service; who has not chosen stands last."""
    told = by_group(found.frame, ["issued", "issued_fen", "redeemed_fen", "users"])
    order = [code for code in words.CATEGORIES if code in told] + [code for code in ("",) if code in told]
    rows: list[dict[str, Any]] = [
        {
            "name": str(words.CATEGORIES[code].said) if code else str(_("尚未选择")),
            "issued": told[code].get("issued", 0),
            "issued_fen": told[code].get("issued_fen", 0),
            "redeemed_fen": told[code].get("redeemed_fen", 0),
            "users": told[code].get("users", 0),
            "address": found.address("staff:figure-people", "issued", group=code) if code else "",
        }
        for code in order
    ]
    return {
        "rows": rows,
        "chart": chart(
            "bars",
            "yuan",
            [row["name"] for row in rows],
            [
                Series(str(_("发放")), [yuan(row["issued_fen"]) for row in rows], "grey"),
                Series(str(_("核销")), [yuan(row["redeemed_fen"]) for row in rows]),
            ],
        ),
    }


def towns_of(request: DoorRequest, found: Asked) -> dict[str, Any]:
    """The places inside, the most used first."""
    if not found.width:
        return {"rows": [], "chart": None}
    told = by_place(found.frame, ["granted", "users", "issued_fen", "redeemed_fen", "entitled"], width=found.width)
    names = naming.places(told, request.on)
    codes = sorted(told, key=lambda code: (-told[code].get("redeemed_fen", 0), code))
    rows: list[dict[str, Any]] = [
        {
            "name": names[code] or code or str(_("没有居住地")),
            "entitled": told[code].get("entitled", 0),
            "granted": told[code].get("granted", 0),
            "users": told[code].get("users", 0),
            "take_up": percent_of(told[code].get("users", 0), told[code].get("entitled", 0)),
            "issued_fen": told[code].get("issued_fen", 0),
            "redeemed_fen": told[code].get("redeemed_fen", 0),
            "address": found.address("staff:dashboard", place=code) if code else "",
        }
        for code in codes
    ]
    top = rows[:20]
    return {
        "rows": rows,
        "chart": chart(
            "rows",
            "yuan",
            [row["name"] for row in top],
            [
                Series(str(_("核销")), [yuan(row["redeemed_fen"]) for row in top]),
                Series(str(_("发放")), [yuan(row["issued_fen"]) for row in top], "grey"),
            ],
        ),
    }


def levels_of(found: Asked) -> dict[str, Any]:
    told = by_level(found.frame)
    rows: list[dict[str, Any]] = [
        {"name": str(words.LEVELS[level]), "count": told.get(level, 0)} for level in words.LEVELS
    ]
    return {
        "rows": rows,
        "total": sum(told.values()),
        "chart": chart(
            "bars", "people", [row["name"] for row in rows], [Series(str(_("人数")), [row["count"] for row in rows])]
        ),
    }


def indicator_or_404(code: str, found: Asked) -> Indicator:
    return indicator(code, found.frame.month)


def crumbs_of(found: Asked, means: Indicator, *more: Crumb) -> list[Crumb]:
    return [Crumb(_("统计看板"), found.address("staff:dashboard")), *more]


@require_safe
@require("report.read")
def figure(request: DoorRequest, code: str) -> HttpResponse:
    """One figure: what it is, how it stood in the last months, and how it is divided by place."""
    found = asked(request)
    means = indicator_or_404(code, found)
    if not found.frame.counties:
        raise Http404
    measured = measures(found.frame)
    parts = parts_of(request, found, means)
    said = {
        **filters(request, found),
        "month": found.frame.month,
        "figure": shown(figures(found.frame, measured)[code]),
        "parts": parts,
        "quotient": means.denominator is not None,
        "drills": drills(means),
        "may_export": may(request.user, "person.export", request.on),
        "people": found.address("staff:figure-people", code) if drills(means) else "",
        "crumbs": crumbs_of(found, means, Crumb(name_of(means))),
        "chart": part_chart(means, parts_raw(request, found, means)),
        "export": reverse("staff:figure-export", args=[code]),
        "asked": found,
        "top": part_top(found),
    }
    return render(request, "staff/dashboard_figure.html", said)


def part_top(found: Asked) -> str:
    """What the list is divided by, in a word."""
    return {6: _("县区"), 9: _("乡镇"), 12: _("村（社区）")}.get(found.width, "")


def parts_raw(request: DoorRequest, found: Asked, means: Indicator) -> list[tuple[str, str, dict[str, int]]]:
    """Code, name and measures of every place inside, the largest first; divided once for a request."""
    kept: dict[str, Any] = request.__dict__.setdefault("figure_parts", {})
    if means.code not in kept:
        wanted = [name for name in (means.numerator, means.denominator) if name in OF_MEASURE]
        told = by_place(found.frame, wanted, width=found.width) if found.width else {}
        names = naming.places(told, request.on)
        kept[means.code] = [
            (code, names.get(code) or str(_("没有居住地")), told[code])
            for code in sorted(told, key=lambda code: (-told[code].get(means.numerator, 0), code))
        ]
    result: list[tuple[str, str, dict[str, int]]] = kept[means.code]
    return result


def parts_of(request: DoorRequest, found: Asked, means: Indicator) -> list[Part]:
    raw = parts_raw(request, found, means)
    total = sum(row.get(means.numerator, 0) for _code, _name, row in raw)
    summed = means.denominator is None
    return [
        Part(
            name=name,
            value=written(means, value_of(means, {means.numerator: 0, **row})),
            share=percent_of(row.get(means.numerator, 0), total) if summed else "",
            above=plain(means.numerator, row),
            below=plain(means.denominator, row) if means.denominator else "",
            deeper=found.address("staff:figure", means.code, place=code) if code and found.width < 12 else "",
            people=found.address("staff:figure-people", means.code, place=code) if code and drills(means) else "",
        )
        for code, name, row in raw
    ]


def plain(measure: str, row: dict[str, int]) -> str:
    value = row.get(measure)
    if value is None:
        return "—"
    return in_figures(value) if measure.endswith("_fen") else f"{value:,}"


def part_chart(means: Indicator, raw: list[tuple[str, str, dict[str, int]]]) -> dict[str, Any] | None:
    if len(raw) < 2:
        return None
    top = raw[:20]
    values: list[int | float | None] = []
    for _code, _name, row in top:
        value = value_of(means, {means.numerator: 0, **row})
        if value is None:
            values.append(None)
        elif means.unit == "fen":
            values.append(yuan(int(value)))
        elif means.unit == "share":
            values.append(round(float(value) * 100, 1))
        else:
            values.append(round(float(value), 2))
    unit = {"fen": "yuan", "share": "percent"}.get(means.unit, "people" if means.denominator is None else "times")
    return chart("rows", unit, [name for _code, name, _row in top], [Series(name_of(means), values)])
