"""What carers do at home: services that count as given, at fixed times of the week, worth most of a voucher."""

from __future__ import annotations

from collections import Counter, defaultdict
from datetime import timedelta
from itertools import pairwise
from random import Random

import pytest
import yaml

from songhe.kernel.month import Month, beijing_date
from songhe.month.sample import homecare
from songhe.month.sample.behaviour import Choose, script
from songhe.month.sample.plan import Plan, moment
from songhe.provider.catalogue import DATA

MARCH = Month(2026, 3)
FACE_FEN = 80_000


@pytest.fixture(scope="module")
def plan():
    return Plan()


@pytest.fixture(scope="module")
def march(plan):
    return list(script(plan, MARCH))


@pytest.fixture(scope="module")
def least_minutes():
    items = [
        item for path in DATA for item in yaml.safe_load(path.read_text(encoding="utf-8"))["items"].get("home", [])
    ]
    return {item["code"]: item.get("least_minutes", 0) for item in items}


def test_every_service_is_long_enough_for_what_is_billed_and_every_appointment_over_before_the_next(least_minutes):
    between = min(later - earlier for earlier, later in pairwise(homecare.STARTS))
    for _, parts in homecare.APPOINTMENTS:
        for part in parts:
            assert part.minutes >= least_minutes[part.item] * part.quantity
            assert (part.minutes - homecare.JITTER) * 2 >= least_minutes[part.item] * part.quantity
        longest = sum(part.minutes + homecare.JITTER + homecare.BETWEEN for part in parts)
        assert longest < between


def test_an_elder_s_times_lie_on_three_days_of_the_week_and_no_two_elders_of_a_carer_share_one(plan):
    of_carer = defaultdict(list)
    for elder in plan.acting():
        if elder.care == "home":
            found = homecare.times(elder, MARCH.first, MARCH.first + timedelta(days=6))
            assert len({beijing_date(at) for at in found}) == homecare.TIMES_A_WEEK
            of_carer[elder.house, elder.turn // 6] += found
    for times in of_carer.values():
        assert len(times) == len(set(times))


def test_services_of_an_appointment_follow_each_other():
    for _, parts in homecare.APPOINTMENTS:
        told = list(homecare.timed(parts, moment(MARCH.first, 8), Random(1)))
        assert [part for part, _, _ in told] == list(parts)
        for (_, _, ended), (_, began, _) in pairwise(told):
            assert ended < began


def test_most_of_what_the_vouchers_are_worth_is_used_and_some_are_not_used_at_all(plan, march):
    """By list price, half at home and two fifths in an institution, the face at most; as the month then is."""
    prices = {body.code: body.prices for body in plan.bodies()}
    used = []
    for mine in march:
        tenths = 4 if mine.care == "institution" else 5
        fees = sum(
            charge.fee_fen or prices[bill.provider][charge.item] * charge.quantity
            for bill in mine.bills
            for charge in bill.charges
        )
        ltci = sum(bill.ltci_fen for bill in mine.bills)
        used.append(min(FACE_FEN, (fees - ltci) * tenths // 10))
    assert 0.55 < sum(used) / (FACE_FEN * len(used)) < 0.75
    assert 0.05 < used.count(0) / len(used) < 0.2
    assert used.count(FACE_FEN) > 100


def test_a_few_spend_part_of_the_month_in_an_institution_and_nobody_chooses_day_care(march):
    chosen = Counter(
        event.category for mine in march if not mine.elder.case for event in mine.events if isinstance(event, Choose)
    )
    assert 4 <= chosen["institution_short"] <= 25
    assert set(chosen) == {"home", "institution_long", "institution_short"}


def test_the_heavier_the_level_the_more_often_somebody_comes(march):
    appointments = defaultdict(list)
    for mine in march:
        if mine.visits and mine.care == "home" and mine.elder.applies == "before":
            appointments[mine.elder.level].append(len({beijing_date(visit.starts) for visit in mine.visits}))
    mean = {level: sum(found) / len(found) for level, found in appointments.items()}
    assert 6 < mean[2] < mean[4] < 13
