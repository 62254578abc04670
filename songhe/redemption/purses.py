"""What credits and the purses of the card pay of a bill, after insurance, other public money and voucher. 爱心卡支付"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db.models import Case, Value, When

from songhe.card.draw import Owed, Taking, plan, require_usable
from songhe.card.draw import give_back as give_back_to_purses
from songhe.card.models import Card, GivenBack
from songhe.card.order import By
from songhe.card.standard import rules_at
from songhe.county.ready import Ready
from songhe.credit.models import Scheme, Spending
from songhe.credit.spend import give_back as give_credits_back
from songhe.credit.spend import held, spend
from songhe.kernel.refusal import Refusal
from songhe.person.models import Person
from songhe.policy.resolve import NOT_IN_FORCE, UNKNOWN_POLICY
from songhe.provider.models import Provider
from songhe.redemption.models import Line
from songhe.redemption.share import step

#: What long-term care insurance pays for; where the pack keeps the two apart, no purse does.
INSURED = "nursing"

#: Why a purse has its turn when it has, by the codes of ``songhe.card.order``.
WORDS: dict[str, tuple[str, str]] = {
    "lapses": ("先到期先用", "what lapses first is used first"),
    "restricted": ("限定用途的先用", "what is restricted is used first"),
    "open": ("公共和慈善资金先用", "public money and gifts come first"),
    "family_last": ("家庭资金最后用", "family money comes last"),
}


@dataclass(frozen=True)
class Rules:
    """How the purses of a place pay: their order, and whether insured care is left to the insurance."""

    order: By = "lapsing_first"
    without_insured: bool = False


def rules_of(county: str, on: date) -> Rules:
    """The love card's rules of the day; where none are in force, the order that holds without any."""
    try:
        policy = rules_at(county, on)
    except Refusal as refusal:
        if refusal.reason not in (NOT_IN_FORCE, UNKNOWN_POLICY):
            raise
        return Rules()
    by: By = "rank" if policy.value("purse_order", on) == "rank" else "lapsing_first"
    return Rules(by, bool(policy.value("card_without_ltci_items", on)))


_CLOSED_LAST = Case(When(state=Card.State.CLOSED, then=Value(1)), default=Value(0))
_CARDS = Ready(
    lambda county, person_id: (
        Card.objects.select_for_update(no_key=True)
        .filter(county=county, person_id=person_id)
        .order_by(_CLOSED_LAST, "-opened_at", "-id")
    )
)


def lock_card(person: Person) -> Card | None:
    """The card of a locked person, locked: the one that is open, else the one that was closed last, else none."""
    found = _CARDS.first(county=person.county, person_id=person.id)
    if found is not None:
        found.person = person
    return found


def may_pay(card: Card | None, days: Collection[date]) -> bool:
    """Whether its purses may be asked at all: not while it is lost or frozen, nor for services after its end."""
    if card is None:
        return False
    try:
        for day in days:
            require_usable(card, service_on=day)
    except Refusal:
        return False
    return True


def share_rest(
    *, card: Card, lines: Sequence[Line], on: date, rules: Rules, anew: Mapping[UUID, int] | None = None
) -> list[Taking]:
    """Plan what the purses of a locked card pay of each line's own part, and write it into the lines that are to be.

    A purse pays what its fund may buy, by the item's help; the dearer part of an upgraded item is the family's alone
    (004, task 8). What no purse pays stays with the person. ``anew``: the lines were paid before, see ``card.draw``.
    """
    takings = plan(
        card=card,
        owed=[
            Owed(line.id, line.item.help, line.self_fen, line.service_on, family_only=line.upgrade_id is not None)
            for line in lines
            if line.self_fen > 0 and not (rules.without_insured and line.item.help == INSURED)
        ],
        on=on,
        by=rules.order,
        anew=anew,
    )
    by_line = {line.id: line for line in lines}
    for taking in takings:
        line, (zh, en) = by_line[taking.about], WORDS[taking.because]
        line.purse_fen += taking.amount_fen
        line.self_fen -= taking.amount_fen
        fund = taking.payer.purse.fund.name if taking.payer else ""
        said = (f"{fund}支付：{zh}", f"{fund} pays: {en}")
        line.steps = [*line.steps, step("purse", *said, taking.amount_fen)]
    return takings


def spend_credits(
    *,
    person_id: UUID,
    provider: Provider,
    lines: Sequence[Line],
    schemes: Sequence[Scheme],
    at: datetime,
    on: date,
    by: str,
) -> None:
    """Pay each line's own part with credits as far as they reach, before any purse: the elder asked for it."""
    for line in lines:
        for scheme in schemes:
            if line.self_fen > 0 and line.item.help in scheme.helps:
                paid = spend(
                    scheme=scheme,
                    person_id=person_id,
                    provider=provider,
                    help=line.item.help,
                    own_fen=line.self_fen,
                    about=line.id,
                    at=at,
                    on=on,
                    by=by,
                )
                line.credit_fen += paid.worth_fen
                line.self_fen -= paid.worth_fen
                line.steps = [
                    *line.steps,
                    step("credit", f"{scheme.name}抵付", f"{scheme.name} pays", paid.worth_fen),
                ]


def schemes_held(*, county: str, person_id: UUID, on: date) -> list[Scheme]:
    """The schemes of which the person has credits to spend on the day."""
    return [each.scheme for each in held(county=county, person_id=person_id, on=on)]


def give_back(
    *, card: Card | None, lines: Sequence[Line], because: str, at: datetime, on: date, by: str
) -> dict[UUID, int]:
    """Undo what purses and credits paid of these lines; answers what ended purses gave, by purse, in fen."""
    spendings = Spending.objects.filter(
        county=lines[0].county, about__in=[line.id for line in lines if line.credit_fen], given_back=None
    )
    for spending in spendings.order_by("id"):
        give_credits_back(spending=spending, because=because, at=at, on=on, by=by)
    about = [line.id for line in lines if line.purse_fen > 0]
    if card is None or not about:
        return {}
    returned = give_back_to_purses(card=card, about=about, at=at, on=on, by=by)
    return _ended(returned)


def _ended(returned: Sequence[GivenBack]) -> dict[UUID, int]:
    found: dict[UUID, int] = {}
    for each in returned:
        if not each.restored and each.draw.purse_id is not None:
            found[each.draw.purse_id] = found.get(each.draw.purse_id, 0) + each.draw.amount_fen
    return found
