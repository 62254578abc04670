"""A card's purse of a fund: which period it is of, how long it lasts, what stands in it. 子账户"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from django.db.models import Q

from songhe.card import order
from songhe.card.models import Allowed, Card, Fund, Purse
from songhe.county.key import Tag, slotted_id
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


def usable(*, card: Card, service_on: date, on: date) -> list[Purse]:
    """The card's purses that may pay today for a service of that day, with their funds; the card is not checked."""
    rows = Purse.objects.filter(
        county=card.county,
        card=card,
        state=Purse.State.ACTIVE,
        valid_from__lte=service_on,
        valid_to__gte=service_on,
        book_until__gte=on,
    )
    return list(rows.select_related("fund", "account").order_by("id"))


def lists_of(purses: Sequence[Purse], service_on: date) -> dict[UUID, frozenset[str] | None]:
    """What the fund of each purse may buy on a day; None: everything."""
    if not purses:
        return {}
    rows = Allowed.objects.filter(
        Q(until=None) | Q(until__gte=service_on), county=purses[0].county, fund__in={purse.fund_id for purse in purses}
    )
    by_fund: dict[UUID, set[str]] = {}
    for fund_id, category in rows.order_by("id").values_list("fund_id", "category"):
        by_fund.setdefault(fund_id, set()).add(category)
    return {
        purse.id: None
        if EVERYTHING in by_fund.get(purse.fund_id, set())
        else frozenset(by_fund.get(purse.fund_id, set()))
        for purse in purses
    }


def as_payers(purses: Sequence[Purse], *, service_on: date) -> list[order.Purse]:
    """The purses as the order of payment knows them, with what stands in them now; three statements in all."""
    stands, lists = balances(purses), lists_of(purses, service_on)
    return [
        order.Purse(
            key=str(purse.id),
            source=purse.fund.source,
            rank=purse.fund.rank,
            lapses_on=None if purse.valid_to == NEVER else purse.valid_to,
            allowed=lists[purse.id],
            balance_fen=stands[purse.id],
        )
        for purse in purses
    ]
