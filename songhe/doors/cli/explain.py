"""``songhe explain``: is this person entitled, and why; one JSON object per line in, one per line out."""

from __future__ import annotations

from functools import partial

import click

from songhe.doors.cli.lines import answer_lines
from songhe.policy.explain import answer


@click.command()
@click.option("--language", type=click.Choice(["zh", "en"]), default="zh", help="Language of sentences and messages.")
@click.option("--json", "as_json", is_flag=True, help="The answers are always JSON; accepted for uniformity.")
@click.pass_context
def explain(context: click.Context, language: str, as_json: bool) -> None:
    """Say whether a person is entitled, condition by condition, with the article that each comes from.

    Reads one JSON object per line on standard input, writes one per line in order. A line that cannot be answered
    gives {"error": …} in its place and exit status 3. 说明
    """
    context.exit(answer_lines(partial(answer, language=language), language=language))
