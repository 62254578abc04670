"""Timelines: what was done to rows, from the trail, in words and with the names of who did it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from django.db.models import Q

from songhe.doors.shell.pieces import Event
from songhe.doors.staff import naming, words
from songhe.kernel.month import beijing_date
from songhe.trail.models import Entry

#: Entries of one timeline; what is older stays in the trail.
MOST = 80


def entries(
    county: str, subjects: Iterable[tuple[str, Any]], most: int = MOST, *, acts: Mapping[str, Any] = words.ACTS
) -> list[Entry]:
    """What was done to these rows, the newest first: (kind of subject, id) as the trail names them.

    Looking at a row is noted too, and left out here.
    """
    wanted: Q | None = None
    by_kind: dict[str, list[str]] = {}
    for kind, row_id in subjects:
        if row_id is not None:
            by_kind.setdefault(kind, []).append(str(row_id))
    for kind, ids in by_kind.items():
        one = Q(subject=kind, subject_id__in=ids)
        wanted = one if wanted is None else wanted | one
    if wanted is None:
        return []
    # The kinds and the ids by themselves too, and sorted here: SQLite makes no use of the index for pairs of them, and
    # asked for the newest first it walks all that ever happened in the county.
    every_id = sorted({each for ids in by_kind.values() for each in ids})
    rows = Entry.objects.filter(
        wanted, county=county, subject__in=sorted(by_kind), subject_id__in=every_id, act__in=list(acts)
    )
    return sorted(rows, key=lambda entry: (entry.at, entry.id), reverse=True)[:most]


def events(
    found: Sequence[Entry], *, leave_out: frozenset[str] = frozenset(), acts: Mapping[str, Any] = words.ACTS
) -> list[Event]:
    """Entries as lines of a timeline."""
    names = naming.accounts(entry.actor for entry in found)
    return [
        Event(
            when=entry.at,
            what=acts[entry.act],
            who=names.get(entry.actor, ""),
            detail=words.REVEALS.get(entry.reason, entry.reason),
            tone="grave" if entry.act in words.GRAVE else "",
        )
        for entry in found
        if entry.act not in leave_out
    ]


def newest_first(found: Iterable[Event]) -> list[Event]:
    """In order of time; a line without an hour stands at the end of its day."""

    def key(event: Event) -> tuple[date, float]:
        if isinstance(event.when, datetime):
            return beijing_date(event.when), event.when.timestamp()
        return event.when, float("inf")

    return sorted(found, key=key, reverse=True)
