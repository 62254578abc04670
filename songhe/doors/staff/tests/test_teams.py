"""Teams are formed and end, members come and go, and a steward's elders are handed over before the steward leaves."""

from __future__ import annotations

from datetime import date

import pytest

from songhe.assessment.tests.world import COUNTY
from songhe.doors.public.tests.test_english import left_in_chinese
from songhe.doors.staff.tests.reading import forms, send, text
from songhe.outreach.models import Round, Steward, Team
from songhe.outreach.tests import world
from songhe.place.models import Division
from songhe.trail.models import Entry

pytestmark = pytest.mark.django_db

TEAMS = "/staff/rounds/county/teams/"
#: The practice day.
TODAY = date(2026, 3, 10)


def told(**differently):
    given = {"name": "东泉眼互助队", "kind": "mutual", "place": world.PLACE, "leader": "王队长"}
    return given | {"phone": "0536-8888888", "provider": "", "formed_on": "2026-03-10"} | differently


def page_of(row):
    return f"{TEAMS}{row.id}/"


def steward_page(row):
    return f"/staff/rounds/county/stewards/{row.id}/"


def round_page(row):
    return f"/staff/rounds/county/planned/{row.id}/"


def test_a_county_forms_a_team_and_it_ends(clerk):
    assert send(clerk, TEAMS, "/form/", **told()).status_code == 302
    row = Team.objects.get()
    assert (row.name, row.place, row.leader, row.formed_on) == ("东泉眼互助队", world.PLACE, "王队长", TODAY)
    page = text(clerk.get(TEAMS))
    assert "东泉眼互助队" in page
    assert "邻里互助队" in page
    assert send(clerk, page_of(row), "/end/", last_day="2026-03-31").status_code == 302
    row.refresh_from_db()
    assert row.last_day == date(2026, 3, 31)
    assert not [one for one in forms(clerk.get(page_of(row))) if one.startswith(page_of(row))]
    assert Entry.objects.filter(act="outreach.end_team").exists()


def test_a_team_of_the_same_name_and_place_is_refused_and_what_was_typed_stays(clerk):
    send(clerk, TEAMS, "/form/", **told())
    again = send(clerk, TEAMS, "/form/", **told())
    assert again.status_code == 409
    assert "同名团队" in text(again)
    assert 'value="王队长"' in again.content.decode()


def test_a_village_forms_teams_of_its_own_only(enter):
    village = enter("village", "county_clerk", place=world.PLACE)
    body = village.get(TEAMS).content.decode()
    assert f'value="{world.PLACE}"' in body
    assert f'value="{world.PLACE[:9]}"' not in body
    assert send(village, TEAMS, "/form/", **told(place=COUNTY)).status_code == 422
    assert send(village, TEAMS, "/form/", **told()).status_code == 302


def test_stewards_and_volunteers_join_and_leave_and_belong_to_one_team(clerk):
    first, second = world.formed(), world.formed()
    steward, volunteer = world.steward(), world.enlisted()
    for member in (f"steward:{steward.id}", f"volunteer:{volunteer.id}"):
        assert send(clerk, page_of(first), "/join/", member=member).status_code == 302
    assert steward.name in text(clerk.get(page_of(first)))
    assert send(clerk, page_of(second), "/join/", member=f"steward:{steward.id}").status_code == 302
    steward.refresh_from_db()
    assert steward.team_id == second.id
    assert send(clerk, page_of(first), "/leave/", member=f"volunteer:{volunteer.id}").status_code == 302
    volunteer.refresh_from_db()
    assert volunteer.team_id is None
    assert not any("/leave/" in one for one in forms(clerk.get(page_of(first))))
    assert Entry.objects.filter(act="outreach.join_team", detail__before=str(first.id)).count() == 1


def test_a_round_is_handed_over_to_another_steward(clerk):
    row, to = world.planned(why="独居"), world.steward()
    assert send(clerk, round_page(row), "/hand-over/", to=str(to.id), since="2026-03-16").status_code == 302
    row.refresh_from_db()
    assert row.last_day == date(2026, 3, 15)
    new = Round.objects.get(last_day=None)
    assert (new.steward_id, new.person_id, new.weekday, new.since, new.why) == (
        to.id, row.person_id, row.weekday, date(2026, 3, 16), "独居",
    )  # fmt: skip


