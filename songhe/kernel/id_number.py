"""Identity documents 证件: resident numbers (GB 11643) with their check digit, and what stands in for one.

The county part of a number is never a reason to refuse: it names the county of first registration, and
counties have been split, merged and renumbered since.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from songhe.kernel.refusal import MISSING, reason
from songhe.kernel.typed import fold

SCIENTIFIC_NOTATION = reason(
    "id_number.scientific_notation",
    zh="表格把证件号码变成了科学计数法（{text}），后几位数字已经丢失。请把该列设为文本格式后重新填写。",
    en="The spreadsheet turned the number into {text} and lost its last digits. Format the column as text and enter it "
    "again.",
)
WRONG_LENGTH = reason(
    "id_number.wrong_length",
    zh="证件号码应为{expected}位，现为{length}位。",
    en="The number must have {expected} characters; it has {length}.",
)
BAD_CHARACTER = reason(
    "id_number.bad_character",
    zh="证件号码第{position}位“{character}”不应出现。",
    en="Character {position} of the number, “{character}”, does not belong there.",
)
CHECK_DIGIT = reason(
    "id_number.check_digit",
    zh="证件号码的校验位不符，请核对是否抄错。",
    en="The last character does not fit the others; please compare the number with the card.",
)
IMPOSSIBLE_BIRTH_DATE = reason(
    "id_number.impossible_birth_date",
    zh="证件号码中的出生日期“{text}”不存在或在今天之后。",
    en="The birth date in the number, {text}, does not exist or lies in the future.",
)
OTHER_DOCUMENT = reason(
    "id_number.other_document",
    zh="这个号码不是所选的证件种类，请改选证件种类。",
    en="The number does not belong to the chosen kind of document; choose another kind.",
)
NUMBER_GIVEN = reason(
    "id_number.number_given",
    zh="已选“暂无证件号码”，却填了号码；请选择证件种类。",
    en="“No number yet” was chosen but a number was given; choose the kind of document.",
)


class Kind(StrEnum):
    """Kinds of document; the first three share one space of 18-character numbers."""

    RESIDENT = "resident"  # 居民身份证
    RESIDENCE_PERMIT = "residence_permit"  # 港澳台居民居住证
    PERMANENT_RESIDENCE = "permanent_residence"  # 外国人永久居留身份证
    TRAVEL_PERMIT = "travel_permit"  # 港澳居民来往内地通行证、台湾居民来往大陆通行证
    PASSPORT = "passport"  # 护照
    MILITARY = "military"  # 军人证件
    OTHER = "other"  # 其他证件
    NONE = "none"  # 暂无证件号码


class Sex(StrEnum):
    MALE = "male"
    FEMALE = "female"


@dataclass(frozen=True)
class IdNumber:
    """One document. Two numbers of one human are equal when their ``index_text`` is equal."""

    kind: Kind
    canonical: str
    birth_date: date | None = None
    sex: Sex | None = None

    @property
    def canonical18(self) -> str | None:
        """The 18-character form, or ``None`` for documents that have none."""
        return self.canonical if _SHAPE_18.fullmatch(self.canonical) and self.kind in _NUMBERED_18 else None

    @property
    def index_text(self) -> str | None:
        """The text whose keyed hash is unique in the country; ``None`` while there is no number.

        Numbers of 18 characters are unique by themselves, whatever card they were read from; others only
        within their kind of document.
        """
        if self.kind is Kind.NONE:
            return None
        return self.canonical18 or f"{self.kind}:{self.canonical}"

    @property
    def last4(self) -> str:
        return self.canonical[-4:]

    def masked(self) -> str:
        """``330783********0028``: six and four for 18 characters, the last four of other documents."""
        shown = 6 if self.canonical18 else 0
        return self.canonical[:shown] + "*" * (len(self.canonical) - shown - 4) + self.last4

    def __str__(self) -> str:
        """Masked, so that a number never reaches a log by accident."""
        return self.masked()

    def __repr__(self) -> str:
        return f"IdNumber({self.kind}, {self.masked()!r})"


_NUMBERED_18 = frozenset({Kind.RESIDENT, Kind.RESIDENCE_PERMIT, Kind.PERMANENT_RESIDENCE})
_SHAPE_18 = re.compile(r"[0-9]{17}[0-9X]")
_OLD_PERMANENT_RESIDENCE = re.compile(r"[A-Z]{3}[0-9]{12}")
_SCIENTIFIC = re.compile(r"[0-9]+(?:\.[0-9]*)?E\+?[0-9]{1,3}")
_OTHER_LENGTHS = range(6, 31)
_RESIDENCE_PERMIT_PROVINCES = ("81", "82", "83")
_WEIGHTS = tuple(pow(2, 17 - place, 11) for place in range(17))
_CHECK_CHARACTERS = "10X98765432"
_EARLIEST_YEAR = 1800
_CENTENARIAN_SEQUENCES = frozenset({"996", "997", "998", "999"})


def check_character(first17: str) -> str:
    """The last character of an 18-character number: ISO 7064 MOD 11-2 over the first 17 digits."""
    total = sum(int(digit) * weight for digit, weight in zip(first17, _WEIGHTS, strict=True))
    return _CHECK_CHARACTERS[total % 11]


def to_18(old: str) -> str:
    """The 18-character form of a 15-digit number; sequences 996 to 999 were kept for people born in the 1800s."""
    century = "18" if old[12:] in _CENTENARIAN_SEQUENCES else "19"
    body = old[:6] + century + old[6:]
    return body + check_character(body)


def parse(text: str, kind: Kind | str | None = None, *, on: date | None = None, field: str = "id_number") -> IdNumber:
    """Read a document number as typed: full-width and small letters are folded, spaces dropped, 15 digits made 18.

    Without a ``kind``, or with ``resident``, the number itself says which 18-character document it is: 81, 82
    and 83 lead a residence permit, 9 a foreigner's permanent residence card. Given ``on``, a birth after that
    day is impossible. Refuses with ``input.missing``, ``id_number.scientific_notation``,
    ``id_number.bad_character``, ``id_number.wrong_length``, ``id_number.impossible_birth_date``,
    ``id_number.check_digit``, ``id_number.other_document`` or ``id_number.number_given``. GB 11643.
    """
    wanted = Kind(kind) if kind is not None else None
    typed = fold(text)
    if wanted is Kind.NONE:
        if typed:
            raise NUMBER_GIVEN(field)
        return IdNumber(Kind.NONE, "")
    if not typed:
        raise MISSING(field, field_name=field)
    numbered = wanted is None or wanted in _NUMBERED_18
    if _SCIENTIFIC.fullmatch(typed) and (numbered or "+" in typed):
        raise SCIENTIFIC_NOTATION(field, text=typed[:4] + "…E+" + typed.rpartition("E")[2].lstrip("+"))
    if wanted is not None and not numbered:
        return _other(typed, wanted, field)
    if _looks_like_an_old_permanent_residence_card(typed, wanted):
        return _old_permanent_residence(typed, field)
    return _numbered_18(typed, wanted, on, field)


def _numbered_18(typed: str, wanted: Kind | None, on: date | None, field: str) -> IdNumber:
    for position, character in enumerate(typed, start=1):
        if character not in "0123456789" and not (character == "X" and position == len(typed) == 18):
            raise BAD_CHARACTER(field, position=position, character=character)
    if len(typed) not in (15, 18):
        raise WRONG_LENGTH(field, expected="18", length=len(typed))
    number = to_18(typed) if len(typed) == 15 else typed
    birth_date = _birth_date(number[6:14], on, field)
    if number[17] != check_character(number[:17]):
        raise CHECK_DIGIT(field)
    kind = Kind.RESIDENT if len(typed) == 15 else _kind_of(number)
    if wanted not in (None, Kind.RESIDENT, kind):
        raise OTHER_DOCUMENT(field)
    return IdNumber(kind, number, birth_date, Sex.MALE if int(number[16]) % 2 else Sex.FEMALE)


def _kind_of(number: str) -> Kind:
    if number.startswith(_RESIDENCE_PERMIT_PROVINCES):
        return Kind.RESIDENCE_PERMIT
    # Since December 2023: 9, two digits of the province, three of the country, then as a resident number.
    return Kind.PERMANENT_RESIDENCE if number.startswith("9") else Kind.RESIDENT


def _birth_date(digits: str, on: date | None, field: str) -> date:
    try:
        born = date(int(digits[:4]), int(digits[4:6]), int(digits[6:]))
    except ValueError:
        raise IMPOSSIBLE_BIRTH_DATE(field, text=digits) from None
    if born.year < _EARLIEST_YEAR or (on is not None and born > on):
        raise IMPOSSIBLE_BIRTH_DATE(field, text=digits)
    return born


def _looks_like_an_old_permanent_residence_card(typed: str, wanted: Kind | None) -> bool:
    led_by_a_letter = "A" <= typed[0] <= "Z"
    return led_by_a_letter and (
        wanted is Kind.PERMANENT_RESIDENCE or (wanted is None and bool(_OLD_PERMANENT_RESIDENCE.fullmatch(typed)))
    )


def _old_permanent_residence(typed: str, field: str) -> IdNumber:
    """The card before 2023: three letters of the country and 12 digits. Its century is not written, so no birth date
    is taken from it."""
    if len(typed) != 15:
        raise WRONG_LENGTH(field, expected="15 / 18", length=len(typed))
    for position, character in enumerate(typed, start=1):
        allowed = "ABCDEFGHIJKLMNOPQRSTUVWXYZ" if position <= 3 else "0123456789"
        if character not in allowed:
            raise BAD_CHARACTER(field, position=position, character=character)
    return IdNumber(Kind.PERMANENT_RESIDENCE, typed)


def _other(typed: str, kind: Kind, field: str) -> IdNumber:
    """Passports, permits, military and other papers: letters, digits, hyphens, brackets; 6 to 30 characters."""
    for position, character in enumerate(typed, start=1):
        if not (character.isalpha() or character in "0123456789-()/"):
            raise BAD_CHARACTER(field, position=position, character=character)
    if len(typed) not in _OTHER_LENGTHS:
        expected = f"{_OTHER_LENGTHS[0]}–{_OTHER_LENGTHS[-1]}"
        raise WRONG_LENGTH(field, expected=expected, length=len(typed))
    return IdNumber(kind, typed)
