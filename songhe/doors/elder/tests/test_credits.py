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
