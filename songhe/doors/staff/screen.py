"""The big screen 大屏: large figures for everybody in the room; no names, and no count that could point at one."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from songhe.doors.may import may, require
from songhe.doors.shell.request import DoorRequest
from songhe.doors.staff import naming, words
from songhe.doors.staff.dashboard import EARLIER, line_to_end, percent_of
from songhe.doors.staff.figures import (
    Asked,
    Series,
    Shown,
    asked,
    chart,
    days_of,
    in_ten_thousands,
    shown,
    where,
    yuan,
)
from songhe.statistics.figure import Figure, figures
from songhe.statistics.forecast import forecast
from songhe.statistics.measure import by_day, by_group, by_place, issued_by_month, measures
from songhe.statistics.suppress import LEAST, hidden

#: How often the screen asks anew, in seconds.
EVERY = 60
#: What each large figure counts: hidden where that is few.
LARGE: tuple[tuple[str, str], ...] = (
    ("granted", "granted"),
    ("issued_fen", "granted"),
    ("redeemed_fen", "users"),
    ("take_up", "users"),
    ("driven_fen", "users"),
    ("occupancy", "occupied"),
)
MOST_PLACES = 12
#: What opens the screen, and nothing else, to a login that hangs on a wall.
ACT = "screen.read"


@require_safe
@require(ACT)
def screen(request: DoorRequest) -> HttpResponse:
    """The whole screen. It needs no hand: the part below renews itself."""
    found = asked(request, act=ACT)
    return render(request, "staff/screen.html", {**said(request, found), "every": EVERY})


@require_safe
@require(ACT)
def part(request: DoorRequest) -> HttpResponse:
    """What renews itself."""
    return render(request, "staff/screen_part.html", said(request, asked(request, act=ACT)))


def said(request: DoorRequest, found: Asked) -> dict[str, Any]:
    """Public figures: a count below five, and what would tell it, is left out."""
    again = f"{reverse('staff:screen-part')}?{found.query()}"
    if not found.frame.counties:
        return {"empty": True, "again": again, "where": "", "month": found.frame.month, "at": request.at}
    measured = measures(found.frame)
    every = figures(found.frame, measured)
    return {
        "where": where(request, found),
        "month": found.frame.month,
        "at": request.at,
        "again": again,
        "large": [large(every[code], measured[people]) for code, people in LARGE if code in every],
        "towns": towns(request, found),
        "groups": groups(found),
        "use": use(found, measured),
        "least": LEAST,
        "back": found.address("staff:dashboard") if may(request.user, "report.read", request.on) else "",
    }


def large(figure: Figure, people: int) -> Shown:
    """The figure, or nothing of it where it is about fewer than five people."""
    return shown(Figure(figure.indicator, None) if 0 < people < LEAST else figure)


def towns(request: DoorRequest, found: Asked) -> dict[str, Any]:
    """Users and money by place, the most first; small places, and one more, stand without a figure."""
    if not found.width:
        return {"rows": [], "chart": None}
    told = by_place(found.frame, ["users", "redeemed_fen", "granted"], width=found.width)
    codes = sorted(told, key=lambda code: (-told[code].get("redeemed_fen", 0), code))
    names = naming.places(codes, request.on)
    gone = hidden({code: told[code].get("users", 0) for code in codes})
    gone_granted = hidden({code: told[code].get("granted", 0) for code in codes})
    rows: list[dict[str, Any]] = [
        {
            "name": names[code],
            "users": None if code in gone else told[code].get("users", 0),
            "fen": None if code in gone else told[code].get("redeemed_fen", 0),
            "granted": None if code in gone_granted else told[code].get("granted", 0),
        }
        for code in codes
    ]
    open_rows = [row for row in rows if row["fen"] is not None][:MOST_PLACES]
    return {
        "rows": rows,
        "hidden": sum(row["fen"] is None for row in rows),
        "chart": chart(
            "rows",
            "yuan",
            [row["name"] for row in open_rows],
            [Series(str(_("核销")), [yuan(row["fen"]) for row in open_rows])],
        ),
    }


def groups(found: Asked) -> dict[str, Any]:
    told = by_group(found.frame, ["redeemed_fen", "users"])
    codes = [code for code in words.CATEGORIES if code in told]
    gone = hidden({code: told[code].get("users", 0) for code in codes})
    kept = [code for code in codes if code not in gone]
    whole = sum(told[code].get("redeemed_fen", 0) for code in codes)
    rows: list[dict[str, Any]] = [
        {
            "name": str(words.CATEGORIES[code].said),
            "fen": None if code in gone else told[code].get("redeemed_fen", 0),
            "share": "—" if code in gone else percent_of(told[code].get("redeemed_fen", 0), whole),
        }
        for code in codes
    ]
    return {
        "rows": rows,
        "chart": chart(
            "bars",
            "yuan",
            [str(words.CATEGORIES[code].said) for code in kept],
            [Series(str(_("核销")), [yuan(told[code].get("redeemed_fen", 0)) for code in kept])],
        ),
    }


def use(found: Asked, measured: dict[str, int]) -> dict[str, Any] | None:
    """The month's use by day, left out while fewer than five people used anything."""
    if measured["users"] < LEAST:
        return None
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
    days, total = days_of(frame.month), 0
    so_far: list[int | None] = []
    for day in days:
        total += used.get(day, 0)
        so_far.append(total if day <= frame.day else None)
    series = [Series(str(_("累计核销")), [yuan(fen) for fen in so_far])]
    if expected.method != "final":
        series.append(Series(str(_("预计")), line_to_end(days, frame.day, so_far, expected), "dashed"))
    series.append(Series(str(_("已发放")), [yuan(measured["issued_fen"])] * len(days), "grey"))
    return {
        "chart": chart("lines", "yuan", [str(day.day) for day in days], series),
        "expected": in_ten_thousands(expected.fen),
        "final": expected.method == "final",
    }
