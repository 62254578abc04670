"""Stewards, rounds, needs and volunteers of the sample county."""

from __future__ import annotations

from datetime import date
from itertools import count

from songhe.assessment.tests.world import COUNTY, at, elder
from songhe.outreach import need as needs
from songhe.outreach import rounds, team, volunteer
from songhe.outreach.models import Need, Round, Steward, Stint, Team, Visit, Volunteer
from songhe.person.models import Event, Person
from songhe.provider.models import Evidence, Item, Kind, Price, Provider

FIRST = date(2026, 3, 1)
#: A Tuesday.
TENTH = date(2026, 3, 10)
PLACE = f"{COUNTY}001001"
_numbers = count(1)


def formed(**differently) -> Team:
    told = {
        "county": COUNTY,
        "name": f"互助队{next(_numbers)}",
        "kind": "mutual",
        "place": PLACE,
        "leader": "王队长",
        "formed_on": FIRST,
        "at": at(FIRST),
        "by": "clerk",
    }
    return team.form_team(**(told | differently))


def steward(**differently) -> Steward:
    number = next(_numbers)
    told = {
        "county": COUNTY,
        "account": f"steward{number}",
        "name": f"管家{number}",
        "place": PLACE,
        "since": FIRST,
        "at": at(FIRST),
        "by": "clerk",
    }
    return team.appoint_steward(**(told | differently))


def planned(of: Steward | None = None, person: Person | None = None, **differently) -> Round:
    told = {"weekday": 2, "since": FIRST, "at": at(FIRST), "by": "clerk"}
    return rounds.plan_round(steward=of or steward(), person_id=(person or elder()).id, **(told | differently))


def visited(of: Round, **differently) -> Visit:
    told = {
        "means": "door",
        "outcome": "well",
        "day": TENTH,
        "at": at(TENTH),
        "on": TENTH,
        "by": Steward.objects.get(county=COUNTY, id=of.steward_id).account,
    }
    return rounds.visit(round=of, **(told | differently))


def heard(person: Person | None = None, **differently) -> Need:
    told = {
        "county": COUNTY,
        "person_id": (person or elder()).id,
        "help": "bathing",
        "words": "想洗个澡",
        "at": at(TENTH),
        "on": TENTH,
        "by": "steward",
    }
    return needs.hear(**(told | differently))


def item(help="bathing") -> Item:
    number = next(_numbers)
    return Item.objects.create(
        place="000000",
        code=f"o{number}",
        name=f"助浴{number}",
        name_en=f"bath {number}",
        category="home",
        help=help,
        unit="visit",
        evidence=Evidence.VISIT,
        valid_from=FIRST,
    )


def seller(of: Item) -> Provider:
    number = next(_numbers)
    made = Provider.objects.create(
        kind=Kind.COMMUNITY,
        name=f"助浴机构{number}",
        credit_code=f"96370799MA{number:08d}",
        place=COUNTY,
        admitted_at=at(FIRST),
    )
    Price.objects.create(provider=made, item=of, price_fen=6_000, valid_from=FIRST)
    return made


def enlisted(person: Person | None = None, **differently) -> Volunteer:
    told = {
        "county": COUNTY,
        "name": f"志愿者{next(_numbers)}",
        "phone": "13800000000",
        "helps": ["company"],
        "since": FIRST,
        "at": at(FIRST),
        "by": "clerk",
        "person_id": person.id if person else None,
    }
    return volunteer.enlist(**(told | differently))


def told(of: Volunteer, **differently) -> Stint:
    given = {
        "help": "company",
        "minutes": 90,
        "done_on": TENTH,
        "at": at(TENTH),
        "on": TENTH,
        "by": "leader",
    }
    return volunteer.tell(volunteer=of, **(given | differently))


def reported_dead(person: Person, day: date = FIRST) -> Person:
    Event.objects.create(
        county=COUNTY,
        person=person,
        kind="death",
        happened_on=day,
        reported_by="village",
        reported_at=at(day),
        source="村委会",
    )
    return person
