"""Spreadsheets: read into rows of raw text within limits, written so that nothing in them runs or loses digits."""

from __future__ import annotations

import csv
import io
import re
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any, BinaryIO, Literal

from python_calamine import CalamineError, CalamineWorkbook, PasswordError, SheetTypeEnum, SheetVisibleEnum

from songhe.document.file import holds_macros, kind_of
from songhe.kernel.refusal import Refusal, reason

SHEET_KIND = reason(
    "document.sheet_kind",
    zh="请上传 Excel（.xlsx、.xls）或 CSV 文件。",
    en="Hand in an Excel file (.xlsx, .xls) or a CSV file.",
    status=415,
)
SHEET_HAS_MACROS = reason(
    "document.sheet_has_macros",
    zh="文件带有宏，请另存为不带宏的 .xlsx 后再上传。",
    en="The workbook holds macros; save it as .xlsx without them.",
    status=415,
)
SHEET_LOCKED = reason(
    "document.sheet_locked", zh="文件有密码，请取消密码后再上传。", en="The workbook is locked with a password."
)
SHEET_TOO_LARGE = reason(
    "document.sheet_too_large",
    zh="表格太大：{found}{unit_zh}，最多{most}{unit_zh}。",
    en="The sheet is too large: {found} {unit_en}, at most {most}.",
    status=413,
)
SHEET_BOMB = reason(
    "document.sheet_bomb",
    zh="文件解压后异常庞大，不予读取。",
    en="The file swells beyond reason when unpacked and is not read.",
    status=413,
)
SHEET_UNREADABLE = reason(
    "document.sheet_unreadable", zh="文件已损坏，读不出来。", en="The file is damaged and cannot be read."
)
SHEET_MISSING = reason(
    "document.sheet_missing", zh="文件里没有名为“{name}”的工作表。", en="The workbook has no sheet called {name}."
)
SHEET_EMPTY = reason("document.sheet_empty", zh="表格是空的。", en="The sheet is empty.")
CELL_TOO_LONG = reason(
    "document.cell_too_long",
    zh="第{row}行第{column}列的内容超过{most}个字。",
    en="Row {row}, column {column} holds more than {most} characters.",
)


@dataclass(frozen=True)
class Limits:
    """What a file handed in may hold."""

    content_bytes: int = 20 * 1024 * 1024
    unpacked_bytes: int = 300 * 1024 * 1024
    entries: int = 1_000
    rows: int = 100_000
    columns: int = 200
    cells: int = 3_000_000
    characters: int = 4_000


@dataclass(frozen=True)
class Sheet:
    """Rows of raw text, from the first row of the sheet on: ``rows[0]`` is row 1. Blank rows at the end are gone."""

    name: str
    rows: list[list[str]]
    sheet_names: tuple[str, ...]


def read_sheet(content: bytes, *, sheet: str | None = None, limits: Limits | None = None) -> Sheet:
    """The rows of one sheet, by default of the first that is visible, as text.

    What a spreadsheet turned into a number too long for it reads ``3.30783E+17``, as people see it there, so that
    an import can refuse it. Refuses with ``document.sheet_kind``, ``document.sheet_has_macros``,
    ``document.sheet_locked``, ``document.sheet_too_large``, ``document.sheet_bomb``, ``document.sheet_unreadable``,
    ``document.sheet_missing``, ``document.sheet_empty`` or ``document.cell_too_long``.
    """
    limits = limits or Limits()
    if len(content) > limits.content_bytes:
        raise _too_large("bytes", len(content), limits.content_bytes)
    if holds_macros(content):
        raise SHEET_HAS_MACROS("file")
    kind = kind_of(content)
    if kind == "csv":
        if sheet is not None:
            raise SHEET_MISSING("file", name=sheet)
        read = Sheet("", _within(_csv_rows(content), limits), ())
    elif kind in ("xlsx", "xls"):
        if kind == "xlsx":
            _check_unpacked(content, limits)
        read = _read_workbook(content, sheet, limits)
    else:
        raise SHEET_KIND("file")
    while read.rows and not any(cell.strip() for cell in read.rows[-1]):
        read.rows.pop()
    if not read.rows:
        raise SHEET_EMPTY("file")
    return read


