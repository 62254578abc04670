"""Pay a bill with voucher and card 核销: the whole rule, top to bottom, in one transaction."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from fractions import Fraction
from uuid import UUID

from django.db import transaction

from songhe.aid.rent import mark_charged as mark_rent_charged
from songhe.aid.rent import mark_reversed as mark_rent_reversed
from songhe.card.draw import Taking, draw
from songhe.county.key import new_id
from songhe.county.ready import Ready, insert
from songhe.document.number import insert_numbered
from songhe.grant.choose import require_usable
from songhe.grant.fund import payable
from songhe.grant.hold import enter_group, take
from songhe.grant.models import Grant, Hold
from songhe.grant.states import HOLD
from songhe.kernel.month import Month
from songhe.kernel.refusal import Refusal, reason, whole
from songhe.ledger.models import Account
from songhe.ledger.post import Move, post
from songhe.meal.serve import mark_charged, mark_reversed
from songhe.policy.terms import Terms
from songhe.provider.models import Provider
from songhe.redemption.accept import (
    DEATH_REPORTED,
    discounts_of,
    partner_of,
    require_accepted,
    require_alive,
    require_listed,
    serving,
)
from songhe.redemption.bill import Charge, Priced, Reading, read
from songhe.redemption.find import PROGRAMME, Payers, Request, find, payers
from songhe.redemption.models import Bill, Line, Verdict
from songhe.redemption.purses import rules_of, schemes_held, share_rest, spend_credits
from songhe.redemption.share import Fee, share_fees
from songhe.redemption.states import BILL
from songhe.redemption.verdict import outcome_of
from songhe.service.models import Visit
from songhe.trail.note import note

UNKNOWN_PROVIDER = reason(
    "redemption.unknown_provider", zh="没有这家机构。", en="There is no such provider.", status=404
)
VISIT_BILLED = reason(
    "redemption.visit_billed", zh="这次服务已经入过账。", en="This visit was billed already.", status=409
)
MEAL_BILLED = reason("redemption.meal_billed", zh="这一餐已经入过账。", en="This meal was billed already.", status=409)
RENT_BILLED = reason(
    "redemption.rent_billed", zh="这几天的租金已经入过账。", en="The rent of these days was billed already.", status=409
)
UNKNOWN_BILL = reason("redemption.unknown_bill", zh="没有这张账单。", en="There is no such bill.", status=404)


@dataclass(frozen=True)
class Booking:
    """What ``write`` puts down beside the bill and its lines: where the voucher's part comes from, what purses give,
    the evidence of each line, and whether the elder was there with a medium."""

    source: Account | None
    evidence: Sequence[Priced]
    year: int
    provisional: bool = False
    takings: Sequence[Taking] = ()
    is_shown: bool = False


def redeem(*, county: str, request: Request, at: datetime, on: date, by: str) -> Bill:
    """Pay a bill: LTCI first, the voucher's ratio of the rest, the purses of the card, the person what remains.

    Person, card and voucher are locked, then checked: usable on this day, in the group of the bill, the provider
    listed on each service day, no service after death. Ratio and cap are those that the voucher carries; purses pay
    in the order of the pack, each what its fund may buy. The parts of each line sum to its fee; neither voucher nor
    purse pays more than is left on it, else ``ledger.insufficient``. Without a voucher the card alone pays.

    Refusals: ``redemption.*``, ``grant.*``, ``card.*``, ``provider.*``, ``quote.ltci_over_fees``, ``input.*``.
    """
    if request.ltci_fen is not None:
        whole(request.ltci_fen, "ltci_fen", least=0)
    with transaction.atomic():
        payers = find(county=county, request=request, at=at, on=on)
        bill = Bill(
            county=county,
            id=new_id(),
            person=payers.person,
            provider_id=request.provider_id,
            month=str(payers.month),
            state=Bill.State.BOOKED,
            fee_fen=0,
            request=request.as_dict(),
            identified_by=request.identified_by,
            confirmed_by=request.confirmed_by,
            made_by=by,
            handed_in_at=at,
        )
        book(bill=bill, payers=payers, request=request, at=at, on=on, by=by)
    return bill


def hand_in(*, county: str, request: Request, at: datetime, on: date, by: str) -> Bill:
    """Leave a bill to be booked by the month's run; nothing is paid yet, and its number may be asked after.

    The bill is read as for booking, so that what is wrong is said now.
    """
    with transaction.atomic():
        payers = find(county=county, request=request, at=at, on=on)
        provider = provider_of(request.provider_id)
        served = serving(payers.card, provider, request.charges)
        partner = partner_of(provider, served or county) if payers.card else None
        found = read(
            county=county,
            person=payers.person,
            provider=provider,
            charges=request.charges,
            month=payers.month,
            on=on,
            rules=payers.rules(county),
            discounts=discounts_of(partner, {charge.service_on for charge in request.charges}),
            served_in=served,
        )
        grant = None if served else payers.voucher_for(found, partner, on=on)
        bill = Bill(
            county=county,
            id=new_id(),
            person=payers.person,
            provider=provider,
            month=str(payers.month),
            category=found.category if grant else found.whole_category,
            grant=grant,
            card=payers.card,
            state=Bill.State.HANDED_IN,
            fee_fen=found.fee_fen,
            self_fen=found.fee_fen,
            request=request.as_dict(),
            identified_by=request.identified_by,
            confirmed_by=request.confirmed_by,
            made_by=by,
            handed_in_at=at,
            served_in=served,
        )
        insert_numbered(bill, Month.parse(bill.month))
        note(
            county=county,
            at=at,
            actor=by,
            act="redemption.hand_in",
            subject="bill",
            subject_id=bill.id,
            fen=found.fee_fen,
        )
    return bill


def book_handed_in(*, county: str, bill_id: UUID, at: datetime, on: date, by: str) -> Bill:
    """Book a bill that was handed in, or keep it as refused with the code that says why. Booking twice is once.

    While a death before its services is only reported the bill goes on waiting, as long as its voucher may be used.
    """
    with transaction.atomic():
        kept = Bill.objects.filter(county=county, id=bill_id).first()
        if kept is None or (kept.grant_id is None and kept.card_id is None):
            raise UNKNOWN_BILL("bill")
        request = _request_of(kept)
        try:
            with transaction.atomic():
                found = payers(
                    county,
                    kept.person_id,
                    Month.parse(kept.month),
                    request.charges,
                    grant_id=kept.grant_id,
                    card_only=request.card_only,
                    is_shown=kept.identified_by == "medium",
                )
                bill = Bill.objects.select_for_update().get(county=county, id=bill_id)
                if bill.state != Bill.State.HANDED_IN:
                    return bill
                book(bill=bill, payers=found, request=request, at=at, on=on, by=by)
        except Refusal as refusal:
            bill = Bill.objects.select_for_update().get(county=county, id=bill_id)
            if refusal.reason is DEATH_REPORTED:
                return bill
            BILL.move(bill, "refuse")
            bill.refusal = refusal.code
            bill.save(update_fields=["state", "refusal"])
            note(
                county=county,
                at=at,
                actor=by,
                act="redemption.refuse",
                subject="bill",
                subject_id=bill.id,
                code=refusal.code,
            )
    return bill


def _request_of(bill: Bill) -> Request:
    """The request of a bill that was handed in, as it was then; who is served stands in the bill itself."""
    kept = bill.request
    return Request(
        provider_id=bill.provider_id,
        charges=tuple(Charge.of_dict(line) for line in kept["lines"]),
        ltci_fen=kept["ltci_fen"],
        confirmed_by=bill.confirmed_by,
        with_credits=kept.get("with_credits", False),
        card_only=kept.get("card_only", False),
    )


def book(*, bill: Bill, payers: Payers, request: Request, at: datetime, on: date, by: str) -> None:
    """Read, decide, write: book a bill on what is locked. The caller holds the transaction."""
    county = bill.county
    if payers.card is None and payers.grant is not None:
        require_usable(payers.grant, on=on)
    provider = provider_of(request.provider_id)
    served = bill.served_in = serving(payers.card, provider, request.charges)
    partner = partner_of(provider, served or county) if payers.card else None
    rules: Terms = payers.rules(county)
    found = read(
        county=county,
        person=payers.person,
        provider=provider,
        charges=request.charges,
        month=payers.month,
        on=on,
        rules=rules,
        discounts=discounts_of(partner, {charge.service_on for charge in request.charges}),
        served_in=served,
    )
    require_alive(person=payers.person, lines=found.lines)
    bill.grant, bill.card = None if served else payers.voucher_for(found, partner, on=on), payers.card
    source = None
    if bill.grant is None:
        bill.category = found.whole_category
        require_accepted(
            county=served or county,
            provider=provider,
            partner=partner,
            lines=found.lines,
            category=bill.category,
            rules=rules,
        )
        lines = shared_lines(bill, found, ratio=None, room_fen=0, ltci_fen=request.ltci_fen or 0)
    else:
        require_usable(bill.grant, on=on)
        bill.category = found.category
        require_listed(county=county, provider=provider, lines=found.lines, category=bill.category, rules=rules)
        source, lines = _by_voucher(bill, bill.grant, found, request, at=at, on=on)
    if request.with_credits and not served:
        schemes = schemes_held(county=county, person_id=payers.person.id, on=on)
        spend_credits(person_id=payers.person.id, provider=provider, lines=lines, schemes=schemes, at=at, on=on, by=by)
    takings: Sequence[Taking] = ()
    if payers.card is not None:
        takings = share_rest(card=payers.card, lines=lines, on=on, rules=rules_of(county, payers.month.first))
    booking = Booking(
        source=source,
        evidence=found.lines,
        year=payers.month.year,
        provisional=request.ltci_fen is None,
        takings=takings,
        is_shown=bill.identified_by == "medium",
    )
    write(bill=bill, lines=lines, booking=booking, at=at, on=on, by=by)


def _by_voucher(
    bill: Bill, grant: Grant, found: Reading, request: Request, *, at: datetime, on: date
) -> tuple[Account, list[Line]]:
    """Enter the voucher's group and share the lines by the ratio and cap that it carries."""
    if request.hold is not None:
        capture(county=bill.county, hold_id=request.hold, at=at, on=on)
    enter_group(grant, category=bill.category, at=at, on=on)
    source = Account.objects.select_related("fund").get(county=bill.county, id=grant.purse_id)
    ratio = Fraction(grant.terms[bill.category][0])
    lines = shared_lines(bill, found, ratio=ratio, room_fen=source.balance or 0, ltci_fen=request.ltci_fen or 0)
    if grant.used_on is None:
        grant.used_on = on
        grant.save(update_fields=["category", "face_fen", "used_on"])
    return source, lines


