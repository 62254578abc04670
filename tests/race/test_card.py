"""Sixty-four top-ups at once never exceed the month's match; cards, charges and expiry at once lose no fen."""

from __future__ import annotations

import threading
from collections.abc import Callable
from contextlib import nullcontext, suppress
from datetime import date

import pytest
from django.db import IntegrityError, connection
from django.db.models import F, QuerySet, Sum

from songhe.card import match as match_module
from songhe.card import open as open_module
from songhe.card import refund, topup
from songhe.card.expire import expire
from songhe.card.models import Card, Draw, Fund, Match, MatchCount, Purse, TopUp
from songhe.card.tests.world import (
    JINDONG,
    LISHUI,
    TENTH,
    at,
    canteen,
    in_fund,
    left,
    made_card,
    made_fund,
    paid,
    run_charge,
    spend,
    top_up,
)
from tests.race.together import Outcome, attempts, refusals, sound, together

pytestmark = [pytest.mark.race, pytest.mark.slow, pytest.mark.usefixtures("alone", "own_database")]

CALLERS, CAP = 64, 3_000
STANDARD = "card_class_2"


def county() -> tuple[Fund, Fund, Card]:
    family = made_fund(county=JINDONG, source="family", expiry="never")
    charity = made_fund(county=JINDONG, source="charity", expiry="never", matches=True, amount_fen=1_000_000)
    return family, charity, made_card(county=JINDONG)


def paying(row: TopUp) -> Callable[[], TopUp]:
    return lambda: topup.take(paid=paid(row), at=at(TENTH), on=TENTH)


def orders(card: Card, count: int, amount_fen: int) -> list[TopUp]:
    return [topup.ask(card=card, amount_fen=amount_fen, at=at(TENTH), on=TENTH, by="daughter") for _ in range(count)]


def matched(card: Card) -> int:
    """What charity has really given for this card's top-ups and not taken back."""
    mine = Match.objects.filter(county=card.county, purse__card=card)
    sums = mine.aggregate(given=Sum("amount_fen"), back=Sum("back_fen"))
    return (sums["given"] or 0) - (sums["back"] or 0)


# --- the month's cap -------------------------------------------------------------------------------------------------


def test_sixty_four_top_ups_at_once_are_matched_by_the_cap_and_not_a_fen_more():
    family, charity, card = county()
    outcomes = together(*[paying(row) for row in orders(card, CALLERS, 700)])
    assert refusals(outcomes) == {}
    assert (left(card, family), left(card, charity), in_fund(charity)) == (CALLERS * 700, CAP, 1_000_000 - CAP)
    assert matched(card) == MatchCount.objects.get(county=JINDONG).matched_fen == CAP
    sound()


def test_one_payment_said_sixty_four_times_at_once_is_taken_once():
    family, charity, card = county()
    (row,) = orders(card, 1, 2_500)
    outcomes = together(*[paying(row)] * CALLERS)
    assert refusals(outcomes) == {}
    assert (left(card, family), left(card, charity)) == (2_500, 2_500)
    sound()


def test_many_people_match_out_of_one_charity_and_it_is_never_overdrawn():
    made_fund(county=JINDONG, source="family", expiry="never")
    charity = made_fund(county=JINDONG, source="charity", expiry="never", matches=True, amount_fen=10_000)
    cards = [made_card(county=JINDONG) for _ in range(24)]
    outcomes = together(*[paying(orders(card, 1, 1_000)[0]) for card in cards])
    assert refusals(outcomes) == {}
    assert (sum(left(card, charity) for card in cards), in_fund(charity)) == (10_000, 0)
    sound()


def test_top_ups_refunds_and_meals_at_once_make_no_money():
    family, charity, card = county()
    rows = [top_up(card, 1_000) for _ in range(6)]
    who = canteen(JINDONG)

    def back(row: TopUp) -> Callable[[], object]:
        return lambda: refund.refund(
            county=JINDONG, no=row.no, amount_fen=1_000, because="退", at=at(TENTH), on=TENTH, by="clerk"
        )

    meals = [lambda: spend(card, charity, 500, who=who) for _ in range(8)]
    outcomes = together(*[back(row) for row in rows], *meals, *[paying(row) for row in orders(card, 4, 1_000)])
    assert set(refusals(outcomes)) <= {"card.refund_too_large", "ledger.insufficient"}
    refunded = sum(TopUp.objects.filter(county=JINDONG).values_list("refunded_fen", flat=True))
    eaten = sum(Draw.objects.filter(county=JINDONG, fund_id=charity.id).values_list("amount_fen", flat=True))
    assert left(card, family) == 10_000 - refunded
    assert left(card, charity) + eaten == matched(card) <= CAP
    assert eaten <= 10_000 - refunded, "what charity has paid for stands on money that stayed"
    sound()


# --- canaries: what happens when a guard is off -----------------------------------------------------------------------


@pytest.fixture
def no_locks(monkeypatch):
    """Neither the rows' locks nor, on SQLite, the one writer: every statement on its own."""
    monkeypatch.setattr(QuerySet, "select_for_update", lambda self, **_: self)


def matching(row: TopUp) -> Callable[[], int]:
    """The match alone of a top-up that has come in, whose purse is not waited for."""

    def call() -> int:
        with nullcontext():
            return match_module.match(topup=row, card=row.card, at=at(TENTH), on=TENTH)

    return call


