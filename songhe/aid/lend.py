"""A piece is handed over against a deposit, comes back, is looked at, and the deposit is given back. 租出和归还"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import transaction

from songhe.aid.catalogue import RENT_ITEM, require_offer
from songhe.aid.fit import locked as locked_fitting
from songhe.aid.fit import user
from songhe.aid.models import Deposit, Fitting, Inspection, Loan, Piece
from songhe.aid.rent import draw_loan
from songhe.aid.states import DEPOSIT, FITTING, INSPECTION, PIECE
from songhe.aid.stock import SAY_WHY
from songhe.aid.stock import locked as locked_piece
from songhe.county.key import new_id
from songhe.document.models import StoredFile
from songhe.document.number import of_id
from songhe.kernel.month import Month
from songhe.kernel.refusal import reason, whole
from songhe.provider.catalogue import item_on
from songhe.trail.note import note

DOES_NOT_FIT = reason(
    "aid.does_not_fit",
    zh="这一件不是适配单上选定的辅具或尺寸。",
    en="This piece is not the aid, or not the size, that was fitted.",
    status=409,
)
RECALLED = reason(
    "aid.recalled", zh="这一件正在召回，不能租出。", en="This piece is called back and goes to nobody.", status=409
)
STILL_OUT_THEN = reason(
    "aid.still_out_then", zh="这一件在{on}还没有归还。", en="This piece was not back yet on {on}.", status=409
)
UNKNOWN_MEANS = reason("aid.unknown_means", zh="请选择押金怎样交的。", en="Say how the deposit was paid.")
DEPOSIT_DIFFERS = reason(
    "aid.deposit_differs",
    zh="押金应收{deposit_fen:yuan}，实收{given_fen:yuan}。",
    en="The deposit is {deposit_fen:yuan}; {given_fen:yuan} were given.",
    status=409,
)
UNKNOWN_LOAN = reason("aid.unknown_loan", zh="没有这份租借。", en="There is no such loan.", status=404)
BACK_ALREADY = reason("aid.back_already", zh="已于{on}归还。", en="It came back on {on}.", status=409)
BEFORE_IT_WENT_OUT = reason(
    "aid.before_it_went_out", zh="归还日期早于{out_on}交付的日期。", en="It went out on {out_on}, after that day."
)
UNKNOWN_CONDITION = reason("aid.unknown_condition", zh="请选择归还时的状况。", en="Say in what condition it came back.")
WEAR_IS_FREE = reason(
    "aid.wear_is_free", zh="完好或正常磨损的，不能要求赔偿。", en="Nothing is claimed for a good piece or for wear."
)
EVIDENCE_MISSING = reason(
    "aid.evidence_missing",
    zh="损坏或丢失要有照片，或者写明在场见证人。",
    en="A damage or loss needs a picture, or who was there and saw it.",
)
NOTHING_CLAIMED = reason("aid.nothing_claimed", zh="请填写要求赔偿的金额。", en="Say what is claimed.")
SAME_PERSON = reason(
    "aid.same_person", zh="验收人不能认定自己提出的赔偿。", en="Whoever claims it does not decide.", status=403
)
OVER_THE_CLAIM = reason(
    "aid.over_the_claim",
    zh="认定金额不能超过要求的{claimed_fen:yuan}。",
    en="No more than the {claimed_fen:yuan} claimed.",
)
NOT_BACK = reason(
    "aid.not_back", zh="还没有归还，押金不能退。", en="It is not back yet; the deposit stays.", status=409
)
UNDECIDED = reason(
    "aid.damage_undecided", zh="损坏还没有认定，押金不能退。", en="The damage is not decided yet.", status=409
)
TO_WHOM = reason("aid.to_whom", zh="请写明押金退给谁。", en="Say to whom the deposit goes back.")

#: How a deposit comes in and goes back.
MEANS: dict[str, tuple[str, str]] = {
    "cash": ("现金", "cash"),
    "mobile": ("手机支付", "by telephone"),
    "transfer": ("银行转账", "bank transfer"),
}


@dataclass(frozen=True)
class Found:
    """In what condition a piece came back, and what is claimed for it with which evidence."""

    condition: str
    findings: str = ""
    claimed_fen: int = 0
    witness: str = ""
    evidence: StoredFile | None = None


def hand_out(*, fitting: Fitting, piece: Piece, deposit_fen: int, means: str, at: datetime, on: date, by: str) -> Loan:
    """Hand the chosen aid over: the piece goes out, the deposit comes in whole, the price of the day is promised.

    The deposit is the family's own money in the provider's hands: it stands in no fund and is nobody's income.

    Refuses with ``aid.unknown_fitting``, ``aid.unknown_piece``, ``aid.wrong_state``, ``aid.does_not_fit``,
    ``aid.recalled``, ``aid.still_out_then``, ``aid.no_offer``, ``aid.deposit_differs``, ``aid.unknown_means``,
    ``aid.unknown_person``, ``aid.file_closed``, ``person.after_death`` or ``provider.unknown_item``.
    """
    whole(deposit_fen, "deposit_fen", least=0)
    with transaction.atomic():
        fitting = locked_fitting(fitting)
        person = user(county=fitting.county, person_id=fitting.person_id, on=on)
        piece = locked_piece(piece)
        FITTING.move(fitting, "hand_out")
        _require_fits(fitting, piece, on)
        PIECE.move(piece, "hand_out")
        assert fitting.aid is not None
        offer = require_offer(fitting.provider, fitting.aid, on)
        if deposit_fen != offer.deposit_fen:
            raise DEPOSIT_DIFFERS("deposit_fen", deposit_fen=offer.deposit_fen, given_fen=deposit_fen)
        if deposit_fen and means not in MEANS:
            raise UNKNOWN_MEANS("means")
        row_id = new_id()
        loan = Loan.objects.create(
            county=fitting.county,
            id=row_id,
            no=of_id(fitting.county, Month.of(on), row_id),
            fitting=fitting,
            person=person,
            provider=fitting.provider,
            piece=piece,
            item=item_on(fitting.county, RENT_ITEM, on),
            day_fen=offer.day_fen,
            out_on=on,
            handed_by=by,
            at=at,
        )
        if deposit_fen:
            _take_deposit(loan, deposit_fen, means, on, by)
        fitting.save(update_fields=["state"])
        piece.save(update_fields=["state"])
        _note("aid.hand_out", loan, at=at, by=by, serial=piece.serial, deposit_fen=deposit_fen, day_fen=offer.day_fen)
    return loan


def ask_back(*, loan: Loan, at: datetime, on: date, by: str) -> Loan:
    """The elder or the family wants it fetched; asked twice is asked once. Refuses with ``aid.unknown_loan`` or
    ``aid.back_already``."""
    with transaction.atomic():
        loan = locked(loan)
        if loan.back_asked_on is None:
            loan.back_asked_on = on
            loan.save(update_fields=["back_asked_on"])
            _note("aid.ask_back", loan, at=at, by=by)
    return loan


def take_back(*, loan: Loan, found: Found, at: datetime, on: date, by: str) -> Inspection:
    """The piece is back, or known to be lost; what is wrong with it is written down, and rent stops.

    Wear is free. A claim for damage or loss needs a picture or a witness, and another person decides on it. A piece
    that is called back goes to repair, every other one to cleaning.

    Refuses with ``aid.unknown_loan``, ``aid.back_already``, ``aid.before_it_went_out``, ``aid.unknown_condition``,
    ``aid.wear_is_free``, ``aid.evidence_missing``, ``aid.nothing_claimed`` or ``input.too_small``.
    """
    _require_evidence(found)
    with transaction.atomic():
        loan = locked(loan)
        if on < loan.out_on:
            raise BEFORE_IT_WENT_OUT("on", out_on=loan.out_on)
        piece = locked_piece(loan.piece)
        loan.returned_on, loan.returned_to = on, by
        loan.save(update_fields=["returned_on", "returned_to"])
        if found.condition == Inspection.Condition.LOST:
            PIECE.move(piece, "lose")
            piece.retired_on, piece.retired_because = on, found.findings.strip()[:200]
        else:
            PIECE.move(piece, "take_back")
            if piece.recall_id is not None:
                PIECE.move(piece, "repair")
        piece.save(update_fields=["state", "retired_on", "retired_because"])
        made = Inspection.objects.create(
            county=loan.county,
            loan=loan,
            on=on,
            condition=found.condition,
            findings=found.findings.strip()[:300],
            evidence=found.evidence,
            witness=found.witness.strip()[:200],
            claimed_fen=found.claimed_fen,
            state=Inspection.State.CLAIMED if found.claimed_fen else Inspection.State.DECIDED,
            checked_by=by,
            at=at,
        )
        draw_loan(loan, at=at, on=on)
        _note("aid.take_back", loan, at=at, by=by, condition=found.condition, claimed_fen=found.claimed_fen)
    return made


def decide_damage(*, inspection: Inspection, decided_fen: int, because: str, at: datetime, by: str) -> Inspection:
    """Another person looks at the evidence and says how much the family owes of what is claimed, or nothing.

    Refuses with ``aid.say_why``, ``input.too_small``, ``aid.unknown_loan``, ``aid.wrong_state``, ``aid.same_person`` or
    ``aid.over_the_claim``.
    """
    whole(decided_fen, "decided_fen", least=0)
    if not because.strip():
        raise SAY_WHY("because")
    with transaction.atomic():
        rows = Inspection.objects.select_for_update(of=("self",)).select_related("loan__piece")
        row = rows.filter(county=inspection.county, id=inspection.id).first()
        if row is None:
            raise UNKNOWN_LOAN("inspection")
        INSPECTION.move(row, "decide")
        if by == row.checked_by:
            raise SAME_PERSON("by")
        if decided_fen > row.claimed_fen:
            raise OVER_THE_CLAIM("decided_fen", claimed_fen=row.claimed_fen)
        row.decided_by, row.decided_fen, row.decided_because = by, decided_fen, because.strip()[:300]
        row.save(update_fields=["state", "decided_by", "decided_fen", "decided_because"])
        _note("aid.decide_damage", row.loan, at=at, by=by, reason=because, decided_fen=decided_fen)
    return row


def settle_deposit(*, deposit: Deposit, back_to: str, at: datetime, on: date, by: str) -> Deposit:
    """The deposit goes back whole, or less the damage that was decided, never more than it; nothing else is kept.

    Rent that is owed is no reason to keep it: that is charged at the till.

    Refuses with ``aid.unknown_loan``, ``aid.wrong_state``, ``aid.not_back``, ``aid.damage_undecided`` or
    ``aid.to_whom``.
    """
    with transaction.atomic():
        rows = Deposit.objects.select_for_update(of=("self",)).select_related("loan__piece")
        row = rows.filter(county=deposit.county, id=deposit.id).first()
        if row is None:
            raise UNKNOWN_LOAN("deposit")
        DEPOSIT.check(row.state, "settle")
        found = Inspection.objects.filter(county=row.county, loan_id=row.loan_id).first()
        if found is None:
            raise NOT_BACK("deposit")
        if found.state != Inspection.State.DECIDED:
            raise UNDECIDED("deposit")
        row.kept_fen = min(found.decided_fen, row.amount_fen)
        row.back_fen = row.amount_fen - row.kept_fen
        if row.back_fen and not back_to.strip():
            raise TO_WHOM("back_to")
        DEPOSIT.move(row, "settle")
        row.kept_because = found.decided_because[:200] if row.kept_fen else ""
        row.back_to, row.settled_by, row.settled_on = back_to.strip()[:80], by, on
        row.save(update_fields=["state", "back_fen", "kept_fen", "kept_because", "back_to", "settled_by", "settled_on"])
        _note("aid.settle_deposit", row.loan, at=at, by=by, back_fen=row.back_fen, kept_fen=row.kept_fen)
    return row


def locked(loan: Loan) -> Loan:
    """A loan that is out, locked. Refuses with ``aid.unknown_loan`` or ``aid.back_already``."""
    rows = Loan.objects.select_for_update(of=("self",)).select_related("person", "provider", "piece__aid")
    found = rows.filter(county=loan.county, id=loan.id).first()
    if found is None:
        raise UNKNOWN_LOAN("loan")
    if found.returned_on is not None:
        raise BACK_ALREADY("loan", on=found.returned_on)
    return found


def _require_fits(fitting: Fitting, piece: Piece, on: date) -> None:
    theirs = piece.provider_id == fitting.provider_id and piece.county == fitting.county
    if not theirs or piece.aid_id != fitting.aid_id or piece.size != fitting.size:
        raise DOES_NOT_FIT("piece")
    if piece.recall_id is not None:
        raise RECALLED("piece")
    if Loan.objects.filter(county=piece.county, piece=piece, returned_on__gt=on).exists():
        raise STILL_OUT_THEN("piece", on=on)


def _require_evidence(found: Found) -> None:
    whole(found.claimed_fen, "claimed_fen", least=0)
    if found.condition not in Inspection.Condition.values:
        raise UNKNOWN_CONDITION("condition")
    if found.condition in (Inspection.Condition.GOOD, Inspection.Condition.WORN):
        if found.claimed_fen:
            raise WEAR_IS_FREE("claimed_fen")
        return
    if found.evidence is None and not found.witness.strip():
        raise EVIDENCE_MISSING("evidence")
    if not found.claimed_fen:
        raise NOTHING_CLAIMED("claimed_fen")


def _take_deposit(loan: Loan, amount_fen: int, means: str, on: date, by: str) -> Deposit:
    row_id = new_id()
    return Deposit.objects.create(
        county=loan.county,
        id=row_id,
        loan=loan,
        receipt_no=of_id(loan.county, Month.of(on), row_id),
        amount_fen=amount_fen,
        means=means,
        taken_by=by,
        taken_on=on,
    )


def _note(act: str, loan: Loan, *, at: datetime, by: str, reason: str = "", **detail: Any) -> None:
    note(
        county=loan.county,
        at=at,
        actor=by,
        act=act,
        subject="aid_loan",
        subject_id=loan.id,
        reason=reason,
        person=str(loan.person_id),
        provider=loan.provider_id,
        **detail,
    )
