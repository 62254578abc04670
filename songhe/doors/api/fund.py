"""Funds of the love card and its holders over HTTP: reads alone; money moves on pages, by two people. 资金池"""

from __future__ import annotations

from typing import Annotated, Any
from uuid import UUID

from django.http import HttpResponse
from ninja import Query, Router
from pydantic import Field

from songhe.card.fund import UNKNOWN_FUND
from songhe.card.holders import Town
from songhe.card.holders import holders as counted
from songhe.card.models import Allowed, Fund, Source
from songhe.card.queries import FundStand, stands
from songhe.doors.api.caller import ApiRequest
from songhe.doors.api.found import by_id, out_of_reach
from songhe.doors.api.operation import serve
from songhe.doors.api.page import Paging, page, paged
from songhe.doors.api.types import County, Shown, SignedFen
from songhe.doors.api.write import reply

router = Router(tags=["资金池"])


class FundShown(Shown):
    id: Annotated[str, Field(title="编号", json_schema_extra={"format": "uuid"})]
    county: Annotated[str, Field(title="区县")]
    code: Annotated[str, Field(title="代码")]
    name: Annotated[str, Field(title="名称")]
    source: Annotated[str, Field(title="资金来源")]
    level: Annotated[str, Field(title="层级")]
    place: Annotated[str, Field(title="地区")]
    expiry: Annotated[str, Field(title="有效期")]
    put_in_fen: SignedFen
    in_purses_fen: Annotated[int, Field(title="在卡里（分）")]
    paid_fen: Annotated[int, Field(title="已支付（分）")]
    there_fen: Annotated[int, Field(title="还剩（分）")]
    is_open: Annotated[bool, Field(title="是否在用")]


class AllowedShown(Shown):
    category: Annotated[str, Field(title="服务项目，* 为全部")]
    until: Annotated[str | None, Field(title="最后一天", json_schema_extra={"format": "date"})]


class FundInFull(FundShown):
    classes: Annotated[list[int], Field(title="发给哪几类，空为所有")]
    rates: Annotated[dict[str, str | int], Field(title="每月标准：份额或分")]
    allowed: Annotated[list[AllowedShown], Field(title="可用于")]
    period_months: int | None
    late_days: int
    rank: Annotated[int, Field(title="支付次序")]
    matches: Annotated[bool, Field(title="是否配捐")]


class FundFilters(Paging):
    county: County | None = None
    source: Annotated[str | None, Field(max_length=10, title="资金来源")] = None


class TownShown(Shown):
    town: Annotated[str, Field(title="乡镇（街道）代码")]
    eligible: Annotated[int, Field(title="可以持卡的人数")]
    held: Annotated[int, Field(title="已持卡人数")]
    by_class: Annotated[dict[str, int], Field(title="各类持卡人数")]


class HoldersShown(Shown):
    county: Annotated[str, Field(title="区县")]
    eligible: int
    held: int
    wanted: Annotated[int | None, Field(title="目标人数")]
    lacking: Annotated[int | None, Field(title="还差人数")]
    towns: list[TownShown]


@serve(
    router,
    "GET",
    "/funds",
    act="fund.read",
    gives=paged("Fund", FundShown),
    title="查爱心卡资金池",
    about="家庭资金不在其中；入池 = 在卡里 + 已支付 + 还剩。",
)
def list_funds(request: ApiRequest, asked: Query[FundFilters]) -> HttpResponse:
    rows = Fund.objects.filter(request.auth.condition()).exclude(source=Source.FAMILY)
    rows = rows.filter(**asked.model_dump(exclude_none=True, include={"county", "source"}))
    known: dict[str, dict[UUID, FundStand]] = {}

    def show(row: Fund) -> dict[str, Any]:
        if row.county not in known:
            known[row.county] = {each.fund.id: each for each in stands(row.county)}
        return show_fund(known[row.county][row.id])

    return page(request, asked, rows, sorts={"created_at": "id", "code": "code"}, show=show, shown=FundShown)


@serve(router, "GET", "/funds/{uuid:fund_id}", act="fund.read", gives=FundInFull, title="读一个资金池")
def read_fund(request: ApiRequest, fund_id: UUID) -> HttpResponse:
    rows = Fund.objects.exclude(source=Source.FAMILY)
    row = by_id(request, rows, fund_id, unknown=UNKNOWN_FUND)
    stand = next(each for each in stands(row.county) if each.fund.id == row.id)
    allowed = Allowed.objects.filter(county=row.county, fund=row).order_by("category")
    return reply(
        show_fund(stand)
        | {
            "classes": row.classes,
            "rates": row.rates,
            "allowed": [
                {"category": each.category, "until": each.until.isoformat() if each.until else None} for each in allowed
            ],
            "period_months": row.period_months,
            "late_days": row.late_days,
            "rank": row.rank,
            "matches": row.matches,
        }
    )


@serve(
    router,
    "GET",
    "/card-holders/{county}",
    act="fund.read",
    gives=HoldersShown,
    title="持卡情况",
    about="可以持卡的老人里有多少人持卡，按乡镇和类别，对照目标。",
)
def read_holders(request: ApiRequest, county: County) -> HttpResponse:
    if not request.auth.sees(county):
        out_of_reach(request, county=county, subject="card_holders", subject_id=county)
        raise UNKNOWN_FUND("county")
    found = counted(county=county, on=request.on)
    return reply(
        {
            "county": county,
            "eligible": found.total.eligible,
            "held": found.total.held,
            "wanted": found.wanted,
            "lacking": found.lacking,
            "towns": [show_town(each) for each in found.towns],
        }
    )


def show_town(each: Town) -> dict[str, Any]:
    by_class = {str(number): held for number, held in each.by_class.items()}
    return {"town": each.code, "eligible": each.eligible, "held": each.held, "by_class": by_class}


def show_fund(stand: FundStand) -> dict[str, Any]:
    row = stand.fund
    return {
        "id": str(row.id),
        "county": row.county,
        "code": row.code,
        "name": row.name,
        "source": row.source,
        "level": row.level,
        "place": row.place,
        "expiry": row.expiry,
        "put_in_fen": stand.put_in_fen,
        "in_purses_fen": stand.in_purses_fen,
        "paid_fen": stand.paid_fen,
        "there_fen": stand.there_fen,
        "is_open": row.closed_on is None,
    }
