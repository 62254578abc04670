"""The registry of people over HTTP: look up, register, correct, report. 人员"""

from __future__ import annotations

from typing import Annotated, Any, Literal
from uuid import UUID

from django.http import HttpResponse
from ninja import Query, Router
from pydantic import Field

from songhe.doors.api.caller import ApiRequest
from songhe.doors.api.found import by_id
from songhe.doors.api.operation import Key, Wrong, serve
from songhe.doors.api.page import Paging, page, paged
from songhe.doors.api.problem import language
from songhe.doors.api.types import Because, Body, County, Day, Place, Shown
from songhe.doors.api.write import perform, reply, wanted_version
from songhe.kernel import id_number
from songhe.kernel.place_code import NATION
from songhe.kernel.refusal import Refusal, reason
from songhe.person.event import report
from songhe.person.identity import find
from songhe.person.masks import mask_last4, mask_phone
from songhe.person.models import Event, Person
from songhe.person.register import correct, register
from songhe.trail.note import note

router = Router(tags=["人员"])

UNKNOWN_PERSON = reason(
    "api.unknown_person", zh="没有这份人员档案。", en="There is no such file of a person.", status=404
)
COUNTY_OUT_OF_REACH = reason(
    "api.county_out_of_reach", zh="没有找到这个区县。", en="There is no such county.", status=404
)

IdKind = Literal[
    "resident",
    "residence_permit",
    "permanent_residence",
    "travel_permit",
    "passport",
    "military",
    "other",
    "none",
]
#: Long enough for whatever people paste; how long a name or an address may be is said by its own rule.
Told = Annotated[str, Field(max_length=400)]
Degrees = Annotated[float, Field(strict=True, ge=-180, le=180, allow_inf_nan=False)]


class PersonIn(Body):
    county: Annotated[County | None, Field(title="区县；账号只属于一个区县时可不填")] = None
    name: Annotated[Told, Field(title="姓名")]
    place: Annotated[Place, Field(title="居住地（村、社区）")]
    id_kind: Annotated[IdKind, Field(title="证件种类")] = "resident"
    id_number: Annotated[Told, Field(title="证件号码")] = ""
    birth_date: Annotated[Day | None, Field(title="出生日期；证件号码中已有时可不填")] = None
    sex: Annotated[Told, Field(title="性别")] = ""
    ethnic: Annotated[Told, Field(title="民族")] = ""
    registered_place: Annotated[Place | None, Field(title="户籍地")] = None
    address: Annotated[Told, Field(title="地址")] = ""
    phone: Annotated[Told, Field(title="电话")] = ""
    longitude: Degrees | None = None
    latitude: Degrees | None = None
    resident_from: Annotated[Day | None, Field(title="居住起始日")] = None
    source: Annotated[str, Field(min_length=1, max_length=80, title="来源")] = "api"
    document: Annotated[str, Field(max_length=120, title="凭据")] = ""


class PersonPatch(Body):
    """Only the fields that are sent are changed."""

    because: Because
    name: Annotated[Told, Field(title="姓名")] = ""
    place: Annotated[Place, Field(title="居住地")] = ""
    id_kind: IdKind = "resident"
    id_number: Annotated[Told, Field(title="证件号码")] = ""
    birth_date: Day | None = None
    sex: Told = ""
    ethnic: Told = ""
    registered_place: Told = ""
    address: Told = ""
    phone: Told = ""
    longitude: Degrees | None = None
    latitude: Degrees | None = None
    resident_from: Day | None = None
    source: Annotated[str, Field(min_length=1, max_length=80, title="来源")] = "api"
    document: Annotated[str, Field(max_length=120, title="凭据")] = ""
    valid_from: Annotated[Day | None, Field(title="自何日起如此")] = None


class PersonShown(Shown):
    id: Annotated[str, Field(title="档案")]
    county: Annotated[str, Field(title="区县")]
    name: Annotated[str, Field(title="姓名")]
    sex: Annotated[str, Field(title="性别（GB/T 2261.1）")]
    birth_date: Annotated[str, Field(title="出生日期", json_schema_extra={"format": "date"})]
    id_kind: Annotated[str, Field(title="证件种类")]
    id_number: Annotated[str, Field(title="证件号码（只留末四位）", examples=["**************0028"])]
    place: Annotated[str, Field(title="居住地")]
    phone: Annotated[str, Field(title="电话（部分隐去）")]
    died_on: Annotated[str | None, Field(title="去世日期", json_schema_extra={"format": "date"})]
    closed_on: Annotated[str | None, Field(title="档案关闭日", json_schema_extra={"format": "date"})]
    version: Annotated[int, Field(title="版本")]


