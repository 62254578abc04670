"""A lunch paid by the card: the receipt names each purse, movements name the lunch, the code page says it at once."""

from __future__ import annotations

import pytest

from songhe.assessment.tests.world import at
from songhe.card.tests.world import FIRST, JINDONG, TENTH
from songhe.doors.elder import paper
from songhe.doors.elder.tests.card_world import family, practice
from songhe.doors.elder.tests.money.conftest import said
from songhe.doors.shell.clock import read_clock
from songhe.doors.shell.tests.conftest import no_language_stays_behind, unknown_variables_fail
from songhe.doors.shell.translate import compile_catalogues
from songhe.doors.staff.tests.reading import send
from songhe.month.notify import follow_trail
from songhe.person.code import show
from songhe.person.models import Medium
from songhe.provider.discount import set_discount
from songhe.redemption.find import Request
from songhe.redemption.redeem import redeem
from songhe.redemption.reverse import reverse
from songhe.redemption.tests.test_card import bought, canteen, shop

__all__ = ["family", "no_language_stays_behind", "practice", "unknown_variables_fail"]

compile_catalogues()


@pytest.fixture
def lunch(family):
    """Thirty-six yuan of lunches: twenty of public money, then charity's, and the family's last."""
    family.topped(500)
    request = Request(
        provider_id=canteen(JINDONG).id,
        charges=(bought("lunch", quantity=3),),
        medium=family.card.medium.number,
        confirmed_by="elder",
    )
    return redeem(county=JINDONG, request=request, at=at(TENTH), on=TENTH, by="till")


def test_the_receipt_names_each_purse_and_adds_up(family, lunch):
    assert (lunch.fee_fen, lunch.purse_fen, lunch.self_fen) == (3_600, 3_000, 600)
    page = said(family.daughter, f"/my/bills/{lunch.no}/")
    assert "服务费用 ¥36.00" in page
    assert f"爱心卡 · {family.meals.name} −¥20.00" in page
    assert f"爱心卡 · {family.charity.name} −¥5.00" in page
    assert f"爱心卡 · {family.own.name} −¥5.00" in page
    assert "王秀兰自己付 ¥6.00" in page
    assert "家庭资金最后用" in page
    assert "消费券" not in page.partition("账单编号")[0]
    assert "爱心卡付了 ¥30.00" in said(family.daughter, "/my/bills/")
    assert "爱心卡 −¥30.00" in said(family.daughter, "/my/bills/year/2026/")


def test_the_movements_name_what_was_bought_and_lead_to_its_receipt(family, lunch):
    answer = family.daughter.get("/my/card/movements/")
    assert f"/my/bills/{lunch.no}/" in answer.content.decode()
    page = said(family.daughter, "/my/card/movements/")
    assert f"lunch · {lunch.provider.name}" in page
    assert "月末卡里有 ¥0.00" in page


def test_a_reversed_lunch_comes_back_and_the_receipt_stands_as_it_was(family, lunch):
    reverse(county=JINDONG, bill_no=lunch.no, because="没吃", at=at(TENTH), on=TENTH, by="till")
    page = said(family.daughter, f"/my/bills/{lunch.no}/")
    assert f"爱心卡 · {family.meals.name} −¥20.00" in page
    assert "已冲正" in page
    page = said(family.daughter, "/my/card/movements/")
    assert "的服务冲正了，钱退回财政资金" in page
    assert "月末卡里有 ¥30.00" in page
    follow_trail(county=JINDONG, at=read_clock().at)
    page = said(family.daughter, "/my/notices/")
    assert "爱心卡付30.00元，自付6.00元" in page
    assert "爱心卡付的30.00元已退回" in page


def test_the_code_page_says_at_once_what_the_card_paid(family):
    send(family.granny, "/my/code/", "/code/open/")
    phone, now = Medium.objects.get(county=JINDONG, kind="phone"), read_clock()
    request = Request(
        provider_id=canteen(JINDONG).id, charges=(bought("lunch"),), medium=show(medium=phone, at=now.at).payload
    )
    redeem(county=JINDONG, request=request, at=now.at, on=now.on, by="till")
    page = said(family.granny, "/my/code/")
    assert "刚用爱心卡付了 ¥12.00" in page
    assert "爱心卡里有 ¥8.00" in page


def test_the_paper_says_what_the_card_paid_in_capital_numerals(family, lunch, monkeypatch):
    seen = {}
    monkeypatch.setattr(paper, "render_pdf", lambda html, styles: seen.setdefault("html", html).encode())
    assert family.daughter.get(f"/my/bills/{lunch.no}/receipt.pdf").status_code == 200
    assert "爱心卡和积分付的金额大写：叁拾元整" in seen["html"]


def test_what_a_merchant_let_go_stands_on_the_receipt_and_on_paper(family, monkeypatch):
    family.topped(10_000)
    who, partner = shop("goods", county=JINDONG)
    set_discount(partner=partner, help="goods", per_cent=10, valid_from=FIRST, at=at(FIRST), by="manager")
    charges = (bought("goods", fee_fen=5_000),)
    request = Request(provider_id=who.id, charges=charges, medium=family.card.medium.number, confirmed_by="elder")
    bill = redeem(county=JINDONG, request=request, at=at(TENTH), on=TENTH, by="till")
    assert bill.fee_fen == 4_500
    page = said(family.daughter, f"/my/bills/{bill.no}/")
    assert "服务费用 ¥50.00" in page
    assert "优惠减免 −¥5.00" in page
    printed = []
    monkeypatch.setattr(paper, "render_pdf", lambda html, css: printed.append(html) or b"%PDF-")
    assert family.daughter.get(f"/my/bills/{bill.no}/receipt.pdf").status_code == 200
    assert "优惠减免" in printed[0]
