"""Love cards over HTTP: what stands on them and why, what happened, top-ups and their refunds. 爱心卡"""

from __future__ import annotations

from typing import Annotated, Any, Literal
from uuid import UUID

from django.http import HttpResponse
from ninja import Query, Router
from pydantic import BaseModel, Field

from songhe.card import foreseen, refund, topup
from songhe.card.models import Card, Match, TopUp
from songhe.card.movements import Movement, of_month
from songhe.card.open import UNKNOWN_CARD
from songhe.card.ports import NotReached, Order, payments
from songhe.card.topup import UNKNOWN_TOP_UP
from songhe.doors.api.caller import ApiRequest, require_mandate
from songhe.doors.api.found import by_number, digits, seen
from songhe.doors.api.operation import Key, serve
from songhe.doors.api.page import Paging, page, paged
from songhe.doors.api.types import Because, Body, County, Instant, MonthText, PositiveFen, Shown, SignedFen
from songhe.doors.api.write import perform, reply
from songhe.kernel.month import Month
from songhe.kernel.refusal import UNKNOWN_FIELD
from songhe.person.masks import mask_tail

router = Router(tags=["爱心卡"])

DayText = Annotated[str, Field(json_schema_extra={"format": "date"})]


class CardShown(Shown):
    no: Annotated[str, Field(title="爱心卡编号")]
    county: Annotated[str, Field(title="区县")]
    person: Annotated[str, Field(title="老年人档案")]
    state: Annotated[str, Field(title="状态")]
    card_class: Annotated[int, Field(title="对象分类（1–4）")]
    number: Annotated[str, Field(title="卡号，只露后四位")]
    elder: Annotated[bool, Field(title="并入老年人优待卡")]
    veteran: Annotated[bool, Field(title="并入优抚对象优待卡")]
    bus: Annotated[bool, Field(title="并入公交卡")]
    opened_on: DayText
    closed_on: DayText | None


class PurseShown(Shown):
    fund: Annotated[str, Field(title="资金名称")]
    source: Annotated[str, Field(title="资金来源")]
    level: Annotated[str, Field(title="层级")]
    balance_fen: SignedFen
    allowed: Annotated[list[str] | None, Field(title="可以付的类别；null 为都可以")]
    valid_from: DayText
    lapses_on: Annotated[str | None, Field(title="到期日；null 为不到期", json_schema_extra={"format": "date"})]
    because: Annotated[str, Field(title="排在这里的原因码")]


class CardInFull(CardShown):
    balance_fen: SignedFen
    purses: Annotated[list[PurseShown], Field(title="各笔资金，按扣款顺序")]


class MovementShown(Shown):
    on: DayText
    at: Instant
    kind: Annotated[str, Field(title="种类")]
    fund: Annotated[str, Field(title="资金名称")]
    source: Annotated[str, Field(title="资金来源")]
    amount_fen: Annotated[SignedFen, Field(title="进为正，出为负（分）")]
    topup: Annotated[str, Field(title="所属充值编号")]
    category: Annotated[str, Field(title="付的类别")]
    provider: Annotated[str, Field(title="在哪里付的")]
    service_on: Annotated[str | None, Field(title="服务日", json_schema_extra={"format": "date"})]


class MonthShown(Shown):
    month: Annotated[str, Field(title="月份")]
    before_fen: Annotated[SignedFen, Field(title="月初（分）")]
    in_fen: Annotated[SignedFen, Field(title="进（分）")]
    out_fen: Annotated[SignedFen, Field(title="出（分）")]
    after_fen: Annotated[SignedFen, Field(title="月末（分）")]
    movements: list[MovementShown]


class TopUpShown(Shown):
    no: Annotated[str, Field(title="充值编号")]
    card: Annotated[str, Field(title="爱心卡编号")]
    state: Annotated[str, Field(title="状态")]
    amount_fen: SignedFen
    refunded_fen: SignedFen
    asked_at: Instant
    paid_at: Instant | None


class TopUpInFull(TopUpShown):
    matched_fen: Annotated[SignedFen, Field(title="慈善已配（分）；未付时为现在会配的")]
    match_back_fen: Annotated[SignedFen, Field(title="已收回的配捐（分）")]
    refundable_fen: Annotated[SignedFen, Field(title="现在最多可退（分）")]
    pay_at: Annotated[str | None, Field(title="付款地址；已付、已取消或支付服务无回应时为 null")]
    scan: Annotated[str | None, Field(title="付款码内容")]


class RefundShown(Shown):
    no: Annotated[str, Field(title="退款编号")]
    topup: Annotated[str, Field(title="充值编号")]
    amount_fen: SignedFen
    back_fen: Annotated[SignedFen, Field(title="一并收回的配捐（分）")]
    at: Instant


