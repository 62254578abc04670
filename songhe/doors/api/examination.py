"""Examination of providers over HTTP: what is public, rounds drawn up and published, objections. 机构考核"""

from __future__ import annotations

from collections import defaultdict
from typing import Annotated, Any, Literal
from uuid import UUID

from django.http import HttpResponse
from ninja import Query, Router
from pydantic import Field

from songhe.doors.api import limit
from songhe.doors.api.caller import ApiRequest
from songhe.doors.api.found import by_id, out_of_reach
from songhe.doors.api.operation import serve
from songhe.doors.api.page import Paging, page, paged
from songhe.doors.api.person import county_for
from songhe.doors.api.rent import lender
from songhe.doors.api.types import Because, Body, County, Instant, MonthText, ProviderId, Shown, Yes
from songhe.doors.api.write import perform, reply
from songhe.examine import draw as rounds
from songhe.examine.models import Examination, Figure, Objection, Score
from songhe.examine.object import NOT_EXAMINED, answer, last_day, object_to
from songhe.examine.queries import as_data, explained, explained_rows
from songhe.examine.scheme import scheme_of
from songhe.kernel.month import Month
from songhe.kernel.refusal import reason

router = Router(tags=["机构考核"])

UNKNOWN_SCORES = reason(
    "api.unknown_scores",
    zh="这个区县没有公布这个月的考核。",
    en="No scores of that month are public there.",
    status=404,
)
UNKNOWN_EXAMINATION = reason("api.unknown_examination", zh="没有这次考核。", en="There is no such round.", status=404)
UNKNOWN_OBJECTION = reason("api.unknown_objection", zh="没有这项异议。", en="There is no such objection.", status=404)

DayText = Annotated[str, Field(json_schema_extra={"format": "date"})]
Text = Annotated[str, Field(min_length=1, max_length=500)]
State = Literal["drawn", "published", "dropped", "replaced"]


class FigureShown(Shown):
    num: Annotated[int | None, Field(title="分子；数得太少、没有评分的为空")]
    den: Annotated[int | None, Field(title="分母")]
    value: Annotated[int | None, Field(title="指标值；比率为万分之几，评价为百分之几星，其余为个数")]
    weight: Annotated[int, Field(title="权重")]
    points: Annotated[int | None, Field(title="得分，0 至 100")]
    lost_tenths: Annotated[int | None, Field(title="从满分里扣掉的，单位 0.1 分")]


class ProviderScore(Shown):
    credit_code: Annotated[str, Field(title="统一社会信用代码")]
    name: Annotated[str, Field(title="机构名称")]
    score: Annotated[int | None, Field(title="总分，0 至 100；能评的太少时为空")]
    indicators: Annotated[dict[str, FigureShown], Field(title="各项指标")]


class RoundPublic(Shown):
    county: str
    month: Annotated[str, Field(title="月份")]
    number: Annotated[int, Field(title="第几版；更正一次加一")]
    because: Annotated[str, Field(title="更正的原因；第一版为空")]
    published_on: DayText | None
    scheme: Annotated[str, Field(title="考核办法的版本")]


class RoundScores(RoundPublic):
    line: Annotated[int, Field(title="底线；低于它的机构要限期整改")]
    rules: Annotated[dict[str, Any], Field(title="考核办法全文")]
    providers: Annotated[list[ProviderScore], Field(title="各机构，得分高的在前")]


class RoundShown(RoundPublic):
    id: Annotated[str, Field(title="考核")]
    state: Annotated[str, Field(title="状态")]
    drawn_by: Annotated[str, Field(title="由谁作出")]
    drawn_at: Instant
    decided_by: Annotated[str, Field(title="由谁公布或不予公布")]
    decided_at: Instant | None
    decided_because: Annotated[str, Field(title="不公布的原因")]


class RoundInFull(RoundShown, RoundScores):
    pass


