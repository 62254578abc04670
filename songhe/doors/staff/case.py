"""One application 申请: the person, why, how far it is, and what this person may do about it now."""

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
from songhe.assessment.models import Assessment
from songhe.doors.may import check, may, require
from songhe.doors.shell.pieces import Crumb, Event, Fact, Step
from songhe.doors.shell.request import DoorRequest
from songhe.doors.shell.spoken import day, day_of_month
from songhe.doors.staff import hidden, history, naming, words
from songhe.doors.staff.acting import ActForm, because, unchanged
from songhe.doors.staff.inbox import Deadlines, next_for
from songhe.doors.staff.measure import Measured, measured
from songhe.doors.staff.reach import noted_read, out_of_reach, reach
from songhe.doors.staff.verbs import NOTHING_WRONG, Offered, Verb, Wrong, by_whom, carried_out, named, offered, whoever
from songhe.doors.staff.why import Trace, trace
from songhe.eligibility.models import Determination
from songhe.entitlement import approve, clarify, determine, publish, queries, review
from songhe.entitlement.models import Application, Entitlement, Letter
from songhe.entitlement.record import lock_application
from songhe.entitlement.states import APPLICATION, OPEN
from songhe.kernel.month import Month, age_on, beijing_date, parse_date
from songhe.kernel.refusal import Refusal
from songhe.policy.terms import terms

State = Application.State


class NoteForm(ActForm):
    note = forms.CharField(
        label=gettext_lazy("意见"), required=False, max_length=500, widget=forms.Textarea(attrs={"rows": 2})
    )


class QuestionForm(ActForm):
    question = because(gettext_lazy("需要补充什么"), gettext_lazy("申请人会看到这段话，请写清缺哪份材料、到哪里办。"))


class SendBackForm(ActForm):
    because = because(gettext_lazy("退回理由"), gettext_lazy("经办人员会看到。"))


class RefuseForm(ActForm):
    because = because(gettext_lazy("不予批准的理由"), gettext_lazy("会写进给申请人的决定书，同时告知如何申诉。"))


def language_code() -> str:
    return "zh" if words.in_chinese() else "en"


def _on(request: DoorRequest) -> dict[str, Any]:
    return {**by_whom(request), "on": request.on}


VERBS: tuple[Verb, ...] = (
    Verb(
        "determine",
        "application.review",
        gettext_lazy("认定资格"),
        gettext_lazy("按现行政策逐条核对，资料不全会转为补正。"),
        gettext_lazy("已按现行政策重新认定。"),
        ActForm,
        lambda row, told, request: determine.determine(application=row, **_on(request)),
    ),
    Verb(
        "review",
        "application.review",
        gettext_lazy("初审通过"),
        gettext_lazy("转给审批人，由另一人决定。"),
        gettext_lazy("已转审批。"),
        NoteForm,
        lambda row, told, request: review.review(application=row, note=told["note"], **_on(request)),
        tone="main",
        begun_by=whoever("opened_by"),
    ),
    Verb(
        "ask",
        "application.review",
        gettext_lazy("要求补正"),
        gettext_lazy("申请退给申请人，写明缺什么。"),
        gettext_lazy("已通知申请人补正。"),
        QuestionForm,
        lambda row, told, request: clarify.ask(application=row, question=told["question"], **by_whom(request)),
    ),
    Verb(
        "publish",
        "application.review",
        gettext_lazy("开始公示"),
        gettext_lazy("姓名和证件号码按规定隐去。"),
        gettext_lazy("已开始公示。"),
        ActForm,
        lambda row, told, request: publish.publish(application=row, **_on(request)),
        tone="main",
    ),
    Verb(
        "approve",
        "application.approve",
        gettext_lazy("批准"),
        gettext_lazy("待遇从本次决定起生效，同时生成决定书。"),
        gettext_lazy("已批准，决定书已生成。"),
        NoteForm,
        lambda row, told, request: approve.approve(application=row, note=told["note"], **_on(request)),
        tone="main",
        begun_by=whoever("reviewed_by", "opened_by"),
    ),
    Verb(
        "send_back",
        "application.return",
        gettext_lazy("退回初审"),
        gettext_lazy("退给经办人员重新办理。"),
        gettext_lazy("已退回初审。"),
        SendBackForm,
        lambda row, told, request: review.send_back(application=row, because=told["because"], **by_whom(request)),
        begun_by=whoever("reviewed_by"),
    ),
    Verb(
        "refuse",
        "application.approve",
        gettext_lazy("不批准"),
        gettext_lazy("决定书会写明理由和申诉办法。"),
        gettext_lazy("已作出不予批准的决定，决定书已生成。"),
        RefuseForm,
        lambda row, told, request: approve.refuse(application=row, because=told["because"], **_on(request)),
        tone="grave",
        begun_by=whoever("reviewed_by", "opened_by"),
    ),
)


