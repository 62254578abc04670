"""One box finds people, and only those whom the scope reaches."""

from __future__ import annotations

import pytest

from songhe.access.scope import NOBODY, Scope
from songhe.person.models import Person
from songhe.person.queries import file_of, files_of, people_in, search
from songhe.person.tests.conftest import (
    AT,
    BORN,
    COUNTY,
    NEXT_COUNTY,
    NEXT_VILLAGE,
    ON,
    OTHER_VILLAGE,
    VILLAGE,
    id_number,
    registered,
)

COUNTYWIDE = Scope(divisions=(COUNTY,))


@pytest.fixture
def people(next_county):
    return [
        registered("王秀英").person,
        registered("王秀兰", id_number=id_number(sequence=4), place=OTHER_VILLAGE).person,
        registered("李桂兰", id_number=id_number(sequence=6)).person,
        registered("王秀英", county=NEXT_COUNTY, place=NEXT_VILLAGE, id_number=id_number(sequence=8)).person,
    ]


def names(text, scope=COUNTYWIDE, **more):
    return [person.name for person in search(scope=scope, text=text, on=ON, **more)]


def test_a_name_or_its_beginning_finds(people):
    assert names("王秀") == ["王秀兰", "王秀英"]
    assert names(" 王 秀 英 ") == ["王秀英"]
    assert names("秀英") == []
    assert names("王", most=1) == ["王秀兰"]


def test_the_last_four_of_the_number_find(people):
    assert names(id_number()[-4:]) == ["王秀英"]


def test_the_whole_number_finds_in_both_forms(people):
    assert names(id_number(sequence=4)) == ["王秀兰"]
    assert names(f"370799{BORN:%y%m%d}004") == ["王秀兰"]
    assert names(id_number(sequence=99)) == []
    assert names(id_number()[:17] + "@") == []


@pytest.mark.parametrize("text", ["", "  ", "%", "_", "*"])
def test_what_names_nobody_finds_nobody(people, text):
    assert names(text) == []


def test_other_counties_and_villages_are_not_found(people):
    assert len(names("王秀英", Scope(divisions=("",)))) == 2
    assert names("王秀英", NOBODY) == []
    assert names("王秀兰", Scope(person_ids=(people[0].id,))) == []
    assert names("王秀英", Scope(person_ids=(people[0].id,))) == ["王秀英"]


def test_closed_files_are_found_when_asked_for(people):
    Person.rows.filter(county=COUNTY, id=people[0].id).update(closed_on=ON)
    assert names("王秀英") == []
    assert names("王秀英", closed=True) == ["王秀英"]
    assert people_in(scope=COUNTYWIDE).count() == 2
    assert people_in(scope=COUNTYWIDE, closed=True).count() == 3


def test_the_people_of_a_village_are_listed_by_name(people):
    assert [person.name for person in people_in(scope=COUNTYWIDE, place=VILLAGE)] == ["李桂兰", "王秀英"]


def test_a_file_is_one_page(people):
    file = file_of(scope=COUNTYWIDE, person_id=people[0].id, on=ON)
    assert file.person == people[0]
    assert {row.field for row in file.provenance} >= {"name", "place"}
    assert file.statuses == file.mandates == file.media == file.events == file.duplicates == []
    assert file_of(scope=COUNTYWIDE, person_id=people[3].id, on=ON) is None


def test_the_files_of_one_human_are_found_across_counties(people):
    from songhe.person.move import move

    there = move(person=people[0], to_place=NEXT_VILLAGE, moved_on=ON, on=ON, at=AT, by="clerk", source="迁居")
    assert files_of(people[0]) == files_of(there) == [there, people[0]]
    nameless = registered("无名氏", id_kind="none", id_number="", birth_date=BORN).person
    assert files_of(nameless) == [nameless]
