"""Credits of a place are opened by two people; what earns them stands as rates by date."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from songhe.assessment.tests.world import at
from songhe.credit.models import Scheme
from songhe.credit.scheme import end_scheme, rate_on, rates_on
from songhe.credit.tests import world
from songhe.provider.tests.test_admit import refused
from songhe.trail.models import Entry

pytestmark = pytest.mark.django_db


def test_a_scheme_is_opened_with_its_books():
    scheme = world.scheme(ceiling=10_000)
    assert (scheme.unit, scheme.books.unit, scheme.inflow.floor) == ("fen", "fen", -10_000)
    entry = Entry.objects.get(act="credit.open_scheme")
    assert (entry.actor, entry.detail["opened_by"], entry.detail["ceiling"]) == ("head", "clerk", 10_000)


@pytest.mark.parametrize(
    ("differently", "code"),
    [
        ({"approved_by": "clerk"}, "credit.same_person"),
        ({"code": "Veg!"}, "provider.item_code_invalid"),
        ({"name": ""}, "provider.name_missing"),
        ({"place": "330702001001"}, "credit.place_outside"),
        ({"unit": "minute"}, "credit.unknown_unit"),
        ({"ticket_fen": 500}, "credit.ticket_worth"),
        ({"unit": "ticket", "ticket_fen": -1}, "input.too_small"),
        ({"helps": []}, "credit.helps_missing"),
        ({"helps": ["gold"]}, "provider.unknown_help"),
        ({"ceiling": 0}, "input.too_small"),
    ],
)
def test_a_scheme_that_cannot_be_is_refused(differently, code):
    refused(code, world.scheme, **differently)
    assert not Scheme.objects.exists()


def test_a_code_is_taken_once():
    refused("credit.scheme_taken", world.scheme, code=world.scheme().code)


def test_a_rate_is_that_of_the_day():
    scheme = world.scheme()
    world.rate(scheme)
    dearer = world.rate(scheme, units=350, valid_from=date(2026, 4, 1))
    assert rate_on(scheme, "greens", date(2026, 3, 31)).units == 300
    assert rates_on(scheme, date(2026, 4, 1)) == [dearer]
    refused("credit.unknown_rate", rate_on, scheme, "greens", date(2026, 2, 28))
    assert Entry.objects.filter(act="credit.set_rate").count() == 2


@pytest.mark.parametrize(
    ("differently", "code"),
    [
        ({"approved_by": "clerk"}, "credit.same_person"),
        ({"code": "Kohl ist gut"}, "provider.item_code_invalid"),
        ({"name_en": " "}, "provider.name_missing"),
        ({"measure": "furlong"}, "credit.unknown_measure"),
        ({"units": 0}, "input.too_small"),
        ({"per": 0}, "input.too_small"),
        ({"valid_to": date(2026, 2, 1)}, "period.ends_before_it_begins"),
    ],
)
def test_a_rate_that_cannot_be_is_refused(differently, code):
    scheme = world.scheme()
    refused(code, world.rate, scheme, **({"code": "greens"} | differently))
    assert rates_on(scheme, world.TENTH) == []


def test_rates_do_not_overlap_and_days_gone_by_keep_theirs():
    scheme = world.scheme()
    world.rate(scheme, valid_to=date(2026, 3, 31))
    refused("credit.rate_overlaps", world.rate, scheme, valid_from=date(2026, 3, 31))
    refused("credit.rate_in_the_past", world.rate, scheme, at=at(world.TENTH))


def test_a_scheme_ends_once():
    scheme = world.scheme()
    ended = end_scheme(scheme=scheme, last_day=world.TENTH, at=at(world.TENTH), by="head")
    assert ended.last_day == world.TENTH
    refused("credit.scheme_ended", end_scheme, scheme=scheme, last_day=world.TENTH, at=at(world.TENTH), by="head")
    early = world.FIRST - timedelta(days=1)
    refused("period.ends_before_it_begins", end_scheme, scheme=scheme, last_day=early, at=at(world.TENTH), by="head")
    world_rate = world.rate(scheme)
    assert world_rate.scheme_id == scheme.id
    refused("credit.scheme_ended", world.weighed, scheme, done_on=date(2026, 3, 11), on=date(2026, 3, 12))