def shared_lines(bill: Bill, found: Reading, *, ratio: Fraction | None, room_fen: int, ltci_fen: int) -> list[Line]:
    """The lines of a bill that is about to be written, shared between insurance, other money, voucher and person."""
    shares = share_fees(
        [Fee(line.fee_fen, line.in_scope, line.other_fen) for line in found.lines],
        ratio=ratio,
        room_fen=room_fen,
        ltci_fen=ltci_fen,
    )
    grant = bill.grant
    return [
        Line(
            county=bill.county,
            id=new_id(),
            bill=bill,
            number=number,
            item=line.item,
            service_on=line.charge.service_on,
            quantity=line.charge.quantity,
            price_fen=line.price_fen,
            off_fen=line.off_fen,
            upgrade=line.upgrade,
            in_scope=line.in_scope,
            fee_fen=share.fee_fen,
            ltci_fen=share.ltci_fen,
            other_fen=share.other_fen,
            base_fen=share.base_fen,
            voucher_fen=share.voucher_fen,
            self_fen=share.self_fen,
            grant_id=grant.id if grant else None,
            category=bill.category,
            ratio=f"{ratio.numerator}/{ratio.denominator}" if ratio is not None else "",
            cap_fen=grant.terms[bill.category][1] if grant else None,
            pack=grant.pack if grant else "",
            version=grant.version if grant else "",
            steps=share.steps,
            visit=line.visit,
            stay=line.stay,
            meal=line.meal,
            rent_id=line.rent,
        )
        for number, (line, share) in enumerate(zip(found.lines, shares, strict=True), start=1)
    ]


