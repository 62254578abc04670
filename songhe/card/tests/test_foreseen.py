"""What pages say beforehand is what then happens; the movements add up to what stands on the card."""

from datetime import date

import pytest

from songhe.card import foreseen, refund
from songhe.card.movements import of_month
from songhe.card.tests.world import (
    JINDONG,
    TENTH,
    at,
    left,
    made_card,
    made_fund,
    run_charge,
    run_expire,
    spend,
    top_up,
)
from songhe.kernel.month import Month

pytestmark = pytest.mark.django_db

MARCH, APRIL = Month(2026, 3), Month(2026, 4)


@pytest.fixture
def funds():
    family = made_fund(county=JINDONG, source="family", expiry="never")
    charity = made_fund(county=JINDONG, source="charity", expiry="never", matches=True)
    meals = made_fund(county=JINDONG, allowed=("meals",), rates={"card_class_2_old": 2_000})
    return family, charity, meals


@pytest.fixture
def card(funds):
    made = made_card("card_class_2_old", county=JINDONG, card_class=2)
    run_charge(funds[2])
    return made


def test_what_lapses_pays_first_and_the_familys_money_last(funds, card):
    family, charity, meals = funds
    top_up(card, 5_000)
    found = foreseen.in_paying_order(card, TENTH)
    assert [(one.fund.id, one.balance_fen, one.because) for one in found] == [
        (meals.id, 2_000, "lapses"),
        (charity.id, 3_000, "open"),
        (family.id, 5_000, "family_last"),
    ]
    assert found[0].allowed == {"meals"}
    assert found[1].allowed is None
    assert (found[0].lapses_on, found[2].lapses_on) == (date(2026, 3, 31), None)


@pytest.mark.parametrize("before", [0, 1_000, 5_000])
@pytest.mark.parametrize("fen", [1_000, 3_000, 10_000])
def test_the_match_that_is_foreseen_is_given(funds, card, before, fen):
    if before:
        top_up(card, before)
    said = foreseen.match_now(card, TENTH).of(fen)
    there = left(card, funds[1])
    top_up(card, fen)
    assert left(card, funds[1]) - there == said == min(fen, 3_000 - min(before, 3_000))


def test_an_empty_charity_matches_what_it_has_and_elsewhere_nothing_is_matched(funds, card):
    poor = made_card(county="331199")
    assert foreseen.match_now(poor, TENTH).of(5_000) == 0
    type(funds[1]).objects.filter(county=JINDONG, id=funds[1].id).update(closed_on=TENTH)
    made_fund(county=JINDONG, source="charity", expiry="never", matches=True, amount_fen=700)
    assert foreseen.match_now(card, TENTH).of(5_000) == 700


@pytest.mark.parametrize("spent", [0, 500, 3_000])
@pytest.mark.parametrize("part", [1, 1_000, 2_500, 10_000])
def test_what_a_refund_takes_back_is_what_was_said(funds, card, spent, part):
    charity = funds[1]
    row = top_up(card, 5_000)
    if spent:
        spend(card, charity, spent)
    most = foreseen.refundable(row).most_fen
    assert most == 5_000 - spent
    fen = min(part, most)
    said = foreseen.goes_back(row, fen)
    done = refund.refund(county=JINDONG, no=row.no, amount_fen=fen, because="退", at=at(TENTH), on=TENTH, by="d")
    assert done.back_fen == said


def test_what_the_family_has_spent_cannot_be_refunded(funds, card):
    row = top_up(card, 5_000)
    spend(card, funds[0], 4_000)
    assert foreseen.refundable(row).most_fen == 1_000


def test_every_yuan_of_a_month_has_its_reason_and_they_add_up(funds, card):
    family, charity, meals = funds
    row = top_up(card, 5_000)
    draw = spend(card, meals, 800)
    refund.refund(county=JINDONG, no=row.no, amount_fen=2_500, because="退", at=at(TENTH), on=TENTH, by="d")
    march = of_month(card, MARCH)
    assert {(one.kind, one.amount_fen) for one in march.movements} == {
        ("charge", 2_000),
        ("topup", 5_000),
        ("match", 3_000),
        ("draw", -800),
        ("refund", -2_500),
        ("match_back", -500),
    }
    assert (march.before_fen, march.after_fen) == (0, 6_200)
    paid = next(one for one in march.movements if one.kind == "draw")
    assert (paid.category, paid.service_on, paid.line) == ("meals", TENTH, draw.about)
    assert {one.number for one in march.movements if one.kind in {"topup", "match", "refund", "match_back"}} == {row.no}
    run_expire(meals, date(2026, 4, 1))
    april = of_month(card, APRIL)
    assert [(one.kind, one.amount_fen) for one in april.movements] == [("expire", -1_200)]
    assert (april.before_fen, april.after_fen, april.earlier, april.later) == (6_200, 5_000, MARCH, None)
    assert of_month(card, MARCH).later == APRIL
    assert april.after_fen == left(card, family) + left(card, charity)
    assert of_month(card, APRIL.next).earlier == APRIL


def test_a_month_is_read_with_a_bounded_number_of_statements(funds, card, django_assert_max_num_queries):
    for _ in range(30):
        top_up(card, 200)
    with django_assert_max_num_queries(12):
        assert len(of_month(card, MARCH).movements) > 45
