"""What somebody holds, with what is left on it."""

from __future__ import annotations

from datetime import timedelta

import pytest

from songhe.assessment.tests.world import at, body
from songhe.grant.hold import hold
from songhe.grant.queries import held, held_by, is_set_aside, of_month
from songhe.grant.tests.world import COUNTY, MARCH, TENTH, voucher

pytestmark = pytest.mark.django_db


def set_aside(grant):
    hold(
        county=COUNTY,
        grant_id=grant.id,
        provider_id=body().id,
        category="home",
        amount_fen=10_000,
        at=at(TENTH),
        on=TENTH,
        until=at(TENTH) + timedelta(days=1),
        by="manager",
    )


def test_a_voucher_is_held_with_what_is_left_on_it():
    grant = voucher()
    set_aside(grant)
    (found,) = held_by(county=COUNTY, person_id=grant.person_id)
    assert (found.grant, found.left_fen, found.used_fen) == (grant, 70_000, 10_000)
    assert held(county=COUNTY, no=grant.no).left_fen == 70_000
    assert held(county=COUNTY, no="370799") is None


def test_the_vouchers_of_a_family_are_found_in_one_query(django_assert_num_queries):
    grants = [voucher() for _ in range(3)]
    with django_assert_num_queries(1):
        found = of_month(county=COUNTY, person_ids=[grant.person_id for grant in grants], month=MARCH)
    assert {one.grant.id for one in found.values()} == {grant.id for grant in grants}


def test_an_order_sets_part_of_a_voucher_aside():
    grant = voucher()
    assert not is_set_aside(grant)
    set_aside(grant)
    assert is_set_aside(grant)
