"""The ticket: what is left and until when, to the elder, to the daughter, and to nobody else."""

from __future__ import annotations

from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from songhe.assessment.tests import world
from songhe.doors.elder.tests.money.conftest import COUNTY, citizen, said
from songhe.doors.shell import clock
from songhe.entitlement.models import Entitlement
from songhe.grant.expire import expire
from songhe.grant.models import Grant
from songhe.grant.tests import world as vouchers
from songhe.redemption.tests import world as bills
from songhe.trail.models import Entry

PAGE = "/my/vouchers/"


def test_the_elder_sees_what_is_left_until_when_and_what_to_do(family):
    page = said(family.granny, PAGE)
    for words in (
        "我的消费券",
        "居家和社区服务",
        "¥800.00 还可以用",
        "到 2026年3月31日 ，还有 21 天",
        "出示消费码",
        "打印纸质券",
    ):
        assert words in page


def test_the_daughter_sees_her_mothers(family):
    page = said(family.daughter, PAGE)
    assert "王秀兰的消费券" in page
    assert "¥800.00" in page
    assert Entry.objects.filter(county=COUNTY, act="grant.read", actor="daughter").exists()


def test_the_bar_shows_what_was_used(family):
    bills.pay(family.grant, bills.provider(), bills.bath())
    page = said(family.granny, PAGE)
    assert "¥300.00 还可以用" in page
    assert "已用 ¥500.00 ，面额 ¥800.00" in page
    assert "本月用过了" in page


@pytest.mark.parametrize(
    ("changes", "seal"),
    [({"state": "revoked"}, "已撤销"), ({"state": "expired"}, "已过期")],
)
def test_a_voucher_that_is_over_bears_its_seal(family, changes, seal):
    Grant.objects.filter(county=COUNTY, id=family.grant.id).update(**changes)
    page = said(family.granny, PAGE)
    assert seal in page
    assert "出示消费码" not in page


def test_a_voucher_of_last_month_stands_below(family):
    clock.set_practice_day(date(2026, 4, 8))
    page = said(family.granny, PAGE)
    assert "以前的券" in page
    assert "2026年3月" in page
    assert "这个月的券还没有发" in page


def test_in_the_last_week_it_says_that_the_rest_lapses(family):
    clock.set_practice_day(date(2026, 3, 27))
    assert "还有 4 天，3月31日过后就作废" in said(family.granny, PAGE)


def test_on_the_last_day_it_says_so(family):
    clock.set_practice_day(date(2026, 3, 31))
    assert "今天是最后一天" in said(family.granny, PAGE)


def test_a_voucher_that_lapsed_says_what_was_used_of_it(family):
    bills.pay(family.grant, bills.provider(), bills.bath(60_000))
    first = date(2026, 4, 1)
    expire(
        county=COUNTY,
        programme=family.grant.programme,
        month=vouchers.MARCH,
        on=first,
        clock=lambda: world.at(first),
    )
    clock.set_practice_day(date(2026, 4, 8))
    page = said(family.granny, PAGE)
    assert "用了 ¥300.00 ，面额 ¥800.00" in page
    assert "已过期" in page


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"state": "suspended"}, "补贴暂停中"),
        ({"state": "stopped"}, "补贴已经停发"),
        ({"first_month": "2026-05"}, "券下个月开始发"),
    ],
)
def test_whoever_has_none_is_told_why(changes, words):
    right = vouchers.entitled(person=world.elder())
    Entitlement.objects.filter(county=COUNTY, id=right.id).update(**changes)
    assert words in said(citizen("elder", right.person), PAGE)


def test_whoever_never_applied_is_led_to_it(family):
    page = said(family.stranger, PAGE)
    assert "还没有消费券" in page
    assert "去申请" in page


def test_it_is_said_in_english_too(family, english):
    page = said(english(family.granny), PAGE)
    assert "My voucher" in page
    assert "Home and community" in page


@pytest.mark.parametrize("page", ["group", "provider", "paper", "paper.pdf"])
def test_somebody_elses_voucher_is_not_there_and_the_asking_is_noted(family, page):
    tail = page if page.endswith("pdf") else f"{page}/"
    address = f"/my/vouchers/{family.grant.no}/{tail}"
    assert family.stranger.get(address).status_code == 404
    noted = Entry.objects.get(county=COUNTY, act="door.out_of_reach")
    assert (noted.actor, noted.subject_id) == ("stranger", str(family.grant.id))
    assert family.stranger.get(address.replace(family.grant.no, "370799202603999")).status_code == 404


@pytest.mark.parametrize("address", ["", "claim/", "x/group/"])
def test_a_stranger_is_led_to_the_sign_in(client, address):
    assert client.get(f"{PAGE}{address}").status_code == 302


def test_the_page_asks_as_many_questions_whatever_was_held_before(family):
    def asked():
        with CaptureQueriesContext(
            connection,
        ) as queries:
            said(family.granny, PAGE)
        return len(queries)

    asked()
    before = asked()
    grant = family.holds()
    for number in range(1, 11):
        grant.id, grant.no = None, f"{COUNTY}2025{number:02d}0000001"
        grant.month = f"2025-{number:02d}"
        grant.purse_id = _purse(family.grant)
        grant._state.adding = True
        grant.id = world.elder().id
        grant.save(force_insert=True)
    assert asked() == before <= 16


def _purse(grant):
    from songhe.ledger.fund import open_account
    from songhe.ledger.models import Account

    fund = Account.objects.select_related("fund").get(county=grant.county, id=grant.purse_id).fund
    return open_account(fund=fund, code=None, kind="purse", floor=0).id
