"""Every state of a statement with every verb; what one person may not do; what holding does."""

from itertools import product

import pytest
from django.db import IntegrityError, transaction

from songhe.kernel.refusal import Refusal
from songhe.settlement import claw_back, confirm, reconcile
from songhe.settlement.approve import approve
from songhe.settlement.models import Batch, Payment, Statement
from songhe.settlement.payout import make as make_batch
from songhe.settlement.payout import release, take_out
from songhe.settlement.ports import BankRow, Outcome
from songhe.settlement.statement import hold, hold_provider, let_go
from songhe.settlement.states import BATCH, PAYMENT, STATEMENT
from songhe.settlement.tests import make
from songhe.trail.models import Entry

pytestmark = pytest.mark.django_db
MARCH, APRIL = make.MARCH, make.APRIL
NOON = make.at(APRIL.first, 12)


def refuses(code, call, *arguments, **named):
    with pytest.raises(Refusal) as refused, transaction.atomic():
        call(*arguments, **named)
    assert refused.value.code == code


def in_state(state):
    """A statement that came into the state by the verbs."""
    of = make.payee()
    if state == "carried":
        return carried(of)
    make.bill(500, of=of)
    make.gathered()
    steps = {
        "gathered": lambda: None,
        "disputed": lambda: VERBS["dispute"](make.statement(of)),
        "confirmed": lambda: make.confirmed(of),
        "approved": lambda: make.approved(of),
        "paid": lambda: make.paid(of),
    }
    steps[state]()
    return make.statement(of)


def carried(of):
    wrong = make.bill(500, of=of)
    make.gathered()
    make.paid(of)
    make.reverse(wrong, on=APRIL.last)
    make.gathered(APRIL)
    return make.approved(of, APRIL)


def of_it(verb, **more):
    def call(row, **again):
        return verb(county=row.county, statement_id=row.id, at=NOON, **{**more, **again})

    return call


VERBS = {
    "confirm": of_it(confirm.confirm, by="manager", invoice_no="FP-1", budget_line="2081005", fund_year=2026),
    "dispute": of_it(confirm.dispute, by="manager", because="少了一行"),
    "resolve": of_it(confirm.resolve, by="clerk", because="已补齐"),
    "send_back": of_it(confirm.send_back, by="approver", because="发票号不符"),
    "approve": of_it(approve, by="approver"),
    "recover": of_it(
        claw_back.recover, by="finance", amount_fen=500, reference="B-1", received_on=APRIL.last, on=APRIL.last
    ),
}


@pytest.mark.parametrize(("state", "verb"), list(product(Statement.State.values, VERBS)))
def test_every_state_takes_its_verbs_and_refuses_the_others(state, verb):
    row = in_state(state)
    if STATEMENT.allows(state, verb):
        VERBS[verb](row)
        after = Statement.objects.get(id=row.id)
        assert after.state == STATEMENT.transitions[verb][1]
        assert after.version == row.version + 1
        assert Entry.objects.filter(act=f"settlement.{verb}", subject_id=str(row.id)).exists()
    else:
        expected = "settlement.no_debt" if verb == "recover" else "settlement.wrong_state"
        if verb == "approve" and row.approved_by:
            expected = "settlement.wrong_state"
        refuses(expected, VERBS[verb], row)
        assert Statement.objects.get(id=row.id).state == state


def test_a_dispute_is_answered_and_gathered_again_with_what_was_put_right():
    of = make.payee()
    make.bill(500, of=of)
    wrong = make.bill(70, of=of)
    make.gathered()
    VERBS["dispute"](make.statement(of))
    make.reverse(wrong, on=make.day_after(MARCH, 3))
    assert make.gathered().lines == 0
    VERBS["resolve"](make.statement(of))
    make.gathered()
    assert make.approved(of).net_fen == 500


def test_a_statement_sent_back_is_confirmed_again_with_the_same_invoice():
    row = in_state("confirmed")
    VERBS["send_back"](row)
    assert make.confirmed(row.provider).invoice_no == row.invoice_no


@pytest.mark.parametrize("field", ["invoice_no", "budget_line"])
def test_a_confirmation_needs_invoice_and_budget_line(field):
    refuses("input.missing", VERBS["confirm"], in_state("gathered"), **{field: " "})


@pytest.mark.parametrize("year", [None, "2026", 0])
def test_a_confirmation_needs_a_fund_year(year):
    with pytest.raises(Refusal) as refused:
        VERBS["confirm"](in_state("gathered"), fund_year=year)
    assert refused.value.field == "fund_year"


