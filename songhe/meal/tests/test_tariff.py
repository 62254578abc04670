"""Prices by age and class are data that two people set; days gone by keep theirs."""

from __future__ import annotations

from datetime import date

import pytest

from songhe.assessment.tests.world import COUNTY, at
from songhe.meal.models import Tariff
from songhe.meal.price import Band
from songhe.meal.tariff import quoted, tariffs_on
from songhe.meal.tests import world
from songhe.provider.tests.test_admit import refused
from songhe.trail.models import Entry

pytestmark = pytest.mark.django_db


def test_the_narrowest_tariff_decides(django_assert_num_queries):
    lunch, point = world.item(), world.opened()
    county = world.tariff(lunch)
    village = world.tariff(lunch, place=world.PLACE, price_fen=900, bands=())
    other = world.opened(place=f"{COUNTY}002001")
    with django_assert_num_queries(1):
        assert tariffs_on(point, [lunch], world.TENTH) == {lunch.code: village}
    assert tariffs_on(other, [lunch], world.TENTH) == {lunch.code: county}
    own = world.tariff(lunch, point=point, price_fen=800, bands=())
    assert tariffs_on(point, [lunch], world.TENTH) == {lunch.code: own}
    assert tariffs_on(point, [lunch], world.FIRST - world.DAY) == {}
    assert Entry.objects.filter(act="meal.set_tariff").count() == 3


def test_a_new_tariff_ends_the_one_before():
    lunch = world.item()
    first = world.tariff(lunch)
    second = world.tariff(lunch, price_fen=1_200, bands=[], valid_from=date(2026, 4, 1))
    first.refresh_from_db()
    assert first.valid_to == date(2026, 3, 31)
    assert quoted(first, age=85, card_class=2).own_fen == 400
    assert quoted(second, age=85, card_class=2).own_fen == 1_200


def test_classes_of_the_card_have_prices_of_their_own():
    bands = [
        Band(60, None, frozenset({1}), 0, {"finance": 1_000}),
        Band(80, None, frozenset({2, 3}), 500, {"charity": 500}),
    ]
    row = world.tariff(world.item(), bands=bands)
    assert quoted(row, age=61, card_class=1).own_fen == 0
    assert quoted(row, age=85, card_class=3).parts == {"charity": 500}
    assert quoted(row, age=85, card_class=None).own_fen == 1_000


@pytest.mark.parametrize(
    ("differently", "code"),
    [
        ({"approved_by": "clerk"}, "meal.same_person"),
        ({"price_fen": 0}, "input.too_small"),
        ({"price_fen": 900}, "meal.tariff_faulty"),
        ({"valid_to": date(2026, 2, 1)}, "period.ends_before_it_begins"),
    ],
)
def test_a_tariff_that_cannot_be_is_refused(differently, code):
    refused(code, world.tariff, world.item(), **differently)
    assert not Tariff.objects.exists()


def test_tariffs_do_not_overlap_and_are_of_meals():
    lunch = world.item()
    world.tariff(lunch, valid_to=date(2026, 3, 31))
    refused("meal.tariff_overlaps", world.tariff, lunch, valid_from=date(2026, 3, 31))
    refused("meal.tariff_in_the_past", world.tariff, lunch, at=at(world.TENTH))
    refused("meal.item_not_a_meal", world.tariff, world.item("bathing"))
