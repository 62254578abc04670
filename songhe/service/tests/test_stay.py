from datetime import date, timedelta

import pytest
from django.db import IntegrityError, transaction

from songhe.assessment.tests.world import COUNTY, at, elder
from songhe.kernel.month import Month
from songhe.kernel.refusal import Refusal
from songhe.service.check import check
from songhe.service.models import Presence, Stay
from songhe.service.queries import presences, residents
from songhe.service.stay import (
    admit,
    call_roll,
    category_of,
    discharge,
    end_by_death,
    extend,
    nights,
    record_presence,
    stay_on,
)
from songhe.service.tests import world
from songhe.trail.models import Entry

pytestmark = pytest.mark.django_db
FIRST, TENTH, TWENTIETH = date(2026, 3, 1), date(2026, 3, 10), date(2026, 3, 20)
JUNE = date(2026, 6, 15)


def refuses(code, call, **arguments):
    with pytest.raises(Refusal) as refused, transaction.atomic():
        call(**arguments)
    assert refused.value.code == code


def leave(stay, day, *, because="home", on=None):
    return discharge(
        county=COUNTY, stay_id=stay.id, discharged_on=day, because=because, at=at(on or day), on=on or day, by="home"
    )


def moves_in(person, day=FIRST, *, of=None, on=None, **fields):
    return {
        "call": admit,
        "county": COUNTY,
        "person_id": person.id,
        "provider": of or world.institution(),
        "admitted_on": day,
        "at": at(on or day),
        "on": on or day,
        "by": "home",
        **fields,
    }


# --- moving in and out -----------------------------------------------------------------------------------------------


def test_admits_a_person_to_a_listed_institution():
    person = elder()
    stay = world.stay(person, agreed_until=TWENTIETH, contract_no="H-1", bed="3-02")
    assert stay_on(county=COUNTY, person_id=person.id, day=FIRST) == stay
    assert Entry.objects.get(subject_id=str(stay.id)).act == "service.admit"
    assert residents(county=COUNTY, provider_id=stay.provider_id, day=TENTH) == [stay]


def test_refuses_a_provider_that_is_no_institution():
    refuses("service.not_an_institution", **moves_in(elder(), of=world.provider()))


def test_refuses_an_institution_whose_listing_has_ended():
    refuses("provider.not_listed", **moves_in(elder(), of=world.institution(valid_to=date(2026, 2, 28))))


def test_refuses_new_residents_of_a_suspended_institution_while_the_others_stay():
    home = world.institution()
    inside = world.stay(of=home)
    world.suspend(home, TENTH)
    refuses("provider.suspended", **moves_in(elder(), TENTH, of=home))
    assert stay_on(county=COUNTY, person_id=inside.person_id, day=TWENTIETH) == inside


def test_refuses_a_second_stay_at_the_same_time():
    person = elder()
    world.stay(person)
    refuses("service.stay_overlaps", **moves_in(person, TENTH))


def test_moves_from_one_institution_to_another_on_one_day():
    person = elder()
    leave(world.stay(person), TENTH)
    second = world.stay(person, admitted_on=TENTH)
    assert stay_on(county=COUNTY, person_id=person.id, day=TENTH) == second
    assert list(check()) == []


def test_the_database_refuses_two_open_stays():
    first = world.stay()
    with pytest.raises(IntegrityError), transaction.atomic():
        Stay.objects.create(
            county=COUNTY,
            person_id=first.person_id,
            provider=first.provider,
            admitted_on=TENTH,
            recorded_by="x",
            recorded_at=at(TENTH),
        )


def test_refuses_an_admission_that_is_still_to_come():
    refuses("service.in_the_future", **moves_in(elder(), TENTH, on=FIRST))


def test_refuses_an_agreed_end_before_the_admission():
    refuses("service.stay_ends_before", **moves_in(elder(), TENTH, agreed_until=FIRST))


def test_refuses_an_unknown_person():
    stranger = elder(county="370798")
    refuses("service.unknown_person", **moves_in(stranger))


