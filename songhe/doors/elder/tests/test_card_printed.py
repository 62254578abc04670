"""The card's code on paper: the elder's own PIN, a PDF with a square that is read, old paper dead at once."""

from __future__ import annotations

import re

import pytest

from songhe.assessment.tests import world as people
from songhe.card import pin
from songhe.doors.elder import paper
from songhe.doors.elder.tests.card_world import DAY, JINDONG, citizen, family, practice
from songhe.doors.elder.tests.money.conftest import browser, mandate, said
from songhe.doors.shell.tests.conftest import no_language_stays_behind, unknown_variables_fail
from songhe.doors.shell.translate import compile_catalogues
from songhe.doors.staff.tests.conftest import account
from songhe.doors.staff.tests.reading import form_for, send, text
from songhe.person import assistance, code
from songhe.person.models import Medium
from songhe.trail.models import Entry

__all__ = ["family", "no_language_stays_behind", "practice", "unknown_variables_fail"]

compile_catalogues()

PAGE = "/my/card/printed/"
NOW = people.at(DAY)
PIN = "836195"


def sent(client, what="print", secret=PIN, again=None):
    answer = client.get(PAGE)
    forms = re.findall(r"<form\b.*?</form>", answer.content.decode(), re.S)
    form = next(one for one in forms if f'name="do" value="{what}"' in one)
    key = re.search(r'name="key" value="([^"]+)"', form)[1]
    told = {"key": key, "do": what, "pin": secret, "again": secret if again is None else again}
    return client.post(PAGE, told if what != "end" else {"key": key, "do": what})


def live(family):
    return Medium.objects.filter(county=JINDONG, person=family.person, kind="pin", ended_at=None)


def test_the_elder_sets_a_pin_and_the_sheet_is_there_to_print(family):
    assert "先定一个密码" in said(family.granny, PAGE)
    assert sent(family.granny).status_code == 302
    page = said(family.granny, PAGE)
    for words in ("王秀兰", "自己按六位密码", "没有密码，这张纸付不了钱", "12345"):
        assert words in page
    assert PIN not in family.granny.get(PAGE).content.decode()
    assert "打印带密码的码" in said(family.granny, "/my/card/")


def test_the_pdf_is_real_and_its_square_says_the_code(family):
    assert family.granny.get(f"{PAGE}code.pdf").status_code == 302
    sent(family.granny)
    answer = family.granny.get(f"{PAGE}code.pdf")
    assert (answer.headers["Content-Type"], answer.content[:4]) == ("application/pdf", b"%PDF")
    payload = code.printed(live(family).get())
    assert payload.startswith("S1.")
    assert paper.drawing(payload).startswith("data:image/svg+xml;base64,")


def test_a_new_sheet_voids_the_old_and_another_pin_keeps_it(family):
    sent(family.granny)
    old = live(family).get()
    assert sent(family.granny, "set", "492716").status_code == 302
    assert live(family).get() == old
    assert sent(family.granny, "print", "771350").status_code == 302
    assert live(family).get() != old
    assert sent(family.granny, "end").status_code == 302
    assert not live(family).exists()


def test_two_presses_make_one_sheet(family):
    where, hidden = form_for(family.granny.get(PAGE), "/printed/")
    for _ in range(2):
        assert family.granny.post(where, {**hidden, "pin": PIN, "again": PIN}).status_code == 302
    assert Medium.objects.filter(county=JINDONG, person=family.person, kind="pin").count() == 1


@pytest.mark.parametrize(
    ("secret", "again", "words"),
    [
        ("836195", "836196", "两次按的不一样"),
        ("123456", "123456", "太好猜"),
        ("12345", "12345", "六位数字"),
        ("", "", "六位密码"),
    ],
)
def test_what_is_wrong_with_a_pin_is_said_at_the_field_and_never_shown_again(family, secret, again, words):
    answer = sent(family.granny, "print", secret, again)
    assert answer.status_code == 422 or answer.status_code == 400
    assert words in text(answer)
    assert f'value="{secret}"' not in answer.content.decode() or not secret
    assert not live(family).exists()


def test_a_blocked_code_says_so_and_another_pin_opens_it(family):
    sent(family.granny)
    row = pin.printed(family.card)
    type(row).objects.filter(id=row.id).update(wrong=5, blocked_at=row.set_at)
    assert "这张打印码已锁住" in said(family.granny, PAGE)
    sent(family.granny, "set", "492716")
    assert "这张打印码已锁住" not in said(family.granny, PAGE)


def test_a_lost_card_prints_nothing(family):
    sent(family.granny)
    send(family.granny, "/my/card/lost/", "/lost/", because="丢了")
    assert not live(family).exists()
    page = said(family.granny, PAGE)
    assert "卡现在不能付账" in page
    assert "做一张打印码" not in page


def test_a_proxy_needs_the_mandate_for_the_card_and_strangers_have_no_card(family):
    assert sent(family.daughter).status_code == 302
    assert Entry.objects.filter(county=JINDONG, act="elder.by_proxy", behalf_of=family.person.id).exists()
    cousin = citizen("cousin", people.elder(name="王表", county=JINDONG))
    mandate(family.person, "cousin", ["apply"])
    cousin.post("/my/people/choose/", {"person": str(family.person.id)})
    assert cousin.get(PAGE).status_code in {403, 404}
    assert family.stranger.get(PAGE).status_code == 404


def test_whoever_helps_at_a_counter_waits_for_the_elders_yes(family):
    clerk = browser(account("jindong", "county_clerk", place=JINDONG))
    helping = assistance.begin(person=family.person, channel="counter", place=JINDONG, at=NOW, by="jindong")
    assert sent(clerk).status_code == 409
    assistance.confirm_by_code(assistance=helping, at=NOW, by="jindong")
    assert sent(clerk).status_code == 302
    assert live(family).exists()


def test_the_page_is_wholly_in_english(family):
    family.granny.cookies["django_language"] = "en"
    sent(family.granny)
    shown = text(family.granny.get(PAGE))
    for name in ("王秀兰", "松鹤", "granny的名字", "中文"):
        shown = shown.replace(name, "")
    assert not re.findall(r".{0,12}[\u4e00-\u9fff]+.{0,12}", shown)


def test_five_wrong_tries_are_told_to_the_family(family):
    from songhe.kernel.refusal import Refusal
    from songhe.month.notify import follow_trail

    sent(family.granny)
    given = code.printed(live(family).get())
    for _ in range(5):
        with pytest.raises(Refusal):
            pin.unlock(county=JINDONG, given=given, pin="112233", at=NOW, reader="provider:1", by="till")
    follow_trail(county=JINDONG, at=NOW)
    assert "打印码密码错了五次，已锁住" in said(family.daughter, "/my/notices/")
