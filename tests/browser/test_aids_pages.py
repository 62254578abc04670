"""Aids in a real browser: an elder's telephone, the lender's desk, the county; in every skin and at every width."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from tests.browser.conftest import DAY
from tests.browser.test_access import SKINS

pytestmark = [pytest.mark.browser, pytest.mark.slow]


@pytest.fixture
def lender(desk):
    """A wheelchair at somebody's home, one that came back damaged, one that was tried; and who signs in to see them."""
    from datetime import timedelta

    from songhe.access import login
    from songhe.aid import fit
    from songhe.aid.tests import world as aids
    from songhe.assessment.tests.world import at

    shop = aids.provider(of=desk.county.provider)
    person = desk.county.right.application.person
    earlier = DAY - timedelta(days=9)
    out = aids.lent(shop, person, on=earlier)
    aids.back(
        aids.lent(shop, on=earlier), on=DAY, condition="damaged", claimed_fen=12_000, witness="邻居", findings="断"
    )
    tried = fit.try_out(
        fitting=aids.assessed(shop, person, on=earlier), trial="坐得稳", at=at(DAY), on=DAY, by="fitter"
    )
    aids.piece(shop)
    made = login.open_account(username="granny", display_name="granny", password=None, at=at(earlier), practice=True)
    login.appoint(
        account=made,
        role="citizen",
        place="370799",
        person_id=person.id,
        valid_from=earlier,
        by=None,
        at=at(earlier),
    )
    return SimpleNamespace(
        desk=desk,
        pages={
            "granny": ["/my/aids/"],
            "manager": [
                "/provider/aids/",
                "/provider/aids/stock/",
                "/provider/aids/rent/",
                f"/provider/aids/fittings/{tried.id}/",
                f"/provider/aids/loans/{out.id}/",
            ],
            "clerk": ["/staff/aids/"],
        },
    )


def every_page(lender):
    for username, pages in lender.pages.items():
        lender.desk.page.context.clear_cookies()
        lender.desk.enter(username)
        yield from pages


@pytest.mark.parametrize("skin", SKINS, ids=lambda skin: skin["theme"])
def test_every_page_of_aids_is_open_to_everybody(lender, accessibility, skin):
    found, page = [], lender.desk.page
    for address in every_page(lender):
        lender.desk.skin(**skin)
        page.goto(lender.desk.at + address)
        page.wait_for_load_state("networkidle")
        found += [f"{address}: {fault}" for fault in accessibility(page)]
    assert found == []


@pytest.mark.parametrize(("width", "size"), [(320, "std"), (390, "xl"), (1280, "std")])
def test_no_page_of_aids_is_wider_than_the_screen(lender, width, size):
    wide, page = [], lender.desk.page
    page.set_viewport_size({"width": width, "height": 800})
    for address in every_page(lender):
        lender.desk.skin(size=size, theme="light")
        page.goto(lender.desk.at + address)
        page.wait_for_load_state("networkidle")
        over = page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
        if over > 0:
            wide.append(f"{address}: {over} px too wide")
    assert wide == []
