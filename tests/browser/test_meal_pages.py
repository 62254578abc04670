"""A canteen's lunch in a real browser: an elder books, the kitchen serves, and every page of meals is open to all."""

from __future__ import annotations

import re
from datetime import date, timedelta
from types import SimpleNamespace
from typing import Any

import pytest

from tests.browser.conftest import DAY, LANGUAGES

pytestmark = [pytest.mark.browser, pytest.mark.slow]


@pytest.fixture
def canteen(desk: Any) -> SimpleNamespace:
    """A canteen with today's lunch being served and more to book, its manager ``cook``, and an elder, ``granny``."""
    from songhe.access.login import appoint, open_account
    from songhe.assessment.tests.world import at
    from songhe.doors.staff.tests.conftest import account
    from songhe.meal.close import inspect
    from songhe.meal.models import Point
    from songhe.meal.propose import propose_tariff
    from songhe.meal.tests import world
    from songhe.person.models import Person

    today = world.menu()
    later = world.menu(today.point, day=DAY + timedelta(days=2), book_until=world.clock(DAY + timedelta(days=1), 18))
    Point.objects.filter(pk=today.point.pk).update(name="和平路幸福食堂", longitude=122.845, latitude=36.21)
    granny = desk.county.grant.person
    Person.rows.filter(id=granny.id).update(address="和平小区3栋201", longitude=122.846, latitude=36.212)
    row = world.booked(today, granny, wish="软烂")
    world.booked(today, way="delivery", address="和平小区9栋101")
    world.serving(today)
    told = {"point": today.point, "at": at(DAY), "by": "inspector"}
    inspect(day=DAY, result="remedy", findings=["砧板混用"], remedy_by=DAY, **told)
    propose_tariff(
        county=today.county,
        item=today.item,
        price_fen=1_200,
        bands=world.BANDS[:0],
        valid_from=date(2026, 4, 1),
        at=at(DAY),
        by="clerk",
    )
    account("cook", "provider_manager", provider=today.point.provider_id)
    since = date(2026, 1, 1)
    made = open_account(username="granny", display_name="样例老人", password=None, practice=True, at=at(since), by=None)
    appoint(
        account=made,
        role="citizen",
        place=granny.county,
        person_id=granny.id,
        valid_from=since,
        by=None,
        at=at(since),
    )
    return SimpleNamespace(desk=desk, page=desk.page, at=desk.at, today=today, later=later, row=row)


def pages_of(canteen: Any) -> list[tuple[str, str]]:
    """Each page, after whoever may open it; nobody signs in for those of everybody."""
    point, today, later, row = canteen.today.point_id, canteen.today.id, canteen.later.id, canteen.row.id
    return [
        ("", "/meals/"),
        ("", f"/meals/{point}/"),
        ("granny", "/my/"),
        ("granny", "/my/meals/"),
        ("granny", f"/my/meals/points/{point}/"),
        ("granny", f"/my/meals/menus/{later}/"),
        ("granny", "/my/meals/bookings/"),
        ("granny", f"/my/meals/bookings/{row}/"),
        ("cook", f"/provider/meals/{point}/"),
        ("cook", f"/provider/meals/{point}/week/"),
        ("cook", f"/provider/meals/{point}/safety/"),
        ("cook", f"/provider/meals/menus/{today}/"),
        ("cook", f"/provider/meals/menus/{today}/round/"),
        ("approver", "/staff/meals/"),
        ("approver", f"/staff/meals/{point}/"),
        ("clerk", "/staff/meals/"),
        ("clerk", "/staff/meals/tariffs/"),
        ("clerk", "/staff/meals/figures/"),
    ]


def each_page(canteen: Any) -> Any:
    """Open every page as whoever may."""
    who = None
    for username, path in pages_of(canteen):
        if username and username != who:
            canteen.page.context.clear_cookies()
            canteen.desk.enter(username)
        who = username or who
        yield path


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_page_is_open_to_everybody_and_fits_every_screen(canteen, look, language):
    found = []
    for path in each_page(canteen):
        canteen.desk.skin(language=language)
        answer = canteen.page.goto(f"{canteen.at}{path}")
        assert answer.status == 200, path
        found += look(canteen.page, path)
    assert found == []


def test_a_lunch_is_booked_without_scripts_and_todays_is_served(canteen, without_scripts):
    page = without_scripts

    def enter(username: str) -> None:
        page.context.clear_cookies()
        page.goto(f"{canteen.at}/")
        page.locator(f'form:has(input[value="{username}"]) button').click()

    enter("granny")
    page.goto(f"{canteen.at}/my/meals/")
    page.get_by_role("link", name=re.compile("和平路幸福食堂")).last.click()
    page.get_by_role("checkbox").first.check()
    page.get_by_role("button", name="订选好的这几餐").click()
    page.get_by_text("订好了 1 餐").wait_for()
    enter("cook")
    page.get_by_role("link", name="助餐").first.click()
    page.get_by_role("link", name="订餐名单").first.click()
    page.get_by_role("button", name=re.compile("用餐")).first.click()
    page.get_by_text("已用餐。").wait_for()
