"""Pay a bill with a voucher 核销: the whole rule, top to bottom, in one transaction."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from fractions import Fraction
from typing import Any
from uuid import UUID

from django.db import transaction

from songhe.county.key import new_id
from songhe.document.number import of_id
from songhe.grant.choose import UNKNOWN, lock, require_usable
from songhe.grant.fund import payable
from songhe.grant.hold import enter_group, take
from songhe.grant.models import Grant, Hold
from songhe.grant.states import HOLD
from songhe.kernel.month import Month
from songhe.kernel.refusal import Refusal, reason, whole
from songhe.ledger.models import Account
from songhe.ledger.post import Move, post
from songhe.person.code import burn, who
from songhe.person.models import Person
from songhe.policy.terms import Terms, terms
from songhe.provider.models import Provider
from songhe.redemption.bill import DEATH_REPORTED, Charge, Priced, read, require_alive, require_listed
from songhe.redemption.models import Bill, Line, Verdict
from songhe.redemption.share import Fee, Share, share_fees
from songhe.redemption.states import BILL
from songhe.redemption.verdict import outcome_of
from songhe.service.models import Visit
from songhe.trail.note import note

HOW_IDENTIFIED = reason(
    "redemption.how_identified",
    zh="请给出券号或老年人的码，二者选一。",
    en="Name the voucher by its number or the person by a medium, one of the two.",
)
NO_VOUCHER = reason(
    "redemption.no_voucher",
    zh="这位老年人{month}没有消费券。",
    en="This person has no voucher for {month}.",
    status=404,
)
UNKNOWN_PROVIDER = reason(
    "redemption.unknown_provider", zh="没有这家机构。", en="There is no such provider.", status=404
)
VISIT_BILLED = reason(
    "redemption.visit_billed", zh="这次服务已经入过账。", en="This visit was billed already.", status=409
)
UNKNOWN_BILL = reason("redemption.unknown_bill", zh="没有这张账单。", en="There is no such bill.", status=404)

PROGRAMME = "consumption-voucher"


@dataclass(frozen=True)
class Request:
    """A bill as a provider hands it in. Exactly one of ``grant_no`` and ``medium`` says whose voucher pays.

    ``medium`` is whatever was scanned, read out or typed: a code, its number, or the number of a card.
    ``ltci_fen`` None: long-term care insurance has not answered yet, and the bill is booked provisionally.
    ``confirmed_by``: elder, proxy, staff or nobody.
    """

    provider_id: int
    charges: tuple[Charge, ...]
    grant_no: str | None = None
    medium: str | None = None
    ltci_fen: int | None = 0
    confirmed_by: str = ""
    hold: UUID | None = None

    def as_dict(self) -> dict[str, Any]:
        return {"lines": [charge.as_dict() for charge in self.charges], "ltci_fen": self.ltci_fen}


def redeem(*, county: str, request: Request, at: datetime, on: date, by: str) -> Bill:
    """Pay a bill with the month's voucher: LTCI first, the voucher's ratio of the rest, the person what remains.

    Person and voucher are locked, then checked: usable on this day, in the group of the bill, the provider listed on
    each service day, no service after death. Ratio and cap are those that the voucher carries. The parts of each
    line sum to its fee; the voucher never pays more than is left on it, else ``ledger.insufficient``.

    Refusals: ``redemption.*``, ``grant.*``, ``quote.ltci_over_fees``, ``input.*``.
    """
    if request.ltci_fen is not None:
        whole(request.ltci_fen, "ltci_fen", least=0)
    with transaction.atomic():
        person, grant = find(county=county, request=request, at=at, on=on)
        bill = Bill(
            county=county,
            id=new_id(),
            person=person,
            provider_id=request.provider_id,
            month=grant.month,
            grant=grant,
            state=Bill.State.BOOKED,
            fee_fen=0,
            request=request.as_dict(),
            identified_by="medium" if request.medium else "grant_no",
            confirmed_by=request.confirmed_by,
            made_by=by,
            handed_in_at=at,
        )
        book(bill=bill, person=person, grant=grant, request=request, at=at, on=on, by=by)
    return bill


def hand_in(*, county: str, request: Request, at: datetime, on: date, by: str) -> Bill:
    """Leave a bill to be booked by the month's run; nothing is paid yet, and its number may be asked after.

    The bill is read as for booking, so that what is wrong is said now.
    """
    with transaction.atomic():
        person, grant = find(county=county, request=request, at=at, on=on)
        provider = provider_of(request.provider_id)
        rules = terms(policy=grant.programme, place=county, on=grant.valid_from)
        found = read(
            county=county,
            person=person,
            provider=provider,
            charges=request.charges,
            month=Month.parse(grant.month),
            on=on,
            rules=rules,
        )
        bill = Bill(
            county=county,
            id=new_id(),
            person=person,
            provider=provider,
            month=grant.month,
            category=found.category,
            grant=grant,
            state=Bill.State.HANDED_IN,
            fee_fen=found.fee_fen,
            self_fen=found.fee_fen,
            request=request.as_dict(),
            identified_by="medium" if request.medium else "grant_no",
            confirmed_by=request.confirmed_by,
            made_by=by,
            handed_in_at=at,
        )
        bill.no = free_number(bill)
        bill.save(force_insert=True)
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
        if kept is None or kept.grant_id is None:
            raise UNKNOWN_BILL("bill")
        person = _lock_person(county, kept.person_id)
        grant = lock(county=county, grant_id=kept.grant_id)
        bill = Bill.objects.select_for_update().get(county=county, id=bill_id)
        if bill.state != Bill.State.HANDED_IN:
            return bill
        request = Request(
            provider_id=bill.provider_id,
            charges=tuple(Charge.of_dict(line) for line in bill.request["lines"]),
            ltci_fen=bill.request["ltci_fen"],
            confirmed_by=bill.confirmed_by,
        )
        try:
            with transaction.atomic():
                book(bill=bill, person=person, grant=grant, request=request, at=at, on=on, by=by)
        except Refusal as refusal:
            bill.refresh_from_db()
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


def find(*, county: str, request: Request, at: datetime, on: date) -> tuple[Person, Grant]:
    """Whose voucher pays, both rows locked: the person first, then the voucher.

    A code that was scanned or read out is burnt here, in the transaction of the bill: of two that come with one code
    the second is refused with ``person.code_used``, and a bill that is refused leaves the code as it was. Refuses as
    ``person.code.who`` does, or with ``redemption.how_identified``, ``grant.unknown`` or ``redemption.no_voucher``.
    """
    if (request.grant_no is None) == (request.medium is None):
        raise HOW_IDENTIFIED("grant_no")
    if request.grant_no is not None:
        row = Grant.objects.filter(county=county, no=request.grant_no).values_list("id", "person_id").first()
        if row is None:
            raise UNKNOWN("grant_no")
        return _lock_person(county, row[1]), lock(county=county, grant_id=row[0])
    assert request.medium is not None
    shown = who(
        county=county,
        given=request.medium,
        confirmed_by=request.confirmed_by,
        at=at,
        reader=f"provider:{request.provider_id}",
    )
    person = _lock_person(county, shown.medium.person_id)
    burn(shown)
    month = Month.of(min((charge.service_on for charge in request.charges), default=on))
    grant_id = (
        Grant.objects.filter(county=county, person_id=person.id, programme=PROGRAMME, month=str(month))
        .values_list("id", flat=True)
        .first()
    )
    if grant_id is None:
        raise NO_VOUCHER("medium", month=month)
    return person, lock(county=county, grant_id=grant_id)


def book(*, bill: Bill, person: Person, grant: Grant, request: Request, at: datetime, on: date, by: str) -> None:
    """Read, decide, write: book a bill on a locked voucher. The caller holds the transaction."""
    county, month = bill.county, Month.parse(grant.month)
    require_usable(grant, on=on)
    provider = provider_of(request.provider_id)
    rules: Terms = terms(policy=grant.programme, place=county, on=grant.valid_from)
    found = read(
        county=county, person=person, provider=provider, charges=request.charges, month=month, on=on, rules=rules
    )
    require_alive(person=person, lines=found.lines)
    category = found.category
    require_listed(county=county, provider=provider, lines=found.lines, category=category, rules=rules)
    if request.hold is not None:
        capture(county=county, hold_id=request.hold, at=at, on=on)
    enter_group(grant, category=category, at=at, on=on)
    purse = Account.objects.select_related("fund").get(county=county, id=grant.purse_id)
    ratio, cap_fen = Fraction(grant.terms[category][0]), grant.terms[category][1]
    shares = share_fees(
        [Fee(line.fee_fen, line.item.in_scope, line.charge.other_fen) for line in found.lines],
        ratio=ratio,
        room_fen=purse.balance or 0,
        ltci_fen=request.ltci_fen or 0,
    )
    lines = [
        Line(
            county=county,
            id=new_id(),
            bill=bill,
            number=number,
            item=line.item,
            service_on=line.charge.service_on,
            quantity=line.charge.quantity,
            price_fen=line.price_fen,
            in_scope=line.item.in_scope,
            fee_fen=share.fee_fen,
            ltci_fen=share.ltci_fen,
            other_fen=share.other_fen,
            base_fen=share.base_fen,
            voucher_fen=share.voucher_fen,
            self_fen=share.self_fen,
            grant_id=grant.id,
            category=category,
            ratio=f"{ratio.numerator}/{ratio.denominator}",
            cap_fen=cap_fen,
            pack=grant.pack,
            version=grant.version,
            steps=share.steps,
            visit=line.visit,
            stay=line.stay,
        )
        for number, (line, share) in enumerate(zip(found.lines, shares, strict=True), start=1)
    ]
    if grant.used_on is None:
        grant.used_on = on
        grant.save(update_fields=["category", "face_fen", "used_on"])
    bill.category = category
    write(
        bill=bill,
        lines=lines,
        source=purse,
        evidence=found.lines,
        provisional=request.ltci_fen is None,
        year=month.year,
        at=at,
        on=on,
        by=by,
    )


def write(
    *,
    bill: Bill,
    lines: Sequence[Line],
    source: Account,
    evidence: Sequence[Priced],
    provisional: bool,
    year: int,
    at: datetime,
    on: date,
    by: str,
) -> None:
    """Write a shared bill: bill, lines, verdicts, transfers, trail. Each line's part is a transfer of its own."""
    county = bill.county
    bill.state = Bill.State.PROVISIONAL if provisional else Bill.State.BOOKED
    bill.booked_at, bill.booked_on = at, on
    total(bill, lines)
    if bill._state.adding:
        bill.no = free_number(bill)
        bill.save(force_insert=True)
    else:
        bill.save()
    Line.objects.bulk_create(lines)
    charge_visits(county=county, lines=lines)
    Verdict.objects.bulk_create(
        [
            Verdict(county=county, line=line, outcome=outcome, reasons=reasons, by=by, at=at)
            for line, priced in zip(lines, evidence, strict=True)
            for outcome, reasons in [outcome_of(priced)]
        ]
    )
    programme = bill.grant.programme if bill.grant else PROGRAMME
    owed = payable(county=county, programme=programme, year=year, provider_id=bill.provider_id)
    post(
        county=county,
        moves=[Move(source, owed, line.voucher_fen, "redeem", about=line.id) for line in lines if line.voucher_fen > 0],
        at=at,
        on=on,
    )
    note(
        county=county,
        at=at,
        actor=by,
        act="redemption.redeem",
        subject="bill",
        subject_id=bill.id,
        fee_fen=bill.fee_fen,
        voucher_fen=bill.voucher_fen,
        provider=bill.provider_id,
    )


