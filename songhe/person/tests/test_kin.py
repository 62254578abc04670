"""Relatives are seen from both sides, and everybody lives in one household."""

from __future__ import annotations

from datetime import date

import pytest

from songhe.kernel.id_number import parse
from songhe.person.identity import identify
from songhe.person.kin import (
    add_kin,
    form_household,
    household_of,
    is_kin,
    join_household,
    kin_of,
    leave_household,
    remove_kin,
)
from songhe.person.models import Household, Kin, Member
from songhe.person.tests.conftest import AT, NEXT_COUNTY, NEXT_VILLAGE, ON, id_number, refused, registered

SON = id_number(date(1970, 1, 1), 21)


def related(person, relation="child", **differently):
    return add_kin(person=person, relation=relation, **({"source": "户口簿", "at": AT, "by": "clerk"} | differently))


@pytest.fixture
def son(county):
    return registered("王强", id_number=SON).person


def test_a_relative_with_a_file_is_seen_from_both_sides(elder, son):
    kin = related(elder, relative=son, in_emergency=True)
    assert (kin.name, kin.identity) == ("王强", son.identity)
    assert [(each.relation, each.name) for each in kin_of(son)] == [("parent", elder.name)]
    assert is_kin(elder, son.identity)
    assert is_kin(son, elder.identity)
    remove_kin(kin=kin, because="误录", at=AT, by="clerk")
    assert not Kin.objects.exists()


def test_other_relatives_are_known_by_name_and_perhaps_by_number(elder):
    related(elder, "sibling", name="王秀兰", phone="0536-7234567")
    related(elder, name="王强", number=parse(SON), in_emergency=True)
    assert [each.name for each in kin_of(elder)] == ["王强", "王秀兰"]
    assert is_kin(elder, identify(parse(SON)))


def test_a_kinship_that_cannot_be_is_refused(elder, son, next_county):
    refused("person.unknown_kinship", related, elder, "friend", name="王")
    refused("person.source_missing", related, elder, name="王", source="")
    refused("person.name_missing", related, elder)
    refused("person.own_kin", related, elder, relative=elder)
    refused("person.own_kin", related, elder, name="本人", number=parse(id_number()))
    there = registered("王强", county=NEXT_COUNTY, place=NEXT_VILLAGE, id_number=SON).person
    refused("person.kin_of_other_county", related, elder, relative=there)
    related(elder, relative=son)
    refused("person.kin_already", related, elder, relative=son)
    assert Kin.objects.count() == 2


def test_a_household_has_a_head_and_members(elder, son):
    form_household(head=elder, members=[(son, "child")], on=ON, at=AT, by="clerk")
    assert [(each.person, each.role) for each in household_of(son, ON)] == [(elder, "head"), (son, "child")]
    assert household_of(son, date(2026, 3, 9)) == []


def test_nobody_lives_in_two_households(elder, son):
    first = form_household(head=elder, members=[(son, "child")], on=ON, at=AT, by="clerk")
    refused("person.in_household", form_household, head=son, members=[], on=ON, at=AT, by="clerk")
    assert Household.objects.count() == 1
    leave_household(person=son, last_day=date(2026, 3, 31), at=AT, by="clerk")
    assert [each.person for each in household_of(elder, date(2026, 4, 1))] == [elder]
    form_household(head=son, members=[], on=date(2026, 4, 1), at=AT, by="clerk")
    leave_household(person=elder, last_day=date(2026, 4, 30), at=AT, by="clerk")
    assert Household.objects.get(id=first.id).dissolved_on == date(2026, 4, 30)


def test_a_household_that_cannot_be_is_refused(elder, son, next_county):
    told = {"on": ON, "at": AT, "by": "clerk"}
    refused("person.unknown_role", form_household, head=elder, members=[(son, "cat")], **told)
    assert not Member.objects.exists()
    there = registered("李桂兰", county=NEXT_COUNTY, place=NEXT_VILLAGE, id_number=id_number(sequence=4)).person
    household = form_household(head=elder, members=[], **told)
    refused("person.kin_of_other_county", join_household, household=household, person=there, role="other", **told)
    refused("person.not_in_household", leave_household, person=son, last_day=ON, at=AT, by="clerk")
    refused("period.ends_before_it_begins", leave_household, person=elder, last_day=date(2026, 3, 9), at=AT, by="clerk")
