"""The printed code, the face and orders in a browser: every page is open to everybody and fits the screen."""

from __future__ import annotations

import os
from datetime import timedelta
from pathlib import Path

import pytest

from tests.browser.conftest import LANGUAGES
from tests.browser.test_card_topup import DAY, SINCE, looked_at, walk

pytestmark = [pytest.mark.browser, pytest.mark.slow]

__all__ = ["walk"]

PIN = "836195"


@pytest.fixture
def shop(walk):
    """An optician with a published price, where something is ordered, and who works there."""
    from songhe.access.login import appoint, open_account
    from songhe.assessment.tests import world as people
    from songhe.card.tests.world import top_up
    from songhe.redemption import ordered
    from songhe.redemption.tests.test_card import bought
    from songhe.redemption.tests.test_card import shop as shop_of

    at = people.at(DAY)
    who, _partner = shop_of("goods", county=walk.card.county)
    made = open_account(username="seller", display_name="店员", password=None, practice=True, at=at, by=None)
    appoint(
        account=made,
        role="provider_manager",
        place=walk.card.county,
        provider_id=who.id,
        valid_from=SINCE,
        by=None,
        at=at,
    )
    top_up(walk.card, 30_000)
    row = ordered.order(
        county=walk.card.county,
        provider=who,
        charge=bought("goods", fee_fen=12_000),
        shown=walk.card.medium.number,
        confirmed_by="staff",
        words="双光老花镜，左 150 右 200",
        last_day=DAY + timedelta(days=10),
        at=at,
        on=DAY,
        by="seller",
    )
    return who, row


@pytest.mark.parametrize("language", LANGUAGES)
def test_pages_of_media_and_orders_are_open_to_everybody_and_fit_every_screen(walk, shop, look, language):
    from songhe.assessment.tests import world as people
    from songhe.card.pin import print_code

    _who, row = shop
    walk.skin(language=language)
    faults = looked_at(walk, look, "/my/card/printed/")
    print_code(card=walk.card, pin=PIN, at=people.at(DAY), on=DAY, by="daughter")
    faults += looked_at(walk, look, "/my/card/printed/", "/my/card/face/", "/my/card/held/", "/my/card/")
    walk.page.context.clear_cookies()
    walk.page.goto(f"{walk.at}/")
    walk.page.locator('form:has(input[value="seller"]) button').click()
    walk.page.wait_for_url("**/provider/**")
    walk.skin(language=language)
    faults += looked_at(walk, look, "/provider/orders/", f"/provider/orders/{row.no}/", "/provider/till/face/")
    assert faults == []


def test_the_elder_sets_a_pin_on_the_telephone_and_the_sheet_is_there(walk):
    walk.page.goto(f"{walk.at}/my/card/printed/")
    walk.page.get_by_label("六位密码").fill(PIN)
    walk.page.get_by_label("再按一次").fill(PIN)
    walk.press("做一张打印码")
    walk.says("孟淑贞", "自己按六位密码", "没有密码，这张纸付不了钱")
    answer = walk.page.request.get(f"{walk.at}/my/card/printed/code.pdf")
    assert answer.body().startswith(b"%PDF")
    if folder := os.environ.get("SONGHE_PICTURES"):
        (Path(folder) / "media-sheet.pdf").write_bytes(answer.body())
