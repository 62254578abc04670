"""Which standards of the pack a card is under, and the class that it is in by them. 对象分类"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction

from songhe.card.models import Card, Standing
from songhe.card.open import CLOSED_CARD, lock
from songhe.eligibility.facts import facts_of, on_file
from songhe.kernel.month import Month
from songhe.policy.monthly import LAST_CLASS, amounts, standards
from songhe.policy.resolve import Library, Policy, library
from songhe.trail.note import note

PROGRAMME = "love-card"


@dataclass(frozen=True)
class Amounts:
    """What the standards of a place come to a month, by which pack."""

    amounts: dict[str, int]
    pack: str
    version: str


def rules_at(place: str, on: date, packs: Library | None = None) -> Policy:
    """The love card's rules in force. Refuses as resolving a pack does."""
    return (packs or library()).resolve(policy=PROGRAMME, place=place, on=on)


def monthly_amounts(*, place: str, on: date) -> Amounts:
    """The amounts of the day. Refuses as resolving a pack does."""
    policy = rules_at(place, on)
    return Amounts(amounts(policy=policy, on=on), policy.id, policy.version)


def classify(*, card: Card, on: date, at: datetime, by: str) -> Card:
    """Put the card under the standards that its holder meets on the day; dynamic management (002).

    What is new holds from the month of the day; what is no longer met ends with the month before, or with this one if
    it began in it. Unknown facts count as not met here: the bureau's page shows what is missing. Whoever is no longer
    on the county's file meets nothing. Refuses with ``card.closed_card`` or as resolving a pack does.
    """
    policy = rules_at(card.county, on)
    with transaction.atomic():
        card = lock(county=card.county, card_id=card.id)
        if card.state == Card.State.CLOSED:
            raise CLOSED_CARD("card")
        found = standards(policy=policy, facts=facts_of(card.person, on), on=on)
        here = on_file(card.person, on)
        met = {each.id for each in found.met} if here else set()
        month = Month.of(on)
        standing = list(Standing.objects.filter(county=card.county, card=card, last_month="").order_by("id"))
        for row in standing:
            if row.standard not in met:
                _end(row, month)
        new = met - {row.standard for row in standing}
        Standing.objects.bulk_create(
            [
                Standing(
                    county=card.county,
                    card=card,
                    standard=standard,
                    first_month=_free_month(card, standard, month),
                    pack=found.pack,
                    version=found.version,
                )
                for standard in sorted(new)
            ]
        )
        card.card_class = found.in_class if here else LAST_CLASS
        card.save(update_fields=["card_class"])
        note(
            county=card.county,
            at=at,
            actor=by,
            act="card.classify",
            subject="card",
            subject_id=card.id,
            card_class=card.card_class,
            standards=sorted(met),
            pack=found.pack,
            version=found.version,
        )
    return card


def _end(row: Standing, month: Month) -> None:
    """It ends with the month before; one that began this month ends with it, for what has begun is not taken back."""
    last = max(row.first_month, str(month.previous))
    Standing.objects.filter(county=row.county, id=row.id).update(last_month=last)


def _free_month(card: Card, standard: str, month: Month) -> str:
    """The month from which it holds: this one, or the next where one of the same has ended within it."""
    taken = Standing.objects.filter(county=card.county, card=card, standard=standard, last_month__gte=str(month))
    return str(month.next) if taken.exists() else str(month)
