"""What the month does for love cards: a death closes them."""

from datetime import date

import pytest

from songhe.card.models import Card
from songhe.card.tests.world import LISHUI, at, left, made_card, made_fund, run_charge
from songhe.month.follow import follow_deaths, verify
from songhe.person.event import report
from songhe.person.models import Person

pytestmark = pytest.mark.django_db

DIED, LATER = date(2026, 3, 12), date(2026, 3, 20)


def test_a_verified_death_closes_the_card_and_the_money_goes_back():
    fund = made_fund(rates={"card_class_2": 1_000})
    card, other = made_card("card_class_2"), made_card("card_class_2")
    run_charge(fund)
    told = report(
        person=card.person, kind="death", happened_on=DIED, source="家属", on=LATER, at=at(LATER), by="family"
    )
    verify(event=told, on=LATER, at=at(LATER), by="clerk")
    assert Card.objects.get(county=LISHUI, id=card.id).state == "closed"
    assert (left(card, fund), left(other, fund)) == (0, 1_000)


def test_a_death_that_nobody_carried_on_is_found_by_the_run():
    fund = made_fund(rates={"card_class_2": 1_000})
    card = made_card("card_class_2")
    run_charge(fund)
    Person.rows.filter(county=LISHUI, id=card.person_id).update(died_on=DIED)
    assert follow_deaths(county=LISHUI, on=LATER, at=at(LATER), by="run") == 1
    assert follow_deaths(county=LISHUI, on=LATER, at=at(LATER), by="run") == 0
    assert left(card, fund) == 0
