"""The month as it is told beforehand: how much happens, when people queue, and what cannot happen."""

from __future__ import annotations

from collections import Counter
from datetime import time

import pytest

from songhe.kernel.month import BEIJING, beijing_date
from songhe.month.sample.card.bodies import bodies_of
from songhe.month.sample.card.plan import CardPlan
from songhe.month.sample.card.script import (
    Lose,
    Meal,
    Refused,
    Replace,
    Report,
    Sale,
    TopUp,
    Undo,
    Visit,
    rostered,
    script,
)
from songhe.month.sample.card.shape import COUNTIES


@pytest.fixture(scope="module")
def plan():
    return CardPlan(elders=2_000)


@pytest.fixture(scope="module")
def steps(plan):
    return script(plan)


@pytest.fixture(scope="module")
def bought(steps):
    return [step for step in steps if step.nth >= 0]


def test_about_three_purchases_a_card_seven_of_ten_meals(plan, bought):
    cards = plan.cards("home") + plan.cards("other")
    assert 2.6 <= len(bought) / cards <= 3.5
    meals = sum(isinstance(step.event, Meal) for step in bought)
    assert 0.63 <= meals / len(bought) <= 0.77


def test_the_queue_stands_from_eleven_to_half_past_twelve(bought):
    at = [step.event.at.astimezone(BEIJING).time() for step in bought]
    lunch = sum(time(11) <= each <= time(12, 30) for each in at)
    assert lunch / len(at) > 0.6
    quarters = Counter((each.hour, each.minute // 15) for each in at)
    assert quarters.most_common(1)[0][0] in {(11, 1), (11, 2)}


def test_it_is_told_in_the_order_of_time_and_the_same_again(plan, steps):
    assert [step.event.at for step in steps] == sorted(step.event.at for step in steps)
    assert script(plan) == steps
    assert {beijing_date(step.event.at) in plan.month for step in steps} == {True}


def test_families_top_up_three_of_twenty(plan, steps):
    topups = [step.event.amount_fen for step in steps if isinstance(step.event, TopUp)]
    assert 0.10 <= len(topups) / plan.elders <= 0.20
    assert min(topups) >= 2_000


def test_nobody_pays_with_a_lost_card_or_after_a_death(steps):
    away, back, died = {}, {}, {}
    for step in steps:
        key, event = (step.which, step.number), step.event
        if isinstance(event, Lose):
            away[key] = event.at
        elif isinstance(event, Replace):
            back[key] = event.at
        elif isinstance(event, Report):
            died[key] = event.died_on
    assert away
    assert died
    for step in steps:
        key = (step.which, step.number)
        if step.nth >= 0 and key in away:
            assert not away[key] <= step.event.at <= back[key]
        if step.nth >= 0 and key in died:
            assert beijing_date(step.event.at) < died[key]
    assert sum(isinstance(step.event, Refused) for step in steps) == len(away) + len(died)


def test_what_is_undone_was_bought_before(steps):
    made = {(step.which, step.number, step.nth): step.event.at for step in steps if step.nth >= 0}
    undone = [step for step in steps if isinstance(step.event, Undo)]
    assert undone
    assert all(made[step.which, step.number, step.event.of] < step.event.at for step in undone)


def test_some_pay_in_the_neighbouring_county_and_some_come_from_there(plan, bought):
    where = {body.code: body.which for body in bodies_of(plan)}
    ways = Counter((step.which, where[step.event.body]) for step in bought)
    assert ways["home", "other"] > 5
    assert ways["other", "home"] > 0
    sales = [step for step in bought if step.which != where[step.event.body]]
    assert all(isinstance(step.event, Sale) for step in sales)


def test_a_body_sells_only_what_it_has_a_price_for_and_is_visited_from_there(plan, bought):
    bodies = {body.code: body for body in bodies_of(plan)}
    for step in bought:
        body = bodies[step.event.body]
        assert COUNTIES[step.which] in body.visited_from
        item = f"meal-{step.event.meal}" if isinstance(step.event, Meal) else step.event.item
        assert item in body.prices


def test_a_carer_is_in_one_place_at_a_time(plan, steps):
    told = rostered(steps, carers=40)
    last = {}
    for step in told:
        if isinstance(step.event, Visit):
            key = (step.event.body, step.event.carer)
            assert last.get(key) is None or step.event.starts >= last[key]
            last[key] = step.event.at
