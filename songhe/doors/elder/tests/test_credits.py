"""What an elder has, where it came from, what it bought, and that it is never cash."""

from __future__ import annotations

import pytest

from songhe.assessment.tests.world import at, elder
from songhe.county.key import new_id
from songhe.credit.spend import spend
from songhe.credit.tests import world
from songhe.doors.elder.tests.money.conftest import (
    DAY,
    citizen,
    english,
    no_language_stays_behind,
    practice,
    unknown_variables_fail,
)
from songhe.doors.public.tests.test_english import left_in_chinese
from songhe.doors.staff.tests.reading import forms, text
from songhe.outreach.need import accept, refer
from songhe.outreach.tests.world import heard

__all__ = ["english", "no_language_stays_behind", "practice", "unknown_variables_fail"]

pytestmark = pytest.mark.django_db

PAGE = "/my/credits/"


@pytest.fixture
def granny(practice):
    return elder(name="王秀兰")


@pytest.fixture
def scheme(practice):
    made = world.scheme()
    world.rate(made)
    return made


def bought(scheme, person):
    told = {"help": "meals", "own_fen": 642, "about": new_id(), "at": at(DAY), "on": DAY, "by": "till"}
    return spend(scheme=scheme, person_id=person.id, provider=world.provider(), **told)


def test_she_sees_what_came_in_and_what_it_bought(granny, scheme):
    world.seen(world.weighed(scheme, granny))
    spent = bought(scheme, granny)
    page = citizen("granny", granny).get(PAGE)
    for words in (
        "¥38.58",
        "蔬菜",
        "7.5 公斤",
        "¥45.00",
        "weigher",
        "witness",
        spent.provider.name,
        "抵了 ¥6.42",
        "现金",
    ):
        assert words in text(page), words
    assert not [one for one in forms(page) if one.startswith(PAGE)]


def test_who_has_none_learns_how(granny):
    assert "还没有积分" in text(citizen("granny", granny).get(PAGE))


def test_nobody_sees_anothers(granny, scheme):
    world.seen(world.weighed(scheme, granny))
    assert "¥45.00" not in text(citizen("other", elder()).get(PAGE))


def test_the_first_page_leads_to_credits_once_there_are_some(granny, scheme):
    client = citizen("granny", granny)
    assert PAGE not in client.get("/my/").content.decode()
    world.seen(world.weighed(scheme, granny))
    assert PAGE in client.get("/my/").content.decode()


def test_she_reads_what_became_of_a_need(granny):
    row = heard(granny)
    client = citizen("granny", granny)
    assert "2026年3月15日 前答复您" in text(client.get("/my/notices/"))
    accept(need=refer(need=row, to="村医", at=at(DAY), by="s"), answer="周四上午来", at=at(DAY), on=DAY, by="s")
    assert "答复： 周四上午来" in text(client.get("/my/notices/")).replace("答复：周", "答复： 周")


def test_in_english_no_chinese_is_left_but_names(granny, scheme):
    world.seen(world.weighed(scheme, granny))
    spent = bought(scheme, granny)
    client = citizen("granny", granny)
    client.cookies["django_language"] = "en"
    assert left_in_chinese(client.get(PAGE), "王秀兰", "以菜换餐", spent.provider.name) == []


def test_queries_do_not_grow_with_deeds(granny, scheme, django_assert_max_num_queries):
    client = citizen("granny", granny)
    for more in (2, 30):
        for _ in range(more):
            world.seen(world.weighed(scheme, granny))
            bought(scheme, granny)
        with django_assert_max_num_queries(28):
            client.get(PAGE)
