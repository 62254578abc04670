"""From an approved statement to the bank and back, and what the books say at each step."""

from dataclasses import replace
from datetime import date

import pytest
from django.db import transaction

from songhe.jobs.models import Outgoing
from songhe.kernel.month import Month
from songhe.kernel.refusal import Refusal
from songhe.ledger.check import check as books
from songhe.ledger.models import Transfer
from songhe.provider.models import BankAccount
from songhe.settlement.bank_file import fen, read_orders, read_rows, write_rows, yuan
from songhe.settlement.check import check
from songhe.settlement.claw_back import debts, recover
from songhe.settlement.models import Statement
from songhe.settlement.payout import TOPIC, file_of
from songhe.settlement.ports import BankRow, Outcome
from songhe.settlement.queries import county_list, county_totals, settled_fen, statement_page, statements_of
from songhe.settlement.tests import make

pytestmark = pytest.mark.django_db
MARCH, APRIL, MAY = make.MARCH, make.APRIL, make.MAY
FIFTH, SEVENTH = date(2026, 4, 5), date(2026, 4, 7)


def refuses(code, call, *arguments, **named):
    with pytest.raises(Refusal) as refused, transaction.atomic():
        call(*arguments, **named)
    assert refused.value.code == code


def sound():
    assert list(check()) == []
    assert list(books()) == []


# --- the way out -----------------------------------------------------------------------------------------------------


def test_pays_a_statement_from_both_parts_of_its_fund():
    of = make.payee()
    make.bill(70400, of=of)
    make.gathered()
    make.approved(of)
    assert (make.owed(of), make.paid_out("central")) == (70400, 0)
    batch = make.released()
    assert (make.owed(of), make.paid_out("central"), make.paid_out("local")) == (0, 59840, 10560)
    assert make.statement(of).state == "approved"
    make.read_back(make.answer(batch))
    assert make.statement(of).state == "paid"
    assert settled_fen(county=make.COUNTY, month=MARCH) == 70400
    sound()


def test_the_file_holds_every_payment_to_the_fen_and_the_whole_account_number():
    payees = [make.payee(ending=ending) for ending in ("1111", "2222")]
    for fen_, of in zip((70401, 9), payees, strict=True):
        make.bill(fen_, of=of)
    make.gathered()
    for of in payees:
        make.approved(of)
    batch = make.released()
    orders = read_orders(file_of(batch).content)
    assert sorted((order.account_number, order.amount_fen) for order in orders) == [
        ("6222000011111111", 70401),
        ("6222000011112222", 9),
    ]
    assert batch.total_fen == sum(order.amount_fen for order in orders) == 70410
    assert file_of(batch).sha256 == batch.file_sha256
    assert not BankAccount.objects.filter(last4__gt="9999").exists()
    assert Outgoing.objects.get(topic=TOPIC).payload == {"batch": str(batch.id)}


@pytest.mark.parametrize("name", ["=cmd|'/c calc'!A1", "+86", "@SUM(A1)", "－1"])
def test_a_name_that_is_a_formula_is_made_harmless(name):
    of = make.payee()
    BankAccount.objects.filter(provider=of).update(holder=name)
    make.bill(5, of=of)
    make.gathered()
    make.approved(of)
    content = file_of(make.released()).content.decode("utf-8-sig")
    assert f"'{name}" in content or f"\"'{name}" in content


def test_a_provider_without_an_account_in_force_is_left_out_and_holds_up_nobody():
    with_account, without = make.payee(), make.provider()
    fresh = make.payee(since=date(2026, 4, 4))
    for of in (with_account, without, fresh):
        make.bill(100, of=of)
    make.gathered()
    for of in (with_account, without, fresh):
        make.approved(of)
    made = make.batch()
    assert {no for no, _ in made.left_out} == {make.statement(without).no, make.statement(fresh).no}
    assert {code for _, code in made.left_out} == {"provider.no_bank_account"}
    assert made.batch.total_fen == 100


def test_a_statement_is_in_one_living_batch_only():
    of = make.payee()
    make.bill(100, of=of)
    make.gathered()
    make.approved(of)
    make.batch()
    refuses("settlement.nothing_to_pay", make.batch)


