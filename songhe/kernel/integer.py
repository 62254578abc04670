"""Shares of whole numbers. Money is fen, time is minutes; a ratio is a fraction, never a float."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from fractions import Fraction

_RATIO = re.compile(r"([0-9]+)(?:/([1-9][0-9]*))?")


def ratio(text: str) -> Fraction:
    """The ratio that a pack writes as ``"2/5"``; a decimal point or a percent sign is an error."""
    written = _RATIO.fullmatch(text.strip())
    if not written:
        raise ValueError(f"a ratio is written as a fraction such as 2/5, not {text!r}")
    return Fraction(int(written[1]), int(written[2] or 1))


def share(amount: int, of: Fraction) -> int:
    """``of`` × ``amount``, rounded half up to the whole unit: ``(2·n·x + d) // (2·d)``; ``amount`` ≥ 0."""
    if amount < 0:
        raise ValueError("a share is taken of an amount that is not negative")
    n, d = of.numerator, of.denominator
    return (2 * n * amount + d) // (2 * d)


def floor_share(amount: int, of: Fraction) -> int:
    """``of`` × ``amount``, rounded down (towards minus infinity)."""
    return amount * of.numerator // of.denominator


def running_shares(amounts: Iterable[int], of: Fraction) -> list[int]:
    """Split each amount so that the first ``k`` parts always sum to the floor share of the first ``k`` amounts.

    The central part of a settlement batch: the batch is split, not the line, so no fen is made or lost
    by rounding, whatever the order of the lines.
    """
    parts: list[int] = []
    total = before = 0
    for amount in amounts:
        total += amount
        now = floor_share(total, of)
        parts.append(now - before)
        before = now
    return parts


def apportion(total: int, weights: Sequence[int]) -> list[int]:
    """Divide ``total`` in proportion to ``weights``; the parts sum to ``total`` to the unit.

    Each part is the step of the running floor, so the remainder falls where it accrues. All weights zero
    gives the whole to the last part.
    """
    weight_sum = sum(weights)
    if not weights:
        raise ValueError("nothing to divide among")
    if weight_sum == 0:
        return [0] * (len(weights) - 1) + [total]
    return running_shares_of(total, weights, weight_sum)


def running_shares_of(total: int, weights: Sequence[int], weight_sum: int) -> list[int]:
    parts: list[int] = []
    weight = before = 0
    for each in weights:
        weight += each
        now = total * weight // weight_sum
        parts.append(now - before)
        before = now
    return parts
