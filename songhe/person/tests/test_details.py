"""What is told of a person is read as people write it, and everything wrong is said at once."""

from __future__ import annotations

from datetime import date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from songhe.person import ethnic
from songhe.person.details import Findings, Places, check, read_date, read_name, read_number, read_phone
from songhe.person.tests.conftest import BORN, COUNTY, ON, VILLAGE, id_number, refused

PLACES = Places(COUNTY, frozenset({VILLAGE, VILLAGE[:9]}))


def checked(**differently):
    told = {"name": "王秀英", "id_number": id_number(), "place": VILLAGE}
    return check(told | differently, places=PLACES, on=ON)


def codes(refusals):
    return [refusal.code for refusal in refusals]


def test_the_number_gives_birth_date_and_sex():
    details, found = checked()
    assert (details.birth_date, details.sex) == (BORN, "2")
    assert (found.errors, found.warnings, found.hints) == ([], [], [])


def test_everything_wrong_is_said_at_once():
    details, found = checked(name="", sex="不详", place="370798001001", phone="1", registered_place="37")
    assert details is None
    assert codes(found.errors) == [
        "person.name_missing",
        "person.unknown_sex",
        "person.place_outside_county",
        "place_code.not_a_code",
        "person.phone_invalid",
    ]


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("王 秀 英", "王秀英"),
        ("　王秀英　", "王秀英"),
        ("艾力•买买提", "艾力·买买提"),
        ("艾力.买买提", "艾力·买买提"),
        ("艾力 · 买买提", "艾力·买买提"),
        ("ＡＢＤＵＬ　Karim", "ABDUL Karim"),
        ("John B. O'Neil-Smith", "John B. O'Neil-Smith"),
        ("䶮㛃", "䶮㛃"),
        ("𫖯", "𫖯"),
        ("〇", "〇"),
        ("王\u200b英", "王英"),
        ("ئالىم بارات", "ئالىم بارات"),
    ],
)
def test_names_of_every_script_are_kept(typed, kept):
    assert read_name(typed) == kept


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("", "person.name_missing"),
        ("  ", "person.name_missing"),
        (None, "person.name_missing"),
        ("王*英", "person.name_bad_character"),
        ("王?英", "person.name_bad_character"),
        ("王\ufffd英", "person.name_bad_character"),
        ("王3", "person.name_bad_character"),
        ("=1+1", "person.name_bad_character"),
        ("-", "person.name_bad_character"),
        ("王" * 61, "person.name_too_long"),
    ],
)
def test_what_is_no_name_is_refused(typed, code):
    refused(code, read_name, typed)


def test_a_private_character_is_kept_and_warned_about():
    found = Findings()
    assert read_name("王\ue123", found) == "王\ue123"
    assert codes(found.warnings) == ["person.name_private_character"]


@given(st.text(min_size=1, max_size=70))
def test_a_name_read_once_reads_the_same_again(text):
    from songhe.kernel.refusal import Refusal

    try:
        name = read_name(text)
    except Refusal:
        return
    assert read_name(name) == name


@pytest.mark.parametrize(
    "typed",
    ["1943-05-06", "19430506", "1943年5月6日", "1943.05.06", "1943/5/6", "１９４３-０５-０６", " 1943-05-06 ",
     "1943-05-06 00:00:00", datetime(1943, 5, 6), date(1943, 5, 6)],
)  # fmt: skip
def test_dates_are_read_as_people_write_them(typed):
    assert read_date(typed, "birth_date") == BORN


@pytest.mark.parametrize("typed", ["1943-02-30", "43-05-06", "1943", "五月", "15831", "1943-05-06 10:00"])
def test_what_is_no_date_is_refused(typed):
    refused("input.not_a_date", read_date, typed, "birth_date")


def test_no_date_is_none():
    assert read_date("", "resident_from") is None


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("138 0000 1234", "13800001234"),
        ("+86-13800001234", "13800001234"),
        ("（0536）1234567", ""),
        ("0536-7234567", "05367234567"),
        ("", ""),
        ("１３８００００１２３４", "13800001234"),
    ],
)
def test_telephones_are_kept_as_digits(typed, kept):
    if not kept and typed:
        refused("person.phone_invalid", read_phone, typed)
    else:
        assert read_phone(typed) == kept


