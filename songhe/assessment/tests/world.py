"""People, bodies and assessors of the sample county, as rows, for the stories of this package and those above it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta, timezone
from itertools import count
from types import MappingProxyType

from songhe.assessment import request, review, submit
from songhe.assessment.models import Assessment
from songhe.county.key import new_id
from songhe.kernel.month import BEIJING
from songhe.person.models import Mandate, Person
from songhe.policy.pack import Cited, DatedValue
from songhe.policy.resolve import Policy, library
from songhe.provider.models import Kind, Listing, Provider, Worker

COUNTY = "370799"
MODERATE = "33232333 3232 334333112 21322"
MILD = "33232333 3232 334333112 21323"
SEVERE = "22112221 2222 323222112 11112"
_numbers = count(1)


def at(day: date, hour: int = 9) -> datetime:
    return datetime(day.year, day.month, day.day, hour, tzinfo=BEIJING).astimezone(timezone.utc)


def policy(**settings) -> Policy:
    """The nation's rules of 2026 at the sample county, with settings that a place might add."""
    rules = library().resolve(policy="consumption-voucher", place=COUNTY, on=date(2026, 3, 1))
    pack = rules.packs[-1]
    added = {
        name: (
            DatedValue(name, pack.window.first, pack.window.last, value, Cited("本地设定", "default", "D"), "test", 1),
        )
        for name, value in settings.items()
    }
    return Policy((*rules.packs[:-1], replace(pack, values=MappingProxyType({**pack.values, **added}))))


def elder(*, born=date(1950, 5, 5), county=COUNTY, **fields) -> Person:
    number = next(_numbers)
    given = {
        "county": county,
        "identity": None,
        "id_kind": "none",
        "name": f"样例老人{number}",
        "birth_date": born,
        "place": f"{county}001001",
        "resident_from": date(2015, 1, 1),
        "opened_on": date(2025, 1, 1),
        "synthetic": True,
    }
    return Person.rows.create(**{**given, **fields})


def body(*, kind=Kind.ASSESSMENT_BODY, county=COUNTY, listed_from=date(2025, 1, 1), listed_to=None) -> Provider:
    number = next(_numbers)
    made = Provider.objects.create(
        kind=kind,
        name=f"机构{number}",
        credit_code=f"91370799MA{number:08d}",
        place=county,
        admitted_at=at(date(2025, 1, 1)),
    )
    Listing.objects.create(
        provider=made, county=county, valid_from=listed_from, valid_to=listed_to, listed_by="clerk", approved_by="head"
    )
    return made


def assessor(of: Provider, **fields) -> Worker:
    number = next(_numbers)
    given = {
        "provider": of,
        "job": Worker.Job.ASSESSOR,
        "name": f"评估师{number}",
        "number": f"PG{number:05d}",
        "account": f"assessor{number}",
        "practising_since": date(2015, 7, 1),
        "education": "vocational_secondary",
        "trained_on": date(2024, 3, 1),
        "examined_on": date(2024, 4, 1),
        "valid_from": date(2025, 1, 1),
    }
    return Worker.objects.create(**{**given, **fields})


def mandate(person: Person, **fields) -> Mandate:
    number = next(_numbers)
    given = {
        "county": person.county,
        "person": person,
        "proxy_identity": new_id(),
        "proxy_name": f"代办人{number}",
        "account": f"proxy{number}",
        "relation": Mandate.Relation.CHILD,
        "acts": ["apply"],
        "evidence": "户口簿",
        "valid_from": date(2026, 1, 1),
        "valid_to": date(2026, 12, 31),
        "given_by": "clerk",
        "at": at(date(2026, 1, 1)),
    }
    return Mandate.objects.create(**{**given, **fields})


def requested(person: Person, *, on=date(2026, 2, 9), by="elder", of: Provider | None = None) -> Assessment:
    return request.request(person=person, body=of or body(), where="home", occasion="first", at=at(on), on=on, by=by)


def assigned(person: Person, *, on=date(2026, 2, 9), **fields) -> Assessment:
    asked = requested(person, on=on, **fields)
    first, second = assessor(asked.body), assessor(asked.body)
    return request.assign(assessment=asked, first=first, second=second, serving=(), at=at(on), on=on, by="manager")


def hand_in(found: Assessment, *, on: date, scores=MODERATE, **fields) -> Assessment:
    return submit.submit(
        assessment=found,
        answers={"scores": scores, **fields.pop("answers", {})},
        signatures=[found.first_assessor_id, found.second_assessor_id],
        assessed_on=fields.pop("assessed_on", on),
        at=at(on),
        on=on,
        by=found.first_assessor.account,
        **fields,
    )


def submitted(person: Person, *, on=date(2026, 2, 9), scores=MODERATE, **fields) -> Assessment:
    return hand_in(assigned(person, on=on, **fields), on=on, scores=scores)


def effective(person: Person, *, on=date(2026, 2, 9), scores=MODERATE, rules=None, **fields) -> Assessment:
    found = submitted(person, on=on, scores=scores, **fields)
    return review.accept(assessment=found, policy=rules, at=at(on), on=on, by="clerk")


def disputed(person: Person, *, on=date(2026, 2, 9), **fields) -> Assessment:
    found = effective(person, on=on, **fields)
    return review.dispute(assessment=found, grounds="等级偏轻", policy=None, at=at(on), on=on, by="elder")


def days_after(day: date, days: int) -> date:
    return day + timedelta(days=days)
