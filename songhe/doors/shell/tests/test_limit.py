"""Tries are counted in the database, so that a limit is one limit however many processes answer."""

from datetime import datetime, timedelta, timezone

import pytest

from songhe.doors.shell.limit import Limit
from songhe.doors.shell.models import Tries

in_a_transaction = pytest.mark.django_db

NOON = datetime(2026, 3, 10, 12, tzinfo=timezone.utc)
LIMIT = Limit("test", most=3, seconds=600)


def tries(count, *whose, at=NOON, limit=LIMIT):
    for _each in range(count):
        limit.count(list(whose), now=at)


@in_a_transaction
def test_the_third_try_is_the_last_of_the_window():
    tries(2, "one")
    assert not LIMIT.is_over(["one"], now=NOON)
    tries(1, "one")
    assert LIMIT.is_over(["one"], now=NOON)
    assert LIMIT.is_over(["one"], now=NOON + timedelta(minutes=9))
    assert not LIMIT.is_over(["one"], now=NOON + timedelta(minutes=10))


@in_a_transaction
def test_each_client_and_each_limit_counts_for_itself():
    tries(3, "one")
    assert not LIMIT.is_over(["two"], now=NOON)
    assert not Limit("other", most=3, seconds=600).is_over(["one"], now=NOON)


@in_a_transaction
def test_what_is_asked_about_is_counted_with_who_asks():
    for who in ("one", "two", "three"):
        tries(1, who, "number")
    assert LIMIT.is_over(["four", "number"], now=NOON)
    assert not LIMIT.is_over(["one"], now=NOON)


@in_a_transaction
def test_a_new_window_begins_at_zero():
    tries(3, "one")
    tries(1, "one", at=NOON + timedelta(minutes=10))
    assert Tries.objects.get().count == 1


@in_a_transaction
def test_to_look_and_to_count_are_one_statement_each(django_assert_num_queries):
    tries(1, "one", "two")
    with django_assert_num_queries(1):
        LIMIT.count(["one", "two"], now=NOON)
    with django_assert_num_queries(1):
        LIMIT.is_over(["one", "two"], now=NOON)


@in_a_transaction
def test_what_is_over_is_swept_out_and_names_nobody():
    for number in range(20):
        tries(1, f"address:192.0.2.{number}")
    tries(1, "address:198.51.100.1", at=NOON + timedelta(hours=1))
    assert Tries.objects.count() == 1
    assert "198" not in Tries.objects.get().key


def test_two_processes_count_together(own_database):
    """Two connections stand for two processes of the web: neither knows of the other but by the database."""
    from threading import Thread

    from django.db import connection

    def other():
        tries(2, "one")
        connection.close()

    threads = [Thread(target=other) for _each in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert Tries.objects.get().count == 4
