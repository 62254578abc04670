"""Refusals: how every verb says no, in Chinese and in English, with a code that never changes."""

from __future__ import annotations

import string
from dataclasses import dataclass
from typing import Any

REASONS: dict[str, Reason] = {}


class _Words(string.Formatter):
    """Sentences with their values put in; an amount in fen is said as yuan, ``{most_fen:yuan}`` as ¥1,234.50."""

    def format_field(self, value: Any, format_spec: str) -> str:
        if format_spec != "yuan":
            return str(super().format_field(value, format_spec))
        yuan, fen = divmod(abs(int(value)), 100)
        return f"{'-' if value < 0 else ''}¥{yuan:,}.{fen:02d}"


_WORDS = _Words()


@dataclass(frozen=True)
class Reason:
    """One way of saying no: a stable code ``<package>.<reason>`` and its sentence in two languages."""

    code: str
    zh: str
    en: str
    status: int

    def __call__(self, field: str | None = None, /, **values: Any) -> Refusal:
        return Refusal(self, field, values)


class Refusal(Exception):
    """A verb refused; nothing was written. ``code`` is for machines, ``message`` for people."""

    def __init__(self, reason: Reason, field: str | None, values: dict[str, Any]) -> None:
        super().__init__(reason.code)
        self.reason = reason
        self.code = reason.code
        self.status = reason.status
        self.field = field
        self.values = values

    def message(self, language: str = "zh") -> str:
        sentence = self.reason.zh if language.startswith("zh") else self.reason.en
        return _WORDS.vformat(sentence, (), self.values)

    def __str__(self) -> str:
        where = f" ({self.field})" if self.field else ""
        return f"{self.code}{where}: {self.message('zh')} / {self.message('en')}"

    def as_dict(self, language: str = "zh") -> dict[str, Any]:
        return {"code": self.code, "message": self.message(language), "field": self.field}


def reason(code: str, *, zh: str, en: str, status: int = 422) -> Reason:
    """Declare a reason beside the verb that gives it; a code is declared once.

    ``status`` is the HTTP status of the answer: 422 for bad input, 409 for a conflict of state, 403, 404.
    """
    if code in REASONS:
        raise ValueError(f"refusal code {code!r} is declared twice")
    package, _, name = code.partition(".")
    if not package or not name:
        raise ValueError(f"refusal code {code!r} is not <package>.<reason>")
    REASONS[code] = Reason(code, zh, en, status)
    return REASONS[code]


NOT_AN_INTEGER = reason(
    "input.not_an_integer", zh="“{field_name}”必须是整数。", en="{field_name} must be a whole number."
)
TOO_SMALL = reason("input.too_small", zh="“{field_name}”不能小于{least}。", en="{field_name} must be at least {least}.")
MISSING = reason("input.missing", zh="缺少“{field_name}”。", en="{field_name} is missing.")
UNKNOWN_FIELD = reason(
    "input.unknown_field", zh="不认识的字段“{field_name}”。", en="{field_name} is not a known field."
)
WRONG_TYPE = reason(
    "input.wrong_type", zh="“{field_name}”的类型不对，应为{expected}。", en="{field_name} must be {expected}."
)
NOT_JSON = reason("input.not_json", zh="这一行不是合法的 JSON 对象。", en="This line is not a JSON object.")


def whole(value: Any, field: str, *, least: int | None = None) -> int:
    """The integer that came in as ``field``; no booleans, fractions or strings pass for one.

    Refuses with ``input.missing``, ``input.not_an_integer`` or ``input.too_small``.
    """
    if value is None:
        raise MISSING(field, field_name=field)
    if isinstance(value, bool) or not isinstance(value, int):
        raise NOT_AN_INTEGER(field, field_name=field)
    if least is not None and value < least:
        raise TOO_SMALL(field, field_name=field, least=least)
    return value
