"""One box finds people by whatever somebody remembers of them, and only those whom the scope reaches."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from songhe.access.scope import NOBODY, Scope
from songhe.person.importing import load
from songhe.person.models import Person, SearchKey
from songhe.person.move import move
from songhe.person.register import correct
from songhe.person.search import FARTHEST, Found, asked, keys_of, rebuild, search, without_keys
from songhe.person.tests.conftest import (
    AT,
    COUNTY,
    NEXT_COUNTY,
    NEXT_VILLAGE,
    ON,
    VILLAGE,
    id_number,
    registered,
)
from songhe.person.undo_import import undo_import

COUNTYWIDE = Scope(divisions=(COUNTY,))
PROVINCEWIDE = Scope(divisions=("37",))


def names(text, scope=COUNTYWIDE, **more):
    return [person.name for person in search(scope, text, **more).people]


@pytest.fixture
def people(next_county):
    return [
        registered("张三", phone="13800001234").person,
        registered("张三丰", id_number=id_number(sequence=4)).person,
        registered("单秀英", id_number=id_number(sequence=6)).person,
        registered("吕桂兰", id_number=id_number(sequence=8)).person,
        registered("艾力·买买提", id_number=id_number(sequence=11)).person,
        registered("张三", county=NEXT_COUNTY, place=NEXT_VILLAGE, id_number=id_number(sequence=13)).person,
    ]


@pytest.mark.parametrize("typed", ["zs", "ZS", "zhangsan", "zhang san", "ｚｓ", "张三", " 张 三 "])
def test_initials_pinyin_and_name_hit_the_same_people(people, typed):
    assert names(typed) == ["张三", "张三丰"]


def test_the_closest_stands_first(people):
    assert names("zsf") == ["张三丰"]
    assert names("zhangs")[0] == "张三"


def test_a_family_read_in_two_ways_is_found_both_ways(people):
    for typed in ("shanxiuying", "danxiuying", "sxy", "dxy", "单"):
        assert names(typed) == ["单秀英"]


def test_u_with_two_dots_is_found_as_v_and_as_typed_in_passports(people):
    for typed in ("lvguilan", "lüguilan", "LYUGUILAN", "lgl"):
        assert names(typed) == ["吕桂兰"]


def test_the_dot_of_a_name_need_not_be_typed(people):
    for typed in ("艾力买买提", "艾力·买", "ailimai", "alm"):
        assert names(typed) == ["艾力·买买提"]


def test_the_end_of_an_id_number_hits(people):
    elder = people[1]
    assert elder.name in names(elder.id_last4)
    assert names(id_number(sequence=4)[-6:]) == ["张三丰"]
    assert names(id_number(sequence=4)[-4:].lower()) == ["张三丰"]


def test_the_end_of_a_telephone_hits_and_the_whole_of_it_too(people):
    assert names("1234") == ["张三"]
    assert names("00001234") == ["张三"]
    assert names("138 0000 1234") == ["张三"]


def test_a_whole_id_number_hits_one(people):
    assert names(id_number(sequence=8)) == ["吕桂兰"]
    assert asked(id_number(sequence=8)).is_id_number


@pytest.mark.parametrize("typed", ["", "  ", "·", "123", "%", "_", "370799194305060000"])
def test_what_says_nothing_finds_nobody(people, typed):
    assert search(COUNTYWIDE, typed) == Found([])


def test_only_whom_the_scope_reaches_is_found(people):
    assert len(names("zs", PROVINCEWIDE)) == 3
    assert names("zs", Scope(divisions=(NEXT_COUNTY,))) == ["张三"]
    assert names("zs", NOBODY) == []
    assert names("zs", Scope(person_ids=(people[0].id,))) == ["张三"]
    own = Person.objects.within(Scope(person_ids=(people[1].id,)))
    assert [each.name for each in search(COUNTYWIDE, "zs", among=own).people] == ["张三丰"]


def test_an_answer_is_leafed_through_to_its_end(county):
    for sequence in range(1, 8):
        registered("王芳", id_number=id_number(sequence=2 * sequence))
    first = search(COUNTYWIDE, "wf", 3)
    second = search(COUNTYWIDE, "wf", 3, skip=3)
    third = search(COUNTYWIDE, "wf", 3, skip=6)
    assert (first.more, second.more, third.more) == (True, True, False)
    assert len({each.id for page in (first, second, third) for each in page.people}) == 7
    assert search(COUNTYWIDE, "wf", skip=FARTHEST).people == []


def test_keys_follow_a_corrected_name_and_telephone(people):
    elder = people[0]
    correct(
        person=elder,
        changes={"name": "章三", "phone": "13900005678"},
        version=1,
        because="写错",
        on=ON,
        at=AT,
        by="clerk",
    )
    assert names("章") == ["章三"]
    assert names("5678") == ["章三"]
    assert names("1234") == []


def test_keys_go_along_to_another_county(people):
    move(person=people[2], to_place=NEXT_VILLAGE, moved_on=ON, on=ON, at=AT, by="clerk", source="counter")
    assert names("sxy", Scope(divisions=(NEXT_COUNTY,))) == ["单秀英"]


def test_an_import_lays_keys_changes_them_and_takes_them_back(county):
    told = {"county": COUNTY, "on": ON, "at": AT, "by": "clerk", "source": "import", "accept_warnings": True}
    row = {"姓名": "赵六", "居住地代码": VILLAGE, "证件号码": id_number(sequence=21)}
    load(table=[row], document="一.xlsx", **told)
    assert names("zl") == ["赵六"]
    load(table=[row | {"姓名": "赵陆"}], document="二.xlsx", **told)
    assert names("赵陆") == ["赵陆"]
    assert names("赵六") == []
    row = {"姓名": "孙七", "居住地代码": VILLAGE, "证件号码": id_number(sequence=23)}
    load(table=[row], document="三.xlsx", **told)
    undo_import(county=COUNTY, document="三.xlsx", because="传错", at=AT, by="clerk")
    assert names("孙七") == []
    assert SearchKey.objects.filter(key="孙七").count() == 0


def test_keys_that_were_never_laid_are_found_missing_and_made(people):
    SearchKey.objects.filter(county=COUNTY).delete()
    assert without_keys(COUNTY)
    said = []
    assert rebuild(county=COUNTY, progress=said.append) == 5
    assert said == [5]
    assert not without_keys(COUNTY)
    assert names("zs") == ["张三", "张三丰"]


def test_making_keys_again_changes_none(people):
    def kept():
        return sorted(SearchKey.objects.filter(county=COUNTY).values_list("person_id", "key"))

    before = kept()
    rebuild(county=COUNTY)
    assert kept() == before


def test_a_person_has_few_keys():
    assert keys_of("张三", "138-0000-1234") == {"张三", "zhangsan", "zs", "#43210000831"}


@pytest.mark.parametrize("typed", ["zs", "张三", "1234", "00001234"])
def test_an_answer_costs_as_many_queries_among_many_as_among_few(people, typed):
    def queries():
        with CaptureQueriesContext(
            connection,
        ) as asked_for:
            search(COUNTYWIDE, typed)
        return len(asked_for)

    few = queries()
    rows = [
        Person(
            county=COUNTY,
            id_kind="none",
            name=f"张三{chr(0x4E00 + number % 500)}",
            birth_date=ON,
            place=VILLAGE,
            opened_on=ON,
            phone=f"138{number:04d}1234",
        )
        for number in range(1000)
    ]
    Person.rows.bulk_create(rows)
    rebuild(county=COUNTY)
    assert queries() <= few + 1
