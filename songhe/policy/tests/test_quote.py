from typing import Any

import pytest

from songhe.kernel.refusal import Refusal
from songhe.policy.quote import answer


def ask(**changed: Any) -> dict[str, Any]:
    asked = {
        "policy": "consumption-voucher",
        "place": "440106",
        "on": "2026-03-10",
        "category": "home",
        "fees_fen": [33333, 48001, 99999],
    }
    asked |= changed
    return answer({name: value for name, value in asked.items() if value is not ...})


def assess(**changed: Any) -> dict[str, Any]:
    asked = {"policy": "assessment-voucher", "category": "assessment", "fees_fen": [12000], "level": 2}
    return ask(**(asked | changed))


def refused(**changed: Any) -> tuple[str, str | None]:
    with pytest.raises(Refusal) as caught:
        ask(**changed)
    for language in ("zh", "en"):
        assert caught.value.message(language)
    return caught.value.code, caught.value.field


def test_each_line_is_rounded_and_the_cap_falls_on_the_running_sum():
    came = ask()
    assert [line["voucher_fen"] for line in came["lines"]] == [16667, 24001, 39332]
    assert (came["ltci_fen"], came["voucher_fen"], came["self_fen"]) == (0, 80000, 101333)
    assert came["pack"] == "000000/consumption-voucher/national-2026"
    assert len(came["version"]) == 12
    assert set(came) == {"pack", "version", "ltci_fen", "voucher_fen", "self_fen", "lines", "steps"}


def test_every_step_has_a_name_a_sentence_and_an_amount():
    came = ask(ltci_fen=1)
    assert [step["name"] for step in came["steps"]] == ["fees", "ltci", "base", "ratio", "cap", "voucher", "self"]
    assert all(set(step) == {"name", "sentence", "amount_fen"} for step in came["steps"])
    assert {step["name"]: step["amount_fen"] for step in came["steps"]}["base"] == 181332


def test_sentences_are_in_english_when_english_is_asked_for():
    asked = {"policy": "consumption-voucher", "place": "440106", "on": "2026-03-10", "category": "home"}
    came = answer(asked | {"fees_fen": [100]}, language="en")
    assert came["steps"][-1]["sentence"] == "The person pays ¥0.50"


def test_ltci_is_set_against_the_fees_in_order():
    came = ask(fees_fen=[10000, 10000], ltci_fen=12000)
    assert [line["ltci_fen"] for line in came["lines"]] == [10000, 2000]
    assert [line["voucher_fen"] for line in came["lines"]] == [0, 4000]


def test_ltci_may_pay_the_whole_bill():
    assert ask(fees_fen=[10000], ltci_fen=10000)["voucher_fen"] == 0


@pytest.mark.parametrize("used", [80000, 80001, 10**12])
def test_a_cap_used_up_or_overdrawn_gives_nothing_and_no_refusal(used: int):
    assert ask(used_fen=used)["voucher_fen"] == 0


def test_what_was_used_before_lowers_what_is_left():
    assert ask(used_fen=79999)["voucher_fen"] == 1


def test_an_out_of_scope_line_is_own_pay():
    came = ask(
        fees_fen=[5000, 10000],
        ltci_fen=3000,
        items=[{"item": "挂号费", "in_scope": False}, {"item": "助浴", "in_scope": True}],
    )
    assert came["lines"][0] == {"fee_fen": 5000, "ltci_fen": 3000, "voucher_fen": 0, "self_fen": 2000}
    assert came["lines"][1] == {"fee_fen": 10000, "ltci_fen": 0, "voucher_fen": 5000, "self_fen": 5000}
    assert "out_of_scope" in [step["name"] for step in came["steps"]]


@pytest.mark.parametrize(
    ("place", "on", "category", "voucher"),
    [
        ("330702", "2025-07-01", "home", 4000),
        ("330702", "2025-12-31", "day_care", 4000),
        ("370799", "2025-08-01", "institution_long", 4000),
        ("210102", "2025-07-01", "institution_short", 4000),
        ("341102", "2025-07-01", "home", 4000),
        ("360502", "2025-07-01", "home", 4000),
        ("500101", "2025-07-01", "home", 4000),
        ("510107", "2025-07-01", "home", 4000),
        ("330702", "2026-01-01", "home", 5000),
        ("370799", "2026-12-31", "institution_short", 4000),
        ("000000", "2026-06-01", "home", 5000),
        ("650000", "2026-06-01", "institution_long", 4000),
        ("653100", "2026-06-01", "home", 5000),
        ("110105", "2026-06-01", "day_care", 5000),
        ("310101", "2026-06-01", "day_care", 4000),
        ("330602", "2026-06-01", "day_care", 5000),
        ("330602", "2025-10-01", "day_care", 4000),
    ],
)
def test_the_edition_in_force_decides(place: str, on: str, category: str, voucher: int):
    assert ask(place=place, on=on, category=category, fees_fen=[10000])["voucher_fen"] == voucher


