"""One way to declare an operation: its act, what it gives, every answer that it can refuse with, its key."""

from __future__ import annotations

from collections.abc import Callable
from enum import Enum
from typing import Any, NamedTuple, TypeVar

from ninja import Router
from pydantic import BaseModel

from songhe.doors.api.caller import Bearer, Session
from songhe.doors.may import ACTS

View = TypeVar("View", bound=Callable[..., Any])


class Key(Enum):
    """Whether a call may, must or cannot carry an ``Idempotency-Key``."""

    NONE = "none"
    MAY = "may"
    MUST = "must"


class Wrong(BaseModel):
    """One thing that is wrong: where, its stable code, and a sentence."""

    loc: list[str | int]
    code: str
    message: str


class Problem(BaseModel):
    """RFC 9457."""

    type: str
    title: str
    status: int
    detail: str
    instance: str
    request_id: str
    errors: list[Wrong]


class Declared(NamedTuple):
    method: str
    path: str
    act: str | None
    key: Key
    gives: Any
    status: int
    view: Callable[..., Any]


#: Every operation that there is, for the description and for the tests that walk them all.
OPERATIONS: list[Declared] = []

REFUSALS = (400, 401, 403, 404, 409, 413, 422, 429, 503)

_KEY_ABOUT = "幂等键（UUID）。同一个键再次发来同样的内容，原样返回第一次的答复,不会办第二次。"


def serve(
    router: Router,
    method: str,
    path: str,
    *,
    act: str | None,
    gives: Any,
    title: str,
    about: str = "",
    status: int = 200,
    key: Key | None = None,
    if_match: bool | None = None,
    takes: dict[str, Any] | None = None,
    also: tuple[int, ...] = (),
    file: tuple[str, ...] = (),
) -> Callable[[View], View]:
    """Declare an operation; without an ``act`` it is open to everybody, as the public page of the same data is.

    ``if_match``: the noun has versions, and the call must (True) or may (False) name one.

    ``takes`` is the OpenAPI ``content`` of a body that is no JSON, ``also`` further statuses of refusals,
    ``file`` the media types of an answer that is a file.
    """
    if act is not None and act not in ACTS:
        raise KeyError(f"{act!r} is not in the index of acts")
    if key is None:
        key = Key.NONE if method == "GET" else Key.MAY
    extra: dict[str, Any] = {"parameters": _headers(key, if_match)}
    if act is None:
        extra["security"] = []
    else:
        extra |= {"x-act": act, "x-roles": sorted(ACTS[act].roles)}
    if takes is not None:
        extra["requestBody"] = {"required": True, "content": takes}

    if file:
        binary = {"schema": {"type": "string", "format": "binary"}}
        extra["responses"] = {status: {"description": title, "content": dict.fromkeys(file, binary)}}

    def declare(view: View) -> View:
        OPERATIONS.append(Declared(method, path, act, key, gives, status, view))
        router.add_api_operation(
            path,
            [method],
            view,
            auth=None if act is None else [Bearer(act), Session(act)],
            response={status: gives} | dict.fromkeys((*REFUSALS, *also), Problem),
            operation_id=view.__name__,
            summary=title,
            description=about or title,
            openapi_extra=extra,
        )
        return view

    return declare


def _headers(key: Key, if_match: bool | None) -> list[dict[str, Any]]:
    parameters: list[dict[str, Any]] = []
    if key is not Key.NONE:
        parameters.append(
            {
                "in": "header",
                "name": "Idempotency-Key",
                "required": key is Key.MUST,
                "schema": {"type": "string", "format": "uuid"},
                "description": _KEY_ABOUT,
            }
        )
    if if_match is not None:
        parameters.append(
            {
                "in": "header",
                "name": "If-Match",
                "required": if_match,
                "schema": {"type": "string"},
                "description": "读取时得到的 ETag；若其间有人改过，答 409 并给出现在的 ETag。",
            }
        )
    return parameters
