"""Quotes of the pure engine, against the bare arithmetic of the same bills."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from bench.measure import Figures, median, ratio

SIZE, ROUNDS = 20_000, 5
PLACES = ("370799", "650000", "110105", "310101", "360100")


def run(*, size: int = SIZE, rounds: int = ROUNDS) -> Figures:
    """``size`` quotes of one to four fees, each from a dictionary to a dictionary as ``songhe quote`` answers."""
    from songhe.policy.quote import answer

    asked = [_asked(number) for number in range(size)]
    expected = [answer(each) for each in asked]
    known = [_known(each, told) for each, told in zip(asked, expected, strict=True)]
    assert [_bare(*each) for each in known] == [told["voucher_fen"] for told in expected]
    found: dict[str, list[float]] = {"engine": [], "bare": []}
    for _ in range(rounds):
        found["engine"].append(_seconds(lambda each: answer(each), asked))
        found["bare"].append(_seconds(lambda each: _bare(*each), known))
    engine, bare = median(found["engine"]), median(found["bare"])
    return Figures(
        bench="quote",
        size=size,
        measured={
            "seconds": engine,
            "quotes_per_second": round(size / engine),
            "microseconds_a_quote": round(engine / size * 1e6, 1),
        },
        reference={
            "what": "ratio and cap given: LTCI set against the fees in order, each line's share half up, the running "
            "sum under the cap; integers only, no pack looked up, nothing explained",
            "seconds": bare,
            "quotes_per_second": round(size / bare),
        },
        ratios={"to_bare_arithmetic": ratio(engine, bare)},
        goals={},
    )


def _asked(number: int) -> dict[str, Any]:
    return {
        "policy": "consumption-voucher",
        "place": PLACES[number % len(PLACES)],
        "on": f"2026-{3 + number % 9:02d}-{1 + number % 28:02d}",
        "category": ("home", "institution_long", "institution_short")[number % 3],
        "fees_fen": [1 + (number * 7919 + 104_729 * line) % 200_000 for line in range(1 + number % 4)],
        "ltci_fen": 0 if number % 3 else 1,
        "used_fen": (number * 31) % 90_000,
    }


Known = tuple[list[int], int, int, int, int, int]


def _known(asked: dict[str, Any], told: dict[str, Any]) -> Known:
    """What the bare arithmetic is given: the ratio and cap that the engine had to find."""
    from datetime import date

    from songhe.policy.quote import terms_of
    from songhe.policy.resolve import library

    on = date.fromisoformat(asked["on"])
    rules = library().resolve(policy=asked["policy"], place=asked["place"], on=on)
    terms = terms_of(policy=rules, place=asked["place"], on=on, category=asked["category"])
    assert terms.ratio is not None
    assert terms.cap_fen is not None
    return (
        asked["fees_fen"], asked["ltci_fen"], asked["used_fen"], terms.ratio.numerator, terms.ratio.denominator,
        terms.cap_fen,
    )  # fmt: skip


def _bare(fees: list[int], ltci: int, used: int, n: int, d: int, cap: int) -> int:
    room, paid = max(0, cap - used), 0
    for fee in fees:
        insured = min(fee, ltci)
        ltci -= insured
        paid += min((2 * n * (fee - insured) + d) // (2 * d), room - paid)
    return paid


def _seconds(work: Callable[[Any], object], over: list[Any]) -> float:
    start = time.perf_counter()
    for each in over:
        work(each)
    return time.perf_counter() - start
