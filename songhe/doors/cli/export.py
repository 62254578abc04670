"""``songhe export``: lists for people and for independent checks, as .xlsx or .csv."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import click

#: What a list is called here and at the other doors.
CODES = {"persons": "people"} | {
    name: name for name in ("applications", "vouchers", "bills", "statements", "transfers", "figures", "trail")
}
OF_A_MONTH = ("vouchers", "bills", "statements", "transfers", "figures")


@click.command()
@click.argument("what", type=click.Choice(list(CODES)))
@click.option("--county", required=True, help="Six-digit code of the county.")
@click.option("--month", help=f"2026-03; needed for {', '.join(OF_A_MONTH)}.")
@click.option("--out", required=True, type=click.Path(path_type=Path, dir_okay=False), help=".xlsx or .csv")
@click.option("--by", required=True, help="User name of whoever takes the list; it is noted in the trail.")
@click.option("--json", "as_json", is_flag=True)
def export(what: str, county: str, month: str | None, out: Path, by: str, as_json: bool) -> None:
    """Write a list to OUT. Names and numbers of people are masked; formulas are made harmless; the trail knows.

    Rows are read and written in parts: a list of any length takes the same memory.
    """
    from songhe.doors.cli.django_setup import set_up

    set_up()
    from django.utils.translation import override

    from songhe.access.scope import Scope
    from songhe.document.sheet import Page, stream_csv, stream_workbook
    from songhe.doors.shell.clock import read_clock
    from songhe.doors.staff.lists import LISTS, Want
    from songhe.kernel.month import Month
    from songhe.trail.note import note

    if what in OF_A_MONTH:
        if not month:
            raise click.BadParameter("needed for this list", param_hint="--month")
        Month.parse(month)
    clock, listing, written = read_clock(), LISTS[CODES[what]], 0
    asked = {"month": month} if month else {}
    want = Want(county, Scope((county,), purpose="songhe export"), clock.on, clock.at, asked, name_hidden=True)

    def rows() -> Iterator[Sequence[Any]]:
        nonlocal written
        for part in listing.parts(want):
            yield from part
            written += len(part)

    with override("zh-hans"), out.open("wb") as target:
        columns = listing.columns(want)
        if out.suffix == ".csv":
            stream_csv(target, columns, rows())
        else:
            stream_workbook(target, [Page(what, columns, rows())])
    note(
        county=county,
        at=clock.at,
        actor=by,
        act="export.list",
        subject="list",
        subject_id=what,
        month=month or "",
        rows=written,
    )
    click.echo(json.dumps({"file": str(out), "rows": written}) if as_json else f"{out} {written:,}")
