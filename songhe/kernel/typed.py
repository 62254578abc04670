"""What people type: full-width letters and digits under a Chinese input method, stray spaces, small letters."""

from __future__ import annotations

_FULL_WIDTH = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)}
# The input method offers the Roman numeral ten where the keyboard has an X.
_ROMAN_TEN = {0x2169: "X", 0x2179: "X"}
_INVISIBLE = dict.fromkeys([0x200B, 0x200C, 0x200D, 0x200E, 0x200F, 0x2060, 0xFEFF])


def fold(text: str) -> str:
    """A number as typed, with full-width characters narrowed, all space dropped and letters in capitals.

    A leading apostrophe, by which spreadsheets mark text, is dropped too.
    """
    narrow = text.translate(_FULL_WIDTH | _ROMAN_TEN | _INVISIBLE)
    return "".join(narrow.split()).lstrip("'‘’").upper()
