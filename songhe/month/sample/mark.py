"""Scripted acts in chunks, each done once.

A chunk and the mark that it is done are one transaction: a month that was cut off goes on where it stopped, and a
month run twice changes nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TypeVar

from django.db import transaction

from songhe.jobs.models import Run, RunState
from songhe.month.sample.load import JOB
from songhe.month.sample.people import in_chunks
from songhe.month.steps import Stage

T = TypeVar("T")


def once(stage: Stage, name: str, rows: Iterable[T], do: Callable[[list[T]], None], *, size: int) -> None:
    """Do each chunk once, whatever comes between: its mark is written in its own transaction."""
    run, _ = Run.objects.get_or_create(county=stage.county, job=f"{JOB}:{name}", period=str(stage.month))
    for place, chunk in enumerate(in_chunks(rows, size)):
        with transaction.atomic():
            run = Run.objects.select_for_update().get(county=stage.county, id=run.id)
            if run.result.get("chunks", 0) > place:
                continue
            do(chunk)
            run.result = {"chunks": place + 1}
            run.done += len(chunk)
            run.state = RunState.RUNNING
            run.beat_at = stage.clock()
            run.save(update_fields=["result", "done", "state", "beat_at"])
        if stage.watch:
            stage.watch(run)
    Run.objects.filter(county=stage.county, id=run.id).update(state=RunState.DONE, finished_at=stage.clock())
