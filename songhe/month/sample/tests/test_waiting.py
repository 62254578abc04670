"""What is left for the desk when the first month closes: some of everything, and none of it in anybody's month."""

from __future__ import annotations

from collections import Counter
from datetime import date, timedelta

import pytest

from songhe.kernel.month import Month
from songhe.month.sample.behaviour import script
from songhe.month.sample.plan import Plan, workdays_before
from songhe.month.sample.waiting import DAYS, STATES, UNDER_WAY, under_way

CLOSE = date(2026, 4, 8)


@pytest.fixture(scope="module")
def plan():
    return Plan()


@pytest.fixture(scope="module")
def under(plan):
    return list(under_way(plan, CLOSE))


def test_about_a_dozen_wait_in_each_state(under):
    states = Counter(STATES[each.far] for each in under)
    assert set(states) == {"submitted", "clarifying", "assessing", "determined", "reviewed"}
    assert all(9 <= count <= 18 for count in states.values()), states
    assert {each.far for each in under} == set(UNDER_WAY)


def test_they_come_by_every_channel_from_home_and_for_the_institution(under):
    ways = Counter(
        "counter" if each.at_counter else "proxy" if each.elder.proxy else each.elder.own_login != "" for each in under
    )
    assert set(ways) == {"counter", "proxy", True}
    assert min(ways.values()) >= 5
    inside = Counter(each.elder.asks_for_institution for each in under)
    assert inside[True] >= 8
    assert inside[False] > inside[True]
    assert {each.elder.level for each in under} == {1, 2, 3, 4}


def test_all_of_it_happens_on_the_last_working_days_before_the_close(under):
    days = workdays_before(CLOSE, DAYS)
    assert (days[0], days[-1]) == (date(2026, 3, 26), date(2026, 4, 7))
    for each in under:
        assert each.days
        assert list(each.days) == sorted(set(each.days))
        assert set(each.days) <= set(days)


def test_nobody_who_waits_has_a_part_in_a_month(plan, under):
    waiting = {each.elder.number for each in under}
    for month in (Month(2026, 3), Month(2026, 4)):
        assert not waiting & {mine.elder.number for mine in script(plan, month)}


def test_the_same_sample_leaves_the_same_and_a_small_one_leaves_some(plan, under):
    assert list(under_way(plan, CLOSE)) == under
    small = list(under_way(Plan(7, 300), CLOSE))
    assert len({STATES[each.far] for each in small}) >= 2


def test_nobody_applies_for_a_programme_that_is_over(plan):
    assert list(under_way(plan, date(2031, 1, 8))) == []


def test_an_earlier_result_is_young_enough_to_count(under):
    oldest = min(each.elder.assessed_on for each in under if each.elder.assessed_on)
    assert oldest > CLOSE - timedelta(days=400)
