"""Many callers at once, over HTTP, on a database of the test's own."""

from __future__ import annotations

import threading
from uuid import uuid4

import pytest
from django.db import connection
from django.db.models import Sum

from songhe.doors.api.tests.conftest import Machine, problem, secret_of
from songhe.grant.tests.world import left, voucher
from songhe.jobs.models import Once
from songhe.redemption.models import Bill
from songhe.redemption.tests.world import provider

pytestmark = pytest.mark.race
CALLERS = 12


@pytest.fixture
def grant(own_database):
    return voucher()


@pytest.fixture
def together(grant, account):
    """All at one moment, each from a thread and a connection of its own: a bill on one voucher, under these keys."""
    shop = provider()
    login = account("till", "provider_manager", provider=shop.id)
    secret = secret_of(login)

    def call(keys, fee_fen):
        gate, answers = threading.Barrier(len(keys)), [None] * len(keys)
        body = {"grant_no": grant.no, "lines": [{"item": "bath", "service_on": "2026-03-09", "fee_fen": fee_fen}]}

        def one(number):
            till = Machine(login, secret=secret)
            gate.wait()
            try:
                answers[number] = till.post("/redemptions", body, key=keys[number])
            finally:
                connection.close()

        threads = [threading.Thread(target=one, args=(number,)) for number in range(len(keys))]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        return answers

    return call


def test_callers_with_one_key_get_one_answer_and_one_effect(together, grant):
    before = left(grant)
    answers = together([uuid4()] * CALLERS, 10_000)
    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.json()["no"] for answer in answers}) == 1
    assert sum("Idempotency-Replayed" not in answer.headers for answer in answers) == 1
    assert Bill.objects.count() == Once.objects.count() == 1
    assert before - left(grant) == 5_000


def test_callers_on_one_voucher_never_take_more_than_its_face(together, grant):
    face_fen = left(grant)
    answers = together([uuid4() for _ in range(CALLERS)], 20_000)
    assert {answer.status_code for answer in answers} <= {201, 409}, [problem(each) for each in answers]
    paid = Bill.objects.aggregate(sum=Sum("voucher_fen"))["sum"]
    assert paid == face_fen - left(grant) == min(face_fen, CALLERS * 10_000)
