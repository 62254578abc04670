"""Credits of the sample county, and people who bring produce and work."""

from __future__ import annotations

from datetime import date
from itertools import count

from songhe.assessment.tests.world import COUNTY, at, elder
from songhe.credit import earn
from songhe.credit.models import Deed, Scheme
from songhe.credit.scheme import open_scheme, set_rate
from songhe.person.models import Person, Status
from songhe.provider.models import Kind, Provider

FIRST = date(2026, 3, 1)
TENTH = date(2026, 3, 10)
_numbers = count(1)


def scheme(*, unit="fen", ticket_fen=None, **differently) -> Scheme:
    told = {
        "county": COUNTY,
        "code": f"veg-{next(_numbers)}",
        "name": "以菜换餐",
        "place": COUNTY,
        "unit": unit,
        "helps": ["meals"],
        "ticket_fen": ticket_fen if unit == "fen" else ticket_fen or 642,
        "opened_by": "clerk",
        "approved_by": "head",
        "at": at(FIRST),
    }
    return open_scheme(**(told | differently))


def rate(of: Scheme, code="greens", **differently):
    """Three yuan for a jin of five hundred grams."""
    told = {
        "name": "蔬菜",
        "name_en": "Vegetables",
        "measure": "gram",
        "units": 300,
        "per": 500,
        "valid_from": FIRST,
        "set_by": "clerk",
        "approved_by": "head",
        "at": at(FIRST),
    }
    return set_rate(scheme=of, code=code, **(told | differently))


def cleaning(of: Scheme, **differently):
    told = {"name": "打扫", "name_en": "Cleaning", "measure": "time", "units": 1, "per": 1}
    return rate(of, "clean", **(told | differently))


def provider() -> Provider:
    number = next(_numbers)
    return Provider.objects.create(
        kind=Kind.COMMUNITY,
        name=f"食堂{number}",
        credit_code=f"94370799MA{number:08d}",
        place=COUNTY,
        admitted_at=at(FIRST),
    )


def weighed(of: Scheme, person: Person | None = None, grams=7_500, **differently) -> Deed:
    told = {"rate": "greens", "done_on": TENTH, "at": at(TENTH), "on": TENTH, "by": "weigher"}
    return earn.weigh(scheme=of, person_id=(person or elder()).id, grams=grams, **(told | differently))


def worked(of: Scheme, person: Person | None = None, quantity=1, **differently) -> Deed:
    told = {"rate": "clean", "done_on": TENTH, "at": at(TENTH), "on": TENTH, "by": "steward"}
    return earn.work(scheme=of, person_id=(person or elder()).id, quantity=quantity, **(told | differently))


def seen(deed: Deed, **differently) -> Deed:
    return earn.witness(deed=deed, **({"at": at(TENTH), "on": TENTH, "by": "witness"} | differently))


def volunteer(person: Person | None = None) -> Person:
    person = person or elder()
    Status.objects.create(
        county=person.county,
        person=person,
        kind="volunteer",
        valid_from=FIRST,
        source="村委会",
        known_at=at(FIRST),
    )
    return person
