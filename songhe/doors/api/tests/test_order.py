"""Ordering from home over HTTP: a quote, the order by the holder or a proxy, the provider's answer, the bill."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from songhe.card.hold_queries import held_fen
from songhe.card.models import ItemOrder
from songhe.card.tests import world
from songhe.card.tests.world import JINDONG, TENTH, at
from songhe.doors.api.tests.conftest import problem, read
from songhe.examine.models import Steering
from songhe.provider.models import Price
from songhe.redemption.tests.test_card import shop, sold
from songhe.service.models import Visit

pytestmark = pytest.mark.django_db

KEY = "5f0c2a9e-7d0b-4b0e-9a67-3a1d6f1f6c55"


@pytest.fixture
def card(practice, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    world.made_fund(county=JINDONG, source="family", expiry="never")
    made = world.made_card(county=JINDONG)
    world.top_up(made, 5_000)
    return made


@pytest.fixture
def granny(machine, card):
    return machine("citizen", place=JINDONG, person=card.person_id, username="granny")


@pytest.fixture
def cleaner(card):
    who, item = shop("cleaning", county=JINDONG)[0], sold("clean-room", "cleaning", "visit")
    Price.objects.create(provider=who, item=item, price_fen=4_000, valid_from=date(2025, 1, 1))
    return who


@pytest.fixture
def till(machine, cleaner):
    return machine("provider_manager", place=JINDONG, provider=cleaner.id, username="till")


def wish(**more):
    told = {"item": "clean-room", "wanted_on": str(TENTH + timedelta(days=2)), "quantity": 2}
    return {**told, "address": "多湖街道 1 号", **more}


def ordered(caller, card, **more):
    got = read(caller.post(f"/cards/{card.no}/orders/quote", wish(**more)))
    body = wish(fee_fen=got["fee_fen"], held_fen=got["held_fen"], **more)
    return caller.post(f"/cards/{card.no}/orders", body, key=KEY)


def test_it_is_quoted_ordered_once_accepted_and_charged_by_the_record(granny, card, cleaner, till):
    got = read(granny.post(f"/cards/{card.no}/orders/quote", wish(provider=cleaner.id)))
    assert (got["fee_fen"], got["held_fen"], got["own_fen"], len(got["parts"])) == (8_000, 5_000, 3_000, 1)
    assert held_fen(card) == 0
    body = wish(provider=cleaner.id, fee_fen=8_000, held_fen=5_000)
    first, second = (read(granny.post(f"/cards/{card.no}/orders", body, key=KEY)) for _ in range(2))
    assert (first, first["accepted"], first["made_by"]) == (second, False, "elder")
    assert ItemOrder.objects.count() == 1
    no = first["no"]
    assert read(till.post(f"/orders/{no}/accept"))["accepted"] is True
    assert problem(till.post(f"/orders/{no}/accept"))["type"] == "card.order_accepted"
    day = TENTH
    visit = Visit.objects.create(
        county=JINDONG,
        person=card.person,
        provider=cleaner,
        item=sold("clean-room", "cleaning"),
        kind="visit",
        service_on=day,
        quantity=2,
        verdict="pass",
        recorded_by="carer",
        recorded_at=at(day),
    )
    both = {"visit": str(visit.id), "medium": card.medium.number}
    assert problem(till.post(f"/orders/{no}/hand-over", both, key=True))["type"] == "redemption.how_identified"
    bill = read(till.post(f"/orders/{no}/hand-over", {"visit": str(visit.id)}, key=True))
    assert read(till.get(f"/orders/{no}"))["bill_no"] == bill["no"]
    assert held_fen(card) == 0


def test_without_a_provider_the_county_s_order_of_merit_chooses(granny, card, cleaner):
    made = read(ordered(granny, card))
    assert (made["made_by"], made["provider"]) == ("county", cleaner.id)
    assert Steering.objects.filter(county=JINDONG, way="first").count() == 1


def test_it_is_taken_back_or_declined_with_a_reason(granny, card, cleaner, till):
    made = read(ordered(granny, card, provider=cleaner.id))
    back = read(granny.post(f"/cards/{card.no}/orders/{made['no']}/cancel", {"reason": "不要了"}))
    assert (back["state"], back["declined"], back["address"], held_fen(card)) == ("released", False, "", 0)
    body = wish(provider=cleaner.id, fee_fen=8_000, held_fen=5_000)
    second = read(granny.post(f"/cards/{card.no}/orders", body, key=True))
    gone = read(till.post(f"/orders/{second['no']}/cancel", {"reason": "没有人手"}))
    assert (gone["declined"], gone["reason"], held_fen(card)) == (True, "没有人手", 0)
    assert problem(till.post(f"/orders/{second['no']}/accept"))["type"] == "card.order_over"


def test_what_changed_since_the_quote_is_refused(granny, card, cleaner):
    body = wish(provider=cleaner.id, fee_fen=7_000, held_fen=5_000)
    assert problem(granny.post(f"/cards/{card.no}/orders", body, key=True))["type"] == "card.order_changed"
    assert not ItemOrder.objects.exists()


def test_nobody_else_orders_with_the_card(machine, granny, card, cleaner, till):
    clerk = machine("county_clerk", place=JINDONG, username="clerk")
    assert problem(clerk.post(f"/cards/{card.no}/orders/quote", wish()))["type"] == "door.not_allowed"
    other = machine("citizen", place=JINDONG, person=world.made_card(county=JINDONG).person_id, username="other")
    assert problem(other.post(f"/cards/{card.no}/orders/quote", wish()))["type"] == "card.unknown"
    assert till.post(f"/cards/{card.no}/orders/quote", wish()).status_code == 403
    made = read(ordered(granny, card, provider=cleaner.id))
    rival = machine("provider_manager", place=JINDONG, provider=shop("cleaning", county=JINDONG)[0].id, username="r")
    assert problem(rival.post(f"/orders/{made['no']}/accept"))["type"] == "card.order_unknown"
    mine = world.made_card(county=JINDONG)
    assert mine.no != card.no
    gone = granny.post(f"/cards/{card.no}/orders/{'1' * 24}/cancel", {"reason": "不要了"})
    assert problem(gone)["type"] == "card.order_unknown"
