"""A card's purse of a fund: which period it is of, how long it lasts, what stands in it. 子账户"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet

from songhe.card import order
from songhe.card.models import Allowed, Card, Fund, Purse
from songhe.county.key import Tag, slotted_id
from songhe.county.ready import Ready, one_of
from songhe.kernel.month import Month
from songhe.ledger.models import Account
from songhe.provider.help import EVERYTHING

#: The last day of money that never lapses.
NEVER = date(9999, 12, 31)


@dataclass(frozen=True)
class Span:
    """A period of a fund: its first month (None: it has no end), its first and last day, its last day for booking."""

    month: Month | None
    first: date
    last: date
    book_until: date

    @property
    def written(self) -> str:
        return str(self.month) if self.month else ""


def span_of(fund: Fund, on: date) -> Span:
    """The period in which a day lies: the month, the block of months counted from January, or for ever."""
    if fund.expiry == Fund.Expiry.NEVER:
        return Span(None, date(2000, 1, 1), NEVER, NEVER)
    month = Month.of(on)
    months = fund.period_months or 1
    first = Month(month.year, (month.number - 1) // months * months + 1)
    last = first.plus(months - 1).last
    return Span(first, first.first, last, last + timedelta(days=fund.late_days))


def purse_id(card_id: UUID, fund: Fund, span: Span) -> UUID:
    """The id of a card's purse of a fund and period, and of its account: known before either is there."""
    return slotted_id(card_id, fund.slot, Tag.PURSE, span.month)


def ensure(*, card: Card, fund: Fund, on: date) -> Purse:
    """The card's purse of the fund for the day, opened if it was not yet. The caller has locked the card."""
    span = span_of(fund, on)
    made = purse_id(card.id, fund, span)
    found = Purse.objects.select_related("account").filter(county=card.county, id=made).first()
    if found is not None:
        return found
    account = Account.objects.create(
        county=card.county, id=made, fund_id=fund.books_id, kind="card_purse", balance=0, floor=0
    )
    return Purse.objects.create(
        county=card.county,
        id=made,
        card=card,
        fund=fund,
        period=span.written,
        account=account,
        valid_from=span.first,
        valid_to=span.last,
        book_until=span.book_until,
    )


def balances(purses: Collection[Purse]) -> dict[UUID, int]:
    """What stands in each purse, in a statement of its own."""
    if not purses:
        return {}
    county = next(iter(purses)).county
    rows = Account.objects.filter(county=county, id__in=[purse.account_id for purse in purses])
    found = dict(rows.values_list("id", "balance"))
    return {purse.id: found[purse.account_id] or 0 for purse in purses}


#: What a fund buys: the last day of each category, ``None`` for one that goes on.
Buys = Mapping[str, date | None]


_BUYS = Ready(
    lambda county, funds: (
        Allowed.objects.filter(one_of("fund_id", funds), county=county)
        .order_by("id")
        .values_list("fund_id", "category", "until")
    )
)


def buys_of(county: str, funds: Collection[UUID]) -> dict[UUID, dict[str, date | None]]:
    """What each fund may buy and until when; one statement."""
    found: dict[UUID, dict[str, date | None]] = {fund: {} for fund in funds}
    for fund, category, until in _BUYS.all(county=county, funds=sorted(funds)) if funds else []:
        found[fund][category] = until
    return found


def listed_on(buys: Buys, day: date) -> frozenset[str] | None:
    """What may be bought on a day; ``None``: everything."""
    listed = frozenset(each for each, until in buys.items() if until is None or day <= until)
    return None if EVERYTHING in listed else listed


@dataclass(frozen=True)
class Payer:
    """A purse that may pay, what stands in it, and to which day its fund buys what."""

    purse: Purse
    balance_fen: int
    buys: Buys

    def valid_on(self, day: date) -> bool:
        return self.purse.valid_from <= day <= self.purse.valid_to

    def on(self, day: date, taken_fen: int) -> order.Purse:
        """The purse as the order of payment knows it on a day of service, after so much was taken from it."""
        return order.Purse(
            key=str(self.purse.id),
            source=self.purse.fund.source,
            rank=self.purse.fund.rank,
            lapses_on=None if self.purse.valid_to == NEVER else self.purse.valid_to,
            allowed=listed_on(self.buys, day),
            balance_fen=self.balance_fen - taken_fen,
        )


def _valid(county: Any, card: Any, first: Any, last: Any) -> QuerySet[Purse]:
    rows = Purse.objects.filter(county=county, card_id=card, valid_from__lte=last, valid_to__gte=first)
    return rows.select_related("fund__books", "account").order_by("id")


_STAND = Ready(
    lambda county, card, first, last, on: _valid(county, card, first, last).filter(
        state=Purse.State.ACTIVE, book_until__gte=on
    )
)
_STAND_OR = Ready(
    lambda county, card, first, last, on, ended: _valid(county, card, first, last).filter(
        Q(state=Purse.State.ACTIVE, book_until__gte=on) | one_of("id", ended)
    )
)


def payers(*, card: Card, first: date, last: date, on: date, ended: Mapping[UUID, int]) -> list[Payer]:
    """The purses that may pay today for services between two days, and those of ``ended`` with so much in their stead.

    Two statements; the card itself is not checked.
    """
    asked = {"county": card.county, "card": card.id, "first": first, "last": last, "on": on}
    return _payers(card, _STAND_OR.all(**asked, ended=list(ended)) if ended else _STAND.all(**asked), ended)


def read_payers(card: Card, ids: Collection[UUID]) -> dict[UUID, Payer]:
    """These purses of a card, if they are the card's, whatever their state; two statements, or none for none."""
    if not ids:
        return {}
    rows = Purse.objects.filter(county=card.county, card=card, id__in=list(ids))
    purses = rows.select_related("fund__books", "account").order_by("id")
    return {payer.purse.id: payer for payer in _payers(card, list(purses), {})}


def _payers(card: Card, purses: Sequence[Purse], ended: Mapping[UUID, int]) -> list[Payer]:
    buys = buys_of(card.county, {purse.fund_id for purse in purses})
    return [Payer(purse, ended.get(purse.id, purse.account.balance or 0), buys[purse.fund_id]) for purse in purses]
