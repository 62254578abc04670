"""What is set aside on the card 预订和留着的钱: for whom, for what, until when; an order may be given up."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from songhe.card.hold_models import Hold
from songhe.card.hold_order_models import ItemOrder
from songhe.card.hold_queries import Held, item_names, on_card
from songhe.card.models import Card
from songhe.card.open import MANDATE_ACT
from songhe.doors.elder import card_words, money
from songhe.doors.elder.card import own_card
from songhe.doors.elder.money_words import Word, said
from songhe.doors.elder.showing import show as page
from songhe.doors.elder.whom import Whom, noted_read, out_of_reach, require_act, whom
from songhe.doors.may import require
from songhe.doors.shell.request import DoorRequest
from songhe.doors.staff.acting import ActForm
from songhe.kernel.month import beijing_date
from songhe.kernel.refusal import Refusal
from songhe.redemption.ordered import give_up, is_due


@dataclass(frozen=True)
class Row:
    """A hold in the words of the page; ``drop`` gives up an order that is still open, ``due``: its day has come."""

    held: Held
    what: str
    state: Word
    until: date
    drop: ActForm | None
    due: bool = False

    @property
    def cash_fen(self) -> int:
        return self.held.order.fee_fen - self.held.hold.amount_fen if self.held.order else 0


@require_safe
@require("card.read")
def held(request: DoorRequest) -> HttpResponse:
    """What is set aside, the soonest to end first, and what became of the last ones."""
    elder = whom(request)
    card = own_card(elder)
    noted_read(request, elder, "card.read")
    return _page(request, elder, card)


@require_POST
@require("card.order")
def given_up(request: DoorRequest, no: str) -> HttpResponse:
    """The elder, or who keeps the card for them, does not want it any more: the money is on the card again."""
    elder = require_act(whom(request), MANDATE_ACT)
    row = ItemOrder.objects.select_related("hold__card").filter(county=no[:6], no=no).first()
    if row is None:
        raise Http404
    if (row.county, row.hold.card.person_id) != (elder.person.county, elder.person.id):
        out_of_reach(request, county=row.county, subject=ItemOrder._meta.label, subject_id=row.id)
    card = own_card(elder)

    def do() -> dict[str, Any]:
        told: dict[str, Any] = {"at": request.at, "on": request.on, "by": money.by(request)}
        return {"no": give_up(county=row.county, no=row.no, because="老人不要了", **told).no}

    try:
        money.do_once(request, elder, name=f"elder.card.give_up:{row.no}", do=do)
    except Refusal as refusal:
        return _page(request, elder, card, refusal)
    messages.success(request, _("预订取消了，钱回到卡里。"))
    return HttpResponseRedirect(reverse("elder:card-held"))


def _page(request: DoorRequest, elder: Whom, card: Card, refusal: Refusal | None = None) -> HttpResponse:
    rows = _rows(on_card(card), on=request.on, may_drop=elder.may(MANDATE_ACT))
    told = {
        "open": [row for row in rows if row.held.hold.state == Hold.State.HELD],
        "over": [row for row in rows if row.held.hold.state != Hold.State.HELD],
        "total_fen": sum(row.held.open_fen for row in rows),
    }
    return page(request, "elder/card_held.html", told, whom=elder, back=reverse("elder:card"), refusal=refusal)


def open_orders(card: Card) -> list[Row]:
    """What was ordered from home and is still to come."""
    found = [one for one in on_card(card, latest=0) if one.order and one.order.from_home]
    return _rows(found)


def _rows(found: list[Held], *, on: date | None = None, may_drop: bool = False) -> list[Row]:
    """``on``: the day on which it is looked at, where something may be given up."""
    names = item_names([one.order.item for one in found if one.order])
    rows = []
    for one in found:
        order = one.order
        what = said(*names.get(order.item, (order.item, order.item))) if order else card_words.help_name(one.hold.help)
        if order and order.quantity > 1:
            what = f"{what} × {order.quantity}"
        due = order is not None and on is not None and is_due(order, on)
        open_ = one.hold.state == Hold.State.HELD
        drop = money.fresh(name=f"drop_{one.hold.id.hex}") if order and open_ and may_drop and not due else None
        rows.append(Row(one, what, _state(one), beijing_date(one.hold.until), drop, due))
    return rows


def _state(one: Held) -> Word:
    order = one.order
    if one.hold.state == Hold.State.HELD:
        if order and order.from_home:
            return Word(_("机构接了"), "ok") if order.is_accepted else Word(_("等机构答复"), "warn")
        return Word(_("留着"))
    if one.hold.state == Hold.State.CAPTURED:
        return Word(_("已交付，已扣款") if order else _("用完了"))
    if order and order.declined:
        return Word(_("机构接不了，钱回到卡里"))
    if order and not order.is_accepted and not order.because:
        return Word(_("没有机构答复，钱回到卡里"))
    return Word(_("已取消，钱回到卡里") if order and order.because else _("到期，钱回到卡里"))
