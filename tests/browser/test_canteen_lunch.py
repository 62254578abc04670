"""Lunch at a canteen's till in a real browser: booked, walked in, swiped twice, partly in cash, and taken back."""

from __future__ import annotations

import re
from types import SimpleNamespace
from typing import Any

import pytest

from tests.browser.conftest import LANGUAGES

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.on_both]


@pytest.fixture
def till(desk: Any, monkeypatch: pytest.MonkeyPatch) -> SimpleNamespace:
    """A canteen in Lishui that serves lunch, its till ``cook``, and three elders with love cards."""
    from songhe.assessment.tests.world import at
    from songhe.card import open as cards
    from songhe.card.models import Fund
    from songhe.card.tests.world import FIRST, LISHUI, made_fund, top_up
    from songhe.doors.staff.tests.conftest import account
    from songhe.meal.models import Point
    from songhe.meal.tests import world
    from songhe.provider.models import Listing, Price, Provider

    monkeypatch.setattr(world, "COUNTY", LISHUI)
    monkeypatch.setattr(world, "PLACE", f"{LISHUI}001001")
    family = made_fund(source="family", expiry="never")
    Fund.objects.filter(county=LISHUI, id=family.id).update(name="家庭资金")
    menu = world.menu()
    provider = menu.point.provider
    Point.objects.filter(pk=menu.point_id).update(name="和平路幸福食堂")
    Listing.objects.create(
        provider=provider, county=LISHUI, categories=["home"], valid_from=FIRST, listed_by="a", approved_by="b"
    )

    def holder(name: str, fen: int) -> Any:
        person = world.of_age(85, county=LISHUI, name=name)
        made = cards.open_card(person=person, attributes=cards.Attributes(), at=at(FIRST), on=FIRST, by="clerk")
        top_up(made, fen)
        return made

    booked, walker, poor = holder("王秀兰", 5_000), holder("李建国", 5_000), holder("赵桂芬", 300)
    world.booked(menu, booked.person)
    world.serving(menu)
    account("cook", "carer", provider=provider.id)
    account("boss", "provider_manager", provider=provider.id)
    Price.objects.create(provider=provider, item=world.item("goods"), price_fen=50_000, valid_from=FIRST)
    Provider.objects.filter(id=provider.id).update(longitude=119.9, latitude=28.4)
    provider.refresh_from_db()
    return SimpleNamespace(
        desk=desk,
        page=desk.page,
        at=desk.at,
        here=f"{desk.at}/provider/till/canteen/{menu.id}/",
        booked=booked.medium.number,
        walker=walker.medium.number,
        poor=poor.medium.number,
        menu=menu,
    )


def open_till(till: Any) -> Any:
    till.desk.enter("cook")
    till.desk.skin(size="std", theme="light", language="zh-hans")
    till.page.goto(f"{till.at}/provider/till/canteen/")
    till.page.wait_for_url(till.here)
    return till.page


def swipe(page: Any, number: str) -> Any:
    """A reader types the number into wherever the cursor is, and ends with Enter."""
    page.keyboard.type(number)
    page.keyboard.press("Enter")


def is_ready(page: Any) -> bool:
    return bool(page.evaluate("document.activeElement?.matches('[data-scan]') && !document.activeElement.value"))


def ready(page: Any) -> None:
    page.wait_for_function("() => document.activeElement?.matches('[data-scan]') && !document.activeElement.value")


def test_a_lunch_from_the_first_card_to_the_last(till):
    page = open_till(till)
    page.get_by_role("heading", name="请下一位刷卡").wait_for()
    ready(page)
    swipe(page, till.booked)
    page.get_by_role("heading", name="王*兰").wait_for()
    page.get_by_text("订了餐 · ").wait_for()
    page.get_by_text("不用收钱").wait_for()
    ready(page)
    swipe(page, till.walker)
    page.get_by_role("heading", name="李*国").wait_for()
    page.get_by_text("没有订餐，现场供的").wait_for()
    ready(page)
    swipe(page, till.booked)
    page.get_by_role("heading", name="没有扣款").wait_for()
    page.get_by_text("已经用过餐").wait_for()
    ready(page)
    swipe(page, till.poor)
    page.get_by_role("heading", name="赵*芬").wait_for()
    page.get_by_text(re.compile("收现金")).first.wait_for()
    assert "¥1.00" in page.locator(".till-cash").inner_text()
    ready(page)
    latest = page.locator(".till-latest > li")
    assert latest.count() == 3
    walker = latest.filter(has_text="李*国")
    walker.locator("summary").click()
    walker.get_by_role("button", name="撤回并退钱").click()
    page.get_by_text("已撤回李*国的这一餐，钱已退回。").wait_for()
    assert page.locator(".till-latest > li").count() == 2


def test_the_answer_comes_within_a_second(till):
    page = open_till(till)
    ready(page)
    swipe(page, till.walker)
    page.get_by_role("heading", name="李*国").wait_for()
    ready(page)
    page.evaluate("performance.mark('swiped')")
    swipe(page, till.booked)
    page.get_by_role("heading", name="王*兰").wait_for()
    took = page.evaluate("performance.now() - performance.getEntriesByName('swiped')[0].startTime")
    assert took < 1_500, f"{took:.0f} ms"


def test_without_scripts_the_queue_moves_as_well(till, without_scripts):
    page = without_scripts
    page.goto(f"{till.at}/")
    page.locator('form:has(input[value="cook"]) button').click()
    page.goto(till.here)
    page.get_by_label("刷卡、扫码，或输入卡号").fill(till.booked)
    page.get_by_role("button", name="供餐并扣款").click()
    page.get_by_role("heading", name="王*兰").wait_for()
    page.get_by_label("刷卡、扫码，或输入卡号").fill(till.booked)
    page.get_by_role("button", name="供餐并扣款").click()
    page.get_by_role("heading", name="没有扣款").wait_for()


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_till_is_open_to_everybody_and_fits_every_screen(till, look, language):
    page = open_till(till)
    ready(page)
    swipe(page, till.poor)
    page.get_by_role("heading", name="赵*芬").wait_for()
    till.desk.skin(language=language)
    found = []
    for path in (page.url, till.here, f"{till.here}?full=1"):
        page.goto(path)
        found += look(page, path)
    assert found == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_merchants_pages_are_open_to_everybody_and_fit_every_screen(till, look, language):
    till.desk.enter("boss")
    till.desk.skin(language=language)
    found = []
    for path in ("", "takings/", "offers/"):
        till.page.goto(f"{till.at}/provider/till/{path}")
        found += look(till.page, f"till/{path}", narrow=True)
    assert found == []


def test_goods_are_sold_on_the_keypad(till):
    page = till.page
    till.desk.enter("boss")
    till.desk.skin(size="std", theme="light", language="zh-hans")
    page.goto(f"{till.at}/provider/till/")
    for key in ("2", ".", "5"):
        page.locator(f'[data-key="{key}"]').click()
    page.get_by_role("button", name="下一步：刷卡").click()
    page.get_by_text("¥2.50").first.wait_for()
    ready(page)
    swipe(page, till.walker)
    page.get_by_role("heading", name="李*国").wait_for()
    page.get_by_text("卡上还剩").wait_for()
