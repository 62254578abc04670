"""Exits of providers over HTTP: proposed, decided, everybody handed over, finished. 退出"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Annotated, Any, Literal
from uuid import UUID

from django.http import HttpResponse
from ninja import Query, Router
from pydantic import Field

from songhe.doors.api.caller import ApiRequest
from songhe.doors.api.examination_warnings import DayText, DecideIn, provider_of, warning_of, when
from songhe.doors.api.found import by_id
from songhe.doors.api.operation import serve
from songhe.doors.api.page import Paging, page, paged
from songhe.doors.api.person import county_for
from songhe.doors.api.types import Because, Body, County, Day, Instant, ProviderId, Shown, Yes
from songhe.doors.api.write import perform, reply
from songhe.examine import leave
from songhe.examine.hand_over import NOT_SERVED, Destinations, Held, held, place, placements, unplaced
from songhe.examine.models import Exit, Placement
from songhe.kernel.refusal import reason
from songhe.provider.models import Provider
from songhe.redemption.redeem import UNKNOWN_PROVIDER
from songhe.trail.note import note

router = Router(tags=["机构退出"])

UNKNOWN_EXIT = reason("api.unknown_exit", zh="没有这次退出。", en="There is no such exit.", status=404)


class ExitShown(Shown):
    id: Annotated[str, Field(title="退出")]
    county: str
    provider: Annotated[int, Field(title="机构")]
    warning: Annotated[str | None, Field(title="因为哪份整改通知")]
    because: Annotated[str, Field(title="为什么退出")]
    since: Annotated[DayText, Field(title="从哪天起不再接新的老人")]
    residents_until: Annotated[DayText, Field(title="在住老人照常服务到哪天")]
    state: Annotated[str, Field(title="状态")]
    begun_by: str
    begun_at: Instant
    decided_by: str
    decided_at: Instant | None
    decided_because: str
    finished_at: Instant | None


class ThingShown(Shown):
    kind: Annotated[str, Field(title="入住、辅具、适配、订餐、需求或预留的钱")]
    subject: Annotated[str, Field(title="那一件的编号")]
    person: Annotated[str, Field(title="人员档案")]


class PlacementShown(ThingShown):
    to: Annotated[int | None, Field(title="去哪一家")]
    by_elder: Annotated[bool, Field(title="老人自己选的，还是同意建议的")]
    chosen: Annotated[str, Field(title="老人的话")]
    became: Annotated[str | None, Field(title="代替它的订餐或适配")]
    at: Instant


class ExitInFull(ExitShown):
    waiting: Annotated[list[ThingShown], Field(title="还没有去处的；待审批时为批准后要安置的")]
    placed: Annotated[list[PlacementShown], Field(title="安置好的")]


class OfferShown(Shown):
    provider: Annotated[int, Field(title="机构")]
    score: Annotated[int | None, Field(title="公布的得分")]
    metres: Annotated[int | None, Field(title="离老人家多少米")]


class Offers(Shown):
    items: Annotated[list[OfferShown], Field(title="可以接的机构，第一家是建议的")]


class ExitFilters(Paging):
    county: County | None = None
    state: Literal["proposed", "running", "finished", "declined"] | None = None


class ExitIn(Body):
    county: Annotated[County | None, Field(title="区县；账号只属于一个区县时可不填")] = None
    provider: ProviderId
    warning: Annotated[UUID | None, Field(title="因为哪份整改通知")] = None
    because: Because
    since: Annotated[Day, Field(title="从哪天起不再接新的老人")]
    residents_until: Annotated[Day, Field(title="在住老人照常服务到哪天")]


class NothingIn(Body):
    """Nothing needs to be said."""


class PlaceIn(Body):
    kind: Annotated[Literal["stay", "loan", "booking", "need", "fitting", "hold"], Field(title="哪一类")]
    subject: Annotated[UUID, Field(title="那一件的编号")]
    to: Annotated[ProviderId | None, Field(title="去哪一家；不填是老人哪家都不去")] = None
    by_elder: Annotated[Yes, Field(title="老人自己选的")]
    chosen: Annotated[Because, Field(title="老人的话")]


@serve(
    router,
    "GET",
    "/exits",
    act="examination.read",
    gives=paged("Exit", ExitShown),
    title="查机构退出",
)
def list_exits(request: ApiRequest, asked: Query[ExitFilters]) -> HttpResponse:
    rows = Exit.objects.filter(request.auth.condition())
    rows = rows.filter(**asked.model_dump(exclude_none=True, include={"county", "state"}))
    return page(request, asked, rows, sorts={"created_at": "id"}, show=show_exit, shown=ExitShown)


@serve(
    router,
    "POST",
    "/exits",
    act="examination.propose",
    gives=ExitShown,
    status=201,
    title="提出机构退出",
    about="另一人批准后才生效；每位老人都有了去处，才能办结。",
)
def propose_exit(request: ApiRequest, body: ExitIn) -> HttpResponse:
    county = county_for(request, body.county)
    provider = provider_of(county, body.provider, request.on)
    caution = warning_of(request, body.warning, field="warning") if body.warning else None

    def do() -> dict[str, Any]:
        told: dict[str, Any] = {"since": body.since, "residents_until": body.residents_until, **when(request)}
        made = leave.propose(county=county, provider=provider, caution=caution, because=body.because, **told)
        return show_exit(made)

    return perform(request, county=county, body=body, do=do, status=201)


@serve(
    router,
    "GET",
    "/exits/{uuid:id}",
    act="examination.read",
    gives=ExitInFull,
    title="读一次机构退出",
    about="还有谁没有去处，谁去了哪里；读取留痕。",
)
def read_exit(request: ApiRequest, id: UUID) -> HttpResponse:
    row = exit_of(request, id)
    note(
        county=row.county,
        at=request.at,
        actor=request.auth.username,
        act="examine.read_exit",
        subject="examine_exit",
        subject_id=row.id,
    )
    waiting: list[Held] = []
    if row.state == Exit.State.PROPOSED:
        waiting = held(county=row.county, provider=row.provider, on=max(request.on, row.since))
    elif row.state == Exit.State.RUNNING:
        waiting = unplaced(leaving=row, on=request.on)
    placed = [show_placement(each) for each in placements(row)]
    return reply(show_exit(row) | {"waiting": [show_thing(each) for each in waiting], "placed": placed})


@serve(
    router,
    "GET",
    "/exits/{uuid:id}/offers/{kind}/{uuid:subject}",
    act="examination.place",
    gives=Offers,
    title="一件可以去哪几家",
    about="老人没有主意时按第一家建议；老人自己选的，哪一家都行。",
)
def list_offers(request: ApiRequest, id: UUID, kind: str, subject: UUID) -> HttpResponse:
    row = exit_of(request, id)
    found = Destinations(row, request.on).of(_thing(row, kind, subject, request.on))
    items = [{"provider": one.provider.pk, "score": one.score, "metres": one.metres} for one in found]
    return reply({"items": items})


@serve(
    router,
    "POST",
    "/exits/{uuid:id}/placements",
    act="examination.place",
    gives=PlacementShown,
    status=201,
    title="安置一件",
    about="按老人自己选的，或老人同意的建议；写明老人的话。",
)
def place_thing(request: ApiRequest, id: UUID, body: PlaceIn) -> HttpResponse:
    row = exit_of(request, id)
    to = Provider.objects.filter(id=body.to).first() if body.to is not None else None
    if body.to is not None and to is None:
        raise UNKNOWN_PROVIDER("to")

    def do() -> dict[str, Any]:
        what = _thing(row, body.kind, body.subject, request.on)
        told: dict[str, Any] = {"chosen": body.chosen, "by_elder": body.by_elder, "to": to, **when(request)}
        return show_placement(place(leaving=row, what=what, **told))

    return perform(request, county=row.county, body=body, do=do, status=201)


@serve(
    router,
    "POST",
    "/exits/{uuid:id}/approve",
    act="examination.decide",
    gives=ExitShown,
    title="批准机构退出",
    about="批准人不能是提出的人；从那天起不接新的老人。",
)
def approve_exit(request: ApiRequest, id: UUID, body: NothingIn | None = None) -> HttpResponse:
    return _move(request, id, body, lambda row: leave.approve(leaving=row, **when(request)))


@serve(router, "POST", "/exits/{uuid:id}/decline", act="examination.decide", gives=ExitShown, title="不批准机构退出")
def decline_exit(request: ApiRequest, id: UUID, body: DecideIn) -> HttpResponse:
    by = request.auth.username
    return _move(request, id, body, lambda row: leave.decline(leaving=row, because=body.because, at=request.at, by=by))


@serve(
    router,
    "POST",
    "/exits/{uuid:id}/finish",
    act="examination.decide",
    gives=ExitShown,
    title="办结机构退出",
    about="每位老人都有了去处才能办结；签约、商家名单和助餐点随之结束。",
)
def finish_exit(request: ApiRequest, id: UUID, body: NothingIn | None = None) -> HttpResponse:
    return _move(request, id, body, lambda row: leave.finish(leaving=row, **when(request)))


def _move(request: ApiRequest, id: UUID, body: Body | None, verb: Callable[[Exit], Exit]) -> HttpResponse:
    row = exit_of(request, id)

    def do() -> dict[str, Any]:
        return show_exit(verb(row))

    return perform(request, county=row.county, body=body, do=do)


def _thing(row: Exit, kind: str, subject: UUID, on: date) -> Held:
    """Refuses with ``examine.not_served``."""
    found = next((each for each in unplaced(leaving=row, on=on) if each.key == (kind, subject)), None)
    if found is None:
        raise NOT_SERVED("subject")
    return found


def exit_of(request: ApiRequest, id: UUID) -> Exit:
    return by_id(request, Exit.objects.select_related("provider"), id, unknown=UNKNOWN_EXIT)


def show_exit(row: Exit) -> dict[str, Any]:
    return {
        "id": str(row.id),
        "county": row.county,
        "provider": row.provider_id,
        "warning": str(row.caution_id) if row.caution_id else None,
        "because": row.because,
        "since": row.since.isoformat(),
        "residents_until": row.residents_until.isoformat(),
        "state": str(row.state),
        "begun_by": row.begun_by,
        "begun_at": row.begun_at.isoformat(),
        "decided_by": row.decided_by,
        "decided_at": row.decided_at.isoformat() if row.decided_at else None,
        "decided_because": row.decided_because,
        "finished_at": row.finished_at.isoformat() if row.finished_at else None,
    }


def show_thing(what: Held) -> dict[str, Any]:
    return {"kind": str(what.kind), "subject": str(what.row.id), "person": str(what.person.id)}


def show_placement(row: Placement) -> dict[str, Any]:
    return {
        "kind": str(row.kind),
        "subject": str(row.subject),
        "person": str(row.person_id),
        "to": row.to_id,
        "by_elder": row.by_elder,
        "chosen": row.chosen,
        "became": str(row.became) if row.became else None,
        "at": row.at.isoformat(),
    }
