"""The noun that a path names, if it is the caller's to see; looking for another's is noted where that one is."""

from __future__ import annotations

import re
from typing import Any, TypeVar
from uuid import UUID

from django.db.models import QuerySet

from songhe.county.row import CountyRow
from songhe.doors.api.caller import ApiRequest
from songhe.kernel.refusal import Reason
from songhe.trail.note import note

Row = TypeVar("Row", bound=CountyRow)

_NUMBER = re.compile(r"[0-9]{21}|[0-9]{24}")


def digits(no: str) -> str:
    """A number as typed, without the spaces and hyphens of print; "" when it cannot be one of ours."""
    bare = re.sub(r"[ \-\u3000]", "", no)
    return bare if _NUMBER.fullmatch(bare) else ""


def by_number(
    request: ApiRequest,
    rows: QuerySet[Row],
    no: str,
    *,
    unknown: Reason,
    provider: str = "",
    person: str = "",
    field: str = "no",
) -> Row:
    """The row with this number; ``provider`` and ``person`` are its attributes that hold their ids.

    Refuses with ``unknown``, whether there is none or the caller may not see it.
    """
    bare = digits(no)
    row = rows.filter(county=bare[:6], no=bare).first() if bare else None
    return seen(request, row, unknown=unknown, provider=provider, person=person, field=field)


def by_id(
    request: ApiRequest,
    rows: QuerySet[Row],
    row_id: UUID,
    *,
    unknown: Reason,
    provider: str = "",
    person: str = "",
    field: str = "id",
) -> Row:
    """As ``by_number``, for what has no number."""
    row = rows.filter(id=row_id).first()
    return seen(request, row, unknown=unknown, provider=provider, person=person, field=field)


def seen(
    request: ApiRequest, row: Row | None, *, unknown: Reason, provider: str, person: str, field: str = "no"
) -> Row:
    """Refuses with ``unknown``; that somebody looked for a row out of their reach is noted in the row's county."""
    if row is None:
        raise unknown(field)
    named: dict[str, Any] = {
        "provider_id": getattr(row, provider) if provider else None,
        "person_id": getattr(row, person) if person else None,
    }
    if not request.auth.sees(row.county, **named):
        out_of_reach(request, county=row.county, subject=row._meta.label, subject_id=row.id)
        raise unknown(field)
    return row


def out_of_reach(request: ApiRequest, *, county: str, subject: str, subject_id: UUID | str) -> None:
    note(
        county=county,
        at=request.at,
        actor=request.auth.username,
        act="door.out_of_reach",
        subject=subject,
        subject_id=subject_id,
        call=f"{request.method} {request.resolver_match.route if request.resolver_match else ''}",
        client=request.auth.client,
    )
