"""What differs between a person's last determination and what was found now. 差异"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from songhe.policy import evaluate
from songhe.policy.facts import FactValue


@dataclass(frozen=True)
class Finding:
    """What was found of one person: everything that a determination row keeps of it.

    ``conditions`` maps a condition's id to met, not met or unknown; its sentence stands in the pack.
    """

    outcome: str
    benefit: dict[str, Any] | None
    pack: str
    version: str
    facts: Mapping[str, FactValue]
    conditions: Mapping[str, bool | None]

    @classmethod
    def of(cls, found: evaluate.Determination, facts: Mapping[str, FactValue]) -> Finding:
        return cls(
            outcome=found.outcome,
            benefit=found.as_dict().get("benefit"),
            pack=found.pack,
            version=found.version,
            facts=dict(facts),
            conditions={each.id: each.met for each in found.conditions},
        )


def difference(before: Finding | None, after: Finding) -> list[str]:
    """``outcome``, ``benefit``, ``version`` and the names of the facts that differ; nothing for a first finding."""
    if before is None:
        return []
    found = [
        name
        for name, was, now in (
            ("outcome", before.outcome, after.outcome),
            ("benefit", before.benefit, after.benefit),
            ("version", (before.pack, before.version), (after.pack, after.version)),
        )
        if was != now
    ]
    names = {**before.facts, **after.facts}
    return found + [name for name in names if before.facts.get(name) != after.facts.get(name)]


def must_be_written(before: Finding | None, after: Finding) -> bool:
    """A row is written only when outcome, benefit or version differ; a fact alone makes none."""
    return before is None or not {"outcome", "benefit", "version"}.isdisjoint(difference(before, after))
