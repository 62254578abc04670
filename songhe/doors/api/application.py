"""Applications over HTTP, from the draft to the decision. 申请"""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any, Literal
from uuid import UUID

from django.http import HttpResponse
from ninja import Query, Router
from pydantic import BaseModel, Field

from songhe.doors.api.assessment import BecauseIn
from songhe.doors.api.caller import ApiRequest
from songhe.doors.api.found import by_number
from songhe.doors.api.operation import serve
from songhe.doors.api.page import Paging, page, paged
from songhe.doors.api.person import person_of
from songhe.doors.api.types import Body, County, Day, Line, ProviderId, Shown
from songhe.doors.api.write import perform, reply, require_version, wanted_version
from songhe.entitlement.apply import NO_MANDATE, open_application, submit
from songhe.entitlement.approve import approve, refuse
from songhe.entitlement.clarify import answer, ask
from songhe.entitlement.determine import determine
from songhe.entitlement.models import Application, Entitlement
from songhe.entitlement.record import lock_application
from songhe.entitlement.review import review, send_back
from songhe.entitlement.withdraw import withdraw
from songhe.kernel.refusal import reason
from songhe.person.models import Mandate
from songhe.provider.models import Provider
from songhe.redemption.redeem import UNKNOWN_PROVIDER

router = Router(tags=["申请"])

UNKNOWN_APPLICATION = reason(
    "api.unknown_application", zh="没有这份申请。", en="There is no such application.", status=404
)


class ApplicationIn(Body):
    person: Annotated[UUID, Field(title="人员档案")]
    policy: Annotated[str, Field(min_length=1, max_length=40, title="项目")] = "consumption-voucher"
    channel: Annotated[Literal["online", "proxy", "counter"], Field(title="申请方式")]
    mandate: Annotated[UUID | None, Field(title="代办委托（代办时）")] = None
    category: Annotated[str, Field(max_length=20, title="首月想选的组别")] = ""
    provider: Annotated[ProviderId | None, Field(title="首月想选的机构")] = None


class SubmitIn(Body):
    pledge_signed_on: Annotated[Day | None, Field(title="诚信承诺书签署日期")] = None


class QuestionIn(Body):
    question: Annotated[str, Field(min_length=1, max_length=500, title="需补正的内容")]


class AnswerIn(Body):
    text: Annotated[str, Field(min_length=1, max_length=1000, title="补正内容")]


class NoteIn(Body):
    note: Annotated[str, Field(max_length=500, title="意见")] = ""


class ApplicationShown(Shown):
    no: Annotated[str, Field(title="申请编号")]
    county: Annotated[str, Field(title="区县")]
    person: Annotated[str, Field(title="人员档案")]
    policy: Annotated[str, Field(title="项目")]
    state: Annotated[str, Field(title="状态")]
    channel: Annotated[str, Field(title="申请方式")]
    category: str
    provider: int | None
    opened_at: str
    submitted_at: str | None
    decided_on: Annotated[str | None, Field(json_schema_extra={"format": "date"})]
    version: Annotated[int, Field(title="版本")]


class ApplicationInFull(ApplicationShown):
    pledge_signed_on: str | None
    question: str
    answer: str
    assessment: Annotated[str | None, Field(title="所依据的评估编号")]
    outcome: Annotated[str | None, Field(title="认定结果")]
    review_note: str
    publish_from: str | None
    publish_to: str | None
    decision_note: str
    entitlement: Annotated[str | None, Field(title="待遇编号")]


class ApplicationFilters(Paging):
    county: County | None = None
    person: UUID | None = None
    state: Line | None = None
    policy: Line | None = None


@serve(
    router,
    "GET",
    "/applications",
    act="application.read",
    gives=paged("Application", ApplicationShown),
    title="查申请",
    about="按区县、人员、状态、项目筛选。",
)
def list_applications(request: ApiRequest, asked: Query[ApplicationFilters]) -> HttpResponse:
    rows = Application.objects.within(request.auth.scope).filter(request.auth.condition(person="person_id"))
    rows = rows.filter(**asked.model_dump(exclude_none=True, include={"county", "person", "state", "policy"}))
    return page(
        request,
        asked,
        rows,
        sorts={"created_at": "id", "opened_at": "opened_at"},
        show=show_application,
        shown=ApplicationShown,
    )


