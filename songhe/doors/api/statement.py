"""Provider statements over HTTP: look up, lines, confirm, dispute, approve. 结算单"""

from __future__ import annotations

from typing import Annotated, Any, Literal

from django.http import HttpResponse
from ninja import Query, Router
from pydantic import Field

from songhe.doors.api.caller import ApiRequest
from songhe.doors.api.found import by_number
from songhe.doors.api.operation import serve
from songhe.doors.api.page import Paging, page, paged
from songhe.doors.api.types import Because, Body, County, MonthText, Shown, SignedFen
from songhe.doors.api.write import perform, reply, wanted_version
from songhe.offline.book import day_of
from songhe.settlement.approve import approve
from songhe.settlement.borne import lines_on
from songhe.settlement.confirm import confirm, dispute
from songhe.settlement.models import BorneLine, Statement, StatementLine
from songhe.settlement.share import GUARANTEE
from songhe.settlement.statement import UNKNOWN

router = Router(tags=["结算单"])


class StatementShown(Shown):
    no: Annotated[str, Field(title="结算单号")]
    county: Annotated[str, Field(title="区县")]
    provider: Annotated[int, Field(title="机构")]
    programme: Annotated[str, Field(title="项目")]
    month: Annotated[str, Field(title="月份")]
    state: Annotated[str, Field(title="状态")]
    lines: Annotated[int, Field(title="行数")]
    charge_fen: SignedFen
    refund_fen: SignedFen
    carried_fen: SignedFen
    net_fen: SignedFen
    central_fen: int | None
    local_fen: int | None
    invoice_no: str
    held_because: Annotated[str, Field(title="暂缓付款的原因")]
    version: Annotated[int, Field(title="版本")]


class StatementInFull(StatementShown):
    budget_line: str
    fund_year: int
    dispute: Annotated[str, Field(title="机构的异议")]
    gathered_at: str
    confirmed_at: str | None
    approved_at: str | None


class StatementLineShown(Shown):
    number: Annotated[int, Field(title="行号")]
    kind: Annotated[str, Field(title="本期、冲减或更正")]
    bill: Annotated[str, Field(title="账单号")]
    bill_line: int
    item: str
    service_on: Annotated[str, Field(json_schema_extra={"format": "date"})]
    service_month: str
    amount_fen: SignedFen
    central_fen: int | None
    local_fen: int | None


class StatementFilters(Paging):
    county: County | None = None
    provider: Annotated[int | None, Field(ge=1, le=2**53)] = None
    month: MonthText | None = None
    state: Annotated[Literal["gathered", "disputed", "confirmed", "approved", "carried", "paid"] | None, Field()] = None


class ConfirmIn(Body):
    invoice_no: Annotated[str, Field(min_length=1, max_length=40, title="发票号")]
    budget_line: Annotated[str, Field(min_length=1, max_length=40, title="预算科目")]
    fund_year: Annotated[int, Field(strict=True, ge=2000, le=2999, title="资金年度")]


class DisputeIn(Body):
    because: Because


class ApproveIn(Body):
    """Nothing needs to be said."""


@serve(
    router,
    "GET",
    "/statements",
    act="statement.read",
    gives=paged("Statement", StatementShown),
    title="查结算单",
    about="按区县、机构、月份、状态筛选；机构只看到自己的。",
)
def list_statements(request: ApiRequest, asked: Query[StatementFilters]) -> HttpResponse:
    rows = Statement.objects.filter(request.auth.condition(provider="provider_id"))
    rows = rows.filter(**asked.model_dump(exclude_none=True, include={"county", "month", "state", "provider"}))
    return page(
        request,
        asked,
        rows,
        sorts={"created_at": "id", "month": "month", "net_fen": "net_fen"},
        show=show_statement,
        shown=StatementShown,
    )


@serve(
    router,
    "GET",
    "/statements/{no}",
    act="statement.read",
    gives=StatementInFull,
    title="读一张结算单",
    about="ETag 为结算单的版本。",
)
def read_statement(request: ApiRequest, no: str) -> HttpResponse:
    found = statement_of(request, no)
    return reply(show_in_full(found), version=found.version)


@serve(
    router,
    "GET",
    "/statements/{no}/lines",
    act="statement.read",
    gives=paged("StatementLine", StatementLineShown),
    title="读结算单的明细",
    about="离线收款担保的结算单，每行是县承担的一张离线单据：没有账单的（卡已停用），账单号为空、账单行为 0。",
)
def list_statement_lines(request: ApiRequest, no: str, asked: Query[Paging]) -> HttpResponse:
    found = statement_of(request, no)
    lines = StatementLine.objects.filter(county=found.county, statement_id=found.id)
    rows = lines_on(found) if found.programme == GUARANTEE else lines.select_related("line", "line__bill", "line__item")
    return page(
        request,
        asked,
        rows,
        sorts={"number": "number", "amount_fen": "amount_fen"},
        show=show_line,
        shown=StatementLineShown,
    )


