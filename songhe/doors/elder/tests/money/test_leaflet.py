"""The voucher on paper: large, for this month, with a code that only says who somebody is."""

from __future__ import annotations

from datetime import date

from songhe.assessment.tests import world
from songhe.doors.elder.tests.money.conftest import COUNTY, browser, said
from songhe.doors.shell import clock
from songhe.doors.staff.tests.conftest import account
from songhe.doors.staff.tests.reading import form_for, send
from songhe.grant.models import Grant
from songhe.grant.tests import world as vouchers
from songhe.kernel.month import Month
from songhe.person.code import who
from songhe.person.models import Medium


def page(family, tail="paper/"):
    return f"/my/vouchers/{family.grant.no}/{tail}"


def paper():
    return Medium.objects.get(county=COUNTY, kind="printed", ended_at=None)


def test_one_button_makes_the_sheet(family):
    assert "做一张纸质券" in said(family.granny, page(family))
    send(family.granny, page(family), "/paper/")
    told = said(family.granny, page(family))
    for words in (
        "王秀兰",
        "¥800.00",
        "用到 2026年3月31日 为止",
        "每花 100 元，券付 50 元",
        "12345",
        "不是钱",
        "复印无效",
    ):
        assert words in told


def test_its_code_only_says_who_and_wants_somebody_who_confirms(family):
    send(family.granny, page(family), "/paper/")
    found = who(county=COUNTY, given=paper().number, confirmed_by="staff", at=world.at(date(2026, 3, 10)))
    assert found.medium.person_id == family.person.id
    assert found.needs_second_factor


def test_it_comes_as_a_pdf(family):
    assert family.granny.get(page(family, "paper.pdf")).status_code == 302
    send(family.granny, page(family), "/paper/")
    answer = family.granny.get(page(family, "paper.pdf"))
    assert answer.content.startswith(b"%PDF")


def test_a_lost_sheet_is_void_at_once(family):
    send(family.granny, page(family), "/paper/")
    old = paper()
    address, hidden = form_for(family.granny.get(page(family)), "/paper/")
    family.granny.post(address, {**hidden, "again": "1"})
    assert paper().id != old.id


def test_the_next_months_sheet_has_a_code_of_its_own(family):
    send(family.granny, page(family), "/paper/")
    old = paper()
    april = Month(2026, 4)
    vouchers.budget(month=april)
    vouchers.run_issue(month=april)
    clock.set_practice_day(date(2026, 4, 8))
    assert "已在" in said_whatever(family.granny, page(family))
    family.grant = Grant.objects.get(county=COUNTY, person_id=family.person.id, month="2026-04")
    assert "做一张纸质券" in said(family.granny, page(family))
    send(family.granny, page(family), "/paper/")
    assert paper().id != old.id
    assert Medium.objects.get(county=COUNTY, id=old.id).ended_at is not None


def said_whatever(client, address):
    from songhe.doors.staff.tests.reading import text

    return text(client.get(address))


def test_the_desk_may_not_open_it_without_helping_the_elder(family):
    clerk = browser(account("clerk", "county_clerk"))
    assert clerk.get(page(family)).status_code == 404
