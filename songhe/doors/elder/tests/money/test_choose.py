"""The four groups compared on the elder's own bills, one of them chosen, and frozen once used."""

from __future__ import annotations

from datetime import date

import pytest

from songhe.assessment.tests import world
from songhe.doors.elder.tests.money.conftest import COUNTY, said
from songhe.doors.shell import clock
from songhe.doors.staff.tests.reading import form_for, send
from songhe.entitlement.models import Entitlement
from songhe.grant.tests import world as vouchers
from songhe.kernel.month import Month
from songhe.redemption.tests import world as bills
from songhe.trail.models import Entry


def page(family, name="group"):
    return f"/my/vouchers/{family.grant.no}/{name}/"


def choose(client, family, category, **more):
    address, hidden = form_for(client.get(page(family)), "/group/")
    return client.post(address, {**hidden, "category": category, **more})


def test_all_four_are_shown_and_the_one_without_a_ratio_says_so(family):
    told = said(family.granny, page(family))
    for words in ("居家和社区服务", "日间托养", "机构短期喘息", "机构长期照护", "每花 100 元，券付 50 元"):
        assert words in told
    assert "本地还没有规定这一组的补贴比例" in told
    assert "您还没有以前的账单" in told


def test_they_are_compared_on_the_elders_own_bills(family):
    bills.pay(family.grant, bills.provider(), bills.bath(60_000))
    april = Month(2026, 4)
    vouchers.budget(month=april)
    vouchers.run_issue(month=april)
    clock.set_practice_day(date(2026, 4, 8))
    from songhe.grant.models import Grant

    family.grant = Grant.objects.get(county=COUNTY, person_id=family.person.id, month="2026-04")
    told = said(family.granny, page(family))
    assert "最近 1 个月的账单" in told
    assert "照您以前的账单，券付 ¥300.00 您自己付 ¥300.00" in told
    assert "要是这些钱都花在这一组：券付 ¥240.00 ，自己付 ¥360.00" in told


def test_one_press_chooses_and_lets_it_stand(family):
    assert choose(family.granny, family, "institution_long", standing="on").status_code == 302
    assert family.holds().category == "institution_long"
    right = Entitlement.objects.get(county=COUNTY, id=family.grant.entitlement_id)
    assert right.category == "institution_long"


def test_without_the_tick_it_is_for_this_month_only(family):
    choose(family.granny, family, "institution_long")
    assert family.holds().category == "institution_long"
    assert Entitlement.objects.get(county=COUNTY, id=family.grant.entitlement_id).category == "home"


def test_the_daughter_chooses_for_her_mother(family):
    choose(family.daughter, family, "institution_long")
    noted = Entry.objects.get(county=COUNTY, act="grant.choose")
    assert (noted.actor, noted.behalf_of) == ("daughter", family.person.id)


def test_a_used_voucher_keeps_its_group_and_says_why(family):
    address, hidden = form_for(family.granny.get(page(family)), "/group/")
    bills.pay(family.grant, bills.provider(), bills.bath())
    told = said(family.granny, page(family))
    assert "3月10日已经用这张券付过账" in told
    assert "选机构长期照护" not in told
    late = family.granny.post(address, {**hidden, "category": "institution_long"})
    assert late.status_code == 409
    assert family.holds().category == "home"


@pytest.mark.parametrize("category", ["day_care", "nonsense", ""])
def test_a_group_that_is_not_open_is_not_chosen(family, category):
    assert choose(family.granny, family, category).status_code == 422
    assert family.holds().category == "home"


def test_a_provider_is_a_wish_among_those_listed(family):
    near = bills.provider()
    assert near.name in said(family.granny, page(family, "provider"))
    assert send(family.granny, page(family, "provider"), "/provider/", provider=near.pk).status_code == 302
    assert family.holds().provider_id == near.pk
    elsewhere = world.body(county="370703")
    refused = send(family.granny, page(family, "provider"), "/provider/", provider=elsewhere.pk)
    assert refused.status_code == 422
    assert family.holds().provider_id == near.pk
    send(family.granny, page(family, "provider"), "/provider/", provider="")
    assert family.holds().provider_id is None


def test_a_choice_is_made_once_whatever_is_pressed_twice(family):
    address, hidden = form_for(family.granny.get(page(family)), "/group/")
    for _ in range(2):
        family.granny.post(address, {**hidden, "category": "institution_long"})
    assert Entry.objects.filter(county=COUNTY, act="grant.choose").count() == 1
