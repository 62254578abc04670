from datetime import date
from fractions import Fraction

import pytest

from songhe.kernel.refusal import Refusal
from songhe.policy.evaluate import categories
from songhe.policy.queries import above, cases_of, conditions_on, differences, not_set, place, places, values_on
from songhe.policy.resolve import library
from songhe.policy.what_if import carried_on, changed

ON = date(2026, 3, 10)
REGION = "650000/consumption-voucher/2026"
NATION = "000000/consumption-voucher/national-2026"


def rules(pack):
    return library().policy(pack)


def test_every_place_is_listed_with_the_edition_of_the_day():
    found = {(one.place, one.programme): one for one in places(library(), ON)}
    nation = found["000000", "consumption-voucher"]
    assert [pack.edition for pack in nation.editions] == ["pilot-2025", "national-2026"]
    assert nation.current is library().packs[NATION]
    assert place(library(), place="370799", programme="consumption-voucher", on=ON) is None


def test_the_packs_above_a_place_begin_with_the_nations():
    assert next(pack.place for pack in above(library(), "653127", "consumption-voucher")) == "000000"


def test_values_say_which_pack_of_the_chain_states_them():
    found = {one.name.name: one for one in values_on(rules(REGION), ON)}
    assert found["ratio_home"].value == "1/2"
    assert found["ratio_home"].pack == NATION
    assert not found["ratio_home"].ended


def test_a_day_outside_the_window_is_said_to_be_outside():
    found = {one.name.name: one for one in values_on(rules(NATION), date(2025, 12, 31))}
    assert found["ratio_home"].ended


def test_names_without_a_value_are_listed():
    assert {"review_days", "ratio_day_care"} <= {one.name for one in not_set(rules(REGION), ON)}
    assert "ratio_home" not in {one.name for one in not_set(rules(REGION), ON)}


def test_conditions_carry_the_value_of_the_day():
    found = {one.id: one for one in conditions_on(rules(REGION), ON)}
    assert found["age"].sentence.zh == "年满60周岁"
    assert found["not_in_improvement_action"].pack == REGION


def test_what_a_lower_pack_words_anew_is_a_difference():
    found = differences(rules(NATION), rules(REGION), ON)
    assert [one.what for one in found] == ["not_in_improvement_action"]
    assert differences(rules(NATION), rules(NATION), ON) == []


def test_cases_are_tried_one_by_one():
    tried = cases_of(library().packs[REGION], library())
    assert tried
    assert all(one.passes for one in tried)


def test_rules_are_carried_on_past_their_window_unchanged():
    later = carried_on(rules(NATION), date(2027, 12, 31))
    found = {one.category: one.ratio for one in categories(policy=later, on=date(2027, 7, 1))}
    assert found["home"] == Fraction(1, 2)
    with pytest.raises(Refusal):
        categories(policy=rules(NATION), on=date(2027, 7, 1))


def test_a_changed_value_holds_from_the_first_day_and_leaves_the_others():
    other = changed(rules(NATION), {"ratio_home": Fraction(9, 20)}, until=date(2027, 12, 31))
    found = {one.category: one.ratio for one in categories(policy=other, on=ON)}
    assert (found["home"], found["institution_long"]) == (Fraction(9, 20), Fraction(2, 5))
    assert other.version != rules(NATION).version


@pytest.mark.parametrize(
    ("name", "value", "code"),
    [
        ("ratio_home", Fraction(11, 10), "policy.change_out_of_range"),
        ("cap_home", -1, "policy.change_out_of_range"),
        ("age_least", 12, "policy.change_out_of_range"),
        ("late_days", 3, "policy.not_changeable"),
        ("nonsense", 3, "policy.not_changeable"),
    ],
)
def test_what_cannot_be_changed_is_refused(name, value, code):
    with pytest.raises(Refusal) as refused:
        changed(rules(NATION), {name: value}, until=ON)
    assert refused.value.code == code
