"""A person's card: authorised, not applied for; lost and replaced, frozen and let go; yes or no on a bus."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction

from songhe.card.models import Card
from songhe.card.states import CARD
from songhe.document.number import insert_numbered
from songhe.kernel.month import Month, beijing_date
from songhe.kernel.refusal import Refusal, reason
from songhe.person import medium as media
from songhe.person.deceased import refuse_after_death
from songhe.person.models import Mandate, Medium, Person
from songhe.person.register import locked as locked_person
from songhe.trail.note import note

HAS_ONE = reason("card.has_one", zh="这位老年人已有爱心卡。", en="This person has a card already.", status=409)
UNKNOWN_CARD = reason("card.unknown", zh="没有这张爱心卡。", en="There is no such love card.", status=404)
NO_MANDATE = reason(
    "card.no_mandate", zh="代办人没有办理爱心卡的授权。", en="The agent has no mandate for the card.", status=403
)
CLOSED_CARD = reason("card.closed_card", zh="这张卡已注销。", en="This card is closed.", status=409)
NEEDS_REASON = reason("card.say_why", zh="请写明原因。", en="Say why.")

#: The act that a mandate names for opening and keeping a card.
MANDATE_ACT = "card"
#: What whoever finds or steals the card may have with it; the telephone and the face are still the holder's.
IN_HAND = (Medium.Kind.CARD, Medium.Kind.PRINTED, Medium.Kind.PIN)


@dataclass(frozen=True)
class Attributes:
    """What other cards said before they were merged into this one. 老年卡、优抚卡、公交卡"""

    elder: bool = False
    veteran: bool = False
    bus: bool = False


def open_card(
    *,
    person: Person,
    attributes: Attributes,
    at: datetime,
    on: date,
    by: str,
    number: str = "",
    mandate: Mandate | None = None,
) -> Card:
    """Open a person's card: they, or an agent with a mandate, authorise it; there is nothing to apply for (002).

    ``number`` is that of the social-security card; without, the card has a number of its own. A person has one card
    at a time. Refuses with ``card.has_one``, ``card.no_mandate``, ``person.after_death`` and the codes of
    ``songhe.person.medium.issue``.
    """
    if mandate is not None and not _holds(mandate, person, on):
        raise NO_MANDATE("mandate")
    with transaction.atomic():
        person = locked_person(person)
        refuse_after_death(person, on, "person")
        if Card.objects.filter(county=person.county, person=person).exclude(state=Card.State.CLOSED).exists():
            raise HAS_ONE("person")
        shown = media.issue(person=person, kind=Medium.Kind.CARD, on=on, at=at, by=by, number=number)
        card = Card(
            county=person.county,
            person=person,
            medium=shown,
            elder=attributes.elder,
            veteran=attributes.veteran,
            bus=attributes.bus,
            authorised=Card.Authorised.AGENT if mandate else Card.Authorised.ELDER,
            mandate=mandate,
            opened_by=by,
            opened_at=at,
            opened_on=on,
        )
        try:
            with transaction.atomic():
                insert_numbered(card, Month.of(on))
        except IntegrityError:
            raise HAS_ONE("person") from None
        _note("card.open", card, at=at, by=by, authorised=card.authorised)
    return card


def _holds(mandate: Mandate, person: Person, on: date) -> bool:
    return (
        (mandate.county, mandate.person_id) == (person.county, person.id)
        and MANDATE_ACT in mandate.acts
        and mandate.valid_from <= on <= mandate.valid_to
        and (mandate.ended_on is None or on <= mandate.ended_on)
    )


def report_lost(*, card: Card, because: str, at: datetime, by: str) -> Card:
    """The card is lost: every card and printed code of the person is dead at once, what stands in the purses stays.

    The code on the telephone and the face go on as media, but nothing is paid until the card is replaced. Refuses with
    ``card.say_why`` or ``card.wrong_state``.
    """
    _say_why(because)
    with transaction.atomic():
        card = lock(county=card.county, card_id=card.id)
        CARD.move(card, "report_lost")
        card.save(update_fields=["state"])
        end_media(card, kinds=IN_HAND, because=because, at=at, by=by)
        _note("card.report_lost", card, at=at, by=by, reason=because)
    return card


def replace(*, card: Card, because: str, at: datetime, on: date, by: str, number: str = "") -> Card:
    """A new card in place of a lost or worn one: the old media are dead, number and balances are those of the card.

    Refuses with ``card.say_why``, ``card.wrong_state`` and the codes of ``songhe.person.medium.issue``.
    """
    _say_why(because)
    with transaction.atomic():
        card = lock(county=card.county, card_id=card.id)
        CARD.move(card, "replace")
        end_media(card, kinds=IN_HAND, because=because, at=at, by=by)
        card.medium = media.issue(
            person=card.person, kind=Medium.Kind.CARD, on=on, at=at, by=by, number=number, because=because
        )
        card.save(update_fields=["state", "medium"])
        _note("card.replace", card, at=at, by=by, reason=because)
    return card


def freeze(*, card: Card, because: str, at: datetime, by: str) -> Card:
    """Nothing is paid with the card while it is frozen; its monthly amounts go on coming in.

    A printed code with a PIN is dead, and is printed anew when the card pays again.
    """
    with transaction.atomic():
        frozen = _turn(card, "freeze", because, at, by)
        end_media(frozen, kinds=[Medium.Kind.PIN], because=because, at=at, by=by)
    return frozen


def unfreeze(*, card: Card, because: str, at: datetime, by: str) -> Card:
    """The card pays again. Refuses with ``card.say_why`` or ``card.wrong_state``."""
    return _turn(card, "unfreeze", because, at, by)


def _turn(card: Card, verb: str, because: str, at: datetime, by: str) -> Card:
    _say_why(because)
    with transaction.atomic():
        card = lock(county=card.county, card_id=card.id)
        CARD.move(card, verb)
        card.save(update_fields=["state"])
        _note(f"card.{verb}", card, at=at, by=by, reason=because)
    return card


def set_attributes(*, card: Card, attributes: Attributes, at: datetime, by: str) -> Card:
    """Which other cards this one stands for."""
    with transaction.atomic():
        card = lock(county=card.county, card_id=card.id)
        card.elder, card.veteran, card.bus = attributes.elder, attributes.veteran, attributes.bus
        card.save(update_fields=["elder", "veteran", "bus"])
        _note("card.set_attributes", card, at=at, by=by, elder=card.elder, veteran=card.veteran, bus=card.bus)
    return card


def may_ride(*, county: str, number: str, at: datetime) -> bool:
    """The answer at the gate of a bus: yes or no, and nothing else about anybody."""
    try:
        shown = media.medium_of(number, county)
    except Refusal:
        return False
    card = card_of(county=shown.county, person_id=shown.person_id)
    return (
        card is not None
        and card.state == Card.State.ACTIVE
        and card.bus
        and (shown.person.died_on is None or shown.person.died_on >= beijing_date(at))
    )


def card_of(*, county: str, person_id: UUID) -> Card | None:
    """The person's card that is not closed, else the one that was closed last."""
    rows = Card.objects.filter(county=county, person=person_id).order_by("-opened_at", "-id")
    found = list(rows[:5])
    return next((card for card in found if card.state != Card.State.CLOSED), found[0] if found else None)


