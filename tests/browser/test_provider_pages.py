"""A provider at the till and at the desk, in a real browser: scanning, no network, photos, and every page."""

from __future__ import annotations

import io
from types import SimpleNamespace
from typing import Any

import pytest

from tests.browser.conftest import DAY, LANGUAGES

pytestmark = [pytest.mark.browser, pytest.mark.slow]


@pytest.fixture
def shop(desk: Any) -> SimpleNamespace:
    """The home-care company of the county, its manager ``seller``, and an elder with a telephone."""
    from songhe.assessment.tests.world import at
    from songhe.doors.staff.tests.conftest import account
    from songhe.person.medium import issue
    from songhe.redemption.models import Bill
    from songhe.service.models import Visit

    grant = desk.county.grant
    sold = Bill.objects.get(county=grant.county, grant=grant)
    account("seller", "provider_manager", provider=sold.provider_id)
    phone = issue(person=grant.person, kind="phone", on=DAY, at=at(DAY), by="clerk")
    visit = Visit.objects.filter(county=grant.county).first()
    return SimpleNamespace(desk=desk, page=desk.page, at=desk.at, grant=grant, sold=sold, phone=phone, visit=visit)


def open_till(shop: Any) -> Any:
    shop.desk.enter("seller")
    shop.page.goto(f"{shop.at}/provider/redeem/")
    shop.page.get_by_label("服务项目").first.select_option("bath")
    shop.page.get_by_label("消费码、卡号或券号").focus()
    return shop.page


def code_of(shop: Any) -> str:
    from songhe.doors.shell.clock import read_clock
    from songhe.person.code import show

    return show(medium=shop.phone, at=read_clock().at).payload


def bills() -> int:
    from songhe.redemption.models import Bill

    return Bill.objects.count()


def test_a_scanner_gun_types_the_quote_comes_and_one_key_books_it(shop):
    page = open_till(shop)
    before = bills()
    page.keyboard.type(code_of(shop), delay=1)
    page.keyboard.press("Enter")
    page.get_by_text("现在还没有入账").wait_for()
    assert page.evaluate("document.activeElement.hasAttribute('data-book')")
    page.keyboard.press("Enter")
    page.get_by_role("heading", name="已入账").wait_for()
    assert bills() == before + 1
    assert page.locator("#redeem").get_attribute("data-outcome") == "booked"
    page.reload()
    page.get_by_role("heading", name="已入账").wait_for()
    assert bills() == before + 1


def test_the_answer_comes_in_under_a_second(shop):
    page = open_till(shop)
    page.keyboard.type(code_of(shop), delay=1)
    page.keyboard.press("Enter")
    page.locator("[data-book]").wait_for()
    took = page.evaluate(
        """() => new Promise((done) => {
            const began = performance.now();
            new MutationObserver(() => {
                if (document.querySelector('#redeem[data-outcome="booked"]')) done(performance.now() - began);
            }).observe(document.body, { childList: true, subtree: true });
            document.querySelector('[data-book]').click();
        })"""
    )
    assert took < 1000


def test_a_double_click_books_one_bill(shop):
    page = open_till(shop)
    before = bills()
    page.keyboard.type(code_of(shop), delay=1)
    page.keyboard.press("Enter")
    page.locator("[data-book]").dblclick()
    page.get_by_role("heading", name="已入账").wait_for()
    assert bills() == before + 1


def test_without_network_nothing_is_booked_and_everything_stays(shop):
    page = open_till(shop)
    before = bills()
    page.keyboard.type(code_of(shop), delay=1)
    page.keyboard.press("Enter")
    page.locator("[data-book]").wait_for()
    page.context.set_offline(True)
    page.locator("[data-book]").click()
    page.locator("#offline").get_by_text("未入账").wait_for()
    assert page.locator("#offline").get_by_text("现在没有网络").is_visible()
    assert page.locator("[data-book]").is_enabled()
    assert bills() == before
    page.context.set_offline(False)
    page.locator("[data-book]").click()
    page.get_by_role("heading", name="已入账").wait_for()
    assert bills() == before + 1


