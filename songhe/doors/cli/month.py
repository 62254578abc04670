"""``songhe month``: carry a county through a month."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

import click

from songhe.doors.cli import OK, PARTLY_DONE

if TYPE_CHECKING:
    from songhe.month.steps import Calendar, People, Step


@click.command()
@click.argument("month")
@click.option("--county", default="370799", show_default=True, help="Six-digit code of the county that pays.")
@click.option(
    "--until", default="close", show_default=True, help="Last step: issue, settle, close, or any step's name."
)
@click.option("--json", "as_json", is_flag=True, help="Print the summary as JSON.")
def month(month: str, county: str, until: str, as_json: bool) -> None:
    """Run the steps of MONTH (2026-03) in order; what waits for people is said, with exit status 3.

    In a practice database the sample's people act too, each under their own account.
    """
    from songhe.doors.cli.django_setup import set_up

    set_up()
    from songhe.doors.shell.clock import is_practice
    from songhe.kernel.month import Month
    from songhe.month.steps import PROGRAMME, UNTIL, run_month
    from songhe.month.summary import summary

    if until not in UNTIL:
        raise click.BadParameter(f"one of {', '.join(UNTIL)}", param_hint="--until")
    asked = Month.parse(month)
    practice = is_practice()
    bar = _Bar()
    calendar, people = calendars(practice=practice)

    def tell(step: Step) -> None:
        bar.step(f"{asked} {step.zh} {step.en}")

    done = run_month(
        county=county,
        month=asked,
        calendar=calendar,
        until=until,
        people=people,
        watch=bar.watch,
        tell=tell,
    )
    bar.stop()
    figures = summary(county=county, month=asked, programme=PROGRAMME)
    if as_json:
        click.echo(json.dumps(figures, ensure_ascii=False))
    else:
        _print(figures, done.waits)
    sys.exit(PARTLY_DONE if done.waits else OK)


def calendars(*, practice: bool) -> tuple[Calendar, People | None]:
    """The days and the acting people of this database: those of practice, or today and nobody."""
    if not practice:
        return _real_calendar, None
    from songhe.month.sample.act import act

    return _practice_calendar, act


def _real_calendar(natural: date) -> tuple[date, Callable[[], datetime]]:
    """A real county lives today."""
    from songhe.doors.shell.clock import read_clock

    return read_clock().on, lambda: read_clock().at


def _practice_calendar(natural: date) -> tuple[date, Callable[[], datetime]]:
    """A practice county moves on to the step's natural day, and never back."""
    from songhe.doors.shell.clock import read_clock, set_practice_day

    if natural > read_clock().on:
        set_practice_day(natural)
    return _real_calendar(natural)


class _Bar:
    """Progress on standard error, only where somebody looks at it."""

    def __init__(self) -> None:
        from rich.console import Console
        from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

        console = Console(stderr=True)
        columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
        self.progress = Progress(*columns, console=console, disable=not sys.stderr.isatty())
        self.progress.start()
        self.task: Any = None

    def step(self, text: str) -> None:
        if self.task is not None:
            self.progress.update(self.task, total=1, completed=1)
        self.task = self.progress.add_task(text, total=None)

    def watch(self, run: Any) -> None:
        if self.task is not None:
            self.progress.update(self.task, total=run.total or None, completed=run.done)

    def stop(self) -> None:
        if self.task is not None:
            self.progress.update(self.task, total=1, completed=1)
        self.progress.stop()


LABELS = {
    "month": "月份 month",
    "county": "区县 county",
    "people": "登记人员 people",
    "assessed": "已评估 assessed",
    "entitled": "符合条件 entitled",
    "issued": "发券 issued",
    "issued_fen": "发券金额 issued",
    "redeemed": "入账账单 bills booked",
    "redeemed_fen": "券支付 redeemed",
    "reversed": "冲正行 lines reversed",
    "expired_fen": "过期金额 expired",
    "statements": "结算单 statements",
    "settled_fen": "已付机构 settled",
    "findings": "审计发现 findings",
    "books_balance": "账平 books balance",
}


def _print(figures: dict[str, Any], waits: list[Any]) -> None:
    from rich.console import Console
    from rich.table import Table

    table = Table(show_header=False, box=None, padding=(0, 2))
    for name, value in figures.items():
        if name.endswith("_fen"):
            shown = f"¥{value // 100:,}.{value % 100:02d}"
        elif isinstance(value, bool):
            shown = "是 yes" if value else "否 no"
        else:
            shown = f"{value:,}" if isinstance(value, int) else str(value)
        table.add_row(LABELS[name], f"[bold]{shown}[/bold]")
    console = Console()
    console.print(table)
    for wait in waits:
        console.print(f"等待 waiting: {wait}")
