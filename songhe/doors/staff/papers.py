"""Papers 文书: decision letters, statements and lists as PDF, in A4, each with a code by which it can be checked."""

from __future__ import annotations

from functools import cache
from typing import Any

import segno
from django.contrib.staticfiles import finders
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.utils.http import urlencode
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from songhe.document.check_code import agrees, check_code
from songhe.document.pdf import render_pdf
from songhe.doors.may import require
from songhe.doors.shell.request import DoorRequest
from songhe.doors.shell.spoken import is_chinese
from songhe.doors.staff import case, naming, words
from songhe.doors.staff.reach import account_of, noted_read, reach
from songhe.doors.staff.statement_lines import LineRow, lines_of
from songhe.doors.staff.statements import find as find_statement
from songhe.doors.staff.statements import sums_of
from songhe.entitlement import queries
from songhe.entitlement.letter import code_of
from songhe.entitlement.models import Letter
from songhe.kernel.capitals import in_capitals
from songhe.kernel.month import Month
from songhe.settlement.models import Statement
from songhe.settlement.queries import statement_page

#: Where anybody may check a paper; the public door answers there.
CHECK = "/check/"
#: Lines of a statement on paper; a provider of a county hands in a few thousand at most.
MOST_LINES = 5_000


def address_to_check(request: HttpRequest, no: str, code: str) -> str:
    """What the QR code on a paper holds: the public page, the number and the code, nothing of a person."""
    return request.build_absolute_uri(f"{CHECK}?{urlencode({'no': no, 'code': code})}")


@cache
def _styles() -> str:
    found = finders.find("css/paper.css")
    assert isinstance(found, str)
    with open(found, encoding="utf-8") as file:
        return file.read()


def paper(request: DoorRequest, template: str, name: str, said: dict[str, Any]) -> HttpResponse:
    """The PDF of a template, opened in the browser under a name that names nobody.

    Refuses with ``document.pdf_unavailable``.
    """
    html = render_to_string(
        template,
        {
            "printed_by": account_of(request).display_name,
            "at": request.at,
            "practice": request.practice,
            "html_lang": "zh-CN" if is_chinese(get_language() or "") else "en",
            **said,
        },
        request=request,
    )
    response = HttpResponse(render_pdf(html, _styles()), content_type="application/pdf")
    response.headers["Content-Disposition"] = f'inline; filename="{name}.pdf"'
    return response


def qr_of(text: str) -> str:
    """A QR code as an address that holds its own picture."""
    return str(segno.make(text, error="m", micro=False).svg_data_uri(border=0, scale=4))


def letter_said(request: DoorRequest, row: Letter) -> dict[str, Any]:
    """What a letter says on paper, as it was sent."""
    code = code_of(row)
    address = address_to_check(request, row.no, code)
    return {
        **case.letter_body(row),
        "letter": row,
        "row": row.application,
        "place": naming.whole_place(row.county, request.on),
        "code": code,
        "address": address,
        "qr": qr_of(address),
    }


@require_safe
@require("application.read")
def letter(request: DoorRequest, no: str) -> HttpResponse:
    """The decision as it was sent, as PDF."""
    scope = reach(request, "application.read")
    row = case.find(request, scope, no)
    found = case.letter_or_404(queries.letters(row).last())
    noted_read(request, county=row.county, act="letter.print", subject=row._meta.label, subject_id=row.id)
    return paper(request, "staff/paper/letter.html", f"letter-{found.no}", letter_said(request, found))


def statement_says(row: Statement) -> list[Any]:
    """What the code of a statement vouches for."""
    return [row.provider_id, row.month, row.programme, row.lines, row.charge_fen, row.refund_fen, row.net_fen]


def statement_code(row: Statement) -> str:
    return check_code(row.no, statement_says(row))


def genuine_statement(*, no: str, code: str) -> Statement | None:
    """The statement of this number, if the code printed on it agrees with what it says now."""
    found = Statement.objects.filter(county=no[:6], no=no).select_related("provider").first()
    return found if found is not None and agrees(code, found.no, statement_says(found)) else None


def all_lines(row: Statement) -> list[LineRow]:
    page = statement_page(county=row.county, no=row.no, after=0, most=MOST_LINES)
    return lines_of(page) if page is not None else []


@require_safe
@require("statement.read")
def statement(request: DoorRequest, no: str) -> HttpResponse:
    """The statement with all its lines, as PDF, its amount in capitals too."""
    row = find_statement(request, reach(request, "statement.read"), no)
    noted_read(request, county=row.county, act="statement.print", subject="statement", subject_id=row.id)
    code = statement_code(row)
    address = address_to_check(request, row.no, code)
    names = naming.accounts([row.gathered_by, row.confirmed_by, row.approved_by])
    said = {
        "row": row,
        "which": Month.parse(row.month),
        "programme": words.programme_of(row),
        "state": words.word(words.STATEMENT, row.state).said,
        "place": naming.whole_place(row.county, request.on),
        "sums": sums_of(row),
        "capitals": in_capitals(row.net_fen),
        "lines": all_lines(row),
        "is_split": row.central_fen is not None,
        "signed": [
            (words.SIGNED["gathered"], names.get(row.gathered_by, ""), row.gathered_at),
            (words.SIGNED["confirmed"], names.get(row.confirmed_by, ""), row.confirmed_at),
            (words.SIGNED["approved"], names.get(row.approved_by, ""), row.approved_at),
        ],
        "code": code,
        "address": address,
        "qr": qr_of(address),
    }
    return paper(request, "staff/paper/statement.html", f"statement-{row.no}", said)
