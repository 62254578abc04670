"""Timelines are looked up row by row, whatever else happened in the county."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from songhe.county.key import new_id
from songhe.doors.staff.history import entries
from songhe.trail.note import note

pytestmark = pytest.mark.django_db

COUNTY, AT = "370799", datetime(2026, 3, 2, 1, tzinfo=timezone.utc)
PERSON, VOUCHER = new_id(), new_id()


def noted(act, subject, subject_id, hours):
    note(county=COUNTY, at=AT + timedelta(hours=hours), actor="clerk", act=act, subject=subject, subject_id=subject_id)


def test_entries_come_the_newest_first_by_kind_and_id():
    noted("person.correct", "person", PERSON, 1)
    noted("grant.choose", "grant", VOUCHER, 2)
    noted("person.read", "person", PERSON, 3)
    noted("person.correct", "person", new_id(), 4)
    noted("person.correct", "grant", PERSON, 5)
    found = entries(COUNTY, [("person", PERSON), ("grant", VOUCHER), ("entitlement", None)])
    assert [entry.act for entry in found] == ["grant.choose", "person.correct"]
    assert [entry.act for entry in entries(COUNTY, [("person", PERSON), ("grant", VOUCHER)], most=1)] == [
        "grant.choose"
    ]
    assert entries(COUNTY, [("person", None)]) == []


def test_entries_are_found_by_the_index_of_the_trail():
    with CaptureQueriesContext(connection) as asked:
        entries(COUNTY, [("person", PERSON), ("grant", VOUCHER)])
    sql = asked[-1]["sql"]
    assert '"trail_entry"."subject" IN' in sql
    assert '"trail_entry"."subject_id" IN' in sql
    if connection.vendor == "sqlite":  # PostgreSQL plans by what it counted, and here it counted nothing.
        with connection.cursor() as cursor:
            cursor.execute(f"EXPLAIN QUERY PLAN {sql}")
            assert "trail_entry_subject" in str(cursor.fetchall())
