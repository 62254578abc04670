"""One page per person 经过: status, vouchers, bills, visits, assessments, and every change with what stood before."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from songhe.assessment.models import Assessment
from songhe.doors.may import require
from songhe.doors.shell.amount import figures
from songhe.doors.shell.pieces import Crumb, Event
from songhe.doors.shell.request import DoorRequest
from songhe.doors.shell.spoken import day, month
from songhe.doors.staff import history, naming, words
from songhe.doors.staff.cursor import address
from songhe.doors.staff.file import find
from songhe.doors.staff.people import whole
from songhe.doors.staff.reach import noted_read, reach
from songhe.entitlement.models import Application, Entitlement
from songhe.grant.models import Grant
from songhe.kernel.month import Month
from songhe.person.ethnic import ETHNIC
from songhe.person.masks import mask_phone
from songhe.person.models import Event as Report
from songhe.person.models import Mandate, Person, Provenance, Status
from songhe.person.opening import WHOLE_FILE
from songhe.person.status import KINDS
from songhe.redemption.models import Bill, Reversal
from songhe.service.models import Stay, Visit

#: Lines of a page, and how far back the pages go.
PAGE, PAGES = 50, 20
#: Changes of one file that are read to know what stood before each.
CHANGES = 1_000


@dataclass(frozen=True)
class Kind:
    """Where lines come from: each source gives its newest, ``most`` of them at most."""

    name: str
    word: Any
    source: Callable[[Person, int], list[Event]]


def language() -> str:
    return "zh" if words.in_chinese() else "en"


def statuses(person: Person, most: int) -> list[Event]:
    """What somebody is, from a day to a day; reports; who may act."""
    mine: dict[str, Any] = {"county": person.county, "person": person}
    told = []
    for status in Status.objects.filter(**mine).order_by("-valid_from", "-id")[:most]:
        name = words.titled(KINDS[status.kind].zh, KINDS[status.kind].en) if status.kind in KINDS else status.kind
        source = words.SOURCES.get(status.source, status.source)
        told.append(Event(status.valid_from, _("开始：%(what)s") % {"what": name}, detail=source))
        if status.valid_to:
            told.append(Event(status.valid_to, _("结束：%(what)s") % {"what": name}, detail=source))
    for report in Report.objects.filter(**mine).order_by("-reported_at", "-id")[:most]:
        what = _("报告：%(what)s") % {"what": words.EVENTS.get(report.kind, report.kind)}
        state = words.word(words.EVENT_STATES, report.state).said
        detail = f"{day(report.happened_on, language())} · {state}"
        told.append(Event(report.reported_at, what, who=report.reported_by, detail=detail, tone="grave"))
    for mandate in Mandate.objects.filter(**mine).order_by("-valid_from", "-id")[:most]:
        relation = words.RELATIONS.get(mandate.relation, mandate.relation)
        told.append(
            Event(mandate.at, _("登记代办人"), who=mandate.given_by, detail=f"{mandate.proxy_name} · {relation}")
        )
        if mandate.ended_on:
            told.append(Event(mandate.ended_on, _("终止代办"), detail=mandate.proxy_name))
    return told


def decisions(person: Person, most: int) -> list[Event]:
    """Applications and the rights that came of them."""
    told = []
    rows = Application.rows.filter(county=person.county, person=person).order_by("-opened_at", "-id")
    for row in rows[:most]:
        where = reverse("staff:application", args=[row.no])
        if row.submitted_at:
            channel = words.word(words.CHANNELS, row.channel).said
            told.append(Event(row.submitted_at, _("提交申请"), who=row.opened_by, detail=channel, address=where))
        if row.reviewed_at:
            told.append(Event(row.reviewed_at, _("已初审"), who=row.reviewed_by, detail=row.review_note, address=where))
        if row.decided_at:
            state = words.word(words.APPLICATION, row.state)
            told.append(
                Event(
                    row.decided_at, state.said, who=row.decided_by, detail=row.decision_note, tone="pine", address=where
                )
            )
    for right in Entitlement.objects.filter(county=person.county, person=person).order_by("-approved_on", "-no")[:most]:
        first = month(Month.parse(right.first_month), language())
        said = _("%(month)s起发放") % {"month": first}
        told.append(Event(right.approved_on, _("待遇开始"), who=right.approved_by, detail=said, tone="pine"))
    return told


def vouchers(person: Person, most: int) -> list[Event]:
    told = []
    rows = Grant.objects.filter(county=person.county, person=person).order_by("-month", "-no")
    for row in rows[:most]:
        name = _("%(month)s消费券") % {"month": month(Month.parse(row.month), language())}
        group = words.word(words.CATEGORIES, row.category).said if row.category else _("还没有选组别")
        told.append(Event(row.issued_at, name, detail=f"{figures(row.face_fen)} · {group} · {row.no}", tone="pine"))
        if row.ended_at:
            state = words.word(words.GRANT, row.state).said
            told.append(
                Event(
                    row.ended_at,
                    f"{name} · {state}",
                    detail=words.ENDED.get(row.ended_because, row.ended_because) or row.no,
                )
            )
    return told


def bills(person: Person, most: int) -> list[Event]:
    told = []
    rows = Bill.objects.filter(county=person.county, person=person).select_related("provider")
    for row in rows.order_by("-month", "-handed_in_at", "-id")[:most]:
        state = words.word(words.BILL, row.state)
        parts = _("费用 %(fee)s，消费券 %(voucher)s，自付 %(own)s") % {
            "fee": figures(row.fee_fen),
            "voucher": figures(row.voucher_fen),
            "own": figures(row.self_fen),
        }
        what = f"{_('账单')} · {state.said}"
        told.append(Event(row.booked_at or row.handed_in_at, what, who=row.provider.name, detail=f"{parts} · {row.no}"))
    undone = Reversal.objects.filter(county=person.county, line__bill__person=person, line__bill__county=person.county)
    for back in undone.select_related("line__item").order_by("-at", "-id")[:most]:
        item = words.said(back.line.item.name, back.line.item.name_en)
        said = f"{item} {figures(back.line.voucher_fen)} · {back.reason}"
        told.append(Event(back.at, _("冲正"), who=back.by, detail=said, tone="grave"))
    return told


def services(person: Person, most: int) -> list[Event]:
    """Visits and stays."""
    told = []
    rows = Visit.objects.filter(county=person.county, person=person).select_related("provider", "item")
    for row in rows.order_by("-service_on", "-id")[:most]:
        verdict = words.word(words.VERDICTS, row.verdict).said
        name = words.said(row.item.name, row.item.name_en)
        told.append(Event(row.started_at or row.service_on, name, who=row.provider.name, detail=verdict))
    stays = Stay.objects.filter(county=person.county, person=person).select_related("provider")
    for stay in stays.order_by("-admitted_on", "-id")[:most]:
        told.append(Event(stay.admitted_on, _("入住"), who=stay.provider.name))
        if stay.discharged_on:
            told.append(Event(stay.discharged_on, _("退住"), who=stay.provider.name))
    return told


def assessments(person: Person, most: int) -> list[Event]:
    told = []
    rows = Assessment.rows.filter(county=person.county, person=person).select_related("body")
    for row in rows.order_by("-requested_at", "-id")[:most]:
        body = row.body.name if row.body else row.body_name
        state = words.word(words.ASSESSMENT, row.state).said
        if row.assessed_on and row.final_level is not None:
            what = _("评估结果：%(level)s") % {"level": words.LEVELS[row.final_level]}
            told.append(Event(row.assessed_on, what, who=body, detail=state))
        else:
            told.append(Event(row.requested_at, _("申请评估"), who=body, detail=state))
    return told


def changes(person: Person, most: int) -> list[Event]:
    """Every change of a field with what stood before it; what was entered together stands in one line."""
    rows = Provenance.objects.filter(county=person.county, person=person).order_by("known_at", "id")[:CHANGES]
    standing: dict[str, str] = {}
    lines: dict[tuple[Any, str, str], list[str]] = defaultdict(list)
    opened: set[tuple[Any, str, str]] = set()
    first: datetime | None = None
    for row in rows:
        key = (row.known_at, row.by, row.source)
        if row.field == WHOLE_FILE:
            opened.add(key)
            first = first or row.known_at
            continue
        first = first or row.known_at
        before = standing.get(row.field, "")
        standing[row.field] = row.value
        if row.field not in words.FIELDS:
            continue
        if row.known_at == first:
            # What the file was opened with; a field that was empty then has no row of its own.
            opened.add(key)
        elif before != row.value:
            name = words.FIELDS[row.field]
            said = (value_said(row.field, before) or "—", value_said(row.field, row.value) or "—")
            lines[key].append(f"{name}: {said[0]} → {said[1]}")
    told = [
        Event(at, _("更正信息"), who=by, detail="；".join([*said, str(words.SOURCES.get(source, source))]))
        for (at, by, source), said in lines.items()
    ]
    told += [
        Event(at, _("建立档案"), who=by, detail=words.SOURCES.get(source, source))
        for at, by, source in opened
        if (at, by, source) not in lines
    ]
    return sorted(told, key=lambda event: event.when, reverse=True)[:most]


def value_said(field: str, value: str) -> str:
    """A value as the file says it; numbers stay masked."""
    if field == "sex":
        return str(words.SEXES.get(value, value))
    if field == "ethnic":
        return ETHNIC.get(value, value)
    if field == "phone":
        return mask_phone(value) if value else ""
    return value


def acts(person: Person, most: int) -> list[Event]:
    """What people did to the file itself, by the trail."""
    found = history.entries(person.county, [("person", person.id), (Person._meta.label, person.id)], most)
    return [
        Event(entry.at, words.ACTS[entry.act], who=entry.actor, detail=words.REVEALS.get(entry.reason, entry.reason))
        for entry in found
        if entry.act not in TOLD_BY_ROWS
    ]


TOLD_BY_ROWS = frozenset({"person.register", "person.correct", "person.report", "person.give_mandate"})

KINDS_OF_LINES: tuple[Kind, ...] = (
    Kind("decisions", gettext_lazy("申请和待遇"), decisions),
    Kind("vouchers", gettext_lazy("消费券"), vouchers),
    Kind("bills", gettext_lazy("账单"), bills),
    Kind("services", gettext_lazy("服务"), services),
    Kind("assessments", gettext_lazy("评估"), assessments),
    Kind("statuses", gettext_lazy("身份和代办"), statuses),
    Kind("changes", gettext_lazy("信息变更"), changes),
    Kind("acts", gettext_lazy("办理留痕"), acts),
)


def with_names(found: list[Event]) -> list[Event]:
    """Usernames as the names of people, asked for once."""
    names = naming.accounts(str(event.who) for event in found if event.who)
    return [
        Event(event.when, event.what, names.get(str(event.who), event.who), event.detail, event.tone, event.address)
        for event in found
    ]


@require_safe
@require("person.read")
def timeline(request: DoorRequest, person_id: UUID) -> HttpResponse:
    """Everything that happened to a person, the newest first, fifty lines a page."""
    scope = reach(request, "person.read")
    row = find(request, scope, person_id)
    if not scope.covers_county(row.county):
        # Whoever serves a person sees their own services in the file, not the whole life.
        find(request, reach(request, "application.read"), person_id)
    noted_read(request, county=row.county, act="person.timeline", subject="person", subject_id=row.id)
    chosen = request.GET.get("kind", "")
    page = min(whole(request.GET.get("page", "")), PAGES - 1)
    wanted = (page + 1) * PAGE + 1
    found: list[Event] = []
    for kind in KINDS_OF_LINES:
        if chosen in ("", kind.name):
            found += kind.source(row, wanted)
    found = history.newest_first(found)
    shown = with_names(found[page * PAGE : (page + 1) * PAGE])
    here = reverse("staff:person-timeline", args=[row.id])
    said = {
        "crumbs": [
            Crumb(_("人员"), reverse("staff:people")),
            Crumb(row.name, reverse("staff:person", args=[row.id])),
            Crumb(_("经过")),
        ],
        "row": row,
        "events": shown,
        "chips": [
            {"address": here, "word": _("全部"), "count": None, "current": not chosen},
            *(
                {
                    "address": f"{here}?kind={kind.name}",
                    "word": kind.word,
                    "count": None,
                    "current": kind.name == chosen,
                }
                for kind in KINDS_OF_LINES
            ),
        ],
        "first": address(request, page="") if page else "",
        "following": address(request, page=page + 1) if len(found) > (page + 1) * PAGE and page + 1 < PAGES else "",
    }
    return render(request, "staff/timeline.html", said)
