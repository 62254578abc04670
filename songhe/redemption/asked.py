"""An item is ordered from home by who holds the card, or who keeps it for them; the provider takes it or not. 在家下单

The money is set aside when the order is made, so that nobody accepts what cannot be paid; while nobody has accepted it
is kept for two days at most, and comes back by itself (docs/decisions/card-orders-from-home.md).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from uuid import UUID

from django.db import transaction

from songhe.card.draw import Owed, Taking, plan
from songhe.card.hold import hold, keep_until
from songhe.card.hold_models import HoldPart
from songhe.card.hold_order_models import ItemOrder
from songhe.card.models import Card
from songhe.card.open import UNKNOWN_CARD, card_of, lock
from songhe.county.key import new_id
from songhe.document.number import insert_numbered
from songhe.kernel.month import BEIJING, Month
from songhe.kernel.refusal import reason
from songhe.provider.catalogue import item_on
from songhe.provider.models import Evidence, Item, Provider
from songhe.redemption.bill import Charge
from songhe.redemption.find import Request
from songhe.redemption.models import Bill
from songhe.redemption.ordered import (
    NOTHING_HELD,
    OVER,
    end_order,
    locked_order,
    note_order,
    tried,
)
from songhe.redemption.purses import rules_of
from songhe.service.models import Visit

NOT_FROM_HOME = reason(
    "card.order_not_from_home",
    zh="“{item}”不在这里预订：餐在“订餐”里订，入住和评估找机构办。",
    en="{item_en} is not ordered here: meals are booked under “Book a meal”, stays and assessments with the provider.",
)
DAY_PAST = reason("card.order_wanted_past", zh="要的日子不能早于今天。", en="The day is not before today.")
TOO_FAR = reason(
    "card.order_wanted_far", zh="最早提前{days}天预订。", en="It can be ordered {days} days ahead at most.", status=409
)
WHERE = reason("card.order_where", zh="请写明到哪里服务。", en="Say where they are to come.")
CHANGED = reason(
    "card.order_changed",
    zh="价钱或卡里的钱刚刚变了，请再看一遍。",
    en="The price, or what is on the card, has just changed; look again.",
    status=409,
)
ACCEPTED = reason(
    "card.order_accepted", zh="这份预订已经接了。", en="This order has been accepted already.", status=409
)

#: How far ahead something is ordered, how long a provider has to answer, and how long after its day it may be charged.
MOST_AHEAD = 30
ANSWER = timedelta(days=2)
SLACK = timedelta(days=3)

#: What is ordered from home, by what shows that it was given. Meals, stays and assessments have ways of their own.
FROM_HOME = frozenset({Evidence.VISIT, Evidence.ESCORT, Evidence.ATTENDANCE, Evidence.SALE})
#: Where the provider comes to the elder.
COMES = frozenset({Evidence.VISIT, Evidence.ESCORT})


@dataclass(frozen=True)
class Wish:
    """What somebody wants, how much of it, on which day, in which words, and where they live."""

    item: str
    wanted_on: date
    quantity: int = 1
    words: str = ""
    address: str = ""


@dataclass(frozen=True)
class Quote:
    """What an order would be: its fee, what each fund would set aside, and until when the provider has to answer."""

    price_fen: int
    fee_fen: int
    held_fen: int
    parts: tuple[tuple[str, int], ...]
    answer_by: datetime
    last_day: date

    @property
    def own_fen(self) -> int:
        return self.fee_fen - self.held_fen

    @property
    def off_fen(self) -> int:
        return self.price_fen - self.fee_fen


def is_from_home(item: Item) -> bool:
    return bool(item.help) and item.evidence in FROM_HOME


def ask(
    *,
    county: str,
    person_id: UUID,
    provider: Provider,
    wish: Wish,
    made_by: str,
    at: datetime,
    on: date,
    by: str,
    seen: tuple[int, int] | None = None,
) -> ItemOrder:
    """Order an item of a provider for a day, and set aside what the card would pay of it on that day.

    The provider has until the end of the second day, or of the day that is wanted, to answer. ``seen``: the fee and
    what is set aside, as somebody saw them. Refuses with ``card.order_not_from_home``, ``card.order_wanted_past``,
    ``card.order_wanted_far``, ``card.order_where``, ``card.unknown``, ``card.order_nothing_held``,
    ``card.order_changed`` and as ``redemption.redeem`` and ``card.hold.hold`` do.
    """
    if wish.wanted_on < on:
        raise DAY_PAST("wanted_on")
    if wish.wanted_on > on + timedelta(days=MOST_AHEAD):
        raise TOO_FAR("wanted_on", days=MOST_AHEAD)
    item = item_on(county, wish.item, on)
    if not is_from_home(item):
        raise NOT_FROM_HOME("item", item=item.name, item_en=item.name_en)
    if item.evidence in COMES and not wish.address.strip():
        raise WHERE("address")
    with transaction.atomic():
        card = _card(county, person_id)
        bill, price_fen = _as_if_given(card, provider, item, wish, at=at, on=on, by=by)
        order = rules_of(county, Month.of(wish.wanted_on).first).order
        owed = Owed(new_id(), item.help, bill.purse_fen, wish.wanted_on)
        takings = plan(card=card, owed=[owed] if bill.purse_fen else [], on=on, by=order)
        if not takings:
            raise NOTHING_HELD("item")
        last_day = _last_day(wish, takings)
        held = hold(
            card=card,
            provider=provider,
            help=item.help,
            amount_fen=sum(taking.amount_fen for taking in takings),
            day=wish.wanted_on,
            until=_end_of(last_day),
            at=at,
            on=on,
            by=by,
            order=order,
        )
        if seen is not None and seen != (bill.fee_fen, held.amount_fen):
            raise CHANGED("item")
        row = ItemOrder(
            county=county,
            hold=keep_until(hold=held, until=_end_of(min(on + ANSWER, wish.wanted_on))),
            item=item.code,
            quantity=wish.quantity,
            price_fen=price_fen,
            fee_fen=bill.fee_fen,
            words=wish.words.strip()[:200],
            address=wish.address.strip()[:200],
            last_day=last_day,
            wanted_on=wish.wanted_on,
            made_by=made_by,
        )
        insert_numbered(row, Month.of(on))
        note_order("redemption.ask_order", row, at=at, by=by, fen=held.amount_fen, item=item.code, made_by=made_by)
    return row


def quote(*, county: str, person_id: UUID, provider: Provider, wish: Wish, at: datetime, on: date, by: str) -> Quote:
    """What the order would be: it is made and undone. Refuses as ``ask`` does."""
    told = {"county": county, "person_id": person_id, "provider": provider, "wish": wish}
    with transaction.atomic():
        row = ask(**told, made_by=ItemOrder.Made.ELDER, at=at, on=on, by=by)  # type: ignore[arg-type]
        parts = HoldPart.objects.filter(county=county, hold_id=row.hold_id).order_by("id")
        found = Quote(
            price_fen=row.price_fen,
            fee_fen=row.fee_fen,
            held_fen=row.hold.amount_fen,
            parts=tuple(parts.values_list("purse__fund__name", "amount_fen")),
            answer_by=row.hold.until,
            last_day=row.last_day,
        )
        transaction.set_rollback(True)
    return found


def accept(*, county: str, no: str, provider_id: int, at: datetime, on: date, by: str) -> ItemOrder:
    """The provider will do it: the money stays set aside until a few days after the day that is wanted.

    Refuses with ``card.order_unknown``, ``card.order_over`` or ``card.order_accepted``.
    """
    with transaction.atomic():
        row, _card = locked_order(county, no, provider_id)
        if row.is_accepted:
            raise ACCEPTED("no")
        if row.hold.until <= at:
            raise OVER("no")
        row.hold = keep_until(hold=row.hold, until=_end_of(row.last_day))
        row.accepted_at = at
        row.save(update_fields=["accepted_at"])
        note_order("redemption.accept_order", row, at=at, by=by, fen=row.hold.amount_fen)
    return row


def decline(*, county: str, no: str, provider_id: int, because: str, at: datetime, on: date, by: str) -> ItemOrder:
    """The provider cannot do it, or cannot any more, and says why: what was set aside is on the card again.

    Refuses with ``card.say_why``, ``card.order_unknown`` or ``card.order_over``.
    """
    return end_order(county=county, no=no, provider_id=provider_id, because=because, declined=True, at=at, on=on, by=by)


def records_of(row: ItemOrder) -> list[Visit]:
    """What the provider has recorded of an order from home and not charged yet, the newest first; one statement."""
    rows = Visit.objects.filter(
        county=row.county,
        person_id=row.hold.card.person_id,
        provider_id=row.hold.provider_id,
        item__code=row.item,
        quantity__gte=row.quantity,
        service_on__gte=row.hold.at.astimezone(BEIJING).date(),
        billed_line=None,
    ).exclude(verdict=Visit.Verdict.FAIL)
    return list(rows.select_related("item").order_by("-service_on", "-id")[:10])


def _card(county: str, person_id: UUID) -> Card:
    found = card_of(county=county, person_id=person_id)
    if found is None:
        raise UNKNOWN_CARD("card")
    return lock(county=county, card_id=found.id)


def _as_if_given(
    card: Card, provider: Provider, item: Item, wish: Wish, *, at: datetime, on: date, by: str
) -> tuple[Bill, int]:
    """The bill as it would be had it been given today: with a record of it, since nobody shows a card at home."""
    with transaction.atomic():
        visit = Visit.objects.create(
            county=card.county,
            person_id=card.person_id,
            provider=provider,
            item=item,
            kind=item.evidence,
            service_on=on,
            quantity=max(1, wish.quantity),
            recorded_by=by,
            recorded_at=at,
        )
        charge = Charge(item=item.code, service_on=on, quantity=wish.quantity, visit=visit.id)
        request = Request(provider_id=provider.pk, charges=(charge,), card_no=card.no, card_only=True)
        found = tried(card.county, request, at=at, on=on, by=by)
        transaction.set_rollback(True)
    return found


def _last_day(wish: Wish, takings: list[Taking]) -> date:
    """A few days after the day that is wanted, but not after the last on which its money may be booked."""
    booked = [taking.payer.purse.book_until for taking in takings if taking.payer]
    return max(wish.wanted_on, min([wish.wanted_on + SLACK, *booked]))


def _end_of(day: date) -> datetime:
    return datetime.combine(day, time(23, 59, 59), BEIJING)
