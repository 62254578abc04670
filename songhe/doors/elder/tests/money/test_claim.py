"""Where vouchers are claimed month by month: one press for everybody one acts for."""

from __future__ import annotations

from songhe.assessment.tests import world
from songhe.doors.elder.tests.money.conftest import COUNTY, mandate, said
from songhe.doors.staff.tests.reading import send
from songhe.grant.models import Grant
from songhe.grant.tests import world as vouchers
from songhe.trail.models import Entry

PAGE = "/my/vouchers/claim/"


def unclaimed(family):
    Grant.objects.filter(county=COUNTY).update(claimed=False)


def another(acts=None):
    right = vouchers.entitled(person=world.elder(name="李大爷"))
    vouchers.run_issue()
    mandate(right.person, "daughter", acts)
    return Grant.objects.get(county=COUNTY, entitlement=right)


def test_one_press_claims_for_everybody(family):
    another()
    unclaimed(family)
    page = said(family.daughter, PAGE)
    assert "王秀兰" in page
    assert "领取 2 张券" in page
    answer = send(family.daughter, PAGE, "/claim/")
    assert answer.status_code == 302
    assert Grant.objects.filter(county=COUNTY, claimed=True).count() == 2
    assert "已领取" in said(family.daughter, PAGE)
    assert Entry.objects.filter(county=COUNTY, act="grant.claim", actor="daughter").count() == 2


def test_the_reminder_stands_on_the_ticket(family):
    unclaimed(family)
    page = said(family.granny, "/my/vouchers/")
    assert "这个月的券还没有领" in page
    assert "领取本月的券" in page


def test_whom_the_mandate_does_not_cover_is_named(family):
    other = another(acts=["apply"])
    unclaimed(family)
    assert "没有替李大爷领券这一项" in said(family.daughter, PAGE)
    send(family.daughter, PAGE, "/claim/")
    assert not Grant.objects.get(county=COUNTY, id=other.id).claimed


def test_where_nothing_waits_it_says_so(family):
    assert "这个月没有要领的券" in said(family.stranger, PAGE)


def test_where_vouchers_come_by_themselves_it_says_that_too(family):
    assert "本地的券每月自动发，不用领" in said(family.granny, PAGE)
