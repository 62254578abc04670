"""The file that goes to the bank and the one that comes back: CSV, amounts in yuan with two places, to the fen."""

from __future__ import annotations

import re
from collections.abc import Iterable

from songhe.document.sheet import read_sheet, write_csv
from songhe.kernel.month import parse_date
from songhe.kernel.refusal import Refusal, reason
from songhe.settlement.ports import BankRow, Outcome, PayOrder

UNREADABLE = reason(
    "settlement.bank_row_unreadable",
    zh="银行回单第{row}行的“{what}”读不懂：“{text}”。",
    en="Row {row} of the bank's file: {what} is not readable: “{text}”.",
)
COLUMN_MISSING = reason(
    "settlement.bank_column_missing", zh="银行回单缺少“{what}”列。", en="The bank's file has no column {what}."
)

TITLES = ("付款编号", "收款户名", "开户行", "收款账号", "金额(元)", "用途")
RETURN_TITLES = ("付款编号", "金额(元)", "结果", "入账日期", "原因", "银行流水号")
OUTCOMES = {Outcome.PAID: "成功", Outcome.RETURNED: "退回"}

_AMOUNT = re.compile(r"(\d{1,3}(?:,\d{3})+|\d+)(?:\.(\d{1,2}))?")


def yuan(fen: int) -> str:
    """``70400`` as ``704.00``; no float comes near it."""
    return f"{fen // 100}.{fen % 100:02d}"


def fen(text: str) -> int:
    """``704``, ``704.0``, ``1,704.00`` in fen; anything else is a ``ValueError``."""
    found = _AMOUNT.fullmatch(text.strip())
    if not found:
        raise ValueError(text)
    return int(found[1].replace(",", "")) * 100 + int((found[2] or "").ljust(2, "0"))


def write_orders(orders: Iterable[PayOrder]) -> bytes:
    """The pay-out file. A name that a spreadsheet would run as a formula is made harmless."""
    return write_csv(
        TITLES,
        [
            (
                order.reference,
                order.holder,
                order.bank,
                order.account_number,
                yuan(order.amount_fen),
                order.purpose,
            )
            for order in orders
        ],
    )


def read_orders(content: bytes) -> list[PayOrder]:
    """A pay-out file as a bank reads it."""
    rows = read_sheet(content).rows
    return [PayOrder(row[0], row[1], row[2], row[3], fen(row[4]), row[5]) for row in rows[1:]]


def write_rows(rows: Iterable[BankRow]) -> bytes:
    """A bank statement in our own form."""
    return write_csv(
        RETURN_TITLES,
        [
            (
                row.reference,
                yuan(row.amount_fen),
                OUTCOMES[row.outcome],
                row.booked_on.isoformat(),
                row.because,
                row.bank_no,
            )
            for row in rows
        ],
    )


def read_rows(content: bytes) -> list[BankRow]:
    """A bank statement, CSV or workbook, its columns found by their titles in any order.

    Refuses with ``settlement.bank_column_missing`` or ``settlement.bank_row_unreadable``, and as
    ``songhe.document.sheet.read_sheet`` does.
    """
    rows = read_sheet(content).rows
    titles = {title.strip(): place for place, title in enumerate(rows[0])}
    for title in RETURN_TITLES[:4]:
        if title not in titles:
            raise COLUMN_MISSING("file", what=title)
    return [_row(titles, row, line) for line, row in enumerate(rows[1:], start=2) if any(cell.strip() for cell in row)]


def _row(titles: dict[str, int], row: list[str], line: int) -> BankRow:
    def cell(title: str) -> str:
        place = titles.get(title, len(row))
        return row[place].strip() if place < len(row) else ""

    outcomes = {word: outcome for outcome, word in OUTCOMES.items()}
    try:
        amount = fen(cell("金额(元)"))
    except ValueError:
        raise UNREADABLE("file", row=line, what="金额(元)", text=cell("金额(元)")) from None
    if cell("结果") not in outcomes:
        raise UNREADABLE("file", row=line, what="结果", text=cell("结果"))
    try:
        booked_on = parse_date(cell("入账日期"))
    except Refusal:
        raise UNREADABLE("file", row=line, what="入账日期", text=cell("入账日期")) from None
    return BankRow(
        reference=cell("付款编号"),
        amount_fen=amount,
        outcome=outcomes[cell("结果")],
        booked_on=booked_on,
        because=cell("原因"),
        bank_no=cell("银行流水号"),
    )
