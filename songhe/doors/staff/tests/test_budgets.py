"""Finance proposes a month's budget, somebody else approves it, and the page says who still waits for money."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from songhe.doors.staff.tests.conftest import COUNTY, ELSEWHERE
from songhe.doors.staff.tests.reading import form_for, forms, send, text
from songhe.grant.models import Budget
from songhe.grant.tests.world import PROGRAMME, TENTH, at, budget, entitled, run_issue
from songhe.kernel.month import Month
from songhe.proposal.models import Proposal
from songhe.trail.models import Entry

PAGE = "/staff/budgets/"
TOLD = {
    "month": "2026-03",
    "programme": PROGRAMME,
    "way": "add",
    "amount": "12,000.50",
    "document_no": "样财社〔2026〕3号",
}


@pytest.fixture
def finance(enter):
    return enter("finance", "finance")


def test_what_finance_proposes_an_approver_approves_and_everybody_reads(finance, approver, clerk):
    page = text(finance.get(send(finance, PAGE, "/propose/", **TOLD).headers["Location"]))
    assert "等另一人批准" in page
    assert "¥12,000.50" in page
    assert not any(one.endswith("/approve/") for one in forms(finance.get(PAGE)))
    send(approver, PAGE, "/approve/")
    made = Budget.objects.get()
    assert (made.amount_fen, made.set_by, made.approved_by) == (1_200_050, "finance", "approver")
    page = text(clerk.get(PAGE))
    assert "finance的名字 提出，approver的名字 批准" in page
    assert "样财社〔2026〕3号" in page
    assert not any(one.startswith(PAGE) for one in forms(clerk.get(PAGE)))


def test_a_second_person_of_finance_may_approve_it_too(finance, enter):
    send(finance, PAGE, "/propose/", **TOLD)
    send(enter("cashier", "finance"), PAGE, "/approve/")
    assert Budget.objects.get().approved_by == "cashier"


def test_who_proposed_it_is_refused_by_any_way(finance):
    send(finance, PAGE, "/propose/", **TOLD)
    row = Proposal.objects.get()
    key = form_for(finance.get(PAGE), "/propose/")[1]["key"]
    answer = finance.post(f"{PAGE}{row.id}/approve/", {"key": key})
    assert answer.status_code == 422
    assert "经办人不能审批自己提出的预算" in text(answer)
    assert not Budget.objects.exists()


def test_it_is_declined_with_a_reason_and_not_without(finance, approver):
    send(finance, PAGE, "/propose/", **TOLD)
    answer = send(approver, PAGE, "/decline/", because="")
    assert answer.status_code == 422
    assert "请写明理由" in text(answer)
    send(approver, PAGE, "/decline/", because="文号不对")
    assert Proposal.objects.get().state == "declined"
    assert "文号不对" in text(finance.get(PAGE))


@pytest.mark.parametrize(
    ("told", "said"),
    [({"amount": "abc"}, "请填写金额"), ({"amount": "0"}, "请填写金额"), ({"document_no": ""}, "")],
)
def test_what_cannot_be_a_budget_is_said_beside_the_field(finance, told, said):
    answer = send(finance, PAGE, "/propose/", **{**TOLD, **told})
    assert answer.status_code == 422
    assert said in text(answer)
    assert not Proposal.objects.exists()


def test_more_than_is_left_is_not_taken_back(finance, approver):
    budget(10_000)
    send(finance, PAGE, "/propose/", **{**TOLD, "way": "take", "amount": "100.01"})
    answer = send(approver, PAGE, "/approve/")
    assert answer.status_code in {409, 422}
    assert "没有办成" in text(answer)
    assert Budget.objects.count() == 1


def test_a_double_click_proposes_once(finance):
    where, hidden = form_for(finance.get(PAGE), "/propose/")
    for _ in range(2):
        finance.post(where, {**hidden, **TOLD})
    assert Proposal.objects.count() == 1


def test_who_waits_for_money_is_counted_with_the_most_they_could_get(finance):
    entitled(category="home"), entitled(category="home"), entitled(category="home")
    budget(80_000)
    run_issue(on=TENTH)
    page = text(finance.get(PAGE))
    assert "已发" in page
    assert "最多还要 ¥1,600.00" in page


def test_clerks_propose_and_approve_nothing(clerk, finance):
    send(finance, PAGE, "/propose/", **TOLD)
    row = Proposal.objects.get()
    for where in (f"{PAGE}propose/", f"{PAGE}{row.id}/approve/", f"{PAGE}{row.id}/decline/"):
        assert clerk.post(where, {}).status_code == 403


def test_another_county_s_budget_is_not_there_and_the_asking_is_noted(finance, enter):
    send(finance, PAGE, "/propose/", **TOLD)
    row = Proposal.objects.get()
    elsewhere = enter("elsewhere", "finance", place=ELSEWHERE)
    assert text(elsewhere.get(PAGE)).count("12,000.50") == 0
    assert elsewhere.get(PAGE, {"county": COUNTY}).status_code == 404
    assert elsewhere.post(f"{PAGE}propose/", {**TOLD, "county": COUNTY}).status_code == 404
    assert elsewhere.post(f"{PAGE}{row.id}/approve/", {}).status_code == 404
    note = Entry.objects.get(act="door.out_of_reach")
    assert (note.county, note.subject, note.subject_id) == (COUNTY, "budget_proposal", str(row.id))


def test_the_page_asks_as_much_for_many_months_as_for_one(finance):
    def fill(months, proposals):
        for number in months:
            budget(100, month=Month(2026, number))
        Proposal.objects.bulk_create(
            Proposal(
                county=COUNTY,
                kind="grant.budget",
                told={"programme": PROGRAMME, "month": "2026-05", "amount_fen": 100, "document_no": "x"},
                proposed_by="cashier",
                proposed_at=at(TENTH),
            )
            for _ in range(proposals)
        )

    def asked():
        with CaptureQueriesContext(connection) as queries:
            assert finance.get(PAGE).status_code == 200
        return len(queries)

    fill([3], 1)
    asked()
    few = asked()
    fill(range(4, 13), 200)
    assert asked() == few
