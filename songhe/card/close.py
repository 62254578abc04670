"""The end of a card: by a death or by wish; public money to its funds, the family's to those who inherit. 注销"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from django.db import transaction

from songhe.card.face import end_with_card
from songhe.card.fund import SAME_PERSON, account_of, paid_back
from songhe.card.hold import release_all
from songhe.card.models import Card, Fund, HeirPayment, Purse, Standing
from songhe.card.open import NEEDS_REASON, UNKNOWN_CARD, end_media, lock
from songhe.card.purse import balances
from songhe.card.states import CARD, HEIR_PAYMENT, PURSE
from songhe.document.models import StoredFile
from songhe.kernel.month import Month
from songhe.kernel.refusal import reason, whole
from songhe.ledger.post import Move, post
from songhe.person.models import Medium, Person
from songhe.trail.note import note

STILL_ALIVE = reason("card.death_not_verified", zh="去世尚未核实。", en="The death is not verified.", status=409)
FAMILY_MONEY = reason(
    "card.family_money_left",
    zh="卡里还有家庭充值{fen:yuan}，请先退还。",
    en="{fen:yuan} of family money stand on the card; pay them back first.",
    status=409,
)
NOT_FOR_HEIRS = reason(
    "card.not_for_heirs", zh="这笔钱不是待退继承人的资金。", en="This money is not waiting for heirs.", status=409
)
NEEDS_EVIDENCE = reason(
    "card.needs_evidence", zh="请写明继承人和依据。", en="Name the heir and what shows that they inherit."
)


@dataclass(frozen=True)
class Heir:
    """Who inherits, and what shows it."""

    name: str
    relation: str
    evidence: str


def close_after_death(*, county: str, person_id: UUID, at: datetime, on: date, by: str) -> Card | None:
    """Close the card of somebody whose death is verified; a second time it changes nothing.

    What the family put in waits for the heirs. Public money goes back to its fund: at once, or after the late days of
    the fund, in which services up to the day of death are still booked. Answers None where there is no card. Refuses
    with ``card.death_not_verified``.
    """
    with transaction.atomic():
        person = Person.rows.select_for_update().get(county=county, id=person_id)
        found = Card.objects.filter(county=county, person=person).exclude(state=Card.State.CLOSED).first()
        if found is None:
            return None
        if person.died_on is None:
            raise STILL_ALIVE("person")
        card = lock(county=county, card_id=found.id)
        _close(card, because="death", at=at, on=on, by=by)
        for purse in _active(card):
            if purse.fund.refund == Fund.Refund.HEIRS:
                PURSE.move(purse, "leave_to_heirs")
                purse.save(update_fields=["state"])
            else:
                last = person.died_on + timedelta(days=purse.fund.late_days)
                purse.book_until = max(purse.valid_from, min(purse.book_until, last))
                purse.save(update_fields=["book_until"])
        _return_to_funds(card, [purse for purse in _active(card) if purse.book_until < on], at=at, on=on)
    return card


def close_by_wish(*, card: Card, because: str, at: datetime, on: date, by: str) -> Card:
    """Close a card that its holder does not want any more, or that moved away with them.

    What is held comes back first, and public money goes back at once. Refuses with ``card.say_why``,
    ``card.wrong_state`` or, while family money stands on it, ``card.family_money_left``: that is refunded to who paid
    it first.
    """
    if not because.strip():
        raise NEEDS_REASON("because")
    with transaction.atomic():
        card = lock(county=card.county, card_id=card.id)
        release_all(card=card, at=at, on=on, by=by)
        purses = _active(card)
        stands = balances(purses)
        family = sum(stands[purse.id] for purse in purses if purse.fund.refund == Fund.Refund.HEIRS)
        if family:
            raise FAMILY_MONEY("card", fen=family)
        _close(card, because=because, at=at, on=on, by=by)
        _return_to_funds(card, purses, at=at, on=on)
    return card


def _active(card: Card) -> list[Purse]:
    """The card's purses in use, locked in the order in which a run that expires them would lock them."""
    rows = Purse.objects.filter(county=card.county, card=card, state=Purse.State.ACTIVE)
    list(rows.select_for_update(no_key=True).order_by("id").values_list("id", flat=True))
    return list(rows.select_related("fund__books", "account").order_by("id"))


def _close(card: Card, *, because: str, at: datetime, on: date, by: str) -> None:
    CARD.move(card, "close")
    card.closed_on, card.closed_because = on, because.strip()[:200]
    card.save(update_fields=["state", "closed_on", "closed_because"])
    end_media(card, kinds=[Medium.Kind.PIN], because=because, at=at, by=by)
    end_with_card(card=card, because=because, at=at, by=by)
    month = str(Month.of(on))
    open_ = Standing.objects.filter(county=card.county, card=card, last_month="")
    open_.filter(first_month__lte=month).update(last_month=month)
    note(
        county=card.county,
        at=at,
        actor=by,
        act="card.close",
        subject="card",
        subject_id=card.id,
        reason=because.strip()[:300],
        person=str(card.person_id),
    )


