"""A statement's lines as a workbook that goes to the provider and comes back with what is wrong. 对账表"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from songhe.document.sheet import Column, Page, read_sheet, write_workbook
from songhe.kernel.refusal import Reason, Refusal, reason
from songhe.kernel.typed import fold
from songhe.offline.book import day_of
from songhe.person.masks import mask_name
from songhe.redemption.models import Verdict
from songhe.settlement.borne import lines_on
from songhe.settlement.models import BorneLine, Objection, Statement, StatementLine
from songhe.settlement.objection import Objected
from songhe.settlement.queries import line_numbers
from songhe.settlement.sheet_read import COLUMN_MISSING

#: A statement of more lines is reconciled from the county's own system.
MOST_LINES = 20_000
BLANK_ROWS = 50

AGREED = "一致"
MARKS = {
    AGREED: "",
    "金额不对": Objection.Kind.AMOUNT.value,
    "不是我们的": Objection.Kind.NOT_OURS.value,
    "少了一笔": Objection.Kind.MISSING.value,
    "其他": Objection.Kind.OTHER.value,
}
KINDS = {"CHARGE": "本期", "REFUND": "冲减", "CORRECTION": "更正"}
VERDICTS = {"pass": "通过", "fail": "不通过", "pending": "待核"}

OTHER_STATEMENT = reason(
    "settlement.reconciled_other",
    zh="这张表是结算单{found}的，不是{no}的。",
    en="This sheet is of statement {found}, not of {no}.",
    status=409,
)
NOT_A_MARK = reason(
    "settlement.row_not_a_mark",
    zh="“对账结果”请从下拉里选，没有“{text}”。",
    en="Choose the result from the list: {text}.",
)
NO_SUCH_LINE = reason("settlement.row_no_such_line", zh="结算单里没有这一行。", en="The statement has no such line.")
WHY_MISSING = reason(
    "settlement.row_why_missing", zh="有差异的行要写“说明”。", en="A row that differs needs an explanation."
)
AMOUNT_MISSING = reason(
    "settlement.row_amount_missing", zh="“金额不对”要填“我方金额”。", en="Say what the amount should be."
)
BILL_MISSING = reason(
    "settlement.row_bill_missing", zh="“少了一笔”要填“账单号”。", en="Give the number of the bill that is missing."
)

_AMOUNT = re.compile(r"-?([0-9]{1,9})(?:\.([0-9]{1,2}))?")

COLUMNS = [
    Column("行号", "whole", 8),
    Column("账单号", width=28),
    Column("老人", width=12),
    Column("服务项目", width=20),
    Column("服务日期", "date", 14),
    Column("种类", width=8),
    Column("凭据", width=10),
    Column("补贴金额（元）", "money", 16),
    Column("对账结果", width=14, choices=tuple(MARKS), hint="不填等于一致"),
    Column("我方金额（元）", width=16, hint="金额不对时填"),
    Column("说明", width=40),
]


def lines_of(statement: Statement) -> list[tuple[StatementLine, Verdict | None]]:
    """All lines with the verdicts on their evidence; two statements."""
    county = statement.county
    rows = (
        StatementLine.objects.filter(county=county, statement_id=statement.id)
        .select_related("line", "line__item", "line__bill", "line__bill__person")
        .order_by("number")[:MOST_LINES]
    )
    lines = list(rows)
    verdicts: dict[UUID, Verdict] = {
        row.line_id: row
        for row in Verdict.objects.filter(county=county, line__bill__provider_id=statement.provider_id).filter(
            line_id__in=StatementLine.objects.filter(county=county, statement_id=statement.id).values("line_id")
        )
    }
    return [(line, verdicts.get(line.line_id)) for line in lines]


def lines_workbook(statement: Statement, *, to_mark: bool = True) -> bytes:
    """The lines, with the three columns to mark them in; elders are named as the statement names them: masked."""
    rows = [
        [
            line.number,
            line.line.bill.no,
            mask_name(line.line.bill.person.name),
            line.line.item.name,
            line.line.service_on,
            KINDS[line.kind],
            VERDICTS.get(verdict.outcome if verdict else line.verdict, ""),
            line.amount_fen,
            *(["", "", ""] if to_mark else []),
        ]
        for line, verdict in lines_of(statement)
    ] + [_borne_row(line, to_mark=to_mark) for line in lines_on(statement)]
    head = COLUMNS if to_mark else COLUMNS[:-3]
    how = [
        ("在“对账结果”里选；一致的可以不填。有差异的写明“说明”，金额不对的填“我方金额”。",),
        ("结算单上没有的账单，在空行里填账单号，选“少了一笔”，写明说明。",),
        ("填好后传回结算单页面，差异一起成为异议，由县区处理。",),
    ]
    return write_workbook(
        [
            Page("明细", head, rows, blank_rows=BLANK_ROWS if to_mark else 0),
            *([Page("填写说明", [Column("填写说明", width=90)], how)] if to_mark else []),
            Page("结算单", [Column("结算单号", width=28)], [(statement.no,)], hidden=True),
        ]
    )


def _borne_row(line: BorneLine, *, to_mark: bool) -> list[Any]:
    """What the guarantee bears of a slip; one of a stopped card has no bill."""
    slip = line.trouble.slip
    assert slip is not None
    return [
        line.number,
        slip.bill.no if slip.bill else "",
        mask_name(slip.bill.person.name) if slip.bill else "",
        slip.item,
        day_of(slip),
        KINDS[line.kind],
        f"离线单据{slip.counter}",
        line.amount_fen,
        *(["", "", ""] if to_mark else []),
    ]


@dataclass
class Marked:
    """What a sheet that came back says: rows that agree, what differs, and rows that cannot be read."""

    agreed: int = 0
    objections: list[Objected] = field(default_factory=list)
    faults: list[tuple[int, Refusal]] = field(default_factory=list)


def read_marks(statement: Statement, content: bytes) -> Marked:
    """Read a marked sheet; nothing is changed. Refuses with ``document.*``, ``settlement.sheet_column_missing`` or
    ``settlement.reconciled_other``."""
    sheet = read_sheet(content)
    if "结算单" in sheet.sheet_names:
        named = read_sheet(content, sheet="结算单").rows
        found = fold(named[1][0]) if len(named) > 1 and named[1] else ""
        if found and found != statement.no:
            raise OTHER_STATEMENT("file", found=found, no=statement.no)
    head = {fold(title): place for place, title in enumerate(sheet.rows[0])}
    places = {}
    for column in COLUMNS:
        if fold(column.title) in head:
            places[column.title] = head[fold(column.title)]
    for needed in ("行号", "对账结果", "说明"):
        if needed not in places:
            raise COLUMN_MISSING("file", column=needed, column_en=needed)
    known = line_numbers(statement)
    marked = Marked()
    for line, cells in enumerate(sheet.rows[1:], 2):
        told = {title: cells[place].strip() if place < len(cells) else "" for title, place in places.items()}
        if any(told.values()):
            _read_row(line, told, known, marked)
    return marked


def _read_row(line: int, told: Mapping[str, str], known: set[int], marked: Marked) -> None:
    def fault(why: Reason, **values: Any) -> None:
        marked.faults.append((line, why("row", **values)))

    mark = told["对账结果"] or AGREED
    if mark not in MARKS:
        fault(NOT_A_MARK, text=mark[:20])
        return
    if mark == AGREED:
        marked.agreed += 1
        return
    kind, typed = MARKS[mark], fold(told["行号"])
    number = int(typed) if typed.isascii() and typed.isdigit() else None
    if (number is not None and number not in known) or (number is None and kind not in ("missing", "other")):
        fault(NO_SUCH_LINE)
    elif not told["说明"]:
        fault(WHY_MISSING)
    elif kind == "amount" and _fen(told.get("我方金额（元）", "")) is None:
        fault(AMOUNT_MISSING)
    elif kind == "missing" and not told.get("账单号"):
        fault(BILL_MISSING)
    else:
        bill_no = fold(told.get("账单号", "")).replace("-", "")[:24]
        claimed = _fen(told.get("我方金额（元）", ""))
        marked.objections.append(Objected(kind, told["说明"][:300], number, bill_no, claimed))


def _fen(text: str) -> int | None:
    found = _AMOUNT.fullmatch(fold(text).replace(",", "").lstrip("¥￥").removesuffix("元"))
    return int(found[1]) * 100 + int((found[2] or "").ljust(2, "0") or 0) if found else None


def objections_of(statement: Statement) -> Sequence[Objection]:
    """What was held against the statement, the newest first."""
    rows = Objection.objects.filter(county=statement.county, statement_id=statement.id)
    return list(rows.select_related("file").order_by("-raised_at", "number", "id")[:200])
