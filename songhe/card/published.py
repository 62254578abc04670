"""What a county's funds took in and paid, with how many people stand behind each figure; a publisher hides the small.

Reads only, for every fund but the families'. Nothing here says for whom.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import Count, OuterRef, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce, TruncMonth

from songhe.card.models import Allotment, Decision, Donation, Draw, Fund, GivenBack, Purse
from songhe.card.queries import traced
from songhe.card.trace import by_gift
from songhe.kernel.month import Month, beijing_date

#: In the place of a month or of a kind of help: all of them.
ALL = ""


@dataclass(frozen=True)
class Paid:
    """So many cards had so many services paid, with so much; what was undone is not counted."""

    cards: int
    services: int
    fen: int


#: By month and kind of help, each of them or ``ALL``.
Cells = dict[tuple[str, str], Paid]


def public_funds(county: str) -> list[Fund]:
    """Every fund but the families', in the order of the books."""
    return list(Fund.objects.filter(county=county).exclude(source="family").order_by("source", "level", "code"))


def paid_by_fund(county: str) -> dict[UUID, Cells]:
    """What each fund paid by month of booking and kind of help, with the margins; four statements."""
    found: dict[UUID, Cells] = defaultdict(dict)
    for by in ((), ("month",), ("category",), ("month", "category")):
        rows = _draws(county).values("fund_id", *by).order_by()
        counted = rows.annotate(cards=Count("card", distinct=True), lines=Count("about", distinct=True))
        for row in counted.annotate(fen=Sum("amount_fen")):
            month = str(Month.of(row["month"])) if "month" in by else ALL
            cell = Paid(row["cards"], row["lines"], row["fen"])
            found[row["fund_id"]][month, row.get("category", ALL)] = cell
    return dict(found)


def put_in_by_month(county: str) -> dict[UUID, dict[str, int]]:
    """What was put into each fund, less what was taken out, by the month of the approval; one statement."""
    found: dict[UUID, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    rows = Allotment.objects.filter(county=county, state=Allotment.State.APPROVED)
    for fund, at, fen in rows.values_list("fund_id", "decided_at", "amount_fen"):
        assert at is not None
        found[fund][str(Month.of(beijing_date(at)))] += fen
    return {fund: dict(months) for fund, months in found.items()}


def holders(county: str) -> dict[UUID, int]:
    """How many cards hold any money of each fund; one statement."""
    held = Purse.objects.filter(county=county, account__balance__gt=0).values("fund_id").order_by()
    return {row["fund_id"]: row["cards"] for row in held.annotate(cards=Count("card_id", distinct=True))}


@dataclass(frozen=True)
class GiftUse:
    """A gift, and how much of it has been spent. ``name`` is empty where the giver wants none on public pages."""

    donation: Donation
    name: str
    spent_fen: int

    @property
    def left_fen(self) -> int:
        return self.donation.amount_fen - self.spent_fen


def gifts(fund: Fund) -> list[GiftUse]:
    """The gifts of a fund that were taken in, the newest first."""
    found = traced(fund)
    spent = by_gift(found)
    rows = Donation.objects.filter(county=fund.county, fund=fund, id__in=[UUID(gift) for gift in found.left_fen])
    return [
        GiftUse(row, row.name if row.named else "", spent.get(str(row.id), 0))
        for row in rows.order_by("-given_on", "-id")
    ]


def decisions(fund: Fund) -> QuerySet[Decision]:
    """What the villagers decided, the newest first; who was there is in the papers, not here."""
    return Decision.objects.filter(county=fund.county, fund=fund).defer("present").order_by("-held_on", "-id")


def _draws(county: str) -> QuerySet[Draw, Any]:
    undone = GivenBack.objects.filter(county=county).values("draw_id")
    card = Purse.objects.filter(county=OuterRef("county"), id=OuterRef("purse_id")).values("card_id")[:1]
    whom = Coalesce(Subquery(card), "person_id")
    rows = Draw.objects.filter(county=county).exclude(id__in=undone)
    return rows.annotate(month=TruncMonth("on"), card=whom)
