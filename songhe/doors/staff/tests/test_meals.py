"""The county's desk of meals: points and prices by two people, inspections, closures, figures."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from songhe.access import login
from songhe.access.models import Account
from songhe.assessment.tests.world import at, elder
from songhe.card.tests.world import made_fund
from songhe.county.key import new_id
from songhe.doors.staff.tests.conftest import COUNTY, DAY, ELSEWHERE
from songhe.doors.staff.tests.reading import send, text
from songhe.meal import serve as serving
from songhe.meal.menu import finish
from songhe.meal.models import Booking, Closure, Inspection, Point, Sample, Tariff
from songhe.meal.tests import world
from songhe.proposal.models import Proposal
from songhe.trail.models import Entry

PAGE = "/staff/meals/"


@pytest.fixture
def item(practice):
    return world.item()


def tariff_form(item, **differently):
    told = {
        "item": item.code,
        "point": "",
        "price": "10",
        "valid_from": "2026-03-12",
        "from_1": "70",
        "to_1": "79",
        "finance_1": "4",
        "from_2": "80",
        "classes_2": ["1", "2"],
        "finance_2": "4",
        "collective_2": "2.50",
    }
    return told | differently


def test_a_price_is_asked_for_by_one_and_approved_by_another(clerk, approver, item):
    assert send(clerk, f"{PAGE}tariffs/", "/tariffs/", **tariff_form(item)).status_code == 302
    page = text(clerk.get(f"{PAGE}tariffs/"))
    for words in ("70–79 岁", "自己付 ¥6.00", "80 岁及以上，1、2 类卡", "自己付 ¥3.50", "村集体补助 ¥2.50"):
        assert words in page
    assert "这是您提出的" in page
    assert not Tariff.objects.exists()
    assert send(approver, f"{PAGE}tariffs/", "/approve/").status_code == 302
    made = Tariff.objects.get()
    assert (made.price_fen, made.set_by, made.approved_by) == (1_000, "clerk", "approver")
    assert made.bands[1] == {
        "from_age": 80,
        "to_age": None,
        "classes": [1, 2],
        "own_fen": 350,
        "parts": {"finance": 400, "collective": 250},
    }
    assert "clerk的名字" in text(approver.get(f"{PAGE}tariffs/"))


def test_the_part_of_a_village_comes_out_of_its_fund_where_one_is_chosen(clerk, approver, item):
    fund = made_fund(
        county=COUNTY, source="collective", level="village", rates={}, expiry="never", allowed=("meals",), amount_fen=0
    )
    page = text(clerk.get(f"{PAGE}tariffs/"))
    assert "村集体补助从哪里付" in page
    assert "财政补助从哪里付" not in page
    send(clerk, f"{PAGE}tariffs/", "/tariffs/", **tariff_form(item, fund_collective=fund.code))
    assert f"村集体补助由“{fund.name}”付" in text(clerk.get(f"{PAGE}tariffs/"))
    send(approver, f"{PAGE}tariffs/", "/approve/")
    assert Tariff.objects.get().funds == {"collective": fund.code}
    assert f"村集体补助由“{fund.name}”付" in text(clerk.get(f"{PAGE}tariffs/"))
    assert send(clerk, f"{PAGE}tariffs/", "/tariffs/", **tariff_form(item, fund_collective="nobody")).status_code == 422


def test_a_price_that_cannot_be_is_told_and_one_that_is_declined_is_gone(clerk, approver, item):
    answer = send(clerk, f"{PAGE}tariffs/", "/tariffs/", **tariff_form(item, finance_1="12"))
    assert (answer.status_code, "金额应大于零" in text(answer)) == (422, True)
    assert send(clerk, f"{PAGE}tariffs/", "/tariffs/", **tariff_form(item, price="")).status_code == 422
    send(clerk, f"{PAGE}tariffs/", "/tariffs/", **tariff_form(item))
    send(approver, f"{PAGE}tariffs/", "/decline/", because="")
    assert Proposal.objects.get().state == "open"
    send(approver, f"{PAGE}tariffs/", "/decline/", because="太贵")
    assert (Proposal.objects.get().state, Tariff.objects.count()) == ("declined", 0)


def test_whoever_asked_does_not_approve_even_by_hand(enter, item):
    both = enter("both", "county_clerk")
    login.appoint(
        account=Account.objects.get(username="both"),
        role="county_approver",
        place=COUNTY,
        valid_from=date(2026, 1, 1),
        by=None,
        at=at(date(2026, 1, 1)),
    )
    send(both, f"{PAGE}tariffs/", "/tariffs/", **tariff_form(item))
    row = Proposal.objects.get()
    answer = both.post(f"{PAGE}proposals/{row.id}/approve/", {"key": str(new_id())})
    assert Proposal.objects.get().state == "open"
    assert (answer.status_code, "不能是同一人" in text(answer)) == (403, True)


def test_a_point_opens_when_a_second_person_agrees(clerk, approver):
    licence = world.licence(world.provider(), valid_from=world.FIRST)
    told = {
        "licence": licence.pk,
        "name": "和平食堂",
        "code": "he-ping",
        "place": f"{COUNTY}001",
        "address": "和平路1号",
        "latitude": "36.7",
        "longitude": "119.16",
        "seats": "30",
        "delivers": "on",
    }
    answer = send(clerk, PAGE, "/propose/", **told)
    assert answer.status_code == 302, text(answer)
    assert "和平食堂" in text(approver.get(PAGE))
    send(approver, PAGE, "/approve/")
    made = Point.objects.get()
    assert (made.name, made.opened_by, made.approved_by, made.delivers) == ("和平食堂", "clerk", "approver", True)
    assert send(clerk, PAGE, "/propose/", name="").status_code == 422


def test_an_inspection_is_written_down_and_mended_by_another(clerk, approver):
    point = world.point()
    where = f"{PAGE}{point.pk}/"
    told = {"day": "2026-03-09", "result": "remedy", "findings": "砧板混用\n无防蝇罩", "remedy_by": "2026-03-20"}
    assert send(clerk, where, "/inspect/", **told).status_code == 302
    row = Inspection.objects.get()
    assert row.findings == ["砧板混用", "无防蝇罩"]
    refused = send(clerk, where, "/remedy/", how="已分开")
    assert (refused.status_code, "检查人以外的人" in text(refused)) == (403, True)
    send(approver, where, "/remedy/", how="已分开")
    page = text(clerk.get(where))
    for words in ("限期整改", "砧板混用", "已整改：已分开"):
        assert words in page
    assert send(clerk, where, "/inspect/", **{**told, "remedy_by": ""}).status_code == 422


def test_a_point_is_closed_and_reopened_by_an_approver(clerk, approver):
    menu = world.menu()
    world.booked(menu)
    other = world.menu(delivers=False)
    where = f"{PAGE}{menu.point.pk}/"
    assert "关停助餐点" not in text(clerk.get(where))
    assert f"建议 · {other.point.name}" in text(approver.get(where))
    send(approver, where, "/close/", since="2026-03-10", move_to=other.point.pk, because="检查不合格")
    page = text(approver.get(where))
    for words in ("1 份订餐转走，0 份取消", "检查不合格", f"转到 {other.point.name}", "恢复供餐"):
        assert words in page
    send(approver, where, "/reopen/", last_day="2026-03-12", because="复查合格")
    assert Closure.objects.get().until == date(2026, 3, 12)
    assert "复查合格" in text(approver.get(where))
    assert approver.post(f"{where}nonsense/", {}).status_code == 404


def test_a_month_is_counted_by_point_day_way_and_age(clerk):
    menu = world.menu()
    rows = [(72, {}), (85, {"way": "delivery", "address": "1栋"}), (91, {})]
    people = [world.booked(menu, world.of_age(years), **more) for years, more in rows]
    world.booked(menu)
    world.serving(menu)
    for row in people:
        serving.serve(booking=row, means="known", at=world.clock(world.TENTH, 12), on=world.TENTH, by="manager")
    finish(menu=menu, at=world.clock(world.TENTH, 13), by="manager")
    world.menu(menu.point, meal="supper", book_until=world.clock(world.TENTH, 9))
    page = text(clerk.get(f"{PAGE}figures/?month=2026-03"))
    sums = ("用餐份数 3", "堂食 2", "送餐 1", "没有来取 1", "缺留样的菜 2", "餐费 ¥32.00")
    for words in (*sums, "70–79 岁 1", "90 岁及以上 1"):
        assert words in page
    assert menu.point.name in page
    assert "这个月还没有人用餐" in text(clerk.get(f"{PAGE}figures/?month=2026-02"))
    assert clerk.get(f"{PAGE}figures/?month=nonsense").status_code == 200


def test_another_countys_point_is_not_there_and_the_asking_is_noted(enter):
    point = world.point()
    stranger = enter("stranger", "county_approver", place=ELSEWHERE)
    assert stranger.get(f"{PAGE}{point.pk}/").status_code == 404
    assert stranger.post(f"{PAGE}{point.pk}/close/", {}).status_code == 404
    row = Proposal.objects.create(county=COUNTY, kind="meal.tariff", told={}, proposed_by="clerk", proposed_at=at(DAY))
    assert stranger.post(f"{PAGE}proposals/{row.id}/approve/", {}).status_code == 404
    assert Entry.objects.filter(county=COUNTY, act="door.out_of_reach", actor="stranger").count() == 3


def test_who_only_reads_changes_nothing(enter):
    point = world.point()
    auditor = enter("auditor", "auditor")
    assert auditor.get(PAGE).status_code == 200
    assert auditor.post(f"{PAGE}{point.pk}/inspect/", {}).status_code == 403
    assert auditor.post(f"{PAGE}tariffs/", {}).status_code == 403
    assert enter("daughter", "carer", provider=point.provider_id).get(PAGE).status_code == 403


def test_the_pages_ask_as_much_for_many_as_for_few(clerk):
    menu = world.menu()
    pages = (PAGE, f"{PAGE}{menu.point.pk}/", f"{PAGE}figures/", f"{PAGE}tariffs/")

    def fill(first, count):
        for number in range(first, first + min(count, 60)):
            copy = Point.objects.get(pk=menu.point.pk)
            copy.pk, copy.code, copy.name = None, f"copy-{number}", f"食堂{number}"
            copy.save(force_insert=True)
        people = [elder(name=f"老人{number}") for number in range(count)]
        Booking.objects.bulk_create(
            Booking(
                county=COUNTY,
                menu=menu,
                person=one,
                day=menu.on,
                meal="lunch",
                way="table",
                state="served",
                booked_by="x",
                booked_at=at(DAY),
            )
            for one in people
        )
        Inspection.objects.bulk_create(
            Inspection(
                county=COUNTY,
                point=menu.point,
                on=DAY - timedelta(days=number),
                result="pass",
                inspector="x",
                at=at(DAY),
            )
            for number in range(first, first + count)
        )

    def asked(address):
        with CaptureQueriesContext(connection) as queries:
            assert clerk.get(address).status_code == 200
        return len(queries)

    fill(0, 10)
    for one in pages:
        asked(one)
    few = [asked(one) for one in pages]
    fill(10, 990)
    assert [asked(one) for one in pages] == few
    assert max(few) <= 40
    assert not Sample.objects.exists()


def test_it_is_said_in_english_too(clerk, item):
    point = world.point()
    clerk.cookies["django_language"] = "en"
    for address, words in (
        (PAGE, "Propose a meal point"),
        (f"{PAGE}{point.pk}/", "Write down an inspection"),
        (f"{PAGE}tariffs/", "Propose a price"),
        (f"{PAGE}figures/", "Meals eaten"),
    ):
        assert words in text(clerk.get(address)), address
