"""Inspected, mended, closed: those who booked eat elsewhere or get their money back."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from songhe.assessment.tests.world import COUNTY, at, elder
from songhe.county.key import new_id
from songhe.meal.close import close_point, inspect, remedy, reopen, to_refund
from songhe.meal.models import Booking, Inspection, Line, Menu
from songhe.meal.point import lacking
from songhe.meal.queries import inspections_of
from songhe.meal.tests import world
from songhe.provider.tests.test_admit import refused
from songhe.trail.models import Entry

pytestmark = pytest.mark.django_db


def looked(point, result="remedy", **differently):
    told = {"day": world.TENTH, "findings": ["留样柜温度未记录"], "at": at(world.TENTH), "by": "inspector"}
    told["remedy_by"] = world.TENTH + world.DAY if result == "remedy" else None
    return inspect(point=point, result=result, **(told | differently))


def closed(point, **differently):
    told = {"since": world.NINTH, "because": "抽检不合格", "at": world.clock(world.NINTH, 12), "by": "inspector"}
    return close_point(point=point, **(told | differently))


def test_what_an_inspection_found_is_mended_by_another_person():
    point = world.point()
    row = looked(point)
    told = {"how": "已装温度记录仪", "at": at(world.TENTH), "on": world.TENTH}
    refused("meal.say_why", remedy, inspection=row, by="manager", **(told | {"how": ""}))
    refused("meal.own_remedy", remedy, inspection=row, by="inspector", **told)
    assert remedy(inspection=row, by="manager", **told).remedied_on == world.TENTH
    refused("meal.nothing_to_remedy", remedy, inspection=row, by="manager", **told)
    assert list(inspections_of(point)) == [row]
    assert [entry.act for entry in Entry.objects.filter(act__in=["meal.inspect", "meal.remedy"]).order_by("id")] == [
        "meal.inspect",
        "meal.remedy",
    ]
    row.id = new_id()
    refused("meal.unknown_inspection", remedy, inspection=row, by="manager", **told)


@pytest.mark.parametrize(
    ("differently", "code"),
    [
        ({"result": "superb"}, "meal.unknown_result"),
        ({"findings": []}, "meal.no_findings"),
        ({"remedy_by": None}, "meal.remedy_date"),
        ({"remedy_by": world.NINTH}, "meal.remedy_date"),
        ({"result": "pass", "remedy_by": world.TENTH}, "meal.remedy_date"),
    ],
)
def test_an_inspection_that_says_nothing_is_refused(differently, code):
    refused(code, looked, world.point(), **differently)
    assert not Inspection.objects.exists()


def test_a_pass_needs_no_findings_and_a_failure_can_close():
    point = world.point()
    assert looked(point, "pass", findings=[]).result == "pass"
    looked(point, "fail")
    done = closed(point)
    assert lacking(point, world.TENTH) == ["closed"]
    assert (done.moved, done.cancelled) == ([], [])


def test_who_booked_eats_at_the_other_point_while_it_has_room():
    menu, other = world.menu(), world.menu(portions=3)
    world.booked(other)
    first, second, third = (world.booked(menu, at=world.clock(world.NINTH, hour)) for hour in (8, 9, 10))
    done = closed(menu.point, move_to=other.point)
    assert done.moved == [first.id, second.id]
    assert done.cancelled == [third.id]
    for row in (first, second, third):
        row.refresh_from_db()
    assert (first.menu_id, first.moved_from, first.state) == (other.id, menu.id, "booked")
    assert (third.state, third.because, third.closure_id) == ("cancelled", "抽检不合格", done.closure.id)
    menu, other = (Menu.objects.get(county=COUNTY, id=one.id) for one in (menu, other))
    assert (menu.state, menu.taken, other.taken) == ("cancelled", 0, 3)
    entry = Entry.objects.get(act="meal.close_point")
    assert (entry.detail["moved"], entry.detail["cancelled"]) == (2, 1)


def test_a_meal_to_be_brought_home_moves_only_where_meals_are_brought():
    menu, other = world.menu(), world.menu(delivers=False)
    home = world.booked(menu, way="delivery", address="3栋201")
    table = world.booked(menu)
    done = closed(menu.point, move_to=other.point)
    assert (done.moved, done.cancelled) == ([table.id], [home.id])


def test_another_day_and_another_meal_are_left_alone():
    menu = world.menu()
    supper = world.menu(menu.point, meal="supper", day=world.TENTH + world.DAY)
    booked = world.booked(supper)
    done = closed(menu.point, until=world.TENTH, move_to=world.menu(meal="breakfast").point)
    assert (done.moved, done.cancelled) == ([], [])
    booked.refresh_from_db()
    assert booked.state == "booked"


def test_what_was_paid_of_a_cancelled_meal_is_to_be_given_back():
    menu = world.menu()
    row = world.booked(menu)
    assert to_refund(county=COUNTY) == []
    bill = new_id()
    Line.objects.filter(county=COUNTY, booking=row).update(billed_line=bill)
    closed(menu.point)
    assert [line.billed_line for line in to_refund(county=COUNTY)] == [bill]


def test_a_closed_point_opens_again():
    point = world.menu().point
    done = closed(point)
    told = {"closure": done.closure, "because": "复检合格", "at": at(world.TENTH), "by": "head"}
    refused("meal.say_why", reopen, last_day=world.TENTH, **(told | {"because": ""}))
    refused("period.ends_before_it_begins", reopen, last_day=world.FIRST, **told)
    assert reopen(last_day=world.NINTH, **told).reopened_by == "head"
    refused("meal.not_closed", reopen, last_day=world.NINTH, **told)
    assert lacking(point, world.TENTH) == []
    assert world.menu(point)
    assert Entry.objects.get(act="meal.reopen").reason == "复检合格"


def test_a_closure_that_cannot_be_is_refused():
    point = world.point()
    refused("meal.say_why", closed, point, because=" ")
    refused("meal.same_point", closed, point, move_to=point)
    refused("meal.other_county", closed, point, move_to=world.opened(place="370702001001"))
    refused("period.ends_before_it_begins", closed, point, until=world.FIRST)
    closed(point)
    refused("meal.closed_already", closed, point)
    point.id = 0
    refused("meal.unknown_point", closed, point)


@settings(max_examples=12, deadline=None)
@given(here=st.integers(0, 6), there=st.integers(0, 4), room=st.integers(4, 8), home=st.integers(0, 3))
def test_nobody_is_lost_and_no_menu_is_overfull(here, there, room, home):
    menu, other = world.menu(), world.menu(portions=room)
    for _ in range(here):
        world.booked(menu)
    for _ in range(home):
        world.booked(menu, way="delivery", address="3栋")
    for _ in range(there):
        world.booked(other)
    done = closed(menu.point, move_to=other.point)
    assert len(done.moved) + len(done.cancelled) == here + home
    assert len(done.moved) == min(here + home, room - there)
    stays = Booking.objects.filter(county=COUNTY, menu=other, state="booked").count()
    assert stays == Menu.objects.get(county=COUNTY, id=other.id).taken == there + len(done.moved) <= room


@pytest.mark.parametrize("many", [2, 12])
def test_a_closure_sends_as_many_statements_for_many_as_for_few(many, django_assert_num_queries):
    menu, other = world.menu(), world.menu()
    people = [elder() for _ in range(many)]
    for person in people:
        world.booked(menu, person)
    with django_assert_num_queries(13):
        closed(menu.point, move_to=other.point)
