from datetime import date

import pytest
from django.db import DatabaseError, transaction

from songhe.assessment import review
from songhe.assessment.tests import world
from songhe.assessment.tests.world import at
from songhe.eligibility import queries
from songhe.eligibility.determine import determine
from songhe.eligibility.models import Determination
from songhe.eligibility.tests.test_facts import status
from songhe.kernel.refusal import Refusal
from songhe.policy.resolve import library
from songhe.trail.models import Entry

ON = date(2026, 3, 1)
pytestmark = pytest.mark.django_db


def rules(place=world.COUNTY, on=ON, policy="consumption-voucher"):
    return library().resolve(policy=policy, place=place, on=on)


def find(person, on=ON, policy=None):
    return determine(person=person, policy=policy or rules(person.county, on), on=on, at=at(on), by="clerk")


def test_a_moderately_disabled_elder_is_entitled_and_the_trace_is_kept():
    elder = world.elder()
    world.effective(elder)
    found = find(elder)
    assert (found.outcome, found.current, found.difference) == ("entitled", True, [])
    assert all(found.conditions.values())
    assert found.benefit["categories"][0] == {"category": "institution_long", "ratio": "2/5", "cap_fen": 80000}
    assert (found.pack, found.version) == (rules().id, rules().version)
    assert found.facts["disability_level"] == 2
    assert "in_family_bed" not in found.facts, "what nobody asked about is not kept"


def test_why_is_said_in_sentences_with_their_articles():
    elder = world.elder(born=date(1970, 1, 1))
    found = find(elder)
    sentences = {each.id: each for each in queries.why(found)}
    assert found.outcome == "not_entitled"
    assert sentences["age"].met is False
    assert sentences["age"].zh == "年满60周岁"
    assert sentences["age"].source == "001"
    assert sentences["disability_level"].met is None
    assert queries.is_exact(found)


def test_missing_data_is_unknown_and_no_silent_no():
    assert find(world.elder()).outcome == "unknown"


def test_nothing_is_written_when_nothing_differs():
    elder = world.elder()
    world.effective(elder)
    assert find(elder).id == find(elder, date(2026, 4, 1)).id
    assert Determination.objects.count() == 1


def test_a_new_row_says_what_changed_and_the_old_one_stays():
    elder = world.elder()
    world.effective(elder)
    before = find(elder)
    status(elder, "tekun", date(2026, 3, 20))
    after = find(elder)
    before.refresh_from_db()
    assert (before.current, after.current) == (False, True)
    assert after.outcome == "not_entitled"
    assert after.difference == ["outcome", "benefit", "in_tekun_support"]
    assert [each.id for each in queries.history(elder, "consumption-voucher")] == [after.id, before.id]
    assert queries.current(elder, "consumption-voucher") == after


def test_another_level_alone_writes_nothing_for_it_pays_the_same():
    elder = world.elder()
    world.effective(elder)
    before = find(elder)
    world.effective(elder, on=date(2026, 2, 20), scores=world.SEVERE)
    assert find(elder) == before


def test_another_version_writes_a_row():
    elder = world.elder()
    world.effective(elder)
    find(elder)
    again = find(elder, policy=world.policy(publication_days=3))
    assert again.difference == ["version"]


def test_a_result_that_falls_makes_the_determination_fall():
    elder = world.elder()
    found = world.effective(elder)
    find(elder)
    review.void(assessment=found, because="材料不实", at=at(ON), by="clerk")
    assert find(elder).outcome == "unknown"


def test_a_place_may_ask_more():
    elder = world.elder(county="653127")
    found = find(elder, policy=rules("653127"))
    assert found.conditions["not_in_home_visit_project"] is True
    status(elder, "home_visit_project", date(2026, 3, 5))
    assert find(elder, policy=rules("653127")).outcome == "not_entitled"


def test_the_assessment_voucher_asks_for_the_consumption_voucher():
    elder = world.elder()
    world.effective(elder)
    voucher = rules(policy="assessment-voucher")
    assert find(elder, policy=voucher).outcome == "unknown"
    find(elder)
    assert find(elder, policy=voucher).outcome == "entitled"


def test_the_dead_and_those_who_moved_are_not_determined():
    for gone in (world.elder(died_on=date(2026, 2, 28)), world.elder(closed_on=ON)):
        with pytest.raises(Refusal) as refused:
            find(gone)
        assert refused.value.code == "eligibility.not_on_file"
    assert find(world.elder(died_on=ON)).outcome == "unknown"


def test_a_determination_is_never_changed():
    found = find(world.elder())
    found.outcome = "entitled"
    with pytest.raises(DatabaseError), transaction.atomic():
        found.save()
    assert Entry.objects.get(act="eligibility.determine").detail["outcome"] == "unknown"
