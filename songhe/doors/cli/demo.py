"""``songhe demo``: the synthetic sample county, in a practice database of its own."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from songhe.month.sample.load import Loaded
    from songhe.month.sample.plan import Plan

STAGES = {
    "ground": "区划、日历、政策、目录 ground",
    "bodies": "机构和账号 bodies and logins",
    "people": "人员 people",
    "rights": "申请和审批 rights",
    "charge": "分类和充入 classes and charges",
    "month": "爱心卡一个月 a month of love cards",
    "close": "到期清零和菜单 what lapses, and menus",
}
SAID = "全部人员、机构和号码均为虚构。Everybody, every body and every number is invented."


@click.command("demo")
@click.option("--elders", type=int, help="How many elders are on the register (5000), or have a card (20000).")
@click.option("--seed", type=int, help="The same seed gives the same county.")
@click.option("--month", default="2026-03", show_default=True, help="The first month of vouchers, or that of cards.")
@click.option("--card", "of_cards", is_flag=True, help="The counties of the love card, 331199 and 331198, instead.")
@click.option("--json", "as_json", is_flag=True, help="Print what was loaded as JSON.")
def demo(elders: int | None, seed: int | None, month: str, of_cards: bool, as_json: bool) -> None:
    """Set up a new, empty database as a practice database with the sample county 370799.

    Its practice day is the first working day of the month, on which everybody who applied in the month before has
    been decided on; `songhe month` goes on from there. Refused where there is anything already.

    With --card: two counties whose elders have love cards, and their whole month, in an empty database or beside the
    sample county once its months have been run. 样例县
    """
    from songhe.doors.cli.django_setup import set_up

    set_up()
    from songhe.doors.cli.init import migrate
    from songhe.kernel.month import Month
    from songhe.month.sample.plan import Plan

    if of_cards:
        from songhe.doors.cli.demo_card import load_cards

        load_cards(elders=elders, seed=seed, month=Month.parse(month), as_json=as_json)
        return
    plan = Plan(370799 if seed is None else seed, 5000 if elders is None else elders, Month.parse(month))
    _refuse_what_is_there()
    with Progress(shown=sys.stderr.isatty()) as progress:
        progress.stage("ground")
        migrate()
        loaded = people_a_county(plan, watch=progress)
    answer: dict[str, Any] = {**plan.as_dict(), "practice_day": str(plan.approved_on), **loaded.as_dict()}
    if as_json:
        click.echo(json.dumps(answer, ensure_ascii=False))
        return
    click.echo(
        f"样例县 370799：{loaded.people}人在册，{loaded.bodies}家机构，{loaded.residents}人在住，"
        f"{loaded.assessed}人已评估，{loaded.decided}件申请已审批；练习日期{plan.approved_on}。"
    )
    click.echo(SAID)


def people_a_county(plan: Plan, *, watch: Any = None) -> Loaded:
    """Make a migrated, empty database a practice one, and put the ground and the people of the sample into it."""
    from songhe.doors.cli.init import lay_ground
    from songhe.doors.shell.clock import set_practice_day
    from songhe.month.sample.load import load
    from songhe.month.sample.logins import AT

    set_practice_day(plan.approved_on, note=f"样例县 370799 seed={plan.seed} elders={plan.elders}")
    lay_ground(at=AT, sample=True)
    return load(plan, watch=watch)


def _refuse_what_is_there() -> None:
    """Refuses with ``init.real_database``, ``init.sample_there``, ``init.sample_cut_off``, ``init.not_empty`` or
    ``init.foreign_database``."""
    from songhe.doors.cli.init import HOLDS_REAL, HOLDS_SAMPLE, NOT_EMPTY, SAMPLE_CUT_OFF, what_is_there

    refusals = {"real": HOLDS_REAL, "practice": HOLDS_SAMPLE, "cut_off": SAMPLE_CUT_OFF, "people": NOT_EMPTY}
    found = what_is_there()
    if found in refusals:
        raise refusals[found]("database")


class Progress:
    """A bar for each stage on standard error, where that is a terminal; else nothing."""

    def __init__(self, *, shown: bool) -> None:
        self.shown = shown
        self.task: Any = None

    def __enter__(self) -> Progress:
        if self.shown:
            from rich.console import Console
            from rich.progress import Progress as Bars

            self.bars = Bars(console=Console(stderr=True), transient=True)
            self.bars.start()
        return self

    def __exit__(self, *_: object) -> None:
        if self.shown:
            self.bars.stop()

    def stage(self, name: str, total: int | None = None) -> None:
        if self.shown:
            if self.task is not None:
                self.bars.update(self.task, total=1, completed=1)
            self.task = self.bars.add_task(STAGES[name], total=total)

    def advance(self, count: int) -> None:
        if self.shown:
            self.bars.advance(self.task, count)
