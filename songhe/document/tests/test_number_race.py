"""Sixteen threads and one counter: no number twice, none left out."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection, transaction

from songhe.document.models import NumberKind
from songhe.document.number import take
from songhe.kernel.month import Month

CALLERS = 16


@pytest.mark.race
@pytest.mark.usefixtures("own_database")
def test_callers_at_once_get_different_numbers_without_a_gap():
    barrier = threading.Barrier(CALLERS)

    def call(size: int) -> range:
        barrier.wait()
        try:
            with transaction.atomic():
                first = take("370799", NumberKind.GRANT, Month(2026, 3), size)
            return range(first, first + size)
        finally:
            connection.close()

    with ThreadPoolExecutor(CALLERS) as pool:
        runs = list(pool.map(call, range(1, CALLERS + 1)))
    given = sorted(number for run in runs for number in run)
    assert given == list(range(1, sum(range(1, CALLERS + 1)) + 1))
