"""Produce is weighed by one and witnessed by another; the county's schemes and price lists take two people."""

from __future__ import annotations

from datetime import date

import pytest

from songhe.assessment.tests.world import COUNTY, at, elder
from songhe.credit.models import Deed, Rate, Scheme
from songhe.credit.scheme import end_scheme
from songhe.credit.spend import held
from songhe.credit.tests import world
from songhe.doors.public.tests.test_english import left_in_chinese
from songhe.doors.staff.tests.reading import form_for, forms, send, text
from songhe.person.medium import issue
from songhe.person.search import lay
from songhe.place.models import Division
from songhe.proposal.models import Proposal
from songhe.trail.models import Entry

pytestmark = pytest.mark.django_db

PAGE, STATION = "/staff/credits/", "/staff/credits/weigh/"


@pytest.fixture
def granny(practice):
    made = elder(name="王秀兰")
    lay([made])
    return made


@pytest.fixture
def scheme(practice):
    made = world.scheme()
    world.rate(made)
    return made


@pytest.fixture
def kitchen(practice):
    return world.provider()


@pytest.fixture
def cook(enter, kitchen):
    return enter("cook", "carer", provider=kitchen.pk)


def brought(client, person, **told):
    page = f"{STATION}{person.id}/"
    _address, hidden = form_for(client.get(page), page)
    rate = Rate.objects.get(code="greens")
    told = {"kind": "weigh", "rate": str(rate.id), "weight": "15", "scale": "jin", "done_on": "2026-03-10", **told}
    return client.post(page, {**hidden, **told}, follow=True)


def test_one_weighs_and_another_witnesses(clerk, enter, granny, scheme):
    found = clerk.post(STATION, {"typed": "王秀兰"}, follow=True)
    assert found.redirect_chain[-1][0] == f"{STATION}{granny.id}/"
    page = text(brought(clerk, granny))
    for words in ("7.5 公斤", "¥45.00", "请另一个人见证"):
        assert words in page, words
    deed = Deed.objects.get()
    assert held(county=COUNTY, person_id=granny.id, on=world.TENTH) == []
    address = f"{PAGE}deeds/{deed.id}/"
    assert f"{address}witness/" not in forms(clerk.get(address))
    other = enter("second", "county_clerk")
    assert "王秀兰" in text(other.get(STATION))
    assert "积分已到账" in text(other.get(send(other, address, "witness/").url))
    (has,) = held(county=COUNTY, person_id=granny.id, on=world.TENTH)
    assert has.units == 4_500


def test_who_weighed_is_no_witness_even_by_hand(clerk, granny, scheme):
    brought(clerk, granny)
    deed = Deed.objects.get()
    answer = clerk.post(f"{PAGE}deeds/{deed.id}/witness/", {"key": "0b8f1f1e-0000-4000-8000-000000000001"})
    assert answer.status_code == 403
    assert Deed.objects.get().state == "told"


def test_a_kitchen_finds_a_stranger_by_the_card_alone(cook, kitchen, granny, scheme):
    assert "没有找到" in text(cook.post(STATION, {"typed": "王秀兰"}))
    assert cook.get(f"{STATION}{granny.id}/").status_code == 404
    assert Entry.objects.filter(act="door.out_of_reach").count() == 1
    issue(person=granny, kind="card", number="SBK20260001", on=world.FIRST, at=at(world.FIRST), by="clerk")
    page = cook.post(STATION, {"typed": "SBK20260001"}, follow=True)
    assert "王秀兰" in text(page)
    brought(cook, granny)
    assert Deed.objects.get().provider_id == kitchen.pk


def test_what_was_not_so_and_what_was_a_mistake_is_said_why(clerk, enter, granny, scheme):
    other = enter("second", "county_clerk")
    brought(clerk, granny)
    first = Deed.objects.get()
    address = f"{PAGE}deeds/{first.id}/"
    assert send(other, address, "decline/", because="").status_code == 422
    assert send(other, address, "decline/", because="没有看到").status_code == 302
    second = world.seen(world.weighed(scheme, granny))
    address = f"{PAGE}deeds/{second.id}/"
    assert send(other, address, "undo/", because="称错了").status_code == 302
    assert [one.state for one in Deed.objects.order_by("told_at")] in (["declined", "undone"], ["undone", "declined"])
    assert held(county=COUNTY, person_id=granny.id, on=world.TENTH) == []


