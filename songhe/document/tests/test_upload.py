"""What people hand in: pictures made anew, papers that run nothing, workbooks that neither swell nor reach outside."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib

import pytest
import xlsxwriter
from PIL import Image

from songhe.document.sheet import read_sheet
from songhe.document.upload import MOST_PIXELS, PAPER, PICTURE, SHEET, accept
from songhe.kernel.refusal import Refusal

PLACE = b"\x00\x00\x01"


def picture(form: str = "JPEG", size=(640, 480), *, exif: bool = False, mode: str = "RGB", **more) -> bytes:
    target = io.BytesIO()
    made = Image.new(mode, size, (200, 120, 40) if mode == "RGB" else (200, 120, 40, 128))
    if exif:
        told = made.getexif()
        told[0x010F] = "手机品牌"
        told[0x0112] = 6
        told.get_ifd(0x8825)[1] = "N"
        more["exif"] = told
    made.save(target, form, **more)
    return target.getvalue()


def pdf(extra: str = "", *, pages: int = 1, inside: bytes | None = None) -> bytes:
    parts = ["%PDF-1.7\n", f"1 0 obj << /Type /Catalog /Pages 2 0 R {extra} >> endobj\n"]
    kids = " ".join(f"{number + 3} 0 R" for number in range(pages))
    parts.append(f"2 0 obj << /Type /Pages /Count {pages} /Kids [{kids}] >> endobj\n")
    parts += [f"{number + 3} 0 obj << /Type /Page /Parent 2 0 R >> endobj\n" for number in range(pages)]
    made = "".join(parts).encode()
    if inside is not None:
        packed = zlib.compress(inside)
        made += b"900 0 obj << /Type /ObjStm /N 1 /First 4 /Filter /FlateDecode /Length %d >>\nstream\n" % len(packed)
        made += packed + b"\nendstream\nendobj\n"
    return made + b"trailer << /Root 1 0 R >>\n%%EOF\n"


def workbook(write=lambda sheet: sheet.write(0, 0, "张三")) -> bytes:
    target = io.BytesIO()
    made = xlsxwriter.Workbook(target)
    write(made.add_worksheet())
    made.close()
    return target.getvalue()


def with_part(content: bytes, name: str, text: bytes) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as new:
        for each in old.namelist():
            if each != name:
                new.writestr(each, old.read(each))
        new.writestr(name, text)
    return target.getvalue()


def code_of(content: bytes, kinds=PAPER | SHEET, most_bytes: int = 10 * 1024 * 1024) -> str:
    with pytest.raises(Refusal) as refused:
        accept(io.BytesIO(content), kinds, most_bytes)
    assert refused.value.field == "file"
    assert refused.value.message("zh")
    assert refused.value.message("en")
    return refused.value.code


# --- pictures --------------------------------------------------------------------------------------------------------


def test_a_photograph_is_kept_without_what_the_camera_wrote_into_it():
    given = picture(exif=True)
    assert b"Exif" in given
    taken = accept(io.BytesIO(given), PICTURE)
    assert taken.kind == "jpg"
    assert b"Exif" not in taken.content
    with Image.open(io.BytesIO(taken.content)) as kept:
        # Turned upright by what the camera said before it is forgotten.
        assert kept.size == (480, 640)
        assert dict(kept.getexif()) == {}


def test_what_hides_behind_the_end_of_a_picture_is_gone():
    taken = accept(io.BytesIO(picture() + b"<script>alert(1)</script>"), PICTURE)
    assert b"script" not in taken.content


def test_a_picture_larger_than_a_page_needs_is_made_smaller():
    taken = accept(io.BytesIO(picture(size=(5000, 2500))), PICTURE)
    with Image.open(io.BytesIO(taken.content)) as kept:
        assert max(kept.size) == 3000


@pytest.mark.parametrize(("form", "kind"), [("PNG", "png"), ("WEBP", "webp")])
def test_what_is_see_through_stays_so(form, kind):
    taken = accept(io.BytesIO(picture(form, mode="RGBA")), PICTURE)
    assert taken.kind == kind
    with Image.open(io.BytesIO(taken.content)) as kept:
        assert kept.mode == "RGBA"


def test_a_picture_of_more_pixels_than_any_camera_is_refused_before_it_is_drawn():
    side = 40_000
    assert side * side > MOST_PIXELS
    header = struct.pack(">IIBBBBB", side, side, 1, 0, 0, 0, 0)

    def chunk(name: bytes, text: bytes) -> bytes:
        return struct.pack(">I", len(text)) + name + text + struct.pack(">I", zlib.crc32(name + text))

    bomb = b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(b"\0" * 1000))
    assert code_of(bomb + chunk(b"IEND", b"")) in {"document.upload_too_many_pixels", "document.upload_bomb"}


def test_half_a_picture_is_damaged_even_after_a_paper_was_made():
    import weasyprint  # noqa: F401  (it tells Pillow to let half pictures pass)

    given = picture()
    assert code_of(given[: len(given) // 3]) == "document.upload_damaged"


def test_the_name_of_a_file_makes_nothing_of_it_but_its_bytes_do():
    for fake in (b"MZ\x90\0" + b"\0" * 200, b"<html><script>alert(1)</script></html>", b"\x7fELF" + b"\0" * 99):
        assert code_of(fake, PICTURE) == "document.upload_kind"
    assert code_of(picture("GIF", mode="RGB"), PICTURE) == "document.upload_kind"
    assert code_of(pdf(), PICTURE) == "document.upload_kind"


# --- papers ----------------------------------------------------------------------------------------------------------


def test_a_plain_pdf_is_taken_as_it_is():
    given = pdf()
    assert accept(io.BytesIO(given), PAPER).content == given


def test_our_own_letters_are_taken():
    from songhe.document.pdf import render_pdf

    assert accept(io.BytesIO(render_pdf("<p>决定书</p>")), PAPER).kind == "pdf"


@pytest.mark.parametrize(
    "extra",
    [
        "/OpenAction << /S /JavaScript /JS (app.alert\\(1\\)) >>",
        "/AA << /O << /S /Launch /F (cmd.exe) >> >>",
        "/Names << /EmbeddedFiles 9 0 R >>",
        "/OpenAction << /S /J#61vaScript /J#53 (app.alert\\(1\\)) >>",
        "/AcroForm << /XFA 9 0 R >>",
        "/OpenAction << /S /SubmitForm /F (http://example.org) >>",
    ],
)
def test_a_pdf_that_runs_something_is_refused(extra):
    assert code_of(pdf(extra)) == "document.upload_runs"


def test_a_pdf_that_hides_what_it_runs_in_a_packed_stream_is_refused():
    assert code_of(pdf(inside=b"<< /S /JavaScript /JS (app.alert(1)) >>")) == "document.upload_runs"


def test_a_pdf_that_only_opens_at_a_page_is_taken():
    assert accept(io.BytesIO(pdf("/OpenAction [3 0 R /Fit]")), PAPER).kind == "pdf"


def test_a_locked_a_torn_and_an_endless_pdf_are_refused():
    assert code_of(pdf("/Encrypt 8 0 R")) == "document.upload_locked"
    assert code_of(pdf()[:-10]) == "document.upload_damaged"
    assert code_of(pdf(pages=201)) == "document.upload_too_many_pages"


def test_a_pdf_whose_packed_stream_swells_is_refused():
    assert code_of(pdf(inside=b"\0" * (9 * 1024 * 1024))) == "document.upload_bomb"


# --- workbooks -------------------------------------------------------------------------------------------------------


def test_a_workbook_is_taken_and_its_formulas_are_counted_and_read_as_values():
    def write(sheet):
        sheet.write(0, 0, "张三")
        sheet.write_formula(1, 0, "=1+1", None, 2)
        sheet.write_formula(2, 0, '=HYPERLINK("http://example.org","x")', None, "x")

    taken = accept(io.BytesIO(workbook(write)), SHEET)
    assert (taken.kind, taken.formulas) == ("xlsx", 2)
    assert [row[0] for row in read_sheet(taken.content).rows] == ["张三", "2", "x"]


def test_macros_are_refused_whatever_the_file_is_called():
    assert code_of(with_part(workbook(), "xl/vbaProject.bin", b"\0" * 64)) == "document.upload_macros"


def test_links_to_outside_are_refused():
    link = (
        b'<Relationship Id="rId1" Type="http://x/externalLinkPath" Target="file:///c:/a.xlsx" TargetMode="External"/>'
    )
    assert code_of(with_part(workbook(), "xl/externalLinks/externalLink1.xml", b"<x/>")) == "document.upload_links"
    assert code_of(with_part(workbook(), "xl/worksheets/_rels/sheet1.xml.rels", link)) == "document.upload_links"
    assert code_of(with_part(workbook(), "xl/embeddings/oleObject1.bin", b"x")) == "document.upload_links"


def test_a_cell_that_leads_to_a_page_is_no_link_of_the_workbook():
    taken = accept(io.BytesIO(workbook(lambda sheet: sheet.write_url(0, 0, "https://example.org/"))), SHEET)
    assert taken.kind == "xlsx"


def test_a_workbook_that_swells_is_refused():
    assert code_of(with_part(workbook(), "xl/media/image1.png", b"\0" * (8 * 1024 * 1024))) == "document.upload_bomb"


def test_a_workbook_of_very_many_parts_is_refused():
    target = io.BytesIO(workbook())
    with zipfile.ZipFile(target, "a") as archive:
        for number in range(2_100):
            archive.writestr(f"xl/media/{number}.txt", b"x")
    assert code_of(target.getvalue()) == "document.upload_bomb"


def test_a_zip_that_is_no_workbook_and_a_torn_one_are_refused():
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        archive.writestr("a.txt", b"x")
    assert code_of(target.getvalue()) == "document.upload_kind"
    assert code_of(workbook()[:-30]) == "document.upload_damaged"


def test_a_part_locked_with_a_password_is_refused():
    given = bytearray(workbook())
    given[6] |= 1
    central = given.rindex(b"PK\x01\x02")
    given[central + 8] |= 1
    assert code_of(bytes(given)) in {"document.upload_locked", "document.upload_damaged"}


def test_a_csv_is_text_and_a_page_is_not():
    assert accept(io.BytesIO("姓名,金额\n张三,=1+1\n".encode()), SHEET).kind == "csv"
    assert code_of(b"<!doctype html><p>x", SHEET) == "document.upload_kind"


# --- all -------------------------------------------------------------------------------------------------------------


def test_nothing_an_empty_file_and_too_much_are_refused():
    with pytest.raises(Refusal) as refused:
        accept(None, PAPER)
    assert refused.value.code == "document.upload_missing"
    assert code_of(b"") == "document.upload_empty"
    assert code_of(picture() + b"\0" * 2_000_000, most_bytes=1024 * 1024) == "document.upload_too_large"
