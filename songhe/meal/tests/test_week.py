"""Last week's menus are made again for this one."""

from __future__ import annotations

from datetime import timedelta

import pytest

from songhe.meal.models import Menu
from songhe.meal.queries import dishes_of
from songhe.meal.tests import world
from songhe.meal.week import copy_week, week_of
from songhe.provider.tests.test_admit import refused

pytestmark = pytest.mark.django_db

LATER = world.TENTH + timedelta(days=7)


def copied(point, **differently):
    told = {"source": world.TENTH, "target": LATER, "at": world.clock(world.TENTH, 9), "by": "manager"}
    return copy_week(point=point, **(told | differently))


def test_the_same_dishes_are_cooked_seven_days_on():
    menu = world.menu()
    (made,) = copied(menu.point).made
    assert (made.on, made.portions) == (LATER, menu.portions)
    assert made.book_until == menu.book_until + timedelta(days=7)
    assert (made.item, made.delivery) == (menu.item, menu.delivery)
    dishes = dishes_of(made.county, [made.id])[made.id]
    assert [(dish.name, dish.about) for dish in dishes] == [("红烧肉", "含糖"), ("青菜", "")]


def test_what_is_there_already_stays():
    menu = world.menu()
    world.menu(menu.point, day=LATER, meal="supper", book_until=world.clock(LATER, 9))
    assert len(copied(menu.point).made) == 1
    again = copied(menu.point)
    assert (again.made, [(day, meal, why.code) for day, meal, why in again.left]) == (
        [],
        [(LATER, "lunch", "meal.menu_twice")],
    )
    assert Menu.objects.count() == 3


def test_a_week_without_menus_has_nothing_to_copy():
    refused("meal.nothing_to_copy", copied, world.point())


def test_a_week_begins_on_monday():
    assert week_of(world.TENTH) == world.NINTH
