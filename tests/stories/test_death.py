"""What the elder's death does to a voucher, a hold and a bill in every state, known at once or three months late.

A reported death holds what is dated after it and nothing else; a verified one acts for good. What was served before the
death is paid. The other nouns are told where they live:

| noun | where |
|---|---|
| application | ``songhe/entitlement/tests/test_follow.py``: every state, known at once and three months late |
| right | the same file |
| assessment | ``songhe/assessment/tests/test_review.py``: every state, known at once and three months late |
| stay | ``songhe/service/tests/test_stay.py``: open, closed before, closed later |
| visit | ``songhe/service/tests/test_visit.py``: every verdict |
| statement | ``songhe/settlement/tests/test_death.py``: every state |
| voucher, hold, bill | here |
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

import pytest

from songhe.grant import hold as holds
from songhe.grant.expire import expire
from songhe.grant.models import Grant, Hold
from songhe.grant.revoke import revoke
from songhe.grant.tests.world import budget, left, run_issue, voucher
from songhe.kernel.month import Month
from songhe.kernel.refusal import Refusal
from songhe.ledger.check import check as books
from songhe.month.audit import findings
from songhe.month.follow import after_death, follow_deaths, verify
from songhe.month.steps import book_bills
from songhe.person import event as events
from songhe.person.models import Event, Person
from songhe.redemption.bill import Charge
from songhe.redemption.find import Request
from songhe.redemption.models import Bill, Verdict
from songhe.redemption.redeem import hand_in
from songhe.redemption.reverse import reverse, true_up
from songhe.redemption.tests.world import COUNTY, bath, pay, provider, visit_of
from songhe.service.tests.world import at
from songhe.settlement.gather import gather
from songhe.settlement.models import Statement

pytestmark = pytest.mark.django_db
MARCH, JUNE = Month(2026, 3), Month(2026, 6)
DIED = date(2026, 3, 10)
BEFORE, AFTER = date(2026, 3, 9), date(2026, 3, 11)
AT_ONCE, LATE = date(2026, 3, 12), date(2026, 6, 12)
BOTH = pytest.mark.parametrize("known", [AT_ONCE, LATE], ids=["at_once", "three_months_late"])


def reported(grant: Grant, on: date) -> Event:
    person = Person.rows.get(county=COUNTY, id=grant.person_id)
    return events.report(person=person, kind="death", happened_on=DIED, source="村委会", on=on, at=at(on), by="village")


def verified(event: Event, on: date) -> None:
    verify(event=event, on=on, at=at(on), by="clerk")


def refused(code, act, *arguments, **values):
    with pytest.raises(Refusal) as caught:
        act(*arguments, **values)
    assert caught.value.code == code


def expired(month: Month) -> None:
    on = month.next.first
    expire(county=COUNTY, programme="consumption-voucher", month=month, on=on, clock=lambda: at(on))


# --- vouchers --------------------------------------------------------------------------------------------------------


def active_now(known: date) -> Grant:
    """The voucher of the month in which the death becomes known; one of June was issued to somebody long dead."""
    grant = voucher(category="home")
    if known == LATE:
        budget(month=JUNE)
        run_issue(month=JUNE)
        return Grant.objects.get(county=COUNTY, person_id=grant.person_id, month="2026-06")
    return grant


def over(known: date) -> Grant:
    grant = active_now(known)
    expired(Month.parse(grant.month))
    grant.refresh_from_db()
    return grant


def taken_back(known: date) -> Grant:
    grant = active_now(known)
    on = Month.parse(grant.month).first
    return revoke(county=COUNTY, grant_id=grant.id, because="误发", by="clerk", approved_by="head", at=at(on), on=on)


VOUCHERS = {"active": active_now, "expired": over, "revoked": taken_back}


@BOTH
@pytest.mark.parametrize("state", Grant.State.values)
def test_a_voucher_stays_in_its_state_and_the_next_month_brings_none(state, known):
    grant = VOUCHERS[state](known)
    event = reported(grant, known)
    for happens in (lambda: None, lambda: verified(event, known)):
        held = left(grant)
        happens()
        grant.refresh_from_db()
        assert (grant.state, left(grant)) == (state, held)
    following = Month.parse(grant.month).next
    budget(month=following)
    assert run_issue(month=following).grants == 0
    assert list(books()) == []


def test_a_voucher_of_the_month_pays_for_days_before_the_death_and_then_lapses():
    grant, who = active_now(AT_ONCE), provider()
    verified(reported(grant, AT_ONCE), AT_ONCE)
    assert pay(grant, who, bath(20_000), on=AT_ONCE).voucher_fen == 10_000
    assert pay(grant, who, bath(20_000, day=DIED.day), on=AT_ONCE).voucher_fen == 10_000
    refused("redemption.after_death", pay, grant, who, bath(20_000, day=AFTER.day), on=AT_ONCE)
    expired(MARCH)
    grant.refresh_from_db()
    assert (grant.state, left(grant)) == ("expired", 0)


def test_a_voucher_issued_before_anybody_knew_pays_for_nothing():
    grant, who = active_now(LATE), provider()
    june = Charge(item="bath", service_on=date(2026, 6, 3), fee_fen=20_000)
    event = reported(grant, LATE)
    refused("redemption.death_reported", pay, grant, who, june, on=LATE)
    verified(event, LATE)
    refused("redemption.after_death", pay, grant, who, june, on=LATE)
    expired(JUNE)
    grant.refresh_from_db()
    assert (grant.state, left(grant), grant.used_on) == ("expired", 0, None)


def test_a_false_report_takes_nothing_from_the_living():
    grant, who = active_now(AT_ONCE), provider()
    event = reported(grant, AT_ONCE)
    refused("redemption.death_reported", pay, grant, who, bath(20_000, day=AFTER.day), on=AT_ONCE)
    events.refute(event=event, because="认错了人", at=at(AT_ONCE), by="clerk")
    assert pay(grant, who, bath(20_000, day=AFTER.day), on=AT_ONCE).voucher_fen == 10_000


# --- holds -----------------------------------------------------------------------------------------------------------


def set_aside(grant: Grant, who, amount_fen: int = 30_000, *, on: date) -> Hold:
    return holds.hold(
        county=COUNTY,
        grant_id=grant.id,
        provider_id=who.id,
        category="home",
        amount_fen=amount_fen,
        at=at(on),
        on=on,
        until=at(on) + timedelta(days=20),
        by="manager",
    )


def captured(grant: Grant, who, on: date) -> Hold:
    row = set_aside(grant, who, on=on)
    day = on - timedelta(days=1)
    charge = Charge(item="bath", service_on=day, fee_fen=60_000)
    pay(grant, who, charge, hold=row.id, on=on)
    return row


def let_go(grant: Grant, who, on: date) -> Hold:
    row = set_aside(grant, who, on=on)
    return holds.release(county=COUNTY, hold_id=row.id, at=at(on), on=on, by="manager")


HOLDS = {
    "held": (lambda grant, who, on: set_aside(grant, who, on=on), "released", 80_000),
    "captured": (captured, "captured", 50_000),
    "released": (let_go, "released", 80_000),
}


@BOTH
@pytest.mark.parametrize("state", Hold.State.values)
def test_an_open_hold_is_let_go_when_the_death_is_verified_and_others_stay(state, known):
    """Nothing is ordered any more, and what was served before is paid from the whole voucher."""
    make, after, free = HOLDS[state]
    grant, who = active_now(known), provider()
    row = make(grant, who, DIED if known == AT_ONCE else date(2026, 6, 3))
    event = reported(grant, known)
    row.refresh_from_db()
    assert row.state == state, "a reported death lets no hold go"
    verified(event, known)
    row.refresh_from_db()
    assert (row.state, left(grant)) == (after, free)
    assert list(books()) == []


@BOTH
def test_nothing_more_is_set_aside_once_a_death_is_reported(known):
    grant, who = active_now(known), provider()
    event = reported(grant, known)
    refused("person.after_death", set_aside, grant, who, on=known)
    verified(event, known)
    refused("person.after_death", set_aside, grant, who, on=known)
    assert left(grant) == 80_000


# --- bills -----------------------------------------------------------------------------------------------------------


@dataclass
class Case:
    """A bill for a service of a day, of a voucher of March."""

    grant: Grant
    provider: object
    bill: Bill

    @property
    def state(self) -> str:
        self.bill.refresh_from_db()
        return self.bill.state

    @property
    def verdict(self) -> str:
        return Verdict.objects.get(county=COUNTY, line__bill=self.bill).outcome


def made(state: str, day: date) -> Case:
    """A bill over 200.00, handed in or booked the day after the death; it pays, or would pay, 100.00."""
    grant, who = voucher(category="home"), provider()
    visit = visit_of(grant, who, day=day.day)
    charge = bath(20_000, day=day.day, visit=visit.id)
    if state in {"handed_in", "refused"}:
        request = Request(provider_id=who.id, charges=(charge,), grant_no=grant.no)
        bill = hand_in(county=COUNTY, request=request, at=at(AFTER), on=AFTER, by="manager")
        if state == "refused":
            Bill.objects.filter(county=COUNTY, id=bill.id).update(state="refused", refusal="redemption.no_price")
    else:
        bill = pay(grant, who, charge, on=AFTER, ltci_fen=None if state == "provisional" else 0)
    if state == "reversed":
        undone(bill, AFTER)
    return Case(grant, who, bill)


def undone(bill: Bill, on: date) -> None:
    reverse(county=COUNTY, bill_no=bill.no, because="老人已去世", at=at(on), on=on, by="clerk")


def gathered(month: Month) -> int:
    return gather(
        county=COUNTY, programme="consumption-voucher", month=month, at=at(month.next.first), by="run:gather"
    ).lines


def booked(on: date) -> dict[str, int]:
    return book_bills(county=COUNTY, month=MARCH, on=on, clock=lambda: at(on))


def after_death_is_found() -> bool:
    return "redemption.after_death" in {each.code for each in findings()}


@BOTH
@pytest.mark.parametrize("state", Bill.State.values)
def test_a_bill_for_a_day_before_the_death_goes_on_as_if_nothing_had_happened(state, known):
    case = made(state, BEFORE)
    verified(reported(case.grant, known), known)
    assert case.state == state
    if state == "handed_in":
        assert booked(AT_ONCE) == {"booked": 1, "refused": 0, "waiting": 0}
    if state == "provisional":
        final = true_up(county=COUNTY, bill_no=case.bill.no, ltci_fen=0, at=at(known), on=known, by="insurer")
        assert final.voucher_fen == 10_000
    settled = state in {"handed_in", "provisional", "booked"}
    assert gathered(MARCH) == (1 if settled else 0)
    assert not after_death_is_found()
    assert list(books()) == []


@BOTH
@pytest.mark.parametrize("state", ["provisional", "booked"])
def test_a_booked_bill_for_a_day_after_the_death_is_never_gathered_and_waits_for_its_reversal(state, known):
    case = made(state, AFTER)
    event = reported(case.grant, known)
    assert case.verdict == "pass"
    assert gathered(MARCH) == 0, "what is dated after a reported death waits"
    verified(event, known)
    assert (case.state, case.verdict) == (state, "fail")
    assert gathered(MARCH) == 0
    assert after_death_is_found()
    undone(case.bill, known)
    assert case.state == "reversed"
    assert gathered(MARCH) == 0
    assert not after_death_is_found()
    assert Statement.objects.count() == 0
    assert list(books()) == []


@BOTH
@pytest.mark.parametrize("state", ["reversed", "refused"])
def test_a_bill_that_is_over_stays_so(state, known):
    case = made(state, AFTER)
    verified(reported(case.grant, known), known)
    assert case.state == state
    assert gathered(MARCH) == 0
    assert not after_death_is_found()


@pytest.mark.parametrize("truth", ["verified", "refuted"])
def test_a_bill_handed_in_for_a_day_after_a_reported_death_waits_for_the_truth(truth):
    case = made("handed_in", AFTER)
    event = reported(case.grant, AT_ONCE)
    for _ in range(2):
        assert booked(AT_ONCE) == {"booked": 0, "refused": 0, "waiting": 1}
    assert (case.state, left(case.grant)) == ("handed_in", 80_000)
    later = date(2026, 3, 20)
    if truth == "verified":
        verified(event, later)
        assert booked(later) == {"booked": 0, "refused": 1, "waiting": 0}
        assert (case.state, case.bill.refusal) == ("refused", "redemption.after_death")
    else:
        events.refute(event=event, because="认错了人", at=at(later), by="clerk")
        assert booked(later) == {"booked": 1, "refused": 0, "waiting": 0}
        assert (case.state, left(case.grant)) == ("booked", 70_000)


def test_a_bill_that_nobody_booked_while_its_voucher_held_is_refused_three_months_later():
    case = made("handed_in", AFTER)
    expired(MARCH)
    verified(reported(case.grant, LATE), LATE)
    assert booked(LATE) == {"booked": 0, "refused": 1, "waiting": 0}
    assert (case.state, case.bill.refusal) == ("refused", "grant.expired")


def test_a_refuted_death_sets_free_what_was_held_from_the_statement():
    case = made("booked", AFTER)
    event = reported(case.grant, AT_ONCE)
    assert gathered(MARCH) == 0
    events.refute(event=event, because="认错了人", at=at(AT_ONCE), by="clerk")
    assert gathered(MARCH) == 1


# --- carried on once -------------------------------------------------------------------------------------------------


def test_a_death_that_nobody_carried_on_is_caught_up_with_before_the_next_month():
    case = made("booked", AFTER)
    aside = set_aside(case.grant, case.provider, on=AFTER)
    events.verify(event=reported(case.grant, AT_ONCE), on=AT_ONCE, at=at(AT_ONCE), by="clerk")
    on = date(2026, 4, 1)
    told = {"county": COUNTY, "on": on, "at": at(on), "by": "run:determine"}
    assert (follow_deaths(**told), follow_deaths(**told)) == (1, 0)
    aside.refresh_from_db()
    assert (aside.state, case.verdict) == ("released", "fail")


def test_the_living_are_left_alone():
    case = made("booked", AFTER)
    aside = set_aside(case.grant, case.provider, on=AFTER)
    after_death(county=COUNTY, person_id=case.grant.person_id, on=AT_ONCE, at=at(AT_ONCE), by="clerk")
    aside.refresh_from_db()
    assert (aside.state, case.verdict) == ("held", "pass")
