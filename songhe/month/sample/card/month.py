"""The month of the love card's sample, from the first charge to the day on which it stands still. 样例月份"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

from django.db.models import Sum

from songhe.card.charge import charge
from songhe.card.classify import classify_county
from songhe.card.expire import expire
from songhe.card.models import Card, Fund, Match, TopUp
from songhe.card.standard import rules_at
from songhe.kernel.month import Month
from songhe.month.sample.card import helping
from songhe.month.sample.card.act import Company
from songhe.month.sample.card.load import LARGE, finish
from songhe.month.sample.card.plan import CardPlan
from songhe.month.sample.card.script import Meal, Step, script
from songhe.month.sample.card.serving import open_menus
from songhe.month.sample.card.shape import COUNTIES
from songhe.month.sample.load import Silent, Watch, analyse
from songhe.month.sample.plan import moment
from songhe.redemption.models import Bill
from songhe.redemption.verdict import follow_visits
from songhe.service.visit import judge_month


@dataclass(frozen=True)
class Lived:
    """What the month came to, of both counties; amounts in fen."""

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
    expired_fen: int
    practice_day: str

    def as_dict(self) -> dict[str, Any]:
        return asdict(self)


def live(plan: CardPlan, *, watch: Watch | None = None) -> Lived:
    """Classify all cards and charge all funds by set; live the month; judge what was served at home; charge the next
    month, and let lapse what lapses. The sample then stands still on ``plan.closed_on``."""
    seen = watch or Silent()
    seen.stage("charge")
    classify(plan)
    charged_fen, waiting = charge_all(plan, plan.month, plan.charged_on)
    if plan.elders >= LARGE:
        analyse()
    steps = script(plan)
    seen.stage("month", len(steps))
    company = Company.of(plan)
    company.live(steps, watch=seen.advance)
    seen.stage("close")
    judge(plan)
    charge_all(plan, plan.month.next, plan.month.next.first)
    expired_fen = expire_all(plan)
    open_menus(plan, regulars(company, steps))
    helping.help_each_other(plan, company)
    finish(moment(plan.closed_on, 10))
    return summary(plan, charged_fen=charged_fen, waiting=waiting, expired_fen=expired_fen, steps=steps)


def classify(plan: CardPlan) -> None:
    """Every card in its class and under its standards, before the month is charged."""
    on = plan.charged_on
    for county in COUNTIES.values():
        classify_county(county=county, policy=rules_at(county, on), on=on, clock=lambda: moment(on, 0, 10))


def charge_all(plan: CardPlan, month: Month, on: date) -> tuple[int, int]:
    """Every fund that is charged by the month; answers fen given and cards that wait."""
    fen = waiting = 0
    for county in COUNTIES.values():
        for fund in Fund.objects.filter(county=county, closed_on=None).exclude(rates={}).order_by("slot"):
            done = charge(county=county, fund_id=fund.id, month=month, on=on, clock=lambda: moment(on, 0, 30))
            fen += done.fen
            waiting += done.waiting
    return fen, waiting


def judge(plan: CardPlan) -> None:
    """What was given at home is judged by its evidence, and the bill lines follow."""
    at = moment(plan.month.next.first, 1)
    for county in COUNTIES.values():
        judge_month(county=county, month=plan.month, at=at)
        follow_visits(county=county, month=plan.month, at=at, by="run:judge")


def expire_all(plan: CardPlan) -> int:
    """What lapsed with the month goes back to its funds; answers fen."""
    on, fen = plan.closed_on, 0
    for county in COUNTIES.values():
        funds = Fund.objects.filter(county=county).exclude(expiry=Fund.Expiry.NEVER).order_by("slot")
        for fund in funds:
            fen += expire(county=county, fund_id=fund.id, on=on, clock=lambda: moment(on, 2)).fen
    return fen


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


def summary(plan: CardPlan, *, charged_fen: int, waiting: int, expired_fen: int, steps: Sequence[Step]) -> Lived:
    counties = list(COUNTIES.values())
    bills = Bill.objects.filter(county__in=counties, month=str(plan.month))
    sums = bills.exclude(state=Bill.State.REVERSED).aggregate(
        fee=Sum("fee_fen"), purse=Sum("purse_fen"), other=Sum("other_fen"), own=Sum("self_fen")
    )
    paid = TopUp.objects.filter(county__in=counties, state=TopUp.State.PAID)
    return Lived(
        cards=Card.objects.filter(county__in=counties).count(),
        charged_fen=charged_fen,
        waiting=waiting,
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
        expired_fen=expired_fen,
        practice_day=str(plan.closed_on),
    )
