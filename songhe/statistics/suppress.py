"""Small counts that could point at a person are hidden before anything is shown in public. 小数抑制

A count of one to four is hidden; and because the total is shown beside it, further cells are hidden until what is
missing from the total is at least two cells and at least five people.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping
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
