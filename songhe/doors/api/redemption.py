"""Bills over HTTP: redeem, hand in, look up, reverse, true up. 核销

The hottest path is three hops: here, ``redemption.redeem``, ``ledger.post``.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal, NoReturn
from uuid import UUID

from django.http import HttpResponse
from ninja import Query, Router
from pydantic import Field

from songhe.card.present import as_shown
from songhe.document.number import check
from songhe.doors.api.caller import ApiRequest
from songhe.doors.api.found import by_number, out_of_reach
from songhe.doors.api.operation import Key, serve
from songhe.doors.api.page import Paging, page, paged
from songhe.doors.api.types import (
    Because,
    Body,
    County,
    Day,
    Fen,
    Instant,
    Line,
    MonthText,
    Number,
    PositiveFen,
    ProviderId,
    Shown,
    SignedFen,
    Whole,
    Yes,
)
from songhe.doors.api.write import perform, reply
from songhe.doors.provider.receipt import purses_that_paid
from songhe.grant.choose import UNKNOWN as UNKNOWN_GRANT
from songhe.grant.models import Grant
from songhe.kernel.refusal import MISSING, reason
from songhe.person.code import county_in, number_in
from songhe.person.medium import MEDIUM_UNKNOWN
from songhe.person.models import Medium
from songhe.redemption.bill import Charge
from songhe.redemption.find import Request
from songhe.redemption.models import Bill, Reversal
from songhe.redemption.models import Line as BillLine
from songhe.redemption.redeem import UNKNOWN_BILL, UNKNOWN_PROVIDER, hand_in, redeem
from songhe.redemption.reverse import amend, reverse, true_up

router = Router(tags=["核销"])

LINE_AND_LINES = reason(
    "api.amend_one_line",
    zh="改小金额时，lines 应恰好写明一行。",
    en="To book a smaller fee, name exactly one line in lines.",
)


class ChargeIn(Body):
    item: Annotated[str, Field(min_length=1, max_length=30, title="服务项目编码")]
    service_on: Day
    quantity: Annotated[int, Field(strict=True, ge=1, le=10_000, title="数量")] = 1
    fee_fen: Annotated[PositiveFen | None, Field(title="费用（分）；不填按公示价乘数量")] = None
    other_fen: Annotated[Fen, Field(title="其他公共资金已付（分）")] = 0
    visit: Annotated[UUID | None, Field(title="上门记录")] = None
    stay: Annotated[UUID | None, Field(title="入住记录")] = None
    meal: Annotated[UUID | None, Field(title="用餐记录的明细")] = None


class RedemptionIn(Body):
    grant_no: Annotated[Number | None, Field(title="券号；与 medium、card_no 三者选一")] = None
    medium: Annotated[
        str | None, Field(min_length=1, max_length=100, title="卡号、打印码、二维码内容或刷脸终端给的结果")
    ] = None
    pin: Annotated[str | None, Field(max_length=6, title="密码；medium 是爱心卡打印码时要填")] = None
    county: Annotated[County | None, Field(title="区县；用 medium 且涉及多个区县时需要，外县社保卡填发卡区县")] = None
    provider: Annotated[ProviderId | None, Field(title="机构；账号只属于一家机构时可不填")] = None
    lines: Annotated[list[ChargeIn], Field(max_length=1000, title="明细")]
    ltci_fen: Annotated[Fen | None, Field(title="长护险已付（分）；null 表示还不知道，先暂记")] = 0
    confirmed_by: Annotated[Literal["elder", "proxy", "staff", ""], Field(title="由谁确认")] = ""
    hold: Annotated[UUID | None, Field(title="预留")] = None
    card_no: Annotated[Line | None, Field(title="爱心卡号；只用于有服务记录的项目")] = None
    with_credits: Annotated[Yes, Field(title="老年人要求先用积分抵付")] = False
    card_only: Annotated[Yes, Field(title="只用爱心卡，不用当月的券")] = False
    hand_in: Annotated[Yes, Field(title="只交账单，由月度任务入账")] = False


class BillShown(Shown):
    no: Annotated[str, Field(title="账单号")]
    county: Annotated[str, Field(title="区县")]
    state: Annotated[str, Field(title="状态")]
    month: Annotated[str, Field(title="月份")]
    category: Annotated[str, Field(title="组别")]
    provider: Annotated[int, Field(title="机构")]
    grant_no: Annotated[str | None, Field(title="券号")]
    fee_fen: SignedFen
    ltci_fen: SignedFen
    other_fen: SignedFen
    voucher_fen: SignedFen
    credit_fen: Annotated[SignedFen, Field(title="积分抵付（分）")]
    purse_fen: Annotated[SignedFen, Field(title="爱心卡支付（分）")]
    self_fen: SignedFen
    refusal: Annotated[str, Field(title="未能入账的原因码")]
    handed_in_at: Instant
    booked_at: Instant | None


class LineShown(Shown):
    number: int
    item: str
    service_on: Annotated[str, Field(json_schema_extra={"format": "date"})]
    quantity: int
    price_fen: SignedFen
    in_scope: bool
    fee_fen: SignedFen
    ltci_fen: SignedFen
    other_fen: SignedFen
    base_fen: SignedFen
    voucher_fen: SignedFen
    credit_fen: SignedFen
    purse_fen: SignedFen
    self_fen: SignedFen
    off_fen: Annotated[SignedFen, Field(title="优惠减免（分），已从费用中减去")]
    ratio: str
    cap_fen: int | None
    pack: str
    version: str
    steps: list[Any]
    reversed: bool


class PursePaid(Shown):
    fund: Annotated[str, Field(title="资金名称")]
    amount_fen: SignedFen
    because: Annotated[str, Field(title="为什么轮到这项资金")]


class BillInFull(BillShown):
    replaces: Annotated[str | None, Field(title="所更正的账单号")]
    purses: Annotated[list[PursePaid], Field(title="爱心卡各项资金支付，按支付先后")]
    lines: list[LineShown]


class ReversalIn(Body):
    reason: Because
    lines: Annotated[list[Whole] | None, Field(min_length=1, max_length=200, title="行号；不填为整单")] = None
    fee_fen: Annotated[PositiveFen | None, Field(title="该行更正后的费用（分），须小于原费用")] = None


class ReversalShown(Shown):
    line: int
    voucher_fen: SignedFen
    restored: Annotated[bool, Field(title="是否退回到券里")]
    month: str
    on: Annotated[str, Field(json_schema_extra={"format": "date"})]


class Reversed(Shown):
    bill: BillShown
    reversals: list[ReversalShown]
    again: Annotated[BillShown | None, Field(title="按更正后的费用重新入账的账单")]


class TrueUpIn(Body):
    ltci_fen: Annotated[Fen, Field(title="长护险实付（分）")]


class BillFilters(Paging):
    county: County | None = None
    provider: Annotated[int | None, Field(ge=1, le=2**53)] = None
    month: MonthText | None = None
    state: Annotated[Literal["handed_in", "provisional", "booked", "reversed", "refused"] | None, Field()] = None
    grant_no: Line | None = None


@serve(
    router,
    "POST",
    "/redemptions",
    act="redemption.make",
    gives=BillShown,
    status=201,
    key=Key.MUST,
    title="核销一张账单",
    about="按券号或老年人的码付一张账单；hand_in 为 true 时只交账单，由月度任务入账。",
)
def make_redemption(request: ApiRequest, body: RedemptionIn) -> HttpResponse:
    county, provider_id = where_and_who(request, body)
    verb = hand_in if body.hand_in else redeem
    medium = presented(request, body, county=county, provider_id=provider_id)

    def do() -> dict[str, Any]:
        asked = asked_of(body, provider_id=provider_id, medium=medium)
        return show_bill(verb(county=county, request=asked, at=request.at, on=request.on, by=request.auth.username))

    return perform(request, county=county, body=body, do=do, status=201, must=True)


def where_and_who(request: ApiRequest, body: RedemptionIn) -> tuple[str, int]:
    """The county whose voucher or card pays, by its number, the body or the caller's only one; the provider.

    A card may also be of a county with which the provider's own has an agreement.

    Refuses with ``grant.unknown`` or ``person.medium_unknown`` (out of reach), ``redemption.unknown_provider``,
    ``document.wrong_check_digits`` or ``input.missing``.
    """
    caller = request.auth
    if body.grant_no is not None:
        body.grant_no = check(body.grant_no, field="grant_no")
        county = body.grant_no[:6]
    else:
        county = body.county or county_in(body.medium or "") or (caller.counties[0] if caller.counties else "")
        if not county or (len(caller.counties) > 1 and body.county is None and not county_in(body.medium or "")):
            raise MISSING("county", field_name="county")
    here = caller.providers_in(county)
    if not here and body.grant_no is None:
        here = sorted({each.provider_id for each in caller.away if each.counties == county and each.provider_id})
    if not here:
        _refuse_elsewhere(request, body, county)
    if body.provider is None and len(here) > 1:
        raise MISSING("provider", field_name="provider")
    provider_id = here[0] if body.provider is None else body.provider
    if provider_id not in here:
        raise UNKNOWN_PROVIDER("provider")
    return county, provider_id


def _refuse_elsewhere(request: ApiRequest, body: RedemptionIn, county: str) -> NoReturn:
    if body.grant_no is not None:
        grant = Grant.objects.filter(county=county, no=body.grant_no).values_list("id", flat=True).first()
        if grant is not None:
            out_of_reach(request, county=county, subject="grant.Grant", subject_id=grant)
        raise UNKNOWN_GRANT("grant_no")
    medium = (
        Medium.objects.filter(county=county, number=number_in(body.medium or "")).values_list("id", flat=True).first()
    )
    if medium is not None:
        out_of_reach(request, county=county, subject="person.Medium", subject_id=medium)
    raise MEDIUM_UNKNOWN("medium")


def presented(request: ApiRequest, body: RedemptionIn, *, county: str, provider_id: int) -> str | None:
    """What was shown, as the one flow reads it. Refuses as ``songhe.card.present.as_shown`` does."""
    if body.medium is None:
        return None
    reader, by = f"provider:{provider_id}", request.auth.username
    return as_shown(given=body.medium, pin=body.pin or "", counties=(county,), at=request.at, reader=reader, by=by)


def asked_of(body: RedemptionIn, *, provider_id: int, medium: str | None) -> Request:
    return Request(
        provider_id=provider_id,
        charges=tuple(
            Charge(
                item=line.item,
                service_on=line.service_on,
                quantity=line.quantity,
                fee_fen=line.fee_fen,
                other_fen=line.other_fen,
                visit=line.visit,
                stay=line.stay,
                meal=line.meal,
            )
            for line in body.lines
        ),
        grant_no=body.grant_no,
        medium=medium,
        card_no=body.card_no,
        ltci_fen=body.ltci_fen,
        confirmed_by=body.confirmed_by,
        hold=body.hold,
        with_credits=body.with_credits,
        card_only=body.card_only,
    )


@serve(
    router,
    "GET",
    "/redemptions",
    act="redemption.read",
    gives=paged("Bill", BillShown),
    title="查账单",
    about="按区县、机构、月份、状态筛选。",
)
def list_redemptions(request: ApiRequest, asked: Query[BillFilters]) -> HttpResponse:
    rows = Bill.objects.filter(request.auth.condition(provider="provider_id", person="person_id"))
    for name in ("county", "month", "state"):
        if (value := getattr(asked, name)) is not None:
            rows = rows.filter(**{name: value})
    if asked.provider is not None:
        rows = rows.filter(provider_id=asked.provider)
    if asked.grant_no is not None:
        rows = rows.filter(grant__no=asked.grant_no)
    return page(
        request,
        asked,
        rows.select_related("grant"),
        sorts={"created_at": "id", "month": "month", "fee_fen": "fee_fen"},
        show=show_bill,
        shown=BillShown,
    )


@serve(router, "GET", "/redemptions/{no}", act="redemption.read", gives=BillInFull, title="读一张账单")
def read_redemption(request: ApiRequest, no: str) -> HttpResponse:
    bill = bill_of(request, no)
    undone = set(Reversal.objects.filter(county=bill.county, line__bill_id=bill.id).values_list("line_id", flat=True))
    rows = BillLine.objects.filter(county=bill.county, bill_id=bill.id).select_related("item").order_by("number")
    lines = list(rows)
    return reply(
        show_bill(bill)
        | {
            "replaces": bill.replaces.no if bill.replaces else None,
            "purses": [
                {"fund": one.fund, "amount_fen": one.fen, "because": one.because}
                for one in purses_that_paid(bill, lines)
            ],
            "lines": [show_line(line) | {"reversed": line.id in undone} for line in lines],
        }
    )


@serve(
    router,
    "POST",
    "/redemptions/{no}/reversals",
    act="redemption.reverse",
    gives=Reversed,
    status=201,
    title="冲正账单",
    about="整单冲正，或只冲正 lines 所列各行；只列一行并给出 fee_fen 时，按更小的费用重新入账。",
)
def reverse_redemption(request: ApiRequest, no: str, body: ReversalIn) -> HttpResponse:
    bill = bill_of(request, no)
    told: dict[str, Any] = {
        "county": bill.county,
        "bill_no": bill.no,
        "because": body.reason,
        "at": request.at,
        "on": request.on,
        "by": request.auth.username,
    }
    if body.fee_fen is not None and (body.lines is None or len(body.lines) != 1):
        raise LINE_AND_LINES("lines")

    def do() -> dict[str, Any]:
        again, numbers = None, body.lines
        if body.fee_fen is not None and numbers is not None:
            again = amend(number=numbers[0], fee_fen=body.fee_fen, **told)
            made = list(Reversal.objects.filter(county=bill.county, line__bill_id=bill.id, line__number=numbers[0]))
        else:
            made = reverse(numbers=numbers, **told)
        return {
            "bill": show_bill(Bill.objects.select_related("grant").get(county=bill.county, id=bill.id)),
            "reversals": [show_reversal(each) for each in made],
            "again": show_bill(again) if again else None,
        }

    return perform(request, county=bill.county, body=body, do=do, status=201)


@serve(
    router,
    "POST",
    "/redemptions/{no}/true-up",
    act="redemption.true_up",
    gives=BillShown,
    title="补记长护险",
    about="长护险金额确定后，把暂记的账单改为正式；券多付的退回。",
)
def true_up_redemption(request: ApiRequest, no: str, body: TrueUpIn) -> HttpResponse:
    bill = bill_of(request, no)

    def do() -> dict[str, Any]:
        after = true_up(
            county=bill.county,
            bill_no=bill.no,
            ltci_fen=body.ltci_fen,
            at=request.at,
            on=request.on,
            by=request.auth.username,
        )
        return show_bill(after)

    return perform(request, county=bill.county, body=body, do=do)


def bill_of(request: ApiRequest, no: str) -> Bill:
    rows = Bill.objects.select_related("grant", "replaces")
    return by_number(request, rows, no, unknown=UNKNOWN_BILL, provider="provider_id", person="person_id")


def show_bill(bill: Bill) -> dict[str, Any]:
    return {
        "no": bill.no,
        "county": bill.county,
        "state": str(bill.state),
        "month": bill.month,
        "category": bill.category,
        "provider": bill.provider_id,
        "grant_no": bill.grant.no if bill.grant else None,
        "fee_fen": bill.fee_fen,
        "ltci_fen": bill.ltci_fen,
        "other_fen": bill.other_fen,
        "voucher_fen": bill.voucher_fen,
        "credit_fen": bill.credit_fen,
        "purse_fen": bill.purse_fen,
        "self_fen": bill.self_fen,
        "refusal": bill.refusal,
        "handed_in_at": bill.handed_in_at.isoformat(),
        "booked_at": bill.booked_at.isoformat() if bill.booked_at else None,
    }


def show_line(line: BillLine) -> dict[str, Any]:
    return {
        "number": line.number,
        "item": line.item.code,
        "service_on": line.service_on.isoformat(),
        "quantity": line.quantity,
        "price_fen": line.price_fen,
        "in_scope": line.in_scope,
        "fee_fen": line.fee_fen,
        "ltci_fen": line.ltci_fen,
        "other_fen": line.other_fen,
        "base_fen": line.base_fen,
        "voucher_fen": line.voucher_fen,
        "credit_fen": line.credit_fen,
        "purse_fen": line.purse_fen,
        "self_fen": line.self_fen,
        "off_fen": line.off_fen,
        "ratio": line.ratio,
        "cap_fen": line.cap_fen,
        "pack": line.pack,
        "version": line.version,
        "steps": line.steps,
    }


def show_reversal(row: Reversal) -> dict[str, Any]:
    return {
        "line": row.line.number,
        "voucher_fen": row.line.voucher_fen,
        "restored": row.restored,
        "month": row.month,
        "on": row.on.isoformat(),
    }
