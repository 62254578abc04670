"""People of the sample county for stories about persons."""

from __future__ import annotations

from datetime import date, datetime, timezone

import pytest

from songhe.kernel.id_number import check_character
from songhe.kernel.refusal import Refusal
from songhe.person.register import register
from songhe.place.division import SAMPLE_COUNTY, add_division, load_sample_county

COUNTY = SAMPLE_COUNTY
NEXT_COUNTY = "370798"
VILLAGE = "370799100201"
OTHER_VILLAGE = "370799101202"
NEXT_VILLAGE = "370798001001"
AT = datetime(2026, 3, 10, 1, tzinfo=timezone.utc)
ON = date(2026, 3, 10)
BORN = date(1943, 5, 6)


def id_number(born: date = BORN, sequence: int = 2, region: str = "370799") -> str:
    """A number whose check character is right; an odd sequence is a man's."""
    first17 = f"{region}{born:%Y%m%d}{sequence:03d}"
    return first17 + check_character(first17)


def registered(name="王秀英", **differently):
    told = {"county": COUNTY, "place": VILLAGE, "id_number": id_number(), "on": ON, "at": AT, "by": "clerk"}
    return register(name=name, **(told | differently))


def refused(code, do, /, *arguments, **values):
    with pytest.raises(Refusal) as caught:
        do(*arguments, **values)
    assert caught.value.code == code
    return caught.value


@pytest.fixture
def county(db):
    load_sample_county()
    return COUNTY


@pytest.fixture
def next_county(county):
    began = date(1980, 1, 1)
    add_division(code=NEXT_COUNTY, name="邻县", valid_from=began, source="测试")
    add_division(code=NEXT_VILLAGE[:9], name="邻街道", valid_from=began, source="测试")
    add_division(code=NEXT_VILLAGE, name="邻村", valid_from=began, source="测试")
    return NEXT_COUNTY


@pytest.fixture
def elder(county):
    return registered(phone="13800001234").person
