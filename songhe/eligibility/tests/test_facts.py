import random
from datetime import date, timedelta
from uuid import UUID

import pytest
from django.db import connection

from songhe.assessment.models import Assessment
from songhe.assessment.tests import world
from songhe.assessment.tests.world import at
from songhe.eligibility.facts import (
    STATUS_FACTS,
    facts_from_row,
    facts_of,
    facts_parameters,
    facts_sql,
    on_file,
    who_is_on_file,
)
from songhe.eligibility.models import Determination
from songhe.person.models import Person, Status
from songhe.person.status import KINDS, kinds_of_fact
from songhe.policy.facts import FACTS, checked

ON = date(2026, 3, 1)
pytestmark = pytest.mark.django_db


def status(person, kind, first, last=None):
    return Status.objects.create(
        county=person.county,
        person=person,
        kind=kind,
        valid_from=first,
        valid_to=last,
        source="样例",
        known_at=at(first),
    )


def by_sql(county, on, names=tuple(FACTS), **more):
    with connection.cursor() as cursor:
        text = facts_sql(connection.vendor, names, bounded=bool(more))
        cursor.execute(text, facts_parameters(county, on) | more)
        rows = cursor.fetchall()
    assert len({row[0] for row in rows}) == len(rows), "one row of each person"
    return {UUID(str(row[0])): facts_from_row(names, row[1:]) for row in rows}


def test_facts_are_those_of_the_vocabulary():
    facts = facts_of(world.elder(), ON)
    assert set(facts) == set(FACTS)
    assert checked(facts) == facts


def test_age_counts_the_birthday_and_waits_for_march():
    leap = world.elder(born=date(1964, 2, 29))
    assert facts_of(leap, date(2026, 2, 28))["age"] == 61
    assert facts_of(leap, date(2026, 3, 1))["age"] == 62


def test_the_level_is_that_of_the_assessment_that_counts():
    elder = world.elder()
    assert facts_of(elder, ON)["disability_level"] is None
    world.effective(elder)
    assert facts_of(elder, ON)["disability_level"] == 2
    assert facts_of(elder, date(2026, 2, 8))["disability_level"] is None


@pytest.mark.parametrize("fact", STATUS_FACTS)
def test_other_programmes_count_for_the_whole_month(fact):
    for kind in kinds_of_fact(fact, world.COUNTY):
        elder = world.elder()
        status(elder, kind, date(2026, 2, 10), date(2026, 3, 1))
        assert facts_of(elder, date(2026, 3, 31))[fact] is True
        assert facts_of(elder, date(2026, 2, 1))[fact] is True
        assert facts_of(elder, date(2026, 4, 1))[fact] is False


def test_the_regions_own_project_counts_in_the_region_alone():
    here, there = world.elder(county="650102"), world.elder()
    for each in (here, there):
        status(each, "improvement_action_region", date(2026, 1, 1))
    assert facts_of(here, ON)["in_improvement_action"] is True
    assert facts_of(there, ON)["in_improvement_action"] is False
    assert by_sql("650102", ON)[here.id]["in_improvement_action"] is True
    assert by_sql(world.COUNTY, ON)[there.id]["in_improvement_action"] is False


def test_residence_is_the_files_place_and_first_day():
    assert facts_of(world.elder(place=""), ON)["resident"] is None
    assert facts_of(world.elder(resident_from=None), ON)["resident"] is True
    assert facts_of(world.elder(resident_from=ON + timedelta(days=1)), ON)["resident"] is False
    assert facts_of(world.elder(resident_from=ON), ON)["resident"] is True


def random_person(chance, number):
    born = date(1930, 1, 1) + timedelta(days=chance.randrange(15_000))
    if chance.random() < 0.2:
        born = chance.choice([date(1964, 2, 29), date(1966, 3, 1), date(1966, 3, 2), date(1940, 2, 29)])
    person = world.elder(
        born=born,
        place=chance.choice(["", "370799001001", "370799001001"]),
        resident_from=chance.choice([None, date(2015, 1, 1), ON, ON + timedelta(days=1)]),
        closed_on=chance.choice([None] * 5 + [ON - timedelta(days=1), ON, ON + timedelta(days=1)]),
        died_on=chance.choice([None] * 5 + [ON - timedelta(days=1), ON, ON + timedelta(days=1)]),
    )
    for kind in KINDS:
        if chance.random() < 0.2:
            first = date(2026, 1, 1) + timedelta(days=chance.randrange(100))
            status(person, kind, first, chance.choice([None, first + timedelta(days=chance.randrange(60))]))
    if chance.random() < 0.7:
        states = ["effective", "disputed", "replaced", "void", "kept", "submitted"]
        for place, state in enumerate(chance.sample(states, chance.randrange(1, 3))):
            if place and state in ("effective", "disputed", "replaced"):
                continue
            Assessment.rows.create(
                county=person.county,
                no=f"A{number}-{place}",
                person=person,
                origin="loaded",
                state=state,
                standard="gbt-42195-2022",
                requested_at=at(ON),
                requested_by="loader",
                assessed_on=chance.choice([ON, ON - timedelta(days=40), ON + timedelta(days=1)]),
                valid_until=chance.choice([None, None, ON, ON - timedelta(days=1)]),
                counts_until=chance.choice([None, None, ON, ON - timedelta(days=1)]) if state == "replaced" else None,
                final_level=chance.randrange(5),
            )
    if chance.random() < 0.5:
        Determination.objects.create(
            county=person.county,
            person=person,
            policy="consumption-voucher",
            on=ON,
            at=at(ON),
            outcome=chance.choice(Determination.Outcome.values),
            pack="p",
            version="v",
            facts={},
            conditions={},
            current=chance.random() < 0.8,
        )
    return person


@pytest.mark.slow
def test_the_county_is_read_as_each_of_its_people_is():
    chance = random.Random(20260301)
    people = [random_person(chance, number) for number in range(80)]
    world.elder(county="370798")
    for on in (ON, date(2026, 2, 28), date(2026, 3, 31)):
        assert set(who_is_on_file(world.COUNTY, on)) == {each for each in people if on_file(each, on)}
        assert by_sql(world.COUNTY, on) == {each.id: facts_of(each, on) for each in people if on_file(each, on)}
    few = ("age", "in_tekun_support")
    read = by_sql(world.COUNTY, ON, few)
    assert read == {each.id: {name: facts_of(each, ON)[name] for name in few} for each in people if on_file(each, ON)}


def test_a_chunk_is_read_alone():
    people = sorted((world.elder() for _ in range(5)), key=lambda each: each.id)
    bounds = {"after": people[0].id, "upto": people[3].id}
    if connection.vendor == "sqlite":
        bounds = {name: value.hex for name, value in bounds.items()}
    assert set(by_sql(world.COUNTY, ON, **bounds)) == {each.id for each in people[1:4]}


def test_people_of_other_counties_are_not_read():
    other = world.elder(county="370798")
    assert set(by_sql("370798", ON)) == {other.id}
    assert Person.rows.filter(county=world.COUNTY).count() == 0
