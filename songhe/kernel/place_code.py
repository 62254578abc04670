"""Place codes 行政区划代码: six digits to the county (GB/T 2260), nine to the town, twelve to the village.

Everything here comes from the digits alone; whether a place exists, and when, is the business of ``place``.
"""

from __future__ import annotations

from enum import IntEnum

from songhe.kernel.refusal import MISSING, reason
from songhe.kernel.typed import fold

NATION = "000000"

NOT_A_CODE = reason(
    "place_code.not_a_code",
    zh="“{text}”不是区划代码：应为6位（省XX0000、市XXXX00、县）、9位（乡镇街道）或12位（村社区）数字。",
    en="“{text}” is not a place code: six digits (XX0000, XXXX00, XXXXXX), nine (town) or twelve (village).",
)


class Level(IntEnum):
    NATION = 0
    PROVINCE = 1
    CITY = 2
    COUNTY = 3
    TOWN = 4
    VILLAGE = 5


def parse(text: str, *, field: str = "place") -> str:
    """The code as kept: a county written out to nine or twelve digits with noughts is cut back to its six.

    Refuses with ``input.missing`` or ``place_code.not_a_code``.
    """
    code = fold(text)
    if not code:
        raise MISSING(field, field_name=field)
    if not (code.isascii() and code.isdigit() and len(code) in (6, 9, 12)):
        raise NOT_A_CODE(field, text=text)
    while len(code) > 6 and code.endswith("000"):
        code = code[:-3]
    if code.startswith("00") and code != NATION:
        raise NOT_A_CODE(field, text=text)
    return code


def layers(code: str, *, field: str = "place") -> list[str]:
    """The place and what contains it, narrowest first: 653127 → 653127, 653100, 650000, 000000.

    Refuses as ``parse`` does.
    """
    code = parse(code, field=field)
    county = code[:6]
    candidates = [code[:12], code[:9], county, county[:4] + "00", county[:2] + "0000", NATION]
    found: list[str] = []
    for candidate in candidates:
        written_out = len(candidate) > 6 and candidate.endswith("000")
        if candidate not in found and not written_out:
            found.append(candidate)
    return found


def province(code: str) -> str:
    """XX0000 for any place below the nation; the nation is its own."""
    return parse(code)[:2] + "0000"


def parent(code: str) -> str | None:
    """The next wider layer; ``None`` above the nation."""
    above = layers(code)[1:]
    return above[0] if above else None


def level(code: str) -> Level:
    code = parse(code)
    if code == NATION:
        return Level.NATION
    if len(code) > 6:
        return Level.VILLAGE if len(code) == 12 else Level.TOWN
    if code.endswith("0000"):
        return Level.PROVINCE
    return Level.CITY if code.endswith("00") else Level.COUNTY


def prefix(code: str) -> str:
    """The digits with which the code of every place inside begins: nothing for the nation, 65, 6531, 653127."""
    code = parse(code)
    return code[: {Level.NATION: 0, Level.PROVINCE: 2, Level.CITY: 4}.get(level(code), len(code))]


def contains(area: str, code: str) -> bool:
    """Whether ``code`` is ``area`` or lies inside it."""
    return parse(code).startswith(prefix(area))
