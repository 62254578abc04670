"""The till for the card: what each payer paid, the queue at lunch, goods at a merchant's, takings and the month."""

from __future__ import annotations

import io
from datetime import date
from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from python_calamine import CalamineWorkbook

from songhe.assessment.tests.world import at
from songhe.card import open as cards
from songhe.card.tests.world import FIRST, LISHUI, left, made_card, made_fund, run_charge, top_up
from songhe.doors.elder import paper
from songhe.doors.provider.tests.conftest import DAY
from songhe.doors.staff.tests.reading import form_for, forms, send, text
from songhe.kernel.month import Month
from songhe.meal.models import Booking, Menu
from songhe.meal.tests import world as meals
from songhe.person.models import Medium
from songhe.provider.discount import set_discount
from songhe.provider.models import Discount, Listing, Upgrade
from songhe.redemption.models import Bill, Verdict
from songhe.redemption.tests.test_card import STANDARD, bought, pay, shop
from songhe.settlement.gather import gather
from songhe.settlement.models import Statement

pytestmark = pytest.mark.django_db

TILL = "/provider/till/"


@pytest.fixture
def family(practice):
    return made_fund(source="family", expiry="never")


@pytest.fixture
def menu(practice, monkeypatch) -> Menu:
    monkeypatch.setattr(meals, "COUNTY", LISHUI)
    monkeypatch.setattr(meals, "PLACE", f"{LISHUI}001001")
    made = meals.menu()
    Listing.objects.create(
        provider=made.point.provider,
        county=LISHUI,
        categories=["home"],
        valid_from=FIRST,
        listed_by="a",
        approved_by="b",
    )
    return made


@pytest.fixture
def carer(enter, menu) -> Client:
    return enter("carer", "carer", provider=menu.point.provider_id)


def holder(fen=5_000, *, years=85, **person):
    card = cards.open_card(
        person=meals.of_age(years, county=LISHUI, **person),
        attributes=cards.Attributes(),
        at=at(FIRST),
        on=FIRST,
        by="clerk",
    )
    if fen:
        top_up(card, fen)
    return card


def queue(menu: Menu) -> str:
    return f"{TILL}canteen/{menu.id}/"


def swipe(client, menu, number, **more):
    where, hidden = form_for(client.get(queue(menu), **more), queue(menu))
    return client.post(where, {**hidden, "given": number}, follow=True)


def test_the_queue_opens_at_the_meal_that_is_served(carer, family, menu):
    assert "现在没有供餐" in text(carer.get(f"{TILL}canteen/"))
    meals.serving(menu)
    answer = carer.get(f"{TILL}canteen/")
    assert answer.headers["Location"] == queue(menu)
    assert "请下一位刷卡" in text(carer.get(queue(menu)))


def test_one_swipe_serves_and_charges_and_the_next_may_come(carer, family, menu):
    card = holder(name="王秀兰")
    meals.serving(menu)
    answer = swipe(carer, menu, card.medium.number)
    page = text(answer)
    for words in ("王*兰", "不用收钱", "卡上还剩 ¥46.00", "没有订餐，现场供的", "爱心卡 · "):
        assert words in page
    assert "家庭资金最后用" in page
    assert 'data-outcome="booked"' in answer.content.decode()
    assert "data-focus" in answer.content.decode()
    assert (Booking.objects.get().state, left(card, family)) == ("served", 4_600)
    assert Bill.objects.get().confirmed_by == "staff"


def test_what_the_card_does_not_reach_is_said_in_large_figures(carer, family, menu):
    meals.serving(menu)
    assert "收现金 ¥1.00" in text(swipe(carer, menu, holder(300).medium.number))


def test_a_second_swipe_is_refused_with_the_time(carer, family, menu):
    card = holder()
    meals.serving(menu)
    swipe(carer, menu, card.medium.number)
    answer = swipe(carer, menu, card.medium.number)
    assert (answer.status_code, "已经用过餐" in text(answer)) == (409, True)
    assert 'data-outcome="refused"' in answer.content.decode()
    assert Bill.objects.count() == 1


