"""Many applications at once 批量审批: the system picks some that must be opened and ticked before all are approved."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from songhe.access.scope import Scope
from songhe.doors.may import require
from songhe.doors.shell.pieces import Crumb
from songhe.doors.shell.request import DoorRequest
from songhe.doors.staff import case, naming, words
from songhe.doors.staff.acting import CHANGED, ActForm, act_once, fresh, in_words, sent
from songhe.doors.staff.reach import account_of, reach
from songhe.doors.staff.verbs import named
from songhe.entitlement.approve import approve
from songhe.entitlement.models import Application
from songhe.entitlement.record import lock_application
from songhe.kernel.cipher import keyed_hash
from songhe.kernel.refusal import Refusal, reason
from songhe.trail.models import Entry
from songhe.trail.note import note

#: One in ten of a batch is looked at, and at least one.
ONE_IN = 10
#: As many as stand on a page of the inbox.
MOST = 50
#: A case that was opened longer ago than this is opened again.
OPENED_WITHIN = timedelta(hours=24)
APPROVE = named(case.VERBS, "approve")

NOT_CHECKED = reason(
    "staff.batch_not_checked",
    zh="抽中的申请要逐件打开核对并勾选，才能批量批准。",
    en="Open and tick each application of the sample before the batch is approved.",
)
SEVERAL_COUNTIES = reason(
    "staff.batch_of_several_counties",
    zh="一批申请只能属于一个区县，请分开办理。",
    en="A batch is of one county; take the counties one by one.",
)
NOTHING_TO_APPROVE = reason(
    "staff.batch_empty", zh="所选申请里没有可以批准的。", en="None of the chosen applications can be approved."
)


@dataclass(frozen=True)
class One:
    """An application of the batch; ``hindered`` says why it must be taken by itself."""

    row: Application
    address: str
    number: str
    town: str
    level: Any
    outcome: words.Word | None
    hindered: str = ""
    opened_at: datetime | None = None


@dataclass(frozen=True)
class Batch:
    able: list[One]
    hindered: list[One]
    sample: list[One]

    @property
    def is_checked(self) -> bool:
        return all(one.opened_at for one in self.sample)


def hindrance(row: Application, request: DoorRequest) -> str:
    """Why a row cannot be approved in a batch; nothing where it can."""
    username = account_of(request).username
    if username in APPROVE.begun_by(row):
        return _("前一步是您办的，要由另一人审批")
    if not case.is_entitled(row):
        return _("认定结果不符合条件")
    if not case.may_now(row, APPROVE, request):
        if row.state == Application.State.REVIEWED:
            return _("还没有公示")
        return _("不在待审批状态")
    if row.state == Application.State.PUBLISHED and row.publish_to and request.on <= row.publish_to:
        return _("公示还没有期满")
    return ""


def drawn(rows: Sequence[Application], username: str) -> list[Application]:
    """Which of the rows are looked at: by a keyed lot of each, so that choosing otherwise does not draw otherwise."""

    def lot(row: Application) -> str:
        text = f"{row.no} {row.version} {username}"
        return keyed_hash(text, key=settings.ID_NUMBER_KEY, purpose="sample of a batch")

    wanted = max(1, -(-len(rows) // ONE_IN)) if rows else 0
    return sorted(rows, key=lot)[:wanted]


def opened(county: str, rows: Collection[Application], username: str, at: datetime) -> dict[str, datetime]:
    """When this person opened these cases last, by the trail."""
    entries = Entry.objects.filter(
        county=county,
        subject=Application._meta.label,
        subject_id__in=[str(row.id) for row in rows],
        act="application.read",
        actor=username,
        at__gt=at - OPENED_WITHIN,
    ).order_by("at")
    return dict(entries.values_list("subject_id", "at"))


def batch_of(request: DoorRequest, scope: Scope, numbers: Sequence[str]) -> Batch:
    """The batch as it stands now. Refuses with ``staff.batch_of_several_counties``."""
    wanted = [no for no in dict.fromkeys(numbers) if no.isascii() and no.isdigit() and len(no) <= 24][:MOST]
    counties = {no[:6] for no in wanted}
    if len(counties) > 1:
        raise SEVERAL_COUNTIES("no")
    rows = list(
        Application.objects.within(scope)
        .filter(county__in=counties, no__in=wanted)
        .select_related("person", "assessment", "determination")
        .order_by("opened_at", "id")
    )
    hindrances = {row.id: hindrance(row, request) for row in rows}
    able = [row for row in rows if not hindrances[row.id]]
    username = account_of(request).username
    sample = {row.id for row in drawn(able, username)}
    seen = opened(rows[0].county, rows, username, request.at) if rows else {}
    towns = naming.places((naming.town(row.person) for row in rows), request.on)

    def one(row: Application) -> One:
        level = row.assessment.final_level if row.assessment else None
        return One(
            row=row,
            address=reverse("staff:application", args=[row.no]),
            number=naming.hidden_number(row.person),
            town=towns.get(naming.town(row.person), ""),
            level=words.LEVELS.get(level, "") if level is not None else "",
            outcome=words.word(words.OUTCOMES, row.determination.outcome) if row.determination else None,
            hindered=hindrances[row.id],
            opened_at=seen.get(str(row.id)),
        )

    shown = [one(row) for row in rows]
    return Batch(
        able=[each for each in shown if not each.hindered],
        hindered=[each for each in shown if each.hindered],
        sample=[each for each in shown if each.row.id in sample],
    )


def shown_batch(
    request: DoorRequest,
    batch: Batch,
    *,
    refusal: Refusal | None = None,
    ticked: Collection[str] = (),
    status: int = 200,
) -> HttpResponse:
    said = {
        "crumbs": [Crumb(_("申请审核"), reverse("staff:inbox")), Crumb(_("批量审批"))],
        "batch": batch,
        "form": fresh(ActForm, "batch"),
        "ticked": ticked,
        "one_in": ONE_IN,
        "refused": in_words(refusal) if refusal else "",
        "refused_code": refusal.code if refusal else "",
    }
    return render(request, "staff/batch.html", said, status=status)


@require_safe
@require("application.approve")
def look(request: DoorRequest) -> HttpResponse:
    """The chosen applications, which of them are to be looked at, and which cannot go along."""
    scope = reach(request, "application.approve")
    numbers = request.GET.getlist("no")
    if not numbers:
        return HttpResponseRedirect(reverse("staff:inbox"))
    return shown_batch(request, batch_of(request, scope, numbers))


@require_POST
@require("application.approve")
def act(request: DoorRequest) -> HttpResponse:
    """Approve the batch once its sample was opened and ticked; each row by itself, with an answer for each."""
    scope = reach(request, "application.approve")
    numbers = request.POST.getlist("no")
    versions = dict(zip(numbers, request.POST.getlist("version_of"), strict=False))
    ticked = set(request.POST.getlist("checked"))
    form = sent(ActForm, "batch", request)
    batch = batch_of(request, scope, numbers)
    if not form.is_valid():
        return shown_batch(request, batch, ticked=ticked, status=422)
    county = numbers[0][:6] if numbers else ""
    username = account_of(request).username

    def do() -> dict[str, Any]:
        if not batch.able:
            raise NOTHING_TO_APPROVE("no")
        if not batch.is_checked or not {one.row.no for one in batch.sample} <= ticked:
            raise NOT_CHECKED("checked")
        answers = [approve_one(request, one.row, versions.get(one.row.no, ""), username) for one in batch.able]
        note(
            county=county,
            at=request.at,
            actor=username,
            act="entitlement.approve_batch",
            subject="batch",
            subject_id=str(form.cleaned_data["key"]),
            request=request.request_id,
            asked=len(batch.able),
            approved=sum(1 for answer in answers if not answer["code"]),
            sample=[str(one.row.id) for one in batch.sample],
        )
        return {"answers": answers}

    form.cleaned_data["no"] = sorted(numbers)
    try:
        answer = act_once(request, county=county, name="staff.batch.approve", form=form, do=do)
    except Refusal as refusal:
        return shown_batch(request, batch, refusal=refusal, ticked=ticked, status=refusal.status)
    return render(request, "staff/batch_done.html", done(scope, answer))


def approve_one(request: DoorRequest, row: Application, version: str, username: str) -> dict[str, Any]:
    """One row: approved, or why not; what is refused leaves nothing behind and hinders nobody."""
    told = {"no": row.no, "code": "", "zh": "", "en": ""}
    try:
        with transaction.atomic():
            locked = lock_application(row)
            if str(locked.version) != version:
                raise CHANGED("version")
            approve(application=locked, at=request.at, on=request.on, by=username)
    except Refusal as refusal:
        told |= {"code": refusal.code, "zh": refusal.message("zh"), "en": refusal.message("en")}
    return told


def done(scope: Scope, answer: Mapping[str, Any]) -> dict[str, Any]:
    numbers = [told["no"] for told in answer["answers"]]
    known = Application.objects.within(scope).filter(county__in={no[:6] for no in numbers}, no__in=numbers)
    names = dict(known.values_list("no", "person__name"))
    rows = [
        {
            **told,
            "name": names.get(told["no"], ""),
            "address": reverse("staff:application", args=[told["no"]]),
            "because": words.said(told["zh"], told["en"]),
        }
        for told in answer["answers"]
    ]
    return {
        "crumbs": [Crumb(_("申请审核"), reverse("staff:inbox")), Crumb(_("批量审批"))],
        "rows": rows,
        "approved": sum(1 for row in rows if not row["code"]),
        "left": sum(1 for row in rows if row["code"]),
    }
