"""Spreadsheets: every digit kept, nothing run, nothing that swells."""

from __future__ import annotations

import io
import re
import zipfile
from datetime import date, datetime

import pytest
import xlsxwriter
from hypothesis import given
from hypothesis import strategies as st

from songhe.document.sheet import Column, Limits, Page, harmless, read_sheet, write_csv, write_workbook
from songhe.kernel.refusal import Refusal

ID_NUMBER = "11010519491231002X"
PEOPLE = [Column("姓名"), Column("身份证号"), Column("月龄", "whole"), Column("金额", "money"), Column("日期", "date")]


def workbook(write, **options) -> bytes:
    target = io.BytesIO()
    made = xlsxwriter.Workbook(target, options)
    write(made)
    made.close()
    return target.getvalue()


def altered(content: bytes, part: str, change) -> bytes:
    """The workbook with one part rewritten."""
    target = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            text = old.read(name)
            new.writestr(name, change(text) if name == part else text)
    return target.getvalue()


def part_of(content: bytes, name: str) -> str:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return archive.read(name).decode()


def refusal_of(act) -> Refusal:
    with pytest.raises(Refusal) as refused:
        act()
    refused.value.message("zh"), refused.value.message("en")
    return refused.value


SMALL = write_workbook(
    [Page("名册", [Column("姓名"), Column("身份证号")], [["张三", ID_NUMBER], ["阿依古丽·买买提", "1"]])]
)


def test_what_was_written_is_read_back_to_the_last_digit():
    rows = [["张三", ID_NUMBER, 900, 123450, date(2026, 3, 8)], ["李·四", "110105194912310021", None, 1, None]]
    read = read_sheet(write_workbook([Page("名册", PEOPLE, rows)]))
    assert read.rows == [
        ["姓名", "身份证号", "月龄", "金额", "日期"],
        ["张三", ID_NUMBER, "900", "1234.5", "2026-03-08"],
        ["李·四", "110105194912310021", "", "0.01", ""],
    ]
    assert read.sheet_names == ("名册",)


def test_an_id_number_that_became_a_number_reads_as_people_see_it():
    content = workbook(lambda made: made.add_worksheet("a").write_number(0, 0, 330783194912310021))
    assert read_sheet(content).rows == [["3.30783E+17"]]


def test_a_village_code_kept_as_a_number_loses_nothing():
    content = workbook(lambda made: made.add_worksheet("a").write_number(0, 0, 370799100200))
    assert read_sheet(content).rows == [["370799100200"]]


def test_numbers_dates_and_truths_become_plain_text():
    def write(made):
        sheet = made.add_worksheet("a")
        day = made.add_format({"num_format": "yyyy-mm-dd hh:mm"})
        sheet.write_row(0, 0, [0.1 + 0.2, -3, True])
        sheet.write_datetime(0, 3, datetime(2026, 3, 8), day)
        sheet.write_datetime(0, 4, datetime(2026, 3, 8, 9, 30), day)

    assert read_sheet(workbook(write)).rows == [["0.3", "-3", "TRUE", "2026-03-08", "2026-03-08 09:30:00"]]


def test_rows_keep_their_place_when_the_first_ones_are_blank():
    content = workbook(lambda made: made.add_worksheet("a").write(2, 1, "x"))
    assert read_sheet(content).rows == [["", ""], ["", ""], ["", "x"]]


def test_the_first_visible_sheet_is_read_unless_another_is_named():
    content = write_workbook(
        [Page("版本", [Column("v1")], hidden=True), Page("数据", [Column("a")]), Page("填写说明", [Column("b")])]
    )
    assert read_sheet(content).name == "数据"
    assert read_sheet(content, sheet="版本").rows == [["v1"]]
    assert refusal_of(lambda: read_sheet(content, sheet="别的")).code == "document.sheet_missing"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
@pytest.mark.parametrize("delimiter", [",", "\t", ";"])
def test_csv_is_read_in_the_encodings_of_chinese_offices(encoding, delimiter):
    text = f'姓名{delimiter}身份证号\r\n"张{delimiter}三"{delimiter}{ID_NUMBER}\r\n\r\n'
    assert read_sheet(text.encode(encoding)).rows == [["姓名", "身份证号"], [f"张{delimiter}三", ID_NUMBER]]


def test_a_rare_character_of_gb18030_survives():
    assert read_sheet("姓名\n㛃䶮𬭸\n".encode("gb18030")).rows[1] == ["㛃䶮𬭸"]


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"%PDF-1.7", "document.sheet_kind"),
        (b"PK\x03\x04 broken", "document.sheet_kind"),
        (b"", "document.sheet_empty"),
        (b"\n , \n", "document.sheet_empty"),
        (write_workbook([Page("a", [])]), "document.sheet_empty"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "document.sheet_unreadable"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "_VBA_PROJECT".encode("utf-16-le"), "document.sheet_has_macros"),
        (b'a,"b\nc', "document.sheet_unreadable"),
        (altered(SMALL, "xl/workbook.xml", lambda text: text[:100]), "document.sheet_unreadable"),
        (SMALL[:-400] + bytes(400), "document.sheet_kind"),
    ],
)
def test_what_cannot_be_read_is_refused(content, code):
    assert refusal_of(lambda: read_sheet(content)).code == code


def test_a_workbook_with_macros_is_refused_whatever_it_is_called():
    with_macros = io.BytesIO(SMALL)
    with zipfile.ZipFile(with_macros, "a") as archive:
        archive.writestr("xl/vbaProject.bin", b"macro")
    assert refusal_of(lambda: read_sheet(with_macros.getvalue())).code == "document.sheet_has_macros"


