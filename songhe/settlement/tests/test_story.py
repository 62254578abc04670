"""One month by the real verbs: a visit, its verdict, the bill, the statement, the bank; then a reversal."""

from datetime import date

import pytest

from songhe.grant.tests import world as grants
from songhe.kernel.month import Month
from songhe.ledger.check import check as books
from songhe.provider.models import Price
from songhe.redemption.bill import Charge
from songhe.redemption.find import Request
from songhe.redemption.models import Bill
from songhe.redemption.redeem import redeem
from songhe.redemption.reverse import amend, reverse
from songhe.redemption.verdict import follow_visits
from songhe.service.check import check as services
from songhe.service.tests import world as service
from songhe.service.visit import judge_month
from songhe.settlement.check import check
from songhe.settlement.close import close
from songhe.settlement.gather import gather
from songhe.settlement.tests import make

pytestmark = pytest.mark.django_db
MARCH, APRIL = make.MARCH, make.APRIL
TENTH = date(2026, 3, 10)


def redeemed(of, voucher, *, fee_fen=20000, day=TENTH, on=TENTH):
    what = service.item()
    Price.objects.create(provider=of, item=what, price_fen=fee_fen, valid_from=date(2025, 1, 1))
    visit = service.visit(voucher.person, of=of, item=what, day=day)
    request = Request(
        provider_id=of.id,
        charges=(Charge(item=what.code, service_on=day, visit=visit.id),),
        grant_no=voucher.no,
        confirmed_by="elder",
    )
    return redeem(county=make.COUNTY, request=request, at=make.at(on), on=on, by="manager")


def gathers(month):
    """With the shares of the shipped packs."""
    return gather(
        county=make.COUNTY, programme=make.PROGRAMME, month=month, at=make.at(month.next.first), by="run:gather"
    )


def sound():
    assert [*check(), *books(), *services()] == []


@pytest.fixture
def voucher(db):
    return grants.voucher(person=service.at_home())


def test_a_month_from_the_visit_to_the_bank(voucher):
    of = make.payee()
    bill = redeemed(of, voucher)
    assert (bill.voucher_fen, gathers(MARCH).lines) == (10000, 0)
    judge_month(county=make.COUNTY, month=MARCH, at=make.at(APRIL.first))
    follow_visits(county=make.COUNTY, month=MARCH, at=make.at(APRIL.first), by="run:judge")
    assert gathers(MARCH).lines == 1
    row = make.paid(of)
    assert (row.net_fen, row.central_fen, row.local_fen) == (10000, 8500, 1500)
    assert close(county=make.COUNTY, month=MARCH, at=make.at(date(2026, 4, 9)), by="finance").digest
    sound()


def test_a_reversal_and_a_smaller_bill_months_later(voucher):
    of = make.payee()
    bill = redeemed(of, voucher)
    judge_month(county=make.COUNTY, month=MARCH, at=make.at(APRIL.first))
    follow_visits(county=make.COUNTY, month=MARCH, at=make.at(APRIL.first), by="run:judge")
    gathers(MARCH)
    make.paid(of)
    on = date(2026, 6, 20)
    smaller = amend(
        county=make.COUNTY, bill_no=bill.no, number=1, fee_fen=12000, because="多收", at=make.at(on), on=on, by="clerk"
    )
    june = Month(2026, 6)
    gathers(june)
    assert sorted(make.lines(of, june)) == [("CORRECTION", 6000), ("REFUND", -10000)]
    assert make.owed(of) == -4000
    reverse(county=make.COUNTY, bill_no=smaller.no, because="没有上门", at=make.at(on), on=on, by="clerk")
    gathers(june)
    assert make.statement(of, june).net_fen == -10000
    assert make.owed(of) == -10000
    sound()


def test_a_reversal_before_the_gathering_leaves_no_trace_in_any_statement(voucher):
    of = make.payee()
    bill = redeemed(of, voucher)
    judge_month(county=make.COUNTY, month=MARCH, at=make.at(MARCH.last))
    follow_visits(county=make.COUNTY, month=MARCH, at=make.at(MARCH.last), by="run:judge")
    reverse(
        county=make.COUNTY,
        bill_no=bill.no,
        because="错人",
        at=make.at(MARCH.last),
        on=MARCH.last,
        by="clerk",
    )
    assert gathers(MARCH).statements == gathers(APRIL).statements == 0
    assert Bill.objects.get(id=bill.id).state == "reversed"
    sound()
