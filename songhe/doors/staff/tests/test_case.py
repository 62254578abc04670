from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from songhe.assessment.models import Assessment
from songhe.assessment.tests import world
from songhe.doors.staff.measure import has_report
from songhe.doors.staff.tests.conftest import DAY, ELSEWHERE, account
from songhe.doors.staff.tests.reading import form_for, forms, send, text
from songhe.entitlement import apply
from songhe.entitlement.models import Application, Entitlement, Letter
from songhe.entitlement.tests import story
from songhe.entitlement.tests.conftest import local_rules
from songhe.trail.models import Entry

__all__ = ["local_rules"]


def address(row):
    return reverse("staff:application", args=[row.no])


def state(row):
    return Application.rows.get(county=row.county, id=row.id).state


def test_the_case_says_who_why_how_far_and_what_happened(clerk):
    row = story.determined(world.elder())
    page = text(clerk.get(address(row)))
    assert row.person.name in page
    assert "符合条件" in page
    assert "年满60周岁" in page.replace(" ", "")
    assert "问2" in page.replace(" ", "")
    assert "中度失能" in page
    assert "等经办人员" in page
    assert "资格认定" in page


def test_reading_a_case_is_noted(clerk):
    row = story.determined(world.elder())
    clerk.get(address(row))
    noted = Entry.objects.get(county=row.county, act="application.read")
    assert (noted.actor, noted.subject_id) == ("clerk", str(row.id))


def test_a_clerk_passes_it_on_and_another_person_approves(clerk, approver):
    row = story.determined(world.elder())
    sent = send(clerk, address(row), "/review/", note="材料齐全")
    assert (sent.status_code, sent.headers["Location"]) == (302, address(row))
    assert state(row) == "reviewed"
    page = approver.get(address(row))
    assert "材料齐全" in text(page)
    send(approver, address(row), "/approve/", note="同意")
    assert state(row) == "approved"
    right = Entitlement.objects.get(county=row.county, application=row)
    done = approver.get(address(row))
    assert "已批准，决定书已生成。" in text(done)
    assert right.no[:4] in text(done)
    assert reverse("staff:letter", args=[row.no]) in done.content.decode()


def test_the_letter_says_why_by_which_law_and_how_to_appeal(clerk, approver):
    row = story.reviewed(world.elder())
    send(approver, address(row), "/approve/")
    page = text(clerk.get(reverse("staff:letter", args=[row.no])))
    assert Letter.objects.get(county=row.county).no[:4] in page
    for words in ("批准您申请的", "为什么", "依据", "如有不服", "40%", "¥800.00"):
        assert words in page


def test_there_is_no_letter_before_the_decision(clerk):
    assert clerk.get(reverse("staff:letter", args=[story.determined(world.elder()).no])).status_code == 404


def test_it_is_refused_and_sent_back_with_reasons(approver):
    first, second = story.reviewed(world.elder()), story.reviewed(world.elder())
    send(approver, address(first), "/refuse/", because="查实已享受特困供养")
    assert state(first) == "refused"
    send(approver, address(second), "/send_back/", because="请核对评估日期")
    assert state(second) == "determined"


def test_a_reason_that_is_missing_is_asked_for(approver):
    row = story.reviewed(world.elder())
    answer = send(approver, address(row), "/refuse/", because=" ")
    assert answer.status_code == 422
    assert "请写明理由。" in text(answer)
    assert '<details class="confirm" open>' in answer.content.decode()
    assert state(row) == "reviewed"


def test_a_clerk_asks_for_what_is_missing_and_the_page_shows_question_and_answer(clerk):
    row = story.determined(world.elder())
    send(clerk, address(row), "/ask/", question="请补户口簿首页")
    assert state(row) == "clarifying"
    page = text(clerk.get(address(row)))
    assert "请补户口簿首页" in page
    assert "申请人还没有答复" in page


def test_a_clerk_has_it_determined(clerk):
    row = story.submitted(world.elder())
    world.effective(row.person, on=DAY)
    send(clerk, address(row), "/determine/")
    assert state(row) == "determined"


def test_the_second_clerk_is_told_that_somebody_was_first(clerk, enter):
    row = story.determined(world.elder())
    second = enter("clerk2", "county_clerk")
    where, hidden = form_for(second.get(address(row)), "/ask/")
    send(clerk, address(row), "/review/")
    answer = second.post(where, {**hidden, "question": "请补照片"})
    assert answer.status_code == 409
    assert "已由别人办理" in text(answer)
    assert "staff.changed_meanwhile" in text(answer)
    assert state(row) == "reviewed"


def test_a_double_click_does_it_once(clerk):
    row = story.determined(world.elder())
    where, hidden = form_for(clerk.get(address(row)), "/review/")
    answers = [clerk.post(where, {**hidden, "note": ""}) for _ in range(2)]
    assert [one.status_code for one in answers] == [302, 302]
    assert Entry.objects.filter(county=row.county, act="entitlement.review").count() == 1