def _read_workbook(content: bytes, name: str | None, limits: Limits) -> Sheet:
    try:
        with CalamineWorkbook.from_filelike(io.BytesIO(content)) as workbook:
            names = tuple(workbook.sheet_names)
            if name is None:
                name = next(
                    (
                        each.name
                        for each in workbook.sheets_metadata
                        if each.visible == SheetVisibleEnum.Visible and each.typ == SheetTypeEnum.WorkSheet
                    ),
                    None,
                )
            if name is None:
                raise SHEET_EMPTY("file")
            if name not in names:
                raise SHEET_MISSING("file", name=name)
            cells = workbook.get_sheet_by_name(name)
            rows = ([_text(cell) for cell in row] for row in cells.to_python(skip_empty_area=False))
            return Sheet(name, _within(rows, limits), names)
    except PasswordError:
        raise SHEET_LOCKED("file") from None
    except CalamineError:
        raise SHEET_UNREADABLE("file") from None


def _text(cell: Any) -> str:
    if isinstance(cell, str):
        return cell
    if isinstance(cell, bool):
        return "TRUE" if cell else "FALSE"
    if isinstance(cell, float):
        # Spreadsheets keep fifteen digits; beyond that the number shown is no longer the number typed.
        if abs(cell) >= 1e15:
            return f"{cell:.5E}"
        return str(int(cell)) if cell.is_integer() else f"{cell:.15g}"
    if isinstance(cell, datetime):
        return cell.date().isoformat() if cell.time() == time() else cell.isoformat(sep=" ")
    if isinstance(cell, date):
        return cell.isoformat()
    return str(cell)


def _csv_rows(content: bytes) -> Iterator[list[str]]:
    text = _decoded(content)
    first_line = next((line for line in text.splitlines() if line.strip()), "")
    delimiter = max("\t;,", key=first_line.count)
    try:
        yield from csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    except csv.Error:
        raise SHEET_UNREADABLE("file") from None


def _decoded(content: bytes) -> str:
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return content.decode("utf-16")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("gb18030")


def _within(rows: Iterable[list[str]], limits: Limits) -> list[list[str]]:
    kept: list[list[str]] = []
    cells = 0
    for number, row in enumerate(rows, 1):
        cells += len(row)
        if number > limits.rows:
            raise _too_large("rows", number, limits.rows)
        if len(row) > limits.columns:
            raise _too_large("columns", len(row), limits.columns)
        if cells > limits.cells:
            raise _too_large("cells", cells, limits.cells)
        for column, cell in enumerate(row, 1):
            if len(cell) > limits.characters:
                raise CELL_TOO_LONG("file", row=number, column=column, most=limits.characters)
        kept.append(row)
    return kept


_UNITS = {"bytes": "字节", "rows": "行", "columns": "列", "cells": "个单元格"}


def _too_large(unit: str, found: int, most: int) -> Refusal:
    return SHEET_TOO_LARGE("file", unit_zh=_UNITS[unit], unit_en=unit, found=found, most=most)


# Attributes may come in any order and hold ">" between their quotes.
_ROW_OR_CELL = re.compile(
    rb"<(?:\w+:)?(row|c)(?=[\s/>])"
    rb"(?:(?:[^>\"']|\"[^\"]*\"|'[^']*')*?\sr\s*=\s*[\"']([A-Z]{0,3})([0-9]{1,9})[\"'])?"
)
_LONGEST_TAG = 1 << 22


