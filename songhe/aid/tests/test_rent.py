"""Days are paid from the day of handing over to the day before the return, and never after a death."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as some

from songhe.aid import rent
from songhe.aid.days import days_in
from songhe.aid.models import Rent
from songhe.aid.tests import world
from songhe.aid.tests.world import DAY_FEN, FIRST, TENTH, at
from songhe.county.key import new_id
from songhe.kernel.month import Month
from songhe.provider.tests.test_admit import refused

MARCH, APRIL = Month(2026, 3), Month(2026, 4)
FIRST_OF_APRIL, SECOND_OF_MAY = date(2026, 4, 1), date(2026, 5, 2)


@pytest.fixture
def shop(db):
    return world.provider()


def drawn(month=MARCH, on=FIRST_OF_APRIL, **more):
    return rent.draw_up(county="370799", month=month, at=at(on), on=on, by="manager", **more)


def lines():
    return [(row.month, row.first.day, row.last.day, row.days, row.fee_fen) for row in Rent.objects.order_by("month")]


def test_a_whole_month_is_a_line_that_the_till_may_charge_once(shop):
    loan = world.lent(shop, on=TENTH)
    assert drawn().made == 1
    assert drawn().made == 0
    line = rent.to_charge(county=loan.county, provider=shop)[0]
    assert (line.quantity, line.price_fen, line.fee_fen, line.service_on) == (22, DAY_FEN, 6_600, MARCH.last)
    assert line.item.code == "aids-rent"
    bill = new_id()
    assert rent.mark_charged(county=loan.county, line_id=line.line_id, billed_line=bill)
    assert not rent.mark_charged(county=loan.county, line_id=line.line_id, billed_line=new_id())
    assert rent.to_charge(county=loan.county, person_id=loan.person_id) == []
    assert rent.mark_reversed(county=loan.county, line_id=line.line_id, billed_line=bill)
    assert len(rent.to_charge(county=loan.county)) == 1


def test_the_day_of_return_is_free_and_everything_is_drawn_up_then(shop):
    loan = world.lent(shop, on=TENTH)
    world.back(loan, on=date(2026, 4, 3))
    assert lines() == [("2026-03", 10, 31, 22, 6_600), ("2026-04", 1, 2, 2, 600)]
    assert rent.so_far(loan, on=date(2026, 3, 11), died_on=None) == (2, 600)


def test_back_on_the_same_day_costs_nothing(shop):
    world.back(world.lent(shop, on=TENTH), on=TENTH)
    assert lines() == []


def test_a_month_that_is_not_over_waits_and_one_to_come_is_refused(shop):
    world.lent(shop)
    assert drawn(on=date(2026, 3, 31)).made == 0
    refused("aid.month_not_begun", drawn, month=APRIL, on=TENTH)


def test_nothing_is_paid_after_a_death_however_late_it_is_fetched(shop):
    person = world.elder()
    loan = world.lent(shop, person)
    drawn()
    world.dies(person, date(2026, 3, 12))
    assert drawn().changed == 1
    world.back(loan, on=date(2026, 4, 20))
    assert lines() == [("2026-03", 1, 12, 12, 3_600)]


def test_a_line_that_a_bill_holds_waits_until_the_bill_is_reversed(shop):
    person = world.elder()
    loan = world.lent(shop, person)
    drawn()
    bill = new_id()
    line_id = Rent.objects.get().id
    rent.mark_charged(county=loan.county, line_id=line_id, billed_line=bill)
    world.dies(person, date(2026, 3, 12))
    assert drawn().held == 1
    assert lines()[0][3] == 31
    rent.mark_reversed(county=loan.county, line_id=line_id, billed_line=bill)
    assert drawn().changed == 1
    assert lines()[0][3] == 12


def test_only_the_provider_that_asks_has_its_lines_drawn(shop):
    world.lent(shop)
    other = world.provider()
    world.lent(other)
    assert drawn(provider=other).made == 1


days = some.dates(date(2026, 1, 1), date(2026, 12, 31))


@given(days, some.none() | days, some.none() | days)
def test_the_months_of_a_loan_add_up_to_its_days_and_never_overlap(out_on, returned_on, died_on):
    if returned_on is not None and returned_on < out_on:
        returned_on = out_on
    ends = [date(2026, 12, 31)]
    ends += [returned_on - timedelta(days=1)] if returned_on else []
    ends += [died_on] if died_on else []
    expected = max(0, (min(ends) - out_on).days + 1)
    seen, month = [], Month(2026, 1)
    for _ in range(12):
        found = days_in(month, out_on=out_on, returned_on=returned_on, died_on=died_on)
        if found.count:
            assert month.first <= found.first <= found.last <= month.last
            assert (found.last - found.first).days + 1 == found.count
            seen += [found.first + timedelta(days=step) for step in range(found.count)]
        month = month.plus(1)
    assert len(seen) == len(set(seen)) == expected


def test_the_first_of_march_is_within_the_month():
    assert days_in(MARCH, out_on=FIRST, returned_on=None, died_on=None).count == 31
