"""Answers: plain, or of a call that happens once however often it is sent."""

from __future__ import annotations

from base64 import b64decode, b64encode
from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import OperationalError, connection
from django.http import HttpResponse
from pydantic import BaseModel
from pydantic_core import from_json, to_json

from songhe.doors.api.caller import ApiRequest
from songhe.jobs.once import once
from songhe.kernel.cipher import keyed_hash, seal, unseal
from songhe.kernel.refusal import reason

KEY_MISSING = reason(
    "api.idempotency_key_missing",
    zh="这项操作必须带 Idempotency-Key（UUID）。",
    en="This call needs an Idempotency-Key, a UUID.",
    status=400,
)
KEY_NOT_A_UUID = reason(
    "api.idempotency_key_not_a_uuid",
    zh="Idempotency-Key 应为 UUID。",
    en="The Idempotency-Key is to be a UUID.",
    status=400,
)
VERSION_MISSING = reason(
    "api.if_match_missing",
    zh="请在 If-Match 中写明所改的版本（读取时得到的 ETag）。",
    en="Name the version that you change in If-Match: the ETag you were given.",
    status=400,
)
VERSION_NOT_READ = reason(
    "api.if_match_not_read", zh="If-Match 应为读取时得到的 ETag。", en="If-Match is to be an ETag of ours.", status=400
)
CHANGED = reason(
    "api.changed_meanwhile",
    zh="这条记录已被改动，现在是第{version}版，请重新读取后再改。",
    en="The row was changed; it is now version {version}. Read it again first.",
    status=409,
)

JSON = "application/json"
#: A deadlock, or a transaction that could not be put in an order: nothing was written, and trying again is right.
_TRY_AGAIN = frozenset({"40P01", "40001"})
_MOST_TRIES = 3


def reply(body: Any, *, status: int = 200, version: int | None = None, replayed: bool = False) -> HttpResponse:
    """An answer as JSON, made once and not read again."""
    response = HttpResponse(to_json(body), status=status, content_type=JSON)
    if version is not None:
        response.headers["ETag"] = f'"{version}"'
    if replayed:
        response.headers["Idempotency-Replayed"] = "true"
    return response


def perform(
    request: ApiRequest,
    *,
    county: str,
    body: BaseModel | None,
    do: Callable[[], dict[str, Any]],
    status: int = 200,
    must: bool = False,
    content: str = "",
    told_once: dict[str, Any] | None = None,
) -> HttpResponse:
    """Do it in one transaction and answer; with a key once, and the stored answer ever after.

    ``county`` is where the effect is and where the key is kept; ``content`` stands for a body that is no JSON. An
    answer with ``version`` carries it as its ETag. What ``do`` puts into ``told_once`` is in the first answer only
    and is not kept.
    """
    key = idempotency_key(request, must=must)
    client, mark = request.auth.client, ""
    fresh: dict[str, Any] | None
    if key is not None:
        # Keyed, because a body may hold an ID number, and the mark of it is kept for ever.
        told = body.model_dump_json() if body is not None else content
        mark = keyed_hash(told, key=settings.ID_NUMBER_KEY, purpose="idempotency")
    about = f"{county} {client} {key}".encode()

    def answer() -> dict[str, Any]:
        nonlocal fresh
        fresh = do()
        return fresh if key is None else _sealed(fresh, about)

    for attempt in range(1, _MOST_TRIES + 1):
        fresh = None
        try:
            kept = once(
                county=county,
                client=client,
                key=key,
                body={"call": f"{request.method} {request.path}", "body": mark},
                at=request.at,
                do=answer,
            )
            break
        except OperationalError as error:
            if attempt == _MOST_TRIES or connection.in_atomic_block or not _may_try_again(error):
                raise
    if fresh is None:
        found = _unsealed(kept, about)
        return reply(found, status=status, version=found.get("version"), replayed=True)
    return reply(fresh | (told_once or {}), status=status, version=fresh.get("version"))


def _sealed(answer: dict[str, Any], about: bytes) -> dict[str, str]:
    """What is kept of an answer: a name or an address in it is not left where no correction and no scope reaches."""
    sealed = seal(to_json(answer).decode(), key=settings.ID_NUMBER_KEY, purpose="answer", about=about)
    return {"sealed": b64encode(sealed).decode()}


def _unsealed(kept: dict[str, Any], about: bytes) -> dict[str, Any]:
    opened = unseal(b64decode(kept["sealed"]), key=settings.ID_NUMBER_KEY, purpose="answer", about=about)
    found: dict[str, Any] = from_json(opened)
    return found


def idempotency_key(request: ApiRequest, *, must: bool) -> str | None:
    """Refuses with ``api.idempotency_key_missing`` or ``api.idempotency_key_not_a_uuid``."""
    given = request.META.get("HTTP_IDEMPOTENCY_KEY")
    if given is None:
        if must:
            raise KEY_MISSING("Idempotency-Key")
        return None
    try:
        return str(UUID(given.strip()))
    except ValueError:
        raise KEY_NOT_A_UUID("Idempotency-Key") from None


def wanted_version(request: ApiRequest, *, must: bool = False) -> int | None:
    """The version that ``If-Match`` names. Refuses with ``api.if_match_missing`` or ``api.if_match_not_read``."""
    given = request.META.get("HTTP_IF_MATCH")
    if given is None or given.strip() == "*":
        if must:
            raise VERSION_MISSING("If-Match")
        return None
    text = given.strip().removeprefix("W/").strip('"')
    if not (text.isascii() and text.isdecimal() and len(text) < 10):
        raise VERSION_NOT_READ("If-Match")
    return int(text)


def require_version(wanted: int | None, version: int) -> None:
    """Refuses with ``api.changed_meanwhile``."""
    if wanted is not None and wanted != version:
        raise CHANGED("If-Match", version=version)


def _may_try_again(error: OperationalError) -> bool:
    return getattr(error.__cause__, "sqlstate", None) in _TRY_AGAIN
