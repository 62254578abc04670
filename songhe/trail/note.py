"""Write down what was done."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from songhe.county.ready import insert
from songhe.trail.models import Entry


def note(
    *,
    county: str,
    at: datetime,
    actor: str,
    act: str,
    subject: str,
    subject_id: UUID | str,
    reason: str = "",
    behalf_of: UUID | None = None,
    **detail: Any,
) -> Entry:
    """Note one act in the caller's transaction: if the note fails, the act fails.

    ``actor`` is the account's username, or ``run:<job>`` for the machine. ``detail`` holds codes, ids and amounts,
    never a name or an ID number.
    """
    entry = Entry(
        county=county,
        at=at,
        actor=actor,
        act=act,
        subject=subject,
        subject_id=str(subject_id),
        reason=reason,
        behalf_of=behalf_of,
        detail=detail,
    )
    insert([entry])
    return entry
