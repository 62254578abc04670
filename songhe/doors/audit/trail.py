"""The trail 留痕: who did what, when, to what; searched by person, account, act and time."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from songhe.doors.audit.desk import Desk, look, open_desk, said
from songhe.doors.audit.words import act_word, known_acts, subject_word
from songhe.doors.may import may, require
from songhe.doors.shell.pieces import Crumb
from songhe.doors.shell.request import DoorRequest
from songhe.doors.staff import naming
from songhe.doors.staff.cursor import PAGE, address, read_moment, written
from songhe.doors.staff.figures import language
from songhe.doors.staff.reach import out_of_reach
from songhe.entitlement.models import Application, Entitlement
from songhe.grant.models import Grant
from songhe.kernel.month import midnight, parse_date
from songhe.kernel.refusal import Refusal
from songhe.month.audit.money import READS
from songhe.person.models import Person
from songhe.redemption.models import Bill
from songhe.trail.models import Entry, Seal

#: Days that are searched when nobody says since when.
DAYS = 31


@dataclass(frozen=True)
class Asked:
    """What is searched for; ``person`` names a file, whose applications, vouchers and bills count with it."""

    actor: str
    act: str
    first: date
    last: date
    person: Person | None
    wrong: str


def asked(request: DoorRequest, desk: Desk) -> Asked:
    """The fields of the search; a day that is none says so and stands for the default."""
    wrong = ""
    first, last = request.on - timedelta(days=DAYS), request.on
    try:
        if text := request.GET.get("first", ""):
            first = parse_date(text, "first")
        if text := request.GET.get("last", ""):
            last = parse_date(text, "last")
    except Refusal as refusal:
        wrong = refusal.message(language())
    return Asked(
        actor=request.GET.get("actor", "").strip()[:64],
        act=request.GET.get("act", "").strip()[:64],
        first=first,
        last=last,
        person=person_of(request, desk),
        wrong=wrong,
    )


def person_of(request: DoorRequest, desk: Desk) -> Person | None:
    """The file that the address names; another county's is 404 and noted there."""
    text = request.GET.get("person", "")
    if not text:
        return None
    if not may(request.user, "person.read", request.on):
        raise Http404
    try:
        row = Person.objects.everywhere("an auditor names the file whose trail is read").filter(id=UUID(text)).first()
    except ValueError:
        raise Http404 from None
    if row is None:
        raise Http404
    if row.county not in desk.counties:
        out_of_reach(request, county=row.county, subject="person", subject_id=row.id)
    return row


def found(desk: Desk, told: Asked, acts: tuple[str, ...] | None = None) -> QuerySet[Entry]:
    """The entries of the county that fit, the newest first."""
    rows = Entry.objects.filter(
        county=desk.county, at__gte=midnight(told.first), at__lt=midnight(told.last + timedelta(days=1))
    )
    if told.actor:
        rows = rows.filter(actor=told.actor)
    if told.act:
        rows = rows.filter(act__startswith=told.act) if told.act.endswith(".") else rows.filter(act=told.act)
    elif acts is not None:
        rows = rows.filter(act__in=acts)
    if told.person is not None:
        rows = rows.filter(of_person(told.person))
    return rows.order_by("-at", "-id")


def of_person(person: Person) -> Q:
    """Everything that the trail names of a person: the file, applications, rights, vouchers and bills."""
    of = {"county": person.county, "person_id": person.id}
    wanted = Q(subject="person", subject_id=str(person.id))
    for kind, rows in (
        ("entitlement.Application", Application.rows),
        ("entitlement.Entitlement", Entitlement.objects),
        ("grant", Grant.objects),
        ("bill", Bill.objects),
    ):
        ids = [str(row) for row in rows.filter(**of).values_list("id", flat=True)[:500]]
        if ids:
            wanted |= Q(subject=kind, subject_id__in=ids)
    return wanted


def page_of(request: DoorRequest, rows: QuerySet[Entry]) -> tuple[list[Entry], str]:
    """One page, and the address of the next."""
    after = read_moment(request.GET.get("after", ""))
    if after is not None:
        at, row_id = after
        rows = rows.filter(Q(at__lt=at) | Q(at=at, id__lt=row_id))
    kept = list(rows[: PAGE + 1])
    more = len(kept) > PAGE
    following = address(request, after=written(kept[PAGE - 1].at, kept[PAGE - 1].id)) if more else ""
    return kept[:PAGE], following


def lines(kept: list[Entry], desk: Desk, *, names_people: bool) -> list[dict[str, Any]]:
    """Entries in words, with the numbers of their seals; names only where the reader may see people."""
    actors = naming.accounts(row.actor for row in kept)
    seals = dict(
        Seal.objects.filter(county=desk.county, entry_id__in=[row.id for row in kept]).values_list("entry_id", "number")
    )
    ids = [one for one in (as_uuid(row.subject_id) for row in kept if row.subject == "person") if one]
    people = (
        dict(Person.rows.filter(county=desk.county, id__in=ids).values_list("id", "name"))
        if names_people and ids
        else {}
    )
    return [
        {
            "at": row.at,
            "actor": row.actor,
            "who": actors.get(row.actor, row.actor),
            "act": act_word(row.act),
            "code": row.act,
            "subject": subject_word(row.subject),
            "subject_id": row.subject_id,
            "name": named(people, row),
            "person": reverse("staff:person", args=[row.subject_id]) if row.subject == "person" and people else "",
            "reason": row.reason,
            "detail": sorted((key, value) for key, value in row.detail.items() if key != "request"),
            "seal": seals.get(row.id),
            "grave": row.act == "door.out_of_reach",
        }
        for row in kept
    ]


def named(people: dict[UUID, str], row: Entry) -> str:
    """The name of the person whom the entry is about."""
    found = as_uuid(row.subject_id) if row.subject == "person" else None
    return people.get(found, "") if found else ""


def as_uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


@require_safe
@require("audit.read")
def trail(request: DoorRequest) -> HttpResponse:
    """Whatever was done in the county."""
    return shown(request, title=_("查留痕"), template="audit/trail.html", acts=None, page="audit:trail")


def shown(request: DoorRequest, *, title: str, template: str, acts: tuple[str, ...] | None, page: str) -> HttpResponse:
    desk = open_desk(request, "audit.read")
    told = asked(request, desk)
    kept, following = page_of(request, found(desk, told, acts))
    look(
        request,
        desk,
        "audit.read",
        "person" if told.person else "page",
        told.person.id if told.person else page,
        actor_searched=told.actor,
        act_searched=told.act,
        first=told.first.isoformat(),
        last=told.last.isoformat(),
    )
    names_people = may(request.user, "person.read", request.on)
    choices = [(code, word) for code, word in known_acts() if acts is None or code in acts]
    table = {
        **said(request, desk, Crumb(title)),
        "title": title,
        "told": told,
        "rows": lines(kept, desk, names_people=names_people),
        "choices": [(code, word, code == told.act) for code, word in choices],
        "first_page": address(request, after=None) if request.GET.get("after") else "",
        "following": following,
        "page": reverse(page),
        "names_people": names_people,
        "reads": READS,
    }
    return render(request, template, table)