@serve(
    router,
    "POST",
    "/applications",
    act="application.make",
    gives=ApplicationInFull,
    status=201,
    title="开始一份申请",
    about="开出草稿；代办须写明委托。",
)
def start_application(request: ApiRequest, body: ApplicationIn) -> HttpResponse:
    person = person_of(request, body.person, field="person")
    mandate = None
    if body.mandate is not None:
        mandate = Mandate.objects.filter(county=person.county, id=body.mandate, person=person).first()
        if mandate is None:
            raise NO_MANDATE("mandate", on=request.on)
    provider = None
    if body.provider is not None:
        provider = Provider.objects.filter(pk=body.provider).first()
        if provider is None:
            raise UNKNOWN_PROVIDER("provider")

    def do() -> dict[str, Any]:
        return show_in_full(
            open_application(
                person=person,
                policy=body.policy,
                channel=body.channel,
                mandate=mandate,
                category=body.category,
                provider=provider,
                at=request.at,
                on=request.on,
                by=request.auth.username,
            )
        )

    return perform(request, county=person.county, body=body, do=do, status=201)


@serve(
    router,
    "GET",
    "/applications/{no}",
    act="application.read",
    gives=ApplicationInFull,
    title="读一份申请",
    about="ETag 为申请的版本。",
)
def read_application(request: ApiRequest, no: str) -> HttpResponse:
    found = application_of(request, no)
    return reply(show_in_full(found), version=found.version)


@serve(
    router,
    "POST",
    "/applications/{no}/submit",
    act="application.make",
    gives=ApplicationInFull,
    if_match=False,
    title="提交申请",
    about="须附老年人签署的诚信承诺书。",
)
def submit_application(request: ApiRequest, no: str, body: SubmitIn) -> HttpResponse:
    return changed(
        request,
        no,
        body,
        lambda found: submit(
            application=found,
            pledge_signed_on=body.pledge_signed_on,
            at=request.at,
            on=request.on,
            by=request.auth.username,
        ),
    )


@serve(
    router,
    "POST",
    "/applications/{no}/ask",
    act="application.review",
    gives=ApplicationInFull,
    if_match=False,
    title="要求补正",
)
def ask_applicant(request: ApiRequest, no: str, body: QuestionIn) -> HttpResponse:
    return changed(
        request,
        no,
        body,
        lambda found: ask(application=found, question=body.question, at=request.at, by=request.auth.username),
    )


@serve(
    router,
    "POST",
    "/applications/{no}/answer",
    act="application.make",
    gives=ApplicationInFull,
    if_match=False,
    title="答复补正",
)
def answer_county(request: ApiRequest, no: str, body: AnswerIn) -> HttpResponse:
    return changed(
        request,
        no,
        body,
        lambda found: answer(application=found, text=body.text, at=request.at, by=request.auth.username),
    )


@serve(
    router,
    "POST",
    "/applications/{no}/determine",
    act="application.review",
    gives=ApplicationInFull,
    if_match=False,
    title="按政策认定资格",
    about="缺资料时转为待补正或等待评估，不作否定。",
)
def determine_application(request: ApiRequest, no: str, body: NoteIn | None = None) -> HttpResponse:
    return changed(
        request,
        no,
        body,
        lambda found: determine(application=found, at=request.at, on=request.on, by=request.auth.username),
    )


@serve(
    router,
    "POST",
    "/applications/{no}/review",
    act="application.review",
    gives=ApplicationInFull,
    if_match=False,
    title="初审通过",
    about="初审人不能是开出申请的人。",
)
def review_application(request: ApiRequest, no: str, body: NoteIn | None = None) -> HttpResponse:
    note = body.note if body else ""
    return changed(
        request,
        no,
        body,
        lambda found: review(application=found, note=note, at=request.at, on=request.on, by=request.auth.username),
    )


