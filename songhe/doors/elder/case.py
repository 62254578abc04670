"""Following a case 进度: where it is, who has it, until when; what came of it and why; what can be said against it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from songhe.assessment import queries as assessments
from songhe.assessment import review
from songhe.assessment.models import Assessment
from songhe.assessment.request import reassess
from songhe.assessment.validity import dispute_days
from songhe.document.file import read_file
from songhe.doors.elder.apply import POLICY, add_material, find, materials_of
from songhe.doors.elder.apply_forms import MATERIALS, BodyForm, MaterialForm, WhereForm, fill_where, marked
from songhe.doors.elder.bodies import bodies
from songhe.doors.elder.showing import show
from songhe.doors.elder.whom import (
    Whom,
    account_of,
    noted,
    noted_read,
    out_of_reach,
    require_act,
    require_confirmed,
    whom,
)
from songhe.doors.may import require
from songhe.doors.shell.pieces import Step
from songhe.doors.shell.request import DoorRequest
from songhe.doors.shell.spoken import month as spoken_month
from songhe.doors.staff import naming, papers, words
from songhe.doors.staff.acting import ActForm, act_once, because, fresh, in_words, sent
from songhe.doors.staff.case import letter_body, steps_of
from songhe.doors.staff.inbox import Deadlines
from songhe.doors.staff.measure import Measured, measured
from songhe.doors.staff.why import Trace, trace
from songhe.entitlement import clarify
from songhe.entitlement import withdraw as ending
from songhe.entitlement.models import Appeal, Application, Entitlement, Letter
from songhe.entitlement.queries import appeals, applications_of, letters, of_person
from songhe.entitlement.states import APPLICATION, OPEN
from songhe.grant.models import Grant
from songhe.kernel.month import Month, beijing_date
from songhe.kernel.refusal import Refusal
from songhe.policy.resolve import NOT_IN_FORCE, Policy, library
from songhe.policy.terms import terms

State = Application.State


class AnswerForm(ActForm):
    text = forms.CharField(
        label=gettext_lazy("您的答复"),
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 4}),
        error_messages={"required": gettext_lazy("请写几句答复。")},
    )


class WithdrawForm(ActForm):
    because = because(gettext_lazy("为什么不办了？"), rows=2)


class DisputeForm(ActForm):
    grounds = because(gettext_lazy("哪里不符合实际？"), gettext_lazy("写明哪些事评得太好或太差。"), rows=4)


@dataclass(frozen=True)
class Case:
    """Everything that the page of a case names."""

    row: Application
    programme: Any
    state: words.Word
    steps: list[Step]
    signs: list[tuple[Step, str]]
    waits: Any
    trace: Trace | None
    measured: Measured | None
    assessment: Assessment | None
    letters: list[Letter]
    appeals: list[Appeal]
    appeal_until: date | None
    may_appeal: bool
    dispute_until: date | None
    may_dispute: bool
    may_choose_again: bool
    may_withdraw: bool
    right: Entitlement | None
    materials: list[Any]


SIGNS = {"done": "check", "current": "clock", "ahead": "dot", "stopped": "cross"}


def rules_then(row: Application, on: date) -> Policy | None:
    """The rules of the place on the day; a programme that is over has none."""
    try:
        return library().resolve(policy=row.policy, place=row.county, on=on)
    except Refusal as refusal:
        if refusal.reason is NOT_IN_FORCE:
            return None
        raise


def appeal_days(row: Application) -> tuple[bool, date | None]:
    """Whether a decision could be appealed against at all, and the last day; no day: the place sets none."""
    if row.state not in {State.APPROVED, State.REFUSED} or row.decided_on is None:
        return False, None
    try:
        days = terms(policy=row.policy, place=row.county, on=row.decided_on).appeal_days
    except Refusal:
        days = None
    return True, row.decided_on + timedelta(days=days) if days is not None else None


def dispute_last_day(row: Application, found: Assessment, on: date) -> date | None:
    days = dispute_days(policy=rules_then(row, on), on=on)
    return beijing_date(found.effective_at) + timedelta(days=days) if days is not None and found.effective_at else None


def assessment_of(row: Application, found: Whom) -> Assessment | None:
    """The assessment the case rests on, else the one under way, with the names that the page shows."""
    rows = assessments.of_person(found.scope, found.person)
    if row.assessment_id:
        return rows.filter(id=row.assessment_id).first()
    return rows.filter(state__in=[Assessment.State.REQUESTED, Assessment.State.ASSIGNED, "submitted"]).first()


def waits_for(row: Application, found: Assessment | None, due: date | None) -> Any:
    """Who has it now, in a sentence."""
    until = words.said(f"最晚{due.month}月{due.day}日办好。", f"It is due by {due}.") if due else ""
    if row.state == State.SUBMITTED:
        return _("县里的经办人员正在看您的申请。") + until
    if row.state == State.ASSESSING:
        if found is None:
            return _("等评估机构安排评估。")
        if found.state == Assessment.State.ASSIGNED:
            return _("评估机构已经派了评估员，会打电话约时间。")
        if found.state == "submitted":
            return _("评估做完了，县里正在复核结果。")
        return _("评估机构已经收到，正在安排评估员。")
    if row.state == State.DETERMINED:
        return _("评估有了结果，县里正在初审。") + until
    if row.state == State.REVIEWED:
        return _("初审通过了，等审批人决定。") + until
    if row.state == State.PUBLISHED:
        return _("正在公示，公示期满就作决定。")
    return ""


def with_first_voucher(steps: list[Step], right: Entitlement | None) -> list[Step]:
    """The last step is done once a voucher has come."""
    if right is None or steps[-1].state != "current":
        return steps
    first = Grant.objects.filter(county=right.county, entitlement=right).order_by("month").first()
    if first is None:
        return steps
    language = "zh" if words.in_chinese() else "en"
    return [*steps[:-1], Step(steps[-1].name, "done", spoken_month(Month.parse(first.month), language))]


def case_of(request: DoorRequest, found: Whom, row: Application) -> Case:
    on = request.on
    right = of_person(found.person).filter(application=row).first()
    assessed = assessment_of(row, found)
    due = Deadlines(on).due(row) if row.state in OPEN else None
    steps = with_first_voucher(steps_of(row, right, due, naming.accounts([row.reviewed_by, row.decided_by])), right)
    decided, until = appeal_days(row)
    said = list(appeals(row))
    standing = assessed if assessed and assessed.final_level is not None else None
    last_dispute = dispute_last_day(row, standing, on) if standing else None
    return Case(
        row=row,
        programme=words.word(words.PROGRAMMES, row.policy).said,
        state=words.word(words.APPLICATION, row.state),
        steps=steps,
        signs=[(step, SIGNS[step.state]) for step in steps],
        waits=waits_for(row, assessed, due),
        trace=trace(row.determination),
        measured=measured(standing, on),
        assessment=assessed,
        letters=list(letters(row)),
        appeals=said,
        appeal_until=until,
        may_appeal=decided
        and found.may("complain")
        and (until is None or on <= until)
        and all(one.answered_at is not None for one in said),
        dispute_until=last_dispute,
        may_dispute=standing is not None
        and standing.state == Assessment.State.EFFECTIVE
        and found.may("complain")
        and (last_dispute is None or on <= last_dispute),
        may_choose_again=standing is not None
        and standing.state == Assessment.State.DISPUTED
        and not Assessment.rows.filter(county=row.county, disputes=standing.id).exclude(state="void").exists(),
        may_withdraw=APPLICATION.allows(row.state, "withdraw") and found.may("apply"),
        right=right,
        materials=materials_of(row),
    )


@require_safe
@require("application.read")
def cases(request: DoorRequest) -> HttpResponse:
    """All applications of this person, the newest first."""
    found = whom(request)
    noted_read(request, found, "application.read")
    rows = list(applications_of(found.person)[:20])
    listed = [
        (row, words.word(words.PROGRAMMES, row.policy).said, words.word(words.APPLICATION, row.state)) for row in rows
    ]
    may_apply = found.may("apply") and found.person.died_on is None and not any(row.state in OPEN for row in rows)
    in_force = of_person(found.person).exclude(state=Entitlement.State.STOPPED).filter(policy=POLICY).exists()
    return show(request, "elder/cases.html", {"rows": listed, "may_apply": may_apply and not in_force}, whom=found)


@require_safe
@require("application.read")
def case(request: DoorRequest, no: str) -> HttpResponse:
    found = whom(request)
    row = find(request, found, no)
    noted_read(request, found, "application.read")
    return shown(request, found, row)


def shown(
    request: DoorRequest,
    found: Whom,
    row: Application,
    *,
    answer: ActForm | None = None,
    paper: MaterialForm | None = None,
    withdrawal: ActForm | None = None,
    refusal: Refusal | None = None,
    status: int = 200,
) -> HttpResponse:
    paper = paper or MaterialForm(auto_id="id_paper_%s")
    paper.fields["kind"].choices = list(MATERIALS.items())  # type: ignore[attr-defined]
    said = {
        "case": case_of(request, found, row),
        "answer": answer or fresh(AnswerForm, "answer", version=row.version),
        "paper": paper,
        "withdrawal": withdrawal or fresh(WithdrawForm, "withdraw", version=row.version),
        "wrong": answer or withdrawal or (paper if paper.is_bound else None),
    }
    back = reverse("elder:cases")
    return show(request, "elder/case.html", said, whom=found, back=back, refusal=refusal, status=status)


@require_http_methods(["POST"])
@require("application.make")
def answer(request: DoorRequest, no: str) -> HttpResponse:
    """Answer what the county asked, and hand in what was missing."""
    found = require_act(whom(request), "apply")
    row = find(request, found, no)
    if "file_sent" in request.POST:
        return _paper(request, found, row)
    form = sent(AnswerForm, "answer", request)
    if not form.is_valid():
        return shown(request, found, row, answer=form, status=422)

    def do() -> dict[str, Any]:
        clarify.answer(application=row, text=form.cleaned_data["text"], at=request.at, by=account_of(request).username)
        noted(request, found, "entitlement.answer", subject=row._meta.label, subject_id=row.id)
        return {"no": row.no}

    try:
        require_confirmed(found)
        act_once(request, county=row.county, name=f"elder.answer:{row.no}", form=form, do=do)
    except Refusal as refusal:
        return shown(request, found, find(request, found, no), refusal=refusal, status=refusal.status)
    messages.success(request, _("答复已经交给县里。"))
    return HttpResponseRedirect(reverse("elder:case", args=[no]))


def _paper(request: DoorRequest, found: Whom, row: Application) -> HttpResponse:
    form = MaterialForm(request.POST, request.FILES, auto_id="id_paper_%s")
    form.fields["kind"].choices = list(MATERIALS.items())  # type: ignore[attr-defined]
    status = 422
    if form.is_valid():
        try:
            add_material(request, found, row, form.cleaned_data)
            messages.success(request, _("已上传。"))
            return HttpResponseRedirect(reverse("elder:case", args=[row.no]))
        except Refusal as refusal:
            form.add_error("file" if refusal.field == "file" else None, in_words(refusal))
            status = refusal.status
    return shown(request, found, row, paper=form, status=status)


@require_http_methods(["POST"])
@require("application.make")
def withdraw(request: DoorRequest, no: str) -> HttpResponse:
    """The person takes the application back, before it is decided."""
    found = require_act(whom(request), "apply")
    row = find(request, found, no)
    form = sent(WithdrawForm, "withdraw", request)
    if not form.is_valid():
        return shown(request, found, row, withdrawal=form, status=422)

    def do() -> dict[str, Any]:
        ending.withdraw(
            application=row, because=form.cleaned_data["because"], at=request.at, by=account_of(request).username
        )
        noted(request, found, "entitlement.withdraw", subject=row._meta.label, subject_id=row.id)
        return {"no": row.no}

    try:
        require_confirmed(found)
        act_once(request, county=row.county, name=f"elder.withdraw:{row.no}", form=form, do=do)
    except Refusal as refusal:
        return shown(request, found, find(request, found, no), refusal=refusal, status=refusal.status)
    messages.success(request, _("申请已撤回，以后可以再申请。"))
    return HttpResponseRedirect(reverse("elder:cases"))


@require_http_methods(["GET", "HEAD", "POST"])
@require("assessment.dispute")
def dispute(request: DoorRequest, no: str) -> HttpResponse:
    """The result does not fit: say why. It stands until another body has looked again."""
    found = require_act(whom(request), "complain")
    row = find(request, found, no)
    told = case_of(request, found, row)
    if told.assessment is None or not (told.may_dispute or request.method == "POST"):
        raise Http404
    assessed = told.assessment
    form = sent(DisputeForm, "dispute", request) if request.method == "POST" else fresh(DisputeForm, "dispute")
    status, refusal = 200, None
    if request.method == "POST":
        status = 422
        if form.is_valid():

            def do() -> dict[str, Any]:
                review.dispute(
                    assessment=assessed,
                    grounds=form.cleaned_data["grounds"],
                    policy=rules_then(row, request.on),
                    at=request.at,
                    on=request.on,
                    by=account_of(request).username,
                )
                noted(request, found, "assessment.dispute", subject=assessed._meta.label, subject_id=assessed.id)
                return {"no": row.no}

            try:
                require_confirmed(found)
                act_once(request, county=row.county, name=f"elder.dispute:{assessed.no}", form=form, do=do)
                messages.success(request, _("异议已经收到。请再选一家评估机构复评。"))
                return HttpResponseRedirect(reverse("elder:review", args=[no]))
            except Refusal as refused:
                refusal, status = refused, refused.status
    said = {"form": form, "case": told}
    back = reverse("elder:case", args=[no])
    return show(request, "elder/dispute.html", said, whom=found, back=back, refusal=refusal, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
@require("assessment.request")
def choose_review(request: DoorRequest, no: str) -> HttpResponse:
    """After a dispute: by whom and where it is done again."""
    found = require_act(whom(request), "apply")
    row = find(request, found, no)
    told = case_of(request, found, row)
    if told.assessment is None or not told.may_choose_again:
        return HttpResponseRedirect(reverse("elder:case", args=[no]))
    offered = [one for one in bodies(found.person, request.on) if one.provider.pk != told.assessment.body_id] or bodies(
        found.person, request.on
    )
    form = BodyForm(request.POST if request.method == "POST" else None, auto_id="id_body_%s")
    form.fields["body"].choices = [(one.provider.pk, one.provider.name) for one in offered]  # type: ignore[attr-defined]
    where = WhereForm(request.POST if request.method == "POST" else None, auto_id="id_where_%s")
    for name in ("days", "words"):
        del where.fields[name]
    fill_where(where, request.on)
    status, refusal = 200, None
    if request.method == "POST":
        status = 422
        if form.is_valid() and where.is_valid():
            try:
                reassess(
                    disputed=told.assessment,
                    body=next(one.provider for one in offered if one.provider.pk == form.cleaned_data["body"]),
                    where=where.cleaned_data["where"],
                    at=request.at,
                    on=request.on,
                    by=account_of(request).username,
                )
                noted(request, found, "assessment.request", subject=row._meta.label, subject_id=row.id)
                messages.success(request, _("复评已经约好，评估机构会联系您。"))
                return HttpResponseRedirect(reverse("elder:case", args=[no]))
            except Refusal as refused:
                refusal, status = refused, refused.status
    said = {
        "form": form,
        "where": where,
        "bodies": marked(offered, form["body"].value()),
        "wrong": form if form.errors else where,
    }
    back = reverse("elder:case", args=[no])
    return show(request, "elder/review.html", said, whom=found, back=back, refusal=refusal, status=status)


def _letter(request: DoorRequest, no: str) -> tuple[Whom, Application, Letter]:
    """A letter of this person by its own number, the newest of a case by the case's."""
    found = whom(request)
    rows = Letter.objects.filter(county=found.person.county, no=no).select_related("application")
    letter = rows.first()
    if letter is None:
        other = Letter.objects.filter(county=no[:6], no=no).select_related("application").first()
        if other is not None:
            out_of_reach(request, county=other.county, subject=other._meta.label, subject_id=other.id)
        raise Http404
    if letter.application.person_id != found.person.id:
        out_of_reach(request, county=letter.county, subject=letter._meta.label, subject_id=letter.id)
    return found, letter.application, letter


