"""Scores stay within nought and a hundred, never fall when a provider does better, and say what pulled them down."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from songhe.examine.scheme import shipped
from songhe.examine.score import INDICATORS, Counted, Rule, cost, half_up, judge, median, total, value_of

RULES = shipped().rules
NUMBERS = st.integers(0, 10**6)
COUNTS = st.dictionaries(st.sampled_from(sorted(RULES)), st.builds(Counted, NUMBERS, NUMBERS))


def score(counts):
    told = [
        (rule.weight, judge(counts.get(code, Counted(0, 0)), INDICATORS[code].scale, rule).points)
        for code, rule in RULES.items()
    ]
    return total(told, least_weight=50)


def test_a_provider_without_fault_has_a_hundred():
    counts = {
        "complaints": Counted(0, 1000),
        "price": Counted(10_000, 3),
        "evidence": Counted(500, 500),
        "refused": Counted(0, 200),
        "rating": Counted(500, 100),
        "food": Counted(0, 4),
        "suspended": Counted(0, 1),
    }
    assert score(counts) == total([(100, 100)], least_weight=50)


@given(COUNTS)
def test_a_score_lies_between_nought_and_a_hundred_or_is_not_given(counts):
    found = score(counts)
    assert found.score is None or 0 <= found.score <= 100
    assert (found.score is None) == (found.weight * 2 < sum(rule.weight for rule in RULES.values()))


@given(COUNTS, st.sampled_from(sorted(RULES)), NUMBERS)
def test_doing_better_in_one_thing_never_lowers_the_score(counts, code, number):
    before = counts.get(code, Counted(0, 100))
    better = min(before.num, number) if INDICATORS[code].lower else max(before.num, number)
    first = score({**counts, code: before}).score
    second = score({**counts, code: Counted(better, before.den)}).score
    assert (first is None) == (second is None)
    assert first is None or second is None or second >= first


@given(COUNTS)
def test_what_each_indicator_cost_adds_up_to_what_lacks(counts):
    points = {
        code: judge(counts.get(code, Counted(0, 0)), INDICATORS[code].scale, rule).points
        for code, rule in RULES.items()
    }
    found = total([(RULES[code].weight, each) for code, each in points.items()], least_weight=1)
    if found.score is not None:
        lacks = (100 - found.score) * 10
        assert abs(sum(cost(RULES, points).values()) - lacks) <= 5 + len(RULES)


@given(st.lists(NUMBERS, min_size=1), st.integers(1, 1000))
def test_the_median_lies_among_the_values_and_grows_with_them(values, more):
    assert min(values) <= median(values) <= max(values)
    assert median([one + more for one in values]) == median(values) + more


@pytest.mark.parametrize(
    ("num", "den", "scale", "value"), [(1, 3, 10_000, 3333), (9, 2, 100, 450), (7, 5, 0, 7), (1, 0, 100, 0)]
)
def test_a_value_is_a_share_or_the_number_itself(num, den, scale, value):
    assert value_of(Counted(num, den), scale) == value


def test_too_few_are_not_judged():
    rule = Rule(weight=10, least=5, months=1, bands=((0, 100), (100, 0)))
    assert judge(Counted(4, 4), 10_000, rule).points is None
    assert judge(Counted(5, 5), 10_000, rule).points == 0
    assert half_up(1, 2) == 1
