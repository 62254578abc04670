from datetime import date

import pytest
from django.db import DatabaseError, IntegrityError, transaction

from songhe.assessment import review as assessment_review
from songhe.assessment.tests import world
from songhe.assessment.tests.world import at
from songhe.document import number
from songhe.eligibility.tests.test_facts import status
from songhe.entitlement import approve, publish, queries, review
from songhe.entitlement.models import Application, Entitlement, Letter
from songhe.entitlement.tests import story
from songhe.entitlement.tests.story import ON
from songhe.entitlement.tests.test_apply import refused
from songhe.place.calendar import load_shipped_calendars, shipped_calendar
from songhe.place.models import CalendarDay
from songhe.policy.terms import terms
from songhe.trail.models import Entry

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def calendar(db):
    load_shipped_calendars()


def grant(application, *, on=ON, by="approver"):
    return approve.approve(application=application, at=at(on), on=on, by=by)


def test_the_straight_path_ends_in_a_right():
    right = story.approved(world.elder(), category="home")
    assert (right.state, right.first_month, right.last_month) == ("active", "2026-03", "")
    assert (right.level, right.category, right.approved_by) == (2, "home", "approver")
    assert right.first_due_on == date(2026, 3, 17)
    assert number.check(right.no) == right.no
    assert right.identity == right.person.id, "whoever has no number yet is known by the file"
    assert right.application.state == "approved"


def test_every_step_is_in_the_timeline():
    right = story.approved(world.elder())
    acts = [step.act for step in queries.timeline(right.application)]
    assert acts[0] == "entitlement.open"
    assert set(acts) >= {"entitlement.submit", "assessment.accept", "eligibility.determine", "entitlement.begin"}
    assert Entry.objects.get(act="entitlement.approve").actor == "approver"


def test_four_eyes_and_the_opener_looks_on():
    application = story.determined(world.elder(), channel="counter", by="clerk")
    refused("same_person", review.review, application=application, at=at(ON), on=ON, by="clerk")
    checked = review.review(application=application, at=at(ON), on=ON, by="clerk2")
    refused("same_person", grant, checked, by="clerk2")
    refused("same_person", grant, checked, by="clerk")
    refused("same_person", approve.refuse, application=checked, because="x", at=at(ON), on=ON, by="clerk2")
    refused("same_person", review.send_back, application=checked, because="x", at=at(ON), by="clerk2")
    assert grant(checked).state == "active"


def test_the_database_keeps_reviewer_and_approver_apart():
    application = story.approved(world.elder()).application
    application.decided_by = application.reviewed_by
    with pytest.raises(IntegrityError), transaction.atomic():
        application.save()


def test_the_approver_may_send_it_back_with_a_reason():
    checked = story.reviewed(world.elder())
    back = review.send_back(application=checked, because="照片不清", at=at(ON), by="approver")
    assert (back.state, back.reviewed_by, back.review_note) == ("determined", "", "照片不清")
    again = review.review(application=back, at=at(ON), on=ON, by="clerk")
    assert grant(again).state == "active"


def test_what_is_not_reviewed_is_not_approved():
    refused("wrong_state", grant, story.determined(world.elder()))
    refused("wrong_state", review.review, application=story.submitted(world.elder()), at=at(ON), on=ON, by="clerk")


def test_who_is_not_entitled_is_not_approved():
    refused("not_entitled", grant, story.reviewed(world.elder(), scores=world.MILD))
    assert not Entitlement.objects.exists()


def test_the_facts_are_those_of_the_day_of_approval():
    elder = world.elder()
    checked = story.reviewed(elder)
    status(elder, "tekun", date(2026, 3, 11))
    refused("not_entitled", grant, checked, on=date(2026, 3, 12))
    assert Application.rows.get().state == "reviewed"


def test_a_result_declared_void_meanwhile_stops_the_approval():
    elder = world.elder()
    checked = story.reviewed(elder)
    assessment_review.void(assessment=checked.assessment, because="材料不实", at=at(ON), by="clerk")
    refused("not_entitled", grant, checked)


def test_publication_is_skipped_where_no_days_are_set_and_this_is_said():
    checked = story.reviewed(world.elder())
    skipped = publish.publish(application=checked, at=at(ON), on=ON, by="clerk")
    assert (skipped.days, skipped.application.state) == (None, "reviewed")
    assert "不公示" in skipped.said[0]
    assert grant(checked).state == "active"


def test_where_days_are_set_it_is_published_masked_before_the_approval(local_rules):
    local_rules(publication_days=5)
    elder = world.elder(name="艾山·买买提", id_last4="0028", address="东泉眼村12号", phone="13800001234")
    checked = story.reviewed(elder)
    refused("not_published", grant, checked)
    shown = publish.publish(application=checked, at=at(ON), on=ON, by="clerk")
    assert (shown.days, shown.application.publish_to) == (5, date(2026, 3, 15))
    (line,) = publish.published(world.COUNTY, story.POLICY, date(2026, 3, 15))
    assert (line.name, line.id_number, line.place) == ("艾*·买**", "*" * 14 + "0028", "370799001")
    refused("still_published", grant, checked, on=date(2026, 3, 15))
    assert grant(checked, on=date(2026, 3, 16)).state == "active"
    assert publish.published(world.COUNTY, story.POLICY, date(2026, 3, 15)) == []


