"""An institution, a home-care company, items and elders, as rows, for the stories of services and what follows."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from itertools import count

from songhe.assessment.tests.world import COUNTY, at, elder
from songhe.kernel.geo import Point
from songhe.person.models import Event, Person
from songhe.provider.models import Category, Evidence, Item, Kind, Listing, Provider, Suspension, Worker
from songhe.service.stay import admit
from songhe.service.visit import record

HOME = Point(36.70, 119.16)
TENTH = date(2026, 3, 10)
APRIL = date(2026, 4, 2)
_numbers = count(1)


def provider(*, kind=Kind.COMMUNITY, categories=None, county=COUNTY, **listing) -> Provider:
    number = next(_numbers)
    made = Provider.objects.create(
        kind=kind,
        name=f"服务机构{number}",
        credit_code=f"92370799MA{number:08d}",
        place=county,
        admitted_at=at(date(2025, 1, 1)),
    )
    groups = categories or (
        [Category.INSTITUTION_LONG, Category.INSTITUTION_SHORT] if kind == Kind.INSTITUTION else ["home", "day_care"]
    )
    given = {"valid_from": date(2025, 1, 1), "listed_by": "clerk", "approved_by": "head"}
    Listing.objects.create(provider=made, county=county, categories=groups, **{**given, **listing})
    return made


def institution(**fields) -> Provider:
    return provider(kind=Kind.INSTITUTION, **fields)


def suspend(of: Provider, since: date, *, county=COUNTY) -> None:
    Suspension.objects.create(provider=of, county=county, since=since, because="抽查", by="head", at=at(since))


def worker(of: Provider, **fields) -> Worker:
    number = next(_numbers)
    given = {"job": Worker.Job.CARER, "name": f"护理员{number}", "number": f"HL{number:05d}"}
    return Worker.objects.create(provider=of, **{**given, "valid_from": date(2025, 1, 1), **fields})


def item(kind=Evidence.VISIT, *, category=Category.HOME, minutes=60, **fields) -> Item:
    number = next(_numbers)
    given = {
        "place": "000000",
        "code": f"T{number:05d}",
        "name": f"服务{number}",
        "name_en": f"service {number}",
        "category": category,
        "unit": "次",
        "evidence": kind,
        "least_minutes": minutes,
        "valid_from": date(2025, 1, 1),
    }
    return Item.objects.create(**{**given, **fields})


def at_home(**fields) -> Person:
    """An elder whose home is on the map."""
    return elder(**{"longitude": HOME.longitude, "latitude": HOME.latitude, **fields})


def stay(person: Person | None = None, *, admitted_on=date(2026, 3, 1), of: Provider | None = None, **fields):
    return admit(
        county=COUNTY,
        person_id=(person or elder()).id,
        provider=of or institution(),
        admitted_on=admitted_on,
        at=at(admitted_on),
        on=admitted_on,
        by="home",
        **fields,
    )


def clock(day: date, hour: int, minute: int = 0) -> datetime:
    return at(day, hour) + timedelta(minutes=minute)


def visit(person: Person | None = None, *, day=TENTH, hour=9, minutes=60, on=APRIL, **fields):
    """A good home visit, unless something else is said."""
    of = fields.pop("of", None) or provider()
    start = clock(day, hour)
    given = {
        "item": fields.pop("item", None) or item(),
        "worker": fields.pop("worker") if "worker" in fields else worker(of),
        "started_at": start,
        "ended_at": start + timedelta(minutes=minutes),
        "position": HOME,
        "accuracy": 20.0,
        "confirmed_by": "elder",
    }
    return record(
        county=COUNTY,
        person_id=(person or at_home()).id,
        provider=of,
        service_on=day,
        at=at(on),
        on=on,
        by="carer",
        **{**given, **fields},
    )


def reported_death(person: Person, day: date) -> Event:
    return Event.objects.create(
        county=person.county,
        person=person,
        kind=Event.Kind.DEATH,
        happened_on=day,
        reported_by="village",
        reported_at=at(day),
        source="村委会",
    )


def died(person: Person, day: date) -> Person:
    """The death is verified: what ``person`` writes then."""
    person.died_on = day
    person.save()
    return person
