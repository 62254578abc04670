"""Faults of meals' parts: a village pays its part of a lunch out of its fund, and one thing of it is spoilt."""

from __future__ import annotations

from unittest import mock

from songhe.assessment.tests.world import at
from songhe.card import open as cards
from songhe.card.models import Draw
from songhe.card.tests.world import FIRST, LISHUI, TENTH, made_fund
from songhe.meal.tests import world as meals
from songhe.month.audit.tests.plants import change, plant
from songhe.provider.models import Listing
from songhe.redemption.lunch import serve_and_charge
from songhe.redemption.meal_parts import pay_meal_parts
from songhe.redemption.models import Line

NOON = at(TENTH, 12)


def part_paid() -> Draw:
    """Two yuan of a lunch, drawn from the village's fund."""
    terms = {"source": "collective", "level": "village", "expiry": "never", "allowed": ("meals",)}
    fund = made_fund(**terms)
    with mock.patch.multiple(meals, COUNTY=LISHUI, PLACE=f"{LISHUI}001001"):
        menu = meals.menu(delivers=False)
        meals.tariff(menu.item, point=menu.point, funds={"collective": fund.code})
        meals.serving(menu)
    point = menu.point
    told = {"county": LISHUI, "categories": ["home"], "valid_from": FIRST, "listed_by": "a", "approved_by": "b"}
    Listing.objects.create(provider=point.provider, **told)
    person = meals.of_age(85, county=LISHUI)
    card = cards.open_card(person=person, attributes=cards.Attributes(), at=at(FIRST), on=FIRST, by="clerk")
    shown = {"shown": card.medium.number, "confirmed_by": "staff"}
    serve_and_charge(menu=menu, at=NOON, on=TENTH, by="till", **shown)
    pay_meal_parts(county=LISHUI, at=NOON, on=TENTH, by="run")
    return Draw.objects.get(fund_id=fund.id)


@plant("card.part_differs", "card.level_not_conserved", "card.not_booked", held=True)
def a_part_of_more_than_the_tariff_says():
    draw = part_paid()
    change(draw, amount_fen=Line.objects.get(id=draw.about).other_fen + 1)


@plant("card.part_differs", held=True)
def a_part_for_somebody_who_did_not_eat():
    change(part_paid(), person_id=meals.of_age(80, county=LISHUI).id)
