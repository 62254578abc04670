"""Where the love card is taken: what for, at which discount, how far."""

from __future__ import annotations

from datetime import date

import pytest
from django.test import Client

from songhe.doors.public.tests.conftest import text
from songhe.doors.public.tests.test_directory import suspended
from songhe.doors.public.tests.test_english import PLACES, left_in_chinese
from songhe.doors.staff.tests.conftest import AT, COUNTY
from songhe.provider.discount import set_discount
from songhe.provider.hours import set_hours
from songhe.provider.models import Item, Kind, Partner, Price, Provider
from songhe.provider.partner import admit_partner, leave_partner, propose_partner

SINCE = date(2026, 1, 1)


def listed(name, helps, *, number=1, longitude=122.845, latitude=36.21):
    row = Provider.objects.create(
        kind=Kind.MERCHANT,
        name=name,
        credit_code=f"9237079{number:011d}",
        place=COUNTY,
        address="样例路1号",
        phone="0536-1234567",
        longitude=longitude,
        latitude=latitude,
        admitted_at=AT,
    )
    asked = propose_partner(provider=row, county=COUNTY, helps=helps, valid_from=SINCE, at=AT, by="clerk")
    return admit_partner(partner=asked, at=AT, by="head")


@pytest.fixture
def shop():
    return listed("样例便民超市", ["goods", "daily_life"])


@pytest.fixture
def barber():
    return listed("样例理发店", ["daily_life"], number=2, latitude=36.1)


def test_a_merchant_stands_with_its_discounts_of_the_day(anybody, shop):
    set_discount(partner=shop, help="*", per_cent=10, valid_from=SINCE, at=AT, by="clerk")
    set_discount(partner=shop, help="goods", off_fen=500, least_fen=3000, valid_from=SINCE, at=AT, by="clerk")
    set_discount(partner=shop, help="daily_life", off_fen=100, valid_from=date(2026, 4, 1), at=AT, by="clerk")
    page = text(anybody.get("/merchants/"))
    assert "样例便民超市" in page
    assert "减 10%" in page
    assert "满 30 元减 5 元" in page
    assert "减 1 元" not in page
    assert 'href="tel:0536-1234567"' in page


def test_its_own_page_shows_prices_with_the_discount(anybody, shop):
    item = Item.objects.create(
        place=COUNTY,
        code="rice",
        name="大米",
        name_en="Rice",
        category="home",
        help="goods",
        unit="time",
        evidence="visit",
        valid_from=SINCE,
    )
    Price.objects.create(provider=shop.provider, item=item, price_fen=4_000, valid_from=SINCE)
    set_discount(partner=shop, help="goods", per_cent=25, valid_from=SINCE, at=AT, by="clerk")
    page = text(anybody.get(f"/merchants/{shop.provider_id}/"))
    assert "¥40.00" in page
    assert "¥30.00" in page


def test_it_is_said_whether_a_merchant_is_open_and_who_is_open_now_can_be_asked_for(anybody, shop, barber):
    # The practice day is a Tuesday.
    set_hours(provider=shop.provider, week=dict.fromkeys(range(1, 6), "0:00-24:00"), at=AT, by="manager")
    set_hours(provider=barber.provider, week={1: "8:00-17:30"}, at=AT, by="manager")
    page = text(anybody.get("/merchants/"))
    assert "营业中，到 24:00" in page
    assert "休息中，周一 8:00 开门" in page
    alone = text(anybody.get("/merchants/?open=1"))
    assert (shop.provider.name in alone, barber.provider.name in alone) == (True, False)
    points = anybody.get("/merchants/places.json?open=1").json()["points"]
    assert [one["properties"]["word"] for one in points] == ["生活照料、购物 · 营业中，到 24:00"]
    own = text(anybody.get(f"/merchants/{shop.provider_id}/"))
    assert '周一至周五 <span class="number">0:00–24:00</span>' in own
    assert '周六至周日 <span class="number">休息</span>' in own


def test_of_who_told_no_hours_nothing_is_said(anybody, shop):
    assert "营业中" not in text(anybody.get("/merchants/"))
    assert "营业时间" not in text(anybody.get(f"/merchants/{shop.provider_id}/"))
    assert "没有符合条件的商家" in text(anybody.get("/merchants/?open=1"))


