"""A county's March and half of its April, through the verbs: every kind of row that the auditor asks about."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

from songhe.assessment.tests import world as assessments
from songhe.assessment.tests.world import COUNTY, at, elder
from songhe.card.tests import world as cards
from songhe.entitlement.models import Application, Ending, Entitlement
from songhe.grant.expire import expire
from songhe.grant.hold import hold, release
from songhe.grant.models import Grant
from songhe.grant.revoke import revoke
from songhe.grant.tests.world import MARCH, PROGRAMME, TENTH, budget, entitled, run_issue
from songhe.jobs.once import once
from songhe.kernel.month import Month
from songhe.person.event import report, verify
from songhe.person.models import Person, Status
from songhe.policy.models import PackRelease
from songhe.provider.bank import approve, propose
from songhe.provider.models import Price, Provider, Suspension
from songhe.redemption.assessment_fee import pay_assessment
from songhe.redemption.bill import Charge
from songhe.redemption.find import Request
from songhe.redemption.redeem import book_handed_in, hand_in
from songhe.redemption.reverse import amend, reverse, true_up
from songhe.redemption.tests.world import START, bath, item, pay, provider, stay_of, visit_of
from songhe.service.models import Override, Visit
from songhe.settlement.tests import make
from songhe.trail.seal import seal

APRIL = Month(2026, 4)
APRIL_1, APRIL_10 = date(2026, 4, 1), date(2026, 4, 10)
BODY = "assessment-voucher"


def payee(**fields) -> Provider:
    """A provider with prices and a bank account in force."""
    made = provider(**fields)
    since = at(date(2026, 1, 5))
    account = propose(provider=made, holder=made.name, bank="样例银行", number="6222000011116789", at=since, by="clerk")
    approve(account=account, at=since, by="head")
    return made


def paid_by_visit(grant: Grant, who: Provider, fee_fen: int, **more):
    visit = visit_of(grant, who, day=more.pop("day", 9))
    return pay(grant, who, bath(fee_fen, day=visit.service_on.day, visit=visit.id), **more)


def live() -> None:
    """March is settled, paid and closed; in April bills are paid, one of March is reversed, and a hold stands."""
    item("haircut", in_scope=False)
    item("bed", category="institution_long", evidence="stay")
    home = payee(prices={"bath": 100_000, "haircut": 3_000, "bed": 100_000})
    other = payee(prices={"bath": 100_000})
    rights = [_right(category="home") for _ in range(8)] + [_right(category="institution_long"), _right(category="")]
    for month in (MARCH, APRIL):
        budget(1_200_000, month=month)
        budget(50_000, month=month, programme=BODY)
    run_issue()
    grants = [Grant.objects.get(county=COUNTY, entitlement=right, month="2026-03") for right in rights]
    bills = _march(grants, home, other)
    _people(rights)
    _assessment_paid()
    _close_march()
    _april(rights, home, bills)
    seal(county=COUNTY)
    cards.live()


def _right(**fields) -> Entitlement:
    person = elder(identity=None)
    application = Application.rows.create(
        county=COUNTY,
        no=f"A{person.id.hex[:20]}",
        person=person,
        policy=PROGRAMME,
        state="approved",
        channel="counter",
        opened_by="clerk",
        opened_at=at(date(2026, 2, 1)),
        reviewed_by="clerk",
        decided_by="approver",
        decided_at=at(date(2026, 2, 20)),
    )
    return entitled(person=person, application=application, **fields)


def _march(grants, home, other):
    plain, reversed_, amended, provisional, held, let_go, double, empty, resident, unchosen = grants
    bills = {"plain": paid_by_visit(plain, home, 60_000)}
    paid_by_visit(plain, other, 33_333, day=10)
    back = paid_by_visit(reversed_, home, 50_000)
    reverse(county=COUNTY, bill_no=back.no, because="录错", at=at(TENTH, 10), on=TENTH, by="manager")
    bills["late"] = paid_by_visit(reversed_, home, 40_000, day=10)
    large = paid_by_visit(amended, home, 90_001)
    amend(
        county=COUNTY, bill_no=large.no, number=1, fee_fen=70_001, because="多记", at=at(TENTH), on=TENTH, by="manager"
    )
    waiting = paid_by_visit(provisional, other, 80_000, ltci_fen=None)
    true_up(county=COUNTY, bill_no=waiting.no, ltci_fen=30_000, at=at(TENTH), on=TENTH, by="insurer")
    kept = _hold(held, home, 30_000)
    paid_by_visit(held, home, 70_000, hold=kept.id)
    gone = _hold(let_go, home, 10_000)
    release(county=COUNTY, hold_id=gone.id, at=at(TENTH), on=TENTH, by="manager")
    _hold(let_go, home, 20_000)
    visit = visit_of(double, home)
    pay(double, home, bath(20_000, visit=visit.id), Charge("haircut", date(2026, 3, 9)))
    stay = stay_of(resident, home)
    pay(resident, home, Charge("bed", date(2026, 3, 9), stay=stay.id), ltci_fen=40_000)
    request = Request(provider_id=other.id, charges=(bath(15_000),), grant_no=unchosen.no)
    kept = hand_in(county=COUNTY, request=request, at=at(TENTH), on=TENTH, by="manager")
    book_handed_in(county=COUNTY, bill_id=kept.id, at=at(TENTH, 11), on=TENTH, by="run:redeem")
    late = hand_in(
        county=COUNTY, request=replace(request, charges=(bath(8_000),)), at=at(TENTH), on=TENTH, by="manager"
    )
    revoke(county=COUNTY, grant_id=empty.id, because="误发", by="clerk", approved_by="head", at=at(TENTH), on=TENTH)
    once(county=COUNTY, client="home", key="k1", body={}, at=at(TENTH), do=lambda: {"no": bills["plain"].no})
    expire(county=COUNTY, programme=PROGRAMME, month=MARCH, on=APRIL_1, clock=lambda: at(APRIL_1))
    book_handed_in(county=COUNTY, bill_id=late.id, at=at(APRIL_1, 11), on=APRIL_1, by="run:redeem")
    return bills


def _hold(grant: Grant, who: Provider, amount_fen: int, on: date = TENTH):
    return hold(
        county=COUNTY,
        grant_id=grant.id,
        provider_id=who.id,
        category="home",
        amount_fen=amount_fen,
        at=at(on),
        on=on,
        until=at(on) + timedelta(days=30),
        by="manager",
    )


def _people(rights) -> None:
    """A death that is verified, an ending, a status, an override, a release: rows that two people stand behind."""
    right = rights[6]
    person = Person.rows.get(county=COUNTY, id=right.person_id)
    event = report(
        person=person,
        kind="death",
        happened_on=date(2026, 3, 20),
        source="家属",
        on=date(2026, 3, 22),
        at=at(date(2026, 3, 22)),
        by="family",
    )
    verify(event=event, on=date(2026, 3, 25), at=at(date(2026, 3, 25)), by="clerk")
    Ending.objects.create(
        county=COUNTY,
        entitlement=right,
        event=event,
        because="death",
        happened_on=date(2026, 3, 20),
        reported_by="family",
        reported_at=at(date(2026, 3, 22)),
        verified_by="clerk",
        verified_at=at(date(2026, 3, 25)),
        made_at=at(date(2026, 3, 25)),
    )
    Entitlement.objects.filter(county=COUNTY, id=right.id).update(last_month="2026-03", state="stopped")
    for first, last in ((date(2025, 1, 1), date(2025, 6, 30)), (date(2025, 7, 1), None)):
        Status.objects.create(
            county=COUNTY,
            person_id=rights[0].person_id,
            kind="low_income",
            valid_from=first,
            valid_to=last,
            source="民政",
            known_at=at(date(2025, 7, 1)),
        )
    Override.objects.create(
        county=COUNTY,
        visit=Visit.objects.filter(county=COUNTY).order_by("id").first(),
        verdict="pass",
        reason="补交签字单",
        state="granted",
        asked_by="manager",
        asked_at=at(TENTH),
        decided_by="clerk",
        decided_at=at(TENTH),
    )
    PackRelease.objects.create(
        pack="370799/consumption-voucher/2026",
        version="0" * 12,
        state="superseded",
        first_on=date(2026, 1, 1),
        created_by="clerk",
        created_at=at(date(2025, 12, 1)),
        reviewed_by="head",
        reviewed_at=at(date(2025, 12, 2)),
    )
    suspended = provider()
    Suspension.objects.create(
        provider=suspended, county=COUNTY, since=date(2026, 3, 1), because="抽查", by="head", at=at(date(2026, 3, 1))
    )


def _assessment_paid() -> None:
    """One assessment that a voucher pays, and one that the person pays."""
    for scores in (assessments.MODERATE, assessments.MILD):
        right = entitled(category="home", state="suspended")
        found = assessments.effective(right.person, scores=scores)
        Price.objects.create(
            provider=found.body,
            item=item("assessment", category="assessment", evidence="assessment"),
            valid_from=START,
            price_fen=12_000,
        )
        pay_assessment(
            county=COUNTY, assessment_id=found.id, fee_fen=12_000, at=at(TENTH), on=TENTH, by=f"body-{found.body_id}"
        )


def _close_march() -> None:
    """Gathered, confirmed by the providers, approved, paid, read back and closed."""
    from songhe.settlement.close import close

    expire(county=COUNTY, programme=BODY, month=MARCH, on=APRIL_1, clock=lambda: at(APRIL_1))
    for programme in (PROGRAMME, BODY):
        make.gathered(MARCH, programme=programme)
    from songhe.settlement.models import Statement

    for each in Statement.objects.filter(county=COUNTY, programme=PROGRAMME).order_by("no"):
        make.approved(each.provider, MARCH)
    sent = make.released(MARCH)
    make.read_back(make.answer(sent), on=date(2026, 4, 7))
    for each in Statement.objects.filter(county=COUNTY, programme=BODY).order_by("no"):
        _pay_body(each)
    close(county=COUNTY, month=MARCH, at=at(date(2026, 4, 9)), by="run:close")


def _pay_body(statement) -> None:
    from songhe.settlement.payout import make as make_batch
    from songhe.settlement.payout import release as release_batch

    body = statement.provider
    since = at(date(2026, 1, 5))
    account = propose(provider=body, holder=body.name, bank="样例银行", number="6222000011119999", at=since, by="clerk")
    approve(account=account, at=since, by="head")
    make.approved(body, MARCH)
    day = make.day_after(MARCH, 5)
    batch = make_batch(county=COUNTY, programme=BODY, month=MARCH, at=at(day), by="finance").batch
    sent = release_batch(county=COUNTY, batch_id=batch.id, at=at(day), on=day, by="cashier")
    make.read_back(make.answer(sent), on=date(2026, 4, 7))


def _april(rights, home, bills) -> None:
    """A line of March is taken back, new bills are paid, and April's statements wait for the providers."""
    run_issue(month=APRIL)
    reverse(county=COUNTY, bill_no=bills["late"].no, because="重复", at=at(APRIL_10), on=APRIL_10, by="manager")
    first = Grant.objects.get(county=COUNTY, entitlement=rights[0], month="2026-04")
    visit = Visit.objects.create(
        county=COUNTY,
        person_id=first.person_id,
        provider=home,
        item=item("bath"),
        kind="visit",
        service_on=date(2026, 4, 8),
        verdict="pass",
        recorded_by="carer",
        recorded_at=at(date(2026, 4, 8)),
    )
    charge = Charge("bath", date(2026, 4, 8), fee_fen=44_000, visit=visit.id)
    pay(first, home, charge, on=APRIL_10)
    _hold(first, home, 5_000, on=APRIL_10)
    make.gathered(APRIL, on=date(2026, 5, 4))
