import pytest
from hypothesis import given
from hypothesis import strategies as st

from songhe.assessment.scale import cases, find
from songhe.assessment.score import check_information, circumstances, score, self_rate
from songhe.kernel.refusal import Refusal

NATIONAL, INSURANCE = "gbt-42195-2022", "ltci-2021"
FULL = "44444444 4443 444444112 22434"
CASES = [case for standard in (NATIONAL, INSURANCE) for case in cases(standard)]

MOST = [4] * 11 + [3] + [4] * 6 + [1, 1, 2] + [2, 2, 4, 3, 4]
ADL = [(0, 5, 10), (0, 5, 10), (0, 5), (0, 5, 10), (0, 5, 10), (0, 5, 10), (0, 5, 10, 15), (0, 5, 10, 15),
       (0, 5, 10), (0, 5)]  # fmt: skip
SCORES = st.tuples(*(st.integers(0, most) for most in MOST)).map(list)
KINDS = ["fall", "wandering", "choking", "self_harm", "other"]
EVENTS = st.dictionaries(st.sampled_from(KINDS), st.integers(0, 3))
FLAGS = st.fixed_dictionaries(
    {"coma": st.booleans(), "dementia": st.booleans(), "mental_disorder": st.booleans(), "events": EVENTS}
)


def national(scores=FULL, **more):
    return {"standard": NATIONAL, "scores": scores, **more}


def insurance(adl=(10, 10, 5, 10, 10, 10, 15, 15, 10, 5), cognition=(4, 4, 4, 4), perception=(4, 4, 4), **more):
    scores = {"adl": list(adl), "cognition": list(cognition), "perception": list(perception)}
    return {"standard": INSURANCE, **scores, **more}


def refused(answers):
    with pytest.raises(Refusal) as refusal:
        score(answers)
    assert refusal.value.message("zh")
    assert refusal.value.message("en")
    return refusal.value.code, refusal.value.field


def oracle(values, coma, dementia, mental_disorder, events):
    """The national rule once more, written from its table without the scale."""
    parts = [sum(values[:8]), sum(values[8:12]), sum(values[12:21]), sum(values[21:])]
    total = sum(parts)
    initial = 0 if total > 89 else 1 if total > 65 else 2 if total > 45 else 3 if total > 29 else 4
    listed = ["coma"] * coma + ["dementia"] * dementia + ["mental_disorder"] * mental_disorder
    listed += ["care_risk_events"] * (sum(events.values()) > 1)
    if coma:
        final = 4
    elif listed and initial < 4:
        final = initial + 1
    else:
        final = initial
    return parts, total, initial, final, listed


def insurance_oracle(adl, cognition, perception):
    table = ["0011", "1112", "2223", "3345"]
    grades = [
        next(grade for grade, least in enumerate([100, 65, 45, 0]) if sum(adl) >= least),
        next(grade for grade, least in enumerate([16, 4, 2, 0]) if sum(cognition) >= least),
        next(grade for grade, least in enumerate([12, 4, 2, 0]) if sum(perception) >= least),
    ]
    return grades, int(table[grades[0]][max(grades[1], grades[2])])


@pytest.mark.parametrize("case", CASES, ids=[f"{case['in']['standard']} {case['name']}" for case in CASES])
def test_the_worked_cases_hold(case):
    if "error" in case:
        assert refused(case["in"]) == (case["error"]["code"], case["error"]["field"])
    else:
        answer = score(case["in"]).as_dict()
        assert {name: answer[name] for name in case["out"]} == case["out"]


def test_the_answer_has_exactly_the_agreed_fields_in_order():
    assert list(score(national(events={"fall": 1, "choking": 1})).as_dict().items()) == [
        ("standard", NATIONAL),
        ("subtotals", [32, 15, 28, 15]),
        ("total", 90),
        ("initial_level", 0),
        ("final_level", 1),
        ("level_name", "能力轻度受损（轻度失能）"),
        ("reasons", ["care_risk_events"]),
    ]
    assert list(score(insurance()).as_dict().items()) == [
        ("standard", INSURANCE),
        ("subtotals", [100, 16, 12]),
        ("grades", [0, 0, 0]),
        ("final_level", 0),
        ("level_name", "基本正常"),
        ("verified", False),
    ]


