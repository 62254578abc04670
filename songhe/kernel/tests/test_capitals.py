import pytest
from hypothesis import given
from hypothesis import strategies as st

from songhe.kernel.capitals import DIGITS, MOST_YUAN, in_capitals

PLACES = {"拾": 10, "佰": 100, "仟": 1000}
GROUPS = {"万": 10**4, "亿": 10**8}


def read(text: str) -> int:
    """The fen that capitals stand for, read as a person reads them."""
    sign = -1 if text.startswith("负") else 1
    text = text.removeprefix("负").removesuffix("整")
    yuan, _, rest = text.rpartition("元")
    return sign * (read_whole(yuan) * 100 + read_cents(rest))


def read_whole(text: str) -> int:
    for name, unit in (("亿", GROUPS["亿"]), ("万", GROUPS["万"])):
        if name in text:
            high, _, low = text.rpartition(name)
            return read_whole(high) * unit + read_whole(low)
    total = digit = 0
    for character in text:
        if character in PLACES:
            total += digit * PLACES[character]
            digit = 0
        else:
            digit = DIGITS.index(character)
    return total + digit


def read_cents(text: str) -> int:
    text = text.removeprefix("零")
    jiao, _, fen = text.rpartition("角")
    return (DIGITS.index(jiao) * 10 if jiao else 0) + (DIGITS.index(fen[0]) if fen else 0)


@pytest.mark.parametrize(
    ("fen", "written"),
    [
        (123450, "壹仟贰佰叁拾肆元伍角整"),
        (0, "零元整"),
        (5, "伍分"),
        (50, "伍角整"),
        (105, "壹元零伍分"),
        (1000, "壹拾元整"),
        (100400, "壹仟零肆元整"),
        (10000000, "壹拾万元整"),
        (10001000, "壹拾万零壹拾元整"),
        (1000000, "壹万元整"),
        (100010000, "壹佰万零壹佰元整"),
        (10000000100, "壹亿零壹元整"),
        (123456789012, "壹拾贰亿叁仟肆佰伍拾陆万柒仟捌佰玖拾元零壹角贰分".replace("零壹角", "壹角")),
        (100000000000000, "壹万亿元整"),
        (-123450, "负壹仟贰佰叁拾肆元伍角整"),
    ],
)
def test_an_amount_in_capitals_reads_as_on_a_cheque(fen, written):
    assert in_capitals(fen) == written


@given(st.integers(min_value=-(MOST_YUAN * 100) + 1, max_value=MOST_YUAN * 100 - 1))
def test_capitals_read_back_to_the_same_amount(fen):
    assert read(in_capitals(fen)) == fen


@given(st.integers(min_value=0, max_value=MOST_YUAN * 100 - 1))
def test_capitals_never_stammer(fen):
    text = in_capitals(fen)
    assert "零零" not in text
    assert text.endswith("分" if fen % 10 else "整")
    assert text[0] != "零" or fen == 0


def test_an_amount_too_large_to_read_is_refused():
    with pytest.raises(ValueError, match="capital form"):
        in_capitals(MOST_YUAN * 100)
