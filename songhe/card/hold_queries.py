"""What is set aside on cards, for whom and until when. Reads only."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, F, Min, QuerySet, Sum

from songhe.card.hold_models import Hold
from songhe.card.hold_order_models import ItemOrder
from songhe.card.models import Card
from songhe.provider.models import Item

#: So many of those that are over stand on a page.
LATEST = 20


@dataclass(frozen=True)
class Held:
    """A hold and the order that it stands for; a till's without a network stands for none."""

    hold: Hold
    order: ItemOrder | None

    @property
    def open_fen(self) -> int:
        return self.hold.amount_fen - self.hold.taken_fen if self.hold.state == Hold.State.HELD else 0


def on_card(card: Card, *, latest: int = LATEST) -> list[Held]:
    """What stands set aside on a card, the soonest to end first, then what is over, the newest first; three
    statements."""
    rows = Hold.objects.filter(county=card.county, card=card).select_related("provider")
    open_ = list(rows.filter(state=Hold.State.HELD).order_by("until", "id"))
    over = list(rows.exclude(state=Hold.State.HELD).order_by("-ended_at", "-id")[:latest])
    return _with_orders(card.county, [*open_, *over])


def held_fen(card: Card) -> int:
    """How much of a card is set aside; one statement."""
    open_ = Hold.objects.filter(county=card.county, card=card, state=Hold.State.HELD)
    return int(open_.aggregate(fen=Sum(F("amount_fen") - F("taken_fen"), default=0))["fen"])


def orders(*, counties: Collection[str], provider_id: int) -> QuerySet[ItemOrder]:
    """A provider's orders with their holds and whose they are."""
    rows = ItemOrder.objects.filter(county__in=counties, hold__county__in=counties, hold__provider_id=provider_id)
    return rows.select_related("hold__card__person", "hold__provider")


def by_provider(county: str) -> list[dict[str, Any]]:
    """What is set aside in a county, by provider: how many, how much, and when the first ends; one statement."""
    open_ = Hold.objects.filter(county=county, state=Hold.State.HELD)
    found = open_.values("provider_id", "provider__name").annotate(
        holds=Count("id"), fen=Sum(F("amount_fen") - F("taken_fen")), first_ends=Min("until")
    )
    return [dict(row) for row in found.order_by("provider_id")]


def _with_orders(county: str, rows: list[Hold]) -> list[Held]:
    known = {row.hold_id: row for row in ItemOrder.objects.filter(county=county, hold__in=[row.id for row in rows])}
    return [Held(row, known.get(row.id)) for row in rows]


def item_names(codes: Collection[str]) -> dict[str, tuple[str, str]]:
    """What the items are called, in Chinese and English, by their codes; of several editions the newest."""
    rows = Item.objects.filter(code__in=set(codes)).order_by("valid_from", "id")
    return {code: (zh, en) for code, zh, en in rows.values_list("code", "name", "name_en")}