def test_what_was_sent_back_is_published_again(local_rules):
    local_rules(publication_days=1)
    shown = story.published(world.elder())
    back = review.send_back(application=shown, because="有人举报", at=at(ON), by="approver")
    assert back.publish_to is None
    checked = review.review(application=back, at=at(ON), on=ON, by="clerk")
    refused("not_published", grant, checked, on=date(2026, 3, 20))


@pytest.mark.parametrize(
    ("place", "submitted_on", "approved_on", "month"),
    [
        # Five working days are left after Tuesday 24 March 2026 (25, 26, 27, 30, 31).
        ("360502", date(2026, 3, 24), date(2026, 3, 27), "2026-03"),
        ("360502", date(2026, 3, 25), date(2026, 3, 27), "2026-04"),
        ("360502", date(2026, 3, 25), date(2026, 5, 6), "2026-05"),
        ("370799", date(2026, 3, 31), date(2026, 3, 31), "2026-03"),
    ],
)
def test_the_first_month_follows_the_working_days_left(place, submitted_on, approved_on, month):
    rules = terms(policy=story.POLICY, place=place, on=approved_on)
    found = approve.first_month(
        submitted_on=submitted_on, approved_on=approved_on, rules=rules, calendar=shipped_calendar()
    )
    assert str(found) == month


@pytest.mark.parametrize(
    ("approved_on", "due"),
    [
        (date(2026, 3, 10), date(2026, 3, 17)),
        (date(2026, 3, 24), date(2026, 3, 31)),
        (date(2026, 3, 27), date(2026, 3, 31)),
        # Spring Festival: the 14th is a make-up day, the 15th to the 23rd are off.
        (date(2026, 2, 13), date(2026, 2, 27)),
        (date(2026, 12, 29), date(2026, 12, 31)),
    ],
)
def test_the_first_voucher_is_due_within_five_working_days_and_within_its_month(approved_on, due):
    rules = terms(policy=story.POLICY, place="370799", on=approved_on)
    month = approve.Month.of(approved_on)
    given = {"rules": rules, "calendar": shipped_calendar()}
    assert approve.first_due_on(month=month, approved_on=approved_on, **given) == due
    assert approve.first_due_on(month=month.next, approved_on=approved_on, **given) == month.next.first


def test_a_right_needs_a_month_that_the_programme_still_pays(local_rules):
    local_rules(first_issue_least_working_days=5)
    december = date(2026, 12, 29)
    checked = story.reviewed(world.elder(), on=december)
    refused("programme_over", grant, checked, on=december)
    refused("policy.not_in_force", grant, checked, on=date(2027, 1, 4))


def test_unless_a_new_notice_extends_it(next_year):
    next_year(continues=True)
    december = date(2026, 12, 29)
    assert grant(story.reviewed(world.elder(), on=december), on=december).first_month == "2026-12"


def test_approving_goes_on_in_january_though_the_years_holidays_are_not_loaded(next_year):
    next_year(continues=True)
    CalendarDay.objects.filter(year=2027).delete()
    before, after = date(2026, 12, 29), date(2027, 1, 4)
    usual = grant(story.reviewed(world.elder(), on=before), on=before)
    right = grant(story.reviewed(world.elder(), on=before), on=after)
    assert (right.first_month, right.first_due_on) == ("2027-01", date(2027, 1, 11))
    noted = {
        entry.subject_id: entry.detail.get("working_days") for entry in Entry.objects.filter(act="entitlement.begin")
    }
    assert noted == {str(usual.id): None, str(right.id): "provisional"}


def test_the_letter_says_what_why_by_which_law_and_how_to_appeal():
    right = story.approved(world.elder(name="张三丰", id_last4="0028"))
    (letter,) = queries.letters(right.application)
    body = letter.body
    assert number.check(letter.no) == letter.no == body["no"]
    assert body["to"] == {"name": "张三丰", "id_number": "*" * 14 + "0028"}
    assert right.no in body["decision"]["zh"]
    assert {each["zh"] for each in body["reasons"]} >= {"年满60周岁"}
    assert body["law"][0]["title"]
    assert (body["appeal"]["until"], "未规定" in body["appeal"]["zh"]) == (None, True)
    assert {"category": "home", "zh": "居家社区", "en": "Home and community", "ratio": "1/2", "cap_fen": 80000} in body[
        "groups"
    ]


def test_a_refusal_gives_the_conditions_that_were_not_met_and_the_days_to_appeal(local_rules):
    local_rules(appeal_days=60)
    application = story.refused(world.elder())
    (letter,) = queries.letters(application)
    assert (application.state, letter.kind) == ("refused", "refused")
    assert [each["met"] for each in letter.body["reasons"]] == [False]
    assert "中度" in letter.body["reasons"][0]["zh"]
    assert letter.body["appeal"]["until"] == "2026-05-09"
    assert letter.body["note"] == "未达到中度失能"


def test_a_letter_is_never_changed():
    story.refused(world.elder())
    letter = Letter.objects.get()
    letter.body = {}
    with pytest.raises(DatabaseError), transaction.atomic():
        letter.save()


def test_after_a_refusal_one_may_apply_again():
    elder = world.elder()
    story.refused(elder)
    assert story.draft(elder).state == "draft"


def test_the_dead_are_not_approved():
    elder = world.elder()
    checked = story.reviewed(elder)
    elder.died_on = date(2026, 3, 9)
    elder.save()
    refused("eligibility.not_on_file", grant, checked)
