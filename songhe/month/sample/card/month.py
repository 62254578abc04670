"""The month of the love card's sample, from the first charge to the day on which it stands still. 样例月份"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

from django.db.models import QuerySet, Sum

from songhe.card.hold_order_models import ItemOrder
from songhe.card.models import Card, Draw, Match, TopUp
from songhe.examine.models import Score
from songhe.jobs.outbox import deliver
from songhe.kernel.month import Month
from songhe.month import cards
from songhe.month.sample.card import examining, helping, lending
from songhe.month.sample.card.act import Company
from songhe.month.sample.card.load import LARGE, finish
from songhe.month.sample.card.plan import CardPlan
from songhe.month.sample.card.script import Meal, Step, script
from songhe.month.sample.card.serving import open_menus
from songhe.month.sample.card.shape import COUNTIES
from songhe.month.sample.load import Silent, Watch, analyse
from songhe.month.sample.plan import moment
from songhe.offline.guarantee import take_back
from songhe.offline.models import Slip, Trouble
from songhe.redemption.meal_parts import pay_meal_parts
from songhe.redemption.models import Bill, Line
from songhe.redemption.verdict import follow_visits
from songhe.service.visit import judge_month
from songhe.settlement import gather
from songhe.settlement.clear import clear
from songhe.settlement.letters import HANDLERS
from songhe.settlement.share import card_programmes, clearing_programmes, credit_programmes, guarantee_programmes


@dataclass(frozen=True)
class Lived:
    """What the month came to, of both counties; amounts in fen. ``parts_fen``: what a fund paid of meals by itself;
    ``borne_fen``: what the guarantee bore of slips of tills without a network; ``scored``: providers with a score."""

    cards: int
    charged_fen: int
    waiting: int
    topups: int
    topups_fen: int
    matched_fen: int
    bills: int
    meals: int
    reversed: int
    fee_fen: int
    purse_fen: int
    other_fen: int
    self_fen: int
    parts_fen: int
    slips: int
    borne_fen: int
    rent_fen: int
    orders: int
    scored: int
    expired_fen: int
    practice_day: str

    def as_dict(self) -> dict[str, Any]:
        return asdict(self)


def live(plan: CardPlan, *, watch: Watch | None = None) -> Lived:
    """Classify all cards and charge all funds by set; live the month; judge what was served at home; charge the next
    month, and let lapse what lapses. The sample then stands still on ``plan.closed_on``."""
    seen = watch or Silent()
    seen.stage("charge")
    on = plan.charged_on
    for county in COUNTIES.values():
        cards.classify(county=county, on=on, clock=lambda: moment(on, 0, 10))
    given = charge(plan.month, on)
    if plan.elders >= LARGE:
        analyse()
    steps = script(plan)
    seen.stage("month", len(steps))
    company = Company.of(plan)
    loans = lending.lend_aids(plan, company, steps)
    company.live(steps, watch=seen.advance)
    seen.stage("close")
    lending.take_back_aids(plan, company, loans)
    examining.inspect_points(plan)
    judge(plan)
    examining.say_how_it_was(plan, company)
    charge(plan.month.next, plan.month.next.first)
    lending.charge_rents(plan, company, loans)
    lapsed = [
        cards.expire_all(county=county, on=plan.closed_on, clock=lambda: moment(plan.closed_on, 2))
        for county in COUNTIES.values()
    ]
    gather_all(plan)
    open_menus(plan, regulars(company, steps))
    helping.help_each_other(plan, company)
    examining.examine(plan)
    finish(moment(plan.closed_on, 10))
    return summary(plan, given=given, expired_fen=sum(each["purses_expired_fen"] for each in lapsed), steps=steps)


def charge(month: Month, on: date) -> dict[str, int]:
    """Every fund of both counties; what was given, and how many cards wait for money."""
    found: dict[str, int] = {}
    for county in COUNTIES.values():
        done = cards.charge_all(county=county, month=month, on=on, clock=lambda: moment(on, 0, 30))
        found = {name: found.get(name, 0) + count for name, count in done.items()}
    return found


def judge(plan: CardPlan) -> None:
    """What was given at home is judged by its evidence, and the bill lines follow."""
    at = moment(plan.month.next.first, 1)
    for county in COUNTIES.values():
        judge_month(county=county, month=plan.month, at=at)
        follow_visits(county=county, month=plan.month, at=at, by="run:judge")


def gather_all(plan: CardPlan) -> None:
    """What the funds owe each body, as a statement that waits for its manager; what the counties owe each other is
    claimed and sent, and what was claimed of a county stands in statements of its own."""
    on, at = plan.closed_on, moment(plan.closed_on, 3)
    for county in COUNTIES.values():
        pay_meal_parts(county=county, at=at, on=on, by="run:daily")
        take_back(county=county, at=at, on=on, by="run:gather")
        for programme in (*card_programmes(county), *credit_programmes(county), *guarantee_programmes(county)):
            gather.run(county=county, programme=programme, month=plan.month, clock=lambda: at)
        clear(county=county, month=plan.month, at=at, on=on, by="run:clear")
    while deliver(handlers=HANDLERS, at=at, long_running=HANDLERS):
        pass
    for county in COUNTIES.values():
        for programme in clearing_programmes(county):
            gather.run(county=county, programme=programme, month=plan.month, clock=lambda: at)


def regulars(company: Company, steps: Sequence[Step]) -> dict[str, list[Any]]:
    """Who ate most often at each point, and lives, the most regular first."""
    eaten: dict[tuple[str, Any], int] = {}
    for step in steps:
        if isinstance(step.event, Meal):
            key = (step.event.body, (step.which, step.number))
            eaten[key] = eaten.get(key, 0) + 1
    closed = set(
        Card.objects.filter(county__in=COUNTIES.values(), state=Card.State.CLOSED).values_list("person_id", flat=True)
    )
    found: dict[str, list[Any]] = {}
    for body, key in sorted(eaten, key=lambda each: (-eaten[each], each)):
        scene = company.scenes[key]
        if scene.person_id not in closed:
            found.setdefault(body, []).append((scene.holder, scene.person_id))
    return found


def summary(plan: CardPlan, *, given: dict[str, int], expired_fen: int, steps: Sequence[Step]) -> Lived:
    counties = list(COUNTIES.values())
    bills = Bill.objects.filter(county__in=counties, month=str(plan.month))
    sums = bills.exclude(state=Bill.State.REVERSED).aggregate(
        fee=Sum("fee_fen"), purse=Sum("purse_fen"), other=Sum("other_fen"), own=Sum("self_fen")
    )
    paid = TopUp.objects.filter(county__in=counties, state=TopUp.State.PAID)
    return Lived(
        cards=Card.objects.filter(county__in=counties).count(),
        charged_fen=given["charged_fen"],
        waiting=given["cards_waiting"],
        topups=paid.count(),
        topups_fen=paid.aggregate(fen=Sum("amount_fen"))["fen"] or 0,
        matched_fen=Match.objects.filter(county__in=counties).aggregate(fen=Sum("amount_fen"))["fen"] or 0,
        bills=bills.count(),
        meals=sum(isinstance(step.event, Meal) for step in steps),
        reversed=bills.filter(state=Bill.State.REVERSED).count(),
        fee_fen=sums["fee"] or 0,
        purse_fen=sums["purse"] or 0,
        other_fen=sums["other"] or 0,
        self_fen=sums["own"] or 0,
        parts_fen=_sum(Draw.objects.filter(county__in=counties, purse_id=None), "amount_fen"),
        slips=Slip.objects.filter(county__in=counties).count(),
        borne_fen=_sum(Trouble.objects.filter(county__in=counties), "borne_fen"),
        rent_fen=_sum(Line.objects.filter(county__in=counties).exclude(rent=None), "fee_fen"),
        orders=ItemOrder.objects.filter(county__in=counties).count(),
        scored=Score.objects.filter(county__in=counties).exclude(total=None).count(),
        expired_fen=expired_fen,
        practice_day=str(plan.closed_on),
    )


def _sum(rows: QuerySet[Any], field: str) -> int:
    return rows.aggregate(fen=Sum(field))["fen"] or 0
