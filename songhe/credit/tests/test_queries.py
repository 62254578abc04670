"""The books of a scheme agree; what waits, what can be spent no more, what a person had."""

from __future__ import annotations

from datetime import date

import pytest

from songhe.assessment.tests.world import COUNTY, at, elder
from songhe.county.key import new_id
from songhe.credit import queries
from songhe.credit.scheme import end_scheme
from songhe.credit.spend import lapse, spend
from songhe.credit.tests import world

pytestmark = pytest.mark.django_db

DAY = world.TENTH


def bought(scheme, person, own_fen):
    told = {"help": "meals", "own_fen": own_fen, "about": new_id(), "at": at(DAY), "on": DAY, "by": "till"}
    return spend(scheme=scheme, person_id=person.id, provider=world.provider(), **told)


@pytest.mark.parametrize("ceiling", [None, 10_000])
def test_what_was_given_is_held_spent_or_lapsed(ceiling):
    scheme = world.scheme(ceiling=ceiling)
    world.rate(scheme)
    one, other = elder(), elder()
    for person in (one, other):
        world.seen(world.weighed(scheme, person, grams=5_000))
    bought(scheme, one, 642)
    bought(scheme, one, 500)
    lapse(scheme=scheme, person_id=other.id, because="去世", at=at(DAY), on=DAY, by="clerk")
    (sums,) = queries.sums(COUNTY)
    assert (sums.holders, sums.given, sums.held, sums.spent, sums.lapsed) == (2, 6_000, 1_858, 1_142, 3_000)
    assert sums.agrees
    assert sums.left == (4_000 if ceiling else None)


def test_deeds_wait_for_a_witness_at_their_own_place():
    scheme, place = world.scheme(), world.provider()
    world.rate(scheme)
    here, elsewhere = world.weighed(scheme, provider=place), world.weighed(scheme)
    assert queries.awaiting(COUNTY) == [here, elsewhere]
    assert queries.awaiting(COUNTY, provider_ids=[place.pk]) == [here]
    world.seen(here)
    assert queries.awaiting(COUNTY) == [elsewhere]
    assert queries.latest(COUNTY) == [here]


def test_credits_of_a_scheme_that_ended_are_idle():
    scheme = world.scheme()
    world.rate(scheme)
    deed = world.seen(world.weighed(scheme))
    assert queries.idle(COUNTY, DAY) == []
    end_scheme(scheme=scheme, last_day=DAY, at=at(DAY), by="clerk")
    assert queries.idle(COUNTY, DAY) == []
    assert queries.idle(COUNTY, date(2026, 3, 11)) == [deed.holder]


def test_a_person_sees_what_came_in_and_what_it_bought():
    scheme, person = world.scheme(), elder()
    world.rate(scheme)
    deed = world.seen(world.weighed(scheme, person))
    spent = bought(scheme, person, 642)
    assert [one.id for one in queries.holders_of(COUNTY, person.id)] == [deed.holder_id]
    assert queries.deeds_of(COUNTY, person.id) == [deed]
    assert queries.spendings_of(COUNTY, person.id) == [spent]
