"""Who pays a bill: the person by voucher, card or code, with voucher and card locked in the one order of locks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from songhe.card.draw import require_usable as require_usable_card
from songhe.card.models import Card
from songhe.card.open import UNKNOWN_CARD
from songhe.county.ready import Ready
from songhe.grant.choose import UNKNOWN, lock, require_usable
from songhe.grant.models import Grant
from songhe.kernel.month import Month
from songhe.kernel.refusal import Refusal, reason
from songhe.person.code import burn, who
from songhe.person.models import Person
from songhe.policy.terms import Terms, terms
from songhe.provider.models import Partner
from songhe.redemption.bill import Charge, Reading
from songhe.redemption.purses import lock_card, may_pay

HOW_IDENTIFIED = reason(
    "redemption.how_identified",
    zh="请给出券号、卡号或老年人的码，三者选一。",
    en="Name the voucher or the card by its number or the person by a medium, one of the three.",
)
NO_VOUCHER = reason(
    "redemption.no_voucher",
    zh="这位老年人{month}没有消费券。",
    en="This person has no voucher for {month}.",
    status=404,
)
SHOW_THE_CARD = reason(
    "redemption.show_the_card",
    zh="没有服务记录的项目，请老年人出示卡或码。",
    en="Where nothing records the service, the card or the code has to be shown.",
    status=403,
)

PROGRAMME = "consumption-voucher"
CARD_PROGRAMME = "love-card"

MEALS = "meals"


@dataclass(frozen=True)
class Request:
    """A bill as a provider hands it in. One of ``grant_no``, ``card_no`` and ``medium`` says who is served.

    ``medium`` is whatever was scanned, read out or typed: a code, its number, or the number of a card. Purses pay
    where it was shown, or where a record says that the service was given. ``ltci_fen`` None: long-term care insurance
    has not answered yet, and the bill is booked provisionally. ``confirmed_by``: elder, proxy, staff or nobody.
    ``with_credits``: the elder asks to pay with credits first. ``card_only``: not with this month's voucher.
    """

    provider_id: int
    charges: tuple[Charge, ...]
    grant_no: str | None = None
    medium: str | None = None
    card_no: str | None = None
    ltci_fen: int | None = 0
    confirmed_by: str = ""
    hold: UUID | None = None
    with_credits: bool = False
    card_only: bool = False

    def as_dict(self) -> dict[str, Any]:
        return {
            "lines": [charge.as_dict() for charge in self.charges],
            "ltci_fen": self.ltci_fen,
            "with_credits": self.with_credits,
            "card_only": self.card_only,
        }

    @property
    def identified_by(self) -> str:
        return "medium" if self.medium else "card_no" if self.card_no else "grant_no"


@dataclass(frozen=True)
class Payers:
    """A locked person with what may pay, locked too: this month's voucher, the card, or both."""

    person: Person
    month: Month
    grant: Grant | None
    card: Card | None

    def voucher_for(self, found: Reading, partner: Partner | None, *, on: date) -> Grant | None:
        """The voucher that pays the bill; ``None``: the card alone.

        Who has no card pays with the voucher or is refused. With a card, a merchant, things outside the scope,
        services of another group than the voucher's, and a voucher that cannot be used are the card's alone; and a
        mere meal does not choose the voucher's group for the month.
        """
        grant = self.grant
        if grant is None or self.card is None:
            return grant
        if partner is not None or not found.has_scope:
            return None
        if grant.category is None and all(line.item.help == MEALS for line in found.lines):
            return None
        if grant.category is not None and grant.category != found.category:
            return None
        try:
            require_usable(grant, on=on)
        except Refusal:
            return None
        return grant

    def rules(self, county: str) -> Terms:
        """The terms of the voucher of its month, else of the card on the month's first day."""
        if self.grant is not None:
            return terms(policy=self.grant.programme, place=county, on=self.grant.valid_from)
        return terms(policy=CARD_PROGRAMME, place=county, on=self.month.first)


def find(*, county: str, request: Request, at: datetime, on: date) -> Payers:
    """Whose voucher or card pays, all rows locked: the person, the card, then the voucher.

    A code that was scanned or read out is burnt here, in the transaction of the bill: of two that come with one code
    the second is refused with ``person.code_used``, and a bill that is refused leaves the code as it was. Refuses as
    ``person.code.who`` does, or with ``redemption.how_identified``, ``grant.unknown``, ``card.unknown``,
    ``redemption.no_voucher``, ``redemption.show_the_card``, ``card.lost``, ``card.frozen`` or ``card.closed_card``.
    """
    if sum(given is not None for given in (request.grant_no, request.medium, request.card_no)) != 1:
        raise HOW_IDENTIFIED("grant_no")
    month = Month.of(min((charge.service_on for charge in request.charges), default=on))
    if request.grant_no is not None:
        row = Grant.objects.filter(county=county, no=request.grant_no).values_list("id", "person_id", "month").first()
        if row is None:
            raise UNKNOWN("grant_no")
        return payers(county, row[1], Month.parse(row[2]), request.charges, grant_id=row[0])
    if request.card_no is not None:
        holder = Card.objects.filter(county=county, no=request.card_no).values_list("person_id", flat=True).first()
        if holder is None:
            raise UNKNOWN_CARD("card_no")
        if not all(charge.is_recorded for charge in request.charges):
            raise SHOW_THE_CARD("card_no")
        return payers(county, holder, month, request.charges, card_only=request.card_only)
    assert request.medium is not None
    shown = who(
        county=county,
        given=request.medium,
        confirmed_by=request.confirmed_by,
        at=at,
        reader=f"provider:{request.provider_id}",
    )
    found = payers(county, shown.medium.person_id, month, request.charges, card_only=request.card_only, is_shown=True)
    burn(shown)
    return found


_VOUCHER = Ready(
    lambda county, person_id, month: Grant.objects.filter(
        county=county, person_id=person_id, programme=PROGRAMME, month=month
    ).values_list("id", flat=True)
)


def payers(
    county: str,
    person_id: UUID,
    month: Month,
    charges: Sequence[Charge],
    *,
    grant_id: UUID | None = None,
    card_only: bool = False,
    is_shown: bool = False,
) -> Payers:
    """Lock the person, their card where it may be drawn on, and their voucher of the month."""
    person = lock_person(county, person_id)
    card = None
    if is_shown or all(charge.is_recorded for charge in charges):
        card = lock_card(person)
    if grant_id is None and not card_only:
        grant_id = _VOUCHER.first(county=county, person_id=person_id, month=str(month))
    days = {charge.service_on for charge in charges}
    if grant_id is None:
        if card is None:
            raise NO_VOUCHER("medium", month=month)
        for day in sorted(days):
            require_usable_card(card, service_on=day)
        return Payers(person, month, None, card)
    grant = lock(county=county, grant_id=grant_id)
    return Payers(person, month, grant, card if may_pay(card, days) else None)


_LOCKED = Ready(lambda county, person_id: Person.rows.select_for_update().filter(county=county, id=person_id))


def lock_person(county: str, person_id: UUID) -> Person:
    """The person's row, so that a death that is being verified comes before or after, never in between."""
    person = _LOCKED.first(county=county, person_id=person_id)
    if person is None:
        raise Person.DoesNotExist
    return person
