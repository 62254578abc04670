"""Hundreds of bills at once 表格入账: template, upload, a preview row by row, booking, and the workbook back."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django import forms
from django.http import HttpResponse, HttpResponseRedirect, JsonResponse
from django.urls import reverse
from django.utils.translation import get_language, gettext_lazy, pgettext
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from songhe.document.file import read_file
from songhe.document.models import StoredFile
from songhe.document.sheet import read_sheet
from songhe.document.upload import SHEET, accept
from songhe.doors.may import require
from songhe.doors.provider import words
from songhe.doors.provider.desk import Desk, by, open_desk, own_row, shown
from songhe.doors.provider.home import due_months
from songhe.doors.provider.redeem import price_list
from songhe.doors.shell.pieces import Crumb
from songhe.doors.shell.request import DoorRequest
from songhe.doors.staff.acting import in_words
from songhe.doors.staff.reach import account_of
from songhe.kernel.month import Month
from songhe.kernel.refusal import Refusal
from songhe.settlement.models import BillSheet
from songhe.settlement.sheet_book import book_some, hand_in_sheet, read_again
from songhe.settlement.sheet_file import report, template
from songhe.settlement.sheet_read import Checked, Row

WORKBOOK = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
#: A workbook of two thousand bills is far smaller.
MOST_BYTES = 5 * 1024 * 1024
#: Rows shown on the page; all of them stand in the workbook that comes back.
MOST_SHOWN = 400
SHEETS_SHOWN = 12


class UploadForm(forms.Form):
    file = forms.FileField(
        label=gettext_lazy("填好的表格"),
        help_text=gettext_lazy("收 .xlsx、.csv，最大 5 MB，一次最多 2000 行。带宏、带密码的不收。"),
        widget=forms.ClearableFileInput(attrs={"accept": ".xlsx,.csv"}),
        error_messages={"required": gettext_lazy("请选择文件。"), "empty": gettext_lazy("文件是空的。")},
    )


def workbook(content: bytes, name: str) -> HttpResponse:
    """A file to keep; its name is ours and holds nobody's."""
    answer = HttpResponse(content, content_type=WORKBOOK)
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


@require_safe
@require("desk.bills")
def sheets(request: DoorRequest) -> HttpResponse:
    return sheets_page(request)


def sheets_page(
    request: DoorRequest, *, form: UploadForm | None = None, refusal: Refusal | None = None, status: int = 200
) -> HttpResponse:
    desk = open_desk(request, "desk.bills")
    rows = BillSheet.objects.filter(county=desk.provider.place, provider=desk.provider).order_by("-id")[:SHEETS_SHOWN]
    said = {
        "crumbs": [Crumb(pgettext("page", "账单"), reverse("provider:bills")), Crumb(_("表格批量入账"))],
        "form": form or UploadForm(auto_id="id_sheet_%s"),
        "dues": due_months(desk.counties[0], request.on),
        "sheets": [(one, words.word(words.SHEETS, one.state), counts(one.results)) for one in rows],
        "wrong": form if form is not None and form.errors else None,
        "refused": in_words(refusal) if refusal else "",
        "refused_code": refusal.code if refusal else "",
    }
    return shown(request, desk, "provider/sheets.html", said, status=status)


def counts(results: list[dict[str, Any]]) -> dict[str, int]:
    found = {"booked": 0, "same": 0, "refused": 0}
    for one in results:
        found[one["state"]] += 1
    return found


@require_safe
@require("desk.bills")
def blank(request: DoorRequest) -> HttpResponse:
    """The template of a month: people with their vouchers, and lists to choose from."""
    desk = open_desk(request, "desk.bills")
    try:
        month = Month.parse(request.GET["month"]) if request.GET.get("month") else Month.of(request.on)
    except Refusal:
        month = Month.of(request.on)
    content = template(provider=desk.provider, counties=desk.counties, month=month, prices=price_list(desk, request.on))
    return workbook(content, f"bills-{month}.xlsx")


@require_POST
@require("redemption.make")
def upload(request: DoorRequest) -> HttpResponse:
    """Keep and check a workbook; the page that follows says row by row what would happen."""
    desk = open_desk(request, "redemption.make")
    form = UploadForm(request.POST, request.FILES, auto_id="id_sheet_%s")
    if not form.is_valid():
        return sheets_page(request, form=form, status=422)
    given = form.cleaned_data["file"]
    try:
        sheet = hand_in_sheet(
            provider=desk.provider,
            counties=desk.counties,
            content=accept(given, SHEET, MOST_BYTES).content,
            called=given.name,
            uploaded_by=account_of(request),
            at=request.at,
            on=request.on,
        )
    except Refusal as refusal:
        return sheets_page(request, refusal=refusal, status=refusal.status)
    return HttpResponseRedirect(reverse("provider:sheet", args=[sheet.id]))


