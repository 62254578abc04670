"""Months of the books: which one takes a booking, and how one is closed for good."""

from __future__ import annotations

import hashlib
import json
from datetime import datetime
from typing import Any

from django.db import connection, transaction

from songhe.county.key import new_id
from songhe.kernel.month import Month
from songhe.kernel.refusal import reason
from songhe.ledger.models import Period

CLOSED = reason(
    "ledger.period_closed", zh="{month}的账已经结了，不能再记。", en="The books of {month} are closed.", status=409
)
EARLIER_OPEN = reason(
    "ledger.earlier_period_open",
    zh="{earlier}的账还没有结，不能先结{month}。",
    en="The books of {earlier} are still open; close them before {month}.",
    status=409,
)


def open_period(*, county: str, month: Month) -> None:
    """Make sure that the books of the month exist."""
    Period.objects.bulk_create([Period(county=county, month=str(month), id=new_id())], ignore_conflicts=True)


def hold_open(*, county: str, month: Month) -> Month:
    """The month that takes a booking of ``month``: itself, or the first one after it that is not closed.

    Keeps that month from being closed until the caller's transaction ends.
    """
    while True:
        with connection.cursor() as cursor:
            share = " FOR SHARE" if connection.vendor == "postgresql" else ""
            cursor.execute(
                f"SELECT closed_at FROM ledger_period WHERE county = %s AND month = %s{share}", [county, str(month)]
            )
            row = cursor.fetchone()
        if row is None:
            open_period(county=county, month=month)
        elif row[0] is None:
            return month
        else:
            month = month.next


def close(*, county: str, month: Month, report: dict[str, Any], by: str, at: datetime) -> Period:
    """Close the month's books for good over a report; earlier months must be closed first.

    Closing again with the same report answers with the closed period. Refuses with ``ledger.period_closed`` or
    ``ledger.earlier_period_open``.
    """
    open_period(county=county, month=month)
    digest = report_digest(report)
    with transaction.atomic():
        period = Period.objects.select_for_update().get(county=county, month=str(month))
        if period.closed_at is not None:
            if period.digest == digest:
                return period
            raise CLOSED("month", month=month)
        earlier = Period.objects.filter(county=county, month__lt=str(month), closed_at=None).order_by("month").first()
        if earlier:
            raise EARLIER_OPEN("month", month=month, earlier=earlier.month)
        period.closed_at, period.closed_by, period.report, period.digest = at, by, report, digest
        period.save()
    return period


def report_digest(report: dict[str, Any]) -> str:
    """The same figures give the same digest, to the byte."""
    return hashlib.sha256(json.dumps(report, ensure_ascii=False, sort_keys=True).encode()).hexdigest()
