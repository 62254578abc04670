"""The till with pictures: a photograph taken by hand, and a camera. The code is in the picture, and nowhere else."""

from __future__ import annotations

import shutil
from types import SimpleNamespace
from typing import Any

import pytest

from tests.browser.pictures import film, photograph
from tests.browser.test_provider_pages import bills, code_of, open_till, shop
from tests.conftest import CHROMIUM_FLAGS

__all__ = ["shop"]

pytestmark = [pytest.mark.browser, pytest.mark.slow]


def test_a_photograph_taken_by_hand_is_read(shop, tmp_path):
    page = open_till(shop)
    page.locator("#scan-photo").set_input_files(photograph(code_of(shop), tmp_path / "photo.jpg"))
    page.get_by_text("现在还没有入账").wait_for()
    assert page.get_by_label("消费码、卡号或券号").count() == 0


@pytest.fixture
def camera(shop: Any, tmp_path: Any, chromium: Any) -> Any:
    """A browser whose camera sees the elder's code of this half minute."""
    seen = film(code_of(shop), tmp_path / "camera.y4m")
    flags = [*CHROMIUM_FLAGS, "--use-fake-ui-for-media-stream", "--use-fake-device-for-media-stream"]
    program = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))))
    browser = chromium.browser_type.launch(
        executable_path=program, args=[*flags, f"--use-file-for-fake-video-capture={seen}"]
    )
    context = browser.new_context(locale="zh-CN", permissions=["camera"])
    page = context.new_page()
    page.set_default_timeout(15_000)
    yield page
    browser.close()


def test_the_camera_reads_the_code_and_one_press_books_it(shop, camera):
    page = camera
    before = bills()
    page.goto(f"{shop.at}/")
    page.locator('form:has(input[value="seller"]) button').click()
    till = open_till(SimpleNamespace(desk=SimpleNamespace(enter=lambda _: None), at=shop.at, page=page))
    till.get_by_role("button", name="用摄像头扫").click()
    till.get_by_text("现在还没有入账").wait_for()
    assert till.locator("video").count() == 0
    till.locator("[data-book]").click()
    till.get_by_role("heading", name="已入账").wait_for()
    assert bills() == before + 1
