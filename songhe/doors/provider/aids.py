"""Aids of a provider 辅具: who waits for a fitting, what is out, what came back."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from songhe.aid.models import Fitting, Loan, Piece
from songhe.aid.queries import by_state, open_fittings, out_of, pieces, to_settle
from songhe.doors.may import require
from songhe.doors.provider.aids_forms import CleanForm, WalkInForm
from songhe.doors.provider.desk import Desk, by, open_desk, own_row, shown
from songhe.doors.provider.finding import find_person
from songhe.doors.provider.posting import post, troubles
from songhe.doors.shell.request import DoorRequest
from songhe.doors.staff.acting import ActForm, fresh, sent
from songhe.doors.staff.aids_shown import FITTINGS, PIECES, name_of
from songhe.kernel.refusal import Refusal


def tabs(current: str) -> list[tuple[str, Any, bool]]:
    named = (("aids", _("今天要办的")), ("aids-stock", _("库存和价格")), ("aids-rent", _("租金")))
    return [(reverse(f"provider:{name}"), word, name == current) for name, word in named]


@require_safe
@require("desk.aids")
def aids(request: DoorRequest) -> HttpResponse:
    return aids_page(request, open_desk(request, "desk.aids"))


def aids_page(
    request: DoorRequest, desk: Desk, form: ActForm | None = None, refusal: Refusal | None = None, status: int = 200
) -> HttpResponse:
    """What waits: fittings, things to fetch and to disinfect, deposits to give back."""
    told: dict[str, Any] = {"counties": desk.counties, "provider": desk.provider}
    cleaning = list(pieces(**told, state=Piece.State.CLEANING))
    said = {
        "aid_tabs": tabs("aids"),
        "states": [(PIECES[state], count) for state, count in by_state(**told).items()],
        "fittings": [(row, name_of(row.aid) if row.aid else "", FITTINGS[row.state]) for row in open_fittings(**told)],
        "out": [(row, name_of(row.piece.aid)) for row in out_of(**told)],
        "cleaning": [(row, name_of(row.aid), fresh_clean(row)) for row in cleaning],
        "deposits": [(row, name_of(row.loan.piece.aid)) for row in to_settle(**told)],
        "walk_in": form if isinstance(form, WalkInForm) else fresh(WalkInForm, "walk_in"),
        "walk_in_open": isinstance(form, WalkInForm),
        **troubles(form, refusal),
    }
    return shown(request, desk, "provider/aids.html", said, status=status)


def fresh_clean(row: Piece) -> ActForm:
    return fresh(CleanForm, f"clean_{row.id.hex}", method=row.aid.clean_with)


@require_POST
@require("desk.aids")
def walk_in(request: DoorRequest) -> HttpResponse:
    """Somebody asks at the desk: known by a whole number and the name together."""
    from songhe.aid.fit import ask

    desk = open_desk(request, "desk.aids")

    def do(told: dict[str, Any]) -> Fitting:
        person = find_person(desk, told["number"], told["name"])
        return ask(
            county=person.county,
            person_id=person.id,
            provider=desk.provider,
            wish=told["wish"],
            at=request.at,
            on=request.on,
            by=by(request),
        )

    return post(
        request,
        sent(WalkInForm, "walk_in", request),
        county=desk.counties[0],
        name="aid.walk_in",
        do=do,
        page=lambda form, refusal=None, status=200: aids_page(request, desk, form, refusal, status),
        done=_("登记好了，请约时间上门评估。"),
        on_to=reverse("provider:aids"),
        not_kept=("number", "name"),
    )


def own_fitting(request: DoorRequest, desk: Desk, fitting_id: UUID) -> Fitting:
    row = Fitting.objects.filter(id=fitting_id).select_related("person", "provider", "aid").first()
    found = own_row(request, desk, row, "fitting")
    assert isinstance(found, Fitting)
    return found


def own_loan(request: DoorRequest, desk: Desk, loan_id: UUID) -> Loan:
    rows = Loan.objects.select_related("person", "provider", "piece__aid", "fitting")
    found = own_row(request, desk, rows.filter(id=loan_id).first(), "aid_loan")
    assert isinstance(found, Loan)
    return found


def own_piece(request: DoorRequest, desk: Desk, piece_id: UUID) -> Piece:
    found = own_row(request, desk, Piece.objects.filter(id=piece_id).select_related("aid").first(), "aid_piece")
    assert isinstance(found, Piece)
    return found
