"""Which fund and which part of it a payment is booked to.

A statement may hold lines of two years, and carry earlier statements; each line's money belongs to the fund of its
service month, and goes to the centre's or the county's part as it was split.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db.models import Case, CharField, F, IntegerField, OuterRef, QuerySet, Subquery, Sum, Value, When
from django.db.models.functions import Cast, Substr

from songhe.card.models import Draw
from songhe.card.models import Fund as CardFund
from songhe.credit.models import Scheme, Spending
from songhe.credit.scheme import CREDIT as CREDIT
from songhe.credit.scheme import programme_of
from songhe.grant.fund import fund_of
from songhe.ledger.fund import find_fund, open_account
from songhe.ledger.models import Account, Fund
from songhe.ledger.post import Move, post
from songhe.offline.guarantee import FUND
from songhe.offline.models import Trouble
from songhe.settlement.models import BorneLine, Received, ReceivedLine, Statement, StatementLine

#: Before the code of a fund of the love card, in its books and in the programme of its statements.
CARD = "card:"

#: Before the code of a county whose cards our providers served, in our books of it and in the programme of statements.
CLEARING = "clearing:"

#: The guarantee of offline tills, in its books and as the programme of its statements.
GUARANTEE = FUND

CENTRAL, LOCAL, UNSPLIT = "central", "local", "unsplit"

#: (year of the fund, part) → fen, negative where a provider gives back.
Parts = dict[tuple[int, str], int]


def is_card(programme: str) -> bool:
    """Whether it is a fund of the love card, whose books go on from year to year."""
    return programme.startswith(CARD)


def is_clearing(programme: str) -> bool:
    """Whether it is what our providers served on another county's cards, which we pay and that county owes us."""
    return programme.startswith(CLEARING)


def is_credit(programme: str) -> bool:
    """Whether it is a scheme of credits, which owes the providers what they gave for them."""
    return programme.startswith(CREDIT)


def goes_on(programme: str) -> bool:
    """Whether its books go on from year to year; a voucher's are of one year."""
    return is_card(programme) or is_clearing(programme) or is_credit(programme) or programme == GUARANTEE


def guarantee_programmes(county: str) -> list[str]:
    """The programme under which the guarantee of offline tills pays merchants, where it bears anything."""
    return [GUARANTEE] if Trouble.objects.filter(county=county, borne_fen__gt=0).exists() else []


def credit_programmes(county: str) -> list[str]:
    """The programmes under which what credits bought is settled, by code of the scheme."""
    return [
        programme_of(each)
        for each in Scheme.objects.filter(county=county).order_by("code").values_list("code", flat=True)
    ]


def clearing_programmes(county: str) -> list[str]:
    """The programmes under which providers are paid for cards of other counties, by the county's code."""
    homes = Received.objects.filter(county=county).order_by("home").values_list("home", flat=True).distinct()
    return [f"{CLEARING}{home}" for home in homes]


def card_programmes(county: str) -> list[str]:
    """The programmes under which the funds of a county's cards are settled, by code of the fund."""
    codes = CardFund.objects.filter(county=county).order_by("code").values_list("code", flat=True)
    return [f"{CARD}{code}" for code in codes]


def drawn_on(*, county: str, programme: str) -> QuerySet[Draw]:
    """What purses of a card's fund paid, line by line."""
    funds = CardFund.objects.filter(county=county, code=programme.removeprefix(CARD))
    return Draw.objects.filter(county=county, fund_id__in=funds.values("id"))


def spent_on(*, county: str, programme: str) -> QuerySet[Spending]:
    """What credits of a scheme paid, line by line."""
    schemes = Scheme.objects.filter(county=county, code=programme.removeprefix(CREDIT))
    return Spending.objects.filter(county=county, holder__scheme_id__in=schemes.values("id"))


def paid_of_line(*, county: str, programme: str) -> F | Subquery:
    """What the programme paid of a line, for rows with a ``line``: the voucher's part, that of the fund's purse, or
    what the scheme's credits were worth."""
    if is_card(programme):
        drawn = drawn_on(county=county, programme=programme).filter(about=OuterRef("line_id"))
        return Subquery(drawn.values("amount_fen")[:1])
    if is_credit(programme):
        spent = spent_on(county=county, programme=programme).filter(about=OuterRef("line_id"))
        return Subquery(spent.order_by("-at").values("worth_fen")[:1])
    return F("line__voucher_fen")


def books_of(*, county: str, programme: str, year: int) -> Fund:
    """The books that a programme's payments of a year are booked in."""
    if goes_on(programme):
        return find_fund(county=county, code=programme, field="programme")
    return fund_of(county=county, programme=programme, year=year)


