"""Reconciliation by workbook both ways 对账: take the lines along, mark them, and bring the differences back."""

from __future__ import annotations

import base64
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_POST, require_safe

from songhe.document.upload import accept
from songhe.doors.may import check, require
from songhe.doors.provider import words
from songhe.doors.provider.desk import Desk, by, open_desk, shown
from songhe.doors.provider.sheets import MOST_BYTES, workbook
from songhe.doors.provider.statements import find
from songhe.doors.shell.pieces import Crumb
from songhe.doors.shell.request import DoorRequest
from songhe.doors.staff.acting import ActForm, act_once, fresh, in_words, sent
from songhe.kernel.refusal import Refusal, reason
from songhe.settlement.lines_file import Marked, lines_workbook, read_marks
from songhe.settlement.models import Statement
from songhe.settlement.objection import object_to
from songhe.settlement.states import STATEMENT

#: What a marked sheet says travels in the page until it is agreed to; a larger one is marked in parts.
MOST_CARRIED = 400_000
LOST = reason(
    "desk.marks_lost",
    zh="读不回刚才的对账表，请再上传一次。",
    en="The marked sheet cannot be read back; upload it again.",
)


class MarksForm(ActForm):
    marks = forms.CharField(widget=forms.HiddenInput, max_length=MOST_CARRIED)


class UploadForm(forms.Form):
    file = forms.FileField(
        label=gettext_lazy("标好的对账表"),
        help_text=gettext_lazy("收 .xlsx，最大 5 MB。"),
        widget=forms.ClearableFileInput(attrs={"accept": ".xlsx"}),
        error_messages={"required": gettext_lazy("请选择文件。"), "empty": gettext_lazy("文件是空的。")},
    )


@require_safe
@require("desk.statements")
def lines(request: DoorRequest, no: str) -> HttpResponse:
    """The lines as a workbook with columns to mark them in."""
    desk = open_desk(request, "desk.statements")
    row = find(request, desk, no)
    return workbook(lines_workbook(row), f"statement-{row.no}.xlsx")


@require_safe
@require("desk.statements")
def reconcile(request: DoorRequest, no: str) -> HttpResponse:
    desk = open_desk(request, "desk.statements")
    return reconcile_page(request, desk, find(request, desk, no))


def reconcile_page(
    request: DoorRequest,
    desk: Desk,
    row: Statement,
    *,
    marked: Marked | None = None,
    content: bytes = b"",
    form: UploadForm | None = None,
    refusal: Refusal | None = None,
    status: int = 200,
) -> HttpResponse:
    """Upload; then what agrees, what differs and what cannot be read, before anything becomes an objection."""
    allowed = STATEMENT.allows(row.state, "dispute")
    said = {
        "crumbs": [
            Crumb(_("结算单"), reverse("provider:statements")),
            Crumb(row.no, reverse("provider:statement", args=[row.no])),
            Crumb(_("对账")),
        ],
        "row": row,
        "state": words.word(words.STATEMENT, row.state),
        "form": form or UploadForm(auto_id="id_marks_%s"),
        "marked": marked,
        "differing": [(one, words.OBJECTIONS.get(one.kind, one.kind)) for one in marked.objections] if marked else [],
        "faults": [(line, in_words(fault)) for line, fault in marked.faults] if marked else [],
        "allowed": allowed,
        "send": fresh(MarksForm, "marks", version=row.version, marks=packed(content))
        if marked and marked.objections and not marked.faults and allowed
        else None,
        "wrong": form if form is not None and form.errors else None,
        "refused": in_words(refusal) if refusal else "",
        "refused_code": refusal.code if refusal else "",
    }
    return shown(request, desk, "provider/reconcile.html", said, status=status)


@require_POST
@require("desk.statements")
def compare(request: DoorRequest, no: str) -> HttpResponse:
    """Read a marked sheet and show what it says; nothing is changed yet."""
    desk = open_desk(request, "desk.statements")
    row = find(request, desk, no)
    form = UploadForm(request.POST, request.FILES, auto_id="id_marks_%s")
    if not form.is_valid():
        return reconcile_page(request, desk, row, form=form, status=422)
    given = form.cleaned_data["file"]
    try:
        content = accept(given, {"xlsx"}, MOST_BYTES).content
        marked = read_marks(row, content)
    except Refusal as refusal:
        return reconcile_page(request, desk, row, refusal=refusal, status=refusal.status)
    return reconcile_page(request, desk, row, marked=marked, content=content)


@require_POST
@require("desk.statements")
def object_all(request: DoorRequest, no: str) -> HttpResponse:
    """Make every difference of the sheet an objection, all at once and once."""
    check(request, "statement.dispute")
    desk = open_desk(request, "desk.statements")
    row = find(request, desk, no)
    form = sent(MarksForm, "marks", request)
    try:
        if not form.is_valid():
            raise LOST("file")
        marked = read_marks(row, unpacked(form.cleaned_data["marks"]))

        def do() -> dict[str, Any]:
            object_to(
                county=row.county,
                statement_id=row.id,
                objections=marked.objections,
                version=form.cleaned_data["version"],
                at=request.at,
                by=by(request),
            )
            return {"no": row.no}

        act_once(request, county=row.county, name=f"provider.reconcile:{row.no}", form=form, do=do)
    except Refusal as refusal:
        return reconcile_page(request, desk, find(request, desk, no), refusal=refusal, status=refusal.status)
    count = len(marked.objections)
    said = ngettext("%(count)s 处差异已成为异议，等县区处理。", "%(count)s 处差异已成为异议，等县区处理。", count)
    messages.success(request, said % {"count": count})
    return HttpResponseRedirect(reverse("provider:statement", args=[row.no]))


def packed(content: bytes) -> str:
    """The sheet as it was read, to be sent along with the button: what is agreed to is what was shown."""
    text = base64.b85encode(content).decode()
    return text if len(text) <= MOST_CARRIED else ""


def unpacked(text: str) -> bytes:
    """Refuses with ``desk.marks_lost``."""
    try:
        return base64.b85decode(text)
    except ValueError:
        raise LOST("file") from None
