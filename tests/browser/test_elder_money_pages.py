"""Vouchers, the code, bills and the paper as an elder holds them in the hand."""

from __future__ import annotations

from datetime import date
from types import SimpleNamespace

import pytest

from tests.browser.conftest import DAY, LANGUAGES

pytestmark = [pytest.mark.browser, pytest.mark.slow]

PAGES = ("vouchers", "code", "group", "provider", "claim", "bills", "bill", "wrong", "year", "paper")


@pytest.fixture
def granny(county, served, page):
    """She has a voucher, a bill on it, a code on her telephone and one on paper."""
    from songhe.access.login import appoint, open_account
    from songhe.assessment.tests import world
    from songhe.person.medium import issue
    from songhe.redemption.models import Bill

    grant = county.grant
    since = date(2026, 1, 1)
    made = open_account(
        username="granny", display_name="样例老人", password=None, practice=True, at=world.at(since), by=None
    )
    appoint(
        account=made,
        role="citizen",
        place=grant.county,
        person_id=grant.person_id,
        valid_from=since,
        by=None,
        at=world.at(since),
    )
    for kind in ("phone", "printed"):
        issue(person=grant.person, kind=kind, on=DAY, at=world.at(DAY), by="granny")
    bill = Bill.objects.get(county=grant.county, person_id=grant.person_id)
    addresses = {
        "vouchers": "/my/vouchers/",
        "code": "/my/code/",
        "group": f"/my/vouchers/{grant.no}/group/",
        "provider": f"/my/vouchers/{grant.no}/provider/",
        "claim": "/my/vouchers/claim/",
        "bills": "/my/bills/",
        "bill": f"/my/bills/{bill.no}/",
        "wrong": f"/my/bills/{bill.no}/wrong/",
        "year": "/my/bills/year/2026/",
        "paper": f"/my/vouchers/{grant.no}/paper/",
    }

    def enter(page):
        page.goto(f"{served}/")
        page.locator('form:has(input[value="granny"]) button').click()
        page.wait_for_load_state("networkidle")

    def go(name, page=page):
        page.goto(served + addresses[name])
        page.wait_for_load_state("networkidle")

    def skin(**chosen):
        names = {"size": "songhe_size", "theme": "songhe_theme", "language": "django_language"}
        page.context.add_cookies([{"name": names[one], "value": value, "url": served} for one, value in chosen.items()])

    page.set_viewport_size({"width": 390, "height": 844})
    enter(page)
    return SimpleNamespace(page=page, go=go, skin=skin, enter=enter, grant=grant, bill=bill)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_page_is_open_to_everybody_and_fits_every_screen(granny, look, language):
    granny.skin(language=language)
    found = []
    for name in PAGES:
        granny.go(name)
        found += look(granny.page, name, thumb=True)
    assert found == []


def test_the_code_renews_itself_before_ones_eyes(granny):
    """The half minute is played in a second: what counts down asks for the next code by itself."""
    granny.go("code")
    page = granny.page
    page.get_by_text("念号码").wait_for()
    page.evaluate("document.querySelector('[data-seconds]').dataset.seconds = '1'")
    with page.expect_response("**/code/now/") as answered:
        page.evaluate("document.dispatchEvent(new CustomEvent('htmx:after:swap'))")
    assert answered.value.ok
    assert answered.value.request.headers["x-songhe-poll"] == "1"
    page.wait_for_function("() => !document.getElementById('code').classList.contains('old')")
    assert page.locator("#code .qr svg").count() == 1


def test_a_new_code_comes_at_a_press(granny):
    granny.go("code")
    with granny.page.expect_response("**/code/now/"):
        granny.page.get_by_role("link", name="换一个新码").click()
    granny.page.locator("#code .qr svg").wait_for()


def test_a_bill_is_rated_with_one_press(granny):
    from songhe.feedback.models import Rating

    granny.go("bill")
    granny.page.get_by_role("button", name="很满意", exact=False).first.click()
    granny.page.get_by_text("谢谢，评价收到了。").wait_for()
    assert Rating.rows.get(county=granny.grant.county).stars in (1, 5)


def test_without_scripts_the_code_is_shown_with_its_seconds_and_a_way_to_the_next(granny, without_scripts):
    granny.enter(without_scripts)
    granny.go("code", without_scripts)
    without_scripts.get_by_text("还能用").wait_for()
    without_scripts.get_by_role("link", name="换一个新码").click()
    without_scripts.get_by_text("念号码").wait_for()
