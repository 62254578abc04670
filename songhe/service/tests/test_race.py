"""The same stay and the same record told at the same instant, with real threads on a database of their own."""

import threading

import pytest
from django.db import connection, connections

from songhe.assessment.tests.world import COUNTY, elder
from songhe.kernel.month import Month
from songhe.kernel.refusal import Refusal
from songhe.service.models import Stay, Visit
from songhe.service.tests import world
from songhe.service.visit import judge_month

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


def test_one_person_is_admitted_once(own_database):
    person, homes = elder(), [world.institution() for _ in range(4)]
    answers = together(*[lambda home=home: world.stay(person, of=home) for home in homes])
    assert answers.count("service.stay_overlaps") == 3
    assert Stay.objects.filter(county=COUNTY).count() == 1


def test_a_record_uploaded_by_many_at_once_is_kept_once(own_database):
    of, person, what = world.provider(), world.at_home(), world.item()
    told = {"of": of, "item": what, "worker": world.worker(of), "client_id": "d1-1"}
    answers = together(*[lambda: world.visit(person, **told)] * 6)
    assert len({visit.id for visit in answers}) == Visit.objects.count() == 1


def test_one_id_for_two_people_at_once_is_taken_by_one_of_them(own_database):
    of, what = world.provider(), world.item()
    told = {"of": of, "item": what, "worker": world.worker(of), "client_id": "d1-2"}
    people = [world.at_home() for _ in range(4)]
    answers = together(*[lambda person=person: world.visit(person, **told) for person in people])
    assert answers.count("service.other_record") == 3
    assert Visit.objects.count() == 1


def test_a_month_is_judged_once(own_database):
    of = world.provider()
    for hour in (8, 10, 12):
        world.visit(of=of, hour=hour)
    month = Month.of(world.TENTH)
    answers = together(*[lambda: judge_month(county=COUNTY, month=month, at=world.clock(world.APRIL, 9))] * 3)
    assert sum(answer.passed for answer in answers) == 3
