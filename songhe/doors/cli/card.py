"""``songhe card``: the love cards of a county by the month: into class, charged, expired, counted. 爱心卡"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import click

from songhe.doors.cli import OK, PARTLY_DONE

if TYPE_CHECKING:
    from songhe.card.models import Fund
    from songhe.kernel.month import Month

Command = Callable[..., Any]


def _asked(command: Command) -> Command:
    """What every command takes: the month and the county that it is about."""
    command = click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")(command)
    command = click.option("--county", required=True, help="Six-digit code of the county.")(command)
    return click.argument("month", required=False)(command)


@click.group()
def card() -> None:
    """The love cards of a county. MONTH (2026-03) is the current one if it is left out; no other can be run."""
    from songhe.doors.cli.django_setup import set_up

    set_up()


@card.command()
@_asked
def classify(month: str | None, county: str, as_json: bool) -> None:
    """Put every card into class and under the standards its holder meets; only what changed is written."""
    from songhe.card.classify import classify_county
    from songhe.card.standard import rules_at
    from songhe.doors.shell.clock import read_clock

    _this(month)
    on = read_clock().on
    policy = rules_at(county, on)
    done = classify_county(county=county, policy=policy, on=on, clock=lambda: read_clock().at)
    _say(vars(done), as_json)


@card.command()
@_asked
def charge(month: str | None, county: str, as_json: bool) -> None:
    """Charge the cards from every fund that gives by the month; exit status 3 when cards wait for money."""
    from songhe.card.charge import charge as charge_fund
    from songhe.doors.shell.clock import read_clock

    which, funds = _this(month), {}
    for fund in _funds(county):
        if not fund.rates:
            continue
        done = charge_fund(
            county=county, fund_id=fund.id, month=which, on=read_clock().on, clock=lambda: read_clock().at
        )
        funds[fund.code] = vars(done)
    _say(funds, as_json)
    sys.exit(PARTLY_DONE if any(each["waiting"] for each in funds.values()) else OK)


@card.command()
@_asked
def expire(month: str | None, county: str, as_json: bool) -> None:
    """Let what lapsed before today return to the funds that gave it."""
    from songhe.card.expire import expire as expire_fund
    from songhe.doors.shell.clock import read_clock

    _this(month)
    funds = {}
    for fund in _funds(county):
        if fund.expiry != "never":
            done = expire_fund(county=county, fund_id=fund.id, on=read_clock().on, clock=lambda: read_clock().at)
            funds[fund.code] = vars(done)
    _say(funds, as_json)


@card.command()
@_asked
def holders(month: str | None, county: str, as_json: bool) -> None:
    """Count holders by town and class against the county's target."""
    from songhe.card.holders import holders as counted
    from songhe.doors.shell.clock import read_clock

    _this(month)
    found = counted(county=county, on=read_clock().on)
    towns = {each.code or "-": {"eligible": each.eligible, "held": each.held, **_classes(each)} for each in found.towns}
    total = {"eligible": found.total.eligible, "held": found.total.held, **_classes(found.total)}
    _say({**towns, "total": {**total, "wanted": found.wanted, "lacking": found.lacking}}, as_json)


@card.command()
@_asked
def holds(month: str | None, county: str, as_json: bool) -> None:
    """Say what is set aside on cards now, by provider: how many holds, how many fen, and when the first ends."""
    from songhe.card.hold_queries import by_provider

    _this(month)
    found = by_provider(county)
    told = {
        str(each["provider_id"]): {
            "name": each["provider__name"],
            "holds": each["holds"],
            "fen": each["fen"],
            "first_ends": each["first_ends"].isoformat(),
        }
        for each in found
    }
    total = {"holds": sum(each["holds"] for each in found), "fen": sum(each["fen"] for each in found)}
    _say({**told, "total": total}, as_json)


def _classes(town: Any) -> dict[str, int]:
    return {f"class_{number}": held for number, held in town.by_class.items()}


def _this(month: str | None) -> Month:
    """The current month. Refuses with ``card.not_that_month``."""
    from songhe.card.charge import MONTH_NOT_NOW
    from songhe.doors.shell.clock import read_clock
    from songhe.kernel.month import Month

    now = Month.of(read_clock().on)
    asked = Month.parse(month) if month else now
    if asked != now:
        raise MONTH_NOT_NOW("month", month=asked)
    return asked


def _funds(county: str) -> list[Fund]:
    from songhe.card.models import Fund

    return list(Fund.objects.filter(county=county, closed_on=None).order_by("slot"))


def _say(told: dict[str, Any], as_json: bool) -> None:
    if as_json:
        click.echo(json.dumps(told, ensure_ascii=False))
        return
    for name, value in told.items():
        shown = "  ".join(f"{key} {each}" for key, each in value.items()) if isinstance(value, dict) else value
        click.echo(f"{name:24} {shown}")
