"""What a page takes in: one gate through which every file that somebody hands in has to pass.

    from songhe.document.upload import PAPER, PICTURE, SHEET, accept

    taken = accept(request.FILES["paper"], {"pdf", "jpg", "png"}, 10 * 1024 * 1024)
    keep_file(county=…, content=taken.content, purpose="mandate-paper", …)

``accept`` gives the bytes that may be kept (a photograph is made anew, without what the camera wrote into it), or
refuses with a ``document.upload_*`` code that a form shows beside the field ``file``.
"""

from __future__ import annotations

import io
import re
import warnings
import zipfile
import zlib
from collections.abc import Collection
from dataclasses import dataclass
from typing import Protocol

from songhe.document.file import MOST_BYTES, holds_macros, kind_of
from songhe.kernel.refusal import Refusal, reason

#: Photographs, papers, and tables, as ``kinds`` of ``accept``.
PICTURE = frozenset({"jpg", "png", "webp"})
PAPER = frozenset({"pdf"}) | PICTURE
SHEET = frozenset({"xlsx", "csv"})

#: A telephone's best photograph has about 50 million; more is drawn to break the reader.
MOST_PIXELS = 60_000_000
#: What is kept of a photograph is at most so wide or high: a seal on a page of A4 stays readable.
LONGEST_EDGE = 3_000
#: A workbook's parts, what they unpack to, and how many times smaller they may be packed.
MOST_PARTS = 2_000
MOST_UNPACKED = 200 * 1024 * 1024
MOST_RATIO = 200
MOST_PAGES = 200

KIND_NAMES = {
    "jpg": ("JPG 照片", "JPG photograph"),
    "png": ("PNG 图片", "PNG picture"),
    "webp": ("WebP 图片", "WebP picture"),
    "pdf": ("PDF 文件", "PDF"),
    "xlsx": ("Excel 工作簿（.xlsx）", "Excel workbook (.xlsx)"),
    "csv": ("CSV 表格", "CSV table"),
    "xls": ("旧版 Excel（.xls）", "old Excel workbook (.xls)"),
    "ofd": ("OFD 文件", "OFD"),
    "heic": ("HEIC 照片", "HEIC photograph"),
}

UPLOAD_MISSING = reason("document.upload_missing", zh="请选择文件。", en="Choose a file.")
UPLOAD_EMPTY = reason("document.upload_empty", zh="文件是空的。", en="The file is empty.")
UPLOAD_TOO_LARGE = reason(
    "document.upload_too_large",
    zh="文件太大，最多{most_mb} MB。照片可以先缩小再上传。",
    en="The file is too large: at most {most_mb} MB. A photograph may be made smaller first.",
    status=413,
)
UPLOAD_KIND = reason(
    "document.upload_kind",
    zh="这里不收这种文件，只收：{kinds_zh}。看的是文件内容，改名没有用。",
    en="Such a file is not taken here, only: {kinds_en}. What counts is what is in it, not what it is called.",
    status=415,
)
UPLOAD_DAMAGED = reason(
    "document.upload_damaged",
    zh="文件已损坏，打不开。请重新拍照或重新导出后再上传。",
    en="The file is damaged and does not open. Take or save it again.",
)
UPLOAD_TOO_MANY_PIXELS = reason(
    "document.upload_too_many_pixels",
    zh="图片尺寸太大（{width}×{height}），请缩小后再上传。",
    en="The picture is too large ({width}×{height}); make it smaller.",
    status=413,
)
UPLOAD_RUNS = reason(
    "document.upload_runs",
    zh="这个 PDF 里有会自动运行的内容或附件，不能上传。请打印成 PDF 后再传。",
    en="This PDF holds something that runs or an attachment. Print it to a new PDF first.",
    status=415,
)
UPLOAD_LOCKED = reason(
    "document.upload_locked",
    zh="文件有密码，请取消密码后再上传。",
    en="The file is locked with a password; take it off.",
)
UPLOAD_TOO_MANY_PAGES = reason(
    "document.upload_too_many_pages",
    zh="PDF 页数太多，最多{most}页。",
    en="The PDF has too many pages: at most {most}.",
    status=413,
)
UPLOAD_MACROS = reason(
    "document.upload_macros",
    zh="工作簿带有宏，请另存为不带宏的 .xlsx 后再上传。",
    en="The workbook holds macros; save it as .xlsx without them.",
    status=415,
)
UPLOAD_LINKS = reason(
    "document.upload_links",
    zh="工作簿引用了别的文件或网址，请断开外部链接（数据→编辑链接）后再上传。",
    en="The workbook takes values from other files or addresses; break its external links first.",
    status=415,
)
UPLOAD_BOMB = reason(
    "document.upload_bomb",
    zh="文件解压后异常庞大，不予读取。",
    en="The file swells beyond reason when unpacked and is not read.",
    status=413,
)


