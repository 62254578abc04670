"""The code page: opened with one button, new every half minute, and dead when the telephone is lost."""

from __future__ import annotations

import re

import pytest

from songhe.assessment.tests import world
from songhe.doors.elder.tests.money.conftest import COUNTY, citizen, mandate, said
from songhe.doors.shell.clock import read_clock
from songhe.doors.staff.tests.reading import form_for, send, text
from songhe.person.code import show
from songhe.person.models import Medium
from songhe.redemption.find import Request
from songhe.redemption.redeem import redeem
from songhe.redemption.tests import world as bills
from songhe.trail.models import Entry

PAGE = "/my/code/"


def opened(client):
    return send(client, PAGE, "/code/open/")


def phone():
    return Medium.objects.get(county=COUNTY, kind="phone", ended_at=None)


def numbers(answer):
    return re.sub(r"\D", "", re.search(r'translate="no">(.*?)</span></p>', answer.content.decode(), re.S)[1])


def test_one_button_opens_the_code(family):
    assert "每半分钟换一次" in said(family.granny, PAGE)
    assert opened(family.granny).status_code == 302
    answer = family.granny.get(PAGE)
    assert "念号码" in text(answer)
    now = read_clock().at
    assert numbers(answer) in {show(medium=phone(), at=now).number, *_near(now)}
    assert "<svg" in answer.content.decode()


def _near(now):
    from datetime import timedelta

    return {show(medium=phone(), at=now - timedelta(seconds=30)).number}


def test_a_double_press_opens_one(family):
    address, hidden = form_for(family.granny.get(PAGE), "/code/open/")
    for _ in range(2):
        assert family.granny.post(address, hidden).status_code == 302
    assert Medium.objects.filter(county=COUNTY, kind="phone").count() == 1


def test_the_daughter_shows_it_for_her_mother_and_that_stands_in_the_trail(family):
    opened(family.daughter)
    assert phone().person_id == family.person.id
    assert Entry.objects.filter(county=COUNTY, act="elder.by_proxy", behalf_of=family.person.id).exists()


def test_a_proxy_without_that_act_may_not(family):
    other = citizen("neighbour", world.elder(name="邻居", born=world.date(1980, 1, 1)))
    mandate(family.person, "neighbour", ["apply"])
    assert other.get(PAGE).status_code == 403


def test_the_part_renews_itself_and_without_htmx_leads_to_the_page(family):
    opened(family.granny)
    part = family.granny.get(f"{PAGE}now/", headers={"HX-Request": "true"})
    assert part.status_code == 200
    assert b"<html" not in part.content
    assert "no-store" in part.headers["Cache-Control"]
    assert family.granny.get(f"{PAGE}now/").status_code == 302


def test_what_the_code_just_paid_is_said_beside_it(family):
    opened(family.granny)
    now = read_clock()
    request = Request(
        provider_id=bills.provider().id,
        charges=(bills.bath(20_000),),
        medium=show(medium=phone(), at=now.at).payload,
    )
    bill = redeem(county=COUNTY, request=request, at=now.at, on=now.on, by="manager")
    page = said(family.granny, PAGE)
    assert "刚用券付了 ¥100.00" in page
    assert "这个码刚用过" in page or "还能用" in page
    assert bill.identified_by == "medium"


def test_a_lost_telephones_code_is_dead_at_once(family):
    opened(family.granny)
    old = phone()
    answer = send(family.granny, PAGE, "/code/replace/")
    assert answer.status_code == 302
    assert phone().id != old.id
    assert Medium.objects.get(county=COUNTY, id=old.id).ended_because == "手机遗失"


@pytest.mark.parametrize("address", ["open/", "replace/"])
def test_nothing_is_opened_by_looking(family, address):
    assert family.granny.get(f"{PAGE}{address}").status_code == 405


def test_neither_code_nor_number_goes_into_the_log(family, caplog):
    opened(family.granny)
    answer = family.granny.get(PAGE)
    assert phone().number not in caplog.text
    assert numbers(answer) not in caplog.text


def test_after_a_death_no_code_is_opened(family):
    from songhe.person.models import Person

    Person.rows.filter(county=COUNTY, id=family.person.id).update(died_on=world.date(2026, 3, 9))
    assert family.granny.get(PAGE).status_code == 403
    assert family.granny.post("/my/code/open/").status_code == 403
    assert not Medium.objects.filter(county=COUNTY, kind="phone").exists()
