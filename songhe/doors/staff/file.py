"""A person's file 人员档案: who they are and where we know it from, what they hold and why, what happened."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.db.models import Sum
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from songhe.access.scope import Scope
from songhe.assessment import queries as assessments
from songhe.assessment.models import Assessment
from songhe.doors.may import require
from songhe.doors.shell.amount import figures
from songhe.doors.shell.pieces import Crumb, Event, Fact, ReceiptLine, Ticket
from songhe.doors.shell.request import DoorRequest
from songhe.doors.shell.spoken import day, month
from songhe.doors.staff import hidden, history, naming, words
from songhe.doors.staff.measure import Measured, measured
from songhe.doors.staff.people import mark_of, within
from songhe.doors.staff.reach import noted_read, out_of_reach, reach
from songhe.doors.staff.why import Trace, trace
from songhe.eligibility.models import Determination
from songhe.entitlement.models import Application, Entitlement
from songhe.entitlement.queries import of_person as rights_of
from songhe.grant.models import Grant
from songhe.kernel.month import Month, age_on, beijing_date
from songhe.ledger.models import Account
from songhe.person.details import ID_KINDS
from songhe.person.ethnic import ETHNIC
from songhe.person.masks import mask_phone
from songhe.person.models import Event as Report
from songhe.person.models import Mandate, Person, Provenance, Status
from songhe.person.opening import WHOLE_FILE
from songhe.person.status import KINDS
from songhe.redemption.models import Bill, Line, Reversal
from songhe.service.models import Stay

#: Of these as many are shown, the newest; what is older stands in the months.
TICKETS, BILLS, OLDER = 3, 12, 24

#: Told by their own rows, with more than the trail keeps.
TOLD_BY_ROWS = frozenset(
    {
        "person.register",
        "person.report",
        "person.record_status",
        "person.give_mandate",
        "assessment.accept",
        "assessment.load",
        "entitlement.submit",
        "entitlement.begin",
        "eligibility.determine",
        "grant.issue",
    }
)


@dataclass(frozen=True)
class Right:
    row: Entitlement
    state: words.Word
    programme: Any
    category: Any
    provider: str
    first_month: Month
    last_month: Month | None
    application: str
    because: Any


@dataclass(frozen=True)
class Older:
    """A voucher of an earlier month, in a line."""

    month: Month
    no: str
    category: Any
    face_fen: int
    left_fen: int
    state: words.Word


@dataclass(frozen=True)
class Paid:
    """A bill with its receipt."""

    row: Bill
    provider: str
    state: words.Word
    category: Any
    lines: list[ReceiptLine]
    items: list[dict[str, Any]]


@dataclass(frozen=True)
class Span:
    """Something that held from a day to a day."""

    name: Any
    first: date
    last: date | None
    note: Any
    now: bool


@dataclass(frozen=True)
class File:
    """Everything that the page names. A provider's staff see no more than they need: ``whole`` is false."""

    person: Person
    whole: bool
    mark: words.Word | None
    age: int
    place: str
    facts: list[Fact]
    known_from: str
    rights: list[Right]
    trace: Trace | None
    tickets: list[Ticket]
    older: list[Older]
    measured: list[Measured]
    statuses: list[Span]
    mandates: list[Span]
    reports: list[tuple[Report, Any, words.Word]]
    stays: list[Span]
    bills: list[Paid]
    applications: list[tuple[Application, words.Word, str]]
    events: list[Event]


def language() -> str:
    return "zh" if words.in_chinese() else "en"


def find(request: DoorRequest, scope: Scope, person_id: UUID) -> Person:
    """The person inside the reach, or 404; asking for another county's is noted there."""
    row = within(scope).filter(id=person_id).first()
    if row is None:
        elsewhere = Person.objects.everywhere("to note who asks for a file out of reach").filter(id=person_id).first()
        if elsewhere is not None:
            out_of_reach(request, county=elsewhere.county, subject="person", subject_id=elsewhere.id)
        raise Http404
    return row


def provenance(person: Person) -> dict[str, str]:
    """Where each field is known from, and since when: 窗口登记 · 2026年3月2日."""
    rows = Provenance.objects.filter(county=person.county, person=person).order_by("known_at", "id")
    latest = {row.field: row for row in rows}
    whole = latest.pop(WHOLE_FILE, None)

    def say(row: Provenance) -> str:
        source = str(words.SOURCES.get(row.source, row.source))
        return " · ".join(part for part in (source, row.document, day(beijing_date(row.known_at), language())) if part)

    found = {name: latest.get(name, whole) for name in words.FIELDS}
    return {name: say(row) for name, row in found.items() if row is not None}


