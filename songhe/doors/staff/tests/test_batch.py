"""Many at once: some are drawn, opened and ticked before any is approved; each row gets its own answer."""

from uuid import uuid4

import pytest
from django.urls import reverse

from songhe.assessment.tests import world
from songhe.doors.staff.batch import drawn
from songhe.doors.staff.tests.conftest import COUNTY, ELSEWHERE
from songhe.doors.staff.tests.reading import text
from songhe.entitlement.models import Application, Letter
from songhe.entitlement.tests import story
from songhe.trail.models import Entry

BATCH, ACT = "/staff/batch/", "/staff/batch/approve/"


@pytest.fixture
def cases(practice):
    return [story.reviewed(world.elder()) for _ in range(3)]


def page_of(client, rows):
    return client.get(BATCH, {"no": [row.no for row in rows]})


def form_of(page, *, key=None):
    batch = page.context["batch"]
    return {
        "key": key or str(uuid4()),
        "no": [one.row.no for one in batch.able],
        "version_of": [str(one.row.version) for one in batch.able],
        "checked": [one.row.no for one in batch.sample],
    }


def look_into(client, page):
    for one in page.context["batch"].sample:
        client.get(reverse("staff:application", args=[one.row.no]))


def states(rows):
    return [Application.rows.get(county=row.county, id=row.id).state for row in rows]


def test_the_list_offers_boxes_and_the_batch_says_which_are_drawn(approver, cases):
    inbox = approver.get("/staff/").content.decode()
    assert all(f'name="no" value="{row.no}"' in inbox for row in cases)
    page = page_of(approver, cases)
    assert len(page.context["batch"].sample) == 1
    assert "3 件可以批准，系统抽出 1 件" in text(page)


def test_one_in_ten_is_drawn_whatever_else_is_chosen(cases):
    rows = [Application(no=f"{COUNTY}{number:015d}", version=1) for number in range(41)]
    first = drawn(rows, "approver")
    assert len(first) == 5
    assert drawn(list(reversed(rows)), "approver") == first
    kept = [row for row in rows if row not in first[1:]]
    assert drawn(kept, "approver")[0] == first[0]
    assert drawn([], "approver") == []


def test_once_the_sample_was_opened_and_ticked_all_are_approved(approver, cases):
    page = page_of(approver, cases)
    look_into(approver, page)
    page = page_of(approver, cases)
    assert page.context["batch"].is_checked
    answer = approver.post(ACT, form_of(page))
    assert "已批准 3 件" in text(answer)
    assert states(cases) == ["approved"] * 3
    assert Letter.objects.filter(county=COUNTY).count() == 3
    noted = Entry.objects.get(county=COUNTY, act="entitlement.approve_batch")
    assert (noted.actor, noted.detail["approved"], len(noted.detail["sample"])) == ("approver", 3, 1)


def test_without_opening_the_sample_nothing_is_approved(approver, cases):
    page = page_of(approver, cases)
    refused = approver.post(ACT, form_of(page))
    assert refused.status_code == 422
    assert "staff.batch_not_checked" in text(refused)
    assert states(cases) == ["reviewed"] * 3


def test_without_ticking_the_sample_nothing_is_approved(approver, cases):
    page = page_of(approver, cases)
    look_into(approver, page)
    refused = approver.post(ACT, form_of(page_of(approver, cases)) | {"checked": []})
    assert refused.status_code == 422
    assert states(cases) == ["reviewed"] * 3


def test_a_double_click_approves_once_and_gets_the_same_answer(approver, cases):
    look_into(approver, page_of(approver, cases))
    form = form_of(page_of(approver, cases))
    first, second = approver.post(ACT, form), approver.post(ACT, form)
    assert text(first).count("已批准") == text(second).count("已批准")
    assert Entry.objects.filter(act="entitlement.approve_batch").count() == 1


def test_a_row_that_somebody_else_dealt_with_is_left_and_hinders_nobody(approver, cases):
    look_into(approver, page_of(approver, cases))
    form = form_of(page_of(approver, cases))
    form["version_of"] = ["99", *form["version_of"][1:]]
    answer = approver.post(ACT, form)
    assert "已批准 2 件" in text(answer)
    assert "1 件没有批准" in text(answer)
    assert "已由别人办理" in text(answer)
    assert sorted(states(cases)) == ["approved", "approved", "reviewed"]


def test_who_reviewed_does_not_approve_and_the_page_says_so(enter, cases):
    own = enter("clerk", "county_approver")
    page = page_of(own, cases)
    assert page.context["batch"].able == []
    assert "要由另一人审批" in text(page)


def test_what_cannot_go_along_is_named_with_its_reason(approver, cases):
    mild = story.reviewed(world.elder(), scores=world.MILD)
    page = page_of(approver, [*cases, mild])
    assert [one.row.id for one in page.context["batch"].hindered] == [mild.id]
    assert "认定结果不符合条件" in text(page)


def test_a_clerk_approves_no_batch(clerk, cases):
    assert page_of(clerk, cases).status_code == 403
    assert clerk.post(ACT, {"key": str(uuid4())}).status_code == 403


def test_another_countys_cases_are_not_in_the_batch(enter, cases):
    far = enter("far", "county_approver", place=ELSEWHERE)
    page = page_of(far, cases)
    assert page.context["batch"].able == []
    far.post(ACT, {"key": str(uuid4()), "no": [row.no for row in cases], "version_of": ["1", "1", "1"]})
    assert states(cases) == ["reviewed"] * 3


def test_a_batch_is_of_one_county(enter, cases):
    oversees = enter("approver2", "county_approver")
    mixed = [cases[0].no, "370703" + cases[1].no[6:]]
    assert oversees.get(BATCH, {"no": mixed}).status_code == 422


def test_what_one_had_a_hand_in_is_found_again(approver, cases):
    look_into(approver, page_of(approver, cases))
    approver.post(ACT, form_of(page_of(approver, cases)))
    done = approver.get("/staff/?state=done")
    assert all(row.person.name in text(done) for row in cases)
