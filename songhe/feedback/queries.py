"""Reads of ratings and complaints for the doors."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.db.models import Avg, Count, Q, QuerySet

from songhe.access.scope import Scope
from songhe.feedback.models import Complaint, Rating
from songhe.feedback.states import OPEN
from songhe.redemption.models import Bill

#: Fewer ratings than this are not averaged in public: one of them would be readable from the average.
LEAST_RATINGS = 5


@dataclass(frozen=True)
class Score:
    """How a provider is rated: tenths of a star, ``None`` while there are too few."""

    count: int
    tenths: int | None

    @property
    def mean(self) -> str:
        """4.3, or nothing."""
        return "" if self.tenths is None else f"{self.tenths // 10}.{self.tenths % 10}"


def scores(*, county: str, provider_ids: Collection[int]) -> dict[int, Score]:
    """The ratings of these providers in the county, of bills that were not undone, in one query."""
    rows = (
        Rating.rows.filter(
            county=county,
            provider_id__in=list(provider_ids),
            bill__state__in=[Bill.State.BOOKED, Bill.State.PROVISIONAL],
        )
        .order_by()
        .values("provider_id")
        .annotate(count=Count("id"), mean=Avg("stars"))
    )
    return {
        row["provider_id"]: Score(row["count"], round(row["mean"] * 10) if row["count"] >= LEAST_RATINGS else None)
        for row in rows
    }


def ratings_of(*, county: str, bill_ids: Iterable[UUID]) -> dict[UUID, Rating]:
    """The ratings of these bills, by bill."""
    return {row.bill_id: row for row in Rating.rows.filter(county=county, bill_id__in=list(bill_ids))}


def mine(scope: Scope) -> QuerySet[Complaint]:
    """The complaints of the people whom the scope reaches by name, the newest first."""
    reached = Scope(person_ids=scope.person_ids, purpose=scope.purpose)
    return Complaint.objects.within(reached).select_related("provider").order_by("-received_at", "-id")


def seen_by_staff(scope: Scope, *, confidential: bool) -> QuerySet[Complaint]:
    """The complaints of the scope's counties; the confidential ones only for who may read them."""
    reached = Scope(divisions=scope.divisions, purpose=scope.purpose)
    rows = Complaint.objects.within(reached)
    return rows if confidential else rows.filter(confidential=False)


def open_for(scope: Scope, *, confidential: bool = False) -> QuerySet[Complaint]:
    """Those that wait for an answer, the soonest due first."""
    rows = seen_by_staff(scope, confidential=confidential).filter(state__in=OPEN)
    return rows.select_related("provider").order_by("due_on", "received_at", "id")


def overdue(scope: Scope, on: date, *, confidential: bool = False) -> QuerySet[Complaint]:
    return open_for(scope, confidential=confidential).filter(due_on__lt=on)


def by_number(no: str) -> Complaint | None:
    """A complaint by its number, for who made it; whether they may see it is asked of the code or the telephone."""
    return Complaint.rows.select_related("provider").filter(county=no[:6], no=no).first()


def counts(scope: Scope, on: date, *, confidential: bool) -> dict[str, int]:
    """How many are in each state, and ``overdue``, in one query."""
    states = {state: Count("id", filter=Q(state=state)) for state in Complaint.State.values}
    late = Count("id", filter=Q(state__in=OPEN, due_on__lt=on))
    return seen_by_staff(scope, confidential=confidential).aggregate(**states, overdue=late)
