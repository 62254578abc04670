"""What everybody may read of the funds: in, out, what is left, by whom; and nothing that would tell of somebody."""

from __future__ import annotations

import csv
import io
from datetime import date

import pytest

from songhe.card import draw
from songhe.card.allot import Gift
from songhe.card.models import Decision
from songhe.card.tests import world as cards
from songhe.county.key import new_id
from songhe.doors.public import fund_figures
from songhe.doors.public.tests.conftest import text
from songhe.doors.public.tests.test_english import left_in_chinese
from songhe.statistics.kept import forget

COUNTY = cards.LISHUI
SERVICE, CARE = "low_income_service", "low_income_care"


@pytest.fixture(autouse=True)
def counted_anew():
    forget()


def charged(number, *, fen=20_000, **given):
    """A fund that has charged so many cards."""
    made = cards.made_fund(rates={"low_income_service": fen}, **given)
    held = [cards.made_card("low_income_service") for _ in range(number)]
    cards.run_charge(made)
    return made, held


def spent(fund, held, fen, *, category="meals", on=cards.TENTH):
    for card in held:
        cards.spend(card, fund, fen, category=category, on=on)


def shown(fund):
    return next(one for one in fund_figures.shown(fund.county) if one.fund.id == fund.id)


def page(anybody, fund=None):
    return text(anybody.get(f"/funds/{fund.code + '/' if fund else ''}?county={COUNTY}"))


def rows(response):
    return list(csv.reader(io.StringIO(response.content.decode("utf-8-sig"))))


def test_what_came_in_is_what_was_paid_and_is_in_purses_and_is_left(anybody):
    fund, held = charged(6, amount_fen=1_000_000)
    spent(fund, held, 1_500)
    one = shown(fund)
    assert (one.put_in_fen, one.paid.fen, one.in_purses_fen, one.there_fen) == (1_000_000, 9_000, 111_000, 880_000)
    assert one.put_in_fen == one.paid.fen + one.in_purses_fen + one.there_fen
    assert (one.meals.services, one.months[-1].left_fen) == (6, 991_000)
    for opened in (page(anybody), page(anybody, fund)):
        for figure in ("¥10,000.00", "¥90.00", "¥1,110.00", "¥8,800.00"):
            assert figure in opened


def test_a_few_peoples_money_is_hidden_with_what_would_tell_it(anybody):
    few, their = charged(3, amount_fen=700_000)
    spent(few, their, 1_234)
    many, held = charged(9, amount_fen=1_000_000)
    spent(many, held, 1_000)
    opened = page(anybody) + page(anybody, few) + page(anybody, many)
    for told in ("¥37.02", "¥12.34"):
        assert told not in opened
    assert shown(few).paid.fen is None
    assert shown(few).in_purses_fen is None
    assert "用的人少于 5 个" in page(anybody, few)


def test_a_small_month_or_kind_of_help_cannot_be_worked_out(anybody):
    fund, held = charged(9, amount_fen=1_000_000)
    spent(fund, held, 1_000)
    spent(fund, held[:2], 777, category="bathing")
    spent(fund, held, 300, category="travel")
    one = shown(fund)
    named = {line.name: line.fen for line in one.helps}
    assert named["助浴"] is None
    assert list(named.values()).count(None) >= 2
    assert one.paid.fen == 9_000 + 1_554 + 2_700
    assert "¥15.54" not in page(anybody, fund)


def test_what_was_undone_is_not_counted():
    fund, held = charged(6)
    spent(fund, held, 1_000)
    about = new_id()
    cards.spend(held[0], fund, 5_000, about=about)
    draw.give_back(card=held[0], about=[about], at=cards.at(cards.TENTH), on=cards.TENTH, by="manager")
    assert (shown(fund).paid.fen, shown(fund).paid.services) == (6_000, 6)


