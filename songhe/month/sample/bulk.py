"""Rights of a large sample, by set: determined by the county's own run, and begun without applications.

The rows obey every constraint that the verbs' rows obey; what they leave out is the way to them (application, review,
letter), which a sample of a million elders could not walk in minutes.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from uuid import UUID

from django.db import transaction

from songhe.document.number import number, take
from songhe.eligibility.determine_county import determine_county
from songhe.eligibility.models import Determination
from songhe.entitlement.approve import first_due_on, first_month
from songhe.entitlement.models import Entitlement
from songhe.kernel.month import Month
from songhe.month.sample.cast import APPROVER
from songhe.month.sample.files import files_of
from songhe.month.sample.people import Elder, in_chunks
from songhe.month.sample.plan import Plan, moment
from songhe.month.sample.register import ACTOR, CHUNK
from songhe.month.sample.rights import POLICY, wish
from songhe.month.sample.shape import COUNTY
from songhe.person.models import Person, identity_of
from songhe.place.calendar import loaded_calendar
from songhe.policy.resolve import library
from songhe.policy.terms import terms_in
from songhe.provider.models import Provider
from songhe.trail.note import note


def grant_rights(plan: Plan, providers: dict[str, Provider], *, watch: Callable[[int], None] | None = None) -> int:
    """The right of everybody who applied in the month before and is entitled; answers how many were looked at."""
    on = plan.approved_on
    policy = library().resolve(policy=POLICY, place=COUNTY, on=on)
    determine_county(county=COUNTY, policy=policy, on=on, clock=lambda: moment(on, 8))
    rules, calendar = terms_in(policy, place=COUNTY, on=on), loaded_calendar()
    month = first_month(submitted_on=plan.reviewed_on, approved_on=on, rules=rules, calendar=calendar)
    due_on = first_due_on(month=month, approved_on=on, rules=rules, calendar=calendar)
    decided = 0
    for chunk in in_chunks((elder for elder in plan.people() if elder.applies == "before"), CHUNK):
        with transaction.atomic():
            people = files_of(chunk)
            levels = _entitled(list(people.values()))
            entitled = [elder for elder in chunk if people[elder.number].id in levels]
            rows = _rows(plan, entitled, people, levels, providers)
            for row in rows:
                row.first_month, row.first_due_on = str(month), due_on or month.last
            Entitlement.objects.bulk_create(rows, batch_size=CHUNK)
            note(
                county=COUNTY,
                at=moment(on, 10),
                actor=ACTOR,
                act="entitlement.begin",
                subject="entitlement.Entitlement",
                subject_id=f"{chunk[0].key}-{chunk[-1].key}",
                entitled=len(rows),
            )
        decided += len(chunk)
        if watch:
            watch(len(chunk))
    return decided


def _entitled(people: Sequence[Person]) -> dict[UUID, int]:
    """The level of each who is determined to be entitled."""
    rows = Determination.objects.filter(
        county=COUNTY, person__in=[person.id for person in people], policy=POLICY, current=True, outcome="entitled"
    )
    return {row.person_id: row.facts["disability_level"] for row in rows.only("county", "person", "facts")}


def _rows(
    plan: Plan,
    entitled: Sequence[Elder],
    people: dict[int, Person],
    levels: dict[UUID, int],
    providers: dict[str, Provider],
) -> list[Entitlement]:
    if not entitled:
        return []
    month = Month.of(plan.approved_on)
    first = take(COUNTY, "entitlement", month, len(entitled))
    return [
        Entitlement(
            county=COUNTY,
            no=number(COUNTY, month, first + place),
            person_id=people[elder.number].id,
            identity=identity_of(people[elder.number]),
            policy=POLICY,
            approved_on=plan.approved_on,
            approved_by=APPROVER,
            level=levels[people[elder.number].id],
            category=wish(elder),
            provider=providers[elder.house],
        )
        for place, elder in enumerate(entitled)
    ]
