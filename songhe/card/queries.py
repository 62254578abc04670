"""What pages and auditors ask of the cards: where gifts went, what is in a fund, what a card holds. Reads only."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db.models import F, Sum

from songhe.card.hold_models import HoldPart
from songhe.card.models import Allotment, Card, Donation, Draw, Fund, GivenBack, Purse
from songhe.card.purse import NEVER, balances
from songhe.card.trace import Happening, Traced, trace
from songhe.ledger.models import Account


@dataclass(frozen=True)
class Spent:
    """A piece of a gift as its giver may read it: what it bought, when and where; never for whom."""

    amount_fen: int
    category: str
    service_on: date
    provider: str


@dataclass(frozen=True)
class GiftStory:
    """A gift, what it has paid, and what is still there of it."""

    donation: Donation
    spent: tuple[Spent, ...]
    left_fen: int


def traced(fund: Fund) -> Traced:
    """Every fen of a charity's gifts followed to the services that it paid; four statements.

    Gifts count from their approval, services from their booking, what was undone from its undoing; at one instant
    gifts come first.
    """
    happenings: list[tuple[datetime, int, UUID, Happening]] = []
    approved = Allotment.objects.filter(county=fund.county, fund_id=fund.id, state=Allotment.State.APPROVED)
    for row, at, gift, fen in approved.exclude(donation_id=None).values_list(
        "id", "decided_at", "donation_id", "amount_fen"
    ):
        assert at is not None
        happenings.append((at, 0, row, Happening("gift", str(gift), fen)))
    draws = Draw.objects.filter(county=fund.county, fund_id=fund.id)
    for row, at, fen in draws.values_list("id", "at", "amount_fen"):
        happenings.append((at, 1, row, Happening("use", str(row), fen)))
    undone = GivenBack.objects.filter(county=fund.county, draw__fund_id=fund.id)
    for row, at, of in undone.values_list("id", "at", "draw_id"):
        happenings.append((at, 2, row, Happening("undo", str(of))))
    return trace(each for _, _, _, each in sorted(happenings, key=lambda found: found[:3]))


def gift_stories(fund: Fund) -> list[GiftStory]:
    """Each gift of a fund with what it has paid, in the order in which the gifts came in."""
    found = traced(fund)
    draws = {
        str(row.id): row for row in Draw.objects.filter(county=fund.county, fund_id=fund.id).select_related("provider")
    }
    gifts = {str(row.id): row for row in Donation.objects.filter(county=fund.county, fund=fund)}
    return [
        GiftStory(
            gifts[gift],
            tuple(
                Spent(
                    piece.amount_fen,
                    draws[piece.use].category,
                    draws[piece.use].service_on,
                    draws[piece.use].provider.name,
                )
                for piece in found.of_gift(gift)
            ),
            left,
        )
        for gift, left in found.left_fen.items()
    ]


@dataclass(frozen=True)
class Holding:
    """One purse of a card as its holder reads it. ``lapses_on`` None: it never lapses."""

    purse_id: UUID
    fund: str
    source: str
    level: str
    balance_fen: int
    lapses_on: date | None


def holdings(card: Card) -> list[Holding]:
    """What stands on a card, purse by purse; two statements."""
    rows = Purse.objects.filter(county=card.county, card=card, state=Purse.State.ACTIVE).select_related("fund")
    purses = list(rows.order_by("valid_to", "fund__rank", "id"))
    stands = balances(purses)
    return [
        Holding(
            purse.id,
            purse.fund.name,
            purse.fund.source,
            purse.fund.level,
            stands[purse.id],
            None if purse.valid_to == NEVER else purse.valid_to,
        )
        for purse in purses
    ]


@dataclass(frozen=True)
class FundStand:
    """In, in purses, paid and still there: what a fund shows the public. The four parts of the money put in; what is
    set aside for an order or a till stands with the purses that it came from."""

    fund: Fund
    put_in_fen: int
    there_fen: int
    in_purses_fen: int
    paid_fen: int


def stands(county: str) -> list[FundStand]:
    """Every fund of a county but the families'; a bounded number of statements."""
    funds = list(Fund.objects.filter(county=county).exclude(source="family").order_by("source", "level", "code"))
    put_in = _sums(Allotment.objects.filter(county=county, state=Allotment.State.APPROVED))
    undone = GivenBack.objects.filter(county=county).values("draw_id")
    paid = _sums(Draw.objects.filter(county=county).exclude(id__in=undone))
    there = dict(
        Account.objects.filter(county=county, id__in=[fund.account_id for fund in funds]).values_list("id", "balance")
    )
    in_purses = dict(
        Purse.objects.filter(county=county)
        .values_list("fund_id")
        .annotate(fen=Sum("account__balance"))
        .values_list("fund_id", "fen")
    )
    aside = dict(
        HoldPart.objects.filter(county=county, amount_fen__gt=F("back_fen"))
        .order_by()
        .values_list("purse__fund_id")
        .annotate(fen=Sum(F("amount_fen") - F("back_fen")))
        .values_list("purse__fund_id", "fen")
    )
    return [
        FundStand(
            fund,
            put_in.get(fund.id, 0),
            there[fund.account_id] or 0,
            (in_purses.get(fund.id) or 0) + aside.get(fund.id, 0),
            paid.get(fund.id, 0),
        )
        for fund in funds
    ]


def _sums(rows: object) -> dict[UUID, int]:
    found = rows.values_list("fund_id").annotate(fen=Sum("amount_fen")).values_list("fund_id", "fen")  # type: ignore[attr-defined]
    return {fund: fen or 0 for fund, fen in found}
