"""Single pieces: into stock, cleaned before the next user, repaired, retired, recalled. 辅具库存"""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime
from typing import Any

from django.db import IntegrityError, transaction

from songhe.aid.models import Aid, Cleaning, Loan, Piece, Recall
from songhe.aid.states import PIECE
from songhe.kernel.refusal import reason
from songhe.provider.models import Provider
from songhe.trail.note import note

SERIAL_MISSING = reason("aid.serial_missing", zh="请填写序列号。", en="Give the serial number.")
SERIAL_TAKEN = reason(
    "aid.serial_taken", zh="序列号“{serial}”已登记。", en="The serial number {serial} is on record.", status=409
)
NO_SUCH_SIZE = reason(
    "aid.no_such_size", zh="“{name}”没有这个尺寸：{size}。", en="{name} does not come in this size: {size}."
)
UNKNOWN_PIECE = reason("aid.unknown_piece", zh="没有这件辅具。", en="There is no such piece.", status=404)
SAY_HOW = reason("aid.say_how", zh="请写明怎样消毒。", en="Say how it was disinfected.")
SAY_WHY = reason("aid.say_why", zh="请写明原因。", en="Give the reason.")
NOTICE_MISSING = reason("aid.notice_missing", zh="请填写召回通知的文号。", en="Give the number of the recall notice.")
RECALLED_BEFORE = reason(
    "aid.recalled_before", zh="这份召回通知已登记。", en="This recall notice is on record.", status=409
)


def stock_in(
    *, provider: Provider, county: str, aid: Aid, serial: str, size: str = "", at: datetime, on: date, by: str
) -> Piece:
    """A new piece of a provider in a county, clean and ready. Refuses with ``aid.serial_missing``,
    ``aid.no_such_size`` or ``aid.serial_taken``."""
    if not serial.strip():
        raise SERIAL_MISSING("serial")
    require_size(aid, size)
    with transaction.atomic():
        try:
            with transaction.atomic():
                piece = Piece.objects.create(
                    county=county, provider=provider, aid=aid, serial=serial.strip()[:40], size=size, stocked_on=on
                )
        except IntegrityError:
            raise SERIAL_TAKEN("serial", serial=serial.strip()) from None
        note_piece("aid.stock_in", piece, at=at, by=by)
    return piece


def require_size(aid: Aid, size: str) -> None:
    """One of the aid's sizes, or none where it has none. Refuses with ``aid.no_such_size``."""
    if (size in aid.sizes) if aid.sizes else not size:
        return
    raise NO_SUCH_SIZE("size", name=aid.name, size=size or "—")


def clean(*, piece: Piece, method: str, at: datetime, on: date, by: str) -> Piece:
    """It was disinfected and may go to the next user (a piece that came back goes nowhere before).

    Refuses with ``aid.say_how``, ``aid.unknown_piece`` or ``aid.wrong_state``.
    """
    if not method.strip():
        raise SAY_HOW("method")
    with transaction.atomic():
        piece = locked(piece)
        PIECE.move(piece, "clean")
        piece.save(update_fields=["state"])
        Cleaning.objects.create(county=piece.county, piece=piece, method=method.strip()[:200], on=on, by=by, at=at)
        note_piece("aid.clean", piece, at=at, by=by)
    return piece


def send_to_repair(*, piece: Piece, because: str, at: datetime, by: str) -> Piece:
    """Refuses with ``aid.say_why``, ``aid.unknown_piece`` or ``aid.wrong_state``."""
    if not because.strip():
        raise SAY_WHY("because")
    with transaction.atomic():
        piece = locked(piece)
        PIECE.move(piece, "repair")
        piece.save(update_fields=["state"])
        note_piece("aid.send_to_repair", piece, at=at, by=by, reason=because)
    return piece


def repaired(*, piece: Piece, what: str, at: datetime, by: str) -> Piece:
    """It works again, and a recall that it waited for is done with; it is disinfected before anybody gets it.

    Refuses with ``aid.say_why``, ``aid.unknown_piece`` or ``aid.wrong_state``.
    """
    if not what.strip():
        raise SAY_WHY("what")
    with transaction.atomic():
        piece = locked(piece)
        PIECE.move(piece, "repaired")
        piece.recall = None
        piece.save(update_fields=["state", "recall"])
        note_piece("aid.repaired", piece, at=at, by=by, reason=what)
    return piece


def retire(*, piece: Piece, because: str, at: datetime, on: date, by: str) -> Piece:
    """It is used no more. Refuses with ``aid.say_why``, ``aid.unknown_piece`` or ``aid.wrong_state``."""
    if not because.strip():
        raise SAY_WHY("because")
    with transaction.atomic():
        piece = locked(piece)
        PIECE.move(piece, "retire")
        piece.retired_on, piece.retired_because = on, because.strip()[:200]
        piece.save(update_fields=["state", "retired_on", "retired_because"])
        note_piece("aid.retire", piece, at=at, by=by, reason=because)
    return piece


def recall(
    *,
    county: str,
    aid: Aid,
    because: str,
    notice_no: str,
    at: datetime,
    on: date,
    by: str,
    serials: Collection[str] = (),
) -> tuple[Recall, list[Loan]]:
    """A maker or an authority calls a model back, or (``serials``) some of its pieces.

    What is in stock or waits for cleaning goes to repair at once; what is with people may be handed to nobody else
    and their loans are answered, so that somebody calls them. Refuses with ``aid.say_why``, ``aid.notice_missing`` or
    ``aid.recalled_before``.
    """
    if not because.strip():
        raise SAY_WHY("because")
    if not notice_no.strip():
        raise NOTICE_MISSING("notice_no")
    with transaction.atomic():
        try:
            with transaction.atomic():
                made = Recall.objects.create(
                    county=county,
                    aid=aid,
                    serials=sorted(serials),
                    because=because.strip()[:300],
                    notice_no=notice_no.strip()[:80],
                    on=on,
                    by=by,
                    at=at,
                )
        except IntegrityError:
            raise RECALLED_BEFORE("notice_no") from None
        rows = Piece.objects.select_for_update().filter(county=county, aid=aid).exclude(state=Piece.State.RETIRED)
        if serials:
            rows = rows.filter(serial__in=list(serials))
        pieces = list(rows.order_by("id"))
        for piece in pieces:
            if PIECE.allows(piece.state, "repair"):
                PIECE.move(piece, "repair")
            piece.recall = made
            piece.save(update_fields=["state", "recall"])
        out = Loan.objects.filter(county=county, piece__in=pieces, returned_on=None).select_related("person", "piece")
        loans = list(out.order_by("out_on", "id"))
        note(
            county=county,
            at=at,
            actor=by,
            act="aid.recall",
            subject="aid_recall",
            subject_id=made.id,
            reason=because,
            aid=aid.code,
            pieces=len(pieces),
            out=len(loans),
        )
    return made, loans


def locked(piece: Piece) -> Piece:
    """The piece, locked. Refuses with ``aid.unknown_piece``."""
    rows = Piece.objects.select_for_update(of=("self",)).select_related("aid", "provider")
    found = rows.filter(county=piece.county, id=piece.id).first()
    if found is None:
        raise UNKNOWN_PIECE("piece")
    return found


def note_piece(act: str, piece: Piece, *, at: datetime, by: str, reason: str = "", **detail: Any) -> None:
    note(
        county=piece.county,
        at=at,
        actor=by,
        act=act,
        subject="aid_piece",
        subject_id=piece.id,
        reason=reason,
        aid=piece.aid.code,
        serial=piece.serial,
        **detail,
    )
