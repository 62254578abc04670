"""Two files of one human: side by side, and decided by somebody who wrote in neither."""

from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from songhe.assessment.tests.world import elder
from songhe.doors.staff.tests.conftest import AT, COUNTY, ELSEWHERE
from songhe.doors.staff.tests.reading import form_for, forms, send, text
from songhe.grant.tests.world import entitled
from songhe.jobs.outbox import deliver
from songhe.month import wiring
from songhe.person.duplicate import note_pairs
from songhe.person.models import Duplicate, Person, Provenance
from songhe.trail.models import Entry

PAGE = "/staff/people/duplicates/"


def pair(county=COUNTY):
    """The same woman, registered again before she found her card."""
    first = elder(county=county, name="王秀英")
    second = elder(county=county, name="王秀英", birth_date=first.birth_date)
    Person.rows.filter(county=county, id=second.id).update(identity=None, id_cipher=None, id_last4="", id_kind="none")
    note_pairs(county, [(first, second)], at=AT)
    row = Duplicate.objects.get(county=county, first=min(first.id, second.id))
    return row, first, second


def told(row, kept, **more):
    return {"verdict": "first" if kept.id == row.first_id else "second", "because": "电话核实", **more}


def fresh(person):
    return Person.rows.get(county=person.county, id=person.id)


def test_both_files_stand_side_by_side_with_what_hangs_on_them(approver):
    _, first, _ = pair()
    entitled(person=first)
    page = text(approver.get(PAGE))
    assert page.count("王秀英") >= 3
    assert "等着判断 1 对" in page
    assert f"/staff/people/{first.id}/" in approver.get(PAGE).content.decode()


def test_the_same_human_keeps_one_file_and_nothing_is_lost(approver):
    row, first, second = pair()
    right = entitled(person=first)
    send(approver, PAGE, f"/{row.id}/", **told(row, first))
    assert fresh(second).closed_because == "merged"
    assert fresh(first).closed_on is None
    right.refresh_from_db()
    assert (right.person_id, right.state) == (first.id, "active")
    note = Entry.objects.get(act="person.decide_duplicate")
    assert (note.actor, note.reason, note.detail["outcome"]) == ("approver", "电话核实", "same")
    assert "没有要判断的重复档案" in text(approver.get(PAGE))


def test_different_people_keep_their_files(approver):
    row, first, second = pair()
    send(approver, PAGE, f"/{row.id}/", verdict="different", because="两人见过面")
    assert fresh(first).closed_on is fresh(second).closed_on is None
    assert Duplicate.objects.get().outcome == "different"


@pytest.mark.parametrize("given", [{"verdict": ""}, {"because": " "}, {"verdict": "perhaps"}])
def test_a_verdict_and_how_it_was_found_are_asked_for(approver, given):
    row, first, _ = pair()
    assert send(approver, PAGE, f"/{row.id}/", **{**told(row, first), **given}).status_code == 422
    assert Duplicate.objects.get().outcome == ""


def test_who_registered_one_of_them_does_not_decide(approver):
    row, first, second = pair()
    Provenance.objects.create(
        county=COUNTY, person=second, field="name", value="王秀英", source="窗口", by="approver", known_at=AT
    )
    answer = send(approver, PAGE, f"/{row.id}/", **told(row, first))
    assert answer.status_code == 409
    assert "请另一人办理" in text(answer)
    assert fresh(second).closed_on is None


def test_a_pair_is_decided_once(approver, enter):
    row, first, _ = pair()
    where, hidden = form_for(approver.get(PAGE), f"/{row.id}/")
    other = enter("other", "county_approver")
    theirs, key = form_for(other.get(PAGE), f"/{row.id}/")
    approver.post(where, {**hidden, **told(row, first)})
    answer = other.post(theirs, {**key, "verdict": "different", "because": "x"})
    assert answer.status_code == 409
    assert approver.post(where, {**hidden, **told(row, first)}).status_code == 302
    assert Entry.objects.filter(act="person.decide_duplicate").count() == 1


def test_the_worker_looks_through_the_county_when_asked(approver):
    first = elder(name="王秀英")
    second = elder(name="王秀英", birth_date=first.birth_date)
    Person.rows.filter(county=COUNTY, id=second.id).update(place=first.place)
    send(approver, PAGE, "/search/")
    assert "后台正在查找" in text(approver.get(PAGE))
    assert not any(one.endswith("/search/") for one in forms(approver.get(PAGE)))
    deliver(handlers=wiring.handlers(calendar=lambda day: (day, lambda: AT), people=None), at=later())
    assert "等着判断 1 对" in text(approver.get(PAGE))


def later():
    from songhe.assessment.tests.world import at

    return at(date(2026, 4, 1))


def test_clerks_and_other_counties_do_not_merge(clerk, enter):
    row, first, _ = pair()
    assert clerk.get(PAGE).status_code == 403
    assert clerk.post(f"{PAGE}{row.id}/", told(row, first)).status_code == 403
    far = enter("far", "county_approver", place=ELSEWHERE)
    assert "王秀英" not in text(far.get(PAGE))
    assert far.post(f"{PAGE}{row.id}/", told(row, first)).status_code == 404
    note = Entry.objects.get(act="door.out_of_reach")
    assert (note.county, note.subject_id) == (COUNTY, str(row.id))


def test_many_pairs_take_as_many_questions_as_one(approver):
    pair()
    approver.get(PAGE)
    with CaptureQueriesContext(connection) as few:
        approver.get(PAGE)
    for _ in range(12):
        pair()
    with CaptureQueriesContext(connection) as many:
        approver.get(PAGE)
    assert len(many) <= len(few)
