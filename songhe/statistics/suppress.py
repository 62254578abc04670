"""Small counts that could point at a person are hidden before anything is shown in public. 小数抑制

A count of one to four is hidden; and because the total is shown beside it, further cells are hidden until what is
missing from the total is at least two cells and at least five people.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator, Mapping
from typing import TypeVar

K = TypeVar("K", bound=Hashable)

LEAST = 5


def hidden(cells: Mapping[K, int], *, least: int = LEAST) -> frozenset[K]:
    """Which cells of one published row are hidden, given that the row's total is published as well.

    The smallest of the others go with them (people before empty cells, then in the order of the keys as given); a
    row with nothing small in it is shown whole.
    """
    small = {key for key, count in cells.items() if 0 < count < least}
    if not small:
        return frozenset()
    order = {key: place for place, key in enumerate(cells)}
    others = sorted(
        (key for key in cells if key not in small), key=lambda key: (cells[key] == 0, cells[key], order[key])
    )
    gone, people = set(small), sum(cells[key] for key in small)
    for key in others:
        if len(gone) >= 2 and people >= least:
            break
        gone.add(key)
        people += cells[key]
    return frozenset(gone)


def shown(cells: Mapping[K, int], *, least: int = LEAST) -> dict[K, int | None]:
    """The cells as they may be published; ``None`` where a cell is hidden."""
    gone = hidden(cells, least=least)
    return {key: None if key in gone else count for key, count in cells.items()}


def total_shown(cells: Mapping[K, int], *, least: int = LEAST) -> int | None:
    """The total as it may be published: hidden where it is small itself."""
    total = sum(cells.values())
    return None if 0 < total < least else total


#: In a table, the row or column of the totals.
TOTAL = ""
Cell = tuple[str, str]


def hidden_in_table(cells: Mapping[Cell, int], *, also: Iterable[Cell] = (), least: int = LEAST) -> frozenset[Cell]:
    """Which cells of a published table with its totals are hidden: (row, column) → people, ``TOTAL`` for a margin.

    In no row and no column can what is hidden be found by taking what is shown from the total: at least two cells
    are hidden there, or none; and where the total is shown they stand for at least five people. ``also`` is hidden
    for a reason of the caller's.
    """
    gone = {cell for cell, people in cells.items() if 0 < people < least} | {cell for cell in also if cell in cells}
    while more := {cell for line in _lines(cells) if (cell := _needed(line, cells, gone, least)) is not None}:
        gone |= more
    return frozenset(gone)


def _lines(cells: Mapping[Cell, int]) -> Iterator[list[Cell]]:
    """Every row and every column, its total last."""
    for side in (0, 1):
        for name in sorted({cell[side] for cell in cells}):
            line = sorted(
                (cell for cell in cells if cell[side] == name), key=lambda cell: (cell[1 - side] == TOTAL, cell)
            )
            if len(line) > 1:
                yield line


def _needed(line: list[Cell], cells: Mapping[Cell, int], gone: set[Cell], least: int) -> Cell | None:
    """One more cell that this line has to hide, or nothing."""
    away = [cell for cell in line if cell in gone]
    total = line[-1]
    people = sum(cells[cell] for cell in away if cell != total)
    if not away or (len(away) >= 2 and (total in gone or people >= least)):
        return None
    others = [cell for cell in line[:-1] if cell not in gone]
    smallest = min(others, key=lambda cell: (cells[cell] == 0, cells[cell], cell), default=None)
    return smallest if smallest is not None else (total if total not in gone else None)
