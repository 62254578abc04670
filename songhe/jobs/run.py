"""Runs over a population or a month: keyed, chunked, resumable, with progress."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import F, Q, QuerySet

from songhe.jobs.holder import is_gone, this_process
from songhe.jobs.models import Run, RunState
from songhe.kernel.refusal import reason

RUNNING = reason("jobs.running", zh="{job} {period} 正在进行。", en="{job} {period} is running already.", status=409)
TAKEN_OVER = reason(
    "jobs.taken_over",
    zh="{job} {period} 已由另一进程接手，本进程停下。",
    en="Another process took over {job} {period}; this one stops.",
    status=409,
)

#: A run without progress for this long is shown as stuck and may be taken over.
STUCK_AFTER = timedelta(minutes=10)

Clock = Callable[[], datetime]


@dataclass
class Progress:
    """The handle that a job moves: ``advance`` in the transaction of each chunk."""

    run: Run
    clock: Clock
    watch: Callable[[Run], None] | None = None
    result: dict[str, Any] = field(default_factory=dict)

    def expect(self, total: int) -> None:
        self.run.total = total
        self._save()

    def advance(self, count: int, **figures: int) -> None:
        """Count ``count`` more items done and add up the figures of this chunk."""
        self.run.done += count
        for name, value in figures.items():
            self.result[name] = self.result.get(name, 0) + value
        self._save()

    def _save(self) -> None:
        """Refuses with ``jobs.taken_over``, which undoes the chunk: a run is advanced by one process at a time."""
        run = self.run
        run.beat_at, run.result = self.clock(), self.result
        if not held(run).update(done=run.done, total=run.total, beat_at=run.beat_at, result=run.result):
            raise TAKEN_OVER("job", job=run.job, period=run.period)
        if self.watch:
            self.watch(run)


@contextmanager
def running(
    *, county: str, job: str, period: str, clock: Clock, watch: Callable[[Run], None] | None = None
) -> Iterator[Progress]:
    """Take the run of (job, period, county), which one process may hold at a time, and keep what came of it.

    A run that failed, was killed or is done may be run again: its work is idempotent by key. A killed one is free at
    once on the machine where it ran, and after ``STUCK_AFTER`` everywhere. Refuses with ``jobs.running`` while
    another process advances it.
    """
    at = clock()
    run, _ = Run.objects.get_or_create(county=county, job=job, period=period)
    free = Q(state__in=[RunState.WAITING, RunState.DONE, RunState.PARTLY, RunState.FAILED]) | Q(
        beat_at__lt=at - STUCK_AFTER
    )
    if is_gone(run.holder):
        free |= Q(holder=run.holder)
    taken = Run.objects.filter(free, county=county, id=run.id).update(
        state=RunState.RUNNING,
        attempts=F("attempts") + 1,
        holder=this_process(),
        started_at=at,
        beat_at=at,
        finished_at=None,
        done=0,
        total=0,
        problem="",
    )
    if not taken:
        raise RUNNING("job", job=job, period=period)
    run.refresh_from_db()
    progress = Progress(run, clock, watch)
    try:
        yield progress
    except BaseException as error:
        held(run).update(state=RunState.FAILED, problem=f"{type(error).__name__}: {error}"[:2000], finished_at=clock())
        raise
    waits = bool(progress.result.get("waits"))
    held(run).update(state=RunState.PARTLY if waits else RunState.DONE, finished_at=clock(), result=progress.result)


def held(run: Run) -> QuerySet[Run]:
    """The run's row while it is still in the hands that took it."""
    return Run.objects.filter(county=run.county, id=run.id, attempts=run.attempts, state=RunState.RUNNING)


def stuck(*, at: datetime) -> list[Run]:
    """Runs that say they are running but have not moved for a while."""
    return list(Run.objects.filter(state=RunState.RUNNING, beat_at__lt=at - STUCK_AFTER).order_by("beat_at"))


def in_one_transaction(work: Callable[[], int]) -> int:
    """One chunk is one transaction."""
    with transaction.atomic():
        return work()
