"""Working days: the State Council's lists against a Monday-to-Friday calendar."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from songhe.kernel.refusal import Refusal
from songhe.place.calendar import (
    SHIPPED,
    WorkCalendar,
    add_workdays,
    is_workday,
    load_calendar,
    load_shipped_calendars,
    loaded_calendar,
    read_list,
    shipped_calendar,
    workdays_between,
    workdays_left_in_month,
)
from songhe.place.models import CalendarDay

LISTS: WorkCalendar = shipped_calendar()
DAYS = st.dates(date(2025, 1, 1), date(2029, 12, 20))


def test_a_list_published_in_anshan_on_friday_13_february_2026_is_public_through_saturday_the_14th():
    assert add_workdays(date(2026, 2, 13), 1, LISTS) == date(2026, 2, 14)


def test_a_calendar_of_mondays_to_fridays_fails_the_anshan_case():
    weekdays = WorkCalendar(frozenset({2026}), frozenset(), frozenset())
    assert add_workdays(date(2026, 2, 13), 1, weekdays) == date(2026, 2, 16)


@pytest.mark.parametrize(
    ("day", "works"),
    [
        (date(2026, 1, 2), False),
        (date(2026, 1, 4), True),
        (date(2026, 2, 23), False),
        (date(2026, 2, 24), True),
        (date(2026, 2, 28), True),
        (date(2026, 3, 7), False),
        (date(2026, 4, 6), False),
        (date(2026, 10, 10), True),
        (date(2025, 1, 26), True),
        (date(2025, 10, 8), False),
        (date(2025, 10, 11), True),
    ],
)
def test_holidays_and_make_up_days_are_those_of_the_state_council(day, works):
    assert is_workday(day, LISTS) is works


def test_the_two_years_have_248_working_days_each():
    for year in (2025, 2026):
        assert workdays_between(date(year, 1, 1), date(year, 12, 31), LISTS) == 248


@given(DAYS, st.integers(0, 6))
def test_the_nth_working_day_has_n_working_days_behind_it_and_is_one_itself(day, count):
    reached = add_workdays(day, count, LISTS)
    assert workdays_between(day + timedelta(days=1), reached, LISTS) == count
    assert reached == day if count == 0 else is_workday(reached, LISTS)


def test_an_application_on_25_march_2026_leaves_four_working_days_in_its_month():
    assert workdays_left_in_month(date(2026, 3, 25), LISTS) == 4
    assert workdays_left_in_month(date(2026, 3, 24), LISTS) == 5
    assert workdays_left_in_month(date(2026, 3, 31), LISTS) == 0


def test_the_make_up_saturday_counts_among_the_days_left_in_february_2026():
    assert workdays_left_in_month(date(2026, 2, 26), LISTS) == 2


@pytest.mark.parametrize(
    ("day", "works"),
    [
        (date(2030, 1, 1), False),
        (date(2030, 1, 2), True),
        (date(2033, 1, 3), False),
        (date(2033, 1, 4), True),
        (date(2032, 5, 3), False),
        (date(2032, 5, 4), False),
        (date(2032, 5, 5), True),
        (date(2032, 10, 1), False),
        (date(2032, 10, 4), False),
        (date(2032, 10, 5), False),
        (date(2032, 10, 6), True),
        (date(2032, 10, 9), False),
    ],
)
def test_a_year_without_a_list_has_its_weekdays_and_its_fixed_holidays(day, works):
    assert is_workday(day, LISTS) is works


def test_days_across_the_turn_of_the_year_are_counted_and_known_to_be_provisional():
    only_2026 = WorkCalendar.of(read_list(SHIPPED / "calendar-2026.yaml"))
    assert add_workdays(date(2026, 12, 30), 5, only_2026) == date(2027, 1, 7)
    assert workdays_left_in_month(date(2027, 1, 15), only_2026) == 10
    assert only_2026.is_provisional(date(2026, 12, 30), date(2027, 1, 7))
    assert not only_2026.is_provisional(date(2026, 12, 1), date(2026, 12, 31))


def test_a_list_says_it_of_the_december_before_it_too():
    reaching = WorkCalendar(frozenset({2031}), frozenset({date(2030, 12, 31)}), frozenset({date(2030, 12, 28)}))
    assert not is_workday(date(2030, 12, 31), reaching)
    assert is_workday(date(2030, 12, 28), reaching)


@pytest.mark.django_db
def test_the_database_says_the_same_as_the_shipped_lists():
    first = load_shipped_calendars()
    assert load_shipped_calendars() == first == CalendarDay.objects.count()
    assert loaded_calendar() == LISTS


@pytest.mark.django_db
def test_an_amended_list_takes_the_place_of_the_first(tmp_path):
    load_shipped_calendars()
    text = (SHIPPED / "calendar-2026.yaml").read_text(encoding="utf-8")
    amended = tmp_path / "calendar-2026.yaml"
    amended.write_text(text.replace("2026-02-14, ", ""), encoding="utf-8")
    load_calendar(amended)
    assert not is_workday(date(2026, 2, 14), loaded_calendar())
    assert is_workday(date(2025, 1, 26), loaded_calendar())


@pytest.mark.django_db
def test_a_list_that_reaches_into_december_does_not_make_the_year_before_loaded(tmp_path):
    path = tmp_path / "calendar-2019.yaml"
    path.write_text(
        "year: 2019\nsource: x\nholidays:\n"
        "  - {name: 元旦, first: 2018-12-30, last: 2019-01-01, make_up_workdays: [2018-12-29]}\n",
        encoding="utf-8",
    )
    load_calendar(path)
    assert loaded_calendar().years == {2019}


@pytest.mark.parametrize(
    "text",
    [
        "year: 2026\nsource: x\nholidays: [{name: a, first: 2026-01-03, last: 2026-01-01}]\n",
        "year: 2026\nsource: x\nholidays: [{name: a, first: 2026-01-02, last: 2026-01-03}]\n",
        "year: 2026\nsource: x\nholidays: [{name: a, first: 2025-01-01, last: 2025-01-01}]\n",
        "year: 2026\nsource: x\nholidays:\n  - {name: a, first: 2026-01-01, last: 2026-01-01}\n"
        "  - {name: b, first: 2026-01-01, last: 2026-01-02}\n",
        "year: 2026\nsource: x\nholidays:\n"
        "  - {name: a, first: 2026-01-01, last: 2026-01-01, make_up_workdays: [2026-01-05]}\n",
        "year: 2026\nholidays: []\n",
        "year: 2026\nsource: x\nholidays: [{name: a, first: soon, last: later}]\n",
    ],
)
def test_a_faulty_list_is_refused(tmp_path: Path, text: str):
    path = tmp_path / "calendar-2026.yaml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(Refusal) as refused:
        read_list(path)
    assert refused.value.code == "place.calendar_faulty"
