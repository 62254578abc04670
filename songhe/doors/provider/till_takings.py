"""What came in today, fund by fund, and the month's statements of all funds: taken along, confirmed at once."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django import forms
from django.contrib import messages
from django.db.models import Count, Max, Sum
from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from songhe.card.models import Draw, Fund
from songhe.document.sheet import Column, Page, write_workbook
from songhe.doors.may import check, require
from songhe.doors.provider import words
from songhe.doors.provider.bills import month_of
from songhe.doors.provider.desk import Desk, by, open_desk, shown
from songhe.doors.provider.fields import text_field
from songhe.doors.provider.meals import asked_day
from songhe.doors.provider.posting import troubles
from songhe.doors.provider.sheets import workbook
from songhe.doors.provider.statements import own, who_has
from songhe.doors.shell.request import DoorRequest
from songhe.doors.staff.acting import ActForm, act_once, fresh
from songhe.doors.staff.cursor import address
from songhe.kernel.month import Month
from songhe.kernel.refusal import Refusal, reason
from songhe.person.masks import mask_name
from songhe.redemption.queries import standing_lines
from songhe.settlement.confirm import confirm, shares_invoice
from songhe.settlement.lines_file import KINDS
from songhe.settlement.models import Statement, StatementLine
from songhe.settlement.programme import names_of
from songhe.settlement.states import STATEMENT

#: A provider has a statement for each fund that paid it something; a county has a few dozen funds.
MOST = 200

NOTHING_TO_CONFIRM = reason(
    "desk.nothing_to_confirm",
    zh="请至少给一张结算单填发票号码。",
    en="Give at least one statement its invoice number.",
)


@dataclass(frozen=True)
class Takings:
    """A day's bills that stand, added up by who paid; ``funds`` are the purses of the card by fund."""

    bills: int
    fee_fen: int
    off_fen: int
    cash_fen: int
    payers: list[tuple[Any, int]]


def takings_of(desk: Desk, day: date) -> Takings:
    """What the bills of a day brought, payer by payer; four statements."""
    lines = standing_lines(county__in=desk.counties, bill__provider_id=desk.provider.id, bill__booked_on=day).order_by()
    parts = ("fee", "off", "ltci", "other", "voucher", "credit", "self")
    sums = lines.aggregate(
        bills=Count("bill_id", distinct=True), **{f"by_{part}": Sum(f"{part}_fen", default=0) for part in parts}
    )
    draws = Draw.objects.filter(county__in=desk.counties, provider_id=desk.provider.id, about__in=lines.values("id"))
    draws = draws.exclude(purse_id=None)
    by_fund = list(draws.order_by("fund_id").values_list("fund_id").annotate(fen=Sum("amount_fen")))
    ids = [fund for fund, _fen in by_fund]
    names = dict(Fund.objects.filter(county__in=desk.counties, id__in=ids).values_list("id", "name"))
    payers: list[tuple[Any, int]] = [
        (_("爱心卡 · %(fund)s") % {"fund": names[fund]}, fen) for fund, fen in sorted(by_fund, key=lambda one: -one[1])
    ]
    payers += [
        (_("消费券支付"), sums["by_voucher"]),
        (_("积分抵付"), sums["by_credit"]),
        (_("长护险支付"), sums["by_ltci"]),
        (_("其他公共资金支付"), sums["by_other"]),
        (_("向老人收取"), sums["by_self"]),
    ]
    paid = [(name, fen) for name, fen in payers if fen]
    return Takings(sums["bills"], sums["by_fee"], sums["by_off"], sums["by_self"], paid)


