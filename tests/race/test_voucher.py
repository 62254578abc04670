"""Many callers on one voucher: never over its face, no false refusal, money conserved."""

from __future__ import annotations

import random
import threading
from collections.abc import Callable
from contextlib import nullcontext, suppress
from datetime import date, timedelta

import pytest
from django.db import IntegrityError, connection
from django.db.models import F, QuerySet

from songhe.assessment.tests.world import COUNTY, at
from songhe.grant import hold as hold_module
from songhe.grant.choose import choose
from songhe.grant.expire import expire
from songhe.grant.fund import accounts, payable
from songhe.grant.hold import hold, release
from songhe.grant.models import Grant, Hold
from songhe.grant.tests.world import MARCH, PROGRAMME, TENTH, budget, entitled, left, run_issue, voucher
from songhe.ledger.balance import balance
from songhe.ledger.models import Account, Transfer
from songhe.ledger.post import Move
from songhe.person.event import report, verify
from songhe.person.models import Person
from songhe.provider.models import Provider
from songhe.redemption.bill import Charge
from songhe.redemption.models import Bill, Line, Reversal
from songhe.redemption.reverse import reverse
from songhe.redemption.tests.world import bath, item, pay, provider, visit_of
from tests.race.together import Outcome, attempts, refusals, sound, together

pytestmark = [pytest.mark.race, pytest.mark.slow, pytest.mark.usefixtures("alone", "own_database")]

CALLERS = 64
FACE = 80_000
LAST = date(2026, 3, 31)
APRIL = date(2026, 4, 1)


def vouchers(count: int, category: str = "home") -> list[Grant]:
    """That many vouchers of March, of that many people."""
    for _ in range(count):
        entitled(category=category)
    budget()
    run_issue()
    return list(Grant.objects.filter(county=COUNTY).order_by("no"))


def redeeming(grant: Grant, who: Provider, fee_fen: int, **more) -> Callable[[], Bill]:
    return lambda: pay(grant, who, bath(fee_fen), **more)


def holding(grant: Grant, who: Provider, amount_fen: int) -> Callable[[], Hold]:
    return lambda: hold(
        county=COUNTY,
        grant_id=grant.id,
        provider_id=who.id,
        category="home",
        amount_fen=amount_fen,
        at=at(TENTH),
        on=TENTH,
        until=at(TENTH) + timedelta(days=2),
        by="manager",
    )


def expiring() -> object:
    return expire(county=COUNTY, programme=PROGRAMME, month=MARCH, on=APRIL, clock=lambda: at(APRIL), chunk=5)


def lapsed() -> int:
    return balance(accounts(county=COUNTY, programme=PROGRAMME, month=MARCH).lapsed)


def owed(who: Provider) -> int:
    return balance(payable(county=COUNTY, programme=PROGRAMME, year=2026, provider_id=who.id))


# --- 64 callers on one voucher ---------------------------------------------------------------------------------------


