"""Runs over a month, two of a kind at once: one set of vouchers, one statement, one chain, no entry after the close."""

from __future__ import annotations

import threading
from contextlib import contextmanager
from datetime import date
from typing import Any

import pytest
from django.db import OperationalError, connection, transaction

from songhe.assessment.tests.world import COUNTY, at, elder
from songhe.county.key import new_id
from songhe.grant import issue as issue_module
from songhe.grant.models import Claim, Grant, Waiting
from songhe.grant.tests.world import FIRST, MARCH, budget, entitled, run_issue
from songhe.jobs.models import Outgoing
from songhe.jobs.outbox import deliver, put
from songhe.jobs.run import Progress
from songhe.ledger import post as post_module
from songhe.ledger.fund import open_account, open_fund
from songhe.ledger.models import Period, Transfer
from songhe.ledger.post import Move, post
from songhe.redemption.reverse import reverse
from songhe.redemption.tests.world import bath, pay, provider, visit_of
from songhe.settlement.close import close, report
from songhe.settlement.models import Statement, StatementLine
from songhe.settlement.tests.make import gathered
from songhe.trail.models import Entry, Seal
from songhe.trail.note import note
from songhe.trail.seal import seal
from songhe.trail.verify import breaks
from tests.race.together import attempts, refusals, sound, together

pytestmark = [pytest.mark.race, pytest.mark.slow, pytest.mark.usefixtures("alone", "own_database")]

OTHER = "370798"
PEOPLE = 40


# --- issuing ---------------------------------------------------------------------------------------------------------


def test_issuing_twice_at_once_gives_one_set():
    for _ in range(PEOPLE):
        entitled()
    budget(PEOPLE * 80_000)
    outcomes = together(*[lambda: run_issue(chunk=7)] * 4)
    assert set(refusals(outcomes)) <= {"jobs.running"}
    assert sum(outcome.answer.grants for outcome in outcomes if outcome.won) == PEOPLE
    assert Grant.objects.filter(county=COUNTY).count() == PEOPLE
    sound()


@contextmanager
def nobody_asks(*, county, job, period, clock, watch=None):
    """A run that anybody may take beside the others."""

    class Free(Progress):
        def _save(self) -> None:
            pass

    from songhe.jobs.models import Run

    yield Free(Run(county=county, job=job, period=period), clock)


def test_even_when_nothing_keeps_two_runs_apart_nobody_gets_two_vouchers(monkeypatch):
    monkeypatch.setattr(issue_module, "running", nobody_asks)
    for _ in range(PEOPLE):
        entitled()
    budget(PEOPLE * 80_000)
    together(*[lambda: run_issue(chunk=7)] * 4)
    assert Grant.objects.filter(county=COUNTY).count() == PEOPLE
    sound()


def issuing(county: str):
    """A run as the schedule makes it: one that the database broke off is started again."""

    def act() -> int:
        grants = 0
        for _ in range(5):
            try:
                return grants + run_issue(county=county, chunk=10).grants
            except OperationalError:
                connection.close()
        raise AssertionError("broken off five times")

    return act


def test_two_counties_issue_for_the_same_people_and_each_gets_one_voucher():
    people = [elder().id for _ in range(PEOPLE)]
    for identity in people:
        entitled(identity=identity)
    for identity in reversed(people):
        entitled(county=OTHER, identity=identity)
    budget(PEOPLE * 80_000)
    budget(PEOPLE * 80_000, county=OTHER)
    outcomes = together(issuing(COUNTY), issuing(OTHER))
    run_issue()
    run_issue(county=OTHER)
    assert Grant.objects.count() == PEOPLE == Claim.objects.count()
    assert set(Grant.objects.values_list("identity", flat=True)) == set(people)
    assert Waiting.objects.filter(because="claimed_elsewhere").count() == PEOPLE
    assert sum(outcome.answer for outcome in outcomes) <= PEOPLE
    sound()


# --- settling --------------------------------------------------------------------------------------------------------


def test_two_gatherings_at_once_settle_each_line_once():
    who = [provider(), provider()]
    for _ in range(8):
        entitled(category="home")
    budget()
    run_issue()
    for number, grant in enumerate(Grant.objects.filter(county=COUNTY).order_by("no")):
        of = who[number % 2]
        pay(grant, of, bath(20_000, visit=visit_of(grant, of).id))
    outcomes = together(*[lambda: gathered(MARCH)] * 4)
    assert sum(outcome.answer.lines for outcome in outcomes) == 8
    assert StatementLine.objects.filter(county=COUNTY).count() == 8
    assert sorted(Statement.objects.values_list("net_fen", flat=True)) == [40_000, 40_000]
    sound()


def test_a_line_that_is_reversed_while_it_is_gathered_is_settled_for_nothing_in_the_end():
    who = provider()
    for _ in range(8):
        entitled(category="home")
    budget()
    run_issue()
    grants = list(Grant.objects.filter(county=COUNTY).order_by("no"))
    bills = [pay(grant, who, bath(20_000, visit=visit_of(grant, who).id)) for grant in grants]
    later = date(2026, 4, 2)

    def reversing(bill):
        return lambda: reverse(county=COUNTY, bill_no=bill.no, because="录错", at=at(later), on=later, by="manager")

    together(lambda: gathered(MARCH), *[reversing(bill) for bill in bills[:4]], lambda: gathered(MARCH))
    gathered(MARCH)
    assert Statement.objects.get(county=COUNTY).net_fen == 40_000
    sound()


