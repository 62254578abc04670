from datetime import date

from hypothesis import given
from hypothesis import strategies as some

from songhe.kernel.month import Month
from songhe.statistics.forecast import forecast

MARCH, APRIL = Month(2026, 3), Month(2026, 4)


def april(on, used, *, issued=100_000, earlier=None, earlier_issued=None):
    return forecast(
        month=APRIL,
        on=date(2026, 4, on),
        used_by_day={date(2026, 4, day): fen for day, fen in used.items()},
        issued_fen=issued,
        earlier={MARCH: {date(2026, 3, day): fen for day, fen in earlier.items()}} if earlier else {},
        earlier_issued_fen={MARCH: earlier_issued} if earlier_issued else {},
    )


def test_a_month_that_is_over_has_used_what_it_has_used():
    assert april(30, {3: 100, 30: 50}) == forecast(
        month=APRIL,
        on=date(2026, 5, 9),
        used_by_day={date(2026, 4, 3): 100, date(2026, 4, 30): 50},
        issued_fen=0,
        earlier={},
        earlier_issued_fen={},
    )
    assert april(30, {3: 100, 30: 50}).fen == 150
    assert april(30, {}).method == "final"


def test_earlier_months_give_the_pattern():
    found = april(10, {2: 3_000}, earlier={5: 1_000, 25: 3_000}, earlier_issued=8_000)
    assert (found.method, found.fen, found.months) == ("pattern", 12_000, 1)


def test_too_early_for_the_pattern_the_rate_of_earlier_months_is_taken():
    found = april(2, {1: 10}, earlier={25: 4_000}, earlier_issued=8_000)
    assert (found.method, found.fen) == ("rate", 50_000)


def test_without_earlier_months_it_goes_on_as_it_began():
    found = april(10, {1: 3_000, 12: 999})
    assert (found.method, found.fen) == ("straight", 9_000)


def test_no_more_is_used_than_was_issued():
    assert april(10, {1: 90_000}).fen == 100_000
    assert april(10, {2: 90_000}, earlier={5: 1, 25: 9}).fen == 100_000


@given(
    some.integers(1, 29),
    some.dictionaries(some.integers(1, 30), some.integers(0, 10_000), max_size=9),
    some.dictionaries(some.integers(1, 31), some.integers(0, 10_000), max_size=9),
    some.integers(0, 500_000),
)
def test_it_never_foretells_more_than_was_issued(on, used, earlier, issued):
    issued += sum(used.values())
    found = april(on, used, issued=issued, earlier=earlier, earlier_issued=sum(earlier.values()) * 2)
    assert 0 <= found.fen <= issued
