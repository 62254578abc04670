"""One portion and many who want it, at the same instant, with real threads on a database of their own."""

from __future__ import annotations

import pytest

from songhe.assessment.tests.world import COUNTY, elder
from songhe.credit.tests.test_race import together
from songhe.meal.book import cancel
from songhe.meal.close import close_point
from songhe.meal.models import Booking, Menu
from songhe.meal.tests import world
from songhe.meal.tests.test_serve import walked

pytestmark = pytest.mark.race


def taken(menu):
    return Menu.objects.get(county=COUNTY, id=menu.id).taken


def test_the_last_portion_is_booked_once(own_database):
    menu = world.menu(portions=2)
    people = [elder() for _ in range(6)]
    answers = together(*[lambda person=person: world.booked(menu, person) for person in people])
    assert answers.count("meal.full") == 4
    assert (taken(menu), Booking.objects.filter(county=COUNTY).count()) == (2, 2)


def test_the_last_portion_is_eaten_once(own_database):
    menu = world.serving(world.menu(portions=1))
    people = [elder() for _ in range(5)]
    answers = together(*[lambda person=person: walked(menu, person) for person in people])
    assert answers.count("meal.full") == 4
    assert taken(menu) == 1


def test_one_person_books_one_portion_of_a_meal(own_database):
    menus, person = [world.menu() for _ in range(4)], elder()
    answers = together(*[lambda menu=menu: world.booked(menu, person) for menu in menus])
    assert answers.count("meal.already_booked") == 3
    assert sum(taken(menu) for menu in menus) == 1


def test_a_closure_and_a_cancellation_at_once_leave_the_counts_right(own_database):
    menu, other = world.menu(), world.menu()
    rows = [world.booked(menu) for _ in range(4)]
    early = world.clock(world.NINTH, 12)

    def closing():
        return close_point(
            point=menu.point, since=world.NINTH, because="停电", at=early, by="head", move_to=other.point
        )

    together(closing, *[lambda row=row: cancel(booking=row, at=early, by="daughter") for row in rows])
    for one in (menu, other):
        stays = Booking.objects.filter(county=COUNTY, menu=one, state="booked").count()
        assert taken(one) == stays
