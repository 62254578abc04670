"""A month's budget: proposed by one, decided by another, and how far it has gone."""

from __future__ import annotations

from datetime import date

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from songhe.county.key import new_id
from songhe.grant.budget import BUDGETS, propose_budget, year_of_budgets
from songhe.grant.models import Budget, Waiting
from songhe.grant.tests.world import COUNTY, FIRST, MARCH, PROGRAMME, TENTH, at, budget, entitled, run_issue
from songhe.kernel.month import Month
from songhe.kernel.refusal import Refusal
from songhe.proposal.models import Proposal
from songhe.trail.models import Entry

pytestmark = pytest.mark.django_db


def proposed(amount_fen=500_000, *, month=MARCH, by="finance", **more) -> Proposal:
    told = {"programme": PROGRAMME, "document_no": "样财社〔2026〕3号", **more}
    return propose_budget(county=COUNTY, month=month, amount_fen=amount_fen, at=at(FIRST), on=FIRST, by=by, **told)


def approved(row, *, by="head", on=TENTH):
    return BUDGETS.approve(proposal=row, at=at(on), on=on, by=by)


def declined(row, because="文号不对", *, by="head"):
    return BUDGETS.decline(proposal=row, because=because, at=at(TENTH), by=by)


def refuses(code, call, *told, **more):
    with pytest.raises(Refusal) as refused, transaction.atomic():
        call(*told, **more)
    assert refused.value.code == code


def test_what_one_proposes_and_another_approves_can_be_issued():
    row = proposed()
    assert not Budget.objects.exists()
    approved(row)
    [stand] = year_of_budgets(county=COUNTY, year=2026, programmes=[PROGRAMME])
    assert (stand.set_fen, stand.left_fen, stand.issued_fen) == (500_000, 500_000, 0)
    made = stand.parts[0]
    assert (made.set_by, made.approved_by, made.document_no) == ("finance", "head", "样财社〔2026〕3号")
    row.refresh_from_db()
    assert (row.state, row.decided_by, row.made) == ("approved", "head", str(made.id))
    acts = list(Entry.objects.filter(act__startswith="grant.").order_by("id").values_list("act", "actor"))
    assert acts == [
        ("grant.propose_budget", "finance"),
        ("grant.set_budget", "finance"),
        ("grant.approve_budget", "head"),
    ]


def test_less_can_be_proposed_as_long_as_it_is_not_issued():
    approved(proposed())
    approved(proposed(-200_000))
    assert year_of_budgets(county=COUNTY, year=2026, programmes=[PROGRAMME])[0].left_fen == 300_000
    refuses("ledger.insufficient", approved, proposed(-300_001))


def test_who_proposed_it_does_not_decide_it():
    row = proposed()
    refuses("grant.same_person", approved, row, by="finance")
    refuses("grant.same_person", declined, row, by="finance")


def test_what_was_decided_stays_decided():
    row = proposed()
    declined(row)
    row.refresh_from_db()
    assert (row.state, row.because, row.made) == ("declined", "文号不对", "")
    refuses("grant.wrong_state", approved, row)
    assert not Budget.objects.exists()


@pytest.mark.parametrize(
    ("told", "code"),
    [
        ({"amount_fen": 0}, "grant.budget_zero"),
        ({"amount_fen": 1.5}, "input.not_an_integer"),
        ({"document_no": " "}, "grant.needs_document"),
        ({"month": Month(2026, 2)}, "grant.month_past"),
        ({"programme": "lunch"}, "ledger.unknown_fund"),
    ],
)
def test_a_proposal_that_could_not_be_set_is_refused_at_once(told, code):
    refuses(code, proposed, **told)


def test_a_month_that_is_over_meanwhile_is_not_approved():
    refuses("grant.month_past", approved, proposed(), on=date(2026, 4, 1))


def test_a_reason_is_given_for_no():
    refuses("grant.needs_reason", declined, proposed(), " ")


def test_another_county_s_proposal_is_not_there():
    row = proposed()
    row.county = "370703"
    refuses("grant.unknown_proposal", approved, row)
    refuses("grant.unknown_proposal", approved, Proposal(county=COUNTY, id=new_id()))


def test_people_who_wait_for_money_are_counted_and_get_it():
    entitled(category="home"), entitled(category="home")
    budget(80_000)
    run_issue()
    [stand] = year_of_budgets(county=COUNTY, year=2026, programmes=[PROGRAMME])
    assert (stand.issued_fen, stand.left_fen, stand.waiting) == (80_000, 0, 1)
    approved(proposed(80_000))
    run_issue(on=TENTH)
    [stand] = year_of_budgets(county=COUNTY, year=2026, programmes=[PROGRAMME])
    assert (stand.issued_fen, stand.waiting, Waiting.objects.count()) == (160_000, 0, 0)


def test_a_year_takes_two_questions():
    for month in range(3, 13):
        budget(100, month=Month(2026, month))
    with CaptureQueriesContext(connection) as asked:
        assert len(year_of_budgets(county=COUNTY, year=2026, programmes=[PROGRAMME])) == 10
    assert len(asked) == 2
