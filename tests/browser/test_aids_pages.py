"""Aids in a real browser: an elder's telephone, the lender's desk, the county; in every skin and at every width."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from tests.browser.conftest import DAY, LANGUAGES

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


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_page_of_aids_is_open_to_everybody_and_fits_every_screen(lender, look, language):
    found, page = [], lender.desk.page
    for address in every_page(lender):
        lender.desk.skin(language=language)
        page.goto(lender.desk.at + address)
        found += look(page, address)
    assert found == []