class ConfirmAllForm(ActForm):
    """An invoice number for each statement that is to be confirmed, and the version of it that was looked at.

    ``invoice`` is one for all that the card and credits paid in the month; a row's own goes before it.
    """

    invoice = text_field(gettext_lazy("一张发票开给所有资金的，填在这里"), longest=40, required=False)
    budget = text_field(gettext_lazy("预算科目（各项相同的）"), longest=40, required=False)

    def __init__(self, *told: Any, rows: list[Statement], **more: Any) -> None:
        super().__init__(*told, **more)
        self.rows = rows
        lines = last_budget_lines(rows)
        for row in rows:
            self.fields[f"invoice_{row.id.hex}"] = forms.CharField(
                label=_("发票号码"),
                max_length=40,
                required=False,
                widget=forms.TextInput(attrs={"autocomplete": "off"}),
            )
            self.fields[f"budget_{row.id.hex}"] = forms.CharField(
                label=_("预算科目"),
                max_length=40,
                required=False,
                initial=row.budget_line or lines.get((row.county, row.programme), ""),
            )
            self.fields[f"version_{row.id.hex}"] = forms.IntegerField(
                widget=forms.HiddenInput, initial=row.version, required=False
            )

    def of(self, row: Statement) -> tuple[forms.BoundField, forms.BoundField, forms.BoundField]:
        key = row.id.hex
        return self[f"invoice_{key}"], self[f"budget_{key}"], self[f"version_{key}"]

    def clean(self) -> dict[str, Any]:
        told = super().clean() or {}
        for row in self.rows:
            key = row.id.hex
            if told.get("invoice") and shares_invoice(row):
                told[f"invoice_{key}"] = told.get(f"invoice_{key}") or told["invoice"]
            told[f"budget_{key}"] = told.get(f"budget_{key}") or told.get("budget", "")
            if told.get(f"invoice_{row.id.hex}") and not told.get(f"budget_{row.id.hex}"):
                self.add_error(f"budget_{row.id.hex}", gettext_lazy("请填写这一项。"))
        return told


def last_budget_lines(rows: list[Statement]) -> dict[tuple[str, str], str]:
    """The budget line that each programme's statements were written under last, by county; one statement."""
    counties, programmes = {row.county for row in rows}, {row.programme for row in rows}
    known = Statement.objects.filter(county__in=counties, programme__in=programmes).exclude(budget_line="").order_by()
    used = known.values_list("county", "programme", "budget_line").annotate(last=Max("month"))
    return {(county, programme): line for county, programme, line, _last in sorted(used, key=lambda one: one[3])}


def statements_of(desk: Desk, month: Month) -> list[Statement]:
    return list(own(desk).filter(month=str(month)).order_by("programme", "no")[:MOST])


def confirmable(rows: Iterable[Statement]) -> list[Statement]:
    return [row for row in rows if STATEMENT.allows(row.state, "confirm")]


@require_http_methods(["GET", "HEAD", "POST"])
@require("desk.statements")
def takings(request: DoorRequest) -> HttpResponse:
    """Today's takings above the month's statements; a post confirms those that have got an invoice number."""
    desk = open_desk(request, "desk.statements")
    month = month_of(request) if request.GET.get("month") else last_month(desk, request.on)
    if request.method != "POST":
        return takings_page(request, desk, month)
    check(request, "statement.submit")
    rows = confirmable(statements_of(desk, month))
    form = ConfirmAllForm(request.POST, rows=rows, auto_id="id_all_%s")
    if not form.is_valid():
        return takings_page(request, desk, month, wrong=form, status=422)
    told = form.cleaned_data
    wanted = [row for row in rows if told[f"invoice_{row.id.hex}"]]

    def do() -> dict[str, Any]:
        if not wanted:
            raise NOTHING_TO_CONFIRM("invoice_no")
        for row in wanted:
            confirm(
                county=row.county,
                statement_id=row.id,
                invoice_no=told[f"invoice_{row.id.hex}"],
                budget_line=told[f"budget_{row.id.hex}"],
                fund_year=row.fund_year or month.year,
                version=told[f"version_{row.id.hex}"],
                at=request.at,
                by=by(request),
            )
        return {"count": len(wanted)}

    try:
        name = f"provider.statements.confirm:{desk.provider.id}:{month}"
        answer = act_once(request, county=desk.counties[0], name=name, form=form, do=do)
    except Refusal as refusal:
        return takings_page(request, desk, month, wrong=form, refusal=refusal, status=refusal.status)
    messages.success(request, _("已确认 %(count)s 张结算单，转县区审批。") % answer)
    return HttpResponseRedirect(f"{reverse('provider:takings')}?month={month}")


