"""Everything that goes wrong, as RFC 9457 has it: the stable code as type, a Chinese title, what, where, which call."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from urllib.parse import quote

import structlog
from django.core.exceptions import RequestDataTooBig
from django.db import IntegrityError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.utils.translation import get_language
from ninja.errors import AuthenticationError, HttpError, ValidationError
from pydantic_core import to_json

from songhe.doors.api import limit
from songhe.doors.api.words import Fault, fault
from songhe.doors.may import NOT_SIGNED_IN
from songhe.doors.shell.errors import request_id_of
from songhe.kernel.refusal import Refusal, reason

logger = structlog.get_logger("songhe.api")

NOT_JSON = reason("api.not_json", zh="请求体不是合法的 JSON。", en="The body is not JSON.", status=400)
BODY_TOO_LARGE = reason("api.body_too_large", zh="请求体过大。", en="The body is too large.", status=413)
CONFLICT = reason(
    "api.conflict",
    zh="同时有别的操作改动了相关记录，没有办成，请查看最新情况后重试。",
    en="Something else changed the same rows at the same time; look again and retry.",
    status=409,
)
BUSY = reason(
    "api.busy", zh="系统正忙，没有办成，请稍后重试。", en="The system is busy; nothing was done, try again.", status=503
)

CONTENT_TYPE = "application/problem+json"

TITLES: dict[int, str] = {
    400: "请求看不懂",
    401: "请先登录或出示访问令牌",
    403: "没有权限",
    404: "没有找到",
    405: "这个地址不支持这种操作",
    409: "情况有变，没有办成",
    413: "内容太大",
    415: "文件类型不对",
    422: "内容不符合要求",
    429: "操作太频繁，请稍后再试",
    503: "系统正忙",
}

_IN_PATH = frozenset({"no", "id"})
_IN_HEADERS = frozenset({"Idempotency-Key", "If-Match"})


def language() -> str:
    return "zh" if (get_language() or "zh").startswith("zh") else "en"


def problem(request: HttpRequest, *, status: int, code: str, detail: str, faults: Sequence[Fault] = ()) -> HttpResponse:
    body: dict[str, Any] = {
        "type": code,
        "title": TITLES[status],
        "status": status,
        "detail": detail,
        "instance": quote(request.path),
        "request_id": request_id_of(request),
        "errors": [each._asdict() for each in faults],
    }
    response = HttpResponse(to_json(body), status=status, content_type=CONTENT_TYPE)
    if status == 401:
        response.headers["WWW-Authenticate"] = 'Bearer realm="songhe"'
    if status in {429, 503}:
        response.headers["Retry-After"] = str(limit.MISSES.seconds if status == 429 else 1)
    return response


def refused(request: HttpRequest, refusal: Refusal) -> HttpResponse:
    """A verb, or the door, said no."""
    message = refusal.message(language())
    where = Fault(located(request, refusal.field), refusal.code, message)
    if refusal.status in {401, 404}:
        limit.miss(request)
    response = problem(request, status=refusal.status, code=refusal.code, detail=message, faults=[where])
    if version := refusal.values.get("version"):
        response.headers["ETag"] = f'"{version}"'
    return response


def located(request: HttpRequest, field: str | None) -> list[str | int]:
    """Where the field of a refusal stands: ``fees_fen[1]`` is ``["body", "fees_fen", 1]``."""
    if field is None:
        return []
    if field in _IN_PATH:
        return ["path", field]
    if field in _IN_HEADERS:
        return ["header", field]
    parts: list[str | int] = ["query" if request.method == "GET" else "body"]
    for piece in field.replace("[", ".").replace("]", "").split("."):
        parts.append(int(piece) if piece.isdecimal() else piece)
    return parts


def invalid(request: HttpRequest, error: ValidationError) -> HttpResponse:
    """The body or the query does not fit its schema; all faults at once, the first one's code as type."""
    faults = [fault(each, language()) for each in error.errors]
    return problem(request, status=422, code=faults[0].code, detail=faults[0].message, faults=faults)


def not_signed_in(request: HttpRequest, error: AuthenticationError) -> HttpResponse:
    return refused(request, NOT_SIGNED_IN())


def http_error(request: HttpRequest, error: HttpError) -> HttpResponse:
    """What the library itself refuses: a body that is no JSON, or one that our parser refused."""
    cause = error.__cause__
    return refused(request, cause if isinstance(cause, Refusal) else NOT_JSON())


def too_large(request: HttpRequest, error: RequestDataTooBig) -> HttpResponse:
    return refused(request, BODY_TOO_LARGE())


def conflict(request: HttpRequest, error: IntegrityError) -> HttpResponse:
    """A constraint caught what a lock should have; safe, and worth a look."""
    logger.error("constraint", request_id=request_id_of(request), exc_info=True)
    return refused(request, CONFLICT())


def busy(request: HttpRequest, error: OperationalError) -> HttpResponse:
    """A lock was not to be had in time, or the database is away; nothing was written."""
    logger.error("database", request_id=request_id_of(request), exc_info=True)
    return refused(request, BUSY())
