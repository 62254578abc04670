"""What ``quote`` and ``explain`` are asked, taken apart key by key; nothing unknown passes."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from songhe.kernel.month import NOT_A_DATE, parse_date
from songhe.kernel.refusal import MISSING, UNKNOWN_FIELD, WRONG_TYPE

_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


def only(request: Mapping[str, Any], known: Iterable[str], *, field: str = "") -> None:
    """Refuses with ``input.unknown_field`` for the first key that is not known."""
    allowed = set(known)
    for name in request:
        if name not in allowed:
            raise UNKNOWN_FIELD(field + name, field_name=field + name)


def text(request: Mapping[str, Any], name: str, *, field: str = "") -> str:
    """Refuses with ``input.missing`` or ``input.wrong_type``."""
    value = request.get(name)
    if value is None:
        raise MISSING(field + name, field_name=field + name)
    if not isinstance(value, str):
        raise WRONG_TYPE(field + name, field_name=field + name, expected="string")
    return value


def truth(request: Mapping[str, Any], name: str, *, field: str = "") -> bool:
    value = request.get(name)
    if value is None:
        raise MISSING(field + name, field_name=field + name)
    if not isinstance(value, bool):
        raise WRONG_TYPE(field + name, field_name=field + name, expected="true/false")
    return value


def mapping(request: Mapping[str, Any], name: str) -> dict[str, Any]:
    value = request.get(name)
    if value is None:
        raise MISSING(name, field_name=name)
    if not isinstance(value, dict):
        raise WRONG_TYPE(name, field_name=name, expected="object")
    return value


def sequence(value: Any, name: str) -> list[Any]:
    if value is None:
        raise MISSING(name, field_name=name)
    if not isinstance(value, list):
        raise WRONG_TYPE(name, field_name=name, expected="list")
    return value


def day(request: Mapping[str, Any], name: str) -> date:
    """Refuses with ``input.missing`` or ``input.not_a_date``; only ``2026-03-08`` is a date."""
    value = request.get(name)
    if value is None:
        raise MISSING(name, field_name=name)
    if not isinstance(value, str) or not _DAY.fullmatch(value):
        raise NOT_A_DATE(name, text=value)
    return parse_date(value, name)
