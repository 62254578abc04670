"""Who moves has one open file in the country at a time, under one identity."""

from __future__ import annotations

from datetime import date

import pytest

from songhe.person.event import report, verify
from songhe.person.identity import number_of
from songhe.person.models import Mandate, Medium, Person, Status
from songhe.person.move import move
from songhe.person.status import record_status, statuses_on
from songhe.person.tests.conftest import (
    AT,
    COUNTY,
    NEXT_COUNTY,
    NEXT_VILLAGE,
    ON,
    OTHER_VILLAGE,
    id_number,
    refused,
    registered,
)

MOVED_ON = date(2026, 3, 10)


def moved(person, to_place=NEXT_VILLAGE, moved_on=MOVED_ON):
    return move(person=person, to_place=to_place, moved_on=moved_on, on=ON, at=AT, by="clerk", source="迁居")


def fresh(person):
    return Person.rows.get(county=person.county, id=person.id)


def mandate(person, relation, provider=None):
    return Mandate.objects.create(
        county=COUNTY,
        person=person,
        proxy_identity=person.id,
        proxy_name="代办人",
        relation=relation,
        provider=provider,
        acts=["choose"],
        evidence="授权书",
        valid_from=date(2026, 1, 1),
        valid_to=date(2026, 12, 31),
        given_by="clerk",
        at=AT,
    )


def test_one_file_closes_and_another_opens_for_the_same_human(elder, next_county):
    there = moved(elder)
    here = fresh(elder)
    assert (here.closed_on, here.closed_because) == (MOVED_ON, "moved")
    assert (there.county, there.place, there.opened_on) == (NEXT_COUNTY, NEXT_VILLAGE, MOVED_ON)
    assert there.identity == here.identity
    assert number_of(there) == number_of(here) == id_number()
    assert (there.name, there.birth_date, there.phone) == (here.name, here.birth_date, here.phone)


def test_a_verified_report_moves_the_person(elder, next_county):
    event = report(
        person=elder,
        kind="move",
        happened_on=MOVED_ON,
        source="女儿",
        on=ON,
        at=AT,
        by="daughter",
        detail={"to_place": NEXT_VILLAGE},
    )
    verify(event=event, on=ON, at=AT, by="clerk")
    assert fresh(elder).closed_because == "moved"
    assert Person.rows.get(county=NEXT_COUNTY).identity == elder.identity


def test_inside_the_county_only_the_place_changes(elder):
    assert moved(elder, OTHER_VILLAGE).id == elder.id
    assert (fresh(elder).place, fresh(elder).closed_on) == (OTHER_VILLAGE, None)


def test_who_goes_nobody_knows_where_leaves_a_closed_file(elder):
    assert moved(elder, "") is None
    assert fresh(elder).closed_because == "moved"


def test_what_holds_goes_along(elder, next_county):
    record_status(person=elder, kind="tekun", valid_from=date(2026, 1, 1), source="系统", at=AT, by="clerk")
    record_status(
        person=elder,
        kind="low_income",
        valid_from=date(2026, 1, 1),
        valid_to=date(2026, 2, 1),
        source="系统",
        at=AT,
        by="clerk",
    )
    Medium.objects.create(county=COUNTY, person=elder, kind="card", number="1", valid_from=ON)
    mandate(elder, "child")
    there = moved(elder)
    assert [(held.kind, held.valid_from) for held in statuses_on(there, MOVED_ON)] == [("tekun", MOVED_ON)]
    assert statuses_on(elder, date(2026, 3, 9))
    assert Status.objects.get(county=COUNTY, kind="tekun").valid_to == date(2026, 3, 9)
    assert Medium.objects.get().ended_because == "moved"
    assert Mandate.objects.get(county=COUNTY).ended_on == MOVED_ON
    assert Mandate.objects.get(county=NEXT_COUNTY).relation == "child"


def test_the_staff_of_a_provider_do_not_move_along(elder, next_county):
    from songhe.provider.tests.conftest import admitted

    mandate(elder, "provider_staff", admitted())
    moved(elder)
    assert not Mandate.objects.filter(county=NEXT_COUNTY).exists()


def test_a_file_that_the_new_county_opened_already_stands(elder, next_county):
    standing = registered(county=NEXT_COUNTY, place=NEXT_VILLAGE).person
    assert moved(elder).id == standing.id
    assert Person.rows.filter(identity=elder.identity, closed_on=None).count() == 1


def test_who_comes_back_gets_a_new_file(elder, next_county):
    there = moved(elder)
    back = move(person=there, to_place=OTHER_VILLAGE, moved_on=ON, on=ON, at=AT, by="clerk", source="迁居")
    assert back.county == COUNTY
    assert back.id != elder.id
    assert Person.rows.filter(identity=elder.identity, closed_on=None).get().id == back.id


def test_who_has_no_number_moves_too(county, next_county):
    nameless = registered(id_kind="none", id_number="", birth_date="1943-05-06").person
    there = moved(nameless)
    assert (there.identity, there.id_cipher, there.county) == (None, None, NEXT_COUNTY)


@pytest.mark.parametrize(
    ("to_place", "moved_on", "code"),
    [
        (NEXT_VILLAGE, date(2026, 3, 9), "person.moved_before_opened"),
        ("370798999999", MOVED_ON, "person.unknown_place"),
        (NEXT_COUNTY, MOVED_ON, "person.place_too_wide"),
    ],
)
def test_a_move_that_cannot_be_is_refused(elder, next_county, to_place, moved_on, code):
    refused(code, moved, elder, to_place, moved_on)
    assert fresh(elder).closed_on is None


def test_a_closed_file_does_not_move(elder, next_county):
    moved(elder)
    refused("person.file_closed", moved, elder)