@given(SCORES, FLAGS)
def test_every_assessment_agrees_with_the_rule_written_out(values, flags):
    result = score(national(values, **flags))
    found = (list(result.subtotals), result.total, result.initial_level, result.final_level, list(result.reasons))
    assert found == oracle(values, **flags)


@given(st.tuples(*map(st.sampled_from, ADL)), *(st.lists(st.integers(0, 4), min_size=n, max_size=n) for n in (4, 3)))
def test_every_insurance_assessment_agrees_with_the_table_written_out(adl, cognition, perception):
    result = score(insurance(adl, cognition, perception))
    assert (list(result.grades), result.final_level) == insurance_oracle(adl, cognition, perception)


@given(SCORES, st.integers(0, 25), FLAGS)
def test_a_better_score_never_gives_a_worse_level(values, place, flags):
    if values[place] < MOST[place]:
        better = [value + (index == place) for index, value in enumerate(values)]
        one, other = score(national(values, **flags)), score(national(better, **flags))
        assert other.final_level <= one.final_level
        assert other.initial_level <= one.initial_level


@given(SCORES, FLAGS)
def test_reasons_worsen_the_level_once_and_never_beyond_the_last(values, flags):
    result = score(national(values, **(flags | {"coma": False})))
    assert result.final_level - result.initial_level == (1 if result.reasons and result.initial_level < 4 else 0)


@given(SCORES, FLAGS)
def test_coma_is_complete_disability_whatever_the_score(values, flags):
    assert score(national(values, **(flags | {"coma": True}))).final_level == 4


def test_stupor_is_not_coma():
    result = score(national("44444444 4443 444444110 22434"))
    assert (result.total, result.final_level, result.reasons) == (88, 1, ())


@given(SCORES)
def test_digits_a_list_and_an_object_mean_the_same(values):
    codes = [item.code for item in find(NATIONAL).items]
    as_object = dict(reversed(list(zip(codes, values, strict=True))))
    as_digits = "".join(map(str, values))
    assert score(national(values)) == score(national(as_object)) == score(national(as_digits))


def test_spaces_and_full_width_digits_are_read():
    assert score(national(" ４４４４４４４４ 4443\t444444112　22434 ")).total == 90


def test_coma_needs_no_scores():
    for answers in ({"standard": NATIONAL, "coma": True}, national(None, coma=True)):
        answer = score(answers).as_dict()
        assert (answer["subtotals"], answer["total"], answer["initial_level"]) == (None, None, None)
        assert (answer["final_level"], answer["level_name"], answer["reasons"]) == (
            4,
            "能力完全丧失（完全失能）",
            ["coma"],
        )