def test_givers_are_named_unless_they_do_not_want_to(anybody):
    fund = cards.made_fund(source="charity", amount_fen=0, rates={"low_income_service": 2_000})
    cards.put_in(fund, 30_000, gift=Gift("company", "样例爱心企业", cards.FIRST, "R1"))
    cards.put_in(fund, 20_000, gift=Gift("person", "不愿具名的人", cards.FIRST, "R2", named=False))
    held = [cards.made_card("low_income_service") for _ in range(6)]
    cards.run_charge(fund)
    spent(fund, held, 1_000)
    opened = page(anybody, fund)
    assert "样例爱心企业" in opened
    assert "不愿具名的人" not in opened
    assert "不公开姓名" in opened
    assert "¥240.00" in opened
    told = rows(anybody.get(f"/funds/{fund.code}/gifts.csv?county={COUNTY}"))
    assert told[0] == ["日期", "捐赠方", "金额（元）", "已使用（元）", "未使用（元）"]
    assert ["2026-03-01", "样例爱心企业", "300.00", "60.00", "240.00"] in told


def test_a_village_shows_how_it_decided_and_not_who_was_there(anybody):
    fund = cards.made_fund(source="collective", level="village", place=f"{COUNTY}001001", amount_fen=50_000)
    opened = page(anybody, fund)
    assert "村民代表会议" in opened
    assert "应到 30 人，到会 24 人：赞成 20，反对 3，弃权 1" in opened
    assert Decision.objects.get(fund=fund).present[0] not in opened


def test_the_file_has_every_month_and_hides_the_same(anybody):
    fund, held = charged(6, amount_fen=100_000_00)
    spent(fund, held, 1_500)
    cards.put_in(fund, -50_000, on=date(2026, 3, 20))
    spent(fund, held[:2], 100, category="bathing")
    forget()
    told = rows(anybody.get(f"/funds/months.csv?county={COUNTY}&fund={fund.code}"))
    month = dict(zip(told[0], told[1], strict=True))
    assert (month["月份"], month["入池（元）"], month["支付（元）"]) == ("2026-03", "99500.00", "92.00")
    assert month["助浴（元）"] == "—"
    assert anybody.get(f"/funds/months.csv?county={COUNTY}&fund=none").status_code == 404


def test_families_money_is_nobodys_business(anybody):
    fund = cards.made_fund(source="family", expiry="never")
    assert anybody.get(f"/funds/{fund.code}/?county={COUNTY}").status_code == 404
    assert "这里还没有爱心卡资金" in page(anybody)
    assert anybody.get("/funds/months.csv").status_code == 404


def test_in_english_no_chinese_is_left_but_names(anybody):
    fund, held = charged(6, source="finance")
    spent(fund, held, 1_000)
    gift = cards.made_fund(source="charity", amount_fen=0)
    cards.put_in(gift, 20_000, gift=Gift("person", "某人", cards.FIRST, "R9", named=False))
    village = cards.made_fund(source="collective", level="village", place=f"{COUNTY}001001", amount_fen=50_000)
    anybody.cookies["django_language"] = "en"
    names = [fund.name, gift.name, village.name, "村民代表会议", "每年提取一部分用于老人助餐"]
    names += [row.document_no for row in Decision.objects.all()]
    names += ["浙江省", "丽水市", "331199"]
    for one in (None, fund, gift, village):
        address = f"/funds/{one.code + '/' if one else ''}?county={COUNTY}"
        assert left_in_chinese(anybody.get(address), *names) == [], address


def test_queries_do_not_grow_with_what_was_paid(anybody, django_assert_max_num_queries):
    fund, held = charged(6, fen=30_000)
    spent(fund, held, 100)
    address = f"/funds/{fund.code}/?county={COUNTY}"
    with django_assert_max_num_queries(24):
        anybody.get(address)
    for _ in range(5):
        spent(fund, held, 100)
    forget()
    with django_assert_max_num_queries(24):
        anybody.get(address)
