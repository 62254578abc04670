import re
from datetime import timedelta

from django.test import Client

from songhe.doors.shell import request as at_the_door
from songhe.doors.staff.tests.conftest import COUNTY
from songhe.doors.staff.tests.reading import text
from songhe.doors.staff.tests.test_dashboard import spent
from songhe.grant.tests import world as vouchers


def row_of(page, name):
    found = re.search(rf"{name} (\S+) (\S+)", text(page))
    return found and found.groups()


def test_the_screen_says_what_it_is_about_and_names_nobody(approver):
    for town in ("001", "002"):
        for _ in range(5):
            spent(town=town, name="买买提·依明")
    page = approver.get("/staff/screen/")
    assert "样例县" in text(page)
    assert row_of(page, "松鹤街道") == ("5", "¥2,500.00")
    assert "买买提" not in page.content.decode()
    assert 'data-theme="dark"' in page.content.decode()


def test_a_town_of_few_and_one_more_stand_without_a_figure(approver):
    for town, count in (("001", 6), ("002", 2), ("100", 7)):
        for _ in range(count):
            spent(town=town)
    page = approver.get("/staff/screen/")
    rows = [row_of(page, name) for name in ("松鹤街道", "望湖街道", "柳泉镇")]
    assert sorted(rows) == [("7", "¥3,500.00"), ("—", "—"), ("—", "—")]
    assert '"¥' not in page.content.decode()


def test_a_county_of_few_shows_no_figure_about_them(approver):
    spent()
    page = text(approver.get("/staff/screen/"))
    assert "¥500.00" not in page
    assert "人数太少，不公开显示" in page


def test_what_renews_itself_is_the_part_below_the_frame(approver):
    vouchers.budget()
    page = approver.get("/staff/screen/part/")
    assert "<html" not in page.content.decode()
    assert "screen-head" in page.content.decode()
    whole = approver.get("/staff/screen/?month=2026-02").content.decode()
    assert 'data-again="/staff/screen/part/?month=2026-02' in whole


def test_a_place_without_figures_says_so(enter):
    assert "这里还没有数字" in text(enter("city", "city_overseer", place="370700").get("/staff/screen/"))
    assert COUNTY


def test_a_screen_on_a_wall_opens_its_figures_and_nothing_else(enter):
    wall = enter("wall", "wall_screen")
    assert wall.get("/staff/screen/").status_code == 200
    assert "回到统计看板" not in text(wall.get("/staff/screen/part/"))
    assert wall.get("/staff/").headers["Location"] == "/staff/screen/"
    for page in ("/staff/dashboard/", "/staff/people/", "/staff/downloads/", "/staff/statements/", "/audit/"):
        assert wall.get(page).status_code == 403, page


def test_a_screen_on_a_wall_stays_signed_in_for_weeks_and_not_for_ever(enter, monkeypatch, settings):
    enter("wall", "wall_screen")
    wall = Client()
    assert wall.post("/sign-in/practice/", {"username": "wall"}).headers["Location"] == "/staff/screen/"
    began = at_the_door.server_now()
    for days, status in ((settings.WALL_SCREEN_DAYS - 1, 200), (settings.WALL_SCREEN_DAYS, 302)):
        monkeypatch.setattr(at_the_door, "server_now", lambda days=days: began + timedelta(days=days, minutes=1))
        assert wall.get("/staff/screen/part/").status_code == status