@pytest.mark.parametrize(
    ("scores", "code", "field"),
    [
        ("", "assessment.wrong_count", "scores"),
        (FULL[:-1], "assessment.wrong_count", "scores"),
        (FULL + "4", "assessment.wrong_count", "scores"),
        ([4] * 25, "assessment.wrong_count", "scores"),
        ([], "assessment.wrong_count", "scores"),
        ("5" + FULL[1:], "assessment.score_out_of_range", "B.1.1"),
        ([-1, *MOST[1:]], "assessment.score_out_of_range", "B.1.1"),
        ([10**30, *MOST[1:]], "assessment.score_out_of_range", "B.1.1"),
        ([*MOST[:18], 2, *MOST[19:]], "assessment.score_out_of_range", "B.3.7"),
        ([*MOST[:19], 2, *MOST[20:]], "assessment.score_out_of_range", "B.3.8"),
        ([*MOST[:22], 3, *MOST[23:]], "assessment.score_out_of_range", "B.4.2"),
        ([True, *MOST[1:]], "input.not_an_integer", "B.1.1"),
        ([False, *MOST[1:]], "input.not_an_integer", "B.1.1"),
        ([3.5, *MOST[1:]], "input.not_an_integer", "B.1.1"),
        ([4.0, *MOST[1:]], "input.not_an_integer", "B.1.1"),
        (["4", *MOST[1:]], "input.not_an_integer", "B.1.1"),
        ([[4], *MOST[1:]], "input.not_an_integer", "B.1.1"),
        ([None, *MOST[1:]], "assessment.missing_item", "B.1.1"),
        ("x" + FULL[1:], "input.not_an_integer", "B.1.1"),
        ("²" + FULL[1:], "input.not_an_integer", "B.1.1"),
        ("-" + FULL[1:], "input.not_an_integer", "B.1.1"),
        ({}, "assessment.missing_item", "B.1.1"),
        ({"B.1.1": 4}, "assessment.missing_item", "B.1.2"),
        ({"B.9.9": 4}, "assessment.unknown_item", "B.9.9"),
        (90, "input.wrong_type", "scores"),
        (True, "input.wrong_type", "scores"),
    ],
)
@pytest.mark.parametrize("coma", [False, True])
def test_scores_that_are_given_are_checked_even_in_a_coma(scores, code, field, coma):
    assert refused(national(scores, coma=coma)) == (code, field)


def test_without_a_coma_scores_are_needed():
    assert refused({"standard": NATIONAL, "dementia": True}) == ("input.missing", "scores")
    assert refused(national(None)) == ("input.missing", "scores")
    assert refused({"standard": NATIONAL, "coma": False}) == ("input.missing", "scores")


@pytest.mark.parametrize(
    ("more", "code", "field"),
    [
        ({"coma": 1}, "input.wrong_type", "coma"),
        ({"dementia": "no"}, "input.wrong_type", "dementia"),
        ({"mental_disorder": None}, "input.wrong_type", "mental_disorder"),
        ({"events": None}, "input.wrong_type", "events"),
        ({"events": [1]}, "input.wrong_type", "events"),
        ({"events": 2}, "input.wrong_type", "events"),
        ({"events": {"falls": 1}}, "assessment.unknown_event", "events.falls"),
        ({"events": {"fall": -1}}, "input.too_small", "events.fall"),
        ({"events": {"fall": True}}, "input.not_an_integer", "events.fall"),
        ({"events": {"fall": 1.5}}, "input.not_an_integer", "events.fall"),
        ({"events": {"fall": "2"}}, "input.not_an_integer", "events.fall"),
        ({"events": {"fall": None}}, "input.missing", "events.fall"),
        ({"comma": True}, "input.unknown_field", "comma"),
        ({"adl": []}, "input.unknown_field", "adl"),
    ],
)
def test_what_the_national_scale_does_not_know_is_refused(more, code, field):
    assert refused(national(**more)) == (code, field)


@pytest.mark.parametrize(
    ("answers", "code", "field"),
    [
        (insurance(adl=[10] * 9), "assessment.wrong_count", "adl"),
        (insurance(cognition=[4] * 5), "assessment.wrong_count", "cognition"),
        (insurance(perception=[]), "assessment.wrong_count", "perception"),
        (insurance(adl=[7, 10, 5, 10, 10, 10, 15, 15, 10, 5]), "assessment.score_out_of_range", "adl.1"),
        (insurance(cognition=[4, 4, 4, True]), "input.not_an_integer", "cognition.4"),
        (insurance(perception=[4, 4, 3.5]), "input.not_an_integer", "perception.3"),
        (insurance() | {"cognition": "4444"}, "input.wrong_type", "cognition"),
        (insurance() | {"adl": None}, "input.missing", "adl"),
        ({"standard": INSURANCE}, "input.missing", "adl"),
        (insurance(coma=True), "input.unknown_field", "coma"),
        (insurance(scores=FULL), "input.unknown_field", "scores"),
    ],
)
def test_what_the_insurance_scale_does_not_know_is_refused(answers, code, field):
    assert refused(answers) == (code, field)


def test_the_former_standard_is_not_scored():
    assert refused({"standard": "mzt-039-2013", "scores": FULL}) == ("assessment.not_scored", "standard")


