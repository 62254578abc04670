"""The authority's own examples, asked again: a pack with a failing case is never activated. 算例"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from songhe.kernel.refusal import Refusal
from songhe.policy import explain, quote
from songhe.policy.pack import Case, Pack
from songhe.policy.problem import CASE_FAILED, Problem
from songhe.policy.resolve import Library


def failures(packs: Library, *, only: Pack | None = None) -> list[Problem]:
    """Every case whose answer is not what its pack says it should be, with what came out instead."""
    found: list[Problem] = []
    for pack in [only] if only is not None else packs.packs.values():
        for case in pack.cases:
            difference = differs(case.expected, reply(case, packs))
            if difference is not None:
                key, wanted, came = difference
                found.append(
                    Problem(
                        case.file,
                        case.line,
                        CASE_FAILED,
                        f"算例“{case.name}”的 {key} 应为{wanted}，结果是{came}。请核对取值，或改正算例。",
                        f"Case {case.name}: {key} should be {wanted} and is {came}. See the values, or mend the case.",
                    )
                )
    return found


def reply(case: Case, packs: Library) -> dict[str, Any]:
    """What the command answers; a refusal is answered by its code."""
    command = quote.answer if case.command == "quote" else explain.answer
    try:
        return command(case.given, packs=packs)
    except Refusal as refusal:
        return {"error": refusal.code}


def differs(expected: Mapping[str, Any], came: Mapping[str, Any]) -> tuple[str, Any, Any] | None:
    """The first key that came out otherwise than expected; keys that a case does not name are not compared."""
    for key, wanted in expected.items():
        got = came.get(key)
        if key == "conditions" and isinstance(wanted, Mapping) and isinstance(got, list):
            got = {each["id"]: each["met"] for each in got if each["id"] in wanted}
        if got != wanted:
            return key, wanted, got if key in came else came.get("error")
    if "error" in came and "error" not in expected:
        return "error", None, came["error"]
    return None
