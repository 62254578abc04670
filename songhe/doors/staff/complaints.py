"""Complaints 投诉: who waits for an answer and until when; a clerk answers, an approver looks again."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django import forms
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from songhe.access.scope import Scope
from songhe.doors.may import check, may, require
from songhe.doors.shell.pieces import Crumb, Event, Fact
from songhe.doors.shell.request import DoorRequest
from songhe.doors.staff import naming, words
from songhe.doors.staff.acting import ActForm, because, unchanged
from songhe.doors.staff.cursor import PAGE, address
from songhe.doors.staff.reach import account_of, noted_read, out_of_reach, reach
from songhe.doors.staff.verbs import NOTHING_WRONG, Verb, Wrong, by_whom, carried_out, named, offered, possible
from songhe.feedback import answer as answering
from songhe.feedback.category import terms
from songhe.feedback.models import Complaint
from songhe.feedback.queries import counts, open_for, seen_by_staff
from songhe.feedback.record import locked
from songhe.feedback.states import COMPLAINT, OPEN
from songhe.person.masks import mask_phone

State = Complaint.State

STATES: dict[str, words.Word] = {
    State.RECEIVED: words.Word(gettext_lazy("待答复"), "warn"),
    State.ANSWERED: words.Word(gettext_lazy("已答复"), "ok"),
    State.CONTESTED: words.Word(gettext_lazy("待复核"), "warn"),
    State.CLOSED: words.Word(gettext_lazy("已办结"), "ok"),
    State.TRANSFERRED: words.Word(gettext_lazy("已转办"), "info"),
    State.WITHDRAWN: words.Word(gettext_lazy("已撤回")),
}
OUTCOMES: dict[str, Any] = {
    Complaint.Outcome.UPHELD: gettext_lazy("属实"),
    Complaint.Outcome.PARTLY: gettext_lazy("部分属实"),
    Complaint.Outcome.REJECTED: gettext_lazy("不属实"),
    Complaint.Outcome.UNCLEAR: gettext_lazy("无法查实"),
}
ABOUT: dict[str, Any] = {
    Complaint.About.PROVIDER: gettext_lazy("服务机构"),
    Complaint.About.BILL: gettext_lazy("一张账单"),
    Complaint.About.DECISION: gettext_lazy("一项决定"),
    Complaint.About.OTHER: gettext_lazy("其他"),
}
CHANNELS: dict[str, Any] = {
    Complaint.Channel.ONLINE: gettext_lazy("网上"),
    Complaint.Channel.COUNTER: gettext_lazy("窗口"),
    Complaint.Channel.TELEPHONE: gettext_lazy("电话"),
}


class AnswerForm(ActForm):
    outcome = forms.ChoiceField(
        label=gettext_lazy("查实的结果"), choices=list(OUTCOMES.items()), widget=forms.RadioSelect
    )
    because = because(
        gettext_lazy("答复"), gettext_lazy("投诉人会看到。写明查了什么、怎么处理。"), rows=5, longest=1000
    )


class TransferForm(ActForm):
    to = forms.CharField(label=gettext_lazy("转给哪个部门"), max_length=80)
    because = because(gettext_lazy("为什么转"), gettext_lazy("投诉人会看到。"), longest=300)


Told = Mapping[str, Any]


def _answer(row: Complaint, told: Told, request: DoorRequest) -> object:
    text = told["because"]
    return answering.answer(complaint=row, outcome=told["outcome"], text=text, on=request.on, **by_whom(request))


def _review(row: Complaint, told: Told, request: DoorRequest) -> object:
    return answering.review(complaint=row, outcome=told["outcome"], text=told["because"], **by_whom(request))


def _transfer(row: Complaint, told: Told, request: DoorRequest) -> object:
    return answering.transfer(complaint=row, to=told["to"], because=told["because"], **by_whom(request))


def by_hand(row: Complaint) -> set[str]:
    """Those who took the decision complained about, and who answered."""
    return {*row.against, row.answered_by}


_ANSWER = (
    gettext_lazy("答复"),
    gettext_lazy("答复后投诉人可以申请复核，由另一人办理。"),
    gettext_lazy("已答复。"),
    AnswerForm,
    _answer,
)
_ANSWERED: dict[str, Any] = {"open_to": lambda row: COMPLAINT.allows(row.state, "answer"), "begun_by": by_hand}
VERBS: tuple[Verb, ...] = (
    Verb("answer", "complaint.answer", *_ANSWER, tone="main", **_ANSWERED),
    Verb("answer-confidential", "complaint.answer_confidential", *_ANSWER, tone="main", **_ANSWERED),
    Verb(
        "review",
        "complaint.review",
        gettext_lazy("复核"),
        gettext_lazy("复核结果是最后的答复。"),
        gettext_lazy("已复核。"),
        AnswerForm,
        _review,
        open_to=lambda row: COMPLAINT.allows(row.state, "review"),
        begun_by=by_hand,
        tone="main",
    ),
    Verb(
        "transfer",
        "complaint.transfer",
        gettext_lazy("转办"),
        gettext_lazy("不属于民政部门的事，转给负责的部门。"),
        gettext_lazy("已转办。"),
        TransferForm,
        _transfer,
        open_to=lambda row: COMPLAINT.allows(row.state, "transfer"),
    ),
)


def verbs_of(row: Complaint) -> list[Verb]:
    """A confidential complaint is answered by others than the rest."""
    not_here = "answer" if row.confidential else "answer-confidential"
    return [verb for verb in VERBS if verb.name != not_here]


@dataclass(frozen=True)
class Shown:
    """A complaint as the list shows it."""

    address: str
    row: Complaint
    category: str
    provider: str
    state: words.Word
    late: bool


def sees_confidential(request: DoorRequest) -> bool:
    return may(account_of(request), "complaint.confidential.read", request.on)


def find(request: DoorRequest, scope: Scope, no: str) -> Complaint:
    """The complaint of a number inside the reach, or 404; asking for another's is noted there."""
    rows = seen_by_staff(scope, confidential=sees_confidential(request))
    found = rows.select_related("provider", "bill", "application").filter(county=no[:6], no=no).first()
    if found is None:
        elsewhere = Complaint.rows.filter(county=no[:6], no=no).only("county", "id").first()
        if elsewhere is not None:
            out_of_reach(request, county=elsewhere.county, subject="complaint", subject_id=elsewhere.id)
        raise Http404
    return found


