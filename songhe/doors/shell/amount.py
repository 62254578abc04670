"""How an amount is written: ¥1,234.50 in figures and 壹仟贰佰叁拾肆元伍角整 in capitals."""

from __future__ import annotations

from songhe.kernel.capitals import DIGITS, MOST_YUAN
from songhe.kernel.capitals import in_capitals as capitals

__all__ = ["DIGITS", "MOST_YUAN", "capitals", "figures"]


def figures(fen: int, *, sign: str = "¥") -> str:
    """The amount with its sign, thousands in threes and always two decimals; below zero a minus sign leads."""
    yuan, cents = divmod(abs(fen), 100)
    minus = "−" if fen < 0 else ""
    return f"{minus}{sign}{yuan:,}.{cents:02d}"
