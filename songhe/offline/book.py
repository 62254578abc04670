"""Book one slip whose turn it is: first out of what was held for it, else under the guarantee. 离线单据入账"""

from __future__ import annotations

from datetime import date, datetime, timedelta

from django.db import transaction
from django.db.models import F

from songhe.card.hold import capture
from songhe.card.models import Card, Hold
from songhe.card.open import card_of
from songhe.card.open import lock as lock_card
from songhe.kernel.month import beijing_date
from songhe.kernel.refusal import Refusal, reason
from songhe.offline.models import Device, Slip, Trouble
from songhe.offline.promise import promise
from songhe.offline.states import SLIP
from songhe.person.code import PIN_NEEDED, number_in
from songhe.person.models import Medium
from songhe.redemption.bill import Charge, catalogue, in_force
from songhe.redemption.find import Request
from songhe.redemption.models import Bill
from songhe.redemption.redeem import redeem

LATE = reason(
    "offline.late", zh="超过{hours}小时才上传。", en="It came more than {hours} hours after it was made.", status=409
)
CLOCK_AHEAD = reason(
    "offline.clock_ahead", zh="单据时间晚于收到时间，设备时钟不准。", en="It says a time that is still to come."
)
CLOCK_BACK = reason(
    "offline.clock_back",
    zh="单据时间早于前一张单据或设备准入时间，设备时钟不准。",
    en="It says a time before the slip before it, or before the device was admitted.",
)
CHAIN_BROKEN = reason(
    "offline.chain_broken",
    zh="单据与前一张单据接不上。",
    en="It does not follow the slip before it.",
    status=409,
)
DEVICE_ENDED = reason(
    "offline.device_ended", zh="设备停用后才收到这张单据。", en="It came after the device was stopped.", status=409
)
CARD_UNKNOWN = reason("offline.card_unknown", zh="没有这张爱心卡。", en="There is no such love card.", status=404)
NOT_THIS_HELP = reason(
    "offline.not_this_help",
    zh="这台设备没有获准离线收取“{item}”。",
    en="This device is not admitted for {item} without a network.",
    status=409,
)
SHORT = reason(
    "offline.short",
    zh="卡内余额不足，少付{short_fen:yuan}。",
    en="The card had too little: {short_fen:yuan} are not paid.",
    status=409,
)

#: How far a device's clock may be ahead of ours, and behind its own last slip.
AHEAD, BACK = timedelta(minutes=5), timedelta(minutes=2)


def book(*, device: Device, slip: Slip, at: datetime, on: date, by: str) -> None:
    """Book a slip of a locked device, or keep it with what is wrong; nothing is refused to the caller.

    What is in order is guaranteed before it is booked, so that a purse that is empty by now, and a card that was lost
    meanwhile, fall on the county up to its bound if a person says so. What is late, over a limit, out of its place or
    signed by a clock that lies is not guaranteed.
    """
    try:
        with transaction.atomic():
            day = _day(device, slip)
            card = lock_card(county=slip.county, card_id=the_card(slip).id)
            hold = _held(device, slip, card, day)
            if hold is None:
                promise(device=device, card=card, day=day, amount_fen=slip.amount_fen)
                slip.guaranteed_fen = slip.amount_fen
    except Refusal as refusal:
        _trouble(slip, refusal, amount_fen=slip.amount_fen, most_fen=0)
        return
    try:
        slip.bill = pay(device=device, slip=slip, hold=hold, day=day, at=at, on=on, by=by)
    except Refusal as refusal:
        if hold is not None:
            slip.guaranteed_fen = _promised_late(device, card, day, slip.amount_fen)
        _trouble(slip, refusal, amount_fen=slip.amount_fen, most_fen=slip.guaranteed_fen)
        return
    slip.hold = hold
    slip.short_fen = slip.bill.self_fen
    SLIP.move(slip, "book")
    slip.save(update_fields=["state", "hold", "bill", "guaranteed_fen", "short_fen"])
    if slip.short_fen:
        most_fen = min(slip.short_fen, slip.guaranteed_fen)
        _keep(slip, SHORT("amount_fen", short_fen=slip.short_fen), amount_fen=slip.short_fen, most_fen=most_fen)


