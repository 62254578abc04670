"""Timing, medians, and what a benchmark answers with."""

from __future__ import annotations

import os
import platform
import statistics
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any


@dataclass
class Figures:
    """One benchmark: what was measured, its reference in the same run, and how far apart they may be.

    ``goals`` maps the name of a ratio to its limit: ``("at most", 4)`` or ``("at least", 0.07)``.
    """

    bench: str
    size: int
    measured: dict[str, Any]
    reference: dict[str, Any]
    ratios: dict[str, float]
    goals: dict[str, tuple[str, float]]
    notes: dict[str, Any] = field(default_factory=dict)

    def as_dict(self) -> dict[str, Any]:
        """``ratio`` and ``met`` speak of the first ratio, ``goals`` of each."""
        return {
            "bench": self.bench,
            "size": self.size,
            "measured": self.measured,
            "reference": self.reference,
            "ratio": next(iter(self.ratios.values())),
            "ratios": self.ratios,
            "goals": {name: f"{way} {limit:g}" for name, (way, limit) in self.goals.items()},
            "met": {name: self._met(name) for name in self.goals},
            "machine": machine(),
            **self.notes,
        }

    def _met(self, name: str) -> bool:
        way, limit = self.goals[name]
        return self.ratios[name] <= limit if way == "at most" else self.ratios[name] >= limit


def machine() -> dict[str, Any]:
    """Cores, memory, and how busy the machine is by the end of the run."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    return {
        "cores": os.cpu_count(),
        "memory_gib": round(memory / 2**30),
        "python": platform.python_version(),
        "load": [round(each, 2) for each in os.getloadavg()],
    }


def seconds(work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def median(values: list[float]) -> float:
    return round(statistics.median(values), 3)


def ratio(of: float, to: float) -> float:
    return float(f"{of / to:.3g}")


@contextmanager
def statements() -> Iterator[dict[str, float]]:
    """Seconds by kind of statement, while the block runs: ``INSERT INTO grant_claim`` and so on."""
    from django.db import connection

    spent: dict[str, float] = defaultdict(float)

    def timed(execute: Any, sql: Any, params: Any, many: Any, context: Any) -> Any:
        start = time.perf_counter()
        try:
            return execute(sql, params, many, context)
        finally:
            spent[_kind(str(sql))] += time.perf_counter() - start

    with connection.execute_wrapper(timed):
        yield spent
    for name in list(spent):
        spent[name] = round(spent[name], 2)


def slowest(spent: dict[str, float]) -> dict[str, float]:
    """What took a twentieth of a second or more, the longest first; the rest is Python, COMMIT and its key checks."""
    return {name: spent[name] for name in sorted(spent, key=lambda each: -spent[each]) if spent[name] >= 0.05}


def _kind(sql: str) -> str:
    words = sql.replace('"', "").replace("(", " ").split()
    if words[0] == "INSERT":
        return " ".join(words[:3])
    if words[0] == "UPDATE":
        return " ".join(words[:2])
    if "FROM" in words:
        inner = [word for word in words[words.index("FROM") + 1 :] if "_" in word]
        return f"{words[0]} {' '.join(words[1:2])[:20]} FROM {inner[0] if inner else '?'}"
    return words[0]
