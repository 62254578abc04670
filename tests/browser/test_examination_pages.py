"""Examinations, warnings, exits and schemes in a real browser: open to everybody; elders are handed over."""

from __future__ import annotations

from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest

from tests.browser.conftest import DAY, LANGUAGES

pytestmark = [pytest.mark.browser, pytest.mark.slow]


@pytest.fixture
def examined(desk: Any) -> SimpleNamespace:
    """A provider below the line, warned and leaving; another with somebody to hand over to; a scheme proposed."""
    from songhe.assessment.tests.world import COUNTY, at, elder
    from songhe.doors.staff.tests.conftest import account
    from songhe.examine import leave, scheme, warn
    from songhe.examine.tests import world
    from songhe.kernel.month import Month
    from songhe.service.models import Stay

    february = Month(2026, 2)
    low, _other, _third = (world.provider() for _ in range(3))
    world.visits(low, passed=20, failed=20, month=february)
    world.handed_in(low, good=20, refused=20, month=february)
    row = world.published(month=february, on=DAY)
    by = {"at": at(DAY), "by": "somebody"}
    about = {"county": COUNTY, "provider": low, "on": DAY, **by}
    warn.warn(cause="finding", mend="补齐消防器材", due_on=DAY + timedelta(days=3), **about)
    Stay.objects.create(
        county=COUNTY,
        person=elder(name="王秀兰", phone="13900001111"),
        provider=low,
        admitted_on=DAY,
        recorded_by="m",
        recorded_at=at(DAY),
    )
    gone = leave.propose(because="不合格", since=DAY, residents_until=DAY + timedelta(days=30), **about)
    leave.approve(leaving=gone, at=at(DAY), on=DAY, by="another")
    own = scheme.propose(
        county=COUNTY,
        text=scheme.written(scheme.shipped()),
        valid_from=Month(2026, 3),
        document_no="民〔2026〕5号",
        **by,
    )
    account("owner", "provider_manager", provider=low.pk)
    return SimpleNamespace(desk=desk, page=desk.page, at=desk.at, row=row, gone=gone, own=own)


def pages_of(examined: Any) -> list[tuple[str, str]]:
    here = "/staff/examination/"
    return [
        ("approver", here),
        ("approver", f"{here}{examined.row.id}/"),
        ("approver", f"{here}warnings/"),
        ("approver", f"{here}schemes/{examined.own.id}/"),
        ("clerk", f"{here}warnings/"),
        ("clerk", f"{here}exits/"),
        ("clerk", f"{here}exits/{examined.gone.id}/"),
        ("clerk", f"{here}schemes/"),
        ("owner", "/provider/examination/"),
        ("owner", "/provider/"),
    ]


def each_page(examined: Any) -> Any:
    """Open every page as whoever may."""
    who = None
    for username, path in pages_of(examined):
        if username != who:
            examined.page.context.clear_cookies()
            examined.desk.enter(username)
        who = username
        yield path


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_page_is_open_to_everybody_and_fits_every_screen(examined, look, language):
    found = []
    for path in each_page(examined):
        examined.desk.skin(language=language)
        answer = examined.page.goto(f"{examined.at}{path}")
        assert answer.status == 200, path
        found += look(examined.page, path)
    assert found == []


def test_the_last_elder_is_handed_over_and_the_exit_can_be_finished(examined):
    page = examined.page
    examined.desk.enter("clerk")
    page.goto(f"{examined.at}/staff/examination/exits/{examined.gone.id}/")
    page.locator("main summary", has_text="安置").click()
    page.get_by_label("老人自己选的").check()
    page.get_by_label("老人是怎么说的").fill("去女儿家旁边那家")
    page.locator("main form").get_by_role("button", name="安置").click()
    page.get_by_text("每位老人都有了去处，可以办结。").wait_for()
    page.context.clear_cookies()
    examined.desk.enter("approver")
    page.goto(f"{examined.at}/staff/examination/exits/{examined.gone.id}/")
    page.get_by_role("button", name="办结退出").click()
    page.get_by_text("办结了，每位老人都有了去处。").wait_for()