def last_month(desk: Desk, on: date) -> Month:
    """The newest month that has statements, else the one before this."""
    found = own(desk).order_by("-month").values_list("month", flat=True).first()
    return Month.parse(found) if found else Month.of(on).previous


def takings_page(
    request: DoorRequest,
    desk: Desk,
    month: Month,
    *,
    wrong: ConfirmAllForm | None = None,
    refusal: Refusal | None = None,
    status: int = 200,
) -> HttpResponse:
    day = asked_day(request)
    rows = statements_of(desk, month)
    names = names_of(rows)
    open_rows = confirmable(rows)
    form = wrong or fresh_all(open_rows)
    to_confirm = {row.id for row in open_rows}
    said = {
        "day": day,
        "taken": takings_of(desk, day),
        "month": month,
        "previous": address(request, month=month.previous),
        "next": address(request, month=month.next) if month < Month.of(request.on) else "",
        "rows": [
            (
                row,
                words.programme_of(row, names),
                words.word(words.STATEMENT, row.state),
                who_has(row),
                form.of(row) if row.id in to_confirm else None,
                not shares_invoice(row),
            )
            for row in rows
        ],
        "sums": {part: sum(getattr(row, f"{part}_fen") for row in rows) for part in ("charge", "refund", "net")},
        "form": form if open_rows else None,
        "together": sum(shares_invoice(row) for row in open_rows) > 1,
        **troubles(wrong, refusal),
    }
    return shown(request, desk, "provider/takings.html", said, status=status)


def fresh_all(rows: list[Statement]) -> ConfirmAllForm:
    made: Any = lambda **more: ConfirmAllForm(rows=rows, **more)  # noqa: E731
    found = fresh(made, "all")
    assert isinstance(found, ConfirmAllForm)
    return found


@require_safe
@require("desk.statements")
def takings_book(request: DoorRequest) -> HttpResponse:
    """The month's statements of all funds as a workbook: one sheet of the statements, one of all their lines."""
    desk = open_desk(request, "desk.statements")
    month = month_of(request)
    rows = statements_of(desk, month)
    names = names_of(rows)
    called = {row.id: words.programme_of(row, names) for row in rows}
    heads = [
        Column(_("结算单号"), width=28),
        Column(_("项目"), width=28),
        Column(_("状态"), width=12),
        Column(_("明细"), "whole", 8),
        Column(_("本期应结"), "money", 14),
        Column(_("冲减"), "money", 14),
        Column(_("结转"), "money", 14),
        Column(_("应付"), "money", 14),
    ]
    told = [
        (row.no, called[row.id], str(words.word(words.STATEMENT, row.state).said), row.lines)
        + (row.charge_fen, row.refund_fen, row.carried_fen, row.net_fen)
        for row in rows
    ]
    line_heads = [
        Column(_("项目"), width=28),
        Column(_("账单号"), width=28),
        Column(_("姓名"), width=12),
        Column(_("服务项目"), width=20),
        Column(_("服务日期"), "date", 14),
        Column(_("种类"), width=8),
        Column(_("金额"), "money", 14),
    ]
    pages = [Page(_("结算单"), heads, told), Page(_("明细"), line_heads, lines_of_month(desk, rows, called))]
    return workbook(write_workbook(pages), f"statements-{month}.xlsx")


def lines_of_month(desk: Desk, rows: list[Statement], called: dict[Any, str]) -> Iterable[tuple[Any, ...]]:
    found = StatementLine.objects.filter(county__in=desk.counties, statement_id__in=[row.id for row in rows])
    for one in found.select_related("line__item", "line__bill__person").order_by("statement_id", "number").iterator():
        line = one.line
        yield (
            called[one.statement_id],
            line.bill.no,
            mask_name(line.bill.person.name),
            words.item(line.item),
            line.service_on,
            KINDS[one.kind],
            one.amount_fen,
        )