def total(bill: Bill, lines: Sequence[Line | Share]) -> None:
    bill.fee_fen = sum(line.fee_fen for line in lines)
    bill.ltci_fen = sum(line.ltci_fen for line in lines)
    bill.other_fen = sum(line.other_fen for line in lines)
    bill.voucher_fen = sum(line.voucher_fen for line in lines)
    bill.self_fen = sum(line.self_fen for line in lines)


def charge_visits(*, county: str, lines: Sequence[Line]) -> None:
    """A visit is charged by one line: whoever comes second is refused with ``redemption.visit_billed``."""
    charged = sorted((line.visit_id, line.id) for line in lines if line.visit_id is not None)
    for visit_id, line_id in charged:
        free = Visit.objects.filter(county=county, id=visit_id, billed_line=None)
        if not free.update(billed_line=line_id):
            raise VISIT_BILLED("visit")


def capture(*, county: str, hold_id: UUID, at: datetime, on: date) -> Hold:
    """End a hold and put its money back into the purse, for the bill that is about to be paid from it."""
    row = take(county=county, hold_id=hold_id)
    HOLD.move(row, "capture")
    purse = Account.objects.get(county=county, id=row.grant.purse_id)
    post(county=county, moves=[Move(row.account, purse, row.amount_fen, "capture", about=row.id)], at=at, on=on)
    row.ended_at = at
    row.save(update_fields=["state", "ended_at"])
    return row


def free_number(bill: Bill) -> str:
    """The bill's number, made of its own id; in the rare case that it is taken the bill gets another id."""
    while True:
        no = of_id(bill.county, Month.parse(bill.month), bill.id)
        if not Bill.objects.filter(county=bill.county, no=no).exists():
            return no
        bill.id = new_id()


def provider_of(provider_id: int) -> Provider:
    provider = Provider.objects.filter(id=provider_id).first()
    if provider is None:
        raise UNKNOWN_PROVIDER("provider")
    return provider


def _lock_person(county: str, person_id: UUID) -> Person:
    """The person's row, so that a death that is being verified comes before or after, never in between."""
    return Person.rows.select_for_update().get(county=county, id=person_id)
