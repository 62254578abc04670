"""The kinds of value that bodies and answers are made of. Nothing is converted: what is not the kind is refused."""

from __future__ import annotations

import re
from datetime import date
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, StrictBool, WithJsonSchema
from pydantic_core import PydanticCustomError

from songhe.kernel.month import Month, parse_date
from songhe.kernel.refusal import Refusal

#: Ten billion yuan: sums of two hundred lines stay far inside eight bytes.
MOST_FEN = 10**12
MOST_PROVIDER = 2**53


class Body(BaseModel):
    """What comes in: a field that is not known is refused."""

    model_config = ConfigDict(extra="forbid")


class Shown(BaseModel):
    """What goes out, as the description of the interface has it; a test holds every answer against it."""

    model_config = ConfigDict(extra="forbid")


def _read_day(value: Any) -> date:
    try:
        if isinstance(value, str):
            return parse_date(value)
    except Refusal:
        pass
    raise PydanticCustomError("not_a_date", "not a date", {"text": _short(value)})


def _read_month(value: Any) -> str:
    try:
        if isinstance(value, str):
            return str(Month.parse(value))
    except Refusal:
        pass
    raise PydanticCustomError("not_a_month", "not a month", {"text": _short(value)})


def _short(value: Any) -> str:
    return str(value)[:20] if isinstance(value, str | int | float) else type(value).__name__


Fen = Annotated[int, Field(strict=True, ge=0, le=MOST_FEN, title="金额（分）")]
PositiveFen = Annotated[int, Field(strict=True, ge=1, le=MOST_FEN, title="金额（分）")]
SignedFen = Annotated[int, Field(strict=True, title="金额（分），可为负")]
Whole = Annotated[int, Field(strict=True, ge=0, le=10**6)]
Yes = StrictBool
Day = Annotated[
    date,
    BeforeValidator(_read_day),
    WithJsonSchema({"type": "string", "format": "date", "title": "日期", "examples": ["2026-03-08"]}),
]
MonthText = Annotated[
    str,
    BeforeValidator(_read_month),
    WithJsonSchema({"type": "string", "pattern": "^[0-9]{4}-[0-9]{2}$", "title": "月份", "examples": ["2026-03"]}),
]
County = Annotated[str, Field(pattern=re.compile(r"^[0-9]{6}\Z"), title="区县代码", examples=["370799"])]
Place = Annotated[
    str, Field(pattern=re.compile(r"^([0-9]{6}|[0-9]{9}|[0-9]{12})\Z"), title="区划代码", examples=["370799001001"])
]
ProviderId = Annotated[int, Field(strict=True, ge=1, le=MOST_PROVIDER, title="机构")]
#: Case, voucher and bill numbers as typed: spaces and hyphens between their digits do no harm.
Number = Annotated[str, Field(min_length=1, max_length=64, title="编号", examples=["370799202603000000185"])]
Line = Annotated[str, Field(max_length=200)]
Because = Annotated[str, Field(min_length=1, max_length=300, title="理由")]
Instant = Annotated[str, Field(title="时刻（RFC 3339，UTC）", json_schema_extra={"format": "date-time"})]