def test_a_lost_answer_is_said_and_asking_again_books_nothing_more(shop):
    page = open_till(shop)
    before = bills()
    page.keyboard.type(code_of(shop), delay=1)
    page.keyboard.press("Enter")
    page.locator("[data-book]").wait_for()

    def lose(route: Any) -> None:
        route.fetch(max_redirects=0)
        route.abort()

    page.route("**/provider/redeem/", lose)
    page.locator("[data-book]").click()
    page.get_by_text("没有收到系统的回答").wait_for()
    page.unroute("**/provider/redeem/")
    page.locator("[data-book]").click()
    page.get_by_role("heading", name="已入账").wait_for()
    assert bills() == before + 1


def test_a_photo_of_the_code_is_read_in_the_browser(shop):
    import segno

    drawn = io.BytesIO()
    segno.make(code_of(shop), error="m", micro=False).save(drawn, kind="png", scale=8, border=4)
    page = open_till(shop)
    page.locator("#scan-photo").set_input_files({"name": "a.png", "mimeType": "image/png", "buffer": drawn.getvalue()})
    page.get_by_text("现在还没有入账").wait_for()


def test_a_photo_without_a_code_is_told(shop):
    import segno

    blank = io.BytesIO()
    segno.make("x").save(blank, kind="png", dark="white", light="white", scale=20)
    page = open_till(shop)
    page.locator("#scan-photo").set_input_files({"name": "a.png", "mimeType": "image/png", "buffer": blank.getvalue()})
    page.get_by_text("照片里没有找到二维码").wait_for()


def test_a_refusal_keeps_what_was_typed(shop):
    page = open_till(shop)
    page.keyboard.type("000000000000", delay=1)
    page.keyboard.press("Enter")
    page.get_by_text("没有入账", exact=True).wait_for()
    assert page.get_by_label("消费码、卡号或券号").input_value() == "000000000000"
    assert page.get_by_label("服务项目").first.input_value() == "bath"


def test_without_scripts_the_same_is_done_by_plain_forms(shop, without_scripts):
    page = without_scripts
    page.goto(f"{shop.at}/")
    page.locator('form:has(input[value="seller"]) button').click()
    page.get_by_role("link", name="核销").first.click()
    page.get_by_label("服务项目").first.select_option("bath")
    page.get_by_label("消费码、卡号或券号").fill(shop.grant.no)
    page.get_by_label("老人本人").check()
    page.get_by_role("button", name="看看谁付多少").click()
    page.get_by_role("button", name="确认核销").click()
    page.get_by_role("heading", name="已入账").wait_for()


def pages_of(shop: Any) -> list[str]:
    sold, statement = shop.sold, shop.desk.county.statement
    return [
        "",
        "redeem/",
        f"redeem/{sold.no}/",
        "people/",
        f"people/{sold.person_id}/",
        "services/?month=2026-03",
        "services/new/",
        f"services/{shop.visit.id}/",
        "bills/",
        f"bills/{sold.no}/",
        "bills/sheets/",
        "statements/",
        f"statements/{statement.no}/",
        f"statements/{statement.no}/reconcile/",
        "own/",
        "own/prices/",
        "own/people/",
        "own/account/",
    ]


def as_whoever_may(shop: Any, path: str) -> str:
    """The statement is another provider's than the bill; each is looked at by its own manager."""
    return "manager" if path.startswith("statements/3") else "seller"


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_page_is_open_to_everybody_and_fits_every_screen(shop, look, language):
    found = []
    for username in ("seller", "manager"):
        shop.page.context.clear_cookies()
        shop.desk.enter(username)
        shop.desk.skin(language=language)
        for path in pages_of(shop):
            if as_whoever_may(shop, path) != username:
                continue
            answer = shop.page.goto(f"{shop.at}/provider/{path}")
            assert answer.status == 200, path
            found += look(shop.page, path)
    assert found == []
