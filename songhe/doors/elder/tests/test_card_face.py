"""Paying by face on the elder's pages: nothing without the elder's own yes, and taken back by one press."""

from __future__ import annotations

import re

from songhe.assessment.tests import world as people
from songhe.card.models import Face
from songhe.doors.elder.tests.card_world import DAY, JINDONG, family, practice
from songhe.doors.elder.tests.money.conftest import browser, said
from songhe.doors.shell.tests.conftest import no_language_stays_behind, unknown_variables_fail
from songhe.doors.shell.translate import compile_catalogues
from songhe.doors.staff.tests.conftest import account
from songhe.doors.staff.tests.reading import text
from songhe.person import assistance
from songhe.person.models import Mandate
from songhe.trail.models import Entry

__all__ = ["family", "no_language_stays_behind", "practice", "unknown_variables_fail"]

compile_catalogues()

PAGE = "/my/card/face/"
NOW = people.at(DAY)


def sent(client, what, **more):
    forms = re.findall(r"<form\b.*?</form>", client.get(PAGE).content.decode(), re.S)
    form = next((one for one in forms if f'name="do" value="{what}"' in one), "")
    key = re.search(r'name="key" value="([^"]+)"', form)
    told = {"key": key[1] if key else "5f0c2a9e-7d0b-4b0e-9a67-3a1d6f1f6c55", "do": what}
    return client.post(PAGE, {**told, **more}, follow=True)


def test_the_elder_reads_agrees_is_photographed_elsewhere_and_pays_from_then_on(family):
    page = said(family.granny, PAGE)
    assert "松鹤不存" in page
    assert "不同意也没关系" in page
    assert "去拍照" in text(sent(family.granny, "agree", yes="on"))
    assert "还没有收到照片" in text(sent(family.granny, "check"))
    assert family.granny.get("/my/card/face/practice/").status_code == 200
    family.granny.post("/my/card/face/practice/")
    assert "刷脸开通了" in text(sent(family.granny, "check"))
    assert "可以刷脸付账" in said(family.granny, PAGE)
    row = Face.objects.get(county=JINDONG)
    assert (row.state, row.agreed_by, row.wording) == ("ready", "granny", "2026-11")
    assert Entry.objects.filter(county=JINDONG, act="card.agree_to_face", actor="granny").exists()


def test_without_the_tick_nothing_is_agreed(family):
    assert "不勾就是不同意" in text(sent(family.granny, "agree"))
    assert not Face.objects.exists()


def test_a_daughter_may_take_it_back_but_not_agree_and_a_guardian_may(family):
    assert "请老人自己登录" in said(family.daughter, PAGE)
    answer = sent(family.daughter, "agree", yes="on")
    assert answer.status_code == 403
    assert not Face.objects.exists()
    sent(family.granny, "agree", yes="on")
    assert "已撤回" in text(sent(family.daughter, "withdraw"))
    Mandate.objects.filter(county=JINDONG, person=family.person).update(relation="guardian")
    sent(family.daughter, "agree", yes="on")
    assert sorted(Face.objects.values_list("state", flat=True)) == ["agreed", "withdrawn"]


def test_at_a_counter_the_elders_yes_comes_first(family):
    clerk = browser(account("jindong", "county_clerk", place=JINDONG))
    helping = assistance.begin(person=family.person, channel="counter", place=JINDONG, at=NOW, by="jindong")
    assert sent(clerk, "agree", yes="on").status_code == 409
    assistance.confirm_by_code(assistance=helping, at=NOW, by="jindong")
    assert sent(clerk, "agree", yes="on").status_code == 200
    assert Face.objects.filter(county=JINDONG, agreed_by="jindong").exists()


def test_a_stranger_has_no_card_and_a_real_database_has_no_camera(family, settings):
    assert family.stranger.get(PAGE).status_code == 404
    assert family.granny.get("/my/card/face/practice/").status_code == 404
    sent(family.granny, "agree", yes="on")
    settings.FACES = "songhe.doors.elder.tests.test_card_face.Elsewhere"
    assert family.granny.get("/my/card/face/practice/").status_code == 404
    assert "现在没有回应" in said(family.granny, PAGE)


class Elsewhere:
    """A service that does not answer."""

    def enrol(self, *, reference: str, back: str) -> str:
        from songhe.card.ports import NotReached

        raise NotReached


def test_the_page_is_wholly_in_english(family):
    family.granny.cookies["django_language"] = "en"
    for step in ("", "agree"):
        if step:
            sent(family.granny, step, yes="on")
        shown = text(family.granny.get(PAGE))
        for name in ("王秀兰", "松鹤", "granny的名字", "中文"):
            shown = shown.replace(name, "")
        assert not re.findall(r".{0,12}[\u4e00-\u9fff]+.{0,12}", shown)
