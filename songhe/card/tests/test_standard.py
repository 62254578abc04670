from datetime import date

import pytest

from songhe.assessment.tests.world import at, elder
from songhe.card import open
from songhe.card.models import Card, Standing
from songhe.card.standard import classify, monthly_amounts
from songhe.card.tests.test_fund import code_of
from songhe.card.tests.world import FIRST, LISHUI, TENTH, left, made_card, made_fund, run_charge
from songhe.kernel.month import Month
from songhe.person.models import Status

pytestmark = pytest.mark.django_db

SERVICE = "card_service_low_income"
APRIL_2, MAY_4 = date(2026, 4, 2), date(2026, 5, 4)


def opened(*kinds, **fields) -> Card:
    person = elder(county=LISHUI, **fields)
    for kind in kinds:
        has(person, kind)
    return open.open_card(person=person, attributes=open.Attributes(elder=True), at=at(FIRST), on=FIRST, by="clerk")


def has(person, kind, since=date(2025, 1, 1)):
    Status.objects.create(county=LISHUI, person=person, kind=kind, valid_from=since, source="民政", known_at=at(since))


def standing(card, month):
    rows = Standing.objects.filter(county=LISHUI, card=card, first_month__lte=month).order_by("standard")
    return [row.standard for row in rows if not row.last_month or row.last_month >= month]


def test_the_amounts_of_a_place_are_those_of_its_pack():
    rules = monthly_amounts(place=LISHUI, on=FIRST)
    assert (rules.amounts[SERVICE], rules.amounts["card_care_low_income_severe"]) == (12_500, 50_000)
    assert rules.pack == "331199/love-card/2024"


def test_a_card_follows_what_is_known_of_its_holder_and_is_charged_by_it():
    fund = made_fund(rates={SERVICE: "1/1"})
    card = opened("low_income", "service_subsidy")
    done = classify(card=card, on=FIRST, at=at(FIRST), by="clerk")
    assert (done.card_class, standing(card, "2026-03")) == (1, [SERVICE])
    run_charge(fund)
    assert left(card, fund) == 12_500
    classify(card=card, on=TENTH, at=at(TENTH), by="clerk")
    assert Standing.objects.filter(county=LISHUI, card=card).count() == 1


def test_everybody_else_is_in_class_3_a_very_old_person_in_2_and_a_helper_in_4():
    for fields, kinds, expected in (
        ({}, (), 3),
        ({"born": date(1940, 1, 1)}, (), 2),
        ({}, ("volunteer",), 4),
    ):
        card = opened(*kinds, **fields)
        assert classify(card=card, on=FIRST, at=at(FIRST), by="clerk").card_class == expected


def test_a_standard_that_is_no_longer_met_ends_and_may_come_again():
    card = opened("low_income", "service_subsidy")
    classify(card=card, on=FIRST, at=at(FIRST), by="clerk")
    Status.objects.filter(county=LISHUI, person=card.person, kind="low_income").update(valid_to=date(2026, 3, 31))
    classify(card=card, on=APRIL_2, at=at(APRIL_2), by="clerk")
    assert (standing(card, "2026-03"), standing(card, "2026-04")) == ([SERVICE], [])
    has(card.person, "low_income", since=date(2026, 5, 1))
    classify(card=card, on=MAY_4, at=at(MAY_4), by="clerk")
    assert standing(card, "2026-05") == [SERVICE]
    fund = made_fund(rates={SERVICE: "1/1"})
    assert run_charge(fund, month=Month(2026, 4)).purses == 0
    assert run_charge(fund, month=Month(2026, 5)).fen == 12_500


def test_refuses_a_closed_card_and_a_place_without_rules():
    card = made_card()
    Card.objects.filter(county=LISHUI, id=card.id).update(state="closed", closed_on=FIRST)
    assert code_of(lambda: classify(card=card, on=FIRST, at=at(FIRST), by="clerk")) == "card.closed_card"
    assert code_of(lambda: monthly_amounts(place="370799", on=FIRST)) in {"policy.not_in_force", "policy.unknown"}
