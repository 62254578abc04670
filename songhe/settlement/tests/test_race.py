"""Two gatherings, two releases and two closings at the same instant, with real threads on a database of their own."""

import threading
from datetime import date

import pytest
from django.db import connection, connections

from songhe.kernel.refusal import Refusal
from songhe.ledger.check import check as books
from songhe.settlement.check import check
from songhe.settlement.close import close
from songhe.settlement.models import Batch, Payment, Statement, StatementLine
from songhe.settlement.payout import make as make_batch
from songhe.settlement.payout import release
from songhe.settlement.tests import make

pytestmark = pytest.mark.race
MARCH = make.MARCH


def together(*calls):
    """Run the calls from one starting line; their answers or the codes of their refusals, in order."""
    line, answers = threading.Barrier(len(calls)), [None] * len(calls)

    def run(place, call):
        try:
            connection.ensure_connection()
            line.wait()
            answers[place] = call()
        except Refusal as refusal:
            answers[place] = refusal.code
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=each) for each in enumerate(calls)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return answers


def test_gatherings_at_the_same_time_gather_once(own_database):
    for _ in range(3):
        make.bill(70400, 33333, 3, of=make.payee())
    answers = together(*[make.gathered] * 4)
    assert sorted(answer.lines for answer in answers) == [0, 0, 0, 9]
    assert Statement.objects.count() == 3
    assert list(StatementLine.objects.order_by("number").values_list("number", flat=True)) == list(range(1, 10))
    assert list(check()) == []


def test_a_batch_is_made_and_released_once(own_database):
    of = make.payee()
    make.bill(70400, of=of)
    make.gathered()
    make.approved(of)
    at = make.at(date(2026, 4, 5))
    call = {"county": make.COUNTY, "programme": make.PROGRAMME, "month": MARCH, "at": at, "by": "finance"}
    answers = together(*[lambda: make_batch(**call)] * 3)
    assert answers.count("settlement.nothing_to_pay") == 2
    batch = Batch.objects.get()
    call = {"county": make.COUNTY, "batch_id": batch.id, "at": at, "on": date(2026, 4, 5), "by": "cashier"}
    answers = together(*[lambda: release(**call)] * 3)
    assert answers.count("settlement.wrong_state") == 2
    assert make.owed(of) == 0
    assert list(books()) == list(check()) == []


def test_the_bank_is_read_back_once(own_database):
    of = make.payee()
    make.bill(70400, of=of)
    make.gathered()
    make.approved(of)
    rows = make.answer(make.released(), make.Outcome.RETURNED)
    answers = together(*[lambda: make.read_back(rows)] * 3)
    assert sorted(answer.returned for answer in answers) == [0, 0, 1]
    assert (make.owed(of), Payment.objects.get().state) == (70400, "returned")
    assert list(books()) == list(check()) == []


def test_a_month_is_closed_once_while_others_gather(own_database):
    of = make.payee()
    make.bill(70400, of=of)
    make.gathered()
    make.paid(of)
    make.bill(5, of=of)
    at = make.at(date(2026, 4, 20))

    def closes():
        return close(county=make.COUNTY, month=MARCH, at=at, by="finance").digest

    answers = together(closes, make.gathered, closes, make.gathered)
    assert answers[0] == answers[2]
    assert answers[1].lines == answers[3].lines == 0
    assert closes() == answers[0]
