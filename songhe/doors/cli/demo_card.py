"""``songhe demo --card``: the two counties of the love card, beside the sample county or in a database of their own."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING, Any

import click

from songhe.kernel.refusal import reason

if TYPE_CHECKING:
    from songhe.kernel.month import Month
    from songhe.month.sample.card.month import Lived
    from songhe.month.sample.card.plan import CardPlan

DAY_TOO_EARLY = reason(
    "card_sample.day_too_early",
    zh="练习日期是{day}，爱心卡样例到{closed_on}为止；请先运行样例县的月份。",
    en="It is {day} in practice and the love card's sample ends on {closed_on}; run the county's months first.",
    status=409,
)


def load_cards(*, elders: int | None, seed: int | None, month: Month, as_json: bool) -> None:
    """Load the counties, live their month, and say what it came to.

    Refuses with ``card_sample.day_too_early`` and as ``songhe demo`` does.
    """
    from songhe.doors.cli.demo import SAID, Progress
    from songhe.doors.cli.init import migrate
    from songhe.month.sample.card.plan import DEFAULT_SEED, CardPlan

    plan = CardPlan(DEFAULT_SEED if seed is None else seed, 20_000 if elders is None else elders, month)
    beside = _beside(plan)
    with Progress(shown=sys.stderr.isatty()) as progress:
        progress.stage("ground")
        migrate()
        lived = give_cards(plan, beside=beside, watch=progress)
    answer: dict[str, Any] = {**plan.as_dict(), **lived.as_dict()}
    if as_json:
        click.echo(json.dumps(answer, ensure_ascii=False))
        return
    click.echo(
        f"爱心卡样例县 331199、331198：{lived.cards:,}张卡，充入{_yuan(lived.charged_fen)}，"
        f"家庭充值{lived.topups:,}笔{_yuan(lived.topups_fen)}、配捐{_yuan(lived.matched_fen)}，"
        f"{lived.bills:,}笔消费（{lived.meals:,}份餐）共{_yuan(lived.fee_fen)}，"
        f"卡内支付{_yuan(lived.purse_fen)}，冲正{lived.reversed:,}笔，到期退回{_yuan(lived.expired_fen)}；"
        f"练习日期{lived.practice_day}。"
    )
    click.echo(SAID)


def give_cards(plan: CardPlan, *, beside: bool, watch: Any = None) -> Lived:
    """Put the counties into a migrated database, empty or (``beside``) with the sample county, and live their month."""
    from songhe.doors.cli.init import lay_ground
    from songhe.doors.shell.clock import read_clock, set_practice_day
    from songhe.month.sample.card.load import load
    from songhe.month.sample.card.logins import AT
    from songhe.month.sample.card.month import live

    if not beside:
        set_practice_day(plan.closed_on, note=f"爱心卡样例县 331199 seed={plan.seed} elders={plan.elders}")
    lay_ground(at=read_clock().at if beside else AT, sample=False)
    load(plan, watch=watch)
    return live(plan, watch=watch)


def _beside(plan: CardPlan) -> bool:
    """Whether another sample stands there already. Refuses where the cards' cannot be put beside it."""
    from songhe.doors.cli.init import HOLDS_REAL, HOLDS_SAMPLE, NOT_EMPTY, SAMPLE_CUT_OFF, what_is_there
    from songhe.doors.shell.clock import read_clock
    from songhe.month.sample.card.load import what_is_there as what_of_cards

    found = what_is_there()
    refusals = {"real": HOLDS_REAL, "cut_off": SAMPLE_CUT_OFF, "people": NOT_EMPTY}
    if found in refusals:
        raise refusals[found]("database")
    if found != "practice":
        return False
    of_cards = what_of_cards()
    if of_cards != "nothing":
        raise (HOLDS_SAMPLE if of_cards == "whole" else SAMPLE_CUT_OFF)("database")
    day = read_clock().on
    if day < plan.closed_on:
        raise DAY_TOO_EARLY("month", day=day, closed_on=plan.closed_on)
    return True


def _yuan(fen: int) -> str:
    return f"{fen // 100:,}.{fen % 100:02d}元"
