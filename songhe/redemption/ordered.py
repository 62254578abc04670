"""An item is ordered, its money set aside on the card, and paid when it is handed over. 预订与交付

What is set aside is what the card would pay if the item were handed over now: the bill is booked and undone, so that an
order is refused for whatever its bill would be refused for. Handing over is a bill like every other.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction

from songhe.card.hold import capture, hold, release
from songhe.card.hold_order_models import ItemOrder
from songhe.card.models import Card, Hold
from songhe.card.open import NEEDS_REASON, lock
from songhe.document.number import insert_numbered
from songhe.kernel.month import BEIJING, Month, beijing_date
from songhe.kernel.refusal import reason
from songhe.person.code import burn, who
from songhe.provider.models import Provider
from songhe.redemption.bill import WRONG_VISIT, Charge, catalogue, in_force
from songhe.redemption.find import Request
from songhe.redemption.models import Bill, Line
from songhe.redemption.purses import rules_of
from songhe.redemption.redeem import redeem
from songhe.service.models import Visit
from songhe.trail.note import note

NOTHING_HELD = reason(
    "card.order_nothing_held",
    zh="卡里没有能付这一项的钱，不能预留；请先充值，或当面付。",
    en="Nothing on the card pays for this, so that nothing can be set aside; top up first, or pay when it is there.",
    status=409,
)
LAST_DAY_PAST = reason("card.order_day_past", zh="取货期限不能早于今天。", en="The last day is not before today.")
TOO_LATE = reason(
    "card.order_too_long", zh="最多预留{days}天。", en="An order stands for {days} days at most.", status=409
)
UNKNOWN_ORDER = reason("card.order_unknown", zh="没有这份预订。", en="There is no such order.", status=404)
SOMEBODY_ELSES = reason(
    "card.order_somebody_elses",
    zh="出示的不是预订人的卡或码，没有扣款。",
    en="What was shown is not the card or code of who ordered; nothing was charged.",
    status=409,
)
IS_TODAY = reason(
    "card.order_is_today",
    zh="机构已经接单，日子也到了，不能在这里取消；请打电话给机构。",
    en="The provider has accepted it and its day has come; it cannot be cancelled here. Call the provider.",
    status=409,
)
OVER = reason(
    "card.order_over",
    zh="这份预订已经交付、放弃或到期。",
    en="This order was handed over, given up or has run out.",
    status=409,
)

#: The longest that money is set aside for an order.
MOST_DAYS = 60


def order(
    *,
    county: str,
    provider: Provider,
    charge: Charge,
    shown: str,
    confirmed_by: str,
    words: str,
    last_day: date,
    at: datetime,
    on: date,
    by: str,
) -> ItemOrder:
    """Set aside what the card of whoever shows a medium would pay of ``charge``, until the last day of handing over.

    Only money that is still valid on the last day is set aside. Refuses with ``card.order_day_past``,
    ``card.order_too_long``, ``card.order_nothing_held`` and as ``redemption.redeem`` and ``card.hold.hold`` do.
    """
    if last_day < on:
        raise LAST_DAY_PAST("last_day")
    if last_day > on + timedelta(days=MOST_DAYS):
        raise TOO_LATE("last_day", days=MOST_DAYS)
    with transaction.atomic():
        known = who(county=county, given=shown, confirmed_by=confirmed_by, at=at, reader=f"provider:{provider.id}")
        request = _request(provider.id, charge, shown, confirmed_by)
        bill, price_fen = tried(county, request, at=at, on=on, by=by)
        if bill.card is None or not bill.purse_fen:
            raise NOTHING_HELD("item")
        held = hold(
            card=bill.card,
            provider=provider,
            help=in_force(catalogue(county, [charge]).get(charge.item, []), charge).help,
            amount_fen=bill.purse_fen,
            day=last_day,
            until=datetime.combine(last_day, time(23, 59, 59), BEIJING),
            at=at,
            on=on,
            by=by,
            order=rules_of(county, Month.of(on).first).order,
        )
        burn(known)
        row = ItemOrder(
            county=county,
            hold=held,
            item=charge.item,
            quantity=charge.quantity,
            price_fen=price_fen,
            fee_fen=bill.fee_fen,
            words=words.strip()[:200],
            last_day=last_day,
        )
        insert_numbered(row, Month.of(on))
        note_order("redemption.order", row, at=at, by=by, fen=held.amount_fen, item=charge.item)
    return row


def hand_over(
    *,
    county: str,
    no: str,
    provider_id: int,
    at: datetime,
    on: date,
    by: str,
    shown: str = "",
    confirmed_by: str = "",
    visit: UUID | None = None,
) -> Bill:
    """Whoever ordered shows a medium, gets the item and pays it: the hold goes back into its purses and the bill is
    booked, in one transaction. All of it or nothing. What was given at home is charged by its record, the ``visit``.

    Refuses with ``card.order_unknown``, ``card.order_over``, ``card.order_somebody_elses`` and as
    ``redemption.redeem`` does.
    """
    with transaction.atomic():
        known = None
        if visit is None:
            known = who(county=county, given=shown, confirmed_by=confirmed_by, at=at, reader=f"provider:{provider_id}")
        row, card = locked_order(county, no, provider_id)
        if known is not None and known.medium.person_id != card.person_id:
            raise SOMEBODY_ELSES("given")
        if row.from_home and row.accepted_at is None:
            row.accepted_at = at
        capture(hold=row.hold, amount_fen=row.hold.amount_fen, about=row.id, at=at, on=on, by=by)
        charge = Charge(item=row.item, service_on=on, quantity=row.quantity, fee_fen=row.price_fen)
        request = _request(provider_id, charge, shown, confirmed_by)
        if visit is not None:
            charge = replace(charge, visit=visit, service_on=_day_of(row, card, visit))
            request = Request(provider_id=provider_id, charges=(charge,), card_no=card.no, card_only=True)
        bill = redeem(county=county, request=request, at=at, on=on, by=by)
        row.bill_no = bill.no
        row.save(update_fields=["bill_no", "accepted_at"])
        note_order("redemption.hand_over", row, at=at, by=by, bill=bill.no)
    return bill


def give_up(
    *, county: str, no: str, because: str, at: datetime, on: date, by: str, provider_id: int | None = None
) -> ItemOrder:
    """The order is given up, by its provider or by whoever ordered: what was set aside is on the card again.

    What was ordered from home and accepted is taken back before its day; on the day the provider is on its way.
    Refuses with ``card.say_why``, ``card.order_unknown``, ``card.order_over`` or ``card.order_is_today``.
    """
    return end_order(
        county=county, no=no, provider_id=provider_id, because=because, declined=False, at=at, on=on, by=by
    )


def end_order(
    *, county: str, no: str, provider_id: int | None, because: str, declined: bool, at: datetime, on: date, by: str
) -> ItemOrder:
    """The order comes to nothing, in whose words it may be. Refuses as ``give_up`` does."""
    if not because.strip():
        raise NEEDS_REASON("because")
    with transaction.atomic():
        row, _card = locked_order(county, no, provider_id)
        if provider_id is None and is_due(row, on):
            raise IS_TODAY("no")
        row.hold = release(county=county, hold_id=row.hold_id, at=at, on=on, by=by)
        row.because, row.declined = because.strip()[:200], declined and row.from_home
        row.save(update_fields=["because", "declined"])
        act = "redemption.decline_order" if row.declined else "redemption.give_up_order"
        note_order(act, row, at=at, by=by, reason=because, fen=row.hold.amount_fen)
    return row


def is_due(row: ItemOrder, on: date) -> bool:
    """Whether it was ordered from home and accepted, and its day has come: who ordered calls the provider now."""
    return row.wanted_on is not None and row.is_accepted and on >= row.wanted_on


def _day_of(row: ItemOrder, card: Card, visit: UUID) -> date:
    """The day of the record; one of somebody else, or from before the order, is refused."""
    mine = Visit.objects.filter(county=row.county, id=visit, person_id=card.person_id)
    day = mine.values_list("service_on", flat=True).first()
    if day is None or day < beijing_date(row.hold.at):
        raise WRONG_VISIT("visit")
    return day


def _request(provider_id: int, charge: Charge, shown: str, confirmed_by: str) -> Request:
    return Request(provider_id=provider_id, charges=(charge,), medium=shown, confirmed_by=confirmed_by, card_only=True)


def tried(county: str, request: Request, *, at: datetime, on: date, by: str) -> tuple[Bill, int]:
    """The bill as it would be now, booked and undone, and its price before what a merchant takes off."""
    with transaction.atomic():
        bill = redeem(county=county, request=request, at=at, on=on, by=by)
        lines = Line.objects.filter(county=county, bill=bill).values_list("fee_fen", "off_fen")
        price_fen = sum(fee + off for fee, off in lines)
        transaction.set_rollback(True)
    return bill, price_fen


def locked_order(county: str, no: str, provider_id: int | None) -> tuple[ItemOrder, Card]:
    """The order that is still open, with its card locked: person, card, then the hold by its verb."""
    rows = ItemOrder.objects.filter(county=county, no=no)
    if provider_id is not None:
        rows = rows.filter(hold__provider_id=provider_id)
    card_id = rows.values_list("hold__card_id", flat=True).first()
    if card_id is None:
        raise UNKNOWN_ORDER("no")
    card = lock(county=county, card_id=card_id)
    row = rows.select_related("hold").get()
    if row.hold.state != Hold.State.HELD:
        raise OVER("no")
    return row, card


def note_order(act: str, row: ItemOrder, *, at: datetime, by: str, reason: str = "", **detail: Any) -> None:
    """What became of the order, beside the card that it is on."""
    note(
        county=row.county,
        at=at,
        actor=by,
        act=act,
        subject="card",
        subject_id=row.hold.card_id,
        reason=reason.strip()[:300],
        order=row.no,
        provider=row.hold.provider_id,
        **detail,
    )
