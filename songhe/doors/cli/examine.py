"""``songhe examine``: count and score the providers of a county for a month; another person publishes it. 机构考核"""

from __future__ import annotations

import json

import click


@click.command()
@click.argument("month")
@click.option("--county", required=True, help="Six-digit code of the county.")
@click.option("--because", default="", help="Why a month that was examined already is examined again.")
@click.option("--as", "by", default="run:examine", help="Account in whose name it is drawn up.")
@click.option("--look", is_flag=True, help="Write nothing; say where counting anew gives something else.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def examine(month: str, county: str, because: str, by: str, look: bool, as_json: bool) -> None:
    """Examine all providers of a county for MONTH (2026-03), which is over. It is published on the desk."""
    from songhe.doors.cli.django_setup import set_up

    set_up()
    from songhe.doors.shell.clock import read_clock
    from songhe.examine.draw import differences, draw
    from songhe.examine.queries import all_of, explained
    from songhe.kernel.month import Month

    which = Month.parse(month)
    if look:
        row = all_of(county).filter(month=str(which)).first()
        if row is None:
            raise click.UsageError(f"{which} is not examined yet in {county}")
        told = [
            {"provider": provider, "indicator": code, "frozen": [old.num, old.den], "now": [new.num, new.den]}
            for provider, code, old, new in differences(row)
        ]
    else:
        clock = read_clock()
        row = draw(county=county, month=which, at=clock.at, on=clock.on, by=by, because=because)
        told = [
            {"provider": one.provider.pk, "name": one.provider.name, "score": one.score.total} for one in explained(row)
        ]
    if as_json:
        click.echo(json.dumps({"month": str(which), "number": row.number, "rows": told}, ensure_ascii=False))
        return
    click.echo(f"{which} {county} {row.number}: {len(told)}")
    for each in told:
        click.echo("  " + "  ".join(f"{name} {value}" for name, value in each.items()))
