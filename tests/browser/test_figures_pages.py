"""Figures, the big screen and the packs in a real browser: drawn in every skin, readable without scripts."""

from __future__ import annotations

import pytest

from tests.browser.conftest import LANGUAGES

pytestmark = [pytest.mark.browser, pytest.mark.slow]

PACK = "/staff/packs/000000/consumption-voucher/"
PAGES = (
    "/staff/dashboard/",
    "/staff/dashboard/redeemed_fen/",
    "/staff/dashboard/issued/people/",
    "/staff/packs/",
    PACK,
)


def open_page(desk, path):
    desk.page.goto(desk.at + path)
    desk.page.wait_for_load_state("networkidle")


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_page_of_figures_is_open_to_everybody_and_fits_every_screen(desk, look, language):
    desk.enter("approver")
    desk.skin(language=language)
    found = []
    for path in PAGES:
        open_page(desk, path)
        found += look(desk.page, path)
    assert found == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_big_screen_has_one_skin_and_can_be_read_on_a_telephone_too(desk, accessibility, language):
    desk.enter("approver")
    desk.skin(language=language)
    open_page(desk, "/staff/screen/")
    assert accessibility(desk.page) == []
    for width in (320, 390, 1920):
        desk.page.set_viewport_size({"width": width, "height": 1080})
        assert desk.page.evaluate("document.documentElement.scrollWidth - window.innerWidth") <= 0, width


def test_charts_are_drawn_as_pictures_that_can_be_read_out_and_their_tables_fold_away(desk):
    desk.enter("approver")
    open_page(desk, "/staff/dashboard/")
    charts = desk.page.locator("[data-chart]")
    assert charts.count() >= 4
    drawn = charts.first
    assert drawn.locator("svg").count() == 1
    assert drawn.get_attribute("aria-label")
    assert desk.page.locator("details[data-table]").first.get_attribute("open") is None


def test_from_a_figure_to_a_place_to_a_person(desk):
    desk.enter("approver")
    open_page(desk, "/staff/dashboard/")
    desk.page.get_by_role("link", name="核销金额").first.click()
    desk.page.get_by_role("heading", name="核销金额").wait_for()
    desk.page.get_by_role("link", name="看是哪些人").click()
    desk.page.get_by_role("link", name="买买提·依明").click()
    desk.page.get_by_role("heading", name="为什么").wait_for()


def test_without_scripts_the_tables_say_what_the_charts_would(county, served, without_scripts):
    page = without_scripts
    page.goto(f"{served}/")
    page.locator('form:has(input[value="approver"]) button').click()
    page.goto(f"{served}/staff/dashboard/")
    assert page.locator("details[data-table][open]").count() >= 2
    assert page.locator("[data-chart]").first.is_hidden()
    page.get_by_label("服务组别", exact=True).select_option("home")
    page.get_by_role("button", name="查看").click()
    page.wait_for_url("**group=home**")


def test_the_big_screen_renews_itself_without_being_a_sign_of_life(desk):
    desk.enter("approver")
    open_page(desk, "/staff/screen/")
    desk.page.set_viewport_size({"width": 1920, "height": 1080})
    asked = desk.page.evaluate(
        """async () => {
          const { dataset } = document.getElementById("screen");
          const answer = await fetch(dataset.again, { headers: { "X-Songhe-Poll": "1" } });
          return [answer.status, (await answer.text()).includes("screen-head"), dataset.every];
        }"""
    )
    assert asked == [200, True, "60"]


def test_a_simulation_is_asked_for_and_answered_with_a_chart(desk, accessibility):
    desk.enter("approver")
    open_page(desk, PACK)
    desk.page.get_by_label("抵扣比例（%）：居家和社区服务").fill("45")
    desk.page.get_by_role("button", name="开始测算").click()
    desk.page.get_by_role("heading", name="谁得到更多，谁得到更少").wait_for()
    desk.page.wait_for_load_state("networkidle")
    assert desk.page.locator("#main [data-chart] svg").count() >= 1
    assert accessibility(desk.page) == []


def test_a_draft_is_written_and_reviewed_by_two(desk, accessibility):
    from songhe.doors.staff.tests.conftest import account

    account("author", "province_overseer", place="650000")
    account("reviewer", "province_overseer", place="650000")
    desk.enter("author")
    open_page(desk, "/staff/packs/650000/consumption-voucher/draft/")
    assert accessibility(desk.page) == []
    desk.page.get_by_label("版本名").fill("2026")
    desk.page.get_by_label("values.yaml").fill("late_days:\n  2026-01-01: {value: 5, article: 测试, source: default}\n")
    desk.page.get_by_role("button", name="保存草稿").click()
    desk.page.get_by_text("草稿已保存，请另一人复核。").wait_for()
    address = desk.page.url
    desk.page.context.clear_cookies()
    desk.enter("reviewer")
    desk.page.goto(address)
    assert accessibility(desk.page) == []
    desk.page.get_by_role("button", name="复核通过").click()
    desk.page.get_by_text("已复核。").first.wait_for()
