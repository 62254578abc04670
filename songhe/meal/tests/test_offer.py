"""What an elder is offered, and whether a point may cook, for many at once."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from songhe.meal.close import close_point
from songhe.meal.menu import set_booking
from songhe.meal.models import Menu, Point
from songhe.meal.offer import offers, offers_of_day, standings
from songhe.meal.point import lacking
from songhe.meal.tests import world
from songhe.provider.models import Suspension
from songhe.provider.tests.test_admit import refused

pytestmark = pytest.mark.django_db

BORN = date(1944, 3, 1)


def fetched(*points):
    return list(Point.objects.filter(pk__in=[one.pk for one in points]).select_related("food_licence").order_by("pk"))


def test_a_meal_is_offered_at_the_price_of_the_person():
    menu = world.menu()
    found = offers([menu], born=BORN, card_class=None)[menu.id]
    assert (found.table.price_fen, found.table.own_fen) == (1_000, 400)
    assert found.table.parts == {"finance": 400, "collective": 200}
    assert (found.delivery.price_fen, found.delivery.own_fen) == (1_200, 600)
    assert [dish.name for dish in found.dishes] == ["红烧肉", "青菜"]
    assert offers([menu], born=None, card_class=None)[menu.id].table.own_fen == 1_000
    assert offers([], born=None, card_class=None) == {}


def test_a_meal_is_open_until_the_cut_off_and_while_it_is_bookable():
    menu = world.menu(delivers=False)
    offer = offers([menu], born=BORN, card_class=None)[menu.id]
    assert offer.delivery is None
    assert offer.is_open(world.clock(world.NINTH, 17))
    assert not offer.is_open(world.clock(world.NINTH, 18))
    shut = set_booking(menu=menu, bookable=False, at=world.clock(world.NINTH, 8), by="manager")
    assert not offers([shut], born=BORN, card_class=None)[menu.id].is_open(world.clock(world.NINTH, 10))
    refused("meal.not_bookable", world.booked, menu)
    set_booking(menu=menu, bookable=True, at=world.clock(world.NINTH, 9), by="manager")
    assert world.booked(menu)


def test_how_points_stand_is_what_each_lacks_alone():
    good, without_cook, closed, stopped = world.point(), world.opened(), world.point(), world.point()
    told = {"at": world.clock(world.NINTH, 9), "by": "head", "because": "检修"}
    close_point(point=closed, since=world.NINTH, move_to=good, **told)
    Suspension.objects.create(provider=stopped.provider, county=stopped.county, since=world.FIRST, **told)
    points = fetched(good, without_cook, closed, stopped)
    found = standings(points, world.TENTH)
    assert [list(found[one.pk].lacking) for one in points] == [lacking(one, world.TENTH) for one in points]
    assert [found[one.pk].cooks for one in points] == [True, False, False, False]
    assert found[closed.pk].closure.move_to == good


@pytest.mark.parametrize("many", [2, 9])
def test_many_are_read_in_as_few_statements_as_two(many, django_assert_num_queries):
    menus = [world.menu() for _ in range(many)]
    points = fetched(*(menu.point for menu in menus))
    with django_assert_num_queries(3):
        standings(points, world.TENTH)
    with django_assert_num_queries(3):
        assert len(offers_of_day(points, world.TENTH)) == many
    rows = list(Menu.objects.select_related("point", "item", "delivery"))
    with django_assert_num_queries(2):
        assert len(offers(rows, born=BORN, card_class=3)) == many


def test_nothing_is_offered_on_a_day_without_menus():
    assert offers_of_day(fetched(world.point()), world.TENTH + timedelta(days=1)) == {}
