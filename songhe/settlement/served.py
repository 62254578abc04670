"""Whom a provider serves: residents, and everybody whom it visited or billed. Reads for its own desk."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.db.models import Count, Exists, Max, OuterRef, QuerySet, Sum

from songhe.card.models import Hold, ItemOrder
from songhe.grant.models import Grant
from songhe.kernel.month import Month
from songhe.person.models import Person
from songhe.person.search import fitting
from songhe.redemption.models import Bill, Line, Reversal, Verdict
from songhe.service.models import Stay, Visit
from songhe.settlement.models import Statement

PROGRAMME = "consumption-voucher"
PAID_FOR = (Bill.State.BOOKED, Bill.State.PROVISIONAL)


def is_served(person: Person, provider_id: int) -> bool:
    """Whether the provider houses, visited or billed this person, or has accepted an order of theirs."""
    told = {"county": person.county, "person_id": person.id, "provider_id": provider_id}
    return (
        Stay.objects.filter(**told).exists()
        or Visit.objects.filter(**told).exists()
        or Bill.objects.filter(**told).exists()
        or ItemOrder.objects.filter(
            county=person.county,
            hold__county=person.county,
            hold__card__person_id=person.id,
            hold__provider_id=provider_id,
            hold__state=Hold.State.HELD,
            accepted_at__isnull=False,
        ).exists()
    )


def served(*, counties: tuple[str, ...], provider_id: int, text: str = "", residents: bool = False) -> QuerySet[Person]:
    """The people a provider serves or served, by name; ``text``: a name, pinyin, first letters, the end of a number.

    ``residents``: those alone who are in its house now.
    """
    told = {"county__in": counties, "provider_id": provider_id}
    housed = Stay.objects.filter(**told)
    if residents:
        ids: QuerySet[Any, Any] = housed.filter(discharged_on=None).values("person_id")
    else:
        ids = (
            housed.values("person_id")
            .union(Visit.objects.filter(**told).values("person_id"))
            .union(Bill.objects.filter(**told).values("person_id"))
        )
    people = Person.rows.filter(county__in=counties, id__in=ids)
    return (fitting(people, text) if text.strip() else people).order_by("name", "id")


def lately_served(*, counties: tuple[str, ...], provider_id: int, by: str = "", most: int) -> list[Person]:
    """Whom somebody is likely to serve next: who was visited last, by the worker with the login ``by`` first."""
    visits = Visit.objects.filter(county__in=counties, provider_id=provider_id)
    found: dict[UUID, None] = {}
    for rows in (visits.filter(worker__account=by), visits) if by else (visits,):
        last = rows.order_by().values("person_id").annotate(last=Max("service_on")).order_by("-last", "person_id")
        found |= dict.fromkeys(row["person_id"] for row in last[:most])
    ids = list(found)[:most]
    people = Person.rows.filter(county__in=counties, id__in=ids, died_on=None, closed_on=None)
    known = {person.id: person for person in people}
    return [known[one] for one in ids if one in known]


@dataclass(frozen=True)
class Around:
    """What the list says beside each person, fetched once for a page."""

    stays: dict[UUID, Stay]
    last_visit: dict[UUID, date]
    grants: dict[UUID, Grant]
    billed_fen: dict[UUID, int]


def around(*, people: list[Person], provider_id: int, month: Month) -> Around:
    """Open stays, last visits, the month's vouchers and what was billed; four queries whatever the number."""
    counties = sorted({person.county for person in people})
    ids = [person.id for person in people]
    told = {"county__in": counties, "person_id__in": ids, "provider_id": provider_id}
    visits = Visit.objects.filter(**told).order_by("person_id").values("person_id").annotate(last=Max("service_on"))
    billed = (
        Bill.objects.filter(**told, month=str(month), state__in=PAID_FOR)
        .order_by("person_id")
        .values("person_id")
        .annotate(fen=Sum("fee_fen"))
    )
    grants = Grant.objects.filter(
        county__in=counties, person_id__in=ids, programme=PROGRAMME, month=str(month)
    ).order_by("id")
    return Around(
        stays={row.person_id: row for row in Stay.objects.filter(**told, discharged_on=None).order_by("id")},
        last_visit={row["person_id"]: row["last"] for row in visits},
        grants={row.person_id: row for row in grants},
        billed_fen={row["person_id"]: row["fen"] for row in billed},
    )


