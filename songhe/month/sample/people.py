"""Who lives in the sample county: elders and those who act for them, one after another from a seed. 样例人员

Pure, and the same for the same seed whatever comes of it. Each person has a stream of chance of their own, so that a
change in one changes no other. Numbers fit their check digit; the county part 370799, and every code ending in 99,
belongs to no county, so no number is anybody's.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from functools import cache
from itertools import islice
from random import Random
from typing import Any, TypeVar

from songhe.kernel.id_number import check_character
from songhe.kernel.month import Month, age_on
from songhe.month.sample.shape import (
    COUNTY,
    Awkward,
    Shape,
    Village,
    Weights,
    awkward,
    bodies,
    day_of_birth,
    names,
    shape,
    villages,
)

T = TypeVar("T")

DEFAULT_SEED = 370799

#: No sequence from here on: 996 to 999 were kept for people born before 1900.
_LAST_SEQUENCE = 995


@dataclass(frozen=True, slots=True)
class Proxy:
    """Who acts for an elder; ``provider`` is the code of the body that employs provider staff.

    Workers of a village and of a body act for many; their ID number tells who is one and the same.
    """

    relation: str
    name: str
    sex: str
    birth_date: date
    id_number: str
    phone: str
    provider: str = ""


@dataclass(frozen=True, slots=True)
class Elder:
    """Somebody on the register. ``number`` is the place in the row of all; days are dates.

    ``care``: institution, home, neither, or nothing for who is not disabled. ``level`` is the one found in the end,
    ``None`` while not assessed. ``applies``: before the month, in_month, after it or never. ``house`` is the code of
    the body that cares, or that somebody without care asks for: an institution, or the home-care company of the town;
    ``turn`` counts its elders from 0.
    """

    number: int
    name: str
    sex: str
    birth_date: date
    id_number: str
    id_kind: str
    ethnic: str
    village: Village
    registered_place: str
    address: str
    phone: str
    longitude: float
    latitude: float
    resident_from: date
    care: str
    level: int | None
    assessed_on: date | None
    applies: str
    house: str
    turn: int = 0
    identity_class: str = "ordinary"
    programme: str = ""
    ltci: str = ""
    proxy: Proxy | None = None
    case: str = ""
    told: dict[str, Any] = field(default_factory=dict)

    @property
    def key(self) -> str:
        return f"E{self.number + 1:07d}"

    @property
    def disabled(self) -> bool:
        return self.care != ""

    @property
    def asks_for_institution(self) -> bool:
        """Whether an institution cares for them, or would."""
        return self.house.startswith("inst-")

    @property
    def own_login(self) -> str:
        """The login of an elder who acts online: whoever applies after the month and has no proxy."""
        named: str = self.told.get("own_login", "")
        is_online = self.applies == "after" and self.proxy is None
        return named or (f"elder-{self.key.lower()}" if is_online else "")

    @property
    def excluded(self) -> bool:
        """Whether another programme, or youth, keeps the voucher from them."""
        return self.identity_class == "tekun" or self.programme != "" or self.case == "under_60"


class Numbers:
    """Gives out ID numbers, each once: the next sequence of the birth day, sex and place."""

    def __init__(self) -> None:
        self.given: dict[tuple[str, date, str], int] = {}

    def take(self, place: str, born: date, sex: str, *, x: bool | None = None) -> str:
        """``x``: whether the check character must be X, must not be, or whatever it is."""
        while True:
            key = (place, born, sex)
            turn = self.given.get(key, 0)
            self.given[key] = turn + 1
            sequence = 2 * turn + (1 if sex == "male" else 2)
            if sequence > _LAST_SEQUENCE:
                # A day with more births than the place has numbers: the next code without a county.
                place = f"{(int(place[:4]) - 1):04d}99"
                continue
            body = f"{place}{born:%Y%m%d}{sequence:03d}"
            check = check_character(body)
            if x is None or (check == "X") == x:
                return body + check


def people(*, seed: int, elders: int, month: Month, figures: Shape | None = None) -> Iterator[Elder]:
    """Every elder of the sample, in order; those of the awkward cases come first.

    ``month`` is the first one that vouchers are issued for; ages are those at the beginning of the month before.
    """
    yield from _Maker(figures or shape(), seed, month).row(elders)


def in_chunks(row: Iterable[T], size: int) -> Iterator[list[T]]:
    each = iter(row)
    while chunk := list(islice(each, size)):
        yield chunk


def fewest() -> int:
    """The smallest sample: below it the awkward cases would be more than their group."""
    return -(-300 * shape().count("elders") // 5000)


def groups(elders: int, figures: Shape) -> dict[str, int]:
    """How many elders live in an institution, are cared for at home, are disabled without care, or are not disabled."""
    disabled = elders * figures.count("disabled") // figures.count("elders")
    institution = disabled * figures.count("in_institutions") // figures.count("disabled")
    home = disabled * figures.count("cared_for_at_home") // figures.count("disabled")
    return {
        "institution": institution,
        "home": home,
        "neither": disabled - institution - home,
        "": elders - disabled,
    }


def mixed(left: dict[str, int]) -> Iterator[str]:
    """Each group as often as it says, spread evenly over the row."""
    total = sum(left.values())
    given = dict.fromkeys(left, 0)
    for place in range(1, total + 1):
        behind = max(left, key=lambda group: left[group] * place - given[group] * total)
        given[behind] += 1
        yield behind


class _Maker:
    def __init__(self, figures: Shape, seed: int, month: Month) -> None:
        self.figures, self.seed, self.month = figures, seed, month
        self.on = month.previous.first
        self.chance = Random()
        self.villages = villages()
        self.numbers = Numbers()
        self.shared: dict[str, Proxy] = {}
        self.turns: dict[str, int] = {}
        read = bodies()
        self.company_of = {town: each["code"] for each in read["home_care"] for town in each["towns"]}
        self.institutions = Weights.of({each["code"]: int(each["chosen"]) for each in read["institutions"]})

    def row(self, elders: int) -> Iterator[Elder]:
        """The quotas hold for the whole row: whoever is named takes a place of their group."""
        left = groups(elders, self.figures)
        for number, each in enumerate(awkward()):
            left[each.told["care"]] -= 1
            yield self.elder(number, each.told["care"], each)
        for number, care in enumerate(mixed(left), len(awkward())):
            yield self.elder(number, care, None)

    def elder(self, number: int, care: str, named: Awkward | None) -> Elder:
        chance = self.chance
        chance.seed(self.seed << 32 | number)
        told: dict[str, Any] = dict(named.told) if named else {}
        born, sex = self._born(care, told, chance)
        ethnic = told.get("ethnic") or self.figures.ethnic.draw(chance)
        village = chance.choice(self.villages)
        registered = self._registered(told, chance)
        identity_class = told.get("identity_class") or self._identity_class(care, named, chance)
        applies = told.get("applies") or self._applies(care, identity_class, named, chance)
        house = ""
        if care:
            moves_in = care == "neither" and applies == "after" and number % 3 == 0
            inside = care == "institution" or moves_in
            house = self.institutions.draw(chance) if inside else self.company_of[village.town]
        longitude, latitude = self._position(village, chance)
        level = told["level"] if "level" in told else self._level(care, applies, chance)
        return Elder(
            number=number,
            name=told.get("name") or given_name(ethnic, sex, born, chance),
            sex=sex,
            birth_date=born,
            id_number=self._id_number(registered, born, sex, told),
            id_kind="none" if told.get("id") == "none" else "resident",
            ethnic=ethnic,
            village=village,
            registered_place=registered if registered != COUNTY else village.code,
            address=f"样例县{village.town_name}{village.name}{chance.randint(1, 400)}号",
            phone=phone(chance),
            longitude=longitude,
            latitude=latitude,
            resident_from=self.on - timedelta(days=chance.randrange(400, 9000)),
            care=care,
            level=level,
            assessed_on=self._assessed_on(applies, level, told, chance),
            applies=applies,
            house=house,
            turn=self._turn(house),
            identity_class=identity_class,
            programme=told.get("programme") or self._programme(care, identity_class, named, chance),
            ltci=told.get("ltci") or self._ltci(care, named, chance),
            proxy=self._proxy(born, village, house, told, chance) if applies != "never" or "login" in told else None,
            case=named.case if named else "",
            told=told,
        )

    def _turn(self, house: str) -> int:
        turn = self.turns.get(house, 0)
        self.turns[house] = turn + 1
        return turn

    def _born(self, care: str, told: dict[str, Any], chance: Random) -> tuple[date, str]:
        if "born" in told:
            return told["born"], told["sex"]
        age = self.figures.ages["disabled" if care else "others"].draw(chance)
        women = self.figures.women_of_a_hundred(age)
        return day_of_birth(age, self.on, chance), "female" if chance.randrange(100) < women else "male"

    def _registered(self, told: dict[str, Any], chance: Random) -> str:
        elsewhere = self.figures.read["registered_elsewhere"]
        away = chance.randrange(1000) < elsewhere["per_thousand"] and "name" not in told
        code: str = chance.choice(elsewhere["codes"])
        return code if away or told.get("id") == "elsewhere" else COUNTY

    def _id_number(self, place: str, born: date, sex: str, told: dict[str, Any]) -> str:
        wish = told.get("id")
        if wish == "none":
            return ""
        number = self.numbers.take(place, born, sex, x=True if wish == "x" else None)
        return number[:6] + number[8:17] if wish == "old" else number

    def _identity_class(self, care: str, named: Awkward | None, chance: Random) -> str:
        if named:
            return "ordinary"
        return self.figures.identity_classes["disabled" if care else "others"].draw(chance)

    def _applies(self, care: str, identity_class: str, named: Awkward | None, chance: Random) -> str:
        if named:
            return "before"
        if not care:
            return "never"
        table = self.figures.read["applying"]
        group = "tekun" if identity_class == "tekun" else "without_care" if care == "neither" else "in_care"
        return Weights.of(table[group]).draw(chance)

    def _level(self, care: str, applies: str, chance: Random) -> int | None:
        if applies == "after" and chance.randrange(100) < self.figures.read["applying"]["found_mild_after_per_hundred"]:
            return 1
        found = self.figures.levels[care or "others"].draw(chance)
        return None if found == "unassessed" else int(found)

    def _programme(self, care: str, identity_class: str, named: Awkward | None, chance: Random) -> str:
        table, roll = self.figures.read["other_programmes"], chance.randrange(1000)
        if named is None and care == "institution" and identity_class == "low_income":
            return "concentrated_care" if roll < table["concentrated_care_of_low_income_in_institutions"] else ""
        if named is None and care == "home":
            return "improvement_action" if roll < table["improvement_action_at_home"] else ""
        return ""

    def _ltci(self, care: str, named: Awkward | None, chance: Random) -> str:
        found = self.figures.ltci.draw(chance)
        return "" if named or found == "none" or care not in ("institution", "home") else found

    def _assessed_on(self, applies: str, level: int | None, told: dict[str, Any], chance: Random) -> date | None:
        """The day of an earlier result; of those who apply in the month or after it every other one has none."""
        day = self.on - timedelta(days=chance.randrange(5, 330))
        anew = applies in ("in_month", "after") and (chance.random() < 0.5 or "first_level" in told)
        unseen = level is None or (applies == "never" and chance.random() < 0.5)
        return None if anew or unseen else day

    def _position(self, village: Village, chance: Random) -> tuple[float, float]:
        return (
            round(village.longitude + chance.uniform(-0.004, 0.004), 6),
            round(village.latitude + chance.uniform(-0.004, 0.004), 6),
        )

    def _proxy(self, born: date, village: Village, house: str, told: dict[str, Any], chance: Random) -> Proxy | None:
        relation = told.get("proxy") or ("self" if "name" in told else self.figures.proxies.draw(chance))
        if relation == "self":
            return None
        if relation == "village_worker":
            return self._shared(relation, village.code, "")
        if relation == "provider_staff":
            return self._shared(relation, house, house)
        age = age_on(born, self.on)
        younger = chance.randint(22, 34) if relation == "child" else chance.randint(10, 40)
        somebody = self._somebody(relation, max(19, age - younger), chance, sex=told.get("proxy_sex", ""))
        login = told.get("login", "")
        return replace(self.shared.setdefault(login, somebody), relation=relation) if login else somebody

    def _shared(self, relation: str, whose: str, provider: str) -> Proxy:
        """One worker of a village, and one of a body, acts for many."""
        if whose not in self.shared:
            chance = Random(f"{self.seed}/worker/{whose}")
            self.shared[whose] = self._somebody(relation, chance.randint(28, 55), chance, provider)
        return self.shared[whose]

    def _somebody(self, relation: str, age: int, chance: Random, provider: str = "", sex: str = "") -> Proxy:
        sex = sex or chance.choice(("female", "male"))
        born = day_of_birth(age, self.on, chance)
        number = self.numbers.take(COUNTY, born, sex)
        return Proxy(relation, given_name("01", sex, born, chance), sex, born, number, phone(chance), provider)


def given_name(ethnic: str, sex: str, born: date, chance: Random) -> str:
    read = names()
    if ethnic == "05":
        own = chance.choice(read["uyghur"]["women" if sex == "female" else "men"])
        return f"{own}·{chance.choice(read['uyghur']['fathers'])}"
    group = read["women" if sex == "female" else "men"]
    surname = _surnames().draw(chance)
    if chance.randrange(100) < 12:
        return surname + chance.choice(group["single"])
    older = group["older" if born.year < 1966 else "younger"]
    return surname + chance.choice(older["first"]) + chance.choice(older["second"])


def phone(chance: Random) -> str:
    """A local landline without an area code: it rings nowhere."""
    return f"555{chance.randint(0, 9999):04d}"


@cache
def _surnames() -> Weights[str]:
    return Weights.of(names()["surnames"])
