"""``songhe audit``: the independent auditor over the whole database."""

from __future__ import annotations

import json
import sys

import click

from songhe.doors.cli import FAILED, OK


@click.command()
@click.option("--json", "as_json", is_flag=True, help="One JSON object with the findings and the heads of the trail.")
@click.option("--language", type=click.Choice(["zh", "en"]), default="zh", show_default=True, help="Of the sentences.")
@click.option(
    "--anchor",
    "anchors",
    multiple=True,
    metavar="COUNTY:NUMBER:DIGEST",
    help="A head of the trail that was kept outside the database; may be repeated.",
)
def audit(as_json: bool, language: str, anchors: tuple[str, ...]) -> None:
    """Ask the database what contradicts itself, and check the chain of the trail. 审计

    One finding a line: code, county, id, sentence. Exit status 1 if there is any. Reads only, and asks in plain SQL,
    without the code that wrote the rows.
    """
    from songhe.doors.cli.django_setup import set_up

    set_up()
    from songhe.month.audit import findings, heads, questions
    from songhe.trail.verify import Head

    kept = []
    for text in anchors:
        county, _, rest = text.partition(":")
        number, _, digest = rest.partition(":")
        if not (county.isdigit() and number.isdigit() and len(digest) == 64):
            raise click.BadParameter(f"COUNTY:NUMBER:DIGEST, not {text}", param_hint="--anchor")
        kept.append(Head(county, int(number), digest))
    found = []
    for finding in findings(anchors=kept):
        found.append(finding)
        if not as_json:
            click.echo(finding.line(language))
    if as_json:
        answer = {
            "questions": len(questions()),
            "findings": [finding.as_dict(language) for finding in found],
            "heads": [{"county": each.county, "number": each.number, "digest": each.digest} for each in heads()],
        }
        click.echo(json.dumps(answer, ensure_ascii=False))
    sys.exit(FAILED if found else OK)
