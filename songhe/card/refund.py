"""A top-up goes back to who paid it, and the match of it to its fund: no cycle ever makes money. 退款

What of the match has been spent stays matched, so as much of the top-up stays on the card: at 1:1 the refund is
smaller by just that.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from fractions import Fraction
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import F

from songhe.card.fund import account_of, family_fund, lock, paid_back
from songhe.card.match import give_cap_back, in_lock_order
from songhe.card.models import Card, Match, Refund, TopUp
from songhe.card.ports import Payments
from songhe.card.purse import balances, ensure
from songhe.card.topup import UNKNOWN_TOP_UP, locked
from songhe.document.number import insert_numbered
from songhe.jobs.outbox import put
from songhe.kernel.integer import ratio as read_ratio
from songhe.kernel.month import Month
from songhe.kernel.refusal import reason, whole
from songhe.ledger.post import Move, post
from songhe.policy.match import most_refundable
from songhe.trail.note import note

NOT_PAID = reason("card.not_paid", zh="这笔充值还没有到账。", en="This top-up was not paid.", status=409)
TOO_LARGE = reason(
    "card.refund_too_large",
    zh="最多可退{most_fen:yuan}：其中已用去配捐{spent_fen:yuan}。",
    en="At most {most_fen:yuan} can be refunded; {spent_fen:yuan} of its match are spent.",
    status=409,
)
UNKNOWN_REFUND = reason("card.unknown_refund", zh="没有这笔退款。", en="There is no such refund.", status=404)
WRONG_CARD = reason(
    "card.heirs_first", zh="持卡人已去世，由继承人办理。", en="The holder has died; heirs are paid.", status=409
)

#: The outbox entry by which a refund goes to the payment service, once it is committed.
TOPIC = "card.refund"


@dataclass(frozen=True)
class Possible:
    """What may be refunded of a top-up now, what is taken back of its match with it, and what of that was spent."""

    most_fen: int
    back_fen: int
    spent_fen: int


def possible(*, topup: TopUp) -> Possible:
    """The most that could be refunded of a paid top-up now; the page shows it before anybody asks."""
    matches = _matches(topup)
    return _possible(topup, matches, balances([row.purse for row in matches]))


def _possible(topup: TopUp, matches: Sequence[Match], stands: dict[UUID, int]) -> Possible:
    kept = sum(row.amount_fen - row.back_fen for row in matches)
    back = sum(_recoverable(matches, stands).values())
    ratio = max((read_ratio(row.ratio) for row in matches), default=Fraction(1))
    most = most_refundable(
        topup_fen=topup.amount_fen, refunded_fen=topup.refunded_fen, kept_fen=kept - back, ratio=ratio
    )
    return Possible(most, back, kept - back)


def _recoverable(matches: Sequence[Match], stands: dict[UUID, int]) -> dict[UUID, int]:
    """What of each match still stands in its purse."""
    left = dict(stands)
    found = {}
    for row in matches:
        found[row.id] = min(row.amount_fen - row.back_fen, left[row.purse_id])
        left[row.purse_id] -= found[row.id]
    return found


def refund(*, county: str, no: str, amount_fen: int, because: str, at: datetime, on: date, by: str) -> Refund:
    """Give ``amount_fen`` of a top-up back to who paid it, out of the family's purse.

    What stays of the top-up must still merit what stays of its match; the rest of the match returns to its fund and
    counts no more in its month. The payment service is asked after the commit. Refuses with ``card.unknown_topup``,
    ``card.not_paid``, ``card.refund_too_large``, ``card.heirs_first``, ``ledger.insufficient`` when the family's money
    has been spent, or ``input.*``.
    """
    whole(amount_fen, "amount_fen", least=1)
    found = TopUp.objects.filter(county=county, no=no).values_list("card_id", "id").first()
    if found is None:
        raise UNKNOWN_TOP_UP("no")
    with transaction.atomic():
        topup = locked(county=county, card_id=found[0], topup_id=found[1])
        if topup.state != TopUp.State.PAID:
            raise NOT_PAID("no")
        card = topup.card
        if card.state == Card.State.CLOSED and card.person.died_on is not None:
            raise WRONG_CARD("no")
        matches = _matches(topup)
        stands = balances([row.purse for row in matches])
        most = _possible(topup, matches, stands)
        if amount_fen > most.most_fen:
            raise TOO_LARGE("amount_fen", most_fen=most.most_fen, spent_fen=most.spent_fen)
        moves, back = _take_back(topup, card, matches, stands, amount_fen)
        fund = family_fund(county)
        purse = ensure(card=card, fund=fund, on=on)
        row = Refund(
            county=county,
            topup=topup,
            amount_fen=amount_fen,
            back_fen=back,
            because=because.strip()[:200],
            by=by,
            at=at,
        )
        insert_numbered(row, Month.of(on))
        moves.append(Move(purse.account, paid_back(fund), amount_fen, "refund", about=row.id))
        post(county=county, moves=moves, at=at, on=on)
        topup.refunded_fen += amount_fen
        topup.save(update_fields=["refunded_fen"])
        put(county=county, topic=TOPIC, about=row.id, payload={"no": row.no}, at=at)
        _note("card.refund", row, topup, at=at, by=by, reason=because, fen=amount_fen, back_fen=back)
    return row


def _take_back(
    topup: TopUp, card: Card, matches: Sequence[Match], stands: dict[UUID, int], amount_fen: int
) -> tuple[list[Move], int]:
    """Take back what the rest of the top-up does not merit any more; of the purses, which hold at least that."""
    moves: list[Move] = []
    kept = sum(row.amount_fen - row.back_fen for row in matches)
    ratio = max((read_ratio(row.ratio) for row in matches), default=Fraction(1))
    stays = topup.amount_fen - topup.refunded_fen - amount_fen
    wanted = max(0, kept - stays * ratio.numerator // ratio.denominator)
    taken = 0
    for fund in in_lock_order({row.fund_id: row.fund for row in matches}.values()):
        lock(county=fund.county, fund_id=fund.id)
    for row in reversed(matches):
        amount = min(wanted - taken, row.amount_fen - row.back_fen, stands[row.purse_id])
        if amount <= 0:
            continue
        moves.append(Move(row.purse.account, account_of(row.fund), amount, "match_back", about=row.id))
        Match.objects.filter(county=row.county, id=row.id).update(back_fen=F("back_fen") + amount)
        give_cap_back(county=row.county, person_id=card.person_id, month=row.month, amount_fen=amount)
        stands[row.purse_id] -= amount
        taken += amount
    return moves, taken


def _matches(topup: TopUp) -> list[Match]:
    rows = Match.objects.filter(county=topup.county, topup_id=topup.id).select_related("purse__account", "fund")
    return list(rows.order_by("fund_id"))


def send(*, county: str, refund_id: UUID, payments: Payments, at: datetime) -> Refund:
    """Ask the payment service to pay a committed refund back; asked again, it is done once.

    Refuses with ``card.unknown_refund``; what the service raises goes through, and the outbox tries again.
    """
    row = Refund.objects.select_related("topup").filter(county=county, id=refund_id).first()
    if row is None:
        raise UNKNOWN_REFUND("refund")
    if row.sent_at is None:
        payments.refund(no=row.topup.no, refund_no=row.no, amount_fen=row.amount_fen)
        Refund.objects.filter(county=county, id=row.id, sent_at=None).update(sent_at=at)
        row.sent_at = at
    return row


def _note(act: str, row: Refund, topup: TopUp, *, at: datetime, by: str, reason: str = "", **detail: Any) -> None:
    note(
        county=row.county,
        at=at,
        actor=by,
        act=act,
        subject="card",
        subject_id=topup.card_id,
        reason=reason.strip()[:300],
        refund=row.no,
        topup=topup.no,
        **detail,
    )
