"""The sheet with the printed code, from the PDF to the receipt: what is on paper is read by the till and pays."""

from __future__ import annotations

import io
import time
from typing import Any

import pytest
from PIL import Image

from tests.browser.test_card_media_pages import shop
from tests.browser.test_card_topup import walk

__all__ = ["shop", "walk"]

pytestmark = [pytest.mark.browser, pytest.mark.slow]

PIN = "836195"
INK, ENOUGH_INK = 64, 2_000


def seen_of(chromium: Any, walk: Any, path: str) -> bytes:
    """The sheet as the browser's own reader of PDFs shows it, once it stands still; a context beside the walk's."""
    context = chromium.new_context(
        storage_state=walk.page.context.storage_state(), viewport={"width": 900, "height": 1200}
    )
    page = context.new_page()
    page.goto(f"{walk.at}{path}")
    before, until = b"", time.monotonic() + 20
    while time.monotonic() < until:
        shown = page.screenshot()
        if shown == before and is_a_sheet(shown):
            break
        before = shown
        page.wait_for_timeout(300)
    context.close()
    return before


def is_a_sheet(picture: bytes) -> bool:
    """Something is printed in the right half, where the code stands on the white of the paper."""
    grey = Image.open(io.BytesIO(picture)).convert("L")
    light = grey.crop((grey.width // 2, 100, grey.width, grey.height // 2)).histogram()
    return light[255] > ENOUGH_INK and sum(light[:INK]) > ENOUGH_INK


def test_the_square_of_the_pdf_is_read_by_the_till_and_pays_with_the_pin(walk, shop, chromium, tmp_path):
    from songhe.assessment.tests import world as people
    from songhe.card.pin import print_code
    from songhe.redemption.models import Bill
    from tests.browser.test_card_topup import DAY

    print_code(card=walk.card, pin=PIN, at=people.at(DAY), on=DAY, by="daughter")
    photo = tmp_path / "sheet.png"
    photo.write_bytes(seen_of(chromium, walk, "/my/card/printed/code.pdf"))
    page = walk.page
    page.context.clear_cookies()
    page.goto(f"{walk.at}/")
    page.locator('form:has(input[value="seller"]) button').click()
    page.wait_for_url("**/provider/**")
    page.goto(f"{walk.at}/provider/till/")
    page.get_by_label("金额（元）").fill("12.50")
    page.get_by_role("button", name="下一步：刷卡").click()
    page.locator("#scan-photo").set_input_files(photo)
    page.get_by_label("老人的六位密码").fill("112233")
    page.get_by_role("button", name="扣款").click()
    page.get_by_text("密码不对，还可以试4次").wait_for()
    assert Bill.objects.filter(provider=shop[0]).count() == 0
    page.get_by_label("老人的六位密码").fill(PIN)
    page.get_by_role("button", name="扣款").click()
    page.get_by_text("不用收钱").wait_for()
    paid = Bill.objects.get(provider=shop[0])
    assert (paid.person_id, paid.fee_fen) == (walk.card.person_id, 1_250)