def test_the_same_post_again_finds_what_was_done(carer, family, menu):
    card = holder()
    meals.serving(menu)
    where, hidden = form_for(carer.get(queue(menu)), queue(menu))
    told = {**hidden, "given": card.medium.number}
    first, second = carer.post(where, told), carer.post(where, told)
    assert first.headers["Location"] == second.headers["Location"]
    assert Bill.objects.count() == 1


@pytest.mark.parametrize(
    ("spoil", "words"),
    [
        (lambda card: cards.report_lost(card=card, because="丢失", at=at(DAY), by="clerk"), "已挂失"),
        (lambda card: cards.freeze(card=card, because="核实", at=at(DAY), by="clerk"), "已冻结"),
    ],
    ids=["lost", "frozen"],
)
def test_a_card_that_pays_nothing_is_told_plainly_and_serves_nothing(carer, family, menu, spoil, words):
    card = holder()
    number = card.medium.number
    meals.serving(menu)
    spoil(card)
    page = text(swipe(carer, menu, number))
    assert "没有扣款" in page
    assert words in page or "失效" in page or "停用" in page
    assert not Booking.objects.exists()


def test_who_has_no_card_and_an_unknown_number_are_told(carer, family, menu):
    person = meals.of_age(85, county=LISHUI)
    Medium.objects.create(county=LISHUI, person=person, kind="card", number="C99", valid_from=date(2026, 3, 1))
    meals.serving(menu)
    assert "没有消费券" in text(swipe(carer, menu, "C99"))
    assert "没有扣款" in text(swipe(carer, menu, "C0000000"))
    assert "请刷卡、扫码，或输入卡号。" in text(swipe(carer, menu, ""))


def test_the_last_ones_are_undone_with_their_money(carer, family, menu):
    card = holder(name="王秀兰")
    meals.serving(menu)
    swipe(carer, menu, card.medium.number)
    answer = send(carer, queue(menu), "/undo/", because="刷错了卡")
    assert answer.status_code == 302
    assert "已撤回王*兰的这一餐，钱已退回。" in text(carer.get(queue(menu)))
    assert (left(card, family), Bill.objects.get().state) == (5_000, "reversed")


def test_the_terminal_has_no_navigation_and_stays_a_terminal(carer, family, menu):
    card = holder()
    meals.serving(menu)
    page = carer.get(f"{queue(menu)}?full=1")
    assert "主导航" not in page.content.decode()
    where, hidden = form_for(page, "?full=1")
    answer = carer.post(where, {**hidden, "given": card.medium.number})
    assert "full=1" in answer.headers["Location"]


def test_another_providers_menu_and_booking_are_not_there(enter, family, menu, house):
    meals.serving(menu)
    other = enter("keeper", "provider_manager", provider=house.id)
    assert other.get(queue(menu)).status_code == 404


def test_the_queue_asks_as_much_of_the_database_for_many_as_for_few(carer, family, menu):
    meals.serving(menu)

    def asked() -> int:
        with CaptureQueriesContext(
            connection,
        ) as seen:
            carer.get(queue(menu))
        return len(seen)

    swipe(carer, menu, holder().medium.number)
    few = asked()
    for _ in range(4):
        swipe(carer, menu, holder().medium.number)
    assert asked() == few
    assert len(forms(carer.get(queue(menu)))) >= 6


@pytest.fixture
def seller(enter, practice) -> tuple[Client, object]:
    who, partner = shop("goods")
    set_discount(partner=partner, help="goods", per_cent=10, valid_from=FIRST, at=at(FIRST), by="manager")
    return enter("seller", "provider_manager", provider=who.id), who