@pytest.mark.parametrize(
    ("place", "on"),
    [
        ("330702", "2025-06-30"),
        ("370702", "2025-07-31"),
        ("210200", "2025-10-01"),
        ("210000", "2025-10-01"),
        ("440106", "2025-12-31"),
        ("000000", "2025-10-01"),
        ("440106", "2027-01-01"),
        ("310101", "2027-01-01"),
        ("310101", "2025-12-31"),
    ],
)
def test_outside_every_edition_it_refuses(place: str, on: str):
    assert refused(place=place, on=on) == ("policy.not_in_force", "on")


@pytest.mark.parametrize("place", ["440106", "650000", "110000"])
def test_the_home_cap_of_the_pilot_is_500_and_of_the_nation_800(place: str):
    assert ask(place="330702", on="2025-10-01", fees_fen=[10**8])["voucher_fen"] == 50000
    assert ask(place=place, fees_fen=[10**8])["voucher_fen"] == 80000


@pytest.mark.parametrize("place", ["440106", "330702", "650000", "000000", "620102"])
def test_day_care_cannot_be_chosen_where_no_ratio_is_set(place: str):
    assert refused(place=place, category="day_care") == ("policy.value_not_set", "category")


def test_assessment_is_no_category_of_the_consumption_voucher():
    assert refused(category="assessment") == ("policy.value_not_set", "category")


@pytest.mark.parametrize(("place", "inside"), [("620102", "620500"), ("640104", "640000")])
def test_gansu_and_ningxia_want_the_service_inside_the_province(place: str, inside: str):
    assert ask(place=place, provider_place=inside)["voucher_fen"] == 80000
    assert ask(place=place)["voucher_fen"] == 80000
    assert refused(place=place, provider_place="610102") == ("policy.provider_outside_province", "provider_place")


def test_elsewhere_the_service_may_be_given_in_another_province():
    assert ask(provider_place="110105")["voucher_fen"] == 80000


@pytest.mark.parametrize(
    ("fee", "level", "entitled", "voucher"),
    [
        (12000, 2, True, 10000),
        (8000, 3, True, 8000),
        (12000, 1, True, 0),
        (12000, 0, True, 0),
        (9999, 4, True, 9999),
        (12000, 4, False, 0),
    ],
)
def test_the_assessment_voucher_pays_up_to_100_for_a_qualifying_result(
    fee: int, level: int, entitled: bool, voucher: int
):
    came = assess(fees_fen=[fee], level=level, entitled=entitled)
    assert (came["voucher_fen"], came["self_fen"]) == (voucher, fee - voucher)


def test_entitlement_is_taken_for_granted_when_it_is_not_said():
    assert assess()["voucher_fen"] == 10000


@pytest.mark.parametrize(
    ("changed", "code", "field"),
    [
        ({"level": ...}, "input.missing", "level"),
        ({"level": None}, "input.missing", "level"),
        ({"level": 5}, "fact.type", "level"),
        ({"level": True}, "fact.type", "level"),
        ({"level": "2"}, "fact.type", "level"),
        ({"entitled": 1}, "fact.type", "entitled"),
        ({"fees_fen": [100, 100]}, "quote.too_many_fees", "fees_fen"),
        ({"category": "home"}, "policy.value_not_set", "category"),
        ({"on": "2025-10-01", "place": "330702"}, "policy.not_in_force", "on"),
    ],
)
def test_the_assessment_voucher_refuses(changed: dict[str, Any], code: str, field: str):
    with pytest.raises(Refusal) as caught:
        assess(**changed)
    assert (caught.value.code, caught.value.field) == (code, field)


