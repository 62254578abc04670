"""Somebody complains from home, without a name, and reads the answer."""

import re
from uuid import uuid4

import pytest
from django.test import Client

from songhe.assessment.tests.world import COUNTY, at, elder
from songhe.document.number import number
from songhe.doors.public.tests.conftest import text
from songhe.doors.staff.tests.conftest import DAY
from songhe.entitlement.models import Letter
from songhe.entitlement.tests import story
from songhe.feedback.answer import answer
from songhe.feedback.complain import code_of
from songhe.feedback.models import Complaint
from songhe.kernel.month import Month

WORDS = "说好两小时，只来了半小时"


def complained(browser, *, key=None, **told):
    given = {"key": str(key or uuid4()), "county": COUNTY, "category": "service", "words": WORDS}
    return browser.post("/complaint/new/", {**given, **told})


def only():
    return Complaint.rows.get(county=COUNTY)


def opened(browser, row, code):
    return browser.post("/complaint/follow/", {"no": row.no, "code": code}, follow=True)


def answered(row):
    return answer(complaint=row, outcome="upheld", text="已补做一次", at=at(DAY), on=DAY, by="clerk")


def test_a_complaint_needs_no_name_and_gives_a_number_a_code_and_a_day(anybody, home):
    assert complained(anybody, provider=home.pk)["Location"] == "/complaint/made/"
    row = only()
    assert (row.provider, row.name, row.phone, row.by) == (home, "", "", "public")
    page = text(anybody.get("/complaint/made/"))
    shown = re.sub(r"\s", "", page)
    assert row.no in shown
    assert code_of(row) in shown
    assert "2026年3月19日" in page


def test_the_number_and_the_code_stand_in_no_address(anybody, home):
    response = complained(anybody)
    assert only().no not in response["Location"]


def test_another_browser_does_not_see_the_code(anybody, home):
    complained(anybody)
    assert Client().get("/complaint/made/")["Location"] == "/complaint/"


def test_sent_twice_it_is_one_complaint(anybody, home):
    key = uuid4()
    complained(anybody, key=key)
    complained(anybody, key=key)
    assert only()


def test_a_bill_or_a_letter_is_found_by_its_number(anybody, home):
    right = story.approved(elder())
    letter = Letter.objects.get(county=COUNTY, application=right.application)
    complained(anybody, number=letter.no, category="decision")
    row = only()
    assert (row.about, row.application_id) == ("decision", right.application_id)
    assert right.application.reviewed_by in row.against


@pytest.mark.parametrize(
    ("told", "said"),
    [
        ({"words": " "}, "请写明情况。"),
        ({"category": ""}, "请选一类。"),
        ({"number": "123"}, "21位或24位"),
        ({"phone": "123"}, "电话"),
        ({"number": number("370703", Month(2026, 2), 1)}, "这个县（市、区）没有这个编号"),
    ],
)
def test_what_is_missing_or_wrong_is_said_and_what_was_typed_stays(anybody, home, told, said):
    response = complained(anybody, **{"name": "小区居民", **told})
    assert response.status_code == 422
    assert said in text(response)
    assert "小区居民" in text(response)
    assert not Complaint.rows.filter(county=COUNTY).exists()


def test_the_code_opens_it_and_what_was_written(anybody, home):
    complained(anybody)
    row = answered(only())
    page = text(opened(Client(), row, code_of(row)))
    assert WORDS in page
    assert "已补做一次" in page
    assert "申请复核" in page


def test_the_tail_of_the_telephone_shows_how_it_stands_and_no_more(anybody, home):
    complained(anybody, phone="13800138000")
    row = answered(only())
    page = text(opened(Client(), row, "8000"))
    assert "已补做一次" in page
    assert WORDS not in page
    assert "哪里不满意" not in page


def test_a_wrong_code_and_a_wrong_number_are_told_alike_and_soon_not_at_all(anybody, home):
    complained(anybody)
    row, stranger = only(), Client()
    wrong = "00000000" if code_of(row) != "00000000" else "11111111"
    for _ in range(5):
        page = text(stranger.post("/complaint/follow/", {"no": row.no, "code": wrong}))
        assert "对不上" in page
    response = stranger.post("/complaint/follow/", {"no": row.no, "code": code_of(row)})
    assert response.status_code == 429


def test_who_is_not_content_asks_for_a_review_with_the_code(anybody, home):
    complained(anybody)
    row = answered(only())
    browser = Client()
    opened(browser, row, code_of(row))
    browser.post("/complaint/follow/act/", {"verb": "contest", "grounds": "还是没来"})
    row = only()
    assert (row.state, row.grounds) == ("contested", "还是没来")


def test_without_the_code_nothing_is_done_to_it(anybody, home):
    complained(anybody, phone="13800138000")
    row = answered(only())
    browser = Client()
    opened(browser, row, "8000")
    browser.post("/complaint/follow/act/", {"verb": "contest", "grounds": "还是没来"})
    Client().post("/complaint/follow/act/", {"verb": "contest", "grounds": "还是没来"})
    assert only().state == "answered"


def test_it_can_be_withdrawn(anybody, home):
    complained(anybody)
    browser = Client()
    opened(browser, only(), code_of(only()))
    page = text(browser.post("/complaint/follow/act/", {"verb": "withdraw"}, follow=True))
    assert "已撤回" in page
    assert only().state == "withdrawn"


def test_done_reading_closes_it(anybody, home):
    complained(anybody)
    browser = Client()
    opened(browser, only(), code_of(only()))
    browser.get("/complaint/follow/?again=1")
    assert WORDS not in text(browser.get("/complaint/follow/"))


def test_the_first_page_says_how_long_an_answer_takes(anybody):
    page = text(anybody.get("/complaint/"))
    assert "7 个工作日" in page
    assert "缺省设定" in page


def test_without_a_county_there_is_nobody_to_complain_to(anybody):
    assert "还没有开通" in text(anybody.get("/complaint/new/"))
