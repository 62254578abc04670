"""A daughter tops up her mother's love card on her telephone, in Chinese, and has half of it back."""

from __future__ import annotations

import os
import re
from datetime import date
from pathlib import Path
from types import SimpleNamespace

import pytest

from tests.browser.conftest import LANGUAGES

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.on_both]

DAY, SINCE = date(2026, 3, 10), date(2026, 1, 1)
PHONE = {"width": 390, "height": 844}


@pytest.fixture
def walk(own_database, served, page, settings, tmp_path):
    """The mother has public money for meals on her card; charity matches what the family puts in."""
    from songhe.access.login import appoint, open_account
    from songhe.assessment.tests import world as people
    from songhe.card.tests import world
    from songhe.county.key import new_id
    from songhe.doors.shell.clock import set_practice_day
    from songhe.doors.shell.translate import compile_catalogues
    from songhe.person.mandate import ACTS
    from songhe.person.models import Mandate

    settings.MEDIA_ROOT = tmp_path
    compile_catalogues()
    set_practice_day(DAY)
    world.made_fund(county=world.JINDONG, source="family", expiry="never")
    world.made_fund(county=world.JINDONG, source="charity", expiry="never", matches=True)
    meals = world.made_fund(county=world.JINDONG, allowed=("meals", "bathing"), rates={"card_class_2_old": 12_500})
    card = world.made_card("card_class_2_old", county=world.JINDONG, card_class=2, name="孟淑贞")
    world.run_charge(meals)
    world.spend(card, meals, 800, who=world.canteen(world.JINDONG))
    own = people.elder(name="孟小芳", born=date(1975, 4, 3), county=world.JINDONG)
    made = open_account(
        username="daughter", display_name="女儿", password=None, practice=True, at=people.at(SINCE), by=None
    )
    appoint(
        account=made,
        role="citizen",
        place=card.county,
        person_id=own.id,
        valid_from=SINCE,
        by=None,
        at=people.at(SINCE),
    )
    Mandate.objects.create(
        county=card.county,
        person=card.person,
        proxy_identity=new_id(),
        proxy_name=own.name,
        account="daughter",
        relation="child",
        acts=list(ACTS),
        evidence="户口簿",
        valid_from=SINCE,
        valid_to=date(2026, 12, 31),
        given_by="clerk",
        at=people.at(SINCE),
    )
    page.set_viewport_size(PHONE)
    page.goto(f"{served}/")
    page.locator('form:has(input[value="daughter"]) button').click()
    page.wait_for_url(re.compile(r"/my/"))

    def press(name):
        page.locator("main").get_by_role("button", name=name).first.click()
        page.wait_for_load_state("networkidle")

    def follow(name):
        page.locator("main").get_by_role("link", name=name).first.click()
        page.wait_for_load_state("networkidle")

    def says(*words):
        shown = re.sub(r"\s+", "", page.locator("main").inner_text())
        lacking = [one for one in words if re.sub(r"\s+", "", one) not in shown]
        assert lacking == [], f"{page.url} says {shown}"

    def skin(**chosen):
        names = {"size": "songhe_size", "theme": "songhe_theme", "language": "django_language"}
        page.context.add_cookies([{"name": names[one], "value": value, "url": served} for one, value in chosen.items()])

    def picture(name):
        if folder := os.environ.get("SONGHE_PICTURES"):
            page.screenshot(path=Path(folder) / f"card-{name}.png", full_page=True)

    return SimpleNamespace(
        page=page, at=served, card=card, press=press, follow=follow, says=says, skin=skin, picture=picture
    )


def looked_at(walk, look, *paths, **options):
    """Everything that the look at these pages finds."""
    found = []
    for path in paths:
        walk.page.goto(f"{walk.at}{path}")
        found += look(walk.page, path, narrow=True, **options)
    return found


