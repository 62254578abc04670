"""Media of the card over HTTP: a printed code with its PIN pays once, and wrong tries are counted."""

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
