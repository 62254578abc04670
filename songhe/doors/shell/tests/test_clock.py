from datetime import date, datetime, timedelta, timezone

import pytest

from songhe.doors.shell.clock import declare_real, is_practice, read_clock, set_practice_day
from songhe.kernel.refusal import Refusal

pytestmark = pytest.mark.django_db


def test_a_new_database_goes_by_the_server(server_clock):
    assert read_clock() == (server_clock.now, date(2026, 11, 22), False)
    assert not is_practice()


def test_a_practice_database_has_its_own_day_at_the_servers_time_of_day(server_clock):
    set_practice_day(date(2026, 4, 8))
    assert read_clock() == (datetime(2026, 4, 8, 1, 30, tzinfo=timezone.utc), date(2026, 4, 8), True)


def test_just_after_midnight_in_beijing_it_is_still_the_practice_day(server_clock):
    server_clock.now = datetime(2026, 11, 21, 16, 5, tzinfo=timezone.utc)
    set_practice_day(date(2026, 4, 8))
    assert read_clock().on == date(2026, 4, 8)
    assert read_clock().at == datetime(2026, 4, 7, 16, 5, tzinfo=timezone.utc)


def test_after_midnight_in_beijing_the_next_practice_day_begins_so_that_time_never_goes_back(server_clock):
    server_clock.now = datetime(2026, 11, 21, 15, 59, tzinfo=timezone.utc)
    set_practice_day(date(2026, 4, 8))
    before = read_clock()
    server_clock.now = datetime(2026, 11, 21, 16, 1, tzinfo=timezone.utc)
    after, again = read_clock(), read_clock()
    assert (before.on, after.on) == (date(2026, 4, 8), date(2026, 4, 9))
    assert after == again
    assert after.at - before.at == timedelta(minutes=2)


def test_days_on_which_nobody_practised_do_not_go_by(server_clock):
    set_practice_day(date(2026, 4, 8))
    server_clock.now += timedelta(days=30, hours=-1)
    assert read_clock().on == date(2026, 4, 9)


def test_an_ordinary_look_at_the_clock_is_one_statement(server_clock, django_assert_num_queries):
    set_practice_day(date(2026, 4, 8))
    with django_assert_num_queries(1):
        read_clock()


def test_the_practice_day_moves_on():
    set_practice_day(date(2026, 4, 8))
    set_practice_day(date(2026, 5, 8), note="second month")
    assert read_clock().on == date(2026, 5, 8)


def test_a_real_database_cannot_be_given_a_practice_day():
    declare_real()
    declare_real()
    with pytest.raises(Refusal) as refused:
        set_practice_day(date(2026, 4, 8))
    assert refused.value.code == "clock.real_database"
    assert not is_practice()


def test_a_practice_database_cannot_be_made_real():
    set_practice_day(date(2026, 4, 8))
    with pytest.raises(Refusal) as refused:
        declare_real()
    assert refused.value.code == "clock.practice_database"
    assert is_practice()
