"""Funds and holders over HTTP: what stands where, for who reads the county's money, and for nobody else."""

from __future__ import annotations

import pytest

from songhe.card.tests import world
from songhe.card.tests.world import JINDONG, LISHUI
from songhe.doors.api.tests.conftest import problem, read

pytestmark = pytest.mark.django_db


@pytest.fixture
def fund(practice):
    made = world.made_fund(county=JINDONG, allowed=("meals",), rates={"card_class_2_old": 2_000}, amount_fen=50_000)
    world.made_card("card_class_2_old", county=JINDONG, card_class=2, place=f"{JINDONG}001001")
    world.run_charge(made)
    world.made_fund(county=JINDONG, source="family", expiry="never")
    return made


def test_the_four_parts_of_a_fund_add_up_and_the_families_fund_is_not_listed(machine, fund):
    told = read(machine("auditor", place=JINDONG)("GET", "/funds?total=true"))
    assert told["total"] == 1
    row = told["items"][0]
    assert (row["put_in_fen"], row["in_purses_fen"], row["paid_fen"], row["there_fen"]) == (50_000, 2_000, 0, 48_000)


def test_one_fund_says_what_it_may_buy_and_gives(machine, fund):
    told = read(machine("finance", place=JINDONG)("GET", f"/funds/{fund.id}"))
    assert told["allowed"] == [{"category": "meals", "until": None}]
    assert told["rates"] == {"card_class_2_old": 2_000}


def test_holders_are_counted_by_town(machine, fund):
    told = read(machine("county_clerk", place=JINDONG)("GET", f"/card-holders/{JINDONG}"))
    assert (told["eligible"], told["held"], told["wanted"]) == (1, 1, None)
    assert told["towns"][0]["by_class"] == {"1": 0, "2": 1, "3": 0, "4": 0}


def test_another_county_reads_nothing_of_it(machine, fund):
    elsewhere = machine("county_clerk", place=LISHUI)
    assert read(elsewhere("GET", "/funds"))["items"] == []
    assert problem(elsewhere("GET", f"/funds/{fund.id}"))["status"] == 404
    assert problem(elsewhere("GET", f"/card-holders/{JINDONG}"))["status"] == 404
