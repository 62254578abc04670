from datetime import date

import pytest
from django.db import IntegrityError, transaction

from songhe.kernel.refusal import Refusal
from songhe.settlement.close import close, report, waiting
from songhe.settlement.models import Statement
from songhe.settlement.tests import make
from songhe.settlement.tests.test_states import VERBS, carried
from songhe.trail.models import Entry

pytestmark = pytest.mark.django_db
MARCH, APRIL = make.MARCH, make.APRIL


def closes(month=MARCH, *, by="finance", on=date(2026, 4, 20)):
    return close(county=make.COUNTY, month=month, at=make.at(on), by=by)


def refuses(code, call=closes, **named):
    with pytest.raises(Refusal) as refused, transaction.atomic():
        call(**named)
    assert refused.value.code == code
    return refused.value


def settled(*amounts):
    of = make.payee()
    make.bill(*amounts, of=of)
    make.gathered()
    make.paid(of)
    return of


def test_closes_a_month_over_its_figures():
    of = settled(70400, 33333)
    period = closes()
    (programme,), (line,) = period.report["programmes"], period.report["providers"]
    assert programme["lines"] == {"CHARGE": {"lines": 2, "fen": 103_733}}
    assert (programme["central_fen"], programme["local_fen"]) == (88173, 15560)
    assert (line["provider"], line["net_fen"], line["invoice_no"]) == (
        of.credit_code,
        103_733,
        make.statement(of).invoice_no,
    )
    assert period.report["funds"] == [
        {"fund": "consumption-voucher-2026", "moved": {"redeem": {"transfers": 2, "units": 103_733}}}
    ]
    assert Entry.objects.get(act="settlement.close").detail == {"digest": period.digest}


def test_closing_again_finds_the_same_report_to_the_byte():
    settled(70400)
    first = closes()
    again = closes(by="somebody", on=date(2026, 6, 1))
    assert (again.digest, again.closed_by) == (first.digest, "finance")
    assert report(county=make.COUNTY, month=MARCH) == first.report
    assert Entry.objects.filter(act="settlement.close").count() == 1


def test_what_happens_later_does_not_change_the_report_of_a_closed_month():
    of = make.payee()
    wrong = make.bill(500, of=of)
    make.gathered()
    make.paid(of)
    first = closes()
    make.reverse(wrong, on=APRIL.last)
    make.bill(200, of=of, outcome="pass", on=APRIL.last)
    assert make.gathered().closed
    make.gathered(APRIL)
    make.approved(of, APRIL)
    assert closes().digest == first.digest
    assert sorted(make.lines(of, APRIL)) == [("CHARGE", 200), ("REFUND", -500)]


@pytest.mark.parametrize("state", ["gathered", "disputed", "confirmed", "approved"])
def test_refuses_while_a_statement_waits_and_names_it(state):
    of = make.payee()
    make.bill(500, of=of)
    make.gathered()
    if state == "disputed":
        VERBS["dispute"](make.statement(of))
    elif state == "confirmed":
        make.confirmed(of)
    elif state == "approved":
        make.approved(of)
    refusal = refuses("settlement.not_all_paid")
    assert make.statement(of).no in refusal.message("zh")
    assert [(row.no, row.state) for row in waiting(county=make.COUNTY, month=MARCH)] == [(make.statement(of).no, state)]


def test_refuses_while_a_payment_has_come_back():
    of = make.payee()
    make.bill(500, of=of)
    make.gathered()
    make.approved(of)
    make.read_back(make.answer(make.released(), make.Outcome.RETURNED))
    refuses("settlement.not_all_paid")


def test_refuses_while_lines_are_not_gathered():
    settled(500)
    make.bill(70, of=make.payee())
    refuses("settlement.not_gathered")


def test_a_line_that_waits_for_its_verdict_does_not_hold_the_month_up():
    settled(500)
    make.bill(70, of=make.payee(), outcome="pending")
    assert closes().closed_at


def test_what_is_carried_on_does_not_hold_the_month_up():
    carried(make.payee())
    closes()
    assert closes(APRIL, on=date(2026, 5, 20)).closed_at


def test_refuses_while_an_earlier_month_is_open():
    settled(500)
    refuses("ledger.earlier_period_open", month=APRIL, on=date(2026, 5, 20))


def test_an_empty_month_can_be_closed():
    assert closes().report["providers"] == []


def test_a_closed_month_takes_no_statement_past_the_verbs_either():
    of = settled(500)
    closes()
    with pytest.raises(IntegrityError), transaction.atomic():
        Statement.objects.filter(county=make.COUNTY, id=make.statement(of).id).update(charge_fen=1)
