"""Lists that hang out 公示: applicants before approval, this month's holders, listed providers. Masked, on A4."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from songhe.doors.may import require
from songhe.doors.shell.request import DoorRequest
from songhe.doors.staff import export, naming, words
from songhe.doors.staff.cursor import address
from songhe.doors.staff.papers import paper
from songhe.doors.staff.reach import counties, noted_read, reach
from songhe.entitlement.publish import published
from songhe.grant.models import Grant
from songhe.kernel.month import Month
from songhe.kernel.refusal import Refusal
from songhe.person.masks import mask_name
from songhe.place.division import children
from songhe.policy.terms import terms
from songhe.provider.admit import listings_on

#: Rows of one list; a county's month is hung out town by town.
MOST = 2_000
PROGRAMME = "consumption-voucher"


@dataclass(frozen=True)
class Kind:
    name: str
    word: Any
    lead: Any
    heads: tuple[Any, ...]


KINDS: tuple[Kind, ...] = (
    Kind(
        "applicants",
        gettext_lazy("拟批准公示"),
        gettext_lazy("初审通过、正在公示的申请人。公示期满无异议，由审批人批准。"),
        (gettext_lazy("申请编号"), gettext_lazy("居住地"), gettext_lazy("公示起止"), gettext_lazy("剩余天数")),
    ),
    Kind(
        "holders",
        gettext_lazy("享受补贴名单"),
        gettext_lazy("当月领取消费券的老人。"),
        (gettext_lazy("居住地"), gettext_lazy("服务组别"), gettext_lazy("面额")),
    ),
    Kind(
        "providers",
        gettext_lazy("定点机构名单"),
        gettext_lazy("当前可以使用消费券的机构。"),
        (gettext_lazy("统一社会信用代码"), gettext_lazy("服务组别"), gettext_lazy("有效期")),
    ),
)
BY_NAME = {kind.name: kind for kind in KINDS}


@dataclass(frozen=True)
class Line:
    """A row of a list: a masked name and number, or a provider's name, and the cells after it."""

    name: str
    number: str
    cells: tuple[Any, ...]


@dataclass(frozen=True)
class List:
    kind: Kind
    county: str
    place: str
    town: str
    month: Month
    lines: list[Line]
    cut: bool
    days: int | None


def list_of(request: DoorRequest) -> List:
    """The list that the address asks for: kind, county, town, month."""
    kind = BY_NAME.get(request.GET.get("kind", "applicants"))
    known = counties(request, "publication.read")
    county = request.GET.get("county", "") or (known[0] if known else "")
    if kind is None or county not in known:
        raise Http404
    try:
        month = Month.parse(request.GET["month"]) if request.GET.get("month") else Month.of(request.on)
    except Refusal:
        month = Month.of(request.on)
    town = request.GET.get("town", "")
    if not (len(town) == 9 and town.isascii() and town.isdigit() and town.startswith(county)):
        town = ""
    lines = {"applicants": applicants, "holders": holders, "providers": providers}[kind.name](
        county, town, month, request.on
    )
    return List(
        kind=kind,
        county=county,
        place=naming.whole_place(town or county, request.on),
        town=town,
        month=month,
        lines=lines[:MOST],
        cut=len(lines) > MOST,
        days=publication_days(county, request.on),
    )


def publication_days(county: str, on: date) -> int | None:
    try:
        return terms(policy=PROGRAMME, place=county, on=on).publication_days
    except Refusal:
        return None


def applicants(county: str, town: str, month: Month, on: date) -> list[Line]:
    rows = [row for row in published(county, PROGRAMME, on) if row.place.startswith(town)]
    towns = naming.places((row.place for row in rows), on)
    return [
        Line(
            row.name,
            row.id_number,
            (
                row.no,
                towns.get(row.place, ""),
                f"{row.publish_from} — {row.publish_to}",
                (row.publish_to - on).days,
            ),
        )
        for row in rows
    ]


