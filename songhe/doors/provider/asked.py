"""What was scanned or typed, and what would come of it: whose voucher it is, and a trial that leaves nothing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db import transaction

from songhe.document import number
from songhe.doors.provider.desk import Desk
from songhe.doors.provider.receipt import Paid, left_on_card, left_on_voucher, purses_that_paid
from songhe.grant.choose import UNKNOWN as UNKNOWN_GRANT
from songhe.kernel.refusal import Refusal, reason
from songhe.kernel.typed import fold
from songhe.person.code import county_in, is_number
from songhe.person.medium import as_typed
from songhe.person.models import Medium
from songhe.redemption.find import Request
from songhe.redemption.models import Bill, Line, Verdict
from songhe.redemption.redeem import redeem
from songhe.settlement.records import with_records

NOTHING_GIVEN = reason(
    "desk.nothing_given", zh="请扫码，或输入券号、卡号。", en="Scan a code, or type the number of a voucher or card."
)
NEEDS_CONFIRMATION = reason(
    "desk.needs_confirmation",
    zh="卡片、券号只能表明身份，请选择由谁当面确认。",
    en="A card or a number only says who somebody is: say who confirmed in person.",
)


@dataclass(frozen=True)
class Given:
    """What identifies the person: a voucher's number or a medium, and the county that it is looked for in."""

    county: str
    grant_no: str | None = None
    medium: str | None = None

    @property
    def changes(self) -> bool:
        """A telephone's code, shown or read out, proves that its holder is here; a card or a number does not."""
        return self.medium is not None and (self.medium.startswith("S1.") or is_number(self.medium))


def read_given(text: str, desk: Desk, county: str = "") -> Given:
    """What was scanned or typed, as it is posted on. Refuses with ``desk.nothing_given`` or ``grant.unknown``."""
    typed = "".join(text.split())
    if not typed:
        raise NOTHING_GIVEN("given")
    home = county if county in desk.counties else desk.counties[0]
    digits = fold(typed).replace("-", "")
    if digits.isascii() and digits.isdigit() and len(digits) in (21, 24):
        grant_no = number.check(digits, field="given")
        if grant_no[:6] not in desk.counties:
            raise UNKNOWN_GRANT("given")
        return Given(grant_no[:6], grant_no=grant_no)
    own = county_in(typed)
    if own in desk.counties or (not own and is_number(digits)):
        return Given(own or home, medium=typed)
    return Given(_home_of(typed, own, home, desk) or home, medium=typed)


def _home_of(typed: str, own: str, home: str, desk: Desk) -> str:
    """The county whose card it is: one of the own counties, else one whose cards are taken here by agreement. Our own
    numbers say their county; others, of the social-security card, are looked for."""
    if own:
        return own if own in desk.homes else ""
    known = Medium.objects.filter(number=as_typed(typed), ended_at=None)
    found = (county for county in (home, *desk.counties, *desk.homes) if known.filter(county=county).exists())
    return next(found, "")


@dataclass(frozen=True)
class Trial:
    """What a bill would be if it were booked now: who pays what of which line, and what the evidence is worth."""

    bill: Bill
    lines: list[tuple[Line, Verdict]]
    left_fen: int | None
    visits: tuple[UUID | None, ...]
    paid: Sequence[Paid] = ()
    card_left_fen: int | None = None


def try_out(*, county: str, request: Request, at: datetime, on: date, by: str) -> Trial:
    """Book the bill and undo it at once, so that what is said beforehand is exactly what would happen.

    A line without evidence gets the record of that service on that day that no bill charges yet. Refuses as
    ``redemption.redeem`` does; nothing is written, and a telephone's code is not used up.
    """
    trial = _try(county, request, at, on, by)
    matched = with_records(county=county, person_id=trial.bill.person_id, request=request)
    if matched.charges == request.charges:
        return trial
    try:
        return _try(county, matched, at, on, by)
    except Refusal:
        return trial


def _try(county: str, request: Request, at: datetime, on: date, by: str) -> Trial:
    with transaction.atomic():
        bill = redeem(county=county, request=request, at=at, on=on, by=by)
        verdicts = {row.line_id: row for row in Verdict.objects.filter(county=county, line__bill_id=bill.id)}
        lines = Line.objects.filter(county=county, bill_id=bill.id).select_related("item").order_by("number")
        found = [(line, verdicts[line.id]) for line in lines]
        trial = Trial(
            bill,
            found,
            left_on_voucher(bill.grant),
            tuple(charge.visit for charge in request.charges),
            purses_that_paid(bill, [line for line, _ in found]),
            left_on_card(bill.card),
        )
        transaction.set_rollback(True)
    return trial