class ObjectionShown(Shown):
    id: Annotated[str, Field(title="异议")]
    county: str
    examination: Annotated[str, Field(title="考核")]
    month: str
    provider: Annotated[int, Field(title="机构")]
    indicator: Annotated[str, Field(title="指标")]
    because: Annotated[str, Field(title="哪里不对")]
    made_at: Instant
    state: Annotated[str, Field(title="状态")]
    answer: Annotated[str, Field(title="答复")]
    answered_at: Instant | None


class OwnScore(ProviderScore):
    examination: Annotated[str, Field(title="考核")]
    county: str
    provider: Annotated[int, Field(title="机构")]
    month: str
    number: int
    published_on: DayText | None
    object_until: Annotated[DayText | None, Field(title="异议最晚哪天提")]
    objections: list[ObjectionShown]


class RoundFilters(Paging):
    county: County | None = None
    month: MonthText | None = None


class AllFilters(RoundFilters):
    state: State | None = None


class ObjectionFilters(Paging):
    county: County | None = None
    state: Literal["made", "upheld", "rejected"] | None = None


class OneProvider(Body):
    credit_code: Annotated[str | None, Field(max_length=18, title="只要这一家")] = None


class DrawIn(Body):
    county: Annotated[County | None, Field(title="区县；账号只属于一个区县时可不填")] = None
    month: MonthText
    because: Annotated[str, Field(max_length=300, title="更正的原因；第一次不填")] = ""


class PublishIn(Body):
    """Nothing needs to be said."""


class DropIn(Body):
    because: Because


class ObjectIn(Body):
    indicator: Annotated[str, Field(min_length=1, max_length=12, title="指标")]
    because: Annotated[Text, Field(title="哪里不对")]
    provider: Annotated[ProviderId | None, Field(title="机构；账号只属于一家机构时可不填")] = None


class AnswerIn(Body):
    upheld: Annotated[Yes, Field(title="异议是否成立")]
    words: Annotated[Text, Field(title="答复")]


@serve(
    router,
    "GET",
    "/scores",
    act=None,
    gives=paged("Scores", RoundPublic),
    title="已公布的机构考核",
    about="人人可读，不用登录。每个区县每月一条，为最新公布的一版。",
)
def list_scores(request: ApiRequest, asked: Query[RoundFilters]) -> HttpResponse:
    rows = Examination.objects.filter(state=Examination.State.PUBLISHED).select_related("edition")
    rows = rows.filter(**asked.model_dump(exclude_none=True, include={"county", "month"}))
    sorts = {"created_at": "id", "month": "month"}
    return page(request, asked, rows, sorts=sorts, show=show_public, shown=RoundPublic)


@serve(
    router,
    "GET",
    "/scores/{county}/{month}",
    act=None,
    gives=RoundScores,
    title="读一个月的机构考核",
    about="人人可读，不用登录。各机构的得分，每项指标数了什么、得几分、扣掉几分，以及考核办法全文，可以重算。",
)
def read_scores(request: ApiRequest, county: County, month: MonthText, asked: Query[OneProvider]) -> HttpResponse:
    limit.check(request)
    rows = Examination.objects.filter(county=county, month=month, state=Examination.State.PUBLISHED)
    row = rows.select_related("edition").first()
    if row is None:
        raise UNKNOWN_SCORES("month")
    return reply(show_public(row) | show_scores(row, asked.credit_code))


@serve(
    router,
    "GET",
    "/examinations",
    act="examination.read",
    gives=paged("Examination", RoundShown),
    title="查机构考核",
    about="每一版：待公布的、已公布的、不公布的、已更正的。",
)
def list_examinations(request: ApiRequest, asked: Query[AllFilters]) -> HttpResponse:
    rows = Examination.objects.filter(request.auth.condition()).select_related("edition")
    rows = rows.filter(**asked.model_dump(exclude_none=True, include={"county", "month", "state"}))
    sorts = {"created_at": "id", "month": "month"}
    return page(request, asked, rows, sorts=sorts, show=show_round, shown=RoundShown)


