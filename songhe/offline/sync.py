"""Slips of a device come in: each is booked at most once, and whatever is wrong waits for a person. 离线单据上传"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import Min

from songhe.kernel.month import beijing_date
from songhe.kernel.refusal import Reason, reason
from songhe.offline import signed
from songhe.offline.book import book
from songhe.offline.device import lock
from songhe.offline.models import Device, Slip, Trouble
from songhe.offline.signed import Said, Sent
from songhe.offline.states import TROUBLE
from songhe.trail.note import note

NOT_ADMITTED = reason(
    "offline.not_admitted",
    zh="这台设备没有准入离线收款。",
    en="This device is not admitted for offline work.",
    status=409,
)
TOO_MANY = reason("offline.too_many", zh="一次最多上传{most}笔。", en="At most {most} slips come at once.")
UNREADABLE = reason("offline.unreadable", zh="单据格式不对。", en="This is no slip of this device.")
FORGED = reason("offline.forged", zh="单据签名不对。", en="The signature is wrong.")
COUNTER_TWICE = reason(
    "offline.counter_twice",
    zh="第{counter}号单据有两张内容不同。",
    en="There are two different slips with the number {counter}.",
    status=409,
)
COUNTER_PASSED = reason(
    "offline.counter_passed",
    zh="第{counter}号单据已按缺号处理，后来才到。",
    en="Slip {counter} was given up as missing and came later.",
    status=409,
)
GAP = reason(
    "offline.gap",
    zh="缺少第{last}号及以前的单据，后面的单据等待处理。",
    en="Slips up to number {last} are missing; those after them wait.",
    status=409,
)

#: How many slips one upload may bring.
MOST = 200

#: Under whose name a gap that closed by itself is settled.
RUN = "run:offline"


@dataclass(frozen=True)
class Answer:
    """What became of one slip: ``state`` of the slip or ``refused``, and the code that says why not booked."""

    counter: int | None
    digest: str
    state: str
    code: str = ""
    bill_no: str = ""


def take_in(*, county: str, device_id: UUID, sent: Sequence[Sent], at: datetime, by: str) -> list[Answer]:
    """Take in the slips of a device, in the order of their numbers, each in a transaction of its own.

    One that came before is answered as before. A number is never skipped silently: what comes after a gap waits until
    the rest comes or a person closes the gap. Refuses the whole with ``offline.too_many``, ``offline.unknown_device``
    or ``offline.not_admitted``; of single slips it answers what is wrong, and keeps them for a person.
    """
    if len(sent) > MOST:
        raise TOO_MANY("slips", most=MOST)
    with transaction.atomic():
        device = lock(county=county, device_id=device_id)
        if device.admitted_at is None:
            raise NOT_ADMITTED("device")
    read = sorted(((signed.read(one.text), one) for one in sent), key=lambda each: each[0].counter if each[0] else 0)
    for said, one in read:
        with transaction.atomic():
            _keep(lock(county=county, device_id=device_id), said, one, at=at)
    while _next(county, device_id, at=at, by=by):
        pass
    with transaction.atomic():
        _gaps(lock(county=county, device_id=device_id), at=at)
        note(
            county=county,
            at=at,
            actor=by,
            act="offline.take_in",
            subject="offline_device",
            subject_id=device.id,
            slips=len(sent),
        )
    return [_answer(device, said, one) for said, one in read]


def close_gap(*, device: Device, last: int) -> None:
    """A person gave up on the missing numbers: what waits goes on after them, whatever it follows. Device is locked."""
    if last > device.last_counter:
        device.last_counter, device.last_digest = last, ""
        device.save(update_fields=["last_counter", "last_digest"])


def go_on(*, county: str, device_id: UUID, at: datetime, by: str) -> None:
    """Book what waited behind a gap that was closed."""
    while _next(county, device_id, at=at, by=by):
        pass
    with transaction.atomic():
        _gaps(lock(county=county, device_id=device_id), at=at)


def _keep(device: Device, said: Said | None, one: Sent, *, at: datetime) -> None:
    """Write down what came in, once; a message that this device did not sign takes no number away from it."""
    if said is None or said.device != device.id.hex:
        _refused(device, UNREADABLE, one, said, at=at)
    elif not signed.is_genuine(one, public_key=device.public_key):
        _refused(device, FORGED, one, said, at=at)
    else:
        digest = signed.digest(one.text)
        there = Slip.objects.filter(county=device.county, device=device, counter=said.counter).first()
        if there is not None and there.digest != digest:
            _refused(device, COUNTER_TWICE, one, said, at=at)
        elif there is None:
            passed = said.counter <= device.last_counter
            slip = Slip.objects.create(
                county=device.county,
                device=device,
                counter=said.counter,
                digest=digest,
                previous=said.previous,
                text=one.text,
                signature=one.signature,
                card_no=said.card_no,
                item=said.item,
                quantity=said.quantity,
                amount_fen=said.amount_fen,
                made_at=said.made_at,
                received_at=at,
                state=Slip.State.TROUBLED if passed else Slip.State.WAITING,
            )
            if passed:
                _refused(device, COUNTER_PASSED, one, said, at=at, slip=slip)


def _refused(
    device: Device, why: Reason, one: Sent, said: Said | None, *, at: datetime, slip: Slip | None = None
) -> None:
    refusal = why("slip", **({"counter": said.counter} if said and "{counter}" in why.zh else {}))
    Trouble.objects.get_or_create(
        county=device.county,
        device=device,
        about=signed.digest(one.text),
        code=refusal.code,
        defaults={
            "slip": slip,
            "said": {"text": one.text[:400], "zh": refusal.message("zh"), "en": refusal.message("en")},
            "received_at": at,
            "amount_fen": said.amount_fen if said else 0,
        },
    )


def _next(county: str, device_id: UUID, *, at: datetime, by: str) -> bool:
    """Deal with the slip whose turn it is, if it is there; answers whether it was."""
    with transaction.atomic():
        device = lock(county=county, device_id=device_id)
        slip = Slip.objects.filter(county=county, device=device, counter=device.last_counter + 1).first()
        if slip is None or slip.state != Slip.State.WAITING:
            return False
        book(device=device, slip=slip, at=at, on=beijing_date(at), by=by)
        device.last_counter, device.last_digest = slip.counter, slip.digest
        device.last_made_at = max(slip.made_at, device.last_made_at or slip.made_at)
        device.save(update_fields=["last_counter", "last_digest", "last_made_at"])
    return True


def _gaps(device: Device, *, at: datetime) -> None:
    """Say that numbers are missing, and settle what was said when they have come."""
    waiting = Slip.objects.filter(county=device.county, device=device, state=Slip.State.WAITING)
    first = waiting.aggregate(first=Min("counter"))["first"]
    mine = Trouble.objects.filter(
        county=device.county, device=device, code=GAP.code, state=Trouble.State.OPEN
    ).select_for_update()
    for row in mine.order_by("id"):
        if row.said["last"] <= device.last_counter:
            TROUBLE.move(row, "decide")
            row.bearer, row.decided_by, row.decided_at = Trouble.Bearer.NOBODY, RUN, at
            row.save(update_fields=["state", "bearer", "decided_by", "decided_at"])
    if first is not None:
        refusal = GAP("slip", last=first - 1)
        Trouble.objects.get_or_create(
            county=device.county,
            device=device,
            about=f"gap:{first - 1}",
            code=GAP.code,
            defaults={
                "said": {"last": first - 1, "zh": refusal.message("zh"), "en": refusal.message("en")},
                "received_at": at,
            },
        )


def _answer(device: Device, said: Said | None, one: Sent) -> Answer:
    digest = signed.digest(one.text)
    slips = Slip.objects.select_related("bill").filter(county=device.county, device=device, digest=digest)
    slip = slips.first() if said and said.device == device.id.hex else None
    codes = Trouble.objects.filter(county=device.county, device=device, about=digest).order_by("received_at", "id")
    code = codes.values_list("code", flat=True).last() or ""
    counter = said.counter if said else None
    if slip is None:
        return Answer(counter, digest, "refused", code)
    if slip.state == Slip.State.WAITING:
        code = GAP.code
    return Answer(counter, digest, slip.state, code, slip.bill.no if slip.bill else "")
