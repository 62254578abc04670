"""Meal points for everybody: today's menus and prices, licence, the last inspection, and the map."""

from __future__ import annotations

import json

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from songhe.assessment.tests.world import at
from songhe.doors.public.tests.conftest import text
from songhe.doors.public.tests.test_english import PLACES, left_in_chinese
from songhe.doors.staff.tests.conftest import DAY
from songhe.meal.close import close_point, inspect
from songhe.meal.models import Menu, Point
from songhe.meal.tests import world

PAGE = "/meals/"


@pytest.fixture
def menu(practice) -> Menu:
    made = world.menu()
    Point.objects.filter(pk=made.point.pk).update(name="和平食堂", longitude=122.845, latitude=36.21)
    return made


def test_a_point_is_shown_with_todays_meals_whole_price_and_papers(anybody, menu):
    inspect(point=menu.point, day=DAY, result="pass", findings=[], at=at(DAY), by="inspector")
    page = text(anybody.get(PAGE))
    for words in ("和平食堂", "红烧肉", "¥10.00", "今天营业", menu.point.food_licence.number, "检查合格"):
        assert words in page


def test_one_point_has_its_menus_bands_and_what_was_found(anybody, menu):
    inspect(
        point=menu.point, day=DAY, result="remedy", findings=["砧板混用"], remedy_by=DAY, at=at(DAY), by="inspector"
    )
    page = text(anybody.get(f"{PAGE}{menu.point.pk}/"))
    for words in ("红烧肉", "70–79 岁", "财政补助 ¥4.00", "砧板混用", "限期整改", "有效到"):
        assert words in page
    assert anybody.get(f"{PAGE}999999/").status_code == 404


def test_a_closed_point_says_why_and_where_bookings_go(anybody, menu):
    other = world.point(name="另一食堂")
    close_point(point=menu.point, since=DAY, because="停水", move_to=other, at=at(DAY), by="head")
    for address in (PAGE, f"{PAGE}{menu.point.pk}/"):
        page = text(anybody.get(address))
        for words in ("今天不供餐", "停水", "订餐转到“另一食堂”"):
            assert words in page


def test_filters_and_distances_leave_who_fits(anybody, menu):
    assert "没有符合条件的助餐点" in text(anybody.get(f"{PAGE}?q=没有这家"))
    assert "和平食堂" in text(anybody.get(f"{PAGE}?near=36.210,122.845"))
    assert "50 米" in text(anybody.get(f"{PAGE}?near=36.210,122.845"))
    assert "没有符合条件的助餐点" in text(anybody.get(f"{PAGE}?town=370799001"))


def test_the_map_has_what_the_list_has(anybody, menu):
    told = json.loads(anybody.get(f"{PAGE}places.json?near=36.210,122.845").content)
    (point,) = told["points"]
    assert point["properties"]["name"] == "和平食堂"
    assert (point["properties"]["letter"], point["properties"]["suspended"]) == ("餐", "")
    assert told["origin"] == [122.845, 36.21]


def test_where_there_is_none_it_says_what_will_be_here(anybody):
    assert "还没有助餐点" in text(anybody.get(PAGE))
    assert anybody.get(f"{PAGE}places.json").status_code == 404


def test_many_points_ask_no_more_than_few(anybody, menu):
    def fill(first, count):
        rows = []
        for number in range(first, first + count):
            copy = Point.objects.get(pk=menu.point.pk)
            copy.pk, copy.code, copy.name = None, f"copy-{number}", f"食堂{number}"
            rows.append(copy)
        Point.objects.bulk_create(rows)

    def asked(address):
        with CaptureQueriesContext(connection) as queries:
            assert anybody.get(address).status_code == 200
        return len(queries)

    pages = (PAGE, f"{PAGE}places.json", f"{PAGE}{menu.point.pk}/")
    fill(0, 10)
    for one in pages:
        asked(one)
    few = [asked(one) for one in pages]
    fill(10, 990)
    assert [asked(one) for one in pages] == few
    assert max(few) <= 20
    assert "第 1–20 个，共 1001 个" in text(anybody.get(PAGE))


def test_in_english_no_chinese_is_left_but_names(anybody, menu):
    anybody.cookies["django_language"] = "en"
    point = Point.objects.get(pk=menu.point.pk)
    names = ("和平食堂", "红烧肉", "青菜", point.address, point.provider.name, *PLACES)
    for address in (PAGE, f"{PAGE}{point.pk}/"):
        assert left_in_chinese(anybody.get(address), *names) == [], address
