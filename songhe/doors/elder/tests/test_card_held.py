"""What is set aside on the card, for whom and until when; an order may be given up by who keeps the card."""

from __future__ import annotations

import re
from datetime import date, timedelta

import pytest

from songhe.assessment.tests import world as people
from songhe.card.models import Hold, ItemOrder
from songhe.card.tests import world
from songhe.doors.elder.tests.card_world import DAY, JINDONG, citizen, family, practice
from songhe.doors.elder.tests.money.conftest import mandate, said
from songhe.doors.shell.tests.conftest import no_language_stays_behind, unknown_variables_fail
from songhe.doors.shell.translate import compile_catalogues
from songhe.doors.staff.tests.reading import send, text
from songhe.redemption import ordered
from songhe.redemption.tests.test_card import bought, shop
from songhe.trail.models import Entry

__all__ = ["family", "no_language_stays_behind", "practice", "unknown_variables_fail"]

compile_catalogues()

PAGE = "/my/card/held/"


@pytest.fixture
def order(family):
    family.topped(5_000)
    return placed(family.card)


def placed(card, fen=4_000):
    return ordered.order(
        county=JINDONG,
        provider=shop("goods", county=JINDONG)[0],
        charge=bought("goods", fee_fen=fen),
        shown=card.medium.number,
        confirmed_by="staff",
        words="双光老花镜",
        last_day=DAY + timedelta(days=10),
        at=people.at(DAY),
        on=DAY,
        by="till",
    )


def test_the_card_says_what_is_set_aside_and_the_page_for_whom_and_until_when(family, order):
    page = said(family.daughter, "/my/card/")
    assert "另有 ¥40.00 留着" in page
    page = said(family.daughter, PAGE)
    for words in ("双光老花镜", "¥40.00", "留到 2026年3月20日", order.hold.provider.name):
        assert words in page


def test_the_elder_gives_it_up_and_the_money_is_on_the_card_again(family, order):
    answer = send(family.granny, PAGE, "/give-up/")
    assert answer.status_code == 302
    page = said(family.granny, PAGE)
    assert "已取消，钱回到卡里" in page
    assert "现在没有留着的钱" in page
    assert Hold.objects.get().state == "released"
    assert "另有" not in said(family.granny, "/my/card/")
    assert Entry.objects.filter(county=JINDONG, act="redemption.give_up_order", actor="granny").exists()


def test_what_is_over_says_how_it_ended(family, order):
    from songhe.card.hold import release_overdue

    bill = ordered.hand_over(
        county=JINDONG,
        no=order.no,
        provider_id=order.hold.provider_id,
        shown=family.card.medium.number,
        confirmed_by="staff",
        at=people.at(DAY),
        on=DAY,
        by="till",
    )
    assert "已交付，已扣款" in said(family.granny, PAGE)
    assert f"/my/bills/{bill.no}/" in family.granny.get(PAGE).content.decode()
    late = placed(family.card, 500)
    release_overdue(county=JINDONG, at=late.hold.until, on=DAY)
    assert "到期，钱回到卡里" in said(family.granny, PAGE)


def test_without_the_mandate_for_the_card_it_is_read_and_not_given_up(family, order):
    cousin = citizen("cousin", people.elder(name="王表", county=JINDONG, born=date(1975, 1, 1)))
    mandate(family.person, "cousin", ["apply"])
    assert "双光老花镜" in said(cousin, PAGE)
    assert "取消预订" not in said(cousin, PAGE)
    assert cousin.post(f"{PAGE}{order.no}/give-up/", {}).status_code == 403


def test_somebody_elses_order_is_not_there_and_the_asking_is_noted(family, order):
    other = world.made_card(county=JINDONG, name="钱二婶")
    world.top_up(other, 5_000)
    theirs = placed(other)
    assert family.granny.post(f"{PAGE}{theirs.no}/give-up/", {}).status_code == 404
    assert Entry.objects.filter(county=JINDONG, act="door.out_of_reach", subject="card.ItemOrder").exists()
    assert family.stranger.get(PAGE).status_code == 404
    assert ItemOrder.objects.get(id=theirs.id).because == ""


def test_the_page_is_wholly_in_english(family, order):
    family.granny.cookies["django_language"] = "en"
    shown = text(family.granny.get(PAGE))
    for name in ("王秀兰", "松鹤", "granny的名字", "中文", "双光老花镜", order.hold.provider.name):
        shown = shown.replace(name, "")
    assert not re.findall(r".{0,12}[\u4e00-\u9fff]+.{0,12}", shown)
