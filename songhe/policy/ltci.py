"""Long-term care insurance in its four published shapes: worked cases, never a claim on the insurer. 长期护理保险

Ratio with a cap a day, ratio with a fee ceiling a month, a fixed sum, and a count of visits at a price.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from songhe.kernel.integer import share


@dataclass(frozen=True)
class Benefit:
    """What the fund pays of a fee and what remains; ``paid_count``: days, visits or months that it pays for."""

    fee_fen: int
    fund_fen: int
    paid_count: int

    @property
    def self_fen(self) -> int:
        return max(0, self.fee_fen - self.fund_fen)


def ratio_with_day_cap(*, fee_fen: int, days: int, ratio: Fraction, cap_fen: int) -> Benefit:
    """``ratio`` of each day's fee, half up, at most ``cap_fen`` a day; a day's fee below the cap counts as it is."""
    return Benefit(fee_fen * days, min(share(fee_fen, ratio), cap_fen) * days, days)


def ratio_with_month_ceiling(*, fee_fen: int, months: int, ratio: Fraction, ceiling_fen: int) -> Benefit:
    """``ratio`` of each month's fee, of which no more than ``ceiling_fen`` counts; nothing is carried over."""
    return Benefit(fee_fen * months, share(min(fee_fen, ceiling_fen), ratio) * months, months)


def fixed_sum(*, sum_fen: int, count: int) -> Benefit:
    """A fixed sum each day or month, whatever was spent: cash, set against no fee."""
    return Benefit(0, sum_fen * count, count)


def count_at_price(*, price_fen: int, count: int, ratio: Fraction, limit: int | None) -> Benefit:
    """Visits at a price: ``ratio`` of each, half up, up to ``limit`` visits; later ones are paid by the person."""
    paid = count if limit is None else min(count, limit)
    return Benefit(price_fen * count, share(price_fen, ratio) * paid, paid)
