"""What a meal costs whom: bands of age and class, each with its parts. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Any

#: Who may pay a part of a meal beside the elder; ``point`` is what the meal point itself lets go.
PAYERS: dict[str, tuple[str, str]] = {
    "finance": ("财政补助", "public money"),
    "disabled": ("残联补助", "Disabled Persons' Federation"),
    "collective": ("村集体补助", "village collective"),
    "charity": ("慈善补助", "charity"),
    "point": ("助餐点让利", "let go by the meal point"),
}


@dataclass(frozen=True)
class Band:
    """People of an age (both ends inside) and of these classes of the card (none: of any, or of no card)."""

    from_age: int
    to_age: int | None
    classes: frozenset[int]
    own_fen: int
    parts: Mapping[str, int]

    def holds(self, age: int, card_class: int | None) -> bool:
        of_age = self.from_age <= age and (self.to_age is None or age <= self.to_age)
        return of_age and (not self.classes or card_class in self.classes)

    def meets(self, other: Band) -> bool:
        """Whether anybody could be in both."""
        ages = (other.to_age is None or self.from_age <= other.to_age) and (
            self.to_age is None or other.from_age <= self.to_age
        )
        return ages and (not self.classes or not other.classes or bool(self.classes & other.classes))

    def as_dict(self) -> dict[str, Any]:
        return {
            "from_age": self.from_age,
            "to_age": self.to_age,
            "classes": sorted(self.classes),
            "own_fen": self.own_fen,
            "parts": dict(self.parts),
        }


@dataclass(frozen=True)
class Quote:
    """The price of one portion: ``own_fen`` and the ``parts`` of others are together ``price_fen``."""

    price_fen: int
    own_fen: int
    parts: Mapping[str, int]


def faults(price_fen: int, bands: Sequence[Band]) -> list[str]:
    """What is wrong with a tariff, as words for the refusal: ``sum``, ``payer``, ``negative``, ``age``, ``overlap``."""
    found = []
    for band in bands:
        if set(band.parts) - set(PAYERS):
            found.append("payer")
        if band.own_fen < 0 or any(part <= 0 for part in band.parts.values()):
            found.append("negative")
        if band.own_fen + sum(band.parts.values()) != price_fen:
            found.append("sum")
        if band.from_age < 0 or (band.to_age is not None and band.to_age < band.from_age):
            found.append("age")
    if any(one.meets(other) for one, other in combinations(bands, 2)):
        found.append("overlap")
    return sorted(set(found))


def quote(price_fen: int, bands: Iterable[Band], *, age: int, card_class: int | None) -> Quote:
    """The price for somebody of an age and a class: that of the one band they are in, else the whole."""
    for band in bands:
        if band.holds(age, card_class):
            return Quote(price_fen, band.own_fen, dict(band.parts))
    return Quote(price_fen, price_fen, {})


def read(stored: Iterable[Mapping[str, Any]]) -> list[Band]:
    """The bands as a tariff keeps them."""
    return [
        Band(
            int(one["from_age"]),
            None if one["to_age"] is None else int(one["to_age"]),
            frozenset(one["classes"]),
            int(one["own_fen"]),
            {str(payer): int(fen) for payer, fen in one["parts"].items()},
        )
        for one in stored
    ]
