"""One ticket and many tills at the same instant, with real threads on a database of their own."""

from __future__ import annotations

import threading

import pytest
from django.db import connection, connections

from songhe.assessment.tests.world import COUNTY, elder
from songhe.credit.models import Holder, Spending
from songhe.credit.spend import held
from songhe.credit.tests import world
from songhe.credit.tests.test_spend import paid
from songhe.kernel.refusal import Refusal

pytestmark = pytest.mark.race


def together(*calls):
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


def test_a_ticket_is_spent_once(own_database):
    scheme = world.scheme(unit="ticket")
    world.cleaning(scheme)
    person, canteen = elder(), world.provider()
    world.seen(world.worked(scheme, person))
    answers = together(*[lambda: paid(scheme, person, provider=canteen)] * 6)
    assert answers.count("credit.nothing_held") == 5
    assert Spending.objects.filter(county=COUNTY).count() == 1
    assert held(county=COUNTY, person_id=person.id, on=world.TENTH) == []


def test_a_weighing_is_witnessed_once(own_database):
    scheme = world.scheme()
    world.rate(scheme)
    person = elder()
    deed = world.weighed(scheme, person)
    answers = together(*[lambda one=one: world.seen(deed, by=f"witness{one}") for one in range(4)])
    assert answers.count("credit.wrong_state") == 3
    assert [one.units for one in held(county=COUNTY, person_id=person.id, on=world.TENTH)] == [4_500]


def test_a_person_has_one_account_of_a_scheme(own_database):
    scheme = world.scheme()
    world.rate(scheme)
    person = elder()
    together(*[lambda: world.weighed(scheme, person)] * 4)
    assert Holder.objects.filter(county=COUNTY).count() == 1