@serve(
    router,
    "POST",
    "/examinations",
    act="examination.draw",
    gives=RoundInFull,
    status=201,
    title="作出一个月的机构考核",
    about="月份要已过完。同一个月再来一次是更正，须写明原因；由另一人公布。",
)
def draw_examination(request: ApiRequest, body: DrawIn) -> HttpResponse:
    county = county_for(request, body.county)

    def do() -> dict[str, Any]:
        told: dict[str, Any] = {"at": request.at, "on": request.on, "by": request.auth.username}
        return show_in_full(rounds.draw(county=county, month=Month.parse(body.month), because=body.because, **told))

    return perform(request, county=county, body=body, do=do, status=201)


@serve(
    router, "GET", "/examinations/{uuid:id}", act="examination.read", gives=RoundInFull, title="读一次机构考核的全部"
)
def read_examination(request: ApiRequest, id: UUID) -> HttpResponse:
    return reply(show_in_full(round_of(request, id)))


@serve(
    router,
    "POST",
    "/examinations/{uuid:id}/publish",
    act="examination.publish",
    gives=RoundShown,
    title="公布机构考核",
    about="公布人不能是作出考核的人；低于底线的机构随即收到限期整改。",
)
def publish_examination(request: ApiRequest, id: UUID, body: PublishIn | None = None) -> HttpResponse:
    row = round_of(request, id)

    def do() -> dict[str, Any]:
        by = request.auth.username
        return show_round(rounds.publish(examination=row, at=request.at, on=request.on, by=by))

    return perform(request, county=row.county, body=body, do=do)


@serve(
    router, "POST", "/examinations/{uuid:id}/drop", act="examination.publish", gives=RoundShown, title="不公布机构考核"
)
def drop_examination(request: ApiRequest, id: UUID, body: DropIn) -> HttpResponse:
    row = round_of(request, id)

    def do() -> dict[str, Any]:
        dropped = rounds.drop(examination=row, because=body.because, at=request.at, by=request.auth.username)
        return show_round(dropped)

    return perform(request, county=row.county, body=body, do=do)


@serve(
    router,
    "GET",
    "/score-objections",
    act="examination.read",
    gives=paged("Objection", ObjectionShown),
    title="查机构对考核的异议",
)
def list_objections(request: ApiRequest, asked: Query[ObjectionFilters]) -> HttpResponse:
    rows = Objection.objects.filter(request.auth.condition()).select_related("examination")
    rows = rows.filter(**asked.model_dump(exclude_none=True, include={"county", "state"}))
    return page(request, asked, rows, sorts={"created_at": "id"}, show=show_objection, shown=ObjectionShown)


@serve(
    router,
    "POST",
    "/score-objections/{uuid:id}/answer",
    act="examination.answer",
    gives=ObjectionShown,
    title="答复机构的异议",
    about="答复人不能是作出或公布这次考核的人；异议成立的，由更正一版来改。",
)
def answer_objection(request: ApiRequest, id: UUID, body: AnswerIn) -> HttpResponse:
    rows = Objection.objects.select_related("examination")
    row = by_id(request, rows, id, unknown=UNKNOWN_OBJECTION)

    def do() -> dict[str, Any]:
        by = request.auth.username
        return show_objection(answer(objection=row, upheld=body.upheld, words=body.words, at=request.at, by=by))

    return perform(request, county=row.county, body=body, do=do)


