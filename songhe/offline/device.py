"""A merchant asks for a device to be admitted, two people of the county admit it with its limits. 离线设备"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction

from songhe.kernel.refusal import reason, whole
from songhe.offline.models import Device
from songhe.offline.signed import NONE_BEFORE, is_key
from songhe.offline.states import DEVICE
from songhe.provider.help import require_help
from songhe.provider.models import Provider
from songhe.trail.note import note

NAME_MISSING = reason("offline.name_missing", zh="请给设备起个名字。", en="Give the device a name.")
NOT_A_KEY = reason(
    "offline.not_a_key",
    zh="设备密钥不对，请在这台设备上重新登记。",
    en="This is no key of a device; register it again.",
)
KEY_TAKEN = reason("offline.key_taken", zh="这台设备已经登记过。", en="This device was registered already.", status=409)
SAME_PERSON = reason(
    "offline.same_person",
    zh="提出和批准要由两个人办理。",
    en="One person proposes, another decides.",
    status=403,
)
SAY_WHY = reason("offline.say_why", zh="请写明原因。", en="Give the reason.")
LIMITS = reason(
    "offline.limits",
    zh="每卡每天最多{card_fen:yuan}，每台设备每天最多{day_fen:yuan}且不少于每卡额度，上传时限1至{hours}小时。",
    en="At most {card_fen:yuan} a card and day, {day_fen:yuan} a device and day and not less than for a card, "
    "and 1 to {hours} hours to hand in.",
)
UNKNOWN_DEVICE = reason("offline.unknown_device", zh="没有这台设备。", en="There is no such device.", status=404)

#: What nobody may exceed, whoever approves: fen for a card and day, fen for a device and day, hours.
MOST_CARD_FEN, MOST_DAY_FEN, MOST_HOURS = 5_000, 200_000, 72
#: What is proposed unless somebody says otherwise: 30 yuan for a card, 600 for a device, a day.
USUAL_CARD_FEN, USUAL_DAY_FEN, USUAL_HOURS = 3_000, 60_000, 24


@dataclass(frozen=True)
class Limits:
    """What is guaranteed for a card, merchant and day and for the device and day, in fen, and the hours to hand in."""

    card_fen: int = USUAL_CARD_FEN
    day_fen: int = USUAL_DAY_FEN
    hours: int = USUAL_HOURS


@dataclass(frozen=True)
class Bound:
    """The most that the county can lose by a device: in a day, and before anybody must have noticed.

    ``days`` are the days of which slips can still come in time: so many hours touch one day more than they fill.
    """

    day_fen: int
    days: int

    @property
    def until_deadline_fen(self) -> int:
        return self.day_fen * self.days


def bound(device: Device) -> Bound:
    """The greatest possible loss by a device."""
    return Bound(device.day_fen, -(-device.hours // 24) + 1)


def ask(*, provider: Provider, county: str, name: str, public_key: str, at: datetime, by: str) -> Device:
    """A merchant asks for a device to be admitted and sends the public half of the key that was made on it.

    Refuses with ``offline.name_missing``, ``offline.not_a_key`` or ``offline.key_taken``.
    """
    if not name.strip():
        raise NAME_MISSING("name")
    if not is_key(public_key):
        raise NOT_A_KEY("public_key")
    with transaction.atomic():
        try:
            with transaction.atomic():
                row = Device.objects.create(
                    county=county,
                    provider=provider,
                    name=name.strip()[:40],
                    public_key=public_key,
                    asked_by=by,
                    asked_at=at,
                    last_digest=NONE_BEFORE,
                )
        except IntegrityError:
            raise KEY_TAKEN("public_key") from None
        _note("offline.ask", row, at=at, by=by)
    return row


def propose(
    *, county: str, device_id: UUID, limits: Limits, helps: Collection[str] = (), at: datetime, by: str
) -> Device:
    """One person says what is guaranteed. ``helps``: for these kinds of help alone; none: for whatever it may sell.

    Refuses with ``offline.limits``, ``provider.unknown_help``, ``offline.wrong_state`` or ``offline.unknown_device``.
    """
    for each in helps:
        require_help(each, field="helps")
    whole(limits.card_fen, "card_fen", least=1)
    whole(limits.day_fen, "day_fen", least=1)
    whole(limits.hours, "hours", least=1)
    fits = limits.card_fen <= min(MOST_CARD_FEN, limits.day_fen) and limits.day_fen <= MOST_DAY_FEN
    if not fits or limits.hours > MOST_HOURS:
        raise LIMITS("card_fen", card_fen=MOST_CARD_FEN, day_fen=MOST_DAY_FEN, hours=MOST_HOURS)
    with transaction.atomic():
        row = lock(county=county, device_id=device_id)
        DEVICE.move(row, "propose")
        row.card_fen, row.day_fen, row.hours = limits.card_fen, limits.day_fen, limits.hours
        row.helps, row.proposed_by = sorted(set(helps)), by
        row.save(update_fields=["state", "card_fen", "day_fen", "hours", "helps", "proposed_by"])
        _note("offline.propose", row, at=at, by=by, card_fen=row.card_fen, day_fen=row.day_fen, hours=row.hours)
    return row


def admit(*, county: str, device_id: UUID, at: datetime, by: str) -> Device:
    """Another person admits it. Refuses with ``offline.same_person``, ``offline.wrong_state`` or
    ``offline.unknown_device``."""
    with transaction.atomic():
        row = lock(county=county, device_id=device_id)
        DEVICE.check(row.state, "admit")
        if by == row.proposed_by:
            raise SAME_PERSON("by")
        DEVICE.move(row, "admit")
        row.decided_by, row.admitted_at = by, at
        row.save(update_fields=["state", "decided_by", "admitted_at"])
        _note("offline.admit", row, at=at, by=by)
    return row


def decline(*, county: str, device_id: UUID, because: str, at: datetime, by: str) -> Device:
    """It is not admitted. Refuses with ``offline.say_why``, ``offline.same_person``, ``offline.wrong_state`` or
    ``offline.unknown_device``."""
    if not because.strip():
        raise SAY_WHY("because")
    with transaction.atomic():
        row = lock(county=county, device_id=device_id)
        DEVICE.check(row.state, "decline")
        if by == row.proposed_by:
            raise SAME_PERSON("by")
        DEVICE.move(row, "decline")
        row.decided_by, row.because = by, because.strip()[:300]
        row.save(update_fields=["state", "decided_by", "because"])
        _note("offline.decline", row, at=at, by=by, reason=row.because)
    return row


def end(*, county: str, device_id: UUID, because: str, at: datetime, by: str) -> Device:
    """Merchant or county stop a device, at once: what comes in from it afterwards is an exception.

    Refuses with ``offline.say_why``, ``offline.wrong_state`` or ``offline.unknown_device``.
    """
    if not because.strip():
        raise SAY_WHY("because")
    with transaction.atomic():
        row = lock(county=county, device_id=device_id)
        DEVICE.move(row, "end")
        row.ended_at, row.because = at, because.strip()[:300]
        row.save(update_fields=["state", "ended_at", "because"])
        _note("offline.end", row, at=at, by=by, reason=row.because)
    return row


def lock(*, county: str, device_id: UUID) -> Device:
    """The device's row, locked: its slips come one after the other. Refuses with ``offline.unknown_device``."""
    rows = Device.objects.select_for_update(of=("self",)).select_related("provider")
    found = rows.filter(county=county, id=device_id).first()
    if found is None:
        raise UNKNOWN_DEVICE("device")
    return found


def _note(act: str, row: Device, *, at: datetime, by: str, reason: str = "", **detail: Any) -> None:
    note(
        county=row.county,
        at=at,
        actor=by,
        act=act,
        subject="offline_device",
        subject_id=row.id,
        reason=reason,
        provider=row.provider_id,
        **detail,
    )
