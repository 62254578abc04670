"""A clerk answers what people complain about; an approver looks again; some things only the approver reads."""

from datetime import date
from typing import Any

import pytest

from songhe.assessment.tests.world import COUNTY, at
from songhe.doors.staff.tests.conftest import DAY, ELSEWHERE
from songhe.feedback.complain import complain, contest
from songhe.feedback.models import Complaint
from songhe.trail.models import Entry

pytestmark = pytest.mark.django_db


def made(*, county: str = COUNTY, category: str = "service", on: date = DAY, **more: Any) -> Complaint:
    given = {"about": None, "person_id": None, "confidential": False, "words": "只来了半小时", "phone": "13800138000"}
    return complain(county=county, category=category, by="public", at=at(on), on=on, **{**given, **more}).complaint


def row(no: str) -> Complaint:
    return Complaint.rows.get(county=no[:6], no=no)


def sent(browser, found, verb, **told):
    key = told.pop("key", "6f1c6f7e-6f0e-4c77-9b0e-0f2f6f1c6f7e")
    given = {"key": key, "version": row(found.no).version, "outcome": "upheld", "because": "已责令改正"}
    return browser.post(f"/staff/complaints/{found.no}/{verb}/", {**given, **told})


def text(response: Any) -> str:
    return str(response.content.decode())


def test_what_is_due_first_comes_first_and_what_is_late_is_said(clerk):
    made()
    late = made(category="delay", on=date(2026, 2, 2))
    page = text(clerk.get("/staff/complaints/"))
    assert page.index("办理拖延") < page.index("服务没做")
    assert "1 件已超期" in page
    assert "办理拖延" in text(clerk.get("/staff/complaints/?state=overdue"))
    assert late.due_on < DAY


def test_a_clerk_answers_once(clerk):
    found = made()
    assert sent(clerk, found, "answer").status_code == 302
    sent(clerk, found, "answer", version=1)
    assert (row(found.no).state, row(found.no).answered_by, row(found.no).version) == ("answered", "clerk", 2)


def test_the_second_clerk_is_told(clerk, enter):
    found = made()
    sent(clerk, found, "answer")
    response = sent(enter("clerk2", "county_clerk"), found, "answer", key=str(found.id), version=1)
    assert response.status_code == 409
    assert "已由别人办理" in text(response)


def test_an_approver_reviews_what_was_contested(clerk, approver):
    found = made()
    sent(clerk, found, "answer")
    contest(complaint=row(found.no), grounds="还是没改", by="public", at=at(DAY), on=DAY)
    assert sent(clerk, found, "review").status_code == 403
    sent(approver, found, "review", because="已约谈")
    assert (row(found.no).state, row(found.no).reviewed_by) == ("closed", "approver")


def test_an_approver_does_not_review_their_own_answer(approver):
    found = made(category="harm")
    sent(approver, found, "answer-confidential")
    contest(complaint=row(found.no), grounds="还是没改", by="public", at=at(DAY), on=DAY)
    assert "要由另一人办理" in text(approver.get(f"/staff/complaints/{found.no}/"))
    assert sent(approver, found, "review", key=str(found.id)).status_code == 409


def test_what_is_confidential_is_not_there_for_a_clerk_and_the_try_is_noted(clerk, approver):
    found = made(category="harm", words="护理员打人")
    assert "护理员打人" not in text(clerk.get("/staff/complaints/"))
    assert clerk.get(f"/staff/complaints/{found.no}/").status_code == 404
    assert Entry.objects.filter(county=COUNTY, act="door.out_of_reach", subject_id=str(found.id)).exists()
    assert "护理员打人" in text(approver.get(f"/staff/complaints/{found.no}/"))
    assert sent(clerk, found, "answer").status_code == 404


def test_a_matter_of_another_authority_goes_there(clerk):
    found = made()
    sent(clerk, found, "transfer", to="县医疗保障局", because="属于长护险")
    assert (row(found.no).state, row(found.no).transferred_to) == ("transferred", "县医疗保障局")


def test_an_answer_needs_words(clerk):
    found = made()
    response = sent(clerk, found, "answer", because="")
    assert response.status_code == 422
    assert row(found.no).state == "received"


def test_another_countys_complaint_is_not_there(clerk):
    found = made(county=ELSEWHERE)
    assert clerk.get(f"/staff/complaints/{found.no}/").status_code == 404
    assert sent(clerk, found, "answer").status_code == 404
    assert Entry.objects.filter(county=ELSEWHERE, act="door.out_of_reach").count() == 2


@pytest.mark.parametrize(
    ("role", "status"),
    [("county_clerk", 200), ("auditor", 200), ("finance", 403), ("system_admin", 403)],
)
def test_who_may_read_them(enter, role, status):
    found = made()
    browser = enter("somebody", role)
    assert browser.get(f"/staff/complaints/{found.no}/").status_code == status


def test_a_reader_sees_the_telephone_masked_and_who_answers_sees_it_whole(clerk, enter):
    found = made()
    assert "13800138000" in text(clerk.get(f"/staff/complaints/{found.no}/"))
    assert "13800138000" not in text(enter("auditor", "auditor").get(f"/staff/complaints/{found.no}/"))


def test_the_list_asks_as_many_queries_for_a_thousand(clerk, django_assert_max_num_queries):
    made()
    rows = [Complaint.rows.get(county=COUNTY)]

    def more(count):
        Complaint.rows.bulk_create(
            Complaint(
                county=COUNTY,
                no=f"{COUNTY}202603{number:012d}",
                about="other",
                category="other",
                words="x",
                by="public",
                received_at=at(DAY),
                received_on=DAY,
                due_on=DAY,
            )
            for number in range(len(rows), len(rows) + count)
        )
        rows.extend([rows[0]] * count)

    more(10)
    with django_assert_max_num_queries(14):
        clerk.get("/staff/complaints/")
    more(990)
    with django_assert_max_num_queries(14):
        assert clerk.get("/staff/complaints/").status_code == 200
