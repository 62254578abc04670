"""A bill as a receipt on paper: who paid what of it, line by line, amounts also in capital numerals. 收据"""

from __future__ import annotations

from django.http import HttpResponse
from django.views.decorators.http import require_safe

from songhe.doors.elder.paper import pdf
from songhe.doors.may import require
from songhe.doors.provider import words
from songhe.doors.provider.bills import line_rows
from songhe.doors.provider.desk import open_desk, own_row
from songhe.doors.provider.receipt import purses_that_paid, receipt_of
from songhe.doors.shell.request import DoorRequest
from songhe.kernel.capitals import in_capitals
from songhe.redemption.models import Bill
from songhe.settlement.served import bills_of


@require_safe
@require("desk.bills")
def receipt(request: DoorRequest, no: str) -> HttpResponse:
    """The receipt to hand over; what was undone is struck out, as on the page."""
    desk = open_desk(request, "desk.bills")
    own_row(request, desk, Bill.objects.filter(county=no[:6], no=no).first(), "bill")
    row = bills_of(counties=(no[:6],), provider_id=desk.provider.id).get(county=no[:6], no=no)
    lines = line_rows(row)
    of_bill = [one.line for one in lines]
    card_fen = row.purse_fen + row.credit_fen
    told = {
        "bill": row,
        "group": words.word(words.CATEGORIES, row.category).said,
        "undone": row.state == Bill.State.REVERSED,
        "receipt": receipt_of(row, of_bill, purses_that_paid(row, of_bill)),
        "lines": lines,
        "card_fen": card_fen,
        "capitals": in_capitals(row.self_fen),
        "voucher_capitals": in_capitals(row.voucher_fen),
        "card_capitals": in_capitals(card_fen),
        "at": request.at,
    }
    return pdf(request, "provider/receipt_pdf.html", f"receipt-{row.no}", told)
