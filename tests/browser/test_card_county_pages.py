"""The county's pages of the love card in a real browser: open to everybody, and no wider than the screen."""

from __future__ import annotations

from datetime import date

import pytest

from tests.browser.conftest import LANGUAGES

pytestmark = [pytest.mark.browser, pytest.mark.slow]


@pytest.fixture
def cards(desk, settings, tmp_path):
    """Jindong in March: funds of every kind, cards with money, a merchant, things that wait."""
    from songhe.access.login import appoint
    from songhe.access.models import Account
    from songhe.assessment.tests.world import at, elder
    from songhe.card import change
    from songhe.card.models import Card, Fund, HeirPayment
    from songhe.card.tests import world
    from songhe.card.tests.world import JINDONG, TENTH
    from songhe.provider.models import Provider
    from songhe.provider.partner import propose_partner

    settings.MEDIA_ROOT = tmp_path
    for username, role in (("clerk", "county_clerk"), ("approver", "county_approver"), ("finance", "finance")):
        who = Account.objects.get(username=username)
        appoint(account=who, role=role, place=JINDONG, valid_from=date(2026, 1, 1), by=None, at=at(TENTH))
    world.live()
    village = Fund.objects.get(county=JINDONG, source="collective")
    charity = Fund.objects.get(county=JINDONG, source="charity")
    terms = world.fund.Terms("finance", "county", JINDONG, "month_end", ("meals", "bathing"), rates={})
    told = {"document_no": "金财〔2026〕1号", "at": at(TENTH), "by": "clerk"}
    change.propose_fund(county=JINDONG, code="new", name="区级补贴", terms=terms, **told)
    change.propose_change(of=village, what=change.ALLOW, told={"category": "aids"}, **told)
    world.allot.propose(
        fund=village,
        amount_fen=10_000,
        decision=world.decision(village, 10_000),
        document_no="x",
        at=at(TENTH),
        by="finance",
    )
    row = world.canteen(JINDONG)
    Provider.objects.filter(pk=row.pk).update(longitude=119.7, latitude=29.1)
    merchant = propose_partner(
        provider=Provider.objects.get(pk=row.pk),
        county=JINDONG,
        helps=["meals", "goods"],
        valid_from=date(2026, 3, 1),
        at=at(TENTH),
        by="clerk",
    )
    card = Card.objects.filter(county=JINDONG).exclude(state="closed").order_by("id").first()
    dead = HeirPayment.objects.get(county=JINDONG).purse.card_id
    person = elder(county=JINDONG, name="赵无卡")
    base = "/staff/card"
    desk.pages = {
        "approver": (
            f"{base}/funds/",
            f"{base}/funds/{village.id}/",
            f"{base}/classes/",
            f"{base}/merchants/{merchant.pk}/",
        ),
        "clerk": (
            f"{base}/cards/",
            f"{base}/cards/{card.id}/",
            f"{base}/cards/{dead}/",
            f"{base}/cards/open/{person.id}/",
            f"{base}/holders/",
            f"{base}/merchants/",
        ),
        "finance": (f"{base}/funds/", f"{base}/funds/{charity.id}/", f"{base}/funds/{charity.id}/gifts/"),
    }

    def enter(username):
        """They hold the same office in two counties, and stand there twice."""
        desk.page.goto(f"{desk.at}/")
        desk.page.locator(f'form:has(input[value="{username}"]) button').first.click()
        desk.page.wait_for_url("**/staff/**")

    desk.enter = enter
    return desk


def every_page(cards, **skin):
    for username, pages in cards.pages.items():
        cards.page.context.clear_cookies()
        cards.enter(username)
        cards.skin(**skin)
        for where in pages:
            cards.page.goto(cards.at + where)
            # Everything that folds is looked at unfolded.
            cards.page.evaluate("document.querySelectorAll('main details').forEach(one => one.open = true)")
            yield where


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_page_of_the_card_is_open_to_everybody_and_fits_every_screen(cards, look, language):
    found = []
    for name in every_page(cards, language=language):
        found += look(cards.page, name)
    assert found == []


def test_an_approver_opens_the_fund_that_a_clerk_proposed(cards):
    cards.enter("approver")
    cards.page.goto(f"{cards.at}/staff/card/funds/")
    cards.page.get_by_role("button", name="批准", exact=True).first.click()
    cards.page.get_by_text("已批准，已经生效").wait_for()
    cards.page.get_by_role("link", name="区级补贴").wait_for()
