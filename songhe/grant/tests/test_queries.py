"""What somebody holds, and what is about to lapse with money on it."""

from __future__ import annotations

from datetime import date

import pytest

from songhe.grant.models import Grant
from songhe.grant.queries import held, held_by, lapsing, of_month, unclaimed
from songhe.grant.tests.world import COUNTY, MARCH, voucher
from songhe.ledger.models import Account

pytestmark = pytest.mark.django_db


def told(on, days):
    return [(one.no, one.days_left) for one in lapsing(county=COUNTY, on=on, days=days)]


def test_a_voucher_is_held_with_what_is_left_on_it():
    grant = voucher()
    (found,) = held_by(county=COUNTY, person_id=grant.person_id)
    assert (found.grant, found.left_fen, found.used_fen) == (grant, 80_000, 0)
    assert held(county=COUNTY, no=grant.no).left_fen == 80_000
    assert held(county=COUNTY, no="370799") is None
    assert set(of_month(county=COUNTY, person_ids=[grant.person_id], month=MARCH)) == {grant.person_id}


@pytest.mark.parametrize(("day", "days", "left"), [(23, 7, None), (24, 7, 7), (28, 3, 3), (31, 3, 0), (27, 3, None)])
def test_a_voucher_with_money_left_is_told_of_within_so_many_days(day, days, left):
    grant = voucher()
    assert told(date(2026, 3, day), days) == ([] if left is None else [(grant.no, left)])


def test_a_voucher_that_is_spent_over_or_revoked_is_not_told_of():
    grant = voucher()
    assert told(date(2026, 4, 1), 7) == []
    Grant.objects.filter(county=COUNTY, id=grant.id).update(state=Grant.State.REVOKED)
    assert told(date(2026, 3, 30), 7) == []
    Grant.objects.filter(county=COUNTY, id=grant.id).update(state=Grant.State.ACTIVE)
    Account.objects.filter(county=COUNTY, id=grant.purse_id).update(balance=0)
    assert told(date(2026, 3, 30), 7) == []


def test_a_voucher_that_waits_to_be_claimed_is_told_of():
    grant = voucher()
    assert list(unclaimed(county=COUNTY, on=date(2026, 3, 10))) == []
    Grant.objects.filter(county=COUNTY, id=grant.id).update(claimed=False)
    assert [one.no for one in unclaimed(county=COUNTY, on=date(2026, 3, 10))] == [grant.no]


def test_the_vouchers_about_to_lapse_are_found_in_one_query(django_assert_num_queries):
    grants = [voucher() for _ in range(3)]
    with django_assert_num_queries(1):
        assert len(told(date(2026, 3, 30), 7)) == len(grants)
