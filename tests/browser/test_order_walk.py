"""A daughter orders a cleaning for her mother, the provider accepts it, records the visit and charges; the receipt
stands on the mother's pages. Every page of it is open to everybody and fits the screen."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from tests.browser.conftest import LANGUAGES
from tests.browser.test_card_topup import DAY, SINCE, looked_at, walk

pytestmark = [pytest.mark.browser, pytest.mark.slow]

__all__ = ["walk"]

PAGE = "/my/order/clean-room/"


@pytest.fixture
def cleaner(walk):
    """Cleans the rooms for 40 yuan an hour; 80 yuan of the family and of charity lie on the card for it."""
    from songhe.access.login import appoint, open_account
    from songhe.assessment.tests import world as people
    from songhe.card.tests.world import top_up
    from songhe.provider.models import Item, Price, Provider
    from songhe.redemption.tests.test_card import shop, sold

    at = people.at(DAY)
    top_up(walk.card, 5_000)
    found = []
    for name, fen in (("洁净家政服务站", 4_000), ("安心居家养老服务有限公司", 4_500)):
        who, item = shop("cleaning", county=walk.card.county)[0], sold("clean-room", "cleaning", "visit")
        Item.objects.filter(pk=item.pk).update(name="居室保洁", name_en="Cleaning the rooms", unit="hour")
        Provider.objects.filter(pk=who.pk).update(name=name, phone="0579-82190000", address="多湖街道东湄路 18 号")
        Price.objects.create(provider=who, item=item, price_fen=fen, valid_from=date(2025, 1, 1))
        found.append(who)
    for username, role in (("manager", "provider_manager"),):
        made = open_account(username=username, display_name="站长", password=None, practice=True, at=at, by=None)
        appoint(
            account=made,
            role=role,
            place=walk.card.county,
            provider_id=found[0].id,
            valid_from=SINCE,
            by=None,
            at=at,
        )
    return found[0]


def enters(walk, username, where):
    walk.page.context.clear_cookies()
    walk.page.goto(f"{walk.at}/")
    walk.page.locator(f'form:has(input[value="{username}"]) button').click()
    walk.page.wait_for_url(f"**/{where}/**")


def wishes(walk, who="洁净家政服务站", day=DAY):
    walk.page.goto(f"{walk.at}{PAGE}")
    walk.page.locator("main label.choice").filter(has_text=who).locator("input").check()
    walk.page.get_by_label("哪天要").fill(str(day))
    walk.page.get_by_label("数量").fill("2")
    walk.page.get_by_label("到哪里服务").fill("多湖街道 1 号")
    walk.page.get_by_label("有什么要求").fill("带吸尘器")
    walk.press("下一步：看谁付多少")


def test_a_cleaning_is_ordered_accepted_recorded_charged_and_the_receipt_stands(walk, cleaner):
    from songhe.redemption.models import Bill

    walk.page.goto(f"{walk.at}/my/card/")
    walk.follow("预订服务")
    walk.follow("居室保洁")
    wishes(walk)
    walk.says("洁净家政服务站", "价钱¥80.00", "带吸尘器", "孟淑贞自己付 ¥0.00", "确认以后卡里先留着 ¥80.00")
    walk.press("确认预订，把钱留着")
    walk.says("居室保洁 × 2", "等机构答复", "¥80.00")
    enters(walk, "manager", "provider")
    walk.says("1 份预订等您答复")
    walk.page.goto(f"{walk.at}/provider/orders/")
    walk.follow("居室保洁")
    walk.press("接单")
    walk.says("孟淑贞", "按服务记录扣款")
    where = walk.page.url
    walk.follow("记一次服务")
    walk.page.get_by_label("服务项目").select_option("clean-room")
    walk.page.get_by_label("数量").fill("2")
    walk.press("登记")
    walk.says("已登记")
    walk.page.goto(where)
    walk.press("按这次记录扣款")
    walk.says("已交付")
    bill = Bill.objects.get(county=walk.card.county)
    assert (bill.fee_fen, bill.purse_fen, bill.self_fen) == (8_000, 8_000, 0)
    enters(walk, "daughter", "my")
    walk.page.goto(f"{walk.at}/my/card/held/")
    walk.says("已交付，已扣款")
    walk.follow("看收据")
    walk.says("居室保洁", "¥80.00", "洁净家政服务站")


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_page_of_it_is_open_to_everybody_and_fits_every_screen(walk, cleaner, look, language):
    from songhe.assessment.tests import world as people
    from songhe.card.models import ItemOrder
    from songhe.card.tests.world import top_up
    from songhe.redemption import asked

    top_up(walk.card, 30_000)
    told = {"county": walk.card.county, "person_id": walk.card.person_id, "provider": cleaner}
    wish = asked.Wish("clean-room", DAY + timedelta(days=1), 1, "带吸尘器，下午来", "多湖街道东湄路 108 号 3 单元 402")
    when = {"at": people.at(DAY), "on": DAY, "by": "daughter"}
    first = asked.ask(**told, wish=wish, made_by=ItemOrder.Made.COUNTY, **when)
    asked.accept(county=first.county, no=first.no, provider_id=cleaner.pk, **when)
    second = asked.ask(**told, wish=wish, made_by=ItemOrder.Made.ELDER, **when)
    wishes(walk, "请县里按考评名次选", DAY + timedelta(days=2))
    faults = look(walk.page, "check", narrow=True)
    walk.skin(language=language)
    faults += looked_at(walk, look, "/my/order/", PAGE, "/my/card/held/")
    enters(walk, "manager", "provider")
    walk.skin(language=language)
    faults += looked_at(walk, look, "/provider/orders/", *(f"/provider/orders/{row.no}/" for row in (first, second)))
    assert faults == []
