"""Opening hours: read as people write them, set for the whole week, and what they say of a moment."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from songhe.kernel.month import BEIJING
from songhe.provider.hours import Span, Standing, parse, set_hours, standing, weeks, written
from songhe.provider.models import Kind, Opening, Provider
from songhe.provider.tests.test_admit import AT, refused
from songhe.trail.models import Entry


def moment(day, hour, minute=0):
    """A day of the week that begins on Monday, the ninth of March 2026."""
    return datetime(2026, 3, 8 + day, hour, minute, tzinfo=BEIJING)


@pytest.mark.parametrize(
    ("text", "spans"),
    [
        ("", ()),
        ("8:00-17:30", (Span(480, 1050),)),
        ("08:00—11:30，13:00至17:30", (Span(480, 690), Span(780, 1050))),
        ("０：００～２４：００", (Span(0, 1440),)),
    ],
)
def test_hours_are_read_as_people_write_them(text, spans):
    assert parse(text) == spans
    assert parse(written(spans)) == spans


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("全天", "provider.hours_not_read"),
        ("8-17", "provider.hours_not_read"),
        ("8:00-8:00", "provider.hours_not_read"),
        ("18:00-2:00", "provider.hours_not_read"),
        ("8:61-9:00", "provider.hours_not_read"),
        ("8:00-25:00", "provider.hours_not_read"),
        ("8:00-12:00 11:00-17:00", "provider.hours_overlap"),
        ("13:00-17:00 8:00-11:00", "provider.hours_overlap"),
        ("1:00-2:00 3:00-4:00 5:00-6:00 7:00-8:00", "provider.hours_overlap"),
    ],
)
def test_what_are_no_hours_is_refused(text, code):
    refused(code, parse, text)


def test_a_moment_is_open_or_says_when_it_opens_next():
    week = {1: (Span(480, 690), Span(780, 1050)), 3: (Span(480, 1050),)}
    assert standing(week, moment(1, 9)) == Standing(True, 690)
    assert standing(week, moment(1, 11, 30)) == Standing(False, 780)
    assert standing(week, moment(1, 7, 59)) == Standing(False, 480)
    assert standing(week, moment(1, 17, 30)) == Standing(False, 480, 2)
    assert standing(week, moment(3, 18)) == Standing(False, 480, 5)
    assert standing({1: (Span(480, 690),)}, moment(1, 12)) == Standing(False, 480, 7)
    assert standing({}, moment(1, 9)) is None


@given(
    st.dictionaries(st.integers(1, 7), st.tuples(st.integers(0, 719), st.integers(720, 1440)), min_size=1),
    st.integers(0, 7 * 24 * 60 - 1),
)
def test_it_opens_when_it_was_said_and_not_before(days, minute):
    week = {day: (Span(*span),) for day, span in days.items()}
    when = moment(1, 0) + timedelta(minutes=minute)
    told = standing(week, when)
    assert told is not None
    if told.is_open:
        return
    opens = datetime(when.year, when.month, when.day, tzinfo=BEIJING) + timedelta(days=told.days, minutes=told.minute)
    assert opens > when
    assert standing(week, opens).is_open
    assert not standing(week, opens - timedelta(minutes=1)).is_open


@pytest.mark.django_db
def test_the_week_is_set_as_a_whole_and_the_trail_has_what_stood_before(django_assert_num_queries):
    shop = Provider.objects.create(
        kind=Kind.MERCHANT, name="超市", credit_code="92370799MA00000001", place="370799", admitted_at=AT
    )
    set_hours(provider=shop, week={1: "8:00-17:30", 7: "9:00-12:00"}, at=AT, by="manager")
    set_hours(provider=shop, week={1: "8:30-17:30"}, at=AT, by="manager")
    with django_assert_num_queries(1):
        assert weeks([shop.pk]) == {shop.pk: {1: (Span(510, 1050),)}}
    last = Entry.objects.filter(act="provider.set_hours").order_by("-id")[0]
    assert (last.detail["before"], last.detail["after"]) == (
        {"1": "8:00-17:30", "7": "9:00-12:00"},
        {"1": "8:30-17:30"},
    )
    refused("provider.hours_not_read", set_hours, provider=shop, week={1: "全天"}, at=AT, by="manager")
    assert Opening.objects.count() == 1
