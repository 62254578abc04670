"""A machine at a till takes cards of the counties that its own county has an agreement with, and sees those bills."""

from __future__ import annotations

from datetime import date

import pytest

from songhe.assessment.tests.world import at
from songhe.card.tests.world import LISHUI, left
from songhe.doors.api.tests.conftest import problem, read
from songhe.provider.agreement import end_agreement
from songhe.redemption.tests.test_card import funded
from songhe.settlement.tests.clearing import NEXT_DOOR, agreed, canteen_there
from songhe.trail.models import Entry


@pytest.fixture
def purse(practice):
    """A fund, and the card that it filled a purse of."""
    return funded()


@pytest.fixture
def card(purse):
    return purse[1]


@pytest.fixture
def shop(practice):
    return canteen_there()


@pytest.fixture
def till(machine, shop):
    return machine("provider_manager", provider=shop.id, place=NEXT_DOOR)


def lunch(card, **more):
    line = {"item": "lunch", "service_on": "2026-03-10", "fee_fen": 1_000}
    return {"medium": card.medium.number, "confirmed_by": "elder", "lines": [line], **more}


def test_a_card_of_the_other_county_pays_and_its_bill_is_seen(till, card, shop):
    agreed()
    made = read(till.post("/redemptions", lunch(card), key=True))
    assert (made["county"], made["provider"], made["purse_fen"]) == (LISHUI, shop.id, 1_000)
    assert read(till.get(f"/redemptions/{made['no']}"))["purses"][0]["amount_fen"] == 1_000
    assert [each["no"] for each in read(till.get("/redemptions"))["items"]] == [made["no"]]


def test_what_was_charged_by_mistake_is_reversed_from_there(till, card, purse):
    agreed()
    before = left(card, purse[0])
    made = read(till.post("/redemptions", lunch(card), key=True))
    assert left(card, purse[0]) == before - 1_000
    read(till.post(f"/redemptions/{made['no']}/reversals", {"reason": "刷错了"}))
    assert left(card, purse[0]) == before


def test_without_an_agreement_the_card_is_not_known_and_that_it_was_tried_is_noted_at_its_home(till, card):
    assert problem(till.post("/redemptions", lunch(card), key=True))["type"] == "person.medium_unknown"
    assert Entry.objects.filter(county=LISHUI, act="door.out_of_reach").count() == 1


def test_after_an_agreement_has_ended_nothing_is_charged_and_earlier_bills_stay_to_be_seen(till, card):
    agreement = agreed()
    made = read(till.post("/redemptions", lunch(card), key=True))
    end_agreement(agreement=agreement, last_day=date(2026, 3, 9), because="到期", at=at(date(2026, 3, 10)), by="clerk")
    assert problem(till.post("/redemptions", lunch(card), key=True))["type"] == "redemption.provider_not_listed"
    assert read(till.get(f"/redemptions/{made['no']}"))["no"] == made["no"]


def test_another_provider_there_sees_none_of_it(machine, till, card, shop):
    agreed()
    made = read(till.post("/redemptions", lunch(card), key=True))
    other = canteen_there()
    beside = machine("provider_manager", username="beside", provider=other.id, place=NEXT_DOOR)
    assert problem(beside.get(f"/redemptions/{made['no']}"))["type"] == "redemption.unknown_bill"
    assert read(beside.get("/redemptions"))["items"] == []
