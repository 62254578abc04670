"""A whole number is shown for a reason, for half a minute, so often an hour, and it stays on record."""

from datetime import timedelta

import pytest
from django.urls import reverse

from songhe.doors.shell import clock
from songhe.doors.staff.tests.conftest import COUNTY, DAY, ELSEWHERE
from songhe.doors.staff.tests.reading import text
from songhe.doors.staff.tests.test_people import WHOLE, known
from songhe.trail.models import Entry


def address(person, field="id_number"):
    return reverse("staff:person-reveal", args=[person.id, field])


def test_the_file_offers_an_eye_and_never_the_number(clerk):
    person = known()
    page = clerk.get(reverse("staff:person", args=[person.id])).content.decode()
    assert WHOLE not in page
    assert address(person) in page


def test_with_a_reason_the_number_is_shown_and_noted(clerk):
    person = known()
    shown = clerk.post(address(person), {"reason": "call"}, headers={"HX-Request": "true"})
    assert WHOLE in shown.content.decode()
    assert 'data-hide-after="30"' in shown.content.decode()
    assert "370799********" in shown.content.decode()
    noted = Entry.objects.get(county=COUNTY, act="person.reveal")
    assert (noted.actor, noted.reason, noted.detail["field"]) == ("clerk", "call", "id_number")
    assert noted.detail["page"] == "staff:person"
    assert WHOLE not in str(vars(noted))


def test_without_scripts_a_page_shows_it_and_goes_back_by_itself(clerk):
    person = known()
    shown = clerk.post(address(person), {"reason": "review"})
    assert WHOLE in text(shown)
    assert shown.headers["Refresh"].startswith("30; url=/staff/people/")
    assert shown.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize("reason", ["", "because I like"])
def test_without_a_reason_nothing_is_shown(clerk, reason):
    refused = clerk.post(address(known()), {"reason": reason})
    assert refused.status_code == 422
    assert WHOLE not in refused.content.decode()
    assert not Entry.objects.filter(act="person.reveal").exists()


def test_after_so_many_in_an_hour_it_is_enough_until_the_hour_is_over(clerk, monkeypatch):
    monkeypatch.setattr("songhe.doors.staff.reveal.INSTALLATION.reveals_per_hour", 2)
    person = known()
    answers = [clerk.post(address(person), {"reason": "review"}).status_code for _ in range(3)]
    assert answers == [200, 200, 429]
    clock.set_practice_day(DAY + timedelta(days=1))
    assert clerk.post(address(person), {"reason": "review"}).status_code == 200


def test_a_telephone_that_is_not_on_file_cannot_be_shown(clerk):
    person = known()
    assert clerk.post(address(person, "phone"), {"reason": "call"}).status_code == 422
    assert clerk.post(address(person, "name"), {"reason": "call"}).status_code == 404


@pytest.mark.parametrize("role", ["finance", "city_overseer"])
def test_other_roles_see_no_eye_and_get_no_number(enter, role):
    person = known()
    other = enter(role, role, place=COUNTY if role == "finance" else "370700")
    assert address(person) not in other.get(reverse("staff:person", args=[person.id])).content.decode()
    assert other.post(address(person), {"reason": "review"}).status_code == 403


def test_another_countys_person_is_not_there_and_asking_leaves_a_trace(enter):
    person = known()
    far = enter("far", "county_clerk", place=ELSEWHERE)
    assert far.post(address(person), {"reason": "review"}).status_code == 404
    assert Entry.objects.filter(county=COUNTY, act="door.out_of_reach", actor="far").exists()


def test_the_audit_administrator_reads_who_looked_and_what_for(clerk, enter):
    person = known()
    clerk.post(address(person), {"reason": "appeal"})
    page = text(enter("guard", "audit_admin").get(reverse("staff:reveals")))
    assert "clerk的名字" in page
    assert "处理申诉或异议" in page
    assert person.name not in page


def test_a_clerk_reads_no_report_of_looks(clerk):
    assert clerk.get(reverse("staff:reveals")).status_code == 403