def write(*, bill: Bill, lines: Sequence[Line], booking: Booking, at: datetime, on: date, by: str) -> None:
    """Write a shared bill: bill, lines, verdicts, transfers, trail. Each line's part is a transfer of its own."""
    county = bill.county
    bill.state = Bill.State.PROVISIONAL if booking.provisional else Bill.State.BOOKED
    bill.booked_at, bill.booked_on = at, on
    total(bill, lines)
    if bill._state.adding:
        insert_bill(bill, lines)
    else:
        bill.save()
    insert(lines)
    charge_evidence(county=county, lines=lines)
    insert(
        [
            Verdict(county=county, line=line, outcome=outcome, reasons=reasons, by=by, at=at)
            for line, priced in zip(lines, booking.evidence, strict=True)
            for outcome, reasons in [outcome_of(priced, line, is_shown=booking.is_shown and line.service_on == on)]
        ]
    )
    pay_by_voucher(bill=bill, lines=lines, source=booking.source, year=booking.year, at=at, on=on)
    if booking.takings:
        assert bill.card is not None
        draw(card=bill.card, takings=booking.takings, provider_id=bill.provider_id, at=at, on=on, by=by)
    note(
        county=county,
        at=at,
        actor=by,
        act="redemption.redeem",
        subject="bill",
        subject_id=bill.id,
        fee_fen=bill.fee_fen,
        voucher_fen=bill.voucher_fen,
        purse_fen=bill.purse_fen,
        card=str(bill.card_id or ""),
        provider=bill.provider_id,
    )


