"""The parts of a meal's price always sum to it, whoever eats."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from songhe.meal.price import PAYERS, Band, faults, quote, read
from songhe.meal.tests.world import BANDS

AGE = st.integers(0, 120)
CLASS = st.none() | st.integers(1, 4)


@st.composite
def tariffs(draw):
    """A price with bands that are sound: ages cut the line, classes split a piece of it, parts sum to the price."""
    price = draw(st.integers(1, 5_000))
    cuts = sorted(draw(st.sets(st.integers(1, 110), min_size=1, max_size=4)))
    bands = []
    for first, after in zip(cuts, [*cuts[1:], None], strict=True):
        last = None if after is None else after - 1
        for classes in draw(st.sampled_from([[frozenset()], [frozenset({1}), frozenset({2, 3})], []])):
            own = draw(st.integers(0, price))
            parts = {}
            if price - own:
                payers = draw(st.lists(st.sampled_from(sorted(PAYERS)), min_size=1, max_size=3, unique=True))
                payers = payers[: price - own]
                parts = dict.fromkeys(payers, 1)
                parts[payers[0]] += price - own - len(payers)
            bands.append(Band(first, last, classes, own, parts))
    return price, bands


@given(tariffs(), AGE, CLASS)
def test_own_part_and_others_are_the_price_for_everybody(tariff, age, card_class):
    price, bands = tariff
    assert faults(price, bands) == []
    found = quote(price, bands, age=age, card_class=card_class)
    assert found.own_fen + sum(found.parts.values()) == found.price_fen == price
    assert 0 <= found.own_fen <= price
    assert found == quote(price, list(reversed(bands)), age=age, card_class=card_class)
    assert found == quote(price, read([band.as_dict() for band in bands]), age=age, card_class=card_class)


@given(tariffs(), AGE, CLASS)
def test_nobody_is_in_two_bands(tariff, age, card_class):
    _, bands = tariff
    assert sum(band.holds(age, card_class) for band in bands) <= 1


def test_whoever_is_in_no_band_pays_the_whole():
    assert quote(1_000, BANDS, age=69, card_class=None).own_fen == 1_000
    assert quote(1_000, BANDS, age=79, card_class=None).own_fen == 600
    assert quote(1_000, BANDS, age=80, card_class=None).parts == {"finance": 400, "collective": 200}


def test_what_is_wrong_with_a_tariff_is_named():
    everybody = frozenset()
    assert faults(1_000, [Band(60, None, everybody, 700, {"finance": 200})]) == ["sum"]
    assert faults(1_000, [Band(60, None, everybody, 700, {"gold": 300})]) == ["payer"]
    assert faults(1_000, [Band(60, None, everybody, 1_000, {"finance": 0})]) == ["negative"]
    assert faults(1_000, [Band(80, 70, everybody, 1_000, {})]) == ["age"]
    one, two = Band(60, 80, frozenset({1}), 1_000, {}), Band(80, None, everybody, 1_000, {})
    assert faults(1_000, [one, two]) == ["overlap"]
    assert faults(1_000, [one, Band(60, 80, frozenset({2}), 1_000, {})]) == []
