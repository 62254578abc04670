"""Teams and stewards begin and end; no elder is left without one."""

from __future__ import annotations

from datetime import date

import pytest

from songhe.assessment.tests.world import COUNTY, at
from songhe.kernel.geo import Point
from songhe.outreach.members import counted, join_team, leave_team, members_of, others
from songhe.outreach.models import Round, Steward, Team
from songhe.outreach.rounds import end_round, hand_over_all
from songhe.outreach.team import dismiss_steward, end_team, teams_on
from songhe.outreach.tests import world
from songhe.outreach.volunteer import discharge
from songhe.person.models import Person
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


WHEN = {"at": at(world.TENTH), "by": "clerk"}


def test_members_join_belong_and_leave(django_assert_num_queries):
    team, steward, helper = world.formed(), world.steward(), world.enlisted()
    free = others(team, world.TENTH)
    assert (free.stewards, free.volunteers) == ((steward,), (helper,))
    for member in (steward, helper):
        join_team(team=team, member=member, **WHEN)
    with django_assert_num_queries(2):
        assert members_of(team).stewards == (steward,)
    assert counted(COUNTY, [team.id]) == {team.id: 2}
    assert others(team, world.TENTH).volunteers == ()
    refused("outreach.already_member", join_team, team=team, member=steward, **WHEN)
    leave_team(team=team, member=steward, **WHEN)
    refused("outreach.no_member", leave_team, team=team, member=steward, **WHEN)
    assert Entry.objects.filter(act__in=["outreach.join_team", "outreach.leave_team"]).count() == 3


def test_nobody_joins_a_team_that_ended_nor_after_leaving_office():
    team, steward = world.formed(), world.steward()
    dismiss_steward(steward=steward, last_day=world.TENTH, **WHEN)
    refused("outreach.steward_left", join_team, team=team, member=steward, **WHEN)
    helper = world.enlisted()
    discharge(volunteer=helper, last_day=world.TENTH, **WHEN)
    refused("outreach.volunteer_left", join_team, team=team, member=helper, **WHEN)
    end_team(team=team, last_day=world.TENTH, **WHEN)
    refused("outreach.team_ended", join_team, team=team, member=world.enlisted(), **WHEN)


def test_all_elders_of_a_steward_go_to_another_at_once_but_whose_death_is_on_file():
    steward, to = world.steward(), world.steward()
    rows = [world.planned(steward) for _ in range(3)]
    Person.rows.filter(id=rows[0].person_id).update(died_on=world.FIRST)
    told = {"since": date(2026, 3, 16), **WHEN}
    refused("outreach.same_steward", hand_over_all, steward=steward, to=steward, **told)
    assert hand_over_all(steward=steward, to=to, **told) == 2
    assert set(Round.objects.filter(last_day=None).values_list("steward", flat=True)) == {to.id}
    assert Round.objects.get(id=rows[0].id).last_day == date(2026, 3, 15)
    dismiss_steward(steward=steward, last_day=date(2026, 3, 15), **WHEN)


def test_where_one_elder_lives_elsewhere_nobody_goes():
    steward, far = world.steward(), world.steward(place=f"{COUNTY}002")
    row = world.planned(steward)
    refused("outreach.live_elsewhere", hand_over_all, steward=steward, to=far, since=world.TENTH, **WHEN)
    assert Round.objects.get(last_day=None).id == row.id
