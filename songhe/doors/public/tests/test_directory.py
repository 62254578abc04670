"""Where vouchers count, what is left to pay, and how far it is."""

from datetime import date

import pytest
from django.test import Client

from songhe.county.key import new_id
from songhe.doors.public.map import ground, holds
from songhe.doors.public.tests.conftest import text
from songhe.doors.staff.tests.conftest import AT, COUNTY
from songhe.feedback.models import Rating
from songhe.month.sample.shape import villages
from songhe.provider.models import Listing, Price, Provider, Suspension
from songhe.redemption.models import Bill
from songhe.redemption.tests import world


def suspended(provider):
    return Suspension.objects.create(
        provider=provider, county=COUNTY, since=date(2026, 3, 1), because="整改", by="head", at=AT
    )


def rated(provider, *stars):
    person = world_person()
    for number in stars:
        bill = Bill.objects.create(
            county=COUNTY,
            no=str(new_id().int)[:24],
            person=person,
            provider=provider,
            month="2026-03",
            category="home",
            state="booked",
            fee_fen=0,
            identified_by="card",
            made_by="manager",
            handed_in_at=AT,
        )
        Rating.rows.create(county=COUNTY, bill=bill, provider=provider, person=person, stars=number, by="elder", at=AT)


def world_person():
    from songhe.assessment.tests.world import elder

    return elder()


def test_a_price_stands_beside_what_the_voucher_leaves(anybody, home):
    page = text(anybody.get("/directory/"))
    assert "样例康乐居家照料公司" in page
    assert "¥1,000.00" in page
    assert "¥500.00" in page


def test_the_cap_of_the_month_is_the_most_that_is_taken_off(anybody, home):
    Price.objects.filter(provider=home).update(price_fen=300_000)
    page = text(anybody.get(f"/directory/{home.pk}/"))
    assert "¥2,200.00" in page
    assert "每月最多 " in page


def test_filters_leave_who_fits(anybody, home, body):
    def names(query):
        page = text(anybody.get(f"/directory/?{query}"))
        return {one.name for one in (home, body) if one.name in page}

    assert names("") == {home.name, body.name}
    assert names("kind=assessment_body") == {body.name}
    assert names("group=home") == {home.name}
    assert names("group=institution_long") == set()
    assert names("town=370799002") == {home.name}
    assert names("q=明衡") == {body.name}
    assert names("kind=nonsense&group=x&town=1") == {home.name, body.name}


def test_the_nearest_come_first(anybody, home, body):
    page = text(anybody.get("/directory/?near=370799001"))
    assert page.index(body.name) < page.index(home.name)
    assert "公里" in page
    from_home = text(anybody.get("/directory/?near=36.211,122.846"))
    assert from_home.index(home.name) < from_home.index(body.name)
    assert "我的位置" in from_home


@pytest.mark.parametrize("near", ["91,200", "x,y", "370799999", "1"])
def test_a_place_that_is_none_gives_no_distance(anybody, home, near):
    assert "公里" not in text(anybody.get(f"/directory/?near={near}"))


def test_who_is_not_listed_today_is_not_shown(anybody, home):
    Listing.objects.filter(provider=home).update(valid_to=date(2026, 2, 28))
    assert home.name not in text(anybody.get("/directory/"))
    assert "已不在名单" in text(anybody.get(f"/directory/{home.pk}/"))


def test_a_suspension_is_said_without_its_reason(anybody, home):
    suspended(home)
    assert "暂停接收新服务" in text(anybody.get("/directory/"))
    page = text(anybody.get(f"/directory/{home.pk}/"))
    assert "暂停接收新的服务对象" in page
    assert "整改" not in page


def test_few_ratings_have_no_average(anybody, home):
    rated(home, 5, 4, 4, 5)
    assert "评价还不到 5 个" in text(anybody.get(f"/directory/{home.pk}/"))
    rated(home, 4)
    assert "4.4" in text(anybody.get(f"/directory/{home.pk}/"))


def test_own_pay_is_said_to_be_so(anybody, home):
    Price.objects.create(
        provider=home, item=world.item("repair", in_scope=False), price_fen=6000, valid_from=date(2025, 1, 1)
    )
    assert "不能抵扣" in text(anybody.get(f"/directory/{home.pk}/"))


def test_the_map_has_the_ground_and_who_the_filters_leave(anybody, home, body):
    told = anybody.get("/directory/places.json?kind=assessment_body&near=370799001").json()
    assert [one["properties"]["name"] for one in told["points"]] == [body.name]
    assert told["ground"]["invented"] is True
    assert len(told["origin"]) == 2


def test_the_invented_ground_holds_every_village_of_its_town():
    drawn = ground(COUNTY)
    assert drawn is not None
    for village in villages():
        town = drawn.town_of(village.longitude, village.latitude)
        assert town is not None
        assert town.code == village.town


def test_a_ring_holds_what_is_inside_it():
    square = ((0.0, 0.0), (2.0, 0.0), (2.0, 2.0), (0.0, 2.0))
    assert holds(square, 1, 1)
    assert not holds(square, 3, 1)


def test_without_anybody_listed_the_page_says_so(anybody):
    assert "还没有开通" in text(anybody.get("/directory/"))
    assert anybody.get("/directory/places.json").status_code == 404
    assert anybody.get("/directory/999/").status_code == 404


def test_a_long_list_costs_no_more_queries_than_a_short_one(home, django_assert_max_num_queries):
    def more(count):
        made = Provider.objects.bulk_create(
            Provider(
                kind="community",
                name=f"样例机构{number:04d}",
                credit_code=f"5237079{number:011d}",
                place=COUNTY,
                admitted_at=AT,
                longitude=122.85,
                latitude=36.21,
            )
            for number in range(Provider.objects.count(), Provider.objects.count() + count)
        )
        Listing.objects.bulk_create(
            Listing(
                provider=one,
                county=COUNTY,
                categories=["home"],
                valid_from=date(2025, 1, 1),
                listed_by="clerk",
                approved_by="head",
            )
            for one in made
        )

    more(10)
    with django_assert_max_num_queries(11):
        Client().get("/directory/?near=370799001")
    more(990)
    with django_assert_max_num_queries(11):
        response = Client().get("/directory/?near=370799001&page=3")
    assert "第 41–60 家，共 1001 家" in text(response)
