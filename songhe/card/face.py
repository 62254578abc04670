"""Paying by face: the elder agrees, a service outside compares, and what it finds becomes a code of now. 刷脸

Songhe sees no face. The service's terminal gives the till a ticket; the service says under which reference it knows the
face, and how sure it is. ``docs/ports/face.md`` is the contract.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import transaction

from songhe.card.draw import require_usable
from songhe.card.face_models import Face
from songhe.card.models import Card
from songhe.card.open import NEEDS_REASON, end_media, lock
from songhe.card.ports import Faces, NotGenuine, NotReached, Seen
from songhe.card.states import FACE
from songhe.jobs.outbox import put
from songhe.kernel.month import beijing_date
from songhe.kernel.refusal import reason
from songhe.person import code
from songhe.person import medium as media
from songhe.person.models import Medium
from songhe.trail.note import note

#: What a ticket of the service's terminal begins with, so that the till's one field takes it like a code.
FORM = "F1."
#: The words that elders agree to; other words are another agreement.
WORDING = "2026-11"
#: The outbox entry by which the service is told to forget a face.
TOPIC = "card.face_forget"
#: How long a look at somebody counts: as long as a telephone's code.
FRESH = timedelta(seconds=60)

AGREED_ALREADY = reason(
    "card.face_agreed", zh="已经同意过刷脸，不用再同意。", en="Paying by face was agreed to already.", status=409
)
NOT_AGREED = reason("card.face_not_agreed", zh="没有同意过刷脸。", en="Paying by face was not agreed to.", status=404)
SERVICE_SILENT = reason(
    "card.face_not_reached",
    zh="刷脸服务没有回应，请改用卡、码，或过一会儿再试。",
    en="The face service did not answer; use the card or the code, or try later.",
    status=503,
)
NOT_A_TICKET = reason(
    "card.face_not_genuine", zh="这不是刷脸终端给的结果，请重新刷脸。", en="No terminal gave this; look again."
)
NOT_KNOWN = reason(
    "card.face_unknown",
    zh="没有认出是谁：没有开通刷脸，或者已经撤回。请改用卡、码。",
    en="Nobody was recognised: not enrolled, or withdrawn. Use the card or the code.",
    status=404,
)
NOT_SURE = reason(
    "card.face_not_sure",
    zh="没有认准是谁，没有扣款。请正对镜头再刷一次，或改用卡、码。",
    en="It is not sure who this is, and nothing was charged. Look once more, or use the card or the code.",
    status=403,
)
TOO_OLD = reason(
    "card.face_too_old",
    zh="刷脸的结果过了一分钟，请重新刷脸。",
    en="The look is over a minute old; look again.",
    status=409,
)


def agree(*, card: Card, at: datetime, on: date, by: str) -> Face:
    """The elder agrees to be known by face; the picture is then taken by the service itself.

    Whose yes it is the door has seen to: the elder's own, or a guardian's. Refuses with ``card.face_agreed``,
    ``card.lost``, ``card.frozen`` or ``card.closed_card``.
    """
    with transaction.atomic():
        card = lock(county=card.county, card_id=card.id)
        require_usable(card, service_on=on)
        if live(card) is not None:
            raise AGREED_ALREADY("card")
        row = Face.objects.create(county=card.county, card=card, wording=WORDING, agreed_by=by, agreed_at=at)
        _note("card.agree_to_face", row, at=at, by=by, wording=WORDING)
    return row


def make_ready(*, card: Card, faces: Faces, at: datetime, on: date, by: str) -> Face:
    """Ask the service whether it has the face now; from then on the face pays. Asked again, it changes nothing.

    Refuses with ``card.face_not_agreed`` or ``card.face_not_reached``.
    """
    asked = live(card)
    if asked is None:
        raise NOT_AGREED("card")
    try:
        if asked.state == Face.State.READY or not faces.enrolled(asked.reference):
            return asked
    except NotReached:
        raise SERVICE_SILENT("face") from None
    with transaction.atomic():
        card = lock(county=card.county, card_id=card.id)
        row = live(card)
        if row is None:
            raise NOT_AGREED("card")
        if row.state == Face.State.READY:
            return row
        require_usable(card, service_on=on)
        FACE.move(row, "make_ready")
        row.medium = media.issue(person=card.person, kind=Medium.Kind.FACE, on=on, at=at, by=by)
        row.ready_at = at
        row.save(update_fields=["state", "medium", "ready_at"])
        _note("card.face_ready", row, at=at, by=by)
    return row


def withdraw(*, card: Card, because: str, at: datetime, by: str) -> Face:
    """The consent is over from this instant: the face pays nothing, and the service is told to forget it.

    Refuses with ``card.say_why`` or ``card.face_not_agreed``.
    """
    if not because.strip():
        raise NEEDS_REASON("because")
    with transaction.atomic():
        card = lock(county=card.county, card_id=card.id)
        row = live(card)
        if row is None:
            raise NOT_AGREED("card")
        _withdraw(row, card, because=because, at=at, by=by)
    return row


def end_with_card(*, card: Card, because: str, at: datetime, by: str) -> None:
    """With a locked card that is closed, whose holder may have died, its consent ends too."""
    row = live(card)
    if row is not None:
        _withdraw(row, card, because=because, at=at, by=by)


def forget(*, county: str, face_id: UUID, faces: Faces, at: datetime) -> None:
    """Tell the service to forget a face whose consent is over; what it raises goes through, and is tried again."""
    row = Face.objects.filter(county=county, id=face_id, state=Face.State.WITHDRAWN, forgotten_at=None).first()
    if row is not None:
        faces.forget(row.reference)
        Face.objects.filter(county=county, id=face_id).update(forgotten_at=at)


def live(card: Card) -> Face | None:
    """The consent of the card that is not withdrawn."""
    found = Face.objects.filter(county=card.county, card=card).exclude(state=Face.State.WITHDRAWN)
    return found.select_related("medium").first()


def is_ticket(given: str) -> bool:
    return given.startswith(FORM)


def recognise(*, given: str, counties: Collection[str], faces: Faces, at: datetime, reader: str, by: str) -> str:
    """What is paid with in place of a ticket: the code of the half minute in which the face was seen, so that one look
    pays once however often its ticket is sent.

    ``counties``: whose cards are taken here. Every look is noted with how sure it was. Refuses with
    ``card.face_not_genuine``, ``card.face_not_reached``, ``card.face_too_old``, ``card.face_unknown``,
    ``card.face_not_sure``, ``card.lost``, ``card.frozen`` or ``card.closed_card``.
    """
    try:
        seen = faces.match(given.removeprefix(FORM))
    except NotGenuine:
        raise NOT_A_TICKET("medium") from None
    except NotReached:
        raise SERVICE_SILENT("medium") from None
    if abs(at - seen.taken_at) > FRESH:
        raise TOO_OLD("medium")
    row = _known(seen, counties)
    if row is None or row.medium is None:
        raise NOT_KNOWN("medium")
    sure = seen.permille >= settings.FACE_PERMILLE
    with transaction.atomic():
        act = "card.recognise_face" if sure else "card.doubt_face"
        _note(act, row, at=at, by=by, permille=seen.permille, reader=reader)
    if not sure:
        raise NOT_SURE("medium")
    require_usable(row.card, service_on=beijing_date(at))
    return code.show(medium=row.medium, at=seen.taken_at).payload


def _known(seen: Seen, counties: Collection[str]) -> Face | None:
    reference = seen.reference or ""
    try:
        county, face_id = reference[:6], UUID(reference[6:])
    except ValueError:
        return None
    if county not in counties:
        return None
    rows = Face.objects.filter(county=county, id=face_id, state=Face.State.READY, medium__ended_at=None)
    return rows.select_related("medium__person", "card__person").first()


def _withdraw(row: Face, card: Card, *, because: str, at: datetime, by: str) -> None:
    FACE.move(row, "withdraw")
    row.withdrawn_by, row.withdrawn_at, row.withdrawn_because = by, at, because.strip()[:200]
    row.save(update_fields=["state", "withdrawn_by", "withdrawn_at", "withdrawn_because"])
    end_media(card, kinds=[Medium.Kind.FACE], because=because, at=at, by=by)
    put(county=row.county, topic=TOPIC, about=row.id, payload={}, at=at)
    _note("card.withdraw_face", row, at=at, by=by, reason=because)


def _note(act: str, row: Face, *, at: datetime, by: str, reason: str = "", **detail: Any) -> None:
    note(
        county=row.county,
        at=at,
        actor=by,
        act=act,
        subject="card",
        subject_id=row.card_id,
        reason=reason.strip()[:300],
        face=str(row.id),
        **detail,
    )
