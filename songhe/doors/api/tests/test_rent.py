"""The rent of aids over HTTP: what is drawn up, and the bills that charge it, once."""

from __future__ import annotations

from datetime import date
from uuid import uuid4

import pytest

from songhe.aid.rent import draw_up
from songhe.aid.tests import world as aids
from songhe.assessment.tests.world import at
from songhe.card.tests.world import LISHUI, MARCH
from songhe.doors.api.tests.conftest import problem, read
from songhe.provider.models import Listing
from songhe.redemption.models import Bill
from songhe.redemption.tests.test_card import funded

pytestmark = pytest.mark.django_db
APRIL = date(2026, 4, 2)


@pytest.fixture
def lender():
    made = aids.provider(county=LISHUI)
    Listing.objects.filter(provider=made).update(categories=["home"])
    return made


@pytest.fixture
def till(machine, lender):
    return machine("provider_manager", place=LISHUI, provider=lender.id)


def test_rent_is_listed_and_charged_once(till, lender):
    _, card = funded(5_000, allowed=("aids",), expiry="period_end", period_months=12)
    loan = aids.lent(lender, card.person, with_piece=aids.piece(lender, county=LISHUI))
    aids.back(loan, on=aids.TENTH)
    draw_up(county=LISHUI, month=MARCH, at=at(APRIL), on=APRIL, by="manager")
    (row,) = read(till.get(f"/aid-rents?county={LISHUI}"))["items"]
    assert (row["person"], row["days"], row["fee_fen"]) == (str(card.person_id), 9, 2_700)
    told, key = {"county": LISHUI, "person": str(card.person_id)}, uuid4()
    (bill,) = read(till.post("/aid-rents/charges", told, key=key))["bills"]
    assert (bill["purse_fen"], bill["self_fen"]) == (2_700, 0)
    assert read(till.post("/aid-rents/charges", told, key=key))["bills"] == [bill]
    assert problem(till.post("/aid-rents/charges", told, key=True))["type"] == "redemption.no_rent"
    assert Bill.objects.count() == 1


def test_who_did_not_lend_it_finds_nothing(machine, lender):
    other = machine("provider_manager", place=LISHUI, provider=aids.provider(county=LISHUI).id)
    loan = aids.lent(lender, funded()[1].person, with_piece=aids.piece(lender, county=LISHUI))
    told = {"county": LISHUI, "person": str(loan.person_id)}
    assert problem(other.post("/aid-rents/charges", told, key=True))["type"] == "redemption.no_rent"
    assert problem(other.post("/aid-rents/charges", told | {"provider": lender.id}, key=True))["type"] == (
        "redemption.unknown_provider"
    )
