"""A meal point closes, an aid is called back or came back damaged: whoever is hit is told once, in clear words, and so
is the family."""

from __future__ import annotations

from datetime import date, datetime

import pytest

from songhe.aid import lend, stock
from songhe.aid.tests import world as aids
from songhe.assessment.tests.world import COUNTY, at, elder
from songhe.meal.close import close_point
from songhe.meal.tests import world as meals
from songhe.month import notify
from songhe.notice.models import Channel, Notice, SandboxMessage
from songhe.notice.template import say
from tests.stories.test_notices import DAUGHTER, inbox, proxy, turn

pytestmark = pytest.mark.django_db

TENTH = date(2026, 3, 10)


def told(person, template):
    return Notice.rows.get(county=COUNTY, person=person.id, channel=Channel.INBOX, template=template)


def closed(point, **differently):
    given = {"since": meals.NINTH, "because": "抽检不合格", "at": meals.clock(meals.NINTH, 12), "by": "inspector"}
    return close_point(point=point, **(given | differently))


def test_whose_meals_moved_and_whose_were_cancelled_are_told_once():
    old, new = meals.point(), meals.point()
    menu = meals.menu(old, portions=5)
    meals.menu(new, portions=1)
    first, second, elsewhere = elder(), elder(), elder()
    meals.booked(menu, first)
    meals.booked(menu, second)
    closed(old, move_to=new)
    assert turn() > 0
    assert (inbox(first), inbox(second), inbox(elsewhere)) == (["meal.moved"], ["meal.cancelled"], [])
    said = say("meal.moved", told(first, "meal.moved").values, language="zh")
    for words in (old.name, new.name, "抽检不合格", "价钱不变", "3月10日起共1餐"):
        assert words in said.text
    gone = say("meal.cancelled", told(second, "meal.cancelled").values, language="en")
    assert "cost nothing" in gone.text
    turn()
    assert (inbox(first), inbox(second)) == (["meal.moved"], ["meal.cancelled"])


def test_several_meals_are_one_notice_and_the_daughter_reads_it_on_her_telephone():
    point, person = meals.point(), elder()
    proxy(person)
    for on in (TENTH, date(2026, 3, 11)):
        meals.booked(meals.menu(point, day=on), person)
    closed(point)
    turn()
    assert told(person, "meal.cancelled").values["meals"] == 2
    (message,) = SandboxMessage.objects.filter(phone=DAUGHTER)
    assert "2餐从3月10日起取消" in message.text
    assert f"{person.name}老人的" in message.text


def test_a_closure_without_bookings_is_told_to_nobody():
    closed(meals.point())
    turn()
    assert not Notice.rows.exists()


def called_back(when: datetime, **given):
    told = {"county": COUNTY, "because": "轮轴会断", "notice_no": "召回2026-1", "at": when, "on": TENTH, "by": "clerk"}
    return stock.recall(aid=aids.aid(), **(told | given))


def test_who_has_a_piece_that_is_called_back_is_told_not_to_use_it():
    lender, mine, fine = aids.provider(county=COUNTY), elder(), elder()
    loan = aids.lent(lender, mine, with_piece=aids.piece(lender, county=COUNTY))
    other = aids.lent(lender, fine, with_piece=aids.piece(lender, county=COUNTY))
    called_back(at(TENTH, 9), serials=[loan.piece.serial])
    turn()
    assert (inbox(mine), inbox(fine)) == (["aid.recalled"], [])
    said = say("aid.recalled", told(mine, "aid.recalled").values, language="zh")
    for words in (aids.aid().name, loan.piece.serial, "轮轴会断", lender.name, "请先不要用"):
        assert words in said.text
    english = say("aid.recalled", told(mine, "aid.recalled").values, language="en")
    assert aids.aid().name_en in english.text
    assert other.piece.serial not in said.text
    turn()
    assert inbox(mine) == ["aid.recalled"]


def test_what_is_in_stock_or_back_is_told_to_nobody():
    lender, person = aids.provider(county=COUNTY), elder()
    aids.back(aids.lent(lender, person, with_piece=aids.piece(lender, county=COUNTY)))
    aids.piece(lender, county=COUNTY)
    called_back(at(TENTH, 9))
    notify.follow_trail(county=COUNTY, at=at(TENTH, 10))
    assert "aid.recalled" not in inbox(person)


def test_what_is_kept_of_a_deposit_for_a_damage_is_told_with_the_reason():
    lender, person = aids.provider(county=COUNTY), elder()
    loan = aids.lent(lender, person, with_piece=aids.piece(lender, county=COUNTY))
    found = aids.back(loan, condition="damaged", claimed_fen=20_000, witness="邻居老李", findings="靠背断")
    told_of = {"inspection": found, "because": "照片上是旧伤，只认靠背"}
    turn()
    assert "aid.damage_decided" not in inbox(person)
    lend.decide_damage(**told_of, decided_fen=15_000, at=at(TENTH, 10), by="head")
    turn()
    said = say("aid.damage_decided", told(person, "aid.damage_decided").values, language="zh")
    for words in (loan.piece.serial, lender.name, "要求赔 200.00 元", "认定赔 150.00 元", "只认靠背", "其余的退回"):
        assert words.replace(" ", "") in said.text.replace(" ", ""), said.text
    assert "150.00" in say("aid.damage_decided", told(person, "aid.damage_decided").values, language="en").text
    turn()
    assert inbox(person).count("aid.damage_decided") == 1
