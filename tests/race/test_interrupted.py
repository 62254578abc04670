"""Whatever statement fails, and whenever the process dies: nothing is half-written, and trying again finishes it."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
from collections.abc import Callable
from typing import Any

import pytest
from django.apps import apps
from django.db import DatabaseError, connection, transaction

from songhe.assessment.tests.world import COUNTY, at
from songhe.document.models import Counter
from songhe.grant.hold import hold, release
from songhe.grant.models import Claim, Grant
from songhe.grant.revoke import revoke
from songhe.grant.tests.world import MARCH, TENTH, budget, entitled, run_issue, voucher
from songhe.jobs.models import Run
from songhe.jobs.once import once
from songhe.ledger.fund import open_account, open_fund
from songhe.ledger.models import Account, Period, Transfer
from songhe.ledger.post import Move, post
from songhe.redemption.find import Request
from songhe.redemption.redeem import book_handed_in, hand_in
from songhe.redemption.reverse import amend, reverse, true_up
from songhe.redemption.tests.world import bath, pay, provider, visit_of
from songhe.settlement.close import close
from songhe.settlement.tests.make import gathered
from songhe.trail.seal import seal
from tests.race.together import sound

pytestmark = [pytest.mark.race, pytest.mark.slow]


class Failing:
    """The n-th statement that a verb sends fails before the database sees it."""

    def __init__(self, nth: int) -> None:
        self.nth, self.sent = nth, 0

    def __call__(self, execute: Any, sql: str, parameters: Any, many: bool, context: Any) -> Any:
        self.sent += 1
        if self.sent == self.nth:
            raise DatabaseError("the connection is gone")
        return execute(sql, parameters, many, context)


def everything(leave_out: tuple[str, ...] = ()) -> dict[str, list[Any]]:
    """Every row of every table, to compare before and after."""
    return {
        model._meta.db_table: sorted(map(repr, model._base_manager.values_list()))
        for model in apps.get_models()
        if model.__module__.startswith("songhe.") and model._meta.db_table not in leave_out
    }


def every_statement_fails_once(act: Callable[[], Any], leave_out: tuple[str, ...] = ()) -> int:
    """Run the verb with its first, its second, its third … statement failing, until it needs no more; how many."""
    before = everything(leave_out)
    for nth in range(1, 1000):
        failing = Failing(nth)
        try:
            with connection.execute_wrapper(failing), transaction.atomic():
                act()
        except DatabaseError:
            assert everything(leave_out) == before, f"statement {nth} failed and left something behind"
        else:
            assert failing.sent < nth
            assert everything(leave_out) != before
            return nth - 1
    raise AssertionError("it never ends")


def redeeming():
    grant, who = voucher(), provider()
    visit = visit_of(grant, who)
    return lambda: once(
        county=COUNTY,
        client="till",
        key="1",
        body={},
        at=at(TENTH),
        do=lambda: {"no": pay(grant, who, bath(30_000, visit=visit.id), bath(5_000)).no},
    )


def billed(**more):
    grant, who = voucher(), provider()
    visit = visit_of(grant, who)
    return grant, who, pay(grant, who, bath(60_000, visit=visit.id), bath(20_000), **more)


def reversing():
    _, _, bill = billed()
    return lambda: reverse(county=COUNTY, bill_no=bill.no, because="录错", at=at(TENTH), on=TENTH, by="manager")


def amending():
    _, _, bill = billed()
    return lambda: amend(
        county=COUNTY, bill_no=bill.no, number=1, fee_fen=100, because="多记", at=at(TENTH), on=TENTH, by="manager"
    )


def truing_up():
    _, _, bill = billed(ltci_fen=None)
    return lambda: true_up(county=COUNTY, bill_no=bill.no, ltci_fen=9_999, at=at(TENTH), on=TENTH, by="insurer")


def booking_handed_in():
    grant, who = voucher(), provider()
    request = Request(provider_id=who.id, charges=(bath(30_000),), grant_no=grant.no)
    bill = hand_in(county=COUNTY, request=request, at=at(TENTH), on=TENTH, by="manager")
    return lambda: book_handed_in(county=COUNTY, bill_id=bill.id, at=at(TENTH), on=TENTH, by="run:redeem")


def holding():
    grant, who = voucher(), provider()
    return lambda: hold(
        county=COUNTY,
        grant_id=grant.id,
        provider_id=who.id,
        category="home",
        amount_fen=10_000,
        at=at(TENTH),
        on=TENTH,
        until=at(TENTH, 12),
        by="manager",
    )


def releasing():
    row = holding()()
    return lambda: release(county=COUNTY, hold_id=row.id, at=at(TENTH), on=TENTH, by="manager")


def revoking():
    grant = voucher()
    return lambda: revoke(
        county=COUNTY, grant_id=grant.id, because="误发", by="clerk", approved_by="head", at=at(TENTH), on=TENTH
    )


def gathering():
    billed()
    return lambda: gathered(MARCH)


def closing():
    fund = open_fund(county=COUNTY, code="f", name="f")
    first, second = [open_account(fund=fund, code=code, kind="source") for code in "ab"]
    post(county=COUNTY, moves=[Move(first, second, 1, "test")], at=at(TENTH), on=TENTH)
    return lambda: close(county=COUNTY, month=MARCH, by="head", at=at(TENTH))


def sealing():
    billed()
    return lambda: seal(county=COUNTY)


@pytest.mark.django_db
@pytest.mark.parametrize(
    "verb",
    [
        redeeming,
        reversing,
        amending,
        truing_up,
        booking_handed_in,
        holding,
        releasing,
        revoking,
        gathering,
        closing,
        sealing,
    ],
    ids=lambda verb: verb.__name__,
)
def test_a_verb_whose_nth_statement_fails_leaves_nothing_behind_and_can_be_tried_again(verb):
    act = verb()
    assert every_statement_fails_once(act) >= 3
    sound()


@pytest.mark.usefixtures("own_database")
def test_a_chunk_of_issuing_whose_nth_statement_fails_leaves_whole_chunks_and_is_completed():
    for _ in range(4):
        entitled()
    budget()
    failed = 0
    for nth in range(1, 1000):
        failing = Failing(nth)
        try:
            with connection.execute_wrapper(failing):
                run_issue(chunk=2)
        except DatabaseError:
            failed += 1
            assert Grant.objects.filter(county=COUNTY).count() in {0, 2, 4}
            assert Grant.objects.count() == Claim.objects.count() == Account.objects.filter(kind="purse").count()
            sound()
        else:
            break
    assert failed > 20
    assert Grant.objects.filter(county=COUNTY).count() == 4
    sound()


@pytest.mark.usefixtures("own_database")
def test_a_commit_that_fails_leaves_nothing_behind_and_can_be_tried_again(monkeypatch):
    act = redeeming()
    before = everything()

    def never():
        raise DatabaseError("the connection is gone")

    monkeypatch.setattr(connection, "_commit", never)
    with pytest.raises(DatabaseError):
        act()
    monkeypatch.undo()
    assert everything() == before
    first = act()
    assert act() == first
    sound()


# --- the process is killed -------------------------------------------------------------------------------------------

PEOPLE, CHUNK = 120, 4

CHILD = f"""
import sys
import django
django.setup()
from datetime import date, datetime, timezone
from songhe.grant.issue import issue
from songhe.kernel.month import Month
def watch(run):
    print(run.done, flush=True)
