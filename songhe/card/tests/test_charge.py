from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from songhe.card.models import Card, Charge, Purse
from songhe.card.tests.world import (
    FIRST,
    LISHUI,
    MARCH,
    TENTH,
    in_fund,
    left,
    made_card,
    made_fund,
    purse,
    put_in,
    run_charge,
    run_expire,
    spend,
)
from songhe.kernel.month import Month
from songhe.kernel.refusal import Refusal
from songhe.ledger.check import check
from songhe.person.models import Person

pytestmark = pytest.mark.django_db

SERVICE, CARE = "card_service_low_income", "card_care_low_income_severe"
BOTH = {SERVICE: "1/1", CARE: "1/1"}
APRIL = Month(2026, 4)


def test_gives_each_card_what_its_standards_come_to():
    fund = made_fund(rates=BOTH, amount_fen=1_000_000)
    one, both, none = made_card(SERVICE), made_card(SERVICE, CARE), made_card()
    done = run_charge(fund)
    assert (done.purses, done.fen, done.waiting) == (2, 75_000, 0)
    assert (left(one, fund), left(both, fund), purse(none, fund)) == (12_500, 62_500, None)
    assert in_fund(fund) == 925_000
    held = purse(one, fund)
    assert (held.period, held.valid_from, held.valid_to) == ("2026-03", FIRST, date(2026, 3, 31))
    assert Charge.objects.get(county=LISHUI, purse=held).pack == "331199/love-card/2024"
    assert list(check()) == []


def test_run_again_or_in_small_slices_it_is_the_same():
    fund = made_fund(rates=BOTH)
    cards = [made_card(SERVICE) for _ in range(7)]
    assert run_charge(fund, chunk=2).purses == 7
    before = list(Purse.objects.filter(county=LISHUI).order_by("id").values())
    assert run_charge(fund).purses == 0
    assert list(Purse.objects.filter(county=LISHUI).order_by("id").values()) == before
    assert {left(card, fund) for card in cards} == {12_500}
    assert list(check()) == []


def test_gives_in_the_order_of_cards_while_the_fund_holds_and_the_rest_when_money_comes():
    fund = made_fund(rates=BOTH, amount_fen=30_000)
    cards = [made_card(SERVICE) for _ in range(3)]
    done = run_charge(fund)
    assert (done.purses, done.waiting) == (2, 1)
    assert [left(card, fund) for card in cards] == [12_500, 12_500, 0]
    put_in(fund, 10_000)
    assert run_charge(fund, on=TENTH).purses == 1
    assert in_fund(fund) == 2_500


def test_money_that_never_lapses_and_money_of_a_period_add_up_in_one_purse():
    never = made_fund(rates={SERVICE: 1_000}, expiry="never")
    quarter = made_fund(rates={SERVICE: 2_000}, expiry="period_end", period_months=3)
    card = made_card(SERVICE)
    for month in (MARCH, APRIL):
        run_charge(never, month=month)
        run_charge(quarter, month=month)
    assert left(card, never) == 2_000
    assert [p.period for p in Purse.objects.filter(county=LISHUI, fund=quarter).order_by("period")] == [
        "2026-01",
        "2026-04",
    ]
    assert list(check()) == []


def test_gives_nothing_to_the_dead_the_closed_other_places_and_other_classes():
    village = made_fund(
        source="collective", level="village", place=f"{LISHUI}001001", rates={SERVICE: 500}, classes=(1, 2)
    )
    dead = made_card(SERVICE)
    Person.rows.filter(county=LISHUI, id=dead.person_id).update(died_on=date(2026, 2, 27))
    closed = made_card(SERVICE)
    Card.objects.filter(county=LISHUI, id=closed.id).update(state="closed", closed_on=FIRST)
    elsewhere, third, here = (
        made_card(SERVICE, place=f"{LISHUI}001002"),
        made_card(SERVICE, card_class=3),
        made_card(SERVICE, card_class=2),
    )
    assert run_charge(village).purses == 1
    assert left(here, village) == 500
    assert not Purse.objects.filter(county=LISHUI, card__in=[dead, closed, elsewhere, third]).exists()


def test_levels_that_share_a_standard_pay_it_to_the_fen_together():
    province = made_fund(level="province", place="330000", rates={SERVICE: "1/3"})
    city = made_fund(level="city", place="331100", rates={SERVICE: "1/3"})
    county = made_fund(rates={SERVICE: "1/3"})
    card = made_card(SERVICE)
    for fund in (county, city, province):
        run_charge(fund)
    assert [left(card, fund) for fund in (province, city, county)] == [4_166, 4_167, 4_167]


def test_what_was_not_used_goes_back_to_its_fund_and_nothing_expires_twice():
    fund = made_fund(rates=BOTH, amount_fen=100_000)
    card, other = made_card(SERVICE), made_card(SERVICE)
    run_charge(fund)
    spend(card, fund, 2_500)
    assert run_expire(fund, date(2026, 3, 31)).purses == 0
    done = run_expire(fund, date(2026, 4, 1), chunk=1)
    assert (done.purses, done.fen) == (2, 22_500)
    assert (left(card, fund), left(other, fund), in_fund(fund)) == (0, 0, 97_500)
    assert run_expire(fund, date(2026, 4, 1)).purses == 0
    assert run_charge(fund, month=APRIL).purses == 2
    assert list(check()) == []


def test_refuses_other_months_and_funds_that_are_not_charged():
    fund = made_fund(rates=BOTH)
    for on in (date(2026, 2, 28), date(2026, 4, 1)):
        with pytest.raises(Refusal) as refused:
            run_charge(fund, on=on)
        assert refused.value.code == "card.not_that_month"
    with pytest.raises(Refusal) as refused:
        run_charge(made_fund())
    assert refused.value.code == "card.nothing_to_charge"


def test_the_statements_are_as_many_for_ten_cards_as_for_one():
    counted = []
    fund = made_fund(rates=BOTH)
    for cards in (1, 10):
        for _ in range(cards):
            made_card(SERVICE)
        with CaptureQueriesContext(connection) as statements:
            run_charge(fund)
        counted.append(len(statements))
    assert counted[1] <= counted[0]
