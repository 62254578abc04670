"""The printed code, the face and orders in a browser: every page is open to everybody and fits the screen."""

from __future__ import annotations

import os
from datetime import timedelta
from pathlib import Path

import pytest

from tests.browser.test_card_topup import DAY, SINCE, SKINS, walk

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


def looked_at(walk, accessibility, paths, name):
    faults = []
    for path in paths:
        walk.page.goto(f"{walk.at}{path}")
        walk.page.evaluate("document.querySelectorAll('main details').forEach(one => { one.open = true; })")
        if folder := os.environ.get("SONGHE_PICTURES"):
            file = f"media-{name}{path.replace('/', '-')}.png"
            walk.page.screenshot(path=Path(folder) / file, full_page=True)
        faults += [f"{path}: {fault}" for fault in accessibility(walk.page)]
        wide = walk.page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        if wide > 0:
            faults.append(f"{path}: {wide} px too wide")
    return faults


@pytest.mark.parametrize("skin", SKINS, ids=lambda skin: skin["theme"])
def test_pages_of_media_and_orders_are_open_to_everybody_and_fit_the_screen(walk, shop, accessibility, skin):
    from songhe.assessment.tests import world as people
    from songhe.card.pin import print_code

    _who, row = shop
    theirs = ["/my/card/printed/", "/my/card/face/", "/my/card/held/", "/my/card/"]
    walk.skin(**skin)
    faults = looked_at(walk, accessibility, theirs[:1], f"empty-{skin['theme']}")
    print_code(card=walk.card, pin=PIN, at=people.at(DAY), on=DAY, by="daughter")
    for width in (320, 390):
        walk.page.set_viewport_size({"width": width, "height": 844})
        faults += looked_at(walk, accessibility, theirs, f"{skin['theme']}-{width}")
    walk.page.context.clear_cookies()
    walk.page.goto(f"{walk.at}/")
    walk.page.locator('form:has(input[value="seller"]) button').click()
    walk.page.wait_for_url("**/provider/**")
    walk.skin(**skin)
    for width in (320, 1280):
        walk.page.set_viewport_size({"width": width, "height": 900})
        paths = ["/provider/orders/", f"/provider/orders/{row.no}/", "/provider/till/face/"]
        faults += looked_at(walk, accessibility, paths, f"{skin['theme']}-{width}")
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