def test_the_terminal_shows_the_discount_then_takes_the_card(seller, family):
    client, _who = seller
    card = holder(4_000)
    page = client.get(TILL)
    assert "主导航" not in page.content.decode()
    where, hidden = form_for(page, TILL)
    asked = client.post(where, {**hidden, "item": "goods", "amount": "50", "step": "amount"})
    for words in ("优惠后 ¥45.00", "原价 ¥50.00 ，减 ¥5.00", "爱心商家优惠10%"):
        assert words in text(asked)
    assert not Bill.objects.exists()
    where, hidden = form_for(asked, TILL)
    told = {**hidden, "given": card.medium.number, "step": "pay"}
    done = client.post(where, told, follow=True)
    for words in ("收现金 ¥5.00", "优惠减免 −¥5.00", "服务费用 ¥50.00", "卡上还剩 ¥0.00"):
        assert words in text(done)
    client.post(where, told)
    assert (Bill.objects.get().self_fen, left(card, family)) == (500, 0)


def test_what_the_terminal_refuses_is_said_and_the_amount_stays(seller, family):
    client, _who = seller
    where, hidden = form_for(client.get(TILL), TILL)
    asked = client.post(where, {**hidden, "item": "goods", "amount": "50", "step": "amount"})
    where, hidden = form_for(asked, TILL)
    refused = client.post(where, {**hidden, "given": "C000", "step": "pay"})
    assert "没有扣款" in text(refused)
    assert 'value="50.00"' in refused.content.decode()
    assert "请填写金额" in text(client.post(where, {**hidden, "amount": "", "step": "amount"}))


def test_discounts_and_upgraded_items_are_set_and_ended(seller, enter, house):
    client, _who = seller
    where = f"{TILL}offers/"
    page = client.get(where)
    for words in ("在名单中 购物", "购物 · 减 10%"):
        assert words in text(page)
    again = {"help": "*", "off": "2", "least": "30", "valid_from": str(DAY), "what": "discount"}
    assert "优惠已记下" in text(client.post(where, {**form_for(page, where)[1], **again}, follow=True))
    both = {**again, "key": str(uuid4()), "per_cent": "5"}
    assert "二者选一" in text(client.post(where, both))
    row = Discount.objects.get(help="goods")
    ended = send(client, where, f"/{row.pk}/end/", last_day=str(DAY))
    assert (ended.status_code, Discount.objects.get(pk=row.pk).valid_to) == (302, DAY)
    better = {"base": "soak", "code": "soak-herbs", "name": "药浴", "name_en": "Herbal bath", "more": "加中药包"}
    better |= {"price": "50", "valid_from": str(DAY), "what": "upgrade", "key": str(uuid4())}
    assert "药浴" in text(client.post(where, better, follow=True))
    assert "药浴（升级）" in client.get(TILL).content.decode()
    made = Upgrade.objects.get(code="soak-herbs")
    done = send(client, where, f"/better/{made.pk}/end/", last_day=str(DAY))
    assert (done.status_code, Upgrade.objects.get(pk=made.pk).valid_to) == (302, DAY)
    other = enter("keeper", "provider_manager", provider=house.id)
    assert other.post(f"{where}better/{made.pk}/end/", {}).status_code == 404
    assert "不在爱心商家名单中" in text(other.get(where))
    assert other.post(f"{where}{row.pk}/end/", {}).status_code == 404


def test_todays_takings_stand_fund_by_fund(seller, family):
    client, who = seller
    pay(holder(4_000), who, bought("goods", fee_fen=5_000))
    page = text(client.get(f"{TILL}takings/"))
    for words in (f"爱心卡 · {family.name} ¥40.00", "向老人收取 ¥5.00", "优惠减免 ¥5.00", "这个月还没有结算单"):
        assert words in page


