"""What credits bought is owed to whoever gave it, and paid with the month: fen in, fen out, and none to the elder."""

from __future__ import annotations

import random

from songhe.card.tests.world import LISHUI, MARCH
from songhe.credit.models import Spending
from songhe.credit.spend import held
from songhe.credit.tests import world as credits
from songhe.ledger.balance import balance
from songhe.ledger.fund import open_account
from songhe.ledger.models import Fund, Transfer
from songhe.redemption.models import Line
from songhe.redemption.reverse import reverse
from songhe.redemption.tests.test_card import canteen, funded
from songhe.settlement.approve import approve
from songhe.settlement.check import check
from songhe.settlement.confirm import confirm
from songhe.settlement.models import Statement, StatementLine
from songhe.settlement.payout import make, release
from songhe.settlement.programme import programme_name
from songhe.settlement.queries import not_gathered
from songhe.settlement.share import credit_programmes
from songhe.settlement.tests.make import with_account
from songhe.settlement.tests.produce import APRIL, at, gathered, lunch_for_greens


def books(scheme, code):
    fund = Fund.objects.get(county=LISHUI, code=f"credit:{scheme.code}")
    assert fund.unit == "fen"
    return balance(open_account(fund=fund, code=code, kind=code.split(":")[0]))


def test_a_lunch_paid_with_greens_is_owed_by_the_scheme_and_settled_like_a_fund_s(db):
    scheme, who, bill = lunch_for_greens()
    assert (bill.credit_fen, bill.purse_fen, bill.fee_fen) == (600, 600, 1_200)
    assert (books(scheme, f"payable:{who.id}"), books(scheme, "source")) == (600, -600)
    programme = f"credit:{scheme.code}"
    assert credit_programmes(LISHUI) == [programme]
    assert not_gathered(county=LISHUI, programme=programme, month=MARCH) == {"pass": {"lines": 1, "fen": 600}}
    assert gathered(scheme).charge_fen == 600
    assert gathered(scheme).lines == 0
    assert not_gathered(county=LISHUI, programme=programme, month=MARCH) == {}
    assert programme_name(county=LISHUI, programme=programme) == (f"积分·{scheme.name}", f"Credits · {scheme.name}")
    assert list(check()) == []


def test_tickets_are_owed_for_what_they_were_worth_that_day(db):
    tickets = credits.scheme(county=LISHUI, place=LISHUI, unit="ticket", ticket_fen=500)
    credits.rate(tickets, units=1, per=500)
    _, who, bill = lunch_for_greens(scheme=tickets)
    assert (bill.credit_fen, books(tickets, f"payable:{who.id}")) == (500, 500)
    assert gathered(tickets).charge_fen == 500
    assert list(check()) == []


def test_what_is_reversed_is_not_owed_any_more_and_refunded_once(db):
    scheme, who, bill = lunch_for_greens()
    gathered(scheme)
    reverse(county=LISHUI, bill_no=bill.no, because="退", at=at(APRIL), on=APRIL, by="till")
    assert (books(scheme, f"payable:{who.id}"), books(scheme, "source")) == (0, 0)
    assert gathered(scheme).refund_fen == 600
    assert gathered(scheme).lines == 0
    assert Statement.objects.get(programme=f"credit:{scheme.code}").net_fen == 0
    assert list(check()) == []


def test_the_statement_is_paid_out_of_the_scheme_s_own_books(db):
    scheme, who, _ = lunch_for_greens()
    gathered(scheme)
    statement = Statement.objects.get()
    told = {"invoice_no": "FP1", "budget_line": "积分", "fund_year": 2026, "at": at(APRIL), "by": "manager"}
    confirm(county=LISHUI, statement_id=statement.id, **told)
    approve(county=LISHUI, statement_id=statement.id, at=at(APRIL), by="head")
    with_account(who)
    made = make(county=LISHUI, programme=statement.programme, month=MARCH, at=at(APRIL), by="finance")
    release(county=LISHUI, batch_id=made.batch.id, at=at(APRIL), on=APRIL, by="cashier")
    assert (books(scheme, f"payable:{who.id}"), books(scheme, "paid:unsplit"), books(scheme, "source")) == (
        0,
        600,
        -600,
    )
    assert list(check()) == []


def test_whatever_is_eaten_and_undone_what_is_owed_is_what_was_earned_and_spent(db):
    rng = random.Random(7)
    scheme = credits.scheme(county=LISHUI, place=LISHUI)
    credits.rate(scheme)
    who = [canteen() for _ in range(3)]
    cards = [funded()[1] for _ in range(4)]
    bills = []
    for _ in range(20):
        bills.append(
            lunch_for_greens(
                scheme=scheme, card=rng.choice(cards), who=rng.choice(who), grams=rng.randrange(10, 3_000)
            )[2]
        )
        if rng.random() < 0.3:
            bill = bills.pop(rng.randrange(len(bills)))
            reverse(county=LISHUI, bill_no=bill.no, because="退", at=at(APRIL), on=APRIL, by="till")
        if rng.random() < 0.2:
            gathered(scheme)
    gathered(scheme)
    standing = Spending.objects.filter(given_back=None)
    worth = sum(row.worth_fen for row in standing)
    earned = sum(row.amount for row in Transfer.objects.filter(fund_id=scheme.books_id, kind="credit_earned"))
    left = sum(each.units for card in cards for each in held(county=LISHUI, person_id=card.person_id, on=APRIL))
    assert earned == left + worth
    assert worth == sum(bill.credit_fen for bill in bills) == -books(scheme, "source")
    for each in who:
        mine = sum(row.worth_fen for row in standing if row.provider_id == each.pk)
        settled = StatementLine.objects.filter(statement__provider=each)
        assert books(scheme, f"payable:{each.pk}") == mine == sum(row.amount_fen for row in settled)
    assert Line.objects.filter(credit_fen__gt=0).exists()
    assert list(check()) == []
