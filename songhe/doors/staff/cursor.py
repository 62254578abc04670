"""Where a page of a list begins: a value and the row's id, as they stand in an address."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from django.http import HttpRequest

#: Rows of a page of a list.
PAGE = 50


def written(at: datetime | str, row_id: UUID) -> str:
    return f"{at if isinstance(at, str) else at.isoformat()}~{row_id.hex}"


def read_moment(text: str) -> tuple[datetime, UUID] | None:
    """The instant and id; nothing for an address that somebody changed by hand: the list begins at its start."""
    value, _, row_id = text.rpartition("~")
    try:
        at = datetime.fromisoformat(value)
        return (at, UUID(row_id)) if at.tzinfo else None
    except ValueError:
        return None


def read_text(text: str) -> tuple[str, UUID] | None:
    value, _, row_id = text.rpartition("~")
    try:
        return (value, UUID(row_id)) if value else None
    except ValueError:
        return None


def address(request: HttpRequest, **changes: Any) -> str:
    """This page's address with other parameters; an empty one goes."""
    query = request.GET.copy()
    for name, value in changes.items():
        if value in (None, ""):
            query.pop(name, None)
        else:
            query[name] = str(value)
    return request.path + (f"?{query.urlencode()}" if query else "")
