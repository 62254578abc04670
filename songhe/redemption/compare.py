"""The four groups side by side on somebody's own bills: what each would have paid of them. Pure. 四组对比"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from songhe.kernel.integer import share
from songhe.policy.benefit import share_line

#: So many months back are compared: enough to be usual, near enough to be like the next.
MONTHS_COMPARED = 3


@dataclass(frozen=True)
class Spent:
    """One line of a bill that stands: what it cost, who paid before the voucher, and in which group it was."""

    month: str
    category: str
    fee_fen: int
    ltci_fen: int = 0
    other_fen: int = 0
    in_scope: bool = True


@dataclass(frozen=True)
class Paid:
    """An average month: what the services cost, what the voucher would pay and what remains for the person."""

    fee_fen: int
    voucher_fen: int
    self_fen: int


@dataclass(frozen=True)
class Offer:
    """What choosing a group would mean. ``as_usual``: of bills as they were; ``all_here``: had all of it been services
    of this group. Both are ``None`` without bills, and for a group that has no ratio in the place."""

    category: str
    ratio: Fraction | None
    cap_fen: int | None
    as_usual: Paid | None = None
    all_here: Paid | None = None

    @property
    def is_open(self) -> bool:
        return self.ratio is not None


def compare(*, groups: Sequence[str], terms: Mapping[str, Any], spent: Sequence[Spent]) -> list[Offer]:
    """Every group in order, on the terms that the voucher carries ({"home": ["1/2", 80000], …}).

    The arithmetic is that of a redemption: LTCI and other public money first, the ratio of the rest half up for each
    line, the cap on the running sum of a month. Averages are over the months that have bills, half up.
    """
    months = sorted({one.month for one in spent})
    offers = []
    for category in groups:
        carried = terms.get(category)
        if carried is None:
            offers.append(Offer(category, None, None))
            continue
        ratio, cap_fen = Fraction(carried[0]), int(carried[1])
        if not months:
            offers.append(Offer(category, ratio, cap_fen))
            continue
        by_month = [[one for one in spent if one.month == month] for month in months]
        usual = [_voucher(lines, category, ratio, cap_fen) for lines in by_month]
        here = [_voucher(lines, None, ratio, cap_fen) for lines in by_month]
        offers.append(Offer(category, ratio, cap_fen, _average(by_month, usual), _average(by_month, here)))
    return offers


def best_of(offers: Sequence[Offer]) -> str | None:
    """The group that leaves the person the least to pay on bills as they were; ``None`` where none stands out."""
    usual = sorted(
        ((one.as_usual.voucher_fen, one.category) for one in offers if one.as_usual is not None), reverse=True
    )
    if not usual or usual[0][0] == 0 or (len(usual) > 1 and usual[0][0] == usual[1][0]):
        return None
    return usual[0][1]


def _voucher(lines: Sequence[Spent], category: str | None, ratio: Fraction, cap_fen: int) -> int:
    """What a month's voucher pays of these lines; ``category`` None takes all of them for the voucher's group."""
    room = cap_fen
    for one in lines:
        line = share_line(
            fee_fen=one.fee_fen,
            ratio=ratio,
            room_fen=room,
            ltci_fen=one.ltci_fen,
            other_fen=one.other_fen,
            in_scope=one.in_scope and category in (None, one.category),
        )
        room -= line.voucher_fen
    return cap_fen - room


def _average(by_month: Sequence[Sequence[Spent]], vouchers: Sequence[int]) -> Paid:
    each = Fraction(1, len(by_month))
    fee = sum(one.fee_fen for lines in by_month for one in lines)
    before = sum(one.ltci_fen + one.other_fen for lines in by_month for one in lines)
    whole, voucher = share(fee, each), share(sum(vouchers), each)
    return Paid(whole, voucher, share(fee - before, each) - voucher)
