"""Meals added up, and how points stand for a county."""

from __future__ import annotations

import pytest

from songhe.assessment.tests.world import COUNTY
from songhe.meal.close import inspect
from songhe.meal.figures import figures, last_inspections, portions_of_day
from songhe.meal.serve import serve
from songhe.meal.tests import world

pytestmark = pytest.mark.django_db


def test_meals_are_added_up_by_point_day_way_and_age(django_assert_num_queries):
    menu = world.menu()
    row = world.booked(menu, world.of_age(85), way="delivery", address="1栋")
    world.booked(menu, world.of_age(55))
    world.serving(menu)
    serve(booking=row, means="at_the_door", at=world.clock(world.TENTH, 12), on=world.TENTH, by="manager")
    with django_assert_num_queries(4):
        found = figures(county=COUNTY, first=world.FIRST, last=world.TENTH)
    assert (found.total.delivery, found.total.table, found.total.served) == (1, 0, 1)
    assert found.by_point[menu.point.pk] == found.total == found.by_day[world.TENTH]
    assert dict(found.by_age) == {80: 1}
    assert (found.price_fen, found.own_fen) == (1_200, 600)


def test_portions_and_the_last_inspection_are_by_point():
    menu = world.menu()
    world.booked(menu)
    told = {"point": menu.point, "findings": [], "at": world.clock(world.TENTH, 9), "by": "inspector"}
    inspect(day=world.FIRST, result="pass", **told)
    newest = inspect(day=world.NINTH, result="pass", **told)
    assert portions_of_day(COUNTY, world.TENTH) == {menu.point.pk: (1, 50)}
    assert last_inspections(COUNTY) == {menu.point.pk: newest}
