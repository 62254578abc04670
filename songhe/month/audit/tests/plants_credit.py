"""Faults of credits: each lets an elder pay a lunch with produce, and spoils one thing of it."""

from __future__ import annotations

from django.db.models import F

from songhe.credit.models import Deed, Spending
from songhe.ledger.fund import open_account
from songhe.ledger.models import Account, Fund, Transfer
from songhe.month.audit.tests.plants import again, change, one, plant
from songhe.redemption.models import Line
from songhe.redemption.reverse import reverse
from songhe.settlement.models import StatementLine
from songhe.settlement.tests.produce import APRIL, at, gathered, lunch_for_greens


def spent() -> Spending:
    """A lunch paid with greens, in the statement of the scheme."""
    _, who, bill = lunch_for_greens()
    spending: Spending = one(Spending, provider_id=who.pk)
    gathered(spending.holder.scheme)
    assert Line.objects.filter(bill=bill, credit_fen__gt=0).exists()
    return spending


@plant("credit.units_differ", held=True)
def greens_that_were_never_weighed():
    change(one(Deed, holder_id=spent().holder_id), units=F("units") + 1)


@plant("credit.owed_differs", held=True)
def a_debt_to_another_provider():
    spending = spent()
    fund = Fund.objects.get(code=f"credit:{spending.holder.scheme.code}")
    other = open_account(fund=fund, code="payable:0", kind="payable")
    change(Transfer.objects.get(id=spending.owed), credit_id=other.id)


@plant("credit.owed_differs", held=True)
def a_debt_that_went_back_without_the_credits():
    owed = Transfer.objects.get(id=spent().owed)
    made = again(owed, debit_id=owed.credit_id, credit_id=owed.debit_id, kind="credit_not_owed")
    change(made, reverses=owed.id)


@plant("credit.paid_elsewhere")
def money_of_a_scheme_for_the_elder():
    owed = Transfer.objects.get(id=spent().owed)
    pocket = Account.objects.create(county=owed.county, fund_id=owed.fund_id, code="elder", kind="cash")
    again(owed, credit_id=pocket.id, kind="cash", about=None)


@plant("credit.line_differs", "credit.owed_differs", "settlement.amount_differs", held=True)
def credits_given_back_for_a_lunch_that_stands():
    spending = spent()
    bill = Line.objects.get(id=spending.about).bill
    reverse(county=bill.county, bill_no=bill.no, because="退", at=at(APRIL), on=APRIL, by="till")
    change(spending, about=one(Line, credit_fen=0).id)


@plant("settlement.amount_differs", "settlement.does_not_sum", held=True)
def credits_settled_for_less():
    settled = StatementLine.objects.get(line_id=spent().about)
    change(settled, amount_fen=F("amount_fen") - 1)
