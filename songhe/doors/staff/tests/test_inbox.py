from datetime import date, timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from songhe.access import login
from songhe.access.models import Account
from songhe.access.role import ADMINISTRATORS, OF_A_PLACE
from songhe.assessment.tests import world
from songhe.doors.shell import navigation
from songhe.doors.staff import inbox
from songhe.doors.staff.tests.conftest import AT, DAY, ELSEWHERE
from songhe.doors.staff.tests.reading import text
from songhe.entitlement import review
from songhe.entitlement.models import Application
from songhe.entitlement.tests import story
from songhe.entitlement.tests.conftest import local_rules
from songhe.grant.tests.world import budget
from songhe.place.division import load_sample_county

__all__ = ["local_rules"]
INBOX = "/staff/"


def waiting(count, **fields):
    """Applications in a state, without the way that leads there."""
    people = [world.elder() for _ in range(count)]
    given = {"policy": story.POLICY, "channel": "online", "opened_by": "elder", "submitted_on": DAY}
    return Application.rows.bulk_create(
        Application(
            county=person.county,
            no=f"370799202603{number:07d}01",
            person=person,
            opened_at=world.at(DAY) + timedelta(seconds=number),
            submitted_at=world.at(DAY),
            **{**given, **fields},
        )
        for number, person in enumerate(people, Application.rows.count() + 1)
    )


@pytest.mark.parametrize("role", sorted(OF_A_PLACE | ADMINISTRATORS))
def test_every_page_that_the_navigation_names_opens(enter, role):
    load_sample_county()
    budget()
    place = {"city_overseer": "370700", "province_overseer": "370000"}.get(role, "370799")
    browser = enter("somebody", role, place=place)
    account = Account.objects.get(username="somebody")
    for item in navigation.shown(account, DAY, INBOX):
        answer = browser.get(item.address)
        assert answer.status_code == 200, item


def test_a_clerk_finds_what_is_to_be_reviewed_and_an_approver_what_is_to_be_approved(clerk, approver):
    submitted, determined = story.submitted(world.elder()), story.determined(world.elder())
    reviewed = story.reviewed(world.elder())
    for_clerk, for_approver = clerk.get(INBOX), approver.get(INBOX)
    assert {submitted.person.name, determined.person.name} <= set(text(for_clerk).split())
    assert reviewed.person.name not in text(for_clerk)
    assert "2 件等您办理" in text(for_clerk)
    assert reviewed.person.name in text(for_approver)
    assert submitted.person.name not in text(for_approver)


def test_a_draft_is_the_applicants_own(clerk):
    draft = story.draft(world.elder())
    assert draft.person.name not in text(clerk.get(INBOX + "?state=open"))


def test_filters_stand_in_the_address_with_how_many_there_are(clerk):
    reviewed = story.reviewed(world.elder())
    refused = story.refused(world.elder())
    page = clerk.get(INBOX + "?state=reviewed")
    assert reviewed.person.name in text(page)
    assert "待审批 1" in text(page)
    assert 'href="/staff/?state=reviewed" aria-current="true"' in page.content.decode()
    assert refused.person.name in text(clerk.get(INBOX + "?state=refused"))


def test_another_countys_applications_are_not_there(enter):
    row = story.submitted(world.elder())
    other = enter("far", "county_clerk", place=ELSEWHERE)
    assert row.person.name not in text(other.get(INBOX + "?state=open"))
    above = enter("city", "city_overseer", place="370700")
    assert row.person.name in text(above.get(INBOX + "?state=open"))


def test_an_applicants_own_login_has_no_desk(enter):
    person = world.elder()
    made = login.open_account(username="granny", display_name="granny", password=None, at=AT)
    login.appoint(account=made, role="citizen", place="370799", valid_from=DAY, person_id=person.id, by=None, at=AT)
    client = Client()
    client.force_login(made)
    assert client.get(INBOX).status_code == 403


def test_who_is_not_signed_in_signs_in_first(client):
    assert client.get(INBOX).headers["Location"] == "/sign-in/?next=%2Fstaff%2F"


def test_a_provider_goes_on_to_its_own_desk_and_an_administrator_to_theirs(enter):
    assert enter("m", "provider_manager", provider=7).get(INBOX).headers["Location"] == reverse("provider:home")
    assert enter("s", "system_admin").get(INBOX).headers["Location"] == reverse("staff:accounts")
    assert enter("x", "security_admin").get(INBOX).headers["Location"] == reverse("staff:accounts")


def test_the_list_goes_on_where_the_page_ends(clerk):
    waiting(120, state="submitted")
    seen, address = [], INBOX + "?state=submitted"
    while address:
        page = clerk.get(address)
        seen += [row.no for row in page.context["rows"]]
        address = page.context["following"]
    assert len(seen) == 120
    assert seen == sorted(set(seen))


def test_a_page_asks_as_much_of_the_database_for_a_thousand_as_for_ten(clerk):
    clerk.get(INBOX)

    def asked():
        with CaptureQueriesContext(connection) as queries:
            assert clerk.get(INBOX + "?state=open").status_code == 200
        return len(queries)

    waiting(10, state="submitted")
    few = asked()
    waiting(990, state="submitted")
    assert Application.rows.count() == 1000
    assert asked() == few


def test_a_deadline_is_shown_where_the_place_sets_one_and_lateness_is_said(clerk, local_rules):
    assert "时限" not in text(clerk.get(INBOX))
    local_rules(review_days=3)
    story.submitted(world.elder(), on=DAY - timedelta(days=6))
    story.submitted(world.elder(), on=DAY)
    page = text(clerk.get(INBOX))
    assert "时限" in page
    assert "2026-03-09 已超期" in page
    assert "2026-03-13" in page


def test_who_reviewed_finds_the_case_no_longer_among_their_own(clerk):
    row = story.determined(world.elder())
    assert row.person.name in text(clerk.get(INBOX))
    review.review(application=row, at=world.at(DAY), on=DAY, by="clerk")
    assert row.person.name not in text(clerk.get(INBOX))


@pytest.mark.parametrize("state", ["open", "approved", "nonsense"])
def test_the_empty_list_says_what_will_be_there(clerk, state):
    assert "这里没有申请" in text(clerk.get(f"{INBOX}?state={state}"))


def test_overdue_and_soon_due_cases_stand_under_chips_of_their_own(clerk, monkeypatch):
    monkeypatch.setattr(inbox.Deadlines, "days", lambda self, county, policy: 10)
    for name in ("张三", "李四", "王五"):
        story.submitted(world.elder(name=name))
    days = {"张三": date(2026, 2, 10), "李四": date(2026, 2, 27), "王五": date(2026, 3, 9)}
    for row in Application.rows.select_related("person"):
        Application.rows.filter(county=row.county, id=row.id).update(submitted_on=days[row.person.name])
    page = clerk.get("/staff/?state=overdue")
    assert [row.name for row in page.context["rows"]] == ["张三"]
    assert all(row.late for row in page.context["rows"])
    soon = clerk.get("/staff/?state=soon")
    assert [row.name for row in soon.context["rows"]] == ["李四"]
    assert not any(row.late for row in soon.context["rows"])
    assert {"已超期 1", "三日内到期 1"} <= {f"{chip['word']} {chip['count']}" for chip in page.context["chips"]}


def test_a_place_that_sets_no_days_has_nothing_overdue(clerk, monkeypatch):
    monkeypatch.setattr(inbox.Deadlines, "days", lambda self, county, policy: None)
    story.submitted(world.elder(name="张三"))
    Application.rows.update(submitted_on=date(2025, 1, 1))
    assert clerk.get("/staff/?state=overdue").context["rows"] == []