def pay_by_voucher(
    *, bill: Bill, lines: Sequence[Line], source: Account | None, year: int, at: datetime, on: date
) -> None:
    """Move the voucher's parts from where its money stands to what the county owes the provider."""
    paid = [line for line in lines if line.voucher_fen > 0]
    if not paid:
        return
    assert source is not None
    programme = bill.grant.programme if bill.grant else PROGRAMME
    owed = payable(county=bill.county, programme=programme, year=year, provider_id=bill.provider_id)
    moves = [Move(source, owed, line.voucher_fen, "redeem", about=line.id) for line in paid]
    post(county=bill.county, moves=moves, at=at, on=on)


def total(bill: Bill, lines: Sequence[Line]) -> None:
    """A bill is the sum of its lines, payer by payer."""
    bill.fee_fen = sum(line.fee_fen for line in lines)
    bill.ltci_fen = sum(line.ltci_fen for line in lines)
    bill.other_fen = sum(line.other_fen for line in lines)
    bill.voucher_fen = sum(line.voucher_fen for line in lines)
    bill.credit_fen = sum(line.credit_fen for line in lines)
    bill.purse_fen = sum(line.purse_fen for line in lines)
    bill.self_fen = sum(line.self_fen for line in lines)


def charge_evidence(*, county: str, lines: Sequence[Line]) -> None:
    """A visit, a meal or the rent of days is charged by one line, beside the difference to an upgraded item.

    Whoever comes second is refused with ``redemption.visit_billed``, ``redemption.meal_billed`` or
    ``redemption.rent_billed``.
    """
    base = [line for line in lines if line.upgrade_id is None]
    for visit_id, line_id in sorted((line.visit_id, line.id) for line in base if line.visit_id is not None):
        free = Visit.objects.filter(county=county, id=visit_id, billed_line=None)
        if not free.update(billed_line=line_id):
            raise VISIT_BILLED("visit")
    for meal_id, line_id in sorted((line.meal_id, line.id) for line in base if line.meal_id is not None):
        if not mark_charged(county=county, line_id=meal_id, billed_line=line_id):
            raise MEAL_BILLED("meal")
    for rent_id, line_id in sorted((line.rent_id, line.id) for line in base if line.rent_id is not None):
        if not mark_rent_charged(county=county, line_id=rent_id, billed_line=line_id):
            raise RENT_BILLED("rent")


def free_evidence(*, county: str, lines: Sequence[Line]) -> None:
    """What reversed lines charged may be charged again."""
    for line in sorted(lines, key=lambda one: one.id):
        if line.visit_id is not None:
            Visit.objects.filter(county=county, id=line.visit_id, billed_line=line.id).update(billed_line=None)
        if line.meal_id is not None:
            mark_reversed(county=county, line_id=line.meal_id, billed_line=line.id)
        if line.rent_id is not None:
            mark_rent_reversed(county=county, line_id=line.rent_id, billed_line=line.id)


def capture(*, county: str, hold_id: UUID, at: datetime, on: date) -> Hold:
    """End a hold and put its money back into the purse, for the bill that is about to be paid from it."""
    row = take(county=county, hold_id=hold_id)
    HOLD.move(row, "capture")
    purse = Account.objects.get(county=county, id=row.grant.purse_id)
    post(county=county, moves=[Move(row.account, purse, row.amount_fen, "capture", about=row.id)], at=at, on=on)
    row.ended_at = at
    row.save(update_fields=["state", "ended_at"])
    return row


def insert_bill(bill: Bill, lines: Sequence[Line]) -> None:
    """Write a new bill under a number of its own; its lines go with it where it had to take another id."""
    insert_numbered(bill, Month.parse(bill.month))
    for line in lines:
        line.bill = bill


_PROVIDER = Ready(lambda provider_id: Provider.objects.filter(id=provider_id))


def provider_of(provider_id: int) -> Provider:
    provider = _PROVIDER.first(provider_id=provider_id)
    if provider is None:
        raise UNKNOWN_PROVIDER("provider")
    return provider
