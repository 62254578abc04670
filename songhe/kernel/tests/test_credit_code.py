import pytest
from hypothesis import given
from hypothesis import strategies as st

from songhe.kernel.credit_code import check_character, parse
from songhe.kernel.refusal import Refusal

ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
BODIES = st.builds(
    "{}{}{}".format,
    st.text(ALPHABET, min_size=2, max_size=2),
    st.text("0123456789", min_size=6, max_size=6),
    st.text(ALPHABET, min_size=9, max_size=9),
)


def refused(text):
    with pytest.raises(Refusal) as refusal:
        parse(text)
    return refusal.value.code


@pytest.mark.parametrize("text", ["91350100M000100Y43", "11330783K15043025N", "９１350100m000100y43 "])
def test_a_sound_code_carries_no_warning(text):
    assert parse(text).warning is None


def test_a_code_names_the_place_that_registered_it():
    assert parse("11330783K15043025N").place == "330783"


def test_a_genuine_certificate_with_a_wrong_check_character_is_kept_with_a_warning():
    read = parse("91350211M0000XUF46")
    assert read.canonical == "91350211M0000XUF46"
    assert read.warning.code == "credit_code.check_digit"
    assert read.warning.as_dict("en")["message"].startswith("The check character should be")


@given(BODIES)
def test_exactly_one_check_character_fits_even_where_the_remainder_is_nought(body):
    fitting = [last for last in ALPHABET if parse(body + last).warning is None]
    assert fitting == [check_character(body)]
    values = [ALPHABET.index(character) for character in body + fitting[0]]
    assert sum(value * 3**place for place, value in enumerate(values[:17])) % 31 == (31 - values[17]) % 31


@given(BODIES, st.integers(0, 16), st.integers(1, 30))
def test_every_single_wrong_character_is_noticed(body, place, step):
    code = body + check_character(body)
    wrong = ALPHABET[(ALPHABET.index(code[place]) + step) % 31]
    if not 2 <= place < 8 or wrong.isdigit():
        assert parse(code[:place] + wrong + code[place + 1 :]).warning is not None


def test_a_missing_code_is_refused():
    assert refused(" ") == "input.missing"


@pytest.mark.parametrize("text", ["91350100M000100Y4", "91350100M000100Y433"])
def test_another_length_is_refused(text):
    assert refused(text) == "credit_code.wrong_length"


@pytest.mark.parametrize(
    "text", ["91350100MO00100Y43", "91350100M000100I43", "91350A00M000100Y43", "91-50100M000100Y43"]
)
def test_a_character_that_codes_do_not_use_is_refused(text):
    assert refused(text) == "credit_code.bad_character"
