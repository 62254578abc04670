"""What a page says before anybody confirms: which purse pays next and why, what charity would match, what a refund
would take back. Reads only; the verbs decide anew. 充值、退款前的告知"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from django.db.models import Q, Sum

from songhe.card import order
from songhe.card.match import funds_for
from songhe.card.models import Allowed, Card, Fund, Match, MatchCount, Purse, TopUp
from songhe.card.purse import NEVER, balances
from songhe.card.refund import possible
from songhe.card.standard import rules_at
from songhe.kernel.integer import ratio as read_ratio
from songhe.kernel.month import Month
from songhe.kernel.refusal import Refusal
from songhe.ledger.models import Account
from songhe.policy.match import match_fen, terms_of_match
from songhe.provider.help import EVERYTHING


@dataclass(frozen=True)
class Held:
    """A purse as its holder reads it. ``allowed`` None: everything. ``because``: by what it pays in its place."""

    purse: Purse
    balance_fen: int
    allowed: frozenset[str] | None
    because: str

    @property
    def fund(self) -> Fund:
        return self.purse.fund

    @property
    def lapses_on(self) -> date | None:
        return None if self.purse.valid_to == NEVER else self.purse.valid_to

    def is_over(self, on: date) -> bool:
        """Whether it pays only for services of days gone by, which are booked late."""
        return on > self.purse.valid_to


def in_paying_order(card: Card, on: date) -> list[Held]:
    """What stands on a card, purse by purse, in the order in which they pay; a bounded number of statements."""
    rows = Purse.objects.filter(
        county=card.county, card=card, state__in=[Purse.State.ACTIVE, Purse.State.FOR_HEIRS], book_until__gte=on
    )
    purses = {str(purse.id): purse for purse in rows.select_related("fund").order_by("id")}
    stands, lists = balances(list(purses.values())), _lists(card.county, list(purses.values()), on)
    as_known = [
        order.Purse(
            key=key,
            source=purse.fund.source,
            rank=purse.fund.rank,
            lapses_on=None if purse.valid_to == NEVER else purse.valid_to,
            allowed=lists[key],
            balance_fen=stands[purse.id],
        )
        for key, purse in purses.items()
    ]
    return [
        Held(purses[one.key], one.balance_fen, one.allowed, order.because(one))
        for one in order.in_order(as_known, by=order_at(card.county, on))
    ]


def order_at(county: str, on: date) -> order.By:
    """The order of payment that the place has set; where no rules are in force, the usual one."""
    try:
        return "rank" if rules_at(county, on).value("purse_order", on) == "rank" else "lapsing_first"
    except Refusal:
        return "lapsing_first"


def _lists(county: str, purses: list[Purse], on: date) -> dict[str, frozenset[str] | None]:
    rows = Allowed.objects.filter(
        Q(until=None) | Q(until__gte=on), county=county, fund__in={purse.fund_id for purse in purses}
    )
    by_fund: dict[object, set[str]] = {}
    for fund, category in rows.order_by("id").values_list("fund_id", "category"):
        by_fund.setdefault(fund, set()).add(category)
    found = {str(purse.id): by_fund.get(purse.fund_id, set()) for purse in purses}
    return {key: None if EVERYTHING in listed else frozenset(listed) for key, listed in found.items()}


@dataclass(frozen=True)
class MatchNow:
    """How charity matches a card's top-ups today: ``ratio`` of them, up to what is left of the month and is there."""

    ratio: Fraction
    cap_fen: int | None
    matched_fen: int
    there_fen: int

    @property
    def left_fen(self) -> int | None:
        """What is left of the month's cap; None: there is no cap."""
        return None if self.cap_fen is None else max(0, self.cap_fen - self.matched_fen)

    def of(self, amount_fen: int) -> int:
        """What a top-up of so much would be matched by now."""
        return min(match_fen(topup_fen=amount_fen, ratio=self.ratio, room_fen=self.left_fen), self.there_fen)


def match_now(card: Card, on: date) -> MatchNow:
    """A ratio of 0 where the place does not match, or the card is closed."""
    try:
        ratio, cap = terms_of_match(rules_at(card.county, on), on)
    except Refusal:
        ratio, cap = Fraction(0), None
    if card.state == Card.State.CLOSED or ratio == 0:
        return MatchNow(Fraction(0), None, 0, 0)
    mine = MatchCount.objects.filter(county=card.county, person=card.person_id, month=str(Month.of(on)))
    count = mine.values_list("matched_fen", "cap_fen").first()
    matched, cap = (count[0], count[1] if cap is not None else None) if count else (0, cap)
    accounts = Account.objects.filter(county=card.county, id__in=[fund.account_id for fund in funds_for(card)])
    return MatchNow(ratio, cap, matched, accounts.aggregate(fen=Sum("balance"))["fen"] or 0)


@dataclass(frozen=True)
class Refundable:
    """The most that may be refunded of a top-up now; ``spent_fen`` of its match and of the family's money are gone."""

    most_fen: int
    match_spent_fen: int
    family_left_fen: int


def refundable(topup: TopUp) -> Refundable:
    """What a refund may come to: what the match leaves, and what of the family's money is still on the card."""
    found = possible(topup=topup)
    purses = Purse.objects.filter(county=topup.county, card=topup.card_id, fund__source="family")
    left = sum(balances(list(purses)).values())
    return Refundable(min(found.most_fen, left), found.spent_fen, left)


def goes_back(topup: TopUp, amount_fen: int) -> int:
    """What of the match returns to its funds with a refund of so much."""
    matches = list(
        Match.objects.filter(county=topup.county, topup_id=topup.id).select_related("purse").order_by("fund_id")
    )
    if not matches:
        return 0
    stands = balances([row.purse for row in matches])
    ratio = max(read_ratio(row.ratio) for row in matches)
    kept = sum(row.amount_fen - row.back_fen for row in matches)
    stays = topup.amount_fen - topup.refunded_fen - amount_fen
    wanted = max(0, kept - stays * ratio.numerator // ratio.denominator)
    taken = 0
    for row in reversed(matches):
        amount = max(0, min(wanted - taken, row.amount_fen - row.back_fen, stands[row.purse_id]))
        stands[row.purse_id] -= amount
        taken += amount
    return taken