def _return_to_funds(card: Card, purses: list[Purse], *, at: datetime, on: date) -> None:
    stands = balances(purses)
    moves = [
        Move(purse.account, account_of(purse.fund), stands[purse.id], "return", about=purse.id)
        for purse in purses
        if stands[purse.id]
    ]
    for purse in purses:
        PURSE.move(purse, "expire")
        purse.save(update_fields=["state"])
    if moves:
        post(county=card.county, moves=moves, at=at, on=on)


def propose_to_heir(
    *, county: str, purse_id: UUID, amount_fen: int, heir: Heir, at: datetime, by: str, paper: StoredFile | None = None
) -> HeirPayment:
    """Somebody inherits what the family had put onto the card; another person decides.

    Refuses with ``card.unknown``, ``card.not_for_heirs``, ``card.needs_evidence`` or ``input.*``.
    """
    whole(amount_fen, "amount_fen", least=1)
    if not (heir.name.strip() and heir.evidence.strip()):
        raise NEEDS_EVIDENCE("heir")
    with transaction.atomic():
        purse = _purse(county, purse_id)
        if purse.state != Purse.State.FOR_HEIRS:
            raise NOT_FOR_HEIRS("purse")
        row = HeirPayment.objects.create(
            county=county,
            purse=purse,
            amount_fen=amount_fen,
            name=heir.name.strip()[:60],
            relation=heir.relation.strip()[:20],
            evidence=heir.evidence.strip()[:200],
            paper=paper,
            proposed_by=by,
            proposed_at=at,
        )
        _note_heir("card.propose_to_heir", row, at=at, by=by)
    return row


def pay_heir(*, county: str, payment_id: UUID, at: datetime, on: date, by: str) -> HeirPayment:
    """Another person approves, and the money leaves the purse; when nothing is left in it, it is closed.

    Refuses with ``card.unknown``, ``card.wrong_state``, ``card.same_person`` or ``ledger.insufficient``.
    """
    with transaction.atomic():
        row, purse = _heir_payment(county, payment_id)
        HEIR_PAYMENT.move(row, "approve")
        if by == row.proposed_by:
            raise SAME_PERSON("by")
        post(
            county=county,
            moves=[Move(purse.account, paid_back(purse.fund), row.amount_fen, "to_heir", about=row.id)],
            at=at,
            on=on,
        )
        row.decided_by, row.decided_at = by, at
        row.save(update_fields=["state", "decided_by", "decided_at"])
        if not balances([purse])[purse.id]:
            PURSE.move(purse, "pay_out")
            purse.save(update_fields=["state"])
        _note_heir("card.pay_heir", row, at=at, by=by)
    return row


def decline_heir(*, county: str, payment_id: UUID, because: str, at: datetime, by: str) -> HeirPayment:
    """Another person says no, and why. Refuses with ``card.say_why``, ``card.same_person`` or ``card.wrong_state``."""
    if not because.strip():
        raise NEEDS_REASON("because")
    with transaction.atomic():
        row, _ = _heir_payment(county, payment_id)
        HEIR_PAYMENT.move(row, "decline")
        if by == row.proposed_by:
            raise SAME_PERSON("by")
        row.decided_by, row.decided_at, row.because = by, at, because.strip()[:200]
        row.save(update_fields=["state", "decided_by", "decided_at", "because"])
        _note_heir("card.decline_heir", row, at=at, by=by)
    return row


def _purse(county: str, purse_id: UUID) -> Purse:
    """The card first, then its purse."""
    found = Purse.objects.filter(county=county, id=purse_id).values_list("card_id", flat=True).first()
    if found is None:
        raise UNKNOWN_CARD("purse")
    lock(county=county, card_id=found)
    return Purse.objects.select_related("fund__books", "account").get(county=county, id=purse_id)


def _heir_payment(county: str, payment_id: UUID) -> tuple[HeirPayment, Purse]:
    found = HeirPayment.objects.filter(county=county, id=payment_id).values_list("purse_id", flat=True).first()
    if found is None:
        raise UNKNOWN_CARD("payment")
    purse = _purse(county, found)
    return HeirPayment.objects.get(county=county, id=payment_id), purse


def _note_heir(act: str, row: HeirPayment, *, at: datetime, by: str) -> None:
    note(
        county=row.county,
        at=at,
        actor=by,
        act=act,
        subject="card_purse",
        subject_id=row.purse_id,
        reason=row.because,
        payment=str(row.id),
        fen=row.amount_fen,
    )
