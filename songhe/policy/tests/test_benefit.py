from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from songhe.kernel.refusal import Refusal
from songhe.policy.benefit import room, share_bill, share_line

RATIO = st.fractions(min_value=Fraction(3, 10), max_value=Fraction(3, 5), max_denominator=20)
FEES = st.lists(st.integers(1, 300_000), min_size=1, max_size=8)
MONEY = st.integers(0, 200_000)


def test_the_voucher_works_on_what_ltci_leaves():
    line = share_line(fee_fen=356000, ltci_fen=180000, ratio=Fraction(2, 5), room_fen=80000)
    assert (line.base_fen, line.voucher_fen, line.self_fen) == (176000, 70400, 105600)


def test_other_public_money_lowers_the_base_too():
    line = share_line(fee_fen=360000, other_fen=144000, ratio=Fraction(2, 5), room_fen=80000)
    assert (line.other_fen, line.voucher_fen, line.self_fen) == (144000, 80000, 136000)


def test_half_a_fen_is_rounded_up():
    assert share_line(fee_fen=1, ratio=Fraction(1, 2), room_fen=100).voucher_fen == 1


def test_what_is_left_of_a_cap_is_never_negative():
    assert room(cap_fen=100, used_fen=101) == 0


def test_public_money_over_the_fee_is_refused():
    with pytest.raises(Refusal) as caught:
        share_line(fee_fen=100, ltci_fen=60, other_fen=41, ratio=Fraction(1, 2), room_fen=100)
    assert caught.value.code == "quote.ltci_over_fees"


@pytest.mark.parametrize("wrong", [{"fee_fen": -1}, {"room_fen": -1}, {"ratio": Fraction(3, 2)}])
def test_impossible_amounts_are_a_mistake_of_the_caller(wrong: dict[str, object]):
    with pytest.raises(ValueError, match="between 0 and 1"):
        share_line(**({"fee_fen": 1, "ratio": Fraction(1, 2), "room_fen": 1} | wrong))  # type: ignore[arg-type]


@given(fees=FEES, ratio=RATIO, cap=MONEY, used=MONEY, part=st.fractions(0, 1), data=st.data())
def test_the_parts_sum_to_the_bill_and_the_voucher_stays_under_cap_and_base(
    fees: list[int], ratio: Fraction, cap: int, used: int, part: Fraction, data: st.DataObject
):
    scope = data.draw(st.lists(st.booleans(), min_size=len(fees), max_size=len(fees)))
    ltci = int(sum(fees) * part)
    bill = share_bill(fees_fen=fees, ratio=ratio, cap_fen=cap, ltci_fen=ltci, used_fen=used, in_scope=scope)
    assert [line.fee_fen for line in bill.lines] == fees
    assert bill.ltci_fen == ltci
    assert bill.ltci_fen + bill.voucher_fen + bill.self_fen == sum(fees)
    assert bill.voucher_fen <= room(cap_fen=cap, used_fen=used)
    for line in bill.lines:
        assert line.ltci_fen + line.voucher_fen + line.self_fen == line.fee_fen
        assert min(line.ltci_fen, line.voucher_fen, line.self_fen) >= 0
        assert line.voucher_fen <= line.base_fen
        assert line.in_scope or line.voucher_fen == 0


@given(fees=FEES, ratio=RATIO, cap=MONEY)
def test_splitting_a_bill_raises_the_voucher_by_at_most_half_a_fen_a_line(fees: list[int], ratio: Fraction, cap: int):
    whole = share_bill(fees_fen=[sum(fees)], ratio=ratio, cap_fen=cap).voucher_fen
    split = share_bill(fees_fen=fees, ratio=ratio, cap_fen=cap).voucher_fen
    assert 2 * abs(split - whole) <= len(fees) + 1
    assert split <= cap


@given(fees=FEES, ratio=RATIO, cap=MONEY, cut=st.integers(0, 8))
def test_two_bills_of_one_month_give_what_one_bill_gives(fees: list[int], ratio: Fraction, cap: int, cut: int):
    together = share_bill(fees_fen=fees, ratio=ratio, cap_fen=cap).voucher_fen
    first, second = fees[:cut], fees[cut:]
    used = share_bill(fees_fen=first, ratio=ratio, cap_fen=cap).voucher_fen if first else 0
    later = share_bill(fees_fen=second, ratio=ratio, cap_fen=cap, used_fen=used).voucher_fen if second else 0
    assert used + later == together


@given(fee=st.integers(1, 10**9), more=st.integers(0, 10**6), ratio=RATIO, cap=MONEY)
def test_a_larger_fee_never_lowers_the_voucher(fee: int, more: int, ratio: Fraction, cap: int):
    less = share_line(fee_fen=fee, ratio=ratio, room_fen=cap).voucher_fen
    assert share_line(fee_fen=fee + more, ratio=ratio, room_fen=cap).voucher_fen >= less
