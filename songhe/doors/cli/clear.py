"""``songhe clear``: what other counties served on a county's cards is claimed and sent to them. 异地清算"""

from __future__ import annotations

import json

import click


@click.command()
@click.argument("month")
@click.option("--county", required=True, help="Six-digit code of the county whose cards were taken elsewhere.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def clear(month: str, county: str, as_json: bool) -> None:
    """Make the claims of MONTH (2026-03) for each county that served the cards, and say how each stands.

    A claim that is made already is only shown; the run of the month does the same after gathering.
    """
    from songhe.doors.cli.django_setup import set_up

    set_up()
    from songhe.doors.shell.clock import read_clock
    from songhe.kernel.month import Month
    from songhe.settlement.clear import by_level
    from songhe.settlement.clear import clear as clear_month
    from songhe.settlement.differ import compare
    from songhe.settlement.models import Claim

    which, now = Month.parse(month), read_clock()
    clear_month(county=county, month=which, at=now.at, on=now.on, by="cli:clear")
    told = []
    for claim in Claim.objects.filter(county=county, month=str(which)).order_by("serving"):
        levels = by_level(county=county, claim_ids=[claim.id])
        told.append(
            {
                "no": claim.no,
                "serving": claim.serving,
                "lines": claim.lines,
                "amount_fen": claim.amount_fen,
                "levels": {level: fen for level, (_, fen) in levels.items()},
                "agrees": compare(claim).agrees,
                "settled_month": claim.settled_month,
            }
        )
    if as_json:
        click.echo(json.dumps({"county": county, "month": str(which), "claims": told}, ensure_ascii=False))
        return
    for each in told:
        seen = "both sides agree 双方一致" if each["agrees"] else "not the same there yet 双方不一致"
        click.echo(f"{each['no']} → {each['serving']} {each['lines']} lines {each['amount_fen']} fen: {seen}")
    if not told:
        click.echo("Nothing to claim. 没有要清算的。")
