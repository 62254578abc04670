"""Rent of aids 租金: drawn up by the month, charged person by person: the purses pay, the family the rest."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from songhe.aid.models import Loan
from songhe.aid.rent import Priced, draw_up, to_charge
from songhe.card.models import Card
from songhe.doors.may import may, require
from songhe.doors.provider.aids import tabs
from songhe.doors.provider.aids_forms import MonthForm
from songhe.doors.provider.desk import Desk, by, open_desk, own_row, shown
from songhe.doors.provider.fields import yuan_of
from songhe.doors.provider.posting import troubles
from songhe.doors.shell.request import DoorRequest
from songhe.doors.staff.acting import ActForm, act_once, fresh, sent
from songhe.doors.staff.aids_shown import name_of
from songhe.kernel.month import Month
from songhe.kernel.refusal import Refusal
from songhe.person.models import Person
from songhe.redemption.rent import charge_rent


@dataclass
class Owing:
    """What somebody has to pay; ``charge`` None: without a card the family pays it outside."""

    person: Person
    lines: list[tuple[Priced, str]]
    sum_fen: int
    charge: ActForm | None


@require_safe
@require("desk.aids")
def rent(request: DoorRequest) -> HttpResponse:
    return rent_page(request, open_desk(request, "desk.aids"))


def rent_page(
    request: DoorRequest, desk: Desk, form: ActForm | None = None, refusal: Refusal | None = None, status: int = 200
) -> HttpResponse:
    """The lines that no bill holds yet by person, and the button that draws up a month."""
    people = owing(desk, charges=may(request.user, "redemption.make", request.on))
    last = Month.of(request.on).plus(-1)
    said = {
        "aid_tabs": tabs("aids-rent"),
        "people": people,
        "sum_fen": sum(one.sum_fen for one in people),
        "month": last,
        "draw": fresh(MonthForm, "draw", month=str(last)) if desk.is_manager else None,
        **troubles(form, refusal),
    }
    return shown(request, desk, "provider/aids_rent.html", said, status=status)


def owing(desk: Desk, *, charges: bool) -> list[Owing]:
    """Whose days are drawn up and on no bill, in the order of the lines; three statements a county."""
    found: dict[UUID, Owing] = {}
    for county in desk.counties:
        lines = to_charge(county=county, provider=desk.provider)
        people = {line.loan.person_id for line in lines}
        carded = set(Card.objects.filter(county=county, person_id__in=people).values_list("person_id", flat=True))
        for line in lines:
            person = line.loan.person
            if person.id not in found:
                form = fresh(ActForm, f"charge_{person.id.hex}") if charges and person.id in carded else None
                found[person.id] = Owing(person, [], 0, form)
            found[person.id].lines.append((line, name_of(line.loan.piece.aid)))
            found[person.id].sum_fen += line.fee_fen
    return list(found.values())


@require_POST
@require("redemption.make")
def charge(request: DoorRequest, person_id: UUID) -> HttpResponse:
    """Charge all days of a person at once; sent again it finds the bills that were booked."""
    desk = open_desk(request, "redemption.make")
    form = sent(ActForm, f"charge_{person_id.hex}", request)
    loans = Loan.objects.filter(person_id=person_id).order_by("-out_on", "-id")
    mine = loans.filter(county__in=desk.counties, provider=desk.provider).first()
    county = own_row(request, desk, mine or loans.first(), "aid_loan").county
    if not form.is_valid():
        raise Http404

    def do() -> dict[str, Any]:
        told: dict[str, Any] = {"county": county, "provider": desk.provider, "person_id": person_id}
        bills = charge_rent(**told, at=request.at, on=request.on, by=by(request))
        return {
            "no": bills[-1].no,
            "card": sum(bill.purse_fen for bill in bills),
            "own": sum(bill.self_fen for bill in bills),
        }

    try:
        answer = act_once(request, county=county, name=f"aids.charge:{person_id}", form=form, do=do)
    except Refusal as refusal:
        return rent_page(request, desk, None, refusal, refusal.status)
    told = {"card": f"¥{yuan_of(answer['card'])}", "own": f"¥{yuan_of(answer['own'])}"}
    messages.success(request, _("租金已入账：爱心卡付%(card)s，向家庭收%(own)s。") % told)
    return HttpResponseRedirect(reverse("provider:redeemed", args=[answer["no"]]))


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
