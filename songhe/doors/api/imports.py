"""People in bulk over HTTP: a table comes in, a job loads it, and its findings are read row by row. 批量导入"""

from __future__ import annotations

import hashlib
from typing import Annotated, Any
from uuid import UUID

from django.http import HttpResponse
from ninja import Query, Router
from pydantic import BaseModel, Field

from songhe.doors.api.caller import ApiRequest
from songhe.doors.api.found import by_id
from songhe.doors.api.operation import serve
from songhe.doors.api.page import BAD_CURSOR
from songhe.doors.api.person import county_for
from songhe.doors.api.problem import language
from songhe.doors.api.types import County, Shown
from songhe.doors.api.write import perform, reply
from songhe.jobs.models import Run
from songhe.kernel.refusal import reason
from songhe.month.importing import JOB, hand_in

router = Router(tags=["批量导入"])

UNKNOWN_JOB = reason("api.unknown_job", zh="没有这个任务。", en="There is no such job.", status=404)

_ROW = {
    "type": "object",
    "description": "每行一个 JSON 对象；字段同 POST /persons，也可用导入模板的中文表头。",
}
_TAKEN = {
    "application/x-ndjson": {"schema": _ROW},
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": {
        "schema": {"type": "string", "format": "binary"}
    },
    "text/csv": {"schema": {"type": "string"}},
}


class ImportQuery(BaseModel):
    county: Annotated[County | None, Field(title="区县；账号只属于一个区县时可不填")] = None
    accept_warnings: Annotated[bool, Field(title="有疑问的行也导入")] = False


class JobShown(Shown):
    id: Annotated[str, Field(title="任务")]
    county: str
    state: Annotated[str, Field(title="状态：waiting、running、done、partly、failed")]
    done: Annotated[int, Field(title="已处理行数")]
    total: Annotated[int, Field(title="总行数")]
    counts: Annotated[dict[str, int], Field(title="各类行数")]
    errors_url: Annotated[str, Field(title="逐行问题的地址")]
    problem: Annotated[str, Field(title="任务失败的原因")]


class FindingShown(Shown):
    row: Annotated[int, Field(title="行号，表头下第一行为 1；0 指整张表")]
    state: str
    kind: Annotated[str, Field(title="error 错误、warning 警告、hint 提示")]
    code: str
    field: str | None
    message: str


class Findings(Shown):
    items: list[FindingShown]
    next_cursor: str | None


class FindingQuery(BaseModel):
    limit: Annotated[int, Field(ge=1, le=1000)] = 200
    cursor: Annotated[str | None, Field(max_length=20)] = None


@serve(
    router,
    "POST",
    "/imports",
    act="person.import",
    gives=JobShown,
    status=202,
    title="批量导入人员",
    about="请求体为 NDJSON、XLSX 或 CSV；答复中的任务由后台逐批执行，同一份表再次导入不会重复。",
    takes=_TAKEN,
    also=(415,),
)
def import_persons(request: ApiRequest, asked: Query[ImportQuery]) -> HttpResponse:
    county, content = county_for(request, asked.county), request.body

    def do() -> dict[str, Any]:
        return show_job(
            hand_in(
                county=county,
                content=content,
                accept_warnings=asked.accept_warnings,
                account=request.auth.account,
                at=request.at,
            )
        )

    mark = f"{hashlib.sha256(content).hexdigest()} {asked.accept_warnings}"
    return perform(request, county=county, body=None, content=mark, do=do, status=202)


@serve(router, "GET", "/jobs/{uuid:id}", act="import.read", gives=JobShown, title="看任务进展")
def read_job(request: ApiRequest, id: UUID) -> HttpResponse:
    return reply(show_job(job_of(request, id)))


@serve(router, "GET", "/jobs/{uuid:id}/errors", act="import.read", gives=Findings, title="看逐行问题")
def list_job_errors(request: ApiRequest, id: UUID, asked: Query[FindingQuery]) -> HttpResponse:
    found = job_of(request, id).result.get("findings", [])
    try:
        start = int(asked.cursor) if asked.cursor is not None else 0
    except ValueError:
        raise BAD_CURSOR("cursor") from None
    if not 0 <= start <= len(found):
        raise BAD_CURSOR("cursor")
    chosen = language()
    items = [
        {name: each[name] for name in ("row", "state", "kind", "code", "field")} | {"message": each[chosen]}
        for each in found[start : start + asked.limit]
    ]
    after = start + len(items)
    return reply({"items": items, "next_cursor": str(after) if after < len(found) else None})


def job_of(request: ApiRequest, job_id: UUID) -> Run:
    return by_id(request, Run.objects.filter(job=JOB), job_id, unknown=UNKNOWN_JOB)


def show_job(run: Run) -> dict[str, Any]:
    return {
        "id": str(run.id),
        "county": run.county,
        "state": str(run.state),
        "done": run.done,
        "total": run.total,
        "counts": run.result.get("counts", {}),
        "errors_url": f"/api/v1/jobs/{run.id}/errors",
        "problem": run.problem,
    }
