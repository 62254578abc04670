"""Orders over HTTP: an item is ordered with a card, its money set aside, paid when it is handed over. 预订"""

from __future__ import annotations

from typing import Annotated, Any, Literal
from uuid import UUID

from django.http import HttpResponse
from ninja import Query, Router
from pydantic import Field

from songhe.card.hold_models import Hold
from songhe.card.hold_order_models import ItemOrder
from songhe.card.hold_queries import on_card
from songhe.card.models import Card
from songhe.card.open import MANDATE_ACT
from songhe.card.present import as_shown
from songhe.doors.api.caller import ApiRequest, require_mandate
from songhe.doors.api.card import card_of
from songhe.doors.api.found import digits, seen
from songhe.doors.api.operation import Key, serve
from songhe.doors.api.page import Paging, page, paged
from songhe.doors.api.redemption import BillShown, RedemptionIn, show_bill, where_and_who
from songhe.doors.api.types import Because, Body, County, Day, Instant, PositiveFen, ProviderId, Shown, SignedFen
from songhe.doors.api.write import perform, reply
from songhe.doors.may import ACTS, NOT_ALLOWED
from songhe.examine.steer import ask_the_first, propose
from songhe.provider.catalogue import item_on
from songhe.provider.models import Provider
from songhe.redemption.asked import Wish, accept, ask, decline, quote
from songhe.redemption.bill import Charge
from songhe.redemption.find import HOW_IDENTIFIED
from songhe.redemption.ordered import UNKNOWN_ORDER, give_up, hand_over, order
from songhe.redemption.redeem import provider_of

router = Router(tags=["预订"])

DayText = Annotated[str, Field(json_schema_extra={"format": "date"})]
Medium = Annotated[str, Field(min_length=1, max_length=100, title="卡号、打印码、二维码内容或刷脸终端给的结果")]
Pin = Annotated[str | None, Field(max_length=6, title="密码；medium 是爱心卡打印码时要填")]
Confirmed = Annotated[Literal["elder", "proxy", "staff", ""], Field(title="由谁确认")]


class HoldShown(Shown):
    provider: Annotated[int, Field(title="机构")]
    help: Annotated[str, Field(title="服务类别")]
    state: Annotated[str, Field(title="状态")]
    amount_fen: Annotated[SignedFen, Field(title="预留（分）")]
    open_fen: Annotated[SignedFen, Field(title="还留着（分）")]
    until: Annotated[Instant, Field(title="留到")]
    ended_at: Instant | None
    order: Annotated[str | None, Field(title="预订编号；离线收款的预留没有")]


class HoldsShown(Shown):
    held_fen: Annotated[SignedFen, Field(title="一共还留着（分）")]
    items: list[HoldShown]


class OrderShown(Shown):
    no: Annotated[str, Field(title="预订编号")]
    county: Annotated[str, Field(title="区县")]
    provider: Annotated[int, Field(title="机构")]
    state: Annotated[str, Field(title="状态")]
    item: Annotated[str, Field(title="服务项目编码")]
    quantity: Annotated[int, Field(title="数量")]
    fee_fen: Annotated[SignedFen, Field(title="价钱（分）")]
    held_fen: Annotated[SignedFen, Field(title="卡里留着（分）")]
    last_day: Annotated[DayText, Field(title="最晚哪天来取")]
    words: Annotated[str, Field(title="说明")]
    bill_no: Annotated[str, Field(title="交付时的账单号")]
    reason: Annotated[str, Field(title="取消的原因")]
    made_by: Annotated[Literal["till", "elder", "county"], Field(title="在店里，或在家：老人选的机构、请县里选的机构")]
    wanted_on: Annotated[DayText | None, Field(title="哪天要；在家预订的才有")]
    address: Annotated[str, Field(title="到哪里服务；办完以后不再给出")]
    accepted: Annotated[bool, Field(title="机构接了没有")]
    declined: Annotated[bool, Field(title="机构回掉的")]
    until: Annotated[Instant, Field(title="钱留到几时；没有接的，最晚几时答复")]


class PartShown(Shown):
    fund: Annotated[str, Field(title="资金")]
    fen: Annotated[SignedFen, Field(title="留着（分）")]