def test_each_line_is_paid_from_the_fund_of_its_year():
    of = make.payee()
    make.bill(1000, of=of, month=Month(2025, 12), on=date(2026, 1, 2))
    make.bill(400, of=of)
    make.gathered()
    make.approved(of)
    make.released()
    assert (make.paid_out("central", year=2025), make.paid_out("local", year=2025)) == (850, 150)
    assert (make.paid_out("central"), make.paid_out("local")) == (340, 60)
    assert make.owed(of, year=2025) == make.owed(of) == 0
    sound()


def test_an_unsplit_statement_is_paid_whole():
    of = make.payee()
    make.bill(1000, of=of)
    make.gathered(shares=lambda _: None)
    make.approved(of)
    make.released()
    assert make.paid_out("unsplit") == 1000
    sound()


# --- the bank and back -----------------------------------------------------------------------------------------------


def test_a_payment_that_comes_back_after_it_had_arrived_opens_the_statement_again():
    of = make.payee()
    make.bill(500, of=of)
    make.gathered()
    make.approved(of)
    batch = make.released()
    make.read_back(make.answer(batch))
    make.read_back(make.answer(batch, Outcome.RETURNED, because="销户"))
    assert (make.statement(of).state, make.owed(of)) == ("approved", 500)
    sound()


def test_rows_that_fit_nothing_are_listed_and_change_nothing():
    of = make.payee()
    make.bill(500, of=of)
    make.gathered()
    make.approved(of)
    (row,) = make.answer(make.released())
    wrong, stranger = replace(row, amount_fen=499), replace(row, reference="结息")
    before = Transfer.objects.count()
    done = make.read_back([wrong, stranger])
    assert done.unknown == [(wrong, "other_amount"), (stranger, "no_such_payment")]
    assert (Transfer.objects.count(), make.statement(of).state) == (before, "approved")


def test_the_banks_file_is_read_by_its_titles():
    row = BankRow("370799-1", 170_400, Outcome.RETURNED, SEVENTH, "户名不符", "A1")
    assert read_rows(write_rows([row])) == [row]
    text = '结果,金额(元),入账日期,付款编号\n成功,"1,704",2026-04-07,X-1\n\n'
    assert read_rows(text.encode()) == [BankRow("X-1", 170_400, Outcome.PAID, SEVENTH)]


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("付款编号,金额(元),结果\nA,1,成功\n", "settlement.bank_column_missing"),
        ("付款编号,金额(元),结果,入账日期\nA,1.234,成功,2026-04-07\n", "settlement.bank_row_unreadable"),
        ("付款编号,金额(元),结果,入账日期\nA,-1,成功,2026-04-07\n", "settlement.bank_row_unreadable"),
        ("付款编号,金额(元),结果,入账日期\nA,1,也许,2026-04-07\n", "settlement.bank_row_unreadable"),
        ("付款编号,金额(元),结果,入账日期\nA,1,成功,4月7日\n", "settlement.bank_row_unreadable"),
    ],
)
def test_refuses_a_banks_file_that_it_cannot_read(text, code):
    refuses(code, read_rows, text.encode())


def test_amounts_are_written_and_read_without_floats():
    for amount in (1, 9, 10, 99, 100, 70400, 10**12 + 7):
        assert fen(yuan(amount)) == amount
    assert fen("1,234,567.8") == 123_456_780


# --- what is taken back ----------------------------------------------------------------------------------------------


def settled_and_reversed(of, amount=500):
    wrong = make.bill(amount, of=of)
    make.gathered()
    make.paid(of)
    make.reverse(wrong, on=APRIL.last)
    return wrong


def test_a_reversal_after_payment_is_netted_against_the_next_statement():
    of = make.payee()
    settled_and_reversed(of)
    assert make.owed(of) == -500
    make.bill(800, of=of, month=APRIL)
    make.gathered(APRIL)
    assert make.paid(of, APRIL).net_fen == 300
    assert make.owed(of) == 0
    assert make.paid_out("central") + make.paid_out("local") == 800
    sound()


def test_more_than_was_earned_is_carried_on_until_it_is_earned():
    of = make.payee()
    settled_and_reversed(of, 1000)
    make.bill(300, of=of, month=APRIL)
    make.gathered(APRIL)
    assert make.approved(of, APRIL).state == "carried"
    make.bill(300, of=of, month=MAY)
    make.gathered(MAY)
    assert make.approved(of, MAY).net_fen == -400
    (debt,) = debts(county=make.COUNTY, programme=make.PROGRAMME, on=date(2026, 7, 1))
    assert (debt.owed_fen, debt.months, debt.listed) == (400, 2, True)
    june = Month(2026, 6)
    make.bill(900, of=of, month=june)
    make.gathered(june)
    assert make.paid(of, june).net_fen == 500
    assert make.owed(of) == 0
    assert make.paid_out("central") + make.paid_out("local") == 1000 - 1000 + 300 + 300 + 900
    assert debts(county=make.COUNTY, programme=make.PROGRAMME, on=date(2026, 7, 1)) == []
    sound()


