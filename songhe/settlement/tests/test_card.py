"""What the purses of a card pay is settled fund by fund, with the same statements and steps as the voucher's."""

from __future__ import annotations

from datetime import date

from songhe.assessment.tests.world import at
from songhe.card.tests.world import FIRST, LISHUI, MARCH, made_fund, top_up
from songhe.ledger.models import Account, Transfer
from songhe.redemption.models import Verdict
from songhe.redemption.reverse import reverse
from songhe.redemption.tests.test_card import bought, canteen, funded, pay
from songhe.settlement import gather
from songhe.settlement.approve import approve
from songhe.settlement.check import check
from songhe.settlement.confirm import confirm
from songhe.settlement.models import Statement, StatementLine
from songhe.settlement.payout import make, release
from songhe.settlement.queries import not_gathered
from songhe.settlement.share import card_programmes
from songhe.settlement.tests.make import with_account

APRIL = date(2026, 4, 5)


def gathered(programme, *, month=MARCH, on=APRIL):
    return gather.gather(county=LISHUI, programme=programme, month=month, at=at(on), by="run")


def of(fund):
    return f"card:{fund.code}"


def test_each_fund_owes_the_provider_what_its_purses_paid(db):
    family = made_fund(source="family", expiry="never")
    fund, card = funded(500)
    top_up(card, 400)
    who = canteen()
    bill = pay(card, who, bought("lunch"))
    assert sorted(card_programmes(LISHUI)) == sorted([of(fund), of(family)])
    assert not_gathered(county=LISHUI, programme=of(fund), month=MARCH) == {"pass": {"lines": 1, "fen": 500}}
    assert (gathered(of(fund)).charge_fen, gathered(of(family)).charge_fen) == (500, 400)
    assert gathered(of(fund)).lines == 0
    assert gathered("consumption-voucher").lines == 0
    lines = StatementLine.objects.filter(line__bill=bill).order_by("amount_fen")
    assert [(line.programme, line.amount_fen, line.central_fen) for line in lines] == [
        (of(family), 400, None),
        (of(fund), 500, None),
    ]
    assert not_gathered(county=LISHUI, programme=of(fund), month=MARCH) == {}
    assert list(check()) == []


def test_a_line_waits_for_its_verdict(db):
    fund, card = funded()
    pay(card, canteen(), bought("lunch", day=FIRST))
    assert Verdict.objects.get().outcome == "pending"
    assert gathered(of(fund)).lines == 0
    Verdict.objects.update(outcome="pass")
    assert gathered(of(fund)).charge_fen == 1_200


def test_what_is_reversed_after_it_was_gathered_is_refunded_once(db):
    fund, card = funded()
    bill = pay(card, canteen(), bought("lunch"))
    gathered(of(fund))
    reverse(county=LISHUI, bill_no=bill.no, because="退", at=at(APRIL), on=APRIL, by="till")
    assert gathered(of(fund)).refund_fen == 1_200
    assert gathered(of(fund)).lines == 0
    assert Statement.objects.get(programme=of(fund)).net_fen == 0
    assert list(check()) == []


def test_the_statement_is_confirmed_approved_and_paid_out_of_the_fund_s_own_books(db):
    fund, card = funded()
    who = canteen()
    pay(card, who, bought("lunch"))
    gathered(of(fund))
    statement = Statement.objects.get()
    confirm(
        county=LISHUI,
        statement_id=statement.id,
        invoice_no="FP1",
        budget_line="养老",
        fund_year=2026,
        at=at(APRIL),
        by="manager",
    )
    approve(county=LISHUI, statement_id=statement.id, at=at(APRIL), by="head")
    statement.refresh_from_db()
    assert statement.state == "approved"
    with_account(who)
    made = make(county=LISHUI, programme=of(fund), month=MARCH, at=at(APRIL), by="finance")
    release(county=LISHUI, batch_id=made.batch.id, at=at(APRIL), on=APRIL, by="cashier")
    books = {row.code: row for row in Account.objects.filter(county=LISHUI, fund_id=fund.books_id)}
    paid = Transfer.objects.get(county=LISHUI, kind="payout")
    assert (paid.debit_id, paid.credit_id, paid.amount) == (
        books[f"payable:{who.id}"].id,
        books["paid:unsplit"].id,
        1_200,
    )
    assert list(check()) == []
