"""An upgraded item: the purse pays the base price, the elder the difference."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from songhe.provider.catalogue import item_on, load_catalogue
from songhe.provider.models import Upgrade
from songhe.provider.price import set_price
from songhe.provider.tests.conftest import AT, COUNTY, ON
from songhe.provider.tests.test_admit import refused
from songhe.provider.upgrade import define_upgrade, end_upgrade, split, split_on, upgrades_on
from songhe.trail.models import Entry

DAY = timedelta(days=1)
FEN = st.integers(1, 10**9)


@pytest.fixture
def bath(community):
    load_catalogue()
    item = item_on(COUNTY, "home-bath", ON)
    set_price(provider=community, item=item, price_fen=6_000, valid_from=ON, at=AT, by="manager")
    return item


def upgraded(provider, base, code="bath-two-carers", **differently):
    told = {
        "name": "双人助浴",
        "name_en": "Bath with two carers",
        "more": "两名护理员，全程九十分钟",
        "price_fen": 9_000,
        "valid_from": ON,
        "at": AT,
        "by": "manager",
    }
    return define_upgrade(provider=provider, base=base, code=code, **(told | differently))


def test_the_purse_pays_the_base_price_and_the_elder_the_rest(community, bath):
    row = upgraded(community, bath)
    shared = split_on(row, ON)
    assert (shared.purse_fen, shared.elder_fen) == (6_000, 3_000)
    assert list(upgrades_on(community, ON)) == [row]
    entry = Entry.objects.get(act="provider.define_upgrade")
    assert (entry.actor, entry.detail["base"], entry.detail["price_fen"]) == ("manager", "home-bath", 9_000)


@given(price=FEN, base=FEN)
def test_parts_are_the_price_and_no_purse_pays_beyond_the_base(price, base):
    shared = split(price_fen=price, base_fen=base)
    assert shared.purse_fen + shared.elder_fen == price
    assert 0 < shared.purse_fen <= base
    assert shared.elder_fen >= 0


@given(base=FEN, one=FEN, other=FEN)
def test_a_dearer_upgrade_never_costs_the_purse_more_once_it_pays_the_base(base, one, other):
    cheap, dear = sorted((base + one, base + other))
    assert split(price_fen=cheap, base_fen=base).purse_fen == split(price_fen=dear, base_fen=base).purse_fen == base


def test_a_new_price_ends_the_one_before(community, bath):
    first = upgraded(community, bath)
    second = upgraded(community, bath, price_fen=9_500, valid_from=date(2026, 4, 1))
    first.refresh_from_db()
    assert first.valid_to == date(2026, 3, 31)
    assert list(upgrades_on(community, date(2026, 4, 1))) == [second]


@pytest.mark.parametrize(
    ("differently", "code"),
    [
        ({"code": "Zwei Pfleger"}, "provider.item_code_invalid"),
        ({"name_en": " "}, "provider.name_missing"),
        ({"more": ""}, "provider.upgrade_says_no_more"),
        ({"price_fen": 0}, "input.too_small"),
        ({"price_fen": 6_000}, "provider.upgrade_not_dearer"),
        ({"valid_to": date(2026, 1, 1)}, "period.ends_before_it_begins"),
        ({"valid_from": date(2026, 3, 1)}, "provider.no_price"),
    ],
)
def test_an_upgrade_that_cannot_be_is_refused(community, bath, differently, code):
    refused(code, upgraded, community, bath, **differently)
    assert not Upgrade.objects.exists()


def test_days_gone_by_keep_their_upgrade_and_one_code_has_one_base(community, bath):
    upgraded(community, bath, valid_to=date(2026, 3, 31))
    walk = item_on(COUNTY, "home-walk", ON)
    set_price(provider=community, item=walk, price_fen=100, valid_from=ON, at=AT, by="manager")
    refused("provider.upgrade_other_base", upgraded, community, walk)
    refused("provider.upgrade_overlaps", upgraded, community, bath, valid_from=date(2026, 3, 31))
    from datetime import timedelta

    later = AT + timedelta(days=10)
    refused("provider.price_in_the_past", upgraded, community, bath, valid_from=date(2026, 3, 5), at=later)


def test_an_upgraded_item_ends_on_a_day_and_stays_for_the_days_before(community, bath):
    made = upgraded(community, bath)
    later = ON + timedelta(days=10)
    refused("provider.upgrade_ends_in_the_past", end_upgrade, upgrade=made, last_day=ON - DAY, at=AT, by="manager")
    end_upgrade(upgrade=made, last_day=later, at=AT, by="manager")
    assert list(upgrades_on(community, later)) == [made]
    assert not upgrades_on(community, later + DAY).exists()
    refused("provider.upgrade_ended", end_upgrade, upgrade=made, last_day=later + DAY, at=AT, by="manager")
    assert end_upgrade(upgrade=made, last_day=ON, at=AT, by="manager").valid_to == ON
    assert Entry.objects.filter(act="provider.end_upgrade").count() == 2
