"""Finding people 人员: by name, ID number, its last four characters, or the number of a case."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import connection
from django.db.models import Q, QuerySet
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from songhe.access.scope import Scope
from songhe.document import number
from songhe.doors.may import require
from songhe.doors.shell.request import DoorRequest
from songhe.doors.staff import naming, words
from songhe.doors.staff.cursor import PAGE, read_text, written
from songhe.doors.staff.reach import noted_read, reach
from songhe.entitlement.models import Application, Entitlement
from songhe.grant.models import Grant
from songhe.kernel import id_number
from songhe.kernel.month import age_on
from songhe.kernel.refusal import Refusal
from songhe.kernel.typed import fold
from songhe.person.identity import find as find_identity
from songhe.person.models import Person
from songhe.redemption.models import Bill
from songhe.service.models import Stay

#: The last character that a name can begin with and still come before anything that does not begin so.
LAST = "\U0010ffff"
#: So long a name is nobody's.
LONGEST = 60


@dataclass(frozen=True)
class Row:
    address: str
    name: str
    number: str
    sex: Any
    age: int
    town: str
    state: words.Word | None
    mark: words.Word | None


@dataclass(frozen=True)
class Asked:
    """What was typed. A whole ID number is never kept in an address, a log line or the trail."""

    text: str
    folded: str

    @classmethod
    def of(cls, text: str) -> Asked:
        return cls(" ".join(text.split())[:LONGEST], fold(text)[:LONGEST])

    @property
    def id_number(self) -> id_number.IdNumber | None:
        if len(self.folded) not in (15, 18) or not self.folded[:-1].isdigit():
            return None
        try:
            return id_number.parse(self.folded)
        except Refusal:
            return None

    @property
    def looks_like_an_id_number(self) -> bool:
        return len(self.folded) in (15, 18) and self.folded[:-1].isdigit()

    @property
    def case_number(self) -> str:
        try:
            return number.check(self.text)
        except Refusal:
            return ""

    @property
    def tail(self) -> str:
        is_tail = len(self.folded) == 4 and self.folded[:3].isdigit() and self.folded[3] in "0123456789X"
        return self.folded if is_tail else ""


def within(scope: Scope) -> QuerySet[Person]:
    """The people of the reach; a provider's staff see those whom it served or houses, and nobody else."""
    rows = Person.objects.within(scope)
    if scope.divisions or not scope.provider_ids:
        return rows
    served = Bill.objects.filter(provider_id__in=scope.provider_ids).values("person_id")
    housed = Stay.objects.filter(provider_id__in=scope.provider_ids).values("person_id")
    return Person.objects.everywhere("a provider's own customers").filter(Q(id__in=served) | Q(id__in=housed))


def beginning_with(rows: QuerySet[Person], text: str) -> QuerySet[Person]:
    """Names that begin with the text, by the index of each database."""
    if connection.vendor == "postgresql":
        return rows.filter(name__startswith=text)
    return rows.filter(name__gte=text, name__lt=text + LAST)


def of_number(rows: QuerySet[Person], no: str) -> QuerySet[Person]:
    """Whose application, right, voucher or bill has this number; its county is the first six digits."""
    ids: set[Any] = set()
    for model in (Application, Entitlement, Grant, Bill):
        plain = model._default_manager.filter(county=no[:6], no=no)
        ids |= set(plain.values_list("person_id", flat=True))
    return rows.filter(county=no[:6], id__in=ids)


def search(scope: Scope, asked: Asked, after: str) -> tuple[list[Person], str]:
    """A page of the people found, and where the next begins."""
    rows = within(scope)
    whole = asked.id_number
    if whole is not None:
        identity = find_identity(whole)
        rows = rows.filter(identity=identity) if identity else rows.none()
    elif asked.case_number:
        rows = of_number(rows, asked.case_number)
    elif asked.tail:
        rows = rows.filter(id_last4=asked.tail)
    elif asked.text:
        rows = beginning_with(rows, asked.text)
    if key := read_text(after):
        name, row_id = key
        rows = rows.filter(Q(name__gt=name) | Q(name=name, id__gt=row_id))
    found = list(rows.order_by("name", "id")[: PAGE + 1])
    more = len(found) > PAGE
    found = found[:PAGE]
    return found, written(found[-1].name, found[-1].id) if more else ""


def rows_of(found: list[Person], on: date) -> list[Row]:
    towns = naming.places((naming.town(person) for person in found), on)
    rights = {
        right.person_id: right.state
        for right in Entitlement.objects.filter(
            county__in={person.county for person in found}, person_id__in=[person.id for person in found]
        ).order_by("approved_on", "no")
    }
    return [
        Row(
            address=reverse("staff:person", args=[person.id]),
            name=person.name,
            number=naming.hidden_number(person),
            sex=words.SEXES.get(person.sex, ""),
            age=age_on(person.birth_date, person.died_on or on),
            town=towns.get(naming.town(person), ""),
            state=words.word(words.ENTITLEMENT, rights[person.id]) if person.id in rights else None,
            mark=mark_of(person),
        )
        for person in found
    ]


def mark_of(person: Person) -> words.Word | None:
    if person.died_on:
        return words.Word(_("已去世"))
    if person.closed_on:
        return words.Word(_("档案已关闭"))
    return None


@require_http_methods(["GET", "HEAD", "POST"])
@require("person.search")
def people(request: DoorRequest) -> HttpResponse:
    """The list and the search. What is typed comes by POST, so that no ID number stands in an address."""
    scope = reach(request, "person.search")
    asked = Asked.of((request.POST if request.method == "POST" else request.GET).get("q", ""))
    as_part = request.headers.get("HX-Target", "") == "div#found"
    if request.method == "POST" and not asked.looks_like_an_id_number and not as_part:
        return HttpResponseRedirect(list_of(asked.text))
    in_address = request.method != "POST" and asked.looks_like_an_id_number
    found, after = ([], "") if in_address else search(scope, asked, request.GET.get("after", ""))
    if asked.id_number is not None:
        for person in found:
            noted_read(request, county=person.county, act="person.search", subject="person", subject_id=person.id)
        if len(found) == 1 and not as_part:
            return HttpResponseRedirect(reverse("staff:person", args=[found[0].id]))
    said = {
        "q": "" if asked.looks_like_an_id_number else asked.text,
        "asked": asked.text,
        "in_address": in_address,
        "bad_number": asked.looks_like_an_id_number and asked.id_number is None,
        "rows": rows_of(found, request.on),
        "first": list_of(asked.text) if request.GET.get("after") else "",
        "following": list_of(asked.text, after) if after else "",
        "whole": bool(scope.divisions),
    }
    response = render(request, "staff/people_found.html" if as_part else "staff/people.html", said)
    if as_part and not asked.looks_like_an_id_number:
        response.headers["HX-Replace-Url"] = list_of(asked.text)
    return response


def list_of(text: str, after: str = "") -> str:
    """The address of the list of what was asked for."""
    query = {name: value for name, value in (("q", text), ("after", after)) if value}
    return reverse("staff:people") + (f"?{urlencode(query)}" if query else "")
