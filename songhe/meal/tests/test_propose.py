"""One person asks for a point or a price, another agrees."""

from __future__ import annotations

import pytest

from songhe.assessment.tests.world import COUNTY
from songhe.kernel.geo import Point as Position
from songhe.meal.models import Point, Tariff
from songhe.meal.price import Band
from songhe.meal.propose import PROPOSALS, propose_point, propose_tariff
from songhe.meal.tests import world
from songhe.proposal.models import Proposal
from songhe.provider.tests.test_admit import refused
from songhe.trail.models import Entry

pytestmark = pytest.mark.django_db

MORNING = world.clock(world.NINTH, 9)


def approve(proposal, by="head"):
    return PROPOSALS.approve(proposal=proposal, at=MORNING, on=world.NINTH, by=by)


def decline(proposal, because="太贵", by="head"):
    return PROPOSALS.decline(proposal=proposal, because=because, at=MORNING, by=by)


def price(**differently):
    told = {"item": world.item(), "price_fen": 1_000, "bands": world.BANDS, "valid_from": world.TENTH}
    return propose_tariff(county=COUNTY, at=MORNING, by="clerk", **(told | differently))


def place(**differently):
    told = {
        "food_licence": world.licence(world.provider()),
        "code": "he-ping",
        "name": "和平食堂",
        "place": world.PLACE,
        "address": "和平路1号",
        "position": Position(36.7, 119.16),
        "seats": 30,
        "delivers": True,
    }
    return propose_point(county=COUNTY, at=MORNING, by="clerk", **(told | differently))


def test_a_price_holds_when_a_second_person_agrees():
    asked = price()
    assert not Tariff.objects.exists()
    assert PROPOSALS.waiting(COUNTY, "meal.tariff") == [asked]
    made = approve(asked)
    assert (made.price_fen, made.set_by, made.approved_by, made.place) == (1_000, "clerk", "head", COUNTY)
    assert len(made.bands) == 2
    assert PROPOSALS.waiting(COUNTY, "meal.tariff") == []
    assert set(Entry.objects.values_list("act", flat=True)) >= {"meal.propose", "meal.approve", "meal.set_tariff"}


def test_a_price_of_one_point_is_that_points():
    point = world.point()
    made = approve(price(point=point))
    assert made.point == point


def test_a_point_opens_when_a_second_person_agrees():
    made = approve(place())
    assert (made.name, made.seats, made.delivers) == ("和平食堂", 30, True)
    assert (made.longitude, made.latitude) == (119.16, 36.7)
    assert Point.objects.get() == made


def test_whoever_asked_does_not_decide():
    asked = price()
    refused("meal.same_person", approve, asked, by="clerk")
    refused("meal.same_person", decline, asked, by="clerk")
    assert Proposal.objects.get().state == "open"


def test_what_is_declined_says_why_and_is_over():
    asked = price()
    refused("meal.say_why", decline, asked, " ")
    assert decline(asked).because == "太贵"
    refused("meal.wrong_state", approve, asked)
    assert not Tariff.objects.exists()


def test_what_cannot_be_is_not_asked_for():
    refused("meal.item_not_a_meal", price, item=world.item(help=""))
    refused("meal.tariff_faulty", price, bands=[Band(80, None, frozenset(), 100, {"finance": 400})])
    refused("meal.no_food_licence", place, food_licence=world.licence(world.provider(), kind="fire"))
    refused("meal.unknown_proposal", approve, Proposal(county=COUNTY))