@pytest.mark.parametrize(
    ("changed", "code", "field"),
    [
        ({"policy": ...}, "input.missing", "policy"),
        ({"policy": 1}, "input.wrong_type", "policy"),
        ({"policy": "nothing"}, "policy.unknown", "policy"),
        ({"place": ...}, "input.missing", "place"),
        ({"place": 440106}, "input.wrong_type", "place"),
        ({"place": "4401"}, "policy.not_a_place", "place"),
        ({"place": "440106001"}, "policy.not_a_place", "place"),
        ({"place": "001234"}, "policy.not_a_place", "place"),
        ({"place": "４４０１０６"}, "policy.not_a_place", "place"),
        ({"on": ...}, "input.missing", "on"),
        ({"on": "2026-02-29"}, "input.not_a_date", "on"),
        ({"on": "20260310"}, "input.not_a_date", "on"),
        ({"on": "2026-W10-2"}, "input.not_a_date", "on"),
        ({"on": 20260310}, "input.not_a_date", "on"),
        ({"category": ...}, "input.missing", "category"),
        ({"category": "garden"}, "quote.unknown_category", "category"),
        ({"fees_fen": ...}, "input.missing", "fees_fen"),
        ({"fees_fen": 100}, "input.wrong_type", "fees_fen"),
        ({"fees_fen": []}, "quote.no_fees", "fees_fen"),
        ({"fees_fen": [0]}, "input.too_small", "fees_fen[0]"),
        ({"fees_fen": [100, -1]}, "input.too_small", "fees_fen[1]"),
        ({"fees_fen": [1.5]}, "input.not_an_integer", "fees_fen[0]"),
        ({"fees_fen": [100.0]}, "input.not_an_integer", "fees_fen[0]"),
        ({"fees_fen": [True]}, "input.not_an_integer", "fees_fen[0]"),
        ({"fees_fen": ["100"]}, "input.not_an_integer", "fees_fen[0]"),
        ({"ltci_fen": -1}, "input.too_small", "ltci_fen"),
        ({"ltci_fen": False}, "input.not_an_integer", "ltci_fen"),
        ({"ltci_fen": 181334}, "quote.ltci_over_fees", "ltci_fen"),
        ({"used_fen": -1}, "input.too_small", "used_fen"),
        ({"used_fen": "0"}, "input.not_an_integer", "used_fen"),
        ({"fee": 1}, "input.unknown_field", "fee"),
        ({"level": 2}, "input.unknown_field", "level"),
        ({"benefit": "visit"}, "input.unknown_field", "benefit"),
        ({"items": []}, "quote.items_do_not_match", "items"),
        ({"items": 3}, "input.wrong_type", "items"),
        ({"fees_fen": [1], "items": [1]}, "input.wrong_type", "items[0]"),
        ({"fees_fen": [1], "items": [{"item": "a"}]}, "input.missing", "items[0].in_scope"),
        ({"fees_fen": [1], "items": [{"item": "a", "in_scope": 1}]}, "input.wrong_type", "items[0].in_scope"),
        ({"fees_fen": [1], "items": [{"in_scope": True}]}, "input.missing", "items[0].item"),
        (
            {"fees_fen": [1], "items": [{"item": "a", "in_scope": True, "x": 1}]},
            "input.unknown_field",
            "items[0].x",
        ),
        ({"provider_place": "62"}, "policy.not_a_place", "provider_place"),
    ],
)
def test_bad_input_is_refused_with_code_and_field(changed: dict[str, Any], code: str, field: str):
    assert refused(**changed) == (code, field)


def test_the_version_is_the_same_for_every_place_under_one_pack_and_differs_between_packs():
    assert ask(place="440106")["version"] == ask(place="610102", on="2026-12-31")["version"]
    assert ask(place="440106")["version"] != ask(place="650000")["version"]


def test_the_most_specific_pack_in_force_is_named():
    assert ask(place="653127")["pack"] == "653127/consumption-voucher/2026"
    assert ask(place="653101")["pack"] == "650000/consumption-voucher/2026"


def ltci(**changed: Any) -> dict[str, Any]:
    return answer({"policy": "ltci", "place": "370481", "on": "2026-03-10", "benefit": "visit"} | changed)


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"place": "440106"}, "policy.not_in_force"),
        ({"benefit": "nothing"}, "quote.unknown_benefit"),
        ({}, "input.missing"),
        ({"fee_fen": 100, "count": 0}, "input.too_small"),
        ({"fee_fen": 100, "category": "home"}, "input.unknown_field"),
        ({"place": "330302", "fee_fen": 100}, "input.missing"),
        ({"place": "330302", "fee_fen": 100, "level": "severe_9"}, "policy.value_not_set"),
    ],
)
def test_insurance_benefits_refuse(changed: dict[str, Any], code: str):
    with pytest.raises(Refusal) as caught:
        ltci(**changed)
    assert caught.value.code == code


def test_an_insurance_benefit_says_what_the_fund_pays():
    came = ltci(fee_fen=6000, count=30)
    assert (came["shape"], came["fund_fen"], came["self_fen"]) == ("ratio_day_cap", 135000, 45000)
