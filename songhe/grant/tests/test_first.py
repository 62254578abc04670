from datetime import date

import pytest

from songhe.assessment.tests.world import COUNTY
from songhe.grant.first import issue_first
from songhe.grant.models import Grant, Waiting
from songhe.grant.tests.world import MARCH, TENTH, at, budget, entitled, left, run_issue
from songhe.ledger.check import check

pytestmark = pytest.mark.django_db


def first(right):
    done = issue_first(county=COUNTY, entitlement_id=right.id, on=TENTH, at=at(TENTH))
    return done.grants, done.fen, done.waiting


def vouchers():
    return list(Grant.objects.filter(county=COUNTY, month=str(MARCH)))


def test_a_right_that_has_begun_gets_this_months_voucher_at_once_as_the_run_would_have_given_it():
    budget()
    earlier = entitled(category="home")
    run_issue()
    right = entitled(category="home", approved_on=TENTH)
    assert first(right) == (1, 80_000, 0)
    mine, before = (Grant.objects.get(county=COUNTY, entitlement=one) for one in (right, earlier))
    same = ("terms", "face_fen", "category", "valid_from", "valid_to", "book_until", "pack", "version", "claimed")
    assert [getattr(mine, name) for name in same] == [getattr(before, name) for name in same]
    assert left(mine) == 80_000
    assert list(check()) == []


def test_a_second_time_it_gives_nothing_and_neither_does_the_run_of_the_month():
    budget()
    right = entitled(approved_on=TENTH)
    first(right)
    assert first(right) == (0, 0, 0)
    assert run_issue(on=TENTH).grants == 0
    assert len(vouchers()) == 1


def test_nothing_is_given_before_the_months_budget_is_open():
    assert first(entitled(approved_on=TENTH)) == (0, 0, 0)
    assert vouchers() == []


def test_a_right_that_begins_next_month_waits_for_it():
    budget()
    assert first(entitled(approved_on=TENTH, first_month="2026-04")) == (0, 0, 0)


def test_nobody_overtakes_those_who_were_approved_earlier_and_wait_for_money():
    waits = entitled(approved_on=date(2026, 2, 20))
    budget(50_000)
    run_issue()
    assert Waiting.objects.get(county=COUNTY).entitlement_id == waits.id
    budget(30_000)
    assert first(entitled(approved_on=TENTH)) == (0, 0, 0)


def test_a_budget_that_is_used_up_leaves_a_note_of_who_waits():
    budget(80_000)
    entitled()
    run_issue()
    right = entitled(approved_on=TENTH)
    assert first(right) == (0, 0, 1)
    assert Waiting.objects.get(county=COUNTY).because == "waiting_budget"


def test_who_is_no_longer_entitled_gets_none():
    budget()
    assert first(entitled(approved_on=TENTH, outcome="not_entitled")) == (0, 0, 1)
    assert vouchers() == []
