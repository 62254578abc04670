"""Who has a card in the sample: the same for the same seed, in plausible classes, and nobody real."""

from __future__ import annotations

from collections import Counter
from itertools import islice

import pytest

from songhe.kernel import credit_code, id_number
from songhe.kernel.refusal import Refusal
from songhe.month.sample.card.bodies import bodies_of
from songhe.month.sample.card.people import MOTHER
from songhe.month.sample.card.plan import CardPlan
from songhe.month.sample.card.register import met_by
from songhe.month.sample.card.shape import HOME, OTHER, villages


@pytest.fixture(scope="module")
def plan():
    return CardPlan(elders=3_000)


@pytest.fixture(scope="module")
def holders(plan):
    return list(plan.people("home"))


def test_the_same_seed_gives_the_same_people_and_another_seed_others(plan, holders):
    assert list(islice(CardPlan(elders=50).people("home"), 50)) == holders[:50]
    assert next(iter(CardPlan(seed=1, elders=50).people("home"))) != holders[0]


def test_all_numbers_fit_and_are_given_once(plan, holders):
    numbers = [each.id_number for each in holders] + [each.id_number for each in plan.people("other")]
    assert len(set(numbers)) == len(numbers)
    assert all(id_number.parse(number).canonical == number for number in numbers)
    assert {number[:6] for number in numbers} == {HOME, OTHER}


def test_everybody_says_that_they_are_invented(plan, holders):
    assert all(each.address.endswith("（虚构）") for each in holders)
    assert all(each.phone.startswith("555") for each in holders)
    assert all(body.name.startswith("样例") for body in bodies_of(plan))
    assert all(credit_code.parse(body.credit_code).warning is None for body in bodies_of(plan))


def test_the_four_classes_have_plausible_shares(plan, holders):
    classes = Counter(met_by(plan, each).in_class for each in holders)
    shares = {each: classes[each] * 100 // len(holders) for each in (1, 2, 3, 4)}
    assert 2 <= shares[1] <= 6
    assert 22 <= shares[2] <= 32
    assert 58 <= shares[3] <= 72
    assert 2 <= shares[4] <= 6
    assert {standard.id for each in holders for standard in met_by(plan, each).met} >= {
        "card_service_low_income",
        "card_service_edge",
        "card_care_low_income_mild",
        "card_class_2_old",
        "card_class_2_disabled",
        "card_class_4",
    }


def test_the_mother_of_the_stories_is_very_old_and_has_a_daughter(holders):
    mother = holders[MOTHER]
    assert (mother.sex, mother.village, mother.family.sex) == ("female", villages("home")[0], "female")
    assert mother.birth_date.year < 1946


def test_sixty_merchants_six_meal_points_and_a_neighbour(plan):
    trades = Counter((body.which, body.trade) for body in bodies_of(plan))
    merchants = ("shop", "bath", "clean", "travel", "hair")
    assert sum(trades["home", each] for each in merchants) == 60
    assert sum(trades["other", each] for each in merchants) == 8
    assert (trades["home", "canteen"], trades["other", "canteen"], trades["home", "home"]) == (6, 1, 5)


def test_a_sample_too_small_for_its_stories_is_refused():
    with pytest.raises(Refusal, match=r"card_sample\.too_small"):
        CardPlan(elders=10)
