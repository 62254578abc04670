"""Bills and receipts: who paid what and why, what was undone, stars, and what is wrong."""

from __future__ import annotations

from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from songhe.assessment.tests import world
from songhe.doors.elder.tests.money.conftest import COUNTY, mandate, said
from songhe.doors.staff.tests.reading import form_for, send, text
from songhe.feedback.models import Complaint, Rating
from songhe.grant.tests.world import TENTH
from songhe.person.models import Identity, Mandate, Person
from songhe.person.move import move
from songhe.redemption.models import Bill
from songhe.redemption.reverse import amend, reverse
from songhe.redemption.tests import world as bills
from songhe.trail.models import Entry

PAGE = "/my/bills/"


@pytest.fixture
def bill(family):
    return bills.pay(family.grant, bills.provider(), bills.bath(100_000), ltci_fen=20_000)


def address(bill, tail=""):
    return f"{PAGE}{bill.no}/{tail}"


def undo(bill):
    reverse(county=COUNTY, bill_no=bill.no, because="没有上门", at=world.at(TENTH), on=TENTH, by="manager")


def test_the_month_is_added_up_and_each_bill_leads_to_its_receipt(family, bill):
    page = said(family.granny, PAGE)
    for words in ("2026年3月", bill.provider.name, "券付了 ¥400.00", "自己付 ¥400.00", "−¥200.00"):
        assert words in page


def test_a_receipt_says_who_paid_what_and_why(family, bill):
    page = said(family.granny, address(bill))
    for words in ("服务费用 ¥1,000.00", "长期护理保险 −¥200.00", "消费券 −¥400.00", "您自己付 ¥400.00"):
        assert words in page
    for step in ("先由长期护理保险支付", "抵扣基数", "按1/2抵扣，四舍五入到分", "消费券支付"):
        assert step in page
    assert bill.no[:4] in page


def test_the_daughter_reads_it_too_and_that_is_noted(family, bill):
    page = said(family.daughter, address(bill))
    assert "王秀兰自己付 ¥400.00" in page
    assert Entry.objects.filter(county=COUNTY, act="redemption.read", actor="daughter").exists()


def test_a_reversed_bill_bears_its_seal_and_says_what_becomes_of_the_money(family, bill):
    undo(bill)
    page = said(family.granny, address(bill))
    for words in ("已冲正", "您自己付的请找机构退", "没有上门", "服务费用 ¥1,000.00"):
        assert words in page
    assert "已冲正" in said(family.granny, PAGE)


def test_a_corrected_bill_leads_to_the_first_and_back(family, bill):
    smaller = amend(
        county=COUNTY,
        bill_no=bill.no,
        number=1,
        fee_fen=60_000,
        because="只做了一半",
        at=world.at(TENTH),
        on=TENTH,
        by="manager",
    )
    assert smaller.no in family.granny.get(address(bill)).content.decode()
    assert "看改正后的收据" in said(family.granny, address(bill))
    assert "看原来的收据" in said(family.granny, address(smaller))


def test_a_provisional_bill_says_what_it_waits_for(family):
    made = bills.pay(family.grant, bills.provider(), bills.bath(100_000), ltci_fen=None)
    assert "长护险付多少还没定" in said(family.granny, address(made))


def test_a_year_is_added_up_by_month(family, bill):
    page = said(family.granny, f"{PAGE}year/2026/")
    for words in ("2026年一共花了多少", "2026年3月", "1 张账单", "券付 ¥400.00 ，自己付 ¥400.00"):
        assert words in page
    assert "这一年没有账单" in said(family.granny, f"{PAGE}year/2025/")


def test_without_bills_it_says_what_will_be_here(family):
    assert "还没有账单" in said(family.granny, PAGE)


@pytest.mark.parametrize("tail", ["", "receipt.pdf", "wrong/"])
def test_somebody_elses_bill_is_not_there_and_the_asking_is_noted(family, bill, tail):
    assert family.stranger.get(address(bill, tail)).status_code == 404
    assert Entry.objects.get(county=COUNTY, act="door.out_of_reach").subject_id == str(bill.id)


def test_a_receipt_comes_as_a_pdf(family, bill):
    answer = family.granny.get(address(bill, "receipt.pdf"))
    assert answer.headers["Content-Type"] == "application/pdf"
    assert answer.content.startswith(b"%PDF")
    assert family.person.name not in answer.headers["Content-Disposition"]


def test_one_press_rates_and_a_second_changes_it(family, bill):
    assert "很满意" in said(family.granny, address(bill))
    answer = send(family.granny, address(bill), "/rate/", stars=5, words="来得准时")
    assert answer.status_code == 302
    assert Rating.rows.get(county=COUNTY).stars == 5
    page = said(family.granny, address(bill))
    assert "来得准时" in page
    send(family.granny, address(bill), "/rate/", stars=3)
    assert Rating.rows.get(county=COUNTY).stars == 3
    assert "您评了 3 星" in said(family.granny, PAGE)


def test_nonsense_stars_are_no_rating(family, bill):
    for stars in ("9", "", "many"):
        answer = send(family.granny, address(bill), "/rate/", stars=stars)
        assert answer.status_code == 422
        assert "请选择1至5颗星" in text(answer)
    assert not Rating.rows.exists()


