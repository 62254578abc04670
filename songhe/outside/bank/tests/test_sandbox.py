"""The bank in a folder: what it takes, what it answers, and what settlement makes of that."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from django.db import transaction

from songhe.kernel.refusal import Refusal
from songhe.ledger.check import check as books
from songhe.outside.bank.sandbox import SandboxBank
from songhe.provider.bank import approve as approve_account
from songhe.provider.bank import propose
from songhe.provider.models import BankAccount
from songhe.settlement.check import check
from songhe.settlement.models import Payment
from songhe.settlement.payout import send
from songhe.settlement.ports import BankRefused
from songhe.settlement.tests import make

pytestmark = pytest.mark.django_db
FIFTH, SEVENTH = date(2026, 4, 5), date(2026, 4, 7)


def sound():
    assert list(check()) == []
    assert list(books()) == []


@pytest.fixture
def bank(tmp_path):
    return SandboxBank(tmp_path)


def to_bank(batch, bank):
    return send(county=batch.county, batch_id=batch.id, bank=bank, at=make.at(FIFTH))


def test_the_sandbox_takes_a_file_once_and_answers_it(bank):
    of = make.payee()
    make.bill(70400, of=of)
    make.gathered()
    make.approved(of)
    batch = make.released()
    to_bank(batch, bank)
    to_bank(batch, bank)
    rows = bank.statement(county=make.COUNTY, on=SEVENTH)
    done = make.read_back(rows)
    assert (done.paid, done.paid_fen, done.unknown) == (1, 70400, [])
    batch.refresh_from_db()
    assert batch.state == "matched"
    again = make.read_back(bank.statement(county=make.COUNTY, on=SEVENTH + timedelta(days=1)))
    assert (again.paid, again.repeated) == (0, 1)
    assert bank.statement(county=make.COUNTY, on=FIFTH) == []
    sound()


def test_the_sandbox_refuses_another_file_under_a_number_it_took(bank):
    of = make.payee()
    make.bill(5, of=of)
    make.gathered()
    make.approved(of)
    file = to_bank(make.released(), bank)
    other = file.content.replace(b"0.05", b"0.06")
    with pytest.raises(BankRefused):
        bank.send(replace(file, content=other))
    with pytest.raises(BankRefused):
        bank.send(replace(file, total_fen=6))


def test_a_returned_payment_goes_back_to_what_is_owed_and_is_paid_again(bank):
    of = make.payee(ending="0001")
    make.bill(70400, of=of)
    make.gathered()
    make.approved(of)
    to_bank(make.released(), bank)
    done = make.read_back(bank.statement(county=make.COUNTY, on=SEVENTH))
    assert (done.returned, done.returned_fen) == (1, 70400)
    assert (make.owed(of), make.paid_out("central"), make.statement(of).state) == (70400, 0, "approved")
    assert Payment.objects.get().returned_because == "收款行未受理"
    sound()
    to_bank(make.released(on=SEVENTH), bank)
    make.read_back(bank.statement(county=make.COUNTY, on=date(2026, 4, 9)))
    assert (make.owed(of), make.paid_out("central"), make.statement(of).state) == (0, 59840, "paid")
    assert Payment.objects.count() == 2
    sound()


def test_a_wrong_account_comes_back_until_it_is_changed(bank):
    of = make.payee(ending="0000")
    make.bill(500, of=of)
    make.gathered()
    make.approved(of)
    to_bank(make.released(), bank)
    make.read_back(bank.statement(county=make.COUNTY, on=SEVENTH))
    right = propose(
        provider=of, holder=of.name, bank="样例银行", number="6222000011119999", at=make.at(SEVENTH), by="clerk"
    )
    approve_account(account=right, at=make.at(SEVENTH), by="head")
    later = SEVENTH + timedelta(days=4)
    to_bank(make.released(on=later), bank)
    make.read_back(bank.statement(county=make.COUNTY, on=later))
    assert make.statement(of).state == "paid"
    sound()


def test_a_file_that_is_no_longer_the_released_one_is_not_sent(bank):
    of = make.payee()
    make.bill(5, of=of)
    make.gathered()
    make.approved(of)
    batch = make.released()
    BankAccount.objects.filter(provider=of).update(holder="别的户名")
    with pytest.raises(Refusal) as refused, transaction.atomic():
        to_bank(batch, bank)
    assert refused.value.code == "settlement.file_differs"
    assert [code for code, *_ in check()] == ["settlement.bank_file_differs"]
