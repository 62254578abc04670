"""What a sample is made of: its seed, its size and its first month; and the days on which it came about."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, timezone
from functools import cache, cached_property
from itertools import islice
from typing import Any, Self

from songhe.kernel import credit_code
from songhe.kernel.month import BEIJING, Month
from songhe.kernel.refusal import reason
from songhe.month.sample.people import DEFAULT_SEED, Elder, fewest, people
from songhe.month.sample.shape import COUNTY, bodies, shape, villages
from songhe.place import calendar
from songhe.place.calendar import WorkCalendar
from songhe.provider.models import Category, Kind

TOO_SMALL = reason(
    "sample.too_small",
    zh="样例县至少要有{least}名老年人，特殊情形才放得下。",
    en="The sample needs at least {least} elders, for the awkward cases to find their place.",
)
TOO_EARLY = reason(
    "sample.too_early",
    zh="样例县的第一个月不能早于{first}。",
    en="The first month of the sample cannot be before {first}.",
)

#: The bodies were taken in when the pilot in the province began to be prepared; residents came from a week later on.
GROUND_ON = date(2025, 7, 2)
LISTED_FROM = date(2025, 7, 7)
EARLIEST = Month(2025, 9)
FIRST_MONTH = Month(2026, 3)

#: A carer visits so many elders of a company, each three times a week at most.
ELDERS_OF_A_CARER = 6

#: From here on a sample is loaded by set; below, every right of it is granted step by step.
LARGE = 20_000


@dataclass(frozen=True)
class Body:
    """A body that serves or assesses, as invented: what ``songhe.provider`` is asked to take in."""

    code: str
    kind: str
    name: str
    credit_code: str
    town: str
    longitude: float
    latitude: float
    categories: tuple[str, ...]
    prices: dict[str, int]
    beds: int = 0
    assessors: int = 0


@dataclass(frozen=True)
class Plan:
    """The same seed, size and month give the same county, on whatever database."""

    seed: int = DEFAULT_SEED
    elders: int = 5000
    month: Month = FIRST_MONTH

    def __post_init__(self) -> None:
        if self.elders < fewest():
            raise TOO_SMALL("elders", least=fewest())
        if self.month < EARLIEST:
            raise TOO_EARLY("month", first=EARLIEST)

    @classmethod
    def of_dict(cls, kept: dict[str, Any]) -> Self:
        return cls(kept["seed"], kept["elders"], Month.parse(kept["month"]))

    def as_dict(self) -> dict[str, Any]:
        return {"seed": self.seed, "elders": self.elders, "month": str(self.month)}

    @property
    def is_large(self) -> bool:
        return self.elders >= LARGE

    def people(self) -> Iterator[Elder]:
        return people(seed=self.seed, elders=self.elders, month=self.month)

    def acting(self) -> Iterator[Elder]:
        """Those who do something in a month: everybody, or the first so many of a large sample."""
        return islice(self.people(), shape().habit("elders_who_act"))

    def acts(self, elder: Elder) -> bool:
        return elder.number < shape().habit("elders_who_act")

    @property
    def registered_on(self) -> date:
        """The day on which the register was filled: in the month before."""
        return self.month.previous.first

    @cached_property
    def approved_on(self) -> date:
        """The first working day of the month: what was applied for in the month before is approved on it."""
        return workday(self.month.previous.last, 1)

    def applied_on(self, elder: Elder) -> date:
        """A working day of the month before; the last days are left for the review."""
        return workday(self.month.previous.first - timedelta(days=1), 1 + elder.number % 12)

    @cached_property
    def reviewed_on(self) -> date:
        return workday(self.month.previous.first, 13)

    def carers(self) -> Counter[str]:
        """How many carers each home-care company has."""
        most: Counter[str] = Counter({each["code"]: 1 for each in bodies()["home_care"]})
        for elder in self.acting():
            if elder.care == "home":
                most[elder.house] = max(most[elder.house], carer_of(elder))
        return most

    def bodies(self) -> list[Body]:
        """Every body, in the order of the file: institutions, home care, care centres, assessment bodies."""
        read = bodies()
        beds = max(1, -(-self.elders // shape().count("elders")))
        groups = (
            ("institutions", "institution", Kind.INSTITUTION, (Category.INSTITUTION_LONG, Category.INSTITUTION_SHORT)),
            ("home_care", "home", Kind.COMMUNITY, (Category.HOME,)),
            ("centres", "centre", Kind.COMMUNITY, (Category.DAY_CARE, Category.HOME)),
            ("bodies", "body", Kind.ASSESSMENT_BODY, ()),
        )
        found: list[Body] = []
        for group, price_list, kind, categories in groups:
            for told in read[group]:
                town = told.get("town") or told["towns"][0]
                centre = next(each for each in villages() if each.town == town)
                found.append(
                    Body(
                        code=told["code"],
                        kind=kind,
                        name=told["name"],
                        credit_code=invented_credit_code(len(found) + 1),
                        town=town,
                        longitude=centre.longitude,
                        latitude=centre.latitude,
                        categories=tuple(map(str, categories)),
                        prices={
                            item: dearer(fen, told.get("dearer", 0)) for item, fen in read["prices"][price_list].items()
                        },
                        beds=told.get("beds", 0) * beds,
                        assessors=told.get("assessors", 0),
                    )
                )
        return found


@cache
def work_calendar() -> WorkCalendar:
    """The lists of holidays that come with the product, read once."""
    return calendar.shipped_calendar()


def workday(day: date, count: int) -> date:
    """The ``count``-th working day after a day."""
    return calendar.add_workdays(day, count, work_calendar())


def workdays_before(on: date, count: int) -> list[date]:
    """The last working days before a day, the earliest first."""
    found: list[date] = []
    while len(found) < count:
        on -= timedelta(days=1)
        if calendar.is_workday(on, work_calendar()):
            found.append(on)
    return found[::-1]


def carer_of(elder: Elder) -> int:
    """Which carer of the company visits an elder, counted from 1."""
    return elder.turn // ELDERS_OF_A_CARER + 1


def invented_credit_code(number: int) -> str:
    """A code whose check character fits and whose place is no county's, so that it is no body's."""
    body = f"52{COUNTY}MJ{number:07d}"
    return body + credit_code.check_character(body)


def dearer(fen: int, percent: int) -> int:
    """A price moved by a percentage, in whole yuan."""
    return max(100, (fen * (100 + percent) + 5000) // 10000 * 100)


def moment(day: date, hour: int, minute: int = 0, second: int = 0) -> datetime:
    """An instant of the day by Beijing's clock, as stored: UTC."""
    return datetime.combine(day, time(hour, minute, second), BEIJING).astimezone(timezone.utc)
