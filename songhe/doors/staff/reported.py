"""What became of a table, given back as the same table: a column that says what is wrong, and red cells."""

from __future__ import annotations

import io
import json
from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Protocol

from django.utils.translation import gettext as _

from songhe.access.models import Account
from songhe.document.file import keep_file, read_file
from songhe.document.models import StoredFile
from songhe.document.sheet import harmless, read_sheet
from songhe.doors.staff import words
from songhe.jobs.models import Run
from songhe.kernel.refusal import Refusal

KIND = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
SHEETS = ("xlsx", "xls", "csv")


class Read(Protocol):
    """A column of the table and the field that it was read as."""

    @property
    def place(self) -> int: ...

    @property
    def field(self) -> str: ...


def as_lines(table: Sequence[Mapping[str, str]]) -> bytes:
    """The rows under their field names, one JSON object a line: what the worker is given."""
    return "\n".join(json.dumps(row, ensure_ascii=False) for row in table).encode()


def keep_origin(
    run: Run, kept: StoredFile, content: bytes, headings: Sequence[Read], *, account: Account, at: datetime
) -> None:
    """Keep the table as it came under the run's own name, and which column was read as what."""
    read = {heading.field: heading.place for heading in reversed(headings) if heading.field}
    for purpose, what, kinds in (
        (f"origin-{run.period}", content, SHEETS),
        (f"columns-{run.period}", _as_csv(read), ("csv",)),
    ):
        if _kept(run, purpose) is None:
            keep_file(
                county=run.county, content=what, purpose=purpose, uploaded_by=account, at=at, allowed=kinds,
                most_bytes=kept.size + 10_000,
            )  # fmt: skip


def _as_csv(read: Mapping[str, int]) -> bytes:
    return "".join(["field,column\n", *(f"{name},{place}\n" for name, place in read.items())]).encode()


def _kept(run: Run, purpose: str) -> StoredFile | None:
    rows = StoredFile.objects.everywhere("the table of a run whose county the caller has checked")
    return rows.filter(county=run.county, name__startswith=f"{purpose}-").order_by("-uploaded_at").first()


def document_of(run: Run) -> str:
    """Under which name the registry knows the table."""
    rows = StoredFile.objects.everywhere("the table of a run whose county the caller has checked")
    found = rows.filter(county=run.county, name__startswith=f"people-{run.period}").order_by("-uploaded_at").first()
    return found.name if found else ""


def workbook(run: Run) -> bytes | None:
    """The table with what was found in it; nothing where it was handed in otherwise than on the page."""
    import xlsxwriter

    origin, columns = _kept(run, f"origin-{run.period}"), _kept(run, f"columns-{run.period}")
    if origin is None or columns is None:
        return None
    try:
        sheet = read_sheet(read_file(origin))
        read = {row[0]: int(row[1]) for row in read_sheet(read_file(columns)).rows[1:]}
    except Refusal:
        return None
    found: dict[int, list[dict[str, Any]]] = defaultdict(list)
    for each in run.result.get("findings", []):
        found[each["row"]].append(each)
    target = io.BytesIO()
    book = xlsxwriter.Workbook(
        target,
        {"constant_memory": True, "strings_to_formulas": False, "strings_to_numbers": False, "strings_to_urls": False},
    )
    plain = book.add_format({"num_format": 49})
    head = book.add_format({"num_format": 49, "bold": True, "bottom": 1})
    wrong = book.add_format({"num_format": 49, "bg_color": "#F8C9C4", "font_color": "#7A1712"})
    page = book.add_worksheet((sheet.name or _("人员"))[:31])
    wide = max(len(row) for row in sheet.rows)
    page.set_column(0, wide - 1, 18, plain)
    page.set_column(wide, wide + 1, 40, plain)
    page.freeze_panes(1, 0)
    for number, row in enumerate(sheet.rows):
        told = found.get(number, []) if number else []
        bad = {read[each["field"]] for each in told if each["field"] in read}
        for place, cell in enumerate(row):
            if cell or place in bad:
                page.write_string(
                    number, place, harmless(cell), head if not number else wrong if place in bad else plain
                )
        if not number:
            page.write_string(0, wide, _("结果"), head)
            page.write_string(0, wide + 1, _("错误说明"), head)
        elif told:
            page.write_string(number, wide, str(words.IMPORTED[told[0]["state"]].said), wrong)
            said = "；".join(words.said(each["zh"], each["en"]) for each in told)
            page.write_string(number, wide + 1, harmless(said), wrong)
    book.close()
    return target.getvalue()
