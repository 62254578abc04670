"""Lists by keyset: each page begins after the last row of the one before, however many rows there are."""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Callable, Mapping
from typing import Annotated, Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db.models import Model, Q, QuerySet
from django.http import HttpResponse
from pydantic import BaseModel, Field

from songhe.doors.api.caller import ApiRequest
from songhe.doors.api.types import Shown
from songhe.doors.api.words import NOT_A_CHOICE
from songhe.doors.api.write import reply
from songhe.kernel.refusal import UNKNOWN_FIELD, reason

BAD_CURSOR = reason(
    "api.bad_cursor",
    zh="cursor 不对：请原样使用上一页的 next_cursor，并保持 sort 不变。",
    en="Use the next_cursor of the page before as it is, with the same sort.",
)

MOST = 200


class Paging(BaseModel):
    """What every list takes."""

    limit: Annotated[int, Field(ge=1, le=MOST, title="每页条数")] = 50
    cursor: Annotated[str | None, Field(max_length=400, title="上一页给出的 next_cursor")] = None
    sort: Annotated[str | None, Field(max_length=40, title="排序字段，前加 - 为倒序")] = None
    fields: Annotated[str | None, Field(max_length=400, title="只要这些字段，逗号分隔")] = None
    total: Annotated[bool, Field(title="是否要总数")] = False


def paged(name: str, shown: type[Shown]) -> type[BaseModel]:
    """The shape of a page of ``shown``; with ``fields=`` the items hold only those."""
    from pydantic import create_model

    return create_model(
        f"{name}Page",
        items=(list[shown], Field(title="本页")),  # type: ignore[valid-type]
        next_cursor=(str | None, Field(title="下一页")),
        total=(int | None, Field(default=None, title="总数，只在 total=true 时给出")),
    )


def page(
    request: ApiRequest,
    asked: Paging,
    rows: QuerySet[Any],
    *,
    sorts: Mapping[str, str],
    show: Callable[[Any], dict[str, Any]],
    shown: type[Shown],
) -> HttpResponse:
    """Answer a list. ``sorts`` maps the names that ``sort`` may say to fields of the model; the first is the default.

    A sort by ``created_at`` is one by ``id``, which rises with time. Refuses with ``input.unknown_field`` (a query
    that names what the list does not know), ``input.not_a_choice`` or ``api.bad_cursor``.
    """
    for name in request.GET:
        if name not in type(asked).model_fields:
            raise UNKNOWN_FIELD(name, field_name=name)
    kept = _kept(asked.fields, shown)
    sort = asked.sort or next(iter(sorts))
    name, falling = sort.removeprefix("-"), sort.startswith("-")
    if name not in sorts:
        raise NOT_A_CHOICE("sort", field_name="sort", choices=", ".join(sorts))
    total = rows.count() if asked.total else None
    path = sorts[name]
    order = [path] if path == "id" else [path, "id"]
    if asked.cursor is not None:
        rows = rows.filter(_after(rows.model, asked.cursor, sort, path, falling))
    found = list(rows.order_by(*(f"-{each}" if falling else each for each in order))[: asked.limit + 1])
    more = len(found) > asked.limit
    found = found[: asked.limit]
    items = [show(row) for row in found]
    if kept is not None:
        items = [{each: item[each] for each in kept if each in item} for item in items]
    body: dict[str, Any] = {"items": items, "next_cursor": _cursor(sort, path, found[-1]) if more else None}
    if total is not None:
        body["total"] = total
    return reply(body)


def _kept(fields: str | None, shown: type[Shown]) -> list[str] | None:
    if fields is None:
        return None
    wanted = [each.strip() for each in fields.split(",") if each.strip()]
    for each in wanted:
        if each not in shown.model_fields:
            raise UNKNOWN_FIELD("fields", field_name=each)
    return wanted


def _cursor(sort: str, path: str, row: Model) -> str:
    value = None if path == "id" else str(getattr(row, path))
    return base64.urlsafe_b64encode(json.dumps([sort, value, str(row.pk)]).encode()).decode().rstrip("=")


def _after(model: type[Model], cursor: str, sort: str, path: str, falling: bool) -> Q:
    than = "lt" if falling else "gt"
    try:
        kept_sort, value, last = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
        if kept_sort != sort:
            raise ValueError
        row_id: Any = model._meta.get_field("id").to_python(last)  # type: ignore[union-attr]
        if not isinstance(row_id, UUID | int):
            raise ValueError
        if path == "id":
            return Q(**{f"id__{than}": row_id})
        at = model._meta.get_field(path).to_python(value)  # type: ignore[union-attr]
        if at is None:
            raise ValueError
    except (ValueError, TypeError, RecursionError, binascii.Error, ValidationError):
        raise BAD_CURSOR("cursor") from None
    return Q(**{f"{path}__{than}": at}) | Q(**{path: at, f"id__{than}": row_id})