def test_extends_an_open_stay_only():
    stay = world.stay(agreed_until=TENTH)
    extend(county=COUNTY, stay_id=stay.id, agreed_until=TWENTIETH, at=at(TENTH), by="home")
    stay.refresh_from_db()
    assert stay.agreed_until == TWENTIETH
    leave(stay, TWENTIETH)
    refuses("service.stay_ended", extend, county=COUNTY, stay_id=stay.id, agreed_until=JUNE, at=at(JUNE), by="home")


@pytest.mark.parametrize(
    ("day", "on", "code"),
    [
        (date(2026, 2, 28), TENTH, "service.stay_ends_before"),
        (TWENTIETH, TENTH, "service.in_the_future"),
    ],
)
def test_refuses_a_discharge_on_an_impossible_day(day, on, code):
    refuses(code, leave, stay=world.stay(), day=day, on=on)


def test_refuses_to_discharge_twice():
    stay = leave(world.stay(), TENTH)
    refuses("service.stay_ended", leave, stay=stay, day=TWENTIETH)


def test_what_was_told_of_a_stay_stays():
    stay = world.stay()
    for change in ({"admitted_on": TENTH}, {"provider_id": world.institution().id}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Stay.objects.filter(county=COUNTY, id=stay.id).update(**change)
    with pytest.raises(IntegrityError), transaction.atomic():
        Stay.objects.filter(county=COUNTY, id=stay.id).delete()


# --- long or short ---------------------------------------------------------------------------------------------------


def made(**fields):
    return Stay(**{"county": COUNTY, "admitted_on": FIRST, **fields})


@pytest.mark.parametrize(
    ("fields", "on", "expected"),
    [
        ({"discharged_on": date(2026, 3, 30)}, TENTH, 29),
        ({"discharged_on": date(2026, 3, 31)}, TENTH, 30),
        ({"agreed_until": date(2026, 3, 30)}, TENTH, 29),
        ({"agreed_until": date(2026, 4, 30)}, TENTH, 60),
        ({}, TENTH, 9),
        ({}, date(2026, 3, 31), 30),
        ({"agreed_until": date(2026, 3, 20)}, date(2026, 4, 5), 35),
        ({"agreed_until": date(2026, 4, 30), "discharged_on": TENTH}, TENTH, 9),
    ],
)
def test_a_stay_is_as_long_as_it_has_nights(fields, on, expected):
    assert nights(made(**fields), on=on) == expected


def test_thirty_nights_are_long_and_twenty_nine_are_respite():
    stay = made(agreed_until=FIRST + timedelta(days=30))
    assert category_of(stay, on=FIRST) == "institution_long"
    stay.agreed_until -= timedelta(days=1)
    assert category_of(stay, on=FIRST) == "institution_short"
    assert category_of(stay, on=FIRST, long_days=20) == "institution_long"


def test_the_group_follows_the_real_length_once_it_crosses_the_line():
    stay = made(agreed_until=date(2026, 3, 25))
    assert category_of(stay, on=date(2026, 3, 25)) == "institution_short"
    assert category_of(stay, on=date(2026, 3, 31)) == "institution_long"


def test_nobody_is_counted_past_death():
    assert nights(made(agreed_until=date(2026, 4, 30)), on=JUNE, died_on=TENTH) == 9


# --- being there -----------------------------------------------------------------------------------------------------


def test_a_sign_of_presence_is_kept_once():
    stay = world.stay()
    for _ in range(2):
        record_presence(county=COUNTY, stay_id=stay.id, day=TENTH, means="meal", at=at(TENTH), on=TENTH, by="home")
    assert presences(county=COUNTY, stay_ids=[stay.id], month=Month(2026, 3)) == {stay.id: {TENTH}}


@pytest.mark.parametrize(
    ("day", "means", "on", "code"),
    [
        (TENTH, "photo", TENTH, "service.unknown_means"),
        (date(2026, 2, 1), "meal", TENTH, "service.not_in_stay"),
        (TWENTIETH, "meal", TENTH, "service.in_the_future"),
    ],
)
def test_refuses_a_sign_that_cannot_be(day, means, on, code):
    stay = world.stay()
    refuses(code, record_presence, county=COUNTY, stay_id=stay.id, day=day, means=means, at=at(on), on=on, by="home")


def test_calls_the_roll_of_those_who_are_there(django_assert_max_num_queries):
    home = world.institution()
    there, gone, elsewhere, dead, reported = (world.stay(of=home) for _ in range(5))
    other = world.stay()
    leave(gone, date(2026, 3, 5))
    world.died(dead.person, date(2026, 3, 4))
    world.reported_death(reported.person, date(2026, 3, 8))
    named = [there, gone, dead, reported, other]
    with django_assert_max_num_queries(6):
        taken = call_roll(
            county=COUNTY,
            provider=home,
            day=TENTH,
            stay_ids=[stay.id for stay in named],
            at=at(TENTH),
            on=TENTH,
            by="home",
        )
    assert taken == 1
    assert list(Presence.objects.values_list("stay_id", flat=True)) == [there.id]
    assert elsewhere.id != there.id


# --- death, known at once or three months late -----------------------------------------------------------------------


def test_a_reported_death_holds_only_what_is_dated_after_it():
    person = elder()
    world.reported_death(person, TENTH)
    refuses("service.death_reported", **moves_in(person, date(2026, 3, 11)))
    assert world.stay(person, admitted_on=TENTH).discharged_on is None


def test_nobody_is_admitted_after_death():
    person = world.died(elder(), TENTH)
    refuses("service.after_death", **moves_in(person, date(2026, 3, 11)))


def test_a_death_known_at_once_ends_the_open_stay_on_its_day():
    stay = world.stay(agreed_until=JUNE)
    world.died(stay.person, TENTH)
    refuses("service.after_death", leave, stay=stay, day=date(2026, 3, 11), because="death")
    assert {code for code, _, _ in check()} == {"service.stay_after_death"}
    (ended,) = end_by_death(county=COUNTY, person_id=stay.person_id, at=at(TENTH), by="run:death")
    assert (ended.discharged_on, ended.discharged_because) == (TENTH, "death")
    assert stay_on(county=COUNTY, person_id=stay.person_id, day=TENTH) == stay
    assert stay_on(county=COUNTY, person_id=stay.person_id, day=date(2026, 3, 11)) is None
    assert end_by_death(county=COUNTY, person_id=stay.person_id, at=at(TENTH), by="run:death") == []
    assert list(check()) == []


def test_a_death_known_three_months_late_shortens_the_stay_that_was_closed_later():
    stay = world.stay()
    record_presence(
        county=COUNTY, stay_id=stay.id, day=TWENTIETH, means="meal", at=at(TWENTIETH), on=TWENTIETH, by="home"
    )
    leave(stay, date(2026, 5, 31))
    world.died(stay.person, TENTH)
    (ended,) = end_by_death(county=COUNTY, person_id=stay.person_id, at=at(JUNE), by="run:death")
    assert (ended.discharged_on, ended.discharged_because) == (TENTH, "death")
    assert [code for code, _, _ in check()] == ["service.presence_after_death"]


def test_a_death_leaves_a_stay_that_ended_before_it_as_it_was():
    stay = leave(world.stay(), TENTH)
    world.died(stay.person, TWENTIETH)
    assert end_by_death(county=COUNTY, person_id=stay.person_id, at=at(JUNE), by="run:death") == []
    stay.refresh_from_db()
    assert stay.discharged_because == "home"


def test_without_a_verified_death_nothing_ends():
    stay = world.stay()
    world.reported_death(stay.person, TENTH)
    assert end_by_death(county=COUNTY, person_id=stay.person_id, at=at(TENTH), by="run:death") == []


def test_finds_stays_that_overlap_though_they_were_written_past_the_verbs():
    person = elder()
    leave(world.stay(person), TWENTIETH)
    Stay.objects.create(
        county=COUNTY,
        person=person,
        provider=world.institution(),
        admitted_on=TENTH,
        recorded_by="x",
        recorded_at=at(TENTH),
    )
    assert [code for code, _, _ in check()] == ["service.stays_overlap"]
