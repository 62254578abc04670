"""A service is ordered from home: chosen, seen, sent, taken back; what the provider answers is told."""

from __future__ import annotations

import re
from datetime import date, timedelta

import pytest

from songhe.assessment.tests import world as people
from songhe.card.models import Hold, ItemOrder
from songhe.card.open import freeze
from songhe.doors.elder.tests.card_world import DAY, JINDONG, citizen, family, practice
from songhe.doors.elder.tests.money.conftest import mandate, said
from songhe.doors.shell.tests.conftest import no_language_stays_behind, unknown_variables_fail
from songhe.doors.shell.translate import compile_catalogues
from songhe.doors.staff.tests.reading import form_for, text
from songhe.examine.models import Steering
from songhe.month.notify import follow_trail
from songhe.notice.models import Notice
from songhe.person.models import Person
from songhe.provider.models import Price, Provider
from songhe.redemption import asked
from songhe.redemption.tests.test_card import shop, sold
from songhe.trail.models import Entry

__all__ = ["family", "no_language_stays_behind", "practice", "unknown_variables_fail"]

compile_catalogues()

LIST, PAGE, HELD = "/my/order/", "/my/order/clean-room/", "/my/card/held/"
FRIDAY = DAY + timedelta(days=3)


@pytest.fixture
def cleaner(family):
    """Cleans the rooms for 40 yuan an hour; 80 yuan lie on the card, 30 of them from charity."""
    family.topped(5_000)
    return cleans("洁净家政", 4_000)


def cleans(name, price_fen):
    who = shop("cleaning", county=JINDONG)[0]
    Provider.objects.filter(pk=who.pk).update(name=name, phone="0579-82190000")
    item = sold("clean-room", "cleaning", "visit")
    type(item).objects.filter(pk=item.pk).update(name="居室保洁", name_en="Cleaning the rooms", unit="hour")
    Price.objects.create(provider=who, item=item, price_fen=price_fen, valid_from=date(2025, 1, 1))
    who.refresh_from_db()
    return who


def look(client, who, **more):
    where, hidden = form_for(client.get(PAGE), PAGE)
    told = {"provider": str(getattr(who, "pk", who)), "wanted_on": str(FRIDAY), "quantity": "2"}
    return client.post(where, {**hidden, **told, "address": "多湖街道 1 号", "words": "下午来", **more})


def confirm(client, answer, **more):
    where, hidden = form_for(answer, PAGE)
    return client.post(where, {**hidden, "do": "confirm", **more})


def ordered(client, who, **more):
    answer = confirm(client, look(client, who, **more))
    assert answer.status_code == 302
    return ItemOrder.objects.latest("id")


def test_what_can_be_ordered_stands_by_its_help_with_the_lowest_price(family, cleaner):
    cleans("便宜家政", 3_000)
    page = said(family.granny, LIST)
    for words in ("助洁", "居室保洁", "每小时 ¥30.00 起"):
        assert words in page
    assert "预订服务" in said(family.granny, "/my/card/")
    assert "预订服务" in said(family.granny, "/my/")


def test_the_daughter_sees_who_pays_what_and_only_then_money_is_held(family, cleaner):
    answer = look(family.daughter, cleaner, quantity="3")
    seen = text(answer)
    words_of_it = ("洁净家政", "¥120.00", "−¥50.00", "−¥30.00", "自己付 ¥40.00", "多湖街道 1 号", "下午来")
    for words in (*words_of_it, "2026年3月12日"):
        assert words in seen
    assert not Hold.objects.exists()
    assert confirm(family.daughter, answer).status_code == 302
    row = ItemOrder.objects.get()
    assert (row.made_by, row.wanted_on, row.fee_fen, row.hold.amount_fen) == ("elder", FRIDAY, 12_000, 8_000)
    assert Entry.objects.filter(act="elder.by_proxy", detail__did="elder.order").exists()
    assert not Steering.objects.exists()
    page = said(family.granny, HELD)
    for words in ("居室保洁 × 3", "等机构答复", "2026年3月13日", "还没有答复，钱自动回到卡里", "¥80.00"):
        assert words in page
    assert "等机构答复" in said(family.granny, LIST)


def test_sent_twice_it_is_one_order(family, cleaner):
    answer = look(family.granny, cleaner)
    assert confirm(family.granny, answer).status_code == 302
    assert confirm(family.granny, answer).status_code == 302
    assert ItemOrder.objects.count() == 1


def test_the_county_s_order_of_merit_chooses_only_when_asked(family, cleaner):
    answer = look(family.granny, "county")
    assert "县里按公布的考评名次选的" in text(answer)
    confirm(family.granny, answer)
    row = ItemOrder.objects.get()
    assert (row.made_by, row.hold.provider) == ("county", cleaner)
    assert Steering.objects.get(order__id=row.id).way == "first"


def test_it_may_be_changed_before_it_is_sent(family, cleaner):
    where, hidden = form_for(look(family.granny, cleaner), PAGE)
    page = family.granny.post(where, {**hidden, "do": "change"}).content.decode()
    assert "多湖街道 1 号" in page
    assert re.search(rf'value="{cleaner.pk}" checked', page)


