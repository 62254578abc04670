"""Ask the bank what became of the pay-outs that were sent to it, and match its answers. 银行回单"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from uuid import UUID

from songhe.jobs.models import Outgoing
from songhe.kernel.refusal import reason
from songhe.month.wiring import bank
from songhe.settlement.models import Batch
from songhe.settlement.payout import TOPIC
from songhe.settlement.ports import BankRow
from songhe.settlement.reconcile import Reconciled, reconcile

log = logging.getLogger(__name__)

NOTHING_OUT = reason(
    "month.nothing_at_the_bank",
    zh="没有已送银行、等回单的付款批次。",
    en="No pay-out is at the bank waiting for an answer.",
    status=409,
)
BANK_SILENT = reason(
    "month.bank_silent",
    zh="银行没有答复，请稍后再读取。",
    en="The bank did not answer; try again later.",
    status=503,
)


def sent(batches: Iterable[Batch]) -> set[UUID]:
    """Which of the batches' files the bank has taken, by the outbox."""
    ids = {row.id: row.county for row in batches}
    taken = Outgoing.objects.filter(
        county__in=set(ids.values()), topic=TOPIC, about__in=list(ids), done_at__isnull=False
    )
    return set(taken.values_list("about", flat=True))


def at_the_bank(county: str | None = None) -> list[Batch]:
    """The pay-outs, of one county or of all, whose file the bank has taken and that wait for its answers."""
    rows = Batch.objects.filter(state=Batch.State.RELEASED)
    if county is not None:
        rows = rows.filter(county=county)
    released = list(rows.order_by("county", "made_at", "id"))
    taken = sent(released)
    return [row for row in released if row.id in taken]


def ask_bank(*, county: str, on: date) -> Sequence[BankRow]:
    """The bank's statement, asked for outside any transaction, if a pay-out waits for an answer.

    Refuses with ``month.nothing_at_the_bank``, or ``month.bank_silent`` when the adapter fails.
    """
    if not at_the_bank(county):
        raise NOTHING_OUT("county")
    try:
        return bank().statement(county=county, on=on)
    except Exception as error:
        log.warning("the bank's statement for %s failed: %s", county, type(error).__name__)
        raise BANK_SILENT("bank") from error


def read_answers(*, county: str, at: datetime, on: date, by: str) -> Reconciled:
    """Read the bank's statement and match it; read again it changes nothing. Refuses as ``ask_bank``."""
    return reconcile(county=county, rows=ask_bank(county=county, on=on), at=at, on=on, by=by)
