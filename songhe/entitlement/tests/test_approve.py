from datetime import date

import pytest

from songhe.assessment.tests import world
from songhe.entitlement.tests import story

pytestmark = pytest.mark.django_db


def test_the_straight_path_ends_in_a_right():
    elder = world.elder()
    right = story.approved(elder, category="home")
    assert (right.state, right.first_month, right.level, right.category) == ("active", "2026-03", 2, "home")
    assert right.first_due_on == date(2026, 3, 17)
