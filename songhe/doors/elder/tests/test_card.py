"""The love card on the pages of the elder and the family: read, opened, lost; every movement with its reason."""

from __future__ import annotations

import re
from datetime import date

import pytest

from songhe.assessment.tests import world as people
from songhe.card.models import Card
from songhe.card.tests import world
from songhe.doors.elder.tests.card_world import JINDONG, citizen, family, practice
from songhe.doors.elder.tests.money.conftest import browser, mandate, said
from songhe.doors.shell.tests.conftest import no_language_stays_behind, unknown_variables_fail
from songhe.doors.shell.translate import compile_catalogues
from songhe.doors.staff.tests.conftest import account
from songhe.doors.staff.tests.reading import form_for, send, text
from songhe.person import assistance
from songhe.person.models import Medium
from songhe.trail.models import Entry

__all__ = ["family", "no_language_stays_behind", "practice", "unknown_variables_fail"]

compile_catalogues()
CHINESE = re.compile(r"[\u4e00-\u9fff]")


def newcomer(username="laowu", **more):
    person = people.elder(name="吴老伯", county=JINDONG, **more)
    return person, citizen(username, person)


# --- what stands on it -----------------------------------------------------------------------------------------------


def test_the_daughter_reads_purse_by_purse_what_it_is_for_until_when_and_why_it_pays_first(family):
    family.topped(5_000)
    page = said(family.daughter, "/my/card/")
    assert "王秀兰的爱心卡" in page
    assert "卡里一共 ¥100.00" in page
    assert page.index("财政资金") < page.index("慈善资金") < page.index("家里充的钱")
    assert "可以付：助餐、助浴" in page
    assert "用到2026年3月31日" in page
    assert "第 1 个用：会到期的先用" in page
    assert "第 3 个用：家里的钱放在最后用" in page
    assert family.card.medium.number not in page
    assert f"**** {family.card.medium.number[-4:]}" in page
    assert "二类" in page
    assert "高龄老年人" in page
    assert "老年人优待卡" in page


def test_six_helps_are_said_as_the_six(family):
    six = world.made_fund(
        county=JINDONG,
        allowed=("meals", "bathing", "medical", "cleaning", "travel", "urgent", "company"),
        rates={"card_class_2_old": 300},
    )
    world.run_charge(six)
    assert "可以付：六助（助餐、助浴、助医、助洁、助行、助急）、精神关爱" in said(family.granny, "/my/card/")


def test_every_movement_of_the_month_is_there_with_its_reason(family):
    row = family.topped(5_000)
    world.spend(family.card, family.meals, 800, who=world.canteen(JINDONG))
    page = said(family.daughter, "/my/card/movements/")
    for words in ("发放", "慈善配捐", "家里充值", "助餐", "月初卡里有 ¥0.00", "进来 ¥100.00", "月末卡里有 ¥92.00"):
        assert words in page, words
    assert "2026年3月10日的服务，用财政资金付" in page
    assert f"/my/card/top-ups/{row.no}/" in family.daughter.get("/my/card/movements/").content.decode()
    assert "这个月没有动过" in said(family.daughter, "/my/card/movements/?month=2026-05")
    assert said(family.daughter, "/my/card/movements/?month=x")


def test_a_hundred_movements_ask_the_database_no_more_than_ten_do(family, django_assert_max_num_queries):
    for _ in range(40):
        family.topped(200)
    said(family.daughter, "/my/card/movements/")
    for page in ("/my/card/", "/my/card/movements/", "/my/card/top-ups/"):
        with django_assert_max_num_queries(40):
            said(family.daughter, page)


def test_a_stranger_sees_nothing_of_it(family):
    row = family.topped(5_000)
    assert "王秀兰" not in said(family.stranger, "/my/card/")
    for tail in ("", "refund/", "receipt.pdf"):
        assert family.stranger.get(f"/my/card/top-ups/{row.no}/{tail}").status_code == 404
    assert Entry.objects.filter(county=JINDONG, act="door.out_of_reach", subject="card.TopUp").count() == 3


