"""Holds and the end of a life: nothing more is ordered, and what was ordered is let go."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from songhe.assessment.tests.world import COUNTY, at, body
from songhe.grant.hold import hold, release_after_death
from songhe.grant.models import Grant, Hold
from songhe.grant.tests.world import TENTH, left, voucher
from songhe.kernel.refusal import Refusal
from songhe.person.models import Event, Person
from songhe.provider.models import Kind

pytestmark = pytest.mark.django_db
ELEVENTH = date(2026, 3, 11)


def set_aside(grant: Grant, *, on=TENTH, amount_fen=30_000) -> Hold:
    return hold(
        county=COUNTY,
        grant_id=grant.id,
        provider_id=body(kind=Kind.COMMUNITY).id,
        category="home",
        amount_fen=amount_fen,
        at=at(on),
        on=on,
        until=at(on) + timedelta(days=9),
        by="manager",
    )


def died(grant: Grant, day: date) -> None:
    Person.rows.filter(county=COUNTY, id=grant.person_id).update(died_on=day)


def let_go(grant: Grant) -> int:
    return release_after_death(county=COUNTY, person_id=grant.person_id, at=at(ELEVENTH), on=ELEVENTH, by="clerk")


def test_the_holds_of_the_dead_are_let_go_once():
    grant = voucher()
    first, second = set_aside(grant), set_aside(grant, amount_fen=20_000)
    died(grant, TENTH)
    assert (let_go(grant), let_go(grant), left(grant)) == (2, 0, 80_000)
    assert set(Hold.objects.filter(id__in=[first.id, second.id]).values_list("state", flat=True)) == {"released"}


def test_the_holds_of_the_living_stay():
    grant = voucher()
    set_aside(grant)
    assert (let_go(grant), left(grant)) == (0, 50_000)


def test_nothing_is_set_aside_after_a_death_that_is_verified_or_only_reported():
    verified, reported = voucher(), voucher()
    died(verified, TENTH)
    Event.objects.create(
        county=COUNTY,
        person_id=reported.person_id,
        kind="death",
        happened_on=TENTH,
        reported_by="village",
        reported_at=at(TENTH),
        source="村委会",
    )
    for grant in (verified, reported):
        with pytest.raises(Refusal) as caught:
            set_aside(grant, on=ELEVENTH)
        assert (caught.value.code, left(grant)) == ("person.after_death", 80_000)
    assert set_aside(reported).state == "held", "on the day itself an order may still be made"


@pytest.mark.parametrize(("amount", "code"), [(0, "input.too_small"), (1.5, "input.not_an_integer")])
def test_refuses_amounts_that_are_none(amount, code):
    with pytest.raises(Refusal) as caught:
        set_aside(voucher(), amount_fen=amount)
    assert caught.value.code == code
