"""Meals over HTTP: points, menus at somebody's own price, bookings."""

from __future__ import annotations

from datetime import timedelta

import pytest

from songhe.assessment.tests.world import at, elder, mandate
from songhe.doors.api.tests.conftest import COUNTY, DAY, problem, read
from songhe.meal.close import close_point
from songhe.meal.models import Booking
from songhe.meal.tests import world
from songhe.trail.models import Entry

pytestmark = pytest.mark.django_db

THURSDAY = DAY + timedelta(days=2)


@pytest.fixture
def menu(practice):
    return world.menu(day=THURSDAY, book_until=world.clock(DAY + timedelta(days=1), 18))


@pytest.fixture
def desk(machine):
    return machine("county_clerk")


def body(menu, person, **more):
    return {"menu": str(menu.id), "person": str(person.id), "way": "table"} | more


def test_points_say_why_they_do_not_cook_and_where_bookings_go(desk, menu):
    closed = world.point()
    close_point(point=closed, since=DAY, because="停水", move_to=menu.point, at=at(DAY), by="head")
    found = {one["id"]: one for one in read(desk.get(f"/meal-points?county={COUNTY}"))["items"]}
    assert found[menu.point.pk]["lacking"] == []
    assert (found[closed.pk]["lacking"], found[closed.pk]["moves_to"]) == (["closed"], menu.point.pk)


def test_menus_are_told_at_the_whole_price_and_at_somebodys_own(desk, menu):
    asked = f"/meal-menus?county={COUNTY}&first={DAY}&last=2026-03-20"
    (whole,) = read(desk.get(asked))["items"]
    assert whole["table"] == {"price_fen": 1_000, "own_fen": 1_000, "parts": {}}
    assert [dish["name"] for dish in whole["dishes"]] == ["红烧肉", "青菜"]
    (own,) = read(desk.get(f"{asked}&person={world.of_age(85).id}&point={menu.point.pk}"))["items"]
    assert own["table"] == {"price_fen": 1_000, "own_fen": 400, "parts": {"finance": 400, "collective": 200}}
    assert own["delivery"]["own_fen"] == 600
    assert own["bookable"] is True


def test_a_meal_is_booked_once_with_its_key_changed_and_cancelled(desk, menu):
    person = world.of_age(75)
    key = "0192f0c1-0000-7000-8000-000000000001"
    first = read(desk.post("/meal-bookings", body(menu, person, wish="软烂"), key=key))
    again = read(desk.post("/meal-bookings", body(menu, person, wish="软烂"), key=key))
    assert first == again
    assert (first["state"], first["own_fen"], first["wish"]) == ("booked", 600, "软烂")
    where = f"/meal-bookings/{first['id']}"
    changed = read(desk.post(f"{where}/change", {"way": "delivery", "address": "3栋201"}, key=True))
    assert (changed["way"], changed["own_fen"], changed["wish"]) == ("delivery", 800, "软烂")
    assert read(desk.get(where))["address"] == "3栋201"
    assert read(desk.post(f"{where}/cancel", {"because": "回老家"}, key=True))["state"] == "cancelled"
    assert problem(desk.post(f"{where}/cancel"))["type"] == "meal.wrong_state"


def test_what_cannot_be_booked_is_refused_with_its_code(desk, menu):
    person = elder()
    assert problem(desk.post("/meal-bookings", body(menu, person, way="delivery")))["type"] == "meal.address_missing"
    assert desk.post("/meal-bookings", body(menu, person, way="pigeon")).status_code == 422
    wrong = body(menu, person) | {"menu": str(person.id)}
    assert problem(desk.post("/meal-bookings", wrong))["type"] == "meal.unknown_menu"


def test_a_canteen_sees_its_bookings_and_an_elder_ones_own(machine, menu):
    mine, other = world.booked(menu), world.booked(world.menu())
    till = machine("provider_manager", provider=menu.point.provider_id)
    assert [one["id"] for one in read(till.get("/meal-bookings"))["items"]] == [str(mine.id)]
    assert till.get(f"/meal-bookings/{mine.id}").status_code == 200
    assert till.get(f"/meal-bookings/{other.id}").status_code == 404
    assert till.post("/meal-bookings", body(menu, elder())).status_code == 403
    page = machine("citizen", person=mine.person_id, username="granny")
    assert [one["id"] for one in read(page.get("/meal-bookings"))["items"]] == [str(mine.id)]
    assert page.get(f"/meal-bookings/{other.id}").status_code == 404


def test_a_proxy_books_within_the_mandate(machine, menu):
    mother, aunt = elder(), elder()
    daughter = machine("citizen", person=elder().id, username="daughter")
    mandate(mother, account="daughter", acts=["choose"])
    mandate(aunt, account="daughter", acts=["complain"])
    assert read(daughter.post("/meal-bookings", body(menu, mother)))["person"] == str(mother.id)
    refused = daughter.post("/meal-bookings", body(menu, aunt))
    assert (refused.status_code, problem(refused)["type"]) == (403, "person.no_mandate")
    assert Booking.objects.count() == 1


def test_another_countys_booking_is_not_found_and_the_look_is_noted_there(machine, menu):
    row = world.booked(menu)
    desk = machine("county_clerk", place="370702")
    for answer in (desk.get(f"/meal-bookings/{row.id}"), desk.post(f"/meal-bookings/{row.id}/cancel")):
        assert problem(answer)["type"] == "meal.unknown_booking"
    assert {one.county for one in Entry.objects.filter(act="door.out_of_reach")} == {COUNTY}


def test_many_bookings_are_listed_with_as_few_questions(desk, menu, django_assert_max_num_queries):
    for _ in range(12):
        world.booked(menu)
    with django_assert_max_num_queries(15):
        assert len(read(desk.get(f"/meal-bookings?menu={menu.id}&day={THURSDAY}"))["items"]) == 12
