"""A lunch that an elder pays with greens from the garden."""

from __future__ import annotations

from datetime import date

from songhe.assessment.tests.world import at
from songhe.card.models import Card
from songhe.card.tests.world import LISHUI, MARCH
from songhe.credit.models import Scheme
from songhe.credit.tests import world as credits
from songhe.provider.models import Provider
from songhe.redemption.models import Bill
from songhe.redemption.tests.test_card import bought, canteen, funded, pay
from songhe.settlement import gather

__all__ = ["APRIL", "at", "gathered", "lunch_for_greens"]

APRIL = date(2026, 4, 5)


def lunch_for_greens(
    *, scheme: Scheme | None = None, card: Card | None = None, who: Provider | None = None, grams: int = 1_000
) -> tuple[Scheme, Provider, Bill]:
    """Six yuan of greens, or six hundred fen for each jin, against a lunch of twelve yuan; the rest is the card's."""
    if scheme is None:
        scheme = credits.scheme(county=LISHUI, place=LISHUI)
        credits.rate(scheme)
    card = card or funded()[1]
    who = who or canteen()
    credits.seen(credits.weighed(scheme, card.person, grams=grams))
    return scheme, who, pay(card, who, bought("lunch"), with_credits=True)


def gathered(scheme: Scheme) -> gather.Gathered:
    return gather.gather(county=LISHUI, programme=f"credit:{scheme.code}", month=MARCH, at=at(APRIL), by="run")
