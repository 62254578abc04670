"""Ability assessments over HTTP: ask, name the assessors, hand in, accept, send back, dispute. 能力评估"""

from __future__ import annotations

from typing import Annotated, Any, Literal
from uuid import UUID

from django.http import HttpResponse
from ninja import Query, Router
from pydantic import Field

from songhe.assessment.models import Assessment
from songhe.assessment.request import assign
from songhe.assessment.request import request as ask_for
from songhe.assessment.review import accept, dispute, send_back
from songhe.assessment.submit import submit
from songhe.doors.api.caller import ApiRequest
from songhe.doors.api.found import by_number
from songhe.doors.api.operation import serve
from songhe.doors.api.page import Paging, page, paged
from songhe.doors.api.person import person_of
from songhe.doors.api.types import Because, Body, County, Day, Fen, Line, Number, ProviderId, Shown
from songhe.doors.api.write import perform, reply
from songhe.entitlement.queries import serving
from songhe.kernel.refusal import Refusal, reason
from songhe.policy.resolve import NOT_IN_FORCE, Policy, library
from songhe.provider.models import Provider, Worker
from songhe.redemption.find import PROGRAMME
from songhe.redemption.redeem import UNKNOWN_PROVIDER

router = Router(tags=["能力评估"])

UNKNOWN_ASSESSMENT = reason(
    "api.unknown_assessment", zh="没有这次评估。", en="There is no such assessment.", status=404
)
UNKNOWN_WORKER = reason("api.unknown_worker", zh="没有这名评估师。", en="There is no such assessor.")


class AssessmentIn(Body):
    person: Annotated[UUID, Field(title="人员档案")]
    body: Annotated[ProviderId, Field(title="评估机构")]
    where: Annotated[Literal["on_site", "home"], Field(title="评估方式")]
    occasion: Annotated[Literal["first", "regular", "immediate", "review"], Field(title="评估原因")] = "first"
    disputed: Annotated[Number | None, Field(title="有异议的评估编号（复评时）")] = None


class AssignIn(Body):
    first: Annotated[ProviderId, Field(title="评估师")]
    second: Annotated[ProviderId, Field(title="另一名评估师")]


class SubmitIn(Body):
    answers: Annotated[dict[str, Any], Field(title="各项答案：scores 及昏迷、诊断、事件等，同命令 songhe assess")]
    information: Annotated[dict[str, Any] | None, Field(title="基本信息表（表 A）")] = None
    signatures: Annotated[list[ProviderId], Field(min_length=1, max_length=4, title="签名的评估师")]
    assessed_on: Annotated[Day, Field(title="评估日期")]
    certificate_no: Annotated[str, Field(max_length=60, title="报告编号")] = ""
    fee_fen: Annotated[Fen | None, Field(title="评估费（分）")] = None


class BecauseIn(Body):
    because: Because


class AcceptIn(Body):
    """Nothing needs to be said."""


class GroundsIn(Body):
    grounds: Annotated[str, Field(min_length=1, max_length=500, title="异议理由")]


class AssessmentShown(Shown):
    no: Annotated[str, Field(title="评估编号")]
    county: Annotated[str, Field(title="区县")]
    person: Annotated[str, Field(title="人员档案")]
    state: Annotated[str, Field(title="状态")]
    origin: str
    standard: Annotated[str, Field(title="标准")]
    occasion: str
    where: str
    body: Annotated[int | None, Field(title="评估机构")]
    first_assessor: int | None
    second_assessor: int | None
    requested_at: str
    assessed_on: Annotated[str | None, Field(title="评估日期", json_schema_extra={"format": "date"})]
    final_level: Annotated[int | None, Field(title="等级（0—4）")]
    level_name: str
    valid_until: Annotated[str | None, Field(title="有效期至", json_schema_extra={"format": "date"})]


class AssessmentInFull(AssessmentShown):
    subtotals: list[int] | None
    total: int | None
    initial_level: int | None
    reasons: list[str]
    warnings: list[dict[str, Any]]
    certificate_no: str
    fee_fen: int | None
    disputes: Annotated[str | None, Field(title="所复评的评估编号")]
    dispute_grounds: str
    note: str


class AssessmentFilters(Paging):
    county: County | None = None
    person: UUID | None = None
    state: Line | None = None


@serve(
    router,
    "GET",
    "/assessments",
    act="assessment.read",
    gives=paged("Assessment", AssessmentShown),
    title="查能力评估",
    about="按区县、人员、状态筛选；评估机构只看到自己的。",
)
def list_assessments(request: ApiRequest, asked: Query[AssessmentFilters]) -> HttpResponse:
    rows = Assessment.objects.within(request.auth.scope).filter(
        request.auth.condition(provider="body_id", person="person_id")
    )
    rows = rows.filter(**asked.model_dump(exclude_none=True, include={"county", "state", "person"}))
    return page(
        request,
        asked,
        rows,
        sorts={"created_at": "id", "requested_at": "requested_at"},
        show=show_assessment,
        shown=AssessmentShown,
    )


@serve(
    router,
    "POST",
    "/assessments",
    act="assessment.request",
    gives=AssessmentInFull,
    status=201,
    title="申请能力评估",
    about="由老年人或代办人选定评估机构；复评须写明有异议的评估。",
)
def request_assessment(request: ApiRequest, body: AssessmentIn) -> HttpResponse:
    person = person_of(request, body.person, field="person")
    provider = Provider.objects.filter(pk=body.body).first()
    if provider is None:
        raise UNKNOWN_PROVIDER("body")
    disputed = assessment_of(request, body.disputed, field="disputed") if body.disputed else None

    def do() -> dict[str, Any]:
        return show_in_full(
            ask_for(
                person=person,
                body=provider,
                where=body.where,
                occasion=body.occasion,
                disputed=disputed,
                at=request.at,
                on=request.on,
                by=request.auth.username,
            )
        )

    return perform(request, county=person.county, body=body, do=do, status=201)


