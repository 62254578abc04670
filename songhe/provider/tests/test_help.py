"""The six helps are items of a place's catalogue; their standards are fields that a place fills in."""

from __future__ import annotations

import pytest

from songhe.provider.catalogue import helps_on, item_on, items_on, load_catalogue
from songhe.provider.help import HELPS, SIX
from songhe.provider.models import Item
from songhe.provider.price import set_price
from songhe.provider.tests.conftest import AT, COUNTY, ON, admitted
from songhe.provider.tests.test_admit import refused
from songhe.provider.tests.test_catalogue import defined

YIWU = "330782"


@pytest.fixture
def catalogue(db):
    return load_catalogue()


def test_a_province_has_thirty_items_of_the_six_helps_and_no_invented_standard(catalogue):
    own = Item.objects.filter(place="330000")
    assert own.filter(help__in=SIX).count() >= 30
    assert {item.help for item in own} >= set(SIX)
    for item in own:
        item.clean_fields(exclude=["valid_to"])
        assert item.help in HELPS
        assert (item.minutes, item.steps, item.acceptance) == (None, [], "")


def test_other_provinces_do_not_see_them(catalogue):
    assert item_on(YIWU, "meal-lunch", ON).help == "meals"
    refused("provider.unknown_item", item_on, COUNTY, "meal-lunch", ON)


def test_a_catalogue_is_read_help_by_help(catalogue, django_assert_max_num_queries):
    with django_assert_max_num_queries(2):
        found = helps_on(YIWU, ON)
    assert list(found)[:6] == list(SIX)
    assert "bath-bed" in {item.code for item in found["bathing"]}
    assert sum(map(len, found.values())) == sum(1 for item in items_on(YIWU, ON) if item.help)


def test_a_place_writes_its_own_standard(catalogue):
    mine = defined(
        YIWU,
        "bath-home",
        help="bathing",
        minutes=60,
        steps=["评估", " 助浴 ", ""],
        acceptance="老人确认",
        source="义乌",
    )
    assert item_on(YIWU, "bath-home", ON) == mine
    assert (mine.minutes, mine.steps, mine.acceptance) == (60, ["评估", "助浴"], "老人确认")
    refused("provider.unknown_help", defined, YIWU, "bath-x", help="gold")
    refused("input.too_small", defined, YIWU, "bath-x", help="bathing", minutes=0)


def test_a_merchant_prices_what_the_card_buys_and_nothing_else(catalogue, county):
    shop = admitted("merchant", 9)
    goods, bath = item_on(YIWU, "goods-shop", ON), item_on(YIWU, "long-bed", ON)
    assert set_price(provider=shop, item=goods, price_fen=100, valid_from=ON, at=AT, by="manager")
    refused(
        "provider.category_not_of_kind",
        set_price,
        provider=shop,
        item=bath,
        price_fen=100,
        valid_from=ON,
        at=AT,
        by="manager",
    )