@pytest.mark.parametrize(
    ("differently", "code"),
    [
        ({"birth_date": "1943-05-07"}, "person.birth_date_differs"),
        ({"sex": "男"}, "person.sex_differs"),
        ({"id_number": "37079919430506002"}, "id_number.wrong_length"),
        ({"id_number": id_number()[:17] + "A"}, "id_number.bad_character"),
        ({"id_number": "3.70799E+17"}, "id_number.scientific_notation"),
        ({"id_number": ""}, "input.missing"),
        ({"id_kind": "libraryCard"}, "person.unknown_id_kind"),
        ({"id_kind": "none"}, "id_number.number_given"),
        ({"id_kind": "none", "id_number": ""}, "person.birth_date_missing"),
        ({"id_kind": "none", "id_number": "", "birth_date": "2026-03-11"}, "person.birth_date_impossible"),
        ({"id_kind": "none", "id_number": "", "birth_date": "1895-03-10"}, "person.birth_date_impossible"),
        ({"id_number": id_number(date(2026, 3, 11))}, "id_number.impossible_birth_date"),
        ({"ethnic": "57"}, "person.unknown_ethnic"),
        ({"place": "370799"}, "person.place_too_wide"),
        ({"place": "370799999001"}, "person.unknown_place"),
        ({"place": ""}, "input.missing"),
        ({"longitude": 119.0}, "person.position_incomplete"),
        ({"longitude": 119.0, "latitude": 91.0}, "geo.latitude_out_of_range"),
        ({"resident_from": "2026-03-11"}, "person.resident_from_impossible"),
        ({"resident_from": "1943-05-05"}, "person.resident_from_impossible"),
        ({"address": "路" * 201}, "person.too_long"),
        ({"shoe_size": 42}, "input.unknown_field"),
    ],
)
def test_each_wrong_answer_has_its_code(differently, code):
    details, found = checked(**differently)
    assert details is None
    assert codes(found.errors) == [code]


def test_a_wrong_check_digit_is_the_only_complaint():
    number = id_number()
    wrong = number[:17] + ("0" if number[17] != "0" else "1")
    details, found = checked(id_number=wrong)
    assert details is None
    assert codes(found.errors) == ["id_number.check_digit"]


def test_the_county_part_of_a_number_is_never_a_reason_to_refuse():
    details, found = checked(id_number=id_number(region="999999"))
    assert details is not None
    assert codes(found.hints) == ["person.another_id_kind"]


@pytest.mark.parametrize(
    ("differently", "kind"),
    [
        ({"id_number": id_number(region="810000")}, "hint"),
        ({"place": VILLAGE[:9]}, "warning"),
        ({"id_kind": "none", "id_number": "", "birth_date": "1908-01-01"}, "warning"),
        ({"id_number": id_number(date(1970, 1, 1))}, "hint"),
    ],
)
def test_what_is_odd_is_said_and_not_refused(differently, kind):
    details, found = checked(**differently)
    assert details is not None
    assert bool(found.warnings) == (kind == "warning")
    assert bool(found.hints) == (kind == "hint")


def test_an_elder_of_105_and_a_woman_of_57_are_registered():
    for born in (date(1921, 1, 1), date(1968, 6, 1)):
        details, _ = checked(id_number=id_number(born))
        assert details.birth_date == born


def test_a_county_without_villages_on_record_takes_the_code_on_trust():
    details, found = check(
        {"name": "王秀英", "id_number": id_number(), "place": VILLAGE}, places=Places(COUNTY, frozenset()), on=ON
    )
    assert details.place == VILLAGE
    assert codes(found.warnings) == ["person.place_unchecked"]


@pytest.mark.parametrize("kind", ["居民身份证", "resident", "", None])
def test_the_kind_of_document_is_told_by_code_or_name(kind):
    assert read_number(id_number(), kind, ON).kind == "resident"
    assert read_number("H12345678", "来往内地（大陆）通行证", ON).kind == "travel_permit"
    assert read_number("", "暂无证件号码", ON).index_text is None


def test_ethnic_groups_have_their_published_codes():
    assert len(ethnic.ETHNIC) == 58
    told = {"汉": "01", "汉族": "01", "5": "05", "维吾尔族": "05", "56": "56", "基诺": "56", "火星": None, "00": None}
    assert {name: ethnic.read(name) for name in told} == told