def test_the_statements_of_all_funds_are_confirmed_at_once(seller, family):
    client, who = seller
    other = made_fund(rates={STANDARD: 2_000}, allowed=("goods",))
    card = made_card(STANDARD)
    run_charge(other)
    top_up(card, 1_000)
    pay(card, who, bought("goods", fee_fen=5_000))
    Verdict.objects.update(outcome="pass")
    for fund in (family, other):
        gather(county=LISHUI, programme=f"card:{fund.code}", month=Month(2026, 3), at=at(date(2026, 3, 31)), by="run")
    where = f"{TILL}takings/?month=2026-03"
    page = client.get(where)
    for fund in (family, other):
        assert f"爱心卡·{fund.name}" in text(page)
    rows = list(Statement.objects.order_by("no"))
    address, hidden = form_for(page, where)
    nothing = client.post(address, hidden)
    assert "请至少给一张结算单填发票号码" in text(nothing)
    told = {f"invoice_{row.id.hex}": f"FP{n}" for n, row in enumerate(rows)}
    told |= {f"budget_{row.id.hex}": "2080201" for row in rows}
    done = client.post(address, {**hidden, **told}, follow=True)
    assert "已确认 2 张结算单" in text(done)
    assert set(Statement.objects.values_list("state", flat=True)) == {"confirmed"}
    book = client.get(f"{TILL}takings/month.xlsx?month=2026-03")
    sheets = CalamineWorkbook.from_filelike(io.BytesIO(book.content))
    assert len(sheets.get_sheet_by_index(0).to_python()) == 3
    assert len(sheets.get_sheet_by_index(1).to_python()) == 3


def test_one_invoice_stands_on_the_statements_of_several_funds(seller, family):
    client, who = seller
    other = made_fund(rates={STANDARD: 2_000}, allowed=("goods",))
    card = made_card(STANDARD)
    run_charge(other)
    top_up(card, 1_000)
    pay(card, who, bought("goods", fee_fen=5_000))
    Verdict.objects.update(outcome="pass")
    for fund in (family, other):
        gather(county=LISHUI, programme=f"card:{fund.code}", month=Month(2026, 3), at=at(date(2026, 3, 31)), by="run")
    where = f"{TILL}takings/?month=2026-03"
    page = client.get(where)
    assert "一张发票开给所有资金的" in text(page)
    address, hidden = form_for(page, where)
    done = client.post(address, {**hidden, "invoice": "FP-1", "budget": "2080201"}, follow=True)
    assert "已确认 2 张结算单" in text(done)
    told = set(Statement.objects.values_list("state", "invoice_no", "budget_line"))
    assert told == {("confirmed", "FP-1", "2080201")}
    bill = client.get(f"/provider/bills/{Bill.objects.get().no}/").content.decode()
    assert all(f"/provider/statements/{row.no}/" in bill for row in Statement.objects.all())


def test_the_ordinary_till_names_purses_discount_and_what_is_left(seller, family, monkeypatch):
    client, _who = seller
    card = holder(4_000)
    redeem = "/provider/redeem/"
    where, hidden = form_for(client.get(redeem), redeem)
    told = {"given": card.medium.number, "item_1": "goods", "fee_1": "50", "quantity_1": "1", "service_on": str(DAY)}
    quote = client.post(where, {**hidden, **told, "confirmed_by": "elder", "step": "quote"})
    for words in ("优惠减免 −¥5.00", f"爱心卡 · {family.name} −¥40.00", "家庭资金最后用", "现在还没有入账"):
        assert words in text(quote)
    where, hidden = form_for(quote, redeem)
    booked = client.post(where, {**hidden, "step": "book"}, follow=True)
    assert "爱心卡上还剩 ¥0.00" in text(booked)
    no = Bill.objects.get().no
    assert f"/provider/bills/{no}/receipt.pdf" in booked.content.decode()
    printed: list[str] = []
    monkeypatch.setattr(paper, "render_pdf", lambda html, css: printed.append(html) or b"%PDF-")
    answer = client.get(f"/provider/bills/{no}/receipt.pdf")
    assert (answer.status_code, answer.headers["Content-Type"]) == (200, "application/pdf")
    assert "优惠减免" in printed[0]
    assert family.name in printed[0]
    bill = text(client.get(f"/provider/bills/{no}/"))
    for words in (f"爱心卡 · {family.name} −¥40.00", "优惠减免 −¥5.00"):
        assert words in bill
    assert "爱心卡 ¥40.00" in text(client.get("/provider/bills/"))
