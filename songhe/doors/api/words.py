"""What a body gets wrong, said in Chinese and in English: pydantic's kinds of error under codes of our own."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from songhe.kernel.month import NOT_A_DATE, NOT_A_MONTH
from songhe.kernel.refusal import MISSING, NOT_AN_INTEGER, TOO_SMALL, UNKNOWN_FIELD, WRONG_TYPE, Reason, reason

TOO_LARGE = reason("input.too_large", zh="“{field_name}”不能大于{most}。", en="{field_name} must be at most {most}.")
TOO_LONG = reason(
    "input.too_long",
    zh="“{field_name}”最多{most}个字符或项。",
    en="{field_name} has at most {most} characters or items.",
)
TOO_SHORT = reason(
    "input.too_short",
    zh="“{field_name}”至少要有{least}个字符或项。",
    en="{field_name} has at least {least} characters or items.",
)
NOT_A_CHOICE = reason(
    "input.not_a_choice", zh="“{field_name}”只能是：{choices}。", en="{field_name} is one of: {choices}."
)
WRONG_FORM = reason(
    "input.wrong_form", zh="“{field_name}”的写法不对。", en="{field_name} is not written as it should be."
)
INVALID = reason("input.invalid", zh="“{field_name}”填得不对。", en="{field_name} is not right.")


class Fault(NamedTuple):
    """One thing that is wrong, as it stands in ``errors``."""

    loc: list[str | int]
    code: str
    message: str


#: What a field should be, in the words of ``input.wrong_type``.
_EXPECTED = {
    "string": "string",
    "bool": "true/false",
    "list": "list",
    "dict": "object",
    "model": "object",
    "mapping": "object",
    "uuid": "UUID",
    "float": "number",
    "none_required": "null",
}


def fault(error: Mapping[str, Any], language: str) -> Fault:
    """One error of pydantic's as ours; a kind that is not known here is ``input.invalid``."""
    loc = list(error["loc"])
    # Before the field stands the name of the view's parameter, which is nobody's business.
    if len(loc) > 1 and loc[0] == "body":
        del loc[1]
    name = ".".join(str(part) for part in loc[1:]) or str(loc[0])
    found, values = _reason(error["type"], error.get("ctx") or {})
    refusal = found(None, **{"field_name": name, "text": values.pop("text", ""), **values})
    return Fault(loc, found.code, refusal.message(language))


def _reason(kind: str, ctx: Mapping[str, Any]) -> tuple[Reason, dict[str, Any]]:
    plain = _PLAIN.get(kind)
    if plain is not None:
        return plain, dict(ctx)
    if kind in {"greater_than_equal", "greater_than"}:
        return TOO_SMALL, {"least": ctx["ge"] if "ge" in ctx else ctx["gt"] + 1}
    if kind in {"less_than_equal", "less_than"}:
        return TOO_LARGE, {"most": ctx["le"] if "le" in ctx else ctx["lt"] - 1}
    if kind in {"string_too_long", "too_long"}:
        return TOO_LONG, {"most": ctx["max_length"]}
    if kind in {"string_too_short", "too_short"}:
        return TOO_SHORT, {"least": ctx["min_length"]}
    if kind in {"literal_error", "enum"}:
        return NOT_A_CHOICE, {"choices": str(ctx["expected"]).replace(" or ", ", ").replace("'", "")}
    expected = _EXPECTED.get(kind.removesuffix("_type").removesuffix("_parsing"))
    if expected is not None:
        return WRONG_TYPE, {"expected": expected}
    return INVALID, {}


_PLAIN: dict[str, Reason] = {
    "missing": MISSING,
    "extra_forbidden": UNKNOWN_FIELD,
    "int_type": NOT_AN_INTEGER,
    "int_parsing": NOT_AN_INTEGER,
    "int_parsing_size": NOT_AN_INTEGER,
    "int_from_float": NOT_AN_INTEGER,
    "string_pattern_mismatch": WRONG_FORM,
    "not_a_date": NOT_A_DATE,
    "not_a_month": NOT_A_MONTH,
}
