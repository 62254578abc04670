"""What everybody does in the month, told beforehand, in the order of time: meals, visits, shopping, top-ups. Pure.

From the plan alone follow plain events with their instants, each holder's from a stream of chance of their own; ``act``
carries them out.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from random import Random
from typing import Any

from songhe.month.sample.card.beside import Beside, Known, beside
from songhe.month.sample.card.bodies import CANTEEN, HOME_CARE, Body, bodies_of
from songhe.month.sample.card.people import MOTHER, Holder
from songhe.month.sample.card.plan import CardPlan
from songhe.month.sample.card.register import met_by
from songhe.month.sample.card.shape import COUNTIES, Which, figures, weights
from songhe.month.sample.plan import moment

#: Meal points cook on every day but Sunday; who eats there daily comes on so many of a hundred days.
SUNDAY, DAILY_COMES = 6, 74
#: Seconds after eleven within which lunch is eaten, and when the queue is longest.
LUNCH_FROM, LUNCH_SECONDS, LUNCH_PEAK = 11, 5_400, 1_500
SUPPER_FROM, SUPPER_SECONDS, SUPPER_PEAK = 16, 6_000, 3_600

#: Fen: the least, the most and the commonest that is spent in a shop at once.
BASKET = (600, 16_000, 2_400)

ON_THE_WAY = timedelta(minutes=15)

DISPUTED = ("刷错了人", "同一餐刷了两次", "金额输错", "没有提供服务")


@dataclass(frozen=True, slots=True)
class Meal:
    """Eaten at the point, or brought home; the person's own county's."""

    at: datetime
    body: str
    meal: str
    delivered: bool = False
    undone_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Visit:
    """Given at home by a carer, counted from 1; the bill is made when it is over."""

    at: datetime
    body: str
    item: str
    quantity: int
    minutes: int
    carer: int = 1
    charged_as: str = ""
    undone_at: datetime | None = None

    @property
    def starts(self) -> datetime:
        return self.at - timedelta(minutes=self.minutes + 1)


@dataclass(frozen=True, slots=True)
class Sale:
    """Paid for at a till where the card is shown; ``fee_fen`` before what the merchant takes off, None: the price."""

    at: datetime
    body: str
    item: str
    quantity: int = 1
    fee_fen: int | None = None
    undone_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Undo:
    """The bill of the ``of``-th purchase is reversed."""

    at: datetime
    of: int
    because: str


@dataclass(frozen=True, slots=True)
class TopUp:
    at: datetime
    amount_fen: int


@dataclass(frozen=True, slots=True)
class Lose:
    at: datetime


@dataclass(frozen=True, slots=True)
class Replace:
    at: datetime


@dataclass(frozen=True, slots=True)
class Report:
    """Somebody says that the holder died."""

    at: datetime
    died_on: date


@dataclass(frozen=True, slots=True)
class Verify:
    at: datetime


@dataclass(frozen=True, slots=True)
class Refused:
    """A sale that is tried and refused with one of ``codes``; ``old``: with the card that was lost."""

    at: datetime
    sale: Sale
    codes: tuple[str, ...]


Purchase = Meal | Visit | Sale
Event = Purchase | Undo | TopUp | Lose | Replace | Report | Verify | Refused | Beside


@dataclass(frozen=True, slots=True)
class Step:
    """One event of one holder. ``nth`` counts the purchases of the holder from 0; -1: no purchase."""

    which: Which
    number: int
    event: Event
    nth: int = -1

    @property
    def order(self) -> tuple[datetime, str, int, int]:
        return (self.event.at, COUNTIES[self.which], self.number, self.nth)


def script(plan: CardPlan) -> list[Step]:
    """The month of both counties in the order of time."""
    writer = Writer(plan)
    told = sorted((step for which in COUNTIES for step in writer.of(which)), key=lambda step: step.order)
    return rostered(told, carers=plan.carers)


def rostered(told: list[Step], *, carers: int) -> list[Step]:
    """Each visit to the first carer of the station who is free by then, else to whoever is free soonest."""
    free: dict[str, list[datetime]] = {}
    found = []
    for step in told:
        event = step.event
        if isinstance(event, Visit):
            ends = free.setdefault(event.body, [event.starts] * carers)
            place = next((place for place, end in enumerate(ends) if end <= event.starts), ends.index(min(ends)))
            ends[place] = event.at + ON_THE_WAY
            found.append(replace(step, event=replace(event, carer=place + 1)))
        else:
            found.append(step)
    return found


@dataclass
class Writer:
    """Writes what each holder does; knows who sells what where."""

    plan: CardPlan
    sellers: dict[tuple[str, str], list[Body]] = field(default_factory=dict)

    bodies: dict[str, Body] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.bodies = {body.code: body for body in bodies_of(self.plan)}
        for body in self.bodies.values():
            for county in body.visited_from:
                self.sellers.setdefault((county, body.trade), []).append(body)

    def of(self, which: Which) -> Iterator[Step]:
        for holder in self.plan.people(which):
            chance = Random(f"{self.plan.seed}/card-month/{self.plan.month}/{which}/{holder.number}")
            yield from self.one(holder, chance)

    def one(self, holder: Holder, chance: Random) -> Iterator[Step]:
        in_class = met_by(self.plan, holder).in_class
        bought: list[Purchase] = [*self._meals(holder, in_class, chance), *self._others(holder, in_class, chance)]
        bought.sort(key=lambda each: each.at)
        others = [
            *self._topups(holder, chance),
            *self._lost(holder, chance),
            *self._dies(holder, chance),
        ]
        away = next((each.at for each in others if isinstance(each, Lose)), None)
        back = next((each.at for each in others if isinstance(each, Replace)), None)
        died = next((each.died_on for each in others if isinstance(each, Report)), None)
        kept = [
            each
            for each in bought
            if not (away and back and away <= each.at <= back) and not (died and each.at >= moment(died, 0))
        ]
        for nth, each in enumerate(kept):
            undone_at = self._undone(each, chance)
            yield Step(holder.which, holder.number, replace(each, undone_at=undone_at), nth)
            if undone_at:
                yield Step(holder.which, holder.number, Undo(undone_at, nth, chance.choice(DISPUTED)))
        for other in others:
            if not (died and isinstance(other, TopUp) and other.at >= moment(died, 0)):
                yield Step(holder.which, holder.number, other)
        topups = [(each.at, each.amount_fen) for each in others if isinstance(each, TopUp)]
        for story in beside(self.plan, holder, Known(topups, away, back, died), self.bodies):
            yield Step(holder.which, holder.number, story)

    # --- meals ------------------------------------------------------------------------------------------------------

    def _meals(self, holder: Holder, in_class: int, chance: Random) -> Iterator[Purchase]:
        body = self._canteen(holder)
        habits, roll = figures(), chance.randrange(100)
        daily, sometimes = habits["eats_daily"][in_class], habits["eats_sometimes"][in_class]
        named = holder.which == "home" and holder.number == MOTHER
        if named or roll < daily:
            days = [day for day in self._days() if chance.randrange(100) < DAILY_COMES]
        elif roll < daily + sometimes:
            days = sorted(chance.sample(list(self._days()), chance.choice((1, 2, 3, 3, 4, 5))))
        else:
            days = []
        delivered = body.delivers and (holder.level or 0) >= 2
        for day in days:
            yield Meal(_within(day, LUNCH_FROM, LUNCH_SECONDS, LUNCH_PEAK, chance), body.code, "lunch", delivered)
            if body.supper and chance.randrange(100) < 9:
                yield Meal(_within(day, SUPPER_FROM, SUPPER_SECONDS, SUPPER_PEAK, chance), body.code, "supper")
        away = self._abroad(holder, chance)
        if days and (away or named):
            yield self._lunch_abroad(holder, days[0], chance)

    def _lunch_abroad(self, holder: Holder, near: date, chance: Random) -> Sale:
        """A Sunday in the neighbouring county, where the card is shown at the till."""
        sunday = near + timedelta(days=(SUNDAY - near.weekday()) % 7)
        while sunday not in self.plan.month:
            sunday -= timedelta(days=7)
        there = [each for each in self.sellers[holder.county, CANTEEN] if each.which != holder.which]
        at = _within(sunday, LUNCH_FROM, LUNCH_SECONDS, LUNCH_PEAK, chance)
        return Sale(at, chance.choice(there).code, "meal-lunch")

    def _days(self) -> Iterator[date]:
        month = self.plan.month
        days = (month.first + timedelta(days=number) for number in range(month.days))
        return (day for day in days if day.weekday() != SUNDAY)

    def _canteen(self, holder: Holder) -> Body:
        here = [each for each in self.sellers[holder.county, CANTEEN] if each.which == holder.which]
        return next((each for each in here if each.town == holder.village.town), here[0])

    # --- the other helps, and shops ---------------------------------------------------------------------------------

    def _others(self, holder: Holder, in_class: int, chance: Random) -> Iterator[Purchase]:
        for _ in range(weights("other_times", in_class).draw(chance)):
            wanted = weights("bought", in_class).draw(chance)
            day = self.plan.month.first + timedelta(days=chance.randrange(self.plan.month.days))
            at = _at(day, 8, 9 * 3_600, chance)
            if self._abroad(holder, chance):
                yield self._sale(holder, wanted, at, chance, abroad=True)
            elif visit := self._visit(holder, wanted, at, chance):
                yield visit
            else:
                yield self._sale(holder, wanted, at, chance)

    def _visit(self, holder: Holder, wanted: str, at: datetime, chance: Random) -> Visit | None:
        """Whether a carer comes for it, from the station that is nearest."""
        choices = AT_HOME.get(wanted)
        if choices is None or (HOME_CARE not in {trade for of, trade in self.sellers if of == holder.county}):
            return None
        if wanted in ("bath", "clean", "travel") and (holder.level or 0) < 2 and chance.randrange(100) < 55:
            return None
        item, minutes = chance.choice(choices)
        stations = self.sellers[holder.county, HOME_CARE]
        body = next((each for each in stations if each.town == holder.village.town), stations[-1])
        quantity = chance.choice((1, 1, 2)) if item in BY_THE_HOUR else 1
        plus = "bath-home-plus" if item == "bath-home" and chance.randrange(100) < 12 else ""
        return Visit(at, body.code, item, quantity, minutes * quantity, charged_as=plus)

    def _sale(self, holder: Holder, wanted: str, at: datetime, chance: Random, *, abroad: bool = False) -> Sale:
        trade, items = AT_A_SHOP.get(wanted, AT_A_SHOP["goods"])
        item = chance.choice(items)
        held = [
            each
            for each in self.sellers.get((holder.county, trade), [])
            if (each.which != holder.which) == abroad and item in each.prices
        ]
        if not held:
            trade, item = "shop", "goods-shop"
            held = [each for each in self.sellers[holder.county, trade] if (each.which != holder.which) == abroad]
        near = [each for each in held if each.town == holder.village.town]
        body = chance.choice(near or held)
        fee = int(chance.triangular(*BASKET)) // 10 * 10 if item == "goods-shop" else None
        return Sale(at, body.code, item, 1, fee)

    def _abroad(self, holder: Holder, chance: Random) -> bool:
        return chance.randrange(100) < figures()["in_the_other_county_per_hundred"][holder.which]

    # --- money, losses, ends ----------------------------------------------------------------------------------------

    def _topups(self, holder: Holder, chance: Random) -> Iterator[TopUp]:
        """The mother of the stories has fifty yuan on the 5th; of the others those whose family thinks of it."""
        first = self.plan.month.first
        if holder.which == "home" and holder.number == MOTHER:
            yield TopUp(moment(first + timedelta(days=4), 20, 15), 5_000)
            return
        likely = figures()["topups_per_thousand"] * 100 // figures()["has_family_per_hundred"]
        if holder.family is None or chance.randrange(1000) >= likely:
            return
        for _ in range(chance.choice((1, 1, 1, 1, 2))):
            day = first + timedelta(days=chance.randrange(self.plan.month.days))
            yield TopUp(_at(day, 8, 13 * 3_600, chance), int(weights("topup_yuan").draw(chance)) * 100)

    def _lost(self, holder: Holder, chance: Random) -> Iterator[Event]:
        if holder.number % figures()["lost_one_in"] != 7:
            return
        day = self.plan.month.first + timedelta(days=chance.randint(5, 20))
        away, back = moment(day, 15, chance.randrange(60)), moment(day + timedelta(days=chance.randint(2, 4)), 10)
        yield Lose(away)
        found = Sale(away + timedelta(hours=1), self._shop(holder), "goods-shop", 1, 3_000)
        yield Refused(found.at, found, ("person.medium_ended", "card.lost"))
        yield Replace(back)

    def _dies(self, holder: Holder, chance: Random) -> Iterator[Event]:
        if holder.number % figures()["dies_one_in"] != 23:
            return
        died_on = self.plan.month.first + timedelta(days=chance.randint(3, 22))
        reported = died_on + timedelta(days=chance.randint(1, 2))
        verified = reported + timedelta(days=chance.randint(1, 2))
        yield Report(moment(reported, 9, chance.randrange(60)), died_on)
        tried = Sale(moment(reported, 12), self._shop(holder), "goods-shop", 1, 2_000)
        yield Refused(tried.at, tried, ("redemption.death_reported",))
        yield Verify(moment(verified, 16, chance.randrange(60)))

    def _shop(self, holder: Holder) -> str:
        return next(each.code for each in self.sellers[holder.county, "shop"] if each.which == holder.which)

    def _undone(self, bought: Purchase, chance: Random) -> datetime | None:
        if chance.randrange(1000) >= figures()["undone_per_thousand"]:
            return None
        at = bought.at + timedelta(minutes=chance.randint(2, 300))
        return at if at < moment(self.plan.month.next.first, 0) else None


#: What a carer does for it at home, with minutes; and where else it is bought: the kind of merchant and its items.
AT_HOME: dict[str, tuple[tuple[str, int], ...]] = {
    "bath": (("bath-home", 60), ("bath-home", 55), ("bath-bed", 35), ("bath-foot", 30)),
    "clean": (("clean-room", 62), ("clean-room", 62), ("clean-kitchen", 75), ("clean-window", 60)),
    "travel": (("travel-outing", 90), ("travel-walk", 40)),
    "medical": (("medical-escort", 120), ("medical-errand", 30), ("medical-check", 20), ("medical-check", 18)),
    "urgent": (("urgent-repair", 50), ("urgent-call", 25)),
    "company": (("company-talk", 65),),
}
BY_THE_HOUR = frozenset({"clean-room", "company-talk"})
AT_A_SHOP: dict[str, tuple[str, tuple[str, ...]]] = {
    "goods": ("shop", ("goods-shop",)),
    "hair": ("hair", ("bath-hair",)),
    "bath": ("bath", ("bath-point",)),
    "clean": ("clean", ("clean-laundry",)),
    "travel": ("travel", ("travel-transfer", "travel-transfer", "travel-outing")),
}


def _at(day: date, hour: int, seconds: int, chance: Random) -> datetime:
    return moment(day, hour) + timedelta(seconds=chance.randrange(seconds))


def _within(day: date, hour: int, seconds: int, peak: int, chance: Random) -> datetime:
    """An instant of a queue that swells and shrinks."""
    return moment(day, hour) + timedelta(seconds=int(chance.triangular(0, seconds, peak)))


def counted(steps: list[Step]) -> dict[str, Any]:
    """How many events of each kind there are."""
    found: dict[str, int] = {}
    for step in steps:
        name = type(step.event).__name__
        found[name] = found.get(name, 0) + 1
    return found
