"""The four groups on one's own bills: the arithmetic of a redemption, on other terms."""

from __future__ import annotations

from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from songhe.redemption.compare import Paid, Spent, best_of, compare

GROUPS = ("home", "day_care", "institution_short", "institution_long")
TERMS = {"home": ["1/2", 80_000], "institution_short": ["2/5", 80_000], "institution_long": ["2/5", 80_000]}


def offers(*spent, terms=TERMS):
    return {one.category: one for one in compare(groups=GROUPS, terms=terms, spent=spent)}


def test_every_group_is_quoted_on_the_bills_as_they_were():
    """The published case: fee 3,560, insurance 1,800, forty per cent of the rest; and a bath at home beside it."""
    found = offers(Spent("2026-03", "institution_long", 356_000, ltci_fen=180_000), Spent("2026-03", "home", 10_000))
    assert found["institution_long"].as_usual == Paid(366_000, 70_400, 115_600)
    assert found["home"].as_usual == Paid(366_000, 5_000, 181_000)
    assert found["home"].all_here == Paid(366_000, 80_000, 106_000)
    assert best_of(list(found.values())) == "institution_long"


def test_a_group_without_a_ratio_in_the_place_is_not_offered():
    found = offers(Spent("2026-03", "day_care", 10_000))
    assert not found["day_care"].is_open
    assert found["day_care"].as_usual is None
    assert best_of(list(found.values())) is None


def test_months_are_averaged_and_each_has_a_cap_of_its_own():
    found = offers(Spent("2026-02", "home", 400_000), Spent("2026-03", "home", 20_000))["home"]
    assert found.as_usual == Paid(210_000, 45_000, 165_000)


def test_without_bills_only_the_terms_are_said():
    found = offers()["home"]
    assert (found.ratio, found.cap_fen, found.as_usual) == (Fraction(1, 2), 80_000, None)


def test_what_is_outside_the_subsidy_is_paid_by_the_person_in_every_group():
    found = offers(Spent("2026-03", "home", 10_000, in_scope=False))
    assert {one.as_usual.voucher_fen for one in found.values() if one.as_usual} == {0}


def test_three_orders_meet_the_cap_as_they_do_when_they_are_paid():
    found = offers(*[Spent("2026-03", "home", fee) for fee in (33_333, 48_001, 99_999)])["home"]
    assert (found.as_usual.voucher_fen, found.as_usual.self_fen) == (80_000, 101_333)


LINE = st.builds(
    Spent,
    month=st.sampled_from(["2026-01", "2026-02", "2026-03"]),
    category=st.sampled_from(GROUPS),
    fee_fen=st.integers(1, 500_000),
    in_scope=st.booleans(),
)


@given(st.lists(LINE, max_size=12))
def test_the_parts_of_an_average_month_sum_to_its_fee_and_the_voucher_stays_under_its_cap(spent):
    for one in compare(groups=GROUPS, terms=TERMS, spent=spent):
        for paid in (one.as_usual, one.all_here):
            if paid is not None:
                assert paid.fee_fen == paid.voucher_fen + paid.self_fen
                assert 0 <= paid.voucher_fen <= one.cap_fen
                assert one.as_usual.voucher_fen <= one.all_here.voucher_fen
