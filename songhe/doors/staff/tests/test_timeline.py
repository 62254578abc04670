"""A whole life with the county on one page, with every change and what stood before it."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from songhe.assessment.tests import world
from songhe.doors.staff.tests.conftest import COUNTY, DAY, ELSEWHERE
from songhe.doors.staff.tests.reading import text
from songhe.doors.staff.tests.test_people import known
from songhe.entitlement.tests import story
from songhe.person.models import Status
from songhe.person.register import correct


def address(person):
    return reverse("staff:person-timeline", args=[person.id])


def test_every_kind_of_thing_stands_in_it_the_newest_first(clerk):
    right = story.approved(world.elder())
    page = text(clerk.get(address(right.person)))
    for words in ("待遇开始", "已批准", "已初审", "提交申请", "评估结果"):
        assert words in page
    assert page.index("待遇开始") < page.index("提交申请")


def test_a_change_says_who_what_before_and_after(clerk):
    person = known()
    correct(
        person=person,
        changes={"name": "王秀英", "phone": "13800001234"},
        version=1,
        because="户口簿更正",
        on=DAY,
        at=world.at(DAY) + timedelta(hours=1),
        by="clerk",
    )
    page = text(clerk.get(address(person) + "?kind=changes"))
    assert "姓名: 王秀兰 → 王秀英" in page
    assert "联系电话: — → 138****1234" in page
    assert "clerk的名字" in page
    assert "建立档案" in page


@pytest.mark.parametrize(
    "kind", ["decisions", "vouchers", "bills", "services", "assessments", "statuses", "changes", "acts", "nonsense"]
)
def test_each_kind_has_a_page(clerk, kind):
    right = story.approved(world.elder())
    assert clerk.get(address(right.person) + f"?kind={kind}").status_code == 200


def test_pages_go_on_and_cost_as_much_for_many_as_for_few(clerk):
    person = world.elder()

    def asked(where):
        with CaptureQueriesContext(connection) as queries:
            page = clerk.get(where)
        return len(queries), page

    Status.objects.create(
        county=COUNTY, person=person, kind="low_income", valid_from=DAY, source="counter", known_at=world.at(DAY)
    )
    asked(address(person))
    few, _ = asked(address(person))
    Status.objects.bulk_create(
        Status(
            county=COUNTY,
            person=person,
            kind=f"kind{number}",
            valid_from=DAY,
            valid_to=DAY,
            source="counter",
            known_at=world.at(DAY),
        )
        for number in range(400)
    )
    many, page = asked(address(person))
    assert many <= few
    seen = 0
    while True:
        seen += len(page.context["events"])
        if not page.context["following"]:
            break
        page = clerk.get(page.context["following"])
    assert seen >= 801


def test_another_countys_life_is_not_there(enter):
    far = enter("far", "county_clerk", place=ELSEWHERE)
    assert far.get(address(known())).status_code == 404


def test_a_provider_reads_no_whole_life(enter):
    assert enter("manager", "provider_manager", provider=1).get(address(known())).status_code in (403, 404)
