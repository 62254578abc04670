"""Is this person entitled on this day: asked of the pack, kept with its trace. 资格认定"""

from __future__ import annotations

from datetime import date, datetime

from django.db import transaction

from songhe.eligibility.difference import Finding, difference, must_be_written
from songhe.eligibility.facts import facts_of, on_file
from songhe.eligibility.models import Determination
from songhe.kernel.refusal import reason
from songhe.person.models import Person
from songhe.policy import evaluate
from songhe.policy.resolve import Policy
from songhe.trail.note import note

NOT_ON_FILE = reason(
    "eligibility.not_on_file",
    zh="此人在{on}已去世或已迁出，不再认定。",
    en="On {on} the person had died or moved away; nothing is determined.",
    status=409,
)


def find(*, person: Person, policy: Policy, on: date) -> Finding:
    """What the pack says of the person on the day, without writing it down.

    Refuses with ``eligibility.not_on_file``.
    """
    if not on_file(person, on):
        raise NOT_ON_FILE("on", on=on)
    facts = {name: value for name, value in facts_of(person, on).items() if name in asked_by(policy)}
    return Finding.of(evaluate.determine(policy=policy, facts=facts, on=on), facts)


def determine(*, person: Person, policy: Policy, on: date, at: datetime, by: str) -> Determination:
    """Determine one person under the rules in force, and keep version, facts and every condition (001, answers 2, 3).

    A row is written only when outcome, benefit or version differ from the current one, which then is current no
    longer; ``difference`` says what changed. Refuses with ``eligibility.not_on_file`` or as ``songhe.policy`` does.
    """
    with transaction.atomic():
        elder = Person.rows.select_for_update().get(county=person.county, id=person.id)
        found = find(person=elder, policy=policy, on=on)
        current = Determination.objects.filter(county=elder.county, person=elder, policy=policy.programme, current=True)
        before = current.first()
        last = kept(before) if before else None
        if before is not None and not must_be_written(last, found):
            return before
        current.update(current=False)
        row = Determination.objects.create(
            county=elder.county,
            person=elder,
            policy=policy.programme,
            on=on,
            at=at,
            outcome=found.outcome,
            pack=found.pack,
            version=found.version,
            facts=dict(found.facts),
            conditions=dict(found.conditions),
            benefit=found.benefit,
            difference=difference(last, found),
        )
        note(
            county=elder.county,
            at=at,
            actor=by,
            act="eligibility.determine",
            subject="eligibility.Determination",
            subject_id=row.id,
            policy=row.policy,
            outcome=row.outcome,
            version=row.version,
            difference=row.difference,
        )
    return row


def asked_by(policy: Policy) -> tuple[str, ...]:
    """The facts that the pack's conditions ask about, each once; no other fact is kept (data minimisation)."""
    return tuple(dict.fromkeys(condition.fact for condition in policy.conditions))


def kept(row: Determination) -> Finding:
    """What a determination row keeps."""
    return Finding(row.outcome, row.benefit, row.pack, row.version, row.facts, row.conditions)