def test_a_standard_must_be_named():
    assert refused({"scores": FULL}) == ("input.missing", "standard")
    assert refused({"standard": "barthel"}) == ("assessment.unknown_standard", "standard")


QUIET = {f"A.2.14.{number}": "none" for number in range(1, 6)} | {"A.4.1": [], "A.5.11": "absent"}


@pytest.mark.parametrize(
    ("information", "expected"),
    [
        ({}, {"coma": False, "dementia": False, "mental_disorder": False, "events": {}}),
        ({"A.5.11": "present"}, {"coma": True, "dementia": False, "mental_disorder": False, "events": {}}),
        (
            {"A.4.1": ["hypertension", "dementia", "mental_disorder"]},
            {"coma": False, "dementia": True, "mental_disorder": True, "events": {}},
        ),
        (
            {"A.2.14.1": "once", "A.2.14.3": "three_or_more"},
            {"coma": False, "dementia": False, "mental_disorder": False, "events": {"fall": 1, "choking": 3}},
        ),
    ],
)
def test_circumstances_are_read_from_the_information(information, expected):
    found = circumstances(find(NATIONAL), QUIET | information)
    assert found == expected
    score(national(**found))


@pytest.mark.parametrize("field", sorted(QUIET))
def test_a_field_on_which_the_level_depends_is_not_taken_for_no(field):
    for information in ({k: v for k, v in QUIET.items() if k != field}, QUIET | {field: None}):
        with pytest.raises(Refusal) as refusal:
            circumstances(find(NATIONAL), information)
        assert (refusal.value.code, refusal.value.field) == ("assessment.missing_information", field)


@pytest.mark.parametrize(
    ("information", "code"),
    [
        ({"A.9.9": "x"}, "assessment.unknown_information"),
        ({"A.5.1": "stage_5"}, "assessment.unknown_option"),
        ({"A.5.4": ["gastric_tube", ["x"]]}, "assessment.unknown_option"),
        ({"A.5.4": "gastric_tube"}, "input.wrong_type"),
        ({"A.5.1": ["none"]}, "input.wrong_type"),
        ({"A.5.4": ["none", "gastric_tube"]}, "assessment.option_stands_alone"),
    ],
)
def test_information_that_the_table_does_not_hold_is_refused(information, code):
    with pytest.raises(Refusal) as refusal:
        check_information(find(NATIONAL), information)
    assert (refusal.value.code, refusal.value.field) == (code, next(iter(information)))
    assert refusal.value.message("en")


def test_information_may_be_incomplete():
    check_information(find(NATIONAL), {"A.2.1": "张三", "A.5.3": ["none"], "A.5.4": [], "A.5.1": None})


@pytest.mark.parametrize(
    ("a", "b", "grade"),
    [
        (0, 0, "A"), (1, 0, "B"), (0, 1, "B"), (0, 2, "B"), (1, 1, "C"), (0, 3, "C"), (2, 0, "D"), (1, 2, "D"),
        (3, 0, "E"), (2, 1, "E"), (2, 2, "E"), (1, 3, "E"), (3, 1, "F"), (3, 2, "F"), (2, 3, "F"), (3, 3, "G"),
    ],
)  # fmt: skip
def test_self_rating_has_a_grade_for_each_count_and_e_to_g_may_apply(a, b, grade):
    dependent = ["eating", "continence", "bathing"][:a] + ["dressing", "toilet", "transfer"][:b]
    result = self_rate(find(INSURANCE), dependent)
    assert (result.grade, result.may_apply) == (grade, grade in "EFG")
    assert self_rate(find(INSURANCE), dependent * 2) == result


def test_self_rating_knows_six_things_and_belongs_to_the_insurance():
    with pytest.raises(Refusal) as refusal:
        self_rate(find(INSURANCE), ["stairs"])
    assert refusal.value.code == "assessment.unknown_item"
    with pytest.raises(Refusal) as refusal:
        self_rate(find(NATIONAL), [])
    assert refusal.value.code == "assessment.no_self_rating"
