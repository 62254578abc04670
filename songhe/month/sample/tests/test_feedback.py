"""What families say: the same for the same seed, in words that fit, and a complaint in every state."""

from __future__ import annotations

from collections import Counter
from datetime import date

import pytest

from songhe.feedback.category import terms
from songhe.feedback.models import Complaint
from songhe.feedback.rate import LONGEST
from songhe.kernel.month import Month, beijing_date
from songhe.month.sample.feedback import opinion, voices, who_rates
from songhe.month.sample.plan import Plan, workday, workdays_before
from songhe.month.sample.shape import bodies, feedback

MARCH, CLOSE = Month(2026, 3), date(2026, 4, 8)


@pytest.fixture(scope="module")
def plan():
    return Plan()


def test_families_with_a_login_rate_and_neither_staff_nor_the_dead(plan):
    rating = list(who_rates(plan, MARCH))
    assert 150 < len(rating) < 500
    assert all(mine.elder.own_login or not mine.elder.proxy.provider for mine in rating)
    assert not any(mine.report for mine in rating)
    assert [mine.elder.number for mine in who_rates(plan, MARCH)] == [mine.elder.number for mine in rating]


def test_opinions_are_the_same_told_twice_and_most_are_good(plan):
    days = workdays_before(CLOSE, 3)
    rating = list(who_rates(plan, MARCH))
    told = [opinion(plan, mine, "家", days) for mine in rating]
    assert told == [opinion(plan, mine, "家", days) for mine in rating]
    stars = Counter(each.stars for each in told)
    assert set(stars) == {1, 2, 3, 4, 5}
    assert stars[5] > stars[4] > stars[3] > stars[1]
    assert 0.3 < sum(each.words != "" for each in told) / len(told) < 0.6
    assert all(each.on in days and beijing_date(each.at) == each.on for each in told)


def test_there_are_words_for_every_number_of_stars():
    for of_group in feedback()["words"].values():
        assert set(of_group) == {1, 2, 3, 4, 5}
        assert all(0 < len(words) <= LONGEST for found in of_group.values() for words in found)


def test_a_complaint_is_left_in_every_state_and_one_is_late():
    found = voices(CLOSE)
    assert {voice.told["ends"] for voice in found} == set(Complaint.State.values)
    late = [
        voice
        for voice in found
        if voice.told["ends"] == "received"
        and workday(voice.when("said")[1], terms().categories[voice.told["category"]].first) < CLOSE
    ]
    assert len(late) == 1


def test_what_is_done_about_a_complaint_follows_it_and_comes_before_the_close():
    codes = {each["code"] for group in ("institutions", "home_care", "centres") for each in bodies()[group]}
    for voice in voices(CLOSE):
        names = [name for name in ("said", "after", "contests", "reviews") if name in voice.told]
        days = [voice.when(name)[1] for name in names]
        assert days == sorted(set(days))
        assert days[-1] < CLOSE
        assert voice.told.get("code", "inst-1") in codes
        if voice.told["about"] == "bill":
            assert days[0] > MARCH.last