def category_of(row: Complaint) -> str:
    found = terms().categories.get(row.category)
    return words.titled(found.zh, found.en) if found else row.category


def is_late(row: Complaint, on: date) -> bool:
    return row.state in OPEN and row.due_on < on


@require_safe
@require("complaint.read")
def complaints(request: DoorRequest) -> HttpResponse:
    """Those that wait for an answer, the soonest due first; the others by state."""
    scope, secret = reach(request, "complaint.read"), sees_confidential(request)
    found = counts(scope, request.on, confidential=secret)
    waiting = found[State.RECEIVED] + found[State.CONTESTED]
    chosen = request.GET.get("state", "")
    if chosen in State.values:
        rows = seen_by_staff(scope, confidential=secret).filter(state=chosen).select_related("provider")
        rows = rows.order_by("-received_at", "-id")
    else:
        rows = open_for(scope, confidential=secret)
        if chosen == "overdue":
            rows = rows.filter(due_on__lt=request.on)
        else:
            chosen = ""
    start = int(request.GET["from"]) if request.GET.get("from", "").isdecimal() else 0
    page = list(rows[start : start + PAGE + 1])
    chips = [("", _("等待答复"), waiting), ("overdue", _("已超期"), found["overdue"])]
    chips += [(state, STATES[state].said, found[state]) for state in State.values]
    said = {
        "rows": [
            Shown(
                address=reverse("staff:complaint", args=[row.no]),
                row=row,
                category=category_of(row),
                provider=row.provider.name if row.provider else "",
                state=words.word(STATES, row.state),
                late=is_late(row, request.on),
            )
            for row in page[:PAGE]
        ],
        "chips": [
            {
                "address": f"{reverse('staff:complaints')}?state={name}" if name else reverse("staff:complaints"),
                "word": word,
                "count": count,
                "current": name == chosen,
            }
            for name, word, count in chips
            if count or name in ("", chosen)
        ],
        "waiting": waiting,
        "overdue": found["overdue"],
        "first": address(request, **{"from": ""}) if start else "",
        "following": address(request, **{"from": start + PAGE}) if len(page) > PAGE else "",
    }
    return render(request, "staff/complaints.html", said)


