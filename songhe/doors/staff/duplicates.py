"""Files that may be one human's 重复档案: side by side, and somebody who wrote in neither says same or different."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.db.models import Count
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from songhe.doors.may import require
from songhe.doors.shell.pieces import Fact
from songhe.doors.shell.request import DoorRequest
from songhe.doors.staff import naming, words
from songhe.doors.staff.acting import ActForm, act_once, because, fresh, problems, sent
from songhe.doors.staff.reach import account_of, counties, out_of_reach
from songhe.entitlement.models import Entitlement
from songhe.grant.models import Grant
from songhe.jobs.models import Outgoing
from songhe.jobs.outbox import put
from songhe.kernel.refusal import Refusal
from songhe.person import merge
from songhe.person.duplicate import TOPIC
from songhe.person.masks import mask_phone
from songhe.person.models import Duplicate, Person
from songhe.redemption.models import Bill
from songhe.trail.note import note

#: Pairs of a page.
MOST = 20
FIRST, SECOND = "first", "second"


class DecideForm(ActForm):
    verdict = forms.ChoiceField(
        label=gettext_lazy("是同一个人吗"),
        choices=[
            (FIRST, gettext_lazy("同一人，保留档案一")),
            (SECOND, gettext_lazy("同一人，保留档案二")),
            (merge.DIFFERENT, gettext_lazy("不是同一人")),
        ],
        widget=forms.RadioSelect,
        error_messages={"required": gettext_lazy("请选一项。")},
    )
    because = because(gettext_lazy("怎样核实的"), gettext_lazy("例如：电话核实、看过两本户口簿。"), rows=2, longest=300)


@dataclass(frozen=True)
class File:
    person: Person
    address: str
    facts: list[Fact]


@dataclass(frozen=True)
class Pair:
    row: Duplicate
    files: list[File]
    form: ActForm


@require_safe
@require("person.merge")
def duplicates(request: DoorRequest) -> HttpResponse:
    return page(request)


def page(
    request: DoorRequest,
    *,
    wrong: tuple[UUID, ActForm] | None = None,
    refusal: Refusal | None = None,
    status: int = 200,
) -> HttpResponse:
    """The pairs that wait for somebody, the oldest first, a page at a time: those decided make room for the next."""
    known = counties(request, "person.merge")
    waiting = Duplicate.objects.filter(county__in=known, outcome="")
    rows = list(waiting.select_related("first", "second").order_by("found_at", "id")[:MOST])
    looking = Outgoing.objects.filter(county__in=known, topic=TOPIC, done_at=None).exists()
    said = {
        "pairs": pairs(request, rows, wrong),
        "count": waiting.count(),
        "looking": looking,
        "look": None if looking or not known else fresh(ActForm, "look"),
        **problems(wrong[1] if wrong else None, refusal),
    }
    return render(request, "staff/duplicates.html", said, status=status)


def pairs(request: DoorRequest, rows: Sequence[Duplicate], wrong: tuple[UUID, ActForm] | None) -> list[Pair]:
    """Each pair with what hangs on either file, in four queries."""
    people = {person.id: person for row in rows for person in (row.first, row.second)}
    places = naming.places({person.place for person in people.values()}, request.on)
    towns = naming.places({naming.town(person) for person in people.values()}, request.on)
    held = {"county__in": {row.county for row in rows}, "person__in": list(people)}
    rights: dict[UUID, list[str]] = {}
    for right in Entitlement.objects.filter(**held).order_by("first_month"):
        rights.setdefault(right.person_id, []).append(str(words.word(words.ENTITLEMENT, right.state).said))
    vouchers = dict(Grant.objects.filter(**held).order_by().values_list("person").annotate(Count("id")))
    bills = dict(Bill.objects.filter(**held).order_by().values_list("person").annotate(Count("id")))

    def file(person: Person) -> File:
        return File(
            person=person,
            address=reverse("staff:person", args=[person.id]),
            facts=[
                Fact(_("姓名"), person.name),
                Fact(_("证件号码"), naming.hidden_number(person)),
                Fact(_("出生日期"), person.birth_date.isoformat()),
                Fact(_("居住地"), f"{towns.get(naming.town(person), '')}{places.get(person.place, '')}"),
                Fact(_("住址"), person.address),
                Fact(_("联系电话"), mask_phone(person.phone)),
                Fact(_("待遇"), words.listed(rights.get(person.id, [])) or _("没有")),
                Fact(_("消费券"), vouchers.get(person.id, 0)),
                Fact(_("账单"), bills.get(person.id, 0)),
            ],
        )

    return [
        Pair(
            row=row,
            files=[file(row.first), file(row.second)],
            form=wrong[1] if wrong and wrong[0] == row.id else fresh(DecideForm, f"pair_{row.id}"),
        )
        for row in rows
    ]


@require_POST
@require("person.merge")
def look(request: DoorRequest) -> HttpResponse:
    """Have the worker look through one's counties for pairs."""
    form = ActForm(request.POST)
    known = counties(request, "person.merge")
    if not known:
        raise Http404
    if form.is_valid():

        def do() -> dict[str, Any]:
            for county in known:
                put(county=county, topic=TOPIC, about=form.cleaned_data["key"], payload={}, at=request.at)
                note(
                    county=county,
                    at=request.at,
                    actor=account_of(request).username,
                    act="person.find_duplicates",
                    subject="county",
                    subject_id=county,
                )
            return {"counties": known}

        act_once(request, county=known[0], name="staff.duplicates.look", form=form, do=do)
        messages.success(request, _("已交给后台查找，找到的会列在这里。"))
    return HttpResponseRedirect(reverse("staff:duplicates"))


@require_POST
@require("person.merge")
def decide(request: DoorRequest, pair_id: UUID) -> HttpResponse:
    """Say same or different, once. Refuses as ``merge.decide`` does."""
    row = Duplicate.objects.filter(id=pair_id).select_related("first", "second").first()
    if row is None:
        raise Http404
    if row.county not in counties(request, "person.merge"):
        out_of_reach(request, county=row.county, subject="duplicate", subject_id=row.id)
    form = sent(DecideForm, f"pair_{row.id}", request)
    if not form.is_valid():
        return page(request, wrong=(row.id, form), status=422)
    told = form.cleaned_data
    kept = {FIRST: row.first, SECOND: row.second}.get(told["verdict"])

    def do() -> dict[str, Any]:
        merge.decide(
            duplicate=row,
            outcome=merge.SAME if kept else merge.DIFFERENT,
            because=told["because"],
            keep=kept,
            on=request.on,
            at=request.at,
            by=account_of(request).username,
        )
        return {"pair": str(row.id)}

    try:
        act_once(request, county=row.county, name=f"staff.duplicate:{row.id}", form=form, do=do)
    except Refusal as refusal:
        return page(request, wrong=(row.id, form), refusal=refusal, status=refusal.status)
    done = _("已合并，另一份档案从今天起关闭，原有记录都在。") if kept else _("已记下，不再提示这一对。")
    messages.success(request, done)
    return HttpResponseRedirect(reverse("staff:duplicates"))
