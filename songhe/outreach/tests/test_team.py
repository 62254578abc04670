"""Teams and stewards begin and end; no elder is left without one."""

from __future__ import annotations

import pytest

from songhe.assessment.tests.world import COUNTY, at
from songhe.kernel.geo import Point
from songhe.outreach.models import Steward, Team
from songhe.outreach.rounds import end_round
from songhe.outreach.team import dismiss_steward, end_team, teams_on
from songhe.outreach.tests import world
from songhe.provider.tests.test_admit import refused
from songhe.trail.models import Entry

pytestmark = pytest.mark.django_db


def test_a_team_stands_on_the_map(django_assert_num_queries):
    team = world.formed(position=Point(36.7, 119.1), phone="0536-8888888")
    with django_assert_num_queries(1):
        assert [(one.id, one.latitude) for one in teams_on(COUNTY, world.TENTH)] == [(team.id, 36.7)]
    assert Entry.objects.get(act="outreach.form_team").detail["kind"] == "mutual"


@pytest.mark.parametrize(
    ("differently", "code"),
    [
        ({"kind": "army"}, "outreach.unknown_team_kind"),
        ({"name": ""}, "provider.name_missing"),
        ({"leader": " "}, "provider.name_missing"),
        ({"place": "330702001"}, "outreach.place_outside"),
        ({"phone": "12"}, "person.phone_invalid"),
    ],
)
def test_a_team_that_cannot_be_is_refused(differently, code):
    refused(code, world.formed, **differently)
    assert not Team.objects.exists()


def test_a_team_has_a_name_of_its_own_and_ends_once():
    team = world.formed()
    refused("outreach.team_twice", world.formed, name=team.name)
    end_team(team=team, last_day=world.TENTH, at=at(world.TENTH), by="clerk")
    refused("outreach.team_ended", end_team, team=team, last_day=world.TENTH, at=at(world.TENTH), by="clerk")
    assert world.formed(name=team.name)


@pytest.mark.parametrize(
    ("differently", "code"),
    [
        ({"account": ""}, "outreach.account_missing"),
        ({"name": ""}, "provider.name_missing"),
        ({"place": "330702001"}, "outreach.place_outside"),
    ],
)
def test_a_steward_that_cannot_be_is_refused(differently, code):
    refused(code, world.steward, **differently)
    assert not Steward.objects.exists()


def test_a_steward_leaves_when_their_elders_are_in_other_hands():
    steward = world.steward(team=world.formed())
    refused("outreach.steward_twice", world.steward, account=steward.account)
    row = world.planned(steward)
    told = {"steward": steward, "last_day": world.TENTH, "at": at(world.TENTH), "by": "clerk"}
    refused("outreach.still_has_rounds", dismiss_steward, **told)
    end_round(round=row, last_day=world.TENTH, at=at(world.TENTH), by="clerk")
    assert dismiss_steward(**told).last_day == world.TENTH
    refused("outreach.steward_left", dismiss_steward, **told)
    refused("outreach.steward_left", world.planned, steward)
    assert {entry.act for entry in Entry.objects.filter(subject="steward")} == {
        "outreach.appoint_steward",
        "outreach.dismiss_steward",
    }
