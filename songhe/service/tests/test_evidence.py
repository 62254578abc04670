"""Pure: what the evidence is worth."""

from dataclasses import replace
from datetime import date, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from songhe.kernel.geo import Datum, Point
from songhe.service.evidence import FAIL, LIMITS, PASS, REMARKS, Facts, Setting, Times, judge

START = datetime(2026, 3, 10, 1, tzinfo=timezone.utc)
HOME = Point(36.70, 119.16)


def span(begin=0, minutes=60):
    start = START + timedelta(minutes=begin)
    return Times(start, start + timedelta(minutes=minutes))


GOOD = Facts(
    kind="visit",
    service_on=date(2026, 3, 10),
    has_worker=True,
    times=span(),
    position=HOME,
    accuracy=20,
    confirmed_by="elder",
)
AT_HOME = Setting(home=HOME)


def verdict(setting=AT_HOME, least_minutes=60, limits=LIMITS, **changes):
    return judge(replace(GOOD, **changes), least_minutes=least_minutes, setting=setting, limits=limits)


def north(metres):
    return Point(HOME.latitude + metres / 111_195, HOME.longitude)


def test_a_whole_record_passes():
    assert verdict() == (PASS, ())


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"has_worker": False}, "missing_worker"),
        ({"times": None}, "missing_times"),
        ({"position": None}, "position_absent"),
        ({"accuracy": None}, "position_absent"),
        ({"accuracy": 1001.0}, "position_vague"),
        ({"position": north(330)}, "too_far"),
        ({"times": span(minutes=29)}, "below_half_of_minimum"),
        ({"times": span(minutes=7)}, "too_short"),
        ({"confirmed_by": ""}, "unconfirmed"),
        ({"confirmed_by": "tied_proxy"}, "confirmed_by_tied_proxy"),
    ],
)
def test_one_fault_fails_and_is_named(changes, reason):
    assert verdict(**changes) == (FAIL, (reason,))


@pytest.mark.parametrize(
    "changes",
    [
        {"position": north(310)},
        {"position": HOME.as_gcj02()},
        {"times": span(minutes=30)},
        {"confirmed_by": "proxy"},
    ],
)
def test_what_is_just_within_the_limits_passes(changes):
    assert verdict(**changes) == (PASS, ())


def test_the_shift_of_chinese_maps_is_taken_out_before_the_distance_is_measured():
    assert Point(HOME.latitude, HOME.longitude, Datum.GCJ02) != HOME
    assert verdict(position=Point(HOME.latitude, HOME.longitude, Datum.GCJ02))[1] == ("too_far",)


def test_the_minimum_counts_for_each_unit():
    assert verdict(quantity=2, times=span(minutes=59)) == (FAIL, ("below_half_of_minimum",))
    assert verdict(quantity=2, times=span(minutes=60)) == (PASS, ())


def test_a_home_that_is_not_on_the_map_is_a_remark_and_no_fault():
    assert verdict(setting=Setting()) == (PASS, ("home_not_located",))


@pytest.mark.parametrize(("minutes", "passes"), [(5, True), (6, False)])
@pytest.mark.parametrize(("who", "reason"), [("of_worker", "overlaps_worker"), ("of_person", "overlaps_person")])
def test_more_than_a_handover_at_two_places_fails(minutes, passes, who, reason):
    setting = Setting(home=HOME, **{who: [("visit", span(60 - minutes))]})
    assert verdict(setting=setting) == ((PASS, ()) if passes else (FAIL, (reason,)))


def test_an_escort_during_day_care_is_no_contradiction_and_a_home_visit_is():
    there = [("attendance", span(-60, 240))]
    escort = replace(GOOD, kind="escort")
    assert judge(escort, least_minutes=0, setting=Setting(of_person=there)) == (PASS, ())
    assert verdict(setting=Setting(home=HOME, of_person=there)) == (FAIL, ("overlaps_person",))


def test_one_steward_signs_many_in():
    day = Facts(kind="attendance", service_on=date(2026, 3, 10), times=span(minutes=300))
    assert judge(day, least_minutes=240, setting=Setting(of_worker=[("attendance", span())])) == (PASS, ())


def test_a_meal_needs_neither_times_nor_position():
    assert judge(Facts("meal", date(2026, 3, 10)), least_minutes=0, setting=Setting()) == (PASS, ())


def test_an_escort_says_where_it_went():
    escort = replace(GOOD, kind="escort", position=None, accuracy=None)
    assert judge(escort, least_minutes=0, setting=Setting()) == (FAIL, ("missing_place",))
    assert judge(replace(escort, place_told=True), least_minutes=0, setting=Setting()) == (PASS, ())


def test_nothing_after_death_and_no_home_visit_inside_an_institution():
    assert verdict(setting=Setting(home=HOME, died_on=date(2026, 3, 10))) == (PASS, ())
    assert verdict(setting=Setting(home=HOME, died_on=date(2026, 3, 9))) == (FAIL, ("after_death",))
    assert verdict(setting=Setting(home=HOME, in_institution=True)) == (FAIL, ("in_institution",))


def test_the_limits_are_data():
    assert verdict(limits=replace(LIMITS, confirmed=frozenset()), confirmed_by="") == (PASS, ())
    assert verdict(limits=replace(LIMITS, farthest_metres=100), position=north(130)) == (FAIL, ("too_far",))


@given(
    minutes=st.integers(0, 300),
    least=st.integers(0, 240),
    metres=st.floats(0, 3000),
    accuracy=st.floats(0, 2000),
    begin=st.integers(-300, 300),
    confirmed=st.sampled_from(["", "elder", "proxy", "tied_proxy"]),
)
def test_a_verdict_passes_exactly_when_it_names_no_fault(minutes, least, metres, accuracy, begin, confirmed):
    outcome, reasons = verdict(
        setting=Setting(home=HOME, of_worker=[("visit", span(begin))]),
        least_minutes=least,
        times=span(minutes=minutes),
        position=north(metres),
        accuracy=accuracy,
        confirmed_by=confirmed,
    )
    assert (outcome == PASS) == (set(reasons) <= REMARKS)
    assert ("too_short" in reasons) == (minutes < 8)
    assert ("position_vague" in reasons) == (accuracy > 1000)
    shared = min(minutes, begin + 60) - max(0, begin)
    assert ("overlaps_worker" in reasons) == (shared > 5)
