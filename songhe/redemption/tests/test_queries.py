"""What a person sees of their bills: by month and group, without what was undone, and one receipt whole."""

from __future__ import annotations

import pytest

from songhe.assessment.tests.world import COUNTY, at
from songhe.grant.tests.world import MARCH, TENTH, voucher
from songhe.kernel.month import Month
from songhe.redemption.models import Bill
from songhe.redemption.queries import (
    Sums,
    bills_of,
    months_known,
    months_of,
    providers_used,
    receipt,
    spent_of_late,
    standing,
)
from songhe.redemption.reverse import amend, reverse
from songhe.redemption.tests.world import bath, item, pay, provider

pytestmark = pytest.mark.django_db


@pytest.fixture
def grant():
    return voucher()


@pytest.fixture
def who():
    return provider(prices={"bath": 100_000, "clean": 100_000})


def months(grant):
    return months_of(county=COUNTY, person_id=grant.person_id, first=MARCH, last=MARCH)


def test_a_month_adds_up_by_group(grant, who):
    pay(grant, who, bath(10_000), bath(20_000, day=8))
    pay(grant, who, bath(30_000), ltci_fen=10_000)
    (found,) = months(grant)
    assert (found.month, found.category, found.bills) == ("2026-03", "home", 2)
    assert found.sums == Sums(3, 60_000, 10_000, 0, 25_000, 25_000)
    assert months_known(county=COUNTY, person_id=grant.person_id) == [MARCH]
    assert providers_used(county=COUNTY, person_id=grant.person_id) == {who.id}


def test_what_was_undone_is_left_out_and_still_listed(grant, who):
    kept, undone = pay(grant, who, bath(10_000)), pay(grant, who, bath(20_000))
    reverse(county=COUNTY, bill_no=undone.no, because="没来", at=at(TENTH), on=TENTH, by="manager")
    assert months(grant)[0].sums == Sums(1, 10_000, 0, 0, 5_000, 5_000)
    listed = list(bills_of(county=COUNTY, person_id=grant.person_id, month=MARCH))
    assert {bill.id for bill in listed} == {kept.id, undone.id}
    assert set(standing(county=COUNTY, bill_ids=[kept.id, undone.id])) == {kept.id}


def test_a_receipt_shows_the_reversal_and_the_bill_in_its_place(grant, who):
    bill = pay(grant, who, bath(40_000))
    told = {"county": COUNTY, "at": at(TENTH), "on": TENTH, "by": "manager"}
    smaller = amend(bill_no=bill.no, number=1, fee_fen=30_000, because="少做了一半", **told)
    first, second = receipt(county=COUNTY, no=bill.no), receipt(county=COUNTY, no=smaller.no)
    assert first.lines[0].reversal.reason == "少做了一半"
    assert first.replaced_by == smaller
    assert first.sums == Sums()
    assert second.bill.replaces == bill
    assert second.sums.voucher_fen == 15_000


def test_a_bill_that_was_refused_is_not_the_elders_business(grant, who):
    bill = pay(grant, who, bath(10_000))
    Bill.objects.filter(county=COUNTY, id=bill.id).update(state=Bill.State.REFUSED)
    assert receipt(county=COUNTY, no=bill.no) is None
    assert not bills_of(county=COUNTY, person_id=grant.person_id).exists()
    assert not months(grant)


def test_the_last_months_are_told_line_by_line_before_the_month_asked_for(grant, who):
    pay(grant, who, bath(10_000), bath(20_000, day=8))
    april = Month(2026, 4)
    found = spent_of_late(county=COUNTY, person_id=grant.person_id, before=april, months=3)
    assert [(one.month, one.category, one.fee_fen) for one in found] == [
        ("2026-03", "home", 10_000),
        ("2026-03", "home", 20_000),
    ]
    assert not spent_of_late(county=COUNTY, person_id=grant.person_id, before=MARCH, months=3)


def test_a_receipt_is_read_in_as_many_queries_whatever_its_lines(grant, who, django_assert_num_queries):
    item("bath")
    bill = pay(grant, who, *[bath(100, day=day) for day in range(1, 10)])
    with django_assert_num_queries(4):
        assert len(receipt(county=COUNTY, no=bill.no).lines) == 9
