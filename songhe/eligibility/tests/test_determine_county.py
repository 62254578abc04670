from datetime import date
from random import Random

import pytest

from songhe.assessment.tests import world
from songhe.assessment.tests.world import at
from songhe.eligibility.determine import determine, kept
from songhe.eligibility.determine_county import determine_county
from songhe.eligibility.models import Determination
from songhe.eligibility.tests.test_determine import rules
from songhe.eligibility.tests.test_facts import status
from songhe.jobs.models import Run

ON = date(2026, 3, 1)
pytestmark = pytest.mark.django_db


def run(on=ON, chunk=50_000, policy=None):
    return determine_county(
        county=world.COUNTY, policy=policy or rules(on=on), on=on, clock=lambda: at(on), chunk=chunk
    )


def people(seed=7, count=40):
    chance = Random(seed)
    made = []
    for _ in range(count):
        elder = world.elder(born=date(1966 - chance.randint(-8, 40), 3, chance.choice([1, 2])))
        if chance.random() < 0.7:
            world.effective(elder, scores=chance.choice([world.MILD, world.MODERATE, world.SEVERE]))
        if chance.random() < 0.3:
            status(elder, chance.choice(["tekun", "concentrated_care"]), date(2026, 1, 1))
        made.append(elder)
    return made


@pytest.mark.slow
def test_determines_everybody_as_one_by_one_would():
    everybody = people()
    done = run(chunk=7)
    assert done.people == len(everybody)
    by_set = {row.person_id: kept(row) for row in Determination.objects.filter(current=True)}
    assert done.written == len(by_set)
    for elder in everybody:
        one = determine(person=elder, policy=rules(), on=ON, at=at(ON), by="clerk")
        if elder.id in by_set:
            assert kept(one) == by_set[elder.id]
        else:
            assert one.outcome == "unknown", "who was never asked about and is not known gets no row"


def test_as_many_are_done_as_were_expected_and_the_dead_and_the_gone_are_not_among_them():
    people(count=3)
    for gone in ({"closed_on": ON}, {"died_on": date(2026, 2, 28)}, {"died_on": ON, "closed_on": ON}):
        world.elder(**gone)
    for still_here in ({"closed_on": date(2026, 3, 2)}, {"died_on": ON}):
        world.elder(**still_here)
    done = run(chunk=2)
    kept_run = Run.objects.get(county=world.COUNTY, job="determine:consumption-voucher")
    assert done.people == kept_run.done == kept_run.total == 5


def test_run_again_writes_nothing():
    people()
    assert run().written > 0
    assert run().written == 0


def test_what_changed_is_written_with_its_difference_and_the_old_row_stays():
    elder = world.elder()
    world.effective(elder)
    run()
    status(elder, "tekun", date(2026, 3, 20))
    assert run().written == 1
    before, after = Determination.objects.filter(person_id=elder.id).order_by("current")
    assert (before.current, after.current, after.outcome) == (False, True, "not_entitled")
    assert after.difference == ["outcome", "benefit", "in_tekun_support"]
    status(elder, "low_income", date(2026, 3, 20))
    assert run().written == 0
