"""The people served 服务对象: residents and clients, each with stay, visits and bills here; and whom to find anew."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.db.models import Q
from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from songhe.document import number as numbers
from songhe.doors.may import require
from songhe.doors.provider import words
from songhe.doors.provider.desk import Desk, open_desk, person_of, shown
from songhe.doors.provider.visits import visit_row
from songhe.doors.shell.pieces import Crumb, Fact
from songhe.doors.shell.request import DoorRequest
from songhe.doors.staff.cursor import PAGE, read_text, written
from songhe.doors.staff.reach import noted_read
from songhe.grant.models import Grant
from songhe.kernel.month import Month, age_on
from songhe.person.masks import mask_phone
from songhe.person.models import Person
from songhe.person.search import asked
from songhe.service.models import Stay, Visit
from songhe.settlement.served import PROGRAMME, around, bills_of, served

#: Bills and visits on a person's page; older ones stand in their lists.
SHOWN = 20


@dataclass(frozen=True)
class Row:
    address: str
    name: str
    age: int
    sex: Any
    over: str
    stay: Stay | None
    last: date | None
    group: Any
    grant_no: str
    billed_fen: int


@require_http_methods(["GET", "HEAD", "POST"])
@require("desk.open")
def people(request: DoorRequest) -> HttpResponse:
    """The list and its search; what is typed comes by POST, so that no part of a number stands in an address."""
    desk = open_desk(request, "desk.open")
    told = request.POST if request.method == "POST" else request.GET
    text = told.get("q", "")[:60].strip()
    residents = told.get("residents") == "1" and desk.houses
    is_number = asked(text).names_somebody
    if request.method == "POST" and not is_number:
        return HttpResponseRedirect(list_of(text, residents))
    rows = served(counties=desk.counties, provider_id=desk.provider.id, text=text, residents=residents)
    if key := read_text(request.GET.get("after", "")):
        name, row_id = key
        rows = rows.filter(Q(name__gt=name) | Q(name=name, id__gt=row_id))
    found = list(rows[: PAGE + 1])
    more, found = len(found) > PAGE, found[:PAGE]
    after = written(found[-1].name, found[-1].id) if more and not is_number else ""
    said = {
        "q": text,
        "residents": residents,
        "rows": rows_of(desk, found, request.on),
        "chips": chips(desk, "" if is_number else text, residents),
        "first": list_of(text, residents) if request.GET.get("after") else "",
        "following": list_of(text, residents, after) if after else "",
        "month": Month.of(request.on),
    }
    return shown(request, desk, "provider/people.html", said)


def chips(desk: Desk, text: str, residents: bool) -> list[dict[str, Any]]:
    if not desk.houses:
        return []
    return [
        {"address": list_of(text), "word": _("全部"), "count": None, "current": not residents},
        {"address": list_of(text, True), "word": _("在住"), "count": None, "current": residents},
    ]


def list_of(text: str, residents: Any = False, after: str = "") -> str:
    query = {"q": text, "residents": "1" if residents else "", "after": after}
    filled = {name: value for name, value in query.items() if value}
    return reverse("provider:people") + (f"?{urlencode(filled)}" if filled else "")


def rows_of(desk: Desk, found: list[Person], on: date) -> list[Row]:
    beside = around(people=found, provider_id=desk.provider.id, month=Month.of(on))
    made = []
    for person in found:
        grant = beside.grants.get(person.id)
        made.append(
            Row(
                address=reverse("provider:person", args=[person.id]),
                name=person.name,
                age=age_on(person.birth_date, person.died_on or on),
                sex=words.SEXES.get(person.sex, ""),
                over=over_of(person),
                stay=beside.stays.get(person.id),
                last=beside.last_visit.get(person.id),
                group=words.word(words.CATEGORIES, grant.category).said if grant and grant.category else "",
                grant_no=grant.no if grant else "",
                billed_fen=beside.billed_fen.get(person.id, 0),
            )
        )
    return made


def over_of(person: Person) -> str:
    if person.died_on:
        return _("已去世")
    return _("档案已关闭") if person.closed_on else ""


@require_safe
@require("desk.open")
def person(request: DoorRequest, person_id: UUID) -> HttpResponse:
    """One person as this provider knows them: never more than what it did for them."""
    desk = open_desk(request, "desk.open")
    row = person_of(request, desk, person_id)
    noted_read(request, county=row.county, act="person.read", subject="person", subject_id=row.id)
    told = {"county": row.county, "person_id": row.id}
    month = Month.of(request.on)
    grant = Grant.objects.filter(**told, programme=PROGRAMME, month=str(month)).first()
    visits = Visit.objects.filter(**told, provider=desk.provider).select_related("item", "worker", "person")
    stays = list(Stay.objects.filter(**told, provider=desk.provider).order_by("-admitted_on"))
    bills = bills_of(counties=(row.county,), provider_id=desk.provider.id).filter(person_id=row.id)
    said = {
        "crumbs": [Crumb(_("服务对象"), reverse("provider:people")), Crumb(row.name)],
        "person": row,
        "over": over_of(row),
        "facts": facts_of(row, request.on, grant),
        "open_stay": next((one for one in stays if one.discharged_on is None), None),
        "stays": stays,
        "visits": [visit_row(one) for one in visits.order_by("-service_on", "-id")[:SHOWN]],
        "bills": [(one, words.word(words.BILL, one.state)) for one in bills.order_by("-id")[:SHOWN]]
        if desk.is_manager
        else [],
    }
    return shown(request, desk, "provider/person.html", said)


def facts_of(person: Person, on: date, grant: Grant | None) -> list[Fact]:
    found = [
        Fact(_("年龄"), age_on(person.birth_date, person.died_on or on)),
        Fact(_("性别"), words.SEXES.get(person.sex, "")),
        Fact(_("住址"), person.address),
        Fact(_("联系电话"), mask_phone(person.phone)),
    ]
    if grant is not None:
        group = words.word(words.CATEGORIES, grant.category).said if grant.category else _("还没有选组别")
        found.append(Fact(_("本月的券"), group, note=numbers.grouped(grant.no)))
    else:
        found.append(Fact(_("本月的券"), _("没有")))
    return found
