from typing import Any

import pytest

from songhe.kernel.refusal import Refusal
from songhe.policy.explain import answer

FACTS = {
    "age": 72,
    "resident": True,
    "disability_level": 2,
    "in_tekun_support": False,
    "in_concentrated_care": False,
    "in_improvement_action": False,
}


def ask(*, language: str = "zh", place: str = "440106", on: str = "2026-03-01", **facts: Any) -> dict[str, Any]:
    known = {name: value for name, value in (FACTS | facts).items() if value is not ...}
    asked = {"policy": "consumption-voucher", "place": place, "on": on, "facts": known}
    return answer(asked, language=language)


def test_who_meets_every_condition_is_entitled():
    came = ask()
    assert list(came) == ["outcome", "conditions", "benefit", "missing"]
    assert came["outcome"] == "entitled"
    assert came["conditions"][0] == {
        "id": "age",
        "met": True,
        "sentence": "年满60周岁",
        "article": "问2",
        "source": "001",
    }
    assert [condition["met"] for condition in came["conditions"]] == [True] * 6
    assert came["missing"] == []


def test_the_benefit_lists_the_categories_that_can_be_chosen_with_ratio_and_cap():
    assert ask()["benefit"] == {
        "unit": "fen",
        "categories": [
            {"category": "institution_long", "ratio": "2/5", "cap_fen": 80000},
            {"category": "institution_short", "ratio": "2/5", "cap_fen": 80000},
            {"category": "home", "ratio": "1/2", "cap_fen": 80000},
        ],
    }


def test_day_care_is_among_them_where_the_place_has_set_it():
    chosen = {each["category"]: each["ratio"] for each in ask(place="330602")["benefit"]["categories"]}
    assert chosen["day_care"] == "1/2"


def test_sentences_come_in_english_too():
    assert ask(language="en")["conditions"][0]["sentence"] == "is 60 or older"


@pytest.mark.parametrize(
    ("fact", "value"),
    [
        ("age", 59),
        ("resident", False),
        ("disability_level", 1),
        ("disability_level", 0),
        ("in_tekun_support", True),
        ("in_concentrated_care", True),
        ("in_improvement_action", True),
    ],
)
def test_one_condition_not_met_is_enough_for_no(fact: str, value: Any):
    came = ask(**{fact: value})
    assert came["outcome"] == "not_entitled"
    assert "benefit" not in came
    assert [condition["met"] for condition in came["conditions"]].count(False) == 1


@pytest.mark.parametrize("value", [None, ...])
@pytest.mark.parametrize("fact", list(FACTS))
def test_a_fact_left_out_or_null_is_unknown_and_asked_for(fact: str, value: Any):
    came = ask(**{fact: value})
    assert (came["outcome"], came["missing"]) == ("unknown", [fact])
    assert "benefit" not in came


def test_what_is_missing_is_listed_even_when_the_answer_is_no():
    came = ask(age=50, resident=None, disability_level=None)
    assert (came["outcome"], came["missing"]) == ("not_entitled", ["resident", "disability_level"])


@pytest.mark.parametrize(("age", "outcome"), [(59, "not_entitled"), (60, "entitled"), (105, "entitled")])
def test_sixty_counts(age: int, outcome: str):
    assert ask(age=age)["outcome"] == outcome


@pytest.mark.parametrize("place", ["440106", "650000", "330702", "350102"])
@pytest.mark.parametrize("level", [2, 3, 4])
def test_every_level_from_moderate_on_is_enough(place: str, level: int):
    assert ask(place=place, disability_level=level)["outcome"] == "entitled"


def test_the_pilot_asks_the_same_conditions():
    came = ask(place="330702", on="2025-10-01")
    assert came["outcome"] == "entitled"
    assert {each["ratio"] for each in came["benefit"]["categories"]} == {"2/5"}
    assert [each["cap_fen"] for each in came["benefit"]["categories"]] == [80000, 80000, 80000, 50000]


def test_xinjiang_names_the_region_s_own_action():
    sentence = ask(place="653101")["conditions"][-1]["sentence"]
    assert "自治区" in sentence


def test_markit_county_asks_one_thing_more():
    assert ask(place="653127", in_home_visit_project=False)["outcome"] == "entitled"
    assert ask(place="653127", in_home_visit_project=True)["outcome"] == "not_entitled"
    assert ask(place="653127")["missing"] == ["in_home_visit_project"]


def test_a_known_fact_that_the_place_does_not_ask_about_changes_nothing():
    assert ask(in_home_visit_project=True)["outcome"] == "entitled"


@pytest.mark.parametrize(
    ("facts", "code", "field"),
    [
        ({"height": 170}, "fact.unknown", "facts.height"),
        ({"age": "72"}, "fact.type", "facts.age"),
        ({"age": 72.0}, "fact.type", "facts.age"),
        ({"age": True}, "fact.type", "facts.age"),
        ({"age": -1}, "fact.type", "facts.age"),
        ({"resident": 1}, "fact.type", "facts.resident"),
        ({"resident": "yes"}, "fact.type", "facts.resident"),
        ({"disability_level": 5}, "fact.type", "facts.disability_level"),
    ],
)
def test_facts_outside_the_vocabulary_or_of_a_wrong_type_are_refused(facts: dict[str, Any], code: str, field: str):
    with pytest.raises(Refusal) as caught:
        ask(**facts)
    assert (caught.value.code, caught.value.field) == (code, field)


@pytest.mark.parametrize(
    ("asked", "code"),
    [
        ({"policy": "consumption-voucher", "place": "440106", "on": "2026-03-01"}, "input.missing"),
        ({"policy": "consumption-voucher", "place": "440106", "on": "2026-03-01", "facts": []}, "input.wrong_type"),
        ({"policy": "consumption-voucher", "place": "440106", "on": "2025-03-01", "facts": {}}, "policy.not_in_force"),
        ({"policy": "x", "place": "440106", "on": "2026-03-01", "facts": {}}, "policy.unknown"),
        ({"policy": "consumption-voucher", "facts": {}, "who": 1}, "input.unknown_field"),
        ({"policy": "ltci", "place": "370481", "on": "2026-03-01", "facts": {}}, "policy.no_conditions"),
    ],
)
def test_bad_questions_are_refused(asked: dict[str, Any], code: str):
    with pytest.raises(Refusal) as caught:
        answer(asked)
    assert caught.value.code == code


def test_the_assessment_voucher_depends_on_the_result_and_on_entitlement():
    asked = {"policy": "assessment-voucher", "place": "440106", "on": "2026-03-01"}
    assert answer(asked | {"facts": {"disability_level": 2}})["missing"] == ["entitled_to_consumption_voucher"]
    came = answer(asked | {"facts": {"disability_level": 2, "entitled_to_consumption_voucher": True}})
    assert came["benefit"]["categories"] == [{"category": "assessment", "ratio": "1/1", "cap_fen": 10000}]
