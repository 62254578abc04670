"""How many of those who may have a card hold one, by town and class, against the target of the place. 持卡情况"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import yaml
from django.db.models import Count, Q
from django.db.models.functions import Substr

from songhe.card.models import Card
from songhe.eligibility.facts import who_is_on_file
from songhe.kernel.place_code import prefix

#: From which age somebody may have a card where no place says anything else.
AGE_LEAST = 60
CLASSES = (1, 2, 3, 4)
#: Digits of a place that name its town.
TOWN = 9


@dataclass(frozen=True)
class Target:
    """What a place wants to reach: a share of those who may have a card, or a number; ``source`` says who set it."""

    place: str
    age_least: int
    percent: int | None
    holders: int | None
    by: date
    source: str


@dataclass
class Town:
    """A town's people who may have a card, and the cards that its people hold, by class."""

    code: str
    eligible: int = 0
    by_class: dict[int, int] = field(default_factory=lambda: dict.fromkeys(CLASSES, 0))

    @property
    def held(self) -> int:
        return sum(self.by_class.values())

    @property
    def percent(self) -> int | None:
        """The share in the hundred, rounded down: a target is not reached before it is."""
        return self.held * 100 // self.eligible if self.eligible else None


@dataclass(frozen=True)
class Holders:
    towns: tuple[Town, ...]
    total: Town
    target: Target | None

    @property
    def wanted(self) -> int | None:
        """How many cards the target comes to; None where the place has set no share."""
        if self.target is None or self.target.percent is None:
            return None
        return -(-self.total.eligible * self.target.percent // 100)

    @property
    def lacking(self) -> int | None:
        return None if self.wanted is None else max(0, self.wanted - self.total.held)


@cache
def targets() -> tuple[Target, ...]:
    rows: list[dict[str, Any]] = yaml.safe_load(
        (Path(__file__).parent / "data" / "targets.yaml").read_text(encoding="utf-8")
    )
    return tuple(Target(**row) for row in rows)


def target_of(county: str) -> Target | None:
    """The target of the nearest place that set one."""
    found = [each for each in targets() if county.startswith(prefix(each.place))]
    return max(found, key=lambda each: len(prefix(each.place)), default=None)


def holders(*, county: str, on: date) -> Holders:
    """Holders and those who may hold a card on the day, by town of residence; two statements."""
    target = target_of(county)
    born_by = _years_before(on, target.age_least if target else AGE_LEAST)
    towns: dict[str, Town] = defaultdict(lambda: Town(""))
    people = who_is_on_file(county, on).filter(birth_date__lte=born_by).annotate(town=Substr("place", 1, TOWN))
    for code, number in people.order_by().values_list("town").annotate(Count("id")):
        towns[code].eligible = number
    alive = Q(person__died_on=None) | Q(person__died_on__gte=on)
    cards = Card.objects.filter(alive, county=county).exclude(state=Card.State.CLOSED)
    counted = cards.annotate(town=Substr("person__place", 1, TOWN)).order_by().values_list("town", "card_class")
    for code, in_class, number in counted.annotate(Count("id")):
        towns[code].by_class[in_class] = number
    for code, each in towns.items():
        each.code = code
    total = Town(
        county,
        sum(each.eligible for each in towns.values()),
        {number: sum(each.by_class[number] for each in towns.values()) for number in CLASSES},
    )
    return Holders(tuple(towns[code] for code in sorted(towns)), total, target)


def _years_before(on: date, years: int) -> date:
    """Who was born on this day or before is so many years old on the day."""
    if (on.month, on.day) == (2, 29) and (on.year - years) % 4:
        return date(on.year - years, 2, 28)
    return on.replace(year=on.year - years)