def test_a_provider_that_earns_nothing_more_pays_its_debt_back():
    of = make.payee()
    settled_and_reversed(of)
    make.gathered(APRIL)
    row = make.approved(of, APRIL)
    call = {
        "county": make.COUNTY,
        "statement_id": row.id,
        "reference": "B-77",
        "received_on": MAY.first,
        "at": make.at(MAY.first),
        "on": MAY.first,
        "by": "finance",
    }
    refuses("settlement.debt_other_amount", recover, amount_fen=499, **call)
    refuses("input.missing", recover, amount_fen=500, **{**call, "reference": ""})
    assert recover(amount_fen=500, **call).state == "paid"
    assert make.owed(of) == make.paid_out("central") == make.paid_out("local") == 0
    assert debts(county=make.COUNTY, programme=make.PROGRAMME, on=MAY.last) == []
    sound()


def test_a_debt_that_was_carried_on_is_not_paid_back_beside_it():
    of = make.payee()
    settled_and_reversed(of)
    make.gathered(APRIL)
    row = make.approved(of, APRIL)
    make.bill(900, of=of, month=MAY)
    make.gathered(MAY)
    refuses(
        "settlement.debt_taken_up",
        recover,
        county=make.COUNTY,
        statement_id=row.id,
        amount_fen=500,
        reference="B",
        received_on=MAY.last,
        at=make.at(MAY.last),
        on=MAY.last,
        by="finance",
    )


def test_a_refund_of_the_year_before_returns_to_its_own_fund():
    of = make.payee()
    december, january = Month(2025, 12), Month(2026, 1)
    wrong = make.bill(1000, of=of, month=december, on=date(2025, 12, 31))
    make.gathered(december)
    make.approved(of, december)
    sent = make.released(december, on=date(2026, 1, 9))
    make.read_back(make.answer(sent, on=date(2026, 1, 10)), on=date(2026, 1, 10))
    make.reverse(wrong, on=date(2026, 1, 20))
    make.bill(1500, of=of, month=january)
    make.gathered(january)
    make.approved(of, january)
    make.released(january, on=date(2026, 2, 6))
    assert make.paid_out("central", year=2025) == make.paid_out("local", year=2025) == 0
    assert make.paid_out("central") + make.paid_out("local") == 1500
    assert make.owed(of, year=2025) == make.owed(of) == 0
    sound()


# --- reads -----------------------------------------------------------------------------------------------------------


def test_the_pages_read_a_fixed_number_of_times(django_assert_num_queries):
    of = make.payee()
    for day in range(1, 9):
        make.bill(100, 50, of=of, day=day)
    make.gathered()
    row = make.statement(of)
    with django_assert_num_queries(4):
        page = statement_page(county=make.COUNTY, no=row.no, most=10)
        assert [line.line.bill.person.name for line in page.lines]
    assert (len(page.lines), page.more, page.statement) == (10, True, row)
    rest = statement_page(county=make.COUNTY, no=row.no, after=page.lines[-1].number, most=10)
    assert (len(rest.lines), rest.more) == (6, False)
    with django_assert_num_queries(1):
        assert [each.provider.name for each in county_list(county=make.COUNTY, month=MARCH)] == [of.name]
    assert county_list(county=make.COUNTY, month=MARCH, state="paid", programme=make.PROGRAMME) == []
    assert statements_of(county=make.COUNTY, provider_id=of.id) == [row]
    assert county_totals(county=make.COUNTY, month=MARCH) == {"gathered": {"statements": 1, "net_fen": 1200}}


def test_a_provider_sees_its_own_statements_only():
    of = make.payee()
    make.bill(100, of=of)
    make.gathered()
    no = Statement.objects.get().no
    assert statement_page(county=make.COUNTY, no=no, provider_id=make.payee().id) is None
    assert statement_page(county=make.COUNTY, no=no, provider_id=of.id).statement.no == no