@serve(
    router,
    "POST",
    "/statements/{no}/confirm",
    act="statement.submit",
    gives=StatementInFull,
    if_match=False,
    title="机构确认结算单",
)
def confirm_statement(request: ApiRequest, no: str, body: ConfirmIn) -> HttpResponse:
    found, version = statement_of(request, no), wanted_version(request)

    def do() -> dict[str, Any]:
        return show_in_full(
            confirm(
                county=found.county,
                statement_id=found.id,
                invoice_no=body.invoice_no,
                budget_line=body.budget_line,
                fund_year=body.fund_year,
                version=version,
                at=request.at,
                by=request.auth.username,
            )
        )

    return perform(request, county=found.county, body=body, do=do)


@serve(
    router,
    "POST",
    "/statements/{no}/dispute",
    act="statement.dispute",
    gives=StatementInFull,
    if_match=False,
    title="对结算单提出异议",
)
def dispute_statement(request: ApiRequest, no: str, body: DisputeIn) -> HttpResponse:
    found, version = statement_of(request, no), wanted_version(request)

    def do() -> dict[str, Any]:
        return show_in_full(
            dispute(
                county=found.county,
                statement_id=found.id,
                because=body.because,
                version=version,
                at=request.at,
                by=request.auth.username,
            )
        )

    return perform(request, county=found.county, body=body, do=do)


@serve(
    router,
    "POST",
    "/statements/{no}/approve",
    act="statement.approve",
    gives=StatementInFull,
    if_match=False,
    title="审批结算单",
    about="审批人不能是归集或确认的人；应付为零或负数的结转下期。",
)
def approve_statement(request: ApiRequest, no: str, body: ApproveIn | None = None) -> HttpResponse:
    found, version = statement_of(request, no), wanted_version(request)

    def do() -> dict[str, Any]:
        return show_in_full(
            approve(
                county=found.county,
                statement_id=found.id,
                version=version,
                at=request.at,
                by=request.auth.username,
            )
        )

    return perform(request, county=found.county, body=body, do=do)


def statement_of(request: ApiRequest, no: str) -> Statement:
    return by_number(request, Statement.objects.all(), no, unknown=UNKNOWN, provider="provider_id")


def show_statement(found: Statement) -> dict[str, Any]:
    return {
        "no": found.no,
        "county": found.county,
        "provider": found.provider_id,
        "programme": found.programme,
        "month": found.month,
        "state": str(found.state),
        "lines": found.lines,
        "charge_fen": found.charge_fen,
        "refund_fen": found.refund_fen,
        "carried_fen": found.carried_fen,
        "net_fen": found.net_fen,
        "central_fen": found.central_fen,
        "local_fen": found.local_fen,
        "invoice_no": found.invoice_no,
        "held_because": found.held_because,
        "version": found.version,
    }


def show_in_full(found: Statement) -> dict[str, Any]:
    return show_statement(found) | {
        "budget_line": found.budget_line,
        "fund_year": found.fund_year,
        "dispute": found.dispute,
        "gathered_at": found.gathered_at.isoformat(),
        "confirmed_at": found.confirmed_at.isoformat() if found.confirmed_at else None,
        "approved_at": found.approved_at.isoformat() if found.approved_at else None,
    }


def show_line(row: StatementLine | BorneLine) -> dict[str, Any]:
    if isinstance(row, BorneLine):
        return _show_borne(row)
    return {
        "number": row.number,
        "kind": str(row.kind),
        "bill": row.line.bill.no,
        "bill_line": row.line.number,
        "item": row.line.item.code,
        "service_on": row.line.service_on.isoformat(),
        "service_month": row.service_month,
        "amount_fen": row.amount_fen,
        "central_fen": row.central_fen,
        "local_fen": row.local_fen,
    }


def _show_borne(row: BorneLine) -> dict[str, Any]:
    """What the guarantee bears of a slip; a slip of a stopped card has no bill."""
    slip = row.trouble.slip
    assert slip is not None
    return {
        "number": row.number,
        "kind": str(row.kind),
        "bill": slip.bill.no if slip.bill else "",
        "bill_line": 1 if slip.bill else 0,
        "item": slip.item,
        "service_on": day_of(slip).isoformat(),
        "service_month": row.service_month,
        "amount_fen": row.amount_fen,
        "central_fen": None,
        "local_fen": None,
    }
