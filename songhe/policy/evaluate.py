"""Is this person entitled, and why: every condition met, not met or unknown, with its sentence. 资格判定"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import Any, Literal

from songhe.policy.facts import OPERATORS, FactValue, checked
from songhe.policy.pack import Cited, Condition, Sentence, When
from songhe.policy.resolve import VALUE_NOT_SET, Policy
from songhe.policy.values import VALUES

Outcome = Literal["entitled", "not_entitled", "unknown"]


@dataclass(frozen=True)
class Tested:
    """One condition on one person: ``met`` is ``None`` when the fact is not known."""

    id: str
    fact: str
    met: bool | None
    sentence: Sentence
    cited: Cited


@dataclass(frozen=True)
class CategoryTerms:
    """What may be drawn in one category. ``ratio`` or ``cap_fen`` ``None``: not set, so it cannot be chosen."""

    category: str
    title: Sentence
    ratio: Fraction | None
    cap_fen: int | None

    @property
    def is_open(self) -> bool:
        """Whether the category can be chosen here."""
        return self.ratio is not None and self.cap_fen is not None

    @property
    def ratio_text(self) -> str | None:
        """The ratio as packs and vouchers write it: ``2/5``."""
        return written_ratio(self.ratio)


@dataclass(frozen=True)
class Determination:
    outcome: Outcome
    conditions: tuple[Tested, ...]
    missing: tuple[str, ...]
    categories: tuple[CategoryTerms, ...]
    pack: str
    version: str

    def as_dict(self, language: str = "zh") -> dict[str, Any]:
        """The answer of ``songhe explain``; ``benefit`` stands there only for who is entitled."""
        answer: dict[str, Any] = {
            "outcome": self.outcome,
            "conditions": [
                {
                    "id": tested.id,
                    "met": tested.met,
                    "sentence": tested.sentence.in_language(language),
                    "article": tested.cited.article,
                    "source": tested.cited.source,
                }
                for tested in self.conditions
            ],
        }
        if self.outcome == "entitled":
            answer["benefit"] = {
                "unit": "fen",
                "categories": [
                    {"category": each.category, "ratio": each.ratio_text, "cap_fen": each.cap_fen}
                    for each in self.categories
                    if each.is_open
                ],
            }
        answer["missing"] = list(self.missing)
        return answer


def determine(*, policy: Policy, facts: Mapping[str, object], on: date) -> Determination:
    """Test every condition of the rules in force on one person's facts.

    One condition not met: not entitled. Else one unknown: unknown, never a silent no. Else entitled. ``missing``
    names the unknown facts whatever the outcome. Refuses with ``fact.unknown`` or ``fact.type`` (source 001,
    questions 2 and 3).
    """
    known = checked(facts)
    tested = tuple(try_on(condition, policy=policy, facts=known, on=on) for condition in policy.conditions)
    return Determination(
        outcome=outcome([each.met for each in tested]),
        conditions=tested,
        missing=tuple(dict.fromkeys(each.fact for each in tested if each.met is None)),
        categories=categories(policy=policy, on=on),
        pack=policy.id,
        version=policy.version,
    )


def outcome(met: list[bool | None]) -> Outcome:
    if False in met:
        return "not_entitled"
    return "unknown" if None in met else "entitled"


def try_on(condition: Condition, *, policy: Policy, facts: Mapping[str, FactValue], on: date) -> Tested:
    """One condition on one person, with the value of the day written into its sentence."""
    value = compared_with(condition, policy=policy, on=on)
    fact = facts.get(condition.fact)
    met = None if fact is None else OPERATORS[condition.operator].test(fact, value)
    sentence = Sentence(_filled(condition.sentence.zh, value), _filled(condition.sentence.en, value))
    return Tested(condition.id, condition.fact, met, sentence, condition.cited)


def compared_with(condition: Condition | When, *, policy: Policy, on: date) -> int | frozenset[int] | None:
    """What the fact is compared with on the day; refuses with ``policy.value_not_set``."""
    if condition.value is None:
        return None
    value = policy.value(condition.value, on)
    if value is None:
        known = VALUES[condition.value]
        raise VALUE_NOT_SET("on", place=policy.pack.place, on=on, what=known.zh, what_en=known.en)
    if isinstance(value, Mapping):
        return frozenset(each for each in value.values() if isinstance(each, int))
    assert isinstance(value, int)
    return value


def categories(*, policy: Policy, on: date) -> tuple[CategoryTerms, ...]:
    """Ratio and cap of every category that the benefit knows, in its order; not set is said, not left out."""
    if policy.benefit is None:
        return ()
    found: list[CategoryTerms] = []
    for line in policy.benefit.lines:
        if line.shape == "category" and line.ratio is not None and line.cap is not None:
            ratio, cap = policy.value(line.ratio, on), policy.value(line.cap, on)
            assert ratio is None or isinstance(ratio, Fraction)
            assert cap is None or isinstance(cap, int)
            found.append(CategoryTerms(line.id, line.title, ratio, cap))
    return tuple(found)


def written_ratio(ratio: Fraction | None) -> str | None:
    return None if ratio is None else f"{ratio.numerator}/{ratio.denominator}"


def _filled(sentence: str, value: object) -> str:
    return sentence.replace("{value}", str(value))
