"""Purses pay lines of a bill, and get back what is undone. 扣款与退回

Who may be paid for what, and how much of it is left for the purses, redemption decides; here money leaves purses.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db import transaction

from songhe.card import order
from songhe.card.fund import account_of, payable
from songhe.card.models import Card, Draw, GivenBack, Purse
from songhe.card.open import CLOSED_CARD
from songhe.card.purse import Payer, listed_on, payers, read_payers
from songhe.card.states import PURSE
from songhe.county.ready import insert
from songhe.kernel.refusal import reason, whole
from songhe.ledger.models import Account
from songhe.ledger.post import Move, post
from songhe.provider.help import EVERYTHING
from songhe.trail.note import note

LOST = reason("card.lost", zh="这张卡已挂失。", en="This card is reported lost.", status=409)
FROZEN = reason("card.frozen", zh="这张卡已冻结。", en="This card is frozen.", status=409)
NOT_FOR_THIS = reason(
    "card.not_for_this",
    zh="这项资金不能用于“{category}”。",
    en="The fund may not buy {category}.",
    status=409,
)
NOT_THIS_DAY = reason(
    "card.not_this_day",
    zh="{day}的服务不在这笔资金的有效期内。",
    en="The service of {day} lies outside the time in which this money is valid.",
    status=409,
)
ALREADY_BACK = reason("card.already_back", zh="这笔扣款已经退回。", en="This was given back already.", status=409)


@dataclass(frozen=True)
class Owed:
    """What is left to pay of one line (``about``). ``family_only``: no public money, and no gift, pays it."""

    about: UUID
    category: str
    amount_fen: int
    service_on: date
    family_only: bool = False


@dataclass(frozen=True)
class Taking:
    """So much of one line (``about``) from one purse; ``because``: by what its turn came; ``payer``: it, as planned.

    ``from_fund``: the purse has ended since it paid this line the first time, and its fund pays in its stead.
    """

    purse_id: UUID
    category: str
    amount_fen: int
    service_on: date
    about: UUID
    because: str = ""
    payer: Payer | None = None
    from_fund: bool = False


def require_usable(card: Card, *, service_on: date) -> None:
    """Whether a locked card may pay for a service of that day: one closed by a death, for services up to its day.

    Refuses with ``card.lost``, ``card.frozen`` or ``card.closed_card``.
    """
    if card.state == Card.State.LOST:
        raise LOST("card")
    if card.state == Card.State.FROZEN:
        raise FROZEN("card")
    if card.state == Card.State.CLOSED:
        died_on = card.person.died_on
        if died_on is None or service_on > died_on:
            raise CLOSED_CARD("card")


def plan(
    *,
    card: Card,
    owed: Sequence[Owed],
    on: date,
    by: order.By = "lapsing_first",
    anew: Mapping[UUID, int] | None = None,
) -> list[Taking]:
    """What each purse of a locked card would pay, day by day of service, in the order of payment. Two statements.

    Lines that only the family pays come last of their day. ``anew``: the lines were paid before and are booked with
    other amounts, whatever became of the card since; what purses that have ended gave for them their funds pay again,
    as much as it was and no more.
    """
    days = sorted({each.service_on for each in owed})
    for day in days:
        if anew is None:
            require_usable(card, service_on=day)
    found: list[Taking] = []
    if not owed:
        return found
    purses = payers(card=card, first=days[0], last=days[-1], on=on, ended=anew or {})
    by_key = {str(each.purse.id): each for each in purses}
    for day in days:
        for family in (False, True):
            lines = [
                order.Line(str(each.about), each.category, each.amount_fen)
                for each in owed
                if (each.service_on, each.family_only) == (day, family)
            ]
            taken = _add_up(found)
            may = [each.on(day, taken.get(each.purse.id, 0)) for each in purses if each.valid_on(day)]
            may = [each for each in may if not family or each.source == order.FAMILY]
            categories = {line.key: line.category for line in lines}
            found += [
                Taking(
                    purse_id=UUID(part.purse),
                    category=categories[part.line],
                    amount_fen=part.amount_fen,
                    service_on=day,
                    about=UUID(part.line),
                    because=part.because,
                    payer=by_key[part.purse],
                    from_fund=UUID(part.purse) in (anew or {}),
                )
                for part in order.share(purses=may, lines=lines, by=by).parts
            ]
    return found


def _add_up(found: Sequence[Taking]) -> dict[UUID, int]:
    taken: dict[UUID, int] = {}
    for each in found:
        taken[each.purse_id] = taken.get(each.purse_id, 0) + each.amount_fen
    return taken


def draw(
    *, card: Card, takings: Sequence[Taking], provider_id: int, at: datetime, on: date, by: str, anew: bool = False
) -> list[Draw]:
    """Take money out of purses of a locked card for a provider; all of it or nothing.

    Each purse pays only what its fund may buy, in the time for which its money is valid, and never more than stands
    in it; the database holds all three (P5, P35). The bill that is paid notes it. ``anew`` as in ``plan``. A bounded
    number of statements. Refuses with ``card.lost``, ``card.frozen``, ``card.closed_card``, ``card.not_for_this``,
    ``card.not_this_day`` or ``ledger.insufficient``.
    """
    if not takings:
        return []
    for taking in takings:
        whole(taking.amount_fen, "amount_fen", least=1)
        if not anew:
            require_usable(card, service_on=taking.service_on)
    with transaction.atomic(savepoint=False):
        known = _known(card, takings)
        made = [_draw(known, taking, provider_id=provider_id, at=at, on=on, by=by) for taking in takings]
        purses: dict[UUID | None, Purse] = {each: payer.purse for each, payer in known.items()}
        funds = {purses[row.purse_id].fund_id: purses[row.purse_id].fund for row in made}
        owed = {each: payable(fund, provider_id) for each, fund in funds.items()}
        insert(made)
        moves = [
            Move(_paid_from(purses[row.purse_id], row), owed[row.fund_id], row.amount_fen, "draw", about=row.id)
            for row in made
        ]
        post(county=card.county, moves=moves, at=at, on=on)
    return made


def _known(card: Card, takings: Sequence[Taking]) -> dict[UUID, Payer]:
    """The card's purses that are to pay: as they were planned, or read anew."""
    planned = {each.purse_id: each.payer for each in takings if each.payer is not None}
    return planned | read_payers(card, {each.purse_id for each in takings} - set(planned))


