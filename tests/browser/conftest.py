"""A small county with something on every desk, and people who sign in with one click."""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

DAY = date(2026, 3, 10)


@dataclass(frozen=True)
class County:
    """The rows that the stories of these tests are about."""

    reviewed: Any
    determined: Any
    right: Any
    grant: Any
    statement: Any
    provider: Any

    def address(self, page: str) -> str:
        return {
            "inbox": "/staff/",
            "case": f"/staff/applications/{self.reviewed.no}/",
            "to review": f"/staff/applications/{self.determined.no}/",
            "letter": f"/staff/applications/{self.right.application.no}/letter/",
            "people": "/staff/people/",
            "person": f"/staff/people/{self.grant.person_id}/",
            "months": "/staff/month/",
            "month": "/staff/month/2026-03/",
            "statements": "/staff/statements/?month=2026-03",
            "statement": f"/staff/statements/{self.statement.no}/",
        }[page]


@pytest.fixture
def county(own_database: Any) -> County:
    """Its practice day is the tenth of March 2026; one application waits for the clerk and one for the approver."""
    from songhe.assessment.tests import world
    from songhe.doors.shell.clock import set_practice_day
    from songhe.doors.shell.translate import compile_catalogues
    from songhe.doors.staff.tests.conftest import account
    from songhe.entitlement.tests import story
    from songhe.grant.models import Grant
    from songhe.grant.tests import world as vouchers
    from songhe.person.search import rebuild
    from songhe.place.calendar import load_shipped_calendars
    from songhe.place.division import load_sample_county
    from songhe.redemption.tests import world as bills
    from songhe.settlement.tests import make

    compile_catalogues()
    set_practice_day(DAY)
    load_sample_county()
    load_shipped_calendars()
    right = story.approved(world.elder(name="买买提·依明"), category="home")
    vouchers.budget()
    vouchers.run_issue(on=vouchers.TENTH)
    grant = Grant.objects.get(county=right.county, entitlement=right)
    server = bills.provider()
    bills.visit_of(grant, server)
    bills.pay(grant, server, bills.bath())
    provider = make.payee()
    make.bill(30_000, 40_400, of=provider, person=make.elder(name="王秀兰"))
    make.gathered()
    found = County(
        reviewed=story.reviewed(world.elder(name="欧阳建国")),
        determined=story.determined(world.elder(name="陈桂英")),
        right=right,
        grant=grant,
        statement=make.statement(provider),
        provider=provider,
    )
    for username, role in (("clerk", "county_clerk"), ("approver", "county_approver"), ("finance", "finance")):
        account(username, role)
    account("manager", "provider_manager", provider=provider.id)
    # These people were written past the verbs that lay the keys of the search box.
    rebuild(county=right.county)
    return found


@pytest.fixture
def desk(county: County, served: str, page: Any) -> SimpleNamespace:
    """``desk.enter("clerk")`` signs in, ``desk.go("case")`` opens a page of the county."""

    def enter(username: str) -> None:
        page.goto(f"{served}/")
        page.locator(f'form:has(input[value="{username}"]) button').click()
        page.wait_for_url(re.compile(r"/(staff|provider|assessor|my|audit)/"))

    def go(name: str) -> None:
        page.goto(served + county.address(name))

    def skin(**chosen: str) -> None:
        names = {"size": "songhe_size", "theme": "songhe_theme", "language": "django_language"}
        page.context.add_cookies([{"name": names[one], "value": value, "url": served} for one, value in chosen.items()])

    return SimpleNamespace(page=page, county=county, at=served, enter=enter, go=go, skin=skin)


@pytest.fixture
def without_scripts(county: County, served: str, chromium: Any) -> Any:
    """A page of a browser that runs no scripts."""
    context = chromium.new_context(locale="zh-CN", java_script_enabled=False)
    opened = context.new_page()
    opened.set_default_timeout(15_000)
    yield opened
    context.close()


#: A page is opened in either language and then looked at in skins, which are colours and a size of letters, and on
#: screens, which are a width and a size: every colour, every size, and the narrowest screen in both languages.
LANGUAGES = ("zh-hans", "en")
SKINS = {"zh-CN": (("light", "std"), ("contrast", "xl")), "en": (("dark", "large"),)}
SCREENS = {
    "zh-CN": ((320, "std"), (390, "xl"), (640, "large"), (768, "large"), (1280, "std"), (1440, "std")),
    "en": ((320, "std"),),
}
#: CSS pixels that a button of the elder's pages is high at the least, but for rounding.
THUMB = 59
TELEPHONE = 390
DRESS = """([theme, size]) => {
    Object.assign(document.documentElement.dataset, {theme, size});
    document.getAnimations().forEach(one => { try { one.finish(); } catch { one.cancel(); } });
}"""
UNFOLD = "() => document.querySelectorAll('main details').forEach(one => { one.open = true; })"
SMALL = """least => [...document.querySelectorAll('main a.button, main button, main .choice-card, main summary,' +
    'main .answers label')]
    .filter(one => one.offsetParent && one.getBoundingClientRect().height < least)
    .map(one => `${one.textContent.trim()}: too small for a thumb`)"""
Look = Callable[..., list[str]]


@pytest.fixture(scope="session")
def look(accessibility: Any) -> Look:
    """Looks at an open page, with what is folded away unfolded, in every skin and on every screen.

    Tells what is in somebody's way and what is wider than the screen, one line each; for a page of the elder's also
    what is too small for a ``thumb``. ``narrow`` looks for what is in the way on a telephone's screens, too. With
    ``SONGHE_PICTURES`` it leaves a picture of each screen in that folder.
    """

    def look(page: Any, name: str, *, thumb: bool = False, narrow: bool = False) -> list[str]:
        page.wait_for_load_state("load")
        page.wait_for_function("() => !document.querySelector('.htmx-request')")
        page.evaluate(UNFOLD)
        before, language, found = page.viewport_size, page.evaluate("document.documentElement.lang"), []
        for theme, size in SKINS[language]:
            page.evaluate(DRESS, [theme, size])
            found += [f"{name} {theme}: {fault}" for fault in accessibility(page)]
        for width, size in SCREENS[language]:
            page.set_viewport_size({"width": width, "height": 800})
            page.evaluate(DRESS, ["light", size])
            over = page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
            found += [f"{name}: {over} px wider than {width}"] if over > 0 else []
            if narrow and width <= TELEPHONE:
                found += [f"{name} {width}: {fault}" for fault in accessibility(page)]
            if folder := os.environ.get("SONGHE_PICTURES"):
                said = re.sub(r"\W+", "-", f"{name}-{language}-{width}-{size}").strip("-")
                page.screenshot(path=Path(folder) / f"{said}.png", full_page=True)
        page.set_viewport_size(before)
        page.evaluate(DRESS, ["light", "std"])
        if thumb:
            found += [f"{name}: {fault}" for fault in page.evaluate(SMALL, THUMB)]
        return found

    return look
