from datetime import date

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from songhe.assessment.tests.world import COUNTY, at
from songhe.grant.expire import expire
from songhe.grant.fund import accounts, payable
from songhe.grant.tests.world import MARCH, PROGRAMME, TENTH, left, voucher
from songhe.kernel.refusal import Refusal
from songhe.ledger.balance import balance
from songhe.ledger.check import check
from songhe.redemption.models import Bill, Line, Reversal
from songhe.redemption.reverse import amend, reverse, true_up
from songhe.redemption.tests.world import bath, pay, provider, visit_of
from songhe.redemption.verdict import follow_visits, judge

pytestmark = pytest.mark.django_db

APRIL = date(2026, 4, 5)


def refused_with(code, act):
    with pytest.raises(Refusal) as refused:
        act()
    assert refused.value.code == code


def undo(bill, *, on=TENTH, because="录错", numbers=None):
    return reverse(county=COUNTY, bill_no=bill.no, because=because, at=at(on), on=on, by="manager", numbers=numbers)


def owed(who):
    return balance(payable(county=COUNTY, programme=PROGRAMME, year=2026, provider_id=who.id))


def lapsed():
    return balance(accounts(county=COUNTY, programme=PROGRAMME, month=MARCH).lapsed)


def expire_march():
    return expire(county=COUNTY, programme=PROGRAMME, month=MARCH, on=APRIL, clock=lambda: at(APRIL))


def test_in_the_same_month_the_voucher_gets_its_money_back():
    grant, who = voucher(), provider()
    visit = visit_of(grant, who)
    bill = pay(grant, who, bath(100_000, visit=visit.id))
    (made,) = undo(bill)
    assert made.restored
    assert (left(grant), owed(who)) == (80_000, 0)
    assert Bill.objects.get(county=COUNTY, id=bill.id).state == "reversed"
    assert pay(grant, who, bath(90_000, visit=visit.id)).voucher_fen == 45_000, "the visit may be billed again"
    assert list(check()) == []


def test_in_a_later_month_the_money_returns_to_the_fund_and_the_voucher_stays_lapsed():
    grant, who = voucher(), provider()
    bill = pay(grant, who, bath(100_000))
    expire_march()
    assert lapsed() == 30_000
    (made,) = undo(bill, on=APRIL)
    assert (made.restored, made.month) == (False, "2026-04")
    assert (left(grant), owed(who), lapsed()) == (0, 0, 80_000)
    assert list(check()) == []


def test_a_bill_is_reversed_once_and_asking_again_gives_the_same_answer():
    grant, who = voucher(), provider()
    bill = pay(grant, who, bath(100_000))
    assert [each.id for each in undo(bill)] == [each.id for each in undo(bill)]
    refused_with("redemption.already_reversed", lambda: undo(bill, numbers=[1]))
    assert Reversal.objects.filter(county=COUNTY).count() == 1
    assert left(grant) == 80_000


def test_one_line_of_a_bill_is_reversed_and_the_others_are_not_priced_again():
    grant, who = voucher(), provider()
    bill = pay(grant, who, bath(100_000), bath(100_000))
    undo(bill, numbers=[1])
    assert (left(grant), owed(who)) == (50_000, 30_000)
    assert Bill.objects.get(county=COUNTY, id=bill.id).state == "booked"


def test_a_smaller_fee_is_booked_anew_on_the_old_terms():
    grant, who = voucher(), provider()
    bill = pay(grant, who, bath(100_000))
    smaller = amend(
        county=COUNTY,
        bill_no=bill.no,
        number=1,
        fee_fen=60_000,
        because="少做一次",
        at=at(TENTH),
        on=TENTH,
        by="manager",
    )
    assert (smaller.voucher_fen, smaller.replaces_id, left(grant)) == (30_000, bill.id, 50_000)
    line = Line.objects.get(county=COUNTY, bill=smaller)
    assert (line.service_on, line.ratio) == (date(2026, 3, 9), "1/2")
    refused_with(
        "redemption.not_smaller",
        lambda: amend(
            county=COUNTY,
            bill_no=smaller.no,
            number=1,
            fee_fen=60_000,
            because="x",
            at=at(TENTH),
            on=TENTH,
            by="manager",
        ),
    )


