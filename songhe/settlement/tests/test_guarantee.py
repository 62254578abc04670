"""What the guarantee of offline tills owes a merchant is settled with the month, out of its own books, to the fen."""

from __future__ import annotations

import random
from datetime import date, timedelta

import pytest
from django.db import IntegrityError, transaction

from songhe.assessment.tests.world import at
from songhe.card import open as cards
from songhe.card.tests.world import LISHUI, MARCH, TENTH
from songhe.kernel.month import Month
from songhe.kernel.refusal import Refusal
from songhe.offline.decide import decide
from songhe.offline.guarantee import FUND, standing, take_back
from songhe.offline.models import Slip, Trouble
from songhe.offline.tests.world import NOON, canteen, endowed, funded, later, till
from songhe.redemption.models import Bill
from songhe.redemption.reverse import reverse
from songhe.settlement import gather
from songhe.settlement.approve import approve
from songhe.settlement.check import check
from songhe.settlement.close import NOT_GATHERED, close
from songhe.settlement.confirm import confirm
from songhe.settlement.models import BorneLine, Statement
from songhe.settlement.payout import make, release
from songhe.settlement.programme import programme_name
from songhe.settlement.share import guarantee_programmes
from songhe.settlement.tests.clearing import balance as balance_of
from songhe.settlement.tests.make import with_account

pytestmark = pytest.mark.django_db
APRIL, MAY = date(2026, 4, 5), date(2026, 5, 5)
PUT_IN = 100_000


def gathered(month=MARCH, *, on=APRIL):
    take_back(county=LISHUI, at=at(on), on=on, by="run")
    return gather.gather(county=LISHUI, programme=FUND, month=month, at=at(on), by="run")


def borne(one, fen=500, *, bearer="county", made=NOON):
    """A lunch of twelve yuan on a card with so much; who bears the rest is decided."""
    _, card = funded(fen)
    one.send(one.slip(card, made=made), when=made + timedelta(hours=1))
    row = Trouble.objects.get(state="open")
    told = {"county": LISHUI, "because": "查实", "at": made + timedelta(hours=2), "on": TENTH, "by": "clerk"}
    return decide(trouble_id=row.id, bearer=bearer, **told)


def undone(row, *, on=APRIL):
    bill = Bill.objects.get(id=Slip.objects.get(id=row.slip_id).bill_id)
    reverse(county=LISHUI, bill_no=bill.no, because="退", at=at(on), on=on, by="till")


def balance(code):
    return balance_of(LISHUI, FUND, code)


def paid(statement):
    told = {"county": LISHUI, "statement_id": statement.id, "at": at(APRIL)}
    confirm(**told, invoice_no=f"FP{statement.month}", budget_line="担保", fund_year=2026, by="manager")
    approve(**told, by="head")
    made = make(county=LISHUI, programme=FUND, month=Month.parse(statement.month), at=at(APRIL), by="finance")
    release(county=LISHUI, batch_id=made.batch.id, at=at(APRIL), on=APRIL, by="cashier")


def test_what_the_county_bears_stands_line_by_line_on_a_statement_of_its_own_and_is_paid_from_its_books():
    endowed(PUT_IN)
    who = canteen()
    one = till(who)
    first, second = borne(one), borne(one, 1_000)
    borne(one, 200, bearer="merchant")
    assert guarantee_programmes(LISHUI) == [FUND]
    assert programme_name(county=LISHUI, programme=FUND)[0] == "离线收款担保"
    done = gathered()
    assert (done.statements, done.lines, done.charge_fen) == (1, 2, 900)
    assert gathered().lines == 0
    assert list(BorneLine.objects.order_by("number").values_list("number", "trouble_id", "amount_fen")) == [
        (1, first.id, 700),
        (2, second.id, 200),
    ]
    assert list(check()) == []
    with_account(who)
    paid(Statement.objects.get())
    assert (balance("guarantee"), balance(f"payable:{who.id}"), balance("paid:unsplit")) == (PUT_IN - 900, 0, 900)
    assert list(check()) == []


def test_a_slip_whose_card_was_stopped_is_borne_whole_though_it_has_no_bill():
    endowed(PUT_IN)
    one = till()
    _, card = funded()
    slip = one.slip(card)
    cards.freeze(card=card, because="查", at=NOON, by="clerk")
    one.send(slip)
    row = Trouble.objects.get()
    decide(county=LISHUI, trouble_id=row.id, bearer="county", because="查", at=later(hours=2), on=TENTH, by="clerk")
    assert gathered().charge_fen == 1_200
    assert not Bill.objects.exists()
    assert list(check()) == []


def test_of_a_bill_reversed_before_it_was_gathered_nothing_is_owed():
    endowed(PUT_IN)
    one = till()
    undone(borne(one), on=TENTH)
    assert gathered().lines == 0
    assert (balance("guarantee"), balance(f"payable:{one.device.provider_id}")) == (PUT_IN, 0)
    assert take_back(county=LISHUI, at=at(APRIL), on=APRIL, by="run") == 0


