"""The catalogue of a place: its own items first, then what lies wider."""

from __future__ import annotations

from datetime import date

import pytest

from songhe.provider.catalogue import (
    CATEGORIES,
    UNITS,
    define_item,
    end_item,
    fits,
    item_on,
    items_on,
    load_catalogue,
)
from songhe.provider.models import Evidence, Item
from songhe.provider.tests.conftest import AT, COUNTY, ON
from songhe.provider.tests.test_admit import refused


@pytest.fixture
def catalogue(db):
    return load_catalogue()


def defined(place=COUNTY, code="home-bath", **differently):
    told = {
        "name": "助浴",
        "name_en": "Bath",
        "category": "home",
        "unit": "visit",
        "evidence": "visit",
        "valid_from": date(2026, 3, 1),
        "at": AT,
        "by": "clerk",
    }
    return define_item(place=place, code=code, **(told | differently))


def test_the_catalogue_is_loaded_once(catalogue):
    assert catalogue == Item.objects.count() >= 25
    assert load_catalogue() == 0


def test_every_item_has_a_unit_evidence_and_two_names(catalogue):
    for item in Item.objects.all():
        item.clean_fields(exclude=["valid_to"])
        assert item.unit in UNITS
        assert item.evidence in Evidence.values
        assert item.category in CATEGORIES
        assert item.name
        assert item.name_en


def test_the_scope_of_an_institution_is_bed_nursing_and_meals(catalogue):
    for group in ("long", "short"):
        in_scope = {item.code for item in items_on(COUNTY, ON, category=f"institution_{group}") if item.in_scope}
        assert in_scope == {f"{group}-bed", f"{group}-nursing", f"{group}-meals"}
    assert not item_on(COUNTY, "long-deposit", ON).in_scope
    assert not item_on(COUNTY, "long-prepaid", ON).in_scope


def test_every_group_has_items(catalogue):
    assert {item.category for item in items_on(COUNTY, ON)} == set(CATEGORIES)


def test_the_narrowest_place_decides(catalogue):
    defined("370000", name="省助浴")
    assert item_on(COUNTY, "home-bath", ON).name == "省助浴"
    mine = defined(COUNTY, name="县助浴", in_scope=False)
    assert item_on(COUNTY, "home-bath", ON) == mine
    assert item_on("370702", "home-bath", ON).name == "省助浴"
    assert item_on("330783", "home-bath", ON).name == "上门助浴"
    assert [item.name for item in items_on(COUNTY, ON) if item.code == "home-bath"] == ["县助浴"]


def test_after_its_end_the_wider_item_stands_again(catalogue):
    mine = defined()
    end_item(item=mine, last_day=date(2026, 3, 31), at=AT, by="clerk")
    assert item_on(COUNTY, "home-bath", date(2026, 3, 31)) == mine
    assert item_on(COUNTY, "home-bath", date(2026, 4, 1)).place == "000000"
    refused("provider.item_ended", end_item, item=mine, last_day=date(2026, 4, 1), at=AT, by="clerk")


def test_a_code_that_no_place_has_is_refused(catalogue):
    refused("provider.unknown_item", item_on, COUNTY, "home-gold", ON)
    refused("provider.unknown_item", item_on, COUNTY, "home-bath", date(2025, 6, 30))


@pytest.mark.parametrize(
    ("differently", "code"),
    [
        ({"place": "37"}, "place_code.not_a_code"),
        ({"code": "Home Bath"}, "provider.item_code_invalid"),
        ({"name_en": ""}, "provider.name_missing"),
        ({"category": "hotel"}, "provider.unknown_category"),
        ({"unit": "furlong"}, "provider.unknown_unit"),
        ({"evidence": "hearsay"}, "provider.unknown_evidence"),
        ({"least_minutes": -1}, "input.too_small"),
        ({"valid_to": date(2026, 2, 1)}, "period.ends_before_it_begins"),
    ],
)
def test_an_item_that_cannot_be_is_refused(db, differently, code):
    refused(code, defined, **differently)
    assert not Item.objects.exists()


def test_editions_of_an_item_do_not_overlap(db):
    defined()
    refused("provider.item_overlaps", defined, valid_from=date(2026, 5, 1))


def test_own_pay_stands_on_any_bill(catalogue):
    bath, deposit = item_on(COUNTY, "home-bath", ON), item_on(COUNTY, "long-deposit", ON)
    assert fits(bath, "home")
    assert not fits(bath, "day_care")
    assert fits(deposit, "day_care")
