from hypothesis import given
from hypothesis import strategies as some

from songhe.statistics.suppress import LEAST, TOTAL, hidden, hidden_in_table, shown, total_shown

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


def table(inner):
    """The cells with their totals."""
    cells = dict(inner)
    for (row, column), people in inner.items():
        for margin in ((row, TOTAL), (TOTAL, column), (TOTAL, TOTAL)):
            cells[margin] = cells.get(margin, 0) + people
    return cells


def test_a_small_cell_of_a_table_hides_a_rectangle():
    inner = {(row, column): 20 for row in "abc" for column in "xyz"} | {("a", "x"): 2}
    gone = hidden_in_table(table(inner))
    assert ("a", "x") in gone
    assert len(gone) == 4
    assert not any(TOTAL in cell for cell in gone)


def test_a_table_without_small_cells_is_shown_whole():
    assert hidden_in_table(table({("a", "x"): 5, ("b", "x"): 9})) == frozenset()


def test_a_total_that_must_not_be_told_takes_a_cell_of_its_row_and_column_with_it():
    gone = hidden_in_table(table({("a", "x"): 9, ("b", "x"): 8}), also=[(TOTAL, TOTAL)])
    assert len(gone) > 1


tables = some.dictionaries(
    some.tuples(some.sampled_from("abcd"), some.sampled_from("xyz")), some.integers(1, 30), max_size=12
)


@given(tables)
def test_no_hidden_cell_of_a_table_is_worked_out_from_its_row_or_column(inner):
    cells = table(inner)
    gone = hidden_in_table(cells)
    assert all(people >= LEAST for cell, people in cells.items() if cell not in gone)
    for side in (0, 1):
        for name in {cell[side] for cell in cells}:
            line = [cell for cell in cells if cell[side] == name]
            away = [cell for cell in line if cell in gone]
            assert len(away) != 1 or len(line) == 1