class QuoteShown(Shown):
    provider: Annotated[int, Field(title="机构")]
    price_fen: Annotated[SignedFen, Field(title="价钱（分）")]
    fee_fen: Annotated[SignedFen, Field(title="优惠后（分）")]
    held_fen: Annotated[SignedFen, Field(title="卡里会留着（分）")]
    own_fen: Annotated[SignedFen, Field(title="自己付（分）")]
    parts: list[PartShown]
    answer_by: Annotated[Instant, Field(title="机构最晚几时答复")]
    last_day: Annotated[DayText, Field(title="最晚哪天入账")]


class WishIn(Body):
    item: Annotated[str, Field(min_length=1, max_length=30, title="服务项目编码")]
    wanted_on: Annotated[Day, Field(title="哪天要")]
    quantity: Annotated[int, Field(strict=True, ge=1, le=99, title="数量")] = 1
    provider: Annotated[ProviderId | None, Field(title="机构；不填就请县里按考评名次选")] = None
    address: Annotated[str, Field(max_length=200, title="到哪里服务；上门的要填")] = ""
    words: Annotated[str, Field(max_length=200, title="要求")] = ""


class AskIn(WishIn):
    fee_fen: Annotated[PositiveFen, Field(title="试算给出的 fee_fen")]
    held_fen: Annotated[PositiveFen, Field(title="试算给出的 held_fen")]


class OrderIn(Body):
    medium: Medium
    pin: Pin = None
    county: Annotated[County | None, Field(title="区县；令牌涉及多个区县时需要")] = None
    provider: Annotated[ProviderId | None, Field(title="机构；账号只属于一家机构时可不填")] = None
    confirmed_by: Confirmed = ""
    item: Annotated[str, Field(min_length=1, max_length=30, title="服务项目编码")]
    quantity: Annotated[int, Field(strict=True, ge=1, le=999, title="数量")] = 1
    fee_fen: Annotated[PositiveFen | None, Field(title="价钱（分）；不填按公示价乘数量")] = None
    words: Annotated[str, Field(max_length=200, title="说明")] = ""
    last_day: Annotated[Day, Field(title="最晚哪天来取")]


class HandOverIn(Body):
    medium: Annotated[Medium | None, Field(title="卡号、码或刷脸结果；按服务记录入账的不填")] = None
    pin: Pin = None
    confirmed_by: Confirmed = ""
    visit: Annotated[UUID | None, Field(title="服务记录；在家预订、上门服务的按它入账")] = None


class CancelIn(Body):
    reason: Because


class OrderFilters(Paging):
    state: Annotated[Literal["held", "captured", "released"] | None, Field()] = None


@serve(
    router,
    "GET",
    "/cards/{no}/holds",
    act="card.read",
    gives=HoldsShown,
    title="读爱心卡上预留的钱",
    about="还留着的在前，先到期的先；随后是最近办完的。",
)
def read_holds(request: ApiRequest, no: str) -> HttpResponse:
    found = on_card(card_of(request, no))
    return reply(
        {
            "held_fen": sum(one.open_fen for one in found),
            "items": [
                {
                    "provider": one.hold.provider_id,
                    "help": one.hold.help,
                    "state": str(one.hold.state),
                    "amount_fen": one.hold.amount_fen,
                    "open_fen": one.open_fen,
                    "until": one.hold.until.isoformat(),
                    "ended_at": one.hold.ended_at.isoformat() if one.hold.ended_at else None,
                    "order": one.order.no if one.order else None,
                }
                for one in found
            ],
        }
    )


@serve(router, "GET", "/orders", act="desk.order", gives=paged("ItemOrder", OrderShown), title="查本机构的预订")
def list_orders(request: ApiRequest, asked: Query[OrderFilters]) -> HttpResponse:
    rows = ItemOrder.objects.filter(request.auth.condition(provider="hold__provider_id")).select_related("hold")
    if asked.state is not None:
        rows = rows.filter(hold__state=asked.state)
    return page(request, asked, rows, sorts={"created_at": "id", "no": "no"}, show=show, shown=OrderShown)


