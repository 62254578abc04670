from datetime import date, datetime, timedelta, timezone

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from songhe.kernel.month import BEIJING, UTC, Month, age_on, beijing_date, days_between, midnight, parse_date
from songhe.kernel.refusal import Refusal

MILLISECOND = timedelta(milliseconds=1)
MONTHS = st.builds(Month, st.integers(1901, 2998), st.integers(1, 12))
RECENT_MONTHS = st.builds(Month, st.integers(1992, 2998), st.integers(1, 12))
INSTANTS = st.datetimes(datetime(1992, 1, 1), datetime(2998, 12, 31), timezones=st.just(UTC))
DAYS = st.dates(date(1901, 1, 1), date(2900, 12, 31))

# Days of 1919 to 1949 whose first hour was skipped for summer time in Asia/Shanghai.
WITHOUT_MIDNIGHT = [
    date(1919, 4, 13),
    date(1940, 6, 1),
    date(1941, 3, 15),
    date(1942, 1, 31),
    date(1946, 5, 15),
    date(1947, 4, 15),
    date(1948, 5, 1),
    date(1949, 5, 1),
]


def test_a_month_is_written_with_a_hyphen_and_read_back():
    month = Month.parse("2026-03")
    assert (month.year, month.number, str(month), month.compact) == (2026, 3, "2026-03", "202603")
    assert (month.first, month.last, month.days) == (date(2026, 3, 1), date(2026, 3, 31), 31)


@pytest.mark.parametrize("text", ["2026-3", "202603", "2026-13", "2026-00", "2026/03", "", "1899-12", "2026-03-01"])
def test_what_is_not_a_month_is_refused(text):
    with pytest.raises(Refusal) as refusal:
        Month.parse(text)
    assert refusal.value.code == "input.not_a_month"


@given(MONTHS)
def test_a_month_survives_being_written(month):
    assert Month.parse(str(month)) == month


@given(MONTHS, st.integers(-500, 500))
def test_going_forth_and_back_ends_where_it_began(month, steps):
    assume(1901 <= month.year + steps // 12 <= 2997)
    assert month.plus(steps).plus(-steps) == month
    assert month.plus(steps).ordinal == month.ordinal + steps


@given(MONTHS)
def test_the_next_month_begins_on_the_day_after_the_last(month):
    assert month.next.first == month.last + timedelta(days=1)
    assert month.next.previous == month
    assert month < month.next


@given(INSTANTS)
def test_the_month_of_an_instant_is_the_month_eight_hours_on(instant):
    shifted = instant + timedelta(hours=8)
    assert Month.at(instant) == Month(shifted.year, shifted.month)


@given(RECENT_MONTHS)
def test_month_edges_hold_to_the_millisecond(month):
    assert Month.at(month.begins_at) == month
    assert Month.at(month.begins_at - MILLISECOND) == month.previous
    assert Month.at(month.ends_at - MILLISECOND) == month
    assert Month.at(month.ends_at) == month.next


def test_march_begins_at_four_in_the_afternoon_utc_of_the_day_before():
    assert Month.parse("2026-03").begins_at == datetime(2026, 2, 28, 16, tzinfo=UTC)


@given(INSTANTS, st.integers(-14 * 60, 14 * 60))
def test_the_zone_in_which_an_instant_is_written_does_not_matter(instant, minutes):
    elsewhere = instant.astimezone(timezone(timedelta(minutes=minutes)))
    assert beijing_date(elsewhere) == beijing_date(instant)


def test_an_instant_without_a_zone_has_no_date():
    with pytest.raises(ValueError, match="time zone"):
        beijing_date(datetime(2026, 3, 1))


@given(DAYS)
def test_a_day_is_in_its_month_and_in_no_other(day):
    month = Month.of(day)
    assert day in month
    assert day not in month.next
    assert day not in month.previous


def test_months_are_counted_to_the_last_inclusive():
    run = Month.parse("2025-11").until(Month.parse("2026-02"))
    assert [str(month) for month in run] == ["2025-11", "2025-12", "2026-01", "2026-02"]
    assert list(Month.parse("2026-02").until(Month.parse("2026-01"))) == []


@given(DAYS)
def test_the_instant_at_which_a_day_begins_lies_in_that_day(day):
    begins = midnight(day)
    assert beijing_date(begins) == day
    assert beijing_date(begins - MILLISECOND) == day - timedelta(days=1)


def test_eight_days_have_no_midnight_and_begin_at_one_in_the_morning():
    day, found = date(1900, 1, 2), []
    while day < date(2030, 1, 1):
        if midnight(day).astimezone(BEIJING).hour:
            found.append(day)
        day += timedelta(days=1)
    assert found == WITHOUT_MIDNIGHT
    assert {midnight(day).astimezone(BEIJING).hour for day in found} == {1}


@pytest.mark.parametrize("born", WITHOUT_MIDNIGHT)
def test_those_born_on_a_day_without_midnight_come_of_age_like_everyone(born):
    assert age_on(born, date(born.year + 60, born.month, born.day)) == 60
    assert age_on(born, date(born.year + 60, born.month, born.day) - timedelta(days=1)) == 59
    assert parse_date(born.isoformat()) == born


def test_the_birthday_counts():
    assert age_on(date(1966, 3, 8), date(2026, 3, 7)) == 59
    assert age_on(date(1966, 3, 8), date(2026, 3, 8)) == 60


def test_the_leap_day_is_kept_on_the_first_of_march_in_other_years():
    born = date(1944, 2, 29)
    assert age_on(born, date(2026, 2, 28)) == 81
    assert age_on(born, date(2026, 3, 1)) == 82
    assert age_on(born, date(2024, 2, 28)) == 79
    assert age_on(born, date(2024, 2, 29)) == 80


@given(DAYS, st.integers(0, 40_000))
def test_age_never_falls_and_rises_by_one_a_year(born, days):
    day = born + timedelta(days=days)
    assert age_on(born, day + timedelta(days=1)) - age_on(born, day) in (0, 1)
    assert age_on(born, day) in (days * 100 // 36525 - 1, days * 100 // 36525, days * 100 // 36525 + 1)


@pytest.mark.parametrize("text", ["2026-02-29", "20260301", "2026-3-1", "", "2026/03/01", "yesterday", None])
def test_what_is_not_a_date_is_refused(text):
    with pytest.raises(Refusal) as refusal:
        parse_date(text, "born")
    assert (refusal.value.code, refusal.value.field) == ("input.not_a_date", "born")


def test_the_length_of_a_stay_is_its_nights():
    assert days_between(date(2026, 2, 27), date(2026, 3, 2)) == 3