class TopUpIn(Body):
    amount_fen: Annotated[PositiveFen, Field(title="金额（分）")]


class RefundIn(Body):
    amount_fen: Annotated[PositiveFen, Field(title="金额（分）")]
    reason: Because


class CardFilters(Paging):
    county: County | None = None
    person: UUID | None = None
    state: Annotated[Literal["active", "lost", "frozen", "closed"] | None, Field()] = None


class TopUpFilters(Paging):
    state: Annotated[Literal["waiting", "paid", "cancelled"] | None, Field()] = None


class MonthAsked(BaseModel):
    month: MonthText | None = None


# --- cards ----------------------------------------------------------------------------------------------------------


@serve(
    router,
    "GET",
    "/cards",
    act="card.read",
    gives=paged("Card", CardShown),
    title="查爱心卡",
    about="按区县、人、状态筛选。",
)
def list_cards(request: ApiRequest, asked: Query[CardFilters]) -> HttpResponse:
    rows = Card.objects.filter(request.auth.condition(person="person_id")).select_related("medium")
    for name in ("county", "state"):
        if (value := getattr(asked, name)) is not None:
            rows = rows.filter(**{name: value})
    if asked.person is not None:
        rows = rows.filter(person_id=asked.person)
    return page(request, asked, rows, sorts={"created_at": "id", "no": "no"}, show=show_card, shown=CardShown)


@serve(router, "GET", "/cards/{no}", act="card.read", gives=CardInFull, title="读一张爱心卡和各笔资金")
def read_card(request: ApiRequest, no: str) -> HttpResponse:
    card = card_of(request, no)
    held = foreseen.in_paying_order(card, request.on)
    return reply(
        show_card(card)
        | {"balance_fen": sum(each.balance_fen for each in held), "purses": [show_purse(each) for each in held]}
    )


@serve(
    router,
    "GET",
    "/cards/{no}/movements",
    act="card.read",
    gives=MonthShown,
    title="读爱心卡一个月的明细",
    about="每一笔进出和原因；month 不填为本月。",
)
def read_movements(request: ApiRequest, no: str, asked: Query[MonthAsked]) -> HttpResponse:
    for name in request.GET:
        if name != "month":
            raise UNKNOWN_FIELD(name, field_name=name)
    card = card_of(request, no)
    told = of_month(card, Month.parse(asked.month) if asked.month else Month.of(request.on))
    return reply(
        {
            "month": str(told.month),
            "before_fen": told.before_fen,
            "in_fen": told.in_fen,
            "out_fen": told.out_fen,
            "after_fen": told.after_fen,
            "movements": [show_movement(each) for each in told.movements],
        }
    )


# --- top-ups --------------------------------------------------------------------------------------------------------


@serve(
    router,
    "GET",
    "/cards/{no}/top-ups",
    act="card.read",
    gives=paged("TopUp", TopUpShown),
    title="查爱心卡的充值",
)
def list_top_ups(request: ApiRequest, no: str, asked: Query[TopUpFilters]) -> HttpResponse:
    card = card_of(request, no)
    rows = TopUp.objects.filter(county=card.county, card=card).select_related("card")
    if asked.state is not None:
        rows = rows.filter(state=asked.state)
    return page(request, asked, rows, sorts={"created_at": "id"}, show=show_top_up, shown=TopUpShown)


@serve(
    router,
    "POST",
    "/cards/{no}/top-ups",
    act="card.top_up",
    gives=TopUpShown,
    status=201,
    key=Key.MUST,
    title="给爱心卡充值",
    about="登记一笔待付的充值，钱还没有动；付款地址用 GET /top-ups/{no} 取。",
)
def make_top_up(request: ApiRequest, no: str, body: TopUpIn) -> HttpResponse:
    card = card_of(request, no)

    def do() -> dict[str, Any]:
        row = topup.ask(card=card, amount_fen=body.amount_fen, at=request.at, on=request.on, by=request.auth.username)
        return show_top_up(row)

    return perform(request, county=card.county, body=body, do=do, status=201, must=True)


@serve(
    router,
    "GET",
    "/top-ups/{no}",
    act="card.read",
    gives=TopUpInFull,
    title="读一笔充值",
    about="待付时给出付款地址和付款码；已付时给出配捐和可退的金额。",
)
def read_top_up(request: ApiRequest, no: str) -> HttpResponse:
    return reply(show_in_full(request, top_up_of(request, no)))


