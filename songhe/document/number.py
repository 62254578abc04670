"""Numbers that people read out and type: 370799 202603 0000001 and two check digits by ISO 7064 MOD 97-10.

County (6), month (6), sequence (7, or 10 where the row numbers itself) and the check: 21 or 24 digits. One wrong
digit, and two neighbours exchanged, are always found.
"""

from __future__ import annotations

from contextlib import suppress
from typing import Any
from uuid import UUID

from django.db import IntegrityError, connection, transaction
from django.db.models import F

from songhe.county.key import new_id
from songhe.county.ready import insert
from songhe.document.models import Counter, NumberKind
from songhe.kernel.month import Month
from songhe.kernel.refusal import MISSING, reason
from songhe.kernel.typed import fold

SEQUENCE_DIGITS = 7
LAST_SEQUENCE = 10**SEQUENCE_DIGITS - 1
OWN_DIGITS = 10

NOT_A_NUMBER = reason(
    "document.not_a_number",
    zh="“{text}”不是完整的编号：应为21位或24位数字。",
    en="“{text}” is not a whole number of ours: it has 21 or 24 digits.",
)
WRONG_CHECK_DIGITS = reason(
    "document.wrong_check_digits",
    zh="编号“{text}”的校验位不符，请核对是否抄错。",
    en="The check digits of {text} do not agree; look for a slip.",
)
NUMBERS_USED_UP = reason(
    "document.numbers_used_up",
    zh="{county} 在 {month} 的“{kind_zh}”编号不够用了。",
    en="{county} has not enough numbers of kind {kind_en} left in {month}.",
    status=409,
)


def number(county: str, month: Month, sequence: int) -> str:
    """The number of a county, month and sequence, 21 digits."""
    if not 1 <= sequence <= LAST_SEQUENCE:
        raise ValueError(f"a sequence has at most {SEQUENCE_DIGITS} digits, not {sequence}")
    return _checked(f"{_six(county)}{month.compact}{sequence:0{SEQUENCE_DIGITS}d}")


def of_id(county: str, month: Month, row_id: UUID) -> str:
    """The number of a row that is written on a hot path, 24 digits, made without asking the database.

    A counter would make every bill of a county wait for the one before it. So the ten digits of the sequence are
    taken from the 46 random bits of the row's own id (bits 16 to 61 of the UUIDv7 that ``songhe.county`` makes).
    Ten digits are not enough to be unique by chance: with 10,000 bills in a county and month two agree in one month
    out of two hundred, with 100,000 in two of five. The table therefore keeps (county, number) unique, and who is
    refused takes a new id and with it a new number. Batches that number a whole population use ``take``.
    """
    random = (row_id.int >> 16) & ((1 << 46) - 1)
    return _checked(f"{_six(county)}{month.compact}{random % 10**OWN_DIGITS:0{OWN_DIGITS}d}")


def insert_numbered(row: Any, month: Month) -> None:
    """Write a new row, whose ``no`` is unique in its county, under the number of its own id; where that is taken the
    row gets another id and with it another number."""
    while True:
        row.no = of_id(row.county, month, row.id)
        if insert([row], unless=("county", "no")):
            return
        row.id = new_id()


def check(text: str, *, field: str = "number") -> str:
    """The number as kept: full-width digits narrowed, spaces and hyphens dropped, its check digits verified.

    Refuses with ``input.missing``, ``document.not_a_number`` or ``document.wrong_check_digits``.
    """
    digits = fold(text).replace("-", "").replace("－", "")
    if not digits:
        raise MISSING(field, field_name=field)
    if not (digits.isascii() and digits.isdigit() and len(digits) in (21, 24)):
        raise NOT_A_NUMBER(field, text=text)
    if int(digits) % 97 != 1:
        raise WRONG_CHECK_DIGITS(field, text=grouped(digits))
    return digits


def grouped(number: str) -> str:
    """In fours, as it is printed and read out: 3707 9920 2603 0000 0018 5."""
    return " ".join(number[start : start + 4] for start in range(0, len(number), 4))


def take(county: str, kind: str, month: Month, count: int = 1) -> int:
    """The first of ``count`` sequences in a row, now taken; the others follow it without a gap.

    One conditional UPDATE moves the counter, and its row stays locked until the caller's transaction ends, so that
    a number is given once, and given back when the transaction fails. Refuses with ``document.numbers_used_up``.
    """
    if count < 1:
        raise ValueError("at least one number is taken")
    if not connection.in_atomic_block:
        raise RuntimeError("numbers are taken inside the transaction that uses them")
    written = month.compact
    mine = Counter.objects.filter(county=county, kind=NumberKind(kind), month=written)
    while not mine.filter(next__lte=LAST_SEQUENCE + 1 - count).update(next=F("next") + count):
        if count > LAST_SEQUENCE or mine.filter(next__gt=LAST_SEQUENCE + 1 - count).exists():
            raise NUMBERS_USED_UP(county=county, month=month, kind_zh=NumberKind(kind).label, kind_en=kind)
        # The month is not open yet, or somebody else opened it just now.
        with suppress(IntegrityError), transaction.atomic():
            Counter.objects.create(county=county, kind=kind, month=written)
    return mine.values_list("next", flat=True).get() - count


def sql_number(county: str, month: Month, sequence: str, vendor: str) -> str:
    """``number`` as an SQL expression over two SQL expressions, so that a batch numbers its own rows.

    ``county`` is a text expression of six digits, ``sequence`` an integer one from 1 to 9,999,999 that is evaluated
    twice. County, month and sequence are 19 digits and fit a 64-bit integer; the check is computed from the
    remainder, so nothing overflows. ``vendor`` is ``sqlite`` or ``postgresql``.
    """
    head = int(month.compact) * 10**SEQUENCE_DIGITS
    whole = f"(CAST({county} AS bigint) * {10 ** (6 + SEQUENCE_DIGITS)} + {head} + ({sequence}))"
    digits = f"(98 - ({whole} % 97 * 100) % 97)"
    if vendor == "postgresql":
        return f"(lpad(CAST({whole} AS text), 19, '0') || lpad(CAST({digits} AS text), 2, '0'))"
    return f"printf('%019d%02d', {whole}, {digits})"


def _six(county: str) -> str:
    if len(county) != 6 or not county.isdigit():
        raise ValueError(f"a county has six digits, not {county!r}")
    return county


def _checked(digits: str) -> str:
    return f"{digits}{98 - int(digits) * 100 % 97:02d}"