def sheet_of(request: DoorRequest, desk: Desk, sheet_id: UUID) -> BillSheet:
    found: BillSheet = own_row(request, desk, BillSheet.objects.filter(id=sheet_id).first(), "bill_sheet")
    return found


@require_safe
@require("desk.bills")
def sheet(request: DoorRequest, sheet_id: UUID) -> HttpResponse:
    """Before: what each row would do. After: what it did."""
    desk = open_desk(request, "desk.bills")
    row = sheet_of(request, desk, sheet_id)
    try:
        checked = read_again(sheet=row, counties=desk.counties, on=request.on)
    except Refusal as refusal:
        return sheets_page(request, refusal=refusal, status=refusal.status)
    rows = rows_of(row, checked)
    done = counts(row.results)
    said = {
        "crumbs": [
            Crumb(pgettext("page", "账单"), reverse("provider:bills")),
            Crumb(_("表格批量入账"), reverse("provider:sheets")),
            Crumb(row.uploaded_at.date().isoformat()),
        ],
        "row": row,
        "state": words.word(words.SHEETS, row.state),
        "rows": rows[:MOST_SHOWN],
        "cut": max(0, len(rows) - MOST_SHOWN),
        "total": len(checked.rows),
        "bills": len(checked.bills),
        "ready": checked.ready,
        "faulty": len(checked.rows) - checked.ready,
        "fee_fen": sum(one.asked_fen for one in checked.rows if not one.faults),
        "voucher_fen": sum(one.voucher_fen or 0 for one in checked.rows),
        "done": done,
        "percent_of": len(checked.bills),
    }
    return shown(request, desk, "provider/sheet.html", said)


def rows_of(row: BillSheet, checked: Checked) -> list[dict[str, Any]]:
    """The faulty ones first, for they are what somebody has to do something about."""
    answers = {one["row"]: one for one in row.results}
    made = []
    for one in checked.rows:
        answer = answers.get(one.line)
        made.append(
            {
                "line": one.line,
                "name": one.name,
                "number": one.number,
                "item": words.item(one.item) if one.item else one.item_text,
                "service_on": one.service_on,
                "quantity": one.quantity,
                "fee_fen": one.asked_fen if one.item else one.fee_fen,
                # What the voucher would pay; what it did pay stands on the bill.
                "voucher_fen": one.voucher_fen if answer is None else None,
                **answered(one, answer),
            }
        )
    return sorted(made, key=lambda told: (told["code"] != "refused", told["line"]))


def answered(row: Row, answer: dict[str, Any] | None) -> dict[str, Any]:
    chinese = words.in_chinese()
    if answer is not None:
        why = answer["zh" if chinese else "en"]
        return {
            "code": answer["state"],
            "state": words.word(words.ROWS, answer["state"]),
            "why": why,
            "bill_no": answer["bill_no"],
        }
    code = "refused" if row.faults else "ready"
    why = " ".join(in_words(fault) for fault in row.faults)
    return {"code": code, "state": words.word(words.ROWS, code), "why": why, "bill_no": ""}


@require_POST
@require("redemption.make")
def book(request: DoorRequest, sheet_id: UUID) -> HttpResponse:
    """Book the good rows. With scripts some at a time, so that the page shows how far it is; without, all at once."""
    desk = open_desk(request, "redemption.make")
    row = sheet_of(request, desk, sheet_id)
    in_parts = request.POST.get("part") == "1"
    while True:
        try:
            row = book_some(
                county=row.county,
                sheet_id=row.id,
                counties=desk.counties,
                at=request.at,
                on=request.on,
                by=by(request),
            )
        except Refusal as refusal:
            return sheets_page(request, refusal=refusal, status=refusal.status)
        if in_parts or row.state == BillSheet.State.DONE:
            break
    if in_parts:
        return JsonResponse({"next": row.next_row, "done": row.state == BillSheet.State.DONE})
    return HttpResponseRedirect(reverse("provider:sheet", args=[row.id]))


@require_safe
@require("desk.bills")
def sheet_report(request: DoorRequest, sheet_id: UUID) -> HttpResponse:
    """The same workbook back, with what is wrong in red and in words."""
    desk = open_desk(request, "desk.bills")
    row = sheet_of(request, desk, sheet_id)
    stored = StoredFile.objects.everywhere("the workbook of this sheet").get(county=row.county, id=row.file_id)
    results = row.results or [
        {"row": one.line, "state": "refused" if one.faults else "ready", "bill_no": ""}
        | {
            "zh": " ".join(fault.message("zh") for fault in one.faults),
            "en": " ".join(fault.message("en") for fault in one.faults),
        }
        for one in read_again(sheet=row, counties=desk.counties, on=request.on).rows
    ]
    content = report(read_sheet(read_file(stored)), results, language=get_language() or "zh")
    return workbook(content, f"bills-{row.uploaded_at:%Y%m%d}-report.xlsx")
