"""Finance reads what the bank says of the pay-outs that it has."""

from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from songhe.doors.shell.clock import set_practice_day
from songhe.doors.staff.tests.conftest import COUNTY
from songhe.doors.staff.tests.reading import form_for, forms, send, text
from songhe.jobs.outbox import deliver
from songhe.month import bank_answers, wiring
from songhe.month.schedule import due
from songhe.settlement.models import Batch, Payment, Statement
from songhe.settlement.ports import BankRow, Outcome
from songhe.settlement.tests import make as made
from songhe.settlement.tests.make import at
from songhe.trail.models import Entry

DAY = date(2026, 4, 8)
LIST = "/staff/statements/?month=2026-03"
ENDING = "/answers/"


@pytest.fixture(autouse=True)
def april(practice, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    set_practice_day(DAY)


@pytest.fixture
def cashier(enter):
    return enter("cashier", "finance")


def released(*endings):
    """Statements of as many providers, approved and released to the bank, one account number's ending each."""
    payees = [made.payee(ending=ending) for ending in endings or ("6789",)]
    for of in payees:
        made.bill(30_000, of=of)
    made.gathered()
    for of in payees:
        made.approved(of)
    made.released(on=DAY)
    return payees


def delivered():
    """The worker hands the file to the bank."""
    now = at(DAY)
    handlers = wiring.handlers(calendar=lambda natural: (natural, lambda: now), people=None)
    assert deliver(handlers=handlers, at=now, long_running=wiring.LONG_RUNNING)


def states():
    return sorted(Statement.objects.values_list("state", flat=True))


def test_what_arrived_is_paid_and_the_pay_out_is_matched(cashier):
    released("6789", "4321")
    assert "正在送银行" in text(cashier.get(LIST))
    assert not any(one.endswith(ENDING) for one in forms(cashier.get(LIST)))
    delivered()
    assert "已送出" in text(cashier.get(LIST))
    page = text(cashier.get(send(cashier, LIST, ENDING).headers["Location"]))
    assert "2 笔已到账，共 ¥600.00" in page
    assert "已对上" in page
    assert states() == ["paid", "paid"]
    assert not any(one.endswith(ENDING) for one in forms(cashier.get(LIST)))
    note = Entry.objects.get(act="settlement.reconcile")
    assert (note.actor, note.detail["paid"], note.detail["matched"]) == ("cashier", 2, 1)


def test_what_came_back_is_said_with_the_bank_s_reason_and_can_be_paid_again(cashier):
    [of] = released("0000")
    delivered()
    page = text(cashier.get(send(cashier, LIST, ENDING).headers["Location"]))
    assert f"结算单 {made.statement(of).no} 的付款被银行退回：账号不存在" in page
    assert Payment.objects.get().state == "returned"
    assert any(one.endswith("/make/") for one in forms(cashier.get(LIST)))


def test_rows_that_fit_nothing_are_listed_and_change_nothing(cashier, monkeypatch):
    released()
    delivered()
    row = Payment.objects.get()

    class Strange:
        def statement(self, *, county, on):
            return [
                BankRow("2026-0815", 100, Outcome.PAID, on),
                BankRow(row.bank_reference, row.amount_fen - 1, Outcome.PAID, on),
            ]

    monkeypatch.setattr(bank_answers, "bank", Strange)
    page = text(cashier.get(send(cashier, LIST, ENDING).headers["Location"]))
    assert "2026-0815，¥1.00，2026-04-08：没有这笔付款" in page
    assert "¥299.99，2026-04-08：金额与付款不一致" in page
    assert states() == ["approved"]
    assert Batch.objects.get().state == "released"


def test_a_double_click_reads_once_and_hears_the_same(cashier):
    released()
    delivered()
    where, hidden = form_for(cashier.get(LIST), ENDING)
    first = text(cashier.post(where, hidden, follow=True))
    assert "1 笔已到账" in first
    assert "1 笔已到账" in text(cashier.post(where, hidden, follow=True))
    assert Entry.objects.filter(act="settlement.reconcile").count() == 1


def test_a_bank_that_does_not_answer_is_named_and_nothing_changes(cashier, monkeypatch):
    released()
    delivered()

    class Silent:
        def statement(self, *, county, on):
            raise ConnectionError("no line")

    monkeypatch.setattr(bank_answers, "bank", Silent)
    page = text(cashier.get(send(cashier, LIST, ENDING).headers["Location"]))
    assert "银行没有答复" in page
    assert states() == ["approved"]


def test_only_finance_reads_the_bank_s_answers(approver, clerk):
    released()
    delivered()
    for client in (approver, clerk):
        assert not any(one.endswith(ENDING) for one in forms(client.get(LIST)))
        assert client.post("/staff/payouts/2026-03/answers/", {}).status_code == 403
    assert states() == ["approved"]


def test_another_county_s_finance_reads_its_own_bank_alone(enter):
    released()
    delivered()
    elsewhere = enter("elsewhere", "finance", place="370703")
    assert not any(one.endswith(ENDING) for one in forms(elsewhere.get(LIST)))
    where, hidden = form_for(enter("cashier", "finance").get(LIST), ENDING)
    assert "没有已送银行" in text(elsewhere.post(where, hidden, follow=True))
    assert states() == ["approved"]


def test_the_worker_reads_them_day_by_day_until_all_are_matched():
    released()
    assert jobs() == []
    delivered()
    [job] = jobs()
    assert (job.county, job.period) == (COUNTY, "2026-04-08")
    job.work()
    assert states() == ["paid"]
    assert jobs() == []
    assert Entry.objects.get(act="settlement.reconcile").actor == "run:daily"


def jobs():
    found = due(on=DAY, clock=lambda: at(DAY), calendar=lambda natural: (natural, lambda: at(DAY)), people=None)
    return [each for each in found if each.name == "daily:bank"]


def test_the_list_takes_as_many_questions_for_many_pay_outs_as_for_one(cashier):
    released()
    delivered()
    cashier.get(LIST)
    with CaptureQueriesContext(connection) as few:
        cashier.get(LIST)
    for _ in range(4):
        released()
    with CaptureQueriesContext(connection) as many:
        cashier.get(LIST)
    assert len(many) <= len(few) + 1
