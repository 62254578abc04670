from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from songhe.card.order import Line, Purse, in_order, may_buy, share
from songhe.provider.help import HELPS

MARCH_END = date(2026, 3, 31)
NAMES = sorted(HELPS)[:4]


def purse(key, balance_fen, *, source="finance", rank=0, lapses_on=None, allowed=None):
    return Purse(key, source, rank, lapses_on, frozenset(allowed) if allowed else None, balance_fen)


def parts(found):
    return [(part.line, part.purse, part.amount_fen) for part in found.parts]


def test_money_that_lapses_soonest_pays_first_then_what_is_most_restricted_and_family_money_last():
    purses = [
        purse("family", 1_000, source="family"),
        purse("gifts", 300, source="charity"),
        purse("meals-only", 200, source="collective", allowed={"meals"}),
        purse("this-month", 100, lapses_on=MARCH_END),
        purse("half-year", 150, lapses_on=date(2026, 6, 30)),
    ]
    found = share(purses=purses, lines=[Line("lunch", "meals", 1_000)])
    assert parts(found) == [
        ("lunch", "this-month", 100),
        ("lunch", "half-year", 150),
        ("lunch", "meals-only", 200),
        ("lunch", "gifts", 300),
        ("lunch", "family", 250),
    ]
    assert [part.because for part in found.parts] == ["lapses", "lapses", "restricted", "open", "family_last"]
    assert found.self_fen == {"lunch": 0}


def test_a_pack_may_state_its_own_order():
    purses = [purse("month", 100, rank=2, lapses_on=MARCH_END), purse("family", 100, source="family", rank=1)]
    found = share(purses=purses, lines=[Line("bath", "bathing", 150)], by="rank")
    assert parts(found) == [("bath", "family", 100), ("bath", "month", 50)]


def test_a_purse_for_meals_pays_the_meal_so_that_the_other_is_free_for_the_bath():
    purses = [purse("month", 100, lapses_on=MARCH_END), purse("meals", 100, allowed={"meals"})]
    found = share(purses=purses, lines=[Line("lunch", "meals", 100), Line("bath", "bathing", 100)])
    assert parts(found) == [("lunch", "meals", 100), ("bath", "month", 100)]


def test_what_no_purse_may_pay_or_has_is_the_persons_own():
    found = share(
        purses=[purse("meals", 500, allowed={"meals"})], lines=[Line("a", "goods", 300), Line("b", "meals", 800)]
    )
    assert parts(found) == [("b", "meals", 500)]
    assert found.self_fen == {"a": 300, "b": 300}


def test_nothing_to_pay_and_nothing_to_pay_with():
    assert share(purses=[], lines=[Line("a", "meals", 5)]).self_fen == {"a": 5}
    assert share(purses=[purse("x", 5)], lines=[]).parts == ()


PURSES = st.lists(
    st.builds(
        Purse,
        key=st.text("abcdefgh", min_size=4, max_size=4),
        source=st.sampled_from(["finance", "collective", "charity", "family"]),
        rank=st.integers(0, 3),
        lapses_on=st.none() | st.dates(date(2026, 3, 1), date(2026, 12, 31)),
        allowed=st.none() | st.frozensets(st.sampled_from(NAMES), min_size=1),
        balance_fen=st.integers(0, 5_000),
    ),
    max_size=6,
    unique_by=lambda each: each.key,
)
LINES = st.lists(st.tuples(st.sampled_from(NAMES), st.integers(0, 4_000)), max_size=6).map(
    lambda rows: [Line(f"line{place}", category, fen) for place, (category, fen) in enumerate(rows)]
)
BY = st.sampled_from(["lapsing_first", "rank"])


@given(PURSES, LINES, BY)
def test_parts_sum_to_each_line_and_no_purse_pays_more_than_it_has_or_what_it_may_not(purses, lines, by):
    found = share(purses=purses, lines=lines, by=by)
    known, categories = {each.key: each for each in purses}, {line.key: line.category for line in lines}
    for line in lines:
        paid = sum(part.amount_fen for part in found.parts if part.line == line.key)
        assert paid + found.self_fen[line.key] == line.amount_fen
    for key, each in known.items():
        assert sum(part.amount_fen for part in found.parts if part.purse == key) <= each.balance_fen
    for part in found.parts:
        assert part.amount_fen > 0
        assert may_buy(known[part.purse], categories[part.line])


@given(PURSES, LINES, BY, st.randoms(use_true_random=False))
def test_the_same_purses_in_whatever_order_give_the_same_parts(purses, lines, by, chance):
    mixed = list(purses)
    chance.shuffle(mixed)
    assert share(purses=mixed, lines=lines, by=by) == share(purses=purses, lines=lines, by=by)


def most(purses, needed):
    """The most that these purses could pay of these categories: over every set of categories, what bounds it."""
    categories = sorted(needed)
    least = None
    for mask in range(1 << len(categories)):
        inside = {each for place, each in enumerate(categories) if mask >> place & 1}
        bound = sum(needed[each] for each in categories if each not in inside)
        bound += sum(each.balance_fen for each in purses if any(may_buy(each, one) for one in inside))
        least = bound if least is None else min(least, bound)
    return least or 0


@given(PURSES, LINES, BY)
def test_each_purse_in_its_turn_pays_all_it_can_given_those_before_it(purses, lines, by):
    """By max-flow = min-cut: the first k purses together always pay the most that they could."""
    found = share(purses=purses, lines=lines, by=by)
    needed = {}
    for line in lines:
        needed[line.category] = needed.get(line.category, 0) + line.amount_fen
    paid = {}
    for part in found.parts:
        paid[part.purse] = paid.get(part.purse, 0) + part.amount_fen
    ordered = in_order(purses, by=by)
    for first in range(len(ordered) + 1):
        assert sum(paid.get(each.key, 0) for each in ordered[:first]) == most(ordered[:first], needed)