def _check_unpacked(content: bytes, limits: Limits) -> None:
    """Read every part once in pieces: a reader lays out rows times columns, however few of them hold anything."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            parts = archive.infolist()
            if len(parts) > limits.entries or sum(part.file_size for part in parts) > limits.unpacked_bytes:
                raise SHEET_BOMB("file")
            for part in parts:
                with archive.open(part) as stream:
                    rows, columns = _extent(stream)
                if rows > limits.rows:
                    raise _too_large("rows", rows, limits.rows)
                if columns > limits.columns:
                    raise _too_large("columns", columns, limits.columns)
                if rows * columns > limits.cells:
                    raise _too_large("cells", rows * columns, limits.cells)
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError, OSError):
        raise SHEET_UNREADABLE("file") from None


def _extent(stream: Any) -> tuple[int, int]:
    """How many rows and columns the cells of a part span, whether they say where they stand or follow each other."""
    rows = columns = row = column = 0
    rest = b""
    while piece := stream.read(1 << 20):
        text = rest + piece
        cut = max(text.rfind(b"<"), 0)
        text, rest = text[:cut], text[cut:]
        if len(rest) > _LONGEST_TAG:
            raise SHEET_UNREADABLE("file")
        rows, columns, row, column = _widen(text, rows, columns, row, column)
    rows, columns, _, _ = _widen(rest, rows, columns, row, column)
    return rows, columns


def _widen(text: bytes, rows: int, columns: int, row: int, column: int) -> tuple[int, int, int, int]:
    for tag, letters, digits in _ROW_OR_CELL.findall(text):
        if tag == b"row":
            row, column = (int(digits) if digits else row + 1), 0
        else:
            column = _column(letters) if letters else column + 1
            row = max(row, int(digits or 1))
            columns = max(columns, column)
        rows = max(rows, row)
    return rows, columns, row, column


def _column(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number


#: With these a cell begins a formula, in half and in full width (OWASP ASVS 5.0 1.2.10).
FORMULA_BEGINS = frozenset("=+-@\t\r\n\0＝＋－＠")


def harmless(text: str) -> str:
    """The text with an apostrophe before it where a spreadsheet would take it for a formula."""
    return f"'{text}" if text[:1] in FORMULA_BEGINS and text else text


@dataclass(frozen=True)
class Column:
    """A column of a sheet to write. ``text`` keeps every digit; ``money`` is given in fen and shown in yuan."""

    title: str
    kind: Literal["text", "whole", "money", "date"] = "text"
    width: int = 16
    choices: tuple[str, ...] = ()
    hint: str = ""


@dataclass(frozen=True)
class Page:
    """A sheet to write: its columns and rows, and how many blank rows below them a template prepares."""

    name: str
    columns: Sequence[Column]
    rows: Iterable[Sequence[Any]] = ()
    hidden: bool = False
    blank_rows: int = 0


MOST_ROWS = 1_048_575


def write_workbook(pages: Sequence[Page]) -> bytes:
    """A workbook with a frozen header on each sheet, text columns as text, and choices as drop-downs.

    Refuses with ``document.sheet_too_large`` beyond the 1,048,575 rows that a sheet can hold.
    """
    target = io.BytesIO()
    stream_workbook(target, pages)
    return target.getvalue()


def stream_workbook(target: BinaryIO, pages: Sequence[Page]) -> None:
    """The same into an open file; rows are read one by one and lie on the disk until the file is closed."""
    import xlsxwriter

    workbook = xlsxwriter.Workbook(
        target,
        {
            "constant_memory": True,
            "strings_to_formulas": False,
            "strings_to_numbers": False,
            "strings_to_urls": False,
            "default_date_format": "yyyy-mm-dd",
        },
    )
    as_text = 49  # The built-in number of the format "@", which every program takes for text.
    formats = {
        "text": workbook.add_format({"num_format": as_text}),
        "whole": workbook.add_format({"num_format": "0"}),
        "money": workbook.add_format({"num_format": "#,##0.00"}),
        "date": workbook.add_format({"num_format": "yyyy-mm-dd"}),
    }
    heading = workbook.add_format(
        {"bold": True, "num_format": as_text, "bottom": 1, "text_wrap": True, "valign": "top"}
    )
    try:
        for page in pages:
            _write_page(workbook, page, formats, heading)
        shown = next((page for page in pages if not page.hidden), None)
        if shown is not None:
            workbook.get_worksheet_by_name(shown.name).activate()
    finally:
        workbook.close()


def _write_page(workbook: Any, page: Page, formats: dict[str, Any], heading: Any) -> None:
    sheet = workbook.add_worksheet(page.name)
    for place, column in enumerate(page.columns):
        sheet.set_column(place, place, column.width, formats[column.kind])
    for place, column in enumerate(page.columns):
        sheet.write_string(0, place, harmless(column.title), heading)
    sheet.freeze_panes(1, 0)
    last = 0
    for last, row in enumerate(page.rows, 1):
        if last > MOST_ROWS:
            raise _too_large("rows", last, MOST_ROWS)
        for place, (column, value) in enumerate(zip(page.columns, row, strict=True)):
            _write_cell(sheet, last, place, column, value, formats[column.kind])
    prepared = last + page.blank_rows
    for place, column in enumerate(page.columns):
        if column.choices and prepared:
            sheet.data_validation(1, place, prepared, place, _drop_down(workbook, page, place, column))
        elif column.hint and prepared:
            rule = {"validate": "any", "input_title": column.title[:32], "input_message": column.hint[:255]}
            sheet.data_validation(1, place, prepared, place, rule)
    if page.hidden:
        sheet.hide()


def _write_cell(sheet: Any, row: int, place: int, column: Column, value: Any, cell_format: Any) -> None:
    if value is None or value == "":
        return
    if column.kind == "money":
        sheet.write_number(row, place, value / 100, cell_format)
    elif column.kind == "whole":
        sheet.write_number(row, place, value, cell_format)
    elif column.kind == "date":
        sheet.write_datetime(row, place, datetime.combine(value, time()), cell_format)
    else:
        sheet.write_string(row, place, harmless(str(value)), cell_format)


def _drop_down(workbook: Any, page: Page, place: int, column: Column) -> dict[str, Any]:
    """Excel takes 255 characters of choices with the rule itself; longer lists stand on a hidden sheet of their own."""
    rule: dict[str, Any] = {"validate": "list", "ignore_blank": True}
    if column.hint:
        rule |= {"input_title": column.title[:32], "input_message": column.hint[:255]}
    if len(",".join(column.choices)) <= 255 and not any("," in choice for choice in column.choices):
        return rule | {"source": list(column.choices)}
    codes = workbook.add_worksheet(f"{page.name[:24]}_{place + 1}")
    for row, choice in enumerate(column.choices):
        codes.write_string(row, 0, harmless(choice))
    codes.hide()
    quoted = codes.get_name().replace("'", "''")
    return rule | {"source": f"='{quoted}'!$A$1:$A${len(column.choices)}"}


def write_csv(titles: Sequence[str], rows: Iterable[Sequence[Any]]) -> bytes:
    """A CSV file that Excel and WPS open as Chinese: UTF-8 with its mark, texts harmless, blanks for ``None``."""
    target = io.BytesIO()
    stream_csv(target, [Column(title, "whole") for title in titles], rows)
    return target.getvalue()


def stream_csv(target: BinaryIO, columns: Sequence[Column], rows: Iterable[Sequence[Any]]) -> None:
    """The same into an open file, row by row; ``money`` stands in yuan."""
    text = io.TextIOWrapper(target, encoding="utf-8-sig", newline="", write_through=False)
    writer = csv.writer(text)
    writer.writerow([harmless(column.title) for column in columns])
    for row in rows:
        writer.writerow([_csv_cell(column, cell) for column, cell in zip(columns, row, strict=True)])
    text.detach()


def _csv_cell(column: Column, cell: Any) -> Any:
    if cell is None:
        return ""
    if column.kind == "money" and isinstance(cell, int):
        return f"{'-' if cell < 0 else ''}{abs(cell) // 100}.{abs(cell) % 100:02d}"
    return harmless(cell) if isinstance(cell, str) else cell
