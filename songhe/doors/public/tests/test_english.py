"""Every public page in English: no Chinese is left but the names of people, places and documents."""

import re

import pytest

from songhe.doors.public import texts
from songhe.doors.public.tests.conftest import text
from songhe.doors.public.tests.test_complaint import complained, only, opened
from songhe.doors.public.tests.test_entitled import asked
from songhe.doors.staff.tests.conftest import DAY
from songhe.feedback.complain import code_of
from songhe.policy.resolve import library

CHINESE = re.compile(r"[㐀-鿿：，。；（）]+")


def left_in_chinese(response, *names):
    page = re.sub(r"<[^>]*>", " ", text(response).partition("<main")[2].partition("<footer")[0])
    for name in sorted(names, key=len, reverse=True):
        page = page.replace(name, " ")
    return sorted(set(CHINESE.findall(page)))


@pytest.fixture
def reader(anybody):
    anybody.cookies["django_language"] = "en"
    return anybody


PLACES = (
    "样例县",
    "松鹤街道",
    "望湖街道",
    "柳泉镇",
    "石埠镇",
    "南塘镇",
    "云岭镇",
    "河湾镇",
    "北坡乡",
    "山东省 潍坊市 样例县",
)


def test_pages_without_documents_have_no_chinese_but_names(reader, home, body):
    names = (home.name, body.name, *PLACES)
    for address in (
        "/entitled/",
        "/directory/?near=370799001",
        f"/directory/{home.pk}/",
        "/check/",
        "/complaint/",
        "/complaint/new/",
        "/complaint/follow/",
    ):
        assert left_in_chinese(reader.get(address), *names) == [], address


def test_the_way_of_a_complaint_has_no_chinese(reader, home):
    complained(reader, words="Only half an hour", provider=home.pk)
    assert left_in_chinese(reader.get("/complaint/made/")) == []
    assert left_in_chinese(opened(reader, only(), code_of(only())), home.name) == []


def test_guides_and_answers_have_chinese_only_in_the_names_of_documents(reader, home):
    packs = library()
    known = {source.title for source in packs.sources.values()} | {pack.authority for pack in packs.packs.values()}
    known |= {source.number for source in packs.sources.values() if source.number}
    known |= {source.publisher for source in packs.sources.values()}
    for pack in packs.packs.values():
        known |= {condition.cited.article for condition in pack.conditions}
        known |= {entry.cited.article for series in pack.values.values() for entry in series}
        known |= {note.cited.article for note in pack.notes}
    known |= {each.article for found in texts.every().values() for each in found.all}
    assert left_in_chinese(asked(reader, level="unknown"), *known, *PLACES) == []
    for pack in packs.packs.values():
        if DAY in pack.window:
            response = reader.get(f"/guide/{pack.place}/{pack.programme}/")
            assert left_in_chinese(response, *known, *PLACES) == [], pack.id
