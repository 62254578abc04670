"""``songhe examine``: count and score the providers of a county for a month; another person publishes it. 机构考核"""

from __future__ import annotations

import json
from datetime import date
from typing import Any

import click


@click.command()
@click.argument("month")
@click.option("--county", required=True, help="Six-digit code of the county.")
@click.option("--because", default="", help="Why a month that was examined already is examined again.")
@click.option("--as", "by", default="run:examine", help="Account in whose name it is drawn up.")
@click.option("--look", is_flag=True, help="Write nothing; say where counting anew gives something else.")
@click.option("--try", "tried", type=click.File(encoding="utf-8"), help="Write nothing; score by the scheme of a file.")
@click.option("--warnings", is_flag=True, help="Write nothing; say who must mend what until when.")
@click.option("--exits", is_flag=True, help="Write nothing; say who leaves and how many things have no place yet.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def examine(
    month: str,
    county: str,
    because: str,
    by: str,
    look: bool,
    tried: Any,
    warnings: bool,
    exits: bool,
    as_json: bool,
) -> None:
    """Examine all providers of a county for MONTH (2026-03), which is over. It is published on the desk."""
    from songhe.doors.cli.django_setup import set_up

    set_up()
    from songhe.doors.shell.clock import read_clock
    from songhe.examine.draw import draw
    from songhe.examine.queries import explained
    from songhe.kernel.month import Month

    which, number = Month.parse(month), None
    if look:
        number, told = looked(county, which)
    elif tried is not None:
        told = tried_out(county, which, tried.read())
    elif warnings:
        told = warned(county)
    elif exits:
        told = leaving(county, read_clock().on)
    else:
        clock = read_clock()
        row = draw(county=county, month=which, at=clock.at, on=clock.on, by=by, because=because)
        number = row.number
        told = [
            {"provider": one.provider.pk, "name": one.provider.name, "score": one.score.total} for one in explained(row)
        ]
    if as_json:
        click.echo(json.dumps({"month": str(which), "number": number, "rows": told}, ensure_ascii=False))
        return
    click.echo(f"{which} {county} {'' if number is None else number}".rstrip() + f": {len(told)}")
    for each in told:
        click.echo("  " + "  ".join(f"{name} {value}" for name, value in each.items()))


def looked(county: str, which: Any) -> tuple[int, list[dict[str, Any]]]:
    """Where counting anew gives something else than what is frozen."""
    from songhe.examine.draw import differences
    from songhe.examine.queries import all_of

    row = all_of(county).filter(month=str(which)).first()
    if row is None:
        raise click.UsageError(f"{which} is not examined yet in {county}")
    told = [
        {"provider": provider, "indicator": code, "frozen": [old.num, old.den], "now": [new.num, new.den]}
        for provider, code, old, new in differences(row)
    ]
    return row.number, told


def tried_out(county: str, which: Any, text: str) -> list[dict[str, Any]]:
    """Every provider by the scheme in force and by the one of the text, the lowest first."""
    from songhe.examine.draw import try_out
    from songhe.examine.scheme import parse

    return [
        {"provider": one.provider.pk, "name": one.provider.name, "now": one.now, "then": one.then}
        for one in try_out(county=county, month=which, scheme=parse(text))
    ]


def warned(county: str) -> list[dict[str, Any]]:
    """Warnings that are open, by their day."""
    from songhe.examine.warn import OPEN, cautions

    return [
        {"provider": row.provider_id, "name": row.provider.name, "cause": row.cause, "due_on": str(row.due_on)}
        for row in cautions(county).filter(state__in=OPEN)
    ]


def leaving(county: str, on: date) -> list[dict[str, Any]]:
    """Who is about to leave or leaving, and how much of what elders have there has no place yet."""
    from songhe.examine.hand_over import unplaced
    from songhe.examine.leave import exits
    from songhe.examine.models import Exit

    return [
        {
            "provider": row.provider_id,
            "name": row.provider.name,
            "state": str(row.state),
            "since": str(row.since),
            "unplaced": len(unplaced(leaving=row, on=on)),
        }
        for row in exits(county).filter(state__in=[Exit.State.PROPOSED, Exit.State.RUNNING])
    ]
