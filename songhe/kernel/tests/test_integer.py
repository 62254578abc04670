from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from songhe.kernel.integer import apportion, floor_share, ratio, running_shares, share

RATIOS = st.integers(1, 400).flatmap(lambda d: st.integers(0, d).map(lambda n: Fraction(n, d)))
AMOUNTS = st.integers(0, 10**12)


@pytest.mark.parametrize(
    ("amount", "of", "expected"),
    [
        (33333, "1/2", 16667),
        (48001, "1/2", 24001),
        (99999, "2/5", 40000),
        (1, "1/2", 1),
        (0, "1/2", 0),
        (5, "1/10", 1),
        (4, "1/10", 0),
        (100, "1", 100),
    ],
)
def test_a_share_rounds_half_up_to_the_fen(amount, of, expected):
    assert share(amount, ratio(of)) == expected


@given(AMOUNTS, st.integers(0, 1000))
def test_a_share_agrees_with_decimal_arithmetic(amount, thousandths):
    exact = Decimal(amount) * thousandths / 1000
    assert share(amount, Fraction(thousandths, 1000)) == int(exact.quantize(Decimal(1), ROUND_HALF_UP))


@given(AMOUNTS, RATIOS)
def test_a_share_lies_between_nothing_and_the_amount(amount, of):
    assert 0 <= share(amount, of) <= amount


@given(AMOUNTS, AMOUNTS, RATIOS)
def test_a_larger_amount_never_has_a_smaller_share(one, other, of):
    assert share(min(one, other), of) <= share(max(one, other), of)


def test_a_negative_amount_has_no_share():
    with pytest.raises(ValueError, match="not negative"):
        share(-1, Fraction(1, 2))


@pytest.mark.parametrize("text", ["0.4", "40%", "", "/5", "a/b", "-1/2", "1/-2"])
def test_a_ratio_is_written_as_a_fraction_and_nothing_else(text):
    with pytest.raises(ValueError, match="fraction"):
        ratio(text)


@pytest.mark.parametrize("percent", [85, 90, 95])
def test_running_shares_of_every_batch_up_to_80000_fen_sum_to_the_floor_share(percent):
    of = Fraction(percent, 100)
    parts = running_shares([1] * 80_000, of)
    running = 0
    for total, part in enumerate(parts, start=1):
        running += part
        assert running == percent * total // 100


@pytest.mark.parametrize("percent", [85, 90, 95])
def test_rounding_line_by_line_would_make_or_lose_money(percent):
    of = Fraction(percent, 100)
    lines = [1, 1, 1, 1, 1]
    assert sum(share(line, of) for line in lines) != floor_share(sum(lines), of)
    assert sum(running_shares(lines, of)) == floor_share(sum(lines), of)


@given(st.lists(st.integers(0, 10**9), max_size=60), RATIOS)
def test_every_prefix_of_running_shares_is_the_floor_share_of_the_prefix(amounts, of):
    parts = running_shares(amounts, of)
    for length in range(len(amounts) + 1):
        assert sum(parts[:length]) == floor_share(sum(amounts[:length]), of)


@given(st.lists(st.integers(0, 10**9), max_size=30), RATIOS)
def test_centre_and_local_part_of_a_line_are_both_at_least_nothing(amounts, of):
    for amount, central in zip(amounts, running_shares(amounts, of), strict=True):
        assert 0 <= central <= amount or of == 1


@given(st.integers(0, 10**12), st.lists(st.integers(0, 10**6), min_size=1, max_size=30))
def test_an_apportioned_total_sums_to_itself(total, weights):
    parts = apportion(total, weights)
    assert sum(parts) == total
    assert all(part >= 0 for part in parts)
    if sum(weights):
        exact = [Fraction(total * weight, sum(weights)) for weight in weights]
        assert all(abs(part - share) < 1 for part, share in zip(parts, exact, strict=True))


def test_without_any_weight_the_last_part_takes_the_whole():
    assert apportion(7, [0, 0, 0]) == [0, 0, 7]


def test_there_must_be_someone_to_divide_among():
    with pytest.raises(ValueError, match="nothing to divide"):
        apportion(7, [])
