"""Reads for the elder, the desk and the county; each in a bounded number of statements."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.db.models import Count, Q, QuerySet, Sum

from songhe.aid.days import days_in
from songhe.aid.fit import OPEN
from songhe.aid.models import Aid, Deposit, Fitting, Inspection, Loan, Offer, Piece, Recall
from songhe.aid.rent import so_far
from songhe.kernel.month import Month
from songhe.person.deceased import days_of_death
from songhe.provider.models import Provider

#: What a desk shows of what is over.
PAST = 50


@dataclass(frozen=True)
class Lent:
    """A loan with what belongs to it: how many days were and what they cost, its deposit, how it came back."""

    loan: Loan
    days: int
    fee_fen: int
    deposit: Deposit | None
    inspection: Inspection | None
    died_on: date | None

    @property
    def is_out(self) -> bool:
        return self.loan.returned_on is None

    @property
    def recalled(self) -> bool:
        return self.is_out and self.loan.piece.recall_id is not None

    @property
    def can_settle(self) -> bool:
        decided = self.inspection is not None and self.inspection.state == Inspection.State.DECIDED
        return decided and self.deposit is not None and self.deposit.state == Deposit.State.HELD


def lent(county: str, loans: Iterable[Loan], on: date) -> list[Lent]:
    """These loans with their days until today, deposits and checks; four statements."""
    rows = list(loans)
    ids = [row.id for row in rows]
    deposits = {row.loan_id: row for row in Deposit.objects.filter(county=county, loan_id__in=ids)}
    checks = {row.loan_id: row for row in Inspection.objects.filter(county=county, loan_id__in=ids)}
    died = days_of_death(county, [row.person_id for row in rows])
    found = []
    for row in rows:
        dead = died.get(row.person_id)
        days, fen = so_far(row, on=on, died_on=dead)
        found.append(Lent(row, days, fen, deposits.get(row.id), checks.get(row.id), dead))
    return found


def loans() -> QuerySet[Loan]:
    return Loan.objects.select_related("person", "provider", "piece__aid", "fitting")


def loans_of(*, county: str, person_id: UUID, on: date) -> list[Lent]:
    """What somebody has and had, what is out first."""
    rows = loans().filter(county=county, person_id=person_id).order_by("-out_on", "-id")[:PAST]
    return sorted(lent(county, rows, on), key=lambda one: not one.is_out)


def fittings_of(*, county: str, person_id: UUID) -> list[Fitting]:
    """Fittings of somebody, the newest first."""
    rows = Fitting.objects.filter(county=county, person_id=person_id).select_related("provider", "aid")
    return list(rows.order_by("-asked_on", "-id")[:PAST])


def lenders(county: str, on: date) -> list[Provider]:
    """The providers that have pieces in the county and a price for any, by name; one statement."""
    offers = Offer.objects.filter(Q(valid_to__isnull=True) | Q(valid_to__gte=on), valid_from__lte=on)
    held = Piece.objects.filter(county=county).exclude(state=Piece.State.RETIRED)
    rows = Provider.objects.filter(pk__in=offers.values("provider")).filter(pk__in=held.values("provider"))
    return list(rows.order_by("name", "id"))


def open_fittings(*, counties: Sequence[str], provider: Provider) -> list[Fitting]:
    """What is under way at a provider, the oldest first."""
    rows = Fitting.objects.filter(county__in=counties, provider=provider, state__in=OPEN)
    return list(rows.select_related("person", "aid").order_by("asked_on", "id")[:200])


def out_of(*, counties: Sequence[str], provider: Provider) -> list[Loan]:
    """What is out, what somebody wants fetched first."""
    rows = list(loans().filter(county__in=counties, provider=provider, returned_on=None).order_by("out_on", "id"))
    return sorted(rows, key=lambda row: (row.back_asked_on is None, row.back_asked_on or row.out_on))


def to_settle(*, counties: Sequence[str], provider: Provider) -> list[Deposit]:
    """Deposits that are still held for what is back."""
    rows = Deposit.objects.filter(county__in=counties, state=Deposit.State.HELD, loan__provider=provider)
    back = rows.filter(loan__returned_on__isnull=False).select_related("loan__person", "loan__piece__aid")
    return list(back.order_by("loan__returned_on", "id"))


def pieces(*, counties: Sequence[str], provider: Provider, state: str = "") -> QuerySet[Piece]:
    """The pieces of a provider, those that wait for something first."""
    rows = Piece.objects.filter(county__in=counties, provider=provider).select_related("aid", "recall")
    return (rows.filter(state=state) if state else rows).order_by("aid__name", "size", "serial")


def by_state(*, counties: Sequence[str], provider: Provider | None = None) -> dict[str, int]:
    rows = Piece.objects.filter(county__in=counties)
    if provider is not None:
        rows = rows.filter(provider=provider)
    told = dict(rows.values_list("state").annotate(count=Count("id")).order_by())
    return {state: told.get(state, 0) for state in Piece.State.values}


@dataclass(frozen=True)
class Stand:
    """A county's aids on a day: pieces by state, days of the month until now, and the deposits that are held."""

    states: dict[str, int]
    days: int
    fee_fen: int
    deposits: int
    deposits_fen: int
    waiting: int


