"""Warnings of providers over HTTP: given, answered, lifted, sent back or found failed. 限期整改"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Annotated, Any, Literal
from uuid import UUID

from django.http import HttpResponse
from ninja import Query, Router
from pydantic import Field

from songhe.doors.api.caller import ApiRequest
from songhe.doors.api.found import by_id
from songhe.doors.api.operation import serve
from songhe.doors.api.page import Paging, page, paged
from songhe.doors.api.person import county_for
from songhe.doors.api.types import Because, Body, County, Day, Instant, ProviderId, Shown
from songhe.doors.api.write import perform, reply
from songhe.examine import warn
from songhe.examine.gather import providers_of
from songhe.examine.models import Caution
from songhe.kernel.month import Month
from songhe.kernel.refusal import reason
from songhe.provider.models import Provider
from songhe.redemption.redeem import UNKNOWN_PROVIDER

router = Router(tags=["限期整改"])

UNKNOWN_WARNING = reason("api.unknown_warning", zh="没有这份整改通知。", en="There is no such warning.", status=404)
DayText = Annotated[str, Field(json_schema_extra={"format": "date"})]
Words = Annotated[str, Field(min_length=1, max_length=500)]


class WarningShown(Shown):
    id: Annotated[str, Field(title="整改通知")]
    county: str
    provider: Annotated[int, Field(title="机构")]
    cause: Annotated[str, Field(title="原因：score、complaint、food、finding")]
    month: Annotated[str | None, Field(title="考核低于底线的月份")]
    about: Annotated[str, Field(title="投诉号，或助餐点和检查日期")]
    mend: Annotated[str, Field(title="要改什么")]
    due_on: Annotated[DayText, Field(title="最晚哪天改好")]
    overdue: Annotated[bool, Field(title="过了期限还没有了结")]
    state: Annotated[str, Field(title="状态")]
    given_by: str
    given_at: Instant
    mended: Annotated[str, Field(title="机构报的整改情况")]
    mended_at: Instant | None
    because: Annotated[str, Field(title="县区最近说的")]
    decided_by: str
    decided_at: Instant | None


class GroundShown(Shown):
    provider: Annotated[int, Field(title="机构")]
    cause: Annotated[str, Field(title="complaint 或 food")]
    about: Annotated[str, Field(title="投诉号，或助餐点和检查日期")]
    on: DayText


class Grounds(Shown):
    items: list[GroundShown]


class WarningFilters(Paging):
    county: County | None = None
    provider: Annotated[int | None, Field(strict=False, ge=1, le=2**53)] = None
    state: Literal["given", "mended", "lifted", "failed"] | None = None
    overdue: Annotated[bool | None, Field(title="只要过了期限还没有了结的")] = None


class GroundsAsked(Body):
    county: County | None = None


class WarnIn(Body):
    county: Annotated[County | None, Field(title="区县；账号只属于一个区县时可不填")] = None
    provider: ProviderId
    cause: Annotated[Literal["complaint", "food", "finding"], Field(title="依据；前两种要在依据清单中")] = "finding"
    about: Annotated[str, Field(max_length=60, title="投诉号，或助餐点和检查日期")] = ""
    mend: Annotated[Words, Field(title="要改什么")]
    due_on: Annotated[Day, Field(title="最晚哪天改好")]


class DecideIn(Body):
    because: Because


class SendBackIn(DecideIn):
    due_on: Annotated[Day | None, Field(title="新的期限；不填不变")] = None


class MendIn(Body):
    words: Annotated[Words, Field(title="改了什么")]


@serve(
    router,
    "GET",
    "/warnings",
    act="examination.read",
    gives=paged("Warning", WarningShown),
    title="查限期整改",
)
def list_warnings(request: ApiRequest, asked: Query[WarningFilters]) -> HttpResponse:
    return _warnings(request, asked, Caution.objects.filter(request.auth.condition()))


@serve(
    router,
    "GET",
    "/provider-warnings",
    act="desk.examination",
    gives=paged("Warning", WarningShown),
    title="本机构的限期整改",
)
def list_own_warnings(request: ApiRequest, asked: Query[WarningFilters]) -> HttpResponse:
    return _warnings(request, asked, Caution.objects.filter(request.auth.condition(provider="provider_id")))


@serve(
    router,
    "GET",
    "/warning-grounds",
    act="examination.read",
    gives=Grounds,
    title="可以作依据的投诉和检查",
    about="一年内查实的投诉和没有通过的食品安全检查。",
)
def list_grounds(request: ApiRequest, asked: Query[GroundsAsked]) -> HttpResponse:
    found = warn.grounds(county=county_for(request, asked.county), on=request.on)
    items = [
        {"provider": one.provider.pk, "cause": str(one.cause), "about": one.about, "on": one.on.isoformat()}
        for one in found
    ]
    return reply({"items": items})


@serve(
    router,
    "POST",
    "/warnings",
    act="examination.warn",
    gives=WarningShown,
    status=201,
    title="发整改通知",
    about="检查发现严重问题时用；考核低于底线的，公布得分时自动发。",
)
def give_warning(request: ApiRequest, body: WarnIn) -> HttpResponse:
    county = county_for(request, body.county)
    provider = provider_of(county, body.provider, request.on)

    def do() -> dict[str, Any]:
        made = warn.warn(
            county=county,
            provider=provider,
            cause=body.cause,
            about=body.about,
            mend=body.mend,
            due_on=body.due_on,
            at=request.at,
            on=request.on,
            by=request.auth.username,
        )
        return show_warning(made, request.on)

    return perform(request, county=county, body=body, do=do, status=201)


@serve(
    router,
    "POST",
    "/warnings/{uuid:id}/lift",
    act="examination.warn",
    gives=WarningShown,
    title="解除整改通知",
    about="复查合格；由发通知以外的人办。",
)
def lift_warning(request: ApiRequest, id: UUID, body: DecideIn) -> HttpResponse:
    by = request.auth.username
    return _decide(request, id, body, lambda row: warn.lift(caution=row, because=body.because, at=request.at, by=by))


@serve(
    router,
    "POST",
    "/warnings/{uuid:id}/send-back",
    act="examination.warn",
    gives=WarningShown,
    title="退回继续整改",
)
def send_back_warning(request: ApiRequest, id: UUID, body: SendBackIn) -> HttpResponse:
    told: dict[str, Any] = {"because": body.because, "due_on": body.due_on, **when(request)}
    return _decide(request, id, body, lambda row: warn.send_back(caution=row, **told))


@serve(
    router,
    "POST",
    "/warnings/{uuid:id}/fail",
    act="examination.warn",
    gives=WarningShown,
    title="认定逾期没有整改",
    about="期限过了才能办，由发通知以外的人办；不会自动退出。",
)
def fail_warning(request: ApiRequest, id: UUID, body: DecideIn) -> HttpResponse:
    told: dict[str, Any] = {"because": body.because, **when(request)}
    return _decide(request, id, body, lambda row: warn.fail(caution=row, **told))


@serve(
    router,
    "POST",
    "/provider-warnings/{uuid:id}/mend",
    act="desk.examination",
    gives=WarningShown,
    title="报整改情况",
)
def mend_warning(request: ApiRequest, id: UUID, body: MendIn) -> HttpResponse:
    by = request.auth.username
    return _decide(
        request,
        id,
        body,
        lambda row: warn.mend(caution=row, words=body.words, at=request.at, by=by),
        provider="provider_id",
    )


def _warnings(request: ApiRequest, asked: WarningFilters, rows: Any) -> HttpResponse:
    rows = rows.select_related("examination")
    rows = rows.filter(**asked.model_dump(exclude_none=True, include={"county", "provider", "state"}))
    if asked.overdue:
        rows = rows.filter(state__in=warn.OPEN, due_on__lt=request.on)
    sorts = {"created_at": "id", "due_on": "due_on"}
    return page(request, asked, rows, sorts=sorts, show=lambda row: show_warning(row, request.on), shown=WarningShown)


def _decide(request: ApiRequest, id: UUID, body: Body, verb: Callable[[Caution], Caution], provider: str = "") -> Any:
    row = warning_of(request, id, provider=provider)

    def do() -> dict[str, Any]:
        return show_warning(verb(row), request.on)

    return perform(request, county=row.county, body=body, do=do)


def when(request: ApiRequest) -> dict[str, Any]:
    return {"at": request.at, "on": request.on, "by": request.auth.username}


def provider_of(county: str, provider_id: int, on: date) -> Provider:
    """One that the county examines. Refuses with ``redemption.unknown_provider``."""
    found = providers_of(county, Month.of(on)).get(provider_id)
    if found is None:
        raise UNKNOWN_PROVIDER("provider")
    return found


def warning_of(request: ApiRequest, id: UUID, *, provider: str = "", field: str = "id") -> Caution:
    rows = Caution.objects.select_related("examination")
    return by_id(request, rows, id, unknown=UNKNOWN_WARNING, provider=provider, field=field)


def show_warning(row: Caution, on: date) -> dict[str, Any]:
    return {
        "id": str(row.id),
        "county": row.county,
        "provider": row.provider_id,
        "cause": str(row.cause),
        "month": row.examination.month if row.examination else None,
        "about": row.about,
        "mend": row.mend,
        "due_on": row.due_on.isoformat(),
        "overdue": row.state in warn.OPEN and row.due_on < on,
        "state": str(row.state),
        "given_by": row.given_by,
        "given_at": row.given_at.isoformat(),
        "mended": row.mended,
        "mended_at": row.mended_at.isoformat() if row.mended_at else None,
        "because": row.because,
        "decided_by": row.decided_by,
        "decided_at": row.decided_at.isoformat() if row.decided_at else None,
    }
