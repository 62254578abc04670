"""Reads: why a person is entitled, in sentences, and how that changed. 查询"""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import QuerySet

from songhe.eligibility.models import Determination
from songhe.kernel.refusal import Refusal
from songhe.person.models import Person
from songhe.policy.evaluate import try_on
from songhe.policy.pack import Source
from songhe.policy.resolve import Policy, library


@dataclass(frozen=True)
class Why:
    """One condition of a determination, as the page and the letter say it. ``source`` is the document's own name."""

    id: str
    fact: str
    met: bool | None
    zh: str
    en: str
    article: str
    source: str
    source_title: str
    source_number: str


def current(person: Person, policy: str) -> Determination | None:
    """The person's current determination under a programme."""
    return Determination.objects.filter(county=person.county, person=person, policy=policy, current=True).first()


def history(person: Person, policy: str) -> QuerySet[Determination]:
    """All determinations of a person under a programme, the newest first."""
    return Determination.objects.filter(county=person.county, person=person, policy=policy).order_by("-at", "-id")


def why(row: Determination) -> list[Why]:
    """Every condition with its sentence and the article it comes from, in the order of the pack.

    A condition that the pack no longer holds keeps its id for a sentence.
    """
    packs = library()
    rules = _rules(row)
    by_id = {condition.id: condition for condition in rules.conditions} if rules else {}
    found = []
    for key, met in row.conditions.items():
        condition = by_id.pop(key, None)
        if rules is None or condition is None:
            found.append(Why(key, "", met, key, key, "", "", "", ""))
            continue
        tested = try_on(condition, policy=rules, facts={}, on=row.on)
        source: Source | None = packs.sources.get(condition.cited.source)
        found.append(
            Why(
                id=key,
                fact=condition.fact,
                met=met,
                zh=tested.sentence.zh,
                en=tested.sentence.en,
                article=condition.cited.article,
                source=condition.cited.source,
                source_title=source.title if source else "",
                source_number=(source.number or "") if source else "",
            )
        )
    order = {condition.id: place for place, condition in enumerate(rules.conditions)} if rules else {}
    return sorted(found, key=lambda each: order.get(each.id, len(order)))


def is_exact(row: Determination) -> bool:
    """Whether the pack still reads as it did when the determination was made."""
    rules = _rules(row)
    return rules is not None and rules.version == row.version


def _rules(row: Determination) -> Policy | None:
    try:
        return library().policy(row.pack)
    except Refusal:
        return None
