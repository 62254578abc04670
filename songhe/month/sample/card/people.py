"""Who has a love card in the sample: one after another from a seed, each with a stream of chance of their own. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random

from songhe.kernel.month import age_on
from songhe.month.sample.card.shape import COUNTIES, Village, Which, ages, banded, figures, villages, weights
from songhe.month.sample.people import Numbers, given_name, phone
from songhe.month.sample.shape import day_of_birth

#: The mother whose daughter tops up, the card that comes first in every sample; and her neighbour, a helper.
MOTHER, HELPER = 0, 1


@dataclass(frozen=True, slots=True)
class Family:
    """Who tops the card up."""

    relation: str
    name: str
    sex: str
    birth_date: date
    id_number: str
    phone: str


@dataclass(frozen=True, slots=True)
class Holder:
    """Somebody with a card. ``marks`` are kinds of ``songhe.person.status``; ``level`` None: never assessed."""

    number: int
    which: Which
    name: str
    sex: str
    birth_date: date
    id_number: str
    village: Village
    address: str
    phone: str
    longitude: float
    latitude: float
    resident_from: date
    marks: tuple[str, ...]
    level: int | None
    bus: bool
    family: Family | None

    @property
    def county(self) -> str:
        return COUNTIES[self.which]

    @property
    def key(self) -> str:
        return f"{'K' if self.which == 'home' else 'N'}{self.number + 1:06d}"

    @property
    def veteran(self) -> bool:
        return "veterans" in self.marks

    def age(self, on: date) -> int:
        return age_on(self.birth_date, on)


def people(*, seed: int, which: Which, count: int, on: date) -> Iterator[Holder]:
    """Every holder of a county in order; ages are those of the day."""
    numbers = Numbers()
    chance = Random()
    for number in range(count):
        chance.seed(f"{seed}/card/{which}/{number}")
        yield _one(number, which, on, chance, numbers)


def _one(number: int, which: Which, on: date, chance: Random, numbers: Numbers) -> Holder:
    age = ages().draw(chance)
    named = which == "home" and number in (MOTHER, HELPER)
    if named:
        age = 82 if number == MOTHER else 67
    sex = "female" if named or chance.randrange(100) < banded("women", age) else "male"
    born = day_of_birth(age, on, chance)
    village = chance.choice(villages(which)) if not named else villages(which)[0]
    disabled = not named and chance.randrange(1000) < banded("disabled_per_thousand", age)
    level: int | None = int(weights("levels").draw(chance)) if disabled else None
    marks = _marks(age, sex, disabled, chance) if not named else (("volunteer",) if number == HELPER else ())
    return Holder(
        number=number,
        which=which,
        name=given_name("01", sex, born, chance),
        sex=sex,
        birth_date=born,
        id_number=numbers.take(COUNTIES[which], born, sex),
        village=village,
        address=f"{village.town_name}{village.name}{chance.randint(1, 300)}号（虚构）",
        phone=phone(chance),
        longitude=round(village.longitude + chance.uniform(-0.004, 0.004), 6),
        latitude=round(village.latitude + chance.uniform(-0.004, 0.004), 6),
        resident_from=on - timedelta(days=chance.randrange(400, 12_000)),
        marks=marks,
        level=level,
        bus=chance.randrange(100) < figures()["has_bus_card_per_hundred"],
        family=_family(number, which, age, on, chance, numbers),
    )


def _marks(age: int, sex: str, disabled: bool, chance: Random) -> tuple[str, ...]:
    """What is so of them, as far as the pack's standards ask for it."""
    found = []
    means = weights("means", "disabled" if disabled else "others").draw(chance)
    roll, subsidy, certificate = chance.randrange(1000), chance.randrange(100), chance.randrange(100)
    if means != "ordinary":
        found.append(str(means))
    if disabled and (certificate < figures()["certificate_of_disabled"] or means != "ordinary"):
        found.append("disabled")
    if means != "ordinary" and disabled:
        found.append("care_subsidy")
    takes_service = (means == "low_income" and subsidy < figures()["service_subsidy_of_low_income"]) or (
        means == "low_income_edge" and age >= 80
    )
    if takes_service:
        found.append("service_subsidy")
    if sex == "male" and roll < figures()["veterans_of_men_per_thousand"]:
        found.append("veterans")
    if not disabled and age <= 74 and roll >= 1000 - figures()["helpers_per_thousand_to_74"]:
        found.append("volunteer")
    return tuple(found)


def _family(number: int, which: Which, age: int, on: date, chance: Random, numbers: Numbers) -> Family | None:
    first = which == "home" and number == MOTHER
    if chance.randrange(100) >= figures()["has_family_per_hundred"] and not first:
        return None
    sex = "female" if first else chance.choice(("female", "male"))
    born = day_of_birth(max(20, age - chance.randint(23, 34)), on, chance)
    number_of = numbers.take(COUNTIES[which], born, sex)
    return Family("child", given_name("01", sex, born, chance), sex, born, number_of, phone(chance))
