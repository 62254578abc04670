from hypothesis import given
from hypothesis import strategies as some

from songhe.statistics.suppress import LEAST, hidden, shown, total_shown

rows = some.dictionaries(some.integers(0, 30), some.integers(0, 40), max_size=12)


def test_a_row_without_small_cells_is_shown_whole():
    assert shown({"a": 12, "b": 5, "c": 0}) == {"a": 12, "b": 5, "c": 0}


def test_a_small_cell_takes_the_next_smallest_with_it():
    assert shown({"a": 3, "b": 40, "c": 7, "d": 0}) == {"a": None, "b": 40, "c": None, "d": 0}


def test_two_small_cells_that_are_few_together_take_a_third():
    assert hidden({"a": 1, "b": 2, "c": 50, "d": 60}) == {"a", "b", "c"}


def test_two_small_cells_that_are_enough_together_stand_alone():
    assert hidden({"a": 4, "b": 3, "c": 50}) == {"a", "b"}


def test_a_small_total_is_hidden_too():
    assert total_shown({"a": 4, "b": 0}) is None
    assert total_shown({"a": 4, "b": 1}) == 5
    assert total_shown({}) == 0


@given(rows)
def test_no_small_cell_is_ever_shown_or_worked_out_from_the_total(cells):
    published = shown(cells)
    assert all(count is None or count == 0 or count >= LEAST for count in published.values())
    gone = [key for key, count in published.items() if count is None]
    total = total_shown(cells)
    if gone and total is not None:
        missing = total - sum(count for count in published.values() if count)
        assert len(gone) >= 2
        assert missing >= LEAST


@given(rows)
def test_nothing_is_hidden_without_need(cells):
    if not any(0 < count < LEAST for count in cells.values()):
        assert shown(cells) == cells
