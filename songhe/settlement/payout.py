"""Pay approved statements: one person makes the batch, another releases it, and one file goes to the bank. 拨付"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from songhe.county.key import new_id
from songhe.document.number import number, take
from songhe.jobs.outbox import put
from songhe.kernel.month import Month
from songhe.kernel.refusal import Refusal, reason
from songhe.provider.bank import account_on, number_of
from songhe.settlement.approve import require_sums
from songhe.settlement.bank_file import write_orders
from songhe.settlement.models import Batch, Payment, Statement
from songhe.settlement.ports import Bank, BankFile, PayOrder
from songhe.settlement.share import Due, parts_of, pay
from songhe.settlement.statement import NEEDS_REASON, SAME_PERSON, require_not_held
from songhe.settlement.states import BATCH, PAYMENT, STATEMENT
from songhe.trail.note import note

#: The outbox's topic of a file that is to go to the bank.
TOPIC = "settlement.bank_file"

NOTHING_TO_PAY = reason(
    "settlement.nothing_to_pay",
    zh="{month}没有可以付款的结算单。",
    en="There is no statement of {month} that can be paid.",
    status=409,
)
UNKNOWN_BATCH = reason("settlement.unknown_batch", zh="没有这个付款批次。", en="There is no such pay-out.", status=404)
UNKNOWN_PAYMENT = reason("settlement.unknown_payment", zh="没有这笔付款。", en="There is no such payment.", status=404)
TOTALS_DIFFER = reason(
    "settlement.totals_differ",
    zh="付款批次{no}的合计{written}分与各笔之和{found}分不符。",
    en="Pay-out {no} is over {written} fen, and its payments sum to {found} fen.",
    status=409,
)
FILE_DIFFERS = reason(
    "settlement.file_differs",
    zh="付款批次{no}的文件与放行时不同，不能送出。",
    en="The file of pay-out {no} is not the one that was released, and is not sent.",
    status=409,
)


@dataclass
class Made:
    """The batch, and the statements left out of it: (number, refusal code) of each."""

    batch: Batch
    left_out: list[tuple[str, str]] = field(default_factory=list)


def make(*, county: str, programme: str, month: Month, at: datetime, by: str) -> Made:
    """Put the approved statements of a month that are not held or on their way into one batch.

    A provider without a bank account in force is left out and named, so that it holds up nobody else. A payment that
    the bank returned can be made again. Refuses with ``settlement.nothing_to_pay``.
    """
    with transaction.atomic():
        waiting = list(
            Statement.objects.select_for_update(of=("self",))
            .select_related("provider")
            .filter(county=county, programme=programme, month=str(month), state=Statement.State.APPROVED)
            .order_by("id")
        )
        alive = set(
            Payment.objects.filter(county=county, statement_id__in=[row.id for row in waiting])
            .exclude(state=Payment.State.RETURNED)
            .values_list("statement_id", flat=True)
        )
        batch = Batch(
            county=county,
            id=new_id(),
            programme=programme,
            month=str(month),
            total_fen=0,
            made_by=by,
            made_at=at,
        )
        left_out: list[tuple[str, str]] = []
        payments: list[Payment] = []
        for statement in sorted(waiting, key=lambda row: row.no):
            if statement.id in alive:
                continue
            try:
                require_not_held(statement)
                account = account_on(statement.provider, at)
            except Refusal as refusal:
                left_out.append((statement.no, refusal.code))
                continue
            payments.append(
                Payment(
                    county=county,
                    id=new_id(),
                    batch=batch,
                    statement=statement,
                    provider_id=statement.provider_id,
                    account=account,
                    amount_fen=statement.net_fen,
                )
            )
        if not payments:
            raise NOTHING_TO_PAY("month", month=month)
        batch.no = number(county, month, take(county, "payout", month))
        batch.total_fen = sum(payment.amount_fen for payment in payments)
        batch.save(force_insert=True)
        Payment.objects.bulk_create(payments)
        _note("settlement.make", batch, at=at, by=by, payments=len(payments), left_out=len(left_out))
    return Made(batch, left_out)


def take_out(*, county: str, payment_id: UUID, because: str, at: datetime, by: str) -> Payment:
    """Take one statement out of a batch that is not released yet; it can be paid in another.

    Refuses with ``settlement.needs_reason`` or ``settlement.wrong_state``.
    """
    if not because.strip():
        raise NEEDS_REASON("because")
    with transaction.atomic():
        known = Payment.objects.filter(county=county, id=payment_id).values_list("batch_id", flat=True).first()
        if known is None:
            raise UNKNOWN_PAYMENT("payment")
        batch = lock_batch(county=county, batch_id=known)
        payment = Payment.objects.select_for_update().get(county=county, id=payment_id)
        PAYMENT.move(payment, "take_out")
        payment.returned_because = because.strip()[:200]
        payment.save(update_fields=["state", "returned_because"])
        batch.total_fen -= payment.amount_fen
        batch.save(update_fields=["total_fen"])
        _note("settlement.take_out", batch, at=at, by=by, reason=because.strip()[:300], payment=str(payment.id))
    return payment


def release(*, county: str, batch_id: UUID, at: datetime, on: date, by: str) -> Batch:
    """Let the batch go: book what is paid from each fund and part, and have the file sent to the bank.

    Another person than its maker, and than whoever approved any of its statements, releases it. Every statement is
    counted again and must not be held; the batch, its statements, the parts and the file sum to the same fen. The
    file is sent by the outbox once this is committed. Refuses with ``settlement.same_person``, ``settlement.held``,
    ``settlement.amounts_differ``, ``settlement.totals_differ``, ``settlement.nothing_to_pay`` or
    ``settlement.wrong_state``.
    """
    with transaction.atomic():
        batch = lock_batch(county=county, batch_id=batch_id)
        BATCH.move(batch, "release")
        payments = list(
            Payment.objects.select_for_update()
            .filter(county=county, batch_id=batch.id, state=Payment.State.WAITING)
            .order_by("id")
        )
        if not payments:
            raise NOTHING_TO_PAY("batch", month=batch.month)
        statements = {
            row.id: row
            for row in Statement.objects.select_for_update()
            .filter(county=county, id__in=[payment.statement_id for payment in payments])
            .order_by("id")
        }
        if by == batch.made_by or any(by == row.approved_by for row in statements.values()):
            raise SAME_PERSON("by")
        parts = parts_of(county=county, statement_ids=list(statements))
        for payment in payments:
            statement = statements[payment.statement_id]
            STATEMENT.check(statement.state, "pay")
            require_not_held(statement)
            require_sums(statement)
            found = sum(parts[statement.id].values())
            if not payment.amount_fen == statement.net_fen == found:
                raise TOTALS_DIFFER("payment", no=batch.no, written=payment.amount_fen, found=found)
        if batch.total_fen != sum(payment.amount_fen for payment in payments):
            found = sum(payment.amount_fen for payment in payments)
            raise TOTALS_DIFFER("batch", no=batch.no, written=batch.total_fen, found=found)
        for position, payment in enumerate(payments, start=1):
            payment.bank_reference = f"{batch.no}-{position:04d}"
            PAYMENT.move(payment, "send")
            payment.save(update_fields=["state", "bank_reference"])
        pay(
            county=county,
            programme=batch.programme,
            dues=[Due(payment.provider_id, payment.id, parts[payment.statement_id]) for payment in payments],
            at=at,
            on=on,
        )
        batch.released_by, batch.released_at = by, at
        batch.file_sha256 = file_of(batch).sha256
        batch.save(update_fields=["state", "released_by", "released_at", "file_sha256"])
        put(county=county, topic=TOPIC, about=batch.id, payload={"batch": str(batch.id)}, at=at)
        _note("settlement.release", batch, at=at, by=by, payments=len(payments), file_sha256=batch.file_sha256)
    return batch


def file_of(batch: Batch) -> BankFile:
    """The file of a released batch, the same to the byte whenever it is asked for.

    Account numbers are decrypted here and nowhere else.
    """
    payments = (
        Payment.objects.filter(county=batch.county, batch_id=batch.id)
        .exclude(bank_reference="")
        .select_related("account", "statement")
        .order_by("bank_reference")
    )
    orders = [
        PayOrder(
            reference=payment.bank_reference,
            holder=payment.account.holder,
            bank=payment.account.bank,
            account_number=number_of(payment.account),
            amount_fen=payment.amount_fen,
            purpose=f"养老服务消费补贴结算 {payment.statement.no}",
        )
        for payment in payments
    ]
    content = write_orders(orders)
    return BankFile(
        county=batch.county,
        batch_no=batch.no,
        content=content,
        sha256=hashlib.sha256(content).hexdigest(),
        count=len(orders),
        total_fen=sum(order.amount_fen for order in orders),
    )


def send(*, county: str, batch_id: UUID, bank: Bank, at: datetime) -> BankFile:
    """Hand the file of a released batch to the bank, as often as it takes; the bank takes it once.

    Refuses with ``settlement.file_differs`` when it is no longer the file that was released.
    """
    batch = Batch.objects.filter(county=county, id=batch_id).first()
    if batch is None:
        raise UNKNOWN_BATCH("batch")
    file = file_of(batch)
    if file.sha256 != batch.file_sha256 or file.total_fen != batch.total_fen:
        raise FILE_DIFFERS("batch", no=batch.no)
    bank.send(file)
    _note("settlement.send", batch, at=at, by="run:outbox", file_sha256=file.sha256, count=file.count)
    return file


def lock_batch(*, county: str, batch_id: UUID) -> Batch:
    """Refuses with ``settlement.unknown_batch``."""
    batch = Batch.objects.select_for_update().filter(county=county, id=batch_id).first()
    if batch is None:
        raise UNKNOWN_BATCH("batch")
    return batch


def _note(act: str, batch: Batch, *, at: datetime, by: str, reason: str = "", **detail: Any) -> None:
    note(
        county=batch.county,
        at=at,
        actor=by,
        act=act,
        subject="batch",
        subject_id=batch.id,
        reason=reason,
        behalf_of=None,
        total_fen=batch.total_fen,
        **detail,
    )
