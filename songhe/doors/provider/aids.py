"""Aids of a provider 辅具: who waits for a fitting, what is out, what came back, and the days that may be charged."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from songhe.aid.models import Fitting, Loan, Piece
from songhe.aid.queries import by_state, open_fittings, out_of, pieces, to_settle
from songhe.aid.rent import draw_up, to_charge
from songhe.doors.may import require
from songhe.doors.provider.aids_forms import CleanForm, MonthForm, WalkInForm
from songhe.doors.provider.desk import Desk, by, open_desk, own_row, shown
from songhe.doors.provider.finding import find_person
from songhe.doors.provider.posting import post, troubles
from songhe.doors.shell.request import DoorRequest
from songhe.doors.staff.acting import ActForm, fresh, sent
from songhe.doors.staff.aids_shown import FITTINGS, PIECES, name_of
from songhe.kernel.month import Month
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


@require_safe
@require("desk.aids")
def rent(request: DoorRequest) -> HttpResponse:
    return rent_page(request, open_desk(request, "desk.aids"))


def rent_page(
    request: DoorRequest, desk: Desk, form: ActForm | None = None, refusal: Refusal | None = None, status: int = 200
) -> HttpResponse:
    """The lines that no bill holds yet, and the button that draws up a month."""
    lines = [line for county in desk.counties for line in to_charge(county=county, provider=desk.provider)]
    last = Month.of(request.on).plus(-1)
    said = {
        "aid_tabs": tabs("aids-rent"),
        "lines": [(line, name_of(line.loan.piece.aid)) for line in lines],
        "sum_fen": sum(line.fee_fen for line in lines),
        "month": last,
        "draw": fresh(MonthForm, "draw", month=str(last)) if desk.is_manager else None,
        **troubles(form, refusal),
    }
    return shown(request, desk, "provider/aids_rent.html", said, status=status)


@require_POST
@require("desk.aid_stock")
def draw(request: DoorRequest) -> HttpResponse:
    """Draw up the lines of a month, of every county in which the provider lends."""
    desk = open_desk(request, "desk.aid_stock")
    form = sent(MonthForm, "draw", request)
    if not form.is_valid():
        raise Http404
    try:
        drawn = [
            draw_up(
                county=county,
                month=Month.parse(form.cleaned_data["month"]),
                provider=desk.provider,
                at=request.at,
                on=request.on,
                by=by(request),
            )
            for county in desk.counties
        ]
    except Refusal as refusal:
        return rent_page(request, desk, form, refusal, refusal.status)
    made, held = sum(one.made + one.changed for one in drawn), sum(one.held for one in drawn)
    messages.success(request, _("开列好了：%(made)s 条有新增或更正。") % {"made": made})
    if held:
        messages.warning(request, _("%(held)s 条已在账单里而天数变了，请先冲正那些账单。") % {"held": held})
    return HttpResponseRedirect(reverse("provider:aids-rent"))


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
