"""What a few people do besides: at tills without a network, with a printed code and a PIN, by order. Told beforehand.

Each from a stream of chance of its own, so that nobody else's month changes by it. Pure; ``act`` carries it out.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from random import Random

from songhe.kernel.month import beijing_date
from songhe.month.sample.card.bodies import Body
from songhe.month.sample.card.people import HELPER, MOTHER, Holder
from songhe.month.sample.card.plan import CardPlan
from songhe.month.sample.card.shape import bodies, figures
from songhe.month.sample.plan import moment

#: Of so many cards all take part in what is told here; of more, as many as of these.
ALL_OF = 300
#: What is bought at a till without a network: tens of fen, from and to.
SLIP_TENS = (80, 260)


@dataclass(frozen=True, slots=True)
class Slip:
    """Sold where the till has no network, and handed in that evening; ``lost``: with a card reported lost."""

    at: datetime
    body: str
    item: str
    fee_fen: int
    lost: bool = False


@dataclass(frozen=True, slots=True)
class Decide:
    """The county decides who bears the slip of the lost card."""

    at: datetime


@dataclass(frozen=True, slots=True)
class PrintCode:
    """The code is printed at the village, and the elder chooses the PIN."""

    at: datetime


@dataclass(frozen=True, slots=True)
class ByCode:
    """Paid with the printed code and the PIN."""

    at: datetime
    body: str
    item: str
    fee_fen: int


@dataclass(frozen=True, slots=True)
class Order:
    """Ordered at a shop, which fetches it by ``last_day``; the money is set aside."""

    at: datetime
    body: str
    item: str
    fee_fen: int
    words: str
    last_day: date


@dataclass(frozen=True, slots=True)
class HandOver:
    """The ``of``-th order of the holder is there, and paid."""

    at: datetime
    of: int


@dataclass(frozen=True, slots=True)
class GiveUp:
    at: datetime
    of: int
    because: str


Beside = Slip | Decide | PrintCode | ByCode | Order | HandOver | GiveUp


@dataclass(frozen=True)
class Known:
    """What the rest of the month says of a holder: top-ups with their fen, and when the card was away or is no more."""

    topups: Sequence[tuple[datetime, int]]
    away: datetime | None
    back: datetime | None
    died: date | None

    def can_pay(self, at: datetime) -> bool:
        is_away = self.away is not None and self.back is not None and self.away <= at <= self.back
        return not is_away and not (self.died and beijing_date(at) >= self.died)


def beside(plan: CardPlan, holder: Holder, known: Known, sellers: Mapping[str, Body]) -> Iterator[Beside]:
    """Everything of a holder; ``sellers`` are the bodies of both counties by code."""
    if holder.which != "home":
        return
    yield from _slips(plan, holder, known, sellers)
    if holder.number == MOTHER:
        yield from _of_mother(plan)
    if holder.number == HELPER:
        yield from _of_helper(plan)


def _slips(plan: CardPlan, holder: Holder, known: Known, sellers: Mapping[str, Body]) -> Iterator[Beside]:
    """Whose family topped up lately buys where the network is down; and somebody tries a card that they found."""
    told = figures()["no_network"]
    chance = Random(f"{plan.seed}/no-network/{plan.month}/{holder.number}")
    tills = [sellers[code] for code in bodies()["tills"] if code in sellers]
    till = tills[holder.number % len(tills)]
    for number in told["days"]:
        day = plan.month.first + timedelta(days=number - 1)
        lately = [fen for at, fen in known.topups if 0 < (day - beijing_date(at)).days <= told["topped_up_within_days"]]
        at = moment(day, 15) + timedelta(seconds=chance.randrange(9_000))
        fee_fen = chance.randrange(*SLIP_TENS) * 10
        takes_part = holder.number % max(1, plan.elders // ALL_OF) == 0
        if takes_part and max(lately, default=0) >= told["topped_up_fen"] and known.can_pay(at):
            item = "goods-shop" if till.trade == "shop" else "bath-point"
            yield Slip(at, till.code, item, min(fee_fen, till.prices[item]))
    if known.away is not None and holder.number < ALL_OF:
        yield Slip(known.away + timedelta(minutes=90), tills[0].code, "goods-shop", 2_000, lost=True)
        yield Decide(known.away + timedelta(hours=18))


def _of_mother(plan: CardPlan) -> Iterator[Beside]:
    """A printed code for when her daughter is away; two orders, early on the day after the daughter's top-up."""
    first = plan.month.first

    def on(number: int, hour: int, minute: int = 0) -> datetime:
        return moment(first + timedelta(days=number - 1), hour, minute)

    yield PrintCode(on(4, 9))
    yield Order(on(6, 7, 20), "shop-02", "goods-shop", 1_000, "老花镜一副", first + timedelta(days=19))
    yield Order(on(6, 7, 30), "shop-01", "goods-shop", 1_500, "低糖麦片两袋", first + timedelta(days=14))
    yield GiveUp(on(8, 10), 0, "女儿已经买了")
    yield ByCode(on(9, 18, 30), "shop-01", "goods-shop", 1_200)
    yield HandOver(on(11, 10, 5), 1)


def _of_helper(plan: CardPlan) -> Iterator[Beside]:
    """Ordered before anything else of the month was bought, and still to come when the sample stands still."""
    ordered = moment(plan.month.first, 7, 50)
    yield Order(ordered, "shop-01", "goods-shop", 900, "防滑拖鞋一双", plan.closed_on + timedelta(days=10))