# --- the close of a period -------------------------------------------------------------------------------------------


def books():
    fund = open_fund(county=COUNTY, code="f-2026", name="f")
    return [open_account(fund=fund, code=code, kind="source") for code in ("a", "b")]


def close_march() -> Period:
    return close(county=COUNTY, month=MARCH, by="head", at=at(date(2026, 4, 8)))


def posting_while_closing() -> None:
    """Somebody books into March and is slow to commit; March is closed meanwhile, over a report of what is there."""
    first, second = books()
    booked, closed = threading.Event(), threading.Event()

    def slow() -> None:
        with transaction.atomic():
            post(county=COUNTY, moves=[Move(first, second, 700, "test")], at=at(FIRST), on=FIRST)
            booked.set()
            closed.wait(2)

    def closing() -> None:
        booked.wait(10)
        close_march()
        closed.set()

    together(slow, closing)


def moved(said: dict[str, Any]) -> int:
    return sum(kind["units"] for fund in said["funds"] for kind in fund["moved"].values())


def said_and_stands() -> tuple[int, int]:
    """How much moved in March: by the report over which it was closed, and as the books stand now."""
    period = Period.objects.get(county=COUNTY, month="2026-03")
    return moved(period.report), moved(report(county=COUNTY, month=MARCH))


def test_a_booking_under_way_is_in_the_report_over_which_its_month_is_closed():
    posting_while_closing()
    assert said_and_stands() == (700, 700)
    sound()


def test_canary_without_the_period_s_lock_a_closed_month_changes_after_its_report(monkeypatch):
    monkeypatch.setattr(post_module, "hold_open", lambda *, county, month: month)
    posting_while_closing()
    # SQLite has one writer, and needs no lock of the period.
    assert said_and_stands() == ((0, 700) if connection.vendor == "postgresql" else (700, 700))


def test_bookings_that_meet_the_close_of_their_month_go_into_it_or_into_the_next():
    first, second = books()

    def booking() -> None:
        with transaction.atomic():
            post(county=COUNTY, moves=[Move(first, second, 1, "test")], at=at(FIRST), on=FIRST)

    together(close_march, *[booking] * 24)
    said, stands = said_and_stands()
    assert said == stands
    assert Transfer.objects.filter(county=COUNTY).count() == 24
    assert set(Transfer.objects.values_list("month", flat=True)) <= {"2026-03", "2026-04"}
    sound()


# --- the trail and the outbox ----------------------------------------------------------------------------------------


def test_sealers_at_once_make_one_chain_while_others_write():
    def writing() -> None:
        for _ in range(15):
            note(county=COUNTY, at=at(FIRST), actor="clerk", act="a.b", subject="s", subject_id=new_id())

    def sealing() -> int:
        return sum(seal(county=COUNTY, most=5) for _ in range(6))

    together(*[writing] * 4, *[sealing] * 4)
    while seal(county=COUNTY):
        pass
    assert Seal.objects.filter(county=COUNTY).count() == Entry.objects.filter(county=COUNTY).count() == 60
    assert list(breaks(county=COUNTY)) == []


def test_two_workers_deliver_each_entry_of_the_outbox_once():
    for _ in range(20):
        put(county=COUNTY, topic="letter", about=new_id(), payload={}, at=at(FIRST))

    def handle(entry: Outgoing, _: object) -> None:
        note(county=COUNTY, at=at(FIRST), actor="run:outbox", act="a.b", subject="letter", subject_id=entry.about)

    outcomes = together(*[lambda: deliver(handlers={"letter": handle}, at=at(FIRST))] * 4)
    assert sum(outcome.answer for outcome in outcomes) == 20
    assert len(set(Entry.objects.values_list("subject_id", flat=True))) == 20 == Entry.objects.count()


# --- the database as a whole -----------------------------------------------------------------------------------------


def test_canary_a_writer_that_reads_first_on_sqlite_dies_of_a_locked_database(monkeypatch):
    """Why settings ask for BEGIN IMMEDIATE; PostgreSQL waits for the row instead."""
    first, second = books()
    if connection.vendor == "sqlite":
        options = {**connection.settings_dict["OPTIONS"], "transaction_mode": None, "timeout": 5}
        monkeypatch.setitem(connection.settings_dict, "OPTIONS", options)
        connection.close()

    def booking() -> None:
        for _ in range(10):
            with transaction.atomic():
                Transfer.objects.filter(county=COUNTY).count()
                post(county=COUNTY, moves=[Move(first, second, 1, "test")], at=at(FIRST), on=FIRST)

    outcomes = attempts(*[booking] * 8)
    locked = [outcome for outcome in outcomes if isinstance(outcome.error, OperationalError)]
    if connection.vendor == "sqlite":
        assert locked
        assert all("locked" in str(outcome.error) for outcome in locked)
    else:
        assert not locked
        assert Transfer.objects.filter(county=COUNTY).count() == 80
    connection.close()
