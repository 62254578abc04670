"""What an elder has at home, what it costs so far, asking for a fitting, taking what was tried, having it fetched."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from songhe.aid.models import Fitting, Loan
from songhe.aid.tests import world
from songhe.assessment.tests.world import at, elder
from songhe.doors.elder.tests.money.conftest import (
    DAY,
    citizen,
    english,
    no_language_stays_behind,
    practice,
    said,
    unknown_variables_fail,
)
from songhe.doors.public.tests.test_english import left_in_chinese
from songhe.doors.staff.tests.reading import form_for, text
from songhe.person.models import Person
from songhe.trail.models import Entry

__all__ = ["english", "no_language_stays_behind", "practice", "unknown_variables_fail"]

pytestmark = pytest.mark.django_db

PAGE = "/my/aids/"
EARLIER = DAY - timedelta(days=9)


def fill(client, page, ending, **told):
    """Open the page, fill in the form, send it and go where it leads."""
    address, hidden = form_for(client.get(page), ending)
    return client.post(address, {**hidden, **told}, follow=True)


@pytest.fixture
def granny() -> Person:
    return elder(name="王秀兰")


@pytest.fixture
def hers(granny):
    return citizen("granny", granny)


@pytest.fixture
def shop(practice):
    made = world.provider()
    world.piece(made)
    return made


def tried(shop, granny):
    from songhe.aid.fit import try_out

    row = world.assessed(shop, granny, on=EARLIER)
    return try_out(fitting=row, trial="坐得稳", at=at(EARLIER), on=EARLIER, by="fitter")


def test_she_asks_and_is_told_that_somebody_comes(hers, granny, shop):
    page = said(hers, PAGE)
    assert "还没有租辅具" in page
    done = fill(hers, PAGE, "/my/aids/ask/", provider=str(shop.pk), wish="腿脚不便，想要轮椅")
    assert "说好了" in text(done)
    row = Fitting.objects.get(person=granny)
    assert (row.wish, row.provider_id, row.asked_by) == ("腿脚不便，想要轮椅", shop.pk, "granny")
    again = fill(hers, PAGE, "/my/aids/ask/", provider=str(shop.pk), wish="还要")
    assert "已经申请过" in text(again)


def test_what_is_missing_is_said(hers, shop):
    answer = fill(hers, PAGE, "/my/aids/ask/", provider=str(shop.pk), wish="")
    assert answer.status_code == 422
    assert "请写一写需要什么" in text(answer)


def test_she_takes_what_was_tried_or_not(hers, granny, shop):
    row = tried(shop, granny)
    page = said(hers, PAGE)
    assert "家里要改：门口加一块坡道板" in page
    assert "选定了" in text(fill(hers, PAGE, f"{PAGE}{row.id}/accept/"))
    assert Fitting.objects.get(id=row.id).decided_by == "granny"
    page = said(hers, PAGE)
    assert "不要了" in text(fill(hers, PAGE, f"{PAGE}{row.id}/decline/", because="住院了"))
    assert Fitting.objects.get(id=row.id).state == Fitting.State.DECLINED


def test_days_rent_and_deposit_stand_on_the_page_and_she_has_it_fetched(hers, granny, shop):
    loan = world.lent(shop, granny, on=EARLIER)
    page = said(hers, PAGE)
    for words in ("手动轮椅", "¥30.00", "10 天", "¥500.00", "机构代管中", world.deposit(loan).receipt_no):
        assert words in page, words
    done = fill(hers, PAGE, f"{PAGE}loans/{loan.id}/back/")
    assert "等机构来取" in text(done)
    assert Loan.objects.get(id=loan.id).back_asked_on == DAY
    world.back(loan, on=DAY)
    world.settled(loan, on=DAY)
    page = said(hers, PAGE)
    assert "已归还" in page
    assert "退还" in page


def test_a_piece_that_is_called_back_is_told(hers, granny, shop):
    from songhe.aid.stock import recall

    loan = world.lent(shop, granny, on=EARLIER)
    recall(
        county=loan.county,
        aid=loan.piece.aid,
        because="轮轴断裂",
        notice_no="召1",
        at=at(DAY),
        on=DAY,
        by="clerk",
    )
    assert "正在召回，请先不要用" in said(hers, PAGE)


def test_another_persons_aids_are_not_there_and_the_asking_is_noted(hers, shop):
    other = tried(shop, elder())
    loan = world.lent(shop, elder(), on=EARLIER)
    for address in (f"{PAGE}{other.id}/accept/", f"{PAGE}loans/{loan.id}/back/"):
        assert hers.post(address).status_code == 404
    assert Entry.objects.filter(act="door.out_of_reach").count() == 2


def test_who_is_not_signed_in_sees_nothing(client, shop):
    assert client.get(PAGE).status_code in (302, 401, 403)


def test_in_english_no_chinese_is_left_but_names(english, hers, granny, shop):
    world.lent(shop, granny, on=EARLIER)
    tried(shop, granny)
    hers.cookies["django_language"] = "en"
    names = ("王秀兰", shop.name, "腿脚不便", "走不远", "门口加一块坡道板", "坐得稳", "标准")
    assert left_in_chinese(hers.get(PAGE), *names) == []


def test_queries_do_not_grow_with_loans(hers, granny, shop):
    def queries():
        with CaptureQueriesContext(
            connection,
        ) as found:
            hers.get(PAGE)
        return len(found)

    world.lent(shop, granny, on=EARLIER)
    few = queries()
    for _ in range(5):
        world.lent(shop, granny, on=EARLIER)
    assert queries() <= few
