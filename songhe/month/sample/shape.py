"""The figures that the sample is shaped after, read once from ``data``; each names its source there."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from itertools import accumulate
from pathlib import Path
from random import Random
from typing import Any, Generic, TypeVar

import yaml

from songhe.kernel.integer import ratio

DATA = Path(__file__).resolve().parent / "data"
COUNTY = "370799"

K = TypeVar("K", bound=Hashable)


@dataclass(frozen=True)
class Weights(Generic[K]):
    """Outcomes with whole weights, drawn from a stream of chance."""

    keys: tuple[K, ...]
    sums: tuple[int, ...]

    @classmethod
    def of(cls, weights: Mapping[K, int]) -> Weights[K]:
        return cls(tuple(weights), tuple(accumulate(weights.values())))

    def draw(self, chance: Random) -> K:
        return self.keys[bisect_right(self.sums, chance.randrange(self.sums[-1]))]


@dataclass(frozen=True)
class Ages:
    """Age bands with weights; inside a band every age is as likely as another."""

    bands: tuple[tuple[int, int], ...]
    weights: Weights[int]

    @classmethod
    def of(cls, bands: Sequence[Sequence[int]]) -> Ages:
        return cls(
            tuple((least, most) for least, most, _ in bands),
            Weights.of({place: weight for place, (_, _, weight) in enumerate(bands)}),
        )

    def draw(self, chance: Random) -> int:
        least, most = self.bands[self.weights.draw(chance)]
        return chance.randint(least, most)


@dataclass(frozen=True)
class Shape:
    """``data/county.yaml`` with its tables ready to draw from."""

    read: Mapping[str, Any]
    ages: Mapping[str, Ages]
    women: tuple[tuple[int, int, int], ...]
    levels: Mapping[str, Weights[Any]]
    identity_classes: Mapping[str, Weights[str]]
    ltci: Weights[str]
    ethnic: Weights[str]
    proxies: Weights[str]
    visits: Mapping[int, Weights[int]]

    def count(self, name: str) -> int:
        return int(self.read["counts"][name]["value"])

    def habit(self, name: str) -> int:
        return int(self.read["habits"][name])

    def women_of_a_hundred(self, age: int) -> int:
        return next(share for least, most, share in self.women if least <= age <= most)


@dataclass(frozen=True)
class Village:
    code: str
    name: str
    town: str
    town_name: str
    longitude: float
    latitude: float


@dataclass(frozen=True)
class Awkward:
    """One person of an awkward case: what the case says of them, everything else is invented."""

    case: str
    told: Mapping[str, Any]

    def day(self, name: str) -> int | None:
        return self.told.get(name)


@cache
def shape() -> Shape:
    read = _yaml("county.yaml")
    return Shape(
        read=read,
        ages={group: Ages.of(table["bands"]) for group, table in read["ages"].items()},
        women=tuple((least, most, share) for least, most, share in read["women"]["bands"]),
        levels={group: Weights.of(table["weights"]) for group, table in read["levels"].items()},
        identity_classes={g: Weights.of(table["weights"]) for g, table in read["identity_classes"].items()},
        ltci=Weights.of(read["ltci"]["weights"]),
        ethnic=Weights.of(read["ethnic_groups"]["weights"]),
        proxies=Weights.of(read["proxies"]["weights"]),
        visits={level: Weights.of(dict(table)) for level, table in read["habits"]["appointments_a_month"].items()},
    )


@cache
def names() -> Mapping[str, Any]:
    read: Mapping[str, Any] = _yaml("names.yaml")
    return read


@cache
def bodies() -> Mapping[str, Any]:
    """``data/providers.yaml``."""
    read: Mapping[str, Any] = _yaml("providers.yaml")
    return read


@cache
def feedback() -> Mapping[str, Any]:
    """``data/feedback.yaml``."""
    read: Mapping[str, Any] = _yaml("feedback.yaml")
    return read


@cache
def awkward() -> tuple[Awkward, ...]:
    """Everybody of every awkward case, in the order of the file."""
    read = _yaml("awkward.yaml")
    return tuple(Awkward(case, told) for case, cases in read.items() for told in cases["people"])


@cache
def villages() -> tuple[Village, ...]:
    """The villages and communities that ``songhe.place`` loads for the sample, with an invented position each.

    Positions lie in the open Yellow Sea, so that a map shows nobody's house.
    """
    from songhe.place.division import sample_divisions

    rows = sample_divisions()
    town_names = {row.code: row.name for row in rows if len(row.code) == 9}
    order = {code: place for place, code in enumerate(town_names)}
    found = []
    within: dict[str, int] = {}
    for row in rows:
        if len(row.code) != 12:
            continue
        town = row.code[:9]
        place = within[town] = within.get(town, -1) + 1
        east, north = divmod(order[town], 3)
        found.append(
            Village(
                code=row.code,
                name=row.name,
                town=town,
                town_name=town_names[town],
                longitude=round(122.80 + 0.12 * east + 0.015 * (place % 7), 6),
                latitude=round(36.10 + 0.10 * north + 0.015 * (place // 7), 6),
            )
        )
    return tuple(found)


@cache
def ltci_shapes() -> Mapping[str, Any]:
    """The four shapes of LTCI benefit with ratios as fractions."""

    def exact(cell: Any) -> Any:
        if isinstance(cell, dict):
            return {key: ratio(str(inner)) if key == "ratio" else exact(inner) for key, inner in cell.items()}
        return cell

    read: Mapping[str, Any] = exact(shape().read["ltci_shapes"])
    return read


def day_of_birth(age: int, on: date, chance: Random) -> date:
    """A birth date of somebody who has completed ``age`` years on the day and not one more."""
    birthday = date.fromordinal(on.toordinal() - chance.randrange(365))
    year = birthday.year - age
    return date(year, birthday.month, min(birthday.day, 28) if birthday.month == 2 else birthday.day)


def _yaml(name: str) -> Any:
    return yaml.safe_load((DATA / name).read_text(encoding="utf-8"))
