"""A code is shown once and for a minute; a lost card is dead at once."""

from __future__ import annotations

import string
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from songhe.person.medium import (
    STEP_SECONDS,
    code_of,
    county_in,
    end,
    identify,
    issue,
    issue_all,
    media_of,
    medium_of,
    number_in,
    read_code,
    replace,
    resolve,
)
from songhe.person.models import Medium, Person
from songhe.person.tests.conftest import AT, COUNTY, ON, id_number, refused, registered

STEP = timedelta(seconds=STEP_SECONDS)


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


def test_a_code_is_shown_once(elder):
    medium = issued(elder)
    code = code_of(medium, AT)
    assert len(code) <= 100
    assert elder.name not in code
    shown = read_code(code, at=AT)
    assert (shown.person, shown.medium, shown.needs_second_factor) == (elder, medium, False)
    refused("person.code_already_used", read_code, code, at=AT)
    assert read_code(code_of(medium, AT + STEP), at=AT + STEP).person == elder


def identified(shown, confirmed_by="", at=AT):
    return identify(shown=shown, county=COUNTY, confirmed_by=confirmed_by, at=at)


def test_a_telephone_is_known_by_its_code_alone(elder):
    phone = issued(elder)
    assert identified(code_of(phone, AT)) == phone
    refused("person.code_already_used", identified, code_of(phone, AT), "staff")
    refused("person.code_invalid", identified, phone.number, "staff")


def test_a_card_and_a_printed_code_want_somebody_who_confirms(elder):
    card = issued(elder, "card", number="A1234567")
    for shown in ("a123-4567", code_of(card, AT)):
        refused("person.medium_not_confirmed", identified, shown)
        assert identified(shown, "elder") == card
    refused("person.medium_unknown", identified, "B1234567", "elder")
    end(medium=card, because="丢失", at=AT, by="clerk")
    refused("person.medium_ended", identified, "A1234567", "elder")


def test_what_is_shown_tells_its_number_and_for_our_own_its_county(elder):
    phone, card = issued(elder), issued(elder, "card", number="A1234567")
    for shown in (phone.number, " ".join(phone.number), code_of(phone, AT)):
        assert (number_in(shown), county_in(shown)) == (phone.number, COUNTY)
    for shown in ("a123-4567", code_of(card, AT)):
        assert (number_in(shown), county_in(shown)) == ("A1234567", "")
    assert county_in("") == county_in("S1.1..0.x") == ""


@pytest.mark.parametrize("late", [-1, 0, 1])
def test_a_code_counts_half_a_minute_either_side(elder, late):
    code = code_of(issued(elder), AT)
    assert read_code(code, at=AT + late * STEP).person == elder


@pytest.mark.parametrize("late", [-2, 2, 2880])
def test_a_code_runs_out(elder, late):
    refused("person.code_expired", read_code, code_of(issued(elder), AT), at=AT + late * STEP)


def test_an_older_code_does_not_count_after_a_newer_one(elder):
    medium = issued(elder)
    read_code(code_of(medium, AT + STEP), at=AT)
    refused("person.code_already_used", read_code, code_of(medium, AT), at=AT)


def test_a_forged_code_is_nobodys(elder):
    medium, other = issued(elder), issued(registered("李桂兰", id_number=id_number(sequence=4)).person)
    parts = code_of(medium, AT).split(".")
    later = str(int(parts[3]) + 1)
    forgeries = [
        ".".join([*parts[:3], later, parts[4]]),
        ".".join([*parts[:2], other.number, *parts[3:]]),
        ".".join([*parts[:4], "A" * 16]),
        ".".join([*parts[:4], ""]),
        ".".join([*parts[:3], "0", parts[4]]),
        ".".join([*parts[:3], "-1", parts[4]]),
        ".".join(["S2", *parts[1:]]),
        ".".join([parts[0], "9", *parts[2:]]),
        "",
        "x" * 101,
    ]
    for forged in forgeries:
        refused("person.code_invalid", read_code, forged, at=AT)


@given(st.text(string.ascii_letters + string.digits + ".", max_size=110))
def test_a_code_of_chance_is_nobodys(text):
    if text.count(".") != 4 or not text.startswith("S1.1."):
        refused("person.code_invalid", read_code, text, at=AT)


@pytest.mark.parametrize("kind", ["printed", "card"])
def test_a_code_that_stays_needs_a_second_factor(elder, kind):
    code = code_of(issued(elder, kind), AT)
    for days in (0, 100):
        assert read_code(code, at=AT + timedelta(days=days)).needs_second_factor


def test_a_telephones_code_does_not_pass_as_printed(elder):
    medium = issued(elder)
    Medium.objects.filter(county=COUNTY, id=medium.id).update(kind="printed")
    stays = code_of(medium_of(medium.number), AT)
    Medium.objects.filter(county=COUNTY, id=medium.id).update(kind="phone")
    refused("person.code_invalid", read_code, stays, at=AT)


def test_a_lost_card_is_dead_at_once(elder):
    old = issued(elder, "card")
    code = code_of(old, AT)
    new = replace(medium=old, because="遗失", on=ON, at=AT, by="clerk")
    assert new.number != old.number
    refused("person.medium_ended", resolve, old.number)
    refused("person.medium_ended", read_code, code, at=AT)
    refused("person.medium_ended", replace, medium=old, because="再", on=ON, at=AT, by="clerk")
    assert resolve(new.number) == elder
    assert [medium.id for medium in media_of(elder)] == [new.id, old.id]


@pytest.mark.parametrize(
    ("kind", "number", "code"),
    [
        ("ring", "", "person.unknown_medium_kind"),
        ("card", "12345", "person.medium_number_invalid"),
        ("card", "卡号一二三四", "person.medium_number_invalid"),
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
