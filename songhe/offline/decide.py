"""A person decides who bears a slip that could not be paid, or tries it once more. 异常处理"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import F

from songhe.kernel.refusal import reason
from songhe.offline.book import day_of, pay, the_card
from songhe.offline.device import SAY_WHY, lock
from songhe.offline.guarantee import bear
from songhe.offline.models import Device, DeviceDay, Slip, Trouble
from songhe.offline.states import SLIP, TROUBLE
from songhe.offline.sync import GAP, close_gap, go_on
from songhe.trail.note import note

UNKNOWN_TROUBLE = reason("offline.unknown_trouble", zh="没有这条异常。", en="There is no such exception.", status=404)
NOT_GUARANTEED = reason(
    "offline.not_guaranteed",
    zh="这一笔不在县担保范围内，只能由商家承担。",
    en="The county guarantees nothing of this; the merchant bears it.",
    status=409,
)
NO_SLIP = reason("offline.no_slip", zh="没有可以入账的单据。", en="There is no slip that could be booked.", status=409)
WHO_BEARS = reason("offline.who_bears", zh="请选择由谁承担。", en="Choose who bears it.")

#: What a person may choose; the rest comes of what happened.
CHOICES = (Trouble.Bearer.MERCHANT, Trouble.Bearer.COUNTY)


def decide(*, county: str, trouble_id: UUID, bearer: str, because: str, at: datetime, on: date, by: str) -> Trouble:
    """The merchant bears it, or the county's guarantee does, up to its bound. A gap that is given up lets the slips
    behind it go on; what is missing the merchant bears.

    Refuses with ``offline.who_bears``, ``offline.say_why``, ``offline.not_guaranteed``, ``offline.wrong_state``,
    ``offline.unknown_trouble`` or, where the guarantee is used up, ``ledger.insufficient``.
    """
    if bearer not in CHOICES:
        raise WHO_BEARS("bearer")
    if not because.strip():
        raise SAY_WHY("because")
    with transaction.atomic():
        device, row = _lock(county, trouble_id)
        borne_fen = 0
        if bearer == Trouble.Bearer.COUNTY:
            if not row.most_fen:
                raise NOT_GUARANTEED("bearer")
            borne_fen = row.most_fen
            assert row.slip is not None
            _count(device, day_of(row.slip), borne_fen)
            bear(county=county, provider_id=device.provider_id, amount_fen=borne_fen, about=row.id, at=at, on=on)
        if row.code == GAP.code:
            close_gap(device=device, last=row.said["last"])
        _settle(row, bearer, borne_fen=borne_fen, because=because, at=at, by=by)
        _note("offline.decide", row, at=at, by=by, reason=because, bearer=bearer, borne_fen=borne_fen)
    if row.code == GAP.code:
        go_on(county=county, device_id=device.id, at=at, by=by)
    return row


def book_after_all(*, county: str, trouble_id: UUID, because: str, at: datetime, on: date, by: str) -> Trouble:
    """Book a slip that came late, was over a limit or was refused, if the card pays it; without any guarantee.

    What the card does not pay the merchant bears. Refuses with ``offline.say_why``, ``offline.no_slip``,
    ``offline.card_unknown``, ``offline.wrong_state``, ``offline.unknown_trouble`` or as a redemption does.
    """
    if not because.strip():
        raise SAY_WHY("because")
    with transaction.atomic():
        device, row = _lock(county, trouble_id)
        slip = row.slip
        if slip is None or not SLIP.allows(slip.state, "book"):
            raise NO_SLIP("slip")
        the_card(slip)
        slip.bill = pay(device=device, slip=slip, hold=None, day=day_of(slip), at=at, on=on, by=by)
        slip.short_fen = slip.bill.self_fen
        SLIP.move(slip, "book")
        slip.save(update_fields=["state", "bill", "short_fen"])
        bearer = Trouble.Bearer.MERCHANT if slip.short_fen else Trouble.Bearer.CARD
        _settle(row, bearer, borne_fen=0, because=because, at=at, by=by)
        _note("offline.book_after_all", row, at=at, by=by, reason=because, short_fen=slip.short_fen)
    return row


def _lock(county: str, trouble_id: UUID) -> tuple[Device, Trouble]:
    """The device, then the exception, both locked: as a device's slips come in."""
    rows = Trouble.objects.filter(county=county, id=trouble_id)
    device_id = rows.values_list("device_id", flat=True).first()
    if device_id is None:
        raise UNKNOWN_TROUBLE("trouble")
    device = lock(county=county, device_id=device_id)
    row = rows.select_for_update(of=("self",)).get()
    TROUBLE.check(row.state, "decide")
    if row.slip_id is not None:
        row.slip = Slip.objects.get(county=county, id=row.slip_id)
    return device, row


def _count(device: Device, day: date, borne_fen: int) -> None:
    """What the county bears of a device and day, under what it promised; the database holds it too."""
    days = DeviceDay.objects.filter(county=device.county, device=device, on=day)
    if not days.filter(borne_fen__lte=F("promised_fen") - borne_fen).update(borne_fen=F("borne_fen") + borne_fen):
        raise NOT_GUARANTEED("bearer")


def _settle(row: Trouble, bearer: str, *, borne_fen: int, because: str, at: datetime, by: str) -> None:
    TROUBLE.move(row, "decide")
    row.bearer, row.borne_fen, row.because = bearer, borne_fen, because.strip()[:300]
    row.decided_by, row.decided_at = by, at
    row.save(update_fields=["state", "bearer", "borne_fen", "because", "decided_by", "decided_at"])


def _note(act: str, row: Trouble, *, at: datetime, by: str, reason: str, **detail: Any) -> None:
    note(
        county=row.county,
        at=at,
        actor=by,
        act=act,
        subject="offline_trouble",
        subject_id=row.id,
        reason=reason.strip()[:300],
        code=row.code,
        **detail,
    )
