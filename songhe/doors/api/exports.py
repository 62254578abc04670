"""Long lists over HTTP: asked for, made by a job, and fetched when they are ready. 批量导出"""

from __future__ import annotations

from typing import Annotated, Any
from uuid import UUID

from django.http import HttpResponse
from django.http.response import HttpResponseBase
from ninja import Router
from pydantic import Field

from songhe.document.download import ask, runs_of, take
from songhe.document.models import Download
from songhe.doors.api.caller import ApiRequest, caller_of
from songhe.doors.api.found import out_of_reach
from songhe.doors.api.operation import serve
from songhe.doors.api.person import COUNTY_OUT_OF_REACH, county_for
from songhe.doors.api.problem import language
from songhe.doors.api.types import Body, County, Instant, MonthText, Shown
from songhe.doors.api.write import perform, reply
from songhe.doors.staff.downloads import KINDS, answer_with
from songhe.doors.staff.lists import LISTS
from songhe.kernel.refusal import reason

router = Router(tags=["批量导出"])

UNKNOWN_EXPORT = reason("api.unknown_export", zh="没有这份名单。", en="There is no such list.", status=404)
UNKNOWN_LIST = reason(
    "api.unknown_list",
    zh="没有名为“{listing}”的名单，可选：{known}。",
    en="No list is called {listing}, only: {known}.",
)
MONTH_MISSING = reason("api.list_needs_month", zh="这份名单按月份取，请写明月份。", en="Name the month of this list.")


class ExportWanted(Body):
    listing: Annotated[str, Field(max_length=40, title="名单：people、applications、vouchers、bills 等")]
    month: MonthText | None = None
    county: Annotated[County | None, Field(title="区县；账号只属于一个区县时可不填")] = None


class ExportShown(Shown):
    id: str
    county: str
    listing: str
    month: Annotated[str | None, Field(title="月份")]
    state: Annotated[str, Field(title="状态：waiting、running、done、partly、failed")]
    done: Annotated[int, Field(title="已写行数")]
    total: Annotated[int, Field(title="总行数")]
    rows: int
    size: Annotated[int, Field(title="文件字节数")]
    sha256: Annotated[str, Field(title="文件的 SHA-256；做完之前为空")]
    expires_at: Instant | None
    file_url: Annotated[str, Field(title="文件的地址；做完之前和过期之后为空")]


@serve(
    router,
    "POST",
    "/exports",
    act="person.export",
    gives=ExportShown,
    status=202,
    title="要一份名单",
    about="名单由后台分批制作，证件号码和电话脱敏；用答复中的 id 查进展，做完后取文件。",
)
def ask_for_export(request: ApiRequest, wanted: ExportWanted) -> HttpResponse:
    county = county_for(request, wanted.county)
    listing = LISTS.get(wanted.listing)
    if listing is None or not listing.by_name:
        raise UNKNOWN_LIST(
            "listing", listing=wanted.listing, known="、".join(code for code, each in LISTS.items() if each.by_name)
        )
    if listing.monthly and wanted.month is None:
        raise MONTH_MISSING("month")
    reader = caller_of(request.auth.account, client=request.auth.client, act=listing.act, on=request.on)
    if not reader.scope.covers_county(county):
        raise COUNTY_OUT_OF_REACH("county")
    month = {"month": wanted.month} if listing.monthly else {}

    def do() -> dict[str, Any]:
        row = ask(
            county=county,
            account=request.auth.account,
            listing=listing.code,
            asked={"divisions": [county], **month},
            language=language(),
            at=request.at,
        )
        return show(request, row)

    return perform(request, county=county, body=wanted, do=do, status=202)


@serve(router, "GET", "/exports/{uuid:id}", act="download.read", gives=ExportShown, title="看名单做到哪里")
def read_export(request: ApiRequest, id: UUID) -> HttpResponse:
    return reply(show(request, mine(request, id)))


@serve(
    router,
    "GET",
    "/exports/{uuid:id}/file",
    act="download.read",
    gives=None,
    title="取名单文件",
    file=(KINDS["xlsx"], "text/csv"),
)
def read_export_file(request: ApiRequest, id: UUID) -> HttpResponseBase:
    """Lists with whole numbers are fetched on the page alone, which asks for the second factor anew."""
    row = mine(request, id)
    if row.whole:
        raise UNKNOWN_EXPORT("id")
    return answer_with(row, take(download=row, account=request.auth.account, at=request.at))


def mine(request: ApiRequest, download_id: UUID) -> Download:
    """The caller's own list, while they may read its rows. Refuses with ``api.unknown_export``."""
    row = Download.objects.everywhere("one's own list").filter(id=download_id).select_related("account").first()
    if row is None:
        raise UNKNOWN_EXPORT("id")
    if row.account_id != request.auth.account.pk or not request.auth.sees(row.county):
        out_of_reach(request, county=row.county, subject="document.Download", subject_id=row.id)
        raise UNKNOWN_EXPORT("id")
    for act in ("person.export", LISTS[row.listing].act):
        scope = caller_of(request.auth.account, client=request.auth.client, act=act, on=request.on).scope
        if not all(scope.covers_county(division) for division in row.asked["divisions"]):
            raise UNKNOWN_EXPORT("id")
    return row


def show(request: ApiRequest, row: Download) -> dict[str, Any]:
    run = runs_of([row]).get(row.job)
    ready = row.expires_at is not None and row.removed_at is None and row.expires_at > request.at
    return {
        "id": str(row.id),
        "county": row.county,
        "listing": row.listing,
        "month": row.asked.get("month"),
        "state": str(run.state) if run else "waiting",
        "done": run.done if run else 0,
        "total": run.total if run else 0,
        "rows": row.rows,
        "size": row.size,
        "sha256": row.sha256,
        "expires_at": row.expires_at.isoformat() if row.expires_at else None,
        "file_url": f"/api/v1/exports/{row.id}/file" if ready else "",
    }
