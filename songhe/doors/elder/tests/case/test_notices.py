"""The inbox of an elder: shared with the family, read once, told as one wishes, and nobody else's."""

from __future__ import annotations

from datetime import timedelta

from django.db import connection
from django.test.utils import CaptureQueriesContext

from songhe.doors.elder.tests.case.conftest import AT, COUNTY, DAY, citizen, clerk, daughter, granny, text
from songhe.kernel.id_number import parse
from songhe.notice.models import Channel, Notice, Wish
from songhe.notice.tell import row, tell
from songhe.person.mandate import give
from songhe.person.tests.conftest import id_number
from songhe.trail.models import Entry

PAGE = "/my/notices/"
VALUES = {"month": "2026-03", "face_fen": 80_000, "use_until": "2026-03-31"}


def told(person, number=0, **more):
    return tell(
        county=COUNTY,
        person_id=person.id,
        template="voucher.issued",
        values=VALUES,
        at=AT + timedelta(minutes=number),
        on=DAY,
        **more,
    )


def test_what_was_told_stands_in_the_inbox_and_is_new_once():
    own = granny()
    told(own)
    browser = citizen(own, "granny")
    page = text(browser.get(PAGE))
    assert "您的2026年3月养老服务消费券已发放" in page
    assert "新" in page
    assert Notice.rows.filter(read_at=None).count() == 0
    assert "2026年3月消费券已发放 新" not in text(browser.get(PAGE))


def test_in_english_it_is_said_in_english():
    own = granny()
    told(own)
    browser = citizen(own, "granny")
    browser.cookies["django_language"] = "en"
    assert "Your care voucher for March 2026" in text(browser.get(PAGE))


def test_the_family_reads_the_elder_s_and_nobody_else_s():
    own, family = granny(), daughter()
    told(own)
    browser = citizen(family, "daughter")
    assert "2026年3月" not in text(browser.get(PAGE))
    give(
        person=own,
        proxy=parse(id_number(family.birth_date, 12)),
        proxy_name="李梅",
        relation="child",
        acts=["apply"],
        evidence="户口簿",
        valid_from=DAY,
        at=AT,
        by="clerk",
        account="daughter",
        proxy_phone="13800005678",
    )
    assert "王秀兰老人的2026年3月" in text(browser.get(PAGE))
    assert Entry.objects.filter(act="notice.read", subject_id=str(own.id)).exists()


def test_one_says_how_one_wishes_to_be_told():
    own = granny()
    browser = citizen(own, "granny")
    sent = browser.post(PAGE, {"way": "voice", "language": "zh"})
    assert sent["Location"] == PAGE
    kept = Wish.rows.get(county=COUNTY, person=own.id)
    assert (kept.account, kept.way) == ("", "voice")
    assert browser.post(PAGE, {"way": "pigeon", "language": "zh"}).status_code == 422
    browser.post(PAGE, {"way": "none", "language": "en"})
    assert Wish.rows.get(county=COUNTY, person=own.id).way == "none"


def test_a_long_inbox_is_read_page_by_page_with_the_same_statements():
    own = granny()
    browser = citizen(own, "granny")

    def statements(address=PAGE):
        with CaptureQueriesContext(connection) as seen:
            assert browser.get(address).status_code == 200
        return len(seen)

    for number in range(10):
        told(own, number)
    few = statements()
    rows = [
        row(county=COUNTY, person_id=own.id, name="voucher.issued", values=VALUES, at=AT + timedelta(minutes=one))
        for one in range(1_000)
    ]
    Notice.rows.bulk_create(rows)
    assert statements() <= few
    following = browser.get(PAGE).context["following"]
    assert statements(following) <= few
    assert Notice.rows.filter(channel=Channel.INBOX, read_at=None).count() == 1_010 - 10 - 40


def test_who_signs_in_for_nobody_finds_none():
    assert citizen(daughter(), "daughter").get(PAGE).status_code == 200
    assert clerk().get(PAGE).status_code == 404


def test_the_first_page_shows_the_newest_three_and_how_many_are_new():
    own = granny()
    for number in range(5):
        told(own, number)
    browser = citizen(own, "granny")
    page = browser.get("/my/")
    assert "5 条没看" in text(page)
    assert page.content.decode().count("#notice-") == 3
    browser.get(PAGE)
    assert "条没看" not in text(browser.get("/my/"))
    assert "看全部通知" in text(browser.get("/my/"))


def test_a_first_page_without_notices_says_nothing_of_them():
    assert "看全部通知" not in text(citizen(granny(), "granny").get("/my/"))


def test_the_first_page_costs_the_same_for_ten_notices_and_for_a_thousand():
    own = granny()
    browser = citizen(own, "granny")

    def statements():
        with CaptureQueriesContext(connection) as seen:
            assert browser.get("/my/").status_code == 200
        return len(seen)

    for number in range(10):
        told(own, number)
    few = statements()
    Notice.rows.bulk_create(
        row(county=COUNTY, person_id=own.id, name="voucher.issued", values=VALUES, at=AT + timedelta(minutes=one))
        for one in range(1_000)
    )
    assert statements() <= few