@serve(
    router,
    "GET",
    "/provider-scores",
    act="desk.examination",
    gives=paged("OwnScore", OwnScore),
    title="本机构的考核得分",
    about="已公布的各月：每项指标扣掉几分，提过的异议和答复，还能提到哪天。",
)
def list_own_scores(request: ApiRequest, asked: Query[RoundFilters]) -> HttpResponse:
    own = request.auth.condition(provider="provider_id")
    given = {"county": asked.county, "examination__month": asked.month}
    chosen = {name: value for name, value in given.items() if value is not None}
    rows = Score.objects.filter(own, examination__state=Examination.State.PUBLISHED, **chosen)
    figures: dict[tuple[UUID, int], list[Figure]] = defaultdict(list)
    told: dict[tuple[UUID, int], list[Objection]] = defaultdict(list)
    for figure in Figure.objects.filter(own, examination__state=Examination.State.PUBLISHED, **chosen).order_by("id"):
        figures[figure.examination_id, figure.provider_id].append(figure)
    for made in Objection.objects.filter(own, **chosen).select_related("examination").order_by("id"):
        told[made.examination_id, made.provider_id].append(made)

    def show(row: Score) -> dict[str, Any]:
        of, until = row.examination, last_day(row.examination)
        key = row.examination_id, row.provider_id
        return as_data(explained_rows(row, figures[key], scheme_of(of.edition))) | {
            "examination": str(of.id),
            "county": of.county,
            "provider": row.provider_id,
            "month": of.month,
            "number": of.number,
            "published_on": of.published_on.isoformat() if of.published_on else None,
            "object_until": until.isoformat() if until else None,
            "objections": [show_objection(each) for each in told[key]],
        }

    rows = rows.select_related("provider", "examination__edition")
    return page(request, asked, rows, sorts={"created_at": "id"}, show=show, shown=OwnScore)


@serve(
    router,
    "POST",
    "/provider-scores/{uuid:examination}/objections",
    act="desk.examination",
    gives=ObjectionShown,
    status=201,
    title="对本机构的一项指标提出异议",
    about="公布后在办法规定的天数内，每项一次；由另外的人答复。",
)
def object_to_score(request: ApiRequest, examination: UUID, body: ObjectIn) -> HttpResponse:
    row = Examination.objects.select_related("edition").filter(id=examination).first()
    if row is None:
        raise NOT_EXAMINED("examination")
    if not request.auth.providers_in(row.county):
        out_of_reach(request, county=row.county, subject="examine.Examination", subject_id=row.id)
        raise NOT_EXAMINED("examination")
    provider = lender(request, row.county, body.provider)

    def do() -> dict[str, Any]:
        made = object_to(
            examination=row,
            provider=provider,
            indicator=body.indicator,
            because=body.because,
            at=request.at,
            on=request.on,
            by=request.auth.username,
        )
        return show_objection(made)

    return perform(request, county=row.county, body=body, do=do, status=201)


def round_of(request: ApiRequest, id: UUID) -> Examination:
    return by_id(request, Examination.objects.select_related("edition"), id, unknown=UNKNOWN_EXAMINATION)


def show_public(row: Examination) -> dict[str, Any]:
    return {
        "county": row.county,
        "month": row.month,
        "number": row.number,
        "because": row.because,
        "published_on": row.published_on.isoformat() if row.published_on else None,
        "scheme": row.edition.version,
    }


def show_scores(row: Examination, credit_code: str | None = None) -> dict[str, Any]:
    found = [as_data(each) for each in explained(row)]
    return {
        "line": row.edition.line,
        "rules": row.edition.told,
        "providers": [each for each in found if credit_code in (None, each["credit_code"])],
    }


def show_round(row: Examination) -> dict[str, Any]:
    return show_public(row) | {
        "id": str(row.id),
        "state": str(row.state),
        "drawn_by": row.drawn_by,
        "drawn_at": row.drawn_at.isoformat(),
        "decided_by": row.decided_by,
        "decided_at": row.decided_at.isoformat() if row.decided_at else None,
        "decided_because": row.decided_because,
    }


def show_in_full(row: Examination) -> dict[str, Any]:
    return show_round(row) | show_scores(row)


def show_objection(row: Objection) -> dict[str, Any]:
    return {
        "id": str(row.id),
        "county": row.county,
        "examination": str(row.examination_id),
        "month": row.examination.month,
        "provider": row.provider_id,
        "indicator": row.indicator,
        "because": row.because,
        "made_at": row.made_at.isoformat(),
        "state": str(row.state),
        "answer": row.answer,
        "answered_at": row.answered_at.isoformat() if row.answered_at else None,
    }