def test_a_round_ends_and_not_twice(clerk):
    row = world.planned()
    assert send(clerk, round_page(row), "/end/", last_day="2026-02-01").status_code == 422
    assert send(clerk, round_page(row), "/end/", last_day="2026-03-12").status_code == 302
    row.refresh_from_db()
    assert row.last_day == date(2026, 3, 12)
    assert not any("/end/" in one for one in forms(clerk.get(round_page(row))))


def test_who_leaves_hands_everybody_over_first(clerk):
    steward, to = world.steward(), world.steward()
    rows = [world.planned(steward) for _ in range(3)]
    page = steward_page(steward)
    assert not any("/dismiss/" in one for one in forms(clerk.get(page)))
    assert send(clerk, page, "/hand-over-all/", to=str(to.id), since="2026-03-16").status_code == 302
    assert Round.objects.filter(steward=to, last_day=None).count() == len(rows)
    assert send(clerk, page, "/dismiss/", last_day="2026-03-20").status_code == 302
    assert Steward.objects.get(id=steward.id).last_day == date(2026, 3, 20)


def test_where_one_elder_lives_elsewhere_nobody_is_handed_over(clerk):
    steward, to = world.steward(), world.steward(place=f"{COUNTY}002")
    row = world.planned(steward)
    sent = send(clerk, steward_page(steward), "/hand-over-all/", to=str(to.id), since="2026-03-16")
    assert sent.status_code == 409
    assert f"请先单独转交：{row.person.name}" in text(sent)
    assert Round.objects.filter(steward=steward, last_day=None).count() == 1


def test_who_only_reads_sees_and_does_nothing(enter):
    team, row = world.formed(), world.planned()
    finance = enter("finance", "finance")
    for page in (TEAMS, page_of(team), steward_page(row.steward), round_page(row)):
        answer = finance.get(page)
        assert answer.status_code == 200, page
        assert not [one for one in forms(answer) if one.startswith("/staff/rounds/")], page
    assert finance.post(f"{page_of(team)}end/", {"last_day": "2026-03-31"}).status_code == 403
    assert Entry.objects.filter(act="outreach.read_rounds").exists()


def test_anothers_are_not_there_and_the_asking_is_noted(enter):
    team, row = world.formed(), world.planned()
    foreign = enter("elsewhere", "county_clerk", place="370703")
    pages = (page_of(team), steward_page(row.steward), round_page(row))
    assert [foreign.get(page).status_code for page in pages] == [404] * 3
    assert Entry.objects.filter(act="door.out_of_reach").count() == 3


def test_in_english_no_chinese_is_left_but_names(clerk):
    team, row = world.formed(), world.planned()
    names = [team.name, team.leader, row.steward.name, row.person.name, "山东省", "潍坊市", "clerk的名字"]
    names += Division.objects.filter(code__startswith=COUNTY).values_list("name", flat=True)
    clerk.cookies["django_language"] = "en"
    send(clerk, page_of(team), "/join/", member=f"steward:{row.steward_id}")
    for page in (TEAMS, page_of(team), steward_page(row.steward), round_page(row)):
        assert left_in_chinese(clerk.get(page), *names) == [], page


def test_queries_do_not_grow_with_elders_and_teams(clerk, django_assert_max_num_queries):
    steward = world.steward()
    for more in (2, 20):
        for _ in range(more):
            world.planned(steward)
            world.formed()
        with django_assert_max_num_queries(30):
            clerk.get(steward_page(steward))
        with django_assert_max_num_queries(30):
            clerk.get(TEAMS)


def test_where_there_is_nobody_else_it_is_said_that_one_is_to_be_appointed(clerk):
    row = world.planned()
    assert "请先任命一位" in text(clerk.get(steward_page(row.steward)))
    assert not any("/hand-over" in one for one in forms(clerk.get(round_page(row))))
