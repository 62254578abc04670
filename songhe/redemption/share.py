"""The arithmetic of a bill on the terms that the voucher carries: who pays which fen of each line. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from songhe.policy.benefit import set_against, share_line


@dataclass(frozen=True)
class Fee:
    """One line before it is shared: its fee in fen, whether the voucher may pay for it, other public money on it."""

    fee_fen: int
    in_scope: bool = True
    other_fen: int = 0


@dataclass(frozen=True)
class Share:
    """One line shared. ``steps`` are the stages of the calculation, each with its sentence in two languages."""

    fee_fen: int
    in_scope: bool
    ltci_fen: int
    other_fen: int
    base_fen: int
    voucher_fen: int
    self_fen: int
    steps: list[dict[str, Any]]


def share_fees(fees: Sequence[Fee], *, ratio: Fraction | None, room_fen: int, ltci_fen: int) -> list[Share]:
    """Share a bill: LTCI first and in order, other public money, the voucher's ratio of the rest, own pay.

    ``room_fen`` is what is left on the voucher; the running sum of the voucher's parts never passes it. The parts of
    each line sum to its fee to the fen. Without a voucher (``ratio`` None) what remains is the person's, or their
    card's. Refuses with ``quote.ltci_over_fees`` (001, answer 11).
    """
    insured = set_against(fees_fen=[fee.fee_fen - fee.other_fen for fee in fees], ltci_fen=ltci_fen)
    shares: list[Share] = []
    left = room_fen
    for fee, by_ltci in zip(fees, insured, strict=True):
        line = share_line(
            fee_fen=fee.fee_fen,
            ratio=ratio or Fraction(0),
            room_fen=left,
            ltci_fen=by_ltci,
            other_fen=fee.other_fen,
            in_scope=fee.in_scope and ratio is not None,
        )
        steps = _steps(fee, line.ltci_fen, line.base_fen, line.uncapped_fen, line.voucher_fen, left, ratio)
        left -= line.voucher_fen
        shares.append(
            Share(
                fee_fen=line.fee_fen,
                in_scope=fee.in_scope,
                ltci_fen=line.ltci_fen,
                other_fen=line.other_fen,
                base_fen=line.base_fen,
                voucher_fen=line.voucher_fen,
                self_fen=line.self_fen,
                steps=steps,
            )
        )
    return shares


def _steps(
    fee: Fee, ltci: int, base: int, uncapped: int, voucher: int, left: int, ratio: Fraction | None
) -> list[dict[str, Any]]:
    steps = [step("fee", "服务费用", "fee", fee.fee_fen)]
    if ltci:
        steps.append(step("ltci", "先由长期护理保险支付", "long-term care insurance pays first", ltci))
    if fee.other_fen:
        steps.append(step("other", "其他公共资金已支付", "paid by other public money", fee.other_fen))
    if ratio is None:
        return steps
    if not fee.in_scope:
        return [*steps, step("scope", "不在补贴范围，由个人支付", "outside the subsidy: own pay", 0)]
    written = f"{ratio.numerator}/{ratio.denominator}"
    steps.append(step("base", "抵扣基数", "base", base))
    steps.append(
        step("ratio", f"按{written}抵扣，四舍五入到分", f"{written} of the base, half up to the fen", uncapped)
    )
    if voucher < uncapped:
        steps.append(step("cap", "以券上剩余金额为限", "limited to what is left on the voucher", left))
    return [*steps, step("voucher", "消费券支付", "the voucher pays", voucher)]


def step(name: str, zh: str, en: str, amount_fen: int) -> dict[str, Any]:
    """One stage of the calculation, as it is kept with the line."""
    return {"name": name, "zh": zh, "en": en, "amount_fen": amount_fen}
