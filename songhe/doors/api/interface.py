"""All operations under one roof, and their description. ``GET /api/v1/openapi.json``"""

from __future__ import annotations

from functools import wraps
from typing import Any

from django.core.exceptions import RequestDataTooBig
from django.db import IntegrityError, OperationalError
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.urls import URLPattern, URLResolver
from ninja import NinjaAPI
from ninja.errors import AuthenticationError, HttpError, ValidationError
from ninja.openapi.schema import OpenAPISchema

import songhe
from songhe.doors.api import (
    application,
    assessment,
    card,
    examination,
    examination_exits,
    examination_warnings,
    exports,
    fund,
    grant,
    imports,
    meal,
    offline,
    order,
    person,
    problem,
    quote,
    redemption,
    rent,
    statement,
    statement_many,
    token,
)
from songhe.doors.api.parser import StrictParser
from songhe.kernel.refusal import Refusal

ABOUT = """\
松鹤养老服务数据接口。机器用访问令牌（`Authorization: Bearer songhe_…`），页面用登录会话加 CSRF 标记。

- 金额一律为整数“分”（`*_fen`），日期为 `2026-03-08`，月份为 `2026-03`，时刻为带时区的 RFC 3339。
- 出错时答 `application/problem+json`：`type` 为稳定的错误码，`title` 为中文标题，`errors` 逐项说明。
- 写操作可带 `Idempotency-Key`（UUID），重复发送原样返回第一次的答复；核销必须带。
- 列表用 `limit`、`cursor` 翻页，`sort=-created_at` 排序，`fields=` 只要部分字段，`total=true` 才数总数。
- 管辖范围之外的一律答 404。证件号码不出现在地址里。
- 人人可读的公开数据（机构考核得分）不用登录。
"""


class Interface(NinjaAPI):
    def get_openapi_schema(
        self, *, path_prefix: str | None = None, path_params: dict[str, Any] | None = None
    ) -> OpenAPISchema:
        """Refusals are told as problems, in their own media type."""
        schema = super().get_openapi_schema(path_prefix=path_prefix, path_params=path_params)
        for methods in schema["paths"].values():
            for operation in methods.values():
                for status, told in operation["responses"].items():
                    if int(status) >= 400:
                        told["description"] = problem.TITLES[int(status)]
                        told["content"] = {problem.CONTENT_TYPE: told["content"]["application/json"]}
        return schema

    def _get_urls(self) -> list[URLResolver | URLPattern]:
        urls = super()._get_urls()
        for each in urls:
            if isinstance(each, URLPattern):
                each.callback = _with_problem(each.callback)
        return urls


def _with_problem(view: Any) -> Any:
    @wraps(view)
    def answered(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        response = view(request, *args, **kwargs)
        if response.status_code != 405:
            return response
        told = problem.problem(request, status=405, code="http.405", detail=problem.TITLES[405])
        told.headers["Allow"] = response.headers["Allow"]
        return told

    # ``partial`` has no name; Django does without, and wraps() has already copied what there was.
    answered.csrf_exempt = True  # type: ignore[attr-defined]
    return answered


api = Interface(
    title="松鹤数据接口",
    version=songhe.__version__,
    description=ABOUT,
    urls_namespace="api",
    docs_url=None,
    parser=StrictParser(),
)
for door in (
    person,
    assessment,
    application,
    grant,
    card,
    examination,
    examination_warnings,
    examination_exits,
    fund,
    meal,
    offline,
    order,
    quote,
    redemption,
    rent,
    statement,
    statement_many,
    imports,
    exports,
    token,
):
    api.add_router("", door.router)
HANDLERS: dict[type[Exception], Any] = {
    Refusal: problem.refused,
    ValidationError: problem.invalid,
    AuthenticationError: problem.not_signed_in,
    HttpError: problem.http_error,
    RequestDataTooBig: problem.too_large,
    IntegrityError: problem.conflict,
    OperationalError: problem.busy,
}
for kind, handler in HANDLERS.items():
    api.add_exception_handler(kind, handler)
