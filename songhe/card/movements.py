"""Every yuan that came onto a card or left it, with its reason, month by month: read off the books. 明细"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db.models import Max, Min, QuerySet, Sum

from songhe.card.models import Card, Draw, HeirPayment, Match, Purse, Refund, TopUp
from songhe.kernel.month import Month
from songhe.ledger.models import Transfer


@dataclass(frozen=True)
class Movement:
    """So much into a purse, or below zero out of it. ``kind`` is why, in the ledger's word.

    ``number`` is that of the top-up that it belongs to. Of what was paid there are category, provider, day of the
    service and ``line``, the id of what was paid for.
    """

    id: UUID
    at: datetime
    on: date
    kind: str
    fund: str
    source: str
    amount_fen: int
    number: str = ""
    category: str = ""
    provider: str = ""
    service_on: date | None = None
    line: UUID | None = None
    name: str = ""


@dataclass(frozen=True)
class MonthOfCard:
    """What stood on the card before a month, all that happened in it, what stood there after it."""

    month: Month
    before_fen: int
    movements: tuple[Movement, ...]
    earlier: Month | None
    later: Month | None

    @property
    def in_fen(self) -> int:
        return sum(each.amount_fen for each in self.movements if each.amount_fen > 0)

    @property
    def out_fen(self) -> int:
        return -sum(each.amount_fen for each in self.movements if each.amount_fen < 0)

    @property
    def after_fen(self) -> int:
        return self.before_fen + self.in_fen - self.out_fen


def of_month(card: Card, month: Month) -> MonthOfCard:
    """The movements of a month, the latest first, in a bounded number of statements."""
    purses = {
        purse.account_id: purse for purse in Purse.objects.filter(county=card.county, card=card).select_related("fund")
    }
    into, out = (
        Transfer.objects.filter(county=card.county, **{f"{side}__in": list(purses)})
        for side in ("credit_id", "debit_id")
    )
    rows = [
        (each, purses[each.credit_id], each.amount)
        for each in into.filter(on__range=(month.first, month.last)).order_by("at", "id")
    ]
    rows += [
        (each, purses[each.debit_id], -each.amount)
        for each in out.filter(on__range=(month.first, month.last)).order_by("at", "id")
    ]
    told = _told(card, [each for each, _, _ in rows])
    movements = [
        Movement(
            each.id,
            each.at,
            each.on,
            each.kind,
            purse.fund.name,
            purse.fund.source,
            fen,
            **told.get(each.about, {}) if each.about else {},
        )
        for each, purse, fen in rows
    ]
    before = _sum(into.filter(on__lt=month.first)) - _sum(out.filter(on__lt=month.first))
    return MonthOfCard(
        month,
        before,
        tuple(sorted(movements, key=lambda each: (each.at, each.id), reverse=True)),
        _nearest(Max("on"), into.filter(on__lt=month.first), out.filter(on__lt=month.first), max),
        _nearest(Min("on"), into.filter(on__gt=month.last), out.filter(on__gt=month.last), min),
    )


def _sum(rows: QuerySet[Transfer]) -> int:
    found: int | None = rows.aggregate(fen=Sum("amount"))["fen"]
    return found or 0


def _nearest(by: Any, into: QuerySet[Transfer], out: QuerySet[Transfer], which: Any) -> Month | None:
    found = [day for rows in (into, out) if (day := rows.aggregate(on=by)["on"]) is not None]
    return Month.of(which(found)) if found else None


#: Whether what a transfer is about is looked for among draws, top-ups and so on.
_PAID = frozenset({"draw", "give_back"})


def _told(card: Card, transfers: Sequence[Transfer]) -> Mapping[UUID, dict[str, Any]]:
    """What each transfer is about, by the id that it names; a statement for each kind that there is."""

    def ids(*kinds: str) -> list[UUID]:
        return [each.about for each in transfers if each.kind in kinds and each.about is not None]

    told: dict[UUID, dict[str, Any]] = {}
    if paid := ids(*_PAID):
        for draw in Draw.objects.filter(county=card.county, id__in=paid).select_related("provider"):
            told[draw.id] = {
                "category": draw.category,
                "provider": draw.provider.name,
                "service_on": draw.service_on,
                "line": draw.about,
            }
    if topped := ids("topup"):
        told |= _numbers(TopUp.objects.filter(county=card.county, id__in=topped).values_list("id", "no"))
    if refunded := ids("refund"):
        told |= _numbers(Refund.objects.filter(county=card.county, id__in=refunded).values_list("id", "topup__no"))
    if matched := ids("match", "match_back"):
        rows = dict(Match.objects.filter(county=card.county, id__in=matched).values_list("id", "topup_id"))
        numbers = dict(TopUp.objects.filter(county=card.county, id__in=rows.values()).values_list("id", "no"))
        told |= _numbers((row, numbers[topup]) for row, topup in rows.items())
    if heirs := ids("to_heir"):
        for row, name in HeirPayment.objects.filter(county=card.county, id__in=heirs).values_list("id", "name"):
            told[row] = {"name": name}
    return told


def _numbers(rows: Iterable[tuple[UUID, str]]) -> dict[UUID, dict[str, Any]]:
    return {row: {"number": no} for row, no in rows}