class PersonInFull(PersonShown):
    ethnic: str
    registered_place: str
    address: str
    resident_from: str | None
    opened_on: str
    closed_because: str
    synthetic: Annotated[bool, Field(title="是否样例")]


class PersonRegistered(PersonInFull):
    warnings: Annotated[list[Wrong], Field(title="请核对")]


class Found(Shown):
    items: list[PersonShown]


class SearchIn(Body):
    id_kind: IdKind = "resident"
    id_number: Annotated[Told, Field(min_length=1, title="证件号码（15位与18位等同）")]


class EventIn(Body):
    kind: Annotated[Literal["death", "move", "recovery", "excluded", "wish"], Field(title="事由")]
    happened_on: Annotated[Day, Field(title="发生日期")]
    source: Annotated[str, Field(min_length=1, max_length=80, title="来源")] = "api"
    to_place: Annotated[Place | None, Field(title="迁往（迁居时）")] = None
    status: Annotated[str | None, Field(max_length=32, title="其他待遇（享受其他待遇时）")] = None


class EventShown(Shown):
    id: str
    person: str
    kind: str
    happened_on: Annotated[str, Field(json_schema_extra={"format": "date"})]
    state: str
    reported_at: str


class PersonFilters(Paging):
    county: County | None = None
    place: Annotated[str | None, Field(pattern=r"^[0-9]{6,12}$", title="居住地，可只给前几位")] = None
    name: Annotated[str | None, Field(min_length=1, max_length=60, title="姓名，可只给开头")] = None
    birth_date: Day | None = None
    id_last4: Annotated[str | None, Field(pattern=r"^[0-9A-Z]{4}$", title="证件末四位")] = None
    open: Annotated[bool | None, Field(title="只要未关闭的档案")] = None


@serve(
    router,
    "GET",
    "/persons",
    act="person.search",
    gives=paged("Person", PersonShown),
    title="查人员",
    about="按居住地、姓名开头、出生日期、证件末四位筛选；证件号码请用 POST /persons/search。",
)
def list_persons(request: ApiRequest, asked: Query[PersonFilters]) -> HttpResponse:
    rows = Person.objects.within(request.auth.scope).filter(request.auth.condition(person="id"))
    named = asked.model_dump(exclude_none=True, include={"county", "birth_date", "id_last4"})
    rows = rows.filter(**named)
    if asked.place is not None:
        rows = rows.filter(place__startswith=asked.place)
    if asked.name is not None:
        rows = rows.filter(name__startswith=asked.name)
    if asked.open is not None:
        rows = rows.filter(closed_on__isnull=asked.open)
    _note_reading(request, "person.list", asked.county)
    return page(
        request,
        asked,
        rows,
        sorts={"created_at": "id", "birth_date": "birth_date", "place": "place"},
        show=show_person,
        shown=PersonShown,
    )


@serve(
    router,
    "POST",
    "/persons",
    act="person.write",
    gives=PersonRegistered,
    status=201,
    title="登记人员",
    about="同一证件号码在一个区县只有一份未关闭的档案；有疑问之处列在 warnings 中。",
)
def register_person(request: ApiRequest, body: PersonIn) -> HttpResponse:
    county = county_for(request, body.county)
    told = body.model_dump(exclude={"county"})
    told["registered_place"] = body.registered_place or ""

    def do() -> dict[str, Any]:
        made = register(county=county, on=request.on, at=request.at, by=request.auth.username, **told)
        return show_in_full(made.person) | {"warnings": [show_warning(each) for each in made.warnings]}

    return perform(request, county=county, body=body, do=do, status=201)


@serve(
    router,
    "POST",
    "/persons/search",
    act="person.search",
    gives=Found,
    key=Key.NONE,
    title="按证件号码查人员",
    about="证件号码放在请求体里，从不出现在地址中。",
)
def search_persons(request: ApiRequest, body: SearchIn) -> HttpResponse:
    number = id_number.parse(body.id_number, kind=id_number.Kind(body.id_kind), on=request.on)
    identity = find(number)
    rows = Person.objects.within(request.auth.scope).filter(request.auth.condition(person="id"))
    people = list(rows.filter(identity=identity).order_by("id")[:20]) if identity is not None else []
    _note_reading(request, "person.search", None)
    return reply({"items": [show_person(person) for person in people]})


