"""Credits are earned by the whole weight, and pay no more than there is."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from songhe.credit.worth import payment, worth

GRAMS = st.integers(0, 10**7)
RATE = st.tuples(st.integers(1, 10**5), st.integers(1, 10**5))


def test_fifteen_jin_at_three_yuan_are_forty_five_yuan_and_seven_lunches():
    earned = worth(7_500, units=300, per=500)
    assert earned == 4_500
    lunches = 0
    while earned >= 642:
        units, fen = payment(own_fen=642, ticket_fen=None, held=earned)
        assert units == fen == 642
        earned, lunches = earned - units, lunches + 1
    assert lunches == 7


@given(first=GRAMS, second=GRAMS, rate=RATE)
def test_who_brings_it_in_parts_gains_nothing(first, second, rate):
    units, per = rate
    parts = worth(first, units=units, per=per) + worth(second, units=units, per=per)
    assert 0 <= worth(first + second, units=units, per=per) - parts <= 1


@given(own=st.integers(-5, 10**6), held=st.integers(-5, 10**6), ticket=st.none() | st.integers(1, 10**5))
def test_credits_pay_neither_more_than_the_line_nor_more_than_is_held(own, held, ticket):
    units, fen = payment(own_fen=own, ticket_fen=ticket, held=held)
    assert 0 <= units <= max(held, 0)
    assert 0 <= fen <= max(own, 0)
    assert (units == 0) == (fen == 0)
    if ticket is None:
        assert units == fen
    elif units:
        assert units == 1
        assert fen <= ticket
