"""The arithmetic of a bill shared between LTCI, voucher and the person: the only place where it is done. 抵扣计算

Whole fen throughout. It works on a ratio and a cap that are handed in: a quote looks them up, a redemption takes
them from the voucher, which carries what was printed on it when it was issued.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from songhe.kernel.integer import share
from songhe.kernel.refusal import reason

LTCI_OVER_FEES = reason(
    "quote.ltci_over_fees",
    zh="长期护理保险支付{ltci_fen:yuan}，超过了费用合计{fees_fen:yuan}。",
    en="LTCI pays {ltci_fen:yuan}, more than the fees of {fees_fen:yuan}.",
)


@dataclass(frozen=True)
class Line:
    """One fee and who pays it; the parts always sum to the fee. ``other_fen``: other public money on the line."""

    fee_fen: int
    ltci_fen: int
    voucher_fen: int
    self_fen: int
    in_scope: bool = True
    other_fen: int = 0
    uncapped_fen: int = 0

    @property
    def base_fen(self) -> int:
        """What the voucher may work on: the fee after LTCI and other public money, nothing when out of scope."""
        return self.fee_fen - self.ltci_fen - self.other_fen if self.in_scope else 0

    def as_dict(self) -> dict[str, int]:
        return {
            "fee_fen": self.fee_fen,
            "ltci_fen": self.ltci_fen,
            "voucher_fen": self.voucher_fen,
            "self_fen": self.self_fen,
        }


@dataclass(frozen=True)
class Bill:
    """A bill's lines, and what was left of the cap before it (``room_fen``)."""

    lines: tuple[Line, ...]
    room_fen: int

    @property
    def fee_fen(self) -> int:
        return sum(line.fee_fen for line in self.lines)

    @property
    def ltci_fen(self) -> int:
        return sum(line.ltci_fen for line in self.lines)

    @property
    def base_fen(self) -> int:
        return sum(line.base_fen for line in self.lines)

    @property
    def uncapped_fen(self) -> int:
        """What the voucher would pay if it had no cap."""
        return sum(line.uncapped_fen for line in self.lines)

    @property
    def voucher_fen(self) -> int:
        return sum(line.voucher_fen for line in self.lines)

    @property
    def self_fen(self) -> int:
        return sum(line.self_fen for line in self.lines)


def room(*, cap_fen: int, used_fen: int) -> int:
    """What is left of a month's cap; nothing when it is used up or overdrawn."""
    return max(0, cap_fen - used_fen)


def share_line(
    *, fee_fen: int, ratio: Fraction, room_fen: int, ltci_fen: int = 0, other_fen: int = 0, in_scope: bool = True
) -> Line:
    """One line: LTCI first, other public money next, the voucher on the rest, the person pays what remains.

    The voucher pays ``ratio`` of the rest, half up to the fen, at most what is left of the cap (``room_fen``).
    An out-of-scope line gets no voucher (source 001, question 11).
    """
    if min(fee_fen, room_fen, ltci_fen, other_fen) < 0 or not 0 <= ratio <= 1:
        raise ValueError("amounts are not negative and a ratio lies between 0 and 1")
    if ltci_fen + other_fen > fee_fen:
        raise LTCI_OVER_FEES("ltci_fen", ltci_fen=ltci_fen + other_fen, fees_fen=fee_fen)
    base = fee_fen - ltci_fen - other_fen if in_scope else 0
    uncapped = share(base, ratio)
    voucher = min(uncapped, room_fen)
    own = fee_fen - ltci_fen - other_fen - voucher
    return Line(fee_fen, ltci_fen, voucher, own, in_scope, other_fen, uncapped)


def set_against(*, fees_fen: Sequence[int], ltci_fen: int) -> list[int]:
    """How much of each fee LTCI pays: the fees in their order until it is used up.

    Refuses with ``quote.ltci_over_fees``.
    """
    if ltci_fen > sum(fees_fen):
        raise LTCI_OVER_FEES("ltci_fen", ltci_fen=ltci_fen, fees_fen=sum(fees_fen))
    parts: list[int] = []
    left = ltci_fen
    for fee in fees_fen:
        parts.append(min(left, fee))
        left -= parts[-1]
    return parts


def share_bill(
    *,
    fees_fen: Sequence[int],
    ratio: Fraction,
    cap_fen: int,
    ltci_fen: int = 0,
    used_fen: int = 0,
    in_scope: Sequence[bool] | None = None,
) -> Bill:
    """A whole bill, line by line: each line rounded on its own, the cap on the running sum after ``used_fen``.

    Refuses with ``quote.ltci_over_fees``. The parts sum to the bill to the fen; the voucher never exceeds the cap.
    """
    scope = [True] * len(fees_fen) if in_scope is None else list(in_scope)
    if len(scope) != len(fees_fen):
        raise ValueError("one in_scope for each fee")
    ltci = set_against(fees_fen=fees_fen, ltci_fen=ltci_fen)
    at_first = left = room(cap_fen=cap_fen, used_fen=used_fen)
    lines: list[Line] = []
    for fee, by_ltci, inside in zip(fees_fen, ltci, scope, strict=True):
        line = share_line(fee_fen=fee, ltci_fen=by_ltci, ratio=ratio, room_fen=left, in_scope=inside)
        left -= line.voucher_fen
        lines.append(line)
    return Bill(tuple(lines), at_first)
