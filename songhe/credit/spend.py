"""Pay with credits, give them back when a line is reversed, let them lapse: there is no way to cash. 不可提现"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db import transaction

from songhe.credit.earn import SAY_WHY, UNKNOWN_PERSON
from songhe.credit.models import Holder, Scheme, Spending
from songhe.credit.scheme import in_use, programme_of
from songhe.credit.worth import payment
from songhe.kernel.period import Period
from songhe.kernel.refusal import reason, whole
from songhe.ledger.balance import balance
from songhe.ledger.fund import open_account, open_fund
from songhe.ledger.models import Account, Transfer
from songhe.ledger.post import Move, post
from songhe.person.deceased import refuse_after_death
from songhe.person.models import Person
from songhe.provider.models import Provider
from songhe.trail.note import note

NOTHING_HELD = reason("credit.nothing_held", zh="没有可用的积分。", en="There are no credits to pay with.", status=409)
NOT_FOR_THIS = reason(
    "credit.not_for_this", zh="这项积分不能用于“{help}”。", en="These credits do not buy {help}.", status=409
)
SPENT_ON_IT = reason(
    "credit.spent_on_it", zh="这一项已用这种积分付过。", en="These credits have paid for this line already.", status=409
)
UNKNOWN_SPENDING = reason("credit.unknown_spending", zh="没有这笔支付。", en="There is no such payment.", status=404)
GIVEN_BACK = reason("credit.given_back", zh="这笔积分已退回。", en="These credits were given back already.", status=409)


@dataclass(frozen=True)
class Held:
    """Credits that a person has of a scheme, and what they buy. ``ticket_fen`` None: each unit is a fen."""

    scheme: Scheme
    units: int

    def pays(self, own_fen: int) -> tuple[int, int]:
        """(Units, fen) with which they pay the own part of one line."""
        return payment(own_fen=own_fen, ticket_fen=self.scheme.ticket_fen, held=self.units)


def held(*, county: str, person_id: UUID, on: date, help: str | None = None) -> list[Held]:
    """What a person can pay with on the day, by code of the scheme; one statement."""
    rows = Holder.objects.filter(county=county, person_id=person_id).select_related("scheme", "account")
    return [
        Held(row.scheme, row.account.balance or 0)
        for row in rows.order_by("scheme__code")
        if row.account.balance
        and on in Period(row.scheme.opened_on, row.scheme.last_day)
        and (help is None or help in row.scheme.helps)
    ]


def spend(
    *,
    scheme: Scheme,
    person_id: UUID,
    provider: Provider,
    help: str,
    own_fen: int,
    about: UUID,
    at: datetime,
    on: date,
    by: str,
) -> Spending:
    """Pay what is left for the elder of one line with credits, as far as they reach; ``about`` is the line's id.

    What they are worth the scheme owes the provider, in books of money beside those of the credits; the month's
    settlement pays it, and nobody else is ever paid out of them.

    Refuses with ``input.too_small``, ``credit.scheme_ended``, ``credit.not_for_this``, ``credit.unknown_person``,
    ``person.after_death``, ``credit.nothing_held``, ``credit.spent_on_it`` or ``ledger.insufficient``.
    """
    whole(own_fen, "own_fen", least=1)
    scheme = in_use(scheme, on)
    if help not in scheme.helps:
        raise NOT_FOR_THIS("help", help=help)
    with transaction.atomic():
        holder = _locked_holder(scheme, person_id)
        refuse_after_death(holder.person, on, "on")
        if Spending.objects.filter(county=scheme.county, holder=holder, about=about, given_back=None).exists():
            raise SPENT_ON_IT("about")
        units, fen = payment(own_fen=own_fen, ticket_fen=scheme.ticket_fen, held=balance(holder.account))
        if not units:
            raise NOTHING_HELD("units")
        moves = [
            Move(holder.account, _spent_at(scheme, provider), units, "credit_spent", about=about),
            Move(*_owing(scheme, provider), fen, "credit_owed", about=about),
        ]
        booked = post(county=scheme.county, moves=moves, at=at, on=on)
        made = Spending.objects.create(
            county=scheme.county,
            holder=holder,
            provider=provider,
            help=help,
            units=units,
            worth_fen=fen,
            about=about,
            spent_on=on,
            by=by,
            at=at,
            transfer=booked[0].id,
            owed=booked[1].id,
        )
        _note("credit.spend", made, at=at, by=by)
    return made


def give_back(*, spending: Spending, because: str, at: datetime, on: date, by: str) -> Spending:
    """The line was reversed: the person has the credits again. Refuses with ``credit.say_why``,
    ``credit.unknown_spending`` or ``credit.given_back``."""
    if not because.strip():
        raise SAY_WHY("because")
    with transaction.atomic():
        rows = Spending.objects.select_for_update(of=("self",)).select_related(
            "holder__account", "holder__scheme__books", "provider"
        )
        found = rows.filter(county=spending.county, id=spending.id).first()
        if found is None:
            raise UNKNOWN_SPENDING("spending")
        if found.given_back is not None:
            raise GIVEN_BACK("spending")
        holder = found.holder
        source, owed = _owing(holder.scheme, found.provider)
        moves = [
            Move(
                _spent_at(holder.scheme, found.provider),
                holder.account,
                found.units,
                "credit_given_back",
                about=found.about,
                reverses=found.transfer,
            ),
            Move(owed, source, found.worth_fen, "credit_not_owed", about=found.about, reverses=found.owed),
        ]
        found.given_back = post(county=found.county, moves=moves, at=at, on=on)[0].id
        found.save(update_fields=["given_back"])
        _note("credit.give_back", found, at=at, by=by, reason=because)
    return found


def lapse(*, scheme: Scheme, person_id: UUID, because: str, at: datetime, on: date, by: str) -> int:
    """What is left after a death, or when the scheme has ended, goes to the scheme's lapsed account; nobody is paid.

    Answers with the units. Refuses with ``credit.say_why``, ``credit.unknown_person`` or ``credit.nothing_held``.
    """
    if not because.strip():
        raise SAY_WHY("because")
    with transaction.atomic():
        holder = _locked_holder(scheme, person_id)
        left = balance(holder.account)
        if not left:
            raise NOTHING_HELD("units")
        lapsed = open_account(fund=scheme.books, code="lapsed", kind="credit_lapsed")
        move = Move(holder.account, lapsed, left, "credit_lapsed", about=holder.id)
        post(county=scheme.county, moves=[move], at=at, on=on)
        note(
            county=scheme.county,
            at=at,
            actor=by,
            act="credit.lapse",
            subject="credit_holder",
            subject_id=holder.id,
            reason=because,
            behalf_of=person_id,
            units=left,
        )
    return left


def movements(*, scheme: Scheme, person_id: UUID, most: int = 200) -> list[Transfer]:
    """What came in and went out of a person's credits, the newest first; two statements."""
    holder = Holder.objects.filter(county=scheme.county, scheme=scheme, person_id=person_id).first()
    if holder is None:
        return []
    rows = Transfer.objects.filter(county=scheme.county)
    mine = rows.filter(debit_id=holder.account_id).union(rows.filter(credit_id=holder.account_id), all=True)
    return list(mine.order_by("-at", "-id")[:most])


