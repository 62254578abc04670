"""A steward looks in once a week on whom they were given; who was missed stands first."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.db import IntegrityError, connection, transaction

from songhe.assessment.tests.world import COUNTY, at, elder
from songhe.county.key import new_id
from songhe.outreach.models import Round, Visit
from songhe.outreach.rounds import due, end_round, hand_over, missed, monday, plan_round
from songhe.outreach.tests import world
from songhe.provider.tests.test_admit import refused
from songhe.trail.models import Entry

pytestmark = pytest.mark.django_db

WEEK = timedelta(days=7)


def whom(steward, on=world.TENTH):
    return [row.person_id for row in due(county=COUNTY, account=steward.account, on=on)]


def test_who_is_due_is_who_was_not_looked_in_on_this_week(django_assert_num_queries):
    steward = world.steward()
    tuesday, later = world.planned(steward), world.planned(steward, weekday=5)
    overdue = world.planned(steward, weekday=1)
    with django_assert_num_queries(1):
        rows = list(due(county=COUNTY, account=steward.account, on=world.TENTH))
        assert [row.person.name for row in rows] == [overdue.person.name, tuesday.person.name]
    world.visited(tuesday)
    assert whom(steward) == [overdue.person_id]
    assert whom(steward, date(2026, 3, 13)) == [overdue.person_id, later.person_id]
    assert tuesday.person_id in whom(steward, world.TENTH + WEEK)


def test_a_visit_says_what_was_done():
    row = world.planned()
    made = world.visited(row, outcome="need", done=["company", "company", "cleaning"], words="想洗个澡")
    assert (made.week, made.done, made.by) == (date(2026, 3, 9), ["company", "cleaning"], row.steward.account)
    entry = Entry.objects.get(act="outreach.visit")
    assert (entry.behalf_of, entry.detail["outcome"], entry.detail["weekday"]) == (row.person_id, "need", 2)
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("UPDATE outreach_visit SET words = 'anders' WHERE county = %s", [COUNTY])


@pytest.mark.parametrize(
    ("differently", "code"),
    [
        ({"means": "letter"}, "outreach.unknown_means"),
        ({"outcome": "superb"}, "outreach.unknown_outcome"),
        ({"done": ["gold"]}, "provider.unknown_help"),
        ({"outcome": "absent"}, "outreach.say_what"),
        ({"day": world.TENTH + timedelta(days=1)}, "outreach.in_the_future"),
        ({"by": "somebody"}, "outreach.not_their_round"),
    ],
)
def test_a_visit_that_cannot_be_is_refused(differently, code):
    refused(code, world.visited, world.planned(), **differently)
    assert not Visit.objects.exists()


def test_a_week_has_one_visit():
    row = world.planned()
    world.visited(row)
    refused("outreach.visited_this_week", world.visited, row)
    sunday = date(2026, 3, 15)
    refused("outreach.visited_this_week", world.visited, row, day=sunday, on=sunday)
    monday_after = date(2026, 3, 16)
    assert world.visited(row, day=monday_after, on=monday_after).week == monday_after


def test_who_died_is_not_looked_in_on():
    gone = world.reported_dead(elder())
    refused("person.after_death", world.planned, person=gone, since=world.TENTH)
    person = elder()
    row = world.planned(person=person)
    world.reported_dead(person)
    refused("person.after_death", world.visited, row)


@pytest.mark.parametrize(
    ("differently", "code"), [({"weekday": 0}, "outreach.not_a_weekday"), ({"weekday": 8}, "outreach.not_a_weekday")]
)
def test_a_round_that_cannot_be_is_refused(differently, code):
    refused(code, world.planned, **differently)
    assert not Round.objects.exists()


def test_a_person_has_one_steward_of_their_place():
    person = elder()
    row = world.planned(person=person)
    refused("outreach.has_a_steward", world.planned, person=person)
    refused("outreach.other_place", world.planned, world.steward(place=f"{COUNTY}002001"))
    told = {"weekday": 1, "since": world.FIRST, "at": at(world.FIRST), "by": "clerk"}
    refused("outreach.unknown_person", plan_round, steward=world.steward(), person_id=new_id(), **told)
    other = world.steward()
    new = hand_over(round=row, steward=other, since=world.TENTH, at=at(world.TENTH), by="clerk")
    assert (new.steward_id, new.weekday) == (other.id, row.weekday)
    row.refresh_from_db()
    assert row.last_day == world.TENTH - timedelta(days=1)
    assert whom(other) == [person.id]
    refused("outreach.round_ended", world.visited, row)
    row.id = new_id()
    refused("outreach.unknown_round", end_round, round=row, last_day=world.TENTH, at=at(world.TENTH), by="clerk")


def test_what_nobody_did_in_a_week_is_listed(django_assert_num_queries):
    made, skipped = world.planned(), world.planned()
    world.visited(made)
    with django_assert_num_queries(1):
        assert [(row.id, row.steward.name, row.person.id) for row in missed(county=COUNTY, week=world.TENTH)] == [
            (skipped.id, skipped.steward.name, skipped.person_id)
        ]
    assert monday(world.TENTH) == date(2026, 3, 9)
    assert monday(date(2026, 3, 15)) == date(2026, 3, 9)