def twelve_matches_at_once() -> tuple[Card, list[Outcome]]:
    _, charity, card = county()
    top_up(card, 100)
    rows = orders(card, 12, 1_000)
    outcomes = attempts(*[matching(row) for row in rows])
    assert in_fund(charity) >= 0
    return card, outcomes


def test_without_locks_the_conditional_update_still_holds_the_cap(no_locks):
    card, outcomes = twelve_matches_at_once()
    assert all(outcome.won for outcome in outcomes)
    assert matched(card) == CAP


def test_canary_reading_before_writing_matches_more_than_the_cap(no_locks, monkeypatch):
    meeting = threading.Barrier(12)

    def careless(*, county: str, person_id: object, month: str, wanted_fen: int) -> int:
        mine = MatchCount.objects.filter(county=county, person=person_id, month=month)
        stood, cap = mine.values_list("matched_fen", "cap_fen").get()
        amount = min(wanted_fen, cap - stood)
        if stood:
            with suppress(threading.BrokenBarrierError):
                meeting.wait(20)
        mine.update(matched_fen=stood + amount)
        return amount

    monkeypatch.setattr(match_module, "take_of_cap", careless)
    card, _ = twelve_matches_at_once()
    assert matched(card) > CAP
    with pytest.raises(AssertionError):
        sound()


def unconditional(*, county: str, person_id: object, month: str, wanted_fen: int) -> int:
    """The UPDATE without its condition."""
    MatchCount.objects.filter(county=county, person=person_id, month=month).update(
        matched_fen=F("matched_fen") + wanted_fen
    )
    return wanted_fen


def test_without_the_condition_the_check_still_holds_the_cap(no_locks, monkeypatch):
    monkeypatch.setattr(match_module, "take_of_cap", unconditional)
    card, outcomes = twelve_matches_at_once()
    assert matched(card) <= CAP
    assert any(isinstance(outcome.error, IntegrityError) for outcome in outcomes)


def test_canary_without_the_check_either_the_cap_is_passed(no_locks, monkeypatch):
    (cap,) = [each for each in MatchCount._meta.constraints if each.name == "card_match_count_cap"]
    monkeypatch.setattr(MatchCount._meta, "constraints", [c for c in MatchCount._meta.constraints if c is not cap])
    with connection.schema_editor() as editor:
        editor.remove_constraint(MatchCount, cap)
    monkeypatch.setattr(match_module, "take_of_cap", unconditional)
    card, _ = twelve_matches_at_once()
    assert matched(card) > CAP
    with pytest.raises(AssertionError):
        sound()


# --- charging, expiring and paying at once ---------------------------------------------------------------------------


def test_two_runs_of_one_charge_give_everybody_the_amount_once():
    fund = made_fund(rates={STANDARD: 1_000}, expiry="never")
    cards = [made_card(STANDARD) for _ in range(20)]
    outcomes = together(*[lambda: run_charge(fund, chunk=3) for _ in range(4)])
    assert set(refusals(outcomes)) <= {"jobs.running"}
    run_charge(fund)
    assert {left(card, fund) for card in cards} == {1_000}
    sound()


def test_meals_and_the_end_of_the_month_one_comes_first_and_no_fen_is_lost():
    fund = made_fund(rates={STANDARD: 1_000}, amount_fen=20_000)
    cards = [made_card(STANDARD) for _ in range(16)]
    run_charge(fund)
    who = canteen()
    april = date(2026, 4, 1)

    def expiring() -> object:
        return expire(county=LISHUI, fund_id=fund.id, on=april, clock=lambda: at(april), chunk=5)

    outcomes = together(expiring, *[lambda card=card: spend(card, fund, 600, who=who) for card in cards])
    assert set(refusals(outcomes)) <= {"card.not_this_day", "ledger.insufficient"}
    expiring()
    eaten = sum(Draw.objects.filter(county=LISHUI).values_list("amount_fen", flat=True))
    assert in_fund(fund) + eaten == 20_000
    assert set(Purse.objects.filter(county=LISHUI).values_list("state", flat=True)) == {"expired"}
    sound()


def test_a_hundred_meals_on_one_card_eat_what_is_in_it():
    fund = made_fund(rates={STANDARD: 10_000})
    card, who = made_card(STANDARD), canteen()
    run_charge(fund)
    outcomes = together(*[lambda: spend(card, fund, 300, who=who) for _ in range(48)])
    assert refusals(outcomes) == {"ledger.insufficient": 48 - 33}
    assert left(card, fund) == 100
    sound()


def test_losing_a_card_and_paying_with_it_one_comes_first():
    fund = made_fund(rates={STANDARD: 1_000})
    cards, who = [made_card(STANDARD) for _ in range(8)], canteen()
    run_charge(fund)

    def losing(card: Card) -> Callable[[], Card]:
        return lambda: open_module.report_lost(card=card, because="遗失", at=at(TENTH), by="clerk")

    outcomes = together(
        *[act for card in cards for act in (losing(card), lambda card=card: spend(card, fund, 600, who=who))]
    )
    for lost, meal in zip(outcomes[::2], outcomes[1::2], strict=True):
        assert lost.won
        assert meal.won or meal.refused == "card.lost"
    sound()