# --- the way to it ---------------------------------------------------------------------------------------------------


def test_the_home_and_the_voucher_pages_lead_to_the_card_and_there_are_never_more_than_five_ways(family):
    page = family.daughter.get("/my/")
    assert 'href="/my/card/"' in page.content.decode()
    assert page.content.decode().count('class="choice-card"') <= 5
    assert 'href="/my/card/"' in family.daughter.get("/my/vouchers/").content.decode()


def test_without_a_voucher_the_code_is_offered_for_the_card_and_says_what_is_on_it(family):
    assert "出示消费码" in said(family.granny, "/my/card/")
    assert send(family.granny, "/my/code/", "/code/open/").status_code == 302
    assert "爱心卡里有 ¥20.00" in said(family.granny, "/my/code/")


# --- opened ----------------------------------------------------------------------------------------------------------


def test_an_elder_authorises_the_card_and_is_put_under_the_standards_at_once(family):
    person, own = newcomer(born=date(1940, 1, 1))
    assert "还没有爱心卡" in said(own, "/my/card/")
    where, hidden = form_for(own.get("/my/card/open/"), "/open/")
    for _ in range(2):
        assert own.post(where, hidden).status_code == 302
    card = Card.objects.get(county=JINDONG, person=person)
    assert (card.authorised, card.opened_by, card.elder, card.bus) == ("elder", "laowu", True, False)
    assert Entry.objects.filter(county=JINDONG, act="card.classify", subject_id=str(card.id)).count() == 1
    assert "爱心卡" in said(own, "/my/card/")


def test_an_agent_opens_it_with_a_mandate_for_the_card_and_no_other(family):
    person, _ = newcomer()
    son = citizen("son", people.elder(name="吴小", born=date(1975, 1, 1), county=JINDONG))
    held = mandate(person, "son", ["apply"])
    assert son.get("/my/card/open/").status_code == 403
    held.acts = ["apply", "card"]
    held.save()
    assert send(son, "/my/card/open/", "/open/").status_code == 302
    card = Card.objects.get(county=JINDONG, person=person)
    assert (card.authorised, card.mandate_id) == ("agent", held.id)
    assert Entry.objects.filter(county=JINDONG, act="elder.by_proxy", behalf_of=person.id).exists()


def test_a_sign_in_by_telephone_of_long_ago_proves_itself_anew_before_a_card_is_opened(family):
    from songhe.access.models import Account
    from songhe.doors.may import PHONE_AT

    person, own = newcomer()
    Account.objects.filter(username="laowu").update(phone="13800001234")
    session = own.session
    session[PHONE_AT] = 1.0
    session.save()
    answer = send(own, "/my/card/open/", "/open/")
    assert "/my/sign-in/again/" in answer.headers["Location"]
    assert not Card.objects.filter(county=JINDONG, person=person).exists()


def test_a_number_that_is_no_cards_is_refused_and_kept_in_the_form(family):
    person, own = newcomer()
    answer = send(own, "/my/card/open/", "/open/", number="12")
    assert answer.status_code == 422
    assert 'value="12"' in answer.content.decode()
    assert not Card.objects.filter(county=JINDONG, person=person).exists()


def test_who_has_a_card_is_led_to_it(family):
    assert family.granny.get("/my/card/open/").headers["Location"] == "/my/card/"


# --- lost ------------------------------------------------------------------------------------------------------------


def test_a_lost_card_is_dead_at_once_and_the_money_stays(family):
    page = said(family.daughter, "/my/card/lost/")
    assert "卡里的钱一分不少" in page
    answer = send(family.daughter, "/my/card/lost/", "/lost/", because="买菜时丢了")
    assert answer.status_code == 302
    assert family.now().state == "lost"
    assert Medium.objects.get(county=JINDONG, id=family.card.medium_id).ended_at is not None
    page = said(family.daughter, "/my/card/")
    assert "已挂失" in page
    assert "新卡由县里补办" in page
    assert "卡里一共 ¥20.00" in page
    assert "出示消费码" not in page


