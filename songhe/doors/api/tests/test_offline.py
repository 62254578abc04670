"""A device hands its slips in over HTTP: booked once, whatever is wrong answered slip by slip."""

from __future__ import annotations

from datetime import timedelta

import pytest

from songhe.assessment.tests.world import at
from songhe.doors.api.tests.conftest import DAY, problem, read
from songhe.offline.models import Slip, Trouble
from songhe.offline.tests.world import LISHUI, Till, canteen, funded, till
from songhe.redemption.models import Bill

EARLIER = at(DAY) - timedelta(hours=18)
pytestmark = pytest.mark.django_db


@pytest.fixture
def one(practice) -> Till:
    return till(canteen(), hours=72)


@pytest.fixture
def desk(machine, one):
    return machine("provider_manager", provider=one.device.provider_id, place=LISHUI)


def body(one, *sent):
    slips = [{"text": each.text, "signature": each.signature} for each in sent]
    return {"device": str(one.device.id), "slips": slips}


def test_slips_are_booked_once_and_answered_each(desk, one):
    _, card = funded()
    slips = [one.slip(card, 1_000, made=EARLIER), one.slip(card, 1_200, made=EARLIER)]
    answer = read(desk.post("/offline/slips", body(one, *slips)))
    assert [(each["counter"], each["state"], each["code"]) for each in answer["items"]] == [
        (1, "booked", ""),
        (2, "booked", "offline.short"),
    ]
    assert answer["items"][0]["bill_no"] == Bill.objects.order_by("id").first().no
    assert read(desk.post("/offline/slips", body(one, *slips))) == answer
    assert (Bill.objects.count(), Slip.objects.count(), Trouble.objects.count()) == (2, 2, 1)


def test_the_device_says_what_it_may_lose(desk, one):
    told = read(desk.get(f"/offline/devices/{one.device.id}"))
    assert (told["card_fen"], told["day_fen"], told["hours"]) == (3_000, 60_000, 72)
    assert told["most_until_deadline_fen"] == 240_000


def test_the_device_of_another_merchant_is_not_there(desk, one):
    other = till(canteen())
    _, card = funded()
    found = desk.post("/offline/slips", body(other, other.slip(card)))
    assert (found.status_code, problem(found)["type"].rpartition("/")[2]) == (404, "offline.unknown_device")
    found = desk.get(f"/offline/devices/{other.device.id}")
    assert (found.status_code, problem(found)["type"].rpartition("/")[2]) == (404, "offline.unknown_device")


def test_a_device_that_is_not_admitted_hands_nothing_in(machine, practice):
    waiting = till(admitted=False)
    _, card = funded()
    desk = machine("provider_manager", provider=waiting.device.provider_id, place=LISHUI)
    found = desk.post("/offline/slips", body(waiting, waiting.slip(card)))
    assert (found.status_code, problem(found)["type"].rpartition("/")[2]) == (409, "offline.not_admitted")
