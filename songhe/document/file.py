"""Files that people hand in: told by their first bytes, kept once under their SHA-256, read back only unchanged."""

from __future__ import annotations

import hashlib
import io
import os
import re
import tempfile
import zipfile
from collections.abc import Collection
from datetime import datetime
from pathlib import Path

from django.conf import settings

from songhe.access.models import Account
from songhe.document.models import StoredFile
from songhe.kernel.refusal import reason

MOST_BYTES = 10 * 1024 * 1024

PHOTOS = frozenset({"jpg", "png", "webp", "heic"})
PAPERS = frozenset({"pdf", "ofd"})
SHEETS = frozenset({"xlsx", "xls", "csv"})

#: Other endings under which a kind is known.
ALSO_CALLED = {"jpeg": "jpg", "heif": "heic", "txt": "csv"}

FILE_EMPTY = reason("document.file_empty", zh="文件是空的。", en="The file is empty.")
FILE_TOO_LARGE = reason(
    "document.file_too_large", zh="文件超过{most_mb} MB。", en="The file is larger than {most_mb} MB.", status=413
)
FILE_KIND_NOT_ALLOWED = reason(
    "document.file_kind_not_allowed",
    zh="这里不能上传这种文件，只收：{allowed}。",
    en="Such a file is not taken here, only: {allowed}.",
    status=415,
)
FILE_KIND_DIFFERS = reason(
    "document.file_kind_differs",
    zh="文件名以 .{ending} 结尾，内容却是 {kind}。",
    en="The file is called .{ending} but holds {kind}.",
    status=415,
)
FILE_MISSING = reason(
    "document.file_missing", zh="文件“{name}”不在存储中。", en="The file {name} is not in the store.", status=404
)
FILE_CHANGED = reason(
    "document.file_changed",
    zh="文件“{name}”与登记的校验值不符。",
    en="The file {name} is not what was handed in.",
    status=409,
)


def keep_file(
    *,
    county: str,
    content: bytes,
    purpose: str,
    uploaded_by: Account | None,
    at: datetime,
    called: str = "",
    allowed: Collection[str] = PHOTOS | PAPERS,
    most_bytes: int = MOST_BYTES,
) -> StoredFile:
    """Keep a file for a purpose (a word in small letters, which with the hash makes its name here).

    What the sender called it serves only to compare the ending and is not kept, for it often holds a person's name.
    Refuses with ``document.file_empty``, ``document.file_too_large``, ``document.file_kind_not_allowed`` or
    ``document.file_kind_differs``.
    """
    if not re.fullmatch(r"[a-z][a-z0-9-]{0,39}", purpose):
        raise ValueError(f"a purpose is a word in small letters, not {purpose!r}")
    if not content:
        raise FILE_EMPTY("file")
    if len(content) > most_bytes:
        raise FILE_TOO_LARGE("file", most_mb=most_bytes // (1024 * 1024))
    kind = kind_of(content)
    if kind is None or kind not in allowed:
        raise FILE_KIND_NOT_ALLOWED("file", allowed="、".join(sorted(allowed)))
    ending = Path(called).suffix.lstrip(".").lower()
    if ending and ALSO_CALLED.get(ending, ending) != kind:
        raise FILE_KIND_DIFFERS("file", ending=ending, kind=kind)
    digest = hashlib.sha256(content).hexdigest()
    _write_once(address(digest), content)
    return StoredFile.objects.create(
        county=county,
        sha256=digest,
        kind=kind,
        size=len(content),
        name=f"{purpose}-{digest[:12]}.{kind}",
        uploaded_by=uploaded_by,
        uploaded_at=at,
    )


def read_file(stored: StoredFile) -> bytes:
    """The bytes as they were handed in. Refuses with ``document.file_missing`` or ``document.file_changed``."""
    try:
        content = address(stored.sha256).read_bytes()
    except FileNotFoundError:
        raise FILE_MISSING(name=stored.name) from None
    if hashlib.sha256(content).hexdigest() != stored.sha256:
        raise FILE_CHANGED(name=stored.name)
    return content


def digest_of(path: Path) -> str:
    """The SHA-256 of a file, read in pieces."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def address(sha256: str) -> Path:
    """Where the bytes with this hash lie: two levels of folders keep each folder small."""
    return Path(settings.MEDIA_ROOT) / sha256[:2] / sha256[2:4] / sha256


def kind_of(content: bytes) -> str | None:
    """What the bytes are, by the bytes alone: one of the kinds above, or ``None``.

    A workbook with macros is none of them.
    """
    if content.startswith(b"\xff\xd8\xff"):
        return "jpg"
    if content.startswith(b"\x89PNG\r\n\x1a\n"):
        return "png"
    if content[:4] == b"RIFF" and content[8:12] == b"WEBP":
        return "webp"
    if content[4:8] == b"ftyp" and content[8:12] in (b"heic", b"heix", b"hevc", b"mif1"):
        return "heic"
    if content.startswith(b"%PDF-"):
        return "pdf"
    if content.startswith(b"PK\x03\x04"):
        names = _names_in_zip(content)
        if "OFD.xml" in names:
            return "ofd"
        return "xlsx" if "xl/workbook.xml" in names and not holds_macros(content) else None
    if content.startswith(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"):
        return "xls"
    return "csv" if _is_text(content) else None


def _names_in_zip(content: bytes) -> set[str]:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            return set(archive.namelist())
    except (zipfile.BadZipFile, NotImplementedError, ValueError):
        return set()


def holds_macros(content: bytes) -> bool:
    """Whether a workbook, of the new or of the old format, holds macros."""
    if content.startswith(b"PK"):
        return any(name.lower().endswith(("vbaproject.bin", "vbadata.xml")) for name in _names_in_zip(content))
    # In the old format the macros lie in a folder whose name stands in the directory as UTF-16.
    return content.startswith(b"\xd0\xcf\x11\xe0") and "_VBA_PROJECT".encode("utf-16-le") in content


def _is_text(content: bytes) -> bool:
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        encodings = ["utf-16"]
    else:
        encodings = ["utf-8-sig", "gb18030"]
    for encoding in encodings:
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        # A page is text too, and is not what anybody hands in here.
        return not re.search(r"[\x00-\x08\x0b\x0c\x0e-\x1f]|\A\s*<", text)
    return False


def _write_once(path: Path, content: bytes) -> None:
    """Whole or not at all: written beside its place, flushed to the disk, then moved there."""
    if path.exists():
        return
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    descriptor, beside = tempfile.mkstemp(dir=path.parent, prefix=".part-")
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        os.replace(beside, path)
    except BaseException:
        Path(beside).unlink(missing_ok=True)
        raise
