from datetime import date

import pytest

from songhe.assessment.tests import world
from songhe.assessment.tests.world import at
from songhe.entitlement.extend import end_what_is_not_continued
from songhe.entitlement.tests import story
from songhe.entitlement.tests.test_apply import refused

NEW_YEAR = date(2027, 1, 1)
pytestmark = pytest.mark.django_db


def turn(on=NEW_YEAR):
    return end_what_is_not_continued(county=world.COUNTY, policy=story.POLICY, on=on, at=at(on), by="run:month")


def test_an_extension_by_a_new_notice_needs_no_new_application(next_year):
    right = story.approved(world.elder())
    next_year(continues=True)
    assert turn() == 0
    right.refresh_from_db()
    assert (right.state, right.last_month) == ("active", "")


def test_a_new_edition_that_continues_nothing_ends_the_old_rights_with_their_own_last_month(next_year):
    right, other = story.approved(world.elder()), story.approved(world.elder(), on=date(2026, 6, 1))
    next_year(continues=False)
    assert turn(date(2026, 12, 31)) == 0
    assert turn() == 2
    assert turn() == 0
    for each in (right, other):
        each.refresh_from_db()
        assert (each.state, each.last_month, each.stopped_because) == ("stopped", "2026-12", "programme")


def test_while_no_notice_has_come_nothing_is_stopped():
    right = story.approved(world.elder())
    refused("policy.not_in_force", turn)
    right.refresh_from_db()
    assert right.state == "active"
