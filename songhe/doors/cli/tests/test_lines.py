import io
import json
from typing import Any

import pytest

from songhe.doors.cli.lines import answer_lines, read_object
from songhe.kernel.refusal import Refusal, whole


def double(request: dict[str, Any]) -> dict[str, Any]:
    return {"twice": 2 * whole(request.get("amount"), "amount"), "name": request.get("name", "")}


def run(given: bytes) -> tuple[int, list[dict[str, Any]]]:
    out = io.BytesIO()
    status = answer_lines(double, source=io.BytesIO(given), target=out)
    return status, [json.loads(line) for line in out.getvalue().splitlines()]


def test_every_line_is_answered_in_order():
    assert run(b'{"amount": 1}\n{"amount": 2}\n') == (0, [{"twice": 2, "name": ""}, {"twice": 4, "name": ""}])


def test_the_last_line_needs_no_line_break():
    assert run(b'{"amount": 1}')[0] == 0


def test_nothing_in_gives_nothing_out():
    assert run(b"") == (0, [])


def test_chinese_goes_out_as_it_came_in():
    out = io.BytesIO()
    answer_lines(double, source=io.BytesIO('{"amount": 1, "name": "松鹤"}\n'.encode()), target=out)
    assert "松鹤".encode() in out.getvalue()


def test_a_byte_order_mark_before_the_first_line_is_no_mistake():
    assert run(b'\xef\xbb\xbf{"amount": 1}\r\n')[0] == 0


@pytest.mark.parametrize(
    ("line", "code"),
    [
        (b"{", "input.not_json"),
        (b"", "input.not_json"),
        (b"[1]", "input.not_json"),
        (b'{"amount": NaN}', "input.not_json"),
        (b"\xff\xfe", "input.not_json"),
        (b"[" * 100_000, "input.not_json"),
        (b'{"amount": 1, "amount": 2}', "input.repeated_field"),
        (b'{"amount": 1.0}', "input.not_an_integer"),
        (b'{"amount": true}', "input.not_an_integer"),
        (b"{}", "input.missing"),
    ],
)
def test_a_bad_line_is_answered_in_its_place_and_the_rest_goes_on(line: bytes, code: str):
    status, replies = run(b'{"amount": 1}\n' + line + b'\n{"amount": 3}\n')
    assert status == 3
    assert [reply.get("twice") for reply in replies] == [2, None, 6]
    assert replies[1]["error"]["code"] == code
    assert set(replies[1]["error"]) == {"code", "message", "field"}


def test_half_a_surrogate_pair_still_makes_valid_output():
    assert run(b'{"amount": 1, "name": "\\ud800"}\n')[0] == 0


def test_an_object_is_read_from_text_too():
    assert read_object('{"a": 1}') == {"a": 1}
    with pytest.raises(Refusal):
        read_object("null")
