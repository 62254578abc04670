from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from songhe.kernel.id_number import Kind, Sex, check_character, parse
from songhe.kernel.refusal import Refusal

BIRTH_DATES = st.dates(date(1800, 1, 1), date(2026, 12, 31))
COUNTIES = st.integers(0, 999_999).map("{:06d}".format)
SEQUENCES = st.integers(0, 999).map("{:03d}".format)


def number(county: str, born: date, sequence: str) -> str:
    """Written independently of the product: the check value makes the weighted sum 1 modulo 11."""
    body = f"{county}{born:%Y%m%d}{sequence}" if born.year >= 1000 else ""
    total = 0
    for digit in body:
        total = (total + int(digit)) * 2 % 11
    value = (12 - total) % 11
    return body + ("X" if value == 10 else str(value))


def refused(text, kind=None, **more):
    with pytest.raises(Refusal) as refusal:
        parse(text, kind, **more)
    return refusal.value.code


def test_a_number_says_when_and_as_what_its_holder_was_born():
    read = parse("11010519491231002X")
    assert (read.kind, read.canonical, read.canonical18) == (Kind.RESIDENT, "11010519491231002X", "11010519491231002X")
    assert (read.birth_date, read.sex, read.last4) == (date(1949, 12, 31), Sex.FEMALE, "002X")


def test_it_is_shown_with_its_middle_hidden():
    read = parse("11010519491231002X")
    assert read.masked() == str(read) == "110105********002X"
    assert "1949" not in repr(read)


@pytest.mark.parametrize(
    "typed",
    [
        "11010519491231002x",
        "110105 19491231 002X",
        "１１０１０５１９４９１２３１００２Ｘ",
        "'11010519491231002X",
        "11010519491231002Ⅹ",
    ],
)
def test_small_letters_full_width_and_spaces_mean_the_same_number(typed):
    assert parse(typed).canonical == "11010519491231002X"


@given(COUNTIES, BIRTH_DATES, SEQUENCES)
def test_every_county_part_is_accepted(county, born, sequence):
    text = number(county, born, sequence)
    for kind in (None, Kind.RESIDENT):
        read = parse(text, kind)
        assert (read.canonical18, read.birth_date) == (text, born)
        assert read.sex == (Sex.MALE if int(sequence) % 2 else Sex.FEMALE)


@given(COUNTIES, BIRTH_DATES, SEQUENCES, st.integers(0, 16), st.integers(1, 9))
def test_every_single_wrong_digit_is_found(county, born, sequence, place, difference):
    text = number(county, born, sequence)
    wrong = text[:place] + str((int(text[place]) + difference) % 10) + text[place + 1 :]
    assert refused(wrong) in {"id_number.check_digit", "id_number.impossible_birth_date"}


@given(COUNTIES, BIRTH_DATES, SEQUENCES, st.integers(0, 15))
def test_every_swap_of_neighbours_is_found(county, born, sequence, place):
    text = number(county, born, sequence)
    swapped = text[:place] + text[place + 1] + text[place] + text[place + 2 :]
    if swapped != text:
        assert refused(swapped) in {"id_number.check_digit", "id_number.impossible_birth_date"}


@pytest.mark.parametrize(
    ("old", "new", "born"),
    [
        ("110105491231002", "11010519491231002X", date(1949, 12, 31)),
        ("330783000229998", None, None),  # 1800 was no leap year
        ("330783040229998", number("330783", date(1804, 2, 29), "998"), date(1804, 2, 29)),
        ("330783920711996", number("330783", date(1892, 7, 11), "996"), date(1892, 7, 11)),
        ("330783920711997", number("330783", date(1892, 7, 11), "997"), date(1892, 7, 11)),
        ("330783920711999", number("330783", date(1892, 7, 11), "999"), date(1892, 7, 11)),
        ("330783920711995", number("330783", date(1992, 7, 11), "995"), date(1992, 7, 11)),
    ],
)
def test_a_number_of_15_digits_is_the_same_person_as_its_18(old, new, born):
    if new is None:
        assert refused(old) == "id_number.impossible_birth_date"
    else:
        assert (parse(old).canonical18, parse(old).birth_date) == (new, born)
        assert parse(old).index_text == parse(new).index_text


@given(COUNTIES, st.dates(date(1900, 1, 1), date(1999, 12, 31)), st.integers(0, 995).map("{:03d}".format))
def test_every_15_digit_number_becomes_a_valid_one_of_18(county, born, sequence):
    old = f"{county}{born:%y%m%d}{sequence}"
    assert parse(old).canonical == number(county, born, sequence)


@pytest.mark.parametrize(
    "text",
    [
        "3.30783E+17",
        "3.30783e+17",
        "３.３０７８３Ｅ＋１７",
        "3.30783194012280E+17",
        "3E17",
        "3.30783 E+17",
        "1.10105E+14",
    ],
)
@pytest.mark.parametrize("kind", [None, Kind.RESIDENT, Kind.RESIDENCE_PERMIT, Kind.PERMANENT_RESIDENCE])
def test_a_number_that_a_spreadsheet_has_rounded_is_refused_as_such(text, kind):
    assert refused(text, kind) == "id_number.scientific_notation"


def test_the_rounded_number_is_recognised_in_other_documents_too():
    assert refused("1.23456E+11", Kind.PASSPORT) == "id_number.scientific_notation"


def test_refusals_do_not_repeat_the_digits():
    with pytest.raises(Refusal) as refusal:
        parse("3.30783194012280E+17")
    assert "0783" not in str(refusal.value)


@pytest.mark.parametrize(
    "text", ["1", "1101051949123100", "11010519491231002", "1101051949123100211", "11010549123100"]
)
def test_another_length_is_refused(text):
    assert refused(text) == "id_number.wrong_length"