def test_a_replaced_card_is_said_to_be_the_new_one(family):
    from songhe.card import open as cards

    send(family.granny, "/my/card/lost/", "/lost/", because="丢了")
    cards.replace(card=family.now(), because="补卡", at=people.at(date(2026, 3, 10)), on=date(2026, 3, 10), by="clerk")
    assert "这是补办的新卡" in said(family.granny, "/my/card/")


def test_without_a_reason_or_a_mandate_nothing_is_reported_lost(family):
    assert send(family.granny, "/my/card/lost/", "/lost/").status_code == 422
    cousin = citizen("cousin", people.elder(name="王表", born=date(1975, 1, 1), county=JINDONG))
    mandate(family.person, "cousin", ["apply"])
    assert cousin.get("/my/card/lost/").status_code == 403
    assert family.now().state == "active"


# --- assisted --------------------------------------------------------------------------------------------------------


@pytest.fixture
def clerk(family):
    return browser(account("jindong", "county_clerk", place=JINDONG))


def test_a_helper_opens_the_card_once_the_elder_has_said_yes(family, clerk):
    person, _ = newcomer()
    at = people.at(date(2026, 3, 10))
    helping = assistance.begin(person=person, channel="counter", place=JINDONG, at=at, by="jindong")
    assert send(clerk, "/my/card/open/", "/open/").status_code == 409
    assistance.confirm_by_code(assistance=helping, at=at, by="jindong")
    assert send(clerk, "/my/card/open/", "/open/").status_code == 302
    assert Card.objects.get(county=JINDONG, person=person).authorised == "elder"
    assert Entry.objects.filter(county=JINDONG, act="elder.assisted", behalf_of=person.id).exists()
    assert "出示消费码" not in said(clerk, "/my/card/")


# --- told ------------------------------------------------------------------------------------------------------------


def test_what_is_done_to_the_card_is_told_to_the_family(family):
    from songhe.doors.shell.clock import read_clock
    from songhe.month.notify import follow_trail

    row = family.topped(5_000)
    send(family.daughter, f"/my/card/top-ups/{row.no}/refund/?yuan=25", "/refund/")
    send(family.daughter, "/my/card/lost/", "/lost/", because="丢了")
    follow_trail(county=JINDONG, at=read_clock().at)
    page = said(family.daughter, "/my/notices/")
    assert "王秀兰老人的爱心卡充值到账50.00元，慈善配捐30.00元" in page
    assert "退了一笔充值25.00元，退到付款的账户；跟着收回慈善配捐5.00元" in page
    assert "王秀兰老人的爱心卡已挂失" in page


# --- in English ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "page", ["card/", "card/movements/", "card/lost/", "card/top-up/", "card/top-ups/", "one", "refund", "refund/all"]
)
def test_an_english_page_has_no_chinese_but_names(family, page):
    row = family.topped(5_000)
    where = world.canteen(JINDONG)
    world.spend(family.card, family.meals, 800, who=where)
    family.daughter.cookies["django_language"] = "en"
    tails = {
        "one": f"card/top-ups/{row.no}/",
        "refund": f"card/top-ups/{row.no}/refund/",
        "refund/all": f"card/top-ups/{row.no}/refund/?yuan=50",
    }
    shown = text(family.daughter.get(f"/my/{tails.get(page, page)}"))
    for name in ("王秀兰", where.name, *(fund.name for fund in (family.own, family.charity, family.meals))):
        shown = shown.replace(name, "")
    for name in ("松鹤", "daughter的名字", "中文"):
        shown = shown.replace(name, "")
    assert not CHINESE.search(shown), re.findall(r".{0,12}[\u4e00-\u9fff]+.{0,12}", shown)
