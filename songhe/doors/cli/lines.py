"""Newline-delimited JSON on standard input, one JSON object per line on standard output, in order."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator
from typing import Any, BinaryIO, NoReturn

from songhe.kernel.refusal import NOT_JSON, Refusal, reason

DONE, PARTLY_DONE = 0, 3

REPEATED_FIELD = reason(
    "input.repeated_field", zh="字段“{field_name}”在同一行里出现了两次。", en="{field_name} appears twice in one line."
)

Answer = Callable[[dict[str, Any]], dict[str, Any]]


def answer_lines(
    answer: Answer,
    *,
    language: str = "zh",
    source: BinaryIO | None = None,
    target: BinaryIO | None = None,
) -> int:
    """Answer every line of standard input in order and return the exit status.

    A line that is no JSON object, or that ``answer`` refuses, gives
    ``{"error": {"code", "message", "field"}}`` in its place; the rest goes on. Status 0 when every line was
    answered, 3 when one was not. An empty line counts as a line, so that answers can be matched by number.
    """
    status = DONE
    out = target or sys.stdout.buffer
    for raw in _lines(source or sys.stdin.buffer):
        try:
            reply = answer(read_object(raw))
        except Refusal as refusal:
            reply, status = {"error": refusal.as_dict(language)}, PARTLY_DONE
        out.write(written(reply) + b"\n")
        out.flush()
    return status


def read_object(raw: bytes | str) -> dict[str, Any]:
    """One line as a JSON object. Refuses with ``input.not_json`` or ``input.repeated_field``."""
    try:
        text = raw.decode("utf-8") if isinstance(raw, bytes) else raw
        read = json.loads(text, object_pairs_hook=_object, parse_constant=_not_json)
    except (ValueError, RecursionError):
        raise NOT_JSON() from None
    if not isinstance(read, dict):
        raise NOT_JSON()
    return read


def written(reply: dict[str, Any]) -> bytes:
    """One reply as a line of UTF-8; half a surrogate pair, which UTF-8 cannot hold, goes out escaped."""
    try:
        return json.dumps(reply, ensure_ascii=False, separators=(", ", ": ")).encode("utf-8")
    except UnicodeEncodeError:
        return json.dumps(reply, separators=(", ", ": ")).encode("ascii")


def _lines(source: BinaryIO) -> Iterator[bytes]:
    for number, raw in enumerate(source):
        line = raw.rstrip(b"\r\n")
        yield line.removeprefix(b"\xef\xbb\xbf") if number == 0 else line


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    read: dict[str, Any] = {}
    for name, value in pairs:
        if name in read:
            raise REPEATED_FIELD(name, field_name=name)
        read[name] = value
    return read


def _not_json(constant: str) -> NoReturn:
    raise ValueError(f"{constant} is not JSON")