@pytest.mark.parametrize(
    ("limits", "unit"),
    [
        (Limits(content_bytes=100), "bytes"),
        (Limits(rows=2), "rows"),
        (Limits(columns=1), "columns"),
        (Limits(cells=5), "cells"),
    ],
)
def test_a_sheet_over_its_limits_is_refused(limits, unit):
    for content in (SMALL, b"a,b\nc,d\ne,f\n" * 9):
        refused = refusal_of(lambda: read_sheet(content, limits=limits))  # noqa: B023
        assert (refused.code, refused.values["unit_en"]) == ("document.sheet_too_large", unit)


def test_a_long_cell_is_refused_with_its_place():
    refused = refusal_of(lambda: read_sheet(b"a,b\nc,ddddd\n", limits=Limits(characters=4)))
    assert refused.code == "document.cell_too_long"
    assert (refused.values["row"], refused.values["column"]) == (2, 2)


@pytest.mark.parametrize(
    "cell",
    [
        b'<c r="XFD1048576"><v>1</v></c>',
        b"<c r='XFD1048576'><v>1</v></c>",
        b'<c s="0" x="a>b" r = "XFD1048576"><v>1</v></c>',
        b'<x:c r="XFD1048576"><v>1</v></x:c>',
        b'</row><row r="1048576"><c><v>1</v></c>',
        b"<c><v>1</v></c>" * 300,
        b"<c" + b" " * (1 << 21) + b'r="XFD1048576"><v>1</v></c>',
    ],
)
def test_two_cells_far_apart_do_not_fill_the_memory(cell):
    content = altered(SMALL, "xl/worksheets/sheet1.xml", lambda text: text.replace(b"</row>", cell + b"</row>", 1))
    assert refusal_of(lambda: read_sheet(content)).code == "document.sheet_too_large"


def test_a_file_that_swells_when_unpacked_is_not_unpacked():
    content = altered(SMALL, "xl/styles.xml", lambda text: text + b" " * 50_000_000)
    assert len(content) < 100_000
    assert (
        refusal_of(lambda: read_sheet(content, limits=Limits(unpacked_bytes=10_000_000))).code == "document.sheet_bomb"
    )
    crowded = io.BytesIO(SMALL)
    with zipfile.ZipFile(crowded, "a") as archive:
        for number in range(1001):
            archive.writestr(f"x{number}", b"")
    assert refusal_of(lambda: read_sheet(crowded.getvalue())).code == "document.sheet_bomb"


def test_a_part_that_lies_about_its_size_is_refused():
    lying = bytearray(altered(SMALL, "xl/styles.xml", lambda text: text + b" " * 1_000_000))
    with zipfile.ZipFile(io.BytesIO(bytes(lying))) as archive:
        true_size = archive.getinfo("xl/styles.xml").file_size
    for found in list(re.finditer(re.escape(true_size.to_bytes(4, "little")), bytes(lying))):
        lying[found.start() : found.end()] = (100).to_bytes(4, "little")
    assert refusal_of(lambda: read_sheet(bytes(lying))).code == "document.sheet_unreadable"


@pytest.mark.parametrize("begin", list("=+-@\t\r\n\0＝＋－＠"))
def test_a_text_that_begins_like_a_formula_gets_an_apostrophe(begin):
    assert harmless(f"{begin}cmd|'/c calc'!A1").startswith("'")


@given(st.text(min_size=1).filter(lambda text: text[0] not in "=+-@\t\r\n\0＝＋－＠"))
def test_other_texts_stay_as_they_are(text):
    assert harmless(text) == text


def test_no_formula_leaves_the_house():
    content = write_workbook([Page("a", [Column("=1+1"), Column("b")], [["=HYPERLINK(1)", "http://x.cn"]])])
    assert "<f>" not in part_of(content, "xl/worksheets/sheet1.xml")
    assert read_sheet(content).rows == [["'=1+1", "b"], ["'=HYPERLINK(1)", "http://x.cn"]]
    assert write_csv(["a", "b"], [["@x", None], [5, "y"]]) == "\ufeffa,b\r\n'@x,\r\n5,y\r\n".encode()


def test_a_written_csv_is_read_back():
    assert read_sheet(write_csv(["姓名", "号"], [["张,三", ID_NUMBER]])).rows == [["姓名", "号"], ["张,三", ID_NUMBER]]


def test_a_template_has_text_columns_a_frozen_header_and_drop_downs():
    levels = tuple(f"第{number:02d}类" for number in range(90))
    columns = [Column("身份证号", hint="18位"), Column("性别", choices=("男", "女")), Column("类别", choices=levels)]
    content = write_workbook([Page("名册", columns, blank_rows=500), Page("填写说明", [Column("说明")])])
    sheet = part_of(content, "xl/worksheets/sheet1.xml")
    assert 'state="frozen"' in sheet
    assert '"男,女"' in sheet
    assert "B2:B501" in sheet
    assert "$A$1:$A$90" in sheet
    assert 'state="hidden"' in part_of(content, "xl/workbook.xml")
    assert 'numFmtId="49"' in part_of(content, "xl/styles.xml")
    assert read_sheet(content).rows == [["身份证号", "性别", "类别"]]


def test_more_rows_than_a_sheet_holds_are_refused(monkeypatch):
    monkeypatch.setattr("songhe.document.sheet.MOST_ROWS", 3)
    refused = refusal_of(lambda: write_workbook([Page("a", [Column("b")], [["x"]] * 4)]))
    assert refused.code == "document.sheet_too_large"