def pay(*, device: Device, slip: Slip, hold: Hold | None, day: date, at: datetime, on: date, by: str) -> Bill:
    """The bill of a slip, paid by the card alone; what was held goes back into its purses in the same transaction.

    Who gives a hold has locked it and its card. Refuses as ``songhe.redemption.redeem.redeem`` does.
    """
    charge = Charge(item=slip.item, service_on=day, quantity=slip.quantity, fee_fen=slip.amount_fen)
    request = Request(
        provider_id=device.provider_id,
        charges=(charge,),
        medium=slip.card_no,
        confirmed_by="staff",
        card_only=True,
    )
    with transaction.atomic():
        if hold is not None:
            capture(hold=hold, amount_fen=slip.amount_fen, about=slip.id, at=at, on=on, by=by)
        return redeem(county=slip.county, request=request, at=at, on=on, by=by)


def day_of(slip: Slip) -> date:
    """The day for which a slip counts: its own, and never one that is still to come."""
    return min(beijing_date(slip.made_at), beijing_date(slip.received_at))


def _day(device: Device, slip: Slip) -> date:
    """The day of a slip that is in its place and came in time."""
    if device.ended_at is not None and slip.received_at >= device.ended_at:
        raise DEVICE_ENDED("device")
    if device.last_digest and slip.previous != device.last_digest:
        raise CHAIN_BROKEN("previous")
    if slip.made_at > slip.received_at + AHEAD:
        raise CLOCK_AHEAD("made_at")
    since = max(each for each in (device.admitted_at, device.last_made_at) if each is not None)
    if slip.made_at < since - BACK:
        raise CLOCK_BACK("made_at")
    if slip.received_at > slip.made_at + timedelta(hours=device.hours):
        raise LATE("made_at", hours=device.hours)
    return day_of(slip)


def the_card(slip: Slip) -> Card:
    """Whose card it names, whatever became of it; a code that goes with a PIN is none, for the PIN was not checked.

    Refuses with ``offline.card_unknown`` or ``person.pin_needed``.
    """
    mediums = Medium.objects.filter(county=slip.county, number=number_in(slip.card_no))
    person_id, kind = mediums.values_list("person_id", "kind").first() or (None, "")
    if kind == Medium.Kind.PIN:
        raise PIN_NEEDED("card_no")
    card = card_of(county=slip.county, person_id=person_id) if person_id is not None else None
    if card is None:
        raise CARD_UNKNOWN("card_no")
    return card


def _held(device: Device, slip: Slip, card: Card, day: date) -> Hold | None:
    """The hold that covers the slip, locked; of several the one that ends first. The card is locked before it.

    Refuses with ``offline.not_this_help``.
    """
    charge = Charge(item=slip.item, service_on=day)
    help = in_force(catalogue(slip.county, [charge]).get(slip.item, []), charge).help
    if device.helps and help not in device.helps:
        raise NOT_THIS_HELP("item", item=slip.item)
    rows = Hold.objects.filter(
        county=slip.county,
        card=card,
        provider_id=device.provider_id,
        day=day,
        help=help,
        state=Hold.State.HELD,
        amount_fen__gte=F("taken_fen") + slip.amount_fen,
    )
    found = list(rows.select_for_update(no_key=True).order_by("id"))
    return min(found, key=lambda row: (row.until, row.id), default=None)


def _promised_late(device: Device, card: Card, day: date, amount_fen: int) -> int:
    """Guarantee a slip whose hold could not be used after all, as far as the limits go."""
    try:
        promise(device=device, card=card, day=day, amount_fen=amount_fen)
    except Refusal:
        return 0
    return amount_fen


def _trouble(slip: Slip, refusal: Refusal, *, amount_fen: int, most_fen: int) -> None:
    SLIP.move(slip, "trouble")
    slip.save(update_fields=["state", "guaranteed_fen"])
    _keep(slip, refusal, amount_fen=amount_fen, most_fen=most_fen)


def _keep(slip: Slip, refusal: Refusal, *, amount_fen: int, most_fen: int) -> None:
    Trouble.objects.create(
        county=slip.county,
        device_id=slip.device_id,
        slip=slip,
        code=refusal.code,
        about=slip.digest,
        said={"zh": refusal.message("zh"), "en": refusal.message("en")},
        received_at=slip.received_at,
        amount_fen=amount_fen,
        most_fen=most_fen,
    )
