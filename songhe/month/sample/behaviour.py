"""What everybody does in a month, told beforehand: who chooses, visits, bills, reverses, dies. 样例行为

Pure: from the plan and the month alone follow plain events with their instants, elder by elder; ``act`` carries them
out. Positions in the lists tell which visit a line charges and which bill a reversal is of.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from random import Random
from typing import Any

from songhe.kernel.month import Month, beijing_date
from songhe.month.sample import homecare, insured
from songhe.month.sample.people import Elder
from songhe.month.sample.plan import Plan, carer_of, moment
from songhe.month.sample.shape import bodies, shape

#: Whoever applies in the month is decided on by this day of it, and served from a few days later on.
DECIDED_BY = 12
SERVED_FROM = 17

#: A later month's vouchers are issued when the month before is closed, on the 8th or 9th; a death verified sooner would
#: be one that the issue had known of.
DEATHS_HEARD_OF_FROM = 10

#: The last days are for bills.
LAST_VISIT = 27

#: What keeps a visit from being paid.
FLAWS = ("no_position", "too_far", "unconfirmed")

#: Parts of a hundred of the list price of nursing, by level.
NURSING_BY_LEVEL = {2: 75, 3: 88, 4: 100}


@dataclass(frozen=True)
class Choose:
    """``standing``: the choice repeats in later months."""

    at: datetime
    category: str
    standing: bool = True


@dataclass(frozen=True)
class Admit:
    at: datetime
    provider: str
    agreed_until: date | None = None


@dataclass(frozen=True)
class Visit:
    """One visit or meal of ``provider``; carer 0: nobody is named. ``at`` is when it is recorded."""

    at: datetime
    provider: str
    item: str
    carer: int
    starts: datetime
    ends: datetime
    quantity: int = 1
    flaw: str = ""


@dataclass(frozen=True)
class Charge:
    """A line; ``visit`` is the place of a ``Visit`` among the elder's visits of the month."""

    item: str
    day: date
    quantity: int = 1
    fee_fen: int | None = None
    visit: int | None = None


@dataclass(frozen=True)
class Bill:
    """``ltci_fen`` is what LTCI will have paid; ``provisional``: not known yet when the bill is made."""

    at: datetime
    provider: str
    charges: tuple[Charge, ...]
    ltci_fen: int
    provisional: bool
    in_run: bool
    by_card: bool
    undo: str = ""  # same_month, next_month or amend


@dataclass(frozen=True)
class Discharge:
    at: datetime
    because: str


@dataclass(frozen=True)
class Report:
    """Somebody of ``by`` (a body's code, or ``family``) reports; the county verifies it at ``verified_at``."""

    at: datetime
    kind: str
    happened_on: date
    by: str
    verified_at: datetime


@dataclass(frozen=True)
class Attempt:
    """Something that is refused with one of ``codes``; what it tries stands in ``what`` and ``told``."""

    at: datetime
    what: str
    codes: tuple[str, ...]
    told: Any = None


Event = Choose | Admit | Visit | Bill | Discharge | Report | Attempt


@dataclass
class ElderMonth:
    """An elder's month; ``care`` and ``house`` as they are in it."""

    elder: Elder
    care: str
    house: str
    events: list[Event] = field(default_factory=list)

    @property
    def visits(self) -> list[Visit]:
        return [event for event in self.events if isinstance(event, Visit)]

    @property
    def visits_until(self) -> date:
        return max((beijing_date(visit.starts) for visit in self.visits), default=date.min)

    @property
    def bills(self) -> list[Bill]:
        return [event for event in self.events if isinstance(event, Bill)]

    def in_time(self) -> list[Event]:
        return sorted(self.events, key=lambda event: event.at)

    @property
    def report(self) -> Report | None:
        return next((event for event in self.events if isinstance(event, Report)), None)


def script(plan: Plan, month: Month) -> Iterator[ElderMonth]:
    """The month of everybody who acts and may hold a voucher in it; the others do nothing."""
    writer = _Writer(plan, month)
    for elder in plan.acting():
        if elder.disabled and not elder.excluded and elder.applies in ("before", "in_month"):
            written = writer.write(elder)
            if written is not None:
                yield written