def test_what_was_paid_before_the_bill_was_reversed_is_cut_from_the_next_statement():
    endowed(PUT_IN)
    who = canteen()
    with_account(who)
    one = till(who)
    row = borne(one)
    gathered()
    paid(Statement.objects.get())
    undone(row)
    assert gathered(MARCH.next, on=MAY).refund_fen == 700
    assert gathered(MARCH.next, on=MAY).lines == 0
    assert [(each.kind, each.amount_fen) for each in BorneLine.objects.order_by("service_month", "kind")] == [
        ("CHARGE", 700),
        ("REFUND", -700),
    ]
    statement = Statement.objects.get(month="2026-04")
    assert (statement.net_fen, balance("guarantee"), balance(f"payable:{who.id}")) == (-700, PUT_IN, -700)
    told = {"county": LISHUI, "statement_id": statement.id, "at": at(MAY)}
    confirm(**told, invoice_no="FP4", budget_line="担保", fund_year=2026, by="manager")
    assert approve(**told, by="head").state == "carried"
    april = NOON + timedelta(days=55)
    borne(one, 100, made=april)
    gathered(MARCH.next.next, on=MAY)
    last = Statement.objects.get(month="2026-05")
    assert (last.charge_fen, last.carried_fen, last.net_fen) == (1_200, -700, 500)
    paid(last)
    assert (balance(f"payable:{who.id}"), balance("paid:unsplit"), balance("guarantee")) == (0, 1_200, PUT_IN - 1_200)
    assert list(check()) == []


def test_a_month_is_not_closed_before_what_the_county_bears_is_on_a_statement():
    endowed(PUT_IN)
    borne(till())
    with pytest.raises(Refusal) as refusal:
        close(county=LISHUI, month=MARCH, at=at(APRIL), by="head")
    assert refusal.value.code == NOT_GATHERED.code


def test_sums_are_counted_again_from_what_was_decided():
    endowed(PUT_IN)
    borne(till())
    gathered()
    statement = Statement.objects.get()
    told = {"county": LISHUI, "statement_id": statement.id, "at": at(APRIL)}
    Trouble.objects.update(borne_fen=600)
    confirm(**told, invoice_no="FP1", budget_line="担保", fund_year=2026, by="manager")
    with pytest.raises(Refusal) as refusal:
        approve(**told, by="head")
    assert refusal.value.code == "settlement.amounts_differ"


def test_the_database_itself_pays_an_exception_once_and_adds_nothing_to_what_is_confirmed():
    endowed(PUT_IN)
    borne(till())
    gathered()
    line = BorneLine.objects.get()
    copy = {"county": LISHUI, "statement": line.statement, "trouble": line.trouble, "service_month": "2026-03"}
    with pytest.raises(IntegrityError), transaction.atomic():
        BorneLine.objects.create(**copy, number=2, kind="CHARGE", amount_fen=700)
    confirm(
        county=LISHUI,
        statement_id=line.statement_id,
        invoice_no="FP1",
        budget_line="担保",
        fund_year=2026,
        at=at(APRIL),
        by="manager",
    )
    with pytest.raises(IntegrityError), transaction.atomic():
        BorneLine.objects.create(**copy, number=2, kind="REFUND", amount_fen=-700)


@pytest.mark.parametrize("seed", range(4))
def test_whatever_is_borne_undone_and_gathered_every_fen_put_in_is_left_owed_or_paid(seed):
    chance = random.Random(seed)
    endowed(PUT_IN)
    tills = [till(canteen(), card_fen=5_000) for _ in range(3)]
    for one in tills:
        with_account(one.device.provider)
    rows = []
    for _ in range(16):
        bearer = chance.choice(["county", "merchant"])
        rows.append(borne(chance.choice(tills), chance.randrange(1, 1_200), bearer=bearer))
        if chance.random() < 0.3:
            undone(rows.pop(chance.randrange(len(rows))))
        if chance.random() < 0.3:
            gathered()
    gathered()
    for statement in Statement.objects.filter(net_fen__gt=0).order_by("no"):
        told = {"county": LISHUI, "statement_id": statement.id, "at": at(APRIL)}
        confirm(**told, invoice_no=f"FP{statement.no}", budget_line="担保", fund_year=2026, by="manager")
        approve(**told, by="head")
    made = make(county=LISHUI, programme=FUND, month=MARCH, at=at(APRIL), by="finance")
    release(county=LISHUI, batch_id=made.batch.id, at=at(APRIL), on=APRIL, by="cashier")
    stands = sum(row.borne_fen - row.back_fen for row in Trouble.objects.all())
    assert standing(LISHUI).balance == PUT_IN - stands
    left = sum(balance(f"payable:{one.device.provider_id}") for one in tills)
    assert left + balance("paid:unsplit") == stands == sum(BorneLine.objects.values_list("amount_fen", flat=True))
    assert left == 0
    assert list(check()) == []
