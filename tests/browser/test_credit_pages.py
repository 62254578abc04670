"""Produce weighed by one and witnessed by another, and a steward's round, in a real browser; every page open to all."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from tests.browser.conftest import DAY, LANGUAGES

pytestmark = [pytest.mark.browser, pytest.mark.slow]


@pytest.fixture
def village(desk: Any) -> SimpleNamespace:
    """A kitchen with a price list, its carer ``walker`` who is a steward too, and ``granny`` with credits."""
    from datetime import date

    from songhe.access.login import appoint, open_account
    from songhe.assessment.tests.world import at
    from songhe.credit.propose import propose_rate
    from songhe.credit.tests import world as credits
    from songhe.doors.staff.tests.conftest import account
    from songhe.outreach.members import join_team
    from songhe.outreach.tests import world

    granny = desk.county.grant.person
    told = {"at": at(DAY), "on": DAY}
    scheme = credits.scheme(place=granny.county)
    credits.rate(scheme)
    credits.cleaning(scheme)
    propose_rate(
        scheme=scheme,
        code="eggs",
        name="鸡蛋",
        name_en="Eggs",
        measure="gram",
        units=600,
        per=500,
        valid_from=date(2026, 4, 1),
        at=at(DAY),
        by="clerk",
    )
    shop = world.seller(world.item())
    credits.seen(credits.weighed(scheme, granny, provider=shop, done_on=DAY, **told), **told)
    deed = credits.weighed(scheme, granny, provider=shop, done_on=DAY, by="clerk", **told)
    account("walker", "carer", provider=shop.pk)
    steward = world.steward(account="walker", name="李管家", place=granny.county)
    rounds = world.planned(steward, granny, weekday=1, why="独居")
    world.planned(steward, weekday=7)
    need = world.heard(granny, by="walker", **told)
    team = world.formed(place=granny.county)
    join_team(team=team, member=steward, at=at(DAY), by="clerk")
    world.told(world.enlisted(granny), done_on=DAY, **told)
    made = open_account(username="granny", display_name="样例老人", password=None, practice=True, at=at(DAY), by=None)
    appoint(
        account=made,
        role="citizen",
        place=granny.county,
        person_id=granny.id,
        valid_from=date(2026, 1, 1),
        by=None,
        at=at(DAY),
    )
    found = {"granny": granny, "deed": deed, "rounds": rounds, "need": need, "scheme": scheme, "team": team}
    return SimpleNamespace(desk=desk, page=desk.page, at=desk.at, **found)


def pages_of(village: Any) -> list[tuple[str, str]]:
    return [
        ("granny", "/my/credits/"),
        ("granny", "/my/notices/"),
        ("walker", "/staff/credits/weigh/"),
        ("walker", f"/staff/credits/deeds/{village.deed.id}/"),
        ("walker", "/staff/rounds/"),
        ("walker", f"/staff/rounds/{village.rounds.id}/"),
        ("walker", f"/staff/rounds/needs/{village.need.id}/"),
        ("approver", "/staff/credits/"),
        ("clerk", "/staff/credits/"),
        ("clerk", f"/staff/credits/weigh/{village.granny.id}/"),
        ("clerk", f"/staff/credits/deeds/{village.deed.id}/"),
        ("clerk", "/staff/rounds/"),
        ("clerk", "/staff/rounds/county/"),
        ("clerk", f"/staff/rounds/county/stewards/{village.rounds.steward_id}/"),
        ("clerk", f"/staff/rounds/county/planned/{village.rounds.id}/"),
        ("clerk", "/staff/rounds/county/teams/"),
        ("clerk", f"/staff/rounds/county/teams/{village.team.id}/"),
        ("approver", "/staff/volunteers/"),
    ]


def each_page(village: Any) -> Any:
    """Open every page as whoever may."""
    who = None
    for username, path in pages_of(village):
        if username != who:
            village.page.context.clear_cookies()
            village.desk.enter(username)
        who = username
        yield path


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_page_is_open_to_everybody_and_fits_every_screen(village, look, language):
    found = []
    for path in each_page(village):
        village.desk.skin(language=language)
        answer = village.page.goto(f"{village.at}{path}")
        assert answer.status == 200, path
        found += look(village.page, path)
    assert found == []


def test_a_witness_opens_the_deed_and_the_credits_are_there(village):
    from songhe.credit.spend import held

    page = village.page
    village.desk.enter("walker")
    page.goto(f"{village.at}/staff/credits/deeds/{village.deed.id}/")
    page.get_by_role("button", name="我看到了，属实").click()
    page.get_by_text("积分已到账").wait_for()
    (has,) = held(county=village.granny.county, person_id=village.granny.id, on=DAY)
    assert has.units == 9_000
