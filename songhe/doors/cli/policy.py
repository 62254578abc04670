"""``songhe policy``: the packs on disk, read, checked, shown, recorded, and tried on a population."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any

import click

from songhe.kernel.refusal import Refusal
from songhe.policy import request
from songhe.policy.evaluate import try_on
from songhe.policy.resolve import Library, Policy, as_json, library

FAILED = 1
ENGINES = ["python", "sqlite", "duckdb", "spark"]


class Day(click.ParamType):
    name = "date"

    def convert(self, value: Any, param: click.Parameter | None, context: click.Context | None) -> date:
        if isinstance(value, date):
            return value
        try:
            return request.day({"date": value}, "date")
        except Refusal as refusal:
            self.fail(refusal.message("en"), param, context)


DAY = Day()
as_json_option = click.option("--json", "json_wanted", is_flag=True, help="Print JSON.")
folder_option = click.option(
    "--policies",
    "folder",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="Folder of the packs (default: SONGHE_POLICIES, else the shipped ones).",
)
language_option = click.option(
    "--language", type=click.Choice(["zh", "en"]), default="zh", help="Language of sentences and messages."
)


@click.group()
def policy() -> None:
    """Policy packs: list, check, show, record, and try them on a population. 政策包"""


@policy.command("list")
@folder_option
@click.option("--on", type=DAY, help="Only editions in force on this day.")
@language_option
@as_json_option
def list_(folder: Path | None, on: date | None, language: str, json_wanted: bool) -> None:
    """List every pack with its window and version."""
    packs = library(folder)
    rows = []
    for pack in packs.packs.values():
        if on is not None and on not in pack.window:
            continue
        try:
            version = packs.policy(pack.id).version
        except Refusal:
            version = ""
        rows.append(
            {
                "pack": pack.id,
                "version": version,
                "title": pack.title.in_language(language),
                "first": str(pack.window.first),
                "last": pack.window.last and str(pack.window.last),
                "areas": [area.place for area in pack.areas],
                "extends": pack.extends,
                "cases": len(pack.cases),
            }
        )
    if json_wanted:
        _print_json(rows)
        return
    for row in rows:
        window = f"{row['first']} … {row['last'] or ''}"
        click.echo(f"{row['version']:<13}{window:<26}{row['pack']:<44}{row['title']}")


@policy.command()
@folder_option
@language_option
@as_json_option
@click.pass_context
def check(context: click.Context, folder: Path | None, language: str, json_wanted: bool) -> None:
    """Read every pack, find every problem, and ask every case again; exit status 1 if anything is wrong."""
    from songhe.policy.cases import failures

    packs = library(folder)
    problems = list(packs.problems) or failures(packs)
    cases = sum(len(pack.cases) for pack in packs.packs.values())
    if json_wanted:
        _print_json(
            {"packs": len(packs.packs), "cases": cases, "problems": [each.as_dict(language) for each in problems]}
        )
    else:
        for each in problems:
            click.echo(f"{each.file}:{each.line}: {each.code}: {each.message(language)}")
        done = f"政策包{len(packs.packs)}个，算例{cases}个，问题{len(problems)}个"
        click.echo(done if language == "zh" else f"{len(packs.packs)} packs, {cases} cases, {len(problems)} problems")
    context.exit(FAILED if problems else 0)


@policy.command()
@click.argument("name")
@click.option("--place", default="000000", help="Six-digit place code; the layers come from the digits.")
@click.option("--on", type=DAY, help="Day whose values are shown; with it NAME is a programme.")
@folder_option
@language_option
@as_json_option
def show(name: str, place: str, on: date | None, folder: Path | None, language: str, json_wanted: bool) -> None:
    """Show the resolved rules of NAME: a pack id, or with --place and --on the programme in force there."""
    packs = library(folder)
    rules = packs.policy(name) if on is None else packs.resolve(policy=name, place=place, on=on)
    if json_wanted:
        _print_json({"version": rules.version, **rules.as_dict()})
        return
    _print_rules(rules, packs, on or rules.window.first, language)


@policy.command()
@language_option
@as_json_option
def facts(language: str, json_wanted: bool) -> None:
    """Print the vocabulary: facts, operators, and values with what is done where one is not set."""
    from songhe.policy.facts import FACTS, OPERATORS
    from songhe.policy.values import VALUES

    chinese = language == "zh"
    if json_wanted:
        _print_json(
            {
                "facts": [
                    {
                        "name": fact.name,
                        "type": "boolean" if fact.type == "truth" else "integer",
                        "least": fact.least if fact.type == "whole" else None,
                        "most": fact.most if fact.type == "whole" else None,
                        "unit": fact.unit or None,
                        "zh": fact.zh,
                        "en": fact.en,
                    }
                    for fact in FACTS.values()
                ],
                "operators": [{"name": each.name, "zh": each.zh, "en": each.en} for each in OPERATORS.values()],
                "values": [
                    {
                        "name": value.name,
                        "kind": value.kind,
                        "unit": value.unit or None,
                        "choices": list(value.choices) or None,
                        "zh": value.zh,
                        "en": value.en,
                        "not_set_zh": value.unset_zh,
                        "not_set_en": value.unset_en,
                    }
                    for value in VALUES.values()
                ],
            }
        )
        return
    click.echo("事实" if chinese else "Facts")
    for fact in FACTS.values():
        kind = "boolean" if fact.type == "truth" else f"integer {fact.least}-{fact.most}"
        click.echo(f"  {fact.name:<34}{kind:<16}{fact.zh if chinese else fact.en}")
    click.echo("算子" if chinese else "Operators")
    for each in OPERATORS.values():
        click.echo(f"  {each.name:<34}{'':<16}{each.zh if chinese else each.en}")
    click.echo("取值" if chinese else "Values")
    for value in VALUES.values():
        meaning = f"{value.zh}；未设定：{value.unset_zh}" if chinese else f"{value.en}; not set: {value.unset_en}"
        click.echo(f"  {value.name:<34}{value.kind:<16}{meaning}")


@policy.command()
@click.option("--approver", required=True, help="Account of whoever approves; not the author.")
@folder_option
@as_json_option
def load(approver: str, folder: Path | None, json_wanted: bool) -> None:
    """Record every pack of the folder in the database; refused while a problem is found or a case fails."""
    import os

    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "songhe.settings")
    django.setup()
    from django.utils import timezone

    from songhe.policy import load as loading

    done = loading.load(approver=approver, at=timezone.now(), packs=library(folder))
    found = {"recorded": done.recorded, "moved": done.moved, "superseded": done.superseded, "same": done.same}
    if json_wanted:
        _print_json(found)
        return
    for what, packs in found.items():
        click.echo(f"{what}: {len(packs)}")


@policy.command()
@click.option("--policy", "programme", required=True, help="Programme, such as consumption-voucher.")
@click.option("--place", required=True, help="Six-digit place code.")
@click.option("--on", type=DAY, required=True, help="The day on which people are judged.")
@click.option("--facts", "path", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--engine", type=click.Choice(ENGINES), default="duckdb", show_default=True)
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), help=".parquet or .csv")
@click.option("--print-sql", is_flag=True, help="Print the engine's SQL over a table “people” and stop.")
@folder_option
@as_json_option
def evaluate(
    programme: str,
    place: str,
    on: date,
    path: Path | None,
    engine: str,
    out: Path | None,
    print_sql: bool,
    folder: Path | None,
    json_wanted: bool,
) -> None:
    """Judge every person of a file: outcome, each condition and amounts, one row for each.

    The file has a column `key`; the others are facts, empty or NULL where unknown. With the columns `category` and
    `base_fen` (what the person bears in a month after LTCI) the answer has `amount_fen` too.
    """
    from songhe.policy import population
    from songhe.policy.sql import query

    rules = library(folder).resolve(policy=programme, place=place, on=on)
    if print_sql:
        dialect: Any = "duckdb" if engine == "python" else engine
        click.echo(query(policy=rules, on=on, source="people", dialect=dialect, pretty=True))
        return
    if path is None or out is None:
        raise click.UsageError("--facts and --out are needed, or --print-sql.")
    people = population.read(path)
    judged = population.judge(people=people, policy=rules, on=on, engine=engine)
    population.write(judged, out)
    outcomes = judged.column("outcome").to_pylist()
    summary = {
        "pack": rules.id,
        "version": rules.version,
        "engine": engine,
        "people": len(outcomes),
        **{outcome: outcomes.count(outcome) for outcome in ("entitled", "not_entitled", "unknown")},
    }
    if json_wanted:
        _print_json(summary)
        return
    for name, value in summary.items():
        click.echo(f"{name}: {value}")


@policy.command()
@click.option("--policy", "programme", required=True, help="Programme, such as consumption-voucher.")
@click.option("--place", required=True, help="Six-digit place code.")
@click.option("--on", type=DAY, required=True, help="The day on which people are judged.")
@click.option("--facts", "path", required=True, type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option(
    "--changed",
    required=True,
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="Folder of packs with the change: a copy of the packs, or only the packs that differ.",
)
@click.option("--engine", type=click.Choice(ENGINES[:-1]), default="duckdb", show_default=True)
@folder_option
@as_json_option
def simulate(
    programme: str,
    place: str,
    on: date,
    path: Path,
    changed: Path,
    engine: str,
    folder: Path | None,
    json_wanted: bool,
) -> None:
    """Say what a changed pack would cost on a population, who would gain and who would lose."""
    from songhe.policy import population
    from songhe.policy import simulate as simulation
    from songhe.policy.overlay import laid_over_folder

    people = population.read(path)
    before = library(folder).resolve(policy=programme, place=place, on=on)
    with laid_over_folder(changed, root=folder) as packs:
        after = packs.resolve(policy=programme, place=place, on=on)
    found = simulation.simulate(people=people, before=before, after=after, on=on, engine=engine).as_dict()
    if json_wanted:
        _print_json(found)
        return
    for name, value in found.items():
        click.echo(f"{name}: {json.dumps(value, ensure_ascii=False) if isinstance(value, dict) else value}")


def _print_rules(rules: Policy, packs: Library, on: date, language: str) -> None:
    chinese = language == "zh"
    click.echo(f"{rules.id}  {rules.version}  {rules.pack.title.in_language(language)}")
    click.echo(f"{rules.window.first} … {rules.window.last or ''}  ({on})")
    for link in rules.packs[:-1]:
        click.echo(f"  ← {link.id}")
    click.echo("条件" if chinese else "Conditions")
    for condition in rules.conditions:
        sentence = try_on(condition, policy=rules, facts={}, on=on).sentence.in_language(language)
        cited = condition.cited
        click.echo(f"  {condition.id:<34}{sentence}  [{cited.source} {cited.article} {cited.confidence}]")
    click.echo("取值" if chinese else "Values")
    for name in rules.values:
        entry = rules.entry(name, on)
        assert entry is not None
        value = "—" if entry.value is None else json.dumps(as_json(entry.value), ensure_ascii=False)
        click.echo(f"  {name:<34}{value:<20}[{entry.cited.source} {entry.cited.article} {entry.cited.confidence}]")
    for note in rules.notes:
        click.echo(f"  * {note.sentence.in_language(language)}  [{note.cited.source} {note.cited.confidence}]")
    click.echo("来源" if chinese else "Sources")
    for name in sorted({entry.cited.source for series in rules.values.values() for entry in series}):
        source = packs.sources[name]
        written = [source.title, source.number, source.publisher, source.date, source.confidence]
        click.echo(f"  {name:<22}{' '.join(part for part in written if part)}")


def _print_json(found: Any) -> None:
    click.echo(json.dumps(found, ensure_ascii=False, indent=1))
