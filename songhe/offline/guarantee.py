"""The county's guarantee for slips that nobody can pay: put in by two people, never below nothing. 担保资金"""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from django.db import transaction

from songhe.kernel.refusal import reason, whole
from songhe.ledger.fund import open_account, open_fund
from songhe.ledger.models import Account
from songhe.ledger.post import Move, post
from songhe.offline.device import SAME_PERSON
from songhe.offline.models import Endowment, Trouble
from songhe.offline.states import ENDOWMENT
from songhe.redemption.models import Bill
from songhe.trail.note import note

FUND = "offline-guarantee"

DOCUMENT_MISSING = reason("offline.document_missing", zh="请填写文号。", en="Give the number of the document.")
UNKNOWN_ENDOWMENT = reason(
    "offline.unknown_endowment", zh="没有这笔注资。", en="There is no such payment into the guarantee.", status=404
)


def propose_endowment(*, county: str, amount_fen: int, document_no: str, at: datetime, by: str) -> Endowment:
    """One person puts money forward for the guarantee. Refuses with ``offline.document_missing`` or ``input.*``."""
    whole(amount_fen, "amount_fen", least=1)
    if not document_no.strip():
        raise DOCUMENT_MISSING("document_no")
    with transaction.atomic():
        row = Endowment.objects.create(
            county=county,
            amount_fen=amount_fen,
            document_no=document_no.strip()[:80],
            proposed_by=by,
            proposed_at=at,
        )
        _note("offline.propose_endowment", row, at=at, by=by)
    return row


def approve_endowment(*, county: str, endowment_id: UUID, at: datetime, on: date, by: str) -> Endowment:
    """Another person approves, and the money is there. Refuses with ``offline.same_person``,
    ``offline.wrong_state`` or ``offline.unknown_endowment``."""
    with transaction.atomic():
        row = _decide(county, endowment_id, "approve", at=at, by=by)
        move = Move(_account(county, "source"), standing(county), row.amount_fen, "endow", about=row.id)
        post(county=county, moves=[move], at=at, on=on)
        _note("offline.approve_endowment", row, at=at, by=by)
    return row


def decline_endowment(*, county: str, endowment_id: UUID, at: datetime, by: str) -> Endowment:
    """Another person does not approve. Refuses as ``approve_endowment`` does."""
    with transaction.atomic():
        row = _decide(county, endowment_id, "decline", at=at, by=by)
        _note("offline.decline_endowment", row, at=at, by=by)
    return row


def bear(*, county: str, provider_id: int, amount_fen: int, about: UUID, at: datetime, on: date) -> None:
    """The guarantee owes a merchant what a slip was short of. Refuses with ``ledger.insufficient``: it never owes more
    than the county put in."""
    move = Move(standing(county), _account(county, f"payable:{provider_id}"), amount_fen, "bear", about=about)
    post(county=county, moves=[move], at=at, on=on)


def take_back(*, county: str, at: datetime, on: date, by: str) -> int:
    """What the guarantee bore of slips whose bills were reversed since is its own again; answers how many fen.

    The merchant owes it from then on: the next statement is cut by what was settled already. Twice changes nothing.
    """
    with transaction.atomic():
        rows = Trouble.objects.select_for_update(of=("self",)).select_related("device")
        reversed_ = rows.filter(county=county, borne_fen__gt=0, back_fen=0, slip__bill__state=Bill.State.REVERSED)
        moves, back_fen = [], 0
        for row in reversed_.order_by("id"):
            owed = _account(county, f"payable:{row.device.provider_id}")
            moves.append(Move(owed, standing(county), row.borne_fen, "unbear", about=row.id))
            row.back_fen, back_fen = row.borne_fen, back_fen + row.borne_fen
            row.save(update_fields=["back_fen"])
        if moves:
            post(county=county, moves=moves, at=at, on=on)
            note(
                county=county,
                at=at,
                actor=by,
                act="offline.take_back",
                subject="offline_guarantee",
                subject_id=county,
                exceptions=len(moves),
                fen=back_fen,
            )
    return back_fen


def standing(county: str) -> Account:
    """The account on which the guarantee stands; the database keeps it from falling below nothing."""
    return _account(county, "guarantee", floor=0)


def _account(county: str, code: str, floor: int | None = None) -> Account:
    fund = open_fund(county=county, code=FUND, name="离线收款担保资金")
    kind = code.partition(":")[0]
    return open_account(fund=fund, code=code, kind=kind, floor=floor)


def _decide(county: str, endowment_id: UUID, verb: str, *, at: datetime, by: str) -> Endowment:
    row = Endowment.objects.select_for_update().filter(county=county, id=endowment_id).first()
    if row is None:
        raise UNKNOWN_ENDOWMENT("endowment")
    ENDOWMENT.check(row.state, verb)
    if by == row.proposed_by:
        raise SAME_PERSON("by")
    ENDOWMENT.move(row, verb)
    row.decided_by, row.decided_at = by, at
    row.save(update_fields=["state", "decided_by", "decided_at"])
    return row


def _note(act: str, row: Endowment, *, at: datetime, by: str) -> None:
    note(
        county=row.county,
        at=at,
        actor=by,
        act=act,
        subject="offline_endowment",
        subject_id=row.id,
        fen=row.amount_fen,
        document_no=row.document_no,
    )
