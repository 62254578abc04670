"""My data 我的资料: what is on file and where it is known from, what is wrong with it, and who has looked at it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from typing import Any, NoReturn
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from songhe.doors.elder.again import require_proved
from songhe.doors.elder.bind import ACT_WORDS
from songhe.doors.elder.hand_in import keep_paper, paper_field
from songhe.doors.elder.report import villages
from songhe.doors.elder.showing import show
from songhe.doors.elder.whom import Whom, account_of, noted, noted_read, out_of_reach, require_confirmed, whom
from songhe.doors.may import require
from songhe.doors.shell.pieces import Fact
from songhe.doors.shell.request import DoorRequest
from songhe.doors.shell.spoken import day
from songhe.doors.staff import naming, words
from songhe.doors.staff.acting import ActForm, act_once, because, fresh, in_words
from songhe.doors.staff.file import provenance
from songhe.kernel.month import beijing_date
from songhe.kernel.refusal import Refusal
from songhe.person import correction
from songhe.person.ethnic import ETHNIC
from songhe.person.mandate import end as end_mandate
from songhe.person.mandate import mandates_on
from songhe.person.masks import mask_phone
from songhe.person.models import Assistance, Correction, Mandate, Person
from songhe.trail.models import Entry

#: As many looks at the file are listed, the newest first.
LOOKS = 200

READS: dict[str, Any] = {
    "person.read": gettext_lazy("看了档案"),
    "person.timeline": gettext_lazy("看了办事经过"),
    "person.search": gettext_lazy("在名单里查到"),
    "person.reveal": gettext_lazy("看了完整证件号码"),
    "elder.read": gettext_lazy("看了首页"),
    "application.read": gettext_lazy("看了申请"),
    "letter.read": gettext_lazy("看了决定书"),
    "letter.print": gettext_lazy("下载了决定书"),
    "material.read": gettext_lazy("看了上传的材料"),
    "grant.read": gettext_lazy("看了消费券"),
    "grant.print": gettext_lazy("打印了消费券"),
    "redemption.read": gettext_lazy("看了账单"),
    "file.read": gettext_lazy("看了资料"),
}
CORRECTION_STATES: dict[str, words.Word] = {
    Correction.State.WAITING: words.Word(gettext_lazy("等窗口核实"), "warn"),
    Correction.State.MADE: words.Word(gettext_lazy("已经更正"), "ok"),
    Correction.State.REFUSED: words.Word(gettext_lazy("没有更正"), "bad"),
    Correction.State.WITHDRAWN: words.Word(gettext_lazy("已撤回")),
}


class CorrectForm(ActForm):
    wanted = forms.CharField(
        label=gettext_lazy("应该是什么？"),
        max_length=200,
        error_messages={"required": gettext_lazy("请填写正确的内容。")},
    )
    because = because(gettext_lazy("为什么要改？"), rows=2, longest=300)
    paper = paper_field(
        gettext_lazy("有证明的话，拍一张照片"), required=False, help_text=gettext_lazy("比如户口本、身份证。")
    )


class EndForm(ActForm):
    pass


def form_for(field: str, request: DoorRequest, found: Whom) -> ActForm:
    """The form for one field: places and peoples are chosen from lists, a day is given as one."""
    if request.method == "POST":
        form: ActForm = CorrectForm(request.POST, request.FILES, auto_id="id_correct_%s")
    else:
        form = fresh(CorrectForm, "correct")
    before = form.fields["wanted"]
    told: dict[str, Any] = {"label": before.label, "error_messages": {"required": _("请选择一项。")}}
    if field == "place":
        form.fields["wanted"] = forms.ChoiceField(
            choices=[("", _("请选择")), *villages(found.person.county, request.on)[1:]], **told
        )
    elif field == "ethnic":
        form.fields["wanted"] = forms.ChoiceField(choices=[("", _("请选择")), *ETHNIC.items()], **told)
    elif field == "resident_from":
        before.widget = forms.DateInput(attrs={"type": "date"})
    return form


def wanted_said(field: str, wanted: str, request: DoorRequest) -> Any:
    """What was asked for, as people say it."""
    if field == "place":
        return naming.whole_place(wanted, request.on)
    return ETHNIC.get(wanted, wanted) if field == "ethnic" else wanted


@dataclass(frozen=True)
class Known:
    """A line of the file: what stands there, where it is known from, and where to say that it is wrong."""

    field: str
    name: Any
    value: Any
    source: str
    waiting: bool
    correctable: bool


def value_of(person: Person, field: str, request: DoorRequest) -> Any:
    language = "zh" if words.in_chinese() else "en"
    if field == "id_number":
        return naming.hidden_number(person)
    if field in ("birth_date", "resident_from"):
        told = getattr(person, field)
        return day(told, language) if told else ""
    if field == "sex":
        return words.SEXES.get(person.sex, "")
    if field == "ethnic":
        return ETHNIC.get(person.ethnic, person.ethnic)
    if field in ("place", "registered_place"):
        return naming.whole_place(getattr(person, field), request.on)
    if field == "phone":
        return mask_phone(person.phone) if person.phone else ""
    return getattr(person, field)


SHOWN = (
    "name",
    "id_number",
    "birth_date",
    "sex",
    "ethnic",
    "place",
    "address",
    "registered_place",
    "resident_from",
    "phone",
)


def lines(request: DoorRequest, found: Whom, asked: list[Correction]) -> tuple[list[Known], str]:
    """The lines of the file, and where most of them are known from; a line that differs says so itself."""
    sources = provenance(found.person)
    mostly = Counter(sources.values()).most_common(1)[0][0] if sources else ""
    waiting = {one.field for one in asked if one.state == Correction.State.WAITING}
    told = [
        Known(
            field=field,
            name=words.FIELDS[field],
            value=value_of(found.person, field, request),
            source="" if sources.get(field, mostly) == mostly else sources[field],
            waiting=field in waiting,
            correctable=field in correction.FIELDS and found.person.died_on is None and found.person.closed_on is None,
        )
        for field in SHOWN
    ]
    return told, mostly


@dataclass(frozen=True)
class Proxy:
    """Somebody who may act for the person."""

    row: Mandate
    relation: Any
    acts: str
    staff: bool


def proxies(found: Whom, request: DoorRequest) -> list[Proxy]:
    rows = mandates_on(found.person, request.on)
    return [
        Proxy(
            row,
            words.RELATIONS.get(row.relation, row.get_relation_display()),
            words.listed(ACT_WORDS.get(act, act) for act in row.acts),
            row.relation == Mandate.Relation.PROVIDER_STAFF or row.provider_id is not None,
        )
        for row in rows
    ]


@require_safe
@require("person.read")
def file(request: DoorRequest) -> HttpResponse:
    """What is on file, who may act, and what was asked to be set right."""
    found = whom(request)
    noted_read(request, found, "file.read")
    asked = correction.of_person(found.person)
    told, mostly = lines(request, found, asked)
    said = {
        "lines": told,
        "mostly": mostly,
        "proxies": proxies(found, request),
        "asked": [
            (
                one,
                words.FIELDS.get(one.field, one.field),
                wanted_said(one.field, one.wanted, request),
                words.word(CORRECTION_STATES, one.state),
            )
            for one in asked
        ],
        "end": fresh(EndForm, "end"),
    }
    return show(request, "elder/file.html", said, whom=found)


@require_http_methods(["GET", "HEAD", "POST"])
@require("person.read")
def ask(request: DoorRequest, field: str) -> HttpResponse:
    """Say what is right. A clerk decides; until then nothing changes."""
    if field not in correction.FIELDS:
        raise Http404
    if field == "phone":
        require_proved(request)
    found = whom(request)
    form = form_for(field, request, found)
    status, refusal = 200, None
    if request.method == "POST":
        status = 422
        if form.is_valid():
            paper = form.cleaned_data.pop("paper", None)
            told = form.cleaned_data

            def do() -> dict[str, Any]:
                stored = (
                    keep_paper(request, paper, county=found.person.county, purpose="correction-paper")
                    if paper
                    else None
                )
                made = correction.ask(
                    person=found.person,
                    field=field,
                    wanted=told["wanted"],
                    because=told["because"],
                    paper=stored,
                    at=request.at,
                    by=account_of(request).username,
                )
                noted(request, found, "person.ask_correction")
                return {"correction": str(made.id)}

            try:
                require_confirmed(found)
                act_once(request, county=found.person.county, name=f"elder.correct:{field}", form=form, do=do)
                messages.success(request, _("收到了，窗口核实后会通知您。"))
                return HttpResponseRedirect(reverse("elder:file"))
            except Refusal as refused:
                status = refused.status
                if refused.field in form.fields:
                    form.add_error(refused.field, in_words(refused))
                else:
                    refusal = refused
    said = {"form": form, "field": words.FIELDS[field], "value": value_of(found.person, field, request)}
    back = reverse("elder:file")
    return show(request, "elder/correct.html", said, whom=found, back=back, refusal=refusal, status=status)


@require_POST
@require("person.read")
def withdraw(request: DoorRequest, ask_id: UUID) -> HttpResponse:
    """Take a request back."""
    found = whom(request)
    one = next((one for one in correction.of_person(found.person) if one.id == ask_id), None)
    if one is None:
        _not_there(request, found, Correction.objects.filter(id=ask_id).first())
    try:
        correction.withdraw(asked=one, at=request.at, by=account_of(request).username)
        messages.success(request, _("已撤回。"))
    except Refusal as refusal:
        messages.error(request, in_words(refusal))
    return HttpResponseRedirect(reverse("elder:file"))


@require_POST
@require("mandate.write")
def end(request: DoorRequest, mandate_id: UUID) -> HttpResponse:
    """Somebody acts no more from today: the person ends it, or the proxy lays it down."""
    found = whom(request)
    row = next((one for one in mandates_on(found.person, request.on) if one.id == mandate_id), None)
    mine = row is not None and row.account == account_of(request).username
    if row is None or not (found.own or found.assistance is not None or mine):
        _not_there(request, found, row or Mandate.objects.filter(id=mandate_id).first())
    try:
        require_confirmed(found)
        end_mandate(
            mandate=row,
            on=request.on,
            because="代办人放弃" if mine else "本人取消",
            at=request.at,
            by=account_of(request).username,
        )
        noted(request, found, "person.end_mandate")
        messages.success(request, _("从今天起不再由他（她）代办。"))
    except Refusal as refusal:
        messages.error(request, in_words(refusal))
    return HttpResponseRedirect(reverse("elder:home") if mine else reverse("elder:file"))


def _not_there(request: DoorRequest, found: Whom, row: Correction | Mandate | None) -> NoReturn:
    """What belongs to somebody else, or is not one's to end, is not there (404), and the asking is noted."""
    over = isinstance(row, Mandate) and found.own and row.person_id == found.person.id
    if row is None or over:
        raise Http404
    out_of_reach(request, county=row.county, subject="person", subject_id=row.person_id)


