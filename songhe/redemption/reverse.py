"""Undo a payment 冲正: never by deleting; each payer gets back what it gave, and the month decides where to."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from fractions import Fraction
from uuid import UUID

from django.db import transaction

from songhe.card.draw import Taking, draw
from songhe.card.models import Card
from songhe.card.open import lock as lock_card
from songhe.card.part import give_back_parts
from songhe.county.key import new_id
from songhe.grant.choose import lock
from songhe.grant.fund import accounts, payable
from songhe.grant.models import Grant
from songhe.kernel.month import Month
from songhe.kernel.refusal import reason, whole
from songhe.ledger.balance import balance
from songhe.ledger.models import Account, Transfer
from songhe.ledger.post import Move, post
from songhe.redemption.find import lock_person
from songhe.redemption.models import Bill, Line, Reversal, Verdict
from songhe.redemption.purses import give_back, rules_of, share_rest
from songhe.redemption.redeem import (
    UNKNOWN_BILL,
    charge_evidence,
    free_evidence,
    insert_bill,
    pay_by_voucher,
    total,
)
from songhe.redemption.share import Fee, Share, share_fees
from songhe.redemption.states import BILL
from songhe.trail.note import note

NEEDS_REASON = reason("redemption.reversal_needs_reason", zh="冲正要写明理由。", en="Say why the bill is reversed.")
NOT_BOOKED = reason(
    "redemption.not_booked",
    zh="这张账单没有入账，不用冲正。",
    en="This bill is not booked; there is nothing to reverse.",
    status=409,
)
ALREADY_REVERSED = reason(
    "redemption.already_reversed", zh="第{number}行已经冲正过。", en="Line {number} was reversed already.", status=409
)
UNKNOWN_LINES = reason("redemption.no_such_line", zh="账单里没有第{number}行。", en="The bill has no line {number}.")
NOT_PROVISIONAL = reason(
    "redemption.not_provisional",
    zh="这张账单不是暂记，长护险部分已经确定。",
    en="This bill is not provisional; LTCI's part is known.",
    status=409,
)
NOT_SMALLER = reason(
    "redemption.not_smaller",
    zh="更正后的费用应小于原来的{fee_fen:yuan}。",
    en="The corrected fee must be below {fee_fen:yuan}.",
)


@dataclass(frozen=True)
class Taken:
    """A booked bill and what paid it, locked."""

    bill: Bill
    grant: Grant | None
    card: Card | None


@dataclass(frozen=True)
class Undone:
    """What a reversal made; ``ended``: what purses that have ended since had given, in fen, by purse."""

    reversals: list[Reversal]
    ended: dict[UUID, int]


def reverse(
    *,
    county: str,
    bill_no: str,
    because: str,
    at: datetime,
    on: date,
    by: str,
    numbers: Sequence[int] | None = None,
) -> list[Reversal]:
    """Reverse a booked bill, or those of its lines that ``numbers`` names, whole and once each.

    In the voucher's own month the money returns to the voucher; later it returns to the fund, the voucher stays
    lapsed, and the line is a negative one in the next statement (programmes 1.9). Each purse gets back just what it
    gave, or its fund where it has ended, a fund its part of a meal, and credits are the elder's again. Reversing a
    whole bill that is reversed already answers with its reversals. Refuses with
    ``redemption.reversal_needs_reason``, ``redemption.not_booked``, ``redemption.already_reversed`` or
    ``redemption.no_such_line``.
    """
    if not because.strip():
        raise NEEDS_REASON("reason")
    with transaction.atomic():
        taken = take(county=county, bill_no=bill_no)
        bill = taken.bill
        if bill.state == Bill.State.REVERSED and numbers is None:
            return list(Reversal.objects.filter(county=county, line__bill_id=bill.id).order_by("line__number"))
        lines = wanted(bill, numbers)
        undone = undo(taken=taken, lines=lines, because=because, at=at, on=on, by=by)
        settle_state(bill)
    return undone.reversals


def amend(
    *, county: str, bill_no: str, number: int, fee_fen: int, because: str, at: datetime, on: date, by: str
) -> Bill:
    """A partial reversal: reverse one line whole and book the smaller fee anew, in one transaction.

    The new line keeps the service date, ratio, cap and version of the old one; other lines are never re-priced.
    Refuses as ``reverse`` does, and with ``redemption.not_smaller``.
    """
    whole(fee_fen, "fee_fen", least=1)
    if not because.strip():
        raise NEEDS_REASON("reason")
    with transaction.atomic():
        taken = take(county=county, bill_no=bill_no)
        bill = taken.bill
        (line,) = wanted(bill, [number])
        if fee_fen >= line.fee_fen:
            raise NOT_SMALLER("fee_fen", fee_fen=line.fee_fen)
        undone = undo(taken=taken, lines=[line], because=because, at=at, on=on, by=by)
        settle_state(bill)
        other_fen = min(line.other_fen, fee_fen)
        return rebook(
            taken=taken,
            undone=undone,
            lines=[line],
            fees=[Fee(fee_fen, line.in_scope, other_fen)],
            ltci_fen=min(line.ltci_fen, fee_fen - other_fen),
            at=at,
            on=on,
            by=by,
        )


def true_up(*, county: str, bill_no: str, ltci_fen: int, at: datetime, on: date, by: str) -> Bill:
    """LTCI has answered: a provisional bill becomes final, and what the voucher overpaid goes back.

    With nothing from LTCI the bill is simply final. Else its lines are reversed and booked anew with LTCI first,
    same service dates, ratio and cap. Telling the same twice changes nothing. Refuses with
    ``redemption.not_provisional`` or ``quote.ltci_over_fees``.
    """
    whole(ltci_fen, "ltci_fen", least=0)
    with transaction.atomic():
        taken = take(county=county, bill_no=bill_no)
        bill = taken.bill
        if bill.state != Bill.State.PROVISIONAL:
            after = Bill.objects.filter(county=county, replaces_id=bill.id).first() or bill
            if after.state == Bill.State.BOOKED and after.ltci_fen == ltci_fen:
                return after
            raise NOT_PROVISIONAL("bill")
        if ltci_fen == 0:
            BILL.move(bill, "true_up")
            bill.save(update_fields=["state"])
            note(county=county, at=at, actor=by, act="redemption.true_up", subject="bill", subject_id=bill.id, fen=0)
            return bill
        lines = wanted(bill, None)
        undone = undo(taken=taken, lines=lines, because="ltci", at=at, on=on, by=by)
        settle_state(bill)
        fees = [Fee(line.fee_fen, line.in_scope, line.other_fen) for line in lines]
        return rebook(taken=taken, undone=undone, lines=lines, fees=fees, ltci_fen=ltci_fen, at=at, on=on, by=by)


def take(*, county: str, bill_no: str) -> Taken:
    """A booked bill with person, card, voucher and bill locked, in the order in which a redemption locks them."""
    found = Bill.objects.filter(county=county, no=bill_no).values_list("id", "card_id", "person_id", "grant_id").first()
    if found is None:
        raise UNKNOWN_BILL("bill")
    bill_id, card_id, person_id, grant_id = found
    if grant_id is None and card_id is None:
        raise NOT_BOOKED("bill")
    lock_person(county, person_id)
    card = lock_card(county=county, card_id=card_id) if card_id else None
    grant = lock(county=county, grant_id=grant_id) if grant_id else None
    bill = Bill.objects.select_for_update().get(county=county, id=bill_id)
    if bill.state not in {Bill.State.BOOKED, Bill.State.PROVISIONAL, Bill.State.REVERSED}:
        raise NOT_BOOKED("bill")
    return Taken(bill, grant, card)


def wanted(bill: Bill, numbers: Sequence[int] | None) -> list[Line]:
    """The lines to reverse: those named, or all that are not reversed yet."""
    rows = Line.objects.filter(county=bill.county, bill_id=bill.id).select_related("item").order_by("number")
    lines = {line.number: line for line in rows}
    reversed_ids = set(
        Reversal.objects.filter(county=bill.county, line__bill_id=bill.id).values_list("line_id", flat=True)
    )
    if numbers is None:
        return [line for line in lines.values() if line.id not in reversed_ids]
    for number in numbers:
        if number not in lines:
            raise UNKNOWN_LINES("number", number=number)
        if lines[number].id in reversed_ids:
            raise ALREADY_REVERSED("number", number=number)
    return [lines[number] for number in sorted(set(numbers))]


def undo(*, taken: Taken, lines: Sequence[Line], because: str, at: datetime, on: date, by: str) -> Undone:
    """Write the reversals of locked lines, and move each part back to where it came from."""
    bill, grant = taken.bill, taken.grant
    county = bill.county
    restored = is_restored(grant, on)
    booked = {
        transfer.about: transfer
        for transfer in Transfer.objects.filter(
            county=county, kind="redeem", about__in=[line.id for line in lines]
        ).order_by("id")
    }
    made = [
        Reversal(
            county=county,
            id=new_id(),
            line=line,
            month=str(Month.of(on)),
            restored=restored and line.voucher_fen > 0,
            reason=because,
            by=by,
            at=at,
            on=on,
        )
        for line in lines
    ]
    Reversal.objects.bulk_create(made)
    if grant is not None and booked:
        home, owed = back_account(grant, restored=restored), _owed(bill, grant)
        post(
            county=county,
            moves=[
                Move(owed, home, line.voucher_fen, "reverse", about=line.id, reverses=booked[line.id].id)
                for line in lines
                if line.voucher_fen > 0
            ],
            at=at,
            on=on,
        )
    ended = give_back(card=taken.card, lines=lines, because=because, at=at, on=on, by=by)
    free_evidence(county=county, lines=lines)
    if meals := [line.id for line in lines if line.meal_id is not None]:
        give_back_parts(county=county, about=meals, at=at, on=on, by=by)
    note(
        county=county,
        at=at,
        actor=by,
        act="redemption.reverse",
        subject="bill",
        subject_id=bill.id,
        reason=because,
        lines=[line.number for line in lines],
        voucher_fen=sum(line.voucher_fen for line in lines),
        purse_fen=sum(line.purse_fen for line in lines),
        restored=restored,
    )
    return Undone(made, ended)


def rebook(
    *,
    taken: Taken,
    undone: Undone,
    lines: Sequence[Line],
    fees: Sequence[Fee],
    ltci_fen: int,
    at: datetime,
    on: date,
    by: str,
) -> Bill:
    """Book reversed lines anew with other amounts: same service dates, evidence, ratio, cap and version.

    The voucher's money comes from where the reversal put it, and never more than it put there; purses pay as for a
    new bill, and for one that has ended its fund pays at most what it got back.
    """
    bill, grant = taken.bill, taken.grant
    county = bill.county
    restored = is_restored(grant, on)
    source = back_account(grant, restored=restored) if grant else None
    room_fen = balance(source) if source and restored else sum(line.voucher_fen for line in lines)
    ratio = Fraction(lines[0].ratio) if grant else None
    shares = share_fees(fees, ratio=ratio, room_fen=room_fen, ltci_fen=ltci_fen)
    again = _anew(taken, ltci_fen=ltci_fen, at=at, on=on, by=by)
    new_lines = [
        _again(line, again, number, share) for number, (line, share) in enumerate(zip(lines, shares, strict=True), 1)
    ]
    takings: list[Taking] = []
    if taken.card is not None:
        rules = rules_of(county, Month.parse(bill.month).first)
        takings = share_rest(card=taken.card, lines=new_lines, on=on, rules=rules, anew=undone.ended)
    total(again, new_lines)
    insert_bill(again, new_lines)
    Line.objects.bulk_create(new_lines)
    charge_evidence(county=county, lines=new_lines)
    _verdicts(lines, new_lines, at=at, by=by)
    year = Month.parse(bill.month).year
    pay_by_voucher(bill=again, lines=new_lines, source=source, year=year, at=at, on=on)
    if taken.card is not None and takings:
        draw(card=taken.card, takings=takings, provider_id=bill.provider_id, at=at, on=on, by=by, anew=True)
    note(
        county=county,
        at=at,
        actor=by,
        act="redemption.rebook",
        subject="bill",
        subject_id=again.id,
        replaces=str(bill.id),
        voucher_fen=again.voucher_fen,
        purse_fen=again.purse_fen,
    )
    return again


def _anew(taken: Taken, *, ltci_fen: int, at: datetime, on: date, by: str) -> Bill:
    """The bill that stands in for a reversed one, before its lines are known."""
    bill = taken.bill
    return Bill(
        county=bill.county,
        id=new_id(),
        person_id=bill.person_id,
        provider_id=bill.provider_id,
        month=bill.month,
        category=bill.category,
        grant=taken.grant,
        card=taken.card,
        state=Bill.State.BOOKED,
        fee_fen=0,
        request={**bill.request, "ltci_fen": ltci_fen},
        identified_by=bill.identified_by,
        confirmed_by=bill.confirmed_by,
        replaces=bill,
        made_by=by,
        handed_in_at=bill.handed_in_at,
        booked_at=at,
        booked_on=on,
        served_in=bill.served_in,
    )


def is_restored(grant: Grant | None, on: date) -> bool:
    """Whether what comes back goes to the voucher: in its month, while it is not revoked or expired."""
    return grant is not None and grant.state == Grant.State.ACTIVE and on in Month.parse(grant.month)


def back_account(grant: Grant, *, restored: bool) -> Account:
    """Where a reversed part goes: the voucher's purse in its month, the fund's lapsed money later."""
    if restored:
        return Account.objects.get(county=grant.county, id=grant.purse_id)
    return accounts(county=grant.county, programme=grant.programme, month=Month.parse(grant.month)).lapsed


def settle_state(bill: Bill) -> None:
    """A bill whose every line is reversed is reversed."""
    if not wanted(bill, None):
        BILL.move(bill, "reverse")
        bill.save(update_fields=["state"])


def _owed(bill: Bill, grant: Grant) -> Account:
    return payable(
        county=bill.county,
        programme=grant.programme,
        year=Month.parse(grant.month).year,
        provider_id=bill.provider_id,
    )


def _again(line: Line, bill: Bill, number: int, share: Share) -> Line:
    kept = {
        field.attname: getattr(line, field.attname)
        for field in Line._meta.local_fields
        if field.attname not in {"id", "bill_id", "number", "item_id"}
    }
    kept |= {
        "fee_fen": share.fee_fen,
        "ltci_fen": share.ltci_fen,
        "other_fen": share.other_fen,
        "base_fen": share.base_fen,
        "voucher_fen": share.voucher_fen,
        "credit_fen": 0,
        "purse_fen": 0,
        "self_fen": share.self_fen,
        "steps": share.steps,
    }
    return Line(id=new_id(), bill=bill, number=number, item=line.item, **kept)


def _verdicts(lines: Sequence[Line], new_lines: Sequence[Line], *, at: datetime, by: str) -> None:
    """The same evidence is worth the same: the new lines inherit the verdicts of those they stand for."""
    county = lines[0].county
    found: dict[UUID, Verdict] = {
        verdict.line_id: verdict
        for verdict in Verdict.objects.filter(county=county, line_id__in=[line.id for line in lines]).order_by("id")
    }
    Verdict.objects.bulk_create(
        [
            Verdict(
                county=county,
                line=new,
                outcome=found[line.id].outcome,
                reasons=[*found[line.id].reasons, "rebooked"],
                by=by,
                at=at,
            )
            for line, new in zip(lines, new_lines, strict=True)
        ]
    )
