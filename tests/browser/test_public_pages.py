"""Whoever comes in without a login, in a real browser: by telephone, at a desk, without scripts, in every skin."""

from __future__ import annotations

import re
from datetime import datetime, timezone
from types import SimpleNamespace

import pytest

from tests.browser.conftest import DAY, LANGUAGES

pytestmark = [pytest.mark.browser, pytest.mark.slow]

AT = datetime(2026, 3, 10, 1, tzinfo=timezone.utc)


@pytest.fixture
def town(county, served, page):
    """The small county with its providers on the map, a complaint that was answered, and a letter."""
    from songhe.entitlement.models import Letter
    from songhe.feedback.answer import answer
    from songhe.feedback.complain import complain
    from songhe.provider.models import Provider

    for number, row in enumerate(Provider.objects.order_by("pk")):
        Provider.objects.filter(pk=row.pk).update(longitude=122.845 + 0.12 * (number % 2), latitude=36.11)
    made = complain(
        county="370799",
        about=county.provider,
        person_id=None,
        category="service",
        confidential=False,
        words="说好两小时，只来了半小时",
        phone="",
        by="public",
        at=AT,
        on=DAY,
    )
    answer(complaint=made.complaint, outcome="upheld", text="已补做一次", at=AT, on=DAY, by="clerk")
    letter = Letter.objects.get(county="370799", application=county.right.application)
    addresses = {
        "start": "/",
        "entitled": "/entitled/",
        "guides": "/guide/",
        "guide": "/guide/370799/consumption-voucher/",
        "insurance": "/guide/370481/ltci/",
        "directory": "/directory/?near=370799001",
        "provider": f"/directory/{county.provider.pk}/",
        "check": f"/check/letter/{letter.no}/",
        "complaints": "/complaint/",
        "complain": "/complaint/new/",
        "follow": "/complaint/follow/",
    }

    def go(name):
        page.goto(served + addresses[name])
        page.wait_for_load_state("networkidle")

    def ask(opened=page):
        opened.goto(f"{served}/entitled/")
        opened.locator("[name=where]").fill("样例县")
        opened.locator("[name=born]").fill("1950年5月8日")
        for name, value in (("lives", "home"), ("level", "3"), ("identity", "ordinary"), ("programmes", "none")):
            opened.locator(f'[name="{name}"][value="{value}"]').check()
        opened.locator("main form button").last.click()
        opened.wait_for_load_state("networkidle")

    def follow():
        page.goto(f"{served}/complaint/follow/?again=1&no={made.no}")
        page.locator("[name=code]").fill(made.code)
        page.locator("main form button").click()
        page.wait_for_load_state("networkidle")

    def skin(**chosen):
        names = {"size": "songhe_size", "theme": "songhe_theme", "language": "django_language"}
        page.context.add_cookies([{"name": names[one], "value": value, "url": served} for one, value in chosen.items()])

    return SimpleNamespace(
        page=page, at=served, go=go, ask=ask, follow=follow, skin=skin, names=addresses, complaint=made
    )


def test_a_daughter_asks_on_her_telephone_and_finds_where_to_go(town):
    page = town.page
    page.set_viewport_size({"width": 390, "height": 844})
    town.go("start")
    page.get_by_role("link", name="我能享受什么").click()
    town.ask()
    page.get_by_text("看来符合").first.wait_for()
    page.get_by_role("link", name="找评估机构").click()
    page.get_by_role("heading", name="找机构").wait_for()
    assert page.locator(".chip[aria-current]").inner_text() == "评估机构"


def test_the_map_shows_who_the_list_shows(town):
    page = town.page
    town.go("directory")
    page.locator(".map-mark").first.wait_for()
    shown = [int(mark.get_attribute("data-count")) for mark in page.locator(".map-mark > span").all()]
    assert sum(shown) == page.locator(".provider-card").count()
    page.locator(".map-mark").first.focus()
    page.keyboard.press("Enter")
    page.locator(".leaflet-popup-content a").first.wait_for()


def test_the_browsers_position_is_asked_for_by_a_button_and_taken_roughly(town):
    page = town.page
    page.context.grant_permissions(["geolocation"])
    page.context.set_geolocation({"latitude": 36.123456, "longitude": 122.845678})
    town.go("directory")
    page.get_by_role("button", name="用我的位置").click()
    page.wait_for_url(re.compile(r"near=36\.123%2C122\.846"))
    assert "公里" in page.locator(".provider-card").first.inner_text()


def test_without_scripts_everything_is_done_by_plain_forms(county, served, without_scripts):
    page = without_scripts
    page.goto(f"{served}/directory/")
    assert page.locator(".provider-card").count()
    assert not page.locator("#map").is_visible()
    page.goto(f"{served}/complaint/new/")
    page.locator("[name=category][value=price]").check()
    page.locator("[name=words]").fill("先涨价再抵扣")
    page.get_by_role("button", name="提交投诉").click()
    page.get_by_role("heading", name="投诉已收到").wait_for()
    page.goto(f"{served}/entitled/")
    page.locator("[name=where]").fill("样例县")
    page.get_by_role("button", name="看结果").click()
    page.get_by_text("还不能判断").first.wait_for()


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_public_page_is_open_to_everybody_and_fits_every_screen(town, look, language):
    town.skin(language=language)
    found = []
    for name in town.names:
        town.go(name)
        found += look(town.page, name)
    for act, name in ((town.ask, "answer"), (town.follow, "complaint")):
        act()
        found += look(town.page, name)
    assert found == []


def test_staff_answer_in_either_language(desk, town, look):
    from songhe.feedback.complain import complain

    made = complain(
        county="370799",
        about=None,
        person_id=None,
        category="delay",
        confidential=False,
        words="申请一个月没有回音",
        phone="13800138000",
        by="public",
        at=AT,
        on=DAY,
    )
    desk.enter("clerk")
    found = []
    for language in LANGUAGES:
        desk.skin(language=language)
        for address in ("/staff/complaints/", f"/staff/complaints/{made.no}/"):
            desk.page.goto(desk.at + address)
            found += look(desk.page, address)
    assert found == []
    desk.skin(language="zh-hans")
    desk.page.goto(f"{desk.at}/staff/complaints/{made.no}/")
    desk.page.get_by_label("属实", exact=True).check()
    desk.page.get_by_label("答复").fill("已经办结，券明天到账")
    desk.page.locator(".act button").click()
    desk.page.get_by_text("已答复。").wait_for()
