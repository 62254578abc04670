"""What the pages of figures share: what was asked for in the address, and how a figure is written."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from fractions import Fraction
from typing import Any, NoReturn

from django.http import Http404
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from songhe.access.scope import Scope
from songhe.doors.shell.amount import figures as in_figures
from songhe.doors.shell.request import DoorRequest
from songhe.doors.shell.spoken import month as spoken_month
from songhe.doors.staff import naming, words
from songhe.doors.staff.reach import counties, out_of_reach, reach
from songhe.kernel.month import Month
from songhe.place.division import in_force
from songhe.policy.resolve import library
from songhe.statistics.definition import Indicator
from songhe.statistics.figure import Figure
from songhe.statistics.measure import OF_MEASURE, Frame

ACT = "report.read"
#: Months before the present one that may be chosen.
BEFORE = 17

UNITS: dict[str, Any] = {
    "people": gettext_lazy("人"),
    "vouchers": gettext_lazy("张"),
    "bills": gettext_lazy("笔"),
    "lines": gettext_lazy("笔"),
    "cases": gettext_lazy("件"),
    "days": gettext_lazy("个工作日"),
    "times": gettext_lazy("倍"),
}


@dataclass(frozen=True)
class Asked:
    """The filters of a page, checked against what the request reaches."""

    frame: Frame
    scope: Scope
    counties: list[str]
    place: str

    @property
    def width(self) -> int:
        """How many digits the places have into which the frame is divided; 0 where there is nothing below."""
        if len(self.frame.counties) > 1:
            return 6
        return {0: 9, 9: 12}.get(len(self.frame.place), 0)

    def query(self, **changes: Any) -> str:
        """The filters as they stand in an address, with other values for some."""
        told = {"month": str(self.frame.month), "place": self.place, "group": self.frame.group} | changes
        return urlencode({name: value for name, value in told.items() if value})

    def address(self, page: str, *args: Any, **changes: Any) -> str:
        return f"{reverse(page, args=args)}?{self.query(**changes)}"


def asked(request: DoorRequest, given: Mapping[str, str] | None = None, *, act: str = ACT) -> Asked:
    """Month, place and group of the address. A place out of reach is 404 and noted; the present month by default."""
    told = request.GET if given is None else given
    scope, known = reach(request, act), counties(request, act)
    place = told.get("place", "")
    if place and not (place.isascii() and place.isdigit() and len(place) in (6, 9, 12)):
        raise Http404
    if place and not scope.covers_county(place):
        beyond(request, place)
    if not place and known and not all(scope.covers_county(county) for county in known):
        place = next((prefix for prefix in scope.divisions if len(prefix) > 6), "")
    group = told.get("group", "")
    month = Month.parse(told["month"]) if told.get("month") else Month.of(request.on)
    frame = Frame(
        counties=(place[:6],) if place else tuple(known),
        month=month,
        on=request.on,
        place=place if len(place) > 6 else "",
        group=group if group in words.CATEGORIES else "",
    )
    return Asked(frame, scope, known, place)


def beyond(request: DoorRequest, place: str) -> NoReturn:
    out_of_reach(request, county=place[:6], subject="report", subject_id=place)


def filters(request: DoorRequest, found: Asked) -> dict[str, Any]:
    """The lists to choose from: months, places inside the reach, groups."""
    now = Month.of(request.on)
    chosen = found.frame.month
    months = [now.plus(-back) for back in range(-1, BEFORE + 1)]
    if chosen not in months:
        months.append(chosen)
    codes = found.counties if len(found.counties) > 1 else []
    towns: dict[str, str] = {}
    if len(found.frame.counties) == 1:
        rows = in_force(request.on).filter(parent=found.frame.counties[0]).order_by("code")
        towns = {code: name for code, name in rows.values_list("code", "name") if found.scope.covers_county(code)}
    names = naming.places(codes, request.on)
    places = [(code, names[code]) for code in codes] + list(towns.items())
    if found.place and found.place not in {code for code, _name in places}:
        places.append((found.place, naming.whole_place(found.place, request.on)))
    return {
        "months": [(str(month), spoken_month(month, language()), month == chosen) for month in months],
        "places": [(code, name, code == found.place) for code, name in places],
        "groups": [(code, word.said, code == found.frame.group) for code, word in words.CATEGORIES.items()],
        "whole_place": found.scope.covers_county(found.frame.counties[0]) if found.frame.counties else True,
        "where": where(request, found),
    }


def where(request: DoorRequest, found: Asked) -> str:
    """What the page is about, in words: 样例县 · 柳泉镇 · 居家和社区服务."""
    parts: list[str] = []
    if len(found.frame.counties) == 1:
        parts.append(naming.whole_place(found.frame.place or found.frame.counties[0], request.on))
    elif found.frame.counties:
        parts.append(_("%(count)s 个县区") % {"count": len(found.frame.counties)})
    if found.frame.group:
        parts.append(str(words.CATEGORIES[found.frame.group].said))
    return " · ".join(parts)


def language() -> str:
    return "zh" if words.in_chinese() else "en"


def name_of(means: Indicator) -> str:
    return words.said(means.zh, means.en)


def drills(means: Indicator) -> bool:
    """Whether the people whom the figure counts can be listed."""
    return means.numerator in OF_MEASURE


@dataclass(frozen=True)
class Shown:
    """A figure as a page shows it: short, in full where the short one rounds, and what it means."""

    code: str
    name: str
    short: str
    full: str
    means: str
    source: str
    version: int
    address: str = ""


def shown(figure: Figure, address: str = "") -> Shown:
    means = figure.indicator
    full = written(means, figure.value)
    return Shown(
        code=means.code,
        name=name_of(means),
        short=short(means, figure.value),
        full=full if means.unit == "fen" and figure.value is not None else "",
        means=words.said(means.means_zh, means.means_en),
        source=source_of(means),
        version=means.version,
        address=address,
    )


def source_of(means: Indicator) -> str:
    """The document that the figure comes from; a figure of our own says so."""
    if means.source == "default":
        return _("本系统定义")
    source = library().sources[means.source]
    return " · ".join(part for part in (source.title, source.number or "", means.article) if part)


def written(means: Indicator, value: Any) -> str:
    """The whole figure with its unit: ¥1,234.50, 1,234 人, 62.5%, 2.04 倍; a dash where it cannot be told."""
    if value is None:
        return "—"
    if means.unit == "fen":
        return in_figures(int(value))
    if means.unit == "share":
        return percent(value)
    if means.unit in ("times", "days"):
        return with_unit(decimal(value, 2 if means.unit == "times" else 1), means.unit)
    return with_unit(f"{int(value):,}", means.unit)


def short(means: Indicator, value: Any) -> str:
    """Large money rounded to what can be read across a room: 123.46 万元; everything else whole."""
    if value is None or means.unit != "fen":
        return written(means, value)
    return in_ten_thousands(int(value))


def in_ten_thousands(fen: int) -> str:
    """123.46 万元 above ten thousand yuan; English has no such unit and rounds to the yuan."""
    if not words.in_chinese():
        return in_figures(round_half_up(fen, 100) * 100).removesuffix(".00")
    if abs(fen) < 1_000_000:
        return in_figures(fen)
    hundredths = round_half_up(fen, 10_000)
    whole, rest = divmod(abs(hundredths), 100)
    if whole >= 10_000:
        whole, rest = divmod(round_half_up(abs(fen), 100_000_000), 100)
        return f"{'−' if fen < 0 else ''}{whole:,}.{rest:02d} 亿元"
    return f"{'−' if fen < 0 else ''}{whole:,}.{rest:02d} 万元"


def round_half_up(value: int, unit: int) -> int:
    sign = -1 if value < 0 else 1
    return sign * ((2 * abs(value) + unit) // (2 * unit))


def percent(value: Fraction | int) -> str:
    return f"{decimal(Fraction(value) * 100, 1)}%"


def decimal(value: Fraction | int, places: int) -> str:
    """The fraction with so many decimals, half up, without floating point."""
    scale = 10**places
    whole = Fraction(value) * scale
    rounded = (2 * whole.numerator + whole.denominator) // (2 * whole.denominator)
    above, below = divmod(abs(rounded), scale)
    sign = "−" if rounded < 0 else ""
    return f"{sign}{above:,}.{below:0{places}d}" if places else f"{sign}{above:,}"


def with_unit(number: str, unit: str) -> str:
    return f"{number} {UNITS[unit]}".strip() if words.in_chinese() else f"{number} {english_unit(unit)}".strip()


def english_unit(unit: str) -> str:
    """English says the unit with the name of the figure, but for these."""
    return {"days": "working days", "times": "×"}.get(unit, "")


@dataclass(frozen=True)
class Series:
    """One line or row of bars. ``look``: pine, grey, pale, line, dashed or late."""

    name: str
    values: list[int | float | None]
    look: str = "pine"


def chart(kind: str, unit: str, labels: list[str], series: list[Series], **more: Any) -> dict[str, Any]:
    """What ``charts.js`` draws: ``bars`` standing, ``rows`` lying, ``lines``, ``funnel``. Fen are given in yuan."""
    return {
        "kind": kind,
        "unit": unit,
        "labels": labels,
        "series": [{"name": one.name, "values": one.values, "look": one.look} for one in series],
        **more,
    }


def yuan(fen: int | None) -> float | None:
    return None if fen is None else fen / 100


def at_month(found: Asked, month: Month) -> Asked:
    return replace(found, frame=replace(found.frame, month=month))


def days_of(month: Month) -> list[date]:
    return [date.fromordinal(month.first.toordinal() + step) for step in range(month.days)]
