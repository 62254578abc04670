import pytest
from hypothesis import given
from hypothesis import strategies as st

from songhe.kernel.place_code import Level, contains, layers, level, parent, parse, prefix, province
from songhe.kernel.refusal import Refusal

COUNTIES = st.builds("{:02d}{:02d}{:02d}".format, st.integers(10, 99), st.integers(1, 99), st.integers(1, 99))


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("653127", ["653127", "653100", "650000", "000000"]),
        ("653100", ["653100", "650000", "000000"]),
        ("650000", ["650000", "000000"]),
        ("000000", ["000000"]),
        ("370799", ["370799", "370700", "370000", "000000"]),
        ("659012", ["659012", "659000", "650000", "000000"]),
        ("460033", ["460033", "460000", "000000"]),
        ("330783104", ["330783104", "330783", "330700", "330000", "000000"]),
        ("330783104201", ["330783104201", "330783104", "330783", "330700", "330000", "000000"]),
        ("330783000201", ["330783000201", "330783", "330700", "330000", "000000"]),
        ("330783000000", ["330783", "330700", "330000", "000000"]),
    ],
)
def test_layers_come_from_the_digits_narrowest_first(code, expected):
    assert layers(code) == expected


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("000000", Level.NATION),
        ("650000", Level.PROVINCE),
        ("653100", Level.CITY),
        ("653127", Level.COUNTY),
        ("653127000", Level.COUNTY),
        ("653127101", Level.TOWN),
        ("653127101000", Level.TOWN),
        ("653127101201", Level.VILLAGE),
    ],
)
def test_the_level_is_seen_in_the_digits(code, expected):
    assert level(code) is expected


def test_a_place_has_a_province_and_a_parent():
    assert province("653127101") == "650000"
    assert province("000000") == "000000"
    assert parent("653127") == "653100"
    assert parent("000000") is None


def test_codes_are_folded_as_typed():
    assert parse(" ６５３１２７ ") == "653127"


@pytest.mark.parametrize(
    ("code", "expected"), [("000000", ""), ("650000", "65"), ("653100", "6531"), ("653127", "653127")]
)
def test_what_lies_inside_begins_with_the_prefix(code, expected):
    assert prefix(code) == expected


@given(COUNTIES, COUNTIES)
def test_a_place_contains_another_when_it_is_one_of_its_layers(one, other):
    for area in layers(one):
        assert contains(area, one)
        assert contains(area, other) == (area in layers(other))


@pytest.mark.parametrize(
    "text", ["65", "6531", "65312", "6531270", "6531271010", "65312X", "000031", "001000", "²53127"]
)
def test_what_is_not_a_code_is_refused(text):
    with pytest.raises(Refusal) as refusal:
        parse(text)
    assert (refusal.value.code, refusal.value.field) == ("place_code.not_a_code", "place")


def test_a_missing_code_is_refused():
    with pytest.raises(Refusal) as refusal:
        parse("", field="provider_place")
    assert (refusal.value.code, refusal.value.field) == ("input.missing", "provider_place")
