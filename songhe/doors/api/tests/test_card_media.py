"""Media and holds of the card over HTTP: a printed code with its PIN pays once; an order is held, paid, cancelled."""

from __future__ import annotations

import pytest

from songhe.card import pin
from songhe.card.models import Pin
from songhe.card.tests.world import LISHUI, TENTH, at, left, made_card, made_fund, top_up
from songhe.doors.api.tests.conftest import problem, read
from songhe.person import code
from songhe.redemption.tests.test_card import shop

pytestmark = pytest.mark.django_db

SECRET = "836195"
KEY = "5f0c2a9e-7d0b-4b0e-9a67-3a1d6f1f6c55"


@pytest.fixture
def family(practice):
    return made_fund(source="family", expiry="never")


@pytest.fixture
def till(machine, family):
    who, _partner = shop("goods")
    return machine("provider_manager", place=LISHUI, provider=who.id)


def bill(medium, **more):
    lines = [{"item": "goods", "service_on": str(TENTH), "fee_fen": 1_000}]
    return {"medium": code.printed(medium), "lines": lines, **more}


def test_paper_and_pin_pay_once_for_a_key(till, family):
    card = made_card()
    top_up(card, 5_000)
    medium = pin.print_code(card=card, pin=SECRET, at=at(TENTH), on=TENTH, by="clerk")
    assert (
        problem(till.post("/redemptions", bill(medium, confirmed_by="staff"), key=True))["type"] == "person.pin_needed"
    )
    wrong = problem(till.post("/redemptions", bill(medium, pin="492716"), key=True))
    assert (wrong["type"], Pin.objects.get(medium=medium).wrong) == ("card.pin_wrong", 1)
    first, second = (read(till.post("/redemptions", bill(medium, pin=SECRET), key=KEY)) for _ in range(2))
    assert first == second
    assert (first["purse_fen"], left(card, family)) == (1_000, 4_000)
    assert Pin.objects.get(medium=medium).wrong == 0


def test_an_order_is_held_handed_over_and_read_on_the_card(till, machine, family):
    card = made_card()
    top_up(card, 5_000)
    told = {"medium": card.medium.number, "confirmed_by": "staff", "item": "goods", "fee_fen": 3_000}
    told |= {"last_day": "2026-03-20", "words": "老花镜"}
    first, second = (read(till.post("/orders", told, key=KEY)) for _ in range(2))
    assert first == second
    assert (first["state"], first["held_fen"], left(card, family)) == ("held", 3_000, 2_000)
    granny = machine("citizen", place=LISHUI, person=card.person_id, username="granny")
    held = read(granny.get(f"/cards/{card.no}/holds"))
    assert (held["held_fen"], held["items"][0]["order"]) == (3_000, first["no"])
    assert [one["no"] for one in read(till.get("/orders?state=held"))["items"]] == [first["no"]]
    shown = {"medium": card.medium.number, "confirmed_by": "staff"}
    bill = read(till.post(f"/orders/{first['no']}/hand-over", shown, key=True))
    assert (bill["purse_fen"], left(card, family)) == (3_000, 2_000)
    assert read(till.get(f"/orders/{first['no']}"))["bill_no"] == bill["no"]
    again = problem(till.post(f"/orders/{first['no']}/cancel", {"reason": "不要了"}))
    assert again["type"] == "card.order_over"


def test_a_cancelled_order_is_on_the_card_again_and_another_providers_is_not_there(till, machine, family):
    card = made_card()
    top_up(card, 5_000)
    told = {"medium": card.medium.number, "confirmed_by": "staff", "item": "goods", "last_day": "2026-03-20"}
    made = read(till.post("/orders", told, key=True))
    other = machine("provider_manager", place=LISHUI, provider=shop("goods")[0].id, username="other")
    assert problem(other.get(f"/orders/{made['no']}"))["type"] == "card.order_unknown"
    assert read(other.get("/orders"))["items"] == []
    ended = read(till.post(f"/orders/{made['no']}/cancel", {"reason": "不要了"}))
    assert (ended["state"], ended["reason"], left(card, family)) == ("released", "不要了", 5_000)