@serve(
    router,
    "POST",
    "/top-ups/{no}/cancel",
    act="card.top_up",
    gives=TopUpShown,
    title="取消待付的充值",
    about="没有付款，钱不动；之后还是付了的，照样到账。",
)
def cancel_top_up(request: ApiRequest, no: str) -> HttpResponse:
    row = top_up_of(request, no)

    def do() -> dict[str, Any]:
        return show_top_up(topup.cancel(county=row.county, no=row.no, at=request.at, by=request.auth.username))

    return perform(request, county=row.county, body=None, do=do)


@serve(
    router,
    "POST",
    "/top-ups/{no}/refunds",
    act="card.refund",
    gives=RefundShown,
    status=201,
    key=Key.MUST,
    title="退一笔充值",
    about="退回付款的账户；没有用掉的配捐按比例一并收回。",
)
def refund_top_up(request: ApiRequest, no: str, body: RefundIn) -> HttpResponse:
    row = top_up_of(request, no)
    if row.asked_by != request.auth.username:
        require_mandate(request.auth, row.card.person, "card", request.on)

    def do() -> dict[str, Any]:
        made = refund.refund(
            county=row.county,
            no=row.no,
            amount_fen=body.amount_fen,
            because=body.reason,
            at=request.at,
            on=request.on,
            by=request.auth.username,
        )
        return {
            "no": made.no,
            "topup": row.no,
            "amount_fen": made.amount_fen,
            "back_fen": made.back_fen,
            "at": made.at.isoformat(),
        }

    return perform(request, county=row.county, body=body, do=do, status=201, must=True)


# --- what is shown --------------------------------------------------------------------------------------------------


def card_of(request: ApiRequest, no: str) -> Card:
    rows = Card.objects.select_related("medium", "person")
    return by_number(request, rows, no, unknown=UNKNOWN_CARD, person="person_id")


def top_up_of(request: ApiRequest, no: str) -> TopUp:
    """The top-up, if its card is the caller's to see. Refuses with ``card.unknown_topup``."""
    bare = digits(no)
    found = TopUp.objects.select_related("card__person").filter(county=bare[:6], no=bare).first() if bare else None
    seen(request, found.card if found else None, unknown=UNKNOWN_TOP_UP, provider="", person="person_id")
    assert found is not None
    return found


def show_card(card: Card) -> dict[str, Any]:
    return {
        "no": card.no,
        "county": card.county,
        "person": str(card.person_id),
        "state": str(card.state),
        "card_class": card.card_class,
        "number": mask_tail(card.medium.number),
        "elder": card.elder,
        "veteran": card.veteran,
        "bus": card.bus,
        "opened_on": card.opened_on.isoformat(),
        "closed_on": card.closed_on.isoformat() if card.closed_on else None,
    }


def show_purse(held: foreseen.Held) -> dict[str, Any]:
    return {
        "fund": held.fund.name,
        "source": str(held.fund.source),
        "level": str(held.fund.level),
        "balance_fen": held.balance_fen,
        "allowed": None if held.allowed is None else sorted(held.allowed),
        "valid_from": held.purse.valid_from.isoformat(),
        "lapses_on": held.lapses_on.isoformat() if held.lapses_on else None,
        "because": held.because,
    }


def show_movement(move: Movement) -> dict[str, Any]:
    return {
        "on": move.on.isoformat(),
        "at": move.at.isoformat(),
        "kind": move.kind,
        "fund": move.fund,
        "source": str(move.source),
        "amount_fen": move.amount_fen,
        "topup": move.number,
        "category": move.category,
        "provider": move.provider,
        "service_on": move.service_on.isoformat() if move.service_on else None,
    }


def show_top_up(row: TopUp) -> dict[str, Any]:
    return {
        "no": row.no,
        "card": row.card.no,
        "state": str(row.state),
        "amount_fen": row.amount_fen,
        "refunded_fen": row.refunded_fen,
        "asked_at": row.asked_at.isoformat(),
        "paid_at": row.paid_at.isoformat() if row.paid_at else None,
    }


def show_in_full(request: ApiRequest, row: TopUp) -> dict[str, Any]:
    matches = list(Match.objects.filter(county=row.county, topup_id=row.id))
    waits, paid = row.state == TopUp.State.WAITING, row.state == TopUp.State.PAID
    where = None
    if waits:
        try:
            where = payments().order(Order(row.no, row.amount_fen, "爱心卡充值"))
        except NotReached:
            where = None
    would = foreseen.match_now(row.card, request.on).of(row.amount_fen) if waits else 0
    return show_top_up(row) | {
        "matched_fen": would or sum(each.amount_fen for each in matches),
        "match_back_fen": sum(each.back_fen for each in matches),
        "refundable_fen": foreseen.refundable(row).most_fen if paid else 0,
        "pay_at": where.address if where else None,
        "scan": where.scan if where else None,
    }
