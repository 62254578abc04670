"""What the month does with the love cards of a county: into class, charged by every fund, what lapsed given back."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from typing import Any

from songhe.card.charge import NOTHING_CHARGED, charge
from songhe.card.classify import classify_county
from songhe.card.expire import expire
from songhe.card.models import Card, Fund
from songhe.card.standard import rules_at
from songhe.jobs.models import Run
from songhe.kernel.month import Month
from songhe.kernel.refusal import Refusal
from songhe.policy.resolve import NOT_IN_FORCE

Clock = Callable[[], datetime]
Watch = Callable[[Run], None] | None


def has_cards(county: str) -> bool:
    """Whether the county has love cards at all."""
    return Card.objects.filter(county=county).exists()


def classify(*, county: str, on: date, clock: Clock, watch: Watch = None) -> dict[str, Any]:
    """Put every card into class by what is known of its holder; nothing where no rules are in force."""
    try:
        policy = rules_at(county, on)
    except Refusal as refusal:
        if refusal.reason is not NOT_IN_FORCE:
            raise
        return {}
    done = classify_county(county=county, policy=policy, on=on, clock=clock, watch=watch)
    return {"cards": done.cards, "cards_changed": done.changed}


def charge_all(*, county: str, month: Month, on: date, clock: Clock, watch: Watch = None) -> dict[str, Any]:
    """Charge the cards from every fund that gives by the month; what a fund has not enough for goes on waiting.

    A fund whose standards the place has set no amount for gives nothing.
    """
    found = {"charged": 0, "charged_fen": 0, "cards_waiting": 0}
    for fund in _funds(county):
        if fund.rates:
            try:
                done = charge(county=county, fund_id=fund.id, month=month, on=on, clock=clock, watch=watch)
            except Refusal as refusal:
                if refusal.reason not in (NOTHING_CHARGED, NOT_IN_FORCE):
                    raise
                continue
            found["charged"] += done.purses
            found["charged_fen"] += done.fen
            found["cards_waiting"] += done.waiting
    return found


def expire_all(*, county: str, on: date, clock: Clock, watch: Watch = None) -> dict[str, Any]:
    """Give what has lapsed back to the funds that it came from."""
    found = {"purses_expired": 0, "purses_expired_fen": 0}
    for fund in _funds(county):
        if fund.expiry != Fund.Expiry.NEVER:
            done = expire(county=county, fund_id=fund.id, on=on, clock=clock, watch=watch)
            found["purses_expired"] += done.purses
            found["purses_expired_fen"] += done.fen
    return found


def _funds(county: str) -> list[Fund]:
    return list(Fund.objects.filter(county=county, closed_on=None).order_by("slot"))