def _draw(
    known: Mapping[UUID, Payer],
    taking: Taking,
    *,
    provider_id: int,
    at: datetime,
    on: date,
    by: str,
) -> Draw:
    payer = known.get(taking.purse_id)
    if payer is None:
        raise NOT_THIS_DAY("purse", day=taking.service_on)
    purse = payer.purse
    if not taking.from_fund and not _stands(purse, on):
        raise NOT_THIS_DAY("purse", day=taking.service_on)
    if not purse.valid_from <= taking.service_on <= purse.valid_to:
        raise NOT_THIS_DAY("service_on", day=taking.service_on)
    listed = listed_on(payer.buys, taking.service_on)
    if listed is not None and taking.category not in listed:
        raise NOT_FOR_THIS("category", category=taking.category)
    return Draw(
        county=purse.county,
        purse_id=purse.id,
        fund_id=purse.fund_id,
        valid_to=purse.valid_to,
        allowed=EVERYTHING if listed is None else taking.category,
        category=taking.category,
        amount_fen=taking.amount_fen,
        about=taking.about,
        provider_id=provider_id,
        service_on=taking.service_on,
        from_fund=taking.from_fund,
        on=on,
        at=at,
        by=by,
    )


def _stands(purse: Purse, on: date) -> bool:
    return purse.state == Purse.State.ACTIVE and on <= purse.book_until


def _paid_from(purse: Purse, row: Draw) -> Account:
    return account_of(purse.fund) if row.from_fund else purse.account


def _takes_back(purse: Purse, on: date) -> bool:
    """Whether what comes back goes into the purse. A family's does even when its heirs were paid: it is theirs too."""
    if purse.state == Purse.State.CLOSED:
        PURSE.move(purse, "reopen")
        purse.save(update_fields=["state"])
    return purse.state in (Purse.State.ACTIVE, Purse.State.FOR_HEIRS) and on <= purse.book_until


def give_back(*, card: Card, about: Collection[UUID], at: datetime, on: date, by: str) -> list[GivenBack]:
    """Undo what purses of a locked card paid for these lines: each gets back just what it gave, once.

    The purses are locked, so that none ends meanwhile. One that has ended gives it on to its fund; a family's, left to
    heirs, keeps it for them. Refuses with ``card.already_back``.
    """
    with transaction.atomic():
        draws = list(Draw.objects.filter(county=card.county, about__in=list(about)).order_by("id"))
        if GivenBack.objects.filter(county=card.county, draw__in=[row.id for row in draws]).exists():
            raise ALREADY_BACK("about")
        rows = Purse.objects.filter(county=card.county, card=card, id__in={row.purse_id for row in draws})
        list(rows.select_for_update(no_key=True).order_by("id").values_list("id", flat=True))
        purses: dict[UUID | None, Purse] = {
            purse.id: purse for purse in rows.select_related("fund__books", "account").order_by("id")
        }
        draws = [row for row in draws if row.purse_id in purses]
        moves, made = [], []
        for row in draws:
            purse = purses[row.purse_id]
            restored = not row.from_fund and _takes_back(purse, on)
            back_to = purse.account if restored else account_of(purse.fund)
            moves.append(Move(payable(purse.fund, row.provider_id), back_to, row.amount_fen, "give_back", about=row.id))
            made.append(GivenBack(county=card.county, draw=row, restored=restored, on=on, at=at, by=by))
        if made:
            GivenBack.objects.bulk_create(made)
            post(county=card.county, moves=moves, at=at, on=on)
            note(
                county=card.county,
                at=at,
                actor=by,
                act="card.give_back",
                subject="card",
                subject_id=card.id,
                fen=sum(row.amount_fen for row in draws),
            )
    return made
