"""A telephone's code counts once and for a minute, scanned or read out; what is printed only says who somebody is."""

from __future__ import annotations

import string
from datetime import datetime, timedelta, timezone
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from songhe.kernel.cipher import KEY_ID
from songhe.person import code
from songhe.person.code import (
    MOST_WRONG,
    STEP_SECONDS,
    WRONG_WITHIN_SECONDS,
    burn,
    check,
    county_in,
    is_number,
    number_in,
    printed,
    read,
    show,
    who,
)
from songhe.person.medium import end, issue
from songhe.person.models import Medium
from songhe.person.tests.conftest import AT, COUNTY, NEXT_COUNTY, ON, id_number, refused, registered

STEP = timedelta(seconds=STEP_SECONDS)


@pytest.fixture(autouse=True)
def nobody_was_wrong_before():
    code.forget_wrong()


def issued(person, kind="phone", **more):
    return issue(person=person, kind=kind, on=ON, at=AT, by="clerk", **more)


def seen(given, at=AT, **more):
    return read(county=COUNTY, given=given, at=at, **more)


@pytest.fixture
def phone(elder):
    return issued(elder)


@pytest.fixture(params=["payload", "number"])
def way(request):
    """Both ways: the square is scanned, or the number is read out."""
    return lambda medium, at=AT: getattr(show(medium=medium, at=at), request.param)


def test_a_telephone_shows_a_square_and_a_number_for_the_half_minute(phone):
    shown = show(medium=phone, at=AT + timedelta(seconds=12))
    assert shown.payload.startswith(f"S1.{KEY_ID}.{phone.number}.{shown.step}.")
    assert len(shown.payload) <= 100
    assert is_number(shown.number)
    assert shown.number[:4] == phone.number[6:10]
    assert shown.seconds_left == 18
    assert phone.person.name not in shown.payload


def test_a_code_counts_once(phone, way):
    assert seen(way(phone)) == phone
    refused("person.code_used", seen, way(phone))
    assert seen(way(phone, AT + STEP), AT + STEP) == phone


def test_what_was_scanned_cannot_be_read_out_afterwards(phone):
    shown = show(medium=phone, at=AT)
    seen(shown.payload)
    refused("person.code_used", seen, shown.number)


def test_a_number_is_heard_in_groups_and_typed_as_one_likes(phone):
    number = show(medium=phone, at=AT).number
    assert (
        seen(f" {number[:4]}-{number[4:8]}　{number[8:].translate({48 + n: 0xFF10 + n for n in range(10)})}") == phone
    )


@pytest.mark.parametrize("late", [-1, 0, 1])
def test_a_code_counts_half_a_minute_either_side(phone, way, late):
    assert seen(way(phone), AT + late * STEP) == phone


@pytest.mark.parametrize("late", [2, 9])
def test_a_code_runs_out(phone, way, late):
    refused("person.code_stale", seen, way(phone), AT + late * STEP)


def test_a_code_of_tomorrow_or_of_last_week_is_not_good_now(phone):
    refused("person.code_stale", seen, show(medium=phone, at=AT + 2 * STEP).payload)
    refused("person.code_stale", seen, show(medium=phone, at=AT - timedelta(days=7)).payload)
    refused("person.code_unknown", seen, show(medium=phone, at=AT + 2 * STEP).number)
    refused("person.code_unknown", seen, show(medium=phone, at=AT - timedelta(days=7)).number)


def test_an_older_code_does_not_count_after_a_newer_one(phone, way):
    seen(way(phone, AT + STEP))
    refused("person.code_used", seen, way(phone))


def test_a_forged_code_is_nobodys(phone):
    other = issued(registered("李桂兰", id_number=id_number(sequence=4)).person)
    parts = show(medium=phone, at=AT).payload.split(".")
    later = str(int(parts[3]) + 1)
    forgeries = [
        ".".join([*parts[:3], later, parts[4]]),
        ".".join([*parts[:3], "0" + parts[3], parts[4]]),
        ".".join([*parts[:2], other.number, *parts[3:]]),
        ".".join([*parts[:4], "A" * 16]),
        ".".join([*parts[:4], ""]),
        ".".join([*parts[:3], "0", parts[4]]),
        ".".join([*parts[:3], "-1", parts[4]]),
        ".".join(["S2", *parts[1:]]),
        ".".join([parts[0], "9", *parts[2:]]),
        "",
        "S1." + "x" * 101,
    ]
    for forged in forgeries:
        refused("person.code_forged", seen, forged)


@given(st.text(string.ascii_letters + string.digits + ". -。１", max_size=110))
def test_a_code_of_chance_is_nobodys(text):
    if not is_number(text):
        refused("person.code_forged", check, county=COUNTY, given=text, at=AT)


def test_numbers_of_chance_are_nobodys(phone):
    near = {show(medium=phone, at=AT + late * STEP).number for late in range(-11, 2)}
    chance = Random(39)
    tried = [f"{phone.number[6:10]}{chance.randrange(10**8):08d}" for _ in range(200)]
    tried += [f"{chance.randrange(10**12):012d}" for _ in range(100)]
    for number in set(tried) - near:
        refused("person.code_unknown", check, county=COUNTY, given=number, at=AT)


