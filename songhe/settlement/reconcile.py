"""Read the bank's statement back, and match it to what was sent. 对账"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from uuid import UUID

from django.db import transaction

from songhe.ledger.models import Account, Transfer
from songhe.ledger.post import Move, post
from songhe.settlement.models import Batch, Payment, Statement
from songhe.settlement.ports import BankRow, Outcome
from songhe.settlement.states import BATCH, PAYMENT, STATEMENT
from songhe.trail.note import note

#: Why a row of the bank's was not taken.
NO_SUCH_PAYMENT, OTHER_AMOUNT = "no_such_payment", "other_amount"


@dataclass
class Reconciled:
    """What a bank statement changed; ``unknown`` rows change nothing and wait for a person, each with the reason.

    ``came_back`` names each statement whose payment came back now, and the bank's words why.
    """

    paid: int = 0
    paid_fen: int = 0
    returned: int = 0
    returned_fen: int = 0
    repeated: int = 0
    unknown: list[tuple[BankRow, str]] = field(default_factory=list)
    came_back: list[tuple[str, str]] = field(default_factory=list)


def reconcile(*, county: str, rows: Sequence[BankRow], at: datetime, on: date, by: str) -> Reconciled:
    """Match each row by our reference and its amount to the fen.

    A payment that arrived settles its statement. One that came back, even after it had arrived, puts the money back
    to what is owed, and its statement can be paid again. A row read before changes nothing; a row that fits nothing
    is listed. A batch with an answer for every payment is matched.
    """
    done = Reconciled()
    with transaction.atomic():
        payments = {
            payment.bank_reference: payment
            for payment in Payment.objects.select_for_update()
            .filter(county=county, bank_reference__in={row.reference for row in rows if row.reference})
            .order_by("id")
        }
        statements = {
            row.id: row
            for row in Statement.objects.select_for_update()
            .filter(county=county, id__in={payment.statement_id for payment in payments.values()})
            .order_by("id")
        }
        back: list[UUID] = []
        for row in rows:
            payment = payments.get(row.reference)
            if payment is None or row.amount_fen != payment.amount_fen:
                done.unknown.append((row, NO_SUCH_PAYMENT if payment is None else OTHER_AMOUNT))
            elif row.outcome == Outcome.PAID:
                _arrived(payment, statements[payment.statement_id], row, done)
            elif _came_back(payment, statements[payment.statement_id], row, done):
                back.append(payment.id)
        _take_back(county, back, at=at, on=on)
        matched = _match(county, {payment.batch_id for payment in payments.values()})
        if rows:
            note(
                county=county,
                at=at,
                actor=by,
                act="settlement.reconcile",
                subject="bank_statement",
                subject_id=max(row.booked_on for row in rows).isoformat(),
                rows=len(rows),
                paid=done.paid,
                paid_fen=done.paid_fen,
                returned=done.returned,
                returned_fen=done.returned_fen,
                repeated=done.repeated,
                unknown=len(done.unknown),
                matched=matched,
            )
    return done


def _arrived(payment: Payment, statement: Statement, row: BankRow, done: Reconciled) -> None:
    if payment.state in {Payment.State.PAID, Payment.State.RETURNED}:
        # A bank may list the way out once more beside the way back: what came back stays back.
        done.repeated += 1
        return
    PAYMENT.move(payment, "pay")
    payment.booked_on = row.booked_on
    payment.save(update_fields=["state", "booked_on"])
    STATEMENT.move(statement, "pay")
    statement.version += 1
    statement.save(update_fields=["state", "version"])
    done.paid += 1
    done.paid_fen += payment.amount_fen


def _came_back(payment: Payment, statement: Statement, row: BankRow, done: Reconciled) -> bool:
    if payment.state == Payment.State.RETURNED:
        done.repeated += 1
        return False
    if payment.state == Payment.State.PAID:
        STATEMENT.move(statement, "bank_return")
        statement.version += 1
        statement.save(update_fields=["state", "version"])
    PAYMENT.move(payment, "return")
    payment.booked_on, payment.returned_because = row.booked_on, row.because[:200] or "returned"
    payment.save(update_fields=["state", "booked_on", "returned_because"])
    done.returned += 1
    done.returned_fen += payment.amount_fen
    done.came_back.append((statement.no, payment.returned_because))
    return True


def _take_back(county: str, payment_ids: list[UUID], *, at: datetime, on: date) -> None:
    """Turn the transfers of returned payments round, each once."""
    booked = list(
        Transfer.objects.filter(
            county=county, about__in=payment_ids, kind__in=["payout", "payout_offset"], reverses=None
        ).order_by("id")
    )
    ids = {each.debit_id for each in booked} | {each.credit_id for each in booked}
    accounts = {row.id: row for row in Account.objects.filter(county=county, id__in=ids).order_by("id")}
    post(
        county=county,
        moves=[
            Move(
                accounts[each.credit_id],
                accounts[each.debit_id],
                each.amount,
                "payout_return",
                about=each.about,
                reverses=each.id,
            )
            for each in booked
        ],
        at=at,
        on=on,
    )


def _match(county: str, batch_ids: set[UUID]) -> int:
    """Batches whose every payment has an answer."""
    unanswered: dict[UUID, int] = defaultdict(int)
    states = Payment.objects.filter(county=county, batch_id__in=batch_ids).order_by("id")
    for batch_id, state in states.values_list("batch_id", "state"):
        unanswered[batch_id] += state == Payment.State.SENT
    matched = 0
    for batch in Batch.objects.select_for_update().filter(county=county, id__in=batch_ids).order_by("id"):
        if not unanswered[batch.id] and BATCH.allows(batch.state, "match"):
            BATCH.move(batch, "match")
            batch.save(update_fields=["state"])
            matched += 1
    return matched
