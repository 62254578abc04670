"""Charity matches what a family puts onto a card, within a month's cap; and takes it back with a refund. 配捐

The cap is a row with a CHECK and one conditional UPDATE: however many top-ups come at once, it holds (P34).
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from uuid import UUID

from django.db.models import F

from songhe.card.fund import account_of, lock, prefix
from songhe.card.models import Card, Fund, Match, MatchCount, TopUp
from songhe.card.purse import ensure
from songhe.card.standard import rules_at
from songhe.county.key import new_id
from songhe.kernel.month import Month
from songhe.ledger.models import Account
from songhe.ledger.post import Move, post
from songhe.policy.evaluate import written_ratio
from songhe.policy.match import match_fen, terms_of_match
from songhe.policy.resolve import Policy

#: A cap where the place has set none: more than any month's top-ups.
NO_CAP_FEN = 10**12


def match(*, topup: TopUp, card: Card, at: datetime, on: date) -> int:
    """Match a top-up that has just come in; answers the fen given. The caller has locked the card.

    ``match_ratio`` of it, up to what is left of the person's ``match_month_cap`` of the month (002: 1:1, at most 30
    yuan a month in Jindong), as far as the charity funds reach that match where the person lives, the most local
    first. A top-up is never held up by its match.
    """
    policy = rules_at(card.county, on)
    ratio, cap_fen = terms_of_match(policy, on)
    if ratio == 0:
        return 0
    month = str(Month.of(on))
    _count_row(card, month, NO_CAP_FEN if cap_fen is None else cap_fen)
    wanted = match_fen(topup_fen=topup.amount_fen, ratio=ratio, room_fen=None)
    given = 0
    for fund in in_lock_order(funds_for(card)):
        if given == wanted:
            break
        given += _give(fund, topup, card, wanted - given, month, policy, written_ratio(ratio) or "", at, on)
    return given


def _give(
    fund: Fund,
    topup: TopUp,
    card: Card,
    wanted: int,
    month: str,
    policy: Policy,
    ratio: str,
    at: datetime,
    on: date,
) -> int:
    """What one fund gives: as much as is wanted, is in it, and is left of the cap."""
    fund = lock(county=fund.county, fund_id=fund.id)
    stands = Account.objects.values_list("balance", flat=True).get(county=fund.county, id=fund.account_id) or 0
    amount = take_of_cap(county=card.county, person_id=card.person_id, month=month, wanted_fen=min(wanted, stands))
    if not amount:
        return 0
    purse = ensure(card=card, fund=fund, on=on)
    row = Match.objects.create(
        county=card.county,
        topup_id=topup.id,
        topup_fen=topup.amount_fen,
        fund=fund,
        purse=purse,
        month=month,
        ratio=ratio,
        amount_fen=amount,
        pack=policy.id,
        version=policy.version,
    )
    post(
        county=card.county,
        moves=[Move(account_of(fund), purse.account, amount, "match", about=row.id)],
        at=at,
        on=on,
    )
    return amount


def take_of_cap(*, county: str, person_id: UUID, month: str, wanted_fen: int) -> int:
    """Take up to so much of the month's cap; answers what was taken. One conditional UPDATE decides."""
    mine = MatchCount.objects.filter(county=county, person=person_id, month=month)
    while wanted_fen > 0:
        matched, cap = mine.values_list("matched_fen", "cap_fen").get()
        amount = min(wanted_fen, cap - matched)
        if amount <= 0:
            return 0
        if mine.filter(matched_fen__lte=F("cap_fen") - amount).update(matched_fen=F("matched_fen") + amount):
            return amount
    return 0


def give_cap_back(*, county: str, person_id: UUID, month: str, amount_fen: int) -> None:
    """What is taken back of a match counts no more in its month."""
    mine = MatchCount.objects.filter(county=county, person=person_id, month=month)
    mine.update(matched_fen=F("matched_fen") - amount_fen)


def _count_row(card: Card, month: str, cap_fen: int) -> None:
    """The person's row of the month; its cap is that of the month's first top-up."""
    MatchCount.objects.bulk_create(
        [MatchCount(county=card.county, id=new_id(), person=card.person, month=month, cap_fen=cap_fen)],
        ignore_conflicts=True,
    )


def funds_for(card: Card) -> list[Fund]:
    """The funds that match where the card's holder lives, the most local first."""
    rows = Fund.objects.filter(county=card.county, matches=True, closed_on=None)
    place = card.person.place
    return [
        fund
        for fund in rows.order_by("id")
        if place.startswith(prefix(fund.place)) and (not fund.classes or card.card_class in fund.classes)
    ]


def in_lock_order(funds: Iterable[Fund]) -> list[Fund]:
    """The most local first: the order in which funds match, and in which everybody locks several of them."""
    return sorted(funds, key=lambda fund: (-len(prefix(fund.place)), fund.rank, fund.id))
