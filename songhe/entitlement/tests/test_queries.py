from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from songhe.access.scope import NOBODY, Scope
from songhe.assessment.tests import world
from songhe.entitlement import queries
from songhe.entitlement.models import Application
from songhe.entitlement.tests import story
from songhe.place.calendar import load_shipped_calendars

HERE = Scope(divisions=("3707",))
pytestmark = pytest.mark.django_db


def test_the_inbox_is_read_in_pages_of_bounded_queries(django_assert_num_queries):
    made = [story.draft(world.elder()) for _ in range(5)]
    with django_assert_num_queries(1):
        first = queries.inbox(HERE, county=world.COUNTY, limit=2)
        assert all(each.person.name for each in first.items)
    second = queries.inbox(HERE, limit=2, after=first.after)
    third = queries.inbox(HERE, limit=2, after=second.after)
    assert [each.id for each in first.items + second.items + third.items] == [each.id for each in made]
    assert third.after is None


def test_the_inbox_shows_what_waits_for_whom():
    sent, draft = story.submitted(world.elder()), story.draft(world.elder())
    assert queries.inbox(HERE, states=queries.FOR_THE_CLERK).items == [sent]
    assert queries.inbox(HERE, states=queries.FOR_THE_APPLICANT).items == [draft]
    assert queries.counts(HERE, county=world.COUNTY)["submitted"] == 1
    assert queries.counts(HERE)["reviewed"] == 0


def test_nobody_sees_what_their_scope_does_not_reach():
    sent = story.submitted(world.elder())
    elsewhere = Scope(divisions=("650000",))
    for scope in (NOBODY, elsewhere):
        assert queries.inbox(scope).items == []
        assert queries.find(scope, sent.no) is None
        assert list(queries.entitlements(scope)) == []
    assert queries.find(Scope(person_ids=(sent.person_id,)), sent.no) == sent
    with pytest.raises(RuntimeError):
        Application.objects.count()


def test_rights_are_found_by_person_and_by_county():
    elder = world.elder()
    right = story.approved(elder)
    assert queries.in_force(elder, story.POLICY) == right
    assert list(queries.of_person(elder)) == [right]
    assert list(queries.entitlements(HERE, county=world.COUNTY, policy=story.POLICY)) == [right]
    assert list(queries.overdue_first_vouchers(world.COUNTY, story.POLICY, date(2026, 3, 17))) == []
    assert list(queries.overdue_first_vouchers(world.COUNTY, story.POLICY, date(2026, 3, 18))) == [right]


def test_a_timeline_finds_its_entries_by_the_index_of_the_trail():
    application = story.approved(world.elder()).application
    with CaptureQueriesContext(connection) as asked:
        steps = queries.timeline(application)
    assert len(steps) > 5
    sql = asked[-1]["sql"]
    assert '"trail_entry"."subject" IN' in sql
    assert '"trail_entry"."subject_id" IN' in sql
    if connection.vendor == "sqlite":  # PostgreSQL plans by what it counted, and here it counted nothing.
        with connection.cursor() as cursor:
            cursor.execute(f"EXPLAIN QUERY PLAN {sql}")
            assert "trail_entry_subject" in str(cursor.fetchall())


def test_the_providers_of_an_elder_are_those_chosen():
    load_shipped_calendars()
    elder, home = world.elder(), world.body(kind="institution")
    story.draft(elder, provider=home)
    assert queries.serving(elder) == {home.pk}
