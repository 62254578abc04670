"""A point cooks with a licence and with cooks who have health certificates, or it does not cook."""

from __future__ import annotations

from datetime import date

import pytest

from songhe.assessment.tests.world import COUNTY, at
from songhe.meal.models import Point
from songhe.meal.point import (
    end_point,
    engage_cook,
    lacking,
    points_on,
    release_cook,
    renew_licence,
    require_fit,
    uncertified,
)
from songhe.meal.tests import world
from songhe.provider.suspend import suspend
from songhe.provider.tests.test_admit import refused
from songhe.trail.models import Entry

pytestmark = pytest.mark.django_db

NEXT_YEAR = date(2027, 3, 10)


def test_a_point_with_its_papers_may_cook(django_assert_num_queries):
    point = world.point()
    assert lacking(point, world.TENTH) == []
    require_fit(point, world.TENTH)
    with django_assert_num_queries(1):
        assert list(points_on(COUNTY, world.TENTH)) == [point]
    assert [entry.act for entry in Entry.objects.filter(subject="meal_point").order_by("id")] == [
        "meal.open_point",
        "meal.engage_cook",
    ]


@pytest.mark.parametrize(
    ("differently", "code"),
    [
        ({"approved_by": "clerk"}, "meal.same_person"),
        ({"code": "Point One"}, "provider.item_code_invalid"),
        ({"name": " "}, "provider.name_missing"),
        ({"address": ""}, "meal.address_missing"),
        ({"seats": -1}, "input.too_small"),
    ],
)
def test_a_point_that_cannot_be_is_refused(differently, code):
    refused(code, world.opened, **differently)
    assert not Point.objects.exists()


def test_a_point_needs_a_food_licence_of_its_own_provider():
    of = world.provider()
    refused("meal.no_food_licence", world.opened, of, food_licence=world.licence(of, kind="fire"))
    refused("meal.no_food_licence", world.opened, of, food_licence=world.licence(world.provider()))
    over = world.licence(of, valid_from=date(2020, 1, 1), valid_to=date(2025, 1, 1))
    refused("meal.no_food_licence", world.opened, of, food_licence=over)


def test_a_code_is_taken_once():
    refused("meal.point_taken", world.opened, code=world.opened().code)


def test_a_cook_has_a_health_certificate_and_works_there():
    point = world.opened()
    told = {"point": point, "valid_from": world.FIRST, "at": at(world.FIRST), "by": "manager"}
    assert lacking(point, world.TENTH) == ["cook"]
    refused("meal.no_health_certificate", engage_cook, worker=world.cook(point.provider, certified=False), **told)
    refused("meal.not_their_cook", engage_cook, worker=world.cook(world.provider()), **told)
    good = world.cook(point.provider)
    held = engage_cook(worker=good, **told)
    refused("meal.cook_already", engage_cook, worker=good, **told)
    assert lacking(point, world.TENTH) == []
    release_cook(cook=held, last_day=world.TENTH, at=at(world.TENTH), by="manager")
    assert lacking(point, world.TENTH + world.DAY) == ["cook"]
    refused("meal.cook_left", release_cook, cook=held, last_day=world.TENTH, at=at(world.TENTH), by="manager")


def test_papers_that_ran_out_keep_a_point_from_cooking():
    point = world.point()
    assert lacking(point, NEXT_YEAR) == ["cook"]
    assert [worker.job for worker in uncertified(point, NEXT_YEAR)] == ["cook"]
    assert uncertified(point, world.TENTH) == []
    point.food_licence.valid_to = world.NINTH
    point.food_licence.save()
    refusal = refused("meal.point_not_fit", require_fit, point, world.TENTH)
    assert "食品经营许可" in refusal.message("zh")
    renewed = renew_licence(point=point, food_licence=world.licence(point.provider), at=at(world.TENTH), by="manager")
    assert lacking(renewed, world.TENTH) == []
    wrong = world.licence(point.provider, kind="fire")
    refused("meal.no_food_licence", renew_licence, point=point, food_licence=wrong, at=at(world.TENTH), by="manager")


def test_a_point_of_a_suspended_provider_does_not_cook():
    point = world.point()
    suspend(provider=point.provider, county=COUNTY, since=world.NINTH, because="抽查", at=at(world.NINTH), by="head")
    assert lacking(point, world.TENTH) == ["suspended"]


def test_a_point_ends_once():
    point = world.point()
    ended = end_point(point=point, last_day=world.TENTH, at=at(world.TENTH), by="head")
    assert lacking(ended, world.TENTH + world.DAY) == ["not_open"]
    assert lacking(ended, world.FIRST - world.DAY)[0] == "not_open"
    refused("meal.point_ended", end_point, point=point, last_day=world.TENTH, at=at(world.TENTH), by="head")
    refused(
        "period.ends_before_it_begins",
        end_point,
        point=point,
        last_day=world.FIRST - world.DAY,
        at=at(world.TENTH),
        by="head",
    )
    ended.id = 0
    refused("meal.unknown_point", end_point, point=ended, last_day=world.TENTH, at=at(world.TENTH), by="head")
