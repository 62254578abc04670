"""``songhe assess``: what level the answers of an assessment give, one JSON object per line."""

from __future__ import annotations

import sys
from typing import Any

import click

from songhe.assessment.score import score
from songhe.doors.cli.lines import answer_lines


@click.command("assess")
@click.option("--language", type=click.Choice(["zh", "en"]), default="zh", show_default=True, help="Of error messages.")
@click.option("--json", "_json", is_flag=True, help="Accepted for symmetry: the answer is always JSON.")
def assess(language: str, _json: bool) -> None:
    """Score assessments: newline-delimited JSON in, one answer per line out, in order.

    Exit status 3 when a line was refused; its place then holds {"error": {"code", "message", "field"}}.
    """
    sys.exit(answer_lines(answer, language=language))


def answer(line: dict[str, Any]) -> dict[str, Any]:
    return score(line).as_dict()
