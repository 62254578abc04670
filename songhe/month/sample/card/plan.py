"""What a sample of the love card is made of: its seed, its size and its month; and the days on which it came about."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any, Self

from songhe.kernel.month import Month
from songhe.kernel.refusal import reason
from songhe.month.sample.card.people import Holder, people
from songhe.month.sample.card.shape import COUNTIES, Which
from songhe.month.sample.plan import workday

TOO_SMALL = reason(
    "card_sample.too_small",
    zh="爱心卡样例县至少要有{least}张卡。",
    en="The love card's sample needs at least {least} cards.",
)
TOO_EARLY = reason(
    "card_sample.too_early",
    zh="爱心卡样例县的月份不能早于{first}。",
    en="The month of the love card's sample cannot be before {first}.",
)

LEAST = 40
DEFAULT_SEED = 331199
EARLIEST, MONTH = Month(2025, 3), Month(2026, 3)

#: The bodies were taken in and the funds were opened in the months before.
GROUND_ON = date(2024, 9, 2)

#: From so many cards on all sixty merchants of the data take part; of fewer people they would starve.
WHOLE = 400


@dataclass(frozen=True)
class CardPlan:
    """The same seed, size and month give the same two counties, on any database; ``elders`` is the first's size."""

    seed: int = DEFAULT_SEED
    elders: int = 20_000
    month: Month = MONTH

    def __post_init__(self) -> None:
        if self.elders < LEAST:
            raise TOO_SMALL("elders", least=LEAST)
        if self.month < EARLIEST:
            raise TOO_EARLY("month", first=EARLIEST)

    @classmethod
    def of_dict(cls, kept: dict[str, Any]) -> Self:
        return cls(kept["seed"], kept["elders"], Month.parse(kept["month"]))

    def as_dict(self) -> dict[str, Any]:
        return {"seed": self.seed, "elders": self.elders, "month": str(self.month)}

    def cards(self, which: Which) -> int:
        """How many cards a county has; the neighbour has three for forty of the first."""
        return self.elders if which == "home" else max(8, self.elders * 3 // 40)

    def people(self, which: Which) -> Iterator[Holder]:
        return people(seed=self.seed, which=which, count=self.cards(which), on=self.opened_on)

    @property
    def opened_on(self) -> date:
        """The day by which people had their cards: the first of the month before."""
        return self.month.previous.first

    @cached_property
    def money_on(self) -> date:
        """The day on which the funds were filled for the year that begins with the month."""
        return workday(self.month.previous.first, 8)

    @cached_property
    def charged_on(self) -> date:
        return self.month.first

    @cached_property
    def closed_on(self) -> date:
        """The day on which the sample stands still: what lapsed at the month's end has gone back to its funds."""
        return workday(self.month.last, 5)

    @property
    def carers(self) -> int:
        """How many carers a home-care station has: enough that hardly two are wanted of one at a time."""
        return max(2, min(12, self.elders // 1_600))

    def merchants(self, which: Which) -> dict[str, int]:
        """How many merchants of each kind take the card."""
        from songhe.month.sample.card.shape import bodies

        told = bodies()["merchants"]
        if which == "other":
            return {kind: int(count) for kind, count in bodies()["other"]["merchants"].items()}
        if self.elders >= WHOLE:
            return {kind: int(each["count"]) for kind, each in told.items()}
        return {kind: max(1, int(each["count"]) * self.elders // WHOLE) for kind, each in told.items()}


def county_of(which: Which) -> str:
    return COUNTIES[which]
