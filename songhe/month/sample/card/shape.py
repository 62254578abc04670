"""The figures of the love card's sample, read once from ``data``; and where its towns and villages lie."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from itertools import islice, product
from pathlib import Path
from typing import Any, Literal

import yaml

from songhe.month.sample.shape import Ages, Weights

DATA = Path(__file__).resolve().parent / "data"

#: ``home`` is the county whose people have the cards; ``other`` is its neighbour, in which some of them pay.
Which = Literal["home", "other"]
HOME, OTHER = "331199", "331198"
COUNTIES: Mapping[Which, str] = {"home": HOME, "other": OTHER}

#: Degrees between two villages of a town.
STEP = 0.015


@dataclass(frozen=True)
class Village:
    """A village or community, with an invented position out at sea, so that a map shows nobody's house."""

    code: str
    name: str
    town: str
    town_name: str
    longitude: float
    latitude: float


@cache
def figures() -> Mapping[str, Any]:
    """``data/county.yaml``."""
    return _yaml("county.yaml")


@cache
def bodies() -> Mapping[str, Any]:
    """``data/providers.yaml``."""
    return _yaml("providers.yaml")


@cache
def givers() -> Mapping[str, Any]:
    """``data/funds.yaml``."""
    return _yaml("funds.yaml")


@cache
def weights(name: str, of: str | int | None = None) -> Weights[Any]:
    """A table of ``data/county.yaml``, or the row ``of`` of it, to draw from."""
    table = figures()[name]
    return Weights.of(dict(table if of is None else table[of]))


@cache
def ages() -> Ages:
    return Ages.of(figures()["ages"])


def banded(name: str, age: int) -> int:
    """What ``data/county.yaml`` says under a name of an age."""
    return int(next(value for least, most, value in figures()[name] if least <= age <= most))


@cache
def villages(which: Which) -> tuple[Village, ...]:
    """The villages of a county in the order of their codes: communities from 001, villages from 200 on."""
    told = figures()[which]
    words = figures()["villages"]
    skip = 0 if which == "home" else sum(town["communities"] for town in figures()["home"]["towns"])
    communities = islice((f"{name}社区" for name in figures()["communities"]), skip, None)
    names = (f"{side}{place}村" for side, place in product(words["sides"], words["places"]))
    found = []
    for order, town in enumerate(told["towns"]):
        east, north = divmod(order, 3)
        rows = [(1 + number, next(communities)) for number in range(town["communities"])]
        rows += [(200 + number, next(names)) for number in range(town["villages"])]
        for place, (number, name) in enumerate(rows):
            found.append(
                Village(
                    code=f"{town['code']}{number:03d}",
                    name=name,
                    town=town["code"],
                    town_name=town["name"],
                    longitude=round(told["longitude"] + 0.12 * east + STEP * (place % 7), 6),
                    latitude=round(told["latitude"] + 0.10 * north + STEP * (place // 7), 6),
                )
            )
    return tuple(found)


def centre_of(which: Which, town: str) -> Village:
    """The first village of a town, by which its bodies stand."""
    return next(each for each in villages(which) if each.town == town)


def _yaml(name: str) -> Any:
    return yaml.safe_load((DATA / name).read_text(encoding="utf-8"))
