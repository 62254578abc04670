"""What the worker could not do, and somebody who has mended the cause has it tried again. 再试"""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction

from songhe.jobs.models import Outgoing
from songhe.kernel.refusal import reason
from songhe.trail.note import note

UNKNOWN_ENTRY = reason("jobs.unknown_entry", zh="没有这件后台任务。", en="There is no such job.", status=404)
ALREADY_DONE = reason("jobs.already_done", zh="这件后台任务已经完成。", en="This job is done already.", status=409)


def try_again(*, county: str, entry_id: UUID, at: datetime, by: str) -> Outgoing:
    """Let the worker take up an entry of the outbox at its next turn, and count its tries anew.

    Refuses with ``jobs.unknown_entry`` or ``jobs.already_done``.
    """
    with transaction.atomic():
        entry = Outgoing.objects.select_for_update().filter(county=county, id=entry_id).first()
        if entry is None:
            raise UNKNOWN_ENTRY("entry")
        if entry.done_at is not None:
            raise ALREADY_DONE("entry")
        tries, entry.tries, entry.not_before = entry.tries, 0, at
        entry.save(update_fields=["tries", "not_before"])
        note(
            county=county,
            at=at,
            actor=by,
            act="jobs.try_again",
            subject="job",
            subject_id=entry.id,
            topic=entry.topic,
            tries=tries,
        )
    return entry