def facts_of(request: DoorRequest, person: Person, place: str, *, whole: bool) -> tuple[list[Fact], str]:
    """The facts, and where most are known from; a fact that came in otherwise says so itself."""
    on = request.on
    known = provenance(person) if whole else {}
    most = Counter(known.values()).most_common(1)[0][0] if known else ""
    kind = ID_KINDS.get(person.id_kind)
    found = [
        ("name", Fact(_("姓名"), person.name)),
        (
            "id_number",
            Fact(
                words.titled(*kind) if kind else _("证件号码"), hidden.masked(request, person, "id_number", whole=whole)
            ),
        ),
        ("birth_date", Fact(_("出生日期"), day(person.birth_date, language()))),
        ("sex", Fact(_("性别"), words.SEXES.get(person.sex, ""))),
        ("ethnic", Fact(_("民族"), ETHNIC.get(person.ethnic, person.ethnic))),
        ("place", Fact(_("居住地"), place)),
        ("address", Fact(_("住址"), person.address)),
        ("registered_place", Fact(_("户籍地"), naming.whole_place(person.registered_place, on))),
        ("resident_from", Fact(_("居住起始"), day(person.resident_from, language()) if person.resident_from else "")),
        ("phone", Fact(_("联系电话"), hidden.masked(request, person, "phone", whole=whole))),
    ]
    private = {"registered_place", "resident_from", "ethnic"}
    shown = [
        Fact(fact.name, fact.value, note=_note_of(known.get(field, ""), most) if fact.value else "")
        for field, fact in found
        if (whole or field not in private) and (fact.value or field not in private)
    ]
    return shown, most


def _note_of(source: str, most: str) -> str:
    return "" if source == most else source


def rights(person: Person) -> list[Right]:
    return [
        Right(
            row=row,
            state=words.word(words.ENTITLEMENT, row.state),
            programme=words.word(words.PROGRAMMES, row.policy).said,
            category=words.word(words.CATEGORIES, row.category).said if row.category else "",
            provider=row.provider.name if row.provider else "",
            first_month=Month.parse(row.first_month),
            last_month=Month.parse(row.last_month) if row.last_month else None,
            application=row.application.no if row.application else "",
            because=words.ENDINGS.get(row.stopped_because, row.stopped_because) or row.suspended_because,
        )
        for row in rights_of(person)
    ]


def vouchers(person: Person, on: date) -> tuple[list[Ticket], list[Older]]:
    """The newest vouchers as tickets with what is left of them, the others in lines."""
    rows = list(Grant.objects.filter(county=person.county, person=person).order_by("-month", "-no")[: TICKETS + OLDER])
    left = left_of(person.county, rows)
    tickets, older = [], []
    for position, row in enumerate(rows):
        category = words.word(words.CATEGORIES, row.category).said if row.category else _("还没有选组别")
        if position < TICKETS:
            tickets.append(
                Ticket(
                    programme=words.word(words.PROGRAMMES, row.programme).said,
                    group=category,
                    left_fen=left[row.id],
                    face_fen=row.face_fen,
                    until=row.valid_to,
                    days_left=max(0, (row.valid_to - on).days),
                    number=row.no,
                    over=seal_of(row, left[row.id], on),
                )
            )
        else:
            state = words.word(words.GRANT, row.state)
            older.append(Older(Month.parse(row.month), row.no, category, row.face_fen, left[row.id], state))
    return tickets, older


def left_of(county: str, rows: list[Grant]) -> dict[UUID, int]:
    """What is left of each voucher: of a live one what stands in its purse, of one that is over what was not used.

    The purse of a voucher that is over is empty, because what was left went back.
    """
    ids = [row.id for row in rows]
    purses = dict(
        Account.objects.filter(county=county, id__in=[row.purse_id for row in rows]).values_list("id", "balance")
    )
    lines = Line.objects.filter(county=county, grant_id__in=ids).order_by("grant_id")
    used = dict(lines.values_list("grant_id").annotate(Sum("voucher_fen")))
    back = Reversal.objects.filter(county=county, line__grant_id__in=ids, restored=True).order_by("line__grant_id")
    restored = dict(back.values_list("line__grant_id").annotate(Sum("line__voucher_fen")))
    return {
        row.id: (purses.get(row.purse_id) or 0)
        if row.state == Grant.State.ACTIVE
        else row.face_fen - used.get(row.id, 0) + restored.get(row.id, 0)
        for row in rows
    }


def seal_of(row: Grant, left: int, on: date) -> Any:
    """The word of the vermilion seal once nothing can be paid with the voucher."""
    if row.state == Grant.State.REVOKED:
        return _("已撤销")
    if left == 0 and row.used_on:
        return _("已使用")
    return _("已过期") if row.state == Grant.State.EXPIRED or row.book_until < on else ""


