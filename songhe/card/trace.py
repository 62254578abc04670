"""Which gift paid which service: an exact allocation that can be told to the giver. 善款去向

Gifts of one fund are used up in the order in which they came; a service takes the next fen of the oldest gift that has
any. A service undone gives each gift back just what it had of it, and that is spent again before younger gifts. So what
a giver was once told is changed by nothing but the undoing of that very service.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Literal

#: Money of a fund that no gift stands behind.
NOBODY = ""


@dataclass(frozen=True)
class Gift:
    """Money given, in the order of giving; ``amount_fen`` > 0."""

    key: str
    amount_fen: int


@dataclass(frozen=True)
class Happening:
    """Something that a fund paid, or got back, in the order of time; ``undo`` names a service before."""

    kind: Literal["gift", "use", "undo"]
    key: str
    amount_fen: int = 0


@dataclass(frozen=True)
class Piece:
    """So much of one service was paid out of one gift."""

    gift: str
    use: str
    amount_fen: int


@dataclass
class Traced:
    """``pieces`` of the services that stand; ``left_fen`` is what is still there of each gift."""

    pieces: list[Piece]
    left_fen: dict[str, int] = field(default_factory=dict)

    def of_gift(self, gift: str) -> list[Piece]:
        return [piece for piece in self.pieces if piece.gift == gift]

    def of_use(self, use: str) -> list[Piece]:
        return [piece for piece in self.pieces if piece.use == use]


def trace(happenings: Iterable[Happening]) -> Traced:
    """Follow every fen from the gifts of one fund to the services that it paid; sums agree to the fen.

    What is paid before any gift has come is nobody's (``NOBODY``), and stays so.
    """
    gifts: list[str] = []
    left: dict[str, int] = {}
    taken: dict[str, list[tuple[str, int]]] = {}
    first = 0
    for each in happenings:
        if each.kind == "gift":
            if each.key in left or each.amount_fen <= 0:
                raise ValueError(f"a gift comes once and is more than nothing: {each}")
            gifts.append(each.key)
            left[each.key] = each.amount_fen
        elif each.kind == "use":
            if each.key in taken or each.amount_fen <= 0:
                raise ValueError(f"a service is paid once and costs more than nothing: {each}")
            taken[each.key], first = _take(gifts, left, first, each.amount_fen)
        else:
            for gift, amount in taken.pop(each.key):
                if gift != NOBODY:
                    left[gift] += amount
                    first = min(first, gifts.index(gift))
    pieces = [Piece(gift, use, amount) for use, parts in taken.items() for gift, amount in parts]
    return Traced(pieces, left)


def _take(gifts: Sequence[str], left: dict[str, int], first: int, amount: int) -> tuple[list[tuple[str, int]], int]:
    """The next ``amount`` of the oldest gifts, and the first gift that may have anything left after it."""
    parts: list[tuple[str, int]] = []
    place = first
    while amount and place < len(gifts):
        gift = gifts[place]
        took = min(left[gift], amount)
        if took:
            parts.append((gift, took))
            left[gift] -= took
            amount -= took
        if not left[gift]:
            place += 1
    if amount:
        parts.append((NOBODY, amount))
    return parts, place


def by_gift(traced: Traced) -> dict[str, int]:
    """How much of each gift has been spent."""
    spent: dict[str, int] = defaultdict(int)
    for piece in traced.pieces:
        spent[piece.gift] += piece.amount_fen
    return dict(spent)