def test_a_smaller_fee_after_the_month_draws_only_on_what_the_reversal_gave_back():
    grant, who = voucher(), provider()
    bill = pay(grant, who, bath(100_000))
    expire_march()
    amend(county=COUNTY, bill_no=bill.no, number=1, fee_fen=60_000, because="x", at=at(APRIL), on=APRIL, by="manager")
    assert (owed(who), lapsed(), left(grant)) == (30_000, 50_000, 0)
    assert list(check()) == []


def test_when_insurance_answers_the_voucher_gets_back_what_it_overpaid():
    grant, who = voucher(), provider()
    bill = pay(grant, who, bath(100_000), ltci_fen=None)
    assert left(grant) == 30_000
    final = [
        true_up(county=COUNTY, bill_no=bill.no, ltci_fen=40_000, at=at(TENTH), on=TENTH, by="ltci") for _ in range(2)
    ]
    assert (final[0].ltci_fen, final[0].voucher_fen, final[0].self_fen) == (40_000, 30_000, 30_000)
    assert final[0].id == final[1].id
    assert left(grant) == 50_000


def test_when_insurance_pays_nothing_the_bill_is_final_as_it_is():
    grant, who = voucher(), provider()
    bill = pay(grant, who, bath(100_000), ltci_fen=None)
    for _ in range(2):
        done = true_up(county=COUNTY, bill_no=bill.no, ltci_fen=0, at=at(TENTH), on=TENTH, by="ltci")
    assert (done.id, done.state) == (bill.id, "booked")
    refused_with(
        "redemption.not_provisional",
        lambda: true_up(county=COUNTY, bill_no=bill.no, ltci_fen=1, at=at(TENTH), on=TENTH, by="ltci"),
    )


def test_refuses_a_reversal_without_a_reason_of_an_unknown_bill_or_line():
    grant, who = voucher(), provider()
    bill = pay(grant, who, bath(100))
    refused_with("redemption.reversal_needs_reason", lambda: undo(bill, because=" "))
    refused_with("redemption.no_such_line", lambda: undo(bill, numbers=[2]))
    refused_with("redemption.unknown_bill", lambda: undo(Bill(no="404")))


def test_a_line_that_waits_for_evidence_follows_the_verdict_on_its_visit():
    grant, who = voucher(), provider()
    good, bad = visit_of(grant, who, verdict="pending"), visit_of(grant, who, verdict="pending")
    pay(grant, who, bath(100, visit=good.id), bath(100, visit=bad.id), bath(100))
    good.verdict, bad.verdict = "pass", "fail"
    good.save()
    bad.save()
    for changed in ({"pass": 1, "fail": 1}, {"pass": 0, "fail": 0}):
        assert follow_visits(county=COUNTY, month=MARCH, at=at(TENTH), by="run:judge") == changed


def test_nobody_judges_the_evidence_of_a_bill_of_their_own():
    grant, who = voucher(), provider()
    line = Line.objects.get(county=COUNTY, bill=pay(grant, who, bath(100)))
    act = {"county": COUNTY, "line_id": line.id, "outcome": "pass", "because": "家属证明", "at": at(TENTH)}
    refused_with("redemption.verdict_same_person", lambda: judge(**act, by="manager"))
    assert judge(**act, by="clerk").outcome == "pass"


@pytest.mark.slow
@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    fees=st.lists(st.integers(1, 90_000), min_size=1, max_size=5),
    ltci=st.integers(0, 60_000),
    others=st.lists(st.integers(1, 40_000), max_size=2),
)
def test_redeem_and_reverse_leave_every_balance_as_it_was(fees, ltci, others):
    from songhe.grant.models import Claim, Grant

    grant, who = voucher(), provider()
    for fee in others:
        pay(grant, who, bath(fee))
    before = (left(grant), owed(who), lapsed())
    bill = pay(grant, who, *[bath(fee) for fee in fees], ltci_fen=min(ltci, sum(fees)))
    assert bill.fee_fen == bill.ltci_fen + bill.voucher_fen + bill.self_fen == sum(fees)
    assert 0 <= left(grant) <= 80_000
    undo(bill)
    assert (left(grant), owed(who), lapsed()) == before
    assert list(check()) == []
    assert Claim.objects.count() == Grant.objects.count()
