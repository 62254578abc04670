"""Which purse pays what, as a pure function: the order of payment of the love card. 扣款顺序

Money that lapses soonest first, then what may buy the least, family money last; or, where a pack says so, by the rank
that each fund was given. Each purse in its turn pays as much as it may, given what those before it have paid, and no
money that may pay is left over while a line is unpaid: a purse for meals alone pays the meal, so that the one that may
pay for everything is free for the bath.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from typing import Literal

By = Literal["lapsing_first", "rank"]

FAMILY = "family"


@dataclass(frozen=True)
class Purse:
    """Money of one fund on a card. ``allowed`` None: it may buy everything. ``lapses_on`` None: it never lapses."""

    key: str
    source: str
    rank: int
    lapses_on: date | None
    allowed: frozenset[str] | None
    balance_fen: int


@dataclass(frozen=True)
class Line:
    """What is left to pay of one line of a bill, after LTCI and voucher; ``amount_fen`` ≥ 0."""

    key: str
    category: str
    amount_fen: int


@dataclass(frozen=True)
class Part:
    """What one purse pays of one line; ``because`` says by what it came in this place."""

    line: str
    purse: str
    amount_fen: int
    because: str


@dataclass(frozen=True)
class Shared:
    parts: tuple[Part, ...]
    self_fen: Mapping[str, int]

    @property
    def purses_fen(self) -> int:
        return sum(part.amount_fen for part in self.parts)


def in_order(purses: Iterable[Purse], *, by: By = "lapsing_first") -> list[Purse]:
    """The purses in the order in which they pay; two that agree in everything go by their keys."""

    def lapsing(purse: Purse) -> tuple[bool, date, int, int, str]:
        return (purse.source == FAMILY, purse.lapses_on or date.max, breadth(purse), purse.rank, purse.key)

    def ranked(purse: Purse) -> tuple[int, date, int, str]:
        return (purse.rank, purse.lapses_on or date.max, breadth(purse), purse.key)

    return sorted(purses, key=ranked) if by == "rank" else sorted(purses, key=lapsing)


def breadth(purse: Purse) -> int:
    """How many categories it may buy: the fewer, the more restricted."""
    return 10_000 if purse.allowed is None else len(purse.allowed)


def share(*, purses: Iterable[Purse], lines: Sequence[Line], by: By = "lapsing_first") -> Shared:
    """Share the lines between the purses; what none of them may pay, or has, is the person's own.

    Parts of a line and its own share sum to the line to the fen; no purse pays more than it holds, or what it may not.
    """
    if any(line.amount_fen < 0 for line in lines):
        raise ValueError("a line is not negative")
    ordered = [purse for purse in in_order(purses, by=by) if purse.balance_fen > 0]
    needed: dict[str, int] = {}
    for line in lines:
        needed[line.category] = needed.get(line.category, 0) + line.amount_fen
    flow = _Flow(ordered, needed)
    for place in range(len(ordered)):
        flow.pay_all_it_can(place)
    return _on_lines(ordered, lines, flow.paid)


class _Flow:
    """How much each purse pays of each category; money already paid may move to another category, never back."""

    def __init__(self, purses: Sequence[Purse], needed: Mapping[str, int]) -> None:
        self.purses = purses
        self.categories = list(needed)
        self.open = dict(needed)
        self.left = [purse.balance_fen for purse in purses]
        self.paid: list[dict[str, int]] = [dict.fromkeys(self.categories, 0) for _ in purses]

    def pay_all_it_can(self, place: int) -> None:
        while self.left[place] > 0:
            path = self._path(place)
            if path is None:
                return
            amount = min(self.left[place], self.open[path[-1][1]])
            for (_, category), (giver, _) in pairwise(path):
                amount = min(amount, self.paid[giver][category])
            for step, (giver, category) in enumerate(path):
                self.paid[giver][category] += amount
                if step + 1 < len(path):
                    self.paid[path[step + 1][0]][category] -= amount
            self.open[path[-1][1]] -= amount
            self.left[place] -= amount

    def _path(self, place: int) -> list[tuple[int, str]] | None:
        """The shortest way to an unpaid category: perhaps another purse makes room and pays elsewhere instead."""
        seen = {place}
        reached: set[str] = set()
        ways: list[list[tuple[int, str]]] = [[]]
        ends = [place]
        while ends:
            longer: list[list[tuple[int, str]]] = []
            after: list[int] = []
            for giver, way in zip(ends, ways, strict=True):
                for category in self.categories:
                    if category in reached or not may_buy(self.purses[giver], category):
                        continue
                    reached.add(category)
                    found = [*way, (giver, category)]
                    if self.open[category] > 0:
                        return found
                    for other in range(len(self.purses)):
                        if other not in seen and self.paid[other][category] > 0:
                            seen.add(other)
                            longer.append(found)
                            after.append(other)
            ways, ends = longer, after
        return None


def may_buy(purse: Purse, category: str) -> bool:
    return purse.allowed is None or category in purse.allowed


def _on_lines(purses: Sequence[Purse], lines: Sequence[Line], paid: Sequence[Mapping[str, int]]) -> Shared:
    """Within a category the lines are paid in their order by the purses in theirs."""
    left = [dict(each) for each in paid]
    parts: list[Part] = []
    own: dict[str, int] = {}
    for line in lines:
        open_fen = line.amount_fen
        for place, purse in enumerate(purses):
            amount = min(open_fen, left[place].get(line.category, 0))
            if amount > 0:
                left[place][line.category] -= amount
                open_fen -= amount
                parts.append(Part(line.key, purse.key, amount, because(purse)))
        own[line.key] = open_fen
    return Shared(tuple(parts), own)


def because(purse: Purse) -> str:
    """Why it pays when it does, as a code that a receipt puts into words."""
    if purse.source == FAMILY:
        return "family_last"
    if purse.lapses_on is not None:
        return "lapses"
    return "restricted" if purse.allowed is not None else "open"
