"""Counts that took long are kept for a while: the larger the county, the less a minute changes what a leader sees.

A count is kept for sixty times as long as it took, so that counting takes no more than a sixtieth of the machine.
What took less than a moment is counted anew each time: a small county sees what it did a second ago. Whoever asks
after that time is given what is there, and it is counted again behind them; nobody waits twice.
"""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Collection
from copy import deepcopy
from dataclasses import dataclass
from functools import wraps
from typing import Any, ParamSpec, TypeVar

from django.db import connection

from songhe.settings import INSTALLATION

P = ParamSpec("P")
R = TypeVar("R")

TIMES_AS_LONG = 60
LEAST_SECONDS = 0.05
#: Answers kept by one process; the one asked for longest ago makes room.
MOST = 500


@dataclass(frozen=True)
class _Answer:
    value: Any
    until: float


_answers: OrderedDict[Any, _Answer] = OrderedDict()
_counting: set[Any] = set()
_lock = threading.Lock()


def kept(count: Callable[P, R]) -> Callable[P, R]:
    """Keep what a slow count answers, by its arguments and the database; everybody gets a copy of their own."""

    @wraps(count)
    def asked(*args: P.args, **kwargs: P.kwargs) -> R:
        if not INSTALLATION.keep_counts:
            return count(*args, **kwargs)
        key = (count.__qualname__, connection.settings_dict["NAME"], _plain(args), _plain(tuple(kwargs.items())))
        with _lock:
            answer = _answers.get(key)
            if answer is not None:
                _answers.move_to_end(key)
                if time.monotonic() >= answer.until and key not in _counting:
                    _counting.add(key)
                    threading.Thread(target=_again, args=(key, count, args, kwargs), daemon=True).start()
                value: R = deepcopy(answer.value)
                return value
        return _count(key, count, args, kwargs)

    return asked


def forget() -> None:
    """Let go of everything that is kept."""
    with _lock:
        _answers.clear()


def _count(key: Any, count: Callable[..., R], args: Any, kwargs: Any) -> R:
    began = time.monotonic()
    value = count(*args, **kwargs)
    took = time.monotonic() - began
    with _lock:
        if took >= LEAST_SECONDS:
            _answers[key] = _Answer(deepcopy(value), time.monotonic() + TIMES_AS_LONG * took)
            while len(_answers) > MOST:
                _answers.popitem(last=False)
        else:
            _answers.pop(key, None)
    return value


def _again(key: Any, count: Callable[..., Any], args: Any, kwargs: Any) -> None:
    try:
        _count(key, count, args, kwargs)
    finally:
        with _lock:
            _counting.discard(key)
        connection.close()


def _plain(given: Any) -> Any:
    """Lists and sets as tuples, so that they can stand in a key."""
    if isinstance(given, str) or not isinstance(given, Collection):
        return given
    parts = (_plain(each) for each in given)
    return tuple(sorted(parts, key=repr) if isinstance(given, (set, frozenset)) else parts)