@dataclass(frozen=True)
class Look:
    """What somebody looked at on one day."""

    on: date
    who: str
    what: str


def grouped(rows: list[Entry]) -> Iterator[tuple[date, str, list[Any]]]:
    """The looks by day and by who looked, the newest first; the same page is named once."""
    for (on, actor), of_day in groupby(rows, key=lambda row: (beijing_date(row.at), row.actor)):
        yield on, actor, [READS[act] for act in dict.fromkeys(row.act for row in of_day)]


@require_safe
@require("person.read")
def looks(request: DoorRequest) -> HttpResponse:
    """Who has looked at the file: names of office, when, and at what. Personal Information Protection Law, 44.

    One's own looks are left out, for somebody who comes every day would find nothing else.
    """
    found = whom(request)
    rows = Entry.objects.filter(
        county=found.person.county, subject="person", subject_id=str(found.person.id), act__in=sorted(READS)
    ).exclude(actor=account_of(request).username)
    entries = list(rows.order_by("-at", "-id")[:LOOKS])
    names = naming.accounts(row.actor for row in entries)
    said = {
        "looks": [Look(on, names.get(actor, actor), words.listed(what)) for on, actor, what in grouped(entries)],
        "helped": [
            Fact(
                words.word(HELP, one.channel).said,
                naming.accounts([one.helper]).get(one.helper, one.helper),
                note=one.began_at,
            )
            for one in Assistance.objects.filter(county=found.person.county, person=found.person).order_by("-began_at")[
                :5
            ]
        ],
    }
    return show(request, "elder/looks.html", said, whom=found, back=reverse("elder:file"))


HELP: dict[str, words.Word] = {
    Assistance.Channel.COUNTER: words.Word(gettext_lazy("窗口协助办理")),
    Assistance.Channel.VILLAGE: words.Word(gettext_lazy("村（社区）协助办理")),
}
