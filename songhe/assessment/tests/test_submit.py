from datetime import date

import pytest

from songhe.assessment import submit
from songhe.assessment.models import Assessment
from songhe.assessment.scale import find
from songhe.assessment.tests import world
from songhe.assessment.tests.test_request import refused
from songhe.assessment.tests.world import at
from songhe.trail.models import Entry

ON = date(2026, 2, 9)
pytestmark = pytest.mark.django_db


def information(**changes):
    """Table A as far as the level depends on it, in the codes of the scale that is shipped."""
    scale = find("gbt-42195-2022")
    filled = {}
    for each in scale.circumstances:
        for code in [kind.field for kind in each.kinds] or [each.field]:
            field = scale.information[code]
            harmless = next(choice for choice in field.choices.values() if choice.code != each.option)
            filled[code] = [harmless.code] if field.type == "many" else harmless.code
    return filled | changes


def test_the_level_is_found_from_the_answers_alone():
    found = world.submitted(world.elder(), scores=world.MODERATE)
    assert (found.state, found.subtotals, found.total) == ("submitted", [22, 10, 23, 10], 65)
    assert (found.initial_level, found.final_level) == (2, 2)
    assert found.answers["scores"]["B.2.4"] == 2
    assert [each["assessor"] for each in found.signatures] == [found.first_assessor_id, found.second_assessor_id]
    assert found.scale_version


@pytest.mark.parametrize("name", ["total", "final_level", "level", "subtotals", "reasons"])
def test_a_score_from_a_form_is_refused(name):
    assigned = world.assigned(world.elder())
    with_score = {"answers": {name: 90}}
    assert refused("scored_here", world.hand_in, assigned, on=ON, **with_score).field == name
    assert Assessment.rows.get().state == "assigned"


def test_coma_settles_the_level_without_scores():
    found = world.hand_in(world.assigned(world.elder()), on=ON, scores=None, answers={"coma": True})
    assert (found.final_level, found.total, found.answers["scores"]) == (4, None, None)
    assert found.reasons == ["coma"]


def test_table_a_says_what_worsens_the_level():
    elder = world.elder()
    fields = information(**{"A.4.1": ["dementia"]})
    found = world.hand_in(world.assigned(elder), on=ON, information=fields)
    assert (found.initial_level, found.final_level, found.reasons) == (2, 3, ["dementia"])
    assert found.information == fields


def test_answers_that_contradict_table_a_are_refused():
    assigned = world.assigned(world.elder())
    refused(
        "contradicts_information",
        world.hand_in,
        assigned,
        on=ON,
        answers={"dementia": True},
        information=information(),
    )


def test_warnings_are_kept_and_stop_nothing():
    fields = information(**{"A.5.4": ["gastric_tube"]})
    found = world.hand_in(world.assigned(world.elder()), on=ON, information=fields)
    assert [each["code"] for each in found.warnings] == ["assessment.tube_fed_but_eats"]
    entry = Entry.objects.get(act="assessment.submit")
    assert entry.detail == {"level": 2, "warnings": ["assessment.tube_fed_but_eats"]}


def test_both_must_sign():
    assigned = world.assigned(world.elder())
    first = assigned.first_assessor_id
    for signatures in ([], [first], [first, first], [first, assigned.second_assessor_id, first + 100]):
        given = {"assessment": assigned, "answers": {"scores": world.MODERATE}, "assessed_on": ON, "by": "x"}
        refused("two_signatures", submit.submit, signatures=signatures, at=at(ON), on=ON, **given)


def test_the_day_lies_between_request_and_today():
    assigned = world.assigned(world.elder(), on=ON)
    refused("in_the_future", world.hand_in, assigned, on=ON, assessed_on=date(2026, 2, 10))
    refused("before_request", world.hand_in, assigned, on=ON, assessed_on=date(2026, 2, 8))


def test_nobody_is_assessed_after_death():
    elder = world.elder()
    assigned = world.assigned(elder, on=ON)
    elder.died_on = date(2026, 2, 11)
    elder.save()
    later = date(2026, 2, 20)
    refused("after_death", world.hand_in, assigned, on=later, assessed_on=date(2026, 2, 12))
    assert world.hand_in(assigned, on=later, assessed_on=date(2026, 2, 11)).state == "submitted"


def test_whoever_left_the_body_before_the_day_cannot_sign():
    assigned = world.assigned(world.elder(), on=ON)
    assigned.second_assessor.valid_to = ON
    assigned.second_assessor.save()
    refused("not_an_assessor", world.hand_in, assigned, on=date(2026, 2, 10))


def test_bad_answers_write_nothing():
    assigned = world.assigned(world.elder())
    refused("score_out_of_range", world.hand_in, assigned, on=ON, scores="44444444 4444 444444112 22434")
    refused("wrong_count", world.hand_in, assigned, on=ON, scores="4444")
    found = Assessment.rows.get()
    assert (found.state, found.answers, found.final_level) == ("assigned", None, None)


def test_what_nobody_was_assigned_to_is_not_submitted():
    asked = world.requested(world.elder())
    asked.first_assessor = world.assessor(asked.body)
    asked.second_assessor = world.assessor(asked.body)
    refused("wrong_state", world.hand_in, asked, on=ON)