def events_of(row: Complaint, names: Mapping[str, str]) -> list[Event]:
    """What happened to it, from its own row, the newest first."""
    told = [
        (row.received_at, _("收到投诉"), "", "", ""),
        (row.answered_at, _("答复"), row.answered_by, row.answer, ""),
        (row.contested_at, _("申请复核"), "", row.grounds, "grave"),
        (row.reviewed_at, _("复核"), row.reviewed_by, row.review, ""),
        (row.transferred_at, _("转办"), row.transferred_by, row.transferred_because, ""),
    ]
    found = [
        Event(when=at, what=what, who=names.get(who, ""), detail=detail, tone="grave" if tone else "")
        for at, what, who, detail, tone in told
        if at is not None
    ]
    return sorted(found, key=lambda event: str(event.when), reverse=True)


def facts_of(row: Complaint, *, may_call: bool) -> list[Fact]:
    """The lines of its file; the telephone whole only for who may do something about it now."""
    found = [Fact(_("类别"), category_of(row)), Fact(_("投诉的是"), ABOUT.get(row.about, row.about))]
    if row.provider:
        found.append(Fact(_("机构"), row.provider.name, address=reverse("public:provider", args=[row.provider.pk])))
    if row.bill:
        found.append(Fact(_("账单编号"), row.bill.no))
    if row.application:
        where = reverse("staff:application", args=[row.application.no])
        found.append(Fact(_("申请编号"), row.application.no, address=where))
    if row.person_id:
        found.append(Fact(_("老人"), _("查看档案"), address=reverse("staff:person", args=[row.person_id])))
    return [
        *found,
        Fact(_("渠道"), CHANNELS.get(row.channel, row.channel)),
        Fact(_("称呼"), row.name or _("没有留")),
        Fact(_("电话"), (row.phone if may_call else mask_phone(row.phone)) if row.phone else _("没有留")),
        Fact(_("收到日期"), row.received_on.isoformat()),
    ]


def shown_complaint(
    request: DoorRequest, row: Complaint, wrong: Wrong | None = None, status: int = 200
) -> HttpResponse:
    names = naming.accounts([row.answered_by, row.reviewed_by, row.transferred_by])
    now = possible(request, row, verbs_of(row), row.county)
    now = [verb for verb in now if reach(request, verb.act).covers_county(row.county)]
    acts = offered(request, row, now, page="staff:complaint-act", key=row.no, wrong=wrong, version=row.version)
    said = {
        "crumbs": [Crumb(_("投诉"), reverse("staff:complaints")), Crumb(row.no)],
        "row": row,
        "category": category_of(row),
        "state": words.word(STATES, row.state),
        "late": is_late(row, request.on),
        "waits": row.state in OPEN,
        "facts": facts_of(row, may_call=bool(acts)),
        "outcome": OUTCOMES.get(row.outcome, ""),
        "review_outcome": OUTCOMES.get(row.review_outcome, ""),
        "events": events_of(row, names),
        "offered": acts,
        "left_to_another": len(acts) < len(now),
        **(wrong.said() if wrong else NOTHING_WRONG),
    }
    return render(request, "staff/complaint.html", said, status=status)


@require_safe
@require("complaint.read")
def complaint(request: DoorRequest, no: str) -> HttpResponse:
    row = find(request, reach(request, "complaint.read"), no)
    noted_read(request, county=row.county, act="complaint.read", subject="complaint", subject_id=row.id)
    return shown_complaint(request, row)


@require_POST
@require("complaint.read")
def act(request: DoorRequest, no: str, verb: str) -> HttpResponse:
    """Do one thing to a complaint, once. A refusal shows it as it stands now, and says why."""
    wanted = named(VERBS, verb)
    check(request, wanted.act)
    scope = reach(request, wanted.act)
    row = find(request, scope, no)
    return carried_out(
        request,
        row,
        named(verbs_of(row), verb),
        key=row.no,
        county=row.county,
        shown=lambda wrong, status: shown_complaint(request, find(request, scope, no), wrong, status),
        after=reverse("staff:complaint", args=[row.no]),
        held=lambda told: unchanged(locked(row), told),
    )