def test_a_kitchen_undoes_nothing(cook, kitchen, granny, scheme):
    deed = world.seen(world.weighed(scheme, granny, provider=kitchen))
    address = f"{PAGE}deeds/{deed.id}/"
    assert f"{address}undo/" not in forms(cook.get(address))
    assert cook.post(f"{address}undo/", {"because": "x"}).status_code == 403


@pytest.mark.parametrize("weight", ["", "abc", "0", "-3", "0.0001", "NaN", "1e9"])
def test_a_weight_is_a_weight(clerk, granny, scheme, weight):
    assert brought(clerk, granny, weight=weight).status_code == 422
    assert not Deed.objects.exists()


def test_work_is_told_as_times(clerk, granny, scheme):
    row = world.cleaning(scheme)
    page = f"{STATION}{granny.id}/"
    _address, hidden = form_for(clerk.get(page), page)
    told = {**hidden, "kind": "work", "rate": str(row.id), "quantity": "2", "done_on": "2026-03-10"}
    assert clerk.post(page, told).status_code == 302
    assert Deed.objects.get().quantity == 2


def test_a_scheme_and_its_prices_take_two_people(clerk, approver):
    told = {"name": "东山菜票", "code": "dongshan", "place": COUNTY, "unit": "ticket", "ticket": "6.42"}
    assert send(clerk, PAGE, "schemes/", **told, helps=["meals"], ceiling="500").status_code == 302
    assert not Scheme.objects.exists()
    row = Proposal.objects.get()
    assert f"{PAGE}proposals/{row.id}/approve/" not in forms(clerk.get(PAGE))
    assert send(approver, PAGE, "approve/").status_code == 302
    assert Scheme.objects.get().ticket_fen == 642
    rate = {"name": "打扫", "name_en": "Cleaning", "code": "clean", "measure": "time", "gives": "1", "per": "1"}
    sent = send(clerk, PAGE, "rates/", scheme="dongshan", valid_from="2026-03-10", **rate)
    assert sent.status_code == 302
    assert "打扫" in text(approver.get(PAGE))
    assert send(approver, PAGE, "approve/").status_code == 302
    assert Rate.objects.get().units == 1
    page = text(clerk.get(PAGE))
    assert "1 张餐票 / 1 次" in page
    assert "500 张餐票" in page


def test_the_books_stand_on_the_page_and_what_is_idle_lapses(clerk, approver, granny, scheme):
    world.seen(world.weighed(scheme, granny))
    assert "¥45.00" in text(clerk.get(PAGE))
    end_scheme(scheme=scheme, last_day=date(2026, 3, 9), at=at(world.TENTH), by="clerk")
    assert "王秀兰" in text(clerk.get(PAGE))
    assert not any(one.endswith("lapse/") for one in forms(clerk.get(PAGE)))
    assert "已失效" in text(approver.get(send(approver, PAGE, "lapse/", because="停用").url))
    assert not any(one.endswith("lapse/") for one in forms(approver.get(PAGE)))


def test_another_countys_credits_are_not_there(enter, granny, scheme):
    deed = world.weighed(scheme, granny)
    other = enter("elsewhere", "county_clerk", place="370703")
    assert other.get(f"{PAGE}deeds/{deed.id}/").status_code == 404
    assert other.get(f"{STATION}{granny.id}/").status_code == 404
    assert "王秀兰" not in text(other.get(STATION))
    assert Entry.objects.filter(act="door.out_of_reach").count() == 2


def test_in_english_no_chinese_is_left_but_names(clerk, approver, enter, granny, scheme):
    world.cleaning(scheme)
    world.seen(world.weighed(scheme, granny))
    deed = world.weighed(scheme, granny, by="clerk")
    names = ("王秀兰", "以菜换餐", "clerk的名字", "second的名字", "山东省", "潍坊市", "样例县")
    names += tuple(Division.objects.filter(code__startswith=COUNTY).values_list("name", flat=True))
    other = enter("second", "county_clerk")
    for client, page in (
        (clerk, PAGE),
        (clerk, STATION),
        (clerk, f"{STATION}{granny.id}/"),
        (clerk, f"{PAGE}deeds/{deed.id}/"),
        (other, f"{PAGE}deeds/{deed.id}/"),
    ):
        client.cookies["django_language"] = "en"
        assert left_in_chinese(client.get(page), *names) == [], page


def test_queries_do_not_grow_with_deeds(clerk, scheme, django_assert_max_num_queries):
    for more in (2, 30):
        for _ in range(more):
            world.weighed(scheme)
            world.seen(world.weighed(scheme))
        with django_assert_max_num_queries(32):
            clerk.get(STATION)
        with django_assert_max_num_queries(36):
            clerk.get(PAGE)
