"""Long lists 下载中心: asked for, made by the worker in small parts, fetched by who asked, gone after some days."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, BinaryIO

from django.conf import settings
from django.db import transaction

from songhe.access.models import Account
from songhe.document.file import digest_of
from songhe.document.models import Download
from songhe.document.sheet import MOST_ROWS, Column, Page, stream_csv, stream_workbook
from songhe.jobs.models import Run, RunState
from songhe.jobs.outbox import put
from songhe.jobs.run import Progress, running
from songhe.kernel.month import beijing_date
from songhe.kernel.refusal import reason
from songhe.trail.note import note

TOPIC = "document.download"
#: Lists of one person in one county that may wait to be made.
MOST_WAITING = 5

TOO_MANY_WAITING = reason(
    "document.downloads_waiting",
    zh="您已有{most}份名单在排队，请等做完再要。",
    en="{most} lists of yours are waiting already; ask again when they are made.",
    status=429,
)
NOT_MADE = reason("document.download_not_made", zh="名单还没有做完。", en="The list is not made yet.", status=409)
GONE = reason(
    "document.download_gone",
    zh="文件已过保留期，请重新导出。",
    en="The file has passed its last day; ask for the list again.",
    status=404,
)
ALTERED = reason(
    "document.download_altered",
    zh="文件与登记的校验值不符，请重新导出。",
    en="The file is not the one that was made; ask for the list again.",
    status=409,
)


@dataclass(frozen=True)
class Table:
    """A list to be written: ``parts`` are read one after another and never held together.

    ``mark`` makes the last line out of how many rows were written: who took the list, when and what for.
    """

    title: str
    columns: Sequence[Column]
    total: int
    parts: Iterator[Sequence[Sequence[Any]]]
    mark: Callable[[int], str]


def ask(
    *,
    county: str,
    account: Account,
    listing: str,
    asked: dict[str, Any],
    language: str,
    at: datetime,
    whole: bool = False,
    purpose: str = "",
) -> Download:
    """Have the worker make a list. Refuses with ``document.downloads_waiting``."""
    with transaction.atomic():
        mine = Download.objects.everywhere("one's own lists").filter(county=county, account=account)
        if mine.filter(finished_at=None).count() >= MOST_WAITING:
            raise TOO_MANY_WAITING(most=MOST_WAITING)
        row = Download.objects.create(
            county=county,
            account=account,
            listing=listing,
            asked=asked,
            language=language,
            whole=whole,
            purpose=purpose,
            asked_at=at,
        )
        Run.objects.create(county=county, job=row.job, period=beijing_date(at).isoformat(), state=RunState.WAITING)
        put(county=county, topic=TOPIC, about=row.id, payload={}, at=at)
        note(
            county=county,
            at=at,
            actor=account.username,
            act="document.ask_download",
            subject="document.Download",
            subject_id=row.id,
            reason=purpose,
            listing=listing,
            whole=whole,
        )
    return row


def make(*, download: Download, table: Table, clock: Callable[[], datetime]) -> None:
    """The worker's part: write the list part by part beside its place, then put it there. Killed, it starts over.

    Beyond the 1,048,575 rows of a sheet it is written as CSV. Refuses with ``jobs.running``.
    """
    if download.finished_at:
        return
    county = download.county
    period = beijing_date(download.asked_at).isoformat()
    kind = "xlsx" if table.total < MOST_ROWS else "csv"
    final = address(download, kind)
    final.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    beside = final.with_suffix(".part")
    with running(county=county, job=download.job, period=period, clock=clock) as progress:
        progress.expect(table.total)
        beside.unlink(missing_ok=True)
        with beside.open("xb") as target:
            beside.chmod(0o600)
            _write(target, kind, table, progress)
        beside.replace(final)
        at, rows = clock(), progress.run.done
        download.finished_at, download.rows, download.kind = at, rows, kind
        download.size, download.sha256 = final.stat().st_size, digest_of(final)
        kept = settings.DOWNLOAD_HOURS_WHOLE if download.whole else settings.DOWNLOAD_HOURS
        download.expires_at = at + timedelta(hours=kept)
        with transaction.atomic():
            download.save(update_fields=["finished_at", "rows", "kind", "size", "sha256", "expires_at"])
            note(
                county=county,
                at=at,
                actor="run:download",
                act="document.make_download",
                subject="document.Download",
                subject_id=download.id,
                rows=rows,
                sha256=download.sha256,
            )


def _write(target: BinaryIO, kind: str, table: Table, progress: Progress) -> None:
    written = 0

    def rows() -> Iterator[Sequence[Any]]:
        nonlocal written
        for part in table.parts:
            yield from part
            written += len(part)
            progress.advance(len(part))
        yield [table.mark(written), *[None] * (len(table.columns) - 1)]

    if kind == "xlsx":
        stream_workbook(target, [Page(table.title[:31], table.columns, rows())])
    else:
        stream_csv(target, table.columns, rows())


def take(*, download: Download, account: Account, at: datetime, **detail: Any) -> BinaryIO:
    """The finished file, open to be read, and the trail knows. Whether it is theirs to take is for the door to say.

    Refuses with ``document.download_not_made``, ``document.download_gone`` or ``document.download_altered``.
    """
    if download.finished_at is None or download.expires_at is None:
        raise NOT_MADE()
    path = address(download, download.kind)
    if download.removed_at or download.expires_at <= at or not path.exists():
        raise GONE()
    if digest_of(path) != download.sha256:
        raise ALTERED()
    note(
        county=download.county,
        at=at,
        actor=account.username,
        act="staff.export_whole" if download.whole else "staff.export",
        subject="list",
        subject_id=download.listing,
        reason=download.purpose,
        rows=download.rows,
        download=str(download.id),
        **detail,
    )
    return path.open("rb")


def remove_over(*, at: datetime, most: int = 200) -> int:
    """Remove the files whose last day has passed."""
    over = Download.objects.everywhere("files whose days are over").filter(
        expires_at__lte=at, finished_at__isnull=False, removed_at=None
    )
    removed = 0
    for row in over.order_by("expires_at")[:most]:
        address(row, row.kind).unlink(missing_ok=True)
        row.removed_at = at
        row.save(update_fields=["removed_at"])
        removed += 1
    return removed


def runs_of(downloads: Collection[Download]) -> dict[str, Run]:
    """How far the worker is with each, by job."""
    counties = {row.county for row in downloads}
    found = Run.objects.filter(county__in=counties, job__in=[row.job for row in downloads])
    return {run.job: run for run in found}


def address(download: Download, kind: str) -> Path:
    return Path(settings.MEDIA_ROOT) / "downloads" / f"{download.id.hex}.{kind}"