done = issue(county={COUNTY!r}, programme="consumption-voucher", month=Month(2026, 3), on=date(2026, 3, 1),
             clock=lambda: datetime.now(timezone.utc), chunk={CHUNK}, watch=watch)
print("all", flush=True)
"""


def issue_until(killed_after: int | None) -> bool:
    """A process of its own issues; after so many lines of progress it is killed. Whether it came to its end."""
    child = subprocess.Popen(
        [sys.executable, "-c", CHILD], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=os.environ
    )
    assert child.stdout is not None
    ended = False
    for number, line in enumerate(child.stdout):
        ended = line.strip() == "all"
        if killed_after is not None and number >= killed_after:
            child.send_signal(signal.SIGKILL)
            break
    child.stdout.close()
    child.wait(60)
    if killed_after is None:
        assert child.returncode == 0, child.stderr.read()
    child.stderr.close()
    return ended


def issued() -> list[tuple[Any, ...]]:
    fields = ("no", "entitlement_id", "id", "purse_id", "face_fen", "state", "category", "valid_from", "version")
    return sorted(Grant.objects.filter(county=COUNTY).values_list(*fields))


def test_a_run_that_is_killed_again_and_again_ends_with_the_set_of_one_that_was_not(own_database):
    for _ in range(PEOPLE):
        entitled()
    budget(PEOPLE * 80_000)
    connection.close()
    chance = random.Random(17)
    stood = []
    for progress in (2, 9, 17):
        ended = issue_until(progress + chance.randint(0, 4))
        stood.append(Grant.objects.filter(county=COUNTY).count())
        assert not ended
        assert Run.objects.get(county=COUNTY, job="issue:consumption-voucher").state == "running"
        sound()
        connection.close()
    assert stood == sorted(stood)
    assert 0 < stood[0] < stood[-1] < PEOPLE
    assert issue_until(None)
    after = issued()
    assert len(after) == PEOPLE == Claim.objects.count()
    assert [row[0][12:19] for row in after] == [f"{number:07d}" for number in range(1, PEOPLE + 1)], "no number is lost"
    assert Transfer.objects.filter(kind="issue").count() == PEOPLE
    assert Counter.objects.get(county=COUNTY, kind="grant").next == PEOPLE + 1
    assert Period.objects.filter(county=COUNTY, month="2026-03").count() == 1
    sound()
    assert run_issue().grants == 0
    assert issued() == after