def test_fifty_yuan_go_in_with_thirty_from_charity_and_half_comes_back(walk, accessibility):
    from songhe.card.models import Refund, TopUp

    faults = []

    def look(name):
        walk.picture(name)
        faults.extend(f"{name}: {fault}" for fault in accessibility(walk.page))

    walk.follow("爱心卡")
    walk.says("孟淑贞的爱心卡", "卡里一共¥117.00", "财政资金", "可以付：助餐、助浴", "会到期的先用")
    look("1-card")
    walk.follow("充值")
    walk.says("您充 100 元，慈善跟着配 100 元，每月最多配 ¥30.00", "¥50 慈善配 ¥30.00")
    look("2-amounts")
    walk.press("¥50")
    walk.says("家里付¥50.00", "慈善配捐¥30.00")
    look("3-to-pay")
    walk.follow("去付款")
    walk.says("这是练习用的支付页")
    look("4-sandbox")
    walk.press("付款 ¥50.00")
    walk.says("充值到账了", "家里充值¥50.00", "慈善配捐¥30.00", "这笔充值给卡里加了¥80.00")
    look("5-receipt")
    no = TopUp.objects.get(county=walk.card.county).no
    walk.page.goto(f"{walk.at}/practice/payment/{no}")
    walk.says("已经付过了，不会再付第二次")
    walk.follow("看收据")
    walk.follow("申请退款")
    walk.says("最多可以退 ¥50.00")
    look("6-how-much")
    walk.page.get_by_label("退多少").fill("25")
    walk.press("退这么多，看下一步")
    walk.says("退到付款的账户¥25.00", "慈善配捐跟着退回慈善资金¥5.00", "卡里少¥30.00")
    look("7-said-first")
    walk.press("确认退")
    walk.says("充值退款−¥25.00", "配捐退回−¥5.00", "这笔充值给卡里加了¥50.00")
    look("8-refunded")
    made = Refund.objects.get(county=walk.card.county)
    assert (made.amount_fen, made.back_fen) == (2_500, 500)
    walk.page.goto(f"{walk.at}/my/card/")
    walk.says("卡里一共¥167.00")
    walk.follow("每一笔明细")
    walk.says("月末卡里有¥167.00", "家里充值+¥50.00", "慈善配捐+¥30.00", "充值退款−¥25.00", "配捐退回−¥5.00")
    look("9-movements")
    assert faults == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_page_of_the_card_is_open_to_everybody_and_fits_every_screen(walk, look, language):
    from songhe.card.tests.world import top_up

    row = top_up(walk.card, 5_000)
    walk.skin(language=language)
    paths = (
        "/my/card/",
        "/my/card/movements/",
        "/my/card/lost/",
        "/my/card/top-up/",
        "/my/card/top-ups/",
        "/my/card/heirs/",
        f"/my/card/top-ups/{row.no}/",
        f"/my/card/top-ups/{row.no}/refund/",
        f"/my/card/top-ups/{row.no}/refund/?yuan=25",
    )
    assert looked_at(walk, look, *paths, thumb=True) == []


def test_opening_a_card_and_asking_as_an_heir_are_open_to_everybody(walk, accessibility):
    """The mother has died; the daughter asks for what the family had put in, and opens a card for her father."""
    from songhe.assessment.tests import world as people
    from songhe.card import close
    from songhe.card.models import HeirPayment
    from songhe.card.tests.world import JINDONG, top_up
    from songhe.person import event
    from songhe.person.models import Mandate

    father = people.elder(name="孟长庚", born=date(1938, 1, 1), county=JINDONG)
    held = Mandate.objects.get(county=JINDONG, account="daughter")
    held.id, held.person = type(held)().id, father
    held.save(force_insert=True)
    top_up(walk.card, 5_000)
    told = event.report(
        person=walk.card.person, kind="death", happened_on=DAY, source="家属", on=DAY, at=people.at(DAY), by="daughter"
    )
    event.verify(event=told, on=DAY, at=people.at(DAY), by="clerk")
    close.close_after_death(county=JINDONG, person_id=walk.card.person_id, at=people.at(DAY), on=DAY, by="clerk")
    faults = []

    def look(name):
        walk.picture(name)
        faults.extend(f"{name}: {fault}" for fault in accessibility(walk.page))

    walk.page.goto(f"{walk.at}/my/card/")
    walk.says("孟淑贞的爱心卡", "已注销", "家里充的钱退给继承人")
    look("heirs-1-card")
    walk.follow("家里充的钱退给继承人")
    walk.says("家里充的还剩 ¥50.00")
    look("heirs-2-ask")
    walk.page.get_by_label("继承人的姓名").fill("孟小芳")
    walk.page.get_by_label("和去世老人的关系").select_option("子女")
    walk.page.get_by_label("凭什么继承").fill("公证书2026-1")
    walk.page.locator('input[type="file"]').set_input_files(
        {"name": "paper.png", "mimeType": "image/png", "buffer": walk.page.screenshot()}
    )
    walk.press("申请退 ¥50.00")
    walk.says("等县里批准")
    look("heirs-3-asked")
    assert HeirPayment.objects.get(county=JINDONG).amount_fen == 5_000
    walk.page.goto(f"{walk.at}/my/people/")
    walk.page.locator(f'form[action*="{father.id}"] button').click()
    walk.page.wait_for_load_state("networkidle")
    walk.page.goto(f"{walk.at}/my/card/")
    walk.says("还没有爱心卡")
    look("open-1")
    walk.follow("开通爱心卡")
    look("open-2")
    walk.press("授权，开通")
    walk.says("孟长庚的爱心卡", "爱心卡开通了", "卡里现在没有钱")
    look("open-3")
    walk.follow("卡丢了，挂失")
    walk.page.get_by_label("怎么丢的").fill("买菜时丢了")
    walk.press("马上挂失")
    walk.says("已挂失", "卡里的钱一分不少")
    look("lost")
    assert faults == []