def holders(county: str, town: str, month: Month, on: date) -> list[Line]:
    rows = Grant.objects.filter(county=county, programme=PROGRAMME, month=str(month)).exclude(state=Grant.State.REVOKED)
    if town:
        rows = rows.filter(person__place__startswith=town)
    found = list(rows.select_related("person").order_by("no")[: MOST + 1])
    towns = naming.places((naming.town(row.person) for row in found), on)
    return [
        Line(
            mask_name(row.person.name),
            naming.hidden_number(row.person),
            (
                towns.get(naming.town(row.person), ""),
                words.word(words.CATEGORIES, row.category).said if row.category else _("还没有选组别"),
                row.face_fen,
            ),
        )
        for row in found
    ]


def providers(county: str, town: str, month: Month, on: date) -> list[Line]:
    rows = listings_on(county, on).select_related("provider").order_by("provider__name", "id")
    return [
        Line(
            row.provider.name,
            "",
            (
                row.provider.credit_code,
                words.listed(words.word(words.CATEGORIES, each).said for each in row.categories),
                f"{row.valid_from} — {row.valid_to or ''}",
            ),
        )
        for row in rows[: MOST + 1]
    ]


def said_of(request: DoorRequest, shown: List) -> dict[str, Any]:
    on = request.on
    here = reverse("staff:publications")
    query = {"county": shown.county, "town": shown.town, "month": str(shown.month)}
    return {
        "list": shown,
        "heads": shown.kind.heads,
        "has_numbers": shown.kind.name != "providers",
        "money_at": len(shown.kind.heads) if shown.kind.name == "holders" else 0,
        "chips": [
            {
                "address": f"{here}?{urlencode({'kind': kind.name, **query})}",
                "word": kind.word,
                "count": None,
                "current": kind is shown.kind,
            }
            for kind in KINDS
        ],
        "counties": [(code, naming.whole_place(code, on)) for code in counties(request, "publication.read")],
        "towns": [(one.code, one.name) for one in children(shown.county, on)],
        "months": [Month.of(on), Month.of(on).previous, Month.of(on).previous.previous],
        "pdf": address(request, kind=shown.kind.name).replace(here, reverse("staff:publication-pdf")),
        "sheet": address(request, kind=shown.kind.name).replace(here, reverse("staff:publication-sheet")),
    }


@require_safe
@require("publication.read")
def publications(request: DoorRequest) -> HttpResponse:
    reach(request, "publication.read")
    return render(request, "staff/publications.html", said_of(request, list_of(request)))


@require_safe
@require("publication.read")
def as_paper(request: DoorRequest) -> HttpResponse:
    """The list as it is hung out, on A4 with its number of pages."""
    reach(request, "publication.read")
    shown = list_of(request)
    noted_read(request, county=shown.county, act="publication.print", subject="list", subject_id=shown.kind.name)
    said = {**said_of(request, shown), "on": request.on}
    return paper(request, "staff/paper/publication.html", f"list-{shown.kind.name}-{request.on}", said)


@require_safe
@require("publication.read")
def as_sheet(request: DoorRequest) -> HttpResponse:
    reach(request, "publication.read")
    shown = list_of(request)
    numbers = shown.kind.name != "providers"
    columns: Sequence[tuple[Any, str, int]] = [
        (_("姓名") if numbers else _("机构"), "text", 16 if numbers else 36),
        *([(_("证件号码"), "text", 22)] if numbers else []),
        *((head, "text", 26) for head in shown.kind.heads),
    ]
    last_is_money = shown.kind.name == "holders"
    if last_is_money:
        columns = [*columns[:-1], (shown.kind.heads[-1], "money", 14)]

    def cells(line: Line) -> list[Any]:
        rest = list(line.cells) if last_is_money else [str(each) for each in line.cells]
        plain = [str(each) for each in rest[:-1]] + rest[-1:]
        return [line.name, *([line.number] if numbers else []), *plain]

    return export.workbook(
        request,
        name=f"list-{shown.kind.name}",
        title=str(shown.kind.word),
        columns=export.titles(columns),
        rows=(cells(line) for line in shown.lines),
        counties=[shown.county],
    )
