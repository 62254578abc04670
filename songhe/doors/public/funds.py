"""The funds behind the love card, for everybody: what came in, what it paid, what is left. 资金公开"""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from songhe.card.models import Allowed, Fund, Source
from songhe.card.published import GiftUse, decisions, gifts
from songhe.document.sheet import Column, stream_csv
from songhe.doors.public.fund_figures import MONTHS, SOURCES, Line, Shown, help_name, months_chart, shown, sums
from songhe.doors.public.place import County, counties, of_address
from songhe.doors.shell.pieces import Crumb
from songhe.doors.shell.request import DoorRequest
from songhe.doors.staff import naming
from songhe.doors.staff.words import listed
from songhe.provider.help import EVERYTHING, HELPS
from songhe.statistics.kept import kept
from songhe.statistics.suppress import LEAST

#: Gifts and decisions on a page; the file has every gift.
MOST = 100
#: A figure that is hidden, in a file.
HIDDEN = "—"


@require_safe
def funds(request: DoorRequest) -> HttpResponse:
    """Every fund of a county with what stands in it."""
    county, known = county_of(request)
    if county is None:
        return render(request, "public/funds_none.html", {"place": "funds"})
    found = shown(county.code)
    return render(
        request,
        "public/funds.html",
        {
            "place": "funds",
            "county": county,
            "known": known,
            "sums": sums(county.code),
            "groups": by_source(found, request.on),
            "least": LEAST,
            "file": f"{reverse('public:funds-file')}?county={county.code}",
        },
    )


@require_safe
def fund(request: DoorRequest, code: str) -> HttpResponse:
    """One fund: month by month, by kind of help, who gave, what the villagers decided."""
    county, found = fund_of(request, code)
    of = found.fund
    given = given_of(of, found)
    return render(
        request,
        "public/fund.html",
        {
            "place": "funds",
            "crumbs": [Crumb(_("资金公开"), f"{reverse('public:funds')}?county={county.code}"), Crumb(of.name)],
            "county": county,
            "one": found,
            "where": naming.whole_place(of.place, request.on),
            "buys": buys(of, county.code),
            "chart": months_chart(found),
            "gifts": given[:MOST],
            "more_gifts": max(0, len(given) - MOST),
            "decisions": decisions(of)[:MOST] if of.source == Source.COLLECTIVE else [],
            "months_shown": MONTHS,
            "least": LEAST,
            "file": f"{reverse('public:funds-file')}?county={county.code}&fund={of.code}",
            "gifts_file": f"{reverse('public:fund-gifts-file', args=[of.code])}?county={county.code}",
        },
    )


@require_safe
def funds_file(request: DoorRequest) -> HttpResponse:
    """All months of a county's funds, or of one, as CSV; amounts in yuan."""
    county, _known = county_of(request)
    if county is None:
        raise Http404
    wanted = request.GET.get("fund", "")
    found = [one for one in shown(county.code) if not wanted or one.fund.code == wanted]
    if not found:
        raise Http404
    helps = [help for help in HELPS if any(help in line.helps for one in found for line in one.months)]
    texts = [Column(title, "text") for title in (_("资金代码"), _("资金"), _("来源"), _("层级"), _("月份"))]
    columns = [
        *texts,
        Column(_("入池（元）"), "money"),
        Column(_("支付（元）"), "money"),
        Column(_("笔数"), "whole"),
        Column(_("结余（元）"), "money"),
        *(Column(_("%(help)s（元）") % {"help": help_name(help)}, "money") for help in helps),
    ]
    name = f"funds-{county.code}" + (f"-{found[0].fund.slot}" if wanted else "")
    return in_file(name, columns, rows_of(found, helps))


@require_safe
def gifts_file(request: DoorRequest, code: str) -> HttpResponse:
    """Every gift to a fund, and how much of it has been spent, as CSV; amounts in yuan."""
    county, found = fund_of(request, code)
    columns = [
        Column(_("日期"), "date"),
        Column(_("捐赠方"), "text"),
        Column(_("金额（元）"), "money"),
        Column(_("已使用（元）"), "money"),
        Column(_("未使用（元）"), "money"),
    ]
    rows = [
        [
            one.donation.given_on,
            one.name or _("不公开姓名"),
            one.donation.amount_fen,
            HIDDEN if found.is_hidden else one.spent_fen,
            HIDDEN if found.is_hidden else one.left_fen,
        ]
        for one in given_of(found.fund, found)
    ]
    return in_file(f"gifts-{county.code}-{found.fund.slot}", columns, rows)


def county_of(request: DoorRequest) -> tuple[County | None, list[County]]:
    """The county of the address, else the first that has funds; and all that have."""
    rows = Fund.objects.exclude(source=Source.FAMILY).order_by("county")
    return of_address(request, counties(list(rows.values_list("county", flat=True).distinct()), request.on))


def fund_of(request: DoorRequest, code: str) -> tuple[County, Shown]:
    """The fund of that code in the county. 404 when there is none, and for the families' money."""
    county, _known = county_of(request)
    found = next((one for one in shown(county.code) if one.fund.code == code), None) if county else None
    if county is None or found is None:
        raise Http404
    return county, found


def by_source(found: list[Shown], on: date) -> list[dict[str, Any]]:
    """The funds under their source, each with the name of its place."""
    names = naming.places({one.fund.place for one in found}, on)
    groups: dict[Any, list[dict[str, Any]]] = {}
    order = list(SOURCES)
    for one in sorted(found, key=lambda one: order.index(one.fund.source)):
        groups.setdefault(one.source, []).append({"one": one, "where": names.get(one.fund.place, one.fund.place)})
    return [{"name": name, "funds": funds} for name, funds in groups.items()]


def buys(of: Fund, county: str) -> str:
    """What the fund may pay."""
    named = set(Allowed.objects.filter(county=county, fund=of).values_list("category", flat=True))
    if EVERYTHING in named:
        return _("卡上的各类服务")
    return listed(help_name(help) for help in HELPS if help in named)


@kept
def _gifts(county: str, code: str) -> list[GiftUse]:
    return gifts(Fund.objects.get(county=county, code=code))


def given_of(of: Fund, found: Shown) -> list[GiftUse]:
    """The gifts of a charity's fund; other funds have none."""
    return _gifts(of.county, of.code) if of.source == Source.CHARITY else []


def rows_of(found: list[Shown], helps: list[str]) -> Iterator[list[Any]]:
    nothing = Line("", 0, 0)
    for one in found:
        for month in one.months:
            yield [
                one.fund.code,
                one.fund.name,
                str(one.source),
                str(one.level),
                month.month,
                month.put_in_fen,
                told(month.paid.fen),
                told(month.paid.services),
                told(month.left_fen),
                *(told(month.helps.get(help, nothing).fen) for help in helps),
            ]


def told(figure: int | None) -> int | str:
    return HIDDEN if figure is None else figure


def in_file(name: str, columns: Sequence[Column], rows: Iterable[Sequence[Any]]) -> HttpResponse:
    target = io.BytesIO()
    stream_csv(target, columns, rows)
    response = HttpResponse(target.getvalue(), content_type="text/csv; charset=utf-8")
    response.headers["Content-Disposition"] = f'attachment; filename="{name}.csv"'
    return response
