import pytest

from songhe.assessment.consistency import inconsistencies
from songhe.assessment.scale import find

SCALE = find("gbt-42195-2022")
FULL = {item.code: item.maximum for item in SCALE.items}
LOST = dict.fromkeys(["B.3.1", "B.3.2", "B.3.3", "B.3.4"], 1)


def found(information, **scores):
    given = FULL | {code.replace("_", "."): score for code, score in scores.items()}
    return [warning.code for warning in inconsistencies(scores=given, information=information)]


def test_answers_that_agree_give_no_warning():
    assert found({}) == []
    assert found({"A.5.4": ["none"], "A.5.8": ["none"], "A.5.11": "absent", "A.4.1": []}) == []


def test_someone_fed_by_a_tube_does_not_eat():
    assert found({"A.5.4": ["gastric_tube"]}, B_1_1=1) == ["assessment.tube_fed_but_eats"]
    assert found({"A.5.4": ["gastric_tube"]}, B_1_1=0) == []


def test_someone_with_a_catheter_has_no_bladder_control():
    assert found({"A.5.4": ["dialysis", "urinary_catheter"]}, B_1_6=2) == ["assessment.catheter_but_controls"]
    assert found({"A.5.4": ["dialysis", "urinary_catheter"]}, B_1_6=0) == []


def test_someone_in_a_coma_is_not_awake():
    assert found({"A.5.11": "present"}, B_3_9=1) == ["assessment.coma_but_conscious"]
    assert found({"A.5.11": "present"}, B_3_9=0) == []


def test_someone_lost_in_time_place_people_and_memory_may_have_an_undiagnosed_dementia():
    lost = {code.replace(".", "_"): score for code, score in LOST.items()}
    assert found({"A.4.1": ["diabetes"]}, **lost) == ["assessment.disoriented_without_diagnosis"]
    assert found({"A.4.1": []}, **lost) == ["assessment.disoriented_without_diagnosis"]
    assert found({"A.4.1": ["dementia"]}, **lost) == []
    assert found({"A.4.1": []}, **(lost | {"B_3_3": 2})) == []
    assert found({}, **lost) == []


@pytest.mark.parametrize(("eating", "expected"), [(4, 1), (3, 1), (2, 0), (1, 0), (0, 0)])
def test_someone_who_chokes_does_not_eat_without_choking(eating, expected):
    assert found({"A.5.8": ["choking"]}, B_1_1=eating) == ["assessment.chokes_but_eats_without"] * expected


def test_warnings_come_together_and_name_where_to_look():
    information = {
        "A.5.4": ["gastric_tube", "urinary_catheter"],
        "A.5.8": ["choking"],
        "A.5.11": "present",
        "A.4.1": [],
    }
    warnings = inconsistencies(scores=FULL | LOST, information=information)
    assert [warning.field for warning in warnings] == ["B.1.1", "B.1.6", "B.3.9", "A.4.1", "B.1.1"]
    for warning in warnings:
        assert warning.message("zh")
        assert warning.message("en")


def test_without_scores_there_is_nothing_to_contradict():
    assert inconsistencies(scores=None, information={"A.5.11": "present"}) == []


def test_the_options_that_are_looked_for_exist():
    fields = SCALE.information
    assert {"gastric_tube", "urinary_catheter"} <= set(fields["A.5.4"].choices)
    assert "choking" in fields["A.5.8"].choices
    assert "present" in fields["A.5.11"].choices
    assert "dementia" in fields["A.4.1"].choices