@serve(
    router,
    "GET",
    "/persons/{uuid:id}",
    act="person.read",
    gives=PersonInFull,
    title="读人员档案",
    about="证件号码和电话部分隐去；ETag 为档案版本。",
)
def read_person(request: ApiRequest, id: UUID) -> HttpResponse:
    person = person_of(request, id)
    note(
        county=person.county,
        at=request.at,
        actor=request.auth.username,
        act="person.read",
        subject="person",
        subject_id=person.id,
    )
    return reply(show_in_full(person), version=person.version)


@serve(
    router,
    "PATCH",
    "/persons/{uuid:id}",
    act="person.write",
    gives=PersonInFull,
    if_match=True,
    title="更正人员信息",
    about="只改所列各项，须写明理由和所见版本（If-Match）。",
)
def correct_person(request: ApiRequest, id: UUID, body: PersonPatch) -> HttpResponse:
    version = wanted_version(request, must=True)
    assert version is not None
    person = person_of(request, id)
    about = {"because", "source", "document", "valid_from"}
    changes = body.model_dump(exclude_unset=True, exclude=about)

    def do() -> dict[str, Any]:
        after = correct(
            person=person,
            changes=changes,
            version=version,
            on=request.on,
            at=request.at,
            by=request.auth.username,
            **body.model_dump(include=about),
        )
        return show_in_full(after)

    return perform(request, county=person.county, body=body, do=do)


@serve(
    router,
    "POST",
    "/persons/{uuid:id}/events",
    act="entitlement.report",
    gives=EventShown,
    status=201,
    title="报告人员变动",
    about="去世、迁居、能力恢复、享受其他待遇或放弃；由另一人核实后才生效。",
)
def report_event(request: ApiRequest, id: UUID, body: EventIn) -> HttpResponse:
    person = person_of(request, id)
    detail = {
        name: value for name, value in (("to_place", body.to_place), ("status", body.status)) if value is not None
    }

    def do() -> dict[str, Any]:
        return show_event(
            report(
                person=person,
                kind=body.kind,
                happened_on=body.happened_on,
                source=body.source,
                detail=detail,
                on=request.on,
                at=request.at,
                by=request.auth.username,
            )
        )

    return perform(request, county=person.county, body=body, do=do, status=201)


def person_of(request: ApiRequest, person_id: UUID, *, field: str = "id") -> Person:
    return by_id(request, Person.rows.all(), person_id, unknown=UNKNOWN_PERSON, person="id", field=field)


def county_for(request: ApiRequest, given: str | None) -> str:
    """The county that a new row is for: as given, or the caller's only one. Refuses with
    ``api.county_out_of_reach``."""
    counties = request.auth.counties
    county = given or (counties[0] if len(counties) == 1 else "")
    if not county or not any(county.startswith(each.counties) for each in request.auth.reaches):
        raise COUNTY_OUT_OF_REACH("county")
    return county


def show_warning(refusal: Refusal) -> dict[str, Any]:
    return {
        "loc": ["body", refusal.field] if refusal.field else [],
        "code": refusal.code,
        "message": refusal.message(language()),
    }


def show_person(person: Person) -> dict[str, Any]:
    return {
        "id": str(person.id),
        "county": person.county,
        "name": person.name,
        "sex": str(person.sex),
        "birth_date": person.birth_date.isoformat(),
        "id_kind": person.id_kind,
        "id_number": mask_last4(person.id_last4),
        "place": person.place,
        "phone": mask_phone(person.phone),
        "died_on": person.died_on.isoformat() if person.died_on else None,
        "closed_on": person.closed_on.isoformat() if person.closed_on else None,
        "version": person.version,
    }


def show_in_full(person: Person) -> dict[str, Any]:
    return show_person(person) | {
        "ethnic": person.ethnic,
        "registered_place": person.registered_place,
        "address": person.address,
        "resident_from": person.resident_from.isoformat() if person.resident_from else None,
        "opened_on": person.opened_on.isoformat(),
        "closed_because": person.closed_because,
        "synthetic": person.synthetic,
    }


def show_event(event: Event) -> dict[str, Any]:
    return {
        "id": str(event.id),
        "person": str(event.person_id),
        "kind": str(event.kind),
        "happened_on": event.happened_on.isoformat(),
        "state": str(event.state),
        "reported_at": event.reported_at.isoformat(),
    }


def _note_reading(request: ApiRequest, act: str, county: str | None) -> None:
    """Who looked through the registry; for whom, the list itself does not say."""
    counties = request.auth.counties
    here = county or (counties[0] if len(counties) == 1 else NATION)
    note(
        county=here if any(here.startswith(each.counties) for each in request.auth.reaches) else NATION,
        at=request.at,
        actor=request.auth.username,
        act=act,
        subject="county",
        subject_id=here,
    )
