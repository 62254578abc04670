from datetime import date

import pytest

from songhe.assessment import draft
from songhe.assessment.models import Draft
from songhe.assessment.tests import paper, world
from songhe.assessment.tests.paper import ON
from songhe.assessment.tests.test_request import refused
from songhe.assessment.tests.world import at
from songhe.trail.models import Entry

pytestmark = pytest.mark.django_db


def keep(found, base, by=None, **changes):
    codes = {code.replace("_", ".") if code[1] == "_" else code: value for code, value in changes.items()}
    by = by or found.first_assessor.account
    return draft.save(assessment=found, changes=codes, base=base, at=at(ON, 10), by=by)


def test_the_second_who_begins_finds_the_form_that_there_is():
    found, held = paper.begun()
    again = draft.begin(assessment=found, at=at(ON, 10), on=ON, by=found.second_assessor.account)
    assert (again.id, again.began_by, again.visited_on) == (held.id, found.first_assessor.account, ON)
    assert Entry.objects.filter(act="assessment.begin").count() == 1


def test_an_offline_device_says_on_which_day_the_visit_was_if_that_can_be():
    for said, kept in (
        (date(2026, 2, 10), date(2026, 2, 10)),
        (date(2026, 2, 1), date(2026, 2, 12)),
        (date(2026, 2, 14), date(2026, 2, 12)),
    ):
        found = world.assigned(world.elder())
        by = found.first_assessor.account
        day = date(2026, 2, 12)
        held = draft.begin(assessment=found, at=at(day), on=day, by=by, began_by_device=at(said))
        assert held.visited_on == kept


def test_nobody_but_the_two_may_begin_or_fill_in():
    found, held = paper.begun()
    with pytest.raises(Exception, match="not_named"):
        draft.begin(assessment=found, at=at(ON), on=ON, by="somebody")
    assert refused("not_named", keep, found, held.version, by="somebody", B_1_1=4)


def test_a_form_that_nobody_began_is_not_filled_in():
    assert refused("not_begun", keep, world.assigned(world.elder()), 1)


def test_a_form_that_was_handed_in_is_closed():
    found = world.submitted(world.elder())
    with pytest.raises(Exception, match="wrong_state"):
        draft.begin(assessment=found, at=at(ON), on=ON, by=found.first_assessor.account)


def test_what_is_saved_is_kept_and_may_be_emptied():
    found, held = paper.begun()
    held, _ = keep(found, held.version, B_1_1=4, A_2_4=165, care_notes=" 夜间 起床 要人扶 ")
    assert (held.scores, held.information, held.care_notes) == ({"B.1.1": 4}, {"A.2.4": 165}, "夜间 起床 要人扶")
    held, _ = keep(found, held.version, B_1_1=None)
    assert (held.scores, held.version) == ({}, 3)


def test_two_devices_are_merged_field_by_field():
    found, held = paper.begun()
    keep(found, held.version, B_1_1=4)
    held, conflicts = keep(found, held.version, by=found.second_assessor.account, B_1_2=3)
    assert (held.scores, conflicts) == ({"B.1.1": 4, "B.1.2": 3}, [])


def test_a_field_changed_on_both_devices_is_told_and_not_overwritten():
    found, held = paper.begun()
    keep(found, held.version, B_1_1=4)
    kept, conflicts = keep(found, held.version, B_1_1=2, B_1_3=1)
    assert conflicts == [draft.Conflict("B.1.1", 4, 2)]
    assert kept.scores == {"B.1.1": 4, "B.1.3": 1}
    assert keep(found, held.version, B_1_1=4)[1] == [], "the same answer twice is no conflict"