def find(request: DoorRequest, scope: Scope, no: str) -> Application:
    """The case of a number inside the reach, or 404; asking for another county's is noted there."""
    row = queries.find(scope, no)
    if row is None:
        elsewhere = Application.rows.filter(county=no[:6], no=no).only("county", "id").first()
        if elsewhere is not None:
            out_of_reach(request, county=elsewhere.county, subject=elsewhere._meta.label, subject_id=elsewhere.id)
        raise Http404
    return row


def publication_days(row: Application, on: date) -> int | None:
    try:
        return terms(policy=row.policy, place=row.county, on=on).publication_days
    except Refusal:
        return None


def is_entitled(row: Application) -> bool:
    return row.determination is not None and row.determination.outcome == Determination.Outcome.ENTITLED


def may_now(row: Application, verb: Verb, request: DoorRequest) -> bool:
    """Whether the role and the state allow the verb; that it must be another person is said separately."""
    if not may(request.user, verb.act, request.on) or not APPLICATION.allows(row.state, verb.name):
        return False
    if verb.name == "publish":
        return publication_days(row, request.on) is not None
    if verb.name == "approve" and not is_entitled(row):
        return False
    if verb.name in {"approve", "refuse"} and row.state == State.REVIEWED and publication_days(row, request.on):
        return verb.name == "refuse"
    return True


def facts_of(request: DoorRequest, row: Application) -> list[Fact]:
    on = request.on
    person, mandate = row.person, row.mandate
    age = age_on(person.birth_date, on)
    channel = words.word(words.CHANNELS, row.channel).said
    found = [
        Fact(_("姓名"), person.name, reverse("staff:person", args=[person.id])),
        Fact(_("证件号码"), hidden.masked(request, person, "id_number")),
        Fact(_("出生日期"), day(person.birth_date, language_code()), note=_("%(age)s 岁") % {"age": age}),
        Fact(_("居住地"), naming.whole_place(person.place, on)),
        Fact(_("申请渠道"), channel),
    ]
    if mandate is not None:
        relation = words.RELATIONS.get(mandate.relation, mandate.relation)
        until = day(mandate.valid_to, language_code())
        note = f"{relation} · {_('授权至 %(until)s') % {'until': until}}"
        found.append(Fact(_("代办人"), mandate.proxy_name, note=note))
    wish = words.word(words.CATEGORIES, row.category).said if row.category else ""
    found.append(Fact(_("希望的服务"), wish, note=row.provider.name if row.provider else ""))
    if row.self_rating:
        may_apply = row.self_rating.get("may_apply")
        found.append(
            Fact(
                _("家属自评"),
                _("%(count)s 项需要帮助") % {"count": len(row.self_rating.get("dependent", []))},
                note=_("达到申请条件") if may_apply else _("未达到申请条件"),
            )
        )
    found.append(Fact(_("诚信承诺"), _("已签署") if row.pledge_signed_on else "", note=_short(row.pledge_signed_on)))
    return found


def _short(on: date | None) -> str:
    return day(on, language_code()) if on else ""