def _locked_holder(scheme: Scheme, person_id: UUID) -> Holder:
    if not Person.rows.select_for_update().filter(county=scheme.county, id=person_id).exists():
        raise UNKNOWN_PERSON("person")
    rows = Holder.objects.filter(county=scheme.county, scheme=scheme, person_id=person_id)
    found = rows.select_related("account", "person").first()
    if found is None:
        raise NOTHING_HELD("units")
    return found


def _spent_at(scheme: Scheme, provider: Provider) -> Account:
    return open_account(fund=scheme.books, code=f"spent:{provider.pk}", kind="credit_spent")


def _owing(scheme: Scheme, provider: Provider) -> tuple[Account, Account]:
    """Where the scheme's money comes from, and what it owes the provider, in fen whatever unit the credits have."""
    money = open_fund(county=scheme.county, code=programme_of(scheme.code), name=scheme.name)
    source = open_account(fund=money, code="source", kind="source")
    return source, open_account(fund=money, code=f"payable:{provider.pk}", kind="payable")


def _note(act: str, spending: Spending, *, at: datetime, by: str, reason: str = "") -> None:
    note(
        county=spending.county,
        at=at,
        actor=by,
        act=act,
        subject="credit_spending",
        subject_id=spending.id,
        reason=reason,
        behalf_of=spending.holder.person_id,
        provider=spending.provider_id,
        units=spending.units,
        worth_fen=spending.worth_fen,
    )
