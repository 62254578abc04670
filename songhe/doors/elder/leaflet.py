"""The voucher on paper for who has no telephone: large print, for this month, with a code that only says who. 纸质券"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction
from typing import Any

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from songhe.doors.elder import money, paper
from songhe.doors.elder.again import require_proved
from songhe.doors.elder.money_words import carried, group_name
from songhe.doors.elder.showing import show as page
from songhe.doors.elder.vouchers import may_print
from songhe.doors.elder.whom import Whom, noted_read, require_act, require_confirmed
from songhe.doors.may import require
from songhe.doors.shell.request import DoorRequest
from songhe.grant.choose import require_usable
from songhe.grant.models import Grant
from songhe.grant.queries import Held
from songhe.kernel.refusal import Refusal, reason
from songhe.person.code import printed
from songhe.person.medium import issue, replace
from songhe.person.models import Medium

NOT_THIS_MONTH = reason(
    "elder.not_this_month",
    zh="纸质券只能打印本月的。",
    en="Only this month's voucher is printed.",
    status=409,
)


@dataclass(frozen=True)
class Sheet:
    """What stands on the paper."""

    grant: Grant
    name: str
    left_fen: int
    group: str
    terms: str
    where: str
    payload: str
    number: str
    at: datetime


@require_http_methods(["GET", "HEAD", "POST"])
@require("medium.print")
def leaflet(request: DoorRequest, no: str) -> HttpResponse:
    """The paper as it will be printed; the first time one button makes its code, and a lost one is replaced."""
    elder, held = money.voucher_of(request, no)
    _allow(elder)
    if request.method != "POST":
        noted_read(request, elder, "grant.print")
        return _page(request, elder, held)
    require_confirmed(elder)
    require_proved(request)
    again = request.POST.get("again") == "1"
    try:
        money.do_once(
            request,
            elder,
            name=f"elder.paper.{'again' if again else 'make'}",
            do=lambda: {"medium": str(_make(request, elder, held, again=again).id)},
        )
    except Refusal as refusal:
        return _page(request, elder, held, refusal)
    if again:
        messages.success(request, _("旧码已停用，请把这一张重新打印。"))
    return HttpResponseRedirect(reverse("elder:leaflet", args=[no]))


@require_safe
@require("medium.print")
def leaflet_pdf(request: DoorRequest, no: str) -> HttpResponse:
    """The same as an A4 PDF."""
    elder, held = money.voucher_of(request, no)
    _allow(elder)
    noted_read(request, elder, "grant.print")
    medium = _of_this_month(elder, held)
    if medium is None:
        return HttpResponseRedirect(reverse("elder:leaflet", args=[no]))
    _this_month(request, held)
    sheet = _sheet(request, elder, held, medium)
    told = {"sheet": sheet, "image": paper.drawing(sheet.payload)}
    return paper.pdf(request, "elder/sheet_pdf.html", f"voucher-{held.grant.month}", told)


def _allow(elder: Whom) -> None:
    if not may_print(elder):
        require_act(elder, "show_code")


def _this_month(request: DoorRequest, held: Held) -> None:
    """Refuses with ``elder.not_this_month`` or as ``grant.choose.require_usable`` does."""
    require_usable(held.grant, on=request.on)
    if request.on > held.grant.valid_to:
        raise NOT_THIS_MONTH("month")


def _printed_medium(elder: Whom) -> Medium | None:
    """The live code on paper of the elder."""
    person = elder.person
    found = Medium.objects.filter(county=person.county, person=person, kind=Medium.Kind.PRINTED, ended_at=None)
    return found.order_by("-valid_from", "-id").first()


def _of_this_month(elder: Whom, held: Held) -> Medium | None:
    """The code on this month's paper; last month's paper is not shown again."""
    medium = _printed_medium(elder)
    return medium if medium is not None and medium.valid_from >= held.grant.valid_from else None


def _make(request: DoorRequest, elder: Whom, held: Held, *, again: bool) -> Medium:
    medium = _printed_medium(elder)
    told: dict[str, Any] = {"on": request.on, "at": request.at, "by": money.by(request)}
    if medium is None:
        return issue(person=elder.person, kind=Medium.Kind.PRINTED, **told)
    if again:
        return replace(medium=medium, because="纸质券遗失", **told)
    of_now = _of_this_month(elder, held)
    return of_now or replace(medium=medium, because="换新月份的纸质券", **told)


def _sheet(request: DoorRequest, elder: Whom, held: Held, medium: Medium) -> Sheet:
    grant = held.grant
    terms: Any = grant.terms.get(grant.category) if grant.category else None
    return Sheet(
        grant=grant,
        name=elder.person.name,
        left_fen=held.left_fen,
        group=group_name(grant.category) if grant.category else "",
        terms=carried(Fraction(terms[0]), terms[1]) if terms else "",
        where=grant.provider.name if grant.provider else "",
        payload=printed(medium),
        number=medium.number,
        at=request.at,
    )


def _page(request: DoorRequest, elder: Whom, held: Held, refusal: Refusal | None = None) -> HttpResponse:
    sheet = None
    try:
        _this_month(request, held)
        medium = _of_this_month(elder, held)
        sheet = _sheet(request, elder, held, medium) if medium else None
        open_now = True
    except Refusal as closed:
        refusal, open_now = refusal or closed, False
    said = {"held": held, "sheet": sheet, "open_now": open_now, "form": money.fresh()}
    back = reverse("elder:vouchers")
    return page(request, "elder/leaflet.html", said, whom=elder, back=back, refusal=refusal)
