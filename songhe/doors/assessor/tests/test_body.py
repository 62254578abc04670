import re
from datetime import date, timedelta

import pytest

from songhe.assessment.models import Assessment
from songhe.assessment.tests import world
from songhe.county.key import new_id
from songhe.doors.assessor.tests.conftest import ASKED, assessor, wished
from songhe.doors.staff.tests.conftest import DAY
from songhe.doors.staff.tests.reading import form_for, text
from songhe.kernel.month import BEIJING
from songhe.person.models import Person
from songhe.provider.models import Certificate

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk(enter):
    body = world.body()
    first, second = assessor(body, "li", name="李评估"), assessor(body, "wang", name="王评估")
    row = world.requested(world.elder(name="王秀兰"), on=ASKED, of=body)
    return {
        "body": body,
        "first": first,
        "second": second,
        "row": row,
        "manager": enter("body", "provider_manager", provider=body.pk),
        "at": f"/assessor/body/requests/{row.no}/",
    }


def send(desk, **filled):
    address, hidden = form_for(desk["manager"].get(desk["at"]), desk["at"])
    given = {"first": desk["first"].pk, "second": desk["second"].pk, "day": "2026-03-11", "time": "14:30"}
    return desk["manager"].post(address, hidden | given | filled)


def test_the_body_sees_who_chose_it_and_names_two_and_a_time(desk):
    said = text(desk["manager"].get("/assessor/body/"))
    assert "王秀兰" in said
    assert re.search("今天申请|已等 1 天", said)
    assert send(desk)["Location"] == "/assessor/body/"
    found = Assessment.rows.get(county=desk["row"].county, id=desk["row"].id)
    assert (found.state, found.first_assessor, found.second_assessor) == ("assigned", desk["first"], desk["second"])
    there = found.scheduled_at.astimezone(BEIJING)
    assert (there.date(), there.hour, there.minute) == (date(2026, 3, 11), 14, 30)
    said = text(desk["manager"].get("/assessor/body/?part=assigned"))
    assert "李评估、王评估" in said


def test_the_familys_wish_stands_in_the_list_and_its_first_coming_day_is_offered(desk):
    wished(desk["row"], "2026-03-09", "2026-03-12", "2026-03-13")
    said = text(desk["manager"].get("/assessor/body/"))
    assert "希望3月9日、3月12日、3月13日" in said
    assert "下午精神好一些" in said
    page = desk["manager"].get(desk["at"])
    assert "3月12日" in text(page)
    assert page.context["form"]["day"].value() == date(2026, 3, 12)


def test_a_wish_that_named_another_body_or_is_of_an_earlier_case_is_not_this_ones(desk):
    made = wished(desk["row"], "2026-03-12")
    made.assessment_wish = {**made.assessment_wish, "body": world.body().pk}
    made.save()
    assert "希望" not in text(desk["manager"].get("/assessor/body/"))
    made.assessment_wish = {**made.assessment_wish, "body": desk["body"].pk}
    made.submitted_at = desk["row"].requested_at - timedelta(days=400)
    made.save()
    assert "希望" not in text(desk["manager"].get(desk["at"]))


@pytest.mark.parametrize(
    ("filled", "status", "word"),
    [
        ({"second": ""}, 422, "请选择一名评估员"),
        ({"day": "明天"}, 422, "日期请写成"),
        ({"day": ""}, 422, "写了时间，也要写日期"),
        ({"day": "2026-03-01"}, 422, "assessment.scheduled_in_the_past"),
        ({"second": "999999"}, 422, ""),
    ],
)
def test_what_is_missing_or_past_is_told(desk, filled, status, word):
    answer = send(desk, **filled)
    assert answer.status_code == status
    assert word in text(answer)


def test_the_same_assessor_twice_is_refused(desk):
    answer = send(desk, second=desk["first"].pk)
    assert answer.status_code == 422
    assert "assessment.same_assessor" in text(answer)


def test_kin_stand_aside_and_the_page_says_why(desk):
    world.mandate(desk["row"].person, proxy_name="李评估", account="li")
    answer = send(desk)
    assert answer.status_code == 422
    assert "是老年人的亲属" in text(answer)


def test_who_may_not_assess_is_not_offered(desk):
    assessor(desk["body"], "new", name="新评估", trained_on=None)
    said = desk["manager"].get(desk["at"]).content.decode()
    assert "新评估" not in said
    assert "未培训" in text(desk["manager"].get("/assessor/body/"))


def test_papers_that_run_out_are_seen(desk):
    for number, until in enumerate((DAY - timedelta(days=1), DAY + timedelta(days=30), DAY + timedelta(days=900))):
        Certificate.objects.create(
            worker=desk["first"], kind="评估师", number=str(number), valid_from=date(2024, 1, 1), valid_to=until
        )
    said = text(desk["manager"].get("/assessor/body/"))
    assert (said.count("已过期"), said.count("快到期")) == (1, 1)


def test_another_bodys_request_is_not_there(desk, enter):
    other = enter("other", "provider_manager", provider=world.body().pk)
    assert other.get(desk["at"]).status_code == 404
    assert "王秀兰" not in text(other.get("/assessor/body/"))


def test_a_body_that_does_not_assess_is_told_so_and_finds_no_item_in_the_navigation(desk, enter):
    server = enter("home", "provider_manager", provider=world.body(kind="community").pk)
    assert "您所在的机构不是评估机构" in text(server.get("/assessor/body/"))
    assert "评估派单" not in server.get("/").content.decode()
    assert "评估派单" in desk["manager"].get("/").content.decode()


def test_the_body_is_told_what_waits_and_finds_nothing_of_those_who_serve(desk):
    home = desk["manager"].get("/provider/")
    assert "1 件评估申请等您派人" in text(home)
    assert "核销" not in text(home)
    items = re.findall(r'<nav class="nav".*?</nav>', home.content.decode(), re.S)[0]
    assert re.findall(r">([^<]+)</a>", items) == ["今天", "评估派单", "结算单", "机构资料"]


@pytest.mark.parametrize("role", ["county_clerk", "assessor", "auditor"])
def test_assigning_is_the_bodys_own_business(desk, enter, role):
    more = {"provider": desk["body"].pk} if role == "assessor" else {}
    client = enter("somebody", role, **more)
    assert client.get("/assessor/body/").status_code == 403
    assert client.post(desk["at"]).status_code == 403


@pytest.mark.parametrize("count", [10, 1000])
def test_the_list_asks_the_database_a_bounded_number_of_times(desk, count, django_assert_max_num_queries):
    people = [
        Person(
            county="370799",
            id=new_id(),
            id_kind="none",
            name=f"老人{number}",
            birth_date=date(1945, 1, 1),
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
            state="requested",
            standard="gbt-42195-2022",
            occasion="first",
            where="home",
            body=desk["body"],
            requested_at=world.at(DAY),
            requested_by="elder",
        )
        for number, person in enumerate(people)
    )
    with django_assert_max_num_queries(26):
        desk["manager"].get("/assessor/body/")
