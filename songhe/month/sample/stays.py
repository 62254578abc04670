"""Residents who lived in an institution before the month began."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from random import Random

from songhe.county.key import new_id
from songhe.month.sample.cast import manager_of
from songhe.month.sample.people import Elder
from songhe.month.sample.plan import LISTED_FROM, Plan, moment
from songhe.month.sample.register import ACTOR
from songhe.month.sample.shape import COUNTY
from songhe.person.models import Person
from songhe.provider.models import Provider
from songhe.service.models import Stay
from songhe.service.stay import admit
from songhe.trail.note import note


def settle_in(plan: Plan, chunk: Sequence[Elder], people: dict[int, Person], providers: dict[str, Provider]) -> int:
    """Those of a chunk who are cared for in an institution moved in on some day since it was listed; answers how many.

    Each through the verb, under the login of the institution; in a large sample by set.
    """
    chunk = [elder for elder in chunk if elder.care == "institution"]
    if plan.is_large:
        _by_set(plan, chunk, people, providers)
        return len(chunk)
    for elder in chunk:
        day = admitted_on(plan, elder)
        admit(
            county=COUNTY,
            person_id=people[elder.number].id,
            provider=providers[elder.house],
            admitted_on=day,
            contract_no=contract_of(elder),
            bed=bed_of(elder),
            at=moment(day, 10),
            on=day,
            by=manager_of(elder.house),
        )
    return len(chunk)


def _by_set(plan: Plan, chunk: Sequence[Elder], people: dict[int, Person], providers: dict[str, Provider]) -> None:
    if not chunk:
        return
    Stay.objects.bulk_create(
        Stay(
            county=COUNTY,
            id=new_id(),
            person_id=people[elder.number].id,
            provider=providers[elder.house],
            contract_no=contract_of(elder),
            bed=bed_of(elder),
            admitted_on=admitted_on(plan, elder),
            recorded_by=manager_of(elder.house),
            recorded_at=moment(admitted_on(plan, elder), 10),
        )
        for elder in chunk
    )
    note(
        county=COUNTY,
        at=moment(plan.registered_on, 12),
        actor=ACTOR,
        act="service.admit",
        subject="stay",
        subject_id=f"{chunk[0].key}-{chunk[-1].key}",
        stays=len(chunk),
    )


def admitted_on(plan: Plan, elder: Elder) -> date:
    """Long enough before the month for the stay to be a long one in it."""
    last = plan.month.previous.first - timedelta(days=5)
    return LISTED_FROM + timedelta(
        days=Random(f"{plan.seed}/stay/{elder.number}").randrange((last - LISTED_FROM).days + 1)
    )


def bed_of(elder: Elder) -> str:
    return f"{elder.turn // 20 + 1}-{elder.turn % 20 + 1:02d}"


def contract_of(elder: Elder) -> str:
    return f"样例入住-{elder.house}-{elder.turn + 1:04d}"
