"""What the elder's death does in every state of a statement, known at once or three months late.

A death stops nothing that was given before it, and takes back nothing by itself: the line of a service after the death
is reversed, and its statement then follows from the state that it is in.
"""

from datetime import date

import pytest

from songhe.kernel.month import Month
from songhe.ledger.check import check as books
from songhe.settlement.check import check
from songhe.settlement.claw_back import debts
from songhe.settlement.close import close
from songhe.settlement.tests import make
from songhe.settlement.tests.test_states import VERBS

pytestmark = pytest.mark.django_db
MARCH = make.MARCH
TENTH = date(2026, 3, 10)
AT_ONCE, LATE = date(2026, 4, 3), date(2026, 6, 20)
STATES = ["not_gathered", "gathered", "disputed", "confirmed", "approved", "sent", "paid"]


def reached(state, of):
    steps = {
        "disputed": lambda: VERBS["dispute"](make.statement(of)),
        "confirmed": lambda: make.confirmed(of),
        "approved": lambda: make.approved(of),
        "sent": lambda: (make.approved(of), make.released()),
        "paid": lambda: make.paid(of),
    }
    if state != "not_gathered":
        make.gathered()
    if state in steps:
        steps[state]()


def go_on(state, of):
    """Bring the statement of March from its state to the bank."""
    if state == "not_gathered":
        make.gathered()
    if state == "disputed":
        VERBS["resolve"](make.statement(of))
        make.gathered()
    if state == "gathered":
        make.gathered()
    if state in {"not_gathered", "gathered", "disputed"}:
        make.confirmed(of)
    if state in {"not_gathered", "gathered", "disputed", "confirmed"}:
        VERBS["approve"](make.statement(of))
    if state in {"paid", "sent"}:
        batch = make.Payment.objects.get(statement=make.statement(of)).batch
    else:
        batch = make.released()
    make.read_back(make.answer(batch))


@pytest.mark.parametrize("known", [AT_ONCE, LATE])
@pytest.mark.parametrize("state", STATES)
def test_services_before_the_death_are_settled_in_every_state(state, known):
    of, person = make.payee(), make.elder()
    make.bill(500, of=of, person=person, day=9)
    reached(state, of)
    make.reported_death(person, TENTH)
    make.died(person, TENTH)
    go_on(state, of)
    assert (make.statement(of).state, make.statement(of).net_fen, make.owed(of)) == ("paid", 500, 0)
    assert list(check()) == []
    assert list(books()) == []


@pytest.mark.parametrize("known", [AT_ONCE, LATE])
@pytest.mark.parametrize("state", STATES)
def test_services_after_the_death_are_taken_back_in_every_state(state, known):
    of, person = make.payee(), make.elder()
    voucher = make.grant(person)
    make.bill(500, of=of, voucher=voucher, day=9)
    after = make.bill(70, of=of, voucher=voucher, day=12)
    reached(state, of)
    make.died(person, TENTH)
    assert {code for code, *_ in check()} == (set() if state == "not_gathered" else {"settlement.service_after_death"})
    make.reverse(after, on=known)
    go_on(state, of)
    still_open = state in {"not_gathered", "gathered", "disputed"}
    assert make.statement(of).net_fen == (500 if still_open else 570)
    close(county=make.COUNTY, month=MARCH, at=make.at(known), by="finance")
    for number in (4, 5, 6):
        make.gathered(Month(2026, number))
    if still_open:
        assert make.owed(of) == 0
        assert make.Statement.objects.count() == 1
    else:
        month = Month.of(known)
        assert make.lines(of, month) == [("REFUND", -70)]
        assert make.approved(of, month).state == "carried"
        (debt,) = debts(county=make.COUNTY, programme=make.PROGRAMME, on=LATE)
        assert (debt.owed_fen, make.owed(of)) == (70, -70)
    assert list(check()) == []
    assert list(books()) == []
