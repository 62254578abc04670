"""Rent by the day, one line a month, for the till; it stops at the return and at a death. 租金"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db import transaction
from django.db.models import Q

from songhe.aid.days import Days, days_in
from songhe.aid.models import Loan, Rent
from songhe.county.key import new_id
from songhe.kernel.month import Month
from songhe.kernel.refusal import reason
from songhe.person.deceased import days_of_death
from songhe.provider.models import Item, Provider
from songhe.trail.note import note

MONTH_NOT_BEGUN = reason("aid.month_not_begun", zh="{month}还没有开始。", en="{month} has not begun.", status=409)


@dataclass(frozen=True)
class Priced:
    """A line for the till: the days of a month for one piece, at the price that was promised."""

    line_id: UUID
    loan: Loan
    provider: Provider
    item: Item
    first: date
    service_on: date
    quantity: int
    price_fen: int

    @property
    def fee_fen(self) -> int:
        return self.quantity * self.price_fen


@dataclass
class Drawn:
    """Lines newly drawn up, lines changed, and lines that a bill holds though the days differ: reverse those first."""

    made: int = 0
    changed: int = 0
    held: int = 0


def draw_up(*, county: str, month: Month, at: datetime, on: date, by: str, provider: Provider | None = None) -> Drawn:
    """The month's line of every loan of a county, or of one provider: what is over, or has come back.

    Running again adds nothing; a line that no bill holds follows a return or a death that was heard of later.
    Refuses with ``aid.month_not_begun``.
    """
    if month.first > on:
        raise MONTH_NOT_BEGUN("month", month=month)
    rows = Loan.objects.filter(Q(returned_on__isnull=True) | Q(returned_on__gte=month.first), county=county)
    rows = rows.filter(out_on__lte=month.last)
    if provider is not None:
        rows = rows.filter(provider=provider)
    with transaction.atomic():
        loans = list(rows.select_for_update().order_by("id"))
        drawn = _draw(county, loans, [month], at=at, on=on)
        if drawn.made or drawn.changed:
            note(
                county=county,
                at=at,
                actor=by,
                act="aid.draw_up",
                subject="month",
                subject_id=f"{provider.pk if provider else ''}:{month}",
                made=drawn.made,
                changed=drawn.changed,
                held=drawn.held,
            )
    return drawn


def draw_loan(loan: Loan, *, at: datetime, on: date) -> Drawn:
    """Every month of one loan, in the caller's transaction: it has come back, and the family can pay the whole."""
    months, month = [], Month.of(loan.out_on)
    while month.first <= on:
        months.append(month)
        month = month.plus(1)
    return _draw(loan.county, [loan], months, at=at, on=on)


def _draw(county: str, loans: Iterable[Loan], months: list[Month], *, at: datetime, on: date) -> Drawn:
    loans = list(loans)
    died = days_of_death(county, [loan.person_id for loan in loans])
    rows = Rent.objects.filter(county=county, loan_id__in=[loan.id for loan in loans], month__in=map(str, months))
    known = {(row.loan_id, row.month): row for row in rows}
    done, new, changed = Drawn(), [], []
    for loan in loans:
        dead = died.get(loan.person_id)
        for month in months:
            if loan.returned_on is None and dead is None and month.last >= on:
                continue
            days = days_in(
                month, out_on=loan.out_on, returned_on=loan.returned_on, died_on=dead, until=min(on, month.last)
            )
            row = known.get((loan.id, str(month)))
            if row is None:
                if days.count:
                    new.append(_row(loan, month, days, at))
            elif (row.first, row.last, row.days) != (days.first, days.last, days.count):
                if row.billed_line is not None:
                    done.held += 1
                    continue
                row.first, row.last, row.days, row.at = days.first, days.last, days.count, at
                row.fee_fen = days.count * loan.day_fen
                changed.append(row)
    Rent.objects.bulk_create(new)
    for row in changed:
        row.save(update_fields=["first", "last", "days", "fee_fen", "at"])
    done.made, done.changed = len(new), len(changed)
    return done


def _row(loan: Loan, month: Month, days: Days, at: datetime) -> Rent:
    return Rent(
        county=loan.county,
        id=new_id(),
        loan_id=loan.id,
        month=str(month),
        first=days.first,
        last=days.last,
        days=days.count,
        day_fen=loan.day_fen,
        fee_fen=days.count * loan.day_fen,
        at=at,
    )


def so_far(loan: Loan, *, on: date, died_on: date | None) -> tuple[int, int]:
    """Days and fen of a loan until the end of a day, charged or not."""
    days, month = 0, Month.of(loan.out_on)
    while month.first <= on:
        days += days_in(
            month, out_on=loan.out_on, returned_on=loan.returned_on, died_on=died_on, until=min(on, month.last)
        ).count
        month = month.plus(1)
    return days, days * loan.day_fen


def to_charge(
    *, county: str, provider: Provider | None = None, person_id: UUID | None = None, line_id: UUID | None = None
) -> list[Priced]:
    """The lines that no bill holds yet, or one of them, the oldest first; two statements."""
    rows = Rent.objects.filter(county=county, billed_line=None, days__gt=0)
    if line_id is not None:
        rows = rows.filter(id=line_id)
    loans = Loan.objects.filter(county=county).select_related("provider", "item", "person", "piece__aid")
    if provider is not None:
        loans = loans.filter(provider=provider)
    if person_id is not None:
        loans = loans.filter(person_id=person_id)
    found = {loan.id: loan for loan in loans.filter(id__in=rows.values("loan_id"))}
    return [
        Priced(
            row.id,
            found[row.loan_id],
            found[row.loan_id].provider,
            found[row.loan_id].item,
            row.first,
            row.last,
            row.days,
            row.day_fen,
        )
        for row in rows.filter(loan_id__in=list(found)).order_by("month", "id")
    ]


def mark_charged(*, county: str, line_id: UUID, billed_line: UUID) -> bool:
    """Say which bill line charges it, in the till's transaction; only once. False: a bill holds it already."""
    rows = Rent.objects.filter(county=county, id=line_id, billed_line=None, days__gt=0)
    return bool(rows.update(billed_line=billed_line))


def mark_reversed(*, county: str, line_id: UUID, billed_line: UUID) -> bool:
    """The bill line that charged it was reversed: it may be charged again."""
    return bool(Rent.objects.filter(county=county, id=line_id, billed_line=billed_line).update(billed_line=None))