class HandedIn(Protocol):
    """What Django gives for a file of a form; a plain ``io.BytesIO`` will do."""

    def read(self, size: int = -1, /) -> bytes: ...


@dataclass(frozen=True)
class Accepted:
    """What may be kept: its kind by its bytes, and the bytes.

    ``formulas``: how many cells of a workbook hold a formula; they are read as the values last shown, and what we
    write out again begins with an apostrophe (``songhe.document.sheet.harmless``), so that none ever runs.
    """

    kind: str
    content: bytes
    formulas: int = 0


def accept(file: HandedIn | None, kinds: Collection[str], most_bytes: int = MOST_BYTES) -> Accepted:
    """The file handed in, if it is of one of ``kinds`` (by its first bytes, never by its name) and harmless.

    Pictures are made anew without EXIF, turned upright and at most 3,000 pixels long; PDFs may not run, carry
    attachments or be locked; workbooks may not hold macros or links to outside, nor swell. At most ``most_bytes``
    are read. Refuses with ``document.upload_missing``, ``document.upload_empty``, ``document.upload_too_large``,
    ``document.upload_kind``, ``document.upload_damaged``, ``document.upload_too_many_pixels``,
    ``document.upload_runs``, ``document.upload_locked``, ``document.upload_too_many_pages``,
    ``document.upload_macros``, ``document.upload_links`` or ``document.upload_bomb``. Sources: OWASP ASVS 5.0 5.2.
    """
    if file is None:
        raise UPLOAD_MISSING("file")
    content = file.read(most_bytes + 1)
    if not content:
        raise UPLOAD_EMPTY("file")
    if len(content) > most_bytes:
        raise UPLOAD_TOO_LARGE("file", most_mb=max(1, most_bytes // (1024 * 1024)))
    if content.startswith(b"PK\x03\x04") and not {"xlsx", "ofd"}.isdisjoint(kinds):
        _weigh(content)
        if holds_macros(content):
            raise UPLOAD_MACROS("file")
    kind = kind_of(content)
    if kind is None or kind not in kinds:
        raise _not_taken(kinds)
    if kind in PICTURE:
        return Accepted(kind, _made_anew(content, kind))
    if kind == "pdf":
        _check_pdf(content)
    elif kind == "xlsx":
        return Accepted(kind, content, _check_workbook(content))
    elif kind == "heic":
        # Nothing here can open such a picture, and what cannot be opened cannot be made harmless.
        raise _not_taken(set(kinds) - {"heic"})
    elif kind == "xls" and holds_macros(content):
        raise UPLOAD_MACROS("file")
    return Accepted(kind, content)


def _not_taken(kinds: Collection[str]) -> Refusal:
    named = [KIND_NAMES.get(kind, (kind, kind)) for kind in sorted(kinds)]
    return UPLOAD_KIND("file", kinds_zh="、".join(zh for zh, _ in named), kinds_en=", ".join(en for _, en in named))


def _made_anew(content: bytes, kind: str) -> bytes:
    """The picture drawn again: pixels and nothing else, neither place nor device nor what hides behind the end."""
    from PIL import Image, ImageFile, ImageOps, UnidentifiedImageError

    form = {"jpg": "JPEG", "png": "PNG", "webp": "WEBP"}[kind]
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(io.BytesIO(content), formats=[form]) as picture:
                width, height = picture.size
                if width * height > MOST_PIXELS:
                    raise UPLOAD_TOO_MANY_PIXELS("file", width=width, height=height)
                if kind == "jpg":
                    # A JPEG can be read at a half, a quarter or an eighth, which spares the memory of the rest.
                    picture.draft("RGB", (LONGEST_EDGE, LONGEST_EDGE))
                # WeasyPrint, once imported, lets every half picture pass.
                ImageFile.LOAD_TRUNCATED_IMAGES = False
                picture.load()
                upright = ImageOps.exif_transpose(picture)
                upright.thumbnail((LONGEST_EDGE, LONGEST_EDGE))
                flat = upright.convert("RGBA" if kind != "jpg" and "A" in upright.getbands() else "RGB")
                bare = Image.frombytes(flat.mode, flat.size, flat.tobytes())
    except (Image.DecompressionBombWarning, Image.DecompressionBombError):
        raise UPLOAD_BOMB("file") from None
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError, zlib.error, EOFError, IndexError):
        raise UPLOAD_DAMAGED("file") from None
    target = io.BytesIO()
    bare.save(target, form, **({"quality": 85, "optimize": True} if kind == "jpg" else {}))
    return target.getvalue()


#: Names of a PDF's own language that run, send, fetch or carry something.
_PDF_RUNS = re.compile(
    rb"/(?:JavaScript|JS|Launch|OpenAction|AA|EmbeddedFiles?|RichMedia|XFA|SubmitForm|ImportData|GoToE)(?=[\s/<\[(>]|\Z)"
)
_PDF_PAGE = re.compile(rb"/Type\s*/Page(?=[\s/<\[(>]|\Z)")
_PDF_STREAM = re.compile(rb"stream\r?\n(.*?)\r?\n?endstream", re.S)
_PDF_ESCAPE = re.compile(rb"#([0-9A-Fa-f]{2})")
_MOST_OF_A_STREAM = 8 * 1024 * 1024


def _check_pdf(content: bytes) -> None:
    """Read the PDF's dictionaries, those packed into object streams too, for what runs."""
    if b"%%EOF" not in content[-2048:]:
        raise UPLOAD_DAMAGED("file")
    outside, inside = _PDF_STREAM.sub(b"stream endstream", content), _object_streams(content)
    spelled = _PDF_ESCAPE.sub(lambda found: bytes([int(found[1], 16)]), outside + b"\n" + inside)
    if b"/Encrypt" in spelled:
        raise UPLOAD_LOCKED("file")
    # Opening at a page is harmless; opening with an action is what the other names are for.
    without_places = re.sub(rb"/OpenAction\s*(?:\[[^\]]*\]|[0-9]+ [0-9]+ R)", b"", spelled)
    if _PDF_RUNS.search(without_places):
        raise UPLOAD_RUNS("file")
    if len(_PDF_PAGE.findall(spelled)) > MOST_PAGES:
        raise UPLOAD_TOO_MANY_PAGES("file", most=MOST_PAGES)


def _object_streams(content: bytes) -> bytes:
    """What the PDF's object streams unpack to; drawings and fonts are left packed."""
    found: list[bytes] = []
    size = 0
    for packed in _PDF_STREAM.finditer(content):
        before = content[max(0, packed.start() - 400) : packed.start()].rpartition(b"obj")[2]
        if b"/ObjStm" not in _PDF_ESCAPE.sub(lambda one: bytes([int(one[1], 16)]), before):
            continue
        reader = zlib.decompressobj()
        try:
            text = reader.decompress(packed[1], _MOST_OF_A_STREAM)
        except zlib.error:
            text = packed[1]
        size += len(text)
        if reader.unconsumed_tail or size > MOST_UNPACKED:
            raise UPLOAD_BOMB("file")
        found.append(text)
    return b"\n".join(found)


def _weigh(content: bytes) -> None:
    """Unpack a zip without keeping anything and stop where it grows too large, whatever it says of itself."""
    total = 0
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            parts = archive.infolist()
            if len(parts) > MOST_PARTS or sum(part.file_size for part in parts) > MOST_UNPACKED:
                raise UPLOAD_BOMB("file")
            for part in parts:
                if part.flag_bits & 1:
                    raise UPLOAD_LOCKED("file")
                with archive.open(part) as stream:
                    size = 0
                    while piece := stream.read(1 << 16):
                        size += len(piece)
                        if total + size > MOST_UNPACKED:
                            raise UPLOAD_BOMB("file")
                if size > 1 << 20 and size > MOST_RATIO * max(part.compress_size, 1):
                    raise UPLOAD_BOMB("file")
                total += size
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError, OSError, zlib.error, ValueError):
        raise UPLOAD_DAMAGED("file") from None


