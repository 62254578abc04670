"""Where one eats, what it costs whom, and booking it in a few taps."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from songhe.assessment.tests.world import at, elder
from songhe.card.models import Card
from songhe.doors.elder.tests.money.conftest import (
    COUNTY,
    DAY,
    citizen,
    english,
    mandate,
    no_language_stays_behind,
    practice,
    said,
    unknown_variables_fail,
)
from songhe.doors.staff.tests.reading import form_for, send, text
from songhe.meal.close import close_point
from songhe.meal.models import Booking, Menu, Point
from songhe.meal.price import Band
from songhe.meal.tests import world
from songhe.meal.tests.world import booked
from songhe.person.models import Person
from songhe.trail.models import Entry

__all__ = ["english", "no_language_stays_behind", "practice", "unknown_variables_fail"]

pytestmark = pytest.mark.django_db

PAGE = "/my/meals/"
THURSDAY = DAY + timedelta(days=2)
CUT = world.clock(DAY + timedelta(days=1), 18)


@pytest.fixture
def granny() -> Person:
    return elder(name="王秀兰", born=date(1944, 3, 1), longitude=119.165, latitude=36.70, address="和平小区3栋201")


@pytest.fixture
def hers(granny):
    return citizen("granny", granny)


@pytest.fixture
def menu(practice):
    return world.menu(day=THURSDAY, book_until=CUT)


def more_menus(of: Menu, days: int = 2) -> list[Menu]:
    return [
        Menu.objects.create(
            county=of.county,
            point=of.point,
            on=of.on + timedelta(days=number),
            meal=of.meal,
            item=of.item,
            delivery=of.delivery,
            book_until=of.book_until + timedelta(days=number),
            portions=50,
        )
        for number in range(1, days + 1)
    ]


def test_the_points_are_told_with_distance_and_why_one_is_closed(hers, menu):
    near = menu.point
    far = world.point(name="远处食堂")
    Point.objects.filter(pk=far.pk).update(latitude=36.80)
    close_point(point=far, since=DAY, because="检修灶台", move_to=near, at=at(DAY), by="head")
    page = said(hers, PAGE)
    assert page.index(near.name) < page.index("远处食堂")
    for words in ("400 米", "11.1 公里", "今天营业", "今天不供餐", "检修灶台", f"订餐转到“{near.name}”"):
        assert words in page


def test_a_menu_is_told_at_her_own_price_with_who_pays_which_part(hers, menu):
    page = said(hers, f"{PAGE}points/{menu.point.pk}/")
    for words in ("红烧肉", "堂食自己付 ¥4.00", "送餐自己付 ¥6.00", "财政补助 ¥4.00", "村集体补助 ¥2.00"):
        assert words in page
    assert "2026年3月11日 18:00 前可以订、可以退" in page
    page = said(hers, f"{PAGE}menus/{menu.id}/")
    for words in ("这份餐的价格 ¥10.00", "财政补助 −¥4.00", "您自己付 ¥4.00", "自己付 ¥6.00"):
        assert words in page


def test_the_class_of_the_card_makes_the_price(hers, granny, menu, card_of):
    bands = (Band(60, None, frozenset({1}), 100, {"finance": 900}),)
    world.tariff(menu.item, point=menu.point, bands=bands)
    assert "堂食自己付 ¥10.00" in said(hers, f"{PAGE}points/{menu.point.pk}/")
    card_of(granny, 1)
    assert "堂食自己付 ¥1.00" in said(hers, f"{PAGE}points/{menu.point.pk}/")


@pytest.fixture
def card_of():
    from songhe.person.medium import issue

    def make(person: Person, card_class: int) -> Card:
        medium = issue(person=person, kind="card", on=DAY, at=at(DAY), by="clerk")
        return Card.objects.create(
            county=person.county,
            no=f"{card_class:012d}",
            person=person,
            medium=medium,
            card_class=card_class,
            authorised="elder",
            opened_by="clerk",
            opened_at=at(DAY),
            opened_on=DAY,
        )

    return make


def test_a_meal_is_booked_at_the_table_with_one_press(hers, granny, menu):
    answer = send(hers, f"{PAGE}menus/{menu.id}/", f"/menus/{menu.id}/", way="table", wish="软烂")
    made = Booking.objects.get()
    assert answer.headers["Location"] == f"{PAGE}bookings/{made.id}/"
    assert (made.person_id, made.way, made.wish, made.booked_by) == (granny.id, "table", "软烂", "granny")
    page = said(hers, f"{PAGE}bookings/{made.id}/")
    for words in ("已预订", "您自己付 ¥4.00", "要求：软烂", "退订这一餐"):
        assert words in page
    assert "已经订好的" in said(hers, PAGE)


def test_the_first_page_leads_to_meals_and_says_what_is_booked_next(hers, granny, menu):
    assert "看附近食堂的菜单，订餐" in said(hers, "/my/")
    booked(menu, granny)
    assert f"2026年3月12日午餐在{menu.point.name}，已经订好" in said(hers, "/my/")


def test_delivery_goes_to_the_address_that_is_known(hers, menu):
    page = hers.get(f"{PAGE}menus/{menu.id}/")
    assert "和平小区3栋201" in page.content.decode()
    send(hers, f"{PAGE}menus/{menu.id}/", f"/menus/{menu.id}/", way="delivery", address="和平小区3栋201")
    assert Booking.objects.get().address == "和平小区3栋201"


def test_delivery_without_an_address_is_told_and_keeps_what_was_typed(hers, menu):
    answer = send(hers, f"{PAGE}menus/{menu.id}/", f"/menus/{menu.id}/", way="delivery", address=" ", wish="软烂")
    assert answer.status_code == 422
    assert "请填写地址" in text(answer)
    assert "软烂" in answer.content.decode()
    answer = send(hers, f"{PAGE}menus/{menu.id}/", f"/menus/{menu.id}/", way="pigeon")
    assert answer.status_code == 422


def test_the_whole_week_is_booked_at_once(hers, menu):
    more_menus(menu)
    where = f"{PAGE}points/{menu.point.pk}/"
    assert "这一周的午餐都订（3 餐）" in said(hers, where)
    answer = send(hers, where, "week=2026-03-09", all="lunch", way="table")
    assert answer.headers["Location"] == PAGE
    assert "订好了 3 餐" in said(hers, PAGE)
    assert Booking.objects.count() == 3


def test_what_was_ticked_is_booked_and_what_cannot_be_is_told(hers, menu):
    (friday,) = more_menus(menu, 1)
    Menu.objects.filter(id=friday.id).update(portions=1, taken=1)
    where = f"{PAGE}points/{menu.point.pk}/"
    assert "订满了" in said(hers, where)
    send(hers, where, "week=2026-03-09", menu=[str(menu.id), str(friday.id)], way="table")
    page = said(hers, PAGE)
    assert "订好了 1 餐" in page
    assert "2026年3月13日午餐没有订上：这一餐已订满" in page


def test_nothing_ticked_and_no_address_are_told(hers, menu):
    where = f"{PAGE}points/{menu.point.pk}/"
    assert "还没有选哪一餐" in text(send(hers, where, "week=2026-03-09", way="table"))
    answer = send(hers, where, "week=2026-03-09", menu=str(menu.id), way="delivery", address="")
    assert (answer.status_code, "请填写地址" in text(answer)) == (422, True)
    assert not Booking.objects.exists()


def test_sent_twice_it_is_booked_once(hers, menu):
    where, hidden = form_for(hers.get(f"{PAGE}menus/{menu.id}/"), f"/menus/{menu.id}/")
    first, second = (hers.post(where, {**hidden, "way": "table"}) for _ in range(2))
    assert first.headers["Location"] == second.headers["Location"]
    assert Booking.objects.count() == 1


def test_it_is_cancelled_until_the_cut_off(hers, granny, menu):
    row = booked(menu, granny)
    answer = send(hers, f"{PAGE}bookings/{row.id}/", "/cancel/")
    assert answer.headers["Location"] == f"{PAGE}bookings/"
    assert "已取消" in said(hers, f"{PAGE}bookings/")
    row = booked(menu, granny)
    Menu.objects.update(book_until=at(DAY, 0))
    page = said(hers, f"{PAGE}bookings/{row.id}/")
    assert ("退订这一餐" in page, "已过，不能再退或改" in page) == (False, True)


def test_the_table_becomes_delivery_and_back(hers, granny, menu):
    row = booked(menu, granny)
    send(hers, f"{PAGE}bookings/{row.id}/", "/change/", way="delivery", address="3栋201")
    assert "您自己付 ¥6.00" in said(hers, f"{PAGE}bookings/{row.id}/")
    send(hers, f"{PAGE}bookings/{row.id}/", "/change/", way="table")
    row.refresh_from_db()
    assert (row.way, row.address) == ("table", "")
    answer = send(hers, f"{PAGE}bookings/{row.id}/", "/change/", way="delivery", address="")
    assert answer.status_code == 422


def test_a_closure_says_what_it_moved_and_where_or_that_nothing_was_paid(hers, granny, menu):
    row = booked(menu, granny)
    other = world.menu(day=THURSDAY, book_until=CUT)
    close_point(point=menu.point, since=THURSDAY, because="停水", move_to=other.point, at=at(DAY), by="head")
    page = said(hers, f"{PAGE}bookings/{row.id}/")
    assert f"“{menu.point.name}”关停了：停水" in page
    assert f"这份餐改到“{other.point.name}”，价格不变" in page
    assert "因关停改到这里" in said(hers, PAGE)
    close_point(point=other.point, since=THURSDAY, because="停电", at=at(DAY), by="head")
    assert "这份餐已经取消，没有花钱" in said(hers, f"{PAGE}bookings/{row.id}/")
    assert "助餐点关停" in said(hers, f"{PAGE}bookings/")


def test_a_daughter_books_for_her_mother_and_that_is_noted(granny, menu):
    daughter = citizen("daughter", elder(name="王芳", born=date(1975, 4, 3)))
    mandate(granny, "daughter")
    send(daughter, f"{PAGE}menus/{menu.id}/", f"/menus/{menu.id}/", way="table")
    assert Booking.objects.get().person_id == granny.id
    assert Entry.objects.filter(act="elder.by_proxy", actor="daughter").exists()
    assert "王秀兰的订餐" in said(daughter, f"{PAGE}bookings/")


def test_a_mandate_for_other_things_books_nothing(granny, menu):
    niece = citizen("niece", elder(name="王琴", born=date(1975, 4, 3)))
    mandate(granny, "niece", acts=["complain"])
    assert "订堂食" not in said(niece, f"{PAGE}menus/{menu.id}/")
    assert niece.post(f"{PAGE}menus/{menu.id}/", {"way": "table"}).status_code == 403
    assert not Booking.objects.exists()


def test_what_is_somebody_elses_or_elsewhere_is_not_there_and_the_asking_is_noted(hers, menu):
    row = booked(menu)
    assert hers.get(f"{PAGE}bookings/{row.id}/").status_code == 404
    Point.objects.filter(pk=menu.point.pk).update(place="370703001001")
    assert hers.get(f"{PAGE}points/{menu.point.pk}/").status_code == 404
    there = Menu.objects.create(
        county="370703",
        point=menu.point,
        on=THURSDAY,
        meal="lunch",
        item=menu.item,
        book_until=CUT,
        portions=9,
    )
    assert hers.get(f"{PAGE}menus/{there.id}/").status_code == 404
    assert hers.get(f"{PAGE}points/999999/").status_code == 404
    noted = Entry.objects.filter(act="door.out_of_reach", actor="granny").order_by("id")
    assert [one.county for one in noted] == [COUNTY, "370703", "370703"]


def test_without_points_and_menus_it_says_what_will_be_here(hers):
    assert "还没有助餐点" in said(hers, PAGE)
    assert "还没有订过餐" in said(hers, f"{PAGE}bookings/")
    point = world.point()
    assert "这一周还没有菜单" in said(hers, f"{PAGE}points/{point.pk}/?week=nonsense")


def test_the_lists_ask_as_much_for_many_as_for_few(hers, granny, menu):
    def asked(address):
        with CaptureQueriesContext(connection) as queries:
            said(hers, address)
        return len(queries)

    def fill(first, count):
        rows = []
        for number in range(first, first + count):
            day = DAY - timedelta(days=number + 1)
            copy = Menu(
                county=COUNTY,
                point=menu.point,
                on=day,
                meal="lunch",
                item=menu.item,
                book_until=menu.book_until,
                portions=9,
            )
            rows.append(copy)
        Menu.objects.bulk_create(rows)
        Booking.objects.bulk_create(
            Booking(
                county=COUNTY,
                menu=one,
                person=granny,
                day=one.on,
                meal="lunch",
                way="table",
                booked_by="granny",
                booked_at=at(DAY),
            )
            for one in rows
        )

    pages = (PAGE, f"{PAGE}bookings/", f"{PAGE}points/{menu.point.pk}/")
    fill(0, 10)
    for one in pages:
        asked(one)
    few = [asked(one) for one in pages]
    fill(10, 990)
    world.point()
    assert [asked(one) for one in pages] == few
    assert max(few) <= 24
    assert "更早的" in said(hers, f"{PAGE}bookings/?before=2026-01-01")


def test_it_is_said_in_english_too(hers, menu, english):
    page = said(english(hers), f"{PAGE}points/{menu.point.pk}/")
    for words in ("you pay ¥4.00", "Public money ¥4.00", "may be booked and cancelled"):
        assert words in page
