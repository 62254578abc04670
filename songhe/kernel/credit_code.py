"""Unified social credit codes 统一社会信用代码 (GB 32100): 18 characters that name a legal body."""

from __future__ import annotations

from dataclasses import dataclass

from songhe.kernel.refusal import MISSING, Refusal, reason
from songhe.kernel.typed import fold

WRONG_LENGTH = reason(
    "credit_code.wrong_length",
    zh="统一社会信用代码应为18位，现为{length}位。",
    en="A unified social credit code has 18 characters; this has {length}.",
)
BAD_CHARACTER = reason(
    "credit_code.bad_character",
    zh="统一社会信用代码第{position}位“{character}”不应出现；代码不用字母I、O、S、V、Z。",
    en="Character {position} of the code, “{character}”, does not belong there; I, O, S, V and Z are never used.",
)
CHECK_DIGIT = reason(
    "credit_code.check_digit",
    zh="统一社会信用代码的校验位应为“{expected}”，现为“{found}”；请核对证照，确属如此的可以保留。",
    en="The check character should be {expected} but is {found}; compare the certificate, and keep it if it says so.",
)

_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_VALUE = {character: value for value, character in enumerate(_ALPHABET)}


@dataclass(frozen=True)
class CreditCode:
    """A code and what is odd about it. A warning is a refusal that was not raised: people may set it aside."""

    canonical: str
    warning: Refusal | None = None

    @property
    def place(self) -> str:
        """The six-digit place of registration."""
        return self.canonical[2:8]


def check_character(first17: str) -> str:
    """The last character: weights are the powers of 3 modulo 31, and 31 itself wraps to 0."""
    total = sum(_VALUE[character] * pow(3, place, 31) for place, character in enumerate(first17))
    return _ALPHABET[(31 - total % 31) % 31]


def parse(text: str, *, field: str = "credit_code") -> CreditCode:
    """Read a code as typed; a wrong check character is a warning, because some genuine certificates carry one.

    Refuses with ``input.missing``, ``credit_code.wrong_length`` or ``credit_code.bad_character``. GB 32100.
    """
    code = fold(text)
    if not code:
        raise MISSING(field, field_name=field)
    for position, character in enumerate(code, start=1):
        if character not in _VALUE:
            raise BAD_CHARACTER(field, position=position, character=character)
    if len(code) != 18:
        raise WRONG_LENGTH(field, length=len(code))
    if not (code[2:8].isascii() and code[2:8].isdigit()):
        position = 3 + next(index for index, character in enumerate(code[2:8]) if not character.isdigit())
        raise BAD_CHARACTER(field, position=position, character=code[position - 1])
    expected = check_character(code[:17])
    if code[17] != expected:
        return CreditCode(code, CHECK_DIGIT(field, expected=expected, found=code[17]))
    return CreditCode(code)
