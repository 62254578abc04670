"""What was served yields lines for the till, once; who walks in eats while there are portions."""

from __future__ import annotations

import pytest

from songhe.assessment.tests.world import COUNTY, elder
from songhe.county.key import new_id
from songhe.meal.book import cancel
from songhe.meal.menu import finish
from songhe.meal.models import Line
from songhe.meal.queries import kitchen, to_charge
from songhe.meal.serve import mark_charged, mark_reversed, miss, priced, serve, unserve, walk_in
from songhe.meal.tests import world
from songhe.provider.tests.test_admit import refused
from songhe.trail.models import Entry

pytestmark = pytest.mark.django_db

NOON = world.clock(world.TENTH, 12)


@pytest.fixture
def menu():
    return world.menu()


def eaten(row, **differently):
    return serve(booking=row, **({"means": "card", "at": NOON, "on": world.TENTH, "by": "till"} | differently))


def walked(menu, person=None, **differently):
    told = {"means": "card", "at": NOON, "on": world.TENTH, "by": "till"}
    return walk_in(menu=menu, person_id=(person or elder()).id, **(told | differently))


def test_a_served_meal_is_a_priced_line(menu):
    row = world.booked(menu, world.of_age(80), way="delivery", address="3栋201")
    world.serving(menu)
    meal, bringing = eaten(row, means="at_the_door")
    assert (meal.price_fen, meal.own_fen, meal.parts) == (1_000, 400, {"finance": 400, "collective": 200})
    assert (meal.service_on, meal.item, meal.provider) == (world.TENTH, menu.item, menu.point.provider)
    assert (bringing.price_fen, bringing.own_fen) == (200, 200)
    assert Entry.objects.get(act="meal.serve").detail["means"] == "at_the_door"
    refused("meal.wrong_state", eaten, row)


def test_before_serving_begins_and_on_another_day_nothing_is_served(menu):
    row = world.booked(menu)
    refused("meal.not_serving", eaten, row)
    refused("meal.not_served", priced, row)
    world.serving(menu)
    refused("meal.not_that_day", eaten, row, on=world.TENTH + world.DAY)
    refused("meal.unknown_means", eaten, row, means="shout")
    row.id = new_id()
    refused("meal.unknown_booking", eaten, row)


def test_a_line_is_charged_once_and_again_after_a_reversal(menu, django_assert_num_queries):
    row = world.booked(menu)
    waiting = world.booked(menu)
    world.serving(menu)
    (line,) = eaten(row)
    with django_assert_num_queries(1):
        assert to_charge(county=COUNTY, first=world.FIRST, last=world.TENTH) == [line]
    bill = new_id()
    assert mark_charged(county=COUNTY, line_id=line.line_id, billed_line=bill)
    assert not mark_charged(county=COUNTY, line_id=line.line_id, billed_line=new_id())
    assert to_charge(county=COUNTY, first=world.FIRST, last=world.TENTH) == []
    assert not mark_reversed(county=COUNTY, line_id=line.line_id, billed_line=new_id())
    assert mark_reversed(county=COUNTY, line_id=line.line_id, billed_line=bill)
    of = menu.point.provider_id
    assert to_charge(county=COUNTY, first=world.FIRST, last=world.TENTH, provider_id=of) == [line]
    assert to_charge(county=COUNTY, first=world.FIRST, last=world.TENTH, provider_id=of + 1) == []
    not_served = waiting.id
    unserved = Line.objects.get(county=COUNTY, booking_id=not_served)
    assert not mark_charged(county=COUNTY, line_id=unserved.id, billed_line=bill)


def test_who_walks_in_eats_while_there_are_portions():
    menu = world.menu(portions=2)
    world.booked(menu)
    refused("meal.not_serving", walked, menu)
    menu = world.serving(menu)
    person = world.of_age(75)
    row, (line,) = walked(menu, person)
    assert (row.state, row.walked_in, line.own_fen) == ("served", True, 600)
    refused("meal.already_booked", walked, menu, person)
    refused("meal.full", walked, menu)
    refused("meal.unknown_means", walked, menu, means="shout")
    refused("meal.not_that_day", walked, menu, on=world.NINTH)
    refused(
        "meal.unknown_person", walk_in, menu=menu, person_id=new_id(), means="card", at=NOON, on=world.TENTH, by="x"
    )
    assert Entry.objects.get(act="meal.walk_in").behalf_of == person.id


def test_a_wrong_person_is_taken_back_before_the_bill(menu):
    row = world.booked(menu)
    menu = world.serving(menu)
    (line,) = eaten(row)
    told = {"because": "认错人", "at": NOON, "on": world.TENTH, "by": "till"}
    refused("meal.say_why", unserve, booking=row, **(told | {"because": ""}))
    assert unserve(booking=row, **told).state == "booked"
    refused("meal.wrong_state", unserve, booking=row, **told)
    eaten(row)
    mark_charged(county=COUNTY, line_id=line.line_id, billed_line=new_id())
    refused("meal.charged", unserve, booking=row, **told)
    finish(menu=menu, at=NOON, by="manager")
    refused("meal.not_serving", unserve, booking=row, **told)


@pytest.mark.parametrize("many", [1, 15])
def test_the_kitchen_counts_in_two_statements(menu, many, django_assert_num_queries):
    first = world.booked(menu, wish="少盐")
    cancelled = world.booked(menu)
    cancel(booking=cancelled, at=world.clock(world.NINTH, 12), by="daughter")
    for _ in range(many):
        world.booked(menu, way="delivery", address="3栋", wish="少盐")
    world.serving(menu)
    eaten(first)
    with django_assert_num_queries(2):
        (one,) = kitchen(menu.point, world.TENTH)
    assert (one.table, one.delivery, one.to_cook, one.served) == (1, many, many + 1, 1)
    assert one.wishes == {"少盐": many + 1}
    assert one.left == 50 - many - 1


def test_whoever_did_not_come_is_noted_and_served_if_they_come_after_all():
    menu = world.menu()
    row = world.booked(menu)
    told = {"booking": row, "at": world.clock(world.TENTH, 12), "on": world.TENTH, "by": "manager"}
    refused("meal.not_serving", miss, **told)
    world.serving(menu)
    assert miss(**told).state == "not_collected"
    refused("meal.wrong_state", miss, **told)
    assert serve(means="known", **told)
