"""Merchants and funds for whoever comes in, in a real browser: by telephone, at a desk, without scripts."""

from __future__ import annotations

from datetime import date
from types import SimpleNamespace

import pytest

from tests.browser.conftest import LANGUAGES

pytestmark = [pytest.mark.browser, pytest.mark.slow]

SINCE = date(2026, 1, 1)


@pytest.fixture
def town(county, served, page):
    """Eight merchants of the sample county, six of them in one street; and a county with funds that paid."""
    from songhe.card.allot import Gift
    from songhe.card.tests import world as cards
    from songhe.doors.public.tests.test_merchants import listed
    from songhe.doors.staff.tests.conftest import AT
    from songhe.provider.discount import set_discount

    for number in range(8):
        partner = listed(
            f"样例商家{number}号",
            ["goods", "meals"] if number % 2 else ["daily_life"],
            number=number + 1,
            longitude=122.845 + (0.0001 * number if number < 6 else 0.05 * number),
            latitude=36.21,
        )
        if number < 3:
            set_discount(partner=partner, help="*", per_cent=10 + number, valid_from=SINCE, at=AT, by="clerk")
    public = cards.made_fund(rates={"low_income_service": 20_000}, amount_fen=1_000_000)
    gift = cards.made_fund(source="charity", amount_fen=0, rates={"low_income_service": 2_000})
    cards.put_in(gift, 30_000, gift=Gift("company", "样例爱心企业", cards.FIRST, "R1"))
    village = cards.made_fund(source="collective", level="village", place=f"{cards.LISHUI}001001", amount_fen=50_000)
    held = [cards.made_card("low_income_service") for _ in range(6)]
    for fund in (public, gift):
        cards.run_charge(fund)
        for card in held:
            cards.spend(card, fund, 1_000)
    names = {
        "merchants": "/merchants/?near=370799001",
        "merchant": f"/merchants/{partner.provider_id}/",
        "funds": f"/funds/?county={cards.LISHUI}",
        **{
            name: f"/funds/{one.code}/?county={cards.LISHUI}"
            for name, one in (("public", public), ("gift", gift), ("village", village))
        },
    }

    def go(name, opened=page):
        opened.goto(served + names[name])
        opened.wait_for_load_state("networkidle")

    def skin(**chosen):
        cookies = {"size": "songhe_size", "theme": "songhe_theme", "language": "django_language"}
        page.context.add_cookies(
            [{"name": cookies[one], "value": value, "url": served} for one, value in chosen.items()]
        )

    return SimpleNamespace(page=page, at=served, go=go, skin=skin, names=names)


def test_marks_that_would_overlap_are_one_that_lists_them_all(town):
    page = town.page
    page.set_viewport_size({"width": 390, "height": 844})
    town.go("merchants")
    page.locator(".map-mark").first.wait_for()
    counts = [int(mark.get_attribute("data-count")) for mark in page.locator(".map-mark > span").all()]
    assert sum(counts) == page.locator(".provider-card").count() == 8
    assert max(counts) >= 6
    boxes = [mark.bounding_box() for mark in page.locator(".map-mark").all()]
    for place, one in enumerate(boxes):
        for other in boxes[place + 1 :]:
            assert abs(one["x"] - other["x"]) >= 28 or abs(one["y"] - other["y"]) >= 28
    page.locator(".map-mark.several").first.focus()
    page.keyboard.press("Enter")
    page.locator(".leaflet-popup-content a").first.wait_for()
    assert page.locator(".leaflet-popup-content a").count() >= 6


def test_a_telephone_finds_a_merchant_and_what_it_takes_off(town):
    page = town.page
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto(town.at + "/")
    page.get_by_role("link", name="爱心商家").first.click()
    page.get_by_role("link", name="购物").click()
    assert page.locator(".provider-card").count() == 4
    page.get_by_role("link", name="样例商家1号").click()
    page.get_by_text("减 11%").wait_for()


def test_the_chart_of_a_fund_is_drawn_and_its_file_comes(town):
    page = town.page
    town.go("public")
    page.locator("[data-chart] svg").wait_for()
    with page.expect_download() as waiting:
        page.get_by_role("link", name="下载表格（CSV）").click()
    assert waiting.value.suggested_filename.endswith(".csv")


def test_without_scripts_lists_and_tables_say_it_all(town, without_scripts):
    page = without_scripts
    town.go("merchants", page)
    assert page.locator(".provider-card").count() == 8
    town.go("public", page)
    assert page.locator("tbody tr").count() >= 2


@pytest.mark.parametrize("language", LANGUAGES)
def test_merchants_and_funds_are_open_to_everybody_and_fit_every_screen(town, look, language):
    town.skin(language=language)
    found = []
    for name in town.names:
        town.go(name)
        found += look(town.page, name, narrow=True)
    assert found == []
