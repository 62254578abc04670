"""Whether the files that people handed in still lie in the store as they were: each is read once, piece by piece."""

from __future__ import annotations

from collections.abc import Iterator
from uuid import UUID

from django.db.models import QuerySet

from songhe.document.file import address, digest_of
from songhe.document.models import StoredFile

MISSING = "document.file_missing"
ALTERED = "document.file_altered"
#: What each of them says, in Chinese and in English.
SENTENCES = {
    MISSING: ("登记的文件不在存储中", "a file that was handed in is not in the store"),
    ALTERED: ("存储中的文件与登记的校验值不符", "a file in the store is not what was handed in"),
}
#: Rows asked for at once.
PART = 1_000


def faulty_files(*, county: str = "") -> Iterator[tuple[str, str, UUID]]:
    """Code, county and id of every row whose file is missing or altered, in one county or in each.

    Rows come in the order of their hashes, part by part, so that neither rows nor files are held together; equal
    files of a county lie once and are read once.
    """
    rows = StoredFile.objects.everywhere("the auditor looks at every file")
    known = rows.order_by("county").values_list("county", flat=True).distinct()
    for of in [county] if county else list(known):
        for code, row_id in _faulty_in(rows.filter(county=of)):
            yield code, of, row_id


def _faulty_in(rows: QuerySet[StoredFile]) -> Iterator[tuple[str, UUID]]:
    told = rows.order_by("sha256", "id").values_list("sha256", "id", "size")
    last, code = "", ""
    part = list(told[:PART])
    while part:
        for sha256, row_id, size in part:
            if sha256 != last:
                last, code = sha256, _fault(sha256, size)
            if code:
                yield code, row_id
        after, after_id, _ = part[-1]
        part = list(told.filter(sha256__gte=after).exclude(sha256=after, id__lte=after_id)[:PART])


def _fault(sha256: str, size: int) -> str:
    path = address(sha256)
    try:
        if path.stat().st_size == size and digest_of(path) == sha256:
            return ""
    except FileNotFoundError:
        return MISSING
    except OSError:
        return ALTERED
    return ALTERED
