"""A canteen's day: menus, samples, who comes and who does not, the round, food safety and closing."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from songhe.assessment.tests.world import at, elder
from songhe.county.key import new_id
from songhe.doors.provider.tests.conftest import COUNTY, DAY
from songhe.doors.shell.clock import read_clock
from songhe.doors.staff.tests.reading import form_for, forms, send, text
from songhe.kernel.month import BEIJING
from songhe.meal.models import Booking, Closure, Cook, Line, Menu, Point, Sample
from songhe.meal.point import engage_cook
from songhe.meal.queries import dishes_of
from songhe.meal.tests import world
from songhe.person import code, search
from songhe.person.medium import issue
from songhe.person.models import Person
from songhe.provider.models import Certificate
from songhe.trail.models import Entry

pytestmark = pytest.mark.django_db

PAGE = "/provider/meals/"
CUT = world.clock(world.NINTH, 18)


@pytest.fixture
def point(company) -> Point:
    made = world.opened(company, name="和平食堂")
    engage_cook(point=made, worker=world.cook(company), valid_from=world.FIRST, at=at(world.FIRST), by="manager")
    return made


@pytest.fixture
def menu(point) -> Menu:
    return world.menu(point)


def booked(menu: Menu, name: str, **more) -> Booking:
    person = elder(name=name, **more.pop("of", {}))
    search.lay([person])
    return world.booked(menu, person, **more)


def serving(menu: Menu) -> Menu:
    return world.serving(menu)


def at_menu(menu: Menu) -> str:
    return f"{PAGE}menus/{menu.id}/"


def state(row: Booking) -> str:
    return Booking.objects.get(county=row.county, id=row.id).state


def test_the_kitchen_sees_portions_by_way_wishes_and_what_lacks_a_sample(carer, point, menu):
    booked(menu, "王秀兰", wish="软烂")
    booked(menu, "李建国", way="delivery", address="3栋201")
    page = text(carer.get(PAGE, follow=True))
    for words in ("和平食堂", "午餐", "红烧肉", "要做 2", "堂食 1", "送餐 1", "软烂 ×1", "还有 2 道菜没有留样"):
        assert words in page
    assert "一周菜单" not in page


def test_samples_are_written_down_then_serving_begins_and_ends(manager, point, menu):
    row = booked(menu, "王秀兰")
    today = f"{PAGE}{point.pk}/"
    answer = send(manager, today, "/begin/")
    assert (answer.status_code, "还有2道菜没有留样" in text(answer)) == (409, True)
    grams = {f"grams_{dish.id.hex}": 150 for dish in dishes_of(COUNTY, [menu.id])[menu.id]}
    few = send(manager, today, "/samples/", **dict.fromkeys(grams, 20))
    assert (few.status_code, "不少于" in text(few)) == (422, True)
    assert send(manager, today, "/samples/", **grams).status_code == 302
    assert Sample.objects.count() == 2
    assert send(manager, today, "/begin/").headers["Location"] == at_menu(menu)
    send(manager, today, "/finish/")
    assert state(row) == "not_collected"
    assert "供餐结束，1 人没有来" in text(manager.get(today))


def test_who_booked_is_served_from_the_list(carer, point, menu):
    row = booked(menu, "王秀兰")
    serving(menu)
    page = text(carer.get(at_menu(menu)))
    assert "价格 ¥10.00 ，本人付 ¥6.00" in page
    send(carer, at_menu(menu), f"/{row.id}/serve/")
    assert state(row) == "served"
    assert Entry.objects.get(act="meal.serve").detail["means"] == "known"
    assert "王秀兰已用餐" in text(carer.get(at_menu(menu)))


def test_a_name_or_the_end_of_a_number_finds_who_booked(carer, point, menu):
    booked(menu, "王秀兰", of={"id_last4": "0028"})
    booked(menu, "李建国", of={"id_last4": "1234"})
    for asked, found, other in (("wxl", "王秀兰", "李建国"), ("1234", "李建国", "王秀兰")):
        page = text(carer.post(at_menu(menu), {"q": asked}))
        assert (found in page, other in page) == (True, False)
    assert "名单里没有找到" in text(carer.post(at_menu(menu), {"q": "张三"}))


def test_a_code_finds_who_booked_and_is_kept_as_the_means(carer, point, menu):
    row = booked(menu, "王秀兰")
    serving(menu)
    phone = issue(person=row.person, kind="phone", on=DAY, at=at(DAY), by="clerk")
    page = carer.post(at_menu(menu), {"q": code.show(medium=phone, at=read_clock().at).payload})
    address, hidden = form_for(page, f"/{row.id}/serve/")
    assert hidden["means"] == "code"
    carer.post(address, hidden)
    assert Entry.objects.get(act="meal.serve").detail["means"] == "code"


def test_who_did_not_come_is_noted_and_served_if_they_come_after_all(carer, point, menu):
    row = booked(menu, "王秀兰")
    serving(menu)
    send(carer, at_menu(menu), f"/{row.id}/miss/")
    assert state(row) == "not_collected"
    send(carer, at_menu(menu), f"/{row.id}/serve/")
    assert state(row) == "served"


def test_the_wrong_person_is_taken_back_with_a_reason_until_it_is_charged(carer, point, menu):
    row = booked(menu, "王秀兰")
    serving(menu)
    send(carer, at_menu(menu), f"/{row.id}/serve/")
    assert send(carer, at_menu(menu), "/unserve/").status_code == 422
    send(carer, at_menu(menu), "/unserve/", because="认错人了")
    assert state(row) == "booked"
    send(carer, at_menu(menu), f"/{row.id}/serve/")
    Line.objects.filter(county=COUNTY, booking=row).update(billed_line=new_id())
    assert not [one for one in forms(carer.get(at_menu(menu))) if one.endswith("/unserve/")]


def test_served_twice_is_told(carer, point, menu):
    row = booked(menu, "王秀兰")
    serving(menu)
    page = carer.get(at_menu(menu))
    address, hidden = form_for(page, f"/{row.id}/serve/")
    assert carer.post(address, hidden).status_code == 302
    other = {**hidden, "key": str(new_id())}
    assert carer.post(address, other).status_code == 409


def test_somebody_without_a_booking_walks_in_with_a_card_or_with_number_and_name(carer, company, point, menu):
    serving(menu)
    guest = elder(name="赵大爷")
    card = issue(person=guest, kind="card", on=DAY, at=at(DAY), by="clerk")
    page = carer.post(at_menu(menu), {"q": card.number})
    assert "赵大爷 没有订这一餐" in text(page)
    address, hidden = form_for(page, "/walk-in/")
    answer = carer.post(address, hidden)
    assert answer.status_code == 302, text(answer)
    row = Booking.objects.get()
    assert (row.person_id, row.state, row.walked_in) == (guest.id, "served", True)
    assert carer.post(address, {**hidden, "key": str(new_id()), "scanned": "nonsense"}).status_code == 409
    other = elder(name="钱奶奶")
    second = issue(person=other, kind="card", on=DAY, at=at(DAY), by="clerk")
    answer = send(carer, at_menu(menu), "/walk-in/", number=second.number, name="别人")
    assert (answer.status_code, "两样都要对得上" in text(answer)) == (404, True)
    assert send(carer, at_menu(menu), "/walk-in/", number=second.number, name="钱奶奶").status_code == 302
    assert Booking.objects.count() == 2


def test_the_round_is_by_address_with_a_place_to_sign(carer, point, menu):
    booked(menu, "王秀兰", way="delivery", address="9栋", of={"phone": "13800001234"})
    booked(menu, "李建国", way="delivery", address="1栋")
    booked(menu, "张三丰")
    page = text(carer.get(f"{at_menu(menu)}round/"))
    assert page.index("1栋") < page.index("9栋")
    assert ("13800001234" in page, "张三丰" in page) == (True, False)


FILLED = {
    "day": "2026-03-12",
    "meal": "lunch",
    "dishes": "清蒸鱼 有刺\n米饭",
    "portions": "40",
    "until_day": "2026-03-11",
    "until_time": "17:30",
    "delivery": "",
}


def test_a_menu_is_made_stopped_and_taken_up_again(manager, point, menu):
    week = f"{PAGE}{point.pk}/week/"
    answer = send(manager, week, f"{point.pk}/week/?week=2026-03-09", **FILLED, item=menu.item.code)
    assert answer.status_code == 302, text(answer)
    made = Menu.objects.get(on=world.TENTH + timedelta(days=2))
    assert made.book_until == datetime(2026, 3, 11, 17, 30, tzinfo=BEIJING)
    assert [(one.name, one.about) for one in dishes_of(COUNTY, [made.id])[made.id]] == [
        ("清蒸鱼", "有刺"),
        ("米饭", ""),
    ]
    send(manager, week, f"/{made.id}/stop/")
    assert not Menu.objects.get(id=made.id).bookable
    send(manager, week, f"/{made.id}/open/")
    assert Menu.objects.get(id=made.id).bookable
    again = send(manager, week, f"{point.pk}/week/?week=2026-03-09", **FILLED, item=menu.item.code)
    assert (again.status_code, "这一餐已有菜单" in text(again)) == (409, True)
    assert "清蒸鱼" in again.content.decode()


def test_the_week_before_is_copied_and_what_was_left_is_told(manager, point, menu):
    week = f"{PAGE}{point.pk}/week/?week=2026-03-16"
    send(manager, week, "/copy/?week=2026-03-16")
    assert "抄好了 1 份菜单" in text(manager.get(week))
    send(manager, week, "/copy/?week=2026-03-16")
    assert "没有抄：这一餐已有菜单" in text(manager.get(week))
    empty = f"{PAGE}{point.pk}/week/?week=2026-06-01"
    send(manager, empty, "/copy/?week=2026-06-01")
    assert "那一周没有菜单" in text(manager.get(empty))


def test_papers_samples_and_inspections_stand_on_one_page(manager, point, menu):
    from songhe.meal.close import inspect

    world.sampled(menu)
    inspect(point=point, day=DAY, result="remedy", findings=["砧板混用"], remedy_by=DAY, at=at(DAY), by="inspector")
    page = text(manager.get(f"{PAGE}{point.pk}/safety/"))
    for words in (point.food_licence.number, "有效", "红烧肉", "150", "保存中", "砧板混用", "限期整改"):
        assert words in page


def test_a_cook_is_registered_with_the_certificate_renewed_and_leaves(manager, point):
    safety = f"{PAGE}{point.pk}/safety/"
    told = {
        "name": "周师傅",
        "number": "C9",
        "certificate": "JK9",
        "valid_from": "2026-03-01",
        "valid_to": "2027-02-28",
    }
    assert send(manager, safety, "/safety/", what="cook", **told).status_code == 302
    cook = Cook.objects.get(worker__name="周师傅")
    told = {"worker": cook.worker_id, "certificate": "JK10", "valid_from": "2027-03-01", "valid_to": "2028-02-28"}
    assert send(manager, safety, "/safety/", what="renew", **told).status_code == 302
    assert Certificate.objects.filter(worker=cook.worker).count() == 2
    send(manager, safety, "/safety/", what="leave", cook=cook.pk, last_day="2026-03-31")
    assert Cook.objects.get(pk=cook.pk).valid_to.isoformat() == "2026-03-31"
    assert manager.post(safety, {"what": "nonsense"}).status_code == 404
    bad = send(manager, safety, "/safety/", what="cook", name="", number="")
    assert bad.status_code == 422


def test_another_licence_is_put_in_force(manager, company, point):
    newer = world.licence(company, number="JY-NEW")
    send(manager, f"{PAGE}{point.pk}/safety/", "/safety/", what="licence", licence=newer.pk)
    assert Point.objects.get(pk=point.pk).food_licence == newer


def test_a_sample_goes_after_its_time(manager, point, menu):
    world.sampled(menu)
    safety = f"{PAGE}{point.pk}/safety/"
    assert not [one for one in forms(manager.get(safety)) if "discard" in one]
    Menu.objects.update(on=DAY - timedelta(days=5))
    sample = Sample.objects.first()
    address = f"{PAGE}samples/{sample.id}/discard/"
    answer = manager.post(address, {"key": str(new_id())})
    assert (answer.status_code, "留样要保存到" in text(answer)) == (409, True)


def test_closing_moves_the_bookings_and_says_to_where(manager, company, point, menu):
    first, second = booked(menu, "王秀兰"), booked(menu, "李建国", way="delivery", address="1栋")
    other = world.menu(delivers=False, book_until=CUT)
    told = {"since": "2026-03-10", "until": "2026-03-11", "move_to": other.point.pk, "because": "停水"}
    answer = send(manager, f"{PAGE}{point.pk}/safety/", "/close/", **told)
    assert answer.status_code == 302
    page = text(manager.get(f"{PAGE}{point.pk}/safety/"))
    for words in ("1 份订餐转走，1 份取消", f"转到 {other.point.name}", "今天不供餐", "停水"):
        assert words in page
    assert (state(first), state(second)) == ("booked", "cancelled")
    again = send(manager, f"{PAGE}{point.pk}/safety/", "/close/", since="2026-03-10", because="停水")
    assert (again.status_code, Closure.objects.count()) == (409, 1)
    assert send(manager, f"{PAGE}{point.pk}/safety/", "/close/", since="").status_code == 422


def test_another_providers_canteen_is_not_there_and_the_asking_is_noted(manager, point):
    other = world.menu()
    row = world.booked(other)
    for address in (f"{PAGE}{other.point.pk}/", f"{PAGE}{other.point.pk}/safety/", at_menu(other)):
        assert manager.get(address).status_code == 404
    assert manager.post(f"{PAGE}bookings/{row.id}/serve/", {"key": str(new_id())}).status_code == 404
    assert Entry.objects.filter(act="door.out_of_reach", actor="manager").count() == 4


def test_who_has_no_point_is_told_how_one_comes_and_others_may_not(manager, carer, enter, company):
    assert "还没有助餐点" in text(manager.get(PAGE))
    made = world.opened(company)
    assert carer.get(f"{PAGE}{made.pk}/week/").status_code == 403
    assert enter("clerk", "county_clerk").get(PAGE).status_code == 403
    assert "助餐" in manager.get("/provider/").content.decode()


def test_the_lists_ask_as_much_for_many_as_for_few(manager, point, menu):
    serving(menu)

    def fill(count):
        people = [elder(name=f"老人{number}") for number in range(count)]
        rows = [
            Booking(
                county=COUNTY,
                menu=menu,
                person=one,
                day=menu.on,
                meal=menu.meal,
                way="delivery",
                address="1栋",
                booked_by="x",
                booked_at=at(DAY),
            )
            for one in people
        ]
        Booking.objects.bulk_create(rows)

    def asked(address):
        with CaptureQueriesContext(connection) as queries:
            assert manager.get(address).status_code == 200
        return len(queries)

    pages = (f"{PAGE}{point.pk}/", at_menu(menu), f"{at_menu(menu)}round/", f"{PAGE}{point.pk}/week/")
    Menu.objects.filter(id=menu.id).update(portions=2000)
    fill(10)
    for one in pages:
        asked(one)
    few = [asked(one) for one in pages]
    fill(990)
    assert [asked(one) for one in pages] == few
    assert max(few) <= 30
    assert Person.rows.count() == 1000


def test_it_is_said_in_english_too(manager, point, menu):
    booked(menu, "王秀兰")
    manager.cookies["django_language"] = "en"
    for address, words in (
        (f"{PAGE}{point.pk}/", "To cook 1"),
        (f"{PAGE}{point.pk}/week/", "Copy the week before"),
        (f"{PAGE}{point.pk}/safety/", "Cooks and health certificates"),
        (at_menu(menu), "Expected 1"),
        (f"{at_menu(menu)}round/", "Nothing of this meal is brought home"),
    ):
        assert words in text(manager.get(address)), address
