"""Answers when something is not as it should be: human words, what to do next, and the request number."""

from __future__ import annotations

from typing import Any, NamedTuple
from urllib.parse import urlsplit

import structlog
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.template.loader import get_template
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from songhe.kernel.refusal import Refusal

logger = structlog.get_logger("songhe.error")


class Words(NamedTuple):
    """What is said for one status: the sign, what happened, and what to do."""

    sign: str
    title: Any
    happened: Any
    next_step: Any


WORDS: dict[int, Words] = {
    400: Words(
        "question",
        _("这个请求我们看不懂"),
        _("地址或提交的内容不完整，系统没有做任何改动。"),
        _("请返回上一页重新操作；如果是点击链接打开的，请核对链接是否完整。"),
    ),
    403: Words(
        "lock",
        _("您没有权限打开这一页"),
        _("当前账号的角色不包含这项操作，系统没有做任何改动。"),
        _("如因工作需要，请联系本单位的安全管理员调整角色，或换用有权限的账号登录。"),
    ),
    404: Words(
        "search",
        _("没有找到这一页"),
        _("它可能已经移走、编号有误，或者不在您的管辖范围内。"),
        _("请核对编号，或从首页重新查找。"),
    ),
    409: Words(
        "refresh",
        _("情况刚刚有了变化"),
        _("在您操作的同时，这条记录的状态已经改变，您的操作没有生效。"),
        _("请刷新页面查看最新情况，再决定下一步。"),
    ),
    422: Words(
        "alert",
        _("这样办不了"),
        _("所提交的内容不符合办理条件，系统没有做任何改动。"),
        _("请按提示修改后再提交。"),
    ),
    429: Words(
        "clock",
        _("请稍等一会儿"),
        _("短时间内操作过多，系统暂停了这项操作。"),
        _("请过几分钟再试。"),
    ),
    500: Words(
        "alert",
        _("系统出了问题"),
        _("这不是您的错。这一步没有完成，也没有留下只做了一半的记录。"),
        _("请稍后再试；如果仍然不行，请把下面的请求编号告诉系统管理员。"),
    ),
}


def is_htmx(request: HttpRequest) -> bool:
    return request.headers.get("HX-Request") == "true"


def wants_problem(request: HttpRequest) -> bool:
    """Whether the caller is a machine: under ``/api/`` every answer is JSON."""
    return request.path.startswith("/api/")


def current_path(request: HttpRequest) -> str:
    """The path of the whole page that a part was asked from."""
    parts = urlsplit(request.headers.get("HX-Current-URL", ""))
    return parts.path + (f"?{parts.query}" if parts.query else "")


def request_id_of(request: HttpRequest) -> str:
    return getattr(request, "request_id", "")


def problem(
    request: HttpRequest, status: int, code: str, title: str, *, detail: str = "", field: str | None = None
) -> JsonResponse:
    """An answer in the form of RFC 9457, with the stable code as its type."""
    body: dict[str, Any] = {
        "type": code,
        "title": title,
        "status": status,
        "detail": detail or title,
        "instance": request.path,
        "request_id": request_id_of(request),
        "errors": [{"loc": [field], "code": code, "message": detail or title}] if field else [],
    }
    return JsonResponse(
        body, status=status, content_type="application/problem+json", json_dumps_params={"ensure_ascii": False}
    )


def answer(
    request: HttpRequest, status: int, *, happened: str = "", code: str = "", field: str | None = None
) -> HttpResponse:
    """The page, the part of a page, or the problem that says what went wrong."""
    words = WORDS.get(status) or WORDS[500 if status >= 500 else 400]
    if wants_problem(request):
        return problem(request, status, code or f"http.{status}", str(words.title), detail=happened, field=field)
    said = {
        "status": status,
        "words": words,
        "happened": happened or words.happened,
        "code": code,
        "request_id": request_id_of(request),
    }
    if is_htmx(request):
        response = render(request, "shell/error_part.html", said, status=status)
        response.headers["HX-Retarget"] = "#notices"
        response.headers["HX-Reswap"] = "innerHTML"
        return response
    return render(request, "shell/error.html", said, status=status)


def refused(request: HttpRequest, refusal: Refusal) -> HttpResponse:
    """A verb said no: its own sentence, in the language of the page."""
    message = refusal.message("zh" if (get_language() or "zh").startswith("zh") else "en")
    return answer(request, refusal.status, happened=message, code=refusal.code, field=refusal.field)


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    return answer(request, 400)


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    return answer(request, 403)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    return answer(request, 404)


def broken(request: HttpRequest) -> HttpResponse:
    """The last page of all: it must not need the database, which may be what is broken."""
    logger.error("broken", request_id=request_id_of(request), exc_info=True)
    if wants_problem(request):
        return problem(request, 500, "http.500", str(WORDS[500].title), detail=str(WORDS[500].happened))
    said = {"words": WORDS[500], "request_id": request_id_of(request), "language": get_language() or "zh-hans"}
    # Without the request no context processor runs: nothing on this page reads the session or a row.
    return HttpResponse(render_bare("shell/broken.html", said), status=500)


def render_bare(name: str, said: dict[str, Any]) -> str:
    return get_template(name).render(said)
