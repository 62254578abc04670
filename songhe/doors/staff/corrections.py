"""What people send in 群众来件: what they report, who wants to act for whom, what is wrong on their file."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from songhe.access.scope import Scope, scoped
from songhe.document.models import StoredFile
from songhe.doors.may import check, may, require
from songhe.doors.shell.pieces import Fact
from songhe.doors.shell.request import DoorRequest
from songhe.doors.shell.spoken import day
from songhe.doors.staff import naming, words
from songhe.doors.staff.acting import ActForm, act_once, because, fresh, in_words, sent
from songhe.doors.staff.handed_in import as_handed_in
from songhe.doors.staff.reach import account_of, out_of_reach, reach
from songhe.kernel.refusal import Refusal
from songhe.month import follow
from songhe.person import correction, event, mandate_ask
from songhe.person.mandate import ACTS
from songhe.person.models import Correction, Event, MandateAsk, Person
from songhe.policy.resolve import NOT_IN_FORCE
from songhe.policy.terms import terms

POLICY = "consumption-voucher"
#: As many of each kind are shown, the oldest first.
SHOWN = 25

#: The act that opens each kind of request.
OPENS = {"report": "person.verify", "proxy": "mandate.write", "correction": "person.write"}


class YesForm(ActForm):
    note = forms.CharField(
        label=gettext_lazy("凭什么核实的"),
        help_text=gettext_lazy("例如：看了户口本原件，给老人打了电话。"),
        max_length=200,
        error_messages={"required": gettext_lazy("请写明凭什么核实的。")},
    )


class NoForm(ActForm):
    because = because(gettext_lazy("为什么不同意"), gettext_lazy("对方会看到这段话。"), rows=2, longest=200)


@dataclass(frozen=True)
class Request:
    """One thing that somebody sent in, as the page shows it, with its two answers."""

    kind: str
    id: UUID
    person: Person
    title: Any
    facts: list[Fact]
    at: datetime
    by: str
    paper: StoredFile | None
    own: bool
    yes: ActForm
    no: ActForm


def _language() -> str:
    return "zh" if words.in_chinese() else "en"


def reports(scope: Scope) -> list[Event]:
    rows = Event.objects.filter(_of(scope), state=Event.State.REPORTED).select_related("person")
    return list(rows.order_by("reported_at", "id")[:SHOWN])


def _of(scope: Scope) -> Any:
    """Events of the counties that the scope reaches, by the way of other county rows."""
    return scoped(Correction, scope)


def requests_of(request: DoorRequest) -> dict[str, list[Request]]:
    """What waits, by kind, for whoever may answer it."""
    found: dict[str, list[Request]] = {}
    for kind, act in OPENS.items():
        if not may(request.user, act, request.on):
            continue
        scope = reach(request, act)
        rows: list[Any]
        if kind == "report":
            rows = reports(scope)
        elif kind == "proxy":
            rows = list(mandate_ask.waiting(scope)[:SHOWN])
        else:
            rows = list(correction.waiting(scope)[:SHOWN])
        found[kind] = [shown(request, kind, row) for row in rows]
    return found


def shown(
    request: DoorRequest, kind: str, row: Any, *, yes: ActForm | None = None, no: ActForm | None = None
) -> Request:
    maker = {"report": "reported_by", "proxy": "account", "correction": "asked_by"}[kind]
    at = row.reported_at if kind == "report" else row.asked_at
    by = getattr(row, maker)
    title, facts, paper = SAID[kind](row, request)
    return Request(
        kind=kind,
        id=row.id,
        person=row.person,
        title=title,
        facts=facts,
        at=at,
        by=by,
        paper=paper,
        own=by == account_of(request).username,
        yes=yes or fresh(YesForm, f"yes_{row.id.hex}"),
        no=no or fresh(NoForm, f"no_{row.id.hex}"),
    )


def _report_said(row: Event, request: DoorRequest) -> tuple[Any, list[Fact], StoredFile | None]:
    facts = [
        Fact(_("发生日期"), day(row.happened_on, _language())),
        Fact(_("来自"), words.SOURCES.get(row.source, row.source)),
    ]
    detail = row.detail
    if detail.get("until"):
        facts.append(Fact(_("到"), detail["until"]))
    if row.kind == Event.Kind.MOVE:
        inside = naming.whole_place(detail.get("to_place", ""), request.on)
        facts.append(Fact(_("搬到"), inside or _("别的县或外地"), note=detail.get("where_to", "")))
    if detail.get("words"):
        facts.append(Fact(_("说明"), detail["words"]))
    paper = None
    if detail.get("paper"):
        paper = (
            StoredFile.objects.everywhere("a paper of a report in reach")
            .filter(county=row.county, id=detail["paper"])
            .first()
        )
    return words.EVENTS.get(row.kind, row.kind), facts, paper


def _proxy_said(row: MandateAsk, request: DoorRequest) -> tuple[Any, list[Fact], StoredFile | None]:
    facts = [
        Fact(_("代办人"), row.proxy_name, note=row.proxy_phone),
        Fact(_("关系"), words.RELATIONS.get(row.relation, row.get_relation_display())),
        Fact(_("代办事项"), words.listed(words.said(*ACTS[act]) for act in row.acts)),
        Fact(_("期限"), day(row.valid_to, _language())),
    ]
    if row.provider is not None:
        facts.append(Fact(_("所在机构"), row.provider.name, note=_("机构工作人员，不能代为确认服务")))
    return _("申请代办"), facts, row.paper


def _correction_said(row: Correction, request: DoorRequest) -> tuple[Any, list[Fact], StoredFile | None]:
    whole = row.field == "place"
    facts = [
        Fact(_("现在是"), naming.whole_place(row.stands, request.on) if whole else row.stands),
        Fact(_("应当是"), naming.whole_place(row.wanted, request.on) if whole else row.wanted),
        Fact(_("理由"), row.because),
    ]
    return words.of_person(str(_("更正")), words.FIELDS.get(row.field, row.field)), facts, row.paper


SAID: dict[str, Any] = {"report": _report_said, "proxy": _proxy_said, "correction": _correction_said}
MODELS: dict[str, Any] = {"report": Event, "proxy": MandateAsk, "correction": Correction}


@require_safe
@require("person.verify")
def requests(request: DoorRequest) -> HttpResponse:
    """Everything that people sent in and nobody has answered."""
    return _page(request)


def _page(
    request: DoorRequest, *, answered: Request | None = None, refusal: Refusal | None = None, status: int = 200
) -> HttpResponse:
    found = requests_of(request)
    if answered is not None:
        found[answered.kind] = [answered if one.id == answered.id else one for one in found.get(answered.kind, [])]
    names = naming.accounts(one.by for rows in found.values() for one in rows)
    groups = [(TITLES[kind], [(one, names.get(one.by, one.by)) for one in rows]) for kind, rows in found.items()]
    said = {
        "groups": groups,
        "nothing": not any(rows for _title, rows in groups),
        "refused": in_words(refusal) if refusal else "",
        "refused_code": refusal.code if refusal else "",
    }
    return render(request, "staff/requests.html", said, status=status)


TITLES: dict[str, Any] = {
    "report": gettext_lazy("报来的情况变化"),
    "proxy": gettext_lazy("要求代办老人"),
    "correction": gettext_lazy("要求更正资料"),
}


def _find(request: DoorRequest, kind: str, row_id: UUID, scope: Scope) -> Any:
    model = MODELS.get(kind)
    if model is None:
        raise Http404
    row = model.objects.filter(scoped(Correction, scope), id=row_id).select_related("person").first()
    if row is None:
        other = model.objects.filter(id=row_id).first()
        if other is not None:
            out_of_reach(request, county=other.county, subject="person", subject_id=other.person_id)
        raise Http404
    return row


@require_POST
@require("person.verify")
def answer(request: DoorRequest, kind: str, row_id: UUID, answer: str) -> HttpResponse:
    """Yes or no, once; never by whoever sent it in."""
    if kind not in OPENS or answer not in ("yes", "no"):
        raise Http404
    check(request, OPENS[kind])
    row = _find(request, kind, row_id, reach(request, OPENS[kind]))
    form = sent(YesForm if answer == "yes" else NoForm, f"{answer}_{row.id.hex}", request)
    if not form.is_valid():
        wrong = shown(request, kind, row, **{answer: form})
        return _page(request, answered=wrong, status=422)

    def do() -> dict[str, Any]:
        DO[kind, answer](row, form.cleaned_data, request)
        return {"id": str(row.id)}

    try:
        act_once(request, county=row.county, name=f"staff.request.{answer}:{row.id}", form=form, do=do)
    except Refusal as refusal:
        return _page(request, refusal=refusal, status=refusal.status)
    messages.success(
        request, words.of_person(row.person.name, _("已核实办理。") if answer == "yes" else _("已答复不同意。"))
    )
    return HttpResponseRedirect(reverse("staff:requests"))


def _by(request: DoorRequest) -> dict[str, Any]:
    return {"at": request.at, "by": account_of(request).username}


def _grant(row: MandateAsk, told: Mapping[str, Any], request: DoorRequest) -> None:
    try:
        most = terms(policy=POLICY, place=row.county, on=request.on).proxy_limit
    except Refusal as refusal:
        if refusal.reason is not NOT_IN_FORCE:
            raise
        most = None
    mandate_ask.grant(asked=row, evidence=told["note"], most_elders=most, on=request.on, **_by(request))


DO: dict[tuple[str, str], Any] = {
    ("report", "yes"): lambda row, told, request: follow.verify(event=row, on=request.on, **_by(request)),
    ("report", "no"): lambda row, told, request: event.refute(event=row, because=told["because"], **_by(request)),
    ("proxy", "yes"): _grant,
    ("proxy", "no"): lambda row, told, request: mandate_ask.refuse(asked=row, because=told["because"], **_by(request)),
    ("correction", "yes"): lambda row, told, request: correction.make(
        asked=row, note_of_clerk=told["note"], on=request.on, **_by(request)
    ),
    ("correction", "no"): lambda row, told, request: correction.refuse(
        asked=row, because=told["because"], **_by(request)
    ),
}


@require_safe
@require("person.verify")
def paper(request: DoorRequest, kind: str, row_id: UUID) -> HttpResponse:
    """The paper that came with a request."""
    if kind not in OPENS:
        raise Http404
    check(request, OPENS[kind])
    row = _find(request, kind, row_id, reach(request, OPENS[kind]))
    stored = SAID[kind](row, request)[2]
    if stored is None:
        raise Http404
    return as_handed_in(stored)
