"""An amount in the capital numerals of vouchers and cheques 大写: 壹仟贰佰叁拾肆元伍角整. Pure."""

from __future__ import annotations

DIGITS = "零壹贰叁肆伍陆柒捌玖"
PLACES = ("", "拾", "佰", "仟")
#: Ten thousand million million yuan: more than any budget, and as far as 万亿 reads without doubt.
MOST_YUAN = 10**16


def in_capitals(fen: int) -> str:
    """The amount in the capital numerals of vouchers and cheques, which cannot be altered with a stroke.

    整 follows 元 and 角; 零 stands for skipped places inside the yuan, and for a skipped 角 before 分.
    """
    yuan, cents = divmod(abs(fen), 100)
    if yuan >= MOST_YUAN:
        raise ValueError("an amount of ten thousand million million yuan or more has no capital form here")
    jiao, rest = divmod(cents, 10)
    parts = ["负"] if fen < 0 else []
    if yuan or not cents:
        parts.append(f"{_whole(yuan)}元")
    if jiao:
        parts.append(f"{DIGITS[jiao]}角")
    elif rest and yuan:
        parts.append("零")
    parts.append(f"{DIGITS[rest]}分" if rest else "整")
    return "".join(parts)


def _whole(number: int) -> str:
    for unit, name in ((10**8, "亿"), (10**4, "万")):
        if number >= unit:
            high, low = divmod(number, unit)
            gap = "零" if 0 < low < unit // 10 else ""
            return f"{_whole(high)}{name}{gap}{_whole(low) if low else ''}"
    text = ""
    skipped = False
    for place in range(3, -1, -1):
        digit = number // 10**place % 10
        if digit:
            text += ("零" if skipped and text else "") + DIGITS[digit] + PLACES[place]
        skipped = not digit
    return text or DIGITS[0]