@serve(
    router,
    "POST",
    "/orders",
    act="desk.order",
    gives=OrderShown,
    status=201,
    key=Key.MUST,
    title="预订并预留",
    about="老年人出示卡、码或刷脸；现在交付的话卡会付多少，就预留多少，留到 last_day。",
)
def make_order(request: ApiRequest, body: OrderIn) -> HttpResponse:
    asked = RedemptionIn(medium=body.medium, county=body.county, provider=body.provider, lines=[])
    county, provider_id = where_and_who(request, asked)
    shown = _shown(request, body, county, provider_id)
    charge = Charge(item=body.item, service_on=request.on, quantity=body.quantity, fee_fen=body.fee_fen)

    def do() -> dict[str, Any]:
        made = order(
            county=county,
            provider=Provider.objects.get(id=provider_id),
            charge=charge,
            shown=shown,
            confirmed_by=body.confirmed_by,
            words=body.words,
            last_day=body.last_day,
            at=request.at,
            on=request.on,
            by=request.auth.username,
        )
        return show(made)

    return perform(request, county=county, body=body, do=do, status=201, must=True)


@serve(router, "GET", "/orders/{no}", act="desk.order", gives=OrderShown, title="读一份预订")
def read_order(request: ApiRequest, no: str) -> HttpResponse:
    return reply(show(order_of(request, no)))


@serve(
    router,
    "POST",
    "/orders/{no}/hand-over",
    act="desk.order",
    gives=BillShown,
    status=201,
    key=Key.MUST,
    title="交付预订并扣款",
    about="预订的人出示卡、码或刷脸，或按一次服务记录；预留放回各笔资金，随即按一张普通账单核销。",
)
def make_hand_over(request: ApiRequest, no: str, body: HandOverIn) -> HttpResponse:
    row = order_of(request, no)
    provider_id = row.hold.provider_id
    if (body.medium is None) == (body.visit is None):
        raise HOW_IDENTIFIED("medium")
    shown = _shown(request, body, row.county, provider_id) if body.medium else ""

    def do() -> dict[str, Any]:
        bill = hand_over(
            county=row.county,
            no=row.no,
            provider_id=provider_id,
            shown=shown,
            confirmed_by=body.confirmed_by,
            visit=body.visit,
            at=request.at,
            on=request.on,
            by=request.auth.username,
        )
        return show_bill(bill)

    return perform(request, county=row.county, body=body, do=do, status=201, must=True)


@serve(
    router,
    "POST",
    "/orders/{no}/cancel",
    act="desk.order",
    gives=OrderShown,
    title="取消或回掉预订",
    about="预留的钱放回卡里；在家预订的，老人和家人会看到原因。",
)
def cancel_order(request: ApiRequest, no: str, body: CancelIn) -> HttpResponse:
    row = order_of(request, no)
    told: dict[str, Any] = {"at": request.at, "on": request.on, "by": request.auth.username}
    told |= {"county": row.county, "no": row.no, "because": body.reason, "provider_id": row.hold.provider_id}
    return perform(
        request,
        county=row.county,
        body=body,
        do=lambda: show((decline if row.from_home else give_up)(**told)),
    )


@serve(
    router,
    "POST",
    "/orders/{no}/accept",
    act="desk.order",
    gives=OrderShown,
    title="接一份在家预订",
    about="不接不答复的，到 until 自动放回卡里。",
)
def accept_order(request: ApiRequest, no: str) -> HttpResponse:
    row = order_of(request, no)
    told: dict[str, Any] = {"at": request.at, "on": request.on, "by": request.auth.username}
    told |= {"county": row.county, "no": row.no, "provider_id": row.hold.provider_id}
    return perform(request, county=row.county, body=None, do=lambda: show(accept(**told)))


@serve(
    router,
    "POST",
    "/cards/{no}/orders/quote",
    act="card.order",
    gives=QuoteShown,
    title="在家预订前试算",
    about="卡会留着多少、自己付多少；什么也没有留。",
)
def quote_order(request: ApiRequest, no: str, body: WishIn) -> HttpResponse:
    card, wish = own_card(request, no), wish_of(body)
    if body.provider is None:
        item = item_on(card.county, body.item, request.on)
        found = propose(county=card.county, item=item, person_id=card.person_id, on=request.on)
        provider = found.chosen.provider
    else:
        provider = provider_of(body.provider)
    told: dict[str, Any] = {"at": request.at, "on": request.on, "by": request.auth.username}
    got = quote(county=card.county, person_id=card.person_id, provider=provider, wish=wish, **told)
    return reply(
        {
            "provider": provider.pk,
            "price_fen": got.price_fen,
            "fee_fen": got.fee_fen,
            "held_fen": got.held_fen,
            "own_fen": got.own_fen,
            "parts": [{"fund": fund, "fen": fen} for fund, fen in got.parts],
            "answer_by": got.answer_by.isoformat(),
            "last_day": got.last_day.isoformat(),
        }
    )


