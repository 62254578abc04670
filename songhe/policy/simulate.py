"""A changed pack on a population: what it would cost, who would win, who would lose. 政策测算"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import date
from typing import Any

import pyarrow as pa

from songhe.policy.population import Population, judge
from songhe.policy.resolve import Policy


@dataclass(frozen=True)
class Side:
    """One of the two sets of rules on the population. ``cost_fen``: what it would pay in a month."""

    pack: str
    version: str
    entitled: int
    not_entitled: int
    unknown: int
    cost_fen: int

    def as_dict(self) -> dict[str, Any]:
        return {
            "pack": self.pack,
            "version": self.version,
            "entitled": self.entitled,
            "not_entitled": self.not_entitled,
            "unknown": self.unknown,
            "cost_fen": self.cost_fen,
        }


@dataclass(frozen=True)
class Simulation:
    """``cost_is``: ``demand`` when the people's groups and bills were given, else ``ceiling``: everybody's cap."""

    people: int
    cost_is: str
    before: Side
    after: Side
    winners: int
    losers: int
    unchanged: int
    gained_fen: int
    lost_fen: int
    newly_entitled: int
    no_longer_entitled: int

    def as_dict(self) -> dict[str, Any]:
        return {
            "people": self.people,
            "cost_is": self.cost_is,
            "before": self.before.as_dict(),
            "after": self.after.as_dict(),
            "difference_fen": self.after.cost_fen - self.before.cost_fen,
            "winners": self.winners,
            "losers": self.losers,
            "unchanged": self.unchanged,
            "gained_fen": self.gained_fen,
            "lost_fen": self.lost_fen,
            "newly_entitled": self.newly_entitled,
            "no_longer_entitled": self.no_longer_entitled,
        }


def simulate(*, people: Population, before: Policy, after: Policy, on: date, engine: str = "duckdb") -> Simulation:
    """Judge the same people by two sets of rules and compare them one by one.

    A winner gets more fen a month under the changed rules, a loser fewer. Where the population says neither group nor
    bill, each entitled person counts with the highest cap that they can choose: a ceiling of the cost.
    """
    ours = judge(people=people, policy=before, on=on, engine=engine)
    theirs = judge(people=people, policy=after, on=on, engine=engine)
    had, has = _amounts(ours), _amounts(theirs)
    was, is_now = ours.column("outcome").to_pylist(), theirs.column("outcome").to_pylist()
    changes = [new - old for old, new in zip(had, has, strict=True)]
    return Simulation(
        people=len(changes),
        cost_is="demand" if people.has_demand else "ceiling",
        before=_side(before, was, had),
        after=_side(after, is_now, has),
        winners=sum(change > 0 for change in changes),
        losers=sum(change < 0 for change in changes),
        unchanged=sum(change == 0 for change in changes),
        gained_fen=sum(change for change in changes if change > 0),
        lost_fen=-sum(change for change in changes if change < 0),
        newly_entitled=sum(old != "entitled" and new == "entitled" for old, new in zip(was, is_now, strict=True)),
        no_longer_entitled=sum(old == "entitled" and new != "entitled" for old, new in zip(was, is_now, strict=True)),
    )


def _amounts(judged: pa.Table) -> list[int]:
    """Fen a month for each person; what is unknown costs nothing yet."""
    names = [name for name in judged.column_names if name.startswith("cap_fen_")]
    if "amount_fen" in judged.column_names:
        return [amount or 0 for amount in judged.column("amount_fen").to_pylist()]
    columns = [judged.column(name).to_pylist() for name in names]
    return [max((cap or 0 for cap in caps), default=0) for caps in zip(*columns, strict=True)]


def _side(policy: Policy, outcomes: list[str], amounts: list[int]) -> Side:
    count = Counter(outcomes)
    return Side(policy.id, policy.version, count["entitled"], count["not_entitled"], count["unknown"], sum(amounts))
