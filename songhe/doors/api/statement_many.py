"""Several statements of one provider confirmed at once over HTTP, under one invoice. 一起确认"""

from __future__ import annotations

from typing import Annotated, Any

from django.http import HttpResponse
from ninja import Router
from pydantic import Field

from songhe.doors.api.caller import ApiRequest
from songhe.doors.api.operation import serve
from songhe.doors.api.statement import ConfirmIn, StatementInFull, show_in_full, statement_of
from songhe.doors.api.types import Body, Shown
from songhe.doors.api.write import perform
from songhe.kernel.refusal import reason
from songhe.settlement.confirm import confirm

router = Router(tags=["结算单"])

NOT_OF_ONE = reason(
    "api.statements_not_of_one",
    zh="一起确认的结算单应属于同一区县、同一机构。",
    en="Statements that are confirmed together are of one county and one provider.",
)


class StatementNamed(Body):
    no: Annotated[str, Field(min_length=21, max_length=40, title="结算单号")]
    version: Annotated[int, Field(strict=True, ge=1, title="读到的版本")]


class ConfirmTogetherIn(ConfirmIn):
    statements: Annotated[list[StatementNamed], Field(min_length=1, max_length=100, title="同一区县、同一机构的结算单")]


class Confirmed(Shown):
    items: list[StatementInFull]


@serve(
    router,
    "POST",
    "/statement-confirmations",
    act="statement.submit",
    gives=Confirmed,
    title="几张结算单一起确认",
    about="同月爱心卡各项资金和积分的结算单可以共用一张发票；要么全部确认，要么都不动。",
)
def confirm_together(request: ApiRequest, body: ConfirmTogetherIn) -> HttpResponse:
    found = [(statement_of(request, one.no), one.version) for one in body.statements]
    county = found[0][0].county
    if {(row.county, row.provider_id) for row, _ in found} != {(county, found[0][0].provider_id)}:
        raise NOT_OF_ONE("statements")

    def do() -> dict[str, Any]:
        told: dict[str, Any] = {
            "invoice_no": body.invoice_no,
            "budget_line": body.budget_line,
            "fund_year": body.fund_year,
        }
        by: dict[str, Any] = {"at": request.at, "by": request.auth.username}
        return {
            "items": [
                show_in_full(confirm(county=county, statement_id=row.id, version=version, **told, **by))
                for row, version in found
            ]
        }

    return perform(request, county=county, body=body, do=do)
