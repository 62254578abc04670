"""A table of people that somebody handed in is loaded by the worker, chunk by chunk, in a run of its own. 批量导入"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import transaction

from songhe.access.models import Account
from songhe.county.key import new_id
from songhe.document.file import keep_file, read_file
from songhe.document.models import StoredFile
from songhe.document.sheet import Limits, read_sheet
from songhe.jobs.models import Outgoing, Run, RunState
from songhe.jobs.outbox import put
from songhe.jobs.run import RUNNING, running
from songhe.kernel.month import beijing_date
from songhe.kernel.refusal import NOT_JSON, reason
from songhe.person.importing import Finding, Report, load, preview

JOB = "person.import"
TOPIC = "person.import"
MOST_ROWS = 100_000
#: Findings kept with the run; whoever has more rows wrong than this mends the table first.
MOST_FINDINGS = 5_000

TOO_MANY_ROWS = reason(
    "import.too_many_rows", zh="一次最多导入{most}行。", en="At most {most} rows at a time.", status=413
)
NO_ROWS = reason("import.no_rows", zh="表里没有内容。", en="The table is empty.")
NO_JSON_LINE = reason("import.no_json_line", zh="第{row}行不是 JSON 对象。", en="Line {row} is not a JSON object.")


def hand_in(*, county: str, content: bytes, accept_warnings: bool, account: Account, at: datetime) -> Run:
    """Keep a table and ask the worker to load it. The same table again goes on, or is loaded again, in the same run.

    It is read once now, so that a file that is no table is refused at once. Refuses with ``import.*``,
    ``document.*``, ``input.not_json``, ``person.import_column_missing``, ``person.import_column_twice`` or
    ``jobs.running``.
    """
    # Its first row says whether its columns will do.
    preview(county=county, table=read_table(content)[:1], on=beijing_date(at))
    with transaction.atomic():
        kept = keep_file(
            county=county,
            content=content,
            purpose="people",
            uploaded_by=account,
            at=at,
            allowed=("xlsx", "csv"),
            most_bytes=Limits.content_bytes,
        )
        run, made = Run.objects.get_or_create(county=county, job=JOB, period=kept.sha256[:10])
        if not made and run.state == RunState.RUNNING:
            raise RUNNING("job", job=JOB, period=run.period)
        run.state, run.done, run.problem = RunState.WAITING, 0, ""
        run.result = {}
        run.save(update_fields=["state", "done", "problem", "result"])
        put(
            county=county,
            topic=TOPIC,
            about=new_id(),
            payload={
                "run": str(run.id),
                "period": run.period,
                "file": str(kept.id),
                "by": account.username,
                "accept_warnings": accept_warnings,
            },
            at=at,
        )
    return run


def import_people(entry: Outgoing, at: datetime) -> None:
    """The worker's part: load the table chunk by chunk. Killed and begun again it finds what it did ``same``."""
    county, told = entry.county, entry.payload
    stored = StoredFile.objects.everywhere("a table that was handed in").get(county=county, id=told["file"])
    table = read_table(read_file(stored))
    with running(county=county, job=JOB, period=told["period"], clock=lambda: at) as progress:
        progress.expect(len(table))

        def moved_to(row: int, _: int) -> None:
            progress.advance(row - progress.run.done)

        report = load(
            county=county,
            table=table,
            on=beijing_date(at),
            at=at,
            by=told["by"],
            source="import",
            document=stored.name,
            accept_warnings=told["accept_warnings"],
            progress=moved_to,
        )
        progress.advance(len(table) - progress.run.done)
        progress.result |= {"counts": report.counts, "findings": findings(report)}
        progress.result["waits"] = report.counts["waiting"] + report.counts["error"] + report.counts["duplicate"]


def findings(report: Report) -> list[dict[str, Any]]:
    """What was found in the rows that were not simply loaded, and about the table itself as row 0."""
    found = [_written(0, "", each) for each in report.hints]
    for row in report.rows:
        found += [_written(row.number, row.state, each) for each in row.findings if each.kind != "hint"]
    return found[:MOST_FINDINGS]


def read_table(content: bytes) -> Sequence[Mapping[str, Any]]:
    """Rows by heading or field name, out of newline-delimited JSON, a workbook or a CSV file.

    Refuses with ``import.no_rows``, ``import.no_json_line``, ``import.too_many_rows`` and the codes of
    ``songhe.document.sheet``.
    """
    if content.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"{"):
        rows = _read_lines(content)
    else:
        sheet = read_sheet(content).rows
        headings = [heading.strip() for heading in sheet[0]]
        wide = len(headings)
        rows = [
            {heading: cell for heading, cell in zip(headings, [*row, *[""] * wide], strict=False) if heading}
            for row in sheet[1:]
        ]
    if not rows:
        raise NO_ROWS("file")
    if len(rows) > MOST_ROWS:
        raise TOO_MANY_ROWS("file", most=MOST_ROWS)
    return rows


def _read_lines(content: bytes) -> list[dict[str, Any]]:
    try:
        lines = content.decode("utf-8-sig").splitlines()
    except UnicodeDecodeError:
        raise NOT_JSON("file") from None
    rows: list[dict[str, Any]] = []
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            row = json.loads(line)
        except (ValueError, RecursionError):
            row = None
        if not isinstance(row, dict):
            raise NO_JSON_LINE("file", row=number)
        rows.append({name: _plain(value) for name, value in row.items()})
    names = dict.fromkeys(name for row in rows for name in row)
    return [{name: row.get(name, "") for name in names} for row in rows]


def _plain(value: Any) -> Any:
    """Text and numbers as they are, anything else as its text, which its own rule will not like."""
    return "" if value is None else value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _written(row: int, state: str, finding: Finding) -> dict[str, Any]:
    return {
        "row": row,
        "state": state,
        "kind": finding.kind,
        "code": finding.code,
        "field": finding.field,
        "zh": finding.zh,
        "en": finding.en,
    }
