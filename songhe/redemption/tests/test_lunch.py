"""At the canteen a card is swiped once: the meal is served and paid, or neither."""

from __future__ import annotations

from datetime import date

import pytest

from songhe.assessment.tests.world import at
from songhe.card import open as cards
from songhe.card.tests.world import FIRST, LISHUI, TENTH, left, made_fund, top_up
from songhe.kernel.refusal import Refusal
from songhe.meal.models import Booking
from songhe.meal.models import Line as MealLine
from songhe.meal.tests import world as meals
from songhe.person.models import Medium
from songhe.provider.models import Listing
from songhe.redemption.lunch import bills_of_meals, serve_and_charge, take_back
from songhe.redemption.models import Bill

pytestmark = pytest.mark.django_db
NOON = at(TENTH, 12)


@pytest.fixture
def menu(monkeypatch):
    monkeypatch.setattr(meals, "COUNTY", LISHUI)
    monkeypatch.setattr(meals, "PLACE", f"{LISHUI}001001")
    found = meals.menu()
    Listing.objects.create(
        provider=found.point.provider,
        county=LISHUI,
        categories=["home"],
        valid_from=FIRST,
        listed_by="a",
        approved_by="b",
    )
    return meals.serving(found)


@pytest.fixture
def family(db):
    return made_fund(source="family", expiry="never")


def holder(fen=5_000, years=85):
    card = cards.open_card(
        person=meals.of_age(years, county=LISHUI), attributes=cards.Attributes(), at=at(FIRST), on=FIRST, by="clerk"
    )
    if fen:
        top_up(card, fen)
    return card


def swipe(menu, card, **differently):
    told = {"shown": card.medium.number, "confirmed_by": "staff", "at": NOON, "on": TENTH, "by": "till"}
    return serve_and_charge(menu=menu, **(told | differently))


def refused(code, menu, card, **differently):
    with pytest.raises(Refusal) as refusal:
        swipe(menu, card, **differently)
    assert refusal.value.code == code


def test_who_walks_in_eats_and_pays_with_one_swipe(family, menu):
    card = holder()
    eaten = swipe(menu, card)
    assert (eaten.booking.state, eaten.booking.walked_in) == ("served", True)
    assert (eaten.bill.fee_fen, eaten.bill.other_fen, eaten.bill.purse_fen, eaten.bill.self_fen) == (1000, 600, 400, 0)
    assert left(card, family) == 4_600


def test_who_booked_gets_that_meal(family, menu):
    card = holder()
    row = Booking.objects.get(id=meals_booked(menu, card).id)
    assert swipe(menu, card).booking.id == row.id


def meals_booked(menu, card):
    menu.state = "open"
    menu.save(update_fields=["state"])
    made = meals.booked(menu, card.person)
    menu.state = "serving"
    menu.save(update_fields=["state"])
    return made


def test_what_the_card_does_not_reach_is_paid_in_cash(family, menu):
    assert swipe(menu, holder(300)).bill.self_fen == 100


def test_a_second_swipe_charges_nothing_and_says_when_the_meal_was_eaten(family, menu):
    card = holder()
    swipe(menu, card)
    refused("redemption.already_eaten", menu, card)
    assert (Bill.objects.count(), left(card, family)) == (1, 4_600)


def test_who_cannot_be_charged_is_not_served(family, menu):
    card = holder()
    cards.freeze(card=card, because="核实", at=at(TENTH), by="clerk")
    refused("card.frozen", menu, card)
    person = meals.of_age(85, county=LISHUI)
    Medium.objects.create(county=LISHUI, person=person, kind="card", number="C88", valid_from=date(2026, 3, 1))
    refused("redemption.no_voucher", menu, card, shown="C88")
    refused("person.medium_not_confirmed", menu, card, confirmed_by="")
    assert not Booking.objects.exists()
    assert not Bill.objects.exists()


def test_taking_it_back_gives_the_money_back_and_the_meal_was_not_eaten(family, menu):
    card = holder()
    eaten = swipe(menu, card)
    assert bills_of_meals(county=LISHUI, bookings=[eaten.booking]) == {eaten.booking.id: eaten.bill}
    row = take_back(booking=eaten.booking, because="刷错人", at=NOON, on=TENTH, by="till")
    assert (row.state, left(card, family)) == ("cancelled", 5_000)
    menu.refresh_from_db()
    assert menu.taken == 0
    assert Bill.objects.get().state == "reversed"
    assert MealLine.objects.exclude(billed_line=None).count() == 0
    swipe(menu, card)
    assert left(card, family) == 4_600
