from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from songhe.kernel.period import Period, first_gap, first_overlap
from songhe.kernel.refusal import Refusal

DAYS = st.dates(date(2020, 1, 1), date(2030, 12, 31))
PERIODS = st.builds(
    lambda first, days: Period(first, None if days is None else first + timedelta(days=days)),
    DAYS,
    st.none() | st.integers(0, 900),
)


def test_both_ends_lie_inside():
    period = Period(date(2026, 1, 1), date(2026, 12, 31))
    assert date(2026, 1, 1) in period
    assert date(2026, 12, 31) in period
    assert date(2025, 12, 31) not in period
    assert date(2027, 1, 1) not in period


def test_an_open_end_never_ends():
    assert date(2999, 1, 1) in Period(date(2026, 1, 1))


def test_a_period_may_last_one_day():
    assert date(2026, 1, 1) in Period(date(2026, 1, 1), date(2026, 1, 1))


def test_a_period_that_ends_before_it_begins_is_refused():
    with pytest.raises(Refusal) as refusal:
        Period(date(2026, 1, 2), date(2026, 1, 1))
    assert (refusal.value.code, refusal.value.field) == ("period.ends_before_it_begins", "last")


@given(PERIODS, PERIODS)
def test_two_periods_overlap_when_the_later_beginning_lies_in_the_other(one, other):
    later = max(one.first, other.first)
    assert one.overlaps(other) == other.overlaps(one) == (later in one and later in other)


@given(PERIODS, st.integers(0, 5))
def test_a_period_meets_only_the_one_that_begins_on_the_next_day(period, days):
    if period.last is not None:
        following = Period(period.last + timedelta(days=days))
        assert period.meets(following) == (days == 1)
        assert (first_gap([following, period]) is None) == (days <= 1)
        assert (first_overlap([following, period]) is None) == (days >= 1)


@given(st.lists(PERIODS, max_size=6))
def test_an_overlap_is_found_whenever_one_is_there(periods):
    there = any(one.overlaps(other) for index, one in enumerate(periods) for other in periods[:index])
    assert (first_overlap(periods) is not None) == there