NOBODYS = Medium(county=COUNTY, number="370799" + "12345678901234" + "56", kind="phone")


def at_second(seconds):
    return datetime.fromtimestamp(seconds, timezone.utc)


@given(seconds=st.integers(0, 4 * 10**9), late=st.integers(-300, 300))
def test_a_code_is_the_newest_for_as_long_as_it_says(seconds, late):
    shown = show(medium=NOBODYS, at=at_second(seconds))
    assert 1 <= shown.seconds_left <= STEP_SECONDS
    again = show(medium=NOBODYS, at=at_second(seconds + max(0, late)))
    assert (again.payload == shown.payload) == (max(0, late) < shown.seconds_left)


@given(st.integers(0, 2**31), st.integers(0, 2**31))
def test_two_steps_have_two_codes(one, other):
    first, second = (show(medium=NOBODYS, at=at_second(step * STEP_SECONDS)).payload for step in (one, other))
    assert (first == second) == (one == other)


def test_a_code_of_another_county_is_not_known_here(phone):
    refused("person.medium_unknown", read, county=NEXT_COUNTY, given=show(medium=phone, at=AT).payload, at=AT)
    refused("person.code_unknown", read, county=NEXT_COUNTY, given=show(medium=phone, at=AT).number, at=AT)


def test_two_telephones_that_begin_alike_are_told_apart(elder, phone):
    Medium.objects.filter(county=COUNTY, id=phone.id).update(number="370799" + "1234" + "0000000000" + "11")
    second = issued(registered("李桂兰", id_number=id_number(sequence=4)).person)
    Medium.objects.filter(county=COUNTY, id=second.id).update(number="370799" + "1234" + "9999999999" + "99")
    for medium in (phone, second):
        medium.refresh_from_db()
        assert seen(show(medium=medium, at=AT).number) == medium


def test_whoever_tries_numbers_out_is_stopped_for_a_while(phone):
    for _ in range(MOST_WRONG):
        refused("person.code_forged", seen, "S1.1.1.1.1", reader="provider:1")
    good = show(medium=phone, at=AT).number
    refused("person.too_many_wrong_codes", seen, good, reader="provider:1")
    assert seen(good, reader="provider:2") == phone
    later = AT + timedelta(seconds=WRONG_WITHIN_SECONDS)
    assert seen(show(medium=phone, at=later).number, later, reader="provider:1") == phone


def test_a_code_that_is_looked_at_and_not_burnt_still_counts(phone, way):
    found = check(county=COUNTY, given=way(phone), at=AT)
    assert not found.needs_second_factor
    burn(found)
    refused("person.code_used", burn, found)


@pytest.mark.parametrize("kind", ["printed", "card"])
def test_what_stays_needs_a_second_factor_and_is_never_used_up(elder, kind):
    medium = issued(elder, kind)
    for days in (0, 100):
        found = check(county=COUNTY, given=printed(medium), at=AT + timedelta(days=days))
        assert found.needs_second_factor
        burn(found)
    refused("person.code_not_a_telephone", show, medium=medium, at=AT)


def test_a_telephones_code_does_not_pass_as_printed(phone):
    refused("person.code_forged", printed, phone)
    phone.kind = "printed"
    refused("person.code_forged", seen, printed(phone))


def test_a_telephone_that_was_given_up_shows_nothing(phone, way):
    given = way(phone)
    ended = end(medium=phone, because="手机遗失", at=AT, by="daughter")
    assert refused("person.medium_ended" if "." in given else "person.code_unknown", seen, given)
    refused("person.medium_ended", show, medium=ended, at=AT)


def served(given, confirmed_by="", at=AT):
    return who(county=COUNTY, given=given, confirmed_by=confirmed_by, at=at).medium


def test_a_telephone_is_known_by_its_code_alone(phone, way):
    assert served(way(phone)) == phone
    refused("person.code_forged", served, phone.number, "staff")


def test_a_card_and_a_printed_code_want_somebody_who_confirms(elder):
    card = issued(elder, "card", number="A1234567")
    for shown in ("a123-4567", printed(card)):
        refused("person.medium_not_confirmed", served, shown)
        assert served(shown, "elder") == card
    refused("person.medium_unknown", served, "B1234567", "elder")
    end(medium=card, because="丢失", at=AT, by="clerk")
    refused("person.medium_ended", served, "A1234567", "elder")


def test_a_card_of_twelve_digits_is_a_card(elder):
    card = issued(elder, "card", number="123456789012")
    assert served("1234 5678 9012", "staff") == card


def test_what_is_shown_tells_its_number_and_for_our_own_its_county(elder, phone):
    card = issued(elder, "card", number="A1234567")
    for shown in (phone.number, " ".join(phone.number), show(medium=phone, at=AT).payload):
        assert (number_in(shown), county_in(shown)) == (phone.number, COUNTY)
    for shown in ("a123-4567", printed(card)):
        assert (number_in(shown), county_in(shown)) == ("A1234567", "")
    assert county_in("") == county_in("S1.1..0.x") == county_in(show(medium=phone, at=AT).number) == ""
