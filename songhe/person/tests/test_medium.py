"""Cards and printed codes say who somebody is; a lost one is dead at once."""

from __future__ import annotations

import pytest

from songhe.person.medium import end, issue, issue_all, media_of, medium_of, replace, resolve
from songhe.person.models import Medium, Person
from songhe.person.tests.conftest import AT, COUNTY, ON, id_number, refused, registered


def issued(person, kind="phone", **more):
    return issue(person=person, kind=kind, on=ON, at=AT, by="clerk", **more)


def test_a_medium_says_who_shows_it_and_its_own_county(elder):
    medium = issued(elder)
    assert medium.number.startswith(COUNTY)
    assert resolve(medium.number) == elder
    assert medium_of(" ".join(medium.number)) == medium


def test_a_foreign_card_is_found_in_its_county(elder):
    issued(elder, "card", number="a1234-567".replace("-", ""))
    assert resolve("A1234567", COUNTY) == elder
    refused("person.medium_unknown", resolve, "A1234567")
    refused("person.medium_unknown", resolve, "A1234567", "370798")
    refused("person.medium_number_taken", issued, elder, "card", number="A1234567")


def test_a_lost_card_is_dead_at_once(elder):
    old = issued(elder, "card")
    new = replace(medium=old, because="遗失", on=ON, at=AT, by="clerk")
    assert new.number != old.number
    refused("person.medium_ended", resolve, old.number)
    refused("person.medium_ended", replace, medium=old, because="再", on=ON, at=AT, by="clerk")
    assert resolve(new.number) == elder
    assert [medium.id for medium in media_of(elder)] == [new.id, old.id]


@pytest.mark.parametrize(
    ("kind", "number", "code"),
    [
        ("ring", "", "person.unknown_medium_kind"),
        ("card", "12345", "person.medium_number_invalid"),
        ("card", "卡号一二三四", "person.medium_number_invalid"),
        ("phone", "A1234567", "person.medium_number_ours"),
    ],
)
def test_a_medium_that_cannot_be_is_refused(elder, kind, number, code):
    refused(code, issued, elder, kind, number=number)
    assert not Medium.objects.exists()


def test_an_ending_says_why(elder):
    refused("person.reason_missing", end, medium=issued(elder), because="", at=AT, by="clerk")


def test_nobody_gets_a_medium_after_death_or_leaving(elder):
    Person.rows.filter(county=COUNTY, id=elder.id).update(died_on=ON)
    refused("person.already_dead", issued, elder)
    Person.rows.filter(county=COUNTY, id=elder.id).update(died_on=None, closed_on=ON)
    refused("person.file_closed", issued, elder)


def test_many_media_are_issued_at_once(county, django_assert_max_num_queries):
    people = [registered(id_number=id_number(sequence=each)).person for each in range(2, 12)]
    with django_assert_max_num_queries(3):
        media = issue_all(people=people, kind="card", on=ON, at=AT, by="run:sample")
    assert [resolve(medium.number) for medium in media] == people


@pytest.mark.parametrize("number", ["", "1", "370799" + "0" * 16, "卡"])
def test_an_unknown_number_is_nobodys(db, number):
    refused("person.medium_unknown", resolve, number)