def test_a_confirmation_names_a_fund_that_is_there():
    refuses("ledger.unknown_fund", VERBS["confirm"], in_state("gathered"), fund_year=2031)


def test_an_invoice_pays_for_one_statement_of_a_provider():
    of = make.payee()
    make.bill(500, of=of)
    make.bill(600, of=of, month=APRIL)
    make.gathered()
    make.gathered(APRIL)
    VERBS["confirm"](make.statement(of))
    refuses("settlement.invoice_used", VERBS["confirm"], make.statement(of, APRIL))
    other = make.payee()
    make.bill(500, of=other)
    make.gathered()
    assert VERBS["confirm"](make.statement(other)).state == "confirmed"


@pytest.mark.parametrize("verb", ["dispute", "resolve", "send_back"])
def test_what_goes_back_says_why(verb):
    state = {"dispute": "gathered", "resolve": "disputed", "send_back": "confirmed"}[verb]
    refuses("settlement.needs_reason", VERBS[verb], in_state(state), because=" ")


def test_whoever_looked_at_an_older_version_is_told_so():
    row = in_state("gathered")
    hold(county=row.county, statement_id=row.id, because="抽查", at=NOON, by="head")
    refuses("settlement.changed", VERBS["confirm"], row, version=row.version)


def test_refuses_a_statement_of_another_county():
    row = in_state("gathered")
    row.county = "370798"
    refuses("settlement.unknown", VERBS["dispute"], row)


# --- two people ------------------------------------------------------------------------------------------------------


def test_who_confirmed_does_not_approve():
    refuses("settlement.same_person", VERBS["approve"], in_state("confirmed"), by="manager")


def test_who_gathered_does_not_approve():
    of = make.payee()
    make.bill(500, of=of)
    make.gathered(by="approver")
    make.confirmed(of)
    refuses("settlement.same_person", VERBS["approve"], make.statement(of))


def test_the_database_refuses_one_person_for_both():
    row = in_state("confirmed")
    with pytest.raises(IntegrityError), transaction.atomic():
        Statement.objects.filter(county=row.county, id=row.id).update(approved_by="manager")


@pytest.mark.parametrize("by", ["finance", "approver"])
def test_who_made_the_batch_or_approved_a_statement_does_not_release(by):
    make.approved(in_state("gathered").provider)
    made = make.batch().batch
    refuses("settlement.same_person", release, county=make.COUNTY, batch_id=made.id, at=NOON, on=APRIL.first, by=by)
    with pytest.raises(IntegrityError), transaction.atomic():
        Batch.objects.filter(county=make.COUNTY).update(released_by="finance")


def test_who_approved_a_debt_does_not_book_its_return():
    refuses("settlement.same_person", VERBS["recover"], in_state("carried"), by="approver")


# --- holding ---------------------------------------------------------------------------------------------------------


def test_a_held_statement_is_not_approved_until_it_is_let_go():
    row = in_state("confirmed")
    hold(county=row.county, statement_id=row.id, because="群众举报", at=NOON, by="head")
    refuses("settlement.held", VERBS["approve"], row)
    let_go(county=row.county, statement_id=row.id, because="查无问题", at=NOON, by="head")
    assert VERBS["approve"](row).state == "approved"


def test_a_held_statement_is_left_out_of_the_batch_and_named():
    held, free = in_state("approved"), in_state("approved")
    hold(county=held.county, statement_id=held.id, because="群众举报", at=NOON, by="head")
    made = make.batch()
    assert made.left_out == [(held.no, "settlement.held")]
    assert list(Payment.objects.values_list("statement_id", flat=True)) == [free.id]


def test_a_statement_held_after_the_batch_was_made_stops_its_release_until_it_is_taken_out():
    held, free = in_state("approved"), in_state("approved")
    made = make.batch().batch
    hold(county=held.county, statement_id=held.id, because="群众举报", at=NOON, by="head")
    call = {"county": make.COUNTY, "batch_id": made.id, "at": NOON, "on": APRIL.first, "by": "cashier"}
    refuses("settlement.held", release, **call)
    payment = Payment.objects.get(statement=held)
    take_out(county=make.COUNTY, payment_id=payment.id, because="暂缓", at=NOON, by="finance")
    assert release(**call).total_fen == free.net_fen
    let_go(county=held.county, statement_id=held.id, because="查无问题", at=NOON, by="head")
    assert make.batch().batch.total_fen == held.net_fen


@pytest.mark.parametrize("state", ["carried", "paid"])
def test_what_is_settled_cannot_be_held(state):
    row = in_state(state)
    refuses("settlement.already_paid", hold, county=row.county, statement_id=row.id, because="晚了", at=NOON, by="head")


