from datetime import timedelta

import pytest
from django.test import Client

from songhe.assessment import review
from songhe.assessment.models import Assessment
from songhe.assessment.tests import paper, world
from songhe.county.key import new_id
from songhe.doors.assessor.tests.conftest import assessor, named, signed_in, wished
from songhe.doors.staff.tests.conftest import DAY
from songhe.doors.staff.tests.reading import text
from songhe.person.models import Person

pytestmark = pytest.mark.django_db


def test_today_comes_before_what_is_to_come(tablet):
    story = tablet()
    named(
        story.body,
        story.first,
        story.second,
        at=world.at(DAY + timedelta(days=2), 14),
        person=world.elder(name="陈桂英"),
    )
    said = text(story.one.get("/assessor/"))
    assert said.index("今天") < said.index("王秀兰") < said.index("接下来") < said.index("陈桂英")
    assert "09:00" in said
    assert "与王评估" in said


def test_what_the_family_wished_stands_on_the_schedule_and_beside_the_visit(tablet):
    story = tablet()
    wished(story.row, "2026-03-12", words="听力不好，请大声说话")
    assert "听力不好" in text(story.one.get("/assessor/"))
    said = text(story.one.get(story.at))
    assert "希望的日期" in said
    assert "3月12日" in said
    assert "听力不好" in said


def test_a_place_that_the_address_repeats_is_said_once(tablet):
    story = tablet(address="样例县松鹤街道安和社区3号")
    said = text(story.one.get(story.at))
    assert said.count("松鹤街道") == 1
    assert "3号" in said


def test_an_assessor_sees_only_what_they_are_named_for(tablet):
    story = tablet()
    others = assessor(story.body, "zhao"), assessor(story.body, "qian")
    row = named(story.body, *others, person=world.elder(name="别人的老人"))
    assert "别人的老人" not in text(story.one.get("/assessor/"))
    for page in ("", "kept/", "form/1/", "check/"):
        assert story.one.get(f"/assessor/visits/{row.no}/{page}").status_code == 404
    assert signed_in("zhao").get(f"/assessor/visits/{row.no}/").status_code == 200


def test_what_waits_for_ones_signature_and_what_came_back_stand_first(tablet):
    story = tablet()
    story.fill()
    story.sign(story.one, story.first)
    assert "等您签名" in text(story.two.get("/assessor/"))
    assert "等另一位签名" in text(story.one.get("/assessor/"))
    story.sign(story.two, story.second)
    assert "待复核" in text(story.one.get("/assessor/"))
    review.send_back(assessment=story.now(), because="请核对洗澡", at=world.at(DAY, 15), by="clerk")
    said = text(story.one.get("/assessor/"))
    assert "退回修改" in said
    assert "请核对洗澡" in said


@pytest.mark.parametrize(
    ("role", "status"),
    [("county_clerk", 403), ("county_approver", 403), ("auditor", 403), ("provider_manager", 403), ("citizen", 403)],
)
def test_the_schedule_is_for_assessors(enter, role, status):
    more = {"provider": world.body().pk} if role == "provider_manager" else {}
    if role == "citizen":
        client = Client()
        assert client.get("/assessor/").status_code == 302
        return
    assert enter("somebody", role, **more).get("/assessor/").status_code == status


@pytest.mark.parametrize("count", [10, 100])
def test_the_schedule_asks_the_database_a_bounded_number_of_times(tablet, count, django_assert_max_num_queries):
    story = tablet()
    people = [
        Person(
            county="370799",
            id=new_id(),
            id_kind="none",
            name=f"老人{number}",
            birth_date=DAY - timedelta(days=30_000),
            place="370799001001",
            opened_on=DAY,
        )
        for number in range(count)
    ]
    Person.rows.bulk_create(people)
    Assessment.rows.bulk_create(
        Assessment(
            county="370799",
            id=new_id(),
            no=f"37079920260399{number:07d}",
            person=person,
            origin="assessed",
            state="assigned",
            standard="gbt-42195-2022",
            occasion="first",
            where="home",
            body=story.body,
            first_assessor=story.first,
            second_assessor=story.second,
            requested_at=world.at(DAY),
            requested_by="elder",
        )
        for number, person in enumerate(people)
    )
    with django_assert_max_num_queries(22):
        assert "老人1" in text(story.one.get("/assessor/"))


def test_the_forms_of_a_schedule_are_fetched_at_once(tablet, django_assert_max_num_queries):
    story = tablet()
    rows = [named(story.body, story.first, story.second, person=world.elder()) for _ in range(8)]
    for row in rows:
        paper.filled(row, on=DAY)
    with django_assert_max_num_queries(22):
        assert text(story.one.get("/assessor/")).count("填写中") == 8