def bills(person: Person, providers: tuple[int, ...] | None) -> list[Paid]:
    """The newest bills with their lines; of a provider's own customers only its own bills."""
    wanted = Bill.objects.filter(county=person.county, person=person)
    if providers is not None:
        wanted = wanted.filter(provider_id__in=providers)
    rows = list(wanted.select_related("provider").order_by("-month", "-handed_in_at", "-id")[:BILLS])
    ids = [row.id for row in rows]
    lines = Line.objects.filter(county=person.county, bill__in=ids).select_related("item").order_by("number")
    of_bill: dict[UUID, list[Line]] = defaultdict(list)
    for line in lines:
        of_bill[line.bill_id].append(line)
    reversals = Reversal.objects.filter(county=person.county, line__bill__in=ids).order_by("at")
    undone = set(reversals.values_list("line_id", flat=True))
    return [
        Paid(
            row=row,
            provider=row.provider.name,
            state=words.word(words.BILL, row.state),
            category=words.word(words.CATEGORIES, row.category).said,
            lines=receipt(row),
            items=[
                {
                    "name": words.said(line.item.name, line.item.name_en),
                    "on": line.service_on,
                    "fee_fen": line.fee_fen,
                    "voucher_fen": line.voucher_fen,
                    "reversed": line.id in undone,
                    "because": " · ".join(step_said(step) for step in line.steps if step["name"] != "fee"),
                }
                for line in of_bill[row.id]
            ],
        )
        for row in rows
    ]


def step_said(step: dict[str, Any]) -> str:
    """One step of the calculation with its amount: 抵扣基数 ¥1,180.00."""
    return f"{words.said(step['zh'], step['en'])} {figures(step['amount_fen'])}"


def receipt(row: Bill) -> list[ReceiptLine]:
    """Fee − LTCI − other public money − voucher; what is left the elder pays."""
    found = [ReceiptLine(_("服务费用"), row.fee_fen)]
    if row.ltci_fen:
        found.append(ReceiptLine(_("长期护理保险"), -row.ltci_fen, _("先由保险支付")))
    if row.other_fen:
        found.append(ReceiptLine(_("其他公共资金"), -row.other_fen))
    found.append(ReceiptLine(_("消费券"), -row.voucher_fen))
    return found


def statuses(person: Person, on: date) -> list[Span]:
    rows = Status.objects.filter(county=person.county, person=person).order_by("-valid_from", "kind")
    return [
        Span(
            name=words.titled(KINDS[row.kind].zh, KINDS[row.kind].en) if row.kind in KINDS else row.kind,
            first=row.valid_from,
            last=row.valid_to,
            note=words.SOURCES.get(row.source, row.source),
            now=row.valid_from <= on and (row.valid_to is None or row.valid_to >= on),
        )
        for row in rows
    ]


def mandates(person: Person, on: date) -> list[Span]:
    rows = Mandate.objects.filter(county=person.county, person=person).order_by("-valid_from", "-id")
    return [
        Span(
            name=row.proxy_name,
            first=row.valid_from,
            last=row.ended_on or row.valid_to,
            note=_relation_said(row),
            now=row.ended_on is None and row.valid_from <= on <= row.valid_to,
        )
        for row in rows
    ]


def _relation_said(row: Mandate) -> str:
    parts = (str(words.RELATIONS.get(row.relation, row.relation)), mask_phone(row.proxy_phone))
    return " · ".join(part for part in parts if part)


def stays(person: Person, on: date, providers: tuple[int, ...] | None) -> list[Span]:
    rows = Stay.objects.filter(county=person.county, person=person).select_related("provider")
    if providers is not None:
        rows = rows.filter(provider_id__in=providers)
    return [
        Span(
            name=row.provider.name,
            first=row.admitted_on,
            last=row.discharged_on,
            note=_("床位 %(bed)s") % {"bed": row.bed} if row.bed else "",
            now=row.discharged_on is None or row.discharged_on >= on,
        )
        for row in rows.order_by("-admitted_on", "-id")
    ]


