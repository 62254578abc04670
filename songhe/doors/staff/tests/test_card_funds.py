"""Funds of the card at the desk: opened, filled and changed by two people; votes, gifts, and where the money went."""

from __future__ import annotations

from datetime import date

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext

from songhe.card.models import Allotment, Allowed, Decision, Donation, Fund
from songhe.card.tests.world import JINDONG, TENTH, canteen, made_card, made_fund, purse, run_charge, spend, top_up
from songhe.doors.staff.tests.conftest import ELSEWHERE
from songhe.doors.staff.tests.reading import forms, send, text
from songhe.trail.models import Entry

PAGE = "/staff/card/funds/"
TOLD = {
    "code": "county-2026",
    "name": "区级补贴",
    "source": "finance",
    "level": "county",
    "place": JINDONG,
    "classes": ["1", "2"],
    "allowed": ["meals", "bathing"],
    "expiry": "month_end",
    "late_days": "5",
    "rank": "1",
    "ceiling": "100,000",
    "document_no": "金财〔2026〕1号",
    "rate_card_class_2_old": "1/2",
    "rate_card_service_low_income": "30元",
}


@pytest.fixture
def people(enter):
    return {
        "clerk": enter("c1", "county_clerk", place=JINDONG),
        "finance": enter("f1", "finance", place=JINDONG),
        "approver": enter("a1", "county_approver", place=JINDONG),
    }


def page_of(fund):
    return f"{PAGE}{fund.id}/"


def test_a_fund_is_proposed_by_one_and_opened_by_another(people):
    answer = send(people["clerk"], PAGE, "/new/", **TOLD)
    assert answer.status_code == 302, text(answer)
    page = people["clerk"].get(PAGE)
    assert "等另一人批准" in text(page)
    assert not any(one.endswith("/approve/") for one in forms(page))
    assert send(people["approver"], PAGE, "/approve/").status_code == 302
    made = Fund.objects.get()
    assert (made.opened_by, made.approved_by, made.classes) == ("c1", "a1", [1, 2])
    assert made.rates == {"card_class_2_old": "1/2", "card_service_low_income": 3_000}
    page = text(people["finance"].get(page_of(made)))
    assert "区级补贴" in page
    assert "承担全额的 1/2" in page
    assert "¥100,000.00" in page


def test_what_is_wrong_with_a_fund_is_said_beside_the_field(people):
    answer = send(people["clerk"], PAGE, "/new/", **{**TOLD, "rate_card_class_2_old": "3/2", "allowed": []})
    assert answer.status_code == 422
    assert "请填份额（如 1/2）或金额（如 30 元）" in text(answer)
    answer = send(people["clerk"], PAGE, "/new/", **{**TOLD, "place": "110101"})
    assert "不在本县范围内" in text(answer)
    assert not Entry.objects.filter(act="card.propose_change").exists()


def test_finance_puts_money_in_when_an_approver_says_yes(people):
    fund = made_fund(county=JINDONG, amount_fen=0)
    told = {"amount": "5,000", "document_no": "拨1号"}
    assert send(people["finance"], page_of(fund), "/put-in/", **told).status_code == 302
    row = Allotment.objects.get()
    assert (row.amount_fen, row.state, row.proposed_by) == (500_000, "open", "f1")
    assert send(people["approver"], page_of(fund), f"/{row.id}/approve/").status_code == 302
    assert "¥5,000.00" in text(people["finance"].get(page_of(fund)))
    send(people["finance"], page_of(fund), "/take-out/", amount="6,000", document_no="拨2号")
    answer = send(people["approver"], page_of(fund), "/approve/")
    assert answer.status_code in {409, 422}
    assert "没有办成" in text(answer)
    send(people["approver"], page_of(fund), "/decline/", because="钱不够")
    assert "钱不够" in text(people["finance"].get(page_of(fund)))


