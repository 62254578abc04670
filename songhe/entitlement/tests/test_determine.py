from datetime import date

import pytest

from songhe.assessment.models import Assessment
from songhe.assessment.tests import world
from songhe.assessment.tests.world import at
from songhe.entitlement import assess
from songhe.entitlement.determine import determine
from songhe.entitlement.models import Application
from songhe.entitlement.tests import story
from songhe.entitlement.tests.story import ON
from songhe.entitlement.tests.test_apply import refused

pytestmark = pytest.mark.django_db


def find(application, on=ON):
    return determine(application=application, at=at(on), on=on, by="clerk")


def earlier(elder, assessed_on, **fields):
    given = {
        "county": elder.county,
        "no": f"L{assessed_on}",
        "person": elder,
        "origin": "loaded",
        "state": "effective",
        "standard": "gbt-42195-2022",
        "requested_at": at(ON),
        "requested_by": "loader",
        "assessed_on": assessed_on,
        "final_level": 3,
    }
    return Assessment.rows.create(**{**given, **fields})


def test_an_assessed_elder_is_handed_on_to_the_review():
    found = story.determined(world.elder())
    assert (found.state, found.determination.outcome) == ("determined", "entitled")
    assert found.assessment.final_level == 2


def test_a_mildly_disabled_elder_is_handed_on_too_with_the_reason():
    found = story.determined(world.elder(), scores=world.MILD)
    assert (found.state, found.determination.outcome) == ("determined", "not_entitled")
    assert found.determination.conditions["disability_level"] is False


def test_without_a_level_the_application_waits_for_the_assessment():
    elder = world.elder()
    found = find(story.submitted(elder))
    assert (found.state, found.determination.outcome) == ("assessing", "unknown")
    world.effective(elder, on=ON)
    assert find(found).state == "determined"


def test_without_another_fact_the_applicant_is_asked():
    elder = world.elder(place="")
    application = story.submitted(elder)
    world.effective(elder, on=ON)
    found = find(application)
    assert found.state == "clarifying"
    assert "居住" in found.question


def test_an_earlier_result_is_accepted_since_the_day_that_the_nation_sets():
    elder = world.elder()
    application = story.submitted(elder)
    result = earlier(elder, date(2024, 7, 1))
    attached = assess.attach(application=application, assessment=result, at=at(ON), on=ON, by="clerk")
    assert (attached.state, attached.assessment) == ("assessing", result)
    assert find(attached).determination.facts["disability_level"] == 3


def test_an_older_result_is_not():
    elder = world.elder()
    application = story.submitted(elder)
    result = earlier(elder, date(2024, 6, 30))
    refused("assessment_too_old", assess.attach, application=application, assessment=result, at=at(ON), on=ON, by="c")
    refused("assessment_too_old", find, application)
    assert Application.rows.get().state == "submitted"


@pytest.mark.parametrize("fields", [{"valid_until": ON}, {"origin": "recognised"}])
def test_unless_it_is_within_its_validity_or_recognised(fields):
    elder = world.elder()
    application = story.submitted(elder)
    earlier(elder, date(2024, 6, 30), **fields)
    assert find(application).state == "determined"


def test_a_look_back_in_months_is_counted_from_the_application(local_rules):
    local_rules(assessment_accepted_since=None, assessment_lookback_months=12)
    young, old = world.elder(), world.elder()
    earlier(young, date(2025, 3, 10))
    earlier(old, date(2025, 3, 9))
    assert find(story.submitted(young), date(2026, 3, 20)).state == "determined"
    refused("assessment_too_old", find, story.submitted(old))


def test_only_what_counts_for_the_person_is_attached():
    elder, other = world.elder(), world.elder()
    application = story.submitted(elder)
    for result in (world.effective(other), world.submitted(elder)):
        refused(
            "assessment_does_not_count",
            assess.attach,
            application=application,
            assessment=result,
            at=at(ON),
            on=ON,
            by="clerk",
        )


def test_a_draft_is_not_determined():
    refused("wrong_state", find, story.draft(world.elder()))


def test_it_may_be_determined_again_before_the_review():
    found = story.determined(world.elder())
    assert find(found).state == "determined"
