"""Finding people 人员: in one box by name, pinyin, initials, the end of an ID number or of a telephone, any number."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from songhe.access.scope import Scope
from songhe.document import number
from songhe.doors.may import may, require
from songhe.doors.shell.request import DoorRequest
from songhe.doors.staff import naming, words
from songhe.doors.staff.cursor import PAGE
from songhe.doors.staff.reach import noted_read, reach
from songhe.entitlement.models import Application, Entitlement
from songhe.grant.models import Grant
from songhe.kernel import id_number
from songhe.kernel.month import age_on
from songhe.kernel.refusal import Refusal
from songhe.person.models import Person
from songhe.person.search import FARTHEST, asked, search
from songhe.redemption.models import Bill
from songhe.service.models import Stay


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
class Answer:
    """The people of a page, the closest first. ``following`` and ``skipped`` say where in the answer it stands."""

    people: list[Person]
    skipped: int = 0
    more: bool = False
    after: str = ""


def within(scope: Scope) -> QuerySet[Person]:
    """The people of the reach; a provider's staff see those whom it served or houses, and nobody else."""
    rows = Person.objects.within(scope)
    if scope.divisions or not scope.provider_ids:
        return rows
    served = Bill.objects.filter(provider_id__in=scope.provider_ids).values("person_id")
    housed = Stay.objects.filter(provider_id__in=scope.provider_ids).values("person_id")
    return Person.objects.everywhere("a provider's own customers").filter(Q(id__in=served) | Q(id__in=housed))


def case_number(text: str) -> str:
    """The number of an application, right, voucher or bill, if it is one."""
    try:
        return number.check(text)
    except Refusal:
        return ""


def of_number(rows: QuerySet[Person], no: str) -> list[Person]:
    """Whose application, right, voucher or bill has this number; its county is the first six digits."""
    ids: set[Any] = set()
    for model in (Application, Entitlement, Grant, Bill):
        plain = model._default_manager.filter(county=no[:6], no=no)
        ids |= set(plain.values_list("person_id", flat=True))
    return list(rows.filter(county=no[:6], id__in=ids).order_by("id"))


def found(scope: Scope, text: str, *, skip: int = 0, after: str = "", most: int = PAGE) -> Answer:
    """Whom the text fits; without a text everybody of the reach, the newest files first."""
    rows = within(scope)
    narrowed = None if scope.divisions else rows
    if not text:
        page = newest(rows, after, most)
        more = len(page) > most
        return Answer(page[:most], more=more, after=page[most - 1].id.hex if more else "")
    if no := case_number(text):
        return Answer(of_number(rows, no))
    answer = search(scope, text, most, skip=skip, among=narrowed)
    return Answer(answer.people, skip, answer.more and skip + most < FARTHEST)


def newest(rows: QuerySet[Person], after: str, most: int) -> list[Person]:
    """The ids of files rise with time: the order of the ids is that in which the files were opened."""
    with suppress(ValueError):
        rows = rows.filter(id__lt=UUID(after)) if after else rows
    return list(rows.order_by("-id")[: most + 1])


def rows_of(people: Iterable[Person], on: date) -> list[Row]:
    people = list(people)
    towns = naming.places((naming.town(person) for person in people), on)
    rights = {
        right.person_id: right.state
        for right in Entitlement.objects.filter(
            county__in={person.county for person in people}, person_id__in=[person.id for person in people]
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
        for person in people
    ]


def mark_of(person: Person) -> words.Word | None:
    if person.died_on:
        return words.Word(_("已去世"))
    if person.closed_on:
        return words.Word(_("档案已关闭"))
    return None


def is_bad_number(digits: str) -> bool:
    try:
        id_number.parse(digits)
    except Refusal:
        return True
    return False


def whole(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 5 else 0


@require_http_methods(["GET", "HEAD", "POST"])
@require("person.search")
def people(request: DoorRequest) -> HttpResponse:
    """The list and the search. What is typed comes by POST; digits, which name a person, never stand in an address."""
    scope = reach(request, "person.search")
    given = request.POST if request.method == "POST" else request.GET
    text = " ".join(given.get("q", "").split())[:60]
    typed = asked(text)
    private = typed.names_somebody and not case_number(text)
    as_part = request.headers.get("HX-Target", "") == "div#found"
    skip = whole(given.get("skip", ""))
    if request.method == "POST" and not private and not as_part:
        return HttpResponseRedirect(list_of(text))
    in_address = request.method != "POST" and private
    answer = Answer([]) if in_address else found(scope, text, skip=skip, after=given.get("after", ""))
    if typed.is_id_number:
        for person in answer.people:
            noted_read(request, county=person.county, act="person.search", subject="person", subject_id=person.id)
        if len(answer.people) == 1 and not as_part:
            return HttpResponseRedirect(reverse("staff:person", args=[answer.people[0].id]))
    said = {
        "q": "" if typed.is_id_number else text,
        "asked": text,
        "in_address": in_address,
        "bad_number": typed.is_id_number and is_bad_number(typed.digits),
        "short_number": bool(typed.digits) and len(typed.digits) < 4,
        "rows": rows_of(answer.people, request.on),
        "private": private,
        "first": list_of(text) if not private and (given.get("after") or skip) else "",
        "following": list_of(text, after=answer.after, skip=skip + PAGE if text else 0)
        if not private and (answer.more or answer.after)
        else "",
        "skip_next": skip + PAGE if private and answer.more else 0,
        "skipped": skip if private else 0,
        "cut": answer.skipped + PAGE >= FARTHEST and len(answer.people) == PAGE,
        "whole": bool(scope.divisions),
        "may_register": may(request.user, "person.write", request.on),
        "may_import": may(request.user, "person.import", request.on),
        "may_export_whole": may(request.user, "person.export_whole", request.on),
        "may_export": may(request.user, "person.export", request.on) and bool(scope.divisions),
    }
    response = render(request, "staff/people_found.html" if as_part else "staff/people.html", said)
    if as_part:
        # What names a person leaves the address as it was without it.
        response.headers["HX-Replace-Url"] = list_of("" if private else text)
    return response


def list_of(text: str, *, after: str = "", skip: int = 0) -> str:
    """The address of the list of what was asked for."""
    query = {name: value for name, value in (("q", text), ("after", after), ("skip", skip or "")) if value}
    return reverse("staff:people") + (f"?{urlencode(query)}" if query else "")
