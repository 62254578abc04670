from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from songhe.assessment.tests.world import COUNTY, elder
from songhe.document.number import check as check_number
from songhe.grant.fund import accounts
from songhe.grant.models import Grant, Waiting
from songhe.grant.tests.world import FIRST, MARCH, PROGRAMME, TENTH, budget, entitled, left, run_issue
from songhe.kernel.month import Month
from songhe.kernel.refusal import Refusal
from songhe.ledger.balance import balance
from songhe.ledger.check import check

pytestmark = pytest.mark.django_db


def test_gives_every_entitled_person_one_voucher_with_ratio_and_cap_in_it():
    rights = [entitled(category="home"), entitled(category=""), entitled(category="day_care")]
    budget(1_000_000)
    done = run_issue()
    assert (done.grants, done.fen, done.waiting) == (3, 240_000, 0)
    home, open_, day_care = [Grant.objects.get(county=COUNTY, entitlement=right) for right in rights]
    assert home.category == "home"
    assert home.terms == {
        "home": ["1/2", 80000],
        "institution_long": ["2/5", 80000],
        "institution_short": ["2/5", 80000],
    }
    assert (home.valid_from, home.valid_to, home.book_until) == (FIRST, date(2026, 3, 31), date(2026, 3, 31))
    assert open_.category is None
    assert day_care.category is None, "no ratio is set for day care here, so the standing choice cannot repeat"
    assert [left(grant) for grant in (home, open_, day_care)] == [80_000] * 3
    assert balance(accounts(county=COUNTY, programme=PROGRAMME, month=MARCH).budget) == 760_000
    assert check_number(home.no) == home.no
    assert list(check()) == []


def test_run_again_changes_nothing():
    entitled()
    budget()
    run_issue()
    before = list(Grant.objects.filter(county=COUNTY).order_by("no").values())
    assert run_issue().grants == 0
    assert list(Grant.objects.filter(county=COUNTY).order_by("no").values()) == before


def test_gives_the_same_vouchers_in_small_slices_as_in_one():
    for day in range(1, 8):
        entitled(approved_on=date(2026, 2, day))
    budget()
    done = run_issue(chunk=2)
    assert (done.grants, Grant.objects.filter(county=COUNTY).count()) == (7, 7)
    assert len({grant.no for grant in Grant.objects.filter(county=COUNTY)}) == 7


def test_gives_vouchers_in_order_of_approval_while_the_budget_holds_and_the_rest_when_money_comes():
    late = entitled(approved_on=date(2026, 2, 25))
    early = entitled(approved_on=date(2026, 2, 3))
    middle = entitled(approved_on=date(2026, 2, 10))
    budget(170_000)
    done = run_issue(chunk=1)
    assert (done.grants, done.waiting) == (2, 1)
    issued = set(Grant.objects.filter(county=COUNTY).values_list("entitlement_id", flat=True))
    assert issued == {early.id, middle.id}
    assert Waiting.objects.get(county=COUNTY).because == "waiting_budget"
    budget(80_000)
    assert run_issue(on=TENTH).grants == 1
    assert Grant.objects.filter(county=COUNTY, entitlement=late).exists()
    assert not Waiting.objects.filter(county=COUNTY).exists()


def test_gives_one_voucher_a_month_in_the_whole_country():
    identity = elder().id
    here = entitled(identity=identity)
    entitled(county="370798", identity=identity)
    budget()
    budget(county="370798")
    run_issue()
    done = run_issue(county="370798")
    assert (done.grants, done.waiting) == (0, 1)
    assert Waiting.objects.get(county="370798").because == "claimed_elsewhere"
    assert Grant.objects.get().entitlement_id == here.id


@pytest.mark.parametrize(
    "fields",
    [
        {"state": "suspended"},
        {"state": "stopped"},
        {"first_month": "2026-04"},
        {"last_month": "2026-02"},
    ],
    ids=lambda fields: " ".join(f"{key}={value}" for key, value in fields.items()),
)
def test_gives_nothing_to_a_right_that_is_not_in_force(fields):
    entitled(**fields)
    budget()
    assert run_issue().grants == 0


def test_gives_nothing_to_who_is_not_entitled_any_more_and_says_why():
    entitled(outcome="not_entitled")
    entitled(person=elder(died_on=date(2026, 2, 27)))
    budget()
    assert run_issue().grants == 0
    assert {each.because for each in Waiting.objects.filter(county=COUNTY)} == {"not_entitled"}


def test_refuses_a_month_without_a_budget_before_it_begins_or_after_it_is_over():
    entitled()
    with pytest.raises(Refusal) as refused:
        run_issue()
    assert refused.value.code == "grant.budget_not_set"
    budget()
    with pytest.raises(Refusal) as refused:
        run_issue(on=date(2026, 2, 28))
    assert refused.value.code == "grant.month_not_begun"
    with pytest.raises(Refusal) as refused:
        run_issue(on=date(2026, 4, 1))
    assert refused.value.code == "grant.month_over"


def test_the_last_voucher_of_the_programme_is_that_of_december():
    entitled()
    budget(month=Month(2026, 12))
    assert run_issue(month=Month(2026, 12)).grants == 1
    budget(month=Month(2027, 1))
    with pytest.raises(Refusal) as refused:
        run_issue(month=Month(2027, 1))
    assert refused.value.code == "policy.not_in_force"


def test_the_statements_are_as_many_for_ten_people_as_for_one():
    budget()
    counted = []
    for people in (1, 10):
        for _ in range(people):
            entitled()
        with CaptureQueriesContext(connection) as statements:
            run_issue()
        counted.append(len(statements))
    assert counted[1] <= counted[0]
