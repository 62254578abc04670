"""The pages about offline tills in a real browser: what a merchant may lose at most, and what the county decides."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from tests.browser.conftest import LANGUAGES

pytestmark = [pytest.mark.browser, pytest.mark.slow]

PAGES = (("clerk", "/staff/offline/"), ("approver", "/staff/offline/"), ("boss", "/provider/offline/"))


@pytest.fixture
def county_with_tills(desk: Any) -> SimpleNamespace:
    """A till in use, one that waits to be admitted, money put in, a slip that nobody can book yet."""
    from songhe.access.models import Appointment
    from songhe.card import open as cards
    from songhe.card.tests.world import LISHUI
    from songhe.doors.staff.tests.conftest import account
    from songhe.offline.guarantee import propose_endowment
    from songhe.offline.tests import world

    who = world.canteen()
    account("boss", "provider_manager", provider=who.id, place=LISHUI)
    Appointment.objects.filter(account__username__in=["clerk", "approver"]).update(place=LISHUI)
    world.endowed(100_000)
    propose_endowment(county=LISHUI, amount_fen=50_000, document_no="丽民〔2026〕9号", at=world.NOON, by="clerk")
    till, card = world.till(who), world.funded(5_000)[1]
    world.till(who, admitted=False)
    slip = till.slip(card)
    cards.freeze(card=card, because="查", at=world.NOON, by="clerk")
    till.send(slip)
    return SimpleNamespace(desk=desk, page=desk.page, at=desk.at)


def each_page(tills: Any) -> Any:
    for username, path in PAGES:
        tills.page.context.clear_cookies()
        tills.desk.enter(username)
        yield path


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_page_is_open_to_everybody_and_fits_every_screen(county_with_tills, look, language):
    found = []
    for path in each_page(county_with_tills):
        county_with_tills.desk.skin(language=language)
        answer = county_with_tills.page.goto(f"{county_with_tills.at}{path}")
        assert answer.status == 200, path
        found += look(county_with_tills.page, path)
    assert found == []