def with_carried(*, county: str, statement_ids: Iterable[UUID]) -> dict[UUID, UUID]:
    """The statements and all that were carried into them, directly or through others, each with the one it ends in."""
    ends = {each: each for each in statement_ids}
    front = dict(ends)
    while front:
        rows = Statement.objects.filter(county=county, carried_into_id__in=list(front)).order_by("id")
        front = {row: front[into] for row, into in rows.values_list("id", "carried_into_id") if into is not None}
        ends.update(front)
    return ends


def parts_of(*, county: str, statement_ids: Iterable[UUID]) -> dict[UUID, Parts]:
    """What each statement is paid from, with everything carried into it; a few queries for any number of lines."""
    ends = with_carried(county=county, statement_ids=statement_ids)
    found: dict[UUID, Parts] = {end: defaultdict(int) for end in ends.values()}
    rows = (
        StatementLine.objects.filter(county=county, statement_id__in=list(ends))
        .annotate(
            year=Cast(Substr("service_month", 1, 4), IntegerField()),
            is_split=Case(
                When(central_fen__isnull=True, then=Value("no")), default=Value("yes"), output_field=CharField()
            ),
        )
        .order_by("statement_id", "year", "is_split")
        .values_list("statement_id", "year", "is_split")
        .annotate(amount=Sum("amount_fen"), central=Sum("central_fen"), local=Sum("local_fen"))
    )
    for statement_id, year, is_split, amount, central, local in rows:
        parts = found[ends[statement_id]]
        if is_split == "yes":
            parts[year, CENTRAL] += central
            parts[year, LOCAL] += local
        else:
            parts[year, UNSPLIT] += amount
    unsplit: tuple[QuerySet[ReceivedLine] | QuerySet[BorneLine], ...] = (
        ReceivedLine.objects.all(),
        BorneLine.objects.all(),
    )
    for lines in unsplit:
        sums = (
            lines.filter(county=county, statement_id__in=list(ends))
            .annotate(year=Cast(Substr("service_month", 1, 4), IntegerField()))
            .order_by("statement_id", "year")
            .values_list("statement_id", "year")
            .annotate(amount=Sum("amount_fen"))
        )
        for statement_id, year, amount in sums:
            if statement_id is not None:
                found[ends[statement_id]][year, UNSPLIT] += amount
    return {end: dict(parts) for end, parts in found.items()}


@dataclass(frozen=True)
class Due:
    """Parts of one provider's money, and the row that their transfers are about."""

    provider_id: int
    about: UUID
    parts: Mapping[tuple[int, str], int]


def pay(*, county: str, programme: str, dues: Iterable[Due], at: datetime, on: date) -> None:
    """Move what is owed from the providers' payable accounts to the paid accounts of each fund; a negative part, which
    the bank payment was cut by, moves back."""
    wanted = list(dues)
    accounts = _Accounts(county, programme, wanted)
    moves = []
    for due in wanted:
        for (year, part), fen in sorted(due.parts.items()):
            owed, paid = accounts.payable(year, due.provider_id), accounts.paid(year, part)
            if fen > 0:
                moves.append(Move(owed, paid, fen, "payout", about=due.about))
            elif fen < 0:
                moves.append(Move(paid, owed, -fen, "payout_offset", about=due.about))
    post(county=county, moves=moves, at=at, on=on)


class _Accounts:
    """The accounts of the payments, found in two queries; one that was never used is opened."""

    def __init__(self, county: str, programme: str, dues: list[Due]) -> None:
        years = {year for due in dues for year, _ in due.parts}
        self.funds = {year: books_of(county=county, programme=programme, year=year) for year in sorted(years)}
        codes = {f"paid:{part}" for part in (CENTRAL, LOCAL, UNSPLIT)} | {f"payable:{due.provider_id}" for due in dues}
        rows = Account.objects.filter(county=county, fund__in=list(self.funds.values()), code__in=sorted(codes))
        self.known = {(row.fund_id, row.code): row for row in rows.order_by("id")}

    def payable(self, year: int, provider_id: int) -> Account:
        key = (self.funds[year].id, f"payable:{provider_id}")
        if key not in self.known:
            self.known[key] = open_account(fund=self.funds[year], code=key[1], kind="payable")
        return self.known[key]

    def paid(self, year: int, part: str) -> Account:
        key = (self.funds[year].id, f"paid:{part}")
        if key not in self.known:
            self.known[key] = open_account(fund=self.funds[year], code=key[1], kind="paid")
        return self.known[key]
