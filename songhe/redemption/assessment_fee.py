"""The assessment voucher 评估券: the fee of an assessment, up to 100 yuan as spent, once a programme window."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from django.db import transaction

from songhe.assessment.models import Assessment
from songhe.county.key import new_id
from songhe.document.number import number, take
from songhe.eligibility.models import Determination
from songhe.grant.fund import accounts
from songhe.grant.models import Claim, Grant
from songhe.kernel.month import Month
from songhe.kernel.refusal import reason, whole
from songhe.ledger.fund import open_account
from songhe.ledger.models import Account
from songhe.ledger.post import Move, post
from songhe.person.models import Person, identity_of
from songhe.policy.evaluate import written_ratio
from songhe.policy.quote import Quote, quote
from songhe.policy.resolve import library
from songhe.policy.terms import Terms, terms
from songhe.provider.models import Provider
from songhe.redemption.bill import ABOVE_PRICE, Charge, Priced, catalogue, in_force, price_for, price_lists
from songhe.redemption.models import Bill, Line, Reversal
from songhe.redemption.redeem import Booking, write

PROGRAMME = "assessment-voucher"
CONSUMPTION = "consumption-voucher"
GROUP = "assessment"
ITEM = "assessment"

UNKNOWN = reason("redemption.unknown_assessment", zh="没有这次评估。", en="There is no such assessment.", status=404)
NOT_EFFECTIVE = reason(
    "redemption.assessment_not_effective",
    zh="评估结果还没有生效，评估费不能入账。",
    en="The assessment has no effective result yet; its fee cannot be booked.",
    status=409,
)
ALREADY_PAID = reason(
    "redemption.assessment_paid",
    zh="这次评估的费用已经入账。",
    en="The fee of this assessment was booked already.",
    status=409,
)


def pay_assessment(*, county: str, assessment_id: UUID, fee_fen: int, at: datetime, on: date, by: str) -> Bill:
    """Book the fee of an assessment, and let the assessment voucher pay for it where it may (001, answer 9).

    The voucher pays the fee as spent, up to the cap, when the result qualifies **and** the person is entitled to the
    consumption voucher, once per person and programme window in the whole country. Otherwise the place's setting
    ``assessment_payer_below`` says who pays: ``local`` books it as local money, unset or ``self`` as own pay.

    Refuses with ``redemption.unknown_assessment``, ``redemption.assessment_not_effective``,
    ``redemption.assessment_paid``, ``redemption.above_price``, ``redemption.no_price`` or ``ledger.insufficient``
    when the month's budget for assessment vouchers is spent.
    """
    whole(fee_fen, "fee_fen", least=1)
    with transaction.atomic():
        found = Assessment.rows.filter(county=county, id=assessment_id).first()
        if found is None or found.body is None or found.assessed_on is None:
            raise UNKNOWN("assessment")
        person = Person.rows.select_for_update().get(county=county, id=found.person_id)
        if found.state not in {Assessment.State.EFFECTIVE, Assessment.State.REPLACED}:
            raise NOT_EFFECTIVE("assessment")
        paid = Line.objects.filter(county=county, assessment_id=found.id)
        if paid.exclude(id__in=Reversal.objects.filter(county=county).values("line_id")).exists():
            raise ALREADY_PAID("assessment")
        priced = _priced(county, found.body, found.assessed_on, fee_fen)
        rules = terms(policy=PROGRAMME, place=county, on=found.assessed_on)
        offer = _offer(person, found, fee_fen, county)
        grant = _grant(person, rules, offer, at, on) if offer.bill.voucher_fen else None
        return _book(found, grant, offer, rules, priced, at=at, on=on, by=by)


def _priced(county: str, body: Provider, day: date, fee_fen: int) -> Priced:
    charge = Charge(item=ITEM, service_on=day, fee_fen=fee_fen)
    items = catalogue(county, [charge])
    item = in_force(items.get(ITEM, []), charge)
    price = price_for(price_lists(body, items).get(item.id, []), charge)
    if fee_fen > price:
        raise ABOVE_PRICE("fee_fen", item=item.name, fee_fen=fee_fen, price_fen=price)
    return Priced(charge, item, price, fee_fen, GROUP)


def _offer(person: Person, found: Assessment, fee_fen: int, county: str) -> Quote:
    """What the voucher would pay, asked of the pack on the day of the assessment."""
    entitled = Determination.objects.filter(
        county=county, person_id=person.id, policy=CONSUMPTION, current=True, outcome="entitled"
    ).exists()
    day = found.assessed_on or date.min
    return quote(
        policy=library().resolve(policy=PROGRAMME, place=county, on=day),
        place=county,
        on=day,
        category=GROUP,
        fees_fen=[fee_fen],
        facts={"disability_level": found.final_level, "entitled_to_consumption_voucher": entitled},
    )


def _grant(person: Person, rules: Terms, offer: Quote, at: datetime, on: date) -> Grant | None:
    """The voucher itself, out of the month's budget; ``None`` when the window's are used up.

    The window's months serve as the slots that the national claim is made on: the first for the first voucher.
    """
    county, month = person.county, Month.of(on)
    grant = Grant(county=county, id=new_id())
    first = Month.of(rules.window.first)
    slots = [first.plus(each) for each in range(rules.assessment_times_per_window)]
    for slot in slots:
        claim = Claim(
            identity=identity_of(person), programme=PROGRAMME, month=str(slot), county=county, grant_id=grant.id
        )
        Claim.objects.bulk_create([claim], ignore_conflicts=True)
        if Claim.objects.filter(grant_id=grant.id).exists():
            break
    else:
        return None
    each = rules.open_categories[0]
    stands = accounts(county=county, programme=PROGRAMME, month=month)
    purse = open_account(fund=stands.fund, code=None, kind="purse", floor=0)
    sequence = take(county, "grant", month)
    grant = Grant(
        county=county,
        id=grant.id,
        no=number(county, month, sequence),
        person=person,
        identity=identity_of(person),
        programme=PROGRAMME,
        month=str(month),
        face_fen=offer.bill.voucher_fen,
        terms={GROUP: [written_ratio(each.ratio), each.cap_fen]},
        pack=rules.pack,
        version=rules.version,
        category=GROUP,
        purse=purse,
        valid_from=month.first,
        valid_to=month.last,
        book_until=month.last,
        used_on=on,
        issued_at=at,
    )
    grant.save(force_insert=True)
    move = Move(stands.budget, purse, grant.face_fen, "issue", about=grant.id)
    post(county=county, moves=[move], at=at, on=on)
    return grant


def _book(
    found: Assessment,
    grant: Grant | None,
    offer: Quote,
    rules: Terms,
    priced: Priced,
    *,
    at: datetime,
    on: date,
    by: str,
) -> Bill:
    (line,) = offer.bill.lines
    voucher_fen = line.voucher_fen if grant else 0
    rest = line.fee_fen - voucher_fen
    by_county = rest if grant is None and rules.assessment_payer_below == "local" else 0
    each = rules.open_categories[0]
    assert found.body is not None
    bill = Bill(
        county=found.county,
        id=new_id(),
        person_id=found.person_id,
        provider=found.body,
        month=str(Month.of(on)),
        category=GROUP,
        grant=grant,
        state=Bill.State.BOOKED,
        fee_fen=0,
        identified_by="assessment",
        made_by=by,
        handed_in_at=at,
    )
    shared = Line(
        county=found.county,
        id=new_id(),
        bill=bill,
        number=1,
        item=priced.item,
        service_on=priced.charge.service_on,
        quantity=1,
        price_fen=priced.price_fen,
        in_scope=True,
        fee_fen=line.fee_fen,
        ltci_fen=0,
        other_fen=by_county,
        base_fen=line.fee_fen - by_county,
        voucher_fen=voucher_fen,
        self_fen=rest - by_county,
        grant_id=grant.id if grant else None,
        category=GROUP,
        ratio=written_ratio(each.ratio) or "",
        cap_fen=each.cap_fen,
        pack=rules.pack,
        version=rules.version,
        steps=[step.in_both() for step in offer.steps],
        assessment=found,
    )
    write(
        bill=bill,
        lines=[shared],
        booking=Booking(source=_source(grant), evidence=[priced], year=on.year),
        at=at,
        on=on,
        by=by,
    )
    return bill


def _source(grant: Grant | None) -> Account | None:
    """Where the voucher's part comes from."""
    return Account.objects.get(county=grant.county, id=grant.purse_id) if grant else None
