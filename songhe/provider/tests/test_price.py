"""Prices go forward day by day; days gone by keep theirs."""

from __future__ import annotations

from datetime import date

import pytest

from songhe.provider.catalogue import item_on, load_catalogue
from songhe.provider.models import Price
from songhe.provider.price import price_on, prices_on, set_price
from songhe.provider.tests.conftest import AT, COUNTY, ON
from songhe.provider.tests.test_admit import refused


@pytest.fixture
def items(county):
    load_catalogue()
    return lambda code: item_on(COUNTY, code, ON)


def priced(provider, item, price_fen=6500, valid_from=ON, **more):
    return set_price(
        provider=provider, item=item, price_fen=price_fen, valid_from=valid_from, **({"at": AT, "by": "clerk"} | more)
    )


def test_a_price_holds_until_the_day_before_the_next(community, items):
    priced(community, items("home-bath"), 8000, date(2026, 1, 1))
    priced(community, items("home-bath"), 9000, date(2026, 4, 1))
    assert price_on(community, items("home-bath"), date(2026, 3, 31)) == 8000
    assert price_on(community, items("home-bath"), date(2026, 4, 1)) == 9000
    assert [price.price_fen for price in prices_on(community, ON)] == [8000]


def test_a_service_without_a_price_that_day_is_refused(community, items):
    priced(community, items("home-bath"))
    refused("provider.no_price", price_on, community, items("home-bath"), date(2026, 3, 1))
    refused("provider.no_price", price_on, community, items("home-meal"), ON)


@pytest.mark.parametrize(
    ("amount", "code"),
    [
        (0, "input.too_small"),
        (-1, "input.too_small"),
        (1.5, "input.not_an_integer"),
        (True, "input.not_an_integer"),
        (None, "input.missing"),
    ],
)
def test_a_price_is_a_whole_number_of_fen(community, items, amount, code):
    refused(code, priced, community, items("home-bath"), amount)


def test_a_price_does_not_change_the_past(community, items):
    priced(community, items("home-bath"), 8000, date(2025, 9, 1))
    refused("provider.price_in_the_past", priced, community, items("home-bath"), 8500, date(2026, 3, 1))
    assert price_on(community, items("home-bath"), ON) == 8000


def test_prices_of_an_item_do_not_overlap(community, items):
    priced(community, items("home-bath"), 8000, date(2026, 5, 1), valid_to=date(2026, 5, 31))
    refused("provider.price_overlaps", priced, community, items("home-bath"), 9000, date(2026, 5, 31))
    refused("provider.price_overlaps", priced, community, items("home-bath"), 9000, date(2026, 4, 1))
    priced(community, items("home-bath"), 9000, date(2026, 6, 1))
    assert Price.objects.count() == 2


def test_a_refused_price_leaves_the_one_before_open(community, items):
    first = priced(community, items("home-bath"), 8000, date(2026, 4, 1))
    priced(community, items("home-bath"), 9000, date(2026, 8, 1))
    refused("provider.price_overlaps", priced, community, items("home-bath"), 9500, date(2026, 6, 1))
    first.refresh_from_db()
    assert first.valid_to == date(2026, 7, 31)


def test_a_body_sells_what_its_kind_gives(community, institution, body, items):
    refused("provider.category_not_of_kind", priced, community, items("long-bed"))
    refused("provider.item_not_of_kind", priced, community, items("assessment"))
    refused("provider.category_not_of_kind", priced, body, items("home-bath"))
    refused("provider.category_not_of_kind", priced, body, items("home-haircut"))
    assert priced(body, items("assessment"), 10000)
    assert priced(institution, items("long-bed"), 120000)
    assert priced(community, items("long-haircut"), 1500)


def test_an_item_that_ended_has_no_new_price(community, items):
    item = items("home-bath")
    item.valid_to = date(2026, 2, 28)
    refused("provider.item_not_in_force", priced, community, item)