@pytest.mark.parametrize(
    "text",
    [
        "1101051949123100X2",
        "X1010519491231002X",
        "11010549123100X",
        "11010519491231002Y",
        "330783-194912310",
        "一二三",
        "11010519491231002²",
        "١١٠١٠٥١٩٤٩١٢٣١٠٠٢١",
        "330783194012280000.0",
    ],
)
def test_a_character_out_of_place_is_refused(text):
    assert refused(text) == "id_number.bad_character"


@pytest.mark.parametrize("birth", ["19490230", "19491301", "19490000", "19000229", "00010101", "17991231", "16490101"])
def test_a_day_that_never_was_is_refused_whatever_the_check_digit(birth):
    body = f"110105{birth}002"
    for last in {check_character(body), "0"}:
        assert refused(body + last) == "id_number.impossible_birth_date"


def test_a_birth_in_the_future_is_refused_when_today_is_known():
    born = date(2026, 3, 9)
    text = number("330783", born, "012")
    assert parse(text).birth_date == parse(text, on=born).birth_date == born
    assert refused(text, on=date(2026, 3, 8)) == "id_number.impossible_birth_date"


@pytest.mark.parametrize("last", "0123456789")
def test_the_check_character_must_fit(last):
    assert refused("11010519491231002" + last) == "id_number.check_digit"


@pytest.mark.parametrize("text", ["", "  ", "\u3000"])
def test_nothing_typed_is_a_missing_number(text):
    assert refused(text) == "input.missing"


def test_the_field_that_was_read_is_named():
    with pytest.raises(Refusal) as refusal:
        parse("1", field="rows.3.id_number")
    assert refusal.value.field == "rows.3.id_number"


@pytest.mark.parametrize("area", ["810000", "820000", "830000"])
def test_a_residence_permit_of_hong_kong_macao_or_taiwan_names_itself(area):
    text = number(area, date(1950, 1, 2), "001")
    for kind in (None, Kind.RESIDENT, Kind.RESIDENCE_PERMIT, "residence_permit"):
        read = parse(text, kind)
        assert (read.kind, read.birth_date, read.sex) == (Kind.RESIDENCE_PERMIT, date(1950, 1, 2), Sex.MALE)


def test_the_specimen_of_the_present_permanent_residence_card_is_read():
    read = parse("932682198501010017")
    assert (read.kind, read.birth_date, read.sex) == (Kind.PERMANENT_RESIDENCE, date(1985, 1, 1), Sex.MALE)
    assert parse("932682198501010017", Kind.PERMANENT_RESIDENCE) == read
    assert refused("932682198501010018") == "id_number.check_digit"


def test_the_older_permanent_residence_card_has_three_letters_and_twelve_digits():
    for kind in (None, Kind.PERMANENT_RESIDENCE):
        read = parse("can330150010112", kind)
        assert (read.kind, read.canonical, read.canonical18) == (Kind.PERMANENT_RESIDENCE, "CAN330150010112", None)
        assert (read.birth_date, read.sex, read.last4, read.masked()) == (None, None, "0112", "***********0112")
    assert refused("CAN33015001011", Kind.PERMANENT_RESIDENCE) == "id_number.wrong_length"
    assert refused("CAN33015001011A", Kind.PERMANENT_RESIDENCE) == "id_number.bad_character"
    assert refused("CA3330150010112", Kind.PERMANENT_RESIDENCE) == "id_number.bad_character"


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("11010519491231002X", Kind.RESIDENCE_PERMIT),
        ("11010519491231002X", Kind.PERMANENT_RESIDENCE),
        ("932682198501010017", Kind.RESIDENCE_PERMIT),
        ("110105491231002", Kind.PERMANENT_RESIDENCE),
    ],
)
def test_a_number_of_another_kind_of_card_is_refused(text, kind):
    assert refused(text, kind) == "id_number.other_document"


@pytest.mark.parametrize(
    ("text", "kind", "canonical", "masked"),
    [
        ("e1234 5678", Kind.PASSPORT, "E12345678", "*****5678"),
        ("H12345678(01)", Kind.TRAVEL_PERMIT, "H12345678(01)", "*********(01)"),
        ("军字第1234567号", Kind.MILITARY, "军字第1234567号", "*******567号"),
        ("户2026-0031", Kind.OTHER, "户2026-0031", "******0031"),
    ],
)
def test_other_documents_are_kept_as_written(text, kind, canonical, masked):
    read = parse(text, kind)
    assert (read.kind, read.canonical, read.canonical18, read.masked()) == (kind, canonical, None, masked)
    assert (read.birth_date, read.sex) == (None, None)
    assert read.index_text == f"{kind}:{canonical}"


def test_an_18_digit_text_on_another_document_is_no_resident_number():
    read = parse("11010519491231002X", Kind.OTHER)
    assert read.canonical18 is None
    assert read.index_text != parse("11010519491231002X").index_text


@pytest.mark.parametrize("text", ["12345", "1" * 31])
def test_other_documents_have_6_to_30_characters(text):
    assert refused(text, Kind.OTHER) == "id_number.wrong_length"


@pytest.mark.parametrize("text", ["E1234_5678", "E1234<5678", "E12345678;"])
def test_other_documents_hold_letters_digits_and_few_signs(text):
    assert refused(text, Kind.PASSPORT) == "id_number.bad_character"


def test_a_person_may_have_no_number_yet():
    read = parse("", Kind.NONE)
    assert (read.kind, read.canonical, read.canonical18, read.index_text) == (Kind.NONE, "", None, None)
    assert (read.last4, read.masked(), read.birth_date) == ("", "", None)


def test_no_number_and_a_number_contradict_each_other():
    assert refused("11010519491231002X", "none") == "id_number.number_given"
