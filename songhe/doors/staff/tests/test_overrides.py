"""A provider says that a failed check is wrong; somebody of the county looks and decides."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from songhe.doors.staff.tests.conftest import AT, COUNTY, ELSEWHERE
from songhe.doors.staff.tests.reading import form_for, forms, send, text
from songhe.service.models import Override, Visit
from songhe.service.tests import world
from songhe.service.visit import ask_override
from songhe.trail.models import Entry

PAGE = "/staff/overrides/"


def asked(by="manager"):
    visit = world.visit()
    Visit.objects.filter(county=COUNTY, id=visit.id).update(verdict="fail", verdict_reasons=["position_absent"])
    return ask_override(
        county=COUNTY, visit_id=visit.id, verdict="pass", because="定位设备故障，有入户照片", at=AT, by=by
    )


def test_the_county_reads_why_and_agrees(clerk):
    row = asked()
    page = text(clerk.get(PAGE))
    assert "定位设备故障，有入户照片" in page
    assert "没有定位" in page
    send(clerk, PAGE, f"/{row.id}/grant/")
    visit = Visit.objects.get(county=COUNTY, id=row.visit_id)
    assert (visit.verdict, visit.judged_by) == ("pass", "clerk")
    page = text(clerk.get(PAGE))
    assert "没有等着决定的改判" in page
    assert "已同意" in page


def test_the_county_does_not_agree_and_the_verdict_stays(approver):
    row = asked()
    send(approver, PAGE, f"/{row.id}/decline/")
    row.refresh_from_db()
    assert (row.state, row.decided_by) == ("declined", "approver")
    assert Visit.objects.get(county=COUNTY, id=row.visit_id).verdict == "fail"


def test_who_asked_does_not_decide(clerk, approver):
    row = asked(by="clerk")
    assert "由另一人决定" in text(clerk.get(PAGE))
    assert not any(str(row.id) in one for one in forms(clerk.get(PAGE)))
    key = form_for(approver.get(PAGE), f"/{row.id}/grant/")[1]
    answer = clerk.post(f"{PAGE}{row.id}/grant/", key)
    assert answer.status_code == 409
    assert "没有办成" in text(answer)


def test_it_is_decided_once(clerk, approver):
    row = asked()
    where, key = form_for(approver.get(PAGE), f"/{row.id}/decline/")
    send(clerk, PAGE, f"/{row.id}/grant/")
    assert approver.post(where, key).status_code == 409
    row.refresh_from_db()
    assert row.state == "granted"


def test_the_month_leads_there(approver):
    from songhe.grant.tests.world import budget

    budget()
    asked()
    assert 'href="/staff/overrides/"' in approver.get("/staff/month/2026-03/").content.decode()


@pytest.mark.parametrize("role", ["finance", "auditor"])
def test_others_decide_nothing(enter, role):
    row = asked()
    client = enter("other", role)
    assert client.get(PAGE).status_code == 403
    assert client.post(f"{PAGE}{row.id}/grant/", {}).status_code == 403


def test_another_county_s_wish_is_not_there_and_the_asking_is_noted(enter):
    row = asked()
    far = enter("far", "county_clerk", place=ELSEWHERE)
    assert "定位设备故障" not in text(far.get(PAGE))
    assert far.post(f"{PAGE}{row.id}/grant/", {}).status_code == 404
    assert Entry.objects.get(act="door.out_of_reach").subject_id == str(row.id)


def test_many_wishes_take_as_many_questions_as_one(clerk):
    asked()
    clerk.get(PAGE)
    with CaptureQueriesContext(connection) as few:
        clerk.get(PAGE)
    for _ in range(12):
        asked()
    with CaptureQueriesContext(connection) as many:
        clerk.get(PAGE)
    assert len(many) <= len(few)
    assert Override.objects.count() == 13
