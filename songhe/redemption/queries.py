"""Reads of bills for the doors: a person's months, one receipt with all that belongs to it, what was spent of late."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import Count, Exists, OuterRef, QuerySet, Sum

from songhe.card.models import Draw, Fund
from songhe.grant.models import Grant
from songhe.kernel.month import Month
from songhe.redemption.compare import Spent
from songhe.redemption.models import Bill, Line, Reversal

#: A bill that counts: it was booked and not undone.
STANDING = (Bill.State.BOOKED, Bill.State.PROVISIONAL)
#: What the person of a bill sees of it: everything but what the provider was refused.
SHOWN = (*STANDING, Bill.State.HANDED_IN, Bill.State.REVERSED)


@dataclass(frozen=True)
class Sums:
    """Lines that were not undone, added up by who paid."""

    lines: int = 0
    fee_fen: int = 0
    ltci_fen: int = 0
    other_fen: int = 0
    voucher_fen: int = 0
    self_fen: int = 0
    credit_fen: int = 0
    purse_fen: int = 0

    def __add__(self, more: Sums) -> Sums:
        return Sums(
            self.lines + more.lines,
            self.fee_fen + more.fee_fen,
            self.ltci_fen + more.ltci_fen,
            self.other_fen + more.other_fen,
            self.voucher_fen + more.voucher_fen,
            self.self_fen + more.self_fen,
            self.credit_fen + more.credit_fen,
            self.purse_fen + more.purse_fen,
        )


@dataclass(frozen=True)
class MonthOfPerson:
    """One month's services of one group."""

    month: str
    category: str
    bills: int
    sums: Sums


@dataclass(frozen=True)
class ReceiptLine:
    """A line with its reversal, if it was undone."""

    line: Line
    reversal: Reversal | None


@dataclass(frozen=True)
class Receipt:
    """A bill with its lines, what was undone of it, and the bill that stands in its place or whose place it takes."""

    bill: Bill
    lines: tuple[ReceiptLine, ...]
    replaced_by: Bill | None
    sums: Sums

    @property
    def as_it_was(self) -> Sums:
        """All its lines, also those that were undone."""
        return _parts(self.bill, len(self.lines))

    @property
    def is_partly_undone(self) -> bool:
        undone = sum(one.reversal is not None for one in self.lines)
        return 0 < undone < len(self.lines)


def standing_lines(**of: Any) -> QuerySet[Line]:
    """The lines that count: of bills that were booked, and not undone. ``of`` names the county."""
    undone = Reversal.objects.filter(county=OuterRef("county"), line_id=OuterRef("id"))
    return Line.objects.filter(~Exists(undone), bill__state__in=STANDING, **of)


def bills_of(*, county: str, person_id: UUID, month: Month | None = None) -> QuerySet[Bill]:
    """The bills of a person, or those of one month, the newest first."""
    rows = Bill.objects.filter(county=county, person_id=person_id, state__in=SHOWN)
    if month is not None:
        rows = rows.filter(month=str(month))
    return rows.select_related("provider").order_by("-month", "-handed_in_at", "-id")


def standing(*, county: str, bill_ids: Collection[UUID]) -> dict[UUID, Sums]:
    """What still stands of each of these bills, in one query; a bill that was undone whole is not among them."""
    if not bill_ids:
        return {}
    rows = standing_lines(county=county, bill_id__in=list(bill_ids))
    return {row.pop("bill_id"): Sums(**row) for row in _added(rows, "bill_id")}


def months_of(*, county: str, person_id: UUID, first: Month, last: Month) -> list[MonthOfPerson]:
    """What was spent by month and group, the newest month first, in one query."""
    rows = standing_lines(
        county=county, bill__person_id=person_id, bill__month__gte=str(first), bill__month__lte=str(last)
    )
    found = _added(rows, "bill__month", "category", bills=Count("bill_id", distinct=True))
    return [
        MonthOfPerson(
            month=row.pop("bill__month"), category=row.pop("category"), bills=row.pop("bills"), sums=Sums(**row)
        )
        for row in sorted(found, key=lambda row: (row["bill__month"], row["category"]), reverse=True)
    ]


