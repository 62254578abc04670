"""What charity adds to a family's top-up: a ratio of it, up to so much a month and person. 配捐

Pure arithmetic, and the question and answer of ``songhe quote`` about it.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from fractions import Fraction
from typing import Any

from songhe.kernel.integer import floor_share
from songhe.kernel.refusal import whole
from songhe.policy.resolve import Policy


def match_fen(*, topup_fen: int, ratio: Fraction, room_fen: int | None) -> int:
    """``ratio`` of the top-up, rounded down to the fen, at most what is left of the month's cap (None: no cap)."""
    if topup_fen < 0 or not 0 <= ratio <= 1:
        raise ValueError("a top-up is not negative and a ratio lies between 0 and 1")
    most = floor_share(topup_fen, ratio)
    return most if room_fen is None else max(0, min(most, room_fen))


def most_refundable(*, topup_fen: int, refunded_fen: int, kept_fen: int, ratio: Fraction) -> int:
    """The most of a top-up that may be refunded while ``kept_fen`` of its match has been spent.

    What stays must still merit the match that stays: at 1:1 the refund is smaller by what was spent.
    """
    if kept_fen <= 0 or ratio == 0:
        return topup_fen - refunded_fen
    stays = -(-kept_fen * ratio.denominator // ratio.numerator)
    return max(0, topup_fen - refunded_fen - stays)


def terms_of_match(policy: Policy, on: date) -> tuple[Fraction, int | None]:
    """Ratio and monthly cap in force; a ratio of 0 where the place has set none."""
    ratio, cap = policy.value("match_ratio", on), policy.value("match_month_cap", on)
    assert ratio is None or isinstance(ratio, Fraction)
    assert cap is None or isinstance(cap, int)
    return ratio or Fraction(0), cap


def answer(asked: Mapping[str, Any], *, policy: Policy, on: date) -> dict[str, Any]:
    """What a top-up of ``topup_fen`` would bring after ``matched_fen`` of the month. Refuses with ``input.*``."""
    topup = whole(asked.get("topup_fen"), "topup_fen", least=1)
    matched = whole(asked.get("matched_fen", 0), "matched_fen", least=0)
    ratio, cap = terms_of_match(policy, on)
    room = None if cap is None else max(0, cap - matched)
    added = match_fen(topup_fen=topup, ratio=ratio, room_fen=room)
    return {
        "pack": policy.id,
        "version": policy.version,
        "topup_fen": topup,
        "match_fen": added,
        "usable_fen": topup + added,
    }
