from datetime import date
from fractions import Fraction

import pytest

from songhe.kernel.refusal import Refusal
from songhe.policy.terms import Terms, terms

MARCH = date(2026, 3, 1)


def at(place: str, on: date = MARCH, policy: str = "consumption-voucher") -> Terms:
    return terms(policy=policy, place=place, on=on)


def test_a_place_without_rules_of_its_own_gets_the_nation_s():
    found = at("370799")
    assert [(each.category, each.ratio_text, each.cap_fen) for each in found.open_categories] == [
        ("institution_long", "2/5", 80000),
        ("institution_short", "2/5", 80000),
        ("home", "1/2", 80000),
    ]
    assert found.category("day_care") is None
    assert found.face_fen == 80000
    assert (found.issue_mode, found.switch_rule, found.late_days, found.long_stay_days) == ("auto", "if_unused", 0, 30)
    assert found.assessment_accepted_since == date(2024, 7, 1)


def test_what_no_text_sets_is_not_set():
    found = at("370799")
    assert found.publication_days is None
    assert found.appeal_days is None
    assert found.settle_cycle is None
    assert found.cutoff_day is None
    assert found.advance_ratio is None
    assert found.ltci_level_mapping is None
    assert found.proxy_limit is None
    assert found.care_subsidy_stacking is None


@pytest.mark.parametrize(
    ("place", "share"),
    [("370799", "17/20"), ("460100", "17/20"), ("140100", "9/10"), ("430321", "9/10"), ("650000", "19/20")],
)
def test_the_centre_s_share_goes_by_region(place: str, share: str):
    assert at(place).central_share == Fraction(share)


def test_local_packs_change_what_they_may():
    assert (at("110105").issue_mode, at("110105").proxy_limit) == ("claim", 4)
    assert at("360502").first_issue_least_working_days == 5
    assert at("620102").service_in_province is True
    assert at("640104").service_in_province is True
    assert at("330106").issue_mode == "claim"
    assert at("210302").list_publication_days == 1
    assert at("430321").provider_contract_months == 3
    assert at("510107", date(2025, 10, 1)).ltci_level_recognised is True


def test_fujian_s_stacking_is_a_note():
    assert [note.cited.source for note in at("350102").notes] == ["fujian-2026"]


def test_the_pilot_looks_back_twelve_months():
    assert at("330702", date(2025, 10, 1)).assessment_lookback_months == 12


def test_the_window_of_an_area_begins_with_its_first_month():
    assert at("370799", date(2025, 8, 1)).window.first == date(2025, 8, 1)
    assert at("330702", date(2025, 8, 1)).window.first == date(2025, 7, 1)


def test_the_assessment_voucher_comes_once():
    found = at("440106", policy="assessment-voucher")
    assert found.assessment_times_per_window == 1
    assert found.assessment_payer_below is None
    assert at("640104", policy="assessment-voucher").assessment_payer_below == "person"


def test_after_the_end_there_are_no_terms():
    with pytest.raises(Refusal) as caught:
        at("370799", date(2027, 1, 1))
    assert caught.value.code == "policy.not_in_force"
