"""Results from before the programme: loaded by set, as a county loads the lists of its assessment bodies."""

from __future__ import annotations

from collections.abc import Sequence
from random import Random

from songhe.assessment.models import Assessment
from songhe.document.number import number, take
from songhe.kernel.month import Month
from songhe.month.sample.people import Elder
from songhe.month.sample.plan import Plan, moment
from songhe.month.sample.register import ACTOR, CHUNK
from songhe.month.sample.shape import COUNTY
from songhe.person.models import Person
from songhe.provider.models import Provider
from songhe.trail.note import note

STANDARD = "gbt-42195-2022"

#: Totals out of 90 that give the level (GB/T 42195-2022).
TOTALS = {0: (90, 90), 1: (66, 89), 2: (46, 65), 3: (30, 45), 4: (0, 29)}


def load(plan: Plan, chunk: Sequence[Elder], people: dict[int, Person], bodies: Sequence[Provider]) -> int:
    """Those of a chunk who were assessed before the month: body, certificate, day and level; answers how many."""
    chunk = [elder for elder in chunk if elder.assessed_on]
    if not chunk:
        return 0
    month, at = Month.of(plan.registered_on), moment(plan.registered_on, 11)
    first = take(COUNTY, "assessment", month, len(chunk))
    rows = []
    for place, elder in enumerate(chunk):
        assert elder.assessed_on is not None
        assert elder.level is not None
        body = bodies[elder.number % len(bodies)]
        rows.append(
            Assessment(
                county=COUNTY,
                no=number(COUNTY, month, first + place),
                person_id=people[elder.number].id,
                origin=Assessment.Origin.LOADED,
                state=Assessment.State.EFFECTIVE,
                standard=STANDARD,
                body=body,
                body_name=body.name,
                certificate_no=f"样例评{elder.assessed_on:%Y%m%d}-{elder.key}",
                requested_at=at,
                requested_by=ACTOR,
                assessed_on=elder.assessed_on,
                total=total_of(plan, elder),
                initial_level=elder.level,
                final_level=elder.level,
                effective_at=at,
            )
        )
    Assessment.rows.bulk_create(rows, batch_size=CHUNK)
    note(
        county=COUNTY,
        at=at,
        actor=ACTOR,
        act="assessment.load",
        subject="assessment.Assessment",
        subject_id=f"{chunk[0].key}-{chunk[-1].key}",
        results=len(rows),
    )
    return len(rows)


def total_of(plan: Plan, elder: Elder) -> int:
    """A total that gives the elder's level."""
    assert elder.level is not None
    return Random(f"{plan.seed}/total/{elder.number}").randint(*TOTALS[elder.level])
