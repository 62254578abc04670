"""Until when to apply, from the terms of the place and the calendar."""

from dataclasses import replace
from datetime import date

import pytest

from songhe.doors.public.last_day import last_day
from songhe.kernel.month import Month
from songhe.place.calendar import shipped_calendar
from songhe.policy.terms import terms

TENTH = date(2026, 3, 10)


@pytest.fixture(autouse=True)
def practice():
    """These stories are arithmetic: they need no county."""


def of(on=TENTH, *, place="370799", **settings):
    rules = replace(terms(policy="consumption-voucher", place=place, on=on), **settings)
    return last_day(on=on, rules=rules, calendar=shipped_calendar())


def test_where_a_review_has_a_term_the_day_is_safe():
    found = of(review_days=5)
    assert (found.safe, found.latest, found.lost) == (date(2026, 3, 24), None, False)


def test_publication_is_counted_after_the_review_and_the_approval_after_it():
    assert of(review_days=5, publication_days=7).safe == date(2026, 3, 16)


def test_where_it_has_none_nobody_promises():
    found = of()
    assert (found.safe, found.latest) == (None, date(2026, 3, 31))
    assert found.left == 15


def test_jiangxi_wants_five_working_days_left():
    found = of(place="360502")
    assert (found.least, found.latest) == (5, date(2026, 3, 24))


def test_a_month_can_be_lost_already():
    found = of(date(2026, 3, 30), place="360502")
    assert found.lost
    assert found.next_month == Month(2026, 4)
    assert not found.last_month


def test_nothing_comes_after_the_last_month():
    assert of(date(2026, 12, 31), review_days=3).last_month
    assert of(date(2026, 12, 31), review_days=3).lost


def test_a_month_that_ends_in_a_holiday_ends_earlier():
    """The Spring Festival ends on 23 February 2026, and Saturday the 28th is worked to make up for it."""
    assert of(date(2026, 9, 21)).latest == date(2026, 9, 30)
    assert of(date(2026, 2, 10), review_days=5).safe == date(2026, 2, 23)