@serve(
    router,
    "POST",
    "/cards/{no}/orders",
    act="card.order",
    gives=OrderShown,
    status=201,
    key=Key.MUST,
    title="在家预订",
    about="本人，或代办事项里有爱心卡的代办人；先试算，价钱或卡里的钱变了会拒绝。",
)
def ask_order(request: ApiRequest, no: str, body: AskIn) -> HttpResponse:
    card = own_card(request, no)
    told: dict[str, Any] = {"at": request.at, "on": request.on, "by": request.auth.username}
    told |= {"county": card.county, "person_id": card.person_id, "wish": wish_of(body)}
    told |= {"seen": (body.fee_fen, body.held_fen)}

    def do() -> dict[str, Any]:
        if body.provider is None:
            return show(ask_the_first(**told))
        return show(ask(**told, provider=provider_of(body.provider), made_by=ItemOrder.Made.ELDER))

    return perform(request, county=card.county, body=body, do=do, status=201, must=True)


@serve(
    router,
    "POST",
    "/cards/{no}/orders/{order_no}/cancel",
    act="card.order",
    gives=OrderShown,
    title="取消自己的预订",
    about="没有接的随时可以；接了的，到那天以前。",
)
def take_back_order(request: ApiRequest, no: str, order_no: str, body: CancelIn) -> HttpResponse:
    card, bare = own_card(request, no), digits(order_no)
    mine = ItemOrder.objects.filter(county=card.county, no=bare, hold__county=card.county, hold__card=card)
    if not bare or not mine.exists():
        raise UNKNOWN_ORDER("no")
    told: dict[str, Any] = {"at": request.at, "on": request.on, "by": request.auth.username}
    told |= {"county": card.county, "no": bare, "because": body.reason}
    return perform(request, county=card.county, body=body, do=lambda: show(give_up(**told)))


def own_card(request: ApiRequest, no: str) -> Card:
    """The card, for who holds it or keeps it under a mandate: nobody else orders with it.

    Refuses with ``card.unknown``, ``person.no_mandate`` or ``door.not_allowed``.
    """
    card = card_of(request, no)
    require_mandate(request.auth, card.person, MANDATE_ACT, request.on)
    if card.person_id not in {each.person_id for each in request.auth.reaches}:
        raise NOT_ALLOWED(act=ACTS["card.order"].zh, act_en=ACTS["card.order"].en)
    return card


def wish_of(body: WishIn) -> Wish:
    return Wish(body.item, body.wanted_on, body.quantity, body.words, body.address)


def order_of(request: ApiRequest, no: str) -> ItemOrder:
    """The order, if it is one of the caller's providers'. Refuses with ``card.order_unknown``."""
    bare = digits(no)
    found = ItemOrder.objects.select_related("hold").filter(county=bare[:6], no=bare).first() if bare else None
    seen(request, found.hold if found else None, unknown=UNKNOWN_ORDER, provider="provider_id", person="")
    assert found is not None
    return found


def _shown(request: ApiRequest, body: OrderIn | HandOverIn, county: str, provider_id: int) -> str:
    reader, by = f"provider:{provider_id}", request.auth.username
    return as_shown(
        given=body.medium or "", pin=body.pin or "", counties=(county,), at=request.at, reader=reader, by=by
    )


def show(row: ItemOrder) -> dict[str, Any]:
    held: Hold = row.hold
    return {
        "no": row.no,
        "county": row.county,
        "provider": held.provider_id,
        "state": str(held.state),
        "item": row.item,
        "quantity": row.quantity,
        "fee_fen": row.fee_fen,
        "held_fen": held.amount_fen - held.taken_fen if held.state == Hold.State.HELD else 0,
        "last_day": row.last_day.isoformat(),
        "words": row.words,
        "bill_no": row.bill_no,
        "reason": row.because,
        "made_by": str(row.made_by),
        "wanted_on": row.wanted_on.isoformat() if row.wanted_on else None,
        "address": row.address if held.state == Hold.State.HELD else "",
        "accepted": row.is_accepted,
        "declined": row.declined,
        "until": held.until.isoformat(),
    }