def test_sixty_four_bills_on_one_voucher_pay_its_face_and_not_a_fen_more():
    grant, who = voucher(), provider()
    outcomes = together(*[redeeming(grant, who, 2_000 + 100 * number) for number in range(CALLERS)])
    assert refusals(outcomes) == {}, "a voucher that is used up pays nothing; it refuses nobody"
    bills = [outcome.answer for outcome in outcomes]
    assert sum(bill.voucher_fen for bill in bills) == FACE
    short = [bill for bill in bills if bill.voucher_fen < bill.fee_fen // 2]
    assert len([bill for bill in short if bill.voucher_fen]) <= 1, "one bill at most gets what was left"
    assert (left(grant), owed(who)) == (0, FACE)
    assert Bill.objects.filter(county=COUNTY).count() == CALLERS
    sound()


def no_false_refusal(face: int, amounts: list[int], outcomes: list[Outcome]) -> None:
    """Held never above the face; and since what is left only falls, whoever was refused asked for more than the end
    left over."""
    held = sum(amount for amount, outcome in zip(amounts, outcomes, strict=True) if outcome.won)
    assert held <= face
    for amount, outcome in zip(amounts, outcomes, strict=True):
        if not outcome.won:
            assert outcome.refused == "ledger.insufficient"
            assert amount > face - held, "it would have fitted at any moment"


def test_sixty_four_holds_on_one_voucher_are_refused_only_when_nothing_fits():
    grant, who = voucher(), provider()
    chance = random.Random(64)
    amounts = [chance.randint(500, 6_000) for _ in range(CALLERS)]
    outcomes = together(*[holding(grant, who, amount) for amount in amounts])
    no_false_refusal(FACE, amounts, outcomes)
    assert refusals(outcomes)["ledger.insufficient"] > 0, "the race was about more than the face"
    assert left(grant) == FACE - sum(each.amount_fen for each in Hold.objects.filter(county=COUNTY))
    sound()


def test_vouchers_of_different_people_do_not_wait_for_each_other_s_provider():
    who = provider()
    grants = vouchers(12)
    outcomes = together(*[redeeming(grant, who, 10_000) for grant in grants for _ in range(2)])
    assert refusals(outcomes) == {}
    assert owed(who) == 12 * 10_000
    sound()


# --- canaries: what happens when a guard is off -----------------------------------------------------------------------


def careless_post(
    meeting: threading.Barrier, *, county: str, moves: list[Move], at: object, on: date
) -> list[Transfer]:
    """Read, decide, write: what ``ledger.post`` must never be. Everybody has read before anybody writes."""
    for move in moves:
        stands = {
            account.id: Account.objects.get(county=county, id=account.id).balance
            for account in (move.debit, move.credit)
        }
        with suppress(threading.BrokenBarrierError):
            meeting.wait(20)
        if stands[move.debit.id] < move.amount:
            raise AssertionError("careless, but not blind")
        for account, change in ((move.debit, -move.amount), (move.credit, move.amount)):
            Account.objects.filter(county=county, id=account.id).update(balance=stands[account.id] + change)
    return Transfer.objects.bulk_create(
        Transfer(
            county=county,
            fund_id=move.debit.fund_id,
            debit_id=move.debit.id,
            credit_id=move.credit.id,
            amount=move.amount,
            kind=move.kind,
            about=move.about,
            month="2026-03",
            on=on,
            at=at,
        )
        for move in moves
    )


def unconditional_post(*, county: str, moves: list[Move], at: object, on: date) -> list[Transfer]:
    """The UPDATE without its condition."""
    for move in moves:
        Account.objects.filter(county=county, id=move.debit.id).update(balance=F("balance") - move.amount)
        Account.objects.filter(county=county, id=move.credit.id).update(balance=F("balance") + move.amount)
    return []


@pytest.fixture
def no_locks(monkeypatch):
    """Neither the row's lock nor, on SQLite, the one writer: every statement on its own."""

    class Nothing:
        @staticmethod
        def atomic():
            return nullcontext()

    monkeypatch.setattr(QuerySet, "select_for_update", lambda self, **_: self)
    if connection.vendor == "sqlite":
        monkeypatch.setattr(hold_module, "transaction", Nothing)


def twelve_holds_at_once() -> tuple[Grant, list[int], list[Outcome]]:
    """A voucher whose hold account is open already, and twelve who want a quarter of it."""
    grant, who = voucher(), provider()
    holding(grant, who, 1)()
    amounts = [FACE // 4] * 12
    return grant, amounts, attempts(*[holding(grant, who, amount) for amount in amounts])


def harmed(grant: Grant, amounts: list[int], outcomes: list[Outcome]) -> bool:
    """What the races above would notice."""
    held = sum(amount for amount, outcome in zip(amounts, outcomes, strict=True) if outcome.won)
    kept = Account.objects.get(county=COUNTY, id=grant.purse_id).balance
    return held > FACE - 1 or kept != FACE - 1 - held


@pytest.mark.usefixtures("no_locks")
def test_canary_reading_before_writing_without_a_lock_spends_money_twice(monkeypatch):
    first = hold_module.post
    meeting = threading.Barrier(12)

    def post_carelessly(**said):
        return first(**said) if said["moves"][0].amount == 1 else careless_post(meeting, **said)

    monkeypatch.setattr(hold_module, "post", post_carelessly)
    grant, amounts, outcomes = twelve_holds_at_once()
    assert harmed(grant, amounts, outcomes)
    with pytest.raises(AssertionError):
        sound()


@pytest.mark.usefixtures("no_locks")
def test_without_locks_the_conditional_update_still_holds():
    grant, amounts, outcomes = twelve_holds_at_once()
    assert not harmed(grant, amounts, outcomes)
    assert {outcome.refused for outcome in outcomes if not outcome.won} == {"ledger.insufficient"}


@pytest.mark.usefixtures("no_locks")
def test_without_locks_and_without_the_condition_the_check_still_holds(monkeypatch):
    monkeypatch.setattr(hold_module, "post", unconditional_post)
    grant, amounts, outcomes = twelve_holds_at_once()
    assert not harmed(grant, amounts, outcomes)
    assert all(isinstance(outcome.error, IntegrityError) for outcome in outcomes if not outcome.won)


@pytest.mark.usefixtures("no_locks")
def test_canary_without_the_check_either_the_voucher_is_overdrawn(monkeypatch):
    (floor,) = [each for each in Account._meta.constraints if each.name == "ledger_account_floor"]
    others = [each for each in Account._meta.constraints if each is not floor]
    monkeypatch.setattr(Account._meta, "constraints", others)
    with connection.schema_editor() as editor:
        editor.remove_constraint(Account, floor)
    monkeypatch.setattr(hold_module, "post", unconditional_post)
    grant, amounts, outcomes = twelve_holds_at_once()
    assert harmed(grant, amounts, outcomes)
    assert left(grant) < 0
    with pytest.raises(AssertionError):
        sound()


# --- two wishes for one voucher: one wins -----------------------------------------------------------------------------


def test_a_bill_and_the_end_of_the_month_one_comes_first_and_no_fen_is_lost():
    who = provider()
    grants = vouchers(24)
    outcomes = together(expiring, *[redeeming(grant, who, 60_000, on=LAST) for grant in grants])
    paid = [outcome for outcome in outcomes[1:] if outcome.won]
    assert refusals(outcomes) == ({"grant.expired": 24 - len(paid)} if len(paid) < 24 else {})
    expiring()
    assert set(Grant.objects.values_list("state", flat=True)) == {"expired"}
    assert owed(who) == 30_000 * len(paid)
    assert lapsed() == 24 * FACE - 30_000 * len(paid)
    sound()


def test_choosing_one_group_and_using_another_one_wins():
    item("respite", category="institution_short", evidence="visit")
    who = provider(prices={"bath": 100_000, "respite": 100_000})
    grants = vouchers(16, category="")

    def choosing(grant: Grant) -> Callable[[], Grant]:
        return lambda: choose(
            county=COUNTY, grant_id=grant.id, category="institution_short", at=at(TENTH), on=TENTH, by="elder"
        )

    outcomes = together(*[act for grant in grants for act in (choosing(grant), redeeming(grant, who, 10_000))])
    for chosen, used in zip(outcomes[::2], outcomes[1::2], strict=True):
        assert (chosen.won, used.won) in {(True, False), (False, True)}
        assert chosen.won or chosen.refused == "grant.already_used"
        assert used.won or used.refused == "grant.other_group"
    sound()


def test_two_bills_in_two_groups_one_wins_and_the_other_is_told():
    item("respite", category="institution_short", evidence="visit")
    who = provider(prices={"bath": 100_000, "respite": 100_000})
    grants = vouchers(12, category="")
    respite = Charge(item="respite", service_on=date(2026, 3, 9), fee_fen=10_000)

    def two(grant: Grant) -> tuple[Callable[[], Bill], Callable[[], Bill]]:
        return redeeming(grant, who, 10_000), lambda: pay(grant, who, respite)

    outcomes = together(*[act for grant in grants for act in two(grant)])
    for one, other in zip(outcomes[::2], outcomes[1::2], strict=True):
        assert one.won != other.won
    assert refusals(outcomes) == {"grant.other_group": 12}
    sound()


def test_holding_capturing_releasing_and_expiring_at_once_lose_no_fen():
    who = provider()
    grants = vouchers(12)
    held = [holding(grant, who, 50_000)() for grant in grants]

    def releasing(row: Hold) -> Callable[[], Hold]:
        return lambda: release(county=COUNTY, hold_id=row.id, at=at(LAST), on=LAST, by="manager")

    acts = [
        act
        for grant, row in zip(grants, held, strict=True)
        for act in (redeeming(grant, who, 100_000, on=LAST, hold=row.id), releasing(row))
    ]
    outcomes = together(expiring, *acts)
    for captured, released in zip(outcomes[1::2], outcomes[2::2], strict=True):
        assert captured.won or captured.refused in {"grant.expired", "grant.wrong_state"}
        assert released.won or released.refused == "grant.wrong_state"
        assert not (captured.won and released.won)
    expiring()
    assert not Hold.objects.filter(county=COUNTY, state="held").exists()
    assert owed(who) + lapsed() == 12 * FACE
    sound()


def test_two_reversals_of_a_bill_give_the_money_back_once():
    grant, who = voucher(), provider()
    bill = pay(grant, who, bath(60_000), bath(20_000))

    def reversing(numbers=None):
        return lambda: reverse(
            county=COUNTY, bill_no=bill.no, because="录错", at=at(TENTH), on=TENTH, by="manager", numbers=numbers
        )

    outcomes = together(reversing(), reversing(), reversing(), reversing([1]), reversing([2]))
    assert all(outcome.won or outcome.refused == "redemption.already_reversed" for outcome in outcomes)
    assert Reversal.objects.filter(county=COUNTY).count() == 2
    assert (left(grant), owed(who)) == (FACE, 0)
    sound()


def test_a_visit_is_billed_by_one_of_two_bills():
    grant, who = voucher(), provider()
    visit = visit_of(grant, who)
    outcomes = together(*[lambda: pay(grant, who, bath(10_000, visit=visit.id)) for _ in range(6)])
    assert refusals(outcomes) == {"redemption.visit_billed": 5}
    assert Line.objects.filter(county=COUNTY).count() == 1
    sound()


def test_a_bill_and_the_verification_of_a_death_one_comes_first():
    who = provider()
    grants = vouchers(12)
    died_on = date(2026, 3, 8)
    events = [
        report(
            person=Person.rows.get(county=COUNTY, id=grant.person_id),
            kind="death",
            happened_on=died_on,
            source="家属",
            on=TENTH,
            at=at(TENTH),
            by="family",
        )
        for grant in grants[:6]
    ]
    acts = [lambda each=event: verify(event=each, on=TENTH, at=at(TENTH), by="clerk") for event in events]
    bills = [redeeming(grant, who, 10_000) for grant in grants]
    outcomes = together(*acts, *bills)
    assert all(outcome.won for outcome in outcomes[:6])
    dead = refusals(outcomes[6:12])
    assert set(dead) <= {"redemption.after_death", "redemption.death_reported"}
    assert sum(dead.values()) == 6, "the service was on the day after the death, told or verified"
    assert all(outcome.won for outcome in outcomes[12:])
    sound()
