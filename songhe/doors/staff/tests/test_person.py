from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from songhe.assessment.tests import world
from songhe.doors.staff.tests.conftest import DAY, ELSEWHERE
from songhe.doors.staff.tests.reading import text
from songhe.doors.staff.tests.test_people import WHOLE, known
from songhe.entitlement.tests import story
from songhe.grant.expire import expire
from songhe.grant.models import Grant
from songhe.grant.tests import world as vouchers
from songhe.person.event import report
from songhe.person.status import record_status
from songhe.redemption.reverse import reverse as reverse_bill
from songhe.redemption.tests import world as bills
from songhe.trail.models import Entry


def held():
    """A voucher of March that came all the way from an application."""
    right = story.approved(world.elder(), category="home")
    vouchers.budget()
    vouchers.run_issue(on=vouchers.TENTH)
    return Grant.objects.get(county=right.county, entitlement=right)


def address(person):
    return reverse("staff:person", args=[person.id])


def test_the_file_says_who_somebody_is_and_where_that_is_known_from(clerk):
    person = known()
    page = text(clerk.get(address(person)))
    for words in ("王秀兰", "岁", "女", "窗口登记", "370799********" + WHOLE[-4:]):
        assert words in page
    assert WHOLE not in page


def test_it_says_what_is_held_and_why(clerk):
    right = story.approved(world.elder())
    page = text(clerk.get(address(right.person)))
    for words in ("养老服务消费补贴", "待遇有效", "2026年3月起", "年满", "符合条件", "中度失能", "查看申请"):
        assert words in page


def test_vouchers_say_what_is_left_and_bills_who_paid(clerk):
    grant = held()
    provider = bills.provider()
    bills.visit_of(grant, provider)
    bills.pay(grant, provider, bills.bath())
    page = text(clerk.get(address(grant.person)))
    assert "¥300.00 还可以用" in page
    assert "已用 ¥500.00 ，面额 ¥800.00" in page
    assert "自己付 ¥500.00" in page
    assert provider.name in page


def test_a_voucher_that_is_over_says_what_was_not_used(clerk):
    grant = held()
    provider = bills.provider()
    bills.visit_of(grant, provider)
    bills.pay(grant, provider, bills.bath())
    expire(
        county=grant.county,
        programme=grant.programme,
        month=vouchers.MARCH,
        on=date(2026, 4, 1),
        clock=lambda: world.at(date(2026, 4, 1)),
    )
    page = text(clerk.get(address(grant.person)))
    assert "¥300.00 未用金额，已不能使用" in page
    assert "已过期" in page


def test_what_was_reversed_in_its_month_is_left_again(clerk):
    grant = held()
    provider = bills.provider()
    bills.visit_of(grant, provider)
    bill = bills.pay(grant, provider, bills.bath())
    reverse_bill(county=grant.county, bill_no=bill.no, because="记错", at=world.at(DAY), on=DAY, by="finance")
    page = text(clerk.get(address(grant.person)))
    assert "¥800.00 还可以用" in page
    assert "已冲正" in page


def test_statuses_proxies_stays_and_reports_stand_in_the_file(clerk):
    person = known()
    record_status(
        person=person, kind="low_income", valid_from=date(2026, 1, 1), source="import", at=world.at(DAY), by="clerk"
    )
    mandate = world.mandate(person)
    report(person=person, kind="death", happened_on=DAY, source="村委会", on=DAY, at=world.at(DAY), by="clerk")
    page = text(clerk.get(address(person)))
    assert "最低生活保障" in page
    assert mandate.proxy_name in page
    assert "等另一人核实" in page


def test_reading_the_file_is_noted_without_name_or_number(clerk):
    person = known()
    clerk.get(address(person))
    noted = Entry.objects.get(county=person.county, act="person.read")
    assert (noted.actor, noted.subject, noted.subject_id) == ("clerk", "person", str(person.id))
    assert person.name not in str(noted.detail)


def test_looking_is_no_part_of_the_story(clerk):
    person = known()
    clerk.get(address(person))
    told = clerk.get(address(person)).context["file"].events
    assert [str(event.what) for event in told] == ["建立档案"]


def test_another_countys_file_is_not_there_and_asking_is_noted(enter):
    person = known()
    far = enter("far", "county_clerk", place=ELSEWHERE)
    assert far.get(address(person)).status_code == 404
    noted = Entry.objects.get(county=person.county, act="door.out_of_reach")
    assert (noted.actor, noted.subject_id) == ("far", str(person.id))


def test_a_provider_sees_those_it_served_and_no_more_than_it_needs(enter):
    grant = held()
    provider, other = bills.provider(), bills.provider()
    bills.visit_of(grant, provider)
    bills.pay(grant, provider, bills.bath())
    mine = enter("m", "provider_manager", provider=provider.id).get(address(grant.person))
    assert "还可以用" in text(mine)
    for words in ("为什么", "经过", "能力评估", "窗口登记"):
        assert words not in text(mine)
    assert enter("o", "provider_manager", provider=other.id).get(address(grant.person)).status_code == 404


def test_the_file_asks_as_much_of_the_database_for_many_bills_as_for_one(clerk):
    grant = held()
    provider = bills.provider(prices={"bath": 5_000})

    def pay(day):
        bills.visit_of(grant, provider, day=day)
        bills.pay(grant, provider, bills.bath(day=day))

    def asked():
        with CaptureQueriesContext(connection) as queries:
            clerk.get(address(grant.person))
        return len(queries)

    pay(2)
    clerk.get(address(grant.person))
    one = asked()
    for day in range(3, 10):
        pay(day)
    assert asked() == one


@pytest.mark.parametrize("role", ["finance", "auditor"])
def test_others_of_the_county_may_read_it(enter, role):
    assert enter(role, role).get(address(known())).status_code == 200
