"""Pairs are found by machine and decided by people."""

from __future__ import annotations

from datetime import date

import pytest

from songhe.person.duplicate import find_duplicates, undecided
from songhe.person.identity import number_of
from songhe.person.merge import decide
from songhe.person.models import Duplicate, Medium, Person
from songhe.person.status import record_status, statuses_on
from songhe.person.tests.conftest import AT, BORN, COUNTY, ON, OTHER_VILLAGE, id_number, refused, registered


def decided(duplicate, outcome="same", because="电话核实", **more):
    return decide(
        duplicate=duplicate, outcome=outcome, because=because, **{"on": ON, "at": AT, "by": "approver", **more}
    )


def fresh(person):
    return Person.rows.get(county=COUNTY, id=person.id)


@pytest.fixture
def pair(elder):
    """The same woman, registered again before she found her card."""
    other = registered(id_kind="none", id_number="", birth_date=BORN, place=OTHER_VILLAGE).person
    return elder, other, Duplicate.objects.get(county=COUNTY)


def test_one_file_is_kept_and_the_other_closes(pair):
    elder, other, duplicate = pair
    Medium.objects.create(county=COUNTY, person=other, kind="card", number="1", valid_from=ON)
    decided(duplicate, keep=elder)
    assert (fresh(other).closed_on, fresh(other).closed_because) == (ON, "merged")
    assert fresh(elder).closed_on is None
    assert Medium.objects.get().ended_because == "merged"
    assert undecided(COUNTY) == []


def test_the_number_goes_to_the_file_that_is_kept(pair):
    elder, other, duplicate = pair
    decided(duplicate, keep=other)
    assert fresh(other).identity == elder.identity
    assert number_of(fresh(other)) == id_number()
    assert number_of(fresh(elder)) == id_number()
    refused("person.already_registered", registered)


def test_statuses_that_the_kept_file_lacks_come_along(pair):
    elder, other, duplicate = pair
    told = {"source": "系统", "at": AT, "by": "clerk"}
    record_status(person=elder, kind="tekun", valid_from=date(2026, 1, 1), **told)
    record_status(person=other, kind="tekun", valid_from=date(2026, 2, 1), **told)
    record_status(person=other, kind="low_income", valid_from=date(2026, 2, 1), **told)
    decided(duplicate, keep=elder)
    held = [(status.kind, status.valid_from) for status in statuses_on(elder, ON)]
    assert held == [("low_income", date(2026, 2, 1)), ("tekun", date(2026, 1, 1))]


def test_different_people_keep_their_files_and_are_not_asked_about_again(pair):
    elder, other, duplicate = pair
    decided(duplicate, "different")
    assert fresh(elder).closed_on is fresh(other).closed_on is None
    assert find_duplicates(county=COUNTY, at=AT) == 0
    assert undecided(COUNTY) == []


def test_a_pair_is_decided_once(pair):
    elder, _, duplicate = pair
    decided(duplicate, "different")
    refused("person.duplicate_decided", decided, duplicate, keep=elder)


def test_a_decision_says_what_why_and_which(pair, county):
    elder, _, duplicate = pair
    stranger = registered("李桂兰", id_number=id_number(sequence=4)).person
    refused("person.unknown_outcome", decided, duplicate, "perhaps")
    refused("person.reason_missing", decided, duplicate, because=" ", keep=elder)
    refused("person.keep_one_of_the_pair", decided, duplicate)
    refused("person.keep_one_of_the_pair", decided, duplicate, keep=stranger)
    assert fresh(elder).version == 1


def test_two_numbers_are_set_right_before_files_are_merged(elder):
    registered(id_number=id_number(sequence=4))
    refused("person.two_numbers", decided, undecided(COUNTY)[0], keep=elder)


def test_a_closed_file_is_not_merged(pair):
    elder, other, duplicate = pair
    Person.rows.filter(county=COUNTY, id=other.id).update(closed_on=ON)
    refused("person.file_closed", decided, duplicate, keep=elder)


def test_a_county_is_searched_for_pairs(county):
    one = registered().person
    Duplicate.objects.all().delete()
    two = registered(id_number=id_number(sequence=4)).person
    far = registered(id_number=id_number(sequence=6), place=OTHER_VILLAGE).person
    nameless = registered(id_kind="none", id_number="", birth_date=BORN, place=OTHER_VILLAGE).person
    registered("李桂兰", id_number=id_number(sequence=8))
    Duplicate.objects.all().delete()
    assert find_duplicates(county=COUNTY, at=AT) == 4
    pairs = {(pair.first_id, pair.second_id) for pair in undecided(COUNTY)}
    assert pairs == {(one.id, two.id), (one.id, nameless.id), (two.id, nameless.id), (far.id, nameless.id)}
    assert find_duplicates(county=COUNTY, at=AT) == 0


def test_who_wrote_in_one_of_the_files_does_not_decide(pair):
    elder, _, duplicate = pair
    refused("person.merged_by_another", decided, duplicate, keep=elder, by="clerk")
    refused("person.merged_by_another", decided, duplicate, "different", by="clerk")
