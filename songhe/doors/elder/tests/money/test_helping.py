"""Somebody at a counter helps an elder: chooses and prints with the elder's own yes, and never shows the code."""

from __future__ import annotations

import pytest

from songhe.assessment.tests import world
from songhe.doors.elder.tests.money.conftest import COUNTY, DAY, browser, said
from songhe.doors.staff.tests.conftest import account
from songhe.doors.staff.tests.reading import form_for, send
from songhe.person import assistance
from songhe.person.event import report, verify
from songhe.person.models import Medium
from songhe.redemption.tests import world as bills
from songhe.trail.models import Entry


@pytest.fixture
def clerk(family):
    return browser(account("clerk", "county_clerk"))


@pytest.fixture
def helping(family):
    return assistance.begin(person=family.person, channel="counter", place=COUNTY, at=world.at(DAY), by="clerk")


def address(family, page):
    return f"/my/vouchers/{family.grant.no}/{page}/"


def test_the_helper_sees_the_voucher_and_never_the_code(family, clerk, helping):
    page = said(clerk, "/my/vouchers/")
    assert "王秀兰的消费券" in page
    assert "出示消费码" not in page
    assert "打印纸质券" in page
    assert clerk.get("/my/code/").status_code == 403


def test_what_binds_waits_for_the_elders_own_yes(family, clerk, helping):
    sheet, hidden = form_for(clerk.get(address(family, "paper")), "/paper/")
    assert clerk.post(sheet, hidden).status_code == 409
    assert not Medium.objects.filter(county=COUNTY, kind="printed").exists()
    assistance.confirm_by_code(assistance=helping, at=world.at(DAY), by="clerk")
    assert send(clerk, address(family, "paper"), "/paper/").status_code == 302
    assert Medium.objects.filter(county=COUNTY, kind="printed").count() == 1
    noted = Entry.objects.get(county=COUNTY, act="elder.assisted")
    assert (noted.actor, noted.behalf_of) == ("clerk", family.person.id)


def test_the_helper_chooses_a_group_with_the_elder(family, clerk, helping):
    assistance.confirm_by_code(assistance=helping, at=world.at(DAY), by="clerk")
    where, hidden = form_for(clerk.get(address(family, "group")), "/group/")
    assert clerk.post(where, {**hidden, "category": "institution_long"}).status_code == 302
    assert family.holds().category == "institution_long"
    assert Entry.objects.get(county=COUNTY, act="grant.choose").behalf_of == family.person.id


def test_after_a_death_the_family_still_reads_receipts_and_shows_no_code(family):
    bill = bills.pay(family.grant, bills.provider(), bills.bath())
    told = report(
        person=family.person, kind="death", happened_on=DAY, source="家属", on=DAY, at=world.at(DAY), by="daughter"
    )
    verify(event=told, on=DAY, at=world.at(DAY), by="clerk")
    assert bill.provider.name in said(family.daughter, f"/my/bills/{bill.no}/")
    assert family.daughter.get("/my/code/").status_code == 403
    page = said(family.daughter, "/my/vouchers/")
    assert "出示消费码" not in page
    assert "打印纸质券" not in page