@pytest.mark.parametrize(
    ("code", "value", "reason"),
    [
        ("B.2.4", 4, "score_out_of_range"),
        ("B.3.7", 2, "score_out_of_range"),
        ("B.9.9", 1, "unknown_item"),
        ("A.9.9", "x", "unknown_information"),
        ("A.2.9", "doctor", "unknown_option"),
        ("A.5.4", ["none", "dialysis"], "option_stands_alone"),
        ("A.2.4", 0, "number_out_of_range"),
        ("A.3.1", "长" * 201, "text_too_long"),
        ("care_notes", "长" * 1001, "text_too_long"),
    ],
)
def test_what_cannot_be_is_refused_and_nothing_is_kept(code, value, reason):
    found, held = paper.begun()
    by = found.first_assessor.account
    changes = {"B.1.1": 4, code: value}
    assert refused(reason, draft.save, assessment=found, changes=changes, base=held.version, at=at(ON), by=by)
    assert Draft.rows.get().scores == {}


@pytest.mark.parametrize("value", [True, 1.5, "3"])
def test_only_whole_numbers_are_scores(value):
    found, held = paper.begun()
    with pytest.raises(Exception, match="not_an_integer"):
        keep(found, held.version, B_1_1=value)


def test_medicines_are_rows_and_empty_rows_fall_away():
    found, held = paper.begun()
    row = {"name": "氨氯地平", "route": "口服", "dose": "5mg", "frequency": "每日一次"}
    held, _ = keep(found, held.version, A_4_2=[row, {"name": " "}])
    assert held.information["A.4.2"] == [row]
    with pytest.raises(Exception, match="wrong_type"):
        keep(found, held.version, A_4_2="氨氯地平")


def test_no_disease_at_all_is_an_answer():
    found, held = paper.begun()
    held, _ = keep(found, held.version, A_4_1=[], A_5_4=[])
    assert held.information == {"A.4.1": []}, "where an option says “none”, it must be chosen"


def test_the_level_is_there_only_when_nothing_is_missing():
    found, held = paper.filled()
    held, _ = keep(found, held.version, B_4_5=None)
    standing = draft.standing(found, held)
    assert (standing.missing, standing.result) == (("B.4.5",), None)
    held, _ = keep(found, held.version, B_4_5=2)
    assert draft.standing(found, held).result.final_level == 2


def test_a_coma_needs_no_scores():
    found, held = paper.begun()
    fields = {**paper.information(), "A.5.11": "present", "B.1.1": 2}
    by = found.first_assessor.account
    held, _ = draft.save(assessment=found, changes=fields, base=held.version, at=at(ON), by=by)
    standing = draft.standing(found, held)
    assert standing.complete
    assert (standing.result.final_level, standing.result.reasons) == (4, ("coma",))


def test_what_seems_odd_is_said_while_the_form_is_filled_in():
    found, held = paper.begun()
    held, _ = keep(found, held.version, A_5_4=["gastric_tube"], B_1_1=3)
    assert [each.code for each in draft.standing(found, held).warnings] == ["assessment.tube_fed_but_eats"]


def test_a_finished_step_stands_in_the_trail_and_saves_in_between_do_not():
    found, held = paper.filled()
    assert not Entry.objects.filter(act="assessment.fill").exists()
    draft.save(
        assessment=found, changes={}, base=held.version, at=at(ON), by=found.first_assessor.account, finished=True
    )
    assert Entry.objects.get(act="assessment.fill").detail == {"version": held.version}


def test_what_is_signed_names_every_field():
    found, held = paper.filled()
    before = draft.content(found, held)
    held.scores["B.1.1"] -= 1
    assert draft.content(found, held) != before


def test_a_place_needs_consent():
    found, _ = paper.begun()
    place = {"longitude": 119.4, "latitude": 36.9, "accuracy": 12.0, "at": at(ON)}
    by = found.first_assessor.account
    assert refused("no_consent", draft.locate, assessment=found, with_consent_of=" ", by=by, **place)
    nowhere = place | {"latitude": 91}
    assert refused("not_on_earth", draft.locate, assessment=found, with_consent_of="self", by=by, **nowhere)
    kept = draft.locate(assessment=found, with_consent_of="self", by=by, **place)
    assert (kept.longitude, kept.latitude, kept.located_with_consent_of) == (119.4, 36.9, "self")
