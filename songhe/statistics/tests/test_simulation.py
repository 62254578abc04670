from datetime import date

import pytest

from songhe.assessment.tests import world as assessments
from songhe.assessment.tests.world import COUNTY, at
from songhe.entitlement.tests import story
from songhe.grant.models import Grant
from songhe.grant.tests import world as vouchers
from songhe.jobs.models import Run
from songhe.kernel.month import Month
from songhe.kernel.refusal import Refusal
from songhe.place.calendar import load_shipped_calendars
from songhe.redemption.tests import world as bills
from songhe.statistics import simulation
from songhe.statistics.simulation import Question, base_months, prepare, run

pytestmark = pytest.mark.django_db


def question(**values):
    return Question("000000", "consumption-voucher", 2027, "2026-03", "2026-03-10", values)


def asked(**values):
    prepare(county=COUNTY, question=question(**values))
    return run(county=COUNTY, question=question(**values), clock=lambda: at(vouchers.TENTH))


def used(fee_fen=100_000, **person):
    load_shipped_calendars()
    right = story.approved(assessments.elder(**person), category="home")
    vouchers.budget()
    vouchers.run_issue(on=vouchers.TENTH)
    grant = Grant.objects.get(county=COUNTY, entitlement=right)
    server = bills.provider(prices={"bath": fee_fen})
    bills.visit_of(grant, server)
    bills.pay(grant, server, bills.bath())
    return grant


def test_money_winners_and_losers_by_group_and_town():
    used()
    used(fee_fen=60_000, place=f"{COUNTY}002001")
    answer = asked(ratio_home="3/5")
    assert (answer["before_fen"], answer["after_fen"]) == (80_000, 96_000)
    assert (answer["winners"], answer["losers"], answer["gained_fen"]) == (2, 0, 16_000)
    assert answer["by_group"]["home"]["after_fen"] == 96_000
    assert answer["by_town"][f"{COUNTY}002"]["before_fen"] == 30_000
    assert answer["people"] == sum(part["people"] for part in answer["by_town"].values())


def test_a_higher_level_shuts_people_out():
    used()
    answer = asked(level_least="3")
    assert (answer["before"], answer["after"], answer["no_longer"], answer["losers"]) == (1, 0, 1, 1)
    assert answer["after_ceiling_fen"] == 0


def test_ages_are_those_of_the_year_that_is_asked_about():
    story.determined(assessments.elder(born=date(1967, 2, 1)))
    answer = asked(ratio_home="3/5")
    assert (answer["before"], answer["after"]) == (1, 1), "59 today, 60 in the middle of 2027"


def test_in_chunks_the_answer_is_the_same(monkeypatch):
    for _ in range(3):
        used()
    whole = asked(ratio_home="3/5")
    monkeypatch.setattr(simulation, "CHUNK", 1)
    assert asked(ratio_home="3/5") == whole


def test_the_answer_is_kept_with_its_question():
    used()
    answer = asked(ratio_home="3/5")
    kept = Run.objects.get(county=COUNTY, job=question(ratio_home="3/5").job)
    assert kept.result["answer"] == answer
    assert Question.read(kept.result["question"]) == question(ratio_home="3/5")
    assert (kept.done, kept.total) == (1, 1)


@pytest.mark.parametrize(
    ("values", "code"),
    [
        ({}, "statistics.nothing_changed"),
        ({"ratio_home": "11/10"}, "policy.change_out_of_range"),
        ({"level_least": "5"}, "policy.change_out_of_range"),
        ({"late_days": "3"}, "policy.not_changeable"),
        ({"nonsense": "3"}, "policy.not_changeable"),
    ],
)
def test_what_cannot_be_asked_is_refused(values, code):
    with pytest.raises(Refusal) as refused:
        prepare(county=COUNTY, question=question(**values))
    assert refused.value.code == code


def test_months_with_bills_can_stand_for_a_year():
    used()
    assert base_months(COUNTY, "consumption-voucher", date(2026, 4, 2)) == [Month(2026, 3)]
