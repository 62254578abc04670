from datetime import date

import pytest

from songhe.assessment.models import Assessment
from songhe.assessment.tests import world
from songhe.assessment.tests.world import COUNTY, at, elder
from songhe.eligibility.determine import determine
from songhe.grant.models import Claim, Grant
from songhe.grant.tests.world import MARCH, TENTH, budget
from songhe.kernel.refusal import Refusal
from songhe.ledger.check import check
from songhe.policy.resolve import library
from songhe.provider.models import Price
from songhe.redemption.assessment_fee import PROGRAMME, pay_assessment
from songhe.redemption.models import Line, Verdict
from songhe.redemption.reverse import reverse
from songhe.redemption.tests.world import START, item

pytestmark = pytest.mark.django_db


def assessed(scores=world.MODERATE, *, person=None) -> Assessment:
    person = person or elder()
    found = world.effective(person, scores=scores)
    Price.objects.get_or_create(
        provider=found.body,
        item=item("assessment", category="assessment", evidence="assessment"),
        valid_from=START,
        defaults={"price_fen": 12_000},
    )
    rules = library().resolve(policy="consumption-voucher", place=COUNTY, on=TENTH)
    determine(person=person, policy=rules, on=TENTH, at=at(TENTH), by="clerk")
    return found


def pay(found, fee_fen=12_000, **more):
    return pay_assessment(
        county=COUNTY, assessment_id=found.id, fee_fen=fee_fen, at=at(TENTH), on=TENTH, by="body", **more
    )


def refused_with(code, act):
    with pytest.raises(Refusal) as refused:
        act()
    assert refused.value.code == code


@pytest.fixture(autouse=True)
def money(db):
    budget(20_000, month=MARCH, programme=PROGRAMME)


@pytest.mark.parametrize(
    ("scores", "fee_fen", "voucher_fen"),
    [(world.MODERATE, 12_000, 10_000), (world.SEVERE, 8_000, 8_000), (world.MILD, 12_000, 0)],
)
def test_pays_as_spent_up_to_a_hundred_yuan_when_the_result_qualifies(scores, fee_fen, voucher_fen):
    bill = pay(assessed(scores), fee_fen)
    assert (bill.fee_fen, bill.voucher_fen, bill.self_fen) == (fee_fen, voucher_fen, fee_fen - voucher_fen)
    assert Verdict.objects.get(county=COUNTY).outcome == "pass"
    assert list(check()) == []


def test_its_steps_are_kept_in_both_languages_as_every_bills_are():
    line = Line.objects.get(bill=pay(assessed(world.SEVERE), 8_000))
    assert [set(step) for step in line.steps] == [{"name", "zh", "en", "amount_fen"}] * len(line.steps)
    assert line.steps[-2]["en"] != line.steps[-2]["zh"]


def test_pays_nothing_for_who_is_not_entitled_to_the_consumption_voucher():
    person = elder(born=date(1970, 1, 1))
    assert pay(assessed(person=person)).voucher_fen == 0
    assert not Grant.objects.filter(county=COUNTY).exists()


def test_pays_once_a_programme_window_in_the_whole_country():
    person = elder()
    first = assessed(person=person)
    Claim.objects.create(identity=person.id, programme=PROGRAMME, month="2026-01", county="370798", grant_id=person.id)
    assert pay(first).voucher_fen == 0


def test_the_fee_of_one_assessment_is_booked_once_unless_it_was_reversed():
    found = assessed()
    bill = pay(found)
    refused_with("redemption.assessment_paid", lambda: pay(found))
    reverse(county=COUNTY, bill_no=bill.no, because="录错", at=at(TENTH), on=TENTH, by="body")
    assert pay(found).voucher_fen == 0, "the window's voucher was issued already and is not issued twice"


def test_refuses_a_fee_above_the_price_and_a_result_that_is_not_effective():
    found = assessed()
    refused_with("redemption.above_price", lambda: pay(found, 12_001))
    Assessment.rows.filter(county=COUNTY, id=found.id).update(state="submitted")
    refused_with("redemption.assessment_not_effective", lambda: pay(found))


def test_refuses_when_the_budget_is_spent():
    budget(-15_000, month=MARCH, programme=PROGRAMME)
    refused_with("ledger.insufficient", lambda: pay(assessed()))
