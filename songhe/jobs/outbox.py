"""What must happen later or elsewhere, and the worker that makes it happen."""

from __future__ import annotations

import logging
from collections.abc import Callable, Collection, Mapping
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import F

from songhe.county.key import new_id
from songhe.jobs.models import Outgoing

log = logging.getLogger(__name__)

Handler = Callable[[Outgoing, datetime], None]

#: After this many tries an entry waits for a person.
MOST_TRIES = 8


def put(
    *,
    county: str,
    topic: str,
    about: UUID,
    payload: dict[str, Any],
    at: datetime,
    not_before: datetime | None = None,
) -> None:
    """Write it in the caller's transaction; the same (topic, about) is written once."""
    Outgoing.objects.bulk_create(
        [
            Outgoing(
                county=county,
                id=new_id(),
                topic=topic,
                about=about,
                payload=payload,
                at=at,
                not_before=not_before or at,
            )
        ],
        ignore_conflicts=True,
    )


def deliver(
    *,
    handlers: Mapping[str, Handler],
    at: datetime,
    most: int = 500,
    long_running: Collection[str] = (),
) -> int:
    """Handle what is due, each entry in a transaction of its own; returns how many were done.

    A topic in ``long_running`` is a run with transactions of its own, safe to repeat: it is marked done after it.
    A failed entry is tried again with growing pauses; after ``MOST_TRIES`` it is left for a person to see.
    """
    due = Outgoing.objects.filter(done_at=None, not_before__lte=at, tries__lt=MOST_TRIES, topic__in=list(handlers))
    done = 0
    in_order = due.order_by("not_before", "id").values_list("county", "id", "topic", "tries")
    for county, entry_id, topic, tries in list(in_order[:most]):
        try:
            if topic in long_running:
                handlers[topic](Outgoing.objects.get(county=county, id=entry_id), at)
                done += Outgoing.objects.filter(county=county, id=entry_id, done_at=None).update(done_at=at)
                continue
            with transaction.atomic():
                entry = Outgoing.objects.select_for_update().get(county=county, id=entry_id)
                if entry.done_at is not None:
                    continue
                handlers[entry.topic](entry, at)
                entry.done_at = at
                entry.save(update_fields=["done_at"])
                done += 1
        except Exception as error:
            log.warning("outbox %s %s failed: %s", county, entry_id, type(error).__name__)
            Outgoing.objects.filter(county=county, id=entry_id).update(
                tries=F("tries") + 1,
                problem=f"{type(error).__name__}: {error}"[:2000],
                not_before=at + timedelta(minutes=2**tries),
            )
    return done


def left_for_people() -> list[Outgoing]:
    """Entries that were tried often enough."""
    return list(Outgoing.objects.filter(done_at=None, tries__gte=MOST_TRIES).order_by("at"))