_OUTSIDE = re.compile(rb"TargetMode\s*=\s*[\"']External[\"']", re.I)
_HYPERLINK = re.compile(rb"Type\s*=\s*[\"'][^\"']*/hyperlink[\"']", re.I)
_RELATION = re.compile(rb"<Relationship\b[^>]*>", re.I)
_LINK_PARTS = ("xl/externallinks/", "xl/connections.xml", "xl/querytables/", "xl/embeddings/", "xl/activex/")
_FORMULA = re.compile(rb"<(?:\w+:)?f(?=[\s/>])")


def _check_workbook(content: bytes) -> int:
    """Refuse links to outside and things embedded; count the formulas."""
    formulas = 0
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        for part in archive.infolist():
            name = part.filename.lower().replace("\\", "/").lstrip("/")
            if name.startswith(_LINK_PARTS):
                raise UPLOAD_LINKS("file")
            if name.endswith(".rels"):
                for relation in _RELATION.findall(archive.read(part)):
                    # A cell that leads to a web page is text to us; everything else outside would be fetched.
                    if _OUTSIDE.search(relation) and not _HYPERLINK.search(relation):
                        raise UPLOAD_LINKS("file")
            if name.startswith("xl/worksheets/") and name.endswith(".xml"):
                formulas += _count(archive, part)
    return formulas


def _count(archive: zipfile.ZipFile, part: zipfile.ZipInfo) -> int:
    found, rest = 0, b""
    with archive.open(part) as stream:
        while piece := stream.read(1 << 20):
            text = rest + piece
            cut = text.rfind(b"<")
            text, rest = (text, b"") if cut < 0 else (text[:cut], text[cut:])
            found += len(_FORMULA.findall(text))
    return found + len(_FORMULA.findall(rest))
