"""A meal is booked, changed and cancelled until the cut-off, at the price of its day."""

from __future__ import annotations

from datetime import timedelta

import pytest

from songhe.assessment.tests.world import COUNTY, elder
from songhe.county.key import new_id
from songhe.meal.book import book, cancel, change
from songhe.meal.models import Booking, Line, Menu
from songhe.meal.queries import bookings_of, bookings_of_menu
from songhe.meal.tests import world
from songhe.person.models import Event
from songhe.provider.tests.test_admit import refused
from songhe.trail.models import Entry

pytestmark = pytest.mark.django_db

EARLY = world.clock(world.NINTH, 17)
LATE = world.clock(world.NINTH, 18)


@pytest.fixture
def menu():
    return world.menu()


def lines(booking):
    rows = Line.objects.filter(county=booking.county, booking=booking).order_by("number")
    return [(row.price_fen, row.own_fen, row.parts) for row in rows]


def taken(menu):
    return Menu.objects.get(county=menu.county, id=menu.id).taken


def test_a_portion_is_booked_at_the_price_of_age_and_day(menu):
    birthday = world.booked(menu, world.of_age(80))
    assert lines(birthday) == [(1_000, 400, {"finance": 400, "collective": 200})]
    younger = world.booked(menu, elder(born=world.TENTH.replace(year=1946) + timedelta(days=1)))
    assert lines(younger) == [(1_000, 600, {"finance": 400})]
    assert taken(menu) == 2
    entry = Entry.objects.filter(act="meal.book").order_by("id").first()
    assert (entry.actor, entry.behalf_of) == ("daughter", birthday.person_id)


def test_a_meal_brought_home_has_a_second_line(menu):
    home = world.booked(menu, world.of_age(75), way="delivery", address="3栋201", wish="软烂")
    assert lines(home) == [(1_000, 600, {"finance": 400}), (200, 200, {})]
    refused("meal.address_missing", world.booked, menu, way="delivery")
    assert [row.address for row in bookings_of_menu(menu, way="delivery")] == ["3栋201"]


def test_what_is_booked_may_be_changed_until_the_cut_off(menu):
    row = world.booked(menu)
    changed = change(booking=row, way="delivery", address="3栋201", wish="少盐", at=EARLY, by="daughter")
    assert (changed.way, changed.wish, len(lines(changed))) == ("delivery", "少盐", 2)
    back = change(booking=row, way="table", at=EARLY, by="daughter")
    assert (back.address, back.wish, len(lines(back))) == ("", "少盐", 1)
    refused("meal.after_cut_off", change, booking=row, way="table", at=LATE, by="daughter")
    refused("meal.unknown_way", change, booking=row, way="pigeon", at=EARLY, by="daughter")
    assert Entry.objects.filter(act="meal.change").count() == 2


def test_what_is_cancelled_is_free_again(menu):
    person = elder()
    row = world.booked(menu, person)
    refused("meal.after_cut_off", cancel, booking=row, at=LATE, by="daughter")
    assert cancel(booking=row, at=EARLY, by="daughter", because="回老家").state == "cancelled"
    assert taken(menu) == 0
    refused("meal.wrong_state", cancel, booking=row, at=EARLY, by="daughter")
    assert world.booked(menu, person).state == "booked"
    assert Entry.objects.get(act="meal.cancel").reason == "回老家"


def test_a_person_has_one_portion_of_a_meal_wherever_it_is(menu):
    person = elder()
    world.booked(menu, person)
    refused("meal.already_booked", world.booked, menu, person)
    refused("meal.already_booked", world.booked, world.menu(), person)
    assert world.booked(world.menu(menu.point, meal="supper"), person)
    assert Booking.objects.count() == 2


def test_when_all_portions_are_taken_the_next_one_is_told():
    small = world.menu(portions=1)
    world.booked(small)
    refused("meal.full", world.booked, small)
    assert taken(small) == 1


@pytest.mark.parametrize(
    ("differently", "code"),
    [({"way": "pigeon"}, "meal.unknown_way"), ({"at": LATE}, "meal.after_cut_off")],
)
def test_a_booking_that_cannot_be_is_refused(menu, differently, code):
    refused(code, world.booked, menu, **differently)
    assert (Booking.objects.count(), taken(menu)) == (0, 0)


def test_who_does_not_live_here_any_more_does_not_eat_here(menu):
    told = {"menu": menu, "way": "table", "at": EARLY, "on": world.NINTH, "by": "daughter"}
    refused("meal.unknown_person", book, person_id=new_id(), **told)
    refused("meal.file_closed", world.booked, menu, elder(closed_on=world.NINTH))
    gone = elder()
    Event.objects.create(
        county=COUNTY,
        person=gone,
        kind="death",
        happened_on=world.FIRST,
        reported_by="village",
        reported_at=EARLY,
        source="村委会",
    )
    refused("person.after_death", world.booked, menu, gone)


def test_a_point_that_lost_its_papers_takes_no_bookings(menu):
    row = world.booked(menu)
    menu.point.food_licence.valid_to = world.FIRST
    menu.point.food_licence.save()
    refused("meal.point_not_fit", world.booked, menu)
    assert cancel(booking=row, at=EARLY, by="daughter")
    row.id = new_id()
    refused("meal.unknown_booking", cancel, booking=row, at=EARLY, by="daughter")


def test_a_menu_that_is_being_served_is_not_booked(menu):
    world.serving(menu)
    refused("meal.wrong_state", world.booked, menu)


def test_where_nothing_is_brought_nobody_books_it():
    refused("meal.no_delivery_here", world.booked, world.menu(delivers=False), way="delivery", address="3栋201")


def test_what_is_charged_is_neither_changed_nor_cancelled(menu):
    row = world.booked(menu)
    Line.objects.filter(county=COUNTY, booking=row).update(billed_line=new_id())
    refused("meal.charged", cancel, booking=row, at=EARLY, by="daughter")
    refused("meal.charged", change, booking=row, way="table", at=EARLY, by="daughter")


@pytest.mark.parametrize("many", [2, 12])
def test_lists_are_read_in_one_statement(menu, many, django_assert_num_queries):
    person = elder()
    world.booked(menu, person)
    for _ in range(many):
        world.booked(menu)
    with django_assert_num_queries(1):
        assert len([row.person.name for row in bookings_of_menu(menu)]) == many + 1
    with django_assert_num_queries(1):
        rows = list(bookings_of(county=COUNTY, person_id=person.id, first=world.FIRST))
        assert [row.menu.point.name for row in rows] == [menu.point.name]