def steps_of(row: Application, right: Entitlement | None, due: date | None, names: Mapping[str, str]) -> list[Step]:
    """申请 → 评估 → 初审 → 审批 → 发放: what is done, who has it now, until when."""
    language = language_code()

    def short(on: date | None) -> str:
        """Without the year where it is plain."""
        if on is None:
            return ""
        return (
            day_of_month(on, language) if row.submitted_on and on.year == row.submitted_on.year else day(on, language)
        )

    until = _("%(day)s前") % {"day": short(due)} if due else ""
    stopped = row.state in {State.REFUSED, State.WITHDRAWN, State.LAPSED}
    place = {
        State.DRAFT: 0,
        State.SUBMITTED: 1,
        State.CLARIFYING: 1,
        State.ASSESSING: 1,
        State.DETERMINED: 2,
        State.REVIEWED: 3,
        State.PUBLISHED: 3,
        State.APPROVED: 4,
    }.get(State(row.state), 3 if row.reviewed_by else 2 if row.determination_id else 1)
    level = row.assessment.final_level if row.assessment else None
    level_said = str(words.LEVELS.get(level, "")) if level is not None else ""
    waits_for = {
        State.SUBMITTED: _("经办人员核对"),
        State.CLARIFYING: _("等申请人补正"),
        State.ASSESSING: _("等评估结果"),
        State.PUBLISHED: _("公示到 %(day)s") % {"day": short(row.publish_to)},
    }
    channel = str(words.word(words.CHANNELS, row.channel).said)
    assessed = short(row.assessment.assessed_on) if row.assessment else ""
    done_notes = [
        " · ".join(part for part in (short(row.submitted_on), channel) if part),
        " · ".join(part for part in (assessed, level_said) if part),
        names.get(row.reviewed_by, ""),
        names.get(row.decided_by, ""),
        "",
    ]
    current_notes = [
        _("还没有提交"),
        waits_for.get(State(row.state), ""),
        _("等经办人员") + (f" · {until}" if until else ""),
        waits_for.get(State(row.state)) or _("等审批人") + (f" · {until}" if until else ""),
        _("首张券 %(day)s前") % {"day": short(right.first_due_on)} if right and right.first_due_on else _("按月发放"),
    ]
    made = []
    for position, name in enumerate((_("申请"), _("评估"), _("初审"), _("审批"), _("发放"))):
        if position < place:
            made.append(Step(name, "done", done_notes[position]))
        elif position > place:
            made.append(Step(name, "ahead"))
        elif stopped:
            made.append(Step(name, "stopped", words.word(words.APPLICATION, row.state).said))
        else:
            made.append(Step(name, "current", current_notes[position]))
    return made


@dataclass(frozen=True)
class Case:
    """Everything that the page names."""

    row: Application
    state: words.Word
    programme: Any
    facts: list[Fact]
    trace: Trace | None
    measured: Measured | None
    steps: list[Step]
    events: list[Event]
    offered: list[Offered]
    left_to_another: bool
    cannot_approve: bool
    right: Entitlement | None
    right_state: words.Word | None
    letter: Letter | None
    due: date | None
    late: bool
    following: str


def case_of(request: DoorRequest, scope: Scope, row: Application, wrong: Wrong | None = None) -> Case:
    on = request.on
    right = Entitlement.objects.filter(county=row.county, application=row).order_by("-no").first()
    letter = queries.letters(row).last() if row.state not in OPEN else None
    due = Deadlines(on).due(row) if row.state in OPEN else None
    subjects = [
        (Application._meta.label, row.id),
        (Entitlement._meta.label, right.id if right else None),
        (Assessment._meta.label, row.assessment_id),
    ]
    found = history.entries(row.county, subjects)
    names = naming.accounts([row.reviewed_by, row.decided_by])
    now = [verb for verb in VERBS if may_now(row, verb, request)]
    shown = offered(request, row, now, page="staff:application-act", key=row.no, wrong=wrong, version=row.version)
    return Case(
        row=row,
        state=words.word(words.APPLICATION, row.state),
        programme=words.word(words.PROGRAMMES, row.policy).said,
        facts=facts_of(request, row),
        trace=trace(row.determination),
        measured=measured(row.assessment, on, may_report=may(request.user, "assessment.read", on)),
        steps=steps_of(row, right, due, names),
        events=history.events(found),
        offered=sorted(shown, key=lambda one: one.verb.tone != "main"),
        left_to_another=len(shown) < len(now),
        cannot_approve=APPLICATION.allows(row.state, "approve")
        and may(request.user, "application.approve", on)
        and not is_entitled(row),
        right=right,
        right_state=words.word(words.ENTITLEMENT, right.state) if right else None,
        letter=letter,
        due=due,
        late=due is not None and due < on,
        following=next_for(request, scope, row),
    )


