"""JSON taken at its word: no field twice, no NaN, no character that a database cannot keep."""

from __future__ import annotations

import json
import re
from typing import Any, NoReturn

from django.http import HttpRequest
from django.utils.datastructures import MultiValueDict
from ninja.parser import Parser

from songhe.doors.cli.lines import REPEATED_FIELD
from songhe.kernel.refusal import reason

BAD_CHARACTER = reason(
    "api.bad_character",
    zh="内容里有不能保存的字符（空字符或残缺的代理字符）。",
    en="There is a character that cannot be kept: NUL, or half of a surrogate pair.",
)

_BAD = re.compile("[\x00\ud800-\udfff]")


class StrictParser(Parser):
    def parse_body(self, request: HttpRequest) -> Any:
        return read_json(request.body)

    def parse_querydict(self, data: MultiValueDict, list_fields: list[str], request: HttpRequest) -> dict[str, Any]:
        for values in data.lists():
            if any(_BAD.search(value) for value in values[1] if isinstance(value, str)):
                raise BAD_CHARACTER(values[0][:40])
        return super().parse_querydict(data, list_fields, request)


def read_json(content: bytes) -> Any:
    """Refuses with ``input.repeated_field`` or ``api.bad_character``; ``ValueError`` where it is no JSON."""
    read = json.loads(content.decode("utf-8"), object_pairs_hook=_object, parse_constant=_no_constant)
    # Only an escape can bring one in, for UTF-8 itself holds no half pair.
    if b"\\u" in content or b"\x00" in content:
        _check(read)
    return read


def _check(value: Any) -> None:
    if isinstance(value, str):
        if _BAD.search(value):
            raise BAD_CHARACTER()
    elif isinstance(value, list):
        for each in value:
            _check(each)
    elif isinstance(value, dict):
        for name, each in value.items():
            _check(name)
            _check(each)


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    read = dict(pairs)
    if len(read) != len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise REPEATED_FIELD(twice, field_name=twice)
    return read


def _no_constant(constant: str) -> NoReturn:
    raise ValueError(f"{constant} is not JSON")
