"""Who takes the card, as invented: meal points, home care, merchants and the body that assesses. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from random import Random
from typing import Any

from songhe.kernel import credit_code
from songhe.month.sample.card.plan import CardPlan
from songhe.month.sample.card.shape import COUNTIES, Which, bodies, centre_of, figures
from songhe.month.sample.plan import dearer
from songhe.provider.discount import Terms
from songhe.provider.models import Kind

CANTEEN, HOME_CARE, ASSESSMENT = "canteen", "home", "assessment"

#: The six helps, company and aids are what a home-care station is on the white list for.
HOME_HELPS = ("meals", "bathing", "medical", "cleaning", "travel", "urgent", "company", "aids")

#: A point cooks a portion for so many cards of the county, and never fewer than the least.
CARDS_OF_A_PORTION, LEAST_PORTIONS = 24, 40


@dataclass(frozen=True)
class Body:
    """``trade``: canteen, home, assessment or the kind of merchant. ``number`` counts the bodies of both counties."""

    number: int
    code: str
    which: Which
    trade: str
    name: str
    town: str
    longitude: float
    latitude: float
    helps: tuple[str, ...]
    prices: Mapping[str, int] = field(default_factory=dict)
    portions: int = 0
    delivers: bool = False
    supper: bool = False
    per_cent: int = 0
    off: tuple[int, int] | None = None

    @property
    def county(self) -> str:
        return COUNTIES[self.which]

    @property
    def visited_from(self) -> tuple[str, ...]:
        """From which counties people come: to the neighbour's bodies from both, and to a few of the first."""
        near = self.which == "other" or self.code in ("canteen-1", "canteen-2") or self.code.endswith("-01")
        return tuple(COUNTIES.values()) if near and self.helps else (self.county,)

    @property
    def kind(self) -> str:
        if self.trade == ASSESSMENT:
            return str(Kind.ASSESSMENT_BODY)
        return str(Kind.COMMUNITY if self.trade in (CANTEEN, HOME_CARE) else Kind.MERCHANT)

    @property
    def credit_code(self) -> str:
        """A code whose check character fits and whose place is no county's, so that it is no body's."""
        first = f"92{self.county}MK{self.number:07d}"
        return first + credit_code.check_character(first)

    @property
    def terms(self) -> list[Terms]:
        """What is taken off its prices."""
        found = [Terms(1, per_cent=self.per_cent)] if self.per_cent else []
        if self.off is not None:
            found.append(Terms(2, off_fen=self.off[0], least_fen=self.off[1]))
        return found


def bodies_of(plan: CardPlan) -> list[Body]:
    """Every body of both counties, in one order."""
    found: list[Body] = []
    for which in COUNTIES:
        for made in _of_county(plan, which):
            found.append(made(len(found) + 1))
    return found


def _of_county(plan: CardPlan, which: Which) -> Iterator[Any]:
    told, prices = bodies()[which], bodies()["prices"]
    for each in told["canteens"]:
        sold = {item: fen for item, fen in prices["canteen"].items() if _sells(item, each)}
        portions = max(LEAST_PORTIONS, plan.elders // CARDS_OF_A_PORTION)
        more = {"portions": portions, "delivers": each["delivers"], "supper": each["supper"]}
        yield _made(plan, which, CANTEEN, each, ("meals",), sold, **more)
    for each in told["home_care"]:
        sold = {item: dearer(fen, each["dearer"]) for item, fen in prices["home"].items()}
        yield _made(plan, which, HOME_CARE, each, HOME_HELPS, sold)
    if told["assessment"]:
        yield _made(plan, which, ASSESSMENT, told["assessment"], (), {})
    yield from _merchants(plan, which)


def _sells(item: str, canteen: Mapping[str, Any]) -> bool:
    return {"meal-supper": bool(canteen["supper"]), "meal-delivery": bool(canteen["delivers"])}.get(item, True)


def _merchants(plan: CardPlan, which: Which) -> Iterator[Any]:
    towns = [town["code"] for town in figures()[which]["towns"]]
    signs = bodies()["signs"]
    shift = 0 if which == "home" else 13
    for kind, count in plan.merchants(which).items():
        told = bodies()["merchants"][kind]
        for place in range(count):
            chance = Random(f"{plan.seed}/merchant/{which}/{kind}/{place}")
            town = figures()[which]["towns"][place % len(towns)]
            named = {
                "code": f"{kind}-{place + 1:02d}" if which == "home" else f"{kind}-9{place + 1}",
                "name": f"样例{town['name'][:2]}{signs[(place + shift) % len(signs)]}{told['word']}",
                "town": town["code"],
            }
            reduced: dict[str, Any] = {"per_cent": told["per_cent"][place % len(told["per_cent"])]}
            if not reduced["per_cent"] and "off" in told:
                reduced["off"] = tuple(told["off"])
            sold = {
                item: fen if item == "goods-shop" else dearer(fen, chance.choice((-10, 0, 0, 5, 10)))
                for item, fen in bodies()["prices"][kind].items()
            }
            yield _made(plan, which, kind, named, tuple(told["helps"]), sold, **reduced)


def _made(
    plan: CardPlan,
    which: Which,
    trade: str,
    told: Mapping[str, Any],
    helps: tuple[str, ...],
    prices: Mapping[str, int],
    **more: Any,
) -> Any:
    """A body but for its number, which is its place among all."""
    centre = centre_of(which, told["town"])
    chance = Random(f"{plan.seed}/position/{which}/{told['code']}")
    longitude = round(centre.longitude + chance.uniform(-0.03, 0.06), 6)
    latitude = round(centre.latitude + chance.uniform(-0.02, 0.03), 6)

    def numbered(number: int) -> Body:
        return Body(
            number=number,
            code=told["code"],
            which=which,
            trade=trade,
            name=told["name"],
            town=told["town"],
            longitude=longitude,
            latitude=latitude,
            helps=helps,
            prices=prices,
            **more,
        )

    return numbered