def months_known(*, county: str, person_id: UUID) -> list[Month]:
    """The months in which the person has bills, the newest first."""
    rows = Bill.objects.filter(county=county, person_id=person_id, state__in=SHOWN)
    return [Month.parse(month) for month in rows.order_by("-month").values_list("month", flat=True).distinct()]


def spent_of_late(*, county: str, person_id: UUID, before: Month, months: int) -> list[Spent]:
    """The lines of the months before a month, in the order in which they were booked, for ``compare``."""
    rows = standing_lines(
        county=county,
        bill__person_id=person_id,
        bill__month__gte=str(before.plus(-months)),
        bill__month__lt=str(before),
    ).exclude(category="assessment")
    told = rows.order_by("bill__month", "bill__booked_at", "bill_id", "number").values_list(
        "bill__month", "category", "fee_fen", "ltci_fen", "other_fen", "in_scope"
    )
    return [Spent(*row) for row in told]


def providers_used(*, county: str, person_id: UUID) -> set[int]:
    """The providers with whom the person has bills that stand."""
    rows = Bill.objects.filter(county=county, person_id=person_id, state__in=STANDING)
    return set(rows.order_by().values_list("provider_id", flat=True).distinct())


def unused(*, county: str, grants: Collection[Grant]) -> dict[UUID, int]:
    """What was not used of vouchers that are over, by voucher: their purses are empty, for the rest went back."""
    ids = [grant.id for grant in grants]
    if not ids:
        return {}
    lines = Line.objects.filter(county=county, grant_id__in=ids).order_by()
    paid = dict(lines.values_list("grant_id").annotate(Sum("voucher_fen")))
    undone = Reversal.objects.filter(county=county, line__grant_id__in=ids, restored=True).order_by()
    given_back = dict(undone.values_list("line__grant_id").annotate(Sum("line__voucher_fen")))
    return {grant.id: grant.face_fen - paid.get(grant.id, 0) + given_back.get(grant.id, 0) for grant in grants}


def receipt(*, county: str, no: str) -> Receipt | None:
    """A bill by its number with everything that its receipt says, in four queries; whose it may be is the door's."""
    bill = (
        Bill.objects.filter(county=county, no=no, state__in=SHOWN)
        .select_related("provider", "person", "grant", "replaces")
        .first()
    )
    if bill is None:
        return None
    lines = list(Line.objects.filter(county=county, bill=bill).select_related("item").order_by("number"))
    undone = {
        row.line_id: row for row in Reversal.objects.filter(county=county, line_id__in=[line.id for line in lines])
    }
    told = tuple(ReceiptLine(line, undone.get(line.id)) for line in lines)
    sums = Sums()
    for one in told:
        if one.reversal is None:
            sums += _parts(one.line, 1)
    replaced_by = Bill.objects.filter(county=county, replaces=bill).first()
    return Receipt(bill, told, replaced_by, sums)


def _parts(of: Bill | Line, lines: int) -> Sums:
    return Sums(lines, of.fee_fen, of.ltci_fen, of.other_fen, of.voucher_fen, of.self_fen, of.credit_fen, of.purse_fen)


def purses_of(*, county: str, line_ids: Collection[UUID]) -> list[tuple[str, int]]:
    """What the purses of the card paid of these lines, by the name of each fund, in the order in which they paid."""
    if not line_ids:
        return []
    draws = Draw.objects.filter(county=county, about__in=list(line_ids)).exclude(purse_id=None).order_by("at", "id")
    rows = list(draws.values_list("fund_id", "amount_fen"))
    names = dict(Fund.objects.filter(county=county, id__in={fund for fund, _ in rows}).values_list("id", "name"))
    paid: dict[str, int] = {}
    for fund, fen in rows:
        paid[names[fund]] = paid.get(names[fund], 0) + fen
    return list(paid.items())


def _added(rows: QuerySet[Line], *by: str, **more: Any) -> list[dict[str, Any]]:
    """The parts of the lines summed for each value of ``by``, under the names of ``Sums``."""
    parts = ("fee_fen", "ltci_fen", "other_fen", "voucher_fen", "self_fen", "credit_fen", "purse_fen")
    sums = {f"all_{part}": Sum(part) for part in parts}
    told = rows.order_by().values(*by).annotate(lines=Count("id"), **more, **sums)
    return [{name.removeprefix("all_"): value for name, value in row.items()} for row in told]