@serve(
    router,
    "POST",
    "/applications/{no}/send-back",
    act="application.approve",
    gives=ApplicationInFull,
    if_match=False,
    title="退回初审",
)
def send_application_back(request: ApiRequest, no: str, body: BecauseIn) -> HttpResponse:
    return changed(
        request,
        no,
        body,
        lambda found: send_back(application=found, because=body.because, at=request.at, by=request.auth.username),
    )


@serve(
    router,
    "POST",
    "/applications/{no}/approve",
    act="application.approve",
    gives=ApplicationInFull,
    if_match=False,
    title="批准申请",
    about="审批人不能是开出或初审的人；待遇由此开始。",
)
def approve_application(request: ApiRequest, no: str, body: NoteIn | None = None) -> HttpResponse:
    note = body.note if body else ""
    return changed(
        request,
        no,
        body,
        lambda found: approve(application=found, note=note, at=request.at, on=request.on, by=request.auth.username),
    )


@serve(
    router,
    "POST",
    "/applications/{no}/refuse",
    act="application.approve",
    gives=ApplicationInFull,
    if_match=False,
    title="不予批准",
)
def refuse_application(request: ApiRequest, no: str, body: BecauseIn) -> HttpResponse:
    return changed(
        request,
        no,
        body,
        lambda found: refuse(
            application=found, because=body.because, at=request.at, on=request.on, by=request.auth.username
        ),
    )


@serve(
    router,
    "POST",
    "/applications/{no}/withdraw",
    act="application.make",
    gives=ApplicationInFull,
    if_match=False,
    title="撤回申请",
)
def withdraw_application(request: ApiRequest, no: str, body: BecauseIn) -> HttpResponse:
    return changed(
        request,
        no,
        body,
        lambda found: withdraw(application=found, because=body.because, at=request.at, by=request.auth.username),
    )


def application_of(request: ApiRequest, no: str) -> Application:
    rows = Application.rows.select_related("person", "assessment", "determination")
    return by_number(request, rows, no, unknown=UNKNOWN_APPLICATION, person="person_id")


def changed(request: ApiRequest, no: str, body: BaseModel | None, verb: Callable[[Application], Any]) -> HttpResponse:
    """Let a verb change an application, if it still is the version that the caller read."""
    found, wanted = application_of(request, no), wanted_version(request)

    def do() -> dict[str, Any]:
        if wanted is not None:
            require_version(wanted, lock_application(found).version)
        verb(found)
        rows = Application.rows.select_related("assessment", "determination")
        return show_in_full(rows.get(county=found.county, id=found.id))

    return perform(request, county=found.county, body=body, do=do)


def show_application(found: Application) -> dict[str, Any]:
    return {
        "no": found.no,
        "county": found.county,
        "person": str(found.person_id),
        "policy": found.policy,
        "state": str(found.state),
        "channel": str(found.channel),
        "category": found.category,
        "provider": found.provider_id,
        "opened_at": found.opened_at.isoformat(),
        "submitted_at": found.submitted_at.isoformat() if found.submitted_at else None,
        "decided_on": found.decided_on.isoformat() if found.decided_on else None,
        "version": found.version,
    }


def show_in_full(found: Application) -> dict[str, Any]:
    right = Entitlement.objects.filter(county=found.county, application=found).values_list("no", flat=True).first()
    return show_application(found) | {
        "pledge_signed_on": found.pledge_signed_on.isoformat() if found.pledge_signed_on else None,
        "question": found.question,
        "answer": found.answer,
        "assessment": found.assessment.no if found.assessment else None,
        "outcome": str(found.determination.outcome) if found.determination else None,
        "review_note": found.review_note,
        "publish_from": found.publish_from.isoformat() if found.publish_from else None,
        "publish_to": found.publish_to.isoformat() if found.publish_to else None,
        "decision_note": found.decision_note,
        "entitlement": right,
    }