def test_what_is_wrong_goes_to_the_bureau_with_a_day_for_the_answer(family, bill):
    answer = send(family.daughter, address(bill, "wrong/"), "/wrong/", category="service", words="那天没有来")
    page = text(answer)
    assert "民政局收到了" in page
    assert "最晚" in page
    made = Complaint.rows.get(county=COUNTY)
    assert (made.about, made.bill_id, made.category) == ("bill", bill.id, "service")
    assert made.person_id == family.person.id


def test_a_complaint_without_words_is_asked_for_them_and_keeps_what_was_typed(family, bill):
    answer = send(family.granny, address(bill, "wrong/"), "/wrong/", category="price", phone="13800001234")
    assert answer.status_code == 422
    assert "请说说情况" in text(answer)
    assert "13800001234" in answer.content.decode()
    assert not Complaint.rows.exists()


def test_a_complaint_sent_twice_is_one(family, bill):
    where, hidden = form_for(family.granny.get(address(bill, "wrong/")), "/wrong/")
    for _ in range(2):
        assert family.granny.post(where, {**hidden, "category": "other", "words": "不对"}).status_code == 200
    assert Complaint.rows.count() == 1


def test_the_list_asks_as_many_questions_for_three_bills_as_for_fifty(family):
    who = bills.provider()

    def asked():
        with CaptureQueriesContext(connection) as queries:
            said(family.granny, PAGE)
        return len(queries)

    for _ in range(3):
        bills.pay(family.grant, who, bills.bath(100))
    asked()
    few = asked()
    first = Bill.objects.filter(county=COUNTY).first()
    more = []
    for number in range(200):
        copy = Bill.objects.get(county=COUNTY, id=first.id)
        copy.id, copy.no = world.new_id(), f"{COUNTY}202603X{number:05d}"
        more.append(copy)
    Bill.objects.bulk_create(more)
    assert asked() == few <= 20
    assert "更多账单" in said(family.granny, PAGE)
    assert said(family.granny, f"{PAGE}?month=2026-03&after=50")


@pytest.mark.parametrize("query", ["month=2026-13", "month=x", "month=2020-01", "after=-1", "after=99999"])
def test_a_month_that_is_none_of_hers_shows_the_latest(family, bill, query):
    assert family.granny.get(f"{PAGE}?{query}").status_code == 200


def test_it_is_said_in_english_too(family, bill, english):
    page = said(english(family.granny), address(bill))
    for words in ("You pay ¥400.00", "Long-term care insurance pays first", "How was this service?"):
        assert words in page


def test_a_bill_of_an_assessment_is_a_receipt_as_well(family, bill):
    Bill.objects.filter(county=COUNTY, id=bill.id).update(booked_on=date(2026, 3, 9))
    assert "2026年3月9日" in said(family.granny, address(bill))


# --- after a move ----------------------------------------------------------------------------------------------------

NEW = "370703"


def moved(family):
    """The elder moves to another county; the daughter's mandate goes along."""
    return move(
        person=family.person,
        to_place=f"{NEW}100201",
        moved_on=TENTH,
        on=TENTH,
        at=world.at(TENTH),
        by="clerk",
        source="moved",
    )


@pytest.fixture
def with_a_number(family):
    Person.rows.filter(id=family.person.id).update(identity=Identity.objects.create(index=b"x" * 32).id)
    family.person.refresh_from_db()
    return family


def test_bills_from_before_a_move_are_still_read_by_the_elder_and_the_family(with_a_number, bill):
    family = with_a_number
    there = moved(family)
    assert there.county == NEW
    for reader in (family.granny, family.daughter):
        page = reader.get(PAGE)
        assert "迁居以前的账单" in text(page)
        old = f"{PAGE}?county={COUNTY}"
        assert "券付了 ¥400.00" in said(reader, old)
        assert "只能看" in said(reader, old)
        assert "只能看" in said(reader, address(bill))
        assert reader.get(address(bill, "receipt.pdf")).status_code == 200


def test_what_is_from_before_a_move_is_only_read(with_a_number, bill):
    family = with_a_number
    moved(family)
    page = said(family.granny, address(bill))
    assert ("这张账单不对" in page, "这次服务怎么样" in page) == (False, False)
    assert family.granny.post(address(bill, "rate/"), {"stars": 5}).status_code == 404
    assert family.granny.get(address(bill, "wrong/")).status_code == 404
    assert not Rating.rows.exists()


def test_whoever_had_no_mandate_before_the_move_reads_nothing_from_before_it(with_a_number, bill):
    family = with_a_number
    there = moved(family)
    mandate(there, "stranger")
    assert "迁居以前的账单" not in said(family.stranger, PAGE)
    assert family.stranger.get(address(bill)).status_code == 404
    assert "券付了" not in said(family.stranger, f"{PAGE}?county={COUNTY}")
    assert Entry.objects.filter(act="door.out_of_reach", actor="stranger", county=COUNTY).exists()


def test_a_mandate_taken_back_before_the_move_opens_nothing(with_a_number, bill):
    family = with_a_number
    Mandate.objects.filter(account="daughter").update(ended_on=TENTH, ended_because="本人取消")
    there = moved(family)
    mandate(there, "daughter")
    assert family.daughter.get(address(bill)).status_code == 404
