"""The month's bills 账单: what was booked, what it waits for, and undoing it with a reason."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib import messages
from django.db.models import Count, Q, Sum
from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext
from django.views.decorators.http import require_POST, require_safe

from songhe.doors.may import check, require
from songhe.doors.provider import words
from songhe.doors.provider.desk import by, open_desk, own_row, shown
from songhe.doors.provider.home import due_months
from songhe.doors.provider.receipt import purses_that_paid, receipt_of
from songhe.doors.shell.pieces import Crumb
from songhe.doors.shell.request import DoorRequest
from songhe.doors.staff import naming
from songhe.doors.staff.acting import ActForm, act_once, because, fresh, in_words, sent
from songhe.doors.staff.cursor import PAGE, address
from songhe.kernel.month import Month
from songhe.kernel.refusal import Refusal
from songhe.redemption.models import Bill, Line, Reversal, Verdict
from songhe.redemption.reverse import reverse as reverse_lines
from songhe.settlement.models import StatementLine
from songhe.settlement.served import PAID_FOR, bills_of, lines_of

State = Bill.State


@dataclass(frozen=True)
class Row:
    address: str
    bill: Bill
    name: str
    group: Any
    state: words.Word
    refusal: str


def month_of(request: DoorRequest) -> Month:
    try:
        return Month.parse(request.GET["month"]) if request.GET.get("month") else Month.of(request.on)
    except Refusal:
        return Month.of(request.on)


@require_safe
@require("desk.bills")
def bills(request: DoorRequest) -> HttpResponse:
    """The bills of a month, the newest first."""
    desk = open_desk(request, "desk.bills")
    month = month_of(request)
    every = bills_of(counties=(*desk.counties, *desk.homes), provider_id=desk.provider.id).filter(month=str(month))
    counts = dict(every.order_by("state").values_list("state").annotate(Count("id")))
    wanted = request.GET.get("state", "")
    rows = every.filter(state=wanted) if wanted in State.values else every
    paid = every.filter(state__in=PAID_FOR)
    totals = paid.aggregate(
        fee=Sum("fee_fen", default=0),
        ltci=Sum("ltci_fen", default=0),
        other=Sum("other_fen", default=0),
        voucher=Sum("voucher_fen", default=0),
        card=Sum("purse_fen", default=0) + Sum("credit_fen", default=0),
        own=Sum("self_fen", default=0),
    )
    after = request.GET.get("after", "")
    if after.isdigit() and len(after) in (21, 24):
        last = every.filter(county=after[:6], no=after).values_list("id", flat=True).first()
        rows = rows.filter(id__lt=last) if last else rows
    found = list(rows.order_by("-id")[: PAGE + 1])
    more, found = len(found) > PAGE, found[:PAGE]
    chips: list[dict[str, Any]] = [
        {"address": address(request, state="", after=""), "word": _("全部"), "count": sum(counts.values())}
        | {"current": wanted not in State.values}
    ]
    chips += [
        {"address": address(request, state=state, after=""), "word": words.BILL[state].said, "count": counts[state]}
        | {"current": state == wanted}
        for state in State.values
        if state in counts
    ]
    said = {
        "month": month,
        "previous": address(request, month=month.previous, after=""),
        "next": address(request, month=month.next, after="") if month < Month.of(request.on) else "",
        "due": next((due for due in due_months(desk.counties[0], request.on) if due.month == month), None),
        "chips": chips,
        "rows": [row_of(one) for one in found],
        "totals": totals,
        "first": address(request, after="") if after else "",
        "following": address(request, after=found[-1].no) if more else "",
    }
    return shown(request, desk, "provider/bills.html", said)


def row_of(bill: Bill) -> Row:
    return Row(
        address=reverse("provider:bill", args=[bill.no]),
        bill=bill,
        name=bill.person.name,
        group=words.word(words.CATEGORIES, bill.category).said,
        state=words.word(words.BILL, bill.state),
        refusal=words.refusal_of(bill.refusal) if bill.refusal else "",
    )


class ReverseForm(ActForm):
    because = because(gettext_lazy("冲正的理由"), gettext_lazy("老人和县区都会看到。"), longest=300)
    lines = forms.MultipleChoiceField(
        label=gettext_lazy("冲正哪些行"), required=False, widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, *told: Any, **more: Any) -> None:
        super().__init__(*told, **more)
        self.fields["lines"].choices = [(str(number), str(number)) for number in range(1, 201)]  # type: ignore[attr-defined]


@dataclass(frozen=True)
class LineRow:
    line: Line
    item: str
    evidence: words.Word | None
    undone: Reversal | None
    in_statements: tuple[str, ...]

    @property
    def on_card_fen(self) -> int:
        return self.line.purse_fen + self.line.credit_fen


def line_rows(bill: Bill) -> list[LineRow]:
    found = lines_of(bill)
    held = statements_of(bill, [line.id for line, _verdict, _undone in found])
    return [
        LineRow(line, words.line_item(line), evidence_of(verdict), undone, held.get(line.id, ()))
        for line, verdict, undone in found
    ]


def statements_of(bill: Bill, ids: Sequence[Any]) -> dict[Any, tuple[str, ...]]:
    """In which statements each line stands: one for each fund that paid a part of it."""
    rows = StatementLine.objects.filter(Q(kind="CHARGE") | Q(kind="CORRECTION"), county=bill.county, line_id__in=ids)
    found: dict[Any, tuple[str, ...]] = {}
    for line_id, no in rows.order_by("statement__no").values_list("line_id", "statement__no"):
        found[line_id] = (*found.get(line_id, ()), no)
    return found


def evidence_of(verdict: Verdict | None) -> words.Word | None:
    return words.evidence_of(verdict.outcome, verdict.reasons) if verdict else None


@require_safe
@require("desk.bills")
def bill(request: DoorRequest, no: str) -> HttpResponse:
    return bill_page(request, no)


def bill_page(
    request: DoorRequest,
    no: str,
    *,
    wrong: ActForm | None = None,
    refusal: Refusal | None = None,
    status: int = 200,
) -> HttpResponse:
    """Who paid what and why, what the evidence is worth, and in which statement it stands."""
    desk = open_desk(request, "desk.bills")
    own_row(request, desk, Bill.objects.filter(county=no[:6], no=no).first(), "bill")
    row = (
        bills_of(counties=(no[:6],), provider_id=desk.provider.id).select_related("replaces").get(county=no[:6], no=no)
    )
    lines = line_rows(row)
    of_bill = [one.line for one in lines]
    open_lines = [one for one in lines if one.undone is None] if row.state in PAID_FOR else []
    again = Bill.objects.filter(county=row.county, replaces_id=row.id).first()
    names = naming.accounts([row.made_by])
    said = {
        "crumbs": [
            Crumb(pgettext("page", "账单"), f"{reverse('provider:bills')}?month={row.month}"),
            Crumb(row.no),
        ],
        "row": row,
        "name": row.person.name,
        "group": words.word(words.CATEGORIES, row.category).said,
        "state": words.word(words.BILL, row.state),
        "refusal": words.refusal_of(row.refusal) if row.refusal else "",
        "card_fen": row.purse_fen + row.credit_fen,
        "receipt": receipt_of(row, of_bill, purses_that_paid(row, of_bill)),
        "lines": lines,
        "steps": [(one.item, steps_of(one.line)) for one in lines if one.line.steps],
        "open_lines": open_lines,
        "again": again,
        "made_by": names.get(row.made_by, row.made_by),
        "confirmed": words.CONFIRMED.get(row.confirmed_by, row.confirmed_by) if row.confirmed_by else "",
        "undo": (wrong or fresh(ReverseForm, "reverse")) if open_lines else None,
        "wrong": wrong,
        "refused": in_words(refusal) if refusal else "",
        "refused_code": refusal.code if refusal else "",
    }
    return shown(request, desk, "provider/bill.html", said, status=status)


def steps_of(line: Line) -> list[tuple[str, int]]:
    """How each payer's part was worked out, in the language of the page."""
    return [(words.said(step["zh"], step["en"]), step["amount_fen"]) for step in line.steps]


@require_POST
@require("desk.bills")
def undo(request: DoorRequest, no: str) -> HttpResponse:
    """Reverse a bill or some of its lines, with a reason; a bill is never deleted."""
    check(request, "redemption.reverse")
    desk = open_desk(request, "desk.bills")
    row = own_row(request, desk, Bill.objects.filter(county=no[:6], no=no).first(), "bill")
    form = sent(ReverseForm, "reverse", request)
    if not form.is_valid():
        return bill_page(request, no, wrong=form, status=422)
    numbers = [int(one) for one in form.cleaned_data["lines"]] or None

    def do() -> dict[str, Any]:
        reverse_lines(
            county=row.county,
            bill_no=row.no,
            because=form.cleaned_data["because"],
            numbers=numbers,
            at=request.at,
            on=request.on,
            by=by(request),
        )
        return {"no": row.no}

    try:
        act_once(request, county=row.county, name=f"provider.reverse:{row.no}", form=form, do=do)
    except Refusal as refusal:
        return bill_page(request, no, refusal=refusal, status=refusal.status)
    messages.success(request, _("已冲正，各方付的钱已退回。"))
    return HttpResponseRedirect(reverse("provider:bill", args=[row.no]))