def stand(county: str, month: Month, on: date) -> Stand:
    """Seven statements, however many pieces."""
    rows = Loan.objects.filter(county=county, out_on__lte=min(on, month.last))
    rows = rows.filter(Q(returned_on__isnull=True) | Q(returned_on__gte=month.first))
    found = list(rows)
    died = days_of_death(county, [row.person_id for row in found])
    days = fee = 0
    for row in found:
        count = days_in(
            month,
            out_on=row.out_on,
            returned_on=row.returned_on,
            died_on=died.get(row.person_id),
            until=min(on, month.last),
        ).count
        days, fee = days + count, fee + count * row.day_fen
    held = Deposit.objects.filter(county=county, state=Deposit.State.HELD)
    told = held.aggregate(count=Count("id"), fen=Sum("amount_fen"))
    waiting = Fitting.objects.filter(county=county, state__in=OPEN).count()
    return Stand(by_state(counties=[county]), days, fee, told["count"], told["fen"] or 0, waiting)


@dataclass(frozen=True)
class ByLender:
    """A provider's pieces by state, and the deposits that it holds."""

    provider: Provider
    states: dict[str, int]
    deposits: int
    deposits_fen: int

    @property
    def pieces(self) -> int:
        return sum(count for state, count in self.states.items() if state != Piece.State.RETIRED)


def by_lender(county: str) -> list[ByLender]:
    """Every provider with pieces in the county, by name; three statements."""
    counted: dict[int, dict[str, int]] = {}
    told = Piece.objects.filter(county=county).values_list("provider_id", "state").annotate(count=Count("id"))
    for provider, state, count in told.order_by():
        counted.setdefault(provider, {})[state] = count
    held: dict[int, Any] = {
        row["loan__provider_id"]: row
        for row in Deposit.objects.filter(county=county, state=Deposit.State.HELD)
        .values("loan__provider_id")
        .annotate(count=Count("id"), fen=Sum("amount_fen"))
        .order_by()
    }
    rows = Provider.objects.filter(pk__in=counted).order_by("name", "id")
    return [
        ByLender(
            row,
            {state: counted[row.pk].get(state, 0) for state in Piece.State.values},
            held.get(row.pk, {}).get("count", 0),
            held.get(row.pk, {}).get("fen", 0),
        )
        for row in rows
    ]


def by_aid(county: str) -> list[tuple[Aid, dict[str, int]]]:
    """Every aid of which there are pieces in the county; two statements."""
    counted: dict[int, dict[str, int]] = {}
    told = Piece.objects.filter(county=county).values_list("aid_id", "state").annotate(count=Count("id"))
    for aid, state, count in told.order_by():
        counted.setdefault(aid, {})[state] = count
    rows = Aid.objects.filter(pk__in=counted).order_by("name", "id")
    return [(row, {state: counted[row.pk].get(state, 0) for state in Piece.State.values}) for row in rows]


def claims(county: str) -> list[Inspection]:
    """Damages that wait for a decision, the oldest first."""
    rows = Inspection.objects.filter(county=county, state=Inspection.State.CLAIMED)
    return list(rows.select_related("loan__provider", "loan__piece__aid", "loan__person").order_by("on", "id")[:200])


def recalls(county: str) -> list[tuple[Recall, int]]:
    """Recalls, the newest first, each with how many of its pieces are still out; two statements."""
    rows = list(Recall.objects.filter(county=county).select_related("aid").order_by("-on", "-id")[:PAST])
    out = Piece.objects.filter(county=county, recall__in=rows, state=Piece.State.OUT).values_list("recall_id")
    counted = dict(out.annotate(count=Count("id")).order_by())
    return [(row, counted.get(row.id, 0)) for row in rows]
