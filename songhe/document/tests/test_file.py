"""Files: told by their bytes, kept once, read back only unchanged."""

from __future__ import annotations

import hashlib
import io
import zipfile
from datetime import datetime, timezone

import pytest

from songhe.access.login import open_account
from songhe.access.scope import Scope, ScopeMissing
from songhe.document.file import PAPERS, PHOTOS, SHEETS, address, keep_file, kind_of, read_file
from songhe.document.models import StoredFile
from songhe.document.sheet import Column, Page, write_workbook
from songhe.kernel.refusal import Refusal

AT = datetime(2026, 3, 1, 1, 0, tzinfo=timezone.utc)
JPEG = b"\xff\xd8\xff\xe0\x00\x10JFIF\x00 and a picture"
PDF = b"%PDF-1.7\n%..."


@pytest.fixture(autouse=True)
def store(tmp_path, settings):
    settings.MEDIA_ROOT = tmp_path / "files"
    return settings.MEDIA_ROOT


def keep(content=JPEG, **more) -> StoredFile:
    values = {"county": "370799", "purpose": "visit-evidence", "uploaded_by": None, "at": AT, **more}
    return keep_file(content=content, **values)


def refusal_of(act) -> str:
    with pytest.raises(Refusal) as refused:
        act()
    refused.value.message("zh"), refused.value.message("en")
    return refused.value.code


def zipped(**parts: str) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        for name, text in parts.items():
            archive.writestr(name.replace("__", "/").replace("_xml", ".xml").replace("_bin", ".bin"), text)
    return target.getvalue()


@pytest.mark.django_db
def test_a_kept_file_lies_under_its_hash_and_bears_no_name_of_a_person(store):
    account = open_account(username="carer", display_name="护理员", password=None, at=AT)
    kept = keep(uploaded_by=account, called="张三家中照片.JPEG")
    digest = hashlib.sha256(JPEG).hexdigest()
    assert (kept.sha256, kept.kind, kept.size) == (digest, "jpg", len(JPEG))
    assert kept.name == f"visit-evidence-{digest[:12]}.jpg"
    assert address(digest).read_bytes() == JPEG == read_file(kept)
    assert kept.uploaded_by == account


@pytest.mark.django_db
def test_equal_files_are_kept_once_and_noted_twice(store):
    keep()
    keep(county="370702")
    assert sum(path.is_file() for path in store.rglob("*")) == 1
    assert StoredFile.objects.everywhere("test").count() == 2


@pytest.mark.django_db
def test_files_are_seen_within_a_scope_only():
    keep()
    assert StoredFile.objects.within(Scope(divisions=("370799",))).count() == 1
    assert StoredFile.objects.within(Scope(divisions=("65",))).count() == 0
    with pytest.raises(ScopeMissing):
        StoredFile.objects.count()


@pytest.mark.django_db
def test_a_file_that_was_changed_or_lost_is_not_handed_out():
    kept = keep()
    address(kept.sha256).write_bytes(JPEG + b"!")
    assert refusal_of(lambda: read_file(kept)) == "document.file_changed"
    address(kept.sha256).unlink()
    assert refusal_of(lambda: read_file(kept)) == "document.file_missing"


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("given", "code"),
    [
        ({"content": b""}, "document.file_empty"),
        ({"most_bytes": 10}, "document.file_too_large"),
        ({"content": b"MZ\x90\x00 program"}, "document.file_kind_not_allowed"),
        ({"content": b"<html><script>"}, "document.file_kind_not_allowed"),
        ({"content": "姓名,电话\n".encode()}, "document.file_kind_not_allowed"),
        ({"content": PDF, "allowed": PHOTOS}, "document.file_kind_not_allowed"),
        ({"called": "photo.png"}, "document.file_kind_differs"),
        ({"called": "photo.exe"}, "document.file_kind_differs"),
    ],
)
def test_a_file_that_may_not_come_in_is_refused_and_not_kept(store, given, code):
    assert refusal_of(lambda: keep(**given)) == code
    assert not list(store.rglob("*"))
    assert not StoredFile.objects.everywhere("test").exists()


def test_a_purpose_that_could_be_a_name_is_a_fault_of_ours():
    with pytest.raises(ValueError, match="purpose"):
        keep(purpose="张三")


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (JPEG, "jpg"),
        (b"\x89PNG\r\n\x1a\n....", "png"),
        (b"RIFF\x10\x00\x00\x00WEBPVP8 ", "webp"),
        (b"\x00\x00\x00\x18ftypheic\x00\x00", "heic"),
        (PDF, "pdf"),
        (zipped(OFD_xml="<x/>"), "ofd"),
        (write_workbook([Page("a", [Column("b")])]), "xlsx"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(504), "xls"),
        ("姓名,身份证号\n张三,330783\n".encode("gb18030"), "csv"),
        ("\ufeff姓名,身份证号\r\n".encode(), "csv"),
        ("姓名\t电话\r\n".encode("utf-16"), "csv"),
        (zipped(xl__workbook_xml="<x/>", xl__vbaProject_bin="macro"), None),
        (zipped(word__document_xml="<x/>"), None),
        (b"PK\x03\x04 broken", None),
        (b"<svg onload='x'/>", None),
        (b"\x7fELF\x02\x01\x01\x00", None),
        (b"\x80\x81\xff\xff", None),
    ],
)
def test_the_bytes_say_what_a_file_is(content, kind):
    assert kind_of(content) == kind
    assert kind is None or kind in PHOTOS | PAPERS | SHEETS