def shown_case(
    request: DoorRequest, scope: Scope, row: Application, wrong: Wrong | None = None, status: int = 200
) -> HttpResponse:
    said = {
        "crumbs": [Crumb(_("申请审核"), reverse("staff:inbox")), Crumb(row.no)],
        "case": case_of(request, scope, row, wrong),
        **(wrong.said() if wrong else NOTHING_WRONG),
    }
    return render(request, "staff/case.html", said, status=status)


@require_safe
@require("application.read")
def application(request: DoorRequest, no: str) -> HttpResponse:
    scope = reach(request, "application.read")
    row = find(request, scope, no)
    noted_read(request, county=row.county, act="application.read", subject=row._meta.label, subject_id=row.id)
    return shown_case(request, scope, row)


@require_POST
@require("application.read")
def act(request: DoorRequest, no: str, verb: str) -> HttpResponse:
    """Do one thing to a case, once. A refusal shows the case as it stands now, and says why."""
    wanted = named(VERBS, verb)
    check(request, wanted.act)
    scope = reach(request, wanted.act)
    row = find(request, scope, no)
    return carried_out(
        request,
        row,
        wanted,
        key=row.no,
        county=row.county,
        shown=lambda wrong, status: shown_case(request, scope, find(request, scope, no), wrong, status),
        after=reverse("staff:application", args=[row.no]),
        held=lambda told: unchanged(lock_application(row), told),
        said=words.of_person(row.person.name, wanted.done),
    )


@require_safe
@require("application.read")
def letter(request: DoorRequest, no: str) -> HttpResponse:
    """The decision as it was sent, ready to be printed."""
    scope = reach(request, "application.read")
    row = find(request, scope, no)
    found = letter_or_404(queries.letters(row).last())
    noted_read(request, county=row.county, act="letter.read", subject=row._meta.label, subject_id=row.id)
    said = {
        "crumbs": [
            Crumb(_("申请审核"), reverse("staff:inbox")),
            Crumb(row.no, reverse("staff:application", args=[row.no])),
            Crumb(_("决定书")),
        ],
        "row": row,
        "letter": found,
        **letter_body(found),
    }
    return render(request, "staff/letter.html", said)


def letter_or_404(found: Letter | None) -> Letter:
    if found is None:
        raise Http404
    return found


def letter_body(found: Letter) -> dict[str, Any]:
    """What the letter says, in the language of the page."""
    body = found.body
    return {
        "to": body["to"],
        "decision": words.said(body["decision"]["zh"], body["decision"]["en"]),
        "decided_on": parse_date(body["decided_on"]) if body.get("decided_on") else beijing_date(found.at),
        "note": body.get("note", ""),
        "reasons": [
            {"sentence": words.said(one["zh"], one["en"]), "met": one["met"], "article": one["article"]}
            for one in body["reasons"]
        ],
        "law": body["law"],
        "appeal": words.said(body["appeal"]["zh"], body["appeal"]["en"]) if body.get("appeal") else "",
        "groups": [
            {"name": words.said(one["zh"], one["en"]), "ratio": percent(one["ratio"]), "cap_fen": one["cap_fen"]}
            for one in body.get("groups", [])
        ],
        "first_month": Month.parse(body["first_month"]) if body.get("first_month") else None,
    }


def percent(ratio: str) -> str:
    """``2/5`` as 40 %; what is no whole number of hundredths stays a fraction."""
    top, _slash, bottom = ratio.partition("/")
    whole, rest = divmod(int(top) * 100, int(bottom or 1))
    return ratio if rest else f"{whole}%"
