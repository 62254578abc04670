from datetime import date, datetime, timezone

import pytest
from django.db import IntegrityError, connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from songhe.county.guard import lay_guards
from songhe.county.key import new_id
from songhe.kernel.month import Month
from songhe.kernel.refusal import Refusal
from songhe.ledger.balance import balance
from songhe.ledger.check import check
from songhe.ledger.fund import open_account, open_fund
from songhe.ledger.models import Account, Transfer
from songhe.ledger.period import close, hold_open
from songhe.ledger.post import Move, post

COUNTY = "370799"
AT = datetime(2026, 3, 10, 2, tzinfo=timezone.utc)
ON = date(2026, 3, 10)


@pytest.fixture
def books(db):
    fund = open_fund(county=COUNTY, code="voucher-2026", name="消费补贴 2026")
    return {
        "source": open_account(fund=fund, code="source", kind="source"),
        "purse": open_account(fund=fund, code=None, kind="purse", floor=0),
        "payable": open_account(fund=fund, code="payable:1", kind="payable"),
    }


def move(books, debit, credit, amount, **more):
    return post(county=COUNTY, moves=[Move(books[debit], books[credit], amount, "test", **more)], at=AT, on=ON)


def test_moves_an_amount_from_one_account_to_another(books):
    move(books, "source", "purse", 80000)
    move(books, "purse", "payable", 30000)
    assert balance(books["purse"]) == 50000
    assert balance(books["payable"]) == 30000
    assert balance(books["source"]) == -80000
    assert list(check()) == []


def test_refuses_to_take_more_than_stands_there(books):
    move(books, "source", "purse", 100)
    with pytest.raises(Refusal) as refused, transaction.atomic():
        move(books, "purse", "payable", 101)
    assert refused.value.code == "ledger.insufficient"
    assert balance(books["purse"]) == 100


@pytest.mark.parametrize("amount", [0, -1])
def test_refuses_an_amount_that_is_not_positive(books, amount):
    with pytest.raises(Refusal) as refused:
        move(books, "source", "purse", amount)
    assert refused.value.code == "ledger.amount_not_positive"


def test_refuses_to_cross_funds(books):
    other = open_fund(county=COUNTY, code="other", name="另一资金")
    account = open_account(fund=other, code="payable:1", kind="payable")
    with pytest.raises(Refusal) as refused:
        post(county=COUNTY, moves=[Move(books["source"], account, 1, "test")], at=AT, on=ON)
    assert refused.value.code == "ledger.other_fund"


def test_books_into_the_next_open_month_when_its_own_is_closed(books):
    close(county=COUNTY, month=Month(2026, 3), report={"sum": 0}, by="finance", at=AT)
    (booked,) = move(books, "source", "purse", 5)
    assert booked.month == "2026-04"
    assert hold_open(county=COUNTY, month=Month(2026, 3)) == Month(2026, 4)


def test_the_books_of_a_month_close_once_and_only_after_the_month_before(books):
    hold_open(county=COUNTY, month=Month(2026, 2))
    with pytest.raises(Refusal) as refused:
        close(county=COUNTY, month=Month(2026, 3), report={}, by="finance", at=AT)
    assert refused.value.code == "ledger.earlier_period_open"
    close(county=COUNTY, month=Month(2026, 2), report={"sum": 1}, by="finance", at=AT)
    assert close(county=COUNTY, month=Month(2026, 2), report={"sum": 1}, by="finance", at=AT).closed_at == AT
    with pytest.raises(Refusal) as refused:
        close(county=COUNTY, month=Month(2026, 2), report={"sum": 2}, by="finance", at=AT)
    assert refused.value.code == "ledger.period_closed"


ATTACKS = {
    "a transfer is changed": "UPDATE ledger_transfer SET amount = amount + 1",
    "a transfer is deleted": "DELETE FROM ledger_transfer",
    "a purse falls below its floor": "UPDATE ledger_account SET balance = -1 WHERE kind = 'purse'",
    "a closed period opens again": "UPDATE ledger_period SET closed_at = NULL",
    "a period is deleted": "DELETE FROM ledger_period",
}


@pytest.mark.parametrize("attack", ATTACKS.values(), ids=ATTACKS.keys())
def test_the_database_itself_refuses_that(books, attack):
    lay_guards()
    move(books, "source", "purse", 100)
    close(county=COUNTY, month=Month(2026, 3), report={}, by="finance", at=AT)
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(attack)


def test_the_database_refuses_a_transfer_in_a_closed_period(books):
    lay_guards()
    (booked,) = move(books, "source", "purse", 100)
    close(county=COUNTY, month=Month(2026, 3), report={}, by="finance", at=AT)
    booked.pk, booked._state.adding = new_id(), True
    with pytest.raises(IntegrityError), transaction.atomic():
        booked.save(force_insert=True)


def test_the_database_refuses_a_transfer_whose_account_is_of_another_fund(books):
    other = open_fund(county=COUNTY, code="other", name="另一资金")
    with pytest.raises(IntegrityError), transaction.atomic():
        Transfer.objects.create(
            county=COUNTY,
            fund_id=other.id,
            debit_id=books["source"].id,
            credit_id=books["purse"].id,
            amount=1,
            kind="test",
            month="2026-03",
            on=ON,
            at=AT,
        )
        connection.check_constraints()


def test_the_auditor_finds_a_balance_that_its_transfers_do_not_explain(books):
    move(books, "source", "purse", 100)
    Account.objects.filter(county=COUNTY, id=books["purse"].id).update(balance=99)
    assert [code for code, *_ in check()] == ["ledger.balance_differs"]


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(st.sampled_from(["source", "purse", "payable"]), st.integers(1, 500)), max_size=12))
def test_any_sequence_of_moves_keeps_the_books(db, steps):
    fund = open_fund(county=COUNTY, code=str(new_id()), name="试")
    accounts = [
        open_account(fund=fund, code="source", kind="source"),
        open_account(fund=fund, code=None, kind="purse", floor=0),
        open_account(fund=fund, code="payable", kind="payable"),
    ]
    names = ["source", "purse", "payable"]
    model = dict.fromkeys(names, 0)
    for name, amount in steps:
        debit = names.index(name)
        credit = (debit + 1) % 3
        fits = name != "purse" or model["purse"] >= amount
        try:
            with transaction.atomic():
                post(county=COUNTY, moves=[Move(accounts[debit], accounts[credit], amount, "x")], at=AT, on=ON)
        except Refusal as refusal:
            assert refusal.code == "ledger.insufficient"
            assert not fits
        else:
            assert fits
            model[name] -= amount
            model[names[credit]] += amount
    assert [balance(account) for account in accounts] == [model[name] for name in names]
    assert list(check()) == []