def test_holds_everything_of_a_provider_that_is_not_paid():
    of = make.payee()
    make.bill(500, of=of)
    make.bill(600, of=of, month=APRIL)
    make.gathered()
    make.paid(of)
    make.gathered(APRIL)
    assert hold_provider(county=make.COUNTY, provider_id=of.id, because="停业", at=NOON, by="head") == 1
    assert hold_provider(county=make.COUNTY, provider_id=of.id, because="停业", at=NOON, by="head") == 0
    assert make.statement(of, APRIL).held_because == "停业"


def test_holding_and_letting_go_need_a_reason():
    row = in_state("gathered")
    for verb in (hold, let_go):
        refuses("settlement.needs_reason", verb, county=row.county, statement_id=row.id, because="", at=NOON, by="head")
    refuses("settlement.needs_reason", hold_provider, county=row.county, provider_id=1, because="", at=NOON, by="head")


# --- amounts that do not agree ---------------------------------------------------------------------------------------


def test_an_approval_counts_again():
    row = in_state("gathered")
    Statement.objects.filter(county=row.county).update(charge_fen=600, net_fen=600, central_fen=525)
    make.confirmed(row.provider)
    refuses("settlement.amounts_differ", VERBS["approve"], row)


# --- batches and payments --------------------------------------------------------------------------------------------


def batch_in(state):
    make.approved(in_state("gathered").provider)
    made = make.batch().batch
    if state != "made":
        made = release(county=make.COUNTY, batch_id=made.id, at=NOON, on=APRIL.first, by="cashier")
    if state == "matched":
        make.read_back(make.answer(made))
    return Batch.objects.get(id=made.id)


@pytest.mark.parametrize("state", Batch.State.values)
def test_a_batch_is_released_once(state):
    row = batch_in(state)
    assert row.state == state
    call = {"county": make.COUNTY, "batch_id": row.id, "at": NOON, "on": APRIL.first, "by": "cashier"}
    if BATCH.allows(state, "release"):
        assert release(**call).state == "released"
    else:
        refuses("settlement.wrong_state", release, **call)


@pytest.mark.parametrize("state", Payment.State.values)
def test_a_payment_is_taken_out_only_while_it_waits(state):
    batch = batch_in("made" if state == "waiting" else "released")
    if state in {"paid", "returned"}:
        make.read_back(make.answer(batch, Outcome(state)))
    payment = Payment.objects.get()
    assert payment.state == state
    call = {"county": make.COUNTY, "payment_id": payment.id, "because": "暂缓", "at": NOON, "by": "finance"}
    refuses("settlement.needs_reason", take_out, **{**call, "because": ""})
    if PAYMENT.allows(state, "take_out"):
        assert take_out(**call).state == "returned"
        refuses(
            "settlement.nothing_to_pay",
            release,
            county=make.COUNTY,
            batch_id=batch.id,
            at=NOON,
            on=APRIL.first,
            by="cashier",
        )
    else:
        refuses("settlement.wrong_state", take_out, **call)


@pytest.mark.parametrize(
    ("before", "outcome", "after"),
    [
        ("sent", "paid", ("paid", "paid")),
        ("sent", "returned", ("returned", "approved")),
        ("paid", "paid", ("paid", "paid")),
        ("paid", "returned", ("returned", "approved")),
        ("returned", "paid", ("returned", "approved")),
        ("returned", "returned", ("returned", "approved")),
    ],
)
def test_what_the_bank_says_in_every_state_of_a_payment(before, outcome, after):
    batch = batch_in("released")
    if before != "sent":
        make.read_back(make.answer(batch, Outcome(before)))
    make.read_back(make.answer(batch, Outcome(outcome), because="户名不符"))
    payment = Payment.objects.select_related("statement").get()
    assert (payment.state, payment.statement.state) == after
    assert make.owed(payment.provider) == (0 if after[0] == "paid" else 500)


def test_refuses_what_is_unknown():
    call = {"county": make.COUNTY, "at": NOON, "by": "cashier"}
    refuses("settlement.unknown_batch", release, batch_id=Batch().id, on=APRIL.first, **call)
    refuses("settlement.unknown_payment", take_out, payment_id=Payment().id, because="无", **call)
    refuses("settlement.nothing_to_pay", make_batch, programme=make.PROGRAMME, month=MARCH, **call)
    stranger = BankRow("", 5, Outcome.PAID, APRIL.first)
    done = reconcile.reconcile(county=make.COUNTY, rows=[stranger], at=NOON, on=APRIL.first, by="finance")
    assert done.unknown == [(stranger, "no_such_payment")]