class _Writer:
    def __init__(self, plan: Plan, month: Month) -> None:
        self.plan, self.month = plan, month
        self.figures = shape()
        self.prices = {body.code: body.prices for body in plan.bodies()}
        self.centre_of: dict[str, list[str]] = {}
        for told in bodies()["centres"]:
            self.centre_of.setdefault(told["town"], []).append(told["code"])

    def write(self, elder: Elder) -> ElderMonth | None:
        if self._gone_before(elder):
            return None
        chance = Random(f"{self.plan.seed}/month/{self.month}/{elder.number}")
        is_first = self.month == self.plan.month
        care, house = elder.care, elder.house
        moved_in = "admitted_on" in elder.told and not is_first
        if moved_in:
            care, house = "institution", "inst-1"
        mine = ElderMonth(elder, "home" if care == "neither" else care, house)
        if moved_in and self.month == self.plan.month.next:
            mine.events.append(Choose(moment(self.day(2), 9), "institution_long"))
        leaves = self._leaves(elder, mine, chance)
        begins = self.day(SERVED_FROM) if is_first and elder.applies == "in_month" else self.month.first
        begins = max(begins, self.plan.approved_on + timedelta(days=2) if is_first else begins)
        if is_first and elder.case:
            self._awkward(mine, chance)
        if self._chooses(elder, is_first, chance) and not any(isinstance(each, Choose) for each in mine.events):
            category = "institution_long" if mine.care == "institution" else "home"
            mine.events.append(Choose(moment(begins, 8, elder.number % 60), category))
        habit = "institution" if mine.care == "institution" else "home"
        uses = elder.case != "" or chance.randrange(100) < self.figures.habit(f"uses_voucher_{habit}_per_hundred")
        if is_first and "respite" in elder.told:
            self._respite(mine, *elder.told["respite"])
        elif self._is_away(mine, leaves, chance):
            first = chance.randint(6, 12)
            self._respite(mine, first, first + chance.randint(7, 14))
        elif uses and mine.care == "institution":
            self._resident(mine, leaves, chance)
        elif uses:
            self._at_home(mine, begins, leaves, chance)
        return mine

    def day(self, number: int) -> date:
        return self.month.first + timedelta(days=min(number, self.month.days) - 1)

    # --- endings ----------------------------------------------------------------------------------------------------

    def dies_on(self, elder: Elder, month: Month) -> date | None:
        """The day on which an elder dies in the month, if so."""
        if elder.case:
            told = elder.told.get("dies_on")
            return month.first + timedelta(days=told - 1) if told and month == self.plan.month else None
        chance = Random(f"{self.plan.seed}/death/{month}/{elder.number}")
        if chance.randrange(1000) >= self.figures.habit("deaths_a_month_per_thousand_disabled"):
            return None
        return month.first + timedelta(days=chance.randrange(2, 22))

    def _gone_before(self, elder: Elder) -> bool:
        """Whether the elder died or moved away in an earlier month of the sample."""
        if "moves_on" in elder.told and self.month > self.plan.month:
            return True
        earlier = self.plan.month.until(self.month.previous) if self.month > self.plan.month else ()
        return any(self.dies_on(elder, month) for month in earlier)

    def _leaves(self, elder: Elder, mine: ElderMonth, chance: Random) -> date | None:
        """Report a death or a move; answers the last day on which the elder is served."""
        died = self.dies_on(elder, self.month)
        if died is not None:
            late = chance.randrange(100) < self.figures.habit("death_reported_late_per_hundred")
            reported = elder.told.get("reported_on") or (LAST_VISIT + 1 if late else died.day + chance.randint(1, 3))
            if self.month > self.plan.month:
                reported = max(reported, DEATHS_HEARD_OF_FROM)
            verified = self.day(min(reported + chance.randint(1, 2), self.month.days))
            by = "family" if elder.proxy and not elder.proxy.provider else mine.house
            mine.events.append(
                Report(moment(self.day(reported), 11), "death", died, by, moment(verified, 16, elder.number % 60))
            )
            return died
        if "moves_on" in elder.told and self.month == self.plan.month:
            day = self.day(elder.told["moves_on"])
            verified = moment(day + timedelta(days=3), 16)
            mine.events.append(Report(moment(day + timedelta(days=1), 10), "move", day, "family", verified))
            return day - timedelta(days=1)
        return None

    def _chooses(self, elder: Elder, is_first: bool, chance: Random) -> bool:
        """Who left the group open when applying chooses it once the voucher is there."""
        roll = chance.randrange(100)
        return is_first and (elder.number % 10 == 7 or roll < 2)

    # --- institutions -----------------------------------------------------------------------------------------------

    def _resident(self, mine: ElderMonth, leaves: date | None, chance: Random) -> None:
        """One bill for the month: bed, nursing by level, meals; own pay last, so that LTCI meets what it insures."""
        elder, prices = mine.elder, self.prices[mine.house]
        days = leaves.day if leaves else self.month.days
        last = leaves or self.day(28)
        part = (days, self.month.days)
        charges = []
        for item, hundred in (
            ("long-bed", 100),
            ("long-nursing", NURSING_BY_LEVEL[elder.level or 2]),
            ("long-meals", 100),
        ):
            fee = prices[item] * hundred * part[0] // (100 * part[1])
            charges.append(Charge(item, last, 1, max(1, fee)))
        ltci = insured.institution(elder, nursing_fen=charges[1].fee_fen or 0, fees_fen=_sum(charges), days=days)
        if chance.randrange(100) < self.figures.habit("own_pay_line_per_hundred"):
            charges.append(Charge(chance.choice(("long-haircut", "long-supplies", "long-outing")), last))
        day = self._bill_day(leaves)
        mine.events.append(self._bill(mine, day, mine.house, charges, ltci, chance))

    def _is_away(self, mine: ElderMonth, leaves: date | None, chance: Random) -> bool:
        """Whether an elder who is cared for at home spends a part of the month in an institution, for once."""
        away = chance.randrange(1000) < self.figures.habit("respite_per_thousand_at_home")
        return (
            away
            and mine.care == "home"
            and mine.elder.applies == "before"
            and leaves is None
            and not mine.elder.case
            and not any(isinstance(event, Choose) for event in mine.events)
        )

    def _respite(self, mine: ElderMonth, first: int, last: int) -> None:
        """A short stay by the day: the group is chosen before, the bill comes on the day of discharge."""
        house, begins, ends = "inst-1", self.day(first), self.day(last)
        nights = last - first
        mine.events += [
            Choose(moment(self.day(max(3, first - 3)), 9), "institution_short", standing=False),
            Admit(moment(begins, 10), house, ends),
            Discharge(moment(ends, 9), "home"),
        ]
        charges = tuple(Charge(item, ends, nights) for item in ("short-bed", "short-nursing", "short-meals"))
        mine.events.append(Bill(moment(ends, 11), house, charges, 0, False, False, True))

    # --- at home ----------------------------------------------------------------------------------------------------

    def _at_home(self, mine: ElderMonth, begins: date, leaves: date | None, chance: Random) -> None:
        elder = mine.elder
        ends = min(leaves or self.day(LAST_VISIT), self.day(LAST_VISIT))
        if "admitted_on" in elder.told and self.month == self.plan.month:
            ends = self.day(elder.told["admitted_on"] - 4)
        if "switches_on" in elder.told and self.month == self.plan.month:
            ends = self.day(elder.told["switches_on"] - 6)
        wanted = self.figures.visits[elder.level or 2].draw(chance)
        possible = homecare.times(elder, begins, ends)
        chosen = sorted(chance.sample(possible, min(wanted, len(possible))))
        start = len(mine.visits)
        for starts in chosen:
            mine.events += self._appointment(mine, starts, chance)
        visits = [
            (start + place, visit) for place, visit in enumerate(mine.visits[start:]) if visit.flaw != "after_death"
        ]
        if visits:
            charges = [Charge(visit.item, visit.starts.date(), visit.quantity, None, place) for place, visit in visits]
            prices = self.prices[mine.house]
            by_day: dict[date, int] = {}
            for charge in charges:
                by_day[charge.day] = by_day.get(charge.day, 0) + prices[charge.item] * charge.quantity
            ltci = insured.home(elder, by_day=by_day, visits=len(by_day))
            if chance.randrange(100) < self.figures.habit("own_pay_line_per_hundred"):
                charges.append(Charge(chance.choice(("home-haircut", "home-supplies", "home-repair")), charges[-1].day))
            day = ends + timedelta(days=1) if ends < self.day(LAST_VISIT) else self._bill_day(leaves)
            mine.events.append(self._bill(mine, day, mine.house, charges, ltci, chance))
        if (
            not leaves
            and not elder.case
            and chance.randrange(100) < self.figures.habit("meals_from_the_centre_per_hundred")
        ):
            self._meals(mine, begins, chance)

    def _appointment(self, mine: ElderMonth, starts: datetime, chance: Random) -> Iterator[Visit]:
        """What is done at one time, service after service; each is recorded when it is over."""
        parts = homecare.appointment(mine.elder, chance)
        tied = mine.elder.case == "proxy_at_the_provider" and not mine.visits
        if tied:
            parts = (homecare.Part("home-cleaning", 75),)
        for part, begins, ends in homecare.timed(parts, starts, chance):
            flaw = "tied_proxy" if tied else ""
            is_flawed = chance.randrange(1000) < self.figures.habit("flawed_visits_per_thousand")
            if is_flawed and not tied and part.item not in homecare.ESCORTS:
                flaw = chance.choice(FLAWS)
            at, carer = ends + timedelta(minutes=1), carer_of(mine.elder)
            yield Visit(at, mine.house, part.item, carer, begins, ends, part.quantity, flaw)

    def _meals(self, mine: ElderMonth, begins: date, chance: Random) -> None:
        """Lunches of the centre of the town, told by the week, on a bill of their own."""
        centre = chance.choice(self.centre_of[mine.elder.village.town])
        start, day = len(mine.visits), begins + timedelta(days=(4 - begins.weekday()) % 7)
        while day <= self.day(LAST_VISIT):
            at = moment(day, 13, mine.elder.number % 60)
            mine.events.append(Visit(at, centre, "home-meal", 0, at, at, chance.randint(4, 7)))
            day += timedelta(days=7)
        charges = [
            Charge(visit.item, visit.starts.date(), visit.quantity, None, start + place)
            for place, visit in enumerate(mine.visits[start:])
        ]
        if charges:
            mine.events.append(self._bill(mine, self.day(29), centre, charges, 0, chance, hour=18))

    # --- bills ------------------------------------------------------------------------------------------------------

    def _bill(
        self,
        mine: ElderMonth,
        day: date,
        provider: str,
        charges: list[Charge],
        ltci_fen: int,
        chance: Random,
        *,
        hour: int = 17,
    ) -> Bill:
        """Instants differ from elder to elder and bill to bill, so that the run books them in one order everywhere."""
        number = mine.elder.number
        in_run = chance.randrange(100) < self.figures.habit("handed_in_for_the_run_per_hundred")
        unknown = ltci_fen > 0 and chance.randrange(100) < self.figures.habit("provisional_per_hundred_with_ltci")
        undo = self._undo(chance)
        if mine.elder.case:
            is_first = self.month == self.plan.month
            undo = mine.elder.told.get("undo", "") if is_first else ""
            unknown = ltci_fen > 0 and is_first and "provisional" in mine.elder.told
        elif unknown:
            undo = ""
        if mine.elder.case in {"admitted_after_home_voucher", "group_already_used"}:
            in_run = False
        return Bill(
            at=moment(day, hour, number % 60, number // 60 % 60),
            provider=provider,
            charges=tuple(charges),
            ltci_fen=ltci_fen,
            provisional=unknown,
            in_run=in_run,
            by_card=number % 3 == 0,
            undo=undo,
        )

    def _undo(self, chance: Random) -> str:
        roll = chance.randrange(1000)
        for name, habit in (
            ("same_month", "reversed_same_month_per_thousand"),
            ("next_month", "reversed_next_month_per_thousand"),
            ("amend", "amended_per_thousand"),
        ):
            if roll < self.figures.habit(habit):
                return name
            roll -= self.figures.habit(habit)
        return ""

    def _bill_day(self, leaves: date | None) -> date:
        """At the end of the month, or when the death or the move has been verified."""
        return self.day(29) if leaves is None else max(self.day(25), self._after(leaves, 9, 17).date())

    def _after(self, day: date, days: int, hour: int) -> datetime:
        """Some days later, before the last day of the month."""
        return moment(min(day + timedelta(days=days), self.month.last - timedelta(days=1)), hour)

    # --- awkward cases ----------------------------------------------------------------------------------------------

    def _awkward(self, mine: ElderMonth, chance: Random) -> None:
        elder, told = mine.elder, mine.elder.told
        if elder.case == "dies_on_the_10th" and mine.care == "home":
            self._visit_after_death(mine, told)
        if "admitted_on" in told:
            admitted = self.day(told["admitted_on"])
            charge = Charge("long-bed", self.day(28), 1)
            mine.events.append(Admit(moment(admitted, 10), "inst-1"))
            mine.events.append(
                Attempt(
                    moment(self.day(28), 15),
                    "bill",
                    ("grant.other_group",),
                    Bill(moment(self.day(28), 15), "inst-1", (charge,), 0, False, False, False),
                )
            )
        if "switches_on" in told:
            day = self.day(told["switches_on"])
            mine.events.append(Attempt(moment(day, 10), "choose", ("grant.already_used",), "institution_long"))
        if told.get("wants") == "day_care":
            mine.events.append(Attempt(moment(self.day(4), 9), "choose", ("grant.group_not_open",), "day_care"))
            mine.events.append(Choose(moment(self.day(5), 9), "home"))
        if "registered_again" in told:
            codes = ("person.already_registered",) if told["registered_again"] == "same_number" else ()
            mine.events.append(Attempt(moment(self.day(9), 10), "register", codes, told["registered_again"]))

    def _visit_after_death(self, mine: ElderMonth, told: dict[str, Any]) -> None:
        """After an early report a visit is refused; before a late one it is recorded, and fails when the death is
        verified."""
        day = self.day(told["dies_on"] + 3)
        starts = moment(day, 9, 30)
        ends = starts + timedelta(minutes=60)
        flaw = "after_death"
        visit = Visit(
            ends + timedelta(minutes=5), mine.house, "home-cleaning", carer_of(mine.elder), starts, ends, flaw=flaw
        )
        if told["reported_on"] < day.day:
            codes = ("service.death_reported", "service.after_death")
            mine.events.append(Attempt(visit.at, "visit", codes, visit))
        else:
            mine.events.append(visit)


def _sum(charges: list[Charge]) -> int:
    return sum(charge.fee_fen or 0 for charge in charges)
