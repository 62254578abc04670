"""What comes to a person every month, and the class that they are in: the lines of shape ``month_amount``. 按月标准"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from songhe.kernel.refusal import reason
from songhe.policy.evaluate import outcome
from songhe.policy.facts import OPERATORS, FactValue, checked
from songhe.policy.pack import BenefitLine, Sentence, When
from songhe.policy.resolve import VALUE_NOT_SET, Policy
from songhe.policy.values import VALUES

NOT_MONTHLY = reason(
    "policy.not_monthly", zh="“{policy}”没有按月的标准。", en="{policy} has no standards by the month.", status=409
)

#: Who falls under no line that names a class.
LAST_CLASS = 3


@dataclass(frozen=True)
class Standard:
    """One line on one person: ``met`` None where a fact is not known. ``amount_fen`` None: the place has set none."""

    id: str
    title: Sentence
    in_class: int
    amount_fen: int | None
    met: bool | None
    missing: tuple[str, ...] = ()


@dataclass(frozen=True)
class Monthly:
    """Every line that was asked, the class by the first line that is met, and what the met ones come to."""

    standards: tuple[Standard, ...]
    pack: str
    version: str

    @property
    def met(self) -> tuple[Standard, ...]:
        return tuple(each for each in self.standards if each.met)

    @property
    def in_class(self) -> int:
        return next((each.in_class for each in self.met), LAST_CLASS)

    @property
    def amount_fen(self) -> int:
        return sum(each.amount_fen or 0 for each in self.met)

    @property
    def missing(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(fact for each in self.standards for fact in each.missing))

    def as_dict(self) -> dict[str, Any]:
        return {
            "class": self.in_class,
            "standards": [{"id": each.id, "amount_fen": each.amount_fen} for each in self.met],
            "amount_fen": self.amount_fen,
            "missing": list(self.missing),
        }


def has_standards(policy: Policy) -> bool:
    return bool(lines_of(policy))


def lines_of(policy: Policy) -> tuple[BenefitLine, ...]:
    lines = policy.benefit.lines if policy.benefit is not None else ()
    return tuple(line for line in lines if line.shape == "month_amount")


def standards(*, policy: Policy, facts: Mapping[str, object], on: date) -> Monthly:
    """Which standards a person is under on a day: every fact of a line must be so; unknown is said, never a no.

    Refuses with ``fact.unknown``, ``fact.type``, ``policy.value_not_set`` or ``policy.not_monthly``.
    """
    known = checked(facts)
    if not has_standards(policy):
        raise NOT_MONTHLY("policy", policy=policy.programme)
    found = []
    for line in lines_of(policy):
        tested = [(when.fact, _holds(when, policy, known, on)) for when in line.when]
        met = {"entitled": True, "not_entitled": False, "unknown": None}[outcome([each for _, each in tested])]
        missing = tuple(fact for fact, each in tested if each is None) if met is None else ()
        found.append(Standard(line.id, line.title, line.in_class or LAST_CLASS, amount(policy, line, on), met, missing))
    return Monthly(tuple(found), policy.id, policy.version)


def amounts(*, policy: Policy, on: date) -> dict[str, int]:
    """What each standard comes to a month in fen, of those whose amount the place has set."""
    found = {line.id: amount(policy, line, on) for line in lines_of(policy)}
    return {name: fen for name, fen in found.items() if fen}


def amount(policy: Policy, line: BenefitLine, on: date) -> int | None:
    value = policy.value(line.price, on) if line.price else None
    assert value is None or isinstance(value, int)
    return value


def _holds(when: When, policy: Policy, facts: Mapping[str, FactValue], on: date) -> bool | None:
    fact = facts.get(when.fact)
    if fact is None:
        return None
    value = policy.value(when.value, on) if when.value else None
    if when.value and value is None:
        known = VALUES[when.value]
        raise VALUE_NOT_SET("on", place=policy.pack.place, on=on, what=known.zh, what_en=known.en)
    return OPERATORS[when.operator].test(fact, value)
