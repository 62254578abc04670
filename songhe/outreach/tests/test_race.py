"""One round, one week, one need, and many hands at the same instant, on a database of their own."""

from __future__ import annotations

import pytest

from songhe.assessment.tests.world import COUNTY, at, elder
from songhe.credit.tests.test_race import together
from songhe.outreach import need as needs
from songhe.outreach.models import Round, Visit
from songhe.outreach.tests import world

pytestmark = pytest.mark.race


def test_a_person_gets_one_steward(own_database):
    person, stewards = elder(), [world.steward() for _ in range(4)]
    answers = together(*[lambda one=one: world.planned(one, person) for one in stewards])
    assert answers.count("outreach.has_a_steward") == 3
    assert Round.objects.filter(county=COUNTY).count() == 1


def test_a_week_gets_one_visit(own_database):
    row = world.planned()
    answers = together(*[lambda: world.visited(row)] * 4)
    assert answers.count("outreach.visited_this_week") == 3
    assert Visit.objects.filter(county=COUNTY).count() == 1


def test_a_need_goes_one_way(own_database):
    need = world.heard()
    told = {"at": at(world.TENTH), "by": "clerk"}
    answers = together(*[lambda one=one: needs.refer(need=need, to=f"科室{one}", **told) for one in range(4)])
    assert answers.count("outreach.wrong_state") == 3