def test_filters_leave_who_fits(anybody, shop, barber):
    def names(query):
        page = text(anybody.get(f"/merchants/?{query}"))
        return {one.provider.name for one in (shop, barber) if one.provider.name in page}

    assert names("") == {"样例便民超市", "样例理发店"}
    assert names("help=goods") == {"样例便民超市"}
    assert names("help=urgent") == set()
    assert names("q=理发") == {"样例理发店"}
    assert names("town=370799002") == {"样例便民超市"}
    assert names("help=nonsense&town=1&county=999999") == {"样例便民超市", "样例理发店"}


def test_the_nearest_come_first(anybody, shop, barber):
    page = text(anybody.get("/merchants/?near=370799001"))
    assert page.index("样例理发店") < page.index("样例便民超市")
    assert "公里" in page


def test_the_map_has_who_the_filters_leave(anybody, shop, barber):
    told = anybody.get("/merchants/places.json?help=goods&near=370799001").json()
    assert [one["properties"]["name"] for one in told["points"]] == ["样例便民超市"]
    assert told["points"][0]["properties"]["letter"] == "店"
    assert told["points"][0]["properties"]["address"].startswith(f"/merchants/{shop.provider_id}/")
    assert len(told["origin"]) == 2
    alone = anybody.get("/merchants/places.json?q=理发").json()["points"][0]["properties"]
    assert alone["letter"] == "活"


def test_who_may_not_take_the_card_today_is_not_shown(anybody, shop, barber):
    suspended(shop.provider)
    leave_partner(partner=barber, last_day=date(2026, 3, 9), because="搬走", at=AT, by="clerk")
    assert "没有符合条件的商家" in text(anybody.get("/merchants/"))
    assert anybody.get(f"/merchants/{shop.provider_id}/").status_code == 404
    assert anybody.get("/merchants/999/").status_code == 404


def test_who_only_waits_for_a_decision_is_not_shown(anybody):
    row = listed("样例便民超市", ["goods"])
    Partner.objects.filter(pk=row.pk).update(state="proposed", decided_by="")
    assert "这里还没有爱心商家" in text(anybody.get("/merchants/"))
    assert anybody.get("/merchants/places.json").status_code == 404


def test_a_complaint_may_be_about_a_merchant(anybody, home, shop):
    page = text(anybody.get(f"/complaint/new/?county={COUNTY}&provider={shop.provider_id}"))
    assert f'<option value="{shop.provider_id}" selected>样例便民超市' in page


def test_in_english_no_chinese_is_left_but_names(anybody, shop, barber):
    anybody.cookies["django_language"] = "en"
    set_discount(partner=shop, help="*", per_cent=10, least_fen=100, valid_from=SINCE, at=AT, by="clerk")
    set_hours(provider=shop.provider, week={1: "8:00-11:30 13:00-17:30", 5: "8:00-9:00"}, at=AT, by="manager")
    names = (shop.provider.name, barber.provider.name, shop.provider.address, *PLACES)
    for address in ("/merchants/?near=370799001", f"/merchants/{shop.provider_id}/", "/merchants/?help=urgent"):
        assert left_in_chinese(anybody.get(address), *names) == [], address


def test_a_long_list_costs_no_more_queries_than_a_short_one(shop, django_assert_max_num_queries):
    def more(count):
        known = Provider.objects.count()
        made = Provider.objects.bulk_create(
            Provider(
                kind="merchant",
                name=f"样例商家{number:04d}",
                credit_code=f"5237079{number:011d}",
                place=COUNTY,
                admitted_at=AT,
                longitude=122.85,
                latitude=36.21,
            )
            for number in range(known, known + count)
        )
        Partner.objects.bulk_create(
            Partner(
                provider=one,
                county=COUNTY,
                helps=["goods"],
                state="admitted",
                valid_from=SINCE,
                proposed_by="clerk",
                proposed_at=AT,
                decided_by="head",
                decided_at=AT,
            )
            for one in made
        )

    more(10)
    with django_assert_max_num_queries(9):
        Client().get("/merchants/?near=370799001")
    more(990)
    with django_assert_max_num_queries(9):
        response = Client().get("/merchants/?near=370799001&page=3")
    assert "第 41–60 家，共 1001 家" in text(response)
