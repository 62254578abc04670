"""Whatever comes in, in whatever order, and whatever is declared void: one result counts on a day, the right one."""

from datetime import date, timedelta

import pytest
from django.db import connection, transaction
from hypothesis import given, settings
from hypothesis import strategies as st

from songhe.assessment import queries, review
from songhe.assessment.models import Assessment
from songhe.assessment.sequence import in_sequence, take_place
from songhe.assessment.tests import world
from songhe.assessment.tests.world import at

FIRST = date(2026, 1, 1)
DAYS = [FIRST + timedelta(days=day) for day in range(-1, 12)]

#: The day of each result in the order in which they come in, and which of them are declared void after that.
stories = st.tuples(
    st.lists(st.integers(min_value=0, max_value=9), min_size=1, max_size=6),
    st.lists(st.integers(min_value=0, max_value=5), max_size=3),
)


class Undone(Exception):
    """Ends an example and takes its rows back."""


def result(elder, place, day):
    return Assessment(
        county=elder.county,
        no=f"S{elder.id.hex[-8:]}-{place}",
        person=elder,
        origin="loaded",
        state="effective",
        standard="gbt-42195-2022",
        requested_at=at(FIRST),
        requested_by="x",
        assessed_on=FIRST + timedelta(days=day),
        final_level=place % 5,
    )


def counting_on(elder, day):
    found = list(queries.counting(elder.county, day).filter(person=elder).order_by("id"))
    with connection.cursor() as cursor:
        cursor.execute(queries.level_sql(), {"county": elder.county, "on": day.isoformat()})
        rows = [row for row in cursor.fetchall() if str(row[0]).replace("-", "") == elder.id.hex]
    assert len(rows) == len(found)
    return found


def expected_on(days, void, day):
    """Of the results on or before the day the latest; of one day's the one that came in last."""
    standing = [(on, place) for place, on in enumerate(days) if place not in void]
    before = [each for each in standing if FIRST + timedelta(days=each[0]) <= day]
    return max(before)[1] if before else None


@pytest.mark.slow
@pytest.mark.django_db
@settings(max_examples=60, deadline=None)
@given(stories)
def test_one_counts_on_every_day(story):
    days, voided = story
    with pytest.raises(Undone), transaction.atomic():
        elder = world.elder()
        made = [result(elder, place, day) for place, day in enumerate(days)]
        for each in made:
            take_place(each)
        void = {place for place in voided if place < len(made)}
        for place in sorted(void):
            made[place].refresh_from_db()
            if made[place].state == "replaced":
                # What has been replaced is over; only what stands is declared void.
                void.discard(place)
                continue
            review.void(assessment=made[place], because="x", at=at(FIRST), by="clerk")
        for day in DAYS:
            found = counting_on(elder, day)
            place = expected_on(days, void, day)
            assert [each.no for each in found] == ([] if place is None else [made[place].no])
        raise Undone


@pytest.mark.slow
@pytest.mark.django_db
@settings(max_examples=40, deadline=None)
@given(st.lists(st.integers(min_value=0, max_value=9), min_size=1, max_size=6))
def test_many_at_once_come_to_lie_as_one_by_one(days):
    with pytest.raises(Undone), transaction.atomic():
        elder = world.elder()
        one_by_one = [result(elder, place, day) for place, day in enumerate(days)]
        for each in one_by_one:
            take_place(each)
        at_once = [result(elder, place, day) for place, day in enumerate(days)]
        in_sequence(at_once)
        place_of = {each.id: place for group in (one_by_one, at_once) for place, each in enumerate(group)}
        for before, now in zip(one_by_one, at_once, strict=True):
            before.refresh_from_db()
            assert (before.state, before.counts_until) == (now.state, now.counts_until)
            assert place_of.get(before.replaced_by_id) == place_of.get(now.replaced_by_id)
        raise Undone
