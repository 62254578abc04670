"""A till takes cards of the counties that its own county has an agreement with, and finds whose card it is."""

from __future__ import annotations

import pytest

from songhe.card.tests.world import LISHUI
from songhe.doors.provider.asked import read_given
from songhe.doors.provider.desk import Desk
from songhe.person.models import Medium
from songhe.redemption.tests.test_card import bought, funded, pay
from songhe.settlement.served import bills_of
from songhe.settlement.tests.clearing import NEXT_DOOR, agreed, canteen_there

pytestmark = pytest.mark.django_db


def desk(who) -> Desk:
    return Desk(who, (who,), True)


def test_our_own_numbers_say_their_county_and_others_are_looked_for():
    _, card = funded()
    who = canteen_there()
    assert read_given(card.medium.number, desk(who)).county == NEXT_DOOR
    agreed()
    assert read_given(card.medium.number, desk(who)).county == LISHUI
    Medium.objects.filter(county=LISHUI, id=card.medium_id).update(number="A1B2C3D4E")
    assert read_given("a1b2c3d4e", desk(who)).county == LISHUI
    assert read_given("Z9Z9Z9Z9Z", desk(who)).county == NEXT_DOOR


def test_bills_of_other_counties_cards_stand_among_the_providers_own():
    agreed()
    _, card = funded()
    who = canteen_there()
    bill = pay(card, who, bought("lunch"))
    at_desk = desk(who)
    assert at_desk.homes == (LISHUI,)
    assert bill in bills_of(counties=(*at_desk.counties, *at_desk.homes), provider_id=who.id)