def history_of(
    person: Person,
    found: Iterable[Assessment],
    applications: Iterable[Application],
    held: Iterable[Right],
    tickets: Iterable[Grant],
    paid: Iterable[Paid],
    lodged: Iterable[Span],
    reports: Iterable[Report],
) -> list[Event]:
    """One page of a life with the county: what the rows tell, and what people did to them."""
    told = [Event(person.opened_on, _("建立档案"))]
    if person.died_on:
        told.append(Event(person.died_on, _("去世"), tone="grave"))
    if person.closed_on:
        told.append(Event(person.closed_on, _("档案关闭"), tone="grave"))
    found = list(found)
    for row in found:
        if row.assessed_on and row.final_level is not None:
            what = _("评估结果：%(level)s") % {"level": words.LEVELS[row.final_level]}
            told.append(Event(row.assessed_on, what, who=row.body.name if row.body else row.body_name))
    applications = list(applications)
    for asked in applications:
        if asked.submitted_at:
            channel = words.word(words.CHANNELS, asked.channel).said
            address = reverse("staff:application", args=[asked.no])
            told.append(Event(asked.submitted_at, _("提交申请"), detail=channel, address=address))
    held = list(held)
    for right in held:
        said = _("%(month)s起发放") % {"month": month(right.first_month, language())}
        told.append(Event(right.row.approved_on, _("待遇开始"), detail=said, tone="pine"))
    tickets = list(tickets)
    for grant in tickets:
        said = _("%(month)s消费券") % {"month": month(Month.parse(grant.month), language())}
        told.append(Event(grant.issued_at, said, detail=grant.no, tone="pine"))
    for bill in paid:
        if bill.row.booked_at:
            told.append(Event(bill.row.booked_at, _("核销账单"), who=bill.provider, detail=bill.row.no))
    for span in lodged:
        told.append(Event(span.first, _("入住"), who=str(span.name)))
        if span.last:
            told.append(Event(span.last, _("退住"), who=str(span.name)))
    for report in reports:
        what = _("报告：%(what)s") % {"what": words.EVENTS.get(report.kind, report.kind)}
        state = words.word(words.EVENT_STATES, report.state).said
        told.append(Event(report.reported_at, what, detail=state, tone="grave"))
    subjects: list[tuple[str, Any]] = [("person", person.id), (Person._meta.label, person.id)]
    subjects += [(Assessment._meta.label, row.id) for row in found]
    subjects += [(Application._meta.label, row.id) for row in applications]
    subjects += [(Entitlement._meta.label, right.row.id) for right in held]
    subjects += [("grant", row.id) for row in tickets]
    entries = history.entries(person.county, subjects)
    told += history.events(entries, leave_out=TOLD_BY_ROWS)
    return history.newest_first(told)[: history.MOST]


def file_of(request: DoorRequest, person: Person, scope: Scope) -> File:
    on = request.on
    whole = scope.covers_county(person.county)
    own = None if whole else scope.provider_ids
    mine: dict[str, Any] = {"county": person.county, "person": person}
    place = naming.whole_place(person.place, on)
    facts, known_from = facts_of(request, person, place, whole=whole)
    held = rights(person)
    tickets, older = vouchers(person, on)
    paid, lodged = bills(person, own), stays(person, on, own)
    known: list[Assessment] = []
    asked: list[Application] = []
    reports: list[Report] = []
    grants: list[Grant] = []
    current = None
    if whole:
        known = list(assessments.of_person(scope, person))
        asked = list(Application.rows.filter(**mine).order_by("-opened_at", "-id"))
        reports = list(Report.objects.filter(**mine).order_by("-reported_at", "-id"))
        grants = list(Grant.objects.filter(**mine).order_by("-month", "-no")[:BILLS])
        policies = [right.row.policy for right in held] or [row.policy for row in asked]
        found = Determination.objects.filter(**mine, current=True).order_by("-at", "-id")
        current = (found.filter(policy__in=policies) if policies else found).first()
    return File(
        person=person,
        whole=whole,
        mark=mark_of(person),
        age=age_on(person.birth_date, person.died_on or on),
        place=place,
        facts=facts,
        known_from=known_from,
        rights=held,
        trace=trace(current),
        tickets=tickets,
        older=older,
        measured=[each for row in known if (each := measured(row, on, may_report=whole)) is not None],
        statuses=statuses(person, on) if whole else [],
        mandates=mandates(person, on) if whole else [],
        reports=[
            (row, words.EVENTS.get(row.kind, row.kind), words.word(words.EVENT_STATES, row.state)) for row in reports
        ],
        stays=lodged,
        bills=paid,
        applications=[
            (row, words.word(words.APPLICATION, row.state), reverse("staff:application", args=[row.no]))
            for row in asked
        ],
        events=history_of(person, known, asked, held, grants, paid, lodged, reports) if whole else [],
    )


@require_safe
@require("person.read")
def person(request: DoorRequest, person_id: UUID) -> HttpResponse:
    scope = reach(request, "person.read")
    row = find(request, scope, person_id)
    noted_read(request, county=row.county, act="person.read", subject="person", subject_id=row.id)
    said = {
        "crumbs": [Crumb(_("人员"), reverse("staff:people")), Crumb(row.name)],
        "file": file_of(request, row, scope),
    }
    return render(request, "staff/person.html", said)