def test_a_village_s_money_stands_on_a_recorded_vote_with_its_paper(people, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    fund = made_fund(county=JINDONG, source="collective", level="village", place=f"{JINDONG}001001", amount_fen=0)
    vote = {
        "held_on": "2026-02-10",
        "body": "村民代表会议",
        "entitled": "5",
        "present": "甲、乙、丙",
        "votes_for": "2",
        "votes_against": "1",
        "abstained": "0",
        "resolution": "提取给老人",
        "amount": "800",
        "document_no": "村决1",
        "paper": SimpleUploadedFile("记录.pdf", b"%PDF-1.4 x", "application/pdf"),
    }
    answer = send(people["clerk"], page_of(fund), "/vote/", **vote)
    assert answer.status_code == 302, text(answer)
    made = Decision.objects.get()
    assert people["clerk"].get(f"/staff/card/votes/{made.id}/paper/").content == b"%PDF-1.4 x"
    answer = send(people["clerk"], page_of(fund), "/vote/", **{**vote, "votes_for": "1", "paper": ""})
    assert "应等于到会人数" in text(answer)
    send(people["finance"], page_of(fund), "/put-in/", amount="900", document_no="x", decision=str(made.id))
    answer = send(people["approver"], page_of(fund), "/approve/")
    assert "决议金额" in text(answer)


def test_a_gift_has_a_certificate_and_is_followed_to_what_it_paid(people):
    fund = made_fund(county=JINDONG, source="charity", expiry="never", matches=True, amount_fen=0)
    gift = {
        "amount": "100",
        "document_no": "捐1",
        "giver": "company",
        "giver_name": "某某公司",
        "named": "on",
        "given_on": "2026-03-02",
        "receipt_no": "R1",
        "wish": "给高龄老人",
    }
    answer = send(people["finance"], page_of(fund), "/put-in/", **{**gift, "receipt_no": ""})
    assert answer.status_code == 422
    assert send(people["finance"], page_of(fund), "/put-in/", **gift).status_code == 302
    given = Donation.objects.get()
    certificate = f"/staff/card/gifts/{given.id}/certificate.pdf"
    assert people["finance"].get(certificate).status_code == 404
    send(people["approver"], page_of(fund), "/approve/")
    assert people["finance"].get(certificate).content.startswith(b"%PDF")
    made_fund(county=JINDONG, source="family", expiry="never")
    card = made_card(county=JINDONG)
    top_up(card, 2_000)
    assert purse(card, fund)
    spend(card, fund, 700, who=canteen(JINDONG), on=date(2026, 3, 11))
    page = text(people["clerk"].get(f"{page_of(fund)}gifts/"))
    assert "已用 ¥7.00 ，还剩 ¥93.00" in page or "已用 ¥7.00，还剩 ¥93.00" in page
    assert "助餐" in page


def test_what_a_fund_may_buy_is_changed_by_two(people):
    fund = made_fund(county=JINDONG, allowed=("meals",))
    send(people["clerk"], page_of(fund), "/allow/", category="aids", document_no="改1")
    send(people["approver"], page_of(fund), "/approve/")
    send(people["clerk"], page_of(fund), "/disallow/", category="meals", until="2026-04-30", document_no="改2")
    send(people["approver"], page_of(fund), "/approve/")
    rows = Allowed.objects.filter(fund=fund).order_by("category").values_list("category", "until")
    assert list(rows) == [("aids", None), ("meals", date(2026, 4, 30))]


def test_a_fund_that_cannot_give_next_month_is_said(people):
    fund = made_fund(county=JINDONG, rates={"card_class_2_old": 3_000}, amount_fen=4_000)
    made_card("card_class_2_old", county=JINDONG)
    run_charge(fund, on=TENTH)
    assert "余额不够发下个月" in text(people["clerk"].get(PAGE))


def test_another_county_s_funds_are_not_there(people, enter):
    fund = made_fund(county=JINDONG)
    elsewhere = enter("e1", "county_approver", place=ELSEWHERE)
    assert elsewhere.get(page_of(fund)).status_code == 404
    assert elsewhere.get(PAGE, {"county": JINDONG}).status_code == 404
    assert Entry.objects.filter(act="door.out_of_reach", county=JINDONG).count() == 1
    assert people["clerk"].post(f"/staff/card/money/{fund.id}/approve/", {}).status_code == 403
    assert people["approver"].post(f"{page_of(fund)}put-in/", {}).status_code == 403
    assert enter("m1", "auditor", place=JINDONG).get(page_of(fund)).status_code == 200


def test_the_pages_ask_as_much_for_many_rows_as_for_few(people):
    fund = made_fund(county=JINDONG)
    made_fund(county=JINDONG)

    def asked(page):
        people["finance"].get(page)
        with CaptureQueriesContext(connection) as told:
            assert people["finance"].get(page).status_code == 200
        return len(told)

    few = asked(PAGE), asked(page_of(fund))
    for _ in range(8):
        made_fund(county=JINDONG)
    Allotment.objects.bulk_create(
        Allotment(
            county=JINDONG,
            fund_id=fund.id,
            source="finance",
            amount_fen=100,
            document_no=f"x{number}",
            proposed_by="f1",
            proposed_at="2026-03-01T00:00:00Z",
        )
        for number in range(1_000)
    )
    assert (asked(PAGE), asked(page_of(fund))) <= (few[0], few[1] + 2)
