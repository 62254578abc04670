from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from songhe.assessment.tests.world import elder
from songhe.card.holders import holders, target_of
from songhe.card.models import Card
from songhe.card.tests.world import LISHUI, TENTH, made_card

pytestmark = pytest.mark.django_db

TOWN = f"{LISHUI}001"


def test_holders_are_counted_by_town_and_class_against_the_target_of_the_place():
    made_card(card_class=1, place=f"{TOWN}001")
    made_card(card_class=3, place=f"{TOWN}002")
    elder(county=LISHUI, place=f"{TOWN}001"), elder(county=LISHUI, place=f"{LISHUI}002001")
    elder(county=LISHUI, born=date(1966, 3, 11), place=f"{TOWN}001")
    found = holders(county=LISHUI, on=TENTH)
    first, second = found.towns
    assert (first.code, first.eligible, first.by_class, first.percent) == (TOWN, 3, {1: 1, 2: 0, 3: 1, 4: 0}, 66)
    assert (second.eligible, second.held, second.percent) == (1, 0, 0)
    assert (found.total.eligible, found.total.held) == (4, 2)
    assert found.target.percent == 60
    assert (found.wanted, found.lacking) == (3, 1)


def test_closed_cards_count_no_more_and_a_place_without_a_share_says_none():
    card = made_card(place=f"{TOWN}001")
    Card.objects.filter(county=LISHUI, id=card.id).update(state="closed", closed_on=TENTH)
    assert holders(county=LISHUI, on=TENTH).total.held == 0
    assert target_of("330703").holders == 2_000_000
    assert holders(county="330703", on=TENTH).wanted is None
    assert target_of("370799") is None


def test_two_statements_whatever_the_number():
    for number in range(12):
        made_card(place=f"{LISHUI}{number:03}001")
    with CaptureQueriesContext(connection) as asked:
        assert len(holders(county=LISHUI, on=TENTH).towns) == 12
    assert len(asked) == 2
