"""A menu is published by a point that may cook; a sample of every dish is kept before anybody eats."""

from __future__ import annotations

from datetime import timedelta

import pytest

from songhe.assessment.tests.world import at
from songhe.county.key import new_id
from songhe.meal.menu import begin, discard_sample, finish, keep_sample, publish_menu, unsampled
from songhe.meal.models import Booking, Dish, Menu, Sample
from songhe.meal.queries import dishes_of, inspections_of, menus, samples_due
from songhe.meal.tests import world
from songhe.provider.tests.test_admit import refused
from songhe.trail.models import Entry

pytestmark = pytest.mark.django_db


def test_a_menu_says_what_is_cooked(django_assert_num_queries):
    menu = world.menu()
    assert (menu.state, menu.taken, menu.portions) == ("open", 0, 50)
    with django_assert_num_queries(2):
        listed = list(menus(menu.point, world.FIRST, world.TENTH))
        dishes = dishes_of(menu.county, [one.id for one in listed])
    assert [(dish.name, dish.about) for dish in dishes[menu.id]] == [("红烧肉", "含糖"), ("青菜", "")]
    assert Entry.objects.get(act="meal.publish_menu").detail["portions"] == 50


@pytest.mark.parametrize(
    ("differently", "code"),
    [
        ({"meal": "brunch"}, "meal.unknown_meal"),
        ({"dishes": [(" ", "")]}, "meal.no_dishes"),
        ({"portions": 0}, "input.too_small"),
        ({"book_until": world.clock(world.TENTH + world.DAY, 0)}, "meal.cut_off_too_late"),
    ],
)
def test_a_menu_that_cannot_be_is_refused(differently, code):
    refused(code, world.menu, **differently)
    assert not Menu.objects.exists()


def test_a_point_that_may_not_cook_has_no_menu():
    refused("meal.point_not_fit", world.menu, world.opened())
    point = world.point(delivers=False)
    refused("meal.no_delivery_here", world.menu, point)
    told = {
        "point": point,
        "day": world.TENTH,
        "meal": "lunch",
        "dishes": [("面", "")],
        "portions": 1,
        "book_until": world.clock(world.NINTH, 18),
        "at": at(world.FIRST),
        "by": "manager",
    }
    refused("meal.no_tariff", publish_menu, item=world.item(), **told)
    refused("meal.item_not_a_meal", publish_menu, item=world.item("bathing"), **told)


def test_a_meal_has_one_menu():
    menu = world.menu()
    refused("meal.menu_twice", world.menu, menu.point)
    assert world.menu(menu.point, meal="supper")


def test_nobody_eats_before_a_sample_of_every_dish_is_kept():
    menu = world.menu()
    told = {"menu": menu, "at": world.clock(world.TENTH, 11), "by": "manager"}
    refused("meal.samples_missing", begin, on=world.TENTH, **told)
    first, second = Dish.objects.filter(county=menu.county, menu=menu).order_by("number")
    refused("meal.sample_too_small", keep_sample, dish=first, grams=124, at=world.clock(world.TENTH, 10), by="cook")
    kept = keep_sample(dish=first, grams=125, at=world.clock(world.TENTH, 10), by="cook")
    assert (kept.taken_by, kept.keep_until - kept.taken_at) == ("cook", timedelta(hours=48))
    refused("meal.sample_twice", keep_sample, dish=first, grams=125, at=world.clock(world.TENTH, 10), by="cook")
    assert unsampled(menu) == [second]
    keep_sample(dish=second, grams=200, at=world.clock(world.TENTH, 10), by="cook")
    refused("meal.not_that_day", begin, on=world.NINTH, **told)
    assert begin(on=world.TENTH, **told).state == "serving"
    refused("meal.wrong_state", begin, on=world.TENTH, **told)
    assert Entry.objects.filter(act="meal.keep_sample").count() == 2


def test_a_sample_is_kept_for_its_time_and_thrown_away_once(django_assert_num_queries):
    menu = world.menu()
    world.sampled(menu)
    with django_assert_num_queries(1):
        sample = next(iter(samples_due(county=menu.county)))
    assert sample.dish.menu.point == menu.point
    early, late = sample.keep_until - timedelta(seconds=1), sample.keep_until
    refused("meal.sample_kept_too_short", discard_sample, sample=sample, at=early, by="cook")
    assert discard_sample(sample=sample, at=late, by="cook").discarded_by == "cook"
    refused("meal.sample_discarded", discard_sample, sample=sample, at=late, by="cook")
    assert samples_due(county=menu.county).count() == Sample.objects.count() - 1
    sample.id = new_id()
    refused("meal.unknown_sample", discard_sample, sample=sample, at=late, by="cook")


def test_who_did_not_come_is_noted_in_one_statement():
    menu = world.menu()
    for _ in range(3):
        world.booked(menu)
    refused("meal.wrong_state", finish, menu=menu, at=world.clock(world.TENTH, 13), by="manager")
    menu = world.serving(menu)
    assert finish(menu=menu, at=world.clock(world.TENTH, 13), by="manager") == 3
    assert set(Booking.objects.values_list("state", flat=True)) == {"not_collected"}
    assert Entry.objects.get(act="meal.finish").detail["not_collected"] == 3
    dish = Dish.objects.filter(county=menu.county, menu=menu).first()
    refused("meal.wrong_state", keep_sample, dish=dish, grams=200, at=at(world.TENTH), by="cook")
    menu.id = new_id()
    refused("meal.unknown_menu", finish, menu=menu, at=at(world.TENTH), by="manager")
    assert not inspections_of(menu.point)