@serve(router, "GET", "/assessments/{no}", act="assessment.read", gives=AssessmentInFull, title="读一次能力评估")
def read_assessment(request: ApiRequest, no: str) -> HttpResponse:
    return reply(show_in_full(assessment_of(request, no)))


@serve(
    router,
    "POST",
    "/assessments/{no}/assign",
    act="assessment.assign",
    gives=AssessmentInFull,
    title="指派评估师",
    about="评估机构指派两名合格且无须回避的评估师。",
)
def assign_assessors(request: ApiRequest, no: str, body: AssignIn) -> HttpResponse:
    found = assessment_of(request, no)
    workers = Worker.objects.filter(provider=found.body).in_bulk([body.first, body.second])
    for field in ("first", "second"):
        if getattr(body, field) not in workers:
            raise UNKNOWN_WORKER(field)

    def do() -> dict[str, Any]:
        return show_in_full(
            assign(
                assessment=found,
                first=workers[body.first],
                second=workers[body.second],
                serving=serving(found.person),
                at=request.at,
                on=request.on,
                by=request.auth.username,
            )
        )

    return perform(request, county=found.county, body=body, do=do)


@serve(
    router,
    "POST",
    "/assessments/{no}/submit",
    act="assessment.submit",
    gives=AssessmentInFull,
    title="提交评估结果",
    about="只提交各项答案，等级由系统计算。",
)
def submit_assessment(request: ApiRequest, no: str, body: SubmitIn) -> HttpResponse:
    found = assessment_of(request, no)

    def do() -> dict[str, Any]:
        return show_in_full(
            submit(
                assessment=found,
                answers=body.answers,
                information=body.information,
                signatures=body.signatures,
                assessed_on=body.assessed_on,
                certificate_no=body.certificate_no,
                fee_fen=body.fee_fen,
                at=request.at,
                on=request.on,
                by=request.auth.username,
            )
        )

    return perform(request, county=found.county, body=body, do=do)


@serve(
    router,
    "POST",
    "/assessments/{no}/accept",
    act="assessment.review",
    gives=AssessmentInFull,
    title="采用评估结果",
)
def accept_assessment(request: ApiRequest, no: str, body: AcceptIn | None = None) -> HttpResponse:
    found = assessment_of(request, no)

    def do() -> dict[str, Any]:
        policy = rules_for(found, request)
        return show_in_full(
            accept(assessment=found, policy=policy, at=request.at, on=request.on, by=request.auth.username)
        )

    return perform(request, county=found.county, body=body, do=do)


@serve(
    router,
    "POST",
    "/assessments/{no}/send-back",
    act="assessment.review",
    gives=AssessmentInFull,
    title="退回评估结果",
)
def send_assessment_back(request: ApiRequest, no: str, body: BecauseIn) -> HttpResponse:
    found = assessment_of(request, no)

    def do() -> dict[str, Any]:
        return show_in_full(send_back(assessment=found, because=body.because, at=request.at, by=request.auth.username))

    return perform(request, county=found.county, body=body, do=do)


@serve(
    router,
    "POST",
    "/assessments/{no}/dispute",
    act="assessment.dispute",
    gives=AssessmentInFull,
    title="对评估结果提出异议",
)
def dispute_assessment(request: ApiRequest, no: str, body: GroundsIn) -> HttpResponse:
    found = assessment_of(request, no)

    def do() -> dict[str, Any]:
        return show_in_full(
            dispute(
                assessment=found,
                grounds=body.grounds,
                policy=rules_for(found, request),
                at=request.at,
                on=request.on,
                by=request.auth.username,
            )
        )

    return perform(request, county=found.county, body=body, do=do)


def assessment_of(request: ApiRequest, no: str, *, field: str = "no") -> Assessment:
    rows = Assessment.rows.select_related("person", "disputes")
    return by_number(request, rows, no, unknown=UNKNOWN_ASSESSMENT, provider="body_id", person="person_id", field=field)


def rules_for(found: Assessment, request: ApiRequest) -> Policy | None:
    """The voucher programme's rules at the place on the day, ``None`` where no edition is in force."""
    try:
        return library().resolve(policy=PROGRAMME, place=found.county, on=request.on)
    except Refusal as refusal:
        if refusal.reason is not NOT_IN_FORCE:
            raise
        return None


def show_assessment(found: Assessment) -> dict[str, Any]:
    return {
        "no": found.no,
        "county": found.county,
        "person": str(found.person_id),
        "state": str(found.state),
        "origin": str(found.origin),
        "standard": found.standard,
        "occasion": str(found.occasion),
        "where": str(found.where),
        "body": found.body_id,
        "first_assessor": found.first_assessor_id,
        "second_assessor": found.second_assessor_id,
        "requested_at": found.requested_at.isoformat(),
        "assessed_on": found.assessed_on.isoformat() if found.assessed_on else None,
        "final_level": found.final_level,
        "level_name": found.recorded_level,
        "valid_until": found.valid_until.isoformat() if found.valid_until else None,
    }


def show_in_full(found: Assessment) -> dict[str, Any]:
    return show_assessment(found) | {
        "subtotals": found.subtotals,
        "total": found.total,
        "initial_level": found.initial_level,
        "reasons": found.reasons,
        "warnings": found.warnings,
        "certificate_no": found.certificate_no,
        "fee_fen": found.fee_fen,
        "disputes": found.disputes.no if found.disputes else None,
        "dispute_grounds": found.dispute_grounds,
        "note": found.note,
    }
