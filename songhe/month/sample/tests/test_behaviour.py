"""What happens in a month follows from plan and month alone, and breaks no rule but where a case wants it."""

from __future__ import annotations

from collections import defaultdict
from itertools import pairwise

import pytest

from songhe.kernel.month import Month, beijing_date
from songhe.month.sample.behaviour import Bill, Choose, Visit, script
from songhe.month.sample.plan import Plan

MARCH = Month(2026, 3)


@pytest.fixture(scope="module")
def plan():
    return Plan(seed=11, elders=1500)


@pytest.fixture(scope="module")
def march(plan):
    return list(script(plan, MARCH))


def test_a_month_is_the_same_told_twice(plan, march):
    assert [each.events for each in script(plan, MARCH)] == [each.events for each in march]


def test_everything_happens_in_its_month_and_nothing_before_the_rights_begin(plan, march):
    for mine in march:
        for event in mine.events:
            assert plan.approved_on <= beijing_date(event.at) <= MARCH.last, (mine.elder.key, event)


def test_no_carer_is_in_two_places(march):
    busy = defaultdict(list)
    for mine in march:
        for visit in mine.visits:
            if visit.carer and visit.flaw != "after_death":
                busy[visit.provider, visit.carer].append((visit.starts, visit.ends))
    for times in busy.values():
        times.sort()
        assert all(before[1] <= after[0] for before, after in pairwise(times))


def test_bills_charge_visits_of_their_day_and_item(march):
    for mine in march:
        for bill in mine.bills:
            for charge in bill.charges:
                if charge.visit is not None:
                    visit = mine.visits[charge.visit]
                    assert (visit.item, beijing_date(visit.starts)) == (charge.item, charge.day)
                    assert (visit.provider, visit.quantity) == (bill.provider, charge.quantity)
                    assert visit.at <= bill.at


def test_fees_stay_within_the_price_list_and_ltci_within_the_fees(plan, march):
    prices = {body.code: body.prices for body in plan.bodies()}
    insured = 0
    for mine in march:
        for bill in mine.bills:
            fees = [charge.fee_fen or prices[bill.provider][charge.item] * charge.quantity for charge in bill.charges]
            for charge, fee in zip(bill.charges, fees, strict=True):
                assert 0 < fee <= prices[bill.provider][charge.item] * charge.quantity
            assert 0 <= bill.ltci_fen <= sum(fees)
            insured += bill.ltci_fen > 0
            assert len({charge.item.split("-")[0] for charge in bill.charges}) == 1
    assert insured > 10


def test_one_bill_a_provider_and_month(march):
    for mine in march:
        providers = [bill.provider for bill in mine.bills]
        assert len(providers) == len(set(providers))


def test_the_dead_are_not_served(march):
    for mine in march:
        report = mine.report
        if report and report.kind == "death":
            days = [charge.day for bill in mine.bills for charge in bill.charges]
            days += [beijing_date(visit.starts) for visit in mine.visits if visit.flaw != "after_death"]
            assert all(day <= report.happened_on for day in days)


def test_there_is_something_of_everything():
    rows = list(script(Plan(), MARCH))
    kinds = {type(event).__name__ for mine in rows for event in mine.events}
    assert kinds == {"Choose", "Admit", "Visit", "Bill", "Discharge", "Report", "Attempt"}
    bills = [bill for mine in rows for bill in mine.bills]
    assert {bill.undo for bill in bills} == {"", "same_month", "next_month", "amend"}
    assert {bill.in_run for bill in bills} == {bill.provisional for bill in bills} == {True, False}
    flaws = {visit.flaw for mine in rows for visit in mine.visits}
    assert flaws == {"", "no_position", "too_far", "unconfirmed", "tied_proxy", "after_death"}


def test_who_died_or_moved_is_gone_in_the_next_month(plan, march):
    gone = {mine.elder.number for mine in march if mine.report}
    april = {mine.elder.number for mine in script(plan, MARCH.next)}
    assert gone
    assert not gone & april


def test_a_death_in_a_later_month_is_heard_of_after_its_vouchers_were_issued():
    later = (MARCH.next, MARCH.next.next, MARCH.next.next.next)
    reports = [mine.report for month in later for mine in script(Plan(), month) if mine.report]
    assert any(report.happened_on.day < 8 for report in reports)
    assert all(beijing_date(report.at).day >= 10 for report in reports)


def test_who_moved_in_after_using_the_voucher_at_home_changes_group_in_the_next_month(plan, march):
    moved = [mine for mine in script(plan, MARCH.next) if mine.elder.case == "admitted_after_home_voucher"]
    assert len(moved) == 2
    for mine in moved:
        assert [event.category for event in mine.events if isinstance(event, Choose)] == ["institution_long"]
        assert not any(isinstance(event, Visit) for event in mine.events)
        assert [event.provider for event in mine.events if isinstance(event, Bill)] == ["inst-1"]
