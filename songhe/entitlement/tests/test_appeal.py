from datetime import date

import pytest

from songhe.assessment.tests import world
from songhe.assessment.tests.world import at
from songhe.entitlement import appeal, queries
from songhe.entitlement.tests import story
from songhe.entitlement.tests.story import ON
from songhe.entitlement.tests.test_apply import refused

pytestmark = pytest.mark.django_db


def made(application, *, on=ON, by="elder"):
    return appeal.appeal(application=application, grounds="等级评得太轻", at=at(on), on=on, by=by)


def answered(found, outcome="rejected", by="head", on=ON):
    return appeal.answer(appeal=found, outcome=outcome, text="经复查", at=at(on), by=by)


def test_a_refusal_is_appealed_against_and_answered_by_somebody_else():
    application = story.refused(world.elder())
    found = made(application)
    for involved in ("clerk", "approver", "elder"):
        refused("same_person", answered, found, by=involved)
    done = answered(found)
    application.refresh_from_db()
    assert (done.outcome, done.answered_by, application.state) == ("rejected", "head", "refused")
    assert queries.letters(application).last().kind == "appeal"


def test_an_appeal_that_is_upheld_puts_the_application_back_before_the_review():
    application = story.refused(world.elder())
    answered(made(application), "upheld")
    application.refresh_from_db()
    assert (application.state, application.decided_by, application.reviewed_by) == ("determined", "", "")


def test_not_beside_a_new_application():
    elder = world.elder()
    found = made(story.refused(elder))
    story.draft(elder)
    refused("already_open", answered, found, "upheld")
    assert answered(found).outcome == "rejected"


def test_an_approval_may_be_appealed_against_too():
    right = story.approved(world.elder())
    found = answered(made(right.application, by="neighbour"), "upheld")
    right.refresh_from_db()
    assert (found.outcome, right.state) == ("upheld", "active")


def test_the_days_are_those_that_the_place_sets(local_rules):
    local_rules(appeal_days=60)
    application = story.refused(world.elder())
    assert refused("appealed_too_late", made, application, on=date(2026, 5, 10)).values["last_day"] == date(2026, 5, 9)
    assert made(application, on=date(2026, 5, 9)).answered_at is None


def test_without_days_there_is_no_limit():
    assert made(story.refused(world.elder()), on=date(2027, 3, 1)).answered_at is None


def test_what_is_not_decided_is_not_appealed_against():
    refused("not_decided", made, story.reviewed(world.elder()))


def test_one_appeal_at_a_time_and_each_answered_once():
    application = story.refused(world.elder())
    found = made(application)
    refused("appeal_open", made, application)
    refused("unknown_outcome", answered, found, "maybe")
    answered(found)
    refused("already_answered", answered, found)
    assert list(queries.appeals(application)) == [found]
