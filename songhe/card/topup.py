"""A family tops a card up: an order, the payment service's word, the money in the family's purse. 充值"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet

from songhe.card.fund import family_fund, inflow_of
from songhe.card.match import match
from songhe.card.models import Card, Purse, TopUp
from songhe.card.open import CLOSED_CARD, lock
from songhe.card.ports import Paid, Payments
from songhe.card.purse import ensure
from songhe.card.states import PURSE, TOP_UP
from songhe.document.number import insert_numbered
from songhe.kernel.month import Month
from songhe.kernel.refusal import Refusal, reason, whole
from songhe.ledger.post import Move, post
from songhe.trail.note import note

UNKNOWN_TOP_UP = reason("card.unknown_topup", zh="没有这笔充值。", en="There is no such top-up.", status=404)
AMOUNT_DIFFERS = reason(
    "card.amount_differs",
    zh="支付金额{paid_fen:yuan}与充值金额{amount_fen:yuan}不一致。",
    en="{paid_fen:yuan} were paid, {amount_fen:yuan} were asked for.",
    status=409,
)
OTHER_PAYMENT = reason(
    "card.other_payment",
    zh="这笔充值或这笔支付已对应另一笔。",
    en="The top-up or the payment belongs to another one already.",
    status=409,
)

#: The least and the most of one top-up, in fen.
LEAST_FEN, MOST_FEN = 100, 1_000_000

#: A call-back comes within minutes; after three days nobody pays an order any more.
ASK_AFTER, ASK_UNTIL = timedelta(minutes=10), timedelta(days=3)
#: So many orders are asked about in one go.
ASKED_AT_ONCE = 200

TOO_MUCH = reason(
    "card.topup_too_much", zh="一次最多充值{most_fen:yuan}。", en="At most {most_fen:yuan} at a time.", status=422
)


def ask(*, card: Card, amount_fen: int, at: datetime, on: date, by: str) -> TopUp:
    """Somebody wants to put money onto a card; nothing has moved yet.

    The order is opened at the payment service by who called this, after its transaction. Refuses with
    ``card.closed_card``, ``card.topup_too_much`` or ``input.*``.
    """
    whole(amount_fen, "amount_fen", least=LEAST_FEN)
    if amount_fen > MOST_FEN:
        raise TOO_MUCH("amount_fen", most_fen=MOST_FEN)
    with transaction.atomic():
        card = lock(county=card.county, card_id=card.id)
        if card.state == Card.State.CLOSED:
            raise CLOSED_CARD("card")
        row = TopUp(county=card.county, card=card, amount_fen=amount_fen, asked_by=by, asked_at=at)
        insert_numbered(row, Month.of(on))
        _note("card.ask_topup", row, at=at, by=by, fen=amount_fen)
    return row


def cancel(*, county: str, no: str, at: datetime, by: str) -> TopUp:
    """It was not paid, and nobody waits for it any more. A payment that comes after all is still taken.

    Refuses with ``card.unknown_topup`` or ``card.wrong_state``.
    """
    with transaction.atomic():
        row = _locked(county, no)
        TOP_UP.move(row, "cancel")
        row.save(update_fields=["state"])
        _note("card.cancel_topup", row, at=at, by=by)
    return row


def take(*, paid: Paid, at: datetime, on: date, by: str = "run:payment") -> TopUp:
    """The payment service says that an order was paid: the money goes into the family's purse, and charity matches it.

    Said any number of times it acts once. A payment is taken whatever has become of the card, for the money is there:
    on one that is closed it waits to be refunded and is not matched. Refuses with ``card.unknown_topup``,
    ``card.amount_differs`` or ``card.other_payment``.
    """
    county = paid.no[:6]
    with transaction.atomic():
        row = _locked(county, paid.no)
        if row.state == TopUp.State.PAID:
            if row.payment_no != paid.payment_no:
                raise OTHER_PAYMENT("payment_no")
            return row
        if paid.amount_fen != row.amount_fen:
            raise AMOUNT_DIFFERS("amount_fen", paid_fen=paid.amount_fen, amount_fen=row.amount_fen)
        if TopUp.objects.filter(county=county, payment_no=paid.payment_no).exists():
            raise OTHER_PAYMENT("payment_no")
        TOP_UP.move(row, "pay")
        row.payment_no, row.paid_at, row.paid_on = paid.payment_no, at, on
        row.save(update_fields=["state", "payment_no", "paid_at", "paid_on"])
        card, fund = row.card, family_fund(county)
        purse = ensure(card=card, fund=fund, on=on)
        if purse.state == Purse.State.CLOSED:
            PURSE.move(purse, "reopen")
            purse.save(update_fields=["state"])
        post(
            county=county,
            moves=[Move(inflow_of(fund), purse.account, row.amount_fen, "topup", about=row.id)],
            at=at,
            on=on,
        )
        matched = 0 if card.state == Card.State.CLOSED else match(topup=row, card=card, at=at, on=on)
        _note("card.topup", row, at=at, by=by, fen=row.amount_fen, matched_fen=matched)
    return row


@dataclass
class Asked:
    """``wrong``: orders that were paid otherwise than they were asked for; a person looks at them."""

    paid: int = 0
    open: int = 0
    wrong: int = 0


def waiting(*, at: datetime) -> QuerySet[TopUp]:
    """Top-ups whose call-back is overdue, and not so old that nobody pays them any more; the oldest first."""
    rows = TopUp.objects.filter(state=TopUp.State.WAITING, asked_at__lte=at - ASK_AFTER, asked_at__gte=at - ASK_UNTIL)
    return rows.order_by("asked_at", "id")


def ask_service(*, county: str, service: Payments, at: datetime, on: date, by: str = "run:payment") -> Asked:
    """Ask the payment service about top-ups whose call-back never came; one that was paid is taken as if it had.

    Raises ``card.ports.NotReached``: what was learnt before stays, and the rest is asked the next time.
    """
    done = Asked()
    for no in waiting(at=at).filter(county=county).values_list("no", flat=True)[:ASKED_AT_ONCE]:
        paid = service.ask(no)
        if paid is None:
            done.open += 1
            continue
        try:
            take(paid=paid, at=at, on=on, by=by)
        except Refusal as refusal:
            note(
                county=county,
                at=at,
                actor=by,
                act="card.topup_refused",
                subject="topup",
                subject_id=no,
                code=refusal.code,
                payment_no=paid.payment_no,
            )
            done.wrong += 1
        else:
            done.paid += 1
    return done


def _locked(county: str, no: str) -> TopUp:
    """The card first, then the top-up: all that happens to a card happens one after the other."""
    found = TopUp.objects.filter(county=county, no=no).values_list("card_id", "id").first()
    if found is None:
        raise UNKNOWN_TOP_UP("no")
    return locked(county=county, card_id=found[0], topup_id=found[1])


def locked(*, county: str, card_id: UUID, topup_id: UUID) -> TopUp:
    """A top-up with its card, both locked."""
    card = lock(county=county, card_id=card_id)
    row = TopUp.objects.select_for_update(no_key=True).get(county=county, id=topup_id)
    row.card = card
    return row


def _note(act: str, row: TopUp, *, at: datetime, by: str, **detail: Any) -> None:
    note(county=row.county, at=at, actor=by, act=act, subject="card", subject_id=row.card_id, topup=row.no, **detail)
