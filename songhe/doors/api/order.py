"""Orders over HTTP: an item is ordered with a card, its money set aside, paid when it is handed over. 预订"""

from __future__ import annotations

from typing import Annotated, Any, Literal

from django.http import HttpResponse
from ninja import Query, Router
from pydantic import Field

from songhe.card.hold_models import Hold
from songhe.card.hold_order_models import ItemOrder
from songhe.card.hold_queries import on_card
from songhe.card.present import as_shown
from songhe.doors.api.caller import ApiRequest
from songhe.doors.api.card import card_of
from songhe.doors.api.found import digits, seen
from songhe.doors.api.operation import Key, serve
from songhe.doors.api.page import Paging, page, paged
from songhe.doors.api.redemption import BillShown, RedemptionIn, show_bill, where_and_who
from songhe.doors.api.types import Because, Body, County, Day, Instant, PositiveFen, ProviderId, Shown, SignedFen
from songhe.doors.api.write import perform, reply
from songhe.provider.models import Provider
from songhe.redemption.bill import Charge
from songhe.redemption.ordered import UNKNOWN_ORDER, give_up, hand_over, order

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
    medium: Medium
    pin: Pin = None
    confirmed_by: Confirmed = ""


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
    about="预订的人出示卡、码或刷脸；预留放回各笔资金，随即按一张普通账单核销。",
)
def make_hand_over(request: ApiRequest, no: str, body: HandOverIn) -> HttpResponse:
    row = order_of(request, no)
    provider_id = row.hold.provider_id
    shown = _shown(request, body, row.county, provider_id)

    def do() -> dict[str, Any]:
        bill = hand_over(
            county=row.county,
            no=row.no,
            provider_id=provider_id,
            shown=shown,
            confirmed_by=body.confirmed_by,
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
    title="取消预订",
    about="预留的钱放回卡里。",
)
def cancel_order(request: ApiRequest, no: str, body: CancelIn) -> HttpResponse:
    row = order_of(request, no)

    def do() -> dict[str, Any]:
        told: dict[str, Any] = {"at": request.at, "on": request.on, "by": request.auth.username}
        return show(give_up(county=row.county, no=row.no, because=body.reason, **told))

    return perform(request, county=row.county, body=body, do=do)


def order_of(request: ApiRequest, no: str) -> ItemOrder:
    """The order, if it is one of the caller's providers'. Refuses with ``card.order_unknown``."""
    bare = digits(no)
    found = ItemOrder.objects.select_related("hold").filter(county=bare[:6], no=bare).first() if bare else None
    seen(request, found.hold if found else None, unknown=UNKNOWN_ORDER, provider="provider_id", person="")
    assert found is not None
    return found


def _shown(request: ApiRequest, body: OrderIn | HandOverIn, county: str, provider_id: int) -> str:
    reader, by = f"provider:{provider_id}", request.auth.username
    return as_shown(given=body.medium, pin=body.pin or "", counties=(county,), at=request.at, reader=reader, by=by)


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
    }
