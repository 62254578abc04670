from datetime import date

import pytest
from django.db import DatabaseError, transaction

from songhe.assessment import draft, request, review, sign
from songhe.assessment.models import Assessment, Signature
from songhe.assessment.tests import paper, world
from songhe.assessment.tests.paper import ON, signs
from songhe.assessment.tests.test_request import refused
from songhe.assessment.tests.world import at
from songhe.document.file import read_file
from songhe.trail.models import Entry

pytestmark = pytest.mark.django_db


def test_with_the_second_signature_the_form_is_handed_in():
    found, held = paper.filled(care_notes="夜里要人看着")
    first = signs(found, held, found.first_assessor, drawing=paper.drawn())
    assert (first.handed_in, Assessment.rows.get().state) == (False, "assigned")
    second = signs(found, held, found.second_assessor)
    assert (second.handed_in, second.assessment.state) == (True, "submitted")
    assert (second.assessment.final_level, second.assessment.assessed_on) == (2, ON)
    assert second.assessment.information == held.information
    kept = sign.signatures(found, held)
    assert read_file(kept[found.first_assessor_id].drawing).startswith(b"\x89PNG")
    assert kept[found.second_assessor_id].typed == found.second_assessor.name
    assert Entry.objects.filter(act="assessment.sign").count() == 2


def test_the_second_may_sign_first():
    found, held = paper.filled()
    signs(found, held, found.second_assessor)
    assert signs(found, held, found.first_assessor).handed_in


def test_one_assessor_does_not_sign_twice_nor_for_the_other():
    found, held = paper.filled()
    signs(found, held, found.first_assessor)
    assert refused("already_signed", signs, found, held, found.first_assessor)
    assert refused("typed_name_differs", signs, found, held, found.second_assessor, typed=found.first_assessor.name)
    assert refused("not_named", signs, found, held, world.assessor(found.body))


def test_a_form_that_lacks_something_is_not_signed():
    found, held = paper.begun()
    refusal = refused("not_complete", signs, found, held, found.first_assessor)
    assert refusal.values["count"] == 26 + 7


def test_nobody_signs_what_they_have_not_seen():
    found, held = paper.filled()
    seen = draft.content(found, held)
    draft.save(assessment=found, changes={"B.1.1": 0}, base=held.version, at=at(ON), by=found.second_assessor.account)
    assert refused("changed_since_seen", signs, found, held, found.first_assessor, seen=seen)


def test_a_change_after_the_first_signature_undoes_it():
    found, held = paper.filled()
    signs(found, held, found.first_assessor)
    held, _ = draft.save(
        assessment=found, changes={"B.1.1": 0}, base=held.version, at=at(ON), by=found.second_assessor.account
    )
    assert not signs(found, held, found.second_assessor).handed_in
    assert signs(found, held, found.first_assessor).handed_in


@pytest.mark.parametrize("way", [{"typed": " "}, {"typed": "张三", "drawing": b"x"}])
def test_a_signature_is_drawn_or_typed(way):
    found, held = paper.filled()
    assert refused("sign_one_way", signs, found, held, found.first_assessor, **way)


def test_the_second_may_see_it_differently_and_then_both_sign_again():
    found, held = paper.filled()
    signs(found, held, found.first_assessor)
    remarks = [{"code": "B.1.3", "score": 1, "because": "擦干要人帮"}]
    held = sign.differ(assessment=found, items=remarks, at=at(ON), by=found.second_assessor.account)
    assert [(one["code"], one["score"], one["because"]) for one in held.remarks] == [("B.1.3", 1, "擦干要人帮")]
    assert sign.signatures(found, held) == {}
    held, _ = draft.save(
        assessment=found, changes={"B.1.3": 1}, base=held.version, at=at(ON), by=found.first_assessor.account
    )
    signs(found, held, found.first_assessor)
    assert signs(found, held, found.second_assessor).handed_in
    held.refresh_from_db()
    assert held.remarks == []


def test_who_differs_says_where_and_why():
    found, _ = paper.filled()
    by = found.second_assessor.account
    assert refused("nothing_differs", sign.differ, assessment=found, items=[], at=at(ON), by=by)
    with pytest.raises(Exception, match=r"input\.missing"):
        sign.differ(assessment=found, items=[{"code": "B.1.3"}], at=at(ON), by=by)
    with pytest.raises(Exception, match="unknown_item"):
        sign.differ(assessment=found, items=[{"code": "B.9.9", "because": "x"}], at=at(ON), by=by)


def test_what_the_county_sends_back_is_signed_anew():
    found, held = paper.filled()
    signs(found, held, found.first_assessor)
    signs(found, held, found.second_assessor)
    review.send_back(assessment=found, because="请核对洗澡一项", at=at(ON), by="clerk")
    held.refresh_from_db()
    found.refresh_from_db()
    assert (found.state, held.turn, sign.signatures(found, held)) == ("assigned", 1, {})
    signs(found, held, found.first_assessor)
    assert signs(found, held, found.second_assessor).handed_in


def test_an_assessor_whose_qualification_ran_out_cannot_hand_in():
    found, held = paper.filled()
    signs(found, held, found.first_assessor)
    type(found.second_assessor).objects.filter(pk=found.second_assessor_id).update(valid_to=date(2026, 2, 1))
    assert refused("not_an_assessor", signs, found, held, found.second_assessor)
    assert Signature.rows.count() == 1


def test_a_signature_is_never_changed():
    found, held = paper.filled()
    signs(found, held, found.first_assessor)
    with pytest.raises(DatabaseError), transaction.atomic():
        Signature.rows.filter(county=found.county).update(typed="李四")


def test_a_time_is_agreed_when_the_two_are_named():
    asked = world.requested(world.elder())
    named = {"first": world.assessor(asked.body), "second": world.assessor(asked.body), "serving": (), "by": "manager"}
    when = at(date(2026, 2, 11), 14)
    assert request.assign(assessment=asked, at=at(ON), on=ON, scheduled_at=when, **named).scheduled_at == when
    assert request.assign(assessment=asked, at=at(ON), on=ON, **named).scheduled_at == when
    past = at(date(2026, 2, 8))
    assert refused(
        "scheduled_in_the_past", request.assign, assessment=asked, at=at(ON), on=ON, scheduled_at=past, **named
    )