def test_the_key_of_one_click_does_not_do_something_else(clerk):
    row = story.determined(world.elder())
    where, hidden = form_for(clerk.get(address(row)), "/review/")
    clerk.post(where, {**hidden, "note": "一"})
    answer = clerk.post(where, {**hidden, "note": "二"})
    assert answer.status_code == 422
    assert "once.other_body" in text(answer)


def test_who_took_the_application_in_does_not_review_it_and_is_told_so(clerk):
    person = world.elder()
    row = apply.submit(
        application=story.draft(person, by="clerk"), pledge_signed_on=DAY, at=world.at(DAY), on=DAY, by="clerk"
    )
    world.effective(person, on=DAY)
    send(clerk, address(row), "/determine/")
    page = clerk.get(address(row))
    assert "这一步要由另一人办理" in text(page)
    assert not any(one.endswith("/review/") for one in forms(page))
    answer = clerk.post(address(row) + "review/", form_for(page, "/ask/")[1])
    assert answer.status_code == 409
    assert "entitlement.same_person" in text(answer)


def test_what_is_determined_against_cannot_be_approved_and_the_page_says_so(approver):
    row = story.reviewed(world.elder(), scores=world.MILD)
    page = approver.get(address(row))
    assert "认定结果不符合条件，不能批准" in text(page)
    assert not any(one.endswith("/approve/") for one in forms(page))
    assert any(one.endswith("/refuse/") for one in forms(page))


def test_where_the_place_publishes_it_is_published_before_it_is_approved(clerk, approver, local_rules):
    local_rules(publication_days=7)
    row = story.reviewed(world.elder())
    assert not any(one.endswith("/approve/") for one in forms(approver.get(address(row))))
    send(clerk, address(row), "/publish/")
    assert state(row) == "published"
    assert "公示到 3月17日" in text(approver.get(address(row)))
    answer = send(approver, address(row), "/approve/")
    assert answer.status_code == 409
    assert "entitlement.still_published" in text(answer)


@pytest.mark.parametrize("verb", ["approve", "refuse"])
def test_a_clerk_cannot_decide(clerk, verb):
    row = story.reviewed(world.elder())
    assert not any(one.endswith(f"/{verb}/") for one in forms(clerk.get(address(row))))
    assert clerk.post(f"{address(row)}{verb}/", {"because": "x"}).status_code == 403
    assert state(row) == "reviewed"


def test_another_countys_case_is_not_there_and_asking_is_noted(enter):
    row = story.reviewed(world.elder())
    far = enter("far", "county_approver", place=ELSEWHERE)
    assert far.get(address(row)).status_code == 404
    assert far.post(f"{address(row)}approve/", {}).status_code == 404
    noted = Entry.objects.filter(county=row.county, act="door.out_of_reach")
    assert {(one.actor, one.subject_id) for one in noted} == {("far", str(row.id))}


def test_an_unknown_number_or_verb_is_not_there(clerk):
    row = story.determined(world.elder())
    assert clerk.get("/staff/applications/370799202603999999900/").status_code == 404
    assert clerk.post(f"{address(row)}nonsense/").status_code == 404
    assert clerk.get(f"{address(row)}review/").status_code == 405


def test_the_next_case_is_one_click_away(clerk):
    first = story.determined(world.elder(), on=DAY - timedelta(days=2))
    second = story.determined(world.elder(), on=DAY - timedelta(days=1))
    assert address(second) in clerk.get(address(first)).content.decode()
    assert address(first) in clerk.get(address(second)).content.decode()


def test_an_overseer_reads_and_changes_nothing(enter):
    row = story.reviewed(world.elder())
    page = enter("city", "city_overseer", place="370700").get(address(row))
    assert page.status_code == 200
    assert not any("/applications/" in one for one in forms(page))


def test_it_reads_in_english_too(approver):
    row = story.reviewed(world.elder())
    approver.cookies["django_language"] = "en"
    page = text(approver.get(address(row)))
    assert "What to do now" in page
    assert "Entitled" in page
    assert "现在要办" not in page


def test_a_form_without_its_csrf_token_does_nothing():
    row = story.determined(world.elder())
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(account("clerk", "county_clerk"))
    where, hidden = form_for(strict.get(address(row)), "/review/")
    assert strict.post(where, hidden).status_code == 403
    token = strict.cookies["csrftoken"].value
    assert strict.post(where, hidden, headers={"X-CSRFToken": token}).status_code == 302
    assert state(row) == "reviewed"


def test_the_report_is_one_step_from_the_case_where_the_result_was_made_here(clerk):
    row = story.reviewed(world.elder())
    result = row.assessment
    report = reverse("assessor:report", args=[result.no])
    for origin, linked in ((Assessment.Origin.ASSESSED, True), (Assessment.Origin.LOADED, False)):
        result.origin = origin
        assert has_report(result) is linked
    has_link = report in clerk.get(address(row)).content.decode()
    assert has_link is has_report(Assessment.rows.get(county=row.county, id=result.id))