@require_safe
@require("application.read")
def letter(request: DoorRequest, no: str) -> HttpResponse:
    """The decision as it was sent."""
    found, row, one = _letter(request, no)
    noted_read(request, found, "letter.read")
    said = {"row": row, "letter": one, **letter_body(one)}
    return show(request, "elder/letter.html", said, whom=found, back=reverse("elder:case", args=[row.no]))


@require_safe
@require("application.read")
def letter_pdf(request: DoorRequest, no: str) -> HttpResponse:
    """The decision as PDF."""
    found, _row, one = _letter(request, no)
    noted_read(request, found, "letter.print")
    return papers.paper(request, "staff/paper/letter.html", f"letter-{one.no}", papers.letter_said(request, one))


MEDIA = {"jpg": "image/jpeg", "png": "image/png", "webp": "image/webp", "pdf": "application/pdf"}


@require_safe
@require("application.read")
def paper(request: DoorRequest, no: str, material_id: UUID) -> HttpResponse:
    """A paper that was handed in, as it is kept."""
    found = whom(request)
    row = find(request, found, no)
    one = next((one for one, _name in materials_of(row) if one.id == material_id), None)
    if one is None:
        raise Http404
    noted_read(request, found, "material.read")
    response = HttpResponse(read_file(one.file), content_type=MEDIA.get(one.file.kind, "application/octet-stream"))
    response.headers["Content-Disposition"] = f'inline; filename="{one.file.name}"'
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return response
