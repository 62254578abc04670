"""What pages ask about credits: what waits for a witness, what a person had and spent, figures of a county."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.db.models import Count, Q, QuerySet, Sum

from songhe.credit.models import Deed, Holder, Rate, Scheme, Spending
from songhe.ledger.balance import balances
from songhe.ledger.models import Account


@dataclass(frozen=True)
class Sums:
    """A scheme in units: given in all, still held, spent at providers, lapsed; ``left`` may still be given."""

    scheme: Scheme
    holders: int
    given: int
    held: int
    spent: int
    lapsed: int
    left: int | None

    @property
    def agrees(self) -> bool:
        """Whatever was given is held, was spent or lapsed."""
        return self.given == self.held + self.spent + self.lapsed


def schemes_of(county: str, on: date | None = None) -> list[Scheme]:
    """The schemes of a county, or those in use on the day, by code; one statement."""
    rows = Scheme.objects.filter(county=county)
    if on is not None:
        rows = rows.filter(Q(last_day__isnull=True) | Q(last_day__gte=on), opened_on__lte=on)
    return list(rows.order_by("code"))


def rates_of(county: str) -> QuerySet[Rate]:
    """Every rate of the county, past and to come, the newest of each code first; one statement."""
    rows = Rate.objects.filter(county=county).select_related("scheme")
    return rows.order_by("scheme__code", "code", "-valid_from")


def earning_on(schemes: Collection[Scheme], on: date) -> list[Rate]:
    """What earns credits of these schemes on the day, by scheme and code; one statement."""
    if not schemes:
        return []
    in_force = Rate.objects.filter(Q(valid_to__isnull=True) | Q(valid_to__gte=on), valid_from__lte=on)
    county = next(iter(schemes)).county
    rows = in_force.filter(county=county, scheme__in=[one.id for one in schemes]).select_related("scheme")
    return list(rows.order_by("scheme__code", "code"))


def sums(county: str) -> list[Sums]:
    """The books of every scheme of a county; five statements."""
    schemes = list(Scheme.objects.filter(county=county).select_related("inflow").order_by("code"))
    rows = Holder.objects.filter(county=county).values_list("scheme_id")
    holders = {one: (many, units or 0) for one, many, units in rows.annotate(Count("id"), Sum("account__balance"))}
    books = Account.objects.filter(county=county, fund_id__in=[one.books_id for one in schemes])
    where = {one: (fund, kind) for one, fund, kind in books.exclude(kind="credit").values_list("id", "fund_id", "kind")}
    totals: dict[tuple[UUID, str], int] = {}
    for account, units in balances(county=county, accounts=where).items():
        totals[where[account]] = totals.get(where[account], 0) + units
    made = []
    for one in schemes:
        given = -totals.get((one.books_id, one.inflow.kind), 0)
        many, held = holders.get(one.id, (0, 0))
        spent = totals.get((one.books_id, "credit_spent"), 0)
        lapsed = totals.get((one.books_id, "credit_lapsed"), 0)
        left = None if one.inflow.floor is None else -one.inflow.floor - given
        made.append(Sums(one, many, given, held, spent, lapsed, left))
    return made


def deeds(county: str) -> QuerySet[Deed]:
    """Deeds with whose they are and what they earned by."""
    rows = Deed.objects.filter(county=county)
    return rows.select_related("holder__scheme", "holder__person", "rate", "provider")


def awaiting(county: str, *, provider_ids: Collection[int] | None = None, most: int = 100) -> list[Deed]:
    """Deeds that nobody witnessed yet, the oldest first; of providers alone, where their ids are given."""
    rows = deeds(county).filter(state=Deed.State.TOLD)
    if provider_ids is not None:
        rows = rows.filter(provider_id__in=provider_ids)
    return list(rows.order_by("told_at", "id")[:most])


def latest(county: str, *, provider_ids: Collection[int] | None = None, most: int = 20) -> list[Deed]:
    """What was weighed or done of late and needs no witness any more, the newest first."""
    rows = deeds(county).exclude(state=Deed.State.TOLD)
    if provider_ids is not None:
        rows = rows.filter(provider_id__in=provider_ids)
    return list(rows.order_by("-told_at", "-id")[:most])


def holders_of(county: str, person_id: UUID) -> list[Holder]:
    """All credits that a person has or had, also of schemes that ended; one statement."""
    rows = Holder.objects.filter(county=county, person_id=person_id).select_related("scheme", "account")
    return list(rows.order_by("scheme__code"))


def deeds_of(county: str, person_id: UUID, most: int = 100) -> list[Deed]:
    """What a person brought and did, the newest first; one statement."""
    rows = deeds(county).filter(holder__person_id=person_id)
    return list(rows.order_by("-done_on", "-id")[:most])


def spendings_of(county: str, person_id: UUID, most: int = 100) -> list[Spending]:
    """What a person's credits bought, the newest first; one statement."""
    rows = Spending.objects.filter(county=county, holder__person_id=person_id)
    return list(rows.select_related("holder__scheme", "provider").order_by("-at", "-id")[:most])


def idle(county: str, on: date, most: int = 100) -> list[Holder]:
    """Who has credits that cannot be spent any more: the person died or the scheme has ended; one statement."""
    over = Q(person__died_on__isnull=False) | Q(scheme__last_day__lt=on)
    rows = Holder.objects.filter(over, county=county, account__balance__gt=0)
    return list(rows.select_related("scheme", "person", "account").order_by("scheme__code", "id")[:most])
