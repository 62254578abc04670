"""The guide says what the packs say, and says what they do not."""

import re

import pytest

from songhe.doors.public import texts
from songhe.doors.public.tests.conftest import text
from songhe.doors.staff.tests.conftest import DAY
from songhe.policy.resolve import library
from songhe.policy.terms import terms


def page_of(browser, place, programme="consumption-voucher"):
    return re.sub(r"\s+", " ", text(browser.get(f"/guide/{place}/{programme}/")))


def test_a_page_has_who_materials_steps_times_amounts_and_law(anybody):
    page = page_of(anybody, "650000")
    for heading in ("谁可以", "谁不可以", "要带什么", "怎么办", "抵多少", "多少天", "依据"):
        assert f"{heading}</h" in page, heading
    assert "年满60周岁" in page
    assert "正在享受特困人员救助供养" in page
    assert "能力完好、轻度失能" in page


def test_it_answers_the_fourteen_questions_of_the_regions_guide(anybody):
    """Source 001: what, who, who not, self-rating, who assesses, steps, residence, where, fee, groups, money, no cash,
    where to look, until when."""
    page = page_of(anybody, "650000")
    for said in (
        "按自然月发电子消费券",
        "年满60周岁",
        "谁不可以",
        "先自评",
        "GB/T 42195-2022",
        "提交申请",
        "不看户籍",
        "可以上门，也可以到机构去",
        "四组服务每月任选一组",
        "先由长护险支付",
        "不能兑现金",
        "签约的机构",
        "2026年12月31日",
        "从次月起停发",
    ):
        assert said in page, said
    fee = page_of(anybody, "650000", "assessment-voucher")
    assert "¥100.00" in fee
    assert "轻度或完好的，费用由个人承担" in fee


def test_what_is_not_set_says_so_and_what_is_done_then(anybody):
    page = page_of(anybody, "370799")
    assert "尚未设定" in page
    assert "跳过公示，页面注明" in page
    assert "日间托养：当地尚未设定比例，不能选用。" in page


def test_weak_sources_are_marked(anybody):
    page = page_of(anybody, "640000")
    assert "来源较弱" in page
    assert "本系统缺省或推断，不是政策" in page


def test_the_amounts_are_those_of_the_place(anybody):
    shaoxing, shanghai = page_of(anybody, "330600"), page_of(anybody, "310000")
    assert shaoxing.count("50%") > shanghai.count("50%")
    assert terms(policy="consumption-voucher", place="310000", on=DAY).category("day_care") is not None


def test_insurance_shows_how_it_is_worked_out(anybody):
    page = page_of(anybody, "370481", "ltci")
    assert "机构护理" in page
    assert "75%" in page
    assert "¥60.00" in page


@pytest.mark.parametrize("at", ["999999/nothing", "abc/consumption-voucher", "370799/ltci"])
def test_what_is_not_there_is_not_there(anybody, at):
    assert anybody.get(f"/guide/{at}/").status_code == 404


def test_every_pack_in_force_has_a_page_in_both_languages(anybody):
    for language in ("zh-hans", "en"):
        anybody.cookies["django_language"] = language
        for pack in library().packs.values():
            if DAY in pack.window:
                response = anybody.get(f"/guide/{pack.place}/{pack.programme}/")
                assert response.status_code == 200, pack.id


def test_the_list_names_the_programmes_of_a_county_and_the_places_with_rules_of_their_own(anybody, home):
    page = text(anybody.get("/guide/"))
    assert "/guide/370799/consumption-voucher/" in page
    assert "/guide/650000/consumption-voucher/" in page
    assert "没有找到这个县" in text(anybody.get("/guide/?q=无此县"))


def test_every_sentence_has_a_source_that_exists():
    known = library().sources
    for programme, found in texts.every().items():
        assert programme in library().programmes
        for each in found.all:
            assert each.source in known, each.words.zh
            assert each.words.en
            assert each.article