@dataclass(frozen=True)
class MonthFigures:
    """One month at one provider. ``unbilled``: visits and days that no bill charges; ``without_bill``: residents."""

    month: Month
    bills: int
    people: int
    fee_fen: int
    voucher_fen: int
    unbilled: int
    without_bill: int
    failed: int
    refused: int


def month_figures(*, counties: tuple[str, ...], provider_id: int, month: Month) -> MonthFigures:
    """What was billed in a month and what was not; five queries."""
    told = {"county__in": counties, "provider_id": provider_id}
    bills = Bill.objects.filter(**told, month=str(month))
    sums = bills.filter(state__in=PAID_FOR).aggregate(
        count=Count("id"), fee=Sum("fee_fen", default=0), voucher=Sum("voucher_fen", default=0)
    )
    people = bills.filter(state__in=PAID_FOR).values("person_id").distinct().count()
    unbilled = (
        Visit.objects.filter(**told, service_on__range=(month.first, month.last), billed_line=None, item__in_scope=True)
        .exclude(verdict=Visit.Verdict.FAIL)
        .filter(_has_voucher(month))
    )
    of_resident = Bill.objects.filter(
        county=OuterRef("county"), person_id=OuterRef("person_id"), provider_id=provider_id, month=str(month)
    ).filter(state__in=PAID_FOR)
    there = Stay.objects.filter(**told, admitted_on__lte=month.last).exclude(discharged_on__lt=month.first)
    failed = Verdict.objects.filter(
        county__in=counties,
        line__bill__provider_id=provider_id,
        line__bill__month=str(month),
        line__bill__state__in=PAID_FOR,
        outcome="fail",
    ).exclude(
        line_id__in=Reversal.objects.filter(
            county__in=counties, line__bill__provider_id=provider_id, line__bill__month=str(month)
        ).values("line_id")
    )
    return MonthFigures(
        month=month,
        bills=sums["count"],
        people=people,
        fee_fen=sums["fee"],
        voucher_fen=sums["voucher"],
        unbilled=unbilled.count(),
        without_bill=there.filter(_has_voucher(month)).exclude(Exists(of_resident)).count(),
        failed=failed.count(),
        refused=bills.filter(state=Bill.State.REFUSED).count(),
    )


def _has_voucher(month: Month) -> Exists:
    """Only what a voucher could pay waits for a bill."""
    return Exists(
        Grant.objects.filter(
            county=OuterRef("county"),
            person_id=OuterRef("person_id"),
            programme=PROGRAMME,
            month=str(month),
            state=Grant.State.ACTIVE,
        )
    )


def to_confirm(*, counties: tuple[str, ...], provider_id: int) -> list[Statement]:
    """The statements that wait for the provider, the oldest first."""
    rows = Statement.objects.filter(county__in=counties, provider_id=provider_id, state=Statement.State.GATHERED)
    return list(rows.order_by("month", "no")[:20])


def unbilled_visits(*, county: str, person_id: UUID, provider_id: int, first: date, last: date) -> list[Visit]:
    """What was recorded for a person and no bill charges yet, the oldest first."""
    rows = Visit.objects.filter(
        county=county, person_id=person_id, provider_id=provider_id, service_on__range=(first, last), billed_line=None
    ).exclude(verdict=Visit.Verdict.FAIL)
    return list(rows.select_related("item").order_by("service_on", "id"))


def bills_of(*, counties: tuple[str, ...], provider_id: int) -> QuerySet[Bill]:
    """The provider's bills, with whom they are about."""
    return Bill.objects.filter(county__in=counties, provider_id=provider_id).select_related("person", "grant")


def lines_of(bill: Bill) -> list[tuple[Line, Verdict | None, Reversal | None]]:
    """A bill's lines, each with the verdict on its evidence and with its reversal; three queries."""
    told = {"county": bill.county, "line__bill_id": bill.id}
    verdicts = {row.line_id: row for row in Verdict.objects.filter(**told)}
    reversals = {row.line_id: row for row in Reversal.objects.filter(**told)}
    lines = Line.objects.filter(county=bill.county, bill_id=bill.id).select_related("item", "visit", "stay", "upgrade")
    return [(line, verdicts.get(line.id), reversals.get(line.id)) for line in lines.order_by("number")]