def test_a_price_that_changed_meanwhile_is_shown_again_and_nothing_is_held(family, cleaner):
    answer = look(family.granny, cleaner)
    Price.objects.filter(provider=cleaner, item__code="clean-room").update(price_fen=4_500)
    again = confirm(family.granny, answer)
    assert again.status_code == 409
    assert "价钱 ¥90.00" in text(again)
    assert not Hold.objects.exists()
    assert confirm(family.granny, again).status_code == 302


@pytest.mark.parametrize(
    ("more", "words"),
    [
        ({"provider": ""}, "请选一家，或请县里选。"),
        ({"wanted_on": "2026-03-09"}, "要的日子不能早于今天"),
        ({"wanted_on": "2026-05-09"}, "最早提前30天预订"),
        ({"wanted_on": ""}, "请选日子"),
        ({"address": ""}, "请写明到哪里服务"),
        ({"quantity": "0"}, "1"),
    ],
)
def test_what_is_wrong_is_said_and_what_was_typed_is_kept(family, cleaner, more, words):
    answer = look(family.granny, cleaner, **more)
    assert answer.status_code in (409, 422)
    assert words in text(answer)
    assert "下午来" in answer.content.decode()
    assert not Hold.objects.exists()


def test_a_card_without_money_for_it_says_so(family, cleaner):
    from songhe.card.tests import world

    other = world.made_card(county=JINDONG, name="李四姑")
    answer = look(citizen("aunt", other.person), cleaner)
    assert answer.status_code == 409
    assert "没有能付这一项的钱" in text(answer)


def test_a_provider_that_does_not_sell_it_is_not_there(family, cleaner):
    assert look(family.granny, shop("meals", county=JINDONG)[0]).status_code == 404
    assert family.granny.get("/my/order/no-such-thing/").status_code == 404


def test_a_frozen_card_and_a_proxy_without_the_mandate_look_and_do_not_order(family, cleaner):
    cousin = citizen("cousin", people.elder(name="王表", county=JINDONG, born=date(1975, 1, 1)))
    mandate(family.person, "cousin", ["apply"])
    assert "只能看，不能预订" in said(cousin, PAGE)
    assert look(cousin, cleaner).status_code == 403
    freeze(card=family.card, because="查", at=people.at(DAY), by="clerk")
    assert "卡现在不能付账" in said(family.granny, PAGE)
    assert look(family.granny, cleaner).status_code == 409
    assert "有了爱心卡才能在这里预订" in said(family.stranger, PAGE)


def test_taken_back_before_it_is_accepted_and_not_on_its_day(family, cleaner):
    row = ordered(family.daughter, cleaner)
    where, hidden = form_for(family.daughter.get(HELD), "/give-up/")
    assert family.daughter.post(where, hidden).status_code == 302
    assert Hold.objects.get(id=row.hold_id).state == "released"
    second = ordered(family.daughter, cleaner, wanted_on=str(DAY))
    asked.accept(county=JINDONG, no=second.no, provider_id=cleaner.pk, at=people.at(DAY), on=DAY, by="till")
    page = said(family.daughter, HELD)
    assert "机构接了" in page
    assert "日子到了，要改要取消请打电话给机构" in page
    assert "不要了，取消" not in page


def test_what_the_provider_answers_is_told(family, cleaner):
    told = {"county": JINDONG, "provider_id": cleaner.pk, "at": people.at(DAY), "on": DAY, "by": "till"}
    first = ordered(family.granny, cleaner)
    asked.decline(no=first.no, because="那天没有人手", **told)
    assert "机构接不了，钱回到卡里：那天没有人手" in said(family.granny, HELD)
    asked.accept(no=ordered(family.granny, cleaner).no, **told)
    follow_trail(county=JINDONG, at=people.at(DAY))
    names = set(Notice.rows.filter(county=JINDONG, person=family.person.id).values_list("template", flat=True))
    assert {"order.asked", "order.declined", "order.accepted"} <= names


def test_what_nobody_answers_is_told_once_the_money_is_back(family, cleaner):
    from songhe.card.hold import release_overdue

    row = ordered(family.granny, cleaner)
    release_overdue(county=JINDONG, at=row.hold.until, on=FRIDAY)
    assert "没有机构答复，钱回到卡里" in said(family.granny, HELD)
    follow_trail(county=JINDONG, at=row.hold.until)
    assert Notice.rows.filter(county=JINDONG, template="order.lapsed").count() == 1


@pytest.mark.parametrize("page", [LIST, PAGE, "check", HELD])
def test_the_pages_are_wholly_in_english(family, cleaner, page):
    family.granny.cookies["django_language"] = "en"
    ordered(family.granny, cleaner) if page in (LIST, HELD) else None
    shown = text(look(family.granny, cleaner) if page == "check" else family.granny.get(page))
    names = [
        "王秀兰",
        "松鹤",
        "granny的名字",
        "中文",
        "洁净家政",
        "多湖街道 1 号",
        "下午来",
        Person.rows.first().address,
    ]
    for name in filter(None, names):
        shown = shown.replace(name, "")
    shown = re.sub(r"资金\d+", "", shown)
    assert not re.findall(r".{0,12}[\u4e00-\u9fff]+.{0,12}", shown)


def test_the_list_asks_as_much_for_many_providers_as_for_few(family, cleaner, django_assert_max_num_queries):
    family.granny.get(LIST)
    for number in range(8):
        cleans(f"家政{number}", 4_000)
    with django_assert_max_num_queries(40):
        family.granny.get(LIST)
    with django_assert_max_num_queries(40):
        family.granny.get(PAGE)
