"""The auditor finds what was written past the verbs, the guards and the constraints."""

import re
from contextlib import contextmanager

import pytest
from django.db import connection, transaction

from songhe.county.key import new_id
from songhe.ledger.models import Transfer
from songhe.redemption.models import Bill, Verdict
from songhe.settlement.check import QUESTIONS, check
from songhe.settlement.guards import guards
from songhe.settlement.models import Batch, Payment, Statement, StatementLine
from songhe.settlement.tests import make

pytestmark = pytest.mark.django_db
MARCH, APRIL = make.MARCH, make.APRIL


@contextmanager
def unguarded():
    """Triggers off, and everything undone at the end, deferred constraints unasked."""
    with transaction.atomic():
        with connection.cursor() as cursor:
            for guard in guards():
                for statement in guard.sqlite if connection.vendor == "sqlite" else guard.postgresql:
                    for name in re.findall(r'CREATE TRIGGER "(\w+)"', statement):
                        on = "" if connection.vendor == "sqlite" else f' ON "{guard.table}"'
                        cursor.execute(f'DROP TRIGGER "{name}"{on}')
            if connection.vendor == "postgresql":
                cursor.execute('DROP TRIGGER "ledger_transfer_append_only_update" ON "ledger_transfer"')
            else:
                cursor.execute('DROP TRIGGER "ledger_transfer_append_only_update"')
        yield
        transaction.set_rollback(True)


def world():
    """Two providers paid in March, one of them with a refund in April that is carried on."""
    first, second = make.payee(), make.payee()
    make.bill(500, 70, of=first)
    wrong = make.bill(900, of=second)
    make.gathered()
    for of in (first, second):
        make.approved(of)
    make.read_back(make.answer(make.released()))
    make.reverse(wrong, on=APRIL.last)
    make.gathered(APRIL)
    make.approved(second, APRIL)
    make.bill(2000, of=second, month=make.MAY)
    make.gathered(make.MAY)
    return first, second


def lines(**which):
    return StatementLine.objects.filter(county=make.COUNTY, **which)


def copy(row, **changes):
    row = type(row).objects.get(id=row.id)
    row.id = new_id()
    for name, value in changes.items():
        setattr(row, name, value)
    type(row).objects.bulk_create([row])


def refund():
    return lines(kind="REFUND").get()


def statements(of, month=MARCH):
    return Statement.objects.filter(county=make.COUNTY, provider=of, month=str(month))


PLANTS = {
    "settlement.settled_without_pass": lambda one, two: Verdict.objects.filter(county=make.COUNTY).update(
        outcome="fail"
    ),
    "settlement.refund_without_charge": lambda one, two: lines(kind="REFUND").update(amount_fen=-899, local_fen=-134),
    "settlement.refund_of_another_line": lambda one, two: lines(kind="REFUND").update(
        line_id=lines(amount_fen=70).get().line_id
    ),
    "settlement.amount_differs_from_bill": lambda one, two: lines(amount_fen=70).update(amount_fen=71, local_fen=12),
    "settlement.line_of_another_provider": lambda one, two: lines(amount_fen=70).update(
        statement=statements(two).get(), number=9
    ),
    "settlement.provisional_line_settled": lambda one, two: Bill.objects.filter(
        county=make.COUNTY, provider=one
    ).update(state="provisional"),
    "settlement.service_after_death": lambda one, two: make.died(Bill.objects.get(provider=one).person, MARCH.first),
    "settlement.statement_totals_differ": lambda one, two: statements(one).update(lines=3),
    "settlement.carried_differs": lambda one, two: statements(two, APRIL).update(carried_into=None),
    "settlement.carried_from_another": lambda one, two: statements(two, APRIL).update(
        carried_into=statements(one).get()
    ),
    "settlement.shares_differ": lambda one, two: lines(amount_fen=70).update(ratio=""),
    "settlement.statement_shares_differ": lambda one, two: statements(one).update(central_fen=0, local_fen=570),
    "settlement.number_used_twice": lambda one, two: lines(amount_fen=900).update(number=1),
    "settlement.batch_by_one_person": lambda one, two: Batch.objects.filter(county=make.COUNTY).update(
        released_by="approver"
    ),
    "settlement.approved_by_nobody": lambda one, two: statements(one).update(approved_by=""),
    "settlement.payment_differs": lambda one, two: Payment.objects.filter(provider=one).update(amount_fen=571),
    "settlement.batch_total_differs": lambda one, two: Batch.objects.filter(county=make.COUNTY).update(total_fen=1),
    "settlement.paid_without_payment": lambda one, two: Payment.objects.filter(provider=one).update(state="sent"),
    "settlement.books_differ": lambda one, two: Transfer.objects.filter(kind="payout").update(kind="other"),
    "settlement.batch_split_differs": lambda one, two: lines(amount_fen=70).update(central_fen=0, local_fen=70),
    "settlement.bank_file_differs": lambda one, two: Batch.objects.filter(county=make.COUNTY).update(
        file_sha256="0" * 64
    ),
}

#: What only a database without its constraints could hold; the question stays, because a file can be edited.
HELD_BY_CONSTRAINTS = {"settlement.line_in_two_statements", "settlement.one_person"}


def test_finds_nothing_where_everything_holds():
    world()
    assert list(check()) == []


@pytest.mark.parametrize("code", PLANTS)
def test_finds_a_planted_fault(code):
    one, two = world()
    with unguarded():
        PLANTS[code](one, two)
        assert code in {found for found, *_ in check()}


def test_every_question_is_planted_or_held_by_a_constraint():
    assert set(QUESTIONS) <= set(PLANTS) | HELD_BY_CONSTRAINTS