def lock(*, county: str, card_id: UUID) -> Card:
    """The card's row, locked: all that happens to a card happens one after the other.

    Its holder first, as a death and a redemption lock them. Refuses with ``card.unknown``.
    """
    holder = Card.objects.filter(county=county, id=card_id).values_list("person_id", flat=True).first()
    if holder is None:
        raise UNKNOWN_CARD("card")
    person = Person.rows.select_for_update().get(county=county, id=holder)
    found = Card.objects.select_for_update(no_key=True).get(county=county, id=card_id)
    found.person = person
    return found


def end_media(card: Card, *, kinds: Collection[str], because: str, at: datetime, by: str) -> None:
    """The media of these kinds that the holder of a locked card has are dead from this instant."""
    live = Medium.objects.filter(county=card.county, person=card.person_id, kind__in=kinds, ended_at=None)
    for each in live.order_by("id"):
        media.end(medium=each, because=because, at=at, by=by)


def _say_why(because: str) -> None:
    if not because.strip():
        raise NEEDS_REASON("because")


def _note(act: str, card: Card, *, at: datetime, by: str, reason: str = "", **detail: Any) -> None:
    note(
        county=card.county,
        at=at,
        actor=by,
        act=act,
        subject="card",
        subject_id=card.id,
        reason=reason.strip()[:300],
        person=str(card.person_id),
        **detail,
    )
