"""``songhe import``: take a table of people or of assessment results in, row by row."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import click

from songhe.doors.cli import OK, PARTLY_DONE

KINDS = ("persons", "assessments")


@click.command("import")
@click.argument("kind", type=click.Choice(KINDS))
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option("--county", required=True, help="Six-digit code of the county whose files these are.")
@click.option("--by", required=True, help="User name of whoever answers for the table.")
@click.option("--source", default="import", show_default=True, help="Where the table comes from, for the provenance.")
@click.option("--dry-run", is_flag=True, help="Say what would happen and write nothing (persons).")
@click.option("--accept-warnings", is_flag=True, help="Load rows with warnings too (persons).")
@click.option(
    "--report", type=click.Path(path_type=Path, dir_okay=False), help="Write the rows with their findings here."
)
@click.option("--json", "as_json", is_flag=True)
def import_(
    kind: str,
    file: Path,
    county: str,
    by: str,
    source: str,
    dry_run: bool,
    accept_warnings: bool,
    report: Path | None,
    as_json: bool,
) -> None:
    """Load FILE (.xlsx, .xls, .ods or .csv; first row: headings). Exit 3 when some rows were not loaded.

    The same file again changes nothing. A row that cannot be loaded stops no other.
    """
    from songhe.doors.cli.django_setup import set_up

    set_up()
    from songhe.document.sheet import read_sheet
    from songhe.doors.shell.clock import read_clock
    from songhe.person import importing

    sheet = read_sheet(file.read_bytes())
    headings, *cells = sheet.rows
    table = [dict(zip(headings, row + [""] * (len(headings) - len(row)), strict=False)) for row in cells]
    clock = read_clock()
    if kind == "assessments":
        answers = _assessments(county, table, by=by)
    elif dry_run:
        answers = _persons(importing.preview(county=county, table=table, on=clock.on))
    else:
        done = importing.load(
            county=county,
            table=table,
            on=clock.on,
            at=clock.at,
            by=by,
            source=source,
            document=file.name,
            accept_warnings=accept_warnings,
        )
        answers = _persons(done)
    if report:
        report.write_bytes(_workbook(headings, cells, answers))
    counted: dict[str, int] = {}
    for answer in answers:
        counted[answer["state"]] = counted.get(answer["state"], 0) + 1
    if as_json:
        click.echo(json.dumps({"counts": counted, "rows": answers}, ensure_ascii=False))
    else:
        click.echo("  ".join(f"{state} {count}" for state, count in counted.items()))
        for answer in answers:
            for finding in answer["findings"]:
                click.echo(f"{answer['row']}: {finding['code']} {finding['zh']} {finding['en']}")
    left = any(answer["state"] in {"error", "waiting", "refused"} for answer in answers)
    sys.exit(PARTLY_DONE if left else OK)


def _persons(report: Any) -> list[dict[str, Any]]:
    return [
        {
            "row": row.number,
            "state": row.state,
            "findings": [
                {"kind": each.kind, "code": each.code, "field": each.field, "zh": each.zh, "en": each.en}
                for each in row.findings
            ],
        }
        for row in report.rows
    ]


def _assessments(county: str, table: Sequence[dict[str, str]], *, by: str) -> list[dict[str, Any]]:
    from songhe.assessment.loading import load
    from songhe.doors.shell.clock import read_clock
    from songhe.policy.resolve import library

    clock = read_clock()
    policy = library().resolve(policy="consumption-voucher", place=county, on=clock.on)
    rows = [{name: _number(name, value) for name, value in row.items() if value} for row in table]
    return [
        {
            "row": each.row,
            "state": each.state,
            "findings": [
                {
                    "kind": "error" if each.state == "refused" else "hint",
                    "code": why.code,
                    "field": why.field,
                    "zh": why.message("zh"),
                    "en": why.message("en"),
                }
                for why in [each.because]
                if why is not None
            ],
        }
        for each in load(county=county, rows=rows, policy=policy, at=clock.at, on=clock.on, by=by)
    ]


def _number(name: str, value: str) -> Any:
    return int(value) if name == "level" and value.isdigit() else value


def _workbook(headings: Sequence[str], cells: Sequence[Sequence[str]], answers: Sequence[dict[str, Any]]) -> bytes:
    """The same table with two more columns: what became of the row, and why."""
    from songhe.document.sheet import Column, Page, write_workbook

    rows = [
        [
            *row,
            *[""] * (len(headings) - len(row)),
            answer["state"],
            "；".join(each["zh"] for each in answer["findings"]),
        ]
        for row, answer in zip(cells, answers, strict=True)
    ]
    columns = [Column(heading) for heading in headings] + [Column("结果"), Column("错误说明", width=60)]
    return write_workbook([Page("导入结果", columns, rows)])
